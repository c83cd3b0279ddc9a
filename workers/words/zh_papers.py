"""Chinese: papers of any origin, by id, link or title."""

WORDS = {
    "record_biorxiv": "bioRxiv API",
    "record_crossref": "Crossref",
    "record_pubmed": "PubMed",
    "record_page": "论文自己的页面",
    "label_closed": "仅依据摘要：全文需付费，或不允许程序读取",
    "label_unread": "仅依据摘要：全文无法读取",
    "flag_preprint": "全文读自其开放的预印本",
    "dive_failed_elsewhere": "无法获取 {paper}（{why}），请稍后再试。",
    "dive_unknown_elsewhere": "找不到 {paper}，请核对链接或 DOI。",
    "dive_closed": "“{paper}”只公开了标题，全文和摘要都无法读取。",
    "title_looking": "正在查找标题为“{title}”的论文。",
    "link_looking": "正在查找该链接对应的论文。",
    "link_none": "无法从该链接认出论文，请给我 DOI 或标题。",
    "link_failed": "无法查询该链接对应的论文（{why}）。请稍后再试，或给我 DOI。",
    "title_several": "不确定“{title}”是哪一篇论文，是下面这几篇之一吗？",
    "title_none": "没有找到标题为“{title}”的论文。请核对标题，或给我链接。",
    "title_failed": "无法查找标题“{title}”（{why}）。请稍后再试，或给我链接。",
}

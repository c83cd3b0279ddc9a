"""中文：团队的论文记忆（发过、问过、收藏过的）以及导出。"""

WORDS = {
    "help_cite": "`/digest cite` 给出最近一期日报论文的 BibTeX；`/digest cite <链接或日期> ris`（或 `csl`）"
    "按该格式给出指定论文；在论文的讨论串里发 `cite` 给出该论文。",
    "cite_taken": "好的，正在整理 {n:条|条}引用。",
    "cite_more": "聊天里一次最多 {limit} 条；更多请用 `python -m bot cite`。",
    "cite_none": "没有找到与“{text}”对应的论文或日报。请给出链接、编号，或日报日期，如 2026-01-24。",
}

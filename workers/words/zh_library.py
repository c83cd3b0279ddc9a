"""中文：团队的论文记忆（发过、问过、收藏过的）以及导出。"""

WORDS = {
    "help_cite": "`/digest cite` 给出最近一期日报论文的 BibTeX；`/digest cite <链接或日期> ris`（或 `csl`）"
    "按该格式给出指定论文；在论文的讨论串里发 `cite` 给出该论文。",
    "help_find": "`/digest find <关键词>` 查找本频道发过、问过和答过的内容；可加条件："
    "`since:2026-01`（或 `30d`）、`by:作者`、`liked`。也可以直接问我：“关于……我们读过什么？”",
    "help_saved": "`/digest saved` 查看你自己的收藏，只有你能看到（每篇论文下方有“收藏”）；`/digest saved channel` "
    "查看本频道的待读清单；`/digest cite saved` 以 BibTeX 导出你的收藏。",
    "find_title": "找到 {n:条|条}与“{text}”有关的内容：",
    "find_nothing": "本频道没有发过、问过或答过与“{text}”有关的内容。",
    "find_how": "请告诉我要找什么：关键词，还可以加上 `since:2026-01`（或 `since:30d`）、`by:作者`、`liked`。",
    "find_question": "问",
    "find_answer": "答",
    "button_save": "收藏",
    "saved": "已加入你的收藏，用 `/digest saved` 查看；再按一次即可取消。",
    "unsaved": "已从你的收藏中移除。",
    "saved_title": "你的收藏：",
    "saved_none": "你的收藏是空的：按论文下方的“收藏”即可加入。",
    "saved_by": "{n} 人收藏",
    "saved_privately": "已私信把收藏发给你。",
    "saved_write_first": "收藏只给你一个人看：请先给我发私信，再在私聊中发送 `/digest saved`。",
    "reading_title": "本频道的待读清单：",
    "reading_none": "本频道还没有人收藏论文：每篇论文下方都有“收藏”。",
    "site_search": "搜索标题、作者或关键词",
    "site_nothing": "没有找到。",
    "site_none": "还没有论文。",
    "site_days": "全部日期",
    "site_papers": "{n:篇|篇}",
    "help_forget_me": "`/digest forget-me` 删除我保存的关于你的内容：投票、收藏、提问和回答。",
    "forgetting": "好的：你的投票、收藏、提问和回答会在一分钟内删除。已发到聊天里的消息不会撤回。",
    "cite_taken": "好的，正在整理 {n:条|条}引用。",
    "cite_privately": "{said}会私信发给你。",
    "cite_write_first": "收藏只给你一个人看：请先给我发私信，再在私聊中发送 `/digest cite saved`。",
    "cite_more": "聊天里一次最多 {limit} 条；更多请用 `python -m bot cite`。",
    "cite_none": "没有找到与“{text}”对应的论文或日报。请给出链接、编号，或日报日期，如 2026-01-24。",
}

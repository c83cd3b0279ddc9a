"""Simplified Chinese: setting up a topic, and everything of a profile that a channel may change."""

WORDS = {
    "topic_title": "{topic} 论文日报",
    "setting_title": "标题",
    "setting_sources": "来源",
    "setting_not_wanted": "不想看的方向",
    "setting_follow": "关注的人和团队",
    "setting_persona": "撰稿人",
    "setting_audience": "读者",
    "setting_quiet": "没有入选论文时不发消息",
    "quiet_True": "是",
    "quiet_False": "否",
    "bad_line": "请写一行文字，不超过 {longest} 字",
    "bad_phrases": "最多 {most} 个短语，每行一个或用逗号隔开，每个不超过 {longest} 字",
    "bad_sources": "没有这个来源；请写 huggingface:15、arxiv:cs.CL 或 arxiv:q-bio.BM",
    "bad_near": "（是否指 {names}）",
    "sources_popular": "当日点赞最多",
    "sources_top": "Hugging Face 当日点赞最多的 {n} 篇",
    "nothing_chosen": "无",
    "nothing_today": "今天的日报已生成：没有论文达到分数线，本频道在这样的日子不发消息。",
    "sentence": "{text}。",
}

"""Chinese: what is said when people talk to the bot."""

WORDS = {
    "hello": "你好！发一个 arXiv 链接或编号给我，我来读；读完就可以直接在这里提问。\n"
    "`/digest subscribe` 订阅每日论文，`/digest help` 查看全部功能。",
    "which_paper": "我不知道你指的是哪篇论文：请先把链接或编号发给我，再提问。",
    "which_day": "这里还没有发过日报，没有可问的内容。`/digest now` 立即生成一份；发链接给我，我就单独读那一篇。",
    "answer_about": "关于 {paper}",
    "button_other": "换一篇",
    "other_none": "今天没有聊过别的论文：把链接或编号发给我，再提问即可。",
    "answer_by_day": "以下按关键词和分数从当天的论文中选出：",
    "answer_papers_not_said": "这几篇论文都没有提到。",
    "day_picked": "日报第 {n} 篇",
    "day_match": "匹配度 {score}/100",
    "day_below": "低于入选线 {bar}",
    "day_no_room": "过了入选线，但名额给了分数更高的论文",
    "day_unscored": "未能评分",
    "day_none_left": "没有落选的论文：当天的论文都在日报里。",
    "day_unknown_left": "当天的落选论文只保留两周，现已清除。",
    "day_nothing_about": "当天没有论文提到问题中的词。日报收录的是：",
}

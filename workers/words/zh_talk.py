"""Chinese: what is said when people talk to the bot."""

WORDS = {
    "hello": "你好！发一个 arXiv 链接或编号给我，我来读；读完就可以直接在这里提问。\n"
    "`/digest subscribe` 订阅每日论文，`/digest help` 查看全部功能。",
    "which_paper": "我不知道你指的是哪篇论文：请先把链接或编号发给我，再提问。",
    "which_day": "这里还没有发过日报，没有可问的内容。`/digest now` 立即生成一份；发链接给我，我就单独读那一篇。",
    "answer_about": "关于 {paper}",
    "button_other": "换一篇",
    "other_none": "今天没有聊过别的论文：把链接或编号发给我，再提问即可。",
}

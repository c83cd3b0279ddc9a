"""Forty things that people type, where they type them.

The kind of reaction that is right: for both platforms.

Places: `dm` (a chat with the bot alone), `after` (the same, after a deep dive of PAPER), `head` (under a digest),
`thread` (under PAPER's message), `mention` (the bot is named in a channel that had a digest), `bare` (said there and
nobody named), `quiet` (the bot is named in a channel without a digest), `others` (named in a thread of other people).

Reactions: `hello` `help` `lost` `no_paper` `no_digest` are words that are said at once; `dive` a deep dive; `paper` a
question about PAPER, `day` one about the digest's day, `cite` its citation; `nothing`.
"""

PAPER, OTHER = "2601.00001", "2402.00002"

FORTY = [
    ("dm", "hello", "hello"),
    ("dm", "你好", "hello"),
    ("dm", "what can you do?", "help"),
    ("dm", f"https://arxiv.org/abs/{OTHER}", "dive"),
    ("dm", f"can you read {OTHER} for me", "dive"),
    ("dm", "which loss do they use?", "no_paper"),
    ("dm", f"compare {PAPER} and {OTHER}", "paper"),
    ("dm", f"compare with {OTHER}", "dive"),
    ("after", "which loss do they use?", "paper"),
    ("after", "用了什么损失函数？", "paper"),
    ("after", "is it faster than diffusion?", "paper"),
    ("after", f"how does it differ from {OTHER}?", "paper"),
    ("after", f"和 {OTHER} 有什么区别？", "paper"),
    ("after", f"https://arxiv.org/abs/{OTHER}", "dive"),
    ("after", "thanks!", "nothing"),
    ("after", "ok", "nothing"),
    ("after", "hi", "hello"),
    ("after", "help", "help"),
    ("head", "which of these is about antibodies?", "day"),
    ("head", "compare 1 and 3", "day"),
    ("head", "what did you leave out and why?", "day"),
    ("head", "今天漏掉了什么？", "day"),
    ("head", f"https://arxiv.org/abs/{OTHER}", "dive"),
    ("head", "thank you", "nothing"),
    ("thread", "why does it work?", "paper"),
    ("thread", "which numbers are in table 2?", "paper"),
    ("thread", f"compare with {OTHER}", "paper"),
    ("thread", f"{OTHER}", "dive"),
    ("thread", "bibtex", "cite"),
    ("thread", "谢谢", "nothing"),
    ("mention", "which one is about maps?", "day"),
    ("mention", "有没有关于抗体的？", "day"),
    ("mention", f"please read https://arxiv.org/abs/{OTHER}", "dive"),
    ("mention", f"compare {PAPER} with {OTHER}", "paper"),
    ("mention", "hello", "hello"),
    ("mention", "help", "help"),
    ("bare", "which one is about maps?", "nothing"),
    ("bare", f"have you seen https://arxiv.org/abs/{OTHER}?", "nothing"),
    ("quiet", "which one is about maps?", "no_digest"),
    ("others", "what do you think?", "lost"),
]


def kind_of(tasks, slot):
    """The reaction that tasks are; none of them: what was said tells it."""
    if not tasks:
        return ""
    (task,) = tasks
    if task.kind != "ask":
        return {"deepdive": "dive"}.get(task.kind, task.kind)
    return "day" if task.data["place"].get("digest") == slot else "paper" if task.data["place"]["paper"] else "?"

"""Removes reasoning that a server sends inside the text of an answer.

Everything up to the last closing mark is reasoning.

The vendor sends reasoning in blocks of its own. Other servers leave it in the text, in the marks of the model's family,
and often without the opening one, which stands in the prompt's template: until the closing mark has come, nothing
tells such a thought from an answer. Hence `Habits`: an answer is shown while it grows only where the server is known.
"""

import re
from typing import Protocol

_NAMES = (
    r"(?:[a-z]{1,12}[:_])?(?:ant)?(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflection|scratch_?pad|analysis"
    r"|chain[_-]of[_-]thought|cot|thought process|deliberation|planning"
    r"|(?:inner|internal)[_-](?:monologue|thoughts?)|思考(?:过程)?|推理(?:过程)?|思维链|推敲)"
    r"(?:[_-]\w{1,40})?"
)
"""What the families call it: <think>, <thinking>, <seed:think>, <antThinking>, <reasoning_content>, <思考> …"""

_LOUD = r"(?-i:THINK(?:ING)?|THOUGHTS?|REASONING)|思考(?:过程)?|推理(?:过程)?"
"""Names in square brackets, which prose has as well: only as the families write them."""

_INNER = r"(?:think(?:ing)?|thoughts?|reasoning)"

_SAID = "answer|final|final_answer|response|output|result|reply"
"""Tags in which some families put the answer itself."""

_CLOSING = re.compile(
    rf"(?:<|＜|&lt;|◁)\s*[/／\\]\s*{_NAMES}\s*(?:>|＞|&gt;|▷)|[\[【]\s*[/／]\s*(?:{_LOUD})\s*[\]】]"
    rf"|<[|｜]\s*(?:(?:/|end[_▁ ]?(?:of[_▁ ])?)\s*{_INNER}|{_INNER}[_▁]end)\s*[|｜]>"
    r"|[\[【](?:思考|推理)(?:过程)?(?:结束|完毕)[\]】]"
    r"|<[|｜]channel[|｜]>\s*(?:final|response|answer)\b(?:[^<\n]|<[|｜]constrain[|｜]>){0,60}?(?:<[|｜]message[|｜]>|\n|$)"
    r"|<[|｜]im_start[|｜]>\s*(?:answer|final)\b|<[|｜](?:begin[_▁]of[_▁]solution|start_response)[|｜]>"
    r"|<channel[|｜]>|<unused95>|<[|｜](?:inner_suffix|content)[|｜]>"
    rf"|<({_SAID})>(?=.*</\1>\s*\Z)"
    r"|^[ \t]*(?:思考(?:过程)?(?:结束|完毕|完成)|end of (?:thinking|thoughts?|reasoning))[ \t]*[。.:：]*[ \t]*$",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
"""Where a thought ends: the tags, and the channels or tokens with which other families begin their answer."""

_OPENING = re.compile(
    rf"(?:<|＜|&lt;|◁)\s*{_NAMES}(?:\s[^<>\[\]]{{0,80}})?\s*(?:>|＞|&gt;|▷)|[\[【]\s*(?:{_LOUD})\s*[\]】]"
    rf"|<[|｜]\s*(?:(?:begin|start)[_▁ ]?(?:of[_▁ ])?)?\s*{_INNER}(?:[_▁](?:start|begin))?\s*[|｜]>"
    rf"|<[|｜]im_start[|｜]>\s*{_INNER}"
    r"|<[|｜]channel[|｜]>\s*(?!final|response|answer)[a-z]*|<[|｜]channel>|<unused94>|<[|｜]inner_prefix[|｜]>"
    r"|<details\b[^>]*reasoning|<details\b[^>]*>\s*<summary>\s*(?:thinking|thought|reasoning|思考)"
    r"|[\[【](?:思考|推理)(?:过程)?开始[\]】]"
    rf"|^```{_INNER}\b|\A\s*[（(]\s*(?:思考|推理)(?:过程)?\s*[:：]",
    re.IGNORECASE | re.MULTILINE,
)

_BLOCK = re.compile(
    r"<details\b(?:[^>]*reasoning[^>]*>|[^>]*>\s*<summary>\s*(?:thinking|thought|reasoning|思考)).*?</details>"
    rf"|^```{_INNER}\b.*?^```[ \t]*$|\A\s*[（(]\s*(?:思考|推理)(?:过程)?\s*[:：][^）)]*[）)]",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
"""Thoughts between marks that also end other things: folded parts of a page, fences, brackets."""

_HTML = "blockquote|cite|code|details|figure|html|list|mark|math|section|span|strong|summary|table"
_DATA = "json|object|tool_call|function_call|function|invoke|arguments|parameters?"
_NO_THOUGHT = rf"(?!(?:{_SAID}|{_HTML}|{_DATA})\b)"
"""Tags of an answer at its beginning: of its marking up, and around the object that was asked for."""

_AHEAD = re.compile(
    rf"\A\s*(?:<{_NO_THOUGHT}([a-z][\w:-]{{3,30}})(?:\s[^<>]*)?>.*?</\1\s*>"
    r"|\[([a-z][\w-]{3,30})\].*?\[/\2\]|<!--.*?-->)(?=\s*\S)",
    re.IGNORECASE | re.DOTALL,
)
"""A block of a name that nobody knows, ahead of everything (<plan>, <rumination>, [think], a comment): not the answer,
for that comes after it."""

_AHEAD_OPEN = re.compile(rf"\A\s*(?:<{_NO_THOUGHT}[a-z!][\w:-]{{2,30}}[\s>]|\[[a-z][\w-]{{3,30}}\][^(])", re.IGNORECASE)

_BARE = re.compile(r"\s*analysis(?=[A-Z\s\u4e00-\u9fff]).*?assistant\s?final", re.DOTALL)
_BARE_OPEN = re.compile(r"\s*analysis(?=[A-Z\n\u4e00-\u9fff])")
"""Channels whose marks the server has stripped: `analysisThe user asks …assistantfinalIt takes …`."""

_HEAD = re.compile(
    r"\s*[#*_【\[]{0,4}\s*(?:thinking(?: process)?|thoughts?|(?:my )?thought process|reasoning(?: process)?"
    r"|chain[- ]of[- ]thought|here is my thought process|思考(?:过程)?|推理过程|思路)"
    r"\s*(?:[】\]*_]{0,3}\s*[:：][*_]*|】|[\]*_]*[ \t]*\n)",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"^[ \t]*[#*_【\[]{0,4}\s*(?:(?:the )?(?:final )?(?:answer|response)|here is my response|output"
    r"|(?:最终)?(?:回答|答案|答复|回复|结论|输出)|正式回答|正文)\s*(?:[】\]*_]{0,3}\s*[:：][*_]*|[】\]*_]+|[*_]*$)",
    re.IGNORECASE | re.MULTILINE,
)
"""Thought under a heading of words, at the very beginning, and the heading of the answer that ends it."""

_LEFT = re.compile(rf"<[|｜][a-z_▁]{{1,24}}[|｜]>(?:\s*assistant\b)?|</(?:{_SAID})>\s*\Z", re.IGNORECASE)
"""Other tokens of a template: <|end|>, <|return|>, <|start|>assistant, </answer> at the end."""

_BEGUN = re.compile(r"(?:<|＜|&lt;|\[|【|◁|&l?t?$|^`{1,3}[a-z]*$)[^>＞\]】▷\n]{0,60}$", re.MULTILINE)
"""A mark at the end of a growing text that may have only begun."""

_FIRST = "analysis"

_QUOTES = {"`": "`", '"': '"', "'": "'", "“": "”", "‘": "’", "「": "」", "«": "»"}
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")


def without_thoughts(text: str) -> str:
    """What is said to the reader.

    A mark between quotation marks or backticks is spoken of, and ends nothing.
    """
    text = plain(text)
    closed = closed_at(text)
    said = text[closed:]
    if not closed:
        head = _HEAD.match(said)
        answer = _ANSWER.search(said, head.end()) if head else None
        said = said[answer.end() :] if answer else "" if head else said
    opened = opened_at(said)
    said = said[: opened - 1] if opened else said
    return "" if _BARE_OPEN.match(said) else _LEFT.sub("", said)


def closed_at(text: str) -> int:
    """Where the last closing mark of a `plain` text ends, 0 where there is none."""
    ends = [m.end() for m in _CLOSING.finditer(text) if not _quoted(text, m)]
    bare = _BARE.match(text)
    return max([*ends, bare.end() if bare else 0])


def opened_at(text: str, since: int = 0) -> int:
    """Just behind the start of the first opening mark of a `plain` text.

    0 where there is none.
    """
    return next((m.start() + 1 for m in _OPENING.finditer(text, since) if not _quoted(text, m)), 0)


def has_thoughts(text: str) -> bool:
    """True where some of the text is thought."""
    return without_thoughts(text).strip() != _LEFT.sub("", plain(text)).strip()


def so_far(text: str) -> str:
    """What is said to the reader in a text that still grows.

    A mark that may have only begun is held back.
    """
    text = plain(text)
    begun = _BEGUN.search(text)
    text = text[: begun.start()] if begun else text
    first = text.lstrip()
    if (len(first) <= len(_FIRST) and _FIRST.startswith(first.rstrip())) or _AHEAD_OPEN.match(text):
        return ""
    return without_thoughts(text)


def plain(text: str) -> str:
    """The text with one kind of mark only, and without invisible characters.

    Those may stand inside of marks.
    """
    return _BLOCK.sub("</think>", _AHEAD.sub("</think>", _HIDDEN.sub("", text)))


def _quoted(text: str, mark: "re.Match[str]") -> bool:
    before, after = text[mark.start() - 1 : mark.start()], text[mark.end() : mark.end() + 1]
    return bool(before) and _QUOTES.get(before) == after


class Habits(Protocol):
    """What is known of servers (`store.model_habits`), by address and model."""

    def showable(self, url: str, model: str) -> bool:
        """True where its text may be shown while it grows.

        It has answered, and never with thoughts in the text.
        """

    def saw(self, url: str, model: str, *, thoughts: bool) -> None:
        """Remember one whole answer."""

"""Finds the topics in what a team says of itself. Pure.

"Hi! We're the Smith lab (smith@mit.edu). We study how plants sense drought, using RNA-seq." -> "how plants sense
drought", "RNA-seq".
"""

import re
import unicodedata

from prompts.profile import phrases

_ADDRESS = re.compile(
    r"\([^()]*(?:[\w.+-]+@[\w-]+\.[\w.-]+|https?://)[^()]*\)|"
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)\S+|(?<!\w)@\w+"
)
"""E-mail, web and chat addresses, with the brackets around them."""

_SENTENCE = re.compile(
    r"(?<=[a-z)\]0-9]{2})[.!?]+\s+(?=[A-Z\d])|[。！？]+|\s(?=\d{1,2}[.)]\s)|\s+[—–-]\s+|[|/·]\s+(?=\S)"
)
"""Ends of sentences and points of a list in one line."""

_COLON = re.compile(r"\s*[:：]\s*")

_GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|greetings|thanks?|thank you|cheers|please|大家好|你好|您好|谢谢|"
    r"こんにちは|はじめまして|よろしく)"
    r"(?:\s+(?:there|all|everyone|team|paperboy|bot))?[\s,!.。！，、]*",
    re.I,
)

_OURS = re.compile(r"\b(?:i|we|i['’]?m|we['’]?re|my|our|us|me)\b|^(?:ich|wir|je|nous)\b|我|本组|本课题组|私", re.I)
"""Somebody speaks of themselves."""

_WHO = re.compile(
    r"^(?:(?:a |an |the )?(?:(?:phd|master'?s?|graduate|undergraduate) )?(?:student|postdoc|professor|pi|researcher)s?|"
    r"(?:contact|e-?mail|tel|phone|website|homepage|location|address|members?|联系|邮箱)\b.*|"
    r"(?:研究)?(?:方向|领域|兴趣|课题)|topics?|interests?|keywords?|research interests?|关键词|キーワード|研究テーマ)$",
    re.I,
)
"""What says who speaks, or only that a list of topics follows."""

_VERB = (
    r"(?:work(?:s|ing)?|study(?:ing)?|studies|research(?:es|ing)?|focus(?:es|ing|ed)?|interested|specializ(?:e|es|ing|ed)|"
    r"specialis(?:e|es|ing|ed)|build(?:s|ing)?|develop(?:s|ing)?|design(?:s|ing)?|investigat(?:e|es|ing)|"
    r"explor(?:e|es|ing)|follow(?:ing)?|read(?:ing)?|like|love|care|want|looking|use|using)"
)
_DOES = re.compile(
    rf"^.*?\b(?:we|i|i['’]?m|we['’]?re|lab|group|team|company|institute|department|who|that|and)\b[^:]*?\b{_VERB}\b"
    r"(?:\s+(?:mostly|mainly|primarily|especially|also))?(?:\s+(?:on|in|into|at|about|for|with|to))?\s+",
    re.I,
)
"""What stands before the topic of a sentence about oneself."""

_IS = re.compile(
    r"^(?:we|i)(?:['’]?(?:re|m)| are| am)\s+(?:an?|the)\s+(?P<field>.+?)\s*"
    r"(?:lab|laboratory|group|team|company|start-?up|department|institute|student|researcher|postdoc|scientist)?$",
    re.I,
)

_LEAD = re.compile(
    r"^(?:(?:mostly|mainly|primarily|especially|particularly|including|such as|for example|e\.g\.|i\.e\.|also|and|or|"
    r"using|with|on|in|about|topics like|"
    r"(?:stuff|things|anything|everything|papers?|articles?|research|news|the latest) (?:about|on|in)|"
    r"work on|recent (?:advances|progress) (?:in|on)|(?:wir|ich) (?:forschen?|arbeiten?) (?:an|zu|über)|"
    r"(?:je|nous) travaill(?:e|ons) sur|nous étudions|trabaj(?:o|amos) (?:en|sobre)|estudiamos|studiamo|estudamos)\s+|"
    r"以及|还有|包括|比如|例如|特别是|尤其是|主要是|関する)+",
    re.I,
)
_CHINESE_LEAD = re.compile(
    r"^(?:我们|我|咱们|本|俺们)?(?:的)?(?:(?:实验室|课题组|研究组|研究所|小组|团队|组|公司|院|科室)(?:的)?)?"
    r"(?:主要|目前|正在|一直|长期|现在|专门)*(?:在)?"
    r"(?:研究(?:方向|领域|兴趣|内容)?|做|关注|从事|聚焦|致力于|探索|开发|搞|想看|方向|感兴趣)(?:的)?(?:是|为|于)?(?:关于)?\s*"
)
_CHINESE_TAIL = re.compile(
    r"(?:的|方面的|相关的?|等)?(?:研究|工作|论文|文章|方向|领域|方面|课题)$|(?:等等?|之类的?)$|"
    r"(?:を|について|に関する|の)?(?:研究|開発)?(?:を)?(?:しています|している|してます|中です|です)$"
)
_JAPANESE_LEAD = re.compile(
    r"^(?:私(?:たち|達)?|我々|当(?:研究室|社)|うち)(?:の)?(?:研究室|グループ|チーム|研究テーマ)?(?:は|では)[、,]?\s*"
)
_AND = re.compile(
    r",? (?:and|as well as|&) |以及|および|(?<=[\u3040-\u9fff]{2}) ?[和与] ?(?=[^和与]{2})|"
    r"(?<=[\u30a0-\u30ff\u4e00-\u9fff]{2})と(?=[\u30a0-\u30ff\u4e00-\u9fff]{2})",
    re.I,
)
"""What joins two topics of a sentence, where both have two words or more: not "search and rescue robots"."""

MOST_TOPICS = 12
"""Topics that are taken: more would match every paper."""


def topics_in(text: str) -> list[str]:
    """The topics that a team names, each once, in order.

    The words as they are where none is found; `text` holds at least one word.
    """
    told = _ADDRESS.sub(" ", text)
    lines = [part for line in told.splitlines() for part in _SENTENCE.split(line)]
    found = [topic for line in lines for topic in _of_a_sentence(line)]
    once = {topic.casefold(): topic for topic in reversed(found)}
    return list(reversed(once.values()))[:MOST_TOPICS] or [" ".join(text.split())]


def _of_a_sentence(sentence: str) -> list[str]:
    """The topics of one sentence.

    Of a sentence about its writer only what stands behind the verb.
    """
    said = _GREETING.sub("", sentence.strip())
    head, *rest = _COLON.split(said, maxsplit=1)
    if rest and (_OURS.search(head) or _WHO.search(head) or not rest[0]):
        said = rest[0] or head
    elif rest:
        said = f"{head}; {rest[0]}"
    said = _JAPANESE_LEAD.sub("", _without_lead(said))
    return [topic for phrase in phrases(said) for part in _apart(phrase) if (topic := _tidy(part))]


def _without_lead(said: str) -> str:
    if not _OURS.search(said):
        return said
    if found := _DOES.match(said):
        return said[found.end() :]
    return found["field"] if (found := _IS.match(said.rstrip(" .!"))) else said


def _tidy(topic: str) -> str:
    """A topic without what leads to it, and without emoji and marks around it.

    Nothing for what is none.
    """
    signs = "".join(" " if unicodedata.category(c) in ("So", "Sk", "Cs", "Co", "Cf") else c for c in topic)
    kept = " ".join(_GREETING.sub("", signs).split()).strip(" .!?…*_\"'“”‘’;,:-–—&")
    kept = _CHINESE_TAIL.sub("", _CHINESE_LEAD.sub("", _LEAD.sub("", kept))).strip(" .!?，。")
    return "" if _WHO.fullmatch(kept) or not any(c.isalnum() for c in kept) or _only_about_us(kept) else kept


def _only_about_us(topic: str) -> bool:
    """True for "we're the Smith lab at MIT": somebody, and no topic."""
    return bool(re.match(r"(?:we|i)\b|(?:our|my)\s+(?:\w+['’]s\s+)?(?:lab|group|team)\b", topic, re.I))


def _apart(phrase: str) -> list[str]:
    parts = [part.strip() for part in _AND.split(phrase)]
    return parts if all(len(part.split()) > 1 or not part.isascii() for part in parts) else [phrase]

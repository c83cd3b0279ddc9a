"""Checks the `[P3]` marks of an answer and puts the places into words.

`[P3]` is the third passage that was shown; `[P0]` says that the paper does not say. A mark that names no passage counts
for nothing and is taken out. That a passage supports what was said of it, no code here can tell.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workers.analysis.grounding.text.sentences import sentences, spans
from workers.analysis.schema import visible
from workers.models import Paper, Record
from workers.words import LANGUAGES, Words, words

ABSTRACT = "Abstract"
"""`Passage.where` of an abstract, in any language of the reader."""

KANA_LEAST = 0.2
"""Kana per Chinese character from which a text is Japanese: a の alone stands in Chinese names."""

WHERE_MAX, QUOTE_MAX = 60, 300
"""Characters of a section's name and of a quoted passage; longer ones are cut at a word."""

_NUMBERS = r"[\[【]\s*P\d{1,4}(?:\s*[,;、，–-]\s*P?\d{1,4})*\s*[\]】]"
_RUN = re.compile(rf"(?:[ \t]*{_NUMBERS})+")
_LATE = re.compile(
    rf"(?P<stop>[.!?。！？…]+)(?P<close>[\"'”’)）*_]*)(?P<run>(?:[ \t]*{_NUMBERS})+)(?=\s*$|\s+[^\sa-z]|[^\x00-\x7f])",
    re.MULTILINE,
)
_OPEN_END = re.compile(r"[ \t]*[\[【][^\]】\n]{0,16}\Z")
_HAN, _KANA = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]"), re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_DENIES = re.compile(
    r"(?:no[,:.] )?(?:the|this) (?:paper|text|article|authors?|abstract)\b[^.!?\n]{0,40}?"
    r"(?:do(?:es)? not|doesn[’']t|don[’']t|never|gives? no|says? nothing|makes? no)\b"
    r"|(?:this|that|it) is not (?:said|stated|given|mentioned|reported)\b"
    r"|(?:该|这篇|本)?(?:论文|文章|文中|作者|摘要)[^。！？\n]{0,12}?(?:没有|未|并未|没|不曾)",
    re.IGNORECASE,
)
"""A first sentence that says by itself that the paper does not say."""

_DENIED_EN = re.compile(
    r"\b([Tt])h(?:e|is) (?:paper|text|article) ((?:do(?:es)? not|doesn[’']t|never|gives? no|says? nothing|makes? no)\b)"
)
_DENIED_ZH = re.compile(
    r"(?:该|这篇|本)?(?:论文|文章|文)(?:中|里)?((?:并?没有|并?未|没)(?:提|说|给|报|写|讨论|涉及|指明))"
)

_STOP = re.compile(r"[.!?](?=\s)|[。！？\n]")

WHOLE = 0.9
"""Share of the paper from which on it counts as read."""

_WORD = re.compile(r"[^\W\d_\u3400-\u4dbf\u4e00-\u9fff]{2,}")
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_BULLET = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)、])\s+")


@dataclass(frozen=True)
class Passage:
    """A piece of the paper that can be cited.

    A paragraph, or a sentence of the abstract.
    """

    id: str
    """Stable in its paper, such as an anchor: `S3.SS2.p1`."""
    where: str
    """Title of its section, or ABSTRACT."""
    text: str
    paper: str = ""
    """Name of its paper, where passages of several are shown."""


class Cite(Record):
    """One passage that an answer stands on."""

    passage: str
    """`Passage.id`."""
    where: str
    """For people, in the answer's language: `the abstract`, `§ 3.2 Training`."""
    quote: str
    """The passage's own words, cut at a word where it is long."""
    number: int = 0
    """Of its place, as the answer's text has it: `[1]`; passages of one place share it. 0: the text has none."""


def passages_of(paper: Paper) -> tuple[Passage, ...]:
    """The abstract, sentence by sentence.

    All there is to cite while the full text has not been read.
    """
    found = sentences(visible(paper.abstract))
    return tuple(Passage(f"abstract.{n}", ABSTRACT, text) for n, text in enumerate(found, 1))


def language_of(question: str, otherwise: str = "en") -> str:
    """`zh` or `ja`, foreign terms in it or not, else `en`.

    `otherwise` where there are no words.
    """
    han, kana, others = (len(found.findall(question)) for found in (_HAN, _KANA, _WORD))
    if not (han or kana or others):
        return otherwise
    if han + kana < max(others, 1):
        return "en"
    return "ja" if kana > KANA_LEAST * han else "zh"


def numbers(run: str) -> list[int]:
    """Numbers of the passages that a run of marks names; 0: the paper does not say."""
    return [int(n) for n in re.findall(r"\d{1,4}", run)]


def marked(text: str) -> str:
    """The text with its marks ahead of the full stop.

    Only where a sentence can be told from the next. A stop that stands within quotation marks is put behind both.
    """
    return _LATE.sub(lambda m: f"{m['close']} {m['run'].strip()}{m['stop']}", text)


def cites_of(text: str, passages: Sequence[Passage], w: Words) -> tuple[Cite, ...]:
    """The passages that the text names, each once, in the order of first mention."""
    named = dict.fromkeys(n for n in cited_in(text) if 1 <= n <= len(passages))
    places: dict[str, int] = {}
    found = [cite(passages[n - 1], w) for n in named]
    return tuple(c.model_copy(update={"number": places.setdefault(c.where, len(places) + 1)}) for c in found)


def cited_in(text: str) -> list[int]:
    """Numbers of the passages that the marks of a text name, in order."""
    return [n for m in _RUN.finditer(text) for n in numbers(m[0])]


def pieces(text: str) -> list[str]:
    """All sentences of a `marked` text, however short, its lines apart."""
    rows = (_BULLET.sub("", line).strip() for line in text.splitlines())
    return [row[start:end] for row in rows for start, end in spans(row) if row[start:end].strip()]


def cite(passage: Passage, w: Words) -> Cite:
    """A passage as something to show."""
    return Cite(passage=passage.id, where=_where(passage, w), quote=cut(visible(passage.text), QUOTE_MAX))


def is_unsaid(text: str) -> bool:
    """True where the text says that the paper does not say it.

    By mark or in our own words of any language.
    """
    said = _RUN.sub("", text).strip()
    ours = (words(language).answer_not_said.rstrip(".。") for language in LANGUAGES)
    return 0 in cited_in(text) or said.startswith(tuple(ours))


def said_in(text: str) -> list[str]:
    """Sentences of a `marked` text, lead-ins ("There are three:") left out."""
    rows = (_BULLET.sub("", line).strip() for line in text.splitlines())
    return [sentence for row in rows if not row.endswith((":", "：")) for sentence in sentences(row)]


def uncited(text: str, passages: Sequence[Passage], free: Callable[[str], bool] = lambda sentence: False) -> int:
    """How many sentences of a `marked` text name no passage.

    Denials, and those that are `free`, need none.
    """
    bare = (sentence for sentence in said_in(text) if not _stands(sentence, len(passages)))
    return sum(not free(sentence) and not is_unsaid(sentence) for sentence in bare)


def unmarked(text: str) -> str:
    """The text without its marks."""
    return _RUN.sub("", text)


def _stands(sentence: str, most: int) -> bool:
    return any(0 <= n <= most for m in _RUN.finditer(sentence) for n in numbers(m[0]))


def readable(text: str, passages: Sequence[Passage], w: Words, part: float = 1.0) -> str:
    """A `marked` text with numbers of places for marks (see `Cite.number`).

    The same places twice in a row of one line are named at the end only. `part`: how much of the paper was read, 0 to
    1.
    """
    text = unsaid(text, w, part)
    places = {c.passage: c.number for c in cites_of(text, passages, w)}
    runs = list(_RUN.finditer(text))
    told = [_told(m[0], passages, places) for m in runs]
    out, at = [], 0
    for i, run in enumerate(runs):
        out.append(text[at : run.start()])
        at = run.end()
        again = i + 1 < len(runs) and told[i] == told[i + 1] and "\n" not in text[at : runs[i + 1].start()]
        if told[i] and not again:
            out.append(f" {told[i]}")
    return "".join([*out, text[at:]]).strip()


def unfinished(text: str, w: Words, part: float = 1.0) -> str:
    """What can be shown of a text that is still being written.

    Marks are out, a mark that has only begun is left away, and a first sentence that may still deny is held back.
    """
    first = _RUN.match(text.lstrip())
    if first and numbers(first[0]) == [0] and not _STOP.search(text.lstrip()[first.end() :].lstrip(" .。")):
        return ""
    return _RUN.sub("", _OPEN_END.sub("", unsaid(text, w, part)))


def as_markdown(text: str) -> str:
    """Foreign words that mean nothing as Markdown; maths between dollars stays."""
    parts = re.split(r"(\$[^$]*\$)", " ".join(text.split()))
    return "".join(p if p[:1] == "$" else _SPECIAL.sub(r"\\\1", p) for p in parts)


def unsaid(text: str, w: Words, part: float = 1.0) -> str:
    """The text with our sentence for `[P0]` at the start.

    Not where the model's own first sentence denies already. Of a paper that was not wholly read (`part`), "the paper
    does not say" is more than anybody knows: what was read does not.
    """
    read = part < WHOLE
    first = _RUN.match(text.lstrip())
    rest = text.lstrip()[first.end() :].lstrip(" .。") if first and numbers(first[0]) == [0] else ""
    denied = _DENIES.match(rest) if rest else None
    text = _in_what_was_read(text) if read else text
    if not first or numbers(first[0]) != [0]:
        return text
    said = w.answer_not_said
    if read:
        said = w.say("answer_not_read", share=round(100 * part)) if part else w.answer_not_in_abstract
    rest = _in_what_was_read(rest) if read else rest
    if rest.startswith(str(w.answer_not_said).rstrip(".。")) or (denied and not read):
        return text
    gap = " " if said.isascii() else ""
    return f"{said}{gap}{rest}".rstrip()


def _in_what_was_read(text: str) -> str:
    """A denial in the paper's name as one in the name of what was read of it."""
    text = _DENIED_EN.sub(lambda m: f"{'T' if m[1] == 'T' else 't'}he part that was read {m[2]}", text)
    return _DENIED_ZH.sub(lambda m: f"读到的部分{m[1]}", text)


def _told(run: str, passages: Sequence[Passage], places: dict[str, int]) -> str:
    shown = [passages[n - 1].id for n in numbers(run) if 1 <= n <= len(passages)]
    return "".join(f"[{n}]" for n in dict.fromkeys(places[id] for id in shown))


def _where(passage: Passage, w: Words) -> str:
    name, paper = " ".join(visible(passage.where).split()), cut(visible(passage.paper), WHERE_MAX)
    if not name or name.casefold() == ABSTRACT.casefold():
        return paper or str(w.answer_abstract)
    section = f"§ {cut(name, WHERE_MAX)}"
    return f"{paper}{w.comma}{section}" if paper else section


def cut(text: str, most: int) -> str:
    """The text, cut at a word where it has more than `most` characters."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"

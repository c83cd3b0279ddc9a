"""Where an answer says that it stands: the marks `[P3]` in a model's text, checked and put into words.

`[P3]` is the third passage that was shown; `[P0]` says that the paper does not say. A mark that names no passage counts
for nothing and is taken out. That a passage supports what was said of it, no code here can tell.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from workers.analysis.grounding.sentences import sentences
from workers.analysis.schema import visible
from workers.models import Paper, Record
from workers.words import LANGUAGES, Words

ABSTRACT = "Abstract"
"""`Passage.where` of an abstract, in any language of the reader."""

WHERE_MAX, QUOTE_MAX = 60, 300
"""Characters of a section's name and of a quoted passage; longer ones are cut at a word."""

_NUMBERS = r"[\[【]\s*P\d{1,4}(?:\s*[,;、，–-]\s*P?\d{1,4})*\s*[\]】]"
_RUN = re.compile(rf"(?:[ \t]*{_NUMBERS})+")
_LATE = re.compile(
    rf"(?P<stop>[.!?。！？…]+)(?P<close>[\"'”’)）*_]*)(?P<run>(?:[ \t]*{_NUMBERS})+)(?=\s*$|\s+[^\sa-z]|[^\x00-\x7f])",
    re.MULTILINE,
)
_OPEN_END = re.compile(r"[ \t]*[\[【][^\]】\n]{0,16}\Z")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_WORD = re.compile(r"[^\W\d_\u3400-\u4dbf\u4e00-\u9fff]{2,}")
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_BULLET = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)、])\s+")


@dataclass(frozen=True)
class Passage:
    """A piece of the paper that can be cited: a paragraph, or a sentence of the abstract."""

    id: str
    """Stable in its paper, such as an anchor: `S3.SS2.p1`."""
    where: str
    """Title of its section, or ABSTRACT."""
    text: str


class Cite(Record):
    """One passage that an answer stands on."""

    passage: str
    """`Passage.id`."""
    where: str
    """For people, in the answer's language: `the abstract`, `§ 3.2 Training`."""
    quote: str
    """The passage's own words, cut at a word where it is long."""


def passages_of(paper: Paper) -> tuple[Passage, ...]:
    """The abstract, sentence by sentence: all there is to cite while the full text has not been read."""
    found = sentences(visible(paper.abstract))
    return tuple(Passage(f"abstract.{n}", ABSTRACT, text) for n, text in enumerate(found, 1))


def language_of(question: str, otherwise: str = "en") -> str:
    """`zh` for Chinese, foreign terms in it or not, else `en`; `otherwise` where there are no words."""
    han, others = len(_HAN.findall(question)), len(_WORD.findall(question))
    if not han and not others:
        return otherwise
    return "zh" if han and han >= others else "en"


def numbers(run: str) -> list[int]:
    """Numbers of the passages that a run of marks names; 0: the paper does not say."""
    return [int(n) for n in re.findall(r"\d{1,4}", run)]


def marked(text: str) -> str:
    """The text with its marks ahead of the full stop, where a sentence can be told from the next; a stop that stands
    within quotation marks is put behind both."""
    return _LATE.sub(lambda m: f"{m['close']} {m['run'].strip()}{m['stop']}", text)


def cites_of(text: str, passages: Sequence[Passage], w: Words) -> tuple[Cite, ...]:
    """The passages that the text names, each once, in the order of first mention."""
    named = dict.fromkeys(n for m in _RUN.finditer(text) for n in numbers(m[0]) if 1 <= n <= len(passages))
    return tuple(cite(passages[n - 1], w) for n in named)


def cite(passage: Passage, w: Words) -> Cite:
    """A passage as something to show."""
    return Cite(passage=passage.id, where=_where(passage, w), quote=cut(visible(passage.text), QUOTE_MAX))


def is_unsaid(text: str) -> bool:
    """True where the text says, by mark or in our own words of any language, that the paper does not say it."""
    said = _RUN.sub("", text).strip()
    ours = (phrases["answer_not_said"].rstrip(".。") for phrases in LANGUAGES.values())
    return any(0 in numbers(m[0]) for m in _RUN.finditer(text)) or said.startswith(tuple(ours))


def said_in(text: str) -> list[str]:
    """Sentences of a `marked` text, lead-ins ("There are three:") left out."""
    rows = (_BULLET.sub("", line).strip() for line in text.splitlines())
    return [sentence for row in rows if not row.endswith((":", "：")) for sentence in sentences(row)]


def uncited(text: str, passages: Sequence[Passage]) -> int:
    """Sentences of a `marked` text that name no passage."""
    return sum(not _stands(sentence, len(passages)) for sentence in said_in(text))


def unmarked(text: str) -> str:
    """The text without its marks."""
    return _RUN.sub("", text)


def _stands(sentence: str, most: int) -> bool:
    return any(0 <= n <= most for m in _RUN.finditer(sentence) for n in numbers(m[0]))


def readable(text: str, passages: Sequence[Passage], w: Words) -> str:
    """A `marked` text with places for marks; the same place twice in a row of one line is named at the end only."""
    text = _unsaid_in_words(text, w)
    runs = list(_RUN.finditer(text))
    places = [_places(m[0], passages, w) for m in runs]
    out, at = [], 0
    for i, run in enumerate(runs):
        out.append(text[at : run.start()])
        at = run.end()
        again = i + 1 < len(runs) and places[i] == places[i + 1] and "\n" not in text[at : runs[i + 1].start()]
        if places[i] and not again:
            out.append(w.say("brackets", text=as_markdown(places[i])))
    return "".join([*out, text[at:]]).strip()


def unfinished(text: str, w: Words) -> str:
    """What can be shown of a text that is still being written: marks out, a mark that has only begun left away."""
    return _RUN.sub("", _OPEN_END.sub("", _unsaid_in_words(text, w)))


def as_markdown(text: str) -> str:
    """Foreign words that mean nothing as Markdown; maths between dollars stays."""
    parts = re.split(r"(\$[^$]*\$)", " ".join(text.split()))
    return "".join(p if p[:1] == "$" else _SPECIAL.sub(r"\\\1", p) for p in parts)


def _unsaid_in_words(text: str, w: Words) -> str:
    """`[P0]` at the start becomes our sentence for it, unless the model wrote that sentence itself."""
    first = _RUN.match(text.lstrip())
    if not first or numbers(first[0]) != [0]:
        return text
    rest = text.lstrip()[first.end() :].lstrip(" .。")
    said = w.answer_not_said
    gap = " " if said.isascii() else ""
    return text if rest.startswith(said.rstrip(".。")) else f"{said}{gap}{rest}".rstrip()


def _places(run: str, passages: Sequence[Passage], w: Words) -> str:
    shown = [passages[n - 1] for n in numbers(run) if 1 <= n <= len(passages)]
    return w.comma.join(dict.fromkeys(_where(passage, w) for passage in shown))


def _where(passage: Passage, w: Words) -> str:
    name = " ".join(visible(passage.where).split())
    if not name or name.casefold() == ABSTRACT.casefold():
        return str(w.answer_abstract)
    return f"§ {cut(name, WHERE_MAX)}"


def cut(text: str, most: int) -> str:
    """The text, cut at a word where it has more than `most` characters."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"

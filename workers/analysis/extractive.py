"""The analyst without a model: sentences chosen from title and abstract by what they do and where they stand.

Every sentence is the paper's own, word for word, in quotation marks; the few words around them say only what kind of
sentence follows, or that none was found. Nothing is inferred, so nothing can be invented.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from prompts import Profile
from workers.analysis.analyst import Meter
from workers.analysis.rank import matches, rank
from workers.papers import LOCAL, Analysis, Paper, Score

SENTENCE_MAX = 600
"""Characters; a longer "sentence" is a list or a table that lost its line breaks, and is cut at a word."""

SENTENCE_MIN = 12
"""Characters; shorter ones are fragments."""

METHODS, RESULTS, LIMITS = 3, 2, 2
"""Most sentences per section."""

EARLY = 0.4
"""Share of an abstract that usually is about the problem and the work of others."""

_WORDS = {
    "en": {
        "quote": "“{}”",
        "none_limits": "The abstract names no limitation.",
        "none_method": "The abstract says no more about how it works.",
        "none_result": "The abstract reports no result.",
        "none_text": "There is no abstract.",
        "match": "On {}:",
        "no_match": "Title and abstract name none of the interests ({}).",
        "comma": ", ",
    },
    "zh": {
        "quote": "“{}”",
        "none_limits": "摘要没有提到局限。",
        "none_method": "摘要没有进一步说明具体做法。",
        "none_result": "摘要没有给出结果。",
        "none_text": "没有摘要。",
        "match": "与 {} 有关：",
        "no_match": "标题和摘要没有提到关注的方向（{}）。",
        "comma": "、",
    },
}


def _words(pattern: str) -> re.Pattern[str]:
    """A pattern written over several lines; a space in it is any white space of the text."""
    flat = "".join(line.strip() for line in pattern.splitlines())
    return re.compile(flat.replace(" ", r"\s+"), re.IGNORECASE)


_NEW = _words(
    r"""\b(?:we|this (?:paper|work|article|survey|report|study))\b[^.]{0,60}?\b(?:propos|introduc|present|
    develop|design|releas|describ|contribut|study|investigat|revisit|formulat|build|construct|resolve)\w*|
    \bis (?:a|an) (?:novel|new|first)\b|提出|介绍|本文"""
)
_NAMED = _words(r"\b(?:propos|introduc|present)(?:e|es|ed|ing|s)?\b|提出")
_FIRST_PERSON = _words(r"\b(?:we|our)\b|我们")
_HOW = _words(
    r"""\b(?:by \w+ing|using|uses?|consist\w*|compris\w*|based on|leverag\w+|employ\w*|train\w*|combin\w+|first|
    second|then|finally|specifically|each|via|decompos\w+|learn\w*|encod\w+|architecture|module|stage|framework|
    loss|we)\b|通过|采用|利用"""
)
_RESULT = _words(
    r"""\b(?:outperform\w*|improv\w+|achiev\w+|results?|experiments?|demonstrat\w*|state-of-the-art|sota|surpass\w*|
    reduc\w+|gains?|faster|better|accuracy|evaluat\w+|find that|shows?|reveal\w*|benchmarks?|rises?|drops?|falls?|
    reach\w*|ablations?)\b|实验|结果|提升|\d\s*(?:\\?%|dB|×|\$?\\times)"""
)
_LIMIT = _words(
    r"""\b(?:limitations? (?:of (?:our|this)|include|remain)|future work|we (?:do|did) not|does not|do not|not when|
    cannot|fails? (?:to|on|when|for|if|where)|failure modes?|at the cost|trade-?off|only (?:on|for|in|when|if|work)|
    remains? (?:open|a challenge|challenging|unclear|unsolved|slow|hard|unreliable)|restricted to|limited to|
    worse|degrades?|unreliable|source of error|underestimat\w*|overestimat\w*|misused|(?:but|often) \w+ wrong|
    gives? up|can drift|in \w+ (?:and \w+ )?only)\b|局限|不足|有待"""
)
_HOWEVER = _words(r"\b(?:however|but|although|though|despite|nevertheless|limited)\b|然而|但")
_OTHERS = _words(r"\b(?:existing|previous|prior|recent|current|conventional|traditional|most) \w+")
_CONTRAST = _words(r"^(?:while|however|although|despite|recent\w*)\b")
_NUMBER = re.compile(r"\d")
_LINK = re.compile(r"https?://|www\.|github\.com|huggingface\.co", re.IGNORECASE)

_ABBREVIATION = _words(
    r"""\b(?:e\.g|i\.e|et al|etc|cf|vs|figs?|eqs?|sec|tab|refs?|no|approx|resp|dr|prof|mr|ms|st|dept|viz|w\.r\.t|
    a\.k\.a|(?-i:[A-Z]))\.$"""
)
_HIDE = re.compile(r"\$[^$]*\$|\\\([^)]*\\\)|(?:https?://|www\.)\S*[^\s.,;:)]", re.DOTALL)
_END = re.compile(r"(?<=[.!?])[\"'”’)\]}*]*\s+(?=[\"'“‘(\[*]*[A-Z0-9\\$\u0000\u4e00-\u9fff])|(?<=[。！？])[”’）]*\s*")


@dataclass(frozen=True)
class _Sentence:
    place: int
    text: str


class Extractive:
    """See `analyst.Analyst`; costs nothing and cannot fail."""

    name = "extractive"
    score_model = LOCAL
    deepdive_model = LOCAL

    def score(self, paper: Paper, profile: Profile, meter: Meter | None = None) -> Score:
        """The local ranker's number."""
        found = rank([paper], profile.interests, profile.language)[0]
        return Score(
            id=paper.id,
            version=paper.version,
            state="scored",
            value=found.value,
            local=found.value,
            why=found.why,
            matched=found.matched,
        )

    def analyse(
        self, paper: Paper, profile: Profile, meter: Meter | None = None, matched: Iterable[str] | None = None
    ) -> Analysis:
        """The four sections in the paper's own sentences. `matched`: interests it matches; None: by the ranker."""
        words = _WORDS.get(profile.language, _WORDS["en"])
        if matched is None:
            matched = rank([paper], profile.interests, profile.language)[0].matched
        left = [_Sentence(i, s) for i, s in enumerate(sentences(paper.abstract)) if not _LINK.search(s)]
        total = max(1, len(left))
        own = next((s.place for s in left if _NEW.search(s.text)), -1)  # what stands before speaks of others' work
        limits = _take(left, LIMITS, lambda s: _limit(s, total) if s.place >= own else 0.0)
        name = paper.title.partition(":")[0] if ":" in paper.title else ""
        contribution = _take(left, 1, lambda s: _new(s, total, name))
        if not contribution and left:
            contribution = [left.pop(0)]
        wanted = tuple(matched)
        results = _take(left, RESULTS, lambda s: _result(s, total, wanted))
        methods = _take(left, METHODS, lambda s: _how(s, total, contribution[0].place if contribution else -1))
        nothing = words["none_text"] if not paper.abstract.strip() else ""
        return Analysis(
            id=paper.id,
            version=paper.version,
            contribution=_quoted(contribution, words) or words["quote"].format(_plain(paper.title)),
            methodology=_quoted(methods, words) or nothing or words["none_method"],
            takeaway=_takeaway(results, wanted, profile, words, nothing),
            limitations=_quoted(limits, words) or nothing or words["none_limits"],
            by=LOCAL,
            read="abstract",
        )


def sentences(text: str) -> list[str]:
    """The sentences of a text, white space collapsed. Abbreviations, decimals, maths and URLs do not end one."""
    text = " ".join(text.split())
    kept: list[str] = []

    def hide(match: re.Match[str]) -> str:
        kept.append(match.group())
        return f"\x00{len(kept) - 1}\x00"

    hidden = _HIDE.sub(hide, text.replace("\x00", ""))
    pieces: list[str] = []
    start = 0
    for match in _END.finditer(hidden):
        head = hidden[start : match.start()].rstrip("\"'”’)]}* ")
        if match.end() > start and not _ABBREVIATION.search(head):
            pieces.append(hidden[start : match.end()])
            start = match.end()
    pieces.append(hidden[start:])
    shown = (re.sub(r"\x00(\d+)\x00", lambda m: kept[int(m.group(1))], p).strip() for p in pieces)
    return [_cut(s) for s in shown if len(s) >= SENTENCE_MIN or re.search(r"[\u4e00-\u9fff]{6}", s)]


def _cut(sentence: str) -> str:
    return sentence if len(sentence) <= SENTENCE_MAX else sentence[:SENTENCE_MAX].rsplit(" ", 1)[0] + " …"


def _take(left: list[_Sentence], most: int, worth: Callable[[_Sentence], float]) -> list[_Sentence]:
    """Remove and return the up to `most` worthiest sentences (worth above 0), in the order of the text."""
    able = [(worth(s), s) for s in left]
    chosen = [s for w, s in sorted(able, key=lambda x: (-x[0], x[1].place)) if w > 0][:most]
    for sentence in chosen:
        left.remove(sentence)
    return sorted(chosen, key=lambda s: s.place)


def _new(s: _Sentence, total: int, name: str) -> float:
    """What is new: "we propose" first, then a sentence that begins with the name in the title, then "we"."""
    late = s.place / total
    if _NEW.search(s.text):
        return 3.0 - late + (2.0 if _NAMED.search(s.text) else 0.0) - (0.5 if _RESULT.search(s.text) else 0.0)
    if name and s.text.startswith(name):
        return 3.0 - late
    return 1.0 - late if _FIRST_PERSON.search(s.text) and not _RESULT.search(s.text) else 0.0


def _how(s: _Sentence, total: int, after: int) -> float:
    """How it works: words of method, or standing right after the contribution (place `after`)."""
    others = _OTHERS.search(s.text) or _CONTRAST.search(s.text) or s.place == 0
    if s.text.endswith("?") or (others and not _FIRST_PERSON.search(s.text)):
        return 0.0
    worth = 1.0 + min(s.place / total, 0.7) if _HOW.search(s.text) else 0.0
    worth += 0.6 if 0 < s.place - after <= METHODS else 0.0
    return max(0.0, worth - (0.5 if _RESULT.search(s.text) else 0.0))


def _result(s: _Sentence, total: int, matched: Sequence[str]) -> float:
    late = s.place / total
    if not _RESULT.search(s.text) or (_OTHERS.search(s.text) and late < EARLY):
        return 0.0
    named = 0.5 if matched and matches(s.text, matched) else 0.0
    return late + (1.0 if _NUMBER.search(s.text) else 0.0) + named + 0.1


def _limit(s: _Sentence, total: int) -> float:
    """A limit of this paper: late in the abstract, and not about the work of others."""
    late = s.place / total
    if _OTHERS.search(s.text) or _NAMED.search(s.text) or late < EARLY:
        return 0.0
    if _LIMIT.search(s.text):
        return 2.0 + late + (1.0 if _HOWEVER.search(s.text) else 0.0)
    return 1.0 if _HOWEVER.search(s.text) and not _RESULT.search(s.text) else 0.0


def _takeaway(
    results: list[_Sentence], matched: Sequence[str], profile: Profile, words: dict[str, str], nothing: str
) -> str:
    quoted = _quoted(results, words) or nothing or words["none_result"]
    if matched:
        return f"{words['match'].format(words['comma'].join(matched))}\n\n{quoted}"
    return f"{words['no_match'].format(words['comma'].join(profile.interests))}\n\n{quoted}"


def _quoted(chosen: list[_Sentence], words: dict[str, str]) -> str:
    lines = [words["quote"].format(_plain(s.text)) for s in chosen]
    return "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else "".join(lines)


def _plain(text: str) -> str:
    """Without effect as Markdown links or HTML; maths and emphasis of the authors stay."""
    parts = re.split(r"(\$[^$]*\$)", " ".join(text.split()))
    return "".join(p if p[:1] == "$" else p.replace("<", "\\<").replace("](", "]\\(") for p in parts)

"""Answers questions about a day's candidates, with a model or without. Pure."""

import re
from collections.abc import Callable, Sequence

from workers.analysis.answer import Answer
from workers.analysis.extractive.ranking.passages import asked_for, excerpt, fitting
from workers.analysis.extractive.ranking.rank import matches, rank
from workers.analysis.grounding.citations import WHERE_MAX, Cite, as_markdown, cut, passages_of
from workers.analysis.grounding.evidence.numbered_paper import PaperContext
from workers.analysis.grounding.several_papers import Named, together
from workers.analysis.prices import count
from workers.models import Candidate, Day, Grounds, Paper
from workers.paper_ids.numbers_in_list import LAST, numbers_in_list
from workers.reading.text import PaperText
from workers.words import Words, words

DAY_TOKENS = 24_000
"""Tokens of a day's candidates that a model is shown, by `prices.count`: about 60 abstracts; the rest by title."""

FITTING_PASSAGES = 6
"""Passages of a pick's full text that are shown: those that fit the question best."""

SHOWN = 5
"""Papers that an answer without a model names."""

LEFT_OUT = re.compile(
    r"\b(?:left|leave|leaving) (?:it |them )?out\b|\bnot (?:pick|select|choose|includ)\w*|\bwhy (?:not|only)\b"
    r"|\bmiss(?:ed|ing)\b|\bskip\w*|\breject\w*|\bdropp?ed\b|\brest of\b|\bothers?\b"
    r"|没选|未选|落选|漏掉|排除|没有入选|其他|其它|为什么没",
    re.IGNORECASE,
)
_OF_ANY_DAY = frozenset(
    [
        "abstract",
        "anything",
        "best",
        "choose",
        "chosen",
        "compare",
        "day",
        "difference",
        "digest",
        "find",
        "good",
        "interesting",
        "left",
        "leave",
        "list",
        "more",
        "most",
        "number",
        "out",
        "paper",
        "papers",
        "pick",
        "picked",
        "picks",
        "read",
        "related",
        "score",
        "scores",
        "second",
        "selected",
        "skip",
        "third",
        "today",
        "topic",
        "which",
        "论文",
        "今天",
        "哪些",
        "哪篇",
        "文章",
        "关于",
        "有没",
        "没有",
        "什么",
        "为什",
        "么没",
    ]
)
"""Words of questions about any day; what they are about is in the others."""


def numbers_in(question: str, day: Day) -> list[Candidate]:
    """The picks that a question names by number.

    As in `compare 1 and 3`, `第二篇`, `the last one`.
    """
    named = numbers_in_list(question)
    last = max((c.number or 0 for c in day.candidates), default=0)
    return [c for c in day.candidates if c.number and (c.number in named or (LAST in named and c.number == last))]


def topic_of(question: str) -> list[str]:
    """What a question is about, without the words that are of any day."""
    return [word for word in asked_for(question) if word not in _OF_ANY_DAY and not word.isdigit()]


def about(question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Candidates whose title or abstract has words of the question, the best first."""
    wanted = topic_of(question)
    papers = [Paper(id=c.id, title=c.title, abstract=c.abstract) for c in candidates]
    found = {c.id: c for c in candidates}
    hits = [r for r in rank(papers, wanted) if r.matched] if wanted else []
    most = max((len(r.matched) for r in hits), default=0)
    return [found[r.id] for r in hits if 2 * len(r.matched) > most - 1]


def status(candidate: Candidate, day: Day, w: Words) -> str:
    """What became of a candidate: picked, or why not."""
    score = w.day_unscored if candidate.score is None else f"{candidate.score}/100"
    if candidate.local and candidate.score is not None:
        score = w.say("day_match", score=candidate.score)
    if candidate.number:
        return f"{score}{w.comma}{w.say('day_picked', n=candidate.number)}"
    if candidate.score is None:
        return score
    below = candidate.score < day.min_score
    return f"{score}{w.comma}{w.say('day_below', bar=day.min_score) if below else w.day_no_room}"


def context(question: str, day: Day, full: Callable[[Candidate], PaperContext | None]) -> PaperContext:
    """What a model is shown of a day's candidates, within DAY_TOKENS.

    Of each paper: what became of it, and its abstract while there is room, else its title. `full`: the full text of a
    pick where it was read; the passages of it that fit the question are shown.
    """
    order = dict.fromkeys(c.id for c in [*numbers_in(question, day), *_picks(day), *about(question, day.candidates)])
    known = {c.id: c for c in day.candidates}
    every = [known[i] for i in order] + [c for c in day.candidates if c.id not in order]
    room, found, en = DAY_TOKENS, [], words("en")
    for candidate in every:
        read = full(candidate) if candidate.number else None
        texts = [candidate.abstract] if room > DAY_TOKENS // 4 else []
        more = fitting(question, read.passages, FITTING_PASSAGES) if read and texts else []
        room -= sum(map(count, [candidate.title, candidate.why, *texts, *(p.text for p in more)]))
        if room < 0:
            break
        found.append(Named(candidate.name, _shown(candidate, status(candidate, day, en), texts, read, more)))
    rest = len(every) - len(found)
    title = f"what the digest of {day.date.isoformat()} chose from: {len(found)} papers, with what became of each"
    title += f"; {rest} more that scored lower are not shown" if rest else ""
    title += "" if day.whole else "; only its picks are still known, not what was left out"
    return together(found, f"{title}; a score is for fit to the team's interests, the bar is {day.min_score}")


def _shown(
    candidate: Candidate, became: str, texts: Sequence[str], read: PaperContext | None, more: Sequence[object]
) -> PaperContext:
    """One candidate as a paper: what became of it, its abstract, passages."""
    said = " ".join(
        filter(None, [f"Score and decision: {became}.", f"Reason: {candidate.why}" if candidate.why else ""])
    )
    paper = Paper(id=candidate.id, title=candidate.title, abstract="\n".join([said, *texts]))
    text = read.text if read and more else PaperText(ref=candidate.id, read_from="abstract", title=candidate.title)
    text = text.model_copy(update={"abstract": paper.abstract})
    return PaperContext(paper, text, (*passages_of(paper), *more), Grounds(ref=candidate.id))  # type: ignore[arg-type]


def without_model(question: str, day: Day, w: Words, error: str) -> Answer:
    """An answer by words, scores and stored reasons alone.

    It has a line for each paper, with its place.
    """
    numbered, left = numbers_in(question, day), bool(LEFT_OUT.search(question))
    topic = about(question, day.candidates)
    if numbered:
        found, said = numbered, ""
    elif left and not topic:
        found = [c for c in day.candidates if not c.number]
        said = "" if found else (w.day_none_left if day.whole else w.day_unknown_left)
    elif topic_of(question):
        found, said = topic, "" if topic else w.day_nothing_about
    else:
        found, said = _picks(day), ""
    found = list(found[:SHOWN]) or (_picks(day)[:SHOWN] if not left else [])
    wanted = topic_of(question)
    lines, cites = [said] if said else [], []
    for number, candidate in enumerate(found, 1):
        words_of_it = (
            excerpt(candidate.abstract, wanted) if candidate.abstract and matches(candidate.abstract, wanted) else ""
        )
        quote = f" “{as_markdown(words_of_it)}”" if words_of_it else ""
        why = f" {as_markdown(candidate.why)}" if candidate.why else ""
        lines.append(
            f"- **{as_markdown(candidate.name)}** — {status(candidate, day, w)}{w.stop}{why}{quote} [{number}]"
        )
        where = cut(candidate.name, WHERE_MAX)
        cites.append(Cite(passage=candidate.id, where=where, quote=words_of_it or candidate.title, number=number))
    return Answer(text="\n".join(lines), error=error, cites=tuple(cites), by_day=True, language=w.language)


def _picks(day: Day) -> list[Candidate]:
    return [c for c in day.candidates if c.number]

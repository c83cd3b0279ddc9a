"""Finds what a question is about: papers, or a day; and reads it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from redis import Redis

from workers.analysis import day_questions as of_day
from workers.analysis.answer import Answer
from workers.analysis.grounding.evidence.numbered_paper import PaperContext, paper_context
from workers.analysis.grounding.several_papers import BETWEEN, Named, together
from workers.conversations.messages import find
from workers.digest.day_candidates import day_of
from workers.digest.read_paper import context_of, links_of
from workers.models import Candidate, Day, Paper
from workers.paper_ids.in_text import exact, parse
from workers.paper_ids.paper_key import PaperRef, abs_url
from workers.reading.text import PaperText
from workers.render.digest import title_of
from workers.settings import Settings
from workers.store.channels.day_candidates import DayCandidates
from workers.store.channels.memory import Memory
from workers.store.papers.texts import Texts
from workers.store.people.threads import ThreadPlace, Turn
from workers.words import Words

MOST_PAPERS = 4
"""Papers that one answer compares: with more, each has too little room to be read in."""

Link = Callable[[str], str]


@dataclass(frozen=True)
class Subject:
    """What an answer is made from."""

    given: PaperContext
    link: Link
    name: str
    """Of the paper, or of all of them."""
    stand_in: Callable[[Words, str], Answer] | None = None
    """What is answered without a model; None: passages are quoted."""


class Subjects:
    """Finds and reads what questions are about."""

    def __init__(self, redis: "Redis", settings: Settings) -> None:
        self.redis, self.settings = redis, settings

    def day(self, place: ThreadPlace) -> Day | None:
        """The day that a place is about; None where it is not known.

        It has all that its digest chose from, else its picks.
        """
        if not place.digest:
            return None
        kept = DayCandidates(self.redis).get(place.digest)
        digest = None if kept else Memory(self.redis).digest(place.digest)
        return kept or (day_of(digest) if digest else None)

    def refs(self, place: ThreadPlace, question: str, turns: Sequence[Turn], day: Day | None) -> list[PaperRef]:
        """The papers that a question is about.

        They are the thread's, and those it names (or that the turn before it named).
        Of a day: none, unless the question names papers from elsewhere; then the picks it has numbers for, too.
        """
        named = parse(question) or (parse(turns[-1].question) if turns and place.paper else [])
        if place.paper:
            own = [PaperRef(place.paper, place.version)]
        else:
            picks = [PaperRef(c.id, c.version) for c in of_day.numbers_in(question, day)] if day and named else []
            own = picks[: MOST_PAPERS - 1]
        return list({ref.base: ref for ref in reversed([*own, *named])}.values())[::-1][:MOST_PAPERS]

    def find(self, ref: PaperRef) -> Paper:
        """The record of one of them. BadInput and SourceFailed as `find_record`."""
        return find(self.redis, self.settings, ref)

    def read(self, papers: Sequence[tuple[PaperRef, Paper]]) -> Subject:
        """One paper or several, read in full where that can be done."""
        room = self.settings.model_paper_tokens // max(1, len(papers))
        found = [context_of(self.redis, self.settings, paper, ref) for ref, paper in papers]
        links = [links_of(given, self.settings) for given in found]
        names = [f"{title_of(paper)} ({ref.canonical})" for ref, paper in papers]
        if len(papers) == 1:
            return Subject(found[0], links[0], names[0])
        fit = [given if given.text.read_from == "abstract" else _fitted(given, room) for given in found]
        titles = [title_of(paper) for _, paper in papers]
        several = together([Named(*one) for one in zip(titles, fit, strict=True)], f"{len(fit)} papers")
        return Subject(several, _by_number(links), "; ".join(names))

    def of_day(self, day: Day, question: str) -> Subject:
        """A day: what became of each candidate, and of the picks what was read of them."""
        links: dict[str, Link] = {}

        def full(candidate: Candidate) -> PaperContext | None:
            texts = Texts(self.redis)
            raw = texts.get(PaperRef(candidate.id, candidate.version).canonical) or texts.get(
                texts.newest(candidate.id) or ""
            )
            if not raw:
                return None
            paper = Paper(id=candidate.id, version=candidate.version, title=candidate.title, abstract="")
            read = paper_context(paper, PaperText.model_validate_json(raw))
            if read.text.read_from == "abstract":
                return None
            links[candidate.id] = links_of(read, self.settings)
            return read

        given = of_day.context(question, day, full)
        known = {candidate.name: candidate for candidate in day.candidates}
        order = list(dict.fromkeys(passage.paper for passage in given.passages))

        def link(passage: str) -> str:
            number, between, place = passage.partition(BETWEEN)
            if not between:
                return abs_url(passage, self.settings.arxiv_url) if exact(passage) else ""
            paper = known[order[int(number)]].id
            inside = links.get(paper) if not place.startswith("abstract") else None
            return inside(place) if inside else abs_url(paper, self.settings.arxiv_url)

        name = f"{day.title} {day.date.isoformat()}"
        return Subject(given, link, name, lambda words, error: of_day.without_model(question, day, words, error))


def _fitted(given: PaperContext, room: int) -> PaperContext:
    return paper_context(given.paper, given.text, room)


def _by_number(links: Sequence[Link]) -> Link:
    def link(passage: str) -> str:
        number, _, place = passage.partition(BETWEEN)
        return links[int(number)](place)

    return link

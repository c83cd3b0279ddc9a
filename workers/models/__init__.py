"""The records that all packages share: frozen, JSON-able, without behaviour.

Longer than 300 lines because every record stands here once.
Everything that is stored or put in a `--json` document is one of these; `model_dump(mode="json")` is the schema.
"""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from workers.models.day_candidates import Candidate as Candidate
from workers.models.day_candidates import Day as Day
from workers.models.deepdive import CORE_SECTIONS as CORE_SECTIONS
from workers.models.deepdive import SECTIONS as SECTIONS
from workers.models.deepdive import Analysis as Analysis
from workers.models.deepdive import Derived as Derived
from workers.models.deepdive import Evidence as Evidence
from workers.models.deepdive import FirstFigure as FirstFigure
from workers.models.deepdive import Grounds as Grounds
from workers.models.deepdive import Judged as Judged
from workers.models.deepdive import Operation as Operation
from workers.models.deepdive import Phrase as Phrase
from workers.models.deepdive import ReadAdvice as ReadAdvice
from workers.models.deepdive import ReadFrom as ReadFrom
from workers.models.deepdive import ResultRow as ResultRow
from workers.models.deepdive import SectionName as SectionName
from workers.models.deepdive import Statement as Statement
from workers.models.record import LOCAL as LOCAL
from workers.models.record import Record as Record
from workers.models.relation import Relation
from workers.models.taste import Lesson as Lesson
from workers.models.taste import LikedPaper as LikedPaper
from workers.models.taste import ScoreShift as ScoreShift
from workers.paper_ids.paper_key import key_of, made, title_mark

SCORE_MIN, SCORE_MAX = 0, 100
"""Scores are whole numbers for fit to the interests; the bands are in `prompts/score.md`."""

State = Literal["scored", "declined", "failed"]


Way = Literal["abs", "api", "oai", "datacite", "biorxiv", "crossref", "pubmed", "openreview", "page", "html", "pdf"]
"""How a paper's record was found."""


class Paper(Record):
    """One paper as a source announced it.

    Two are the same where they share one of their `keys`.
    """

    id: str
    """Canonical id, without version: 2601.17058, math/0309136, doi:10.1101/2026.01.02.123456 (see `paper_ids`)."""
    version: int | None = None
    """Version announced, or None where the source does not say."""
    title: str
    plain: str = ""
    """The title without TeX, for where nobody can turn it into signs; set when the record is kept."""
    abstract: str
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: datetime | None = None
    """First submission (not announcement)."""
    license: str | None = None
    """Licence URL of this version, where the source gives one."""
    upvotes: int | None = None
    """Hugging Face upvotes when the list was read."""
    comment: str | None = None
    """What the authors say of it: pages, where it was accepted, or that it is withdrawn."""
    journal_ref: str | None = None
    """Where it was published, as the authors gave it."""
    found_by: Way | None = None
    """How its record was looked up; None: a source's list had it."""
    doi: str | None = None
    """Its DOI in lower case, where a source gives one: of an arXiv paper that of its journal version."""
    url: str | None = None
    """Its landing page as the source gave it: what people see is built from the id."""
    aliases: tuple[str, ...] = ()
    """Other keys of the same paper: a preprint's journal version, a journal version's preprint."""
    code: str | None = None
    """Address of its code at GitHub, as Hugging Face's list has it."""
    project: str | None = None
    """Address of its project's page, as Hugging Face's list has it."""
    venue: str | None = None
    """Name of the journal or server that it comes from."""
    sources: tuple[str, ...] = ()
    """Specs of all sources that listed it, in profile order: `huggingface:15`, `arxiv:cs.CV`."""
    listed: date | None = None
    """Day of the list that showed it first."""
    fictional: bool = False
    """True for the bundled sample day."""

    @property
    def ref(self) -> str:
        """Id with version where known: 2601.17058v2."""
        return f"{self.id}v{self.version}" if self.version else self.id

    @property
    def key(self) -> str:
        """The id with its kind: arxiv:2601.17058, doi:10.1101/2026.01.02.123456."""
        return key_of(self.id)

    @property
    def keys(self) -> tuple[str, ...]:
        """Its key, then the others that name the same paper."""
        doi = made("doi", self.doi) if self.doi else None
        return tuple(dict.fromkeys((self.key, *self.aliases, *([key_of(doi)] if doi else ()))))

    @property
    def title_mark(self) -> str:
        """The mark made of the title and the first author (`paper_key.title_mark`).

        '' where they say too little.
        """
        return title_mark(self.title, self.authors[0] if self.authors else "")


class Score(Record):
    """What was decided of one paper for one profile. A failure is never a score of 0."""

    id: str
    version: int | None = None
    state: State
    value: int | None = Field(None, ge=SCORE_MIN, le=SCORE_MAX)
    """0-100; None unless `state` is scored."""
    local: int | None = Field(None, ge=SCORE_MIN, le=SCORE_MAX)
    """The local ranker's 0-100, which stands in (labelled) where `value` is None."""
    why: str = ""
    matched: tuple[str, ...] = ()
    """Interests it matches: a subset of the profile's, in the profile's order."""
    by: str = LOCAL
    """Model id, or `local`."""
    error: str | None = None
    """Class of the failure or category of the refusal."""
    moved: ScoreShift | None = None
    """What the channel's taste adds to the number; None: nothing."""
    followed: str = ""
    """An author or group of it that the channel follows, as the paper writes the name; it clears any bar."""
    must: str = ""
    """A phrase in it that the channel always wants; it clears any bar."""
    surprise: bool = False
    """True in the place for what the taste would not have picked."""

    @property
    def untasted(self) -> int | None:
        """The number before the channel's taste: the model's, else the local stand-in."""
        return self.value if self.value is not None else self.local

    @property
    def effective(self) -> int | None:
        """The number used for picking: `untasted`, moved by the channel's taste."""
        number = self.untasted
        if number is None or self.moved is None:
            return number
        return max(SCORE_MIN, min(SCORE_MAX, number + self.moved.by))

    @property
    def stand_in(self) -> bool:
        """True where the number is the local ranker's and not a model's."""
        return self.value is None or self.by == LOCAL


class Pick(Record):
    """One paper of the digest."""

    paper: Paper
    score: Score
    analysis: Analysis
    relation: Relation | None = None
    """How it stands to a paper that the channel has seen."""


class ListNote(Record):
    """A note on a source's list that was not as it should be, or was read elsewhere."""

    category: str = ""
    """arXiv: the category it is about."""
    kind: Literal["again", "listing", "oai", "feed_failed", "missing", "unliked"]
    """again: the list of `days` came once more; listing, oai: `days` were read from arXiv's dated pages or OAI-PMH;
    feed_failed: see `error`; missing: `days` could be read nowhere and are tried again;
    unliked: nobody has liked a paper from which others could be recommended."""
    days: tuple[date, ...] = ()
    error: str | None = None
    """Class of the failure."""


class SourceCount(Record):
    """The receipt's line for one source. Counts are papers."""

    source: str
    state: Literal["ok", "empty", "failed", "unchanged"]
    """ok: had papers; empty: answered, no papers; unchanged: all its lists were had before; failed: see `error`."""
    error: str | None = None
    """One sentence: what failed."""
    days: tuple[date, ...] = ()
    """List days covered."""
    so_far: bool = False
    """True where a day still running was asked for."""
    listed: int = 0
    """On the source's lists."""
    fetched: int = 0
    """Taken as candidates (the 15 most upvoted of the day, say)."""
    new: int = 0
    """Not seen before by this channel and not listed by an earlier source of this run."""
    repeats: int = 0
    """`fetched - new`."""
    lists: tuple[ListNote, ...] = ()
    """What is unusual about its lists."""


class Receipt(Record):
    """What a run did, for the channel to see.

    Counts are papers unless they say otherwise.
    """

    sources: tuple[SourceCount, ...] = ()
    candidates: int = 0
    """New papers over all sources."""
    dropped: int = 0
    """Candidates the local ranker kept from the model."""
    barred: int = 0
    """Candidates with a phrase that the channel never wants."""
    scored: int = 0
    """Scored by the model, or by the local ranker where no model is configured."""
    declined: int = 0
    failed: int = 0
    errors: dict[str, int] = Field(default_factory=dict)
    """Class of failure or category of refusal -> papers that could not be scored for it."""
    unwritten: dict[str, int] = Field(default_factory=dict)
    """Class of failure -> picks whose analysis a model was asked for and did not write."""
    local: int = 0
    """Candidates whose number is the local ranker's (labelled)."""
    cached: int = 0
    """Scores that were known already."""
    above: int = 0
    """At or above `min_score`."""
    picked: int = 0
    min_score: int = 0
    seconds: float = 0.0
    """Wall time of the run, fetch to composed."""
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float = 0.0
    """Estimate from the dated price table."""
    scorer: str = LOCAL
    """Who scored: model id or `local`."""
    writer: str = LOCAL
    """Who wrote: model id or `local`."""
    notes: tuple[str, ...] = ()
    """Keys of `workers/words` phrases that tell of something unusual (budget, no_model, skipped, …)."""


EmptyWhy = Literal["weekend", "no_new", "all_failed", "below_bar", "nothing_scored"]


class Digest(Record):
    """One channel's digest of one local day."""

    date: date
    profile: str
    title: str
    language: str
    channel: str
    """`slack:C123`, `telegram:-100123/7` or `terminal:<profile>`."""
    audience: str = ""
    scanned: int = 0
    """Papers looked at: the sum of `fetched`."""
    label: str = ""
    """Source label of the status line: `HF Top 15 + arXiv cs.CV`."""
    picks: tuple[Pick, ...] = ()
    empty: EmptyWhy | None = None
    """Why there are no picks; None where there are."""
    receipt: Receipt = Receipt()
    sample: bool = False
    asked: bool = False
    """True for a paper that somebody asked for: no verdict stands above it."""
    made: datetime | None = None
    """UTC time of composing."""

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The papers of its picks."""
        return tuple(pick.paper for pick in self.picks)


class Part(Record):
    """One message of a delivery, its text fixed before the first send."""

    key: str
    """Unique in its delivery and stable over re-renders: `quick`, `pick:2601.17058`, `analysis:2601.17058:0`."""
    parent: str | None = None
    """Key of the part whose thread it goes into (Slack) or that it replies to; None: top level."""
    about: dict[str, Any] | None = None
    """Which paper it is about: `paper`, `version`, `profile`, and `root` where its thread has another head than its own
    parent. A question in its thread is about that paper."""
    payload: dict[str, Any]
    """Arguments of `chat.postMessage` or `sendMessage`, without channel, thread and metadata."""

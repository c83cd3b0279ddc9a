"""Records, bought scores and analyses of papers; who is buying one now.

A score or analysis is kept under what it was made from (paper with version; of an analysis, the text that was read) and
by (profile, prompt and model), so it is bought once and never changes from day to day. A local stand-in is never kept,
and of a failure that was paid for only its class, for a while: whoever asks meanwhile is not charged for the same.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar, cast

from pydantic import ValidationError
from redis import Redis
from redis.exceptions import RedisError

from workers.models import LOCAL, Analysis, Paper, Record, Score
from workers.store.papers.twins import link
from workers.store.server.connection import key

PAPER_TTL_S = 400 * 86_400
"""Seconds a paper's record is kept after it was last stored: questions about last year's paper find it."""

SCORE_TTL_S = 400 * 86_400
"""Seconds a bought score is kept: a year and a month, so that the yearly return of a list buys nothing."""

ANALYSIS_TTL_S = 400 * 86_400
"""Seconds a bought analysis is kept."""

ASKED_TTL_S = 86_400
"""Seconds an analysis is found by an id without version: as long as a version counts as the newest (`store.texts`)."""

FLIGHT_TTL_S = 5.0
"""Seconds after which a buyer that was killed blocks nobody any more; one that lives renews three times in it."""

POLL_S = 0.05
"""Seconds between two looks whether somebody else's purchase has arrived."""

_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
_RENEW = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0"

T = TypeVar("T")
R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class ResultKey:
    """By what something was made. All three are part of its key."""

    profile: str
    """`Profile.hash`."""
    prompt: str
    """`Prompt.hash`."""
    model: str
    """Model id."""

    def key(self, kind: str, paper: Paper | str) -> str:
        """The Redis key of a paper's score, analysis or unwritten (`kind`).

        `paper`: a paper, or its ref.
        """
        return key(kind, paper if isinstance(paper, str) else paper.ref, self.profile, self.prompt, self.model)


class Unwritten(Record):
    """An analysis that was paid for and is none."""

    error: str
    """Class of the failure: unsupported, declined, invalid, …"""


class Papers:
    """Reads and writes what is known of papers.

    A stored record that no longer parses counts as absent.
    """

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def put_papers(self, papers: Iterable[Paper]) -> None:
        """Keep records by id, and all their names; newer ones replace older ones."""
        pipe, kept = self.redis.pipeline(transaction=False), list(papers)
        for paper in kept:
            pipe.set(key("paper", paper.id), paper.model_dump_json(), ex=PAPER_TTL_S)
        link(pipe, kept)
        pipe.execute()

    def get_papers(self, ids: Sequence[str]) -> dict[str, Paper]:
        """Base id -> record, of those that are known."""
        found = self._mget(Paper, [key("paper", i) for i in ids])
        return {p.id: p for p in found if p}

    def get_scores(self, papers: Sequence[Paper], made: ResultKey) -> dict[str, Score]:
        """Base id -> bought score, of those that are known."""
        found = self._mget(Score, [made.key("score", p) for p in papers])
        return {s.id: s for s in found if s}

    def put_score(self, paper: Paper, made: ResultKey, score: Score) -> None:
        """Keep a model's score. ValueError for anything else."""
        if score.state != "scored" or score.by == LOCAL or score.value is None:
            raise ValueError("only a model's finished score is kept")
        self.redis.set(made.key("score", paper), score.model_dump_json(), ex=SCORE_TTL_S)

    def get_analysis(self, paper: Paper | str, made: ResultKey) -> Analysis | None:
        """The bought analysis, or None.

        `paper`: a ref stands for the text that was read, or for what was asked for.
        """
        return self._mget(Analysis, [made.key("analysis", paper)])[0]

    def put_analysis(
        self, paper: Paper | str, made: ResultKey, analysis: Analysis, ttl_s: int = ANALYSIS_TTL_S
    ) -> None:
        """Keep a model's analysis. ValueError for anything else."""
        if analysis.extracted or analysis.error:
            raise ValueError("only a model's finished analysis is kept")
        self.redis.set(made.key("analysis", paper), analysis.model_dump_json(), ex=ttl_s)

    def get_unwritten(self, text: str, made: ResultKey) -> Unwritten | None:
        """How the last purchase of an analysis of `text` (its ref) failed, if known.

        It is known for a while only.
        """
        return self._mget(Unwritten, [made.key("unwritten", text)])[0]

    def put_unwritten(self, text: str, made: ResultKey, error: str, ttl_s: int) -> Unwritten:
        """Remember that a paid analysis of `text` failed, for `ttl_s` seconds."""
        found = Unwritten(error=error)
        self.redis.set(made.key("unwritten", text), found.model_dump_json(), ex=ttl_s)
        return found

    @contextmanager
    def flight(self, name: str, ttl_s: float = FLIGHT_TTL_S) -> Iterator[bool]:
        """Claim `name`: True inside where the caller may make it now.

        False while somebody else does. The claim is renewed from a thread for as long as the body runs, and given up at
        its end.
        """
        place, token, ms = key("flight", name), uuid.uuid4().hex, round(ttl_s * 1000)
        if not self.redis.set(place, token, nx=True, px=ms):
            yield False
            return
        landed = threading.Event()

        def renew() -> None:
            while not landed.wait(ttl_s / 3):
                with suppress(RedisError):
                    self.redis.eval(_RENEW, 1, place, token, ms)

        thread = threading.Thread(target=renew, name="flight", daemon=True)
        thread.start()
        try:
            yield True
        finally:
            landed.set()
            thread.join()
            self.redis.eval(_RELEASE, 1, place, token)

    def once(self, name: str, get: Callable[[], T | None], make: Callable[[], T], wait_s: float) -> tuple[T, bool]:
        """(value, whether we made it): the stored value, else one made under a claim.

        The claim is on `name`: one caller calls `make`, the others wait for its value. `make` stores what `get` will
        find. Where the other one fails, or takes longer than `wait_s`, we make it.
        """
        until = time.monotonic() + wait_s
        while True:
            with self.flight(name) as mine:
                found = get()
                if found is not None:
                    return found, False
                if mine or time.monotonic() >= until:
                    return make(), True
            self.wait_for(get, name, until)

    def wait_for(self, get: Callable[[], T | None], name: str, until: float) -> T | None:
        """Wait until `get` finds something or nobody is making `name` any more.

        At the latest until time.monotonic() is `until`.
        """
        while (found := get()) is None and time.monotonic() < until and self.redis.exists(key("flight", name)):
            time.sleep(POLL_S)
        return found

    def _mget(self, kind: type[R], keys: Sequence[str]) -> list[R | None]:
        raw = cast(list[bytes | None], self.redis.mget(keys)) if keys else []
        return [_parsed(kind, value) for value in raw]


def _parsed(kind: type[R], raw: bytes | None) -> R | None:
    try:
        return kind.model_validate_json(raw) if raw else None
    except ValidationError:
        return None

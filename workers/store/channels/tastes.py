"""Signs of a channel's taste, what was foretold, and each run's lesson.

`pb:signs:<channel>` has one field for each person and paper and kind; `pb:foretold:<channel>` one for each paper that a
digest showed. Both live LIFE_S after their last change. Votes of before there were signs are taken over once. What
people saved is a sign where it stands, in the reading list; that it was unlearned is one field a paper, `#<paper>`.
"""

from collections.abc import Iterable
from typing import Any

from redis import Redis

from workers.models.taste import Foretold, Lesson, Sign
from workers.store.server.connection import key as k
from workers.store.server.connection import text

LIFE_S = 400 * 86_400
"""Seconds: as long as the papers' records, without which a sign says nothing."""

LESSON_S = 7 * 86_400
"""Seconds the lesson of a run is kept: beyond any further try of it."""

TAKEN_OVER = "#"
"""Field that says that earlier votes were taken over; with a paper's id, until when its saves are unlearned."""

MOST_SIGNS = 1_000
"""Latest signs of a channel that are learned from: a year of a busy one, and a third of a second of work."""


def field_of(kind: str, person: str, paper: str) -> str:
    """The field of a sign; of both ways to judge a paper there is one."""
    head = "vote" if kind in ("up", "down") else "wish" if kind in ("more", "off") else kind
    return f"{head}|{person}|{paper}"


def read_sign(field: str, value: str) -> Sign | float:
    """The sign in a field; its time for a mark that begins with TAKEN_OVER.

    ValueError for what is neither.
    """
    kind, _, at = value.partition(" ")
    if field.startswith(TAKEN_OVER):
        return float(at)
    _, person, paper = field.split("|", 2)
    return Sign.model_validate({"paper": paper, "person": person, "kind": kind, "at": at or 0})


class Tastes:
    """`home` is a channel without its topic, as votes have it."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def sign(self, home: str, sign: Sign) -> None:
        """Note a sign; the same once more only renews its time."""
        with self.redis.pipeline() as pipe:
            pipe.hset(k("signs", home), field_of(sign.kind, sign.person, sign.paper), f"{sign.kind} {sign.at}")
            pipe.expire(k("signs", home), LIFE_S)
            pipe.execute()

    def toggle(self, home: str, sign: Sign) -> bool:
        """Note a sign, or take it back where it stands; True if it stands now."""
        before = self.redis.hget(k("signs", home), field := field_of(sign.kind, sign.person, sign.paper))
        if before and text(before).partition(" ")[0] == sign.kind:
            self.redis.hdel(k("signs", home), field)
            return False
        self.sign(home, sign)
        return True

    def signs(self, home: str) -> list[Sign]:
        """The latest signs, oldest first; papers that are saved are signs as well."""
        self._take_over(home)
        found, unlearned = [], {}
        for field, value in self.redis.hgetall(k("signs", home)).items():
            sign = read_sign(text(field), text(value))
            if isinstance(sign, Sign):
                found.append(sign)
            else:
                unlearned[text(field).removeprefix(TAKEN_OVER)] = sign
        found += [sign for sign in self._saved(home) if sign.at > unlearned.get(sign.paper, -1.0)]
        return sorted(found, key=lambda s: (s.at, s.paper, s.person, s.kind))[-MOST_SIGNS:]

    def _saved(self, home: str) -> list[Sign]:
        saved: list[Any] = self.redis.zrange(k("reading", home), 0, -1, withscores=True)
        apart = [(*text(member).rpartition(" ")[::2], float(when)) for member, when in saved]
        return [Sign(paper=paper, person=person, kind="save", at=at) for paper, person, at in apart]

    def foretold(self, home: str) -> dict[str, Foretold]:
        """Base id -> what was said of it when a digest showed it."""
        found = self.redis.hgetall(k("foretold", home))
        return {text(paper): Foretold.model_validate_json(raw) for paper, raw in found.items()}

    def forget(self, home: str, papers: Iterable[str] | None = None) -> int:
        """Unlearn the signs about these papers, or all signs; how many they are.

        Votes and reading list stay.
        """
        wanted = None if papers is None else set(papers)
        before = [sign for sign in self.signs(home) if wanted is None or sign.paper in wanted]
        gone = [text(f) for f in self.redis.hkeys(k("signs", home)) if not text(f).startswith(TAKEN_OVER)]
        gone = [f for f in gone if wanted is None or f.split("|", 2)[2] in wanted]
        last = {s.paper: f"save {s.at}" for s in self._saved(home) if wanted is None or s.paper in wanted}
        with self.redis.pipeline() as pipe:
            if gone:
                pipe.hdel(k("signs", home), *gone)
            if last:
                pipe.hset(k("signs", home), mapping={f"{TAKEN_OVER}{paper}": at for paper, at in last.items()})
            pipe.delete(k("taste", home))
            pipe.execute()
        return len(before)

    def lesson(self, slot: str) -> Lesson | None:
        """What was learned for a run of this slot before, or None."""
        raw = self.redis.get(k("lesson", slot))
        return Lesson.model_validate_json(raw) if raw else None

    def keep(self, slot: str, home: str, lesson: Lesson) -> Lesson:
        """Keep the lesson of a run; what another attempt has kept already holds."""
        if self.redis.set(k("lesson", slot), lesson.model_dump_json(), nx=True, ex=LESSON_S):
            short = lesson.model_copy(update={"pulls": {}, "likes": {}})
            self.redis.set(k("taste", home), short.model_dump_json(), ex=LIFE_S)
        return self.lesson(slot) or lesson

    def last(self, home: str) -> Lesson:
        """What the latest run learned, without what it said of single papers."""
        raw = self.redis.get(k("taste", home))
        return Lesson.model_validate_json(raw) if raw else Lesson()

    def _take_over(self, home: str) -> None:
        """Take over votes cast before signs were noted, once for each channel.

        Nobody knows when they were cast: their time is 0.
        """
        if not self.redis.hsetnx(k("signs", home), TAKEN_OVER, "done 0"):
            return
        papers = [text(p) for p in self.redis.smembers(k("posted", home))]
        with self.redis.pipeline(transaction=False) as pipe:
            for paper in papers:
                pipe.hgetall(k("votes", home, paper))
            votes = pipe.execute()
        with self.redis.pipeline() as pipe:
            for paper, cast in zip(papers, votes, strict=True):
                for person, up in cast.items():
                    kind = "up" if text(up) == "1" else "down"
                    pipe.hsetnx(k("signs", home), field_of(kind, text(person), paper), f"{kind} 0")
            pipe.expire(k("signs", home), LIFE_S)
            pipe.execute()

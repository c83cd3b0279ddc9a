"""What each channel has had: list days, papers, digests, its schedule.

`seen` = looked at in a finished digest (so that a repeated list shows nothing twice); `posted` = picked for it, kept
for ever. A digest, its outbox rows and this memory change in one transaction, under the fence of the slot.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from redis import Redis

from workers.models import Analysis, Digest, Paper, Part
from workers.models.taste import Foretold
from workers.store.channels.latest_digests import put_latest
from workers.store.channels.tastes import LIFE_S
from workers.store.delivery.outbox import Outbox
from workers.store.papers.twins import Twins, link
from workers.store.server.connection import key as k
from workers.store.server.connection import text
from workers.store.tasks.ledger import Ledger
from workers.words import words

SEEN_S = 120 * 86_400
"""Seconds a paper counts as seen: Hugging Face lists papers up to 102 days after submission (measured in 2026)."""

DAYS_S = 60 * 86_400
"""Seconds that covered list days are remembered: far beyond the 7 days of catch-up."""

DIGEST_S = 400 * 86_400
"""Seconds a digest record is kept: a year and a month."""

SETTLED_S, PREVIEW_S = 7 * 86_400, 3600
"""Seconds for which is kept what a digest added to its channel's memory, and a dry run's result for its command."""


@dataclass(frozen=True)
class Settled:
    """What a finished digest adds to a channel's memory."""

    days: dict[str, tuple[date, ...]]
    """Source -> list days covered."""
    seen: tuple[str, ...]
    posted: tuple[str, ...]
    foretold: dict[str, Foretold] = field(default_factory=dict)
    """Base id of what is shown -> what the channel's taste said of it."""


class Memory:
    """Memory by channel: `slack:C1`, or `slack:C1#sample` for the sample day."""

    def __init__(self, redis: "Redis") -> None:
        self.redis, self.twins = redis, Twins(redis)

    def covered(self, channel: str, source: str) -> set[date]:
        """List days of `source` that the channel has had."""
        return {date.fromisoformat(text(m)) for m in self.redis.zrange(k("covered", channel, source), 0, -1)}

    def fresh(self, channel: str) -> bool:
        """True for a channel that never had a digest."""
        return not self.redis.exists(k("last", channel))

    def known(self, channel: str, ids: Iterable[str]) -> set[str]:
        """Those of `ids` that the channel has seen or was sent, under whatever name."""
        self.twins.build()
        return self._known(channel, self.twins.of_ids(ids))

    def known_papers(self, channel: str, papers: Iterable[Paper]) -> set[str]:
        """The same for papers, by all their names: ids, DOIs, titles."""
        self.twins.build()
        return self._known(channel, self.twins.of_papers(papers))

    def _known(self, channel: str, named: dict[str, set[str]]) -> set[str]:
        ids = sorted({id for names in named.values() for id in names})
        if not ids:
            return set()
        seen = self.redis.zmscore(k("seen", channel), ids)
        posted = self.redis.smismember(k("posted", channel), ids)
        had = {i for i, s, p in zip(ids, seen, posted, strict=True) if s is not None or p}
        return {id for id, names in named.items() if names & had}

    def digest(self, slot: str) -> Digest | None:
        """The digest of a slot, or None."""
        raw = self.redis.get(k("digest", slot))
        return Digest.model_validate_json(raw) if raw else None

    def last(self, channel: str) -> tuple[str, Digest] | None:
        """(slot, digest) of the channel's latest, or None."""
        raw = self.redis.get(k("last", channel))
        digest = self.digest(text(raw)) if raw else None
        return (text(raw), digest) if raw and digest else None

    def had(self) -> list[str]:
        """Channels that ever had a digest, with `<channel>#sample` for sample days."""
        return sorted(text(m) for m in self.redis.smembers(k("had")))

    def commit(
        self,
        slot: str,
        attempt: int,
        channel: str,
        digest: Digest,
        settled: Settled,
        parts: list[Part],
        now: float,
        until: float = 0.0,
    ) -> bool:
        """Store a digest: record, memory and outbox at once, if the slot is still ours.

        False: it is not. Repeated: it shows a paper sent meanwhile. `until`: end of messages' use.
        """
        record, by = self._record(channel, settled), self.asked(slot)

        def write(pipe: Any) -> None:
            self.twins.refuse_repeats(pipe, k("posted", channel), digest.papers)
            pipe.multi()
            pipe.set(k("last", channel), slot)
            pipe.sadd(k("had"), channel)
            self._put(pipe, slot, channel, digest, settled, record, now)
            if parts:
                line = words(digest.language).say("preparing_digest", day=f"{digest.date:%m-%d}")
                outbox = Outbox(self.redis)
                outbox.put(pipe, slot, digest.channel, parts, now, placeholder=line, until=until, by=by)

        return Ledger(self.redis).transact(slot, attempt, write)

    def recommit(
        self, task: str, attempt: int, slot: str, channel: str, digest: Digest, settled: Settled, now: float
    ) -> bool:
        """Replace a digest whose sources had all failed, if `task` is still ours."""
        before, record = self._settled_as(slot), self._record(channel, settled)

        def write(pipe: Any) -> None:
            self.twins.refuse_repeats(pipe, k("posted", channel), digest.papers)
            pipe.multi()
            self._put(pipe, slot, channel, digest, settled, record, now)

        ours = Ledger(self.redis).transact(task, attempt, write)
        if ours and before.get("forgotten"):
            self.forget(slot)
        return ours

    def _put(
        self, pipe: Any, slot: str, channel: str, digest: Digest, settled: Settled, record: dict[str, Any], now: float
    ) -> None:
        """Store a digest and what it adds to its channel's memory: part of a transaction."""
        pipe.set(k("digest", slot), digest.model_dump_json(), ex=DIGEST_S)
        put_latest(pipe, slot, digest)
        pipe.set(k("settled", slot), json.dumps(record), ex=SETTLED_S)
        self._settle(pipe, channel, settled, now)
        link(pipe, digest.papers)

    # -- what nobody saw -------------------------------------------------------------------------------------------

    def forget(self, slot: str, shown: Iterable[str] = ()) -> bool:
        """Undo a slot's digest that is not delivered, but for the papers `shown`.

        False where that is noted already, or nothing is known of it.
        """
        record = self._settled_as(slot)
        if not record or record.get("forgotten"):
            return False
        channel, out = record["channel"], set(shown)
        with self.redis.pipeline() as pipe:
            for source, days in record["days"].items():
                if days:
                    pipe.zrem(k("covered", channel, source), *days)
            for name, remove in (("seen", pipe.zrem), ("posted", pipe.srem)):
                if gone := [paper for paper in record[name] if paper not in out]:
                    remove(k(name, channel), *gone)
            pipe.set(k("settled", slot), json.dumps(record | {"forgotten": True}), keepttl=True)
            pipe.execute()
        return True

    def remember(self, slot: str, now: float) -> bool:
        """It got there after all. False where it was never forgotten."""
        record = self._settled_as(slot)
        if not record.get("forgotten"):
            return False
        days = {source: tuple(date.fromisoformat(d) for d in found) for source, found in record["days"].items()}
        with self.redis.pipeline() as pipe:
            self._settle(pipe, record["channel"], Settled(days, tuple(record["seen"]), tuple(record["posted"])), now)
            pipe.set(k("settled", slot), json.dumps(record | {"forgotten": False}), keepttl=True)
            pipe.execute()
        return True

    def _record(self, channel: str, settled: Settled) -> dict[str, Any]:
        """What a digest adds to a channel's memory: what can be taken back later."""
        days = {name: sorted(set(found) - self.covered(channel, name)) for name, found in settled.days.items()}
        names = {name: [day.isoformat() for day in found] for name, found in days.items()}
        return {"channel": channel, "days": names, "seen": list(settled.seen), "posted": list(settled.posted)}

    def _settled_as(self, slot: str) -> dict[str, Any]:
        raw = self.redis.get(k("settled", slot))
        return dict(json.loads(raw)) if raw else {}

    def ask_for(self, slot: str, person: str) -> None:
        """Somebody asked for the digest of a slot, and is told if it does not get there."""
        self.redis.set(k("asked-for", slot), person, ex=SETTLED_S)

    def asked(self, slot: str) -> str:
        """Who did, or nothing."""
        return text(self.redis.get(k("asked-for", slot)) or b"")

    def replace(self, slot: str, digest: Digest) -> None:
        """Keep a better version of a digest that is out already."""
        with self.redis.pipeline() as pipe:
            pipe.set(k("digest", slot), digest.model_dump_json(), ex=DIGEST_S)
            put_latest(pipe, slot, digest)
            pipe.execute()

    def _settle(self, pipe: "Redis", channel: str, settled: Settled, now: float) -> None:
        for source, days in settled.days.items():
            name = k("covered", channel, source)
            if days:
                pipe.zadd(name, {d.isoformat(): now for d in days})
                pipe.expire(name, DAYS_S)
        if settled.seen:
            pipe.zadd(k("seen", channel), dict.fromkeys(settled.seen, now))
            pipe.zremrangebyscore(k("seen", channel), "-inf", now - SEEN_S)
        if settled.posted:
            pipe.sadd(k("posted", channel), *settled.posted)
        if settled.foretold:
            name = k("foretold", channel.partition("#")[0].partition("/")[0])
            pipe.hset(name, mapping={paper: shown.model_dump_json() for paper, shown in settled.foretold.items()})
            pipe.expire(name, LIFE_S)

    # -- the schedule's place ------------------------------------------------------------------------------------

    def cursor(self, channel: str) -> float | None:
        """Time up to which the channel's slots were looked at; None if never scheduled."""
        raw = self.redis.get(k("cursor", channel))
        return float(raw) if raw else None

    def move_cursor(self, channel: str, to: float, *, back: bool = False) -> None:
        """Move the cursor on; with `back` also back, after a clock was ahead."""
        before = self.cursor(channel)
        if before is None or to > before or (back and to < before):
            self.redis.set(k("cursor", channel), to)

    def skipped(self, channel: str) -> int:
        """Slots skipped since the last digest (told in the next one)."""
        return int(self.redis.get(k("skipped", channel)) or 0)

    def note_skipped(self, channel: str, count: int) -> None:
        """Count slots that were too old to catch up."""
        self.redis.incrby(k("skipped", channel), count)

    def clear_skipped(self, channel: str) -> None:
        """They were told of."""
        self.redis.delete(k("skipped", channel))

    def preview(self, name: str, digest: Digest | None = None) -> Digest | None:
        """Keep (or fetch) a digest that is only shown, not posted: a dry run."""
        if digest is not None:
            self.redis.set(k("preview", name), digest.model_dump_json(), ex=PREVIEW_S)
            return digest
        raw = self.redis.get(k("preview", name))
        return Digest.model_validate_json(raw) if raw else None

    def owns_archive(self, digest: Digest) -> bool:
        """True if this channel's digest is the day's file of its profile.

        The first channel of a day and profile owns it; one that has papers takes it from one that has none.
        """
        name = k("archive", digest.date.isoformat(), digest.profile, "sample" if digest.sample else "real")
        mine = f"{digest.channel} {int(bool(digest.picks))}"
        before = self.redis.set(name, mine, nx=True, get=True, ex=DAYS_S)
        owner, _, papers = text(before).rpartition(" ") if before else (digest.channel, "", "")
        if owner == digest.channel or (papers == "0" and digest.picks):
            self.redis.set(name, mine, ex=DAYS_S)
            return True
        return False

    def has_real_archive(self, digest: Digest) -> bool:
        """True if a real digest of that day and profile has the archive file's name."""
        return bool(self.redis.exists(k("archive", digest.date.isoformat(), digest.profile, "real")))

    # -- results of commands -------------------------------------------------------------------------------------

    def keep_result(self, name: str, result: Any) -> None:
        """Keep a worker's result for a command, or a worker's input too large for a task."""
        self.redis.set(k("result", name), json.dumps(result, ensure_ascii=False), ex=PREVIEW_S)

    def result(self, name: str) -> Any:
        """What was kept under that name, or None."""
        raw = self.redis.get(k("result", name))
        return json.loads(raw) if raw else None

    def keep_dive(self, name: str, paper: Paper, analysis: Analysis) -> None:
        """Keep a deep dive for whoever asked."""
        both = {"paper": paper.model_dump(mode="json"), "analysis": analysis.model_dump(mode="json")}
        self.keep_result(name, both)

    def dive(self, name: str) -> tuple[Paper, Analysis] | None:
        """The deep dive, or None."""
        both = self.result(name)
        return (Paper.model_validate(both["paper"]), Analysis.model_validate(both["analysis"])) if both else None

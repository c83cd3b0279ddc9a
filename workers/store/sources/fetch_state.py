"""What fetching shares between workers: turns, pauses, lists had today.

Turns, locks and pauses are keys that expire by the Redis server's clock, so the machines' own do not matter.
"""

import contextlib
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from redis import Redis

from workers.errors import SourceFailed
from workers.store.server.connection import key, text

ARXIV_GAP_S = 3.0
"""Seconds from the end of one request to arXiv to the start of the next (terms of use: one per 3 s, one connection)."""

GAP_MARGIN_MS = 20
"""Milliseconds on top: Redis measures expiry from the start of its event loop's round."""

TURN_SLACK_S = 5.0
"""Seconds that a turn outlives the request it was taken for; a dead holder blocks arXiv no longer."""

TURN_WAIT_S = 45.0
"""Seconds to wait for a turn: a dozen requests in the queue; a digest waits no longer for a source anyway."""

POLL_S = 0.1
"""Seconds between two looks at somebody else's lock."""

LIST_TTL_S = 14 * 86400
"""Seconds a list and its validators are kept: Hugging Face takes papers up to 14 days old, nothing asks for more."""

FLIGHT_S = 90.0
"""Seconds a fetch may hold its lock, above any fetch's own limits."""

COOL_FIRST_S, COOL_BLOCKED_S, COOL_MAX_S = 30.0, 900.0, 6 * 3600.0
"""Seconds of quiet after a 429 that gives no time, after a 403 (arXiv: "blocked"), and at most. Doubled each time."""

ARXIV, ARXIV_SERVICES = "arxiv", ("arxiv-api", "arxiv-feed", "arxiv-pages", "arxiv-oai")
"""arXiv as one, and the services of it that are left alone each for itself: its query API fails for days while its
pages are well. A pause under the one name (by a version before) holds for all of them."""

CRAWL_MAX_S = 60.0
"""Most seconds between two crawled pages that a robots.txt is followed in; arXiv's asked for 15 in 2026."""

STRIKES_TTL_S = 86400
"""Seconds until an earlier refusal is forgotten; a good answer forgets it at once."""

_TAKE = """
local wait = math.max(redis.call('PTTL', KEYS[1]) > 0 and tonumber(ARGV[3]) or 0, redis.call('PTTL', KEYS[2]))
if wait > 0 then return wait end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 0
"""
_GIVE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
if tonumber(ARGV[2]) > 0 then redis.call('SET', KEYS[2], '1', 'PX', ARGV[2]) end
return 1
"""


@dataclass(frozen=True)
class Cached:
    """A list as it was fetched: JSON `value` and HTTP validators.

    `scope`: the digest day for which it is current.
    """

    value: Any
    scope: str = ""
    fresh_until: float = 0.0
    """Seconds since 1970 until when it needs no second look within the same scope."""
    etag: str = ""
    modified: str = ""

    def fresh(self, scope: str, now: float | None = None) -> bool:
        """True where `value` may be used for `scope` without asking the source."""
        return self.scope == scope and (time.time() if now is None else now) < self.fresh_until


class Fetches:
    """The Redis side of fetching.

    `gap_s`: see ARXIV_GAP_S; tests that do not look at the pace shorten it. `clock` gives seconds since 1970: by it a
    kept list is fresh or not.
    """

    def __init__(self, redis: "Redis", gap_s: float | None = None, clock: Callable[[], float] = time.time) -> None:
        self.redis, self.clock = redis, clock
        gap_s = ARXIV_GAP_S if gap_s is None else gap_s
        self.gap_ms = int(gap_s * 1000) + GAP_MARGIN_MS if gap_s else 0
        self._take, self._give = redis.register_script(_TAKE), redis.register_script(_GIVE)

    @contextlib.contextmanager
    def arxiv_turn(self, hold_s: float, wait_s: float = TURN_WAIT_S) -> Iterator[None]:
        """Holds arXiv's one connection for at most `hold_s` seconds.

        SourceFailed when none is free for `wait_s`.
        """
        names, token = [key("fetch", "arxiv", "turn"), key("fetch", "arxiv", "gap")], uuid.uuid4().hex
        ttl, poll = int((hold_s + TURN_SLACK_S) * 1000), int(POLL_S * 1000)
        if not self._until(lambda: int(self._take(keys=names, args=[token, ttl, poll])) / 1000, wait_s):
            raise SourceFailed(
                "arXiv is busy with our other requests; try again in a minute.",
                source="arxiv",
                kind="rate_limited",
                retry_after=60.0,
            )
        try:
            yield
        finally:
            self._give(keys=names, args=[token, self.gap_ms])

    def get(self, name: str) -> Cached | None:
        """The list kept under `name`, or None."""
        raw = cast("bytes | None", self.redis.get(key("fetch", "list", name)))
        try:
            return Cached(**json.loads(raw)) if raw else None
        except (ValueError, TypeError):
            return None

    def put(self, name: str, cached: Cached, ttl_s: float = LIST_TTL_S) -> None:
        """Keep a list for `ttl_s` seconds."""
        self.redis.set(key("fetch", "list", name), json.dumps(cached.__dict__), px=int(ttl_s * 1000))

    def once(self, name: str, scope: str, fetch: Callable[[Cached | None], Cached], refresh: bool = False) -> Any:
        """The fresh value under `name`, from `fetch(what was kept)` where need be.

        Whoever asks at the same time waits for one fetch. `refresh` asks the source even where the kept value is fresh.
        Errors of `fetch` go to its caller; those who waited for it then try themselves, one after the other.
        """
        lock, token = key("fetch", "flight", name), uuid.uuid4().hex
        had: list[Cached] = []

        def look() -> float:
            kept = None if refresh else self.get(name)
            if kept and kept.fresh(scope, self.clock()):
                had.append(kept)
                return 0.0
            return 0.0 if self.redis.set(lock, token, nx=True, px=int(FLIGHT_S * 1000)) else POLL_S

        self._until(look, FLIGHT_S)
        try:
            kept = had[0] if had else self.get(name)
            if had or (kept and kept.fresh(scope, self.clock()) and not refresh):
                return kept.value if kept else None
            fetched = fetch(kept)
            self.put(name, fetched)
            return fetched.value
        finally:
            if not had:
                self._give(keys=[lock, lock], args=[token, 0])

    @contextlib.contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Inside, nobody else has `name`; after FLIGHT_S it is taken all the same."""
        lock, token = key("fetch", "flight", name), uuid.uuid4().hex
        self._until(lambda: 0.0 if self.redis.set(lock, token, nx=True, px=int(FLIGHT_S * 1000)) else POLL_S, FLIGHT_S)
        try:
            yield
        finally:
            self._give(keys=[lock, lock], args=[token, 0])

    def crawl(self, site: str, delay_s: float, wait_s: float) -> bool:
        """Wait until `site` may be crawled again: one page in `delay_s` seconds.

        False where `wait_s` is too short.
        """
        if not self.gap_ms or delay_s <= 0:
            return True
        place, ms = key("fetch", "crawl", site), int(min(delay_s, CRAWL_MAX_S) * 1000)

        def turn() -> float:
            return 0.0 if self.redis.set(place, "1", nx=True, px=ms) else max(POLL_S, self.redis.pttl(place) / 1000)

        return self._until(turn, wait_s)

    def cool(self, source: str, seconds: float = 0.0, blocked: bool = False) -> float:
        """Leave `source` alone for `seconds`, at most COOL_MAX_S; the seconds.

        0: our own time, which doubles with each refusal.
        """
        strikes = key("fetch", "strikes", source)
        count = self.redis.incr(strikes)
        self.redis.expire(strikes, STRIKES_TTL_S)
        own = (COOL_BLOCKED_S if blocked else COOL_FIRST_S) * 2 ** min(count - 1, 10)
        wait = min(seconds or own, COOL_MAX_S)
        self.redis.set(key("fetch", "cool", source), "1", px=max(1, int(wait * 1000)))
        return wait

    def cooling(self, source: str) -> float:
        """Seconds for which `source` asked to be left alone; 0 when it may be asked."""
        names = (source, ARXIV) if source in ARXIV_SERVICES else (source,)
        return max(0, *(self.redis.pttl(key("fetch", "cool", name)) for name in names)) / 1000

    def warm(self, source: str) -> None:
        """A good answer: forget earlier refusals."""
        self.redis.delete(key("fetch", "strikes", source))

    def failed(self, source: str, kind: str) -> None:
        """Count a failure of a source, for `/metrics`. `kind`: its class."""
        self.redis.hincrby(key("tally", "sources"), f"{source}:{kind}", 1)

    def failures(self) -> dict[tuple[str, str], int]:
        """(source, kind) -> how often, ever."""
        raw: Any = self.redis.hgetall(key("tally", "sources"))
        split = {text(name).partition(":"): int(count) for name, count in raw.items()}
        return {(source, kind): count for (source, _, kind), count in split.items()}

    @staticmethod
    def _until(step: Callable[[], float], limit_s: float) -> bool:
        """Call `step` until it returns 0, waiting the seconds it returns.

        False after `limit_s`.
        """
        end, quiet = time.monotonic() + limit_s, threading.Event()
        while (wait := step()) > 0:
            if time.monotonic() + wait > end:
                return False
            quiet.wait(wait)
        return True

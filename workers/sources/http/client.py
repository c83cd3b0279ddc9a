"""The guarded HTTP client: the only way to servers of strangers.

To a fixed list of origins only; redirects stay on that list; the size is counted after decompression and the time
over the whole request, so neither a gzip bomb nor a server that drips one byte a second gets far. Requests to arXiv
wait for their turn (one per 3 s and one at a time over all workers), and a service that said "too many" is left alone
until the time it gave: that one, not its neighbours. Every failure is a SourceFailed.
"""

import asyncio
import contextlib
import json
import threading
import time
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import httpx
from redis.exceptions import RedisError

from workers import VERSION, network
from workers.errors import SourceFailed
from workers.settings import Settings
from workers.sources.http.services import Services, origin, pace_s
from workers.store.sources.fetch_state import ARXIV_SERVICES, Fetches

__all__ = ["HttpClient", "Reply", "origin"]

MAX_BYTES = 5 * 2**20
"""Most decompressed bytes of a reply where the caller does not say: ten times the largest day list seen (343 kB)."""

TOTAL_S = 20.0
"""Seconds for one get() on the wire, redirects and the retry included; arXiv stalls some 15 s before a 429."""

MAX_TOTAL_S = 60.0
"""Most seconds a caller may ask for: a turn at arXiv is held that long."""

READ_S = 18.0
"""Seconds for one connect or one read: above arXiv's stall, below TOTAL_S."""

MAX_REDIRECTS = 3
"""Redirects followed; the real sources need one (unversioned to versioned)."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})

RETRY_STATUS = frozenset({500, 502, 504})
"""Worth one more try at once. Not 503, which means "slow down"."""

RETRY_ROOM_S = 2.0
"""Seconds that must be left for a retry to make sense."""

RETRY_PAUSE_S = 0.5
"""Seconds before the retry."""

KEYS = frozenset({"authorization", "x-api-key"})
"""Headers that prove who we are to one service: they are not taken along to another."""

PACE_WAIT_S = 30.0
"""Seconds to wait for a turn at a service that wants a pause between requests."""

ACCEPT = "application/atom+xml, application/json;q=0.9, text/xml;q=0.8, */*;q=0.5"
"""arXiv answers 406 to a request without one (threads of 2026)."""


@dataclass(frozen=True)
class Reply:
    """A server's reply.

    Header names are lower case; `body` is decompressed; `url` is the last one asked.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass(frozen=True)
class _Ask:
    """One get() while it runs."""

    name: str
    headers: Mapping[str, str]
    cap: int
    ok: Collection[int]
    send: bytes | None = None
    """Body of a POST; None: a GET."""

    def failed(self, kind: str, what: str, retry_after: float = 0.0, status: int | None = None) -> SourceFailed:
        source = self.name.lower().replace(" ", "")
        return SourceFailed(f"{self.name} {what}.", source=source, kind=kind, retry_after=retry_after, status=status)


@dataclass
class _Budget:
    """Seconds left on the wire; time inside the `with` is spent."""

    left: float
    started: float = 0.0

    def __enter__(self) -> None:
        self.started = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self.left -= time.monotonic() - self.started


class HttpClient:
    """Fetches from the origins that the settings name.

    Threads may share it; event loops must not call it.
    """

    def __init__(self, settings: Settings, fetches: Fetches) -> None:
        self.settings, self.fetches, self._services = settings, fetches, Services(settings)
        self._allowed = self._services.origins
        self.user_agent = f"paperboy/{VERSION} (self-hosted paper digest; contact: {_plain(settings.contact)})"

    def get(
        self,
        url: str,
        *,
        name: str,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
        total_s: float = TOTAL_S,
        ok: Collection[int] = (200,),
    ) -> Reply:
        """The reply to GET `url`, where its status is one of `ok`.

        `name` is what a person calls the source ("Hugging Face"). `total_s` (at most MAX_TOTAL_S) does not count the
        wait for arXiv's turn. SourceFailed otherwise, with `kind` timeout, connection, status, rate_limited, garbage,
        too_large or refused, and `status` where there was one.
        """
        return self._counted(url, _Ask(name, dict(headers or {}), max_bytes, ok), total_s)

    def post(
        self, url: str, given: Mapping[str, object], *, name: str, headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES, total_s: float = TOTAL_S, ok: Collection[int] = (200,),
    ) -> Reply:  # fmt: skip
        """The reply to POST `given` as JSON; otherwise as `get`.

        For services that are asked so; it must change nothing there.
        """
        whole = {**(headers or {}), "Content-Type": "application/json"}
        return self._counted(url, _Ask(name, whole, max_bytes, ok, json.dumps(given).encode()), total_s)

    def _counted(self, url: str, ask: _Ask, total_s: float) -> Reply:
        try:
            return self._get(url, ask, total_s)
        except SourceFailed as error:
            with contextlib.suppress(RedisError):
                self.fetches.failed(error.source, error.kind)
            raise

    def _get(self, url: str, ask: _Ask, total_s: float) -> Reply:
        """The same, uncounted."""
        budget, retried, hops = _Budget(min(total_s, MAX_TOTAL_S)), False, 0
        while True:
            try:
                reply = self._hop(url, ask, budget)
            except SourceFailed as error:
                passing = error.kind in ("timeout", "connection") or error.fields.get("status") in RETRY_STATUS
                if retried or not passing or budget.left < RETRY_ROOM_S:
                    raise
                retried = True
                threading.Event().wait(RETRY_PAUSE_S)
                continue
            if reply.status not in REDIRECTS:
                return reply
            hops += 1
            if hops > MAX_REDIRECTS:
                raise ask.failed("refused", f"redirected more than {MAX_REDIRECTS} times")
            here, url = url, _joined(url, reply.headers.get("location", ""), ask)
            if ask.send is not None:
                raise ask.failed("refused", "redirected what was sent to it")
            if self._services.of(url) != self._services.of(here):
                ask = replace(ask, headers={k: v for k, v in ask.headers.items() if k.lower() not in KEYS})

    def _hop(self, url: str, ask: _Ask, budget: _Budget) -> Reply:
        """One request, in its turn."""
        service = self._services.of(url)
        if service is None or origin(url) not in self._allowed:
            raise ask.failed("refused", "points to an address that is not on the list of sources")
        wait = self.fetches.cooling(service)
        if wait > 0:
            raise ask.failed("rate_limited", f"asked us to wait; not before {_minutes(wait)}", wait)
        if not self.fetches.crawl(service, pace_s(service), PACE_WAIT_S):
            raise ask.failed("rate_limited", "is busy with our other requests; try again in a minute", 60.0)
        with self.fetches.arxiv_turn(budget.left) if service in ARXIV_SERVICES else contextlib.nullcontext(), budget:
            try:
                reply = asyncio.run(self._timed(url, ask, budget.left))
            except SourceFailed as error:
                status = error.fields.get("status")
                if error.kind == "rate_limited" or status == 403:
                    self.fetches.cool(service, error.retry_after, blocked=status == 403)
                raise
        self.fetches.warm(service)
        return reply

    async def _timed(self, url: str, ask: _Ask, left: float) -> Reply:
        try:
            async with asyncio.timeout(left):
                return await self._request(url, ask, left)
        except (TimeoutError, httpx.TimeoutException):
            raise ask.failed("timeout", "did not answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            said = network.why(error, self.settings, url)[0] or type(error).__name__
            raise ask.failed("connection", f"could not be reached or broke off ({said})") from None
        except zlib.error:
            raise ask.failed("garbage", "sent data that cannot be decompressed") from None

    async def _request(self, url: str, ask: _Ask, left: float) -> Reply:
        headers = {"User-Agent": self.user_agent, "Accept": ACCEPT, **ask.headers, "Accept-Encoding": "gzip"}
        timeout = httpx.Timeout(min(READ_S, left)).as_dict()
        method = "GET" if ask.send is None else "POST"
        request = httpx.Request(method, url, headers=headers, content=ask.send, extensions={"timeout": timeout})
        through = network.proxy(self.settings, url)
        # the bare transport: no cookies, netrc or redirects of its own; a proxy resolves the name that was checked here
        async with httpx.AsyncHTTPTransport(
            http2=False, trust_env=False, verify=network.tls(), proxy=through.url if through else None
        ) as transport:
            response = await transport.handle_async_request(request)
            async with contextlib.aclosing(response):
                status, got = response.status_code, {k.lower(): v for k, v in response.headers.items()}
                if status in REDIRECTS:
                    return Reply(status, got, b"", url)
                if status not in ask.ok:
                    raise _bad_status(status, got, ask)
                if int(got.get("content-length", "0")) > ask.cap:
                    raise _too_large(ask)
                return Reply(status, got, await _body(response, got.get("content-encoding", ""), ask), url)


async def _body(response: httpx.Response, encoding: str, ask: _Ask) -> bytes:
    """The decompressed body, never more than `ask.cap` bytes of it in memory."""
    packed = encoding.strip().lower() in ("gzip", "x-gzip")
    if not packed and encoding.strip().lower() not in ("", "identity"):
        raise ask.failed("garbage", "used a compression that was not asked for")
    body, inflate = bytearray(), zlib.decompressobj(wbits=31)
    async for chunk in response.aiter_raw():
        if packed and not inflate.eof:
            chunk = inflate.decompress(chunk, ask.cap - len(body) + 1)
        elif packed:
            continue
        body += chunk
        if len(body) > ask.cap:
            raise _too_large(ask)
    if packed and not inflate.eof and body:
        raise ask.failed("garbage", "sent data that breaks off in the middle")
    return bytes(body)


def _bad_status(status: int, headers: Mapping[str, str], ask: _Ask) -> SourceFailed:
    wait = network.retry_after(headers.get("retry-after", ""))
    if status == 429 or (status == 503 and wait):
        when = f"; not before {_minutes(wait)}" if wait else ""
        return ask.failed("rate_limited", f"says that we ask too often (HTTP {status}){when}", wait, status)
    return ask.failed("status", f"answered with HTTP {status}", wait, status)


def _too_large(ask: _Ask) -> SourceFailed:
    return ask.failed("too_large", f"sent more than {ask.cap / 2**20:.0f} MB")


def _joined(url: str, location: str, ask: _Ask) -> str:
    try:
        return str(httpx.URL(url).join(location)) if location else ""
    except (httpx.InvalidURL, ValueError):
        raise ask.failed("refused", "redirected to something that is not an address") from None


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s from now" if seconds < 120 else f"{seconds / 60:.0f} min from now"


def _plain(contact: str) -> str:
    """`contact` as it may stand in a header."""
    return "".join(c for c in contact if c.isascii() and c.isprintable() and c not in "()").strip() or "not given"

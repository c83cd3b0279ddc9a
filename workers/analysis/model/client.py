"""The client of a model's service: no retries, bounded replies, a breaker."""

import threading
import time
import weakref
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

from workers import network
from workers.analysis.model.failures import PATIENCE_S, Failure, TooLarge
from workers.settings import Settings

MAX_REPLY_BYTES = 4 * 2**20
"""Bytes of a reply; 16,000 tokens are under 100 kB."""

REPLY_S = 120.0
"""Seconds for a reply whose call names no time itself."""

BREAK_AT = 6
"""Strikes in a row that end a run's calls."""


class Breaker:
    """Stops a run from asking a service that is down.

    It also slows the run down where the service asks for that. Shared by all threads of a run. `clock` and `sleep`
    count seconds.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Condition()
        self._strikes = 0
        self._last: Failure | None = None
        self._fatal: Failure | None = None
        self._not_before = self._paused = 0.0
        self._open, self._width = 0, 0
        """Calls that are made now, and most that may be (0: as many as come)."""

    def check(self) -> None:
        """Return when a call may be made; raises at once where no more are."""
        while True:
            with self._lock:
                stop = self._fatal or (self._last if self._strikes >= BREAK_AT else None)
                wait = self._not_before - self._clock()
            if stop:
                failure = Failure(stop.kind, fatal=stop.fatal, again=False, wait=stop.wait, said=stop.said)
                failure.stopped = True
                raise failure
            if wait <= 0:
                return
            self._sleep(min(wait, PATIENCE_S))

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold a place for one call.

        It is given when fewer calls are open than the pace allows, and no pause is on.
        """
        with self._lock:
            self._lock.wait_for(lambda: not self._width or self._open < self._width)
            self._open += 1
        try:
            self.check()
            yield
        finally:
            with self._lock:
                self._open -= 1
                self._lock.notify()

    def succeeded(self) -> None:
        """The service answered: earlier failures were passing ones."""
        with self._lock:
            self._strikes = 0

    def struck(self, failure: Failure, strikes: int) -> None:
        """Count a failure; a fatal one ends the run's calls at once."""
        with self._lock:
            self._strikes += strikes
            self._last = failure
            if failure.fatal:
                self._fatal = failure

    def pause(self, seconds: float, most: float) -> bool:
        """Let no call begin for `seconds`: the service asked one of us to wait.

        One wait serves all who were asked meanwhile, and half as many calls are made at a time from then on. False
        where a run's pauses would be more than `most` seconds in all.
        """
        with self._lock:
            now = self._clock()
            more = now + seconds - max(now, self._not_before)
            if self._paused + more > most:
                return False
            if self._not_before <= now:
                self._width = max(1, (self._width or self._open) // 2)
            if more > 0:
                self._paused, self._not_before = self._paused + more, now + seconds
            return True


def connect(settings: Settings) -> Any:
    """An `anthropic.Anthropic` of our own, closed when nobody holds it any more."""
    import anthropic
    import httpx2

    key = settings.anthropic_api_key.get_secret_value()
    auth = key_header(httpx2, key)
    out = network.for_httpx(settings, settings.anthropic_base_url)
    http = anthropic.DefaultHttpxClient(follow_redirects=False, event_hooks=bounds(httpx2), auth=auth, **out)
    client = anthropic.Anthropic(
        api_key=key,
        base_url=settings.anthropic_base_url.removesuffix("/v1"),
        max_retries=0,
        open_telemetry=False,
        http_client=http,
    )
    weakref.finalize(client, http.close)
    return client


def key_header(httpx2: Any, key: str) -> Any:
    """Authentication that sends `x-api-key` to a server that asks for it by name.

    The SDK sends the key as a bearer token only (since 2.0), which some servers do not read.
    """

    class KeyHeader(httpx2.Auth):  # type: ignore[misc]
        wanted = False

        def sync_auth_flow(self, request: Any) -> Generator[Any, Any, None]:
            if self.wanted:
                request.headers["x-api-key"] = key
            response = yield request
            if response.status_code == 401 and not self.wanted and b"x-api-key" in response.read().lower():
                self.wanted = True
                request.headers["x-api-key"] = key
                yield request

    return KeyHeader()


def bounds(httpx2: Any, clock: Callable[[], float] = time.monotonic) -> dict[str, list[Callable[[Any], None]]]:
    """Hooks that bound a reply's bytes, and a call's time as a whole.

    A read timeout alone never ends a reply that comes in slowly.
    """

    class Bounded(httpx2.SyncByteStream):  # type: ignore[misc]
        def __init__(self, stream: Any, until: float) -> None:
            self.stream, self.until = stream, until

        def __iter__(self) -> Iterator[bytes]:
            size = 0
            for chunk in self.stream:
                size += len(chunk)
                if size > MAX_REPLY_BYTES:
                    raise TooLarge
                if clock() > self.until:
                    raise httpx2.ReadTimeout("the reply took too long")
                yield chunk

        def close(self) -> None:
            self.stream.close()

    def sent(request: Any) -> None:
        seconds = request.extensions.get("timeout", {}).get("read") or REPLY_S
        request.extensions = {**request.extensions, "paperboy_until": clock() + seconds}

    def answered(response: Any) -> None:
        response.stream = Bounded(response.stream, response.request.extensions["paperboy_until"])

    return {"request": [sent], "response": [answered]}

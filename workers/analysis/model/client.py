"""The connection to a model's service: a client that never retries by itself, bounds on a reply, and the breaker."""

import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from workers.analysis.model.replies import WAIT_CAP_S, Failure, TooLarge
from workers.settings import Settings

MAX_REPLY_BYTES = 4 * 2**20
"""Bytes of a reply; 16,000 tokens are under 100 kB."""

REPLY_S = 120.0
"""Seconds for a reply whose call names no time itself."""

BREAK_AT = 6
"""Strikes in a row that end a run's calls."""


class Breaker:
    """Stops a run from asking a service that is down. Shared by all threads of a run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._strikes = 0
        self._last: Failure | None = None
        self._fatal: Failure | None = None
        self._not_before = 0.0

    def check(self) -> None:
        """Return when a call may be made; raises at once where no more are."""
        with self._lock:
            stop = self._fatal or (self._last if self._strikes >= BREAK_AT else None)
            wait = self._not_before - time.monotonic()
        if stop:
            raise Failure(stop.kind, fatal=stop.fatal, again=False, wait=stop.wait)
        if wait > 0:
            time.sleep(min(wait, WAIT_CAP_S))

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

    def pause(self, seconds: float) -> None:
        """Nobody calls for so many seconds: the service asked one of us to wait."""
        with self._lock:
            self._not_before = max(self._not_before, time.monotonic() + seconds)


def connect(settings: Settings) -> Any:
    """An `anthropic.Anthropic` of our own, closed when nobody holds it any more."""
    import anthropic
    import httpx2

    http = anthropic.DefaultHttpxClient(follow_redirects=False, event_hooks=bounds(httpx2))
    client = anthropic.Anthropic(
        api_key=settings.anthropic_api_key.get_secret_value(),
        base_url=settings.anthropic_base_url.removesuffix("/v1"),
        max_retries=0,
        open_telemetry=False,
        http_client=http,
    )
    weakref.finalize(client, http.close)
    return client


def bounds(httpx2: Any, clock: Callable[[], float] = time.monotonic) -> dict[str, list[Callable[[Any], None]]]:
    """Hooks that bound a reply's bytes, and a call's time as a whole: a read timeout alone never ends a slow drip."""

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

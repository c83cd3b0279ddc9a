"""What every double has in common.

A real server on loopback, a ledger, and a script of faults.

A double runs its own event loop in a thread, so plain synchronous tests (and worker processes) can talk to it.
Subclasses add routes in `routes()`; a fault is queued with `fault()` and consumed by the next matching requests.
"""

import asyncio
import fnmatch
import json
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

START_TIMEOUT_S = 10.0
"""Seconds to wait for the server thread to listen; loopback binds in milliseconds, the rest is slack."""

MAX_BODY_BYTES = 64 * 2**20
"""Largest request body a double reads; above every real service's own limit, which the double checks itself."""

HOLD_LOOK_S = 0.005
"""Seconds between two looks whether a request that is held may go on."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Entry:
    """One request as it arrived, and what became of it."""

    at: float
    """time.time() when the request line was read."""
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    status: int | None = None
    """Status sent, or None while the request is open or when the connection was dropped."""
    reply: Any = None
    """Parsed JSON of the reply where it was JSON, else its text."""
    accepted: bool = False
    """True when the service took effect (a message was stored), whatever the client got to see of it."""
    note: str = ""

    @property
    def data(self) -> dict[str, Any]:
        """The request's fields, from JSON or from a form; values of a form are strings."""
        kind = self.headers.get("content-type", "")
        if "json" in kind:
            loaded = json.loads(self.body or b"{}")
            return loaded if isinstance(loaded, dict) else {"": loaded}
        if "urlencoded" in kind:
            return dict(parse_qsl(self.body.decode(), keep_blank_values=True))
        return dict(self.query)


ENTRY: web.RequestKey[Entry] = web.RequestKey("entry", Entry)
"""Where a request carries its own ledger entry (a plain string key makes aiohttp warn)."""


@dataclass
class Fault:
    """What goes wrong with the next `times` requests whose path matches this glob."""

    path: str
    times: int = 1
    delay: float = 0.0
    """Seconds to wait before anything else (a hang is a large delay; stop() ends it)."""
    hold: Callable[[], bool] | None = None
    """Wait until this is true, before anything else."""
    status: int | None = None
    """Answer with this status instead of serving."""
    body: bytes | str | dict[str, Any] | list[Any] = ""
    headers: dict[str, str] = field(default_factory=dict)
    drop: str = ""
    """'before': close the connection without serving; 'after': take effect, then close without a reply."""
    when: Callable[[Entry], bool] | None = None
    """Only requests for which this is true."""


class Double:
    """A server on 127.0.0.1 at a free port, from `start()` to `stop()` or by `with`."""

    def __init__(self) -> None:
        self.ledger: list[Entry] = []
        self.faults: list[Fault] = []
        self.port = 0
        self.phase_hook: Callable[[str, Entry], None] | None = None
        """Called at each phase of a request ('connect', 'headers', 'body', 'accepted', 'replied', 'half', 'sent'): a
        test may kill a process there. 'replied': the reply is ready; 'half': half of it is on its way. At 'connect'
        nothing of the request is known."""
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    # -- for subclasses ------------------------------------------------------------------------------------------

    def routes(self) -> list[web.RouteDef]:
        """The routes of this service."""
        raise TypeError(f"{type(self).__name__} names no routes")

    async def on_start(self) -> None:
        """Called in the server's loop once it listens."""

    def accepted(self, request: web.Request) -> None:
        """Mark the request as having taken effect, at the moment the message is stored."""
        entry: Entry = request[ENTRY]
        entry.accepted = True
        self._phase("accepted", entry)

    # -- for tests -----------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Root URL without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    def fault(self, path: str = "*", **what: Any) -> Fault:
        """Queue a fault; see `Fault` for the words."""
        fault = Fault(path, **what)
        with self._lock:
            self.faults.append(fault)
        return fault

    def calls(self, path: str = "*", accepted: bool | None = None) -> list[Entry]:
        """Ledger entries whose path matches the glob, oldest first."""
        with self._lock:
            return [e for e in self.ledger if fnmatch.fnmatch(e.path, path) and accepted in (None, e.accepted)]

    def start(self) -> "Double":
        """Listen; returns self."""
        ready = threading.Event()
        failed: list[BaseException] = []

        def run() -> None:
            try:
                asyncio.run(self._serve(ready))
            except BaseException as error:  # handed to the caller of start()
                failed.append(error)
                ready.set()

        self._thread = threading.Thread(target=run, name=type(self).__name__, daemon=True)
        self._thread.start()
        if not ready.wait(START_TIMEOUT_S):
            raise TimeoutError(f"{type(self).__name__} did not listen within {START_TIMEOUT_S} s")
        if failed:
            raise failed[0]
        return self

    def stop(self) -> None:
        """Stop listening and end every open request."""
        if self._loop and self._stopping and self._thread and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(START_TIMEOUT_S)

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine in the server's loop and return its result."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(START_TIMEOUT_S)

    def __enter__(self) -> "Double":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- inside --------------------------------------------------------------------------------------------------

    def _phase(self, name: str, entry: Entry) -> None:
        if self.phase_hook:
            self.phase_hook(name, entry)

    async def _serve(self, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        app = web.Application(middlewares=[self._record], client_max_size=MAX_BODY_BYTES)
        app.add_routes(self.routes())
        runner = web.AppRunner(app, shutdown_timeout=0.2, access_log=None)
        await runner.setup()
        self._watch(runner.server)
        site = web.TCPSite(runner, "127.0.0.1", self.port)
        await site.start()
        self.port = runner.addresses[0][1]
        await self.on_start()
        ready.set()
        await self._stopping.wait()
        await runner.cleanup()

    def _watch(self, server: web.Server | None) -> None:
        """Tell the hook of each new connection."""
        assert server is not None
        made = server.connection_made

        def connected(handler: Any, transport: asyncio.Transport) -> None:
            made(handler, transport)
            self._phase("connect", Entry(time.time(), "", "", {}, {}, b""))

        server.connection_made = connected  # type: ignore[method-assign]

    def _take_fault(self, entry: Entry) -> Fault | None:
        with self._lock:
            for fault in self.faults:
                fits = fault.times > 0 and fnmatch.fnmatch(entry.path, fault.path)
                if fits and (fault.when is None or fault.when(entry)):
                    fault.times -= 1
                    return fault
        return None

    @web.middleware
    async def _record(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        entry = Entry(
            time.time(),
            request.method,
            request.path,
            dict(request.query),
            {k.lower(): v for k, v in request.headers.items()},
            b"",
        )
        request[ENTRY] = entry
        with self._lock:
            self.ledger.append(entry)
        self._phase("headers", entry)
        entry.body = await request.read()
        self._phase("body", entry)
        fault = self._take_fault(entry)
        if fault:
            if fault.delay:
                await self._wait(fault.delay)
            if fault.hold:
                await self._held(fault.hold)
            if fault.drop == "before":
                return self._drop(request)
            if fault.status is not None:
                body = fault.body
                if isinstance(body, dict | list):
                    headers = {"Content-Type": "application/json", **fault.headers}
                    response = web.Response(status=fault.status, body=json.dumps(body).encode(), headers=headers)
                else:
                    raw = body.encode() if isinstance(body, str) else body
                    response = web.Response(status=fault.status, body=raw, headers=fault.headers)
                return self._done(entry, response)
        try:
            served = await handler(request)
        except web.HTTPException as error:
            served = error
        if fault and fault.drop == "after":
            return self._drop(request)
        done = self._done(entry, served)
        return await self._by_halves(request, entry, done) if self.phase_hook else done

    async def _by_halves(self, request: web.Request, entry: Entry, whole: web.StreamResponse) -> web.StreamResponse:
        """Send a reply in two pieces, with a phase after each."""
        if not isinstance(whole, web.Response) or not isinstance(whole.body, bytes) or whole.prepared:
            return whole
        body, middle = whole.body, len(whole.body) // 2
        reply = web.StreamResponse(status=whole.status, headers=whole.headers)
        reply.content_length = len(body)
        try:
            await reply.prepare(request)
            await reply.write(body[:middle])
            self._phase("half", entry)
            await reply.write(body[middle:])
            await reply.write_eof()
            self._phase("sent", entry)
        except ConnectionError:  # whoever asked is gone
            pass
        return reply

    def _done(self, entry: Entry, response: web.StreamResponse) -> web.StreamResponse:
        entry.status = response.status
        if isinstance(response, web.Response) and response.body is not None and entry.reply is None:
            raw = bytes(response.body) if isinstance(response.body, bytes | bytearray) else b""
            try:
                entry.reply = json.loads(raw)
            except ValueError:
                entry.reply = raw.decode("utf-8", "replace")
        self._phase("replied", entry)
        return response

    def _drop(self, request: web.Request) -> web.Response:
        if request.transport:
            request.transport.abort()
        return web.Response(status=499)

    def _over(self) -> bool:
        return self._stopping is not None and self._stopping.is_set()

    async def _held(self, free: Callable[[], bool]) -> None:
        """Wait until `free()` is true, or the double stops."""
        while not free() and not self._over():
            await self._wait(HOLD_LOOK_S)

    async def _wait(self, seconds: float) -> None:
        """Wait that ends early when the double stops."""
        assert self._stopping is not None
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

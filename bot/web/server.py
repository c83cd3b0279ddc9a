"""The HTTP server of every process with a port: strict about size and time.

It says nothing about what strangers send.

One server serves all paths. A platform's handler is put into `handlers` when it is ready to hear; until then its path
answers 503, and the platform comes again.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from aiohttp import web

from workers.errors import BadSetting
from workers.platforms import SLACK_PATH, TELEGRAM_PATH
from workers.settings import Settings
from workers.words.typed import typed

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MOST_BYTES = 2**20
"""Bytes of a request's body; the platforms' own are a few kilobytes, a form with long texts tens of them."""

HEADERS_S = 8.0
"""Seconds until the headers of a request must be complete; then for its body; then until the next one begins."""

CLOSE_S = 3.0
"""Seconds for requests in hand when the server stops."""

AGAIN_S = 2
"""Seconds after which a platform shall come again."""

RETRY_S = 30.0
"""Seconds between two looks whether a port that was taken is free; only where no webhook needs it."""


PAGES = ("/", "/index.html", r"/{channel:(?:slack|telegram|terminal)-[\w-]+|private/[\w-]+}/{file:[\w.-]*}")
"""Where the web archive's pages are (see `library.site`)."""


class TooLarge(Exception):
    """The body has more than MOST_BYTES."""


async def body_of(request: web.Request) -> bytes:
    """Read the raw body, as it was sent.

    TooLarge as soon as that is known, TimeoutError after HEADERS_S.
    """
    if (request.content_length or 0) > MOST_BYTES:
        raise TooLarge
    got = bytearray()
    async with asyncio.timeout(HEADERS_S):
        async for chunk in request.content.iter_any():
            got += chunk
            if len(got) > MOST_BYTES:
                raise TooLarge
    return bytes(got)


def refusal(status: int) -> web.Response:
    """An answer without words, after which the connection is closed."""
    response = web.Response(status=status)
    response.force_close()
    return response


class Server:
    """Serves `paths` and the health of `parts` on HTTP_HOST:HTTP_PORT.

    `paths`: of webhooks (POST). `parts`: see `Health`.
    """

    def __init__(self, settings: Settings, paths: frozenset[str], parts: frozenset[str]) -> None:
        # here: a listener under `up` has no server and need not load them
        from bot.web.archive import Archive
        from bot.web.health import Health

        self.settings, self.paths = settings, paths
        self.handlers: dict[str, Handler] = {}
        self.health, self.archive = Health(settings, parts), Archive(settings)
        self.address = ""
        """`host:port` once it listens."""
        self._runner: web.AppRunner | None = None

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Server"]:
        """Listen during the `with`.

        BadSetting where a webhook needs the port and cannot have it.
        """
        looking: asyncio.Task[None] | None = None
        try:
            try:
                await self._start()
            except OSError as error:
                if self.paths:
                    raise BadSetting(self._taken(error)) from None
                log.warning("http_not_listening", extra={"hint": self._taken(error)})
                looking = asyncio.create_task(self._look_again())
            yield self
        finally:
            if looking:
                looking.cancel()
                await asyncio.wait({looking})
            if self._runner:
                await self._runner.cleanup()
            await self.health.asking.close()
            await self.archive.asking.close()

    async def _look_again(self) -> None:
        while not self.address:
            await asyncio.sleep(RETRY_S)
            try:
                await self._start()
            except OSError:
                continue

    async def _start(self) -> None:
        quiet = logging.getLogger(f"{__name__}.http")
        quiet.disabled = True  # it would quote what strangers send
        how: dict[str, Any] = {"keepalive_timeout": HEADERS_S, "lingering_time": 0, "auto_decompress": False}
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=CLOSE_S, logger=quiet, **how)
        await runner.setup()
        try:
            await web.TCPSite(runner, self.settings.http_host, self.settings.http_port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self.address = "{0[0]}:{0[1]}".format(runner.addresses[0])
        served = ["/", "/healthz", "/metrics", *sorted(self.paths)]
        log.info("http_listening", extra={"address": self.address, "paths": " ".join(served)})

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_get("/healthz", self.health.healthz)
        app.router.add_get("/metrics", self.health.metrics)
        for path in self.paths:
            app.router.add_post(path, self._hand_over)
        for page in PAGES:
            app.router.add_get(page, self.archive.page)
        app.on_response_prepare.append(_plain)
        return app

    async def _hand_over(self, request: web.Request) -> web.StreamResponse:
        handler = self.handlers.get(request.path)
        if handler is not None:
            return await handler(request)
        response = refusal(HTTPStatus.SERVICE_UNAVAILABLE)
        response.headers["Retry-After"] = str(AGAIN_S)
        return response

    def _taken(self, error: OSError) -> str:
        what = "the webhook cannot be served" if self.paths else "/healthz and /metrics are not served"
        where = f"{self.settings.http_host}:{self.settings.http_port}"
        todo = f"set another HTTP_PORT; `{typed()} http` serves all webhooks on one"
        return f"HTTP_HOST and HTTP_PORT ({where}) cannot be listened on ({error.strerror}), so {what}: {todo}."


@asynccontextmanager
async def beside(settings: Settings, part: str, *, wanted: bool) -> AsyncIterator[None]:
    """Serve the health of a listener that needs no port itself.

    Not where a webhook of this set-up needs the port.
    """
    if not wanted or needs(settings):
        yield
        return
    async with Server(settings, frozenset(), frozenset({part})).listening():
        yield


def needs(settings: Settings) -> frozenset[str]:
    """The paths at which this set-up must be reached."""
    slack = settings.slack_bot_token.get_secret_value() and settings.slack_signing_secret.get_secret_value()
    telegram = settings.telegram_bot_token.get_secret_value() and settings.telegram_webhook_url
    return frozenset(path for path, needed in ((SLACK_PATH, slack), (TELEGRAM_PATH, telegram)) if needed)


async def _plain(_: web.Request, response: web.StreamResponse) -> None:
    """Do not tell strangers what we are made of, and let nobody keep an answer."""
    response.headers["Server"] = "paperboy"
    response.headers.setdefault("Cache-Control", "no-store")

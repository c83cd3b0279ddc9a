"""Serves the web archive.

Public channels stand from `/` on, others behind their unguessable links.
"""

import time
from typing import TYPE_CHECKING

from aiohttp import web
from redis import Redis

from bot.web.asking import Asking
from workers.settings import Settings

if TYPE_CHECKING:
    from workers.library.site import Place

FRESH_S = 60.0
"""Seconds that a page made is given out again, as long as its link was not renewed."""

MOST_KEPT = 50
"""Pages made that are kept; those of a busy channel have a megabyte."""

LONGEST = 200
"""Characters of a path; a longer one is none of ours."""


class Archive:
    """Answers GET for pages and feeds."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.asking = Asking(settings, "archive")
        self._kept: dict[str, tuple[float, Place | None, str]] = {}

    async def page(self, request: web.Request) -> web.Response:
        """The page at a path; 404 where there is none, 503 where the store is away."""
        path = request.path.removeprefix("/")
        if len(path) > LONGEST:
            raise web.HTTPNotFound
        text = await self.asking.collect(lambda redis: self._made(redis, path))
        if text is None:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "2"})
        if not text:
            raise web.HTTPNotFound
        from workers.library.site import TYPES  # here and below: what writes pages is loaded at the first visit

        kind = TYPES.get(path.rpartition("feed.")[2], "text/html")
        kept = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}
        return web.Response(text=text, content_type=kind, charset="utf-8", headers=kept)

    def _made(self, redis: "Redis", path: str) -> str:
        from workers.library.site import Site

        site, now = Site(redis, self.settings), time.monotonic()
        made, place, text = self._kept.get(path, (now - FRESH_S, None, ""))
        if now - made >= FRESH_S or (place and not site.stands(place)):
            self._kept.pop(path, None)
            place, text = site.page(path)
            if text:
                self._kept = dict([*self._kept.items()][1 - MOST_KEPT :]) | {path: (now, place, text)}
        return text

"""Serves `/healthz` and `/metrics`, collected on request, one at a time."""

import json
from http import HTTPStatus

from aiohttp import web

from bot.web.asking import Asking
from workers.operations.health import metrics, report
from workers.settings import Settings


class Health:
    """Answers for the health of `parts`: those without which the status is 503.

    They are of `report.PARTS`. The rest is told all the same.
    """

    def __init__(self, settings: Settings, parts: frozenset[str]) -> None:
        self.settings, self.parts = settings, parts
        self.asking = Asking(settings, "health")

    async def healthz(self, _: web.Request) -> web.Response:
        """200 with `"ok": true`, or 503 with the reasons."""
        found = await self.asking.collect(lambda redis: report.collect(redis, self.settings, self.parts))
        found = found or report.away("Redis does not answer, or not as it should: see the log")
        status = HTTPStatus.OK if found["ok"] else HTTPStatus.SERVICE_UNAVAILABLE
        return web.json_response(found, status=status, dumps=lambda d: json.dumps(d, ensure_ascii=False) + "\n")

    async def metrics(self, _: web.Request) -> web.Response:
        """The Prometheus text format."""
        text = await self.asking.collect(lambda redis: metrics.exposition(redis, self.settings))
        return web.Response(body=text or metrics.away(), headers={"Content-Type": metrics.CONTENT_TYPE})

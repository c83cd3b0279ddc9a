"""A strict double of OpenAlex.

Works of authors and institutions, single records, and the meter of 2026.

Every reply is made, from the documented shapes: abstracts as inverted indexes, nulls everywhere, 429 with a Retry-After
of hours once the day's credits are spent (a list costs one; single records are free).
"""

import json
from datetime import date
from typing import Any

from aiohttp import web

from tests.doubles.base import Double

KNOWN = {"filter", "sort", "per-page", "select", "api_key", "mailto"}


class OpenAlex(Double):
    """OpenAlex's works, authors and institutions.

    `works`: with `_of`, the ids of authors and institutions that they belong to. `credits`: left of the day.
    """

    def __init__(self) -> None:
        super().__init__()
        self.works: list[dict[str, Any]] = []
        self.names: dict[str, str] = {}
        self.credits = 1_000

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/works", self._works), web.get("/{kind:authors|institutions}/{id}", self._record_of)]

    async def _works(self, request: web.Request) -> web.Response:
        query = request.query
        given = dict(part.split(":", 1) for part in query.get("filter", "").split(",") if ":" in part)
        fields = {"authorships.author.id", "authorships.institutions.lineage"} & set(given)
        if set(query) - KNOWN or len(fields) != 1 or not 1 <= int(query.get("per-page", 25)) <= 100:
            return web.json_response({"error": "Invalid query parameters error."}, status=403)
        if self.credits < 1:
            return web.json_response({"error": "Rate limit exceeded"}, status=429, headers={"Retry-After": "54000"})
        self.credits -= 1
        ids = set(given[fields.pop()].split("|"))
        low, high = given["from_publication_date"], given["to_publication_date"]
        found = [w for w in self.works if ids & set(w["_of"]) and low <= w["publication_date"] <= high]
        shown = [{k: v for k, v in w.items() if k != "_of"} for w in found]
        self.accepted(request)
        whole = {"meta": {"count": len(shown), "page": 1, "per_page": 100}, "results": shown}
        return web.json_response(body=json.dumps(whole).encode())

    async def _record_of(self, request: web.Request) -> web.Response:
        id = request.match_info["id"]
        if id not in self.names:
            return web.Response(status=404, text="<html>404</html>", content_type="text/html")
        return web.json_response({"id": f"https://openalex.org/{id}", "display_name": self.names[id]})


def make_work(number: int, title: str, of: list[str], day: date, **more: Any) -> dict[str, Any]:
    """A work of those in `of`."""
    words = f"We study {title.lower()} .".split()
    inverted: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        inverted.setdefault(word, []).append(place)
    return {
        "id": f"https://openalex.org/W{number}",
        "doi": f"https://doi.org/10.5555/w.{number}",
        "title": title,
        "display_name": title,
        "publication_date": day.isoformat(),
        "type": "article",
        "authorships": [{"author": {"id": f"https://openalex.org/{of[0]}", "display_name": "Ada Example"}}],
        "abstract_inverted_index": inverted,
        "primary_location": {"landing_page_url": None, "source": {"display_name": "Journal of Works"}},
        "_of": of,
    } | more

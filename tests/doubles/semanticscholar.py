"""A strict double of Semantic Scholar.

The graph's records, batches and citations, and recommendations.

Every reply is made, from the documented shapes: nulls in any field and in batches, `recommendedPapers`, `citingPaper`,
404 for a paper that it does not know, 400 for a parameter that it does not, 403 for a wrong key, 429 without a
Retry-After for requests without a key while `crowded`, and for two within a second with one.
"""

import json
import time
from typing import Any

from aiohttp import web

from tests.doubles.base import Double

FIELDS = {"paperId", "externalIds", "title", "abstract", "authors", "publicationDate", "venue", "url", "year"}
APART_S = 1.0
"""Seconds between two requests of a key."""


class SemanticScholar(Double):
    """Semantic Scholar's papers, citations and recommendations.

    `papers`: by their own hash. `named`: other names of them. `recommended`, `citing`: hashes, `citing` by paper.
    """

    def __init__(self) -> None:
        super().__init__()
        self.papers: dict[str, dict[str, Any]] = {}
        self.named: dict[str, str] = {}
        self.recommended: list[str | None] = []
        self.citing: dict[str, list[str | None]] = {}
        self.key = ""
        self.crowded = False
        self.last = 0.0

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/graph/v1/paper/batch", self._batch),
            web.get("/graph/v1/paper/{name:.+}/citations", self._citations),
            web.get("/graph/v1/paper/{name:.+}", self._record_of),
            web.post("/recommendations/v1/papers/", self._recommend),
        ]

    def add(self, own: str, title: str | None, **more: Any) -> str:
        """A paper, known as arXiv's and by its DOI where `externalIds` say so."""
        said = {"paperId": own, "title": title, "abstract": None, "externalIds": None, "authors": None, "venue": "",
                "publicationDate": None, "url": f"https://www.semanticscholar.org/paper/{own}"}  # fmt: skip
        self.papers[own] = said | more
        names = self.papers[own]["externalIds"] or {}
        self.named |= {f"{kind.upper()}:{name}": own for kind, name in names.items()}
        return own

    async def _batch(self, request: web.Request) -> web.Response:
        if refused := self._refused(request, {"fields"}):
            return refused
        ids = (await request.json()).get("ids")
        if not isinstance(ids, list) or not 1 <= len(ids) <= 500:
            return web.json_response({"error": "No valid paper ids given"}, status=400)
        self.accepted(request)
        return _json([self._shown(request, self._own(str(id))) for id in ids])

    async def _record_of(self, request: web.Request) -> web.Response:
        if refused := self._refused(request, {"fields"}):
            return refused
        own = self._own(request.match_info["name"])
        if own is None:
            return web.json_response({"error": f"Paper with id {request.match_info['name']} not found"}, status=404)
        return _json(self._shown(request, own))

    async def _citations(self, request: web.Request) -> web.Response:
        if refused := self._refused(request, {"fields", "limit", "offset"}):
            return refused
        own = self._own(request.match_info["name"])
        if own is None:
            return web.json_response({"error": "Paper not found"}, status=404)
        rows = [{"citingPaper": self._shown(request, one)} for one in self.citing.get(own, [])]
        return _json({"offset": 0, "data": rows[: int(request.query["limit"])]})

    async def _recommend(self, request: web.Request) -> web.Response:
        if refused := self._refused(request, {"fields", "limit"}):
            return refused
        given = await request.json()
        if unknown := [i for i in [*given["positivePaperIds"], *given["negativePaperIds"]] if i not in self.papers]:
            return web.json_response({"error": f"Input papers not found: {unknown}"}, status=404)
        self.accepted(request)
        return _json({"recommendedPapers": [self._shown(request, own) for own in self.recommended]})

    def _own(self, name: str) -> str | None:
        kind, colon, rest = name.partition(":")
        return name if name in self.papers else self.named.get(f"{kind.upper()}{colon}{rest}")

    def _shown(self, request: web.Request, own: str | None) -> dict[str, Any] | None:
        """A paper with the fields asked for, and its hash, which always comes."""
        if own is None:
            return None
        return {name: self.papers[own].get(name) for name in {"paperId", *request.query["fields"].split(",")}}

    def _refused(self, request: web.Request, known: set[str]) -> web.Response | None:
        key, now = request.headers.get("x-api-key", ""), time.monotonic()
        if set(request.query) - known or set(request.query.get("fields", "").split(",")) - FIELDS:
            return web.json_response({"error": "Unrecognized or unsupported fields"}, status=400)
        if key and key != self.key:
            return web.json_response({"message": "Forbidden"}, status=403)
        if (self.crowded and not key) or (key and now - self.last < APART_S):
            return web.json_response({"message": "Too Many Requests.", "code": "429"}, status=429)
        self.last = now
        return None


def _json(whole: Any) -> web.Response:
    return web.json_response(body=json.dumps(whole).encode())

"""Plays Crossref's REST API.

`/works/{doi}`, `/works?query.title=` and `/works?filter=`.

All replies are made, by its documentation (the message types `work` and `work-list`, JATS abstracts, `relation`,
`updated-by`): an unknown DOI is 404 with the plain text `Resource not found.`, an unknown parameter 400 with a
`validation-failure`, and a client that names no contact is told so by 403 (its etiquette, enforced since 2025).
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.doubles.base import Double

KNOWN = {
    "query.title",
    "query.bibliographic",
    "query.author",
    "rows",
    "offset",
    "select",
    "filter",
    "sort",
    "order",
    "mailto",
}
MAX_ROWS = 1000


@dataclass(frozen=True)
class Work:
    """One record."""

    doi: str
    title: str
    abstract: str = ""
    authors: tuple[tuple[str, str], ...] = (("Ada", "Example"),)
    venue: str = "Journal of Tests"
    type: str = "journal-article"
    day: tuple[int, ...] = (2026, 1, 20)
    license: str = ""
    relation: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    retracted: bool = False
    number: str = ""
    """The publisher's own, one of its `alternative-id`."""

    def message(self) -> dict[str, Any]:
        """As the API has it; what is not there is absent."""
        preprint = self.type == "posted-content"
        made: dict[str, Any] = {
            "DOI": self.doi, "URL": f"https://doi.org/{self.doi}", "title": [self.title], "type": self.type,
            "author": [{"given": g, "family": f, "sequence": "additional", "affiliation": []} for g, f in self.authors],
            "container-title": [] if preprint else [self.venue], "publisher": "A Publisher", "relation": self.relation,
            "issued": {"date-parts": [list(self.day)]}, "reference-count": 3, "is-referenced-by-count": 0,
        }  # fmt: skip
        if preprint:
            made |= {"institution": [{"name": self.venue}], "subtype": "preprint", "posted": made["issued"]}
        if self.abstract:
            made["abstract"] = f"<jats:title>Abstract</jats:title><jats:p>{self.abstract}</jats:p>"
        if self.license:
            made["license"] = [{"URL": self.license, "content-version": "vor", "delay-in-days": 0}]
        if self.retracted:
            made["updated-by"] = [{"DOI": f"{self.doi}-r", "type": "retraction", "label": "Retraction"}]
        return made


class Crossref(Double):
    """`works`: all that it knows."""

    def __init__(self, *works: Work) -> None:
        super().__init__()
        self.works = {work.doi.lower(): work for work in works}

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/works", self._search), web.get("/works/{doi:.+}", self._work)]

    async def _work(self, request: web.Request) -> web.StreamResponse:
        if refused := _refused(request):
            return refused
        found = self.works.get(unquote(request.match_info["doi"]).lower())
        if found is None:
            return web.Response(status=404, text="Resource not found.")
        return _reply("work", found.message())

    async def _search(self, request: web.Request) -> web.StreamResponse:
        if refused := _refused(request):
            return refused
        rows = request.query.get("rows", "20")
        if set(request.query) - KNOWN or not rows.isdecimal() or int(rows) > MAX_ROWS:
            return web.json_response(
                {"status": "failed", "message-type": "validation-failure", "message": []}, status=400
            )
        name, _, wanted = request.query.get("filter", "").partition(":")
        if name == "doi":
            dois = [part.partition(":")[2].lower() for part in request.query["filter"].split(",")]
            items = [self.works[doi].message() for doi in dois if doi in self.works][: int(rows)]
            return _reply("work-list", {"total-results": len(items), "items": items, "items-per-page": int(rows)})
        if name == "alternative-id":
            items = [work.message() for work in self.works.values() if wanted and work.number == wanted]
            return _reply("work-list", {"total-results": len(items), "items": items, "items-per-page": int(rows)})
        asked = set(request.query.get("query.title", "").lower().split())
        ranked = sorted(self.works.values(), key=lambda work: -len(asked & set(work.title.lower().split())))
        items = [work.message() for work in ranked if asked & set(work.title.lower().split())][: int(rows)]
        return _reply("work-list", {"total-results": len(items), "items": items, "items-per-page": int(rows)})


def _refused(request: web.Request) -> web.Response | None:
    agent = request.headers.get("User-Agent", "")
    return None if "contact" in agent else web.Response(status=403, text="name a contact")


def _reply(kind: str, message: dict[str, Any]) -> web.Response:
    return web.json_response({"status": "ok", "message-type": kind, "message-version": "1.0.0", "message": message})

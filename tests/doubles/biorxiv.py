"""A strict double of the bioRxiv and medRxiv details API.

Every reply is made, from the documented shape (api.biorxiv.org) and from clients' reports: counts come as numbers or as
text, a page holds 30 or 100, `total` may promise more than there is, and a day without preprints says so in a message.
"""

import json
import re
from datetime import date
from typing import Any

from aiohttp import web

from tests.doubles.base import Double

NO_POSTS = "no posts found"


class Biorxiv(Double):
    """The API of bioRxiv and medRxiv.

    `records`: in order of posting. `page`: records of a page. `promised`: how many more `total` says than exist.
    """

    def __init__(self, records: list[dict[str, Any]] | None = None) -> None:
        super().__init__()
        self.records = records or []
        self.page = 30
        self.promised = 0
        self.as_text = False

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/details/{server}/{prefix:10\\.[0-9]+}/{name}/na/json", self._one),
            web.get("/details/{server}/{start}/{end}/{cursor}/json", self._details),
        ]

    async def _one(self, request: web.Request) -> web.Response:
        """All versions of one DOI."""
        where = request.match_info
        doi = f"{where['prefix']}/{where['name']}"
        found = [r for r in self.records if r["doi"] == doi and r["server"].lower() == where["server"]]
        return _json({"messages": [{"status": "ok" if found else NO_POSTS}], "collection": found})

    async def _details(self, request: web.Request) -> web.Response:
        where = request.match_info
        days = [_day(where["start"]), _day(where["end"])]
        wrong = where["server"] not in ("biorxiv", "medrxiv") or None in days or not where["cursor"].isdecimal()
        if wrong or set(request.query) - {"category"}:
            return web.json_response({"messages": [{"status": "Error: invalid request"}], "collection": []}, status=400)
        wanted = _plain(request.query.get("category", ""))
        found = [
            r
            for r in self.records
            if r["server"].lower() == where["server"]
            and where["start"] <= r["date"] <= where["end"]
            and (not wanted or _plain(r["category"]) == wanted)
        ]
        cursor = int(where["cursor"])
        page = found[cursor : cursor + self.page]
        self.accepted(request)
        if not page:
            return _json({"messages": [{"status": NO_POSTS}], "collection": []})
        total, start = len(found) + self.promised, cursor
        message = {
            "status": "ok",
            "interval": f"{where['start']}:{where['end']}",
            "cursor": str(start) if self.as_text else start,
            "count": len(page),
            "count_new_papers": str(len(page)) if self.as_text else len(page),
            "total": str(total) if self.as_text else total,
        }
        return _json({"messages": [message], "collection": page})


def _json(whole: dict[str, Any]) -> web.Response:
    return web.json_response(body=json.dumps(whole).encode())


def make_preprint(
    number: int,
    title: str = "",
    *,
    day: date = date(2026, 1, 20),
    version: int = 1,
    server: str = "bioRxiv",
    category: str = "neuroscience",
    **more: Any,
) -> dict[str, Any]:
    """A record of the details API, all its fields as text. `more` overrides them."""
    doi = f"10.1101/{day:%Y.%m.%d}.{700000 + number}"
    return {
        "title": title or f"A preprint on question {number}",
        "authors": "Example, A. B.; Sample, C.",
        "author_corresponding": "Ada B. Example",
        "author_corresponding_institution": "Institute of Examples",
        "doi": doi,
        "date": day.isoformat(),
        "version": str(version),
        "type": "new results",
        "license": "cc_by",
        "category": category,
        "jatsxml": f"https://www.{server.lower()}.org/content/early/{day:%Y/%m/%d}/{doi[8:]}.source.xml",
        "abstract": f"We study question {number}. It has an answer.",
        "funding": "NA",
        "published": "NA",
        "server": server,
    } | more


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _plain(text: str) -> str:
    return re.sub(r"[\s_]+", " ", text.strip().lower())

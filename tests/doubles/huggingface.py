"""A strict double of Hugging Face's Daily Papers list.

Items that look like its own.
"""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aiohttp import web

from tests.doubles.base import Double

DEFAULT_LIMIT, MAX_LIMIT = 50, 100
"""Items of a page where none is asked for (documented), and the most that may be asked for."""

KNOWN = {"date", "week", "sort", "limit", "p"}


class HuggingFace(Double):
    """Hugging Face's lists of daily papers.

    `days`: date -> items, served in the order given. `short`: a page holds that many fewer than asked for.
    """

    def __init__(self, days: dict[str, list[Any]] | None = None) -> None:
        super().__init__()
        self.days: dict[str, list[Any]] = days or {}
        self.trending: list[Any] = []
        self.short = 0
        self.today: date | None = None
        """The double's UTC date, default now; later dates are refused."""

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/daily_papers", self._daily)]

    async def _daily(self, request: web.Request) -> web.Response:
        query = request.query
        unknown = set(query) - KNOWN
        if "date" not in query and len({"week", "sort"} & set(query)) == 1 and not unknown:
            return self._other(request)
        try:
            day = date.fromisoformat(query["date"])
            limit, page = int(query.get("limit", DEFAULT_LIMIT)), int(query.get("p", 0))
        except (KeyError, ValueError):
            return _refuse("Invalid query")
        if unknown or not 1 <= limit <= MAX_LIMIT or page < 0 or query["date"] != day.isoformat():
            return _refuse(f"Invalid query: {sorted(unknown) or 'limit, p or date'}")
        if day > (self.today or datetime.now(UTC).date()):
            return _refuse("Date must not be in the future")
        step = max(1, limit - self.short)
        items = self.days.get(day.isoformat(), [])[page * step : (page + 1) * step]
        self.accepted(request)
        return web.json_response(body=json.dumps(items).encode())

    def _other(self, request: web.Request) -> web.Response:
        """A week's papers, or those that are trending."""
        query = request.query
        limit, page = int(query.get("limit", DEFAULT_LIMIT)), int(query.get("p", 0))
        week = query.get("week", "")
        if query.get("sort", "trending") != "trending" or not 1 <= limit <= MAX_LIMIT:
            return _refuse("Invalid query")
        days = sorted(day for day in self.days if f"{date.fromisoformat(day):%G-W%V}" == week)
        items = [item for day in days for item in self.days[day]] if week else self.trending
        self.accepted(request)
        return web.json_response(body=json.dumps(items[page * limit : (page + 1) * limit]).encode())


def _refuse(error: str) -> web.Response:
    return web.json_response({"error": error}, status=400)


def make_item(
    id: str, title: str = "", upvotes: int = 0, day: date = date(2026, 1, 27), old: bool = False, **paper: Any
) -> dict[str, Any]:
    """One item of a day's list.

    In today's schema, or with `old` in that of before June 2024. `paper`: more inner fields.
    """
    sent = datetime(day.year, day.month, day.day, 0, 42, 38, tzinfo=UTC)
    published = sent - timedelta(days=4)
    title = title or f"A Study of {id}"
    summary = paper.pop("summary", f"We study {id}.\nIt works on three\nbenchmarks.")
    stamp = "%Y-%m-%dT%H:%M:%S.000Z"
    inner: dict[str, Any] = {
        "id": id,
        "authors": [
            {"_id": "66540321d200a2ecdf784ffe", "name": "Ada Example", "hidden": False},
            {"_id": "66540321d200a2ecdf784fff", "name": "Bo Sample", "hidden": False},
        ],
        "publishedAt": published.strftime(stamp),
        "title": title,
        "summary": summary,
        "upvotes": upvotes,
    }
    outer: dict[str, Any] = {
        "publishedAt": (published - timedelta(hours=5)).strftime(stamp),
        "title": title,
        "numComments": 1,
    }
    if old:
        outer["mediaUrl"] = f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{id}.png"
    else:
        inner |= {"submittedOnDailyAt": sent.strftime(stamp), "discussionId": "69782c97026bdf0473116e19"}
        outer |= {
            "summary": summary,
            "thumbnail": f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{id}.png",
            "isAuthorParticipating": False,
        }
    return {"paper": inner | paper, **outer}


def make_day(count: int, day: date = date(2026, 1, 27), first: int = 1) -> list[dict[str, Any]]:
    """`count` items of `day`, upvotes falling, ids `YYMM.NNNNN` from `first` on."""
    return [make_item(f"{day:%y%m}.{n:05d}", upvotes=10 * count - n, day=day) for n in range(first, first + count)]

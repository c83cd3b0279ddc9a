"""A strict double of OpenReview's API, version 2.

Login, and notes by venue or id, for who has a token.

Every reply is made, from the documented shapes and what threads of 2026 say: values under `.value`, 403
`ChallengeRequiredError` without a token or with an old one, 400 for a wrong password and an unknown parameter.
"""

import json
from typing import Any

from aiohttp import web

from tests.doubles.base import Double

KNOWN = {"content.venueid", "id", "sort", "limit", "offset"}


class OpenReview(Double):
    """`notes`: all there are, of any venue, the newest first."""

    def __init__(self, name: str = "a@example.org", password: str = "") -> None:
        super().__init__()
        self.name, self.password, self.tokens = name, password, 0
        self.notes: list[dict[str, Any]] = []

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/login", self._login), web.get("/notes", self._notes)]

    async def _login(self, request: web.Request) -> web.Response:
        given = await request.json()
        if (given.get("id"), given.get("password")) != (self.name, self.password):
            return _json({"name": "Error", "message": "Invalid username or password", "status": 400}, 400)
        self.tokens += 1
        self.accepted(request)
        return _json({"token": f"token-{self.tokens}", "user": {"id": given["id"]}})

    async def _notes(self, request: web.Request) -> web.Response:
        query = request.query
        if request.headers.get("Authorization") != f"Bearer token-{self.tokens}":
            return _json({"name": "ChallengeRequiredError", "message": "Challenge required", "status": 403}, 403)
        limit, offset = int(query.get("limit", 1000)), int(query.get("offset", 0))
        if set(query) - KNOWN or not 1 <= limit <= 1000 or query.get("sort", "tcdate:desc") != "tcdate:desc":
            return _json({"name": "ValidationError", "message": "Invalid query", "status": 400}, 400)
        venue, id = query.get("content.venueid"), query.get("id")
        found = [n for n in self.notes if n.get("id") == id or _venue(n) == venue]
        self.accepted(request)
        return _json({"notes": found[offset : offset + limit], "count": len(found)})


def make_note(id: str, title: str | None, venue: str, at: int, **more: Any) -> dict[str, Any]:
    """A note. `at`: when it was published, in milliseconds since 1970."""
    content = {"title": title, "abstract": f"We study {title}.", "authors": ["Ada Example"], "venueid": venue,
               "venue": "ICLR 2027 poster"}  # fmt: skip
    said = {name: {"value": value} for name, value in (content | more).items()}
    return {"id": id, "forum": id, "content": said, "pdate": at, "cdate": at, "tcdate": at, "license": "CC BY 4.0"}


def _venue(note: dict[str, Any]) -> Any:
    return ((note.get("content") or {}).get("venueid") or {}).get("value")


def _json(whole: Any, status: int = 200) -> web.Response:
    return web.json_response(body=json.dumps(whole).encode(), status=status)

"""A strict double of Zotero's Web API, version 3.

Keys, items of one library, write tokens, versions, Backoff.

Every reply is made, from the documentation (dev/web_api/v3: basics, write_requests, types_and_fields) and the fields of
Zotero's schema. It refuses unknown fields, wrong creators, more than 50 items, a used token, a write without rights.
"""

import json
import re
import time
from typing import Any

from aiohttp import web

from tests.doubles.base import Double

TOKEN_S = 12 * 3600.0
"""Seconds that a write token of a successful request is remembered."""

MOST_ITEMS, MOST_PAGE, MOST_NOTE = 50, 100, 250_000
"""Items of a write, of a page, characters of a note."""

COMMON = frozenset({"itemType", "tags", "collections", "relations", "key", "version", "dateAdded", "dateModified"})
_SHARED = (
    "title creators abstractNote date series language DOI shortTitle url accessDate archive archiveLocation "
    "libraryCatalog callNumber rights extra"
)
FIELDS = {
    "preprint": frozenset(f"{_SHARED} genre repository archiveID place seriesNumber citationKey".split()),
    "journalArticle": frozenset(
        f"{_SHARED} publicationTitle volume issue pages seriesTitle seriesText journalAbbreviation ISSN".split()
    ),
    "note": frozenset({"note", "parentItem"}),
}
KNOWN = {"q", "qmode", "limit", "format", "sort", "direction", "start", "itemType", "v"}
LETTERS = "23456789ABCDEFGHIJKLMNPQRSTUVWXYZ"


class ZoteroDouble(Double):
    """Zotero's API with one library.

    `items`: key -> data. `write`: whether the key may write. `backoff`: seconds that every reply asks to wait.
    """

    def __init__(self, library: str = "groups/456") -> None:
        super().__init__()
        self.library, self.key, self.write = library, "P9NiFoyLeZu2bZNvvuQPDWsd", True
        self.items: dict[str, dict[str, Any]] = {}
        self.version, self.backoff, self.tokens = 7, 0, dict[str, float]()
        self.clock = time.time

    def routes(self) -> list[web.RouteDef]:
        at = r"/{kind:users|groups}/{id:\d+}/items"
        return [
            web.get("/keys/current", self._key), web.get(f"{at}/top", self._top), web.post(at, self._write),
            web.get(at + "/{key}/children", self._children),
        ]  # fmt: skip

    def top(self) -> list[dict[str, Any]]:
        """The items without a parent, oldest first."""
        return [data for data in self.items.values() if "parentItem" not in data]

    def notes(self) -> list[dict[str, Any]]:
        """The notes."""
        return [data for data in self.items.values() if data["itemType"] == "note"]

    def put(self, **data: Any) -> str:
        """Somebody's own item; its key."""
        self.version += 1
        key = "".join(LETTERS[(self.version * 7 + n * n * 5) % len(LETTERS)] for n in range(8))
        self.items[key] = {"key": key, "version": self.version, "tags": [], **data}
        return key

    # -- requests ------------------------------------------------------------------------------------------------

    def _reply(self, what: Any, status: int = 200, **headers: str) -> web.Response:
        headers = {"Zotero-API-Version": "3", "Last-Modified-Version": str(self.version), **headers}
        headers |= {"Backoff": str(self.backoff)} if self.backoff else {}
        if isinstance(what, str):
            return web.Response(text=what, status=status, headers=headers)
        return web.json_response(what, status=status, headers=headers)

    def _refused(self, request: web.Request, *, writes: bool = False) -> web.Response | None:
        if request.headers.get("Zotero-API-Version") != "3":
            return self._reply("API version missing", 400)
        if request.headers.get("Zotero-API-Key") != self.key:
            return self._reply("Invalid key", 403)
        if f"/{request.match_info.get('kind')}/{request.match_info.get('id')}" != f"/{self.library}":
            return self._reply("Not found", 404)
        if writes and not self.write:
            return self._reply("Write access denied", 403)
        return None

    async def _key(self, request: web.Request) -> web.Response:
        if request.headers.get("Zotero-API-Key") != self.key:
            return self._reply("Invalid key", 403)
        rights = {"library": True, "write": self.write}
        kind, _, number = self.library.partition("/")
        access = {"groups": {number: rights}} if kind == "groups" else {"user": {**rights, "notes": True}}
        return self._reply({"key": self.key, "userID": 123, "username": "lab", "access": access})

    async def _top(self, request: web.Request) -> web.Response:
        query = request.query
        if refused := self._refused(request):
            return refused
        if set(query) - KNOWN or not 1 <= int(query.get("limit", 25)) <= MOST_PAGE:
            return self._reply("Invalid parameter", 400)
        words = query.get("q", "").lower().split()
        found = [data for data in self.top() if all(word in data.get("title", "").lower() for word in words)]
        return self._reply([_whole(data) for data in reversed(found)][: int(query.get("limit", 25))])

    async def _children(self, request: web.Request) -> web.Response:
        if refused := self._refused(request):
            return refused
        parent = request.match_info["key"]
        if parent not in self.items:
            return self._reply("Item does not exist", 404)
        return self._reply([_whole(data) for data in self.notes() if data["parentItem"] == parent])

    async def _write(self, request: web.Request) -> web.Response:
        if refused := self._refused(request, writes=True):
            return refused
        if request.content_type != "application/json":
            return self._reply("Content-Type must be application/json", 400)
        mark, since = request.headers.get("Zotero-Write-Token", ""), request.headers.get("If-Unmodified-Since-Version")
        if mark and (since is not None or not re.fullmatch(r"[0-9A-Za-z]{5,32}", mark)):
            return self._reply("Invalid Zotero-Write-Token", 400)
        if not mark and since is None:
            return self._reply("A token or a version is required of us", 428)
        if since is not None and int(since) < self.version:
            return self._reply("Library has been modified since specified version", 412)
        if self.clock() - self.tokens.get(mark, -TOKEN_S) < TOKEN_S:
            return self._reply("Write token already used", 412)
        given = json.loads(await request.read())
        if not isinstance(given, list):
            return self._reply("JSON must be an array", 400)
        if len(given) > MOST_ITEMS:
            return self._reply(f"Cannot add more than {MOST_ITEMS} items at a time", 413)
        return self._enter(request, given, mark)

    def _enter(self, request: web.Request, given: list[dict[str, Any]], mark: str) -> web.Response:
        done: dict[str, dict[str, Any]] = {"successful": {}, "success": {}, "unchanged": {}, "failed": {}}
        for number, data in enumerate(given):
            code, message = self._wrong(data)
            if code:
                done["failed"][str(number)] = {"code": code, "message": message}
                continue
            key = self.put(**data)
            done["successful"][str(number)], done["success"][str(number)] = _whole(self.items[key]), key
        if done["successful"]:
            self.tokens[mark] = self.clock()
            self.accepted(request)
        return self._reply(done)

    def _wrong(self, data: dict[str, Any]) -> tuple[int, str]:
        kind = data.get("itemType")
        if kind not in FIELDS:
            return 400, f"'{kind}' is not a valid itemType"
        for name in set(data) - FIELDS[kind] - COMMON:
            return 400, f"'{name}' is not a valid field for type '{kind}'"
        for one in data.get("creators", []):
            both = set(one) in ({"creatorType", "firstName", "lastName"}, {"creatorType", "name"})
            if not both or one["creatorType"] != "author" or not (one.get("name") or one.get("lastName")):
                return 400, "Invalid creator"
        if any(set(tag) - {"tag", "type"} or not 0 < len(tag["tag"]) <= 255 for tag in data.get("tags", [])):
            return 400, "Invalid tag"
        if kind == "note" and data.get("parentItem") not in self.items:
            return 409, f"Parent item {data.get('parentItem')} not found"
        return (413, "Note too long") if len(data.get("note", "")) > MOST_NOTE else (0, "")


def _whole(data: dict[str, Any]) -> dict[str, Any]:
    return {"key": data["key"], "version": data["version"], "library": {}, "links": {}, "meta": {}, "data": data}

"""The client of Zotero's Web API, version 3.

Written by https://www.zotero.org/support/dev/web_api/v3/write_requests and …/basics. Its errors say what follows; what
Zotero says itself is quoted to the operator, never explained.
"""

import json
import time
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import httpx

from workers import network
from workers.errors import Permanent, Retryable
from workers.logs import MASK, UNSAFE
from workers.settings import Settings
from workers.store.library.zotero_handed import ZoteroHanded

VERSION = "3"
"""Of the API."""

CONNECT_S, ANSWER_S = 10.0, 30.0
"""Seconds to connect, and for each piece of an answer."""

MAX_ANSWER = 8 * 2**20
"""Bytes of an answer that are read: a page of 100 items is some 300 KB."""

PAGE = 100
"""Items of one look-up: the most that Zotero gives at once."""

MAX_QUERY = 200
"""Characters of a title that are looked for."""

SAID_MAX = 200
"""Characters of Zotero's own words that are kept."""

MOST_WAIT_S = 86_400.0
"""Seconds that Zotero's Backoff or Retry-After is obeyed at most; longer ones are asked again after a day."""


class ZoteroFailed(Retryable):
    """Zotero did not take it, and may later.

    `kind`: key, rights, library (the operator must act), rate_limited, locked, away, strange.
    `said`: its own words, masked and cut, for the operator alone.
    """

    kind = "away"
    said: str = ""

    @property
    def lasting(self) -> bool:
        """True where nothing gets through before the operator has acted."""
        return self.kind in ("key", "rights", "library")


class ZoteroRefused(Permanent):
    """Zotero refuses this very item. `said`: its own words."""

    kind = "rejected"
    said: str = ""


class AlreadyWritten(Exception):
    """A write with this token was taken before: its answer was lost."""


class ItemGone(Exception):
    """The item is not in the library."""


def configured(settings: Settings) -> bool:
    """True where both the key and the library are set."""
    return bool(settings.zotero_api_key.get_secret_value() and settings.zotero_library)


def token(*parts: str) -> str:
    """A write token: 32 hexadecimal digits, the same for the same write.

    Zotero remembers it for twelve hours.
    """
    return sha256("|".join(parts).encode()).hexdigest()[:32]


class Zotero:
    """Speaks to one library. Use as a context manager.

    `handed` keeps the pause that Zotero asks for.
    """

    def __init__(self, settings: Settings, handed: ZoteroHanded | None = None) -> None:
        self.settings, self.handed = settings, handed
        self.secret, self.library = settings.zotero_api_key.get_secret_value(), settings.zotero_library
        headers = {"Zotero-API-Version": VERSION, "Zotero-API-Key": self.secret, "User-Agent": "paperboy"}
        self.http = httpx.Client(
            base_url=settings.zotero_api_url,
            headers=headers,
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            follow_redirects=False,
            **network.for_httpx(settings, settings.zotero_api_url),
        )

    def __enter__(self) -> "Zotero":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def key(self) -> dict[str, Any]:
        """What the key may do, as Zotero tells it."""
        return _record(self._ask("GET", "/keys/current"))

    def look_up(self, title: str) -> list[dict[str, Any]]:
        """Items of the library with these words in title, authors or year.

        Returns the `data` of each.
        """
        query = {"q": title[:MAX_QUERY], "qmode": "titleCreatorYear", "limit": str(PAGE), "format": "json"}
        return _items(self._ask("GET", f"/{self.library}/items/top", params=query))

    def newest(self) -> list[dict[str, Any]]:
        """The items that were added last: the `data` of each."""
        query = {"sort": "dateAdded", "direction": "desc", "limit": str(PAGE), "format": "json"}
        return _items(self._ask("GET", f"/{self.library}/items/top", params=query))

    def children(self, item: str) -> list[dict[str, Any]]:
        """Notes and attachments of an item. Gone where there is no such item."""
        try:
            return _items(self._ask("GET", f"/{self.library}/items/{item}/children", params={"limit": str(PAGE)}))
        except ZoteroFailed as error:
            if error.kind != "library":
                raise
            raise ItemGone from error

    def create(self, item: Mapping[str, Any], write_token: str) -> str:
        """Make one item; its key. Used where this token has made it before.

        ZoteroRefused where it refuses the item, ZoteroFailed for anything that may pass.
        """
        done = _record(self._ask("POST", f"/{self.library}/items", body=[dict(item)], write_token=write_token))
        made = (done.get("successful") or {}).get("0") or {}
        found = made.get("key") or (done.get("success") or {}).get("0")
        if isinstance(found, str) and found:
            return found
        failed = (done.get("failed") or {}).get("0") or {}
        raise self._failure(int(failed.get("code") or 0), str(failed.get("message") or json.dumps(done)), {})

    # -- one request ---------------------------------------------------------------------------------------------

    def _ask(self, method: str, path: str, params: Any = None, body: Any = None, write_token: str = "") -> Any:
        """Ask once; the answer's JSON.

        Whatever the status, a Backoff is noted and obeyed by what comes next.
        """
        headers = {"Zotero-Write-Token": write_token} if write_token else {}
        try:
            with self.http.stream(method, path, params=params, json=body, headers=headers) as reply:
                raw = b""
                for piece in reply.iter_bytes():
                    raw += piece
                    if len(raw) > MAX_ANSWER:
                        raise ZoteroFailed("Zotero's answer is too long.", kind="strange")
        except httpx.HTTPError as error:
            why, _ = network.why(error, self.settings, self.settings.zotero_api_url)
            raise ZoteroFailed(
                f"Zotero cannot be reached ({why or type(error).__name__}).", kind="away", said=why
            ) from None
        self._obey(reply.headers)
        if reply.status_code == 412 and write_token:
            raise AlreadyWritten
        said = raw.decode("utf-8", "replace")
        if not reply.is_success:
            raise self._failure(reply.status_code, said, reply.headers)
        try:
            return json.loads(raw)
        except ValueError:
            raise ZoteroFailed("Zotero's answer is no JSON.", kind="strange", said=self._quoted(said)) from None

    def _obey(self, headers: Mapping[str, str]) -> None:
        """Nothing is asked before what Backoff or Retry-After say has passed."""
        wait = max(network.retry_after(headers.get("Backoff", "")), network.retry_after(headers.get("Retry-After", "")))
        if wait and self.handed:
            self.handed.rest(min(wait, MOST_WAIT_S), time.time())

    def _failure(self, status: int, said: str, headers: Mapping[str, str]) -> Exception:
        """What follows from a status."""
        quoted = self._quoted(said)
        fields: dict[str, Any] = {"said": f"{status} {quoted}".strip()}
        if status == 403:
            kind = "key" if "key" in quoted.lower() else "rights"
            return ZoteroFailed("Zotero refuses the key.", kind=kind, **fields)
        if status == 404:
            return ZoteroFailed("Zotero has no such library.", kind="library", **fields)
        if status in (400, 413):
            return ZoteroRefused("Zotero refuses the item.", **fields)
        wait = max(network.retry_after(headers.get("Retry-After", "")), network.retry_after(headers.get("Backoff", "")))
        kind = {429: "rate_limited", 409: "locked", 412: "locked"}.get(status, "away" if status >= 500 else "strange")
        return ZoteroFailed(f"Zotero answered {status}.", kind=kind, retry_after=min(wait, MOST_WAIT_S), **fields)

    def _quoted(self, said: str) -> str:
        """Zotero's words on one line, without the key, cut."""
        line = " ".join(UNSAFE.sub(" ", said.replace(self.secret, MASK) if self.secret else said).split())
        return line if len(line) <= SAID_MAX else line[: SAID_MAX - 1] + "…"


def _record(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise ZoteroFailed("Zotero's answer has another form than documented.", kind="strange")
    return found


def _items(found: Any) -> list[dict[str, Any]]:
    if not isinstance(found, list):
        raise ZoteroFailed("Zotero's answer has another form than documented.", kind="strange")
    whole = [one for one in found if isinstance(one, dict) and isinstance(one.get("data"), dict)]
    return [{**one["data"], "key": one.get("key")} for one in whole]

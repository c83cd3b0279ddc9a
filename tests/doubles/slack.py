"""A strict Slack workspace on loopback: Web API, response URLs and Socket Mode.

What it refuses, it refuses with Slack's own error codes (docs.slack.dev; see slack_rules for content limits). It does
not model enterprise grids, files, canvases or user tokens. The Web API methods are in slack_methods,
slack_reading, slack_views and slack_streams, Socket Mode in slack_socket, the user's side (slash commands, mentions,
buttons) in slack_people.
"""

import hashlib
import hmac
import json
import math
import threading
import time
from collections.abc import Callable
from copy import deepcopy
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from tests.doubles.base import ENTRY, Double
from tests.doubles.slack_methods import Methods
from tests.doubles.slack_people import People
from tests.doubles.slack_reading import Reading
from tests.doubles.slack_socket import SocketMode
from tests.doubles.slack_state import BOT_USER, TEAM, Bucket, Channel, Refusal, Stamps
from tests.doubles.slack_streams import STREAM_LIFETIME_S, Streams
from tests.doubles.slack_views import Views

DEFAULT_SCOPES = (
    "app_mentions:read",
    "channels:read",
    "groups:read",
    "chat:write",
    "commands",
    "im:history",
    "mpim:history",
    "channels:history",
    "groups:history",
    "reactions:write",
    "files:write",
    "im:write",
)
"""Bot scopes of an ordinary installation of Paperboy."""

POST_RATE = 1.0
"""Posts per second and channel that Slack sustains (docs.slack.dev rate-limits, "special" tier)."""

POST_BURST = 5
"""Posts a channel takes at once before the rate counts. Slack says only "short bursts"; the number is ours."""

NEEDED_SCOPES: dict[str, tuple[str, ...]] = {
    "chat.": ("chat:write",),
    "assistant.threads.setStatus": ("chat:write", "assistant:write"),
    "assistant.threads.": ("assistant:write",),
    "reactions.add": ("reactions:write",),
    "users.info": ("users:read",),
    "users.conversations": ("channels:read", "groups:read", "im:read"),
    "conversations.open": ("im:write",),
    "conversations.history": ("channels:history", "groups:history", "im:history"),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),
    "conversations.info": ("channels:read", "groups:read", "im:read"),
}
"""Method (or its beginning) -> scopes of which one is needed (docs.slack.dev, each method's page)."""


class SlackDouble(Methods, Reading, Views, Streams, SocketMode, People, Double):
    """One workspace, one app.

    `pace=False` turns 429 off. `clock` (seconds) drives pace and stream lifetimes.
    """

    def __init__(
        self,
        bot_token: str = "xoxb-test",
        app_token: str = "xapp-test",
        channels: dict[str, str] | None = None,
        members: dict[str, str] | None = None,
        scopes: tuple[str, ...] | list[str] = DEFAULT_SCOPES,
        pace: bool = True,
        burst: int = POST_BURST,
        stream_lifetime: float = STREAM_LIFETIME_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.bot_token, self.app_token, self.scopes = bot_token, app_token, tuple(scopes)
        self.pace, self.burst, self.stream_lifetime, self.clock = pace, burst, stream_lifetime, clock
        self.members = dict(members or {"U0ALICE": "alice", "U0BOB": "bob"})
        """User id -> name of the people of the workspace."""
        self.locales: dict[str, str] = {}
        """User id -> what users.info tells of their language; else en-US."""
        self.ephemerals: list[dict[str, Any]] = []
        """What single users were shown: chat.postEphemeral, slash acks with text, response URLs; oldest first."""
        self.reactions: list[tuple[str, str, str]] = []
        """(channel, ts, name) of reactions.add calls that took effect."""
        self.statuses: list[dict[str, Any]] = []
        """assistant.threads.setStatus calls that took effect, oldest first."""
        self.pane: list[tuple[str, str, Any]] = []
        """(channel, thread or "", prompts or title) of assistant.threads calls that took effect, oldest first."""
        self.views: dict[str, dict[str, Any]] = {}
        """View id -> view as last opened, published or updated."""
        self.response_urls: dict[str, dict[str, Any]] = {}
        self._channels = {i: Channel(i, n) for i, n in (channels or {"C0DIGEST": "digest"}).items()}
        self._buckets: dict[str, Bucket] = {}
        self._stamps = Stamps()
        self._state = threading.RLock()
        self._setup_socket()

    # -- for tests -----------------------------------------------------------------------------------------------

    @property
    def api_url(self) -> str:
        """`base_url` for slack_sdk clients, with the trailing slash they want."""
        return f"{self.url}/api/"

    def channel(self, channel: str) -> Channel:
        """The live channel object: set `is_archived`, `is_member` or `is_private` on it."""
        return self._channels[channel]

    def add_channel(self, channel: str, name: str, **switches: Any) -> Channel:
        """A further channel; `switches` as in `Channel`."""
        with self._state:
            self._channels[channel] = Channel(channel, name, **switches)
            return self._channels[channel]

    def messages(self, channel: str, deleted: bool = True) -> list[dict[str, Any]]:
        """Copies of all stored messages in order of ts, with `edited` and `deleted` flags."""
        with self._state:
            stored = self._channels[channel].messages.values()
            return [deepcopy(m) for m in stored if deleted or not m["deleted"]]

    def thread(self, channel: str, ts: str) -> list[dict[str, Any]]:
        """The root message and its replies."""
        return [m for m in self.messages(channel) if ts in (m["ts"], m.get("thread_ts"))]

    def direct(self, user: str = "U0ALICE") -> str:
        """Id of the direct-message channel with a user, opened on first use."""
        with self._state:
            found = next((c.id for c in self._channels.values() if c.is_im and c.user == user), None)
            return found or self.add_channel(f"D0{user[2:]}", "", is_im=True, user=user).id

    @staticmethod
    def signed(body: bytes | str, secret: str, timestamp: int | None = None) -> dict[str, str]:
        """Headers of a request from Slack in HTTP mode.

        A v0 signature over timestamp and raw body.
        """
        raw = body.encode() if isinstance(body, str) else body
        at = str(int(time.time()) if timestamp is None else timestamp)
        digest = hmac.new(secret.encode(), b"v0:" + at.encode() + b":" + raw, hashlib.sha256).hexdigest()
        kind = "application/json" if raw[:1] == b"{" else "application/x-www-form-urlencoded"
        return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}", "Content-Type": kind}

    # -- serving -------------------------------------------------------------------------------------------------

    def routes(self) -> list[web.RouteDef]:
        """Web API, response URLs, and the Socket Mode WebSocket."""
        return [
            web.route("*", "/api/{method}", self._api),
            web.post("/response/{key}", self._respond),
            web.get("/link", self._socket),
        ]

    async def _api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        headers = {"x-oauth-scopes": ",".join(self.scopes), "x-slack-req-id": f"req-{len(self.ledger)}"}
        status = 200
        try:
            fields = self._fields(request)
            handler = self._handlers().get(method)
            if handler is None:
                raise Refusal("unknown_method", req_method=method)
            self._authorise(request, method, fields)
            with self._state:
                reply = {"ok": True, **handler(request, fields)}
        except Refusal as refusal:
            reply, status = {"ok": False, "error": refusal.code, **refusal.extra}, refusal.status
            if status == 429:
                headers["Retry-After"] = str(refusal.extra.get("retry_after", 1))
                reply.pop("retry_after", None)
        return web.json_response(reply, status=status, headers=headers)

    @staticmethod
    def _fields(request: web.Request) -> dict[str, Any]:
        """Arguments from query and body, as slack_sdk sends them (JSON or form)."""
        entry = request[ENTRY]
        fields: dict[str, Any] = dict(entry.query)
        kind = entry.headers.get("content-type", "")
        if "json" in kind and entry.body:
            try:
                loaded = json.loads(entry.body)
            except ValueError:
                raise Refusal("invalid_json") from None
            if not isinstance(loaded, dict):
                raise Refusal("json_not_object")
            fields.update(loaded)
        elif "urlencoded" in kind:
            fields.update(parse_qsl(entry.body.decode(), keep_blank_values=True))
        return {k: v for k, v in fields.items() if v is not None}

    def _authorise(self, request: web.Request, method: str, fields: dict[str, Any]) -> None:
        header = request.headers.get("Authorization", "")
        token = header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else fields.get("token")
        fields.pop("token", None)
        if not token:
            raise Refusal("not_authed")
        if token not in (self.bot_token, self.app_token):
            raise Refusal("invalid_auth")
        if (token == self.app_token) != (method == "apps.connections.open"):
            raise Refusal("not_allowed_token_type")
        needed = next((s for name, s in NEEDED_SCOPES.items() if method.startswith(name)), ())
        if needed and not set(needed) & set(self.scopes):
            raise Refusal("missing_scope", needed=needed[0], provided=",".join(self.scopes))

    # -- shared by the methods -----------------------------------------------------------------------------------

    def _need(self, fields: dict[str, Any], *names: str) -> None:
        missing = [n for n in names if fields.get(n) in (None, "")]
        if missing:
            raise Refusal("invalid_arguments", [f"missing required field: {n}" for n in missing])

    def _find(self, name: str, must_write: bool = False) -> Channel:
        """The channel by id; with `must_write`, the bot must be allowed to post there."""
        channel = self._channels.get(name)
        if channel is None or (channel.is_private and not channel.is_member):
            raise Refusal("channel_not_found")
        if must_write and channel.is_archived:
            raise Refusal("is_archived")
        if must_write and not channel.is_member:
            raise Refusal("not_in_channel")
        return channel

    def _slow_down(self, channel: Channel) -> None:
        """Spend one post of the channel's allowance or answer 429."""
        if not self.pace:
            return
        bucket = self._buckets.setdefault(channel.id, Bucket(self.burst, POST_RATE, self.clock))
        if bucket.wait() > 0:
            raise Refusal("ratelimited", status=429, retry_after=math.ceil(bucket.wait()))
        bucket.take()

    def _store(self, channel: Channel, **message: Any) -> dict[str, Any]:
        """Keep a message under a new ts; returns the stored dict itself."""
        ts = self._stamps.next()
        root = message.get("thread_ts")
        kept = {
            "type": "message",
            "ts": ts,
            "channel": channel.id,
            "team": TEAM,
            "text": "",
            "blocks": None,
            "thread_ts": None,
            "metadata": None,
            "edited": False,
            "deleted": False,
            **{k: deepcopy(v) for k, v in message.items() if v is not None},
        }
        channel.messages[ts] = kept
        if root and kept.get("user") == BOT_USER:
            self._clear_status(channel.id, root)
        return kept

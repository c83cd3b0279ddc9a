"""Slack's poster: chat.postMessage and others, without the SDK's retries.

Every message carries its outbox mark as metadata, so that after a lost answer we can look whether it is there.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from workers import network
from workers.delivery.poster import SEND_TIMEOUT_S
from workers.errors import (
    ChatGone,
    MessageGone,
    NeedsOperator,
    PaceExceeded,
    Rejected,
    Retryable,
    Uncertain,
)
from workers.network import retry_after
from workers.platforms import slack_code
from workers.platforms.refusals import closed_slack
from workers.platforms.slack_codes import MAYBE, RATE, TOKEN, follow
from workers.settings import Settings
from workers.store.delivery.pace import Rule

GAP_S = 1.02
"""Seconds from the answer to a message to the next one in its channel: Slack asks for one a second."""

EVENT_TYPE = "paperboy_part"
LOOK_BACK_S = 60
"""Seconds before the first claim from which to look for a message: clocks differ."""

PAGE = 200
"""Messages per page of history (Slack allows 999, advises at most 200)."""

UNREADABLE_S = 30.0
"""Seconds to wait after a 429 that does not say how long; Slack's own are usually 1 to 30."""

PLAIN_LIMIT, SHORT_LIMIT = 3900, 1200
"""Characters of a message without blocks: Slack advises 4,000; and where even that is too long for it."""

STUMBLES = (AttributeError, KeyError, TypeError, ValueError, RecursionError)
"""What a library raises over an answer of a shape that the service never sends: a proxy's, or half of one."""


class SlackPoster:
    """Posts as the bot of one workspace."""

    def __init__(self, settings: Settings) -> None:
        client = WebClient(
            token=settings.slack_bot_token.get_secret_value(),
            base_url=settings.slack_api_url,
            timeout=SEND_TIMEOUT_S,
            retry_handlers=[],
        )
        self.client = network.for_slack(client, settings, blocking=True)

    def rules(self, address: str) -> list[Rule]:
        """One message a second and channel."""
        return [Rule(f"slack:{address}", 1, GAP_S)]

    def send(self, address: str, payload: dict[str, Any], parent: str | None, mark: str) -> str:
        """Post; the message's ts."""
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"id": mark}}
        reply = _call(self.client.chat_postMessage, channel=address, thread_ts=parent, metadata=metadata, **payload)
        if not reply.get("ts"):  # an "ok" of something between us and Slack
            raise Uncertain("Slack's answer names no message.", kind="lost")
        return str(reply["ts"])

    def find(self, address: str, parent: str | None, mark: str, since: float) -> str | None:
        """Look through the channel's (or thread's) messages since then for the mark."""
        where: dict[str, Any] = {"channel": address, "oldest": f"{since - LOOK_BACK_S:.6f}"}
        method: Callable[..., Any] = self.client.conversations_history
        if parent:
            method, where["ts"] = self.client.conversations_replies, parent
        cursor = ""
        while True:
            reply = _call(method, include_all_metadata=True, limit=PAGE, cursor=cursor or None, **where)
            try:
                for message in reply["messages"] + []:  # whatever has none is no history: nothing follows from it
                    if message.get("metadata", {}).get("event_payload", {}).get("id") == mark:
                        return str(message["ts"])
                cursor = (reply.get("response_metadata") or {}).get("next_cursor", "")
            except STUMBLES:
                raise Uncertain("Slack's answer is no history.", kind="lost") from None
            if not cursor:
                return None

    def edit(self, address: str, message: str, payload: dict[str, Any]) -> None:
        """chat.update; needs the text and the blocks anew."""
        fields = {n: v for n, v in payload.items() if n in ("text", "blocks")}
        try:
            _call(self.client.chat_update, channel=address, ts=message, **fields)
        except Rejected as error:
            if error.code == "message_not_found":
                raise MessageGone("Slack no longer has the message.", code=error.code) from None
            raise

    def delete(self, address: str, message: str) -> None:
        """chat.delete."""
        try:
            _call(self.client.chat_delete, channel=address, ts=message)
        except Rejected as error:
            if error.code != "message_not_found":
                raise

    def look(self, address: str) -> str:
        """conversations.info."""
        reply = _call(self.client.conversations_info, channel=address)
        return closed_slack(reply.get("channel") or {})

    def plain(self, payload: dict[str, Any]) -> dict[str, Any]:
        """All words of the blocks as one text, escaped as Slack asks.

        What has no blocks has no markup to refuse.
        """
        if not payload.get("blocks"):
            return payload
        words = "\n".join(filter(None, map(_words, payload.get("blocks", []))))
        text = (words or str(payload.get("text", "")))[:PLAIN_LIMIT]
        for raw, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            text = text.replace(raw, safe)
        return {"text": text, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}

    def short(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The beginning of its words, with a mark that more was to follow."""
        plain = self.plain(payload)
        if len(str(plain.get("text", ""))) <= SHORT_LIMIT:
            return plain
        return plain | {"text": str(plain["text"])[:SHORT_LIMIT].rpartition("\n")[0] + "\n…"}


def _words(node: Any) -> str:
    """The text inside a block, in reading order."""
    if isinstance(node, list):
        return "".join(map(_words, node))
    if not isinstance(node, dict):
        return ""
    inner = node.get("text")
    own = inner if isinstance(inner, str) else _words(inner)
    below = "".join(_words(node[n]) for n in ("elements", "fields", "rows") if n in node)
    return own + below + ("\n" if node.get("type", "").startswith("rich_text_") else "")


def _call(method: Callable[..., Any], **fields: Any) -> Any:
    """One request, its outcome in our terms."""
    try:
        return method(**{n: v for n, v in fields.items() if v is not None})
    except SlackApiError as error:
        raise _named(error) from None
    except URLError as error:
        unsent = isinstance(error.reason, ConnectionRefusedError | socket.gaierror | ssl.SSLCertVerificationError)
        if unsent or "Tunnel connection failed" in str(error.reason):
            raise Retryable("Slack cannot be reached.", kind="connection") from None
        raise Uncertain("Slack did not answer.", kind="connection") from None
    except (OSError, http.client.HTTPException, SlackClientError, *STUMBLES):
        raise Uncertain("Slack's answer was lost.", kind="lost") from None


def _named(error: SlackApiError) -> Exception:
    response = error.response
    status = getattr(response, "status_code", 200)
    code = slack_code(response)
    if status == 429 or code in RATE:
        headers = {str(n).lower(): v for n, v in dict(getattr(response, "headers", {}) or {}).items()}
        return PaceExceeded("Slack asks to wait.", retry_after=_seconds(headers.get("retry-after")))
    if not code and 400 <= status < 500 and status != 408:
        what = f"Slack's address answers with HTTP {status}: check SLACK_API_URL."
        return NeedsOperator(what, kind=f"http_{status}", code=f"HTTP {status}", known=False)
    if code in MAYBE or status >= 500 or not code:
        return Uncertain("Slack failed while it worked on the message.", kind=code or f"http_{status}")
    follows = follow(code)
    if follows == "retry":
        return Retryable(f"Slack cannot take it now ({code}).", kind=code)
    if follows == "place":
        return ChatGone(f"Slack refuses the channel ({code}): invite the bot or correct the id.", kind=code)
    if code in TOKEN:
        return NeedsOperator(f"Slack refuses our token ({code}): renew SLACK_BOT_TOKEN.", kind="auth", code=code)
    if follows == "message":
        return Rejected(f"Slack refuses the message ({code}).", code=code, kind=code)
    what = f"Slack refuses ({code}): see what it says of that code."
    return NeedsOperator(what, kind=code, code=code, known=follows == "operator")


def _seconds(value: Any) -> float:
    """Retry-After: seconds or a date; the SDK gives a string or a list of one."""
    value = value[0] if isinstance(value, list | tuple) and value else value
    try:
        return max(1.0, float(value))
    except (TypeError, ValueError):
        return max(1.0, retry_after(str(value), datetime.fromtimestamp(time.time(), UTC)) or UNREADABLE_S)

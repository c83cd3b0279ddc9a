"""Updates of the Telegram double.

Polling, webhook, the people who write to the bot, and the life of chats.

`play_*` returns the update as queued (or None when privacy mode or allowed_updates hide it from the bot).
"""

import asyncio
import json
import re
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web

from tests.doubles.telegram_links import detect
from tests.doubles.telegram_rules import BadRequest
from tests.doubles.telegram_state import ApiError, as_bool, as_int, as_object

if TYPE_CHECKING:
    from tests.doubles.telegram import TelegramDouble

Fields = dict[str, Any]

MAX_POLL_S = 50
"""Longest `timeout` of getUpdates in seconds (server source, LONG_POLL_MAX_TIMEOUT)."""
MAX_UPDATES = 100
"""Updates of one getUpdates answer (telegram.constants.PollingLimit.MAX_LIMIT)."""
MAX_SECRET = 256
"""Characters of a webhook's secret token (telegram.constants.WebhookLimit.MAX_SECRET_TOKEN_LENGTH)."""
HIDDEN_BY_DEFAULT = ("chat_member", "message_reaction", "message_reaction_count")
"""Updates that must be asked for in allowed_updates (core.telegram.org/bots/api#getupdates)."""

OTHER_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


class Users:
    """Mixin of TelegramDouble: everything that reaches the bot."""

    def _setup_updates(self: "TelegramDouble") -> None:
        self.pending: list[dict[str, Any]] = []
        """Updates not confirmed yet, oldest first."""
        self.webhook: dict[str, Any] = {}
        self.webhook_error: tuple[int, str] | None = None
        """(time, words) of the last failed delivery, as getWebhookInfo tells it."""
        """Arguments of setWebhook, empty while polling."""
        self.allowed: list[str] = []
        """allowed_updates as last given; empty means the default set."""
        self._last_update = 1000
        self._wakeup: asyncio.Event | None = None
        self._cut: asyncio.Event | None = None

    async def on_start(self: "TelegramDouble") -> None:
        """Prepare the event that ends long polls."""
        self._wakeup = asyncio.Event()

    # -- polling and webhook -------------------------------------------------------------------------------------

    def _remember_allowed(self: "TelegramDouble", fields: Fields) -> None:
        if "allowed_updates" in fields:
            self.allowed = as_object(fields["allowed_updates"], "allowed_updates") or []

    @property
    def polled(self) -> bool:
        """True while a long poll waits."""
        return self._cut is not None

    async def _get_updates(self: "TelegramDouble", fields: Fields) -> list[dict[str, Any]]:
        """Confirm what lies below `offset`, then answer with the rest.

        Waits up to `timeout` seconds for some.
        """
        if self.webhook:
            raise ApiError(409, WEBHOOK_ACTIVE)
        with self._state:
            self._remember_allowed(fields)
            offset = as_int(fields.get("offset", 0))
            if offset < 0:
                self.pending = self.pending[offset:]
            else:
                self.pending = [u for u in self.pending if u["update_id"] >= offset]
        limit = as_int(fields.get("limit", MAX_UPDATES), MAX_UPDATES)
        limit = limit if 1 <= limit <= MAX_UPDATES else MAX_UPDATES
        deadline = time.monotonic() + min(MAX_POLL_S, max(0, as_int(fields.get("timeout", 0))))
        if self._cut:
            self._cut.set()
        cut = self._cut = asyncio.Event()
        assert self._wakeup is not None and self._stopping is not None
        try:
            while True:
                with self._state:
                    if cut.is_set():
                        raise ApiError(409, WEBHOOK_ACTIVE if self.webhook else OTHER_POLLER)
                    left = deadline - time.monotonic()
                    if self.pending or left <= 0 or self._stopping.is_set():
                        return self.pending[:limit]
                    self._wakeup.clear()
                waits = [asyncio.create_task(e.wait()) for e in (self._wakeup, cut, self._stopping)]
                await asyncio.wait(waits, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                for task in waits:
                    task.cancel()
        finally:
            if self._cut is cut:
                self._cut = None

    def _set_webhook(self: "TelegramDouble", request: web.Request, fields: Fields) -> bool:
        url, secret = str(fields.get("url", "")), str(fields.get("secret_token", ""))
        if not url:
            return self._delete_webhook(request, fields)
        parts = urlsplit(url)
        if not parts.hostname:
            raise BadRequest("invalid webhook URL specified")
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise BadRequest("bad webhook: An HTTPS URL must be provided for webhook")
        if len(secret) > MAX_SECRET:
            raise BadRequest("secret token is too long")
        if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
            raise BadRequest("secret token contains unallowed characters")
        self._remember_allowed(fields)
        if as_bool(fields.get("drop_pending_updates")):
            self.pending = []
        self.webhook = {"url": url, "secret_token": secret}
        if self._cut:
            self._cut.set()
        self.accepted(request)
        return True

    def _delete_webhook(self: "TelegramDouble", request: web.Request, fields: Fields) -> bool:
        if as_bool(fields.get("drop_pending_updates")):
            self.pending = []
        self.webhook = {}
        self.accepted(request)
        return True

    def _webhook_info(self: "TelegramDouble", request: web.Request, fields: Fields) -> Fields:
        about: Fields = {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
        }
        if self.webhook and self.webhook_error:
            about |= {"last_error_date": self.webhook_error[0], "last_error_message": self.webhook_error[1]}
        return about | ({"allowed_updates": self.allowed} if self.allowed else {})

    def deliver_webhook(self: "TelegramDouble", timeout: float = 5.0) -> list[int]:
        """POST pending updates in order; return the statuses.

        A 2xx confirms one, anything else stops.
        """
        statuses: list[int] = []
        headers = {"Content-Type": "application/json"}
        if self.webhook.get("secret_token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.webhook["secret_token"]
        while self.pending:
            update = self.pending[0]
            body = json.dumps(update).encode()
            try:
                with urllib.request.urlopen(
                    urllib.request.Request(self.webhook["url"], body, headers), timeout=timeout
                ) as reply:
                    statuses.append(reply.status)
            except urllib.error.HTTPError as error:
                statuses.append(error.code)
                error.close()
            if not 200 <= statuses[-1] < 300:
                break
            with self._state:
                self.pending.remove(update)
        return statuses

    # -- the user ------------------------------------------------------------------------------------------------

    def play_update(self: "TelegramDouble", update: dict[str, Any]) -> dict[str, Any] | None:
        """Queue any update, with an `update_id`; None when allowed_updates excludes it."""
        with self._state:
            kind = next(k for k in update if k != "update_id")
            if kind not in self.allowed if self.allowed else kind in HIDDEN_BY_DEFAULT:
                return None
            self._last_update = max(self._last_update + 1, update.get("update_id", 0))
            queued = {"update_id": self._last_update, **update}
            self.pending.append(queued)
        if self._loop and self._wakeup and self._loop.is_running():
            self._loop.call_soon_threadsafe(self._wakeup.set)
        return queued

    def play_message(
        self: "TelegramDouble",
        chat: int,
        text: str,
        user: int = 4242,
        reply_to: int | None = None,
        topic: int | None = None,
    ) -> dict[str, Any] | None:
        """Someone writes a text; commands, mentions and links in it become entities."""
        with self._state:
            place = self._chats[chat]
            target = place.messages[reply_to] if reply_to else None
            thread = topic or (target["message_thread_id"] if target else None)
            stored = self._store(
                place,
                False,
                text=text,
                detected=detect(text),
                reply_to=reply_to,
                message_thread_id=thread,
                **{"from": None if place.type == "channel" else user},
            )
            shown = self._render(stored)
            if place.type in ("group", "supergroup") and self.privacy and not place.bot_is_admin:
                name = str(self.bot["username"]).lower()
                mine = [e["text"] for e in stored["detected"] if e["type"] == "bot_command"]
                called = any("@" not in c or c.lower().endswith(f"@{name}") for c in mine)
                if not called and not (target and target["by_bot"]):
                    return None
        return self.play_update({"channel_post" if place.type == "channel" else "message": shown})

    def play_callback(
        self: "TelegramDouble", chat: int, message_id: int, data: str, user: int = 4242, *, forged: bool = False
    ) -> dict[str, Any] | None:
        """Someone presses an inline button.

        LookupError when the message has no button with this data.

        `forged`: by a client of their own, which sends what it likes for any message of the chat.
        """
        with self._state:
            message = self._chats[chat].messages[message_id]
            rows = (message["reply_markup"] or {}).get("inline_keyboard", [])
            if not forged and (
                message["deleted"] or not any(b.get("callback_data") == data for row in rows for b in row)
            ):
                raise LookupError(f"message {message_id} has no button with data {data!r}")
            number = str(7_000_000 + len(self.callbacks))
            self.callbacks[number] = {"at": self.clock(), "answer": None}
            query = {
                "id": number,
                "from": self.users[user],
                "message": self._render(message),
                "data": data,
                "chat_instance": f"instance{chat}",
            }
        return self.play_update({"callback_query": query})

    # -- the life of chats ---------------------------------------------------------------------------------------

    def _membership(self: "TelegramDouble", chat: int, old: str, new: str, user: int) -> dict[str, Any] | None:
        def status(word: str) -> dict[str, Any]:
            return {"user": self.bot, "status": word, **({"until_date": 0} if word == "kicked" else {})}

        return self.play_update(
            {
                "my_chat_member": {
                    "chat": self._chats[chat].described(),
                    "from": self.users[user],
                    "date": int(time.time()),
                    "old_chat_member": status(old),
                    "new_chat_member": status(new),
                }
            }
        )

    def block(self: "TelegramDouble", chat: int) -> dict[str, Any] | None:
        """The user of a private chat blocks the bot: sends answer 403 from now on."""
        self._chats[chat].blocked = True
        return self._membership(chat, "member", "kicked", chat if chat in self.users else 4242)

    def unblock(self: "TelegramDouble", chat: int) -> dict[str, Any] | None:
        """The user lets the bot in again."""
        self._chats[chat].blocked = False
        return self._membership(chat, "kicked", "member", chat if chat in self.users else 4242)

    def kick(self: "TelegramDouble", chat: int, user: int = 4242) -> dict[str, Any] | None:
        """Someone removes the bot from a group, supergroup or channel."""
        self._chats[chat].kicked = True
        return self._membership(chat, "member", "kicked", user)

    def migrate(self: "TelegramDouble", chat: int, new_id: int) -> None:
        """A group becomes a supergroup: the old id refuses and names the new one.

        Both service messages are queued.
        """
        with self._state:
            old = self._chats[chat]
            if old.type != "group":
                raise ValueError(f"only a group can migrate, {chat} is a {old.type}")
            old.migrated_to = new_id
            new = self.add_chat(new_id, type="supergroup", title=old.title, admins=set(old.admins))
            leaving = self._store(old, False, service={"migrate_to_chat_id": new_id}, **{"from": 4242})
            arriving = self._store(new, False, service={"migrate_from_chat_id": chat}, **{"from": 4242})
            shown = [self._render(leaving), self._render(arriving)]
        for message in shown:
            self.play_update({"message": message})

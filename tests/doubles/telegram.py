"""A strict Telegram Bot API server on loopback.

What it refuses, it refuses with the sentences of the public server (tdlib/telegram-bot-api, 2026-05). Methods are in
telegram_methods and telegram_chats, updates and the people who write to the bot in telegram_users, text rules in
telegram_rules. Not modelled: MarkdownV2 (refused), inline mode, business and payments, file downloads.
"""

import json
import re
import threading
import time
from collections.abc import Callable
from copy import deepcopy
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from tests.doubles.base import ENTRY, Double
from tests.doubles.telegram_chats import Chats
from tests.doubles.telegram_methods import Methods
from tests.doubles.telegram_rules import BadRequest
from tests.doubles.telegram_state import CHAT_BURST, ApiError, Chat, Flood
from tests.doubles.telegram_users import Users

CHANNEL, FORUM, TOPIC, PRIVATE = -1001000000001, -1001000000002, 7, 4242
"""Ids of the default chats: a channel, a forum supergroup with one topic, and Alice's private chat."""

DEFAULT_CHATS: dict[int, dict[str, Any]] = {
    CHANNEL: {"type": "channel", "title": "Paper digest", "username": "paper_digest", "admins": {PRIVATE}},
    FORUM: {"type": "supergroup", "title": "Lab", "is_forum": True, "topics": {TOPIC}, "admins": {PRIVATE}},
    PRIVATE: {"type": "private", "title": "Alice"},
}

BOT_NAME = "paperboy_bot"


class TelegramDouble(Methods, Chats, Users, Double):
    """One bot and its chats.

    `pace=False` turns 429 off. `clock` drives flood limits. `strict`: see telegram_rules.
    """

    def __init__(
        self,
        token: str = "123456:TEST-token",
        chats: dict[int, dict[str, Any]] | None = None,
        pace: bool = True,
        burst: int = CHAT_BURST,
        rich_supported: bool = False,
        privacy: bool = False,
        strict: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.token, self.pace, self.strict, self.clock = token, pace, strict, clock
        self.rich_supported = rich_supported
        """Whether sendRichMessage exists; False answers 404 like a server older than Bot API 10.1."""
        self.privacy = privacy
        """Privacy mode: groups then show the bot only commands, replies to it and service messages."""
        self.bot = {"id": int(token.partition(":")[0]), "is_bot": True, "first_name": "Paperboy", "username": BOT_NAME}
        self.users: dict[int, dict[str, Any]] = {
            PRIVATE: {"id": PRIVATE, "is_bot": False, "first_name": "Alice", "username": "alice_reads"},
            4343: {"id": 4343, "is_bot": False, "first_name": "Bob"},
        }
        """People by id; more may be added."""
        self.drafts: list[dict[str, Any]] = []
        """sendMessageDraft calls that took effect, oldest first."""
        self.actions: list[tuple[int, str, int]] = []
        """(chat, action, thread) of sendChatAction calls."""
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        """(scope as sorted JSON, language code) -> commands."""
        self.callbacks: dict[str, dict[str, Any]] = {}
        """Callback query id -> {"at", "answer"}; `answer` is what answerCallbackQuery sent, or None."""
        chats = DEFAULT_CHATS if chats is None else chats
        self._chats = {i: Chat(i, **deepcopy(about)) for i, about in chats.items()}
        self._flood = Flood(clock, burst)
        self._state = threading.RLock()
        self._setup_updates()

    # -- for tests -----------------------------------------------------------------------------------------------

    @property
    def base_url(self) -> str:
        """`base_url` for python-telegram-bot."""
        return f"{self.url}/bot"

    def chat(self, chat: int) -> Chat:
        """The live chat object, to flip its switches."""
        return self._chats[chat]

    def add_chat(self, chat: int, **about: Any) -> Chat:
        """A further chat; words as in `Chat`."""
        with self._state:
            self._chats[chat] = Chat(chat, **about)
            return self._chats[chat]

    def messages(self, chat: int, deleted: bool = True, mine: bool = False) -> list[dict[str, Any]]:
        """Copies of the chat's messages in order; `mine`: only the bot's."""
        with self._state:
            stored = self._chats[chat].messages.values()
            return [deepcopy(m) for m in stored if (deleted or not m["deleted"]) and (m["by_bot"] or not mine)]

    def warnings(self) -> list[str]:
        """What was silently lost or changed in the bot's messages: "chat/message: what"."""
        with self._state:
            return [
                f"{chat.id}/{m['message_id']}: {w}"
                for chat in self._chats.values()
                for m in chat.messages.values()
                for w in m["warnings"]
            ]

    # -- serving -------------------------------------------------------------------------------------------------

    def routes(self) -> list[web.RouteDef]:
        """Every method under /bot<token>/."""
        return [web.route("*", "/bot{token}/{method}", self._call), web.route("*", "/{tail:.*}", self._nothing)]

    async def _nothing(self, request: web.Request) -> web.Response:
        return self._answer(ApiError(404, "Not Found"))

    async def _call(self, request: web.Request) -> web.Response:
        token, method = request.match_info["token"], request.match_info["method"].lower()
        if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token):
            return self._answer(ApiError(404, "Not Found"))
        if token != self.token:
            return self._answer(ApiError(401, "Unauthorized"))
        try:
            fields = self._fields(request)
            if method == "getupdates":
                return self._answer(await self._get_updates(fields))
            handler = self._handlers().get(method)
            if handler is None:
                raise ApiError(404, "Not Found: method not found")
            with self._state:
                return self._answer(handler(request, fields))
        except BadRequest as error:
            return self._answer(ApiError(400, f"Bad Request: {error}"))
        except ApiError as error:
            return self._answer(error)

    @staticmethod
    def _answer(result: Any) -> web.Response:
        if not isinstance(result, ApiError):
            return web.json_response({"ok": True, "result": result})
        body: dict[str, Any] = {"ok": False, "error_code": result.code, "description": result.description}
        if result.parameters:
            body["parameters"] = result.parameters
        headers = {"Retry-After": str(result.parameters["retry_after"])} if result.code == 429 else {}
        return web.json_response(body, status=result.code, headers=headers)

    @staticmethod
    def _fields(request: web.Request) -> dict[str, Any]:
        """Arguments from query, form, JSON or multipart; an uploaded file is its bytes."""
        entry = request[ENTRY]
        fields: dict[str, Any] = dict(entry.query)
        kind = entry.headers.get("content-type", "")
        if "json" in kind and entry.body:
            try:
                loaded = json.loads(entry.body)
            except ValueError:
                loaded = None
            if not isinstance(loaded, dict):
                raise BadRequest("can't parse JSON object")
            fields.update(loaded)
        elif "urlencoded" in kind:
            fields.update(parse_qsl(entry.body.decode(), keep_blank_values=True))
        elif "multipart" in kind:
            head = f"Content-Type: {kind}\r\n\r\n".encode()
            for part in BytesParser(policy=HTTP).parsebytes(head + entry.body).iter_parts():
                name = part.get_param("name", header="content-disposition")
                raw: Any = part.get_payload(decode=True) or b""
                fields[str(name)] = raw if part.get_filename() else raw.decode()
        return {k: v for k, v in fields.items() if v is not None}

    # -- shared by the methods -----------------------------------------------------------------------------------

    def _find(self, given: Any, write: bool = True) -> Chat:
        """The chat of a `chat_id` argument, after the access checks."""
        name = "" if given is None else str(given)
        if not name:
            raise BadRequest("chat_id is empty")
        if name.startswith("@"):
            public = [c for c in self._chats.values() if c.type in ("channel", "supergroup")]
            chat = next((c for c in public if c.username and c.username.lower() == name[1:].lower()), None)
        else:
            chat = self._chats.get(int(name)) if name.lstrip("-").isdigit() else None
        if chat is None:
            raise BadRequest("chat not found")
        chat.check_access(write)
        return chat

    def _spend(self, chat: Chat) -> None:
        if self.pace:
            self._flood.spend(chat)

    def _store(self, chat: Chat, by_bot: bool, **message: Any) -> dict[str, Any]:
        """Keep a message under the chat's next id; returns the stored dict itself."""
        number = max(chat.messages, default=0) + 1
        chat.messages[number] = {
            "message_id": number,
            "chat": chat.id,
            "date": int(time.time()),
            "by_bot": by_bot,
            "from": self.bot["id"] if by_bot else None,
            "text": "",
            "entities": [],
            "detected": [],
            "warnings": [],
            "reply_markup": None,
            "message_thread_id": None,
            "reply_to": None,
            "edited": False,
            "deleted": False,
            "link_preview_options": None,
            "disable_notification": False,
            **message,
        }
        return chat.messages[number]

    def _render(self, message: dict[str, Any], replies: bool = True) -> dict[str, Any]:
        """A stored message as the API's Message object."""
        chat = self._chats[message["chat"]]
        shown: dict[str, Any] = {
            "message_id": message["message_id"],
            "date": message["date"],
            "chat": chat.described(),
        }
        if chat.type == "channel":
            shown["sender_chat"] = chat.described()
        elif message["from"] is not None:
            shown["from"] = self.bot if message["by_bot"] else self.users[message["from"]]
        words = "caption" if message.get("photo") else "text"
        if message["text"]:
            shown[words] = message["text"]
        detected = [{k: v for k, v in e.items() if k != "text"} for e in message["detected"]]
        entities = sorted([*message["entities"], *detected], key=lambda e: (e["offset"], -e["length"]))
        if entities:
            shown["entities" if words == "text" else "caption_entities"] = deepcopy(entities)
        for name in ("reply_markup", "link_preview_options", "photo", "rich_message", "message_thread_id"):
            if message.get(name):
                shown[name] = deepcopy(message[name])
        if message.get("service"):
            shown |= message["service"]
        if message["message_thread_id"] and chat.is_forum:
            shown["is_topic_message"] = True
        if message["edited"]:
            shown["edit_date"] = int(time.time())
        if replies and message["reply_to"] in chat.messages:
            shown["reply_to_message"] = self._render(chat.messages[message["reply_to"]], replies=False)
        return shown

"""The other Bot API methods of the Telegram double.

Actions, callback answers, commands, chats and members.
"""

import json
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.doubles.telegram_html import utf16
from tests.doubles.telegram_rules import BadRequest
from tests.doubles.telegram_state import ApiError, Chat, as_bool, as_int, as_object

if TYPE_CHECKING:
    from tests.doubles.telegram import TelegramDouble

MAX_ANSWER = 200
"""Characters of answerCallbackQuery's text (CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH)."""
CALLBACK_LIFETIME_S = 30.0
"""Seconds in which a callback query can be answered. Telegram gives no number; clients stop waiting about then."""
MAX_COMMANDS = 100
"""Commands of one scope and language (BotCommandLimit.MAX_COMMAND_NUMBER)."""
MAX_COMMAND_TEXT = 256
"""Characters of a command's description (BotCommandLimit.MAX_DESCRIPTION)."""
ACTIONS = (
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
)
"""Chat actions (telegram.constants.ChatAction)."""
RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)

Fields = dict[str, Any]


class Chats:
    """Mixin of TelegramDouble: methods that leave no message.

    Called with the state lock held.
    """

    def _send_action(self: "TelegramDouble", request: web.Request, fields: Fields) -> Any:
        if fields.get("action") not in ACTIONS:
            raise BadRequest("wrong parameter action in request")
        chat, thread = self._find(fields.get("chat_id")), as_int(fields.get("message_thread_id", 0))
        chat.check_topic(thread)
        self.actions.append((chat.id, fields["action"], thread))
        self.accepted(request)
        return True

    def _answer_callback(self: "TelegramDouble", request: web.Request, fields: Fields) -> Any:
        query = self.callbacks.get(str(fields.get("callback_query_id")))
        if query is None or query["answer"] or self.clock() - query["at"] > CALLBACK_LIFETIME_S:
            raise BadRequest("query is too old and response timeout expired or query ID is invalid")
        if utf16(str(fields.get("text", ""))) > MAX_ANSWER:
            raise BadRequest("MESSAGE_TOO_LONG")
        query["answer"] = {"text": fields.get("text", ""), "show_alert": as_bool(fields.get("show_alert"))}
        self.accepted(request)
        return True

    @staticmethod
    def _scope(fields: Fields) -> tuple[str, str]:
        scope = as_object(fields.get("scope"), "BotCommandScope") or {"type": "default"}
        return json.dumps(scope, sort_keys=True), str(fields.get("language_code", ""))

    def _set_commands(self: "TelegramDouble", request: web.Request, fields: Fields) -> Any:
        commands = as_object(fields.get("commands"), "commands") or []
        if len(commands) > MAX_COMMANDS:
            raise BadRequest("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not re.fullmatch(r"/?[a-z0-9_]{1,32}", str(command.get("command", ""))):
                raise BadRequest("BOT_COMMAND_INVALID")
            if not 1 <= len(str(command.get("description", ""))) <= MAX_COMMAND_TEXT:
                raise BadRequest("BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands[self._scope(fields)] = deepcopy(commands)
        self.accepted(request)
        return True

    def _get_commands(self: "TelegramDouble", request: web.Request, fields: Fields) -> Any:
        return deepcopy(self.commands.get(self._scope(fields), []))

    def _get_chat(self: "TelegramDouble", request: web.Request, fields: Fields) -> Any:
        gifts = dict.fromkeys(
            ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
        )
        chat = self._find(fields.get("chat_id"), write=False)
        return {**chat.described(), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}

    def _member(self: "TelegramDouble", chat: Chat, user: int) -> Fields:
        if user == self.bot["id"]:
            about: Fields = {"user": self.bot}
            if chat.kicked:
                return {**about, "status": "kicked", "until_date": 0}
            if not chat.bot_member:
                return {**about, "status": "left"}
            if not chat.bot_is_admin:
                return {**about, "status": "member"}
            rights = {name: name in ("can_manage_chat", "can_delete_messages") for name in RIGHTS}
            return {**about, "status": "administrator", **rights, "can_post_messages": chat.bot_can_post}
        if user not in self.users:
            raise BadRequest("user not found")
        if user in chat.admins:
            return {"user": self.users[user], "status": "creator", "is_anonymous": False}
        return {"user": self.users[user], "status": "member"}

    def _get_member(self: "TelegramDouble", request: web.Request, fields: Fields) -> Any:
        chat = self._find(fields.get("chat_id"), write=False)
        return self._member(chat, as_int(fields.get("user_id", 0)))

    def _get_admins(self: "TelegramDouble", request: web.Request, fields: Fields) -> Any:
        chat = self._find(fields.get("chat_id"), write=False)
        if chat.type == "private":
            raise ApiError(400, "Bad Request: there are no administrators in the private chat")
        people = [*sorted(chat.admins), *([int(str(self.bot["id"]))] if chat.bot_is_admin else [])]
        return [self._member(chat, user) for user in people]

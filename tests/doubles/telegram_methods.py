"""The Bot API methods of the Telegram double that send, edit and delete.

Telegram_chats has the others.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.doubles.telegram_rules import MAX_CAPTION, MAX_RICH, BadRequest, Parsed, read_keyboard, read_text
from tests.doubles.telegram_state import Chat, as_bool, as_int, as_object

if TYPE_CHECKING:
    from tests.doubles.telegram import TelegramDouble

Fields = dict[str, Any]
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


class Methods:
    """Mixin of TelegramDouble: what each method checks and does.

    Called with the state lock held.
    """

    def _handlers(self: "TelegramDouble") -> dict[str, Callable[[web.Request, Fields], Any]]:
        handlers: dict[str, Callable[[web.Request, Fields], Any]] = {
            "getme": self._get_me,
            "sendmessage": self._send_message,
            "editmessagetext": self._edit_text,
            "editmessagereplymarkup": self._edit_markup,
            "deletemessage": self._delete,
            "sendchataction": self._send_action,
            "answercallbackquery": self._answer_callback,
            "setmycommands": self._set_commands,
            "getmycommands": self._get_commands,
            "getchat": self._get_chat,
            "getchatmember": self._get_member,
            "getchatadministrators": self._get_admins,
            "sendmessagedraft": self._send_draft,
            "sendphoto": self._send_photo,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._webhook_info,
        }
        if self.rich_supported:
            handlers |= {"sendrichmessage": self._send_rich, "sendrichmessagedraft": self._send_rich_draft}
        return handlers

    def _get_me(self: "TelegramDouble", request: web.Request, fields: Fields) -> Any:
        return {
            **self.bot,
            "can_join_groups": True,
            "can_read_all_group_messages": not self.privacy,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            "has_topics_enabled": False,
        }

    # -- sending -------------------------------------------------------------------------------------------------

    def _read(self: "TelegramDouble", fields: Fields, name: str = "text", **how: Any) -> Parsed:
        entities = fields.get("entities" if name == "text" else "caption_entities")
        text, mode = str(fields.get(name, "")), str(fields.get("parse_mode", ""))
        return read_text(text, mode, entities, strict=self.strict, **how)

    def _reply(self: "TelegramDouble", chat: Chat, fields: Fields) -> int | None:
        """Id of the message replied to, None without one; refuses an unknown one."""
        wanted = as_object(fields.get("reply_parameters"), "reply parameters") or {}
        if not isinstance(wanted, dict):
            raise BadRequest("object expected as reply parameters")
        number = as_int(wanted.get("message_id") or fields.get("reply_to_message_id") or 0)
        lenient = as_bool(wanted.get("allow_sending_without_reply", fields.get("allow_sending_without_reply")))
        if wanted and "message_id" not in wanted:
            raise BadRequest('can\'t find field "message_id"')
        if not number:
            return None
        home = self._find(wanted["chat_id"], write=False) if wanted.get("chat_id") else chat
        target = home.messages.get(number)
        if target is None or target["deleted"]:
            if lenient:
                return None
            raise BadRequest("message to be replied not found")
        if wanted.get("quote") and wanted["quote"] not in target["text"]:
            raise BadRequest("QUOTE_TEXT_INVALID")
        return number

    def _place(self: "TelegramDouble", fields: Fields) -> tuple[Chat, Fields]:
        """Chat of a new message and the stored fields that say where and how it appears."""
        keyboard = read_keyboard(fields.get("reply_markup"))
        preview = as_object(fields.get("link_preview_options"), "link preview options")
        if preview is not None and not isinstance(preview, dict):
            raise BadRequest("object expected as link preview options")
        if preview is None and as_bool(fields.get("disable_web_page_preview")):
            preview = {"is_disabled": True}
        chat = self._find(fields.get("chat_id"))
        thread = as_int(fields.get("message_thread_id", 0))
        chat.check_topic(thread)
        reply = self._reply(chat, fields)
        if reply and not thread and reply in chat.messages:
            thread = chat.messages[reply]["message_thread_id"] or 0
        keep_thread = thread and (chat.is_forum or chat.type == "private")
        return chat, {
            "reply_markup": keyboard,
            "link_preview_options": preview,
            "reply_to": reply,
            "message_thread_id": thread if keep_thread else None,
            "disable_notification": as_bool(fields.get("disable_notification")),
            "protect_content": as_bool(fields.get("protect_content")),
        }

    def _post(self: "TelegramDouble", request: web.Request, chat: Chat, **message: Any) -> Any:
        self._spend(chat)
        stored = self._store(chat, True, **message)
        self.accepted(request)
        return self._render(stored)

    def _send_message(self: "TelegramDouble", request: web.Request, fields: Fields) -> Any:
        parsed = self._read(fields)
        chat, how = self._place(fields)
        return self._post(request, chat, **vars(parsed), **how)

    def _send_photo(self: "TelegramDouble", request: web.Request, fields: Fields) -> Any:
        parsed = self._read(
            fields, "caption", may_be_empty=True, limit=MAX_CAPTION, too_long="message caption is too long"
        )
        if not fields.get("photo"):
            raise BadRequest("there is no photo in the request")
        chat, how = self._place(fields)
        photo = [{"file_id": "photo-1", "file_unique_id": "p1", "width": 90, "height": 90}]
        return self._post(request, chat, **vars(parsed), **how, photo=photo)

    def _rich(self: "TelegramDouble", fields: Fields) -> Fields:
        rich = as_object(fields.get("rich_message"), "rich message")
        given = [k for k in ("markdown", "html", "blocks") if isinstance(rich, dict) and rich.get(k)]
        if len(given) != 1:
            raise BadRequest("rich message must have exactly one of markdown, html and blocks")
        body = rich[given[0]]
        if len(body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)) > MAX_RICH:
            raise BadRequest("message is too long")
        return dict(rich)

    def _send_rich(self: "TelegramDouble", request: web.Request, fields: Fields) -> Any:
        rich = self._rich(fields)
        chat, how = self._place(fields)
        return self._post(request, chat, **how, rich_message=rich)

    def _draft_chat(self: "TelegramDouble", fields: Fields) -> Chat:
        chat = self._find(fields.get("chat_id"))
        if chat.type != "private":
            raise BadRequest("TEXTDRAFT_PEER_INVALID")
        if not as_int(fields.get("draft_id", 0)):
            raise BadRequest("TEXTDRAFT_ID_INVALID")
        return chat

    def _keep_draft(self: "TelegramDouble", request: web.Request, fields: Fields, **what: Any) -> bool:
        chat = self._draft_chat(fields)
        self.drafts.append({"chat_id": chat.id, "draft_id": as_int(fields["draft_id"]), **what})
        self.accepted(request)
        return True

    def _send_draft(self: "TelegramDouble", request: web.Request, fields: Fields) -> Any:
        parsed = self._read(fields, may_be_empty=True, too_long="MESSAGE_TOO_LONG")
        return self._keep_draft(request, fields, text=parsed.text, entities=parsed.entities)

    def _send_rich_draft(self: "TelegramDouble", request: web.Request, fields: Fields) -> Any:
        return self._keep_draft(request, fields, rich_message=self._rich(fields))

    # -- changing ------------------------------------------------------------------------------------------------

    def _existing(self: "TelegramDouble", fields: Fields, what: str) -> tuple[Chat, Fields]:
        chat = self._find(fields.get("chat_id"))
        number = as_int(fields.get("message_id", 0))
        if not number:
            raise BadRequest("message identifier is not specified")
        message = chat.messages.get(number)
        if message is None or message["deleted"]:
            raise BadRequest(f"{what} not found")
        return chat, message

    def _change(self: "TelegramDouble", request: web.Request, chat: Chat, message: Fields, new: Fields) -> Any:
        if not message["by_bot"]:
            raise BadRequest("message can't be edited")
        if all(message[name] == value for name, value in new.items() if name not in ("detected", "warnings")):
            raise BadRequest(NOT_MODIFIED)
        self._spend(chat)
        message |= {**new, "edited": True}
        self.accepted(request)
        return self._render(message)

    def _edit_text(self: "TelegramDouble", request: web.Request, fields: Fields) -> Any:
        parsed = self._read(fields, too_long="MESSAGE_TOO_LONG")
        keyboard = read_keyboard(fields.get("reply_markup"))
        preview = as_object(fields.get("link_preview_options"), "link preview options")
        chat, message = self._existing(fields, "message to edit")
        if message.get("photo"):
            raise BadRequest("there is no text in the message to edit")
        preview = preview or message["link_preview_options"]
        new = {**vars(parsed), "reply_markup": keyboard, "link_preview_options": preview}
        return self._change(request, chat, message, new)

    def _edit_markup(self: "TelegramDouble", request: web.Request, fields: Fields) -> Any:
        keyboard = read_keyboard(fields.get("reply_markup"))
        chat, message = self._existing(fields, "message to edit")
        return self._change(request, chat, message, {"reply_markup": keyboard})

    def _delete(self: "TelegramDouble", request: web.Request, fields: Fields) -> Any:
        chat, message = self._existing(fields, "message to delete")
        if not message["by_bot"] and chat.type != "private" and not chat.bot_is_admin:
            raise BadRequest("message can't be deleted")
        message["deleted"] = True
        self.accepted(request)
        return True

"""What follows from Telegram's refusals, told by status and description.

The descriptions are those of the Bot API's server (telegram-bot-api, Client.cpp) and the error names of the layer below
(core.telegram.org/api/errors), which it passes on in capitals. Compared in small letters, as parts of the description.
"""

from http import HTTPStatus

from workers.platforms.consequences import Follow

NO_TOPIC = "message thread not found"
"""Of a forum's topic that was deleted."""

PLACE = (
    "bot can't initiate conversation", "bot is not a member", "bot was blocked", "bot was kicked",
    "can't send messages",
    "channel_private", "chat not found", "chat_admin_required", "chat_guest_send_forbidden", "chat_id_invalid",
    "chat_restricted", "chat_send_plain_forbidden", "chat_write_forbidden", "group chat was deactivated",
    "group is deactivated", "have no rights", "have no write access", "input_user_deactivated",
    "need administrator rights", "not enough rights", "not a member", "peer_id_invalid", "send as", "topic_closed",
    "topic_deleted", "topic_id_invalid", NO_TOPIC, "the chat is not accessible", "user is deactivated",
    "user_banned_in_channel", "user_deactivated", "user_is_blocked", "user_privacy_restricted",
    "user_restricted", "you_blocked_user", "yourself_blocked", "private_forum",
)  # fmt: skip

OPERATOR = (
    "access_token", "api_id", "auth_key", "bot_domain_invalid", "bot_invalid", "bot_method_invalid", "bots can't",
    "frozen_method_invalid", "logged out", "method not found", "payment_required", "unauthorized",
    "user_deactivated_ban",
)  # fmt: skip

RETRY = (
    "flood", "internal", "request timeout", "rpc_call_fail", "rpc_mcget_fail", "slowmode_wait", "terminated by other",
    "timed out", "timeout", "too many requests", "try again", "worker_busy", "msg_wait_failed", "restart",
)  # fmt: skip

MESSAGE = (
    "button_", "can't be deleted", "can't be edited", "can't find end", "can't parse", "caption is too long",
    "chat_send_inline_forbidden", "document_invalid", "entities_too_long", "entity_bounds_invalid", "entity_",
    "inline keyboard", "media_caption_too_long", "media_empty", "message identifier", "message is not modified",
    "message is too long", "message must be non-empty", "message text is empty", "message to be replied not found",
    "message to delete not found", "message to edit not found", "message_empty", "message_id_invalid",
    "message_not_modified", "message_too_long", "msg_id_invalid", "object expected as reply markup", "parse entities",
    "replied message not found", "reply markup", "reply message not found", "reply_markup", "strings must be encoded",
    "text must be", "text_empty", "unsupported", "url host is empty", "url_invalid", "webpage_", "wrong http url",
    "wrong reply",
)  # fmt: skip

RIGHTS = ("chat_admin_required", "chat_send_plain_forbidden", "chat_write_forbidden", "have no rights",
          "need administrator rights", "not enough rights", "topic_closed")  # fmt: skip
"""Those of PLACE that a right mends; the others need the bot to be added (again)."""


def any_right(description: str) -> bool:
    """True where what is missing is a right, and not the bot."""
    return any(part in description.lower() for part in RIGHTS)


def follow(status: int, description: str) -> Follow:
    """Return what follows from an answer that is no success.

    `status`: Telegram's own code, `description`: its words.
    """
    words = description.lower()
    for found, parts in (("place", PLACE), ("operator", OPERATOR), ("message", MESSAGE), ("retry", RETRY)):
        if any(part in words for part in parts):
            return found  # type: ignore[return-value]
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND):
        return "operator"
    if status == HTTPStatus.FORBIDDEN:
        return "place"
    return "unknown"

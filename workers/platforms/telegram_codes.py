"""What follows from Telegram's refusals, told by status and description.

The descriptions are those of the Bot API's server (telegram-bot-api, Client.cpp) and the error names of the layer below
(core.telegram.org/api/errors), which it passes on in capitals. Compared in small letters, as parts of the description;
where several fit, the longest decides.
"""

from http import HTTPStatus

from workers.platforms.consequences import Follow

NO_TOPIC = "message thread not found"
"""Of a forum's topic that was deleted."""

PLACE = (
    "bot can't initiate conversation", "bot is not a member", "bot was blocked", "bot was kicked",
    "can't send messages", "channel_invalid", "channel_monoforum_unsupported", "channel_private", "chat identifier",
    "chat not found", "chat_admin_required", "chat_forbidden", "chat_guest_send_forbidden", "chat_id", "chat_invalid",
    "chat_restricted", "chat_send_media_forbidden", "chat_send_photos_forbidden", "chat_send_plain_forbidden",
    "chat_write_forbidden", "deactivated", "have no access", "have no rights", "have no write access",
    "need administrator rights", NO_TOPIC, "not a member", "not enough rights", "peer_id", "privacy_premium_required",
    "private_forum", "right_forbidden", "send as", "send_as_peer_invalid", "suggested_post_peer_invalid",
    "the chat is not accessible", "topic_closed", "topic_deleted", "topic_hidden", "topic_id_invalid",
    "upgraded to a supergroup", "user_banned_in_channel", "user_is_blocked", "user_is_bot", "user_not_participant",
    "user_privacy_restricted", "user_restricted", "username_invalid", "username_not_occupied", "you_blocked_user",
    "yourself_blocked",
)  # fmt: skip

OPERATOR = (
    "access_token", "api_id", "auth_key", "balance_too_low", "bot_domain_invalid", "bot_invalid",
    "bot_method_invalid", "bots can't", "frozen_method_invalid", "logged out", "method not found", "payment_required",
    "peer_flood", "session_expired", "session_revoked", "unauthorized", "user_deactivated_ban",
)  # fmt: skip

RETRY = (
    "_wait_", "flood", "internal", "msg_wait_failed", "request timeout", "restart", "rpc_call_fail", "rpc_mcget_fail",
    "slowmode_wait", "terminated by other", "timed out", "timeout", "too many requests", "try again", "worker_busy",
)  # fmt: skip

MESSAGE = (
    "button_", "can't be deleted", "can't be edited", "can't find end", "can't parse", "chat_send_inline_forbidden",
    "document_invalid", "entities_too_long", "entity_", "expected an array", "failed to get http url",
    "inline keyboard", "inline_bot_required", "is too long", "media_", "message identifier",
    "message is not modified", "message must be non-empty", "message text is empty",
    "message to be replied not found", "message to delete not found", "message to edit not found",
    "message_author_required", "message_delete_forbidden", "message_edit_time_expired", "message_empty",
    "message_id_invalid", "message_not_modified", "message_too_long", "msg_id_invalid", "must be an object",
    "must be encoded", "must be of type", "no text in the", "object expected", "parse entities", "photo_invalid",
    "quote_text_invalid", "replied message not found", "reply markup", "reply message not found", "reply_markup",
    "reply_message", "reply_to_", "strings must be encoded", "text must be", "text_empty", "unsupported parse",
    "unsupported start", "unsupported url", "url host is empty", "url_invalid", "webpage_", "wrong http url",
    "wrong reply", "wrong type of the web page",
)  # fmt: skip

RIGHTS = (
    "chat_admin_required", "chat_send_media_forbidden", "chat_send_photos_forbidden", "chat_send_plain_forbidden",
    "chat_write_forbidden", "have no rights", "need administrator rights", "not enough rights", "topic_closed",
)  # fmt: skip
"""Those of PLACE that a right mends; the others need the bot to be added (again)."""


FOLLOWS: dict[str, Follow] = {
    **dict.fromkeys(PLACE, "place"),
    **dict.fromkeys(OPERATOR, "operator"),
    **dict.fromkeys(MESSAGE, "message"),
    **dict.fromkeys(RETRY, "retry"),
}


def any_right(description: str) -> bool:
    """True where what is missing is a right, and not the bot."""
    return any(part in description.lower() for part in RIGHTS)


def follow(status: int, description: str) -> Follow:
    """Return what follows from an answer that is no success.

    `status`: Telegram's own code, `description`: its words.
    """
    words = description.lower()
    fits = [part for part in FOLLOWS if part in words]
    if fits:
        return FOLLOWS[max(fits, key=len)]
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND):
        return "operator"
    if status == HTTPStatus.FORBIDDEN:
        return "place"
    return "unknown"

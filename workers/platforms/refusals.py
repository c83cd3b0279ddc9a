"""Why nothing can be posted in a channel, and what helps, in words. Pure."""

from typing import Any

from workers.words import Words

OUR_NAME = "@paperboy"
"""How the bot is called where no listener has told its name yet."""

INVITE = frozenset({"channel_not_found", "no_permission", "not_in_channel", "user_not_in_channel"})
"""Codes of Slack's that an invitation mends."""

RIGHTS = ("rights", "topic_closed")
"""Classes of Telegram's refusals that a right mends."""


def named(channel: str) -> str:
    """A place as people read it: Slack makes a link of it."""
    platform, _, address = channel.partition(":")
    return f"<#{address}>" if platform == "slack" and address[:1] in "CG" else f"`{address}`"


def cannot_post(w: Words, channel: str, why: str, me: str = "") -> str:
    """Say in one or two sentences why we cannot post to a channel.

    `why`: class of the refusal, `me`: how the bot is called there.
    """
    platform, where, name = channel.partition(":")[0], named(channel), me or OUR_NAME
    if why in ("is_archived", "channel_is_archived"):
        return w.say("no_post_archived", channel=where)
    if platform == "slack" and why in INVITE and channel.partition(":")[2][:1] == "D":
        return w.say("no_post_direct", me=name)
    if platform == "slack" and why in INVITE:
        return w.say("no_post_invite", channel=where, me=name)
    if platform == "slack":
        return w.say("no_post_rule", channel=where, why=why)
    if why == "topic_closed":
        return w.say("no_post_topic", channel=where)
    if why == "topic":
        return w.say("no_post_no_topic", channel=where)
    return w.say("no_post_right" if why in RIGHTS else "no_post_add", channel=where)


def private(person: str) -> bool:
    """Tell whether a direct message can reach a person.

    It cannot reach an anonymous administrator, who is a chat.
    """
    platform, _, number = person.partition(":")
    return (platform == "slack" and number[:1] in ("U", "W")) or (platform == "telegram" and number.isdigit())


def direct(person: str, text: str) -> dict[str, Any]:
    """Return a direct message's payload.

    The words are ours: what they name are ids and codes.
    """
    if person.startswith("telegram:"):
        return {"text": text.replace("`", ""), "link_preview_options": {"is_disabled": True}}
    return {"text": text, "unfurl_links": False, "unfurl_media": False}


def closed_slack(channel: dict[str, Any]) -> str:
    """Return why a channel takes nothing from us; empty if it does.

    `channel`: as conversations.info tells it. Empty, too, where it does not show.
    """
    if channel.get("is_archived"):
        return "is_archived"
    direct = channel.get("is_im") or channel.get("is_mpim")
    return "not_in_channel" if not direct and channel.get("is_member") is False else ""


def closed_telegram(kind: str, member: Any) -> str:
    """Return why a chat takes nothing from us; empty if it does.

    `kind`: of the chat; `member`: our membership there.
    """
    if member.status in ("left", "kicked") or getattr(member, "is_member", True) is False:
        return "forbidden"
    if kind == "channel":
        posts = member.status == "creator" or getattr(member, "can_post_messages", False)
        return "" if posts else "rights"
    muted = member.status == "restricted" and not getattr(member, "can_send_messages", True)
    return "rights" if muted else ""

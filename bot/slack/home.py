"""The Home tab: what the bot is, and the settings of a person's channels."""

import asyncio
import logging

from bot.slack import views
from bot.slack.intake_runner import ADMIN_S, STORE_S, IntakeRunner
from workers.channels.recipients import profile_of
from workers.intake import Intake
from workers.words import Words, words

log = logging.getLogger(__name__)

MOST_SHOWN = 20
"""Subscriptions on the Home tab; Slack allows 100 blocks."""

PAGE, MOST_PAGES = 200, 5
"""Channels of one reply of users.conversations (Slack advises at most 200), and replies that are read."""


async def show_home(runner: IntakeRunner, team: str, user: str) -> None:
    """Publish the Home tab.

    Of channels that a person is not in, nothing is shown: names and topics are theirs.
    """
    w = runner.words
    try:
        w = await _words(runner, user)
        rows = None
        if runner.intake.may_use(team):
            rooms = await _rooms(runner, user)
            rows = await runner.work(lambda: subscriptions(runner.intake, user, rooms, w), STORE_S)
        view = views.plain_home(w.not_allowed) if rows is None else views.home(w, rows)
    except Exception as error:  # noqa: BLE001 - an empty tab would say less than a sentence
        view = views.plain_home(runner.trouble("home", error))
    await runner.client.views_publish(user_id=user, view=view)


def subscriptions(intake: Intake, user: str, rooms: set[str], w: Words) -> list[tuple[str, str]]:
    """(channel id, its lines) of those that the person subscribed or is in."""
    rows: list[tuple[str, str]] = []
    for goal, chosen in intake.subscriptions():
        platform, _, room = goal.channel.partition(":")
        if platform == "slack" and (room in rooms or chosen.by == f"slack:{user}") and len(rows) < MOST_SHOWN:
            about = f"{profile_of(goal.profile, chosen).title} · {goal.at:%H:%M} ({goal.zone.key})"
            rows.append((room, f"{about}\n{intake.status(channel=goal.channel, spend=False, w=w)}"))
    return rows


async def _words(runner: IntakeRunner, user: str) -> Words:
    """The words of the person's language, as far as Slack tells it in time."""
    try:
        about = await asyncio.wait_for(runner.client.users_info(user=user, include_locale=True), ADMIN_S)
        return words(str((about.get("user") or {}).get("locale") or runner.words.language))
    except Exception as error:  # noqa: BLE001 - then in ours
        log.info("locale_unknown", extra={"error": type(error).__name__})
        return runner.words


async def _rooms(runner: IntakeRunner, user: str) -> set[str]:
    """Ask Slack for the public channels that the person is in.

    Where Slack fails, those that it has told by then.
    """
    found: set[str] = set()
    cursor = ""
    try:
        for _ in range(MOST_PAGES):
            reply = await runner.client.users_conversations(
                user=user, types="public_channel", exclude_archived=True, limit=PAGE, cursor=cursor or None
            )
            found |= {str(room["id"]) for room in reply.get("channels") or []}
            cursor = str((reply.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
    except Exception as error:  # noqa: BLE001 - their own are shown all the same
        log.warning("rooms_unknown", extra={"error": type(error).__name__})
    return found

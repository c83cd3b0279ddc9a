"""The Home tab: what the bot is, and how its channels are."""

from bot.slack import STORE_S, Desk, views
from prompts import load_profile

MOST_SHOWN = 20
"""Subscriptions on the Home tab; Slack allows 100 blocks."""


async def show_home(desk: Desk, team: str, user: str) -> None:
    """Publish the Home tab."""

    def subscriptions() -> list[tuple[str, str]]:
        intake, rows = desk.intake, []
        for goal in [t for t in intake.subscriptions() if t.channel.startswith("slack:")][:MOST_SHOWN]:
            about = f"{load_profile(goal.profile).title} · {goal.at:%H:%M} ({goal.zone.key})"
            told = intake.status(channel=goal.channel, spend=False)
            rows.append((goal.channel.partition(":")[2], f"{about}\n{told}"))
        return rows

    try:
        rows = await desk.work(subscriptions, STORE_S) if desk.intake.may_use(team) else None
        view = views.plain_home(desk.words.not_allowed) if rows is None else views.home(desk.words, rows)
    except Exception as error:  # noqa: BLE001 - an empty tab would say less than a sentence
        view = views.plain_home(desk.trouble("home", error))
    await desk.client.views_publish(user_id=user, view=view)

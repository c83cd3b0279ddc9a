"""The overflow menu under a paper: more like this, not our topic, follow."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack.form_fields import plain
from bot.slack.intake_runner import IntakeRunner
from workers.library.menu import MOST_AUTHORS
from workers.platforms.actions import AUTHOR, FOLLOW, MENU, MENU_OF

MAX_BUTTON = 75
"""Characters on a button (slack_sdk)."""

PAPER = "paper:"
"""Before the paper's id in the name of the block that the menu stands in."""

Fields = dict[str, Any]


class PaperMenu:
    """Listens for it. `runner`: what all listeners share."""

    def __init__(self, runner: IntakeRunner) -> None:
        self.runner = runner

    def register(self, app: AsyncApp) -> None:
        """Give the listeners to Bolt."""
        app.action(MENU)(self.on_choice)
        for number in range(MOST_AUTHORS):
            app.action(f"{AUTHOR}{number}")(self.on_author)

    async def on_choice(self, ack: Any, body: Fields, action: Fields, context: Any, respond: Any) -> None:
        """Something was chosen in it: only who chose is told."""
        room, user = body["channel"]["id"], body["user"]["id"]
        paper, chosen = str(action["block_id"]).removeprefix(PAPER), action["selected_option"]["value"]
        blocks: list[Fields] = []

        def do() -> str:
            channel, intake = f"slack:{room}", self.runner.intake
            w = intake.words(channel)
            if chosen == FOLLOW:
                authors = intake.authors(channel, paper)
                blocks.extend(offered(w.menu_whom, paper, authors) if authors else [])
                return w.menu_whom if authors else w.follow_unknown
            return intake.menu.judge(channel, paper, f"slack:{user}", chosen, w) if chosen in MENU_OF else ""

        said = await self.runner.answer(context.team_id, room, lambda: self.runner.work(do))
        await ack()
        if said:
            told = {"blocks": blocks} if blocks else {}
            self.runner.later(respond(said, response_type="ephemeral", replace_original=False, **told))

    async def on_author(self, ack: Any, body: Fields, action: Fields, context: Any, respond: Any) -> None:
        """One of the authors: followed from now on, or no more."""
        room, (number, _, paper) = body["channel"]["id"], str(action["value"]).partition(" ")
        may = await self.runner.may_change(body["user"]["id"], room)
        blocks: list[Fields] = []

        def do() -> str:
            channel, intake = f"slack:{room}", self.runner.intake
            w = intake.words(channel)
            said = intake.follow_author(channel, paper, int(number)) if may else w.admins_only
            blocks.extend(offered(said, paper, intake.authors(channel, paper)))
            return said

        said = await self.runner.answer(context.team_id, room, lambda: self.runner.work(do))
        await ack()
        told = {"blocks": blocks} if blocks else {}
        self.runner.later(respond(said, response_type="ephemeral", replace_original=True, **told))


def offered(said: str, paper: str, authors: list[tuple[str, bool]]) -> list[Fields]:
    """What was said, and a button for each author; those who are followed are ticked."""
    buttons = [
        {
            "type": "button",
            "action_id": f"{AUTHOR}{number}",
            "value": f"{number} {paper}",
            "text": plain(f"✓ {name}" if followed else name, MAX_BUTTON),
        }
        for number, (name, followed) in enumerate(authors)
    ]
    return [{"type": "section", "text": plain(said)}, {"type": "actions", "elements": buttons}]

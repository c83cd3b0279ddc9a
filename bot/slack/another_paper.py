"""The button *another paper* under an answer in a direct message.

It lists the chat's other papers and asks the same question of the one chosen.
"""

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack import views
from bot.slack.intake_runner import IntakeRunner
from workers.paper_ids.paper_key import short
from workers.platforms.actions import ABOUT, OTHER

Fields = dict[str, Any]


class AnotherPaperButtons:
    """Listens for those buttons. `runner`: what all listeners share."""

    def __init__(self, runner: IntakeRunner) -> None:
        self.runner = runner

    def register(self, app: AsyncApp) -> None:
        """Give the listeners to Bolt."""
        app.action(OTHER)(self.on_other)
        for number in range(views.MOST_OTHERS):
            app.action(f"{ABOUT}{number}")(self.on_about)

    async def on_other(self, ack: Any, body: Fields, action: Fields, context: Any, respond: Any) -> None:
        """The papers spoken of today take the button's place."""
        room, task = body["channel"]["id"], str(action.get("value", ""))
        found: list[tuple[str, str]] = []

        async def look() -> str:
            found.extend(await self.runner.work(lambda: self.runner.intake.others(f"slack:{room}", task)))
            w = await self.runner.work(lambda: self.runner.intake.words(f"slack:{room}"))
            return "" if found else w.other_none

        said = await self.runner.answer(context.team_id, room, look)
        await ack()
        if said:
            self.runner.later(respond(said, response_type="ephemeral", replace_original=False))
            return
        message = body["message"]
        blocks = views.offered(message.get("blocks") or [], task, found)
        update = self.runner.client.chat_update
        self.runner.later(update(channel=room, ts=message["ts"], text=message.get("text") or "", blocks=blocks))

    async def on_about(self, ack: Any, body: Fields, action: Fields, context: Any, respond: Any) -> None:
        """One of them: the same question, of that paper."""
        room, (task, _, paper) = body["channel"]["id"], str(action.get("value", "")).partition(" ")
        who = f"slack:{body['user']['id']}"

        async def ask() -> str:
            asked = self.runner.intake.ask_of
            taken = await self.runner.work(lambda: asked(f"slack:{room}", task, short(paper), person=who))
            self.runner.dispatch(taken.tasks)
            return taken.say

        said = await self.runner.answer(context.team_id, room, ask)
        await ack()
        if said:
            self.runner.later(respond(said, response_type="ephemeral", replace_original=False))

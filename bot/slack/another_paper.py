"""The button *another paper* under an answer in a direct message.

It lists the chat's other papers and asks the same question of the one chosen.
"""

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack import Desk, views
from workers.paper_ids.paper_key import short
from workers.platforms.actions import ABOUT, OTHER

Fields = dict[str, Any]


class Others:
    """Listens for those buttons. `desk`: what all listeners share."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

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
            found.extend(await self.desk.work(lambda: self.desk.intake.others(f"slack:{room}", task)))
            w = await self.desk.work(lambda: self.desk.intake.words(f"slack:{room}"))
            return "" if found else w.other_none

        said = await self.desk.answer(context.team_id, room, look)
        await ack()
        if said:
            self.desk.later(respond(said, response_type="ephemeral", replace_original=False))
            return
        message = body["message"]
        blocks = views.offered(message.get("blocks") or [], task, found)
        update = self.desk.client.chat_update
        self.desk.later(update(channel=room, ts=message["ts"], text=message.get("text") or "", blocks=blocks))

    async def on_about(self, ack: Any, body: Fields, action: Fields, context: Any, respond: Any) -> None:
        """One of them: the same question, of that paper."""
        room, (task, _, paper) = body["channel"]["id"], str(action.get("value", "")).partition(" ")
        who = f"slack:{body['user']['id']}"

        async def ask() -> str:
            asked = self.desk.intake.ask_of
            taken = await self.desk.work(lambda: asked(f"slack:{room}", task, short(paper), person=who))
            self.desk.dispatch(taken.tasks)
            return taken.say

        said = await self.desk.answer(context.team_id, room, ask)
        await ack()
        if said:
            self.desk.later(respond(said, response_type="ephemeral", replace_original=False))

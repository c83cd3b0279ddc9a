"""Buttons under operator messages: post again, or settle by hand."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack.intake_runner import IntakeRunner
from workers.operations.operator_actions import AGAIN, LEAVE, Resolver


class OperatorButtons:
    """Listens for those buttons. `runner`: what all listeners share."""

    def __init__(self, runner: IntakeRunner) -> None:
        intake = runner.intake
        self.runner, self.resolver = runner, Resolver(intake.dispatcher.redis, intake.settings, intake.clock)

    def register(self, app: AsyncApp) -> None:
        """Give the listener to Bolt."""
        for name in (AGAIN, LEAVE):
            app.action(name)(self.on_press)

    async def on_press(
        self, ack: Any, body: dict[str, Any], action: dict[str, Any], context: Any, respond: Any
    ) -> None:
        """Somebody pressed one; they are told what became of it, the line says it to all."""
        room, does, token = body["channel"]["id"], action["action_id"], str(action.get("value", ""))

        async def press() -> str:
            may = await self.runner.may_change(body["user"]["id"], room)
            said, _ = await self.runner.work(lambda: self.resolver.pressed(does, token, f"slack:{room}", may=may))
            return said

        said = await self.runner.answer(context.team_id, room, press)
        await ack()
        self.runner.later(respond(said, response_type="ephemeral", replace_original=False))

"""Turns what people do on Slack into calls of Intake, and answers them.

Nothing here fetches or calls a model.

What they write is understood in `talk`. Everything else a person does is answered within the three seconds that
Slack waits, whatever fails.
"""

import json
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.commands import POSTING, digest, digest_command
from bot.slack import views
from bot.slack.another_paper import AnotherPaperButtons
from bot.slack.assistant import STARTED
from bot.slack.form_fields import MAX_VALUE
from bot.slack.home import show_home
from bot.slack.intake_runner import STORE_S
from bot.slack.operator_buttons import OperatorButtons
from bot.slack.paper_menu import PaperMenu
from bot.slack.setup import TopicSetup
from bot.slack.talk import HEARD, MessageListener
from prompts import titles
from workers.intake import Taken
from workers.library.citing import CitationRequest
from workers.paper_ids.in_text import parse

log = logging.getLogger(__name__)

PRESS_S = 600
"""Seconds in which pressing the same button again asks for nothing new."""

SHORTCUT = "deepdive_message"
"""callback_id of the message shortcut."""

COMMANDS = ("/deepdive", "/digest")
GONE = ("channel_archive", "channel_deleted", "channel_left", "group_archive", "group_deleted", "group_left")
BACK = ("channel_unarchive", "group_unarchive")
LEFT, JOINED = "member_left_channel", "member_joined_channel"
HOME = "app_home_opened"
EVENTS = (*HEARD, *GONE, *BACK, LEFT, JOINED, HOME)
"""Types of events that something is done about; any other is acknowledged and forgotten."""

ANYTHING = re.compile(".*")

Fields = dict[str, Any]


class Listeners(MessageListener):
    """One method for each thing that a person can do."""

    def register(self, app: AsyncApp) -> None:
        """Give every listener to Bolt.

        What is not ours is acknowledged, so that nothing is sent for ever.
        """
        app.middleware(self.on_event)
        for name, listener in zip(COMMANDS, (self.on_deepdive, self.on_digest), strict=True):
            app.command(name)(listener)
        app.shortcut(SHORTCUT)(self.on_shortcut)
        app.action(views.DIVE)(self.on_dive)
        app.action(views.UP)(self.on_vote)
        app.action(views.DOWN)(self.on_vote)
        app.action(views.SAVE)(self.on_save)
        OperatorButtons(self).register(app)
        AnotherPaperButtons(self).register(app)
        PaperMenu(self).register(app)
        self.setting_up = TopicSetup(self)
        self.setting_up.register(app)
        app.view(views.SETTINGS)(self.on_settings)
        for other in (app.command, app.shortcut, app.action, app.view, app.view_closed, app.options):
            other(ANYTHING)(self.on_other)
        app.error(self.on_error)

    async def on_other(self, ack: Any) -> None:
        """Something of an older version, or not for us."""
        await ack()

    async def on_error(self, error: Exception, body: Fields) -> BoltResponse:
        """Answer a command that failed unexpectedly; have Slack send an event again."""
        said = self.trouble("listener", error)
        if body.get("type") == "event_callback":
            return BoltResponse(status=503, body="")
        return BoltResponse(status=200, body=said if "command" in body else "")

    # -- events ----------------------------------------------------------------------------------------------------

    async def on_event(
        self, body: Fields, req: AsyncBoltRequest, next_: Callable[[], Awaitable[None]]
    ) -> BoltResponse | None:
        """Deal with an event, then acknowledge it; 503 if it could not be stored."""
        event = body.get("event")
        if body.get("type") != "event_callback" or not isinstance(event, dict):
            await next_()
            return None
        team = str(req.context.team_id or body.get("team_id") or "")
        try:
            await self._event(team, event)
        except Exception as error:  # noqa: BLE001 - whatever it is, Slack must send the event again
            said = self.trouble(str(event.get("type")), error)
            first = req.headers.get("x-slack-retry-num", ["0"])[0] == "0"
            place = f"trouble|{team}|{event.get('channel')}|{event.get('ts')}"
            if first and event.get("user") and self.addressed(event) and self.first(place):
                self.later(self.tell(event, said))
            return BoltResponse(status=503, body="")
        return BoltResponse(status=200, body="")

    async def _event(self, team: str, event: Fields) -> None:
        kind, channel, user = event.get("type"), event.get("channel"), event.get("user")
        if kind == STARTED or (kind == HOME and event.get("tab") == "messages"):
            room = str(event.get("channel") or (event.get("assistant_thread") or {}).get("channel_id") or "")
            if self.intake.may_use(team, room):
                self.pane.opened(event)
        elif kind == HOME and event.get("tab") == "home" and user:
            self.later(show_home(self, team, user))
        elif not isinstance(channel, str) or kind not in EVENTS:
            return
        elif kind in HEARD:
            await self.heard(team, event)
        elif self.intake.may_use(team, channel):
            self.places.pop(channel, None)
            if kind in GONE or (kind == LEFT and user == self.bot_user):
                await self.work(lambda: self._pause(f"slack:{channel}", str(kind)), STORE_S)
            elif kind in BACK or (kind == JOINED and user == self.bot_user):
                await self.work(lambda: self._resume(f"slack:{channel}"), STORE_S)

    def _pause(self, channel: str, why: str) -> None:
        if self.intake.gets_digest(channel):
            self.intake.channels.pause(channel, why)
            log.info("channel_paused", extra={"channel": channel, "why": why})

    def _resume(self, channel: str) -> None:
        if self.intake.channels.get(channel).paused:
            self.intake.channels.resume(channel)
            log.info("channel_resumed", extra={"channel": channel})
        self.intake.dispatcher.release(channel)

    # -- commands --------------------------------------------------------------------------------------------------

    async def on_deepdive(self, ack: Any, command: Fields, context: Any) -> None:
        """`/deepdive <anything that names a paper>`."""
        room, person, text = command["channel_id"], f"slack:{command['user_id']}", command.get("text") or ""
        key = f"slack|{context.team_id}|{room}|{command['trigger_id']}"
        ask = {"channel": f"slack:{room}", "person": person, "text": text}
        await ack(
            await self.answer(context.team_id, room, lambda: self.dive(self.intake.command(key, **ask)), posts=True)
        )

    async def on_digest(self, ack: Any, command: Fields, context: Any, respond: Any) -> None:
        """`/digest <verb>`."""
        room, said = command["channel_id"], digest_command(command.get("text") or "")
        log.info("digest_command", extra={"verb": said.verb if said.known else "unknown"})
        may = await self.may_change(command["user_id"], room)
        if said.verb == "settings" and may and self.intake.may_use(context.team_id, room):
            await self._open_settings(ack, command, respond)
            return

        if said.verb == "setup" and may and self.intake.may_use(context.team_id, room):
            await ack()
            self.later(self.setting_up.open(command, respond))
            return
        new: list[bool] = []

        def do() -> str:
            if said.verb == "subscribe" and may and not said.argument:
                new.append(self.setting_up.setup.is_new(f"slack:{room}"))
            key = f"slack|{context.team_id}|{room}|{command['trigger_id']}"
            asked = CitationRequest(f"slack:{room}", f"slack:{command['user_id']}", key)
            return digest(self.intake, said, f"slack:{room}", may_change=may, asked=asked)

        posts = said.verb in POSTING
        await ack(await self.answer(context.team_id, room, lambda: self.work(do), posts=posts))
        if any(new):
            self.later(self.setting_up.open(command, respond))

    async def _open_settings(self, ack: Any, command: Fields, respond: Any) -> None:
        room = command["channel_id"]

        def form_of() -> Fields:
            channel = f"slack:{room}"
            current, w = self.intake.current(channel), self.intake.words(channel)
            return views.settings_form(w, current, titles(), {"channel": room}, self.intake.own(channel))

        try:
            form = await self.work(form_of)
        except Exception as error:  # noqa: BLE001 - a person must get an answer
            await ack(self.trouble("settings", error))
            return
        await ack()
        self.later(self._show_form(command["trigger_id"], form, respond))

    async def _show_form(self, trigger: str, form: Fields, respond: Any) -> None:
        try:
            await self.client.views_open(trigger_id=trigger, view=form)
        except Exception as error:  # noqa: BLE001 - a person must get an answer
            await respond(self.trouble("settings", error))

    async def on_settings(self, ack: Any, body: Fields, view: Fields, context: Any) -> None:
        """Save a settings form: all of it, or nothing and the wrong fields are named."""
        room, user = json.loads(view["private_metadata"])["channel"], body["user"]["id"]
        tried, channel = views.changes(view), f"slack:{room}"
        may = await self.may_change(user, room) and self.intake.may_use(context.team_id, room)

        def save() -> tuple[Fields, str]:
            if not may:
                return {views.FIELDS[0]: self.intake.words(channel).admins_only}, ""
            if tried.get("sources"):  # what is too long for a menu was not shown, and stays
                tried["sources"] += [s for s in self.intake.current(channel)["sources"] if len(s) > MAX_VALUE]
            taken = self.intake.change(channel, dict(tried)) if tried else Taken()
            return dict(taken.faults), taken.say

        try:
            wrong, said = await self.work(save)
        except Exception as error:  # noqa: BLE001 - a person must get an answer
            wrong, said = {views.FIELDS[0]: self.trouble("settings", error)}, ""
        if wrong:
            await ack(response_action="errors", errors=wrong)
            return
        await ack()
        if said:
            self.later(self.tell({"channel": room, "user": user}, said))

    # -- buttons and the shortcut ------------------------------------------------------------------------------------

    async def on_shortcut(self, ack: Any, body: Fields, context: Any, respond: Any) -> None:
        """The message shortcut: the papers that a message links to."""
        message = body["message"]
        found = parse(" ".join(views.texts([message.get(n) for n in ("text", "blocks", "attachments")])))
        await self._press(ack, body, context, respond, " ".join(dict.fromkeys(ref.canonical for ref in found)))

    async def on_dive(self, ack: Any, body: Fields, action: Fields, context: Any, respond: Any) -> None:
        """The button under a paper: more of a deep dive that is there, else a deep dive."""
        room, ts = body["channel"]["id"], body["message"]["ts"]
        once, who = f"slack|{context.team_id}|{room}|{ts}|deepen", f"slack:{body['user']['id']}"
        found: list[Taken] = []

        async def deepen() -> str:
            taken = await self.work(lambda: self.intake.deepen(f"slack:{room}", ts, person=who, event=once))
            found.extend([taken] if taken else [])
            self.dispatch(taken.tasks if taken else ())
            return taken.say if taken else ""

        said = await self.answer(context.team_id, room, deepen, posts=True)
        if not found and not said:
            await self._press(ack, body, context, respond, action["value"])
            return
        await ack()
        self.later(respond(said, response_type="ephemeral", replace_original=False))

    async def _press(self, ack: Any, body: Fields, context: Any, respond: Any, text: str) -> None:
        room, message = body["channel"]["id"], body["message"]
        key = f"slack|{context.team_id}|{room}|{message['ts']}|press|{self.intake.clock() // PRESS_S:.0f}"
        ask = {"channel": f"slack:{room}", "person": f"slack:{body['user']['id']}", "text": text}
        call = self.intake.deepdive(key, **ask, reply_to=message.get("thread_ts") or message["ts"])
        said = await self.answer(context.team_id, room, lambda: self.dive(call), posts=True)
        await ack()
        self.later(respond(said, response_type="ephemeral", replace_original=False))

    async def on_save(self, ack: Any, body: Fields, action: Fields, context: Any, respond: Any) -> None:
        """Save under a paper: onto the person's own list, or off it; only they are told."""
        room, person, paper = body["channel"]["id"], f"slack:{body['user']['id']}", action["value"]

        def save() -> str:
            channel = f"slack:{room}"
            return self.intake.saving.toggle(channel, paper, person, self.intake.words(channel))

        said = await self.answer(context.team_id, room, lambda: self.work(save))
        await ack()
        self.later(respond(said, response_type="ephemeral", replace_original=False))

    async def on_vote(self, ack: Any, body: Fields, action: Fields, context: Any, respond: Any) -> None:
        """A thumb under a paper: counted, then shown on the buttons."""
        room, paper, up = body["channel"]["id"], action["value"], action["action_id"] == views.UP
        ask = {"channel": f"slack:{room}", "person": f"slack:{body['user']['id']}", "paper": paper}

        def cast() -> str:
            self.intake.vote(**ask, up=up)
            return ""

        said = await self.answer(context.team_id, room, lambda: self.work(cast))
        await ack()
        if said:
            self.later(respond(said, response_type="ephemeral", replace_original=False))
        else:
            self.later(self._show_votes(room, body["message"], paper))

    async def _show_votes(self, room: str, message: Fields, paper: str) -> None:
        async with self.turn(f"votes|{room}|{message['ts']}"):
            up, down = await self.work(lambda: self.intake.people.votes(f"slack:{room}", paper))
            blocks = views.voted(message.get("blocks") or [], paper, up, down)
            await self.client.chat_update(
                channel=room, ts=message["ts"], text=message.get("text") or paper, blocks=blocks
            )

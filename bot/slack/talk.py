"""Understands what people write on Slack and calls Intake.

Commands and buttons are in `listeners`.

Events are stored before they are acknowledged: Intake is called in a global middleware, and where that fails there is
no acknowledgement, so Slack sends the event again.
"""

import asyncio
from typing import Any

from bot.commands import unmarked
from bot.intent import said, understand
from bot.slack.assistant import AssistantPane
from bot.slack.intake_runner import STORE_S, IntakeRunner
from workers.intake import Taken
from workers.library.citing import CitationRequest, asks
from workers.library.finding import topic
from workers.platforms import direct

HEARD = ("app_mention", "message")
SAID = (None, "thread_broadcast", "file_share")
"""Subtypes of messages in which a person says something."""

CHANGED, DELETED = "message_changed", "message_deleted"
"""Subtypes that tell of a message that stands, or stood, somewhere already."""

Fields = dict[str, Any]


class MessageListener(IntakeRunner):
    """Messages and mentions."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.pane = AssistantPane(self)

    async def heard(self, team: str, event: Fields) -> None:
        """Deal with a message that somebody wrote.

        A mention that comes twice (as `message` too) is one event: same place and time.
        """
        if event.get("subtype") in (CHANGED, DELETED):
            await self._changed(team, event)
            return
        if event.get("bot_id") or event.get("subtype") not in SAID or not event.get("user"):
            return
        channel, ts, thread, addressed = event["channel"], event["ts"], event.get("thread_ts"), self.addressed(event)
        if not (addressed or thread):
            return
        key = f"slack|{team}|{channel}|{ts}"
        if not self.intake.may_use(team, channel):
            if addressed and self.first(f"not allowed|{team}|{channel}"):
                self.later(self.tell(event, self.words.not_allowed))
            return
        async with self.turn(f"{channel}|{thread or ts}"):
            taken = await asyncio.wait_for(self._translate(key, event, addressed), STORE_S)
        self.dispatch(taken.tasks)
        if taken.say and self.first(key):
            self.later(self.tell(event, taken.say, under=ts if taken.tasks else ""))

    async def _changed(self, team: str, event: Fields) -> None:
        """Deal with a message that was edited or deleted.

        If it was a question, it is answered anew, or not at all.
        """
        room, now, before = event["channel"], event.get("message") or {}, event.get("previous_message") or {}
        ts, channel = str(now.get("ts") or event.get("deleted_ts") or before.get("ts") or ""), f"slack:{room}"
        if not ts or now.get("bot_id") or before.get("bot_id") or not self.intake.may_use(team, room):
            return
        if event["subtype"] == DELETED or now.get("subtype") == "tombstone":
            await self.work(lambda: self.intake.withdrawn(channel, ts), STORE_S)
            return
        text, edit = unmarked(now.get("text") or ""), str((now.get("edited") or {}).get("ts") or "")
        if edit:  # else Slack has only added a preview
            at = float(ts)
            taken = await self.work(lambda: self.intake.edited(channel, ts, text, edit=edit, at=at), STORE_S)
            self.dispatch(taken.tasks)

    def addressed(self, event: Fields) -> bool:
        """True if the bot was meant: mentioned, or written to directly."""
        alone = event.get("channel_type") == "im" or str(event.get("channel", "")).startswith("D")
        mentioned = event.get("type") == "app_mention" or f"<@{self.bot_user}>" in (event.get("text") or "")
        return event.get("type") in HEARD and (alone or mentioned)

    async def _translate(self, key: str, event: Fields, addressed: bool) -> Taken:
        channel, person = f"slack:{event['channel']}", f"slack:{event['user']}"
        text, thread, ts = unmarked(event.get("text") or ""), event.get("thread_ts") or "", event["ts"]
        where, private = await self.ask(self.intake.where(channel, thread)), direct(channel)
        if private and thread:
            self.pane.said(event["channel"], thread, text)
        if event.get("files") and not text and addressed:
            return Taken(where.words.only_text)
        meant = understand(text, where, private=private, called=addressed, thread=thread, message=ts)
        about = {"channel": channel, "person": person, "text": text}
        root = thread or ts
        if meant.kind == "dive":
            if meant.title:
                look_up = about | {"text": meant.title}
                return await self.ask(self.intake.command(key, **look_up, reply_to=root))
            starts = root if private or not thread else ""
            return await self.ask(self.intake.deepdive(key, **about, reply_to=root, starts=starts))
        if meant.kind == "cite":
            asked = CitationRequest(channel, person, key, thread=thread)
            return Taken(await self.work(lambda: self.intake.cite(thread, asks(text), asked)))
        if meant.kind == "find":
            return Taken(await self.work(lambda: self.intake.finding.command(topic(text), channel, where.words)))
        if meant.kind == "ask":
            return await self.ask(self.intake.ask(key, **about, thread=root, message=ts, place=meant.place))
        return Taken(said(meant.kind, where.words, meant.verb))

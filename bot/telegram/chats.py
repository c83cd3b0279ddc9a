"""What the store knows of chats: papers of messages, moves, who is served.

Everything here blocks: handlers run it in threads.
"""

from collections.abc import Sequence
from dataclasses import replace

from telegram import Chat, Message, MessageOriginChannel

from bot.telegram import message
from bot.telegram.message import PLATFORM, Incoming
from workers.intake import Intake
from workers.paper_ids.in_text import parse
from workers.store.people.threads import ThreadPlace


class Chats:
    """The chats of one bot. `named`: the chats of the settings, some by @name."""

    def __init__(self, intake: Intake, named: Sequence[str]) -> None:
        self.intake, self.named = intake, named

    def may_use(self, chat: Chat) -> bool:
        """True if the allow-list lets us serve the chat."""
        return self.intake.may_use(str(chat.id), *([f"@{chat.username}"] if chat.username else []))

    def known(self, event: str) -> bool:
        """True if an update was dealt with."""
        return self.intake.dispatcher.ledger.get(f"heard|{event}") is not None

    def note(self, event: str) -> bool:
        """Remember that an update was dealt with; False if it was known.

        It is remembered as long as the ledger remembers.
        """
        now = self.intake.clock()
        return self.intake.dispatcher.ledger.skip(f"heard|{event}", "ask", now, now)

    def vote(self, event: str, *, channel: str, paper: str, person: str, up: bool) -> tuple[int, int]:
        """Count a vote and note its event; (for, against) as they stand now.

        A second time would take the vote back.
        """
        counts = self.intake.vote(channel=channel, paper=paper, person=person, up=up, event=event)
        self.note(event)
        return counts

    def adopt(self, forward: Message) -> None:
        """Note which paper a channel post forwarded to the discussion group is about.

        What is said under it there is about the same paper.
        """
        origin, group = forward.forward_origin, message.channel_of(forward, self.named).partition("/")[0]
        number = str(forward.message_id)
        if isinstance(origin, MessageOriginChannel) and not self.intake.place(group, number):
            home = f"{PLATFORM}:{message.address(origin.chat, self.named)}"
            place = self.intake.place(home, str(origin.message_id))
            if place:
                self.intake.threads.put(group, number, replace(place, root=number))

    def thread(self, read: Incoming, channel: str) -> str:
        """The message about a paper that this one hangs under, or nothing."""
        to, topic = read.message.reply_to_message, read.message.message_thread_id
        if to and to.is_automatic_forward:
            self.adopt(to)
        if to and (self.intake.place(channel, str(to.message_id)) or self._names_one(read, channel)):
            return str(to.message_id)
        if topic and not read.message.is_topic_message and self.intake.place(channel, str(topic)):
            all_of_it = self.intake.current(channel)["answers"] == "all"
            return str(topic) if read.called or all_of_it else ""
        return ""

    def _names_one(self, read: Incoming, channel: str) -> bool:
        """True if the message replied to is ours and names one paper ("On it: …").

        It is about that paper from now on.
        """
        to = read.message.reply_to_message
        named = parse(to.text or "") if to and to.text and read.answers_us else []
        if to and len(named) == 1:
            number = str(to.message_id)
            self.intake.threads.put(channel, number, ThreadPlace(number, named[0].base, named[0].version))
        return len(named) == 1

    def save(self, event: str, channel: str, paper: str, person: str) -> str:
        """Save a paper, or take it back, as *Save* was pressed; what to tell the person.

        Nothing for an update that comes again.
        """
        if self.known(event):
            return ""
        said = self.intake.saving.toggle(channel, paper, person, self.intake.words(channel))
        self.note(event)
        return said

    def move(self, old: int, new: int) -> None:
        """A group has become a supergroup."""
        self.intake.channels.move(f"{PLATFORM}:{old}", f"{PLATFORM}:{new}")

    def pause(self, chat: Chat, why: str) -> None:
        """It takes nothing from us any more."""
        for channel in self._channels(chat):
            self.intake.channels.pause(channel, why)

    def resume(self, chat: Chat, _: str = "") -> None:
        """It takes messages again: what waits for it goes."""
        for channel in self._channels(chat):
            if self.intake.channels.get(channel).paused:
                self.intake.channels.resume(channel)
        self.intake.dispatcher.release(f"{PLATFORM}:{message.address(chat, self.named)}")

    def _channels(self, chat: Chat) -> list[str]:
        """The chat and those of its topics that we have dealings with."""
        whole = f"{PLATFORM}:{message.address(chat, self.named)}"
        known = [*self.intake.channels.known(), *(f"{PLATFORM}:{name}" for name in self.named)]
        return list(dict.fromkeys([whole, *(c for c in known if c.startswith(f"{whole}/"))]))

"""Tells a requester in a direct message, once, what cannot be posted."""

from collections.abc import Callable

from redis import Redis

from workers.delivery.uncertain import words_for
from workers.models import Part
from workers.platforms.refusals import cannot_post, direct, named, private
from workers.settings import Settings
from workers.store.channels.settings import Channels
from workers.store.delivery.outbox import Head, Outbox
from workers.store.people.bot_names import BotNames
from workers.store.tasks.ledger import Ledger

PREFIX = "told|"
"""What the key of such a message begins with; one that cannot be posted itself is told to nobody."""


class RequesterMessages:
    """Writes to people. `clock` gives seconds since 1970."""

    def __init__(self, redis: "Redis", settings: Settings, clock: Callable[[], float]) -> None:
        self.settings, self.clock = settings, clock
        self.outbox, self.ledger, self.channels, self.me = (
            Outbox(redis),
            Ledger(redis),
            Channels(redis),
            BotNames(redis),
        )

    def cannot_post(self, delivery: str, head: Head, now: float) -> None:
        """What they asked for waits for its place, or for the operator."""
        w = words_for(head.channel, self.settings, self.channels)
        if head.held == "place":
            text = cannot_post(w, head.channel, head.why, self.me.name(head.channel.partition(":")[0]))
        else:
            text = w.no_post_operator
        self._say(f"{PREFIX}{delivery}|{head.held}", delivery, head, text, now)

    def gave_up(self, delivery: str, head: Head, now: float) -> None:
        """What they asked for comes no more."""
        w = words_for(head.channel, self.settings, self.channels)
        self._say(f"{PREFIX}{delivery}|over", delivery, head, w.say("no_post_over", channel=named(head.channel)), now)

    def _say(self, name: str, delivery: str, head: Head, text: str, now: float) -> None:
        if not private(head.by) or head.by == head.channel or delivery.startswith(PREFIX) or self.outbox.channel(name):
            return
        with self.outbox.redis.pipeline() as pipe:
            self.outbox.put(pipe, name, head.by, [Part(key="told", payload=direct(head.by, text))], now)
            pipe.execute()
        self.ledger.open(f"delivery|{name}", "delivery", now, {"delivery": name})

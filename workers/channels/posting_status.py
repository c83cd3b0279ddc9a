"""Tells in a channel how its digest fares on its way out."""

from workers.platforms.refusals import cannot_post
from workers.queueing.dispatcher import Dispatcher
from workers.settings import Settings
from workers.store.channels.memory import Memory
from workers.store.channels.settings import Channels
from workers.store.delivery.breaker import Breaker
from workers.store.delivery.held_deliveries import HeldDeliveries
from workers.store.delivery.outbox import OPEN_STATES, Outbox
from workers.store.people.bot_names import BotNames
from workers.words import Words

PLATFORMS = {"slack": "Slack", "telegram": "Telegram"}


class Posting:
    """Reads what became of messages, and sets going what has stopped."""

    def __init__(self, dispatcher: Dispatcher, settings: Settings) -> None:
        self.dispatcher, self.settings, redis = dispatcher, settings, dispatcher.redis
        self.outbox, self.channels, self.me = Outbox(redis), Channels(redis), BotNames(redis)
        self.breaker, self.held, self.memory = Breaker(redis), HeldDeliveries(redis), Memory(redis)

    def post_again(self, slot: str, w: Words) -> str:
        """Post today's digest again where it is not out; what to tell who asks for it.

        It was made already. What is not out is tried at once.
        """
        head, rows = self.outbox.whole(slot)
        states = {row.state for row in rows}
        if head is None and (digest := self.memory.digest(slot)) and digest.empty:
            return w.nothing_today
        if head is None or not states & {"dead", "uncertain", *OPEN_STATES}:
            return w.already_posted
        platform = head.channel.partition(":")[0]
        if states & set(OPEN_STATES):
            task = self.dispatcher.ledger.get(f"delivery|{slot}")
            if task is None or task.state != "open":
                self.dispatcher.send(slot)
                return w.posted_again
            self.dispatcher.go_on(slot)
            if head.held:
                return self._why(head.channel, head.held, head.why, w)
            away = self.breaker.away(platform)
            return w.say("post_waits", platform=PLATFORMS.get(platform, platform)) if away else w.being_posted
        if not self.outbox.revive(slot):
            return w.already_posted  # what is uncertain may be there: the operator decides
        self.dispatcher.send(slot)
        return w.posted_again

    def wrong(self, channel: str, w: Words) -> list[str]:
        """What keeps messages from this channel now, in sentences.

        Each says what mends it.
        """
        lines, platform = [], channel.partition(":")[0]
        waiting = self.held.at(channel)
        reasons = dict.fromkeys((head.held, head.why) for head in waiting.values())
        lines += [self._why(channel, held, why, w) for held, why in reasons]
        paused = self.channels.get(channel).paused
        if paused and not any(held == "place" for held, _ in reasons):
            lines.append(cannot_post(w, channel, paused, self.me.name(platform)))
        if self.breaker.away(platform):
            lines.append(w.say("service_away", platform=PLATFORMS.get(platform, platform)))
        trouble = self.outbox.trouble()
        where = self.outbox.channels([row.delivery for row in trouble])
        if lost := sum(where.get(row.delivery) == channel for row in trouble):
            lines.append(w.say("not_posted", n=lost))
        return lines

    def _why(self, channel: str, held: str, why: str, w: Words) -> str:
        if held == "operator":
            return w.no_post_operator
        return cannot_post(w, channel, why, self.me.name(channel.partition(":")[0]))

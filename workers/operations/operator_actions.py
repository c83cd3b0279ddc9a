"""Operator messages and their buttons: post again, or settle by hand.

A line is made of words with `code` in backticks. A button names a row by its mark and fence, so that pressing it twice,
or pressing one of an older line, does nothing.
"""

import html
import re
import time
from collections.abc import Callable
from typing import Any

from redis import Redis

from prompts import load_profile
from workers.models import Part
from workers.operations.incidents import all_of
from workers.queueing.dispatcher import Dispatcher
from workers.settings import Settings
from workers.store.channels.settings import Channels
from workers.store.delivery.held_deliveries import HeldDeliveries
from workers.store.delivery.outbox import OPEN_STATES, Outbox, Standing
from workers.store.operations.incidents import Incidents
from workers.words import Words, words

AGAIN, LEAVE = "op_again", "op_leave"
"""What a button does: Slack action ids, and what stands before the row in Telegram's callback data."""

LINE = "line"
"""Key of the part that is a trouble's line."""

_CODE = re.compile(r"`([^`]*)`")


def home(settings: Settings, channels: Channels) -> str:
    """Return the operator channel as it is called now (`slack:C1`, `telegram:-100/7`).

    Empty where none is set, or its platform has no token.
    """
    able = {
        "slack": settings.slack_bot_token.get_secret_value(),
        "telegram": settings.telegram_bot_token.get_secret_value(),
    }
    wanted = settings.operator_channel
    return channels.address(wanted) if able.get(wanted.partition(":")[0]) else ""


def words_of(settings: Settings, channels: Channels) -> Words:
    """The words of the operator channel's language."""
    own = channels.get(home(settings, channels)).changes.get("language")
    return words(str(own) if own else load_profile(settings.digest_profile).language)


def safe(value: object) -> str:
    """An id or a number as it may stand in a line: one line, no backticks."""
    return "".join(char for char in str(value) if char.isprintable() and char != "`")


def payload(platform: str, text: str, buttons: dict[str, str] | None = None) -> dict[str, Any]:
    """A line for a platform. `buttons`: `<what it does>:<row>` -> its words."""
    shown = buttons or {}
    if platform == "slack":
        marked = html.escape(text, quote=False)
        blocks: list[dict[str, Any]] = [{"type": "section", "text": {"type": "mrkdwn", "text": marked}}]
        elements = [
            {"type": "button", "action_id": does, "value": row, "text": {"type": "plain_text", "text": words}}
            for (does, _, row), words in ((name.partition(":"), words) for name, words in shown.items())
        ]
        blocks += [{"type": "actions", "elements": elements}] if elements else []
        plain = html.escape(text.replace("`", ""), quote=False)
        return {"text": plain, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}
    entities, plain = [], ""
    for number, piece in enumerate(_CODE.split(text)):
        if number % 2 and piece:
            entities.append({"type": "code", "offset": _units(plain), "length": _units(piece)})
        plain += piece
    row = [{"text": words, "callback_data": name} for name, words in shown.items()]
    about = {"text": plain, "entities": entities, "link_preview_options": {"is_disabled": True}}
    return about | ({"reply_markup": {"inline_keyboard": [row]}} if row else {})


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


class Resolver:
    """Gives rows that did not get through another chance.

    `clock` gives seconds since 1970.
    """

    def __init__(self, redis: "Redis", settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self.settings, self.clock = settings, clock
        self.outbox, self.dispatcher, self.troubles = Outbox(redis), Dispatcher(redis, clock), Incidents(redis)
        self.channels, self.held = Channels(redis), HeldDeliveries(redis)

    def pressed(self, does: str, token: str, channel: str, *, may: bool) -> tuple[str, bool]:
        """Handle a button under a line: (what to tell the person, whether it was refused).

        `may`: they may change settings.
        """
        w = words_of(self.settings, self.channels)
        where = home(self.settings, self.channels)
        if not may or not where or where.partition("/")[0] != channel.partition("/")[0]:
            return w.op_not_here, True
        mark, _, fence = token.partition(":")
        done = self.settle(does, [r for r in self.rows(mark) if fence.isdigit() and r.fence <= int(fence)])
        return (w[f"{does}_done"] if done else w.op_known), False

    def rows(self, mark: str) -> list[Standing]:
        """Return the rows in trouble that are meant, and those that wait.

        Of trouble: a mark, the beginning of one (8 letters or more), a delivery's key, or a platform whose token was
        refused. Of what waits: all of a delivery, a channel or a platform.
        """

        def named(row: Standing) -> bool:
            if row.error == "auth" and (self.outbox.channel(row.delivery) or "").partition(":")[0] == mark:
                return True
            marks = (row.mark, all_of(row.delivery) if row.state != "uncertain" else "")
            return row.delivery == mark or (len(mark) >= 8 and any(m.startswith(mark) for m in marks))

        waiting = [d for d, h in self.held.all().items() if mark in (d, h.channel, h.channel.partition(":")[0])]
        held = [row for rows in self.outbox.standings(waiting).values() for row in rows if row.state in OPEN_STATES]
        return [row for row in self.outbox.trouble(settling=True) if named(row)] + held

    def settle(self, does: str, rows: list[Standing]) -> int:
        """Post the rows again, or let them be; return how many changed.

        May be cut off anywhere and done again.
        """
        done = 0
        for row in rows:
            if does == LEAVE:
                done += self.outbox.leave(row.delivery, row.key, row.fence)
            elif self.outbox.again(row.delivery, row.key, row.fence):
                self.dispatcher.send(row.delivery)
                self.dispatcher.go_on(row.delivery)
                self.outbox.settled(row.delivery, row.key)
                done += 1
        if done:
            self._mark(does, rows)
            self.troubles.soon()
            self.dispatcher.ledger.wake()
        return done

    def _mark(self, does: str, rows: list[Standing]) -> None:
        """Say under the operator's lines of these rows what was done.

        Their buttons are taken away.
        """
        w = words_of(self.settings, self.channels)
        keys = {f"uncertain|{r.delivery}|{r.key}|{r.fence}" for r in rows} | {f"dead|{r.delivery}|" for r in rows}
        for name, line in self.troubles.state().get("lines", {}).items():
            key = next(iter(line["troubles"]))
            if len(line["troubles"]) == 1 and (key in keys or f"{key.rpartition('|')[0]}|" in keys):
                mark_line(self.outbox, self.dispatcher, name, f"→ {w[f'{does}_done']}")


def mark_line(outbox: Outbox, dispatcher: Dispatcher, name: str, note: str, more: list[Part] | None = None) -> None:
    """Add a note to a line that was said, and further parts after it.

    The line loses its buttons.
    """
    channel = outbox.channel(name) or ""
    rows = {row.key: row for row in outbox.rows(name)}
    if LINE not in rows:
        return
    before = rows[LINE].payload
    said = _text_of(before)
    text = said if note in said else f"{said}\n{note}"
    part = Part(key=LINE, payload=payload(channel.partition(":")[0], text))
    new = [part, *(more or [])]
    kept = [r for r in rows.values() if r.key not in {p.key for p in new}]
    if outbox.revise(name, [*new, *(Part(key=r.key, parent=r.parent, payload=r.payload) for r in kept)]):
        dispatcher.send(name)


def _text_of(before: dict[str, Any]) -> str:
    """A line's words with their backticks, from its payload."""
    if "blocks" in before:
        return html.unescape(str(before["blocks"][0]["text"]["text"]))
    raw, text, at = str(before["text"]).encode("utf-16-le"), "", 0
    for entity in before.get("entities", []):
        start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
        text += raw[at:start].decode("utf-16-le") + f"`{raw[start:end].decode('utf-16-le')}`"
        at = end
    return text + raw[at:].decode("utf-16-le")

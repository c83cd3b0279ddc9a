"""What the outbox holds, as records: a delivery's head and its parts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from workers.store.server.connection import text

PartState = Literal["pending", "sending", "sent", "edit", "delete", "deleted", "uncertain", "dead"]

OPEN_STATES = ("pending", "sending", "edit", "delete")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one part stands, without its text."""

    delivery: str
    key: str
    state: PartState
    fence: int
    first: float | None
    """Time of the first claim: where to look from, if it was interrupted."""
    msg: str | None
    """Slack ts or Telegram message id."""
    error: str | None
    rev: str
    """Revision of the text: counts how often it was written."""
    how: str
    """What was sent in its place first: `placeholder`, `text`, or nothing special."""
    at: float | None
    """Time of the last outcome."""
    mark: str
    """Opaque id of this part that travels with the message (Slack metadata)."""

    @property
    def out(self) -> bool:
        """True where its text, or an older one, is out, or it will not be sent."""
        return self.state not in OPEN_STATES or bool(self.msg and self.how != "placeholder")


@dataclass(frozen=True, kw_only=True)
class Row(Standing):
    """One part with its text."""

    parent: str | None
    payload: dict[str, Any]
    about: dict[str, Any] | None
    """Which paper it is about (see `Part.about`)."""


STANDING = ("state", "fence", "first", "msg", "error", "rev", "how", "at")
"""Fields of a part's hash that tell how it stands."""


@dataclass(frozen=True)
class Head:
    """What holds for a delivery as a whole."""

    channel: str
    placeholder: str
    """The line that may stand where its parts are to be, or nothing."""
    watched: bool
    """True once somebody had a part of it posted again, and waits to hear of it."""
    made: float = 0.0
    until: float = 0.0
    """Until when it is of use; 0: entered by an older version."""
    held: str = ""
    """What it waits for: `place` (the chat takes nothing from us), `operator`, or nothing."""
    why: str = ""
    """Class of the refusal that it waits for the end of."""
    since: float = 0.0
    looks: int = 0
    """How often it was tried since then."""
    by: str = ""
    """Who asked for it (`slack:U1`), where somebody did."""


HEAD = ("channel", "placeholder", "watched", "order", "made", "until", "held", "why", "since", "looks", "by")
"""Fields of a delivery's hash, in the order in which `head_of` takes them."""


def head_of(raw: Sequence[Any]) -> Head | None:
    """The head from its fields (`HEAD`); None where there is no such delivery."""
    said = [text(value or b"") for value in raw]
    if not said[0]:
        return None
    numbers = [float(value or 0) for value in (said[4], said[5], said[8], said[9])]
    made, until, since, looks = numbers
    return Head(said[0], said[1], bool(said[2]), made, until, said[6], said[7], since, int(looks), said[10])


def row_of(delivery: str, part: str, raw: Any) -> Row:
    """A part from its hash."""
    f = {text(n): text(v) for n, v in raw.items()}
    return Row(
        **_standing(delivery, part, f),
        parent=f["parent"] or None,
        payload=json.loads(f["payload"]),
        about=json.loads(f.get("about", "null")),
    )


def standing_of(delivery: str, part: str, raw: Sequence[Any]) -> Standing | None:
    """How a part stands, from its fields (`STANDING`); None: no such part."""
    f = {name: text(value) for name, value in zip(STANDING, raw, strict=True) if value is not None}
    return Standing(**_standing(delivery, part, f)) if "state" in f else None


def _standing(delivery: str, part: str, f: Mapping[str, str]) -> dict[str, Any]:
    return {
        "delivery": delivery,
        "key": part,
        "state": f["state"],
        "fence": int(f.get("fence", 0)),
        "first": float(f["first"]) if "first" in f else None,
        "msg": f.get("msg") or None,
        "error": f.get("error") or None,
        "rev": f.get("rev", ""),
        "how": f.get("how", ""),
        "at": float(f["at"]) if "at" in f else None,
        "mark": mark_of(delivery, part),
    }


def mark_of(delivery: str, part: str) -> str:
    """Opaque id of a part that travels with its message."""
    return sha256(f"{delivery} {part}".encode()).hexdigest()[:32]

"""What `doctor` found, one line a check, without secrets."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

log = logging.getLogger(__name__)

State = Literal["ok", "warn", "fail", "off", "unknown"]
"""ok: works; warn: works, but; fail: does not work; off: not configured; unknown: cannot be looked at from here."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    part: str
    """Settings, Redis, Slack, Telegram, Model, Sources, Schedule, Machine."""
    name: str
    state: State
    said: str
    """What was found."""
    todo: str = ""
    """What to do about it."""
    heard: bool = True
    """False where no answer came: nothing is known then of what was asked about."""


@dataclass
class ConfiguredPart:
    """One part and how to look at it.

    `look` gives its findings one by one, so that those before a hang are kept.
    """

    name: str
    look: Callable[[], Iterator[Finding]]
    limit_s: float
    found: list[Finding] = field(default_factory=list)
    done: bool = False


def examine(parts: Sequence[ConfiguredPart]) -> list[Finding]:
    """Look at all parts side by side, each within its own time.

    Findings come in the order of the parts.
    """
    started = time.monotonic()
    threads = [threading.Thread(target=_look, args=(p,), name=f"doctor-{p.name}", daemon=True) for p in parts]
    for thread in threads:
        thread.start()
    for part, thread in zip(parts, threads, strict=True):
        thread.join(max(0.0, started + part.limit_s - time.monotonic()))
    return [finding for part in parts for finding in _over(part)]


def _look(part: ConfiguredPart) -> None:
    try:
        for finding in part.look():
            part.found.append(finding)
    except Exception as error:
        log.debug("doctor_failed", exc_info=True)
        kind = type(error).__name__
        todo = "LOG_LEVEL=DEBUG shows where; please report it."
        part.found.append(Finding(part.name, "check", "fail", f"could not be looked at ({kind})", todo))
    part.done = True


def _over(part: ConfiguredPart) -> list[Finding]:
    """What was found by now; a part still at work gets a line that says so."""
    found = list(part.found)
    if not part.done:
        said = f"gave no answer within {part.limit_s:.0f} s"
        found.append(Finding(part.name, "time", "fail", said, "check the network and the address in the settings."))
    return found

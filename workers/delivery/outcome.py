"""Where a delivery stands after a run, and how long to wait after a failure."""

import random
from dataclasses import dataclass

BACKOFF_FIRST_S, BACKOFF_TIMES, BACKOFF_MOST_S = 4.0, 5.0, 300.0
"""Seconds before a failed part is tried again, at most: the first, times this for each further failure, and the cap.
It is tried for as long as the message is of use."""

AWAY_S = 60.0
"""Seconds, at least, until one that found its service away asks again; at most twice that: others come first."""

LOOK_FIRST_S, LOOK_MOST_S = 60.0, 600.0
"""Seconds until a place that refused us is tried again: doubled each time, and at most. An event comes sooner."""


@dataclass(frozen=True)
class Outcome:
    """Where a delivery stands after a run."""

    done: bool
    at: float = 0.0
    """When to go on, if not done."""
    error: str = ""
    """Class of the failure, if that is why it is not done."""
    platform: str = ""
    """Whose pace it waits for."""
    held: bool = False
    """True where it waits for a place or for the operator: nobody keeps it in hand meanwhile."""
    full: bool = False
    """True if the platform as a whole is at its limit: nothing else can go there before `at` either."""


def backoff(fails: int) -> float:
    """Seconds to wait after so many failures.

    By chance between half and the whole, so that not all come at once.
    """
    return random.uniform(0.5, 1.0) * min(BACKOFF_FIRST_S * BACKOFF_TIMES**fails, BACKOFF_MOST_S)


def away() -> float:
    """Seconds to wait for a delivery that has just found its service away."""
    return random.uniform(1.0, 2.0) * AWAY_S


def look(looks: int) -> float:
    """Seconds until a place that has refused us so many times is tried again."""
    return float(min(LOOK_FIRST_S * 2.0 ** max(0, looks - 1), LOOK_MOST_S))

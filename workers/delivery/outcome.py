"""Where a delivery stands after a run, and how long to wait after a failure."""

import random
from dataclasses import dataclass

BACKOFF_FIRST_S, BACKOFF_TIMES, BACKOFF_MOST_S = 4.0, 5.0, 600.0
"""Seconds before a failed part is tried again, at most: the first, times this for each further failure, and the cap.
The four waits between five attempts come to 5 to 12 minutes, so that an outage of minutes costs nothing."""


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
    full: bool = False
    """True if the platform as a whole is at its limit: nothing else can go there before `at` either."""


def backoff(fails: int) -> float:
    """Seconds to wait after so many failures: by chance between half and the whole, so that not all come at once."""
    return random.uniform(0.5, 1.0) * min(BACKOFF_FIRST_S * BACKOFF_TIMES**fails, BACKOFF_MOST_S)

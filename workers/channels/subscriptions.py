"""Caches who gets a digest, until a channel's choices change.

One request tells whether they have. Whatever else may change them (a restored backup) is seen `FRESH_S` later.
"""

from redis import Redis

from workers.channels.recipients import Target, targets_with
from workers.settings import Settings
from workers.store.channels.settings import Channels, ChannelSettings

FRESH_S = 600.0
"""Seconds after which they are read again in any case."""


class Subscriptions:
    """Belongs to one process."""

    def __init__(self, redis: "Redis", settings: Settings) -> None:
        self.channels, self.settings = Channels(redis), settings
        self._found: list[tuple[Target, ChannelSettings]] = []
        self._read: tuple[str, float] | None = None

    def all(self, now: float) -> list[tuple[Target, ChannelSettings]]:
        """Every channel that should get a digest, with what it has chosen.

        Those that refused us are among them.
        """
        version = self.channels.version()
        if self._read is None or self._read[0] != version or not 0 <= now - self._read[1] < FRESH_S:
            self._found = list(targets_with(self.settings, self.channels, paused=True))
            self._read = version, now
        return self._found

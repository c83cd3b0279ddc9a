"""Names of channels' folders in the web archive that cannot be guessed."""

import secrets

from redis import Redis

from workers.store.server.connection import key as k
from workers.store.server.connection import text

BYTES = 24
"""Of chance in a name: far beyond guessing."""


class SiteNames:
    """Reads, makes and renews them."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def get(self, channel: str) -> str:
        """The channel's name; made at the first call."""
        self.redis.set(k("site", channel), secrets.token_urlsafe(BYTES), nx=True)
        return text(self.redis.get(k("site", channel)))

    def renew(self, channel: str) -> str:
        """Give a channel a new name; returns the old one, which leads nowhere from now on."""
        old = self.get(channel)
        self.redis.set(k("site", channel), secrets.token_urlsafe(BYTES))
        return old

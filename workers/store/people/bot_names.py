"""How the bot is called on each platform, told by its listeners."""

from redis import Redis

from workers.store.server.connection import key as k
from workers.store.server.connection import text

ME = k("me")


class BotNames:
    """Reads and writes the names."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def name(self, platform: str) -> str:
        """`@paperboy`, Slack's `<@U1>`; nothing where no listener has run yet."""
        return text(self.redis.hget(ME, platform) or b"")

    def tell(self, platform: str, name: str) -> None:
        """A listener has learnt it."""
        self.redis.hset(ME, platform, name)

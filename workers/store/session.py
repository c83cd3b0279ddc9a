"""A connection to the configured Redis for the length of one command."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from redis import Redis
from redis.exceptions import RedisError

from workers.settings import Settings
from workers.store import schema
from workers.store.server import embedded
from workers.store.server.connection import connect


@contextmanager
def store(settings: Settings) -> Iterator["Redis"]:
    """A connection, with the embedded server started for the time if it has to be."""
    ours = not settings.redis_url.get_secret_value() and not embedded.running(settings.data_dir)
    redis = connect(embedded.ensure(settings))
    try:
        if schema.check(redis) is None:
            with suppress(RedisError):  # a full server still tells how it is
                schema.note(redis)
        yield redis
    finally:
        redis.close()
        if ours:
            embedded.release(settings.data_dir)

"""A listener's sign of life, given every few seconds as long as it lives."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from redis import Redis
from redis.exceptions import RedisError

from workers.store.operations.heartbeats import EVERY_S, Heartbeats


async def _always() -> bool:
    return True


@contextlib.asynccontextmanager
async def heartbeat(
    redis: "Redis", name: str, how: str, well: Callable[[], Awaitable[bool]] = _always
) -> AsyncIterator[None]:
    """Report during the `with` that `name` is running.

    `well`: whether it is connected to what it listens to.
    """
    beats = Heartbeats(redis)

    async def beat() -> None:
        with contextlib.suppress(RedisError, OSError):  # it is away: its own line in /healthz says so
            await asyncio.to_thread(beats.beat, name, well=await well(), how=how)

    async def go_on() -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            await beat()

    await beat()
    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
        with contextlib.suppress(RedisError, OSError):
            await asyncio.to_thread(beats.stop, name)

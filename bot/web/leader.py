"""What one process at a time may do, on one machine or many."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from redis import Redis
from redis.exceptions import RedisError

from workers.store.tasks.lease import LOOK_S, RENEW_S, Lease

log = logging.getLogger(__name__)


async def alone(redis: "Redis", name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Do `work` whenever no other process does.

    Ends when `work` ends by itself or we are cancelled.
    """
    lease = Lease(redis, name)
    try:
        while True:
            if await _holds(lease, otherwise=False):
                log.info("lease_taken", extra={"lease": name})
                if await _ended(asyncio.ensure_future(work()), lease):
                    return
                log.warning("lease_lost", extra={"lease": name})
            await asyncio.sleep(LOOK_S)
    finally:
        with suppress(RedisError, OSError):
            await asyncio.to_thread(lease.release)


async def _ended(task: "asyncio.Future[None]", lease: Lease) -> bool:
    """Wait for `task` while we hold the lease; False where that was lost first.

    Raises what the task raises.
    """
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=RENEW_S)
            if not await _holds(lease, otherwise=True):
                return False
        task.result()
        return True
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _holds(lease: Lease, *, otherwise: bool) -> bool:
    """True if the lease is ours; `otherwise` where Redis is away.

    Nobody else can take it then.
    """
    try:
        return await asyncio.to_thread(lease.hold)
    except (RedisError, OSError):
        return otherwise

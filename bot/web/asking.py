"""Asks the store for whoever visits the server, one at a time."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from aiohttp import web
from redis import Redis
from redis.exceptions import RedisError

from workers.errors import PaperboyError
from workers.settings import Settings
from workers.store.server.connection import connect
from workers.store.server.embedded import ensure

log = logging.getLogger(__name__)

REDIS_S = 1.0
"""Seconds to connect to Redis and for one answer of it: who asks for health must hear of trouble soon."""

ANSWER_S = 5.0
"""Seconds for a whole answer."""

WAITING = 8
"""Who asks while so many wait already is sent away: a flood must not queue up."""

T = TypeVar("T")


class Asking:
    """One thread with one connection; `name`: the thread's."""

    def __init__(self, settings: Settings, name: str) -> None:
        self.settings = settings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._redis: Redis | None = None
        self._asking = 0

    async def close(self) -> None:
        """Let go of the connection."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        if self._redis:
            self._redis.close()

    async def collect(self, ask: Callable[["Redis"], T]) -> T | None:
        """What `ask` gives, or None where the store does not answer in time."""
        if self._asking >= WAITING:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "1"})
        self._asking += 1
        try:
            work: Any = asyncio.get_running_loop().run_in_executor(self._thread, self._ask, ask)
            return await asyncio.wait_for(work, ANSWER_S)
        except TimeoutError:
            return None
        finally:
            self._asking -= 1

    def _ask(self, ask: Callable[["Redis"], T]) -> T | None:
        try:
            if self._redis is None:
                self._redis = connect(ensure(self.settings), retries=0, socket_timeout=REDIS_S)
                self._redis.connection_pool.connection_kwargs["socket_connect_timeout"] = REDIS_S
            return ask(self._redis)
        except (RedisError, PaperboyError, OSError) as error:
            log.warning("store_away", extra={"error": type(error).__name__})
            return None
        except Exception:
            log.exception("health_unknown")
            return None

"""Sends store calls that many people cause at one moment in one round trip.

A call waits for others for at most `WAIT_S`, less where enough have come. Round trips do not wait for each
other: a slow one holds up nobody who comes later.
"""

import asyncio
from concurrent.futures import Executor
from typing import Any, TypeVar

from workers.store.batch import Batch, Call

T = TypeVar("T")

WAIT_S = 0.002
"""Seconds a call waits for others: a fraction of a trip through Slack, several commands' worth of ours (measured)."""

MOST = 64
"""Calls of one trip: the store's script then takes about a millisecond."""


class Batcher:
    """Belongs to one event loop; the round trips are made in threads of `threads`."""

    def __init__(self, batch: Batch, threads: Executor) -> None:
        self.batch, self.threads = batch, threads
        self._waiting: list[tuple[Call[Any], asyncio.Future[Any]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    async def ask(self, call: Call[T]) -> T:
        """The call's meaning. RedisError where the store is away or refuses it."""
        loop = asyncio.get_running_loop()
        reply: asyncio.Future[Any] = loop.create_future()
        self._waiting.append((call, reply))
        if len(self._waiting) >= MOST:
            self._go()
        elif self._timer is None:
            self._timer = loop.call_later(WAIT_S, self._go)
        return self.batch.read(call, await reply)

    def _go(self) -> None:
        if self._timer:
            self._timer.cancel()
        calls, self._waiting, self._timer = self._waiting, [], None
        task = asyncio.get_running_loop().create_task(self._send(calls))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _send(self, waiting: list[tuple[Call[Any], "asyncio.Future[Any]"]]) -> None:
        calls = [call for call, _ in waiting]
        try:
            replies = await asyncio.get_running_loop().run_in_executor(self.threads, self.batch.send, calls)
        except BaseException as error:
            for _, reply in waiting:
                if not reply.done():
                    reply.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for (_, reply), said in zip(waiting, replies, strict=True):
            if not reply.done():
                reply.set_result(said)

"""Stands between a client and a Redis on a Unix socket.

Passes everything on, late, or with somebody looking on.

As a process of its own: `python -m tests.bench.proxy SOCKET SECONDS` prints its port and serves until stdin ends; a
line on stdin is another number of seconds.
"""

import asyncio
import re
import sys
import threading
from collections.abc import Callable

COMMAND = re.compile(rb"\*\d+\r\n\$\d+\r\n([A-Za-z]+)\r\n")
"""The head of a request in Redis' protocol: an array whose first string is the command's name."""

CHUNK = 2**16
"""Bytes read at a time; a request of ours is a few hundred."""

START_S = 5.0
"""Seconds until it must listen; it takes milliseconds."""

Look = Callable[[str, list[str]], None]
"""Called with `asked` (before a request is passed on) or `answered` (before a reply is) and the commands' names."""


class Proxy:
    """Passes each command on to Redis `delay_s` seconds late.

    Redis is at `url` on loopback between `start()` and `stop()`.
    """

    def __init__(self, socket: str, delay_s: float = 0.0, look: Look | None = None) -> None:
        self.socket, self.delay_s, self.look = socket, delay_s, look
        self.port = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="proxy", daemon=True)

    @property
    def url(self) -> str:
        """For REDIS_URL."""
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> "Proxy":
        """Listen on a free port; returns self."""
        self._thread.start()
        if not self._ready.wait(START_S):
            raise TimeoutError(f"the proxy did not listen within {START_S:g} s")
        return self

    def stop(self) -> None:
        """End it and every connection."""
        if self._loop and self._stopping and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(START_S)

    def __enter__(self) -> "Proxy":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def _run(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        server.close()
        for task in self._open:
            task.cancel()
        if self._open:
            await asyncio.wait(self._open)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        writers = [writer]
        try:
            from_server, to_server = await asyncio.open_unix_connection(self.socket)
            writers.append(to_server)
            ways = [
                asyncio.create_task(self._pass("asked", reader, to_server)),
                asyncio.create_task(self._pass("answered", from_server, writer)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.wait(ways)
        except (OSError, asyncio.CancelledError):  # the server is away, or we stop
            pass
        finally:
            self._open.discard(task)
            for each in writers:
                each.close()

    async def _pass(self, phase: str, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(CHUNK):
                names = [n.decode().upper() for n in COMMAND.findall(data)] if phase == "asked" else []
                if self.look:
                    self.look(phase, names)
                if names:  # a long command comes in pieces: it is late once
                    await asyncio.sleep(self.delay_s * len(names))
                sink.write(data)
                await sink.drain()
        except OSError:  # one side hung up
            return


def main() -> None:
    """`proxy SOCKET SECONDS`."""
    with Proxy(sys.argv[1], float(sys.argv[2])) as proxy:
        print(proxy.port, flush=True)
        for line in sys.stdin:
            proxy.delay_s = float(line)
            print(line, end="", flush=True)


if __name__ == "__main__":
    main()

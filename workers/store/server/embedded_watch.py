"""Keeps the embedded server running while a command needs it.

Killed for want of memory, or ended by a full disk, it would else stay away: the processes that wait for it do not exit,
so nobody's restart would bring it back.
"""

import logging
import threading
import time
from pathlib import Path

from redis.exceptions import RedisError

from workers.errors import PaperboyError
from workers.store.server import embedded

log = logging.getLogger(__name__)

LOOK_S = 0.5
"""Seconds between two looks; a look is one PING on a Unix socket, half a millisecond."""

AGAIN_S, AGAIN_MOST_S = 0.5, 5.0
"""Seconds until it is tried again where it does not start (a full disk): doubled each time, at most the second."""


class ServerWatch:
    """Use as a context manager, once the server has been started."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir, self.started = data_dir, 0
        """`started`: how often it was started again."""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)

    def __enter__(self) -> "ServerWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _keep(self) -> None:
        wait, since = LOOK_S, 0.0
        while not self._stopping.wait(wait):
            try:
                if embedded.alive(self.data_dir):
                    wait, since = LOOK_S, 0.0
                    continue
                if not since:
                    since, wait = time.monotonic(), AGAIN_S
                    log.error("embedded_redis_gone", extra={"hint": "it is started again; redis.log says why"})
                embedded.start(self.data_dir)
                self.started += 1
                log.warning("embedded_redis_started", extra={"seconds_away": round(time.monotonic() - since, 1)})
            except (PaperboyError, RedisError, OSError) as error:
                wait = min(wait * 2, AGAIN_MOST_S)
                log.warning("embedded_redis_away", extra={"error": type(error).__name__, "again_in": wait})

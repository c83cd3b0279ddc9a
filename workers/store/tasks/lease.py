"""Leases: one process at a time does a thing, over all machines.

The server's clock decides when one has lapsed.
"""

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from redis import Redis

from workers.store.server.connection import key, text

LEASE_S = 8.0
"""Seconds without a sign of its holder after which a lease is another's: with `LOOK_S` less than 10 after a death, and
more than an idle clock waits (`scheduler.LONGEST_WAIT_S` and `RENEW_S`)."""

RENEW_S = 2.0
"""Seconds between two signs of the holder: two may be late."""

LOOK_S = 1.0
"""Seconds between two looks of those who wait."""

_TAKE = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] and holder ~= ARGV[3] then return holder end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
"""

_GIVE_BACK = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"

LINUX_MACHINE = ("/proc/sys/kernel/random/boot_id", "/proc/self/ns/pid")
"""What tells one Linux from another, and inside it one container's processes from another's."""


def _machine() -> str:
    """A name of the machine (or container) that sees the same processes as we do."""
    parts = [socket.gethostname()]
    if sys.platform.startswith("linux"):
        with suppress(OSError):
            parts += [Path(LINUX_MACHINE[0]).read_text().strip(), str(Path(LINUX_MACHINE[1]).readlink())]
    return "/".join(parts)


class Lease:
    """One holder's view of the lease `name`."""

    def __init__(self, redis: "Redis", name: str) -> None:
        self._key, self._machine = key("lease", name), _machine()
        self._us = f"{self._machine}|{os.getpid()}|{uuid4().hex}"
        self._take, self._give_back = redis.register_script(_TAKE), redis.register_script(_GIVE_BACK)

    def hold(self) -> bool:
        """Take or renew the lease; False while another process has it.

        A holder that died on this machine is not waited for.
        """
        holder = self._try("")
        if holder != self._us and self._has_died(holder):
            holder = self._try(holder)
        return holder == self._us

    def release(self) -> None:
        """Give it back, if we have it."""
        self._give_back([self._key], [self._us])

    def _try(self, instead_of: str) -> str:
        """Who holds it now."""
        return text(self._take([self._key], [self._us, round(LEASE_S * 1000), instead_of]))

    def _has_died(self, holder: str) -> bool:
        machine, _, rest = holder.partition("|")
        if machine != self._machine:
            return False
        try:
            os.kill(int(rest.partition("|")[0]), 0)
        except ProcessLookupError:
            return True
        except (ValueError, OSError):
            return False
        return False

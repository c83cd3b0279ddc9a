"""A page of memory in which a job's process says which task it runs.

The child writes which task it has in hand, so that its death is laid to that one and to no other; the parent writes
that it is to stop.
"""

import json
import mmap

SIZE = 4096
"""Bytes of the page; a key is some hundred."""


class CurrentTask:
    """Made before the fork."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, SIZE)

    def hold(self, key: str, attempt: int) -> None:
        """Note the task that is in hand now.

        One whose key is too long to be noted comes back with the end of its lease.
        """
        self._write(json.dumps([key, attempt]).encode())

    def put_down(self) -> None:
        """Nothing is in hand."""
        self._write(b"")

    def held(self) -> tuple[str, int] | None:
        """The task in hand."""
        raw = self._page[2 : 2 + self._page[1] * 256] if self._page[1] else b""
        noted = raw.rstrip(b"\0")
        return tuple(json.loads(noted)) if noted else None

    def stop(self) -> None:
        """Ask the child to take up nothing new."""
        self._page[0] = 1

    @property
    def stopping(self) -> bool:
        """True once it was asked to."""
        return self._page[0] == 1

    def _write(self, noted: bytes) -> None:
        """The length comes last: a half-written note is none."""
        self._page[1] = 0
        if noted and len(noted) <= SIZE - 2:
            self._page[2:] = noted.ljust(SIZE - 2, b"\0")
            self._page[1] = -(-len(noted) // 256)


OURS = CurrentTask()
"""The page of this process and its children; a worker makes its own."""

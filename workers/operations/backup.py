"""Backup and move: the store's memory as one file, and back.

The file is gzip over JSON lines. The first line says what it is: format, version, when it was made, how many records of
which kind, and the SHA-256 of all that follows; each further line is one record. Nothing of it is a secret: tokens and
keys are never in the store, and one that somebody typed into a chat is masked on the way out.
"""

import gzip
import hashlib
import json
import os
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workers import logs
from workers.errors import BadInput
from workers.settings import Settings
from workers.store import snapshot
from workers.store.keyspace import MOVES, family, readable
from workers.store.papers.twins import Twins
from workers.store.session import store
from workers.store.snapshot import Dump, StoredKey
from workers.words.typed import typed

FORMAT, VERSION = "paperboy-backup", 1
"""What the first line says. The version goes up when an older Paperboy could not read the records."""

MODE = 0o600
"""Rights of the file: it holds what people asked and what channels were told."""

MAX_BYTES = 2**30
"""Decompressed bytes that are read: a year of ten channels is under a tenth of it."""

LATEST_MS = 10**14
"""Milliseconds since 1970 before which every record's end lies: the year 5138. A server refuses more."""

STANDARD = "-"
"""The name that means standard output or input."""

GZIP = b"\x1f\x8b"
"""How a compressed file begins."""

MASKED_FROM = 6
"""Characters from which a secret is masked; a shorter one would garble every other word (and is no secret)."""

SHOWN = {
    "channel": "channels", "posted": "memories of posted papers", "digest": "digests", "votes": "papers with votes",
    "about": "messages in threads", "analysis": "analyses",
}  # fmt: skip
"""What a person is told of: family -> its name."""


@dataclass(frozen=True)
class Copied:
    """What was written to a file, or read from one."""

    counts: dict[str, int]
    """Family -> records."""
    unfinished: int = 0
    unreadable: int = 0
    changed: int = 0
    """Keys of the store that an import changed."""

    @property
    def told(self) -> str:
        """In words: `2 channels, 31 digests`."""
        named = (f"{self.counts[f]} {name}" for f, name in SHOWN.items() if self.counts.get(f))
        return ", ".join(named) or "nothing yet"


def export(settings: Settings, target: str, *, people_key: bool = False) -> Copied:
    """Write all that a move needs to a file, complete or not at all.

    The bot may run meanwhile. `people_key`: also the key that ties votes to people.
    Raises BadInput where the file cannot be written.
    """
    path = None if target == STANDARD else _writable(Path(target))
    with store(settings) as redis:
        found = snapshot.dump(redis, people_key=people_key)
    counts = Counter(family(e.key) for e in found.entries)
    raw = _packed(found, counts, [s for s in settings.secrets() if len(s) >= MASKED_FROM])
    if path is None:
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
    else:
        _write(path, raw)
    return Copied(dict(counts), found.unfinished, found.unreadable)


def restore(settings: Settings, source: str) -> Copied:
    """Merge a file into the store, all of it or nothing. Twice is the same as once.

    Raises BadInput for a file that is missing, foreign, damaged or newer, and while a digest is being made.
    """
    entries = _entries(_read(source), _name(source))
    try:
        with store(settings) as redis:
            changed = snapshot.restore(redis, entries)
            Twins(redis).build_anew()
    except snapshot.Busy:
        raise BadInput("A digest is being made here: import again when it is out, or stop the bot first.") from None
    except snapshot.WrongType as error:
        raise BadInput(f"The store is not Paperboy's alone ({error} is of another kind): use one of its own.") from None
    return Copied(dict(Counter(family(e.key) for e in entries)), changed=changed)


# -- writing ---------------------------------------------------------------------------------------------------------


def _packed(found: Dump, counts: Counter[str], secrets: list[str]) -> bytes:
    mask = logs.Formatter("text", secrets).mask
    body = "".join(json.dumps(_line(entry, mask), ensure_ascii=False) + "\n" for entry in found.entries).encode()
    header = {
        "format": FORMAT,
        "version": VERSION,
        "made": datetime.fromtimestamp(found.at / 1000, UTC).isoformat(timespec="seconds"),
        "records": len(found.entries),
        "counts": dict(sorted(counts.items())),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    return gzip.compress(json.dumps(header).encode() + b"\n" + body, mtime=0)


def _line(entry: StoredKey, mask: Callable[[str], str]) -> dict[str, Any]:
    line = {"key": entry.key, "value": _masked(entry.value, mask)}
    return line if entry.expires is None else line | {"expires": entry.expires}


def _masked(value: Any, mask: Callable[[str], str]) -> Any:
    """The value without any secret in it."""
    if isinstance(value, dict):
        return {name: _masked(v, mask) for name, v in value.items()}
    return [_masked(v, mask) for v in value] if isinstance(value, list) else mask(value)


def _writable(path: Path) -> Path:
    if path.is_dir() or (path.exists() and not path.is_file()):
        raise BadInput(f"{path} is not a regular file: name a file to write, or - for standard output.")
    if not path.parent.is_dir():
        raise BadInput(f"{path.parent} is not a folder: make it first.")
    return path


def _write(path: Path, raw: bytes) -> None:
    """Write to a temporary name beside it, sync to the disk, then rename.

    No reader ever finds half a file.
    """
    name = ""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), MODE)
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise BadInput(f"{path} cannot be written ({error.strerror}).") from None


# -- reading ---------------------------------------------------------------------------------------------------------


def _name(source: str) -> str:
    return "Standard input" if source == STANDARD else source


def _read(source: str) -> bytes:
    try:
        with nullcontext(sys.stdin.buffer) if source == STANDARD else Path(source).open("rb") as file:
            raw = file.read(2)
            if raw == GZIP or raw[:1] == b"{":
                raw += file.read(MAX_BYTES)
    except OSError as error:
        raise BadInput(f"{source} cannot be read ({error.strerror}).") from None
    if len(raw) > MAX_BYTES:
        raise BadInput(f"{_name(source)} is larger than any backup of Paperboy ({MAX_BYTES / 2**30:.0f} GB).")
    if not raw.startswith(GZIP):
        return raw
    unpack = zlib.decompressobj(wbits=31)
    try:
        data = unpack.decompress(raw, MAX_BYTES)
    except zlib.error:
        raise _damaged(_name(source)) from None
    if not unpack.eof:
        raise _damaged(_name(source))
    return data


def _entries(data: bytes, name: str) -> list[StoredKey]:
    """The records of a file, every one looked at. BadInput with what is wrong."""
    first, _, body = data.partition(b"\n")
    header = _json(first)
    if not isinstance(header, dict) or header.get("format") != FORMAT or not isinstance(header.get("version"), int):
        raise BadInput(f"{name} is not a backup of Paperboy: give a file that `{typed()} export` wrote.")
    if header["version"] > VERSION:
        raise BadInput(f"{name} was written by a newer Paperboy (format {header['version']}): update this one first.")
    if header.get("sha256") != hashlib.sha256(body).hexdigest():
        raise _damaged(name)
    lines = [_json(line) for line in body.splitlines()]
    if header.get("records") != len(lines):
        raise _damaged(name)
    return [_entry(line, number, name) for number, line in enumerate(lines, start=2)]


def _entry(line: Any, number: int, name: str) -> StoredKey:
    try:
        entry = StoredKey(line["key"], line["value"], line.get("expires"))
        known = family(entry.key) in MOVES
        fits = known and _fits(MOVES[family(entry.key)].type, entry.value) and readable(entry.key, entry.value)
    except (TypeError, KeyError, AttributeError):
        fits = False
    lasts = entry.expires is None or (type(entry.expires) is int and 0 <= entry.expires < LATEST_MS)
    if not fits or not lasts:
        raise BadInput(f"{name} holds a record that cannot be read (line {number}): nothing was imported.")
    return entry


def _fits(kind: str, value: Any) -> bool:
    """True for texts in the shape of a Redis type."""
    if kind == "string":
        return isinstance(value, str)
    if kind in ("set", "list"):
        return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)
    pairs = value.items() if isinstance(value, dict) else ()
    return bool(pairs) and all(isinstance(n, str) and isinstance(v, str) for n, v in pairs)


def _json(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _damaged(name: str) -> BadInput:
    return BadInput(f"{name} is damaged (its checksum does not fit): use another copy; nothing was imported.")

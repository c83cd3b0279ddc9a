"""Writes the Markdown archive, one file a digest, each in one step."""

import os
import tempfile
from pathlib import Path

from workers.models import Digest

MODE = 0o644
"""Rights of the file: a digest is public within the team."""

SAMPLE_MARK = "-sample"


def path_of(folder: Path, digest: Digest, *, beside: bool = False) -> Path:
    """`YYYY-MM-DD-<profile>.md`; `beside`: the name of a sample day next to a real digest."""
    return folder / f"{digest.date.isoformat()}-{digest.profile}{SAMPLE_MARK if beside else ''}.md"


def write(folder: Path, digest: Digest, text: str, *, beside: bool = False) -> Path:
    """Write the file atomically; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = path_of(folder, digest, beside=beside)
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(MODE)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    return path

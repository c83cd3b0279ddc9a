"""What the `digest` command prints: text for a person, or documented JSON."""

import json
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from workers.models import Digest
from workers.render.receipt import receipt_lines
from workers.render.terminal import digest as terminal_digest
from workers.settings import Settings


@dataclass(frozen=True)
class DigestOutcome:
    """One channel's outcome of `digest`."""

    channel: str
    slot: str
    already: bool
    """The day's digest was out before this command."""
    digest: Digest | None
    archive: str | None
    """Where its Markdown file is kept."""
    parts: tuple[dict[str, Any], ...]
    """key, state, message id and error class of each message."""
    error: str | None

    @property
    def ok(self) -> bool:
        """Made, and every message is out."""
        return self.digest is not None and not self.error and all(p["state"] in ("sent", "deleted") for p in self.parts)


def report(made: DigestOutcome, console: Console, settings: Settings) -> None:
    """Print what `digest` has to tell for one channel.

    That is the digest itself where it goes nowhere else, else what was posted.
    """
    digest = made.digest
    if digest is None:
        console.print(f"{made.channel}: no digest was made ({made.error or 'see status'}).", markup=False)
        return
    here = made.channel.startswith("terminal")
    if made.already:
        out = "shown" if here else "posted"
        console.print(f"{made.channel}: the digest of {digest.date} was {out} before.", markup=False, soft_wrap=True)
    elif here:
        terminal_digest.show(digest, console, arxiv_url=settings.arxiv_url)
    else:
        sent = sum(p["state"] == "sent" for p in made.parts)
        why = f" ({made.error})" if made.error else ""
        console.print(
            f"{made.channel}: {sent} of {len(made.parts)} messages posted{why}.", markup=False, soft_wrap=True
        )
        for part in made.parts:
            if part["state"] != "sent":
                console.print(f"  {part['key']}: {part['state']} ({part['error'] or '-'})", markup=False)
        for line in receipt_lines(digest, language="en"):
            console.print(f"  {line}", markup=False, soft_wrap=True)
    if made.archive:
        console.print(made.archive, markup=False, soft_wrap=True)


def as_json(made: list[DigestOutcome]) -> str:
    """The documented JSON of `digest --json` (docs/json.md)."""
    rows = [
        {
            "channel": m.channel,
            "slot": m.slot,
            "already": m.already,
            "ok": m.ok,
            "error": m.error,
            "archive": m.archive,
            "parts": list(m.parts),
            "digest": m.digest.model_dump(mode="json") if m.digest else None,
        }
        for m in made
    ]
    return json.dumps({"digests": rows}, ensure_ascii=False, indent=2)

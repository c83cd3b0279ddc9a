"""The `score` command: papers of a file or of today, best first."""

import json
from pathlib import Path
from typing import Any, TextIO

from pydantic import ValidationError
from rich.console import Console

from prompts import load_profile
from workers.errors import BadInput
from workers.models import Paper
from workers.settings import Settings

MOST_PAPERS = 20_000
"""Papers a file may hold: a month of cs.CV, and far below what fits in memory."""


def run(
    settings: Settings, *, profile: str | None, file: Path | None, local: bool, console: Console | None
) -> list[dict[str, Any]]:
    """Scores as rows (id, score, why, matched, state, by, local, error), best first.

    `local` with a file needs no Redis and no queue.
    """
    papers = read(file) if file else None
    if local and papers is not None:
        from workers.analysis.score import local_scores

        scores = local_scores(papers, load_profile(profile or settings.digest_profile))
        found = [s.model_dump(mode="json") for s in scores]
    else:
        from workers.console import run as work

        found = work.score(settings, papers, profile, console, local=local)
    return [row(score) for score in found]


def row(score: dict[str, Any]) -> dict[str, Any]:
    """A score as the documented JSON object.

    `score` is null where the model gave none; `local` then stands in.
    """
    ref = score["id"] + (f"v{score['version']}" if score["version"] else "")
    return {
        "id": ref,
        "score": score["value"],
        "why": score["why"],
        "matched": score["matched"],
        "state": score["state"],
        "by": score["by"],
        "local": score["local"],
        "error": score["error"],
    }


def show(rows: list[dict[str, Any]], out: TextIO, *, as_json: bool) -> None:
    """One JSON object a line, or one readable line each."""
    for one in rows:
        if as_json:
            out.write(json.dumps(one, ensure_ascii=False) + "\n")
        else:
            number = one["score"] if one["score"] is not None else f"{one['local']}~"
            out.write(f"{number:>4}  {one['id']:<16} {one['state']:<8} {one['why']}\n")


def read(file: Path) -> list[Paper]:
    """Papers of a JSONL file; BadInput names the first line that is wrong."""
    papers = []
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read ({type(error).__name__}): give a UTF-8 JSONL file.") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            told = {name: str(data[name]) for name in ("id", "title", "abstract")}
            papers.append(Paper.model_validate(told | {"authors": data.get("authors") or ()}))
        except (ValueError, KeyError, TypeError, ValidationError):
            hint = 'it must be a JSON object with "id", "title" and "abstract"'
            raise BadInput(f"line {number} of {file.name} is not a paper: {hint}.") from None
    if len(papers) > MOST_PAPERS:
        raise BadInput(f"{file.name} holds {len(papers)} papers: at most {MOST_PAPERS} can be scored at once.")
    return papers

"""`python -m tests.reference`.

Write docs/settings.md and docs/json.md from the code; a test compares them.
"""

import ast
import inspect
import re
import sys
from itertools import pairwise
from pathlib import Path
from types import ModuleType

from pydantic import BaseModel

from workers import models
from workers.analysis.answer import Answer
from workers.reading import text as reading_text

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"

COMMANDS = {
    "digest --json": (
        '`{"digests": [{channel, slot, already, ok, error, archive, parts: [{key, state, message, error}], digest}]}`; '
        "`already`: the day's digest was out before this command; `digest` is the record `Digest`."
    ),
    "deepdive --json": '`{"paper": Paper, "analysis": Analysis}`.',
    "ask --json": "The record `Answer`. No model is needed for its figures.",
    "find --json": (
        '`{"found": [{kind, channel, paper, title, authors, date, score, votes: {up, down}, question, answer, message, '
        "url}]}`, best first; `kind` is paper or talk; `message` is the address of the message, where it has one."
    ),
    "read --json": (
        "The record `PaperText` with, beside its fields, `chars`, `may_show_figure` and `first_figure` (`id` and "
        "`credit`, or `why` there is none)."
    ),
    "score --json": (
        "One object a line: `id`, `score` (null where the model gave none), `why`, `matched`, `state` (scored, "
        "declined, failed), `by`, `local` (the local ranker's number, which then stands in), `error`."
    ),
}
"""Command -> what it prints."""


def settings_page() -> str:
    """Markdown of all settings, from `.env.example`."""
    lines = [
        "# Settings",
        "",
        "Environment variables or lines of `.env`. An empty value means the default. Those marked * are secrets and "
        "may be a file: `NAME_FILE=/run/secrets/name`.",
        "",
    ]
    comment: list[str] = []
    for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()[3:]:
        if found := re.fullmatch(r"# --- (.+?) -+", line):
            lines += [
                "",
                f"## {found[1][0].upper()}{found[1][1:]}",
                "",
                "| name | default | meaning |",
                "|---|---|---|",
            ]
            comment = []
        elif line.startswith("#"):
            comment.append(line.lstrip("# "))
        elif found := re.fullmatch(r"([A-Z_]+)=(.*)", line):
            said = " ".join(comment)
            star = " *" if said.startswith("*") else ""
            default = f"`{found[2]}`" if found[2] else "empty"
            lines.append(f"| `{found[1]}`{star} | {default} | {said.lstrip('* ').replace('|', chr(92) + '|')} |")
            comment = []
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def json_page() -> str:
    """Markdown of what the commands print with `--json`.

    From the records and their docstrings.
    """
    lines = ["# JSON", "", "What the commands print with `--json`. Fields are only ever added.", ""]
    for command, says in COMMANDS.items():
        lines += [f"**`{command}`**: {says}", ""]
    for record in _records():
        lines += [
            f"## {record.__name__}",
            "",
            inspect.cleandoc(record.__doc__ or ""),
            "",
            "| field | type | meaning |",
            "|---|---|---|",
        ]
        told = _field_docs(record)
        for name, field in record.model_fields.items():
            kind = re.sub(r"\b(?:workers|typing|datetime)(?:\.\w+)*\.", "", _type(field.annotation)).replace("|", "\\|")
            lines.append(f"| `{name}` | {kind} | {' '.join(told.get(name, '').split()).replace('|', chr(92) + '|')} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def pages() -> dict[Path, str]:
    """File -> what it must hold."""
    return {DOCS / "settings.md": settings_page(), DOCS / "json.md": json_page()}


def _records() -> list[type[BaseModel]]:
    """Every record that a command prints, the outermost first."""
    found: dict[str, type[BaseModel]] = {}

    def add(kind: type[BaseModel]) -> None:
        if kind.__name__ in found:
            return
        found[kind.__name__] = kind
        for field in kind.model_fields.values():
            for part in _parts(field.annotation):
                add(part)

    for kind in (models.Digest, models.Paper, models.Analysis, Answer, reading_text.PaperText):
        add(kind)
    return list(found.values())


def _head(*names: str) -> list[str]:
    return [f"| {' | '.join(names)} | meaning |", f"|{'---|' * (len(names) + 1)}"]


def _parts(annotation: object) -> list[type[BaseModel]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return [annotation]
    return [part for inner in getattr(annotation, "__args__", ()) for part in _parts(inner)]


def _type(annotation: object) -> str:
    return (
        annotation.__name__ if inspect.isclass(annotation) and not hasattr(annotation, "__args__") else str(annotation)
    )


def _field_docs(record: type[BaseModel]) -> dict[str, str]:
    """Field -> the docstring under it, those of base records included."""
    told: dict[str, str] = {}
    for kind in reversed(record.__mro__):
        module: ModuleType | None = inspect.getmodule(kind)
        if not (issubclass(kind, BaseModel) and module and module.__name__.startswith("workers")):
            continue
        tree = ast.parse(inspect.getsource(kind))
        body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
        for node, after in pairwise(body):
            match node, after:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    told[name] = text
    return told


def main() -> int:
    """Write the pages."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Prints for commands, also where the terminal lacks some characters."""

import codecs
import sys

PLAIN = str.maketrans({
    "✓": "+", "✗": "x", "·": "-", "•": "-", "→": ">", "…": "...", "–": "-", "—": "-", "−": "-", "“": '"', "”": '"',
    "‘": "'", "’": "'", "×": "x", "≥": ">=", "≤": "<=", "±": "+-", "█": "#", "░": ".", "│": "|", "─": "-",
})  # fmt: skip
"""Signs of ours -> what is written where they cannot be."""

TEXT, JSON = "paperboy_text", "paperboy_json"
"""Names of the two ways to write what an encoding lacks."""


_unwritten: list[bool] = []


def prepare() -> None:
    """Let both outputs take every character.

    One that their encoding lacks is replaced by others instead of raising an error.
    """
    codecs.register_error(TEXT, lambda error: (_plain(_lost(error)), error.end))  # type: ignore[attr-defined]
    codecs.register_error(JSON, lambda error: (_escaped(_lost(error)), error.end))  # type: ignore[attr-defined]
    _use(TEXT)
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")


def as_json(wanted: bool) -> bool:
    """Handle the option `--json`: the outputs escape what their encoding lacks.

    It is written as JSON writes it.
    """
    if wanted:
        _use(JSON)
    return wanted


def told() -> str:
    """A sentence where something was written as a question mark, else nothing."""
    if not _unwritten:
        return ""
    return f"the output's encoding ({sys.stdout.encoding}) lacks signs of the text: set PYTHONIOENCODING=utf-8."


def _use(errors: str) -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=errors)


def _lost(error: UnicodeError) -> str:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return error.object[error.start : error.end]


def _plain(text: str) -> str:
    if not text.translate(PLAIN).isascii():
        _unwritten.append(True)
    return "".join(c if c.isascii() else "?" for c in text.translate(PLAIN))


def _escaped(text: str) -> str:
    units = text.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))

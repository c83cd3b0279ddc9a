"""Files keep the rules of CONTRIBUTING: short first lines, and not too long."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LONGEST = 80
"""Characters of the first line of a docstring."""

MOST_LINES = 300
"""Lines of a file of the product."""

METAPHORS = re.compile(r"\b(ears|mouth|rooms|postman|house|the one who may)\b", re.IGNORECASE)

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def documented(node):
    """The node and the statements in it that may have a docstring."""
    if isinstance(node, DOCUMENTED):
        yield node
    for block in ("body", "orelse", "handlers", "finalbody"):
        for inner in getattr(node, block, ()):
            yield from documented(inner)


def first_lines(path):
    """First line of each docstring of a file, by the line of what it documents."""
    nodes = documented(ast.parse(path.read_text("utf-8")))
    found = {getattr(node, "lineno", 1): ast.get_docstring(node) for node in nodes}
    return {f"{path.relative_to(ROOT)}:{line}": text.splitlines()[0] for line, text in found.items() if text}


@pytest.mark.parametrize("folder", ["bot", "workers", "prompts", "tests"])
def test_first_lines_are_short_and_plain(folder):
    lines = {place: line for path in (ROOT / folder).rglob("*.py") for place, line in first_lines(path).items()}
    assert lines
    assert {place: line for place, line in lines.items() if len(line) > LONGEST or METAPHORS.search(line)} == {}


@pytest.mark.parametrize("folder", ["bot", "workers", "prompts"])
def test_no_file_is_too_long(folder):
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in (ROOT / folder).rglob("*.py")}
    assert lines
    assert {str(path.relative_to(ROOT)): count for path, count in lines.items() if count > MOST_LINES} == {}

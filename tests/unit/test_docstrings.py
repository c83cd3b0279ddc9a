"""Docstrings keep the rule of CONTRIBUTING: a short first line in plain words."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LONGEST = 80
"""Characters of the first line of a module's docstring."""

METAPHORS = re.compile(r"\b(ears|mouth|rooms?|postman|house|the one who may)\b", re.IGNORECASE)


def first_line(path):
    found = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    return found.splitlines()[0] if found else ""


@pytest.mark.parametrize("folder", ["bot", "workers", "prompts", "tests"])
def test_the_first_line_of_a_module_is_short_and_plain(folder):
    lines = {str(path.relative_to(ROOT)): first_line(path) for path in sorted((ROOT / folder).rglob("*.py"))}
    assert lines
    assert {name: line for name, line in lines.items() if len(line) > LONGEST or METAPHORS.search(line)} == {}

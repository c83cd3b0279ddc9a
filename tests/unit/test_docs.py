"""What the documentation names is there: files, headings, targets, commands."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from bot.__main__ import app

ROOT = Path(__file__).parents[2]

PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted((ROOT / "docs").glob("*.md"))

FOLDERS = ("", "workers", "workers/analysis", "bot")
"""Where a path of architecture.md may begin."""

EMBEDDED = re.compile(r"```.*?```", re.DOTALL)


def slug(heading):
    """A heading's anchor, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page):
    return {slug(line.lstrip("#")) for line in EMBEDDED.sub("", page.read_text()).splitlines() if line.startswith("#")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for path, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", page.read_text()):
        target = (page.parent / path) if path else page
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}"


def test_the_map_names_what_there_is():
    there = {str(found.relative_to(ROOT)) for folder in ("bot", "workers") for found in (ROOT / folder).rglob("*")}
    there |= {path.removesuffix(".py") for path in there}
    rows = re.findall(r"^\| (.+) \|$", (ROOT / "docs/architecture.md").read_text().split("## Where to look")[1], re.M)
    named = {path for row in rows for path in re.findall(r"`([a-z_]+/[a-z_/]+)`", row)}
    assert named
    assert {path for path in named if not any(f"{folder}/{path}".strip("/") in there for folder in FOLDERS)} == set()


def test_targets_and_commands_exist():
    text = "\n".join(page.read_text() for page in PAGES)
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`make ([a-z]+)`", text)) <= targets
    commands = set(get_command(app).commands)
    assert set(re.findall(r"python -m bot ([a-z]+)", text)) <= commands

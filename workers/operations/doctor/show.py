"""What was found, as a table for a person or as JSON."""

import json
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from workers.operations.doctor.findings import Finding

MARKS = {
    "ok": ("✓", "green"),
    "warn": ("!", "yellow"),
    "fail": ("✗", "red"),
    "off": ("·", "dim"),
    "unknown": ("?", "cyan"),
}
"""How each state is shown."""

CAUSES = ("Settings", "Redis", "Network", "Machine", "Profiles", "Slack", "Telegram", "Model", "Schedule")
"""Parts whose failing makes others fail, in that order; Sources come last, for they may fail by themselves."""

UNSEEN = (
    "whether the Slack app's events, commands and Socket Mode switch are those of slack-manifest.yaml",
    "whether a channel's own rules forbid apps to post (only a post shows it)",
    "whether another program polls with the same Telegram token",
    "whether the webhook addresses are reachable from outside",
    "how good the model's answers are",
)
"""What cannot be looked at from here."""


def works(found: Sequence[Finding]) -> bool:
    """True if nothing that is configured fails."""
    return all(f.state != "fail" for f in found)


def summary(found: Sequence[Finding]) -> str:
    """One line that names what fails."""
    names = [f"{f.part} ({f.name})" for f in found if f.state == "fail"]
    return f"{len(names)} of {len(found)} checks failed: {', '.join(names)}."


def as_json(found: Sequence[Finding]) -> str:
    """One JSON document."""
    rows = [{"part": f.part, "name": f.name, "state": f.state, "said": f.said, "todo": f.todo} for f in found]
    both = {"ok": works(found), "findings": rows, "cannot_check": list(UNSEEN)}
    return json.dumps(both, ensure_ascii=False, indent=2)


def first(found: Sequence[Finding]) -> list[Finding]:
    """Put failures first, then warnings, then the rest as it came.

    In the first two, causes come before what follows from them.
    """

    def rank(finding: Finding) -> int:
        return CAUSES.index(finding.part) if finding.part in CAUSES else len(CAUSES)

    bad = [sorted((f for f in found if f.state == state), key=rank) for state in ("fail", "warn")]
    return [*bad[0], *bad[1], *(f for f in found if f.state not in ("fail", "warn"))]


def show(found: Sequence[Finding], console: Console) -> None:
    """A table: a mark, the part, what was found, and below it what to do."""
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    part = ""
    for finding in first(found):
        mark, colour = MARKS[finding.state]
        said = Text(f"{finding.name}: ", style="bold" if finding.state == "fail" else "")
        said.append(finding.said, style="dim" if finding.state == "off" else "not bold")
        if finding.todo:
            said.append(f"\n→ {finding.todo}", style=colour if finding.state in ("fail", "warn") else "dim")
        table.add_row(Text(mark, style=colour), Text(finding.part if finding.part != part else ""), said)
        part = finding.part
    console.print(table)
    console.print(Text("\nNot to be seen from here: " + "; ".join(UNSEEN) + ".", style="dim"))

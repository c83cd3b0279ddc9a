"""`paperboy init` asks for what the bot needs, checks it, and writes `.env`.

It ends with `doctor`.
"""

import sys
from typing import TYPE_CHECKING

import typer

from bot import operator_commands
from bot.cli import command

if TYPE_CHECKING:
    from workers.operations.init import Question

TRIES = 3
"""Times that one setting is asked for before it is left as it is."""

_SIGNS = {"ok": "✓", "warn": "!", "fail": "✗", "unknown": "?"}


def init() -> None:
    """Ask for tokens and channels one by one, write .env, then run doctor.

    Each answer is checked against its service.
    """
    with command(needs_settings=False):
        from workers.operations.init import ENV, QUESTIONS, manifest, read_env, write_env

        typer.echo("Enter skips what you do not use (or keeps what is there); .env is written at the end.")
        typer.echo(f"The Slack app's manifest is {manifest()}.\n")
        there = read_env()
        values = dict(there)
        for question in QUESTIONS:
            if not question.after or values.get(question.after):
                _ask(question, values)
        new = {name: value for name, value in values.items() if value and there.get(name) != value}
        if new:
            write_env(new)
            typer.echo(f"\n{ENV} holds {', '.join(new)} (readable by you alone).")
        else:
            typer.echo(f"\n{ENV} is as it was.")
    from workers.settings import load

    load.cache_clear()
    typer.echo("Now everything at once:\n")
    operator_commands.doctor()


def _ask(question: "Question", values: dict[str, str]) -> None:
    """Ask for a setting and put a good answer into `values`.

    After `TRIES` bad ones the setting stays as it was.
    """
    from workers.operations.init import look, wrong

    kept = values.get(question.name, "")
    shown = " [kept: Enter]" if kept else ""
    typer.echo(f"{question.name}  {question.where}")
    for _ in range(TRIES):
        said = typer.prompt(
            f"  value{shown}", default="", show_default=False, hide_input=question.secret and sys.stdin.isatty()
        ).strip()
        if not said and not kept:
            return
        values[question.name] = said or kept
        if fault := wrong(question, values):
            typer.echo(f"  ✗ {fault}")
        else:
            found = list(look(question, values))
            for one in found:
                typer.echo(f"  {_SIGNS[one.state]} {one.said}" + (f": {one.todo}" if one.todo else ""))
            failed = [one for one in found if one.state == "fail"]
            if failed and not any(one.heard for one in failed):
                typer.echo("  ! kept unchecked: no answer came.")
            if not any(one.heard for one in failed):
                return
        values[question.name] = kept
        if not said:
            return
    values[question.name] = kept

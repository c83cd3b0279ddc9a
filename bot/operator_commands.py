"""Commands for the operator: how the bot is, and what to do about it."""

import json
import sys
from contextlib import nullcontext
from typing import Annotated

import typer
from rich.console import Console

from bot.cli import Json, command, fail, mask, progress
from workers import logs
from workers.errors import BadSetting

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def status(
    as_json: Json = False,
    again: Annotated[str, typer.Option(metavar="ID", help="Post again what is uncertain or was refused.")] = "",
    leave: Annotated[str, typer.Option(metavar="ID", help="Let it be: it is there, or not wanted.")] = "",
) -> None:
    """Show queues, last digests and receipts, deliveries in trouble, today's spend.

    ID is one that `status` shows, the key of a delivery, or slack or telegram for all that a refused token held up.
    """
    with command() as settings:
        from workers.operations import status as work
        from workers.operations.operator_actions import AGAIN, LEAVE

        if again and leave:
            raise typer.BadParameter("--again and --leave exclude each other.")
        if again or leave:
            count = work.by_hand(settings, AGAIN if again else LEAVE, again or leave)
            _say(f"{count} to be posted again; a running worker sends them." if again else f"{count} settled.")
            return
        found = work.collect(settings)
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n" if as_json else work.text(found))


@app.command()
def doctor(as_json: Json = False) -> None:
    """Look at every configured part and say what to do.

    Exit status 1 if anything configured does not work.
    """
    with command(needs_settings=False):
        from workers.operations.doctor import run, show
        from workers.settings import load

        try:
            settings = load()
        except BadSetting as error:
            found = run.unusable(error)
        else:
            logs.setup(settings.log_level, settings.log_format, settings.secrets(), terminal=True)
            console = progress(as_json)
            with console.status("looking …") if console else nullcontext():
                found = run.run(settings)
        if as_json:
            sys.stdout.write(mask(show.as_json(found)) + "\n")
        else:
            here = Console(highlight=False)
            with here.capture() as captured:
                show.show(found, here)
            sys.stdout.write(mask(captured.get()))
        if not show.works(found):
            fail(show.summary(found))


@app.command("export")
def export_to(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where to; - for standard output.")],
    people_key: Annotated[
        bool,
        typer.Option("--people-key", help="Also the key that ties votes to people."),
    ] = False,
) -> None:
    """Write the store to one file, without secrets.

    It holds subscriptions, channels' settings, memory, votes, digests and threads.
    """
    with command() as settings:
        from workers.operations import backup

        made = backup.export(settings, file, people_key=people_key)
        _say(f"exported: {made.told}.")
        if made.unfinished:
            _say(f"{made.unfinished} tasks are under way and stay behind: for a move, stop the bot first.")
        if made.unreadable:
            _say(f"{made.unreadable} records cannot be read and were left out.")


@app.command("import")
def import_from(
    file: Annotated[str, typer.Argument(metavar="FILE", help="What `export` wrote; - for standard input.")],
) -> None:
    """Merge an exported file into this store: all of it or nothing.

    What is here already stays.
    """
    with command() as settings:
        from workers.operations import backup

        got = backup.restore(settings, file)
        _say(f"imported: {got.told}; {got.changed} records are new here.")


def _say(line: str) -> None:
    """To stderr: the file itself may go to standard output."""
    sys.stderr.write(line + "\n")

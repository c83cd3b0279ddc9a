"""Commands for those who keep Paperboy running: how it is, and what to do about it."""

import json
import sys

import typer

from bot.cli import Json, command

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def status(as_json: Json = False) -> None:
    """Show queues, each channel's last digest and receipt, deliveries in trouble, today's spend."""
    with command() as settings:
        from workers import status as work

        found = work.collect(settings)
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n" if as_json else work.text(found))

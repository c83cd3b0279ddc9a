"""Commands on the team's memory: looking things up, citations, the web archive."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import Json, command

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def cite(
    refs: Annotated[list[str], typer.Argument(metavar="REF…", help="Papers, or the date of a digest (2026-01-24).")],
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="bibtex, ris or csl (CSL-JSON).")] = "bibtex",
) -> None:
    """Show papers as BibTeX, RIS or CSL-JSON, each once, in the order given."""
    with command() as settings:
        from workers.console import library
        from workers.render.citation import FORMATS

        if form not in FORMATS:
            raise typer.BadParameter(f"--format {form!r} is none: there are {', '.join(FORMATS)}.")
        sys.stdout.write(library.cite(settings, refs, form))


@app.command()
def find(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="Also since:2026-01, by:Name, liked.")],
    channel: Annotated[str, typer.Option(metavar="CHANNEL", help="Only of this one: slack:C1 (default: all).")] = "",
    as_json: Json = False,
) -> None:
    """Look through all that was posted, asked and answered, best first."""
    with command() as settings:
        from workers.console import library

        found = library.find(settings, " ".join(words), channel)
        if as_json:
            sys.stdout.write(json.dumps({"found": found}, ensure_ascii=False, indent=2) + "\n")
        else:
            sys.stdout.write(library.text(settings, found, " ".join(words), channel))


@app.command()
def site(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Folder to write to; it is made. Without: show the addresses.")
    ] = None,
    renew: Annotated[str, typer.Option(metavar="CHANNEL", help="Give this private channel a new link.")] = "",
) -> None:
    """Write the web archive: days, papers, search, feeds.

    PUBLIC_CHANNELS are listed, others have a secret link. Without DIR, show where `up` serves it.
    """
    with command() as settings:
        from workers.library import site as work

        found = work.build(settings, folder, renew) if folder else work.addresses(settings, renew)
        for channel, path, public in found:
            sys.stdout.write(f"{channel}: {path} ({'public' if public else 'by its link only'})\n")
        if folder:
            sys.stdout.write(f"{folder / 'index.html'}\n")

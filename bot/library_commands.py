"""Commands on the team's memory: citations of papers."""

import sys
from typing import Annotated

import typer

from bot.cli import command

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

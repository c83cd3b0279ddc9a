"""`python -m bot profile …`: own topics as files."""

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bot.cli import Json, command, fail, progress
from workers.words.typed import typed

app = typer.Typer(
    help="Own topics as files, in PROFILES_DIR.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of a profile.")]


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits, - and _.")],
    topic: Annotated[str, typer.Option(metavar="TEXT", help="What you work on, in your own words.")] = "",
    like: Annotated[
        str, typer.Option("--from", metavar="PROFILE", help="Begin with a copy of it (default: DIGEST_PROFILE).")
    ] = "",
    language: Annotated[str, typer.Option(metavar="CODE", help="Language of the digest.")] = "",
) -> None:
    """Write a new profile: for a topic, or a copy of another one to edit."""
    with command() as settings:
        from workers.console import profiles as work

        path = work.new(settings, name, topic=topic, like=like, language=language, console=progress(False))
        _say(f"{path} is written: edit it, then `{typed()} profile check {name}` and `profile preview {name}`.")


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Show every profile there is: the shipped ones and your own."""
    with command():
        from workers.console import profiles as work

        rows = work.rows()
        if as_json:
            _json(rows)
            return
        table = Table(box=None, pad_edge=False)
        for heading in ("name", "title", "language", "sources", "where"):
            table.add_column(heading, no_wrap=heading == "name")
        for row in rows:
            title = row["title"] or f"cannot be used: profile check {row['name']}"
            where = "yours" if row["own"] else "shipped"
            table.add_row(row["name"], title, row["language"] or "", ", ".join(row["sources"]), where)
        Console(highlight=False, markup=False).print(table)


@app.command()
def show(name: Name, as_json: Json = False) -> None:
    """Show one profile as it stands."""
    with command():
        from prompts import load_profile
        from prompts.profile import as_toml, path_of

        profile, path = load_profile(name), path_of(name)
        if as_json:
            _json({"name": name, "path": str(path), **profile.values})
        else:
            _say(f"# {path}\n{as_toml(profile)}".rstrip())


@app.command()
def check(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME_OR_FILE]…", help="Default: all in PROFILES_DIR.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Find everything that is wrong with profiles; exit status 1 if anything is."""
    with command() as settings:
        from workers.console import profiles as work

        found = work.checked(names or [], settings.profiles_dir)
        if as_json:
            _json(found)
        else:
            for fault in found:
                place = f"{fault['path']}:{fault['line']}" if fault["line"] else fault["path"]
                _say(f"{place}: {fault['what']}.".replace("?.", "?"))
            _say("" if found else "nothing is wrong.")
        if found:
            fail(f"{len(found)} {'fault' if len(found) == 1 else 'faults'} found.")


@app.command()
def preview(
    name: Name,
    sample: Annotated[bool, typer.Option("--sample", help="From the bundled sample day; no network.")] = False,
    as_json: Json = False,
) -> None:
    """Show what a profile would have picked from the latest lists, with scores.

    Three titles at most.
    """
    with command() as settings:
        from workers.console import profiles as work

        found = work.preview(settings, name, sample=sample, console=progress(as_json))
        if as_json:
            _json(found.model_dump(mode="json"))
            return
        for paper in found.papers:
            mark = "" if (paper.score or 0) >= found.min_score else "  (below the bar)"
            _say(f"{paper.score:>4}{'~' if paper.local else ' '} {paper.id:<12} {paper.title}{mark}\n      {paper.why}")
        day = ", ".join(f"{d:%m-%d}" for d in found.days) or ("the sample day" if sample else "no list")
        _say(f"The best of {found.candidates} papers ({day}); shown from {found.min_score} on.")
        if found.failed:
            fail(
                "could not be read: " + "; ".join(f"{one.source}: {one.why.rstrip('.')}" for one in found.failed) + "."
            )


def _json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n" if text else "")

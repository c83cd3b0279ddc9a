"""`python -m bot …`: every command.

Exit status: 0 done, 1 failed (one clear line on stderr), 2 wrong usage.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bot import (
    init_command,
    library_commands,
    mcp_command,
    operator_commands,
    output,
    profile_commands,
)
from bot.cli import Json, JsonLines, Leash, Quiet, command, fail, local_date, progress
from workers import VERSION
from workers.words.typed import INSTALLED, MODULE, installed, typed

if TYPE_CHECKING:
    from workers.settings import Settings

output.prepare()

app = typer.Typer(
    help="Paperboy reads the day's papers for a research team.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"paperboy {VERSION}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="The version.")] = False,
) -> None:
    """Paperboy reads the day's papers for a research team."""


Profile = Annotated[str | None, typer.Option(metavar="NAME", help="One of `profile list` (default: DIGEST_PROFILE).")]

Ref = Annotated[str, typer.Argument(metavar="REF", help="What names a paper: an id, a link, a DOI, its title.")]


@app.command()
def digest(
    day: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Local date (default: today).")
    ] = None,
    profile: Profile = None,
    sample: Annotated[bool, typer.Option("--sample", help="The bundled sample day; no network.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show it: post, remember, keep nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Make one digest now and post it to the configured channels, or show it here.

    Run again, it posts nothing twice.
    """
    with command() as settings:
        from workers.console import report
        from workers.console import run as work

        made = work.digest(
            settings, day=local_date(day), profile=profile, sample=sample, dry=dry_run, console=progress(as_json)
        )
        if as_json:
            sys.stdout.write(report.as_json(made) + "\n")
        else:
            for one in made:
                report.report(one, Console(highlight=False), settings)
        if not dry_run and any(one.digest and not one.archive for one in made):
            sys.stderr.write("paperboy: no file was kept: ARCHIVE_DIR cannot be written to.\n")
        if not all(one.ok for one in made):
            fail(f"not everything was posted: see `{typed()} status`.")


@app.command()
def deepdive(
    ref: Annotated[str, typer.Argument(metavar="REF", help="What names a paper: an id, a link, a DOI, its title.")],
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Analyse one paper and show the result here."""
    with command() as settings:
        from workers.console import run as work
        from workers.paper_ids import in_text
        from workers.render.terminal.deepdive import show

        paper, analysis = work.deepdive(settings, in_text.asked(ref), profile, progress(as_json))
        if as_json:
            both = {"paper": paper.model_dump(mode="json"), "analysis": analysis.model_dump(mode="json")}
            sys.stdout.write(json.dumps(both, ensure_ascii=False, indent=2) + "\n")
        else:
            show(paper, analysis, _language(settings, profile), Console(highlight=False), arxiv_url=settings.arxiv_url)


@app.command()
def ask(
    ref: Annotated[str, typer.Argument(metavar="REF", help="What names a paper: an id, a link, a DOI, its title.")],
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="The question.")],
    as_json: Json = False,
) -> None:
    """Answer a question about one paper, with the places where it stands."""
    with command() as settings:
        from workers.console import run as work
        from workers.paper_ids import in_text
        from workers.render.terminal.answer import show

        if not question.strip():
            raise typer.BadParameter("the question is empty.")
        found = work.ask(settings, in_text.asked(ref), question, progress(as_json))
        if as_json:
            sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
        else:
            show(found, Console(highlight=False))


@app.command()
def read(
    ref: Annotated[str, typer.Argument(metavar="REF_OR_FILE", help="A paper, or a local HTML or PDF file.")],
    as_json: Json = False,
) -> None:
    """Show what the bot reads of a paper.

    That is title, abstract, sections, figures, labels, flags.
    """
    with command() as settings:
        from workers.console import run as work
        from workers.console.read import document, is_file, show
        from workers.errors import BadInput
        from workers.paper_ids import in_text
        from workers.reading.read import read_file
        from workers.reading.text import PaperText

        local = is_file(ref)
        if not local and not in_text.parse(ref) and not in_text.title_in(ref) and not in_text.links(ref):
            raise BadInput(f"{ref} names no paper, and no file of that name is there.")
        found = None if local else work.read(settings, in_text.asked(ref), progress(as_json))
        text = read_file(Path(ref)) if found is None else PaperText.model_validate(found)
        if as_json:
            sys.stdout.write(json.dumps(document(text), ensure_ascii=False, indent=2) + "\n")
        else:
            show(text, Console(highlight=False), settings.arxiv_url)


@app.command()
def ids(
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help="Without it each line of stdin is one.")] = None,
    as_json: JsonLines = False,
) -> None:
    """Show the papers that a text names, one canonical id a line, in order."""
    with command(needs_settings=False):
        from workers.paper_ids.in_text import parse

        for line in [text] if text is not None else map(str.rstrip, sys.stdin):
            found = [ref.canonical for ref in parse(line)]
            sys.stdout.write(json.dumps(found) + "\n" if as_json else "".join(f"{ref}\n" for ref in found))
            sys.stdout.flush()


@app.command()
def score(
    profile: Profile = None,
    papers: Annotated[
        Path | None, typer.Option(metavar="FILE.jsonl", help='`{"id","title","abstract"}` a line.')
    ] = None,
    local: Annotated[bool, typer.Option("--local", help="The local ranker only; no model, no queue.")] = False,
    as_json: JsonLines = False,
) -> None:
    """Score papers (default: today's candidates) for a profile, best first."""
    with command() as settings:
        from workers.console import score as console_score

        rows = console_score.run(settings, profile=profile, file=papers, local=local, console=progress(as_json))
        console_score.show(rows, sys.stdout, as_json=as_json)


@app.command()
def up() -> None:
    """Run all that is configured under one command. Ctrl-C stops it.

    The embedded Redis runs, too, if REDIS_URL is empty.
    """
    with command(serves=True) as settings:
        from workers.processes import up as work

        work.run(settings)


@app.command()
def scheduler(leash: Leash = 0, quiet: Quiet = False) -> None:
    """Run the clock: opens the digests that are due and hands out open work."""
    with command(serves=not quiet, leash=leash) as settings:
        from workers.processes import scheduler as processes_scheduler

        processes_scheduler.serve(settings)


@app.command()
def worker(
    queue: Annotated[
        str, typer.Option(help="digest, interactive, deepdive or delivery; all: one process each.")
    ] = "all",
    leash: Leash = 0,
    quiet: Quiet = False,
) -> None:
    """Run the worker of one queue (or one process for each)."""
    with command(serves=not quiet, leash=leash) as settings:
        from workers.processes import up as work
        from workers.queueing.kinds import QUEUES

        if queue not in (*QUEUES, "all"):
            raise typer.BadParameter(f"there is no queue {queue!r}; there are: {', '.join(QUEUES)}, all.")
        work.work(settings, queue)


@app.command()
def http(leash: Leash = 0, quiet: Quiet = False) -> None:
    """Serve the webhooks of Slack and Telegram on one port, and /healthz and /metrics."""
    with command(serves=not quiet, leash=leash) as settings:
        from bot.web.app import run

        run(settings)


@app.command()
def slack(leash: Leash = 0, quiet: Quiet = False) -> None:
    """Listen to Slack."""
    with command(serves=not quiet, leash=leash) as settings:
        from bot import required_settings

        required_settings.slack(settings)
        from bot.slack.app import run

        run(settings, health=not leash)


@app.command()
def telegram(leash: Leash = 0, quiet: Quiet = False) -> None:
    """Listen to Telegram."""
    with command(serves=not quiet, leash=leash) as settings:
        from bot import required_settings

        required_settings.telegram(settings)
        from bot.telegram.app import run

        run(settings, health=not leash)


def _language(settings: "Settings", profile: str | None) -> str:
    from prompts import load_profile

    return load_profile(profile or settings.digest_profile).language


app.command()(init_command.init)
app.add_typer(library_commands.app)
app.add_typer(mcp_command.app)
app.add_typer(operator_commands.app)
app.add_typer(profile_commands.app, name="profile")


def main() -> None:
    """The installed command `paperboy`."""
    installed()
    app(prog_name=INSTALLED)


if __name__ == "__main__":
    app(prog_name=MODULE)

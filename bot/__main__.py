"""`python -m bot …`: every command. Exit status: 0 done, 1 failed (one clear line on stderr), 2 wrong usage."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from redis.exceptions import RedisError
from rich.console import Console

from prompts import PromptError
from workers import logs
from workers.errors import PaperboyError
from workers.settings import Settings, load

app = typer.Typer(
    help="Paperboy reads the day's papers for a research team.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]
Profile = Annotated[str | None, typer.Option(help="A profile of prompts/profiles/ (default: DIGEST_PROFILE).")]
Day = Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Local date (default: today).")]
Papers = Annotated[Path | None, typer.Option(metavar="FILE.jsonl", help='`{"id","title","abstract"}` a line.')]
Leash = Annotated[int, typer.Option(hidden=True)]
Quiet = Annotated[bool, typer.Option("--quiet", hidden=True)]


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
    """Make one digest now and post it to the configured channels (or show it here). Again: posts nothing twice."""
    with _command() as settings:
        from workers import console as work
        from workers import report

        made = work.digest(
            settings, day=_date(day), profile=profile, sample=sample, dry=dry_run, console=_progress(as_json)
        )
        if as_json:
            sys.stdout.write(report.as_json(made) + "\n")
        else:
            for one in made:
                report.report(one, Console(highlight=False), settings)
        if not all(one.ok for one in made):
            _fail("not everything was posted: see `python -m bot status`.")


@app.command()
def deepdive(
    ref: Annotated[str, typer.Argument(help="Anything that names a paper: an id, a link.")],
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Analyse one paper and show the result here."""
    with _command() as settings:
        from workers import arxiv_id
        from workers import console as work
        from workers.render.dive import show

        paper, analysis = work.deepdive(settings, arxiv_id.one(ref), profile, _progress(as_json))
        if as_json:
            both = {"paper": paper.model_dump(mode="json"), "analysis": analysis.model_dump(mode="json")}
            sys.stdout.write(json.dumps(both, ensure_ascii=False, indent=2) + "\n")
        else:
            show(paper, analysis, _language(settings, profile), Console(highlight=False), arxiv_url=settings.arxiv_url)


@app.command()
def ask(
    ref: Annotated[str, typer.Argument(help="Anything that names a paper: an id, a link.")],
    question: Annotated[str, typer.Argument(help="The question.")],
    as_json: Json = False,
) -> None:
    """Answer a question about one paper, with the places where it stands."""
    with _command() as settings:
        from workers import arxiv_id
        from workers import console as work
        from workers.render.asked import show

        found = work.ask(settings, arxiv_id.one(ref), question, _progress(as_json))
        if as_json:
            sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
        else:
            show(found, Console(highlight=False))


@app.command()
def read(
    ref: Annotated[str, typer.Argument(metavar="REF_OR_FILE", help="A paper, or a local HTML or PDF file.")],
    as_json: Json = False,
) -> None:
    """Show what the bot reads of a paper: title, abstract, sections, figures, labels, flags."""
    with _command() as settings:
        from workers import arxiv_id
        from workers import console as work
        from workers.reading.read import read_file
        from workers.reading.show import document, is_file, show
        from workers.reading.text import PaperText

        local = is_file(ref)
        found = None if local else work.read(settings, arxiv_id.one(ref), _progress(as_json))
        text = read_file(Path(ref)) if found is None else PaperText.model_validate(found)
        if as_json:
            sys.stdout.write(json.dumps(document(text), ensure_ascii=False, indent=2) + "\n")
        else:
            show(text, Console(highlight=False), settings.arxiv_url)


@app.command()
def ids(
    text: Annotated[str | None, typer.Argument(help="Text; without it each line of stdin is one.")] = None,
    as_json: Json = False,
) -> None:
    """Show the papers that a text names, one canonical id a line, in order."""
    with _command(needs_settings=False):
        from workers.arxiv_id import parse

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
    as_json: Json = False,
) -> None:
    """Score papers (default: today's candidates) for a profile, best first."""
    with _command() as settings:
        from workers import scoring

        rows = scoring.run(settings, profile=profile, file=papers, local=local, console=_progress(as_json))
        scoring.show(rows, sys.stdout, as_json=as_json)


@app.command()
def status(as_json: Json = False) -> None:
    """Show queues, each channel's last digest and receipt, deliveries in trouble, today's spend."""
    with _command() as settings:
        from workers import status as work

        found = work.collect(settings)
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n" if as_json else work.text(found))


@app.command()
def up() -> None:
    """Run all that is configured under one command, with the embedded Redis if REDIS_URL is empty. Ctrl-C stops it."""
    with _command(serves=True) as settings:
        from workers import up as work

        work.run(settings)


@app.command()
def scheduler(leash: Leash = 0, quiet: Quiet = False) -> None:
    """Run the clock: opens the digests that are due and hands out open work."""
    with _command(serves=not quiet, leash=leash) as settings:
        from workers import ticker

        ticker.serve(settings)


@app.command()
def worker(
    queue: Annotated[str, typer.Option(help="digest, interactive or delivery; all: one process each.")] = "all",
    leash: Leash = 0,
    quiet: Quiet = False,
) -> None:
    """Run the worker of one queue (or one process for each)."""
    with _command(serves=not quiet, leash=leash) as settings:
        from workers import up as work
        from workers.queue import QUEUES

        if queue not in (*QUEUES, "all"):
            raise typer.BadParameter(f"there is no queue {queue!r}; there are: {', '.join(QUEUES)}, all.")
        work.work(settings, queue)


@app.command()
def slack(leash: Leash = 0, quiet: Quiet = False) -> None:
    """Listen to Slack."""
    with _command(serves=not quiet, leash=leash) as settings:
        from bot.slack.app import run

        run(settings)


@app.command()
def telegram(leash: Leash = 0, quiet: Quiet = False) -> None:
    """Listen to Telegram."""
    with _command(serves=not quiet, leash=leash) as settings:
        from bot.telegram.app import run

        run(settings)


@contextmanager
def _command(*, serves: bool = False, leash: int = 0, needs_settings: bool = True) -> Iterator[Any]:
    """Settings and logs for a command; our errors become one line on stderr and exit status 1."""
    try:
        settings: Settings | None = load() if needs_settings else None
        level = "ERROR" if settings is None or (not serves and settings.log_level == "INFO") else settings.log_level
        logs.setup(level, settings.log_format if settings else "text", settings.secrets() if settings else ())
        if leash:
            from workers.supervisor import leash as bind

            bind(leash)
        yield settings
    except (PaperboyError, PromptError) as error:
        _fail(str(error))
    except RedisError as error:
        _fail(f"Redis failed ({type(error).__name__}): check REDIS_URL or DATA_DIR.")
    except KeyboardInterrupt:
        _fail("stopped; what was begun goes on with the next run.")
    except (typer.Exit, typer.BadParameter):
        raise
    except Exception as error:
        logging.getLogger(__name__).debug("command_failed", exc_info=True)
        kind = type(error).__name__
        _fail(f"a fault of Paperboy's own ({kind}): LOG_LEVEL=DEBUG shows where; please report it.")


def _fail(sentence: str) -> None:
    mask: Callable[[str], str] = str
    handlers = logging.getLogger().handlers
    if handlers and isinstance(handlers[0].formatter, logs.Formatter):
        mask = handlers[0].formatter.mask
    sys.stderr.write(f"paperboy: {mask(sentence)}\n")
    raise typer.Exit(1)


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"--date {text!r} is not a date: write it as 2026-01-31.") from None


def _progress(as_json: bool) -> Console | None:
    """Progress goes to a terminal's stderr and nowhere else."""
    return Console(stderr=True) if not as_json and sys.stderr.isatty() else None


def _language(settings: Settings, profile: str | None) -> str:
    from prompts import load_profile

    return load_profile(profile or settings.digest_profile).language


if __name__ == "__main__":
    app(prog_name="python -m bot")

"""What every command shares: options, settings, logs, and how it ends on errors."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot import output
from prompts import PromptError
from workers import logs
from workers.errors import PaperboyError

if TYPE_CHECKING:
    from rich.console import Console

    from workers.settings import Settings

Json = Annotated[bool, typer.Option("--json", callback=output.as_json, help="One JSON document instead of text.")]
JsonLines = Annotated[bool, typer.Option("--json", callback=output.as_json, help="JSON, one document a line.")]
Leash = Annotated[int, typer.Option(hidden=True)]
Quiet = Annotated[bool, typer.Option("--quiet", hidden=True)]


@contextmanager
def command(*, serves: bool = False, leash: int = 0, needs_settings: bool = True) -> Iterator[Any]:
    """Load settings and set up logs for a command, and end it on errors.

    Our errors become one line on stderr and exit status 1. What takes 0.5 s to import is imported here: shell
    completion and `--version` need none of it.
    """
    from redis.exceptions import RedisError

    from workers.settings import load
    from workers.store.server import faults as server_faults

    settings: Settings | None = None
    try:
        settings = load() if needs_settings else None
        level, style = (settings.log_level, settings.log_format) if settings else (logs.DEFAULT_LEVEL, "text")
        logs.setup(level, style, settings.secrets() if settings else (), terminal=not serves)
        if leash:
            from workers.processes.supervisor import die_with_parent as bind

            bind(leash)
        yield settings
        sys.stdout.flush()
        if output.told():
            sys.stderr.write(f"paperboy: {output.told()}\n")
    except (PaperboyError, PromptError) as error:
        fail(str(error))
    except RedisError as error:
        wrong = server_faults.fault(error)
        name = "REDIS_URL" if settings and settings.redis_url.get_secret_value() else "the Redis of DATA_DIR"
        fail(f"{name} {wrong.said}: {wrong.todo}")
    except KeyboardInterrupt:
        fail("stopped; what was begun goes on with the next run.")
    except (typer.Exit, typer.BadParameter):
        raise
    except BrokenPipeError:
        _mute()
        raise typer.Exit(1) from None  # who reads along has enough, and knows why: `status | head`
    except Exception as error:
        if isinstance(error, OSError) and _unwritten("\n"):
            _mute()
            fail(f"the output cannot be written ({error.strerror}).")
        logging.getLogger(__name__).debug("command_failed", exc_info=True)
        if isinstance(error, OSError) and error.filename:
            fail(f"{error.filename} cannot be used ({error.strerror}): see to its rights and its disk.")
        kind = type(error).__name__
        fail(f"a fault of Paperboy's own ({kind}): LOG_LEVEL=DEBUG shows where; please report it.")


def _unwritten(text: str = "") -> bool:
    """True where standard output cannot be written, because its disk is full, say.

    `text` is written as well as what is buffered.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        return True
    return False


def _mute() -> None:
    """Send what is left for standard output nowhere.

    Else flushing it would fail again at the end of the process.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def fail(sentence: str) -> None:
    """End the command with one line on stderr and exit status 1; secrets are masked."""
    if _unwritten():
        _mute()
    sys.stderr.write(f"paperboy: {mask(sentence)}\n")
    raise typer.Exit(1)


def mask(text: str) -> str:
    """`text` without any secret that the logs would mask."""
    handlers = logging.getLogger().handlers
    formatter = handlers[0].formatter if handlers else None
    return formatter.mask(text) if isinstance(formatter, logs.Formatter) else text


def local_date(text: str | None) -> date | None:
    """Return the day that `--date` names; wrong usage if it names none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"--date {text!r} is not a date: write it as 2026-01-31.") from None


def progress(as_json: bool) -> "Console | None":
    """Progress goes to a terminal's stderr and nowhere else."""
    from rich.console import Console

    return Console(stderr=True) if not as_json and sys.stderr.isatty() else None

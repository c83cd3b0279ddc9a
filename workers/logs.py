"""Logs one line an event: a fixed name, then fields; never a secret."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime

MASK = "***"

DEFAULT_LEVEL = "INFO"
"""Of `LOG_LEVEL`."""

MOST_CAUSES = 5
"""Errors in a chain that a log line tells of."""

SECRET_SHAPES = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+|(?<!\d)\d{6,}:[\w-]{20,}|sk-ant-[\w-]+")
"""Slack, Telegram and Anthropic tokens by their shape, in case one is not among the settings."""

QUIET = frozenset({
    "aiohttp", "anthropic", "asyncio", "bm25s", "httpcore", "httpcore2", "httpx", "httpx2", "rq", "slack_bolt",
    "slack_sdk", "telegram",
})  # fmt: skip
"""Libraries that log URLs (with tokens in them), bodies or arguments; warnings only."""

QUOTING = ("slack_sdk.web", "telegram.request")
"""Loggers whose warnings quote what a service sent; what came of it stands in lines of ours."""

UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Characters that could begin a line, move a terminal's cursor or turn the order of letters."""

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Formatter(logging.Formatter):
    """`text`: `time level event field=value`; `json`: one object a line.

    Of an error its class is shown and where it happened (not if `brief`: a person reads along); its words, which may
    be somebody's, with `whole` only.
    """

    def __init__(self, style: str, secrets: Iterable[str], whole: bool = False, brief: bool = False) -> None:
        super().__init__()
        self.json, self.whole, self.brief = style == "json", whole, brief
        long = [s for s in secrets if len(s) >= 4]
        forms = {*long, *(json.dumps(s, ensure_ascii=False)[1:-1] for s in long)}  # as it stands, and inside of JSON
        self.secrets = sorted(forms, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """One line, secrets masked, control characters escaped."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = {n: v for n, v in vars(record).items() if n not in STANDARD}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            fields["error"] = f"{type(error).__name__}: {error}" if self.whole else type(error).__name__
            if record.levelno in (logging.DEBUG, logging.ERROR, logging.CRITICAL) and not self.brief:
                fields["traceback"] = self.formatException(record.exc_info) if self.whole else _where(error)  # type: ignore[arg-type]
        message = record.getMessage()
        if self.json:
            row = {"at": at, "level": record.levelname, "logger": record.name, "event": message}
            row |= {name: value for name, value in fields.items() if name not in row}
            return self.mask(_one_line(json.dumps(row, ensure_ascii=False, default=str)))
        tail = " ".join(f"{n}={v}" for n, v in fields.items())
        return self.mask(_one_line(f"{at} {record.levelname} {record.name} {message} {tail}".rstrip()))

    def mask(self, line: str) -> str:
        """The line without any secret."""
        for secret in self.secrets:
            line = line.replace(secret, MASK)
        return SECRET_SHAPES.sub(MASK, line)


def _one_line(text: str) -> str:
    return UNSAFE.sub(lambda m: f"\\u{ord(m[0]):04x}", text)


def _where(error: BaseException) -> str:
    """The places an error came through, and those of its causes.

    Nothing of its message is in them.
    """
    chain: list[str] = []
    now: BaseException | None = error
    while now and len(chain) < MOST_CAUSES:
        chain.append(f"Traceback of {type(now).__name__}:\n" + "".join(traceback.format_tb(now.__traceback__)))
        now = now.__cause__ or (None if now.__suppress_context__ else now.__context__)
    return "".join(chain)


def setup(level: str, style: str, secrets: Iterable[str], *, terminal: bool = False) -> None:
    """Configure this process's logs, which go to stderr.

    At DEBUG errors are shown with their words.
    `terminal`: a command that a person waits for tells its outcome itself, in a line; its log is shown where LOG_LEVEL
    asks for more than it does by default, with the places of errors at DEBUG only.
    """
    level = "CRITICAL" if terminal and level == DEFAULT_LEVEL else level
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter(style, secrets, whole=level == "DEBUG", brief=terminal and level != "DEBUG"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    handler.addFilter(_quiet)


def _quiet(record: logging.LogRecord) -> bool:
    """False for what a talkative library says below a warning, and all of QUOTING.

    Some libraries set their own level when imported.
    """
    return not record.name.startswith(QUOTING) and _loud(record)


def _loud(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] not in QUIET

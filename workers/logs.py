"""Logs: an event name that never changes, then fields; one line each; no secret in any of them."""

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

MASK = "***"
SECRET_SHAPES = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+|(?<!\d)\d{6,}:[\w-]{20,}|sk-ant-[\w-]+")
"""Slack, Telegram and Anthropic tokens by their shape, in case one is not among the settings."""

QUIET = frozenset({
    "aiohttp", "anthropic", "asyncio", "bm25s", "httpcore", "httpcore2", "httpx", "httpx2", "rq", "slack_bolt",
    "slack_sdk", "telegram",
})  # fmt: skip
"""Libraries that log URLs (with tokens in them), bodies or arguments; warnings only."""

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Formatter(logging.Formatter):
    """`text`: `time level event field=value`; `json`: one object a line."""

    def __init__(self, style: str, secrets: Iterable[str]) -> None:
        super().__init__()
        self.json = style == "json"
        self.secrets = sorted((s for s in secrets if len(s) >= 4), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """One line, secrets masked, control characters escaped."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = {n: v for n, v in vars(record).items() if n not in STANDARD}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            fields["error"] = f"{type(error).__name__}: {error}"
            if record.levelno in (logging.DEBUG, logging.ERROR, logging.CRITICAL):
                fields["traceback"] = self.formatException(record.exc_info)  # type: ignore[arg-type]
        message = record.getMessage()
        if self.json:
            row = {"at": at, "level": record.levelname, "logger": record.name, "event": message, **fields}
            return self.mask(json.dumps(row, ensure_ascii=False, default=str))
        tail = " ".join(f"{n}={v}" for n, v in fields.items())
        line = f"{at} {record.levelname} {record.name} {message} {tail}".rstrip()
        return self.mask(line.encode("unicode_escape").decode() if re.search(r"[\x00-\x1f\x7f]", line) else line)

    def mask(self, line: str) -> str:
        """The line without any secret."""
        for secret in self.secrets:
            line = line.replace(secret, MASK)
        return SECRET_SHAPES.sub(MASK, line)


def setup(level: str, style: str, secrets: Iterable[str]) -> None:
    """Configure this process's logs (to stderr)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter(style, secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    handler.addFilter(_quiet)


def _quiet(record: logging.LogRecord) -> bool:
    """True unless a talkative library says something below a warning (some set their own level when imported)."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] not in QUIET

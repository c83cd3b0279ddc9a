"""Both services of the fan-out in a process of their own.

So that what they cost is not laid to us.

Started with the number of addresses; says where it listens, and on `report` what arrived and what it cost itself.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.doubles.base import Entry
from tests.doubles.slack import SlackDouble
from tests.doubles.telegram import TelegramDouble

FIRST_CHAT = -1002000000000
"""Id of the first Telegram group; the others count down."""

END_S = 30.0
"""Seconds that the process may take to end."""


def addresses(count: int) -> tuple[list[str], list[int]]:
    """The Slack channels and the Telegram chats."""
    return [f"C0FAN{n:04d}" for n in range(count)], [FIRST_CHAT - n for n in range(count)]


def serve(count: int) -> None:
    """Run both services, strict about their pace, until stdin ends."""
    channels, chats = addresses(count)
    slack = SlackDouble(channels={c: c.lower() for c in channels})
    telegram = TelegramDouble(chats={c: {"type": "supergroup", "title": f"Lab {c}"} for c in chats})
    with slack, telegram:
        env = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_API_URL": slack.api_url,
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_URL": telegram.url,
        }
        print(json.dumps(env), flush=True)
        for _ in sys.stdin:
            posts = [*slack.calls("*/chat.*"), *telegram.calls("*Message*")]
            texts = [(f"slack:{c}", m["text"]) for c in channels for m in slack.messages(c)]
            texts += [(f"telegram:{c}", m["text"]) for c in chats for m in telegram.messages(c)]
            used = resource.getrusage(resource.RUSAGE_SELF)
            about = {"posts": [told(post) for post in posts], "texts": texts, "cpu": used.ru_utime + used.ru_stime}
            print(json.dumps(about), flush=True)


def told(post: Entry) -> dict[str, Any]:
    """What counts of one request."""
    return {"at": post.at, "path": post.path.rpartition("/")[2], "status": post.status, "accepted": post.accepted}


class Ends:
    """The process, from outside."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.env: dict[str, str] = self._answer()

    def report(self) -> dict[str, Any]:
        """Requests and texts so far, and the seconds of CPU that the services took."""
        self._stdin.write("report\n")
        self._stdin.flush()
        return self._answer()

    @property
    def _stdin(self) -> Any:
        return self.process.stdin

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found


@contextmanager
def ends(count: int) -> Iterator[Ends]:
    """Both services with `count` addresses each."""
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Ends(process)
    finally:
        process.communicate(timeout=END_S)


if __name__ == "__main__":
    serve(int(sys.argv[1]))

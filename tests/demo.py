"""`make demo`: the whole bot at work on this machine alone, with no account, key or network.

Starts the strict doubles of Slack and Telegram, lets the real bot (embedded Redis, RQ workers, the real Slack and
Telegram libraries) make the digest of the bundled sample day, and shows what arrived: here and as one HTML page.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from tests import demo_page, demo_terminal
from tests.doubles.slack import SlackDouble
from tests.doubles.telegram import TelegramDouble

ROOT = Path(__file__).parents[1]
OUT = ROOT / "demo-out"
CHANNEL, CHAT = "C0DIGEST", -1001000000001
LONGEST_S = 55
"""Seconds one command may take before the demo gives up; it needs about 10."""


def main() -> int:
    """Run the demo; 0 if all went as it should."""
    console = Console(highlight=False)
    shutil.rmtree(OUT, ignore_errors=True)
    data = Path(tempfile.mkdtemp(prefix="pb-demo-"))
    try:
        with SlackDouble() as slack, TelegramDouble() as telegram:
            return show(console, slack, telegram, data)
    finally:
        shutil.rmtree(data, ignore_errors=True)


def show(console: Console, slack: SlackDouble, telegram: TelegramDouble, data: Path) -> int:
    """The demo proper, with the doubles running."""
    console.rule("[bold]Paperboy demo")
    console.print(
        "Slack and Telegram are played by strict local servers; the bot, its queue, its workers and both chat "
        "libraries are the real ones.\nNo model key is set, so the local ranker scores and sentences are extracted: "
        "every message says so.\n"
    )
    env = environment(slack, telegram, data)
    started = time.monotonic()
    console.print("[bold]$ python -m bot digest --sample[/]")
    first = command(env, console)
    took = time.monotonic() - started
    posts = messages(slack, telegram)
    console.print("\n[bold]$ python -m bot digest --sample[/]   (again, the same day)")
    second = command(env, console)
    again = messages(slack, telegram)
    console.print()
    console.rule("what arrived")
    demo_terminal.show(*posts, console)
    page = OUT / "index.html"
    notes = [
        "Fictional sample day, made by the real bot; Slack and Telegram played by local servers.",
        f"{len(posts[0])} Slack and {len(posts[1])} Telegram messages in {took:.0f} s, all starts included.",
    ]
    page.write_text(demo_page.page(*posts, title="Paperboy demo", notes=notes), encoding="utf-8")
    refused = [e for double in (slack, telegram) for e in double.ledger if refusal(e)]
    twice = len(again[0]) != len(posts[0]) or len(again[1]) != len(posts[1])
    console.rule()
    console.print(f"Both channels as a page:  {page}")
    console.print(f"The day's archive file:   {next(OUT.glob('digests/*.md'), 'missing')}")
    console.print(
        f"{len(posts[0])} Slack and {len(posts[1])} Telegram messages, refused by the servers: {len(refused)}, "
        f"posted twice by the second run: {'yes' if twice else 'none'}."
    )
    ok = first == second == 0 and posts[0] and posts[1] and not refused and not twice
    return 0 if ok else 1


def environment(slack: SlackDouble, telegram: TelegramDouble, data: Path) -> dict[str, str]:
    """Settings of the demo: only the doubles, an embedded Redis, nothing inherited."""
    kept = {n: v for n, v in os.environ.items() if n in ("PATH", "HOME", "LANG", "LC_ALL", "TERM", "TMPDIR", "COLUMNS")}
    return kept | {
        "PYTHONPATH": str(ROOT),
        "DATA_DIR": str(data),
        "ARCHIVE_DIR": str(OUT / "digests"),
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_API_URL": slack.api_url,
        "SLACK_CHANNELS": CHANNEL,
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_URL": telegram.url,
        "TELEGRAM_CHATS": str(CHAT),
    }


def command(env: dict[str, str], console: Console) -> int:
    """`python -m bot digest --sample` in an empty folder, its output shown."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "digest", "--sample"],
        env=env, cwd=env["DATA_DIR"], capture_output=True, text=True, timeout=LONGEST_S, check=False,
    )  # fmt: skip
    console.print((done.stdout + done.stderr).rstrip(), markup=False)
    return done.returncode


def messages(slack: SlackDouble, telegram: TelegramDouble) -> tuple[list[dict], list[dict]]:
    """What the two services hold now."""
    named = [m | {"channel": "papers"} for m in slack.messages(CHANNEL)]
    return named, [m | {"chat": "papers"} for m in telegram.messages(CHAT)]


def refusal(entry) -> bool:
    """True for a request that a double refused (being asked to wait is no refusal)."""
    reply = entry.reply if isinstance(entry.reply, dict) else {}
    return entry.status != 429 and (reply.get("ok") is False or (entry.status or 0) >= 400)


if __name__ == "__main__":
    sys.exit(main())

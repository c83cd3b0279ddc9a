"""Runs `make demo`: the whole bot at work, with no account, key or network.

Starts strict doubles of Slack, Telegram and arXiv and lets the real bot (embedded Redis, RQ workers, both chat
libraries) serve two teams from one bundled sample day: a protein lab on Slack in English, which picks its topic from
chat, and a vision group on Telegram in Chinese. People talk with it; what arrived is shown here and as one HTML page.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from tests import ROOT
from tests.demo import terminal, week
from tests.demo.page import page, steps_page
from tests.demo.setup import announce, set_up
from tests.demo.talk import PRIVATE, Talk, inherited
from tests.doubles.arxiv import Arxiv, make_item
from tests.doubles.biorxiv import Biorxiv
from tests.doubles.slack import SlackDouble
from tests.doubles.slack_state import BOT_USER
from tests.doubles.telegram import TelegramDouble
from workers.store.server import embedded

OUT = ROOT / "demo-out"
SAMPLE = ROOT / "workers" / "sources" / "sample"
CHANNEL, CHAT = "C0DIGEST", -1001000000001
CATEGORIES = {"day": ("cs.CV",), "q-bio": ("q-bio.BM",)}
"""arXiv's categories of the sample day's lists."""
LONGEST_S = 90
"""Seconds one command may take before the demo gives up; it needs about 10."""


def main() -> int:
    """Run the demo; 0 if all went as it should."""
    console = Console(highlight=False)
    shutil.rmtree(OUT, ignore_errors=True)
    data = Path(tempfile.mkdtemp(prefix="pb-demo-"))
    try:
        with SlackDouble() as slack, TelegramDouble() as telegram, Arxiv() as arxiv, Biorxiv() as biorxiv:
            serve_sample(arxiv)
            announce(arxiv)
            return show(
                console, slack, telegram, environment(slack, telegram, arxiv, data) | {"BIORXIV_API_URL": biorxiv.url}
            )
    finally:
        shutil.rmtree(data, ignore_errors=True)


def show(console: Console, slack: SlackDouble, telegram: TelegramDouble, env: dict[str, str]) -> int:
    """The demo proper, with the doubles running."""
    console.rule("[bold]Paperboy demo")
    console.print(
        "Slack, Telegram and arXiv are played by strict local servers; the bot, its queue, its workers and both chat "
        "libraries are the real ones.\nNo model key is set, so the local ranker scores and sentences are extracted: "
        "every message says so.\n"
    )
    started = time.monotonic()
    talk = Talk(slack, telegram, CHANNEL, env)
    console.print("[bold]$ python -m bot up[/]   (a protein lab on Slack picks its topic from chat)")
    talk.choose_topic(console)
    console.print("\n[bold]$ python -m bot digest --sample[/]   (two teams, two languages, one sample day)")
    first = command(env, console)
    posts = messages(slack, telegram)
    console.print("\n[bold]$ python -m bot digest --sample[/]   (again, the same day)")
    second = command(env, console)
    twice = [len(now) - len(before) for now, before in zip(messages(slack, telegram), posts, strict=True)] != [0, 0]
    console.print("\n[bold]$ python -m bot up[/]   (all processes; people talk with it)")
    talk.run(console)
    console.print("\n[bold]$ python -m bot up[/]   (two more labs set up topics of their own, from chat alone)")
    labs = Talk(slack, telegram, CHANNEL, env | {"DIGEST_PROFILE": "cv-daily-en"})
    steps = labs.while_up(lambda: set_up(labs, console))
    took = time.monotonic() - started
    posts = messages(slack, telegram)
    console.print()
    console.rule("what arrived")
    terminal.show(*posts, console)
    file = OUT / "index.html"
    count = f"{len(posts[0])} messages on Slack and {len(posts[1])} on Telegram"
    notes = [
        "Fictional sample day, made by the real bot; Slack, Telegram and arXiv played by local servers.",
        "Left: a protein lab, in English. Right: a vision group, in Chinese. Each with its own topic and sources.",
        f"{count} in {took:.0f} s, all starts and a restart included.",
    ]
    file.write_text(page(*posts, title="Paperboy demo", notes=notes), encoding="utf-8")
    setup = OUT / "setup.html"
    how = ["Every screen as the real bot showed it; no file was edited. Fictional papers."]
    setup.write_text(steps_page(*steps, title="A topic of one's own, set up from chat", notes=how), encoding="utf-8")
    refused = [e for double in (slack, telegram) for e in double.ledger if refusal(e)]
    console.rule()
    console.print(f"Both sides as a page:    {file}", soft_wrap=True)
    console.print(f"The set-up, by step:     {setup}", soft_wrap=True)
    console.print(f"The day's archive file:  {next(OUT.glob('digests/*.md'), 'missing')}", soft_wrap=True)
    console.print(f"{count}; posted twice by the second run: {'some' if twice else 'none'}.")
    for entry in refused:
        console.print(f"refused: {entry.path} {entry.reply}", markup=False)
    left = embedded.running(Path(env["DATA_DIR"]))
    if left:
        console.print("the embedded Redis is still running")
        embedded.stop(Path(env["DATA_DIR"]))
    ok = first == second == 0 and posts[0] and posts[1] and not refused and not twice and not left
    return 0 if ok else 1


def serve_sample(arxiv: Arxiv) -> None:
    """Let arXiv know the sample day's papers, some of them in full."""
    for path in SAMPLE.glob("*.json"):
        for item in json.loads(path.read_text(encoding="utf-8")):
            paper = item["paper"]
            authors = tuple(author["name"] for author in paper["authors"])
            about = {"abstract": paper["summary"], "authors": authors, "comment": "fictional sample"}
            about["categories"] = CATEGORIES[path.stem]
            arxiv.papers[paper["id"]] = make_item(paper["id"], paper["title"], **about)
    arxiv.html |= {file.stem: file.read_bytes() for file in SAMPLE.glob("*.html")}


def environment(slack: SlackDouble, telegram: TelegramDouble, arxiv: Arxiv, data: Path) -> dict[str, str]:
    """Settings of the demo: only the doubles, an embedded Redis, nothing inherited."""
    return inherited() | {
        "PYTHONPATH": str(ROOT),
        "DATA_DIR": str(data),
        "ARCHIVE_DIR": str(OUT / "digests"),
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "ARXIV_URL": arxiv.url,
        "ARXIV_API_URL": arxiv.api_url,
        "ARXIV_FEED_URL": f"{arxiv.url}/atom",
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_URL": telegram.url,
        "TELEGRAM_CHATS": str(CHAT),
        "DIGEST_PROFILE": "cv-daily-zh",
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
    people = {i: {"username": name} for i, name in slack.members.items()}
    us = f"<@{BOT_USER}>"
    named = [
        m
        | {"channel": "papers", "text": m["text"].replace(us, f"{us[:-1]}|paperboy>")}
        | people.get(m.get("user", ""), {})
        for m in slack.messages(CHANNEL)
    ]
    channel = [m | {"chat": "papers"} for m in telegram.messages(CHAT)]
    return named, channel + [m | {"chat": "private chat"} for m in telegram.messages(PRIVATE)]


def refusal(entry) -> bool:
    """True for a request that a double refused.

    Being asked to wait is none, nor is an old poll that a new one ends.
    """
    reply = entry.reply if isinstance(entry.reply, dict) else {}
    ended = entry.path.endswith("/getUpdates") and entry.status == 409
    return entry.status != 429 and not ended and (reply.get("ok") is False or (entry.status or 0) >= 400)


if __name__ == "__main__":
    sys.exit(week.main() if sys.argv[1:] == ["week"] else main())

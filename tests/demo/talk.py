"""The second act of `make demo`.

People talk with the bot, which runs all its processes as `python -m bot up`.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console

from tests.demo.forms import filled
from tests.doubles.slack import SlackDouble
from tests.doubles.telegram import TelegramDouble

T = TypeVar("T")

PRIVATE = 4242
"""A person's private chat with the bot, as the Telegram double knows it."""

TOPIC = "protein-models-en"
"""The profile that the lab on Slack picks: its own sources, title and language."""

ASKED, ON_SLACK, ON_TELEGRAM = "2601.99921", "2601.99924", "2601.99903"
"""Papers: asked about under the digest; dived into on Slack and on Telegram. The first and last have full texts."""

PATIENCE_S = 60.0
"""Seconds any single step may take; on an idle machine each needs one or two."""

POLL_S = 0.05


class Steps:
    """Waits for one thing after another, each for at most `patience` seconds."""

    def __init__(self, patience: float) -> None:
        self.patience = patience

    def until(self, what: str, true: Callable[[], Any]) -> Any:
        """Wait for something; TimeoutError names it."""
        deadline = time.monotonic() + self.patience
        while not (found := true()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what} did not come within {self.patience:.0f} s")
            time.sleep(POLL_S)
        return found


class Talk(Steps):
    """Plays two people on the doubles while the real bot runs."""

    def __init__(self, slack: SlackDouble, telegram: TelegramDouble, channel: str, env: dict[str, str]) -> None:
        super().__init__(PATIENCE_S)
        self.slack, self.telegram, self.channel, self.env = slack, telegram, channel, env
        self.up: subprocess.Popen[bytes] | None = None

    def run(self, console: Console) -> None:
        """All steps, told one by one; TimeoutError names the one that did not come about."""
        try:
            self.start()
            self.on_slack(console)
            self.on_telegram(console)
            console.print("  all processes stop and start again …")
            self.stop()
            self.start()
            self.after_the_restart(console)
        finally:
            self.stop()

    def choose_topic(self, console: Console) -> None:
        """A lab subscribes its channel to a topic of its own."""
        typed = f"subscribe {TOPIC}"
        said = self.while_up(
            lambda: self.slack.ack_of(self.slack.play_slash("/digest", typed, self.channel), PATIENCE_S)
        )
        console.print(f"  Slack: /digest {typed}: {words_of(said)[0]}", markup=False)

    def while_up(self, act: Callable[[], T]) -> T:
        """What `act` gives while all processes run."""
        try:
            self.start()
            return act()
        finally:
            self.stop()

    def start(self) -> None:
        """`python -m bot up`, until both listeners are there."""
        polls = len(self.telegram.calls("*/getUpdates"))
        log = Path(self.env["DATA_DIR"]) / "up.log"
        with log.open("ab") as out:
            command = [sys.executable, "-m", "bot", "up"]
            self.up = subprocess.Popen(command, env=self.env, cwd=self.env["DATA_DIR"], stdout=out, stderr=out)
        self.slack.wait_connected(PATIENCE_S)
        self.until("Telegram to be polled", lambda: len(self.telegram.calls("*/getUpdates")) > polls)

    def stop(self) -> None:
        """SIGTERM, and wait for the end of every process."""
        if self.up:
            self.up.terminate()
            self.up.wait(PATIENCE_S)
            self.up = None

    def on_slack(self, console: Console) -> None:
        """A deep dive and two questions in its thread."""
        self.slack.play_slash("/deepdive", f"https://arxiv.org/abs/{ON_SLACK}", self.channel)
        root = self.until("the deep dive on Slack", lambda: self.head(ON_SLACK))
        console.print(f"  Slack: /deepdive {ON_SLACK}: its own message, the analysis in its thread")
        for words in ("How many cases does it decline?", "What is it trained on?"):
            self.ask(root, words)
        console.print("  Slack: two questions in that thread, both answered there")

    def on_telegram(self, console: Console) -> None:
        """A deep dive in a private chat, a question as a reply, a vote."""
        self.telegram.play_message(PRIVATE, f"/deepdive {ON_TELEGRAM}")
        head = self.until(
            "the deep dive on Telegram", lambda: next((m for m in self.mine() if m["reply_markup"]), None)
        )
        self.telegram.play_message(PRIVATE, "Which repetitive structures can drift?", reply_to=head["message_id"])
        self.until(
            "the answer on Telegram", lambda: [m for m in self.mine() if m["message_id"] > head["message_id"] + 1]
        )
        self.telegram.play_callback(PRIVATE, head["message_id"], f"up:{ON_TELEGRAM}")
        self.until("the vote", lambda: "👍 1" in json.dumps(self.mine(), ensure_ascii=False))
        console.print(f"  Telegram: /deepdive {ON_TELEGRAM}, a question as a reply, a 👍")

    def after_the_restart(self, console: Console) -> None:
        """A question under the digest, a vote, a settings change."""
        root = self.until("the digest's message", lambda: self.head(ASKED))
        self.ask(root, "How far does the correlation rise when uncertain mutations are set aside?")
        console.print("  Slack: a question in the digest's thread, after the restart: answered")
        self.slack.play_action("vote_up", self.channel, root)
        self.until("the vote", lambda: "👍 1" in json.dumps(self.slack.messages(self.channel), ensure_ascii=False))
        before = set(self.slack.views)
        self.slack.play_slash("/digest", "settings", self.channel)
        view = self.until("the settings form", lambda: next(iter(set(self.slack.views) - before), None))
        self.slack.ack_of(self.slack.play_view_submission(view, filled(self.slack.views[view], picks="2")), PATIENCE_S)
        said = self.slack.ack_of(self.slack.play_slash("/digest", "status", self.channel), PATIENCE_S)
        console.print(
            f"  Slack: a 👍, the settings form (2 papers a day from now on), and /digest status: {words_of(said)[0]}"
        )

    def ask(self, root: str, words: str) -> None:
        """Mention the bot in a thread and wait for its answer."""
        before = len(self.replies(root))
        self.slack.play_mention(words, self.channel, thread_ts=root)
        self.until(f"an answer to {words!r}", lambda: len(self.replies(root)) > before)

    def head(self, paper: str) -> str | None:
        """ts of our message about a paper whose thread has the analysis."""
        for message in self.slack.messages(self.channel, deleted=False):
            about = f"paper:{paper}" in json.dumps(message["blocks"])
            if about and len(self.slack.thread(self.channel, message["ts"])) > 1:
                return str(message["ts"])
        return None

    def replies(self, root: str) -> list[dict[str, Any]]:
        """What the bot said in a thread."""
        return [m for m in self.slack.thread(self.channel, root)[1:] if m.get("bot_id")]

    def mine(self) -> list[dict[str, Any]]:
        """What the bot said in the private chat."""
        return self.telegram.messages(PRIVATE, mine=True)


def words_of(ack: Any) -> list[str]:
    """What an acknowledgement says, line by line."""
    payload = ack.get("payload", ack) if isinstance(ack, dict) else {}
    return str(payload.get("text", payload)).split("\n")


def inherited() -> dict[str, str]:
    """The few variables that a child needs from us."""
    names = ("PATH", "HOME", "LANG", "LC_ALL", "TERM", "TMPDIR", "COLUMNS")
    return {name: value for name, value in os.environ.items() if name in names}

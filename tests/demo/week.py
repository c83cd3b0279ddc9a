"""Runs `python -m tests.demo week`: a channel's votes in time lapse.

Four digests of fictional days by the real commands, on strict doubles of Slack, Hugging Face and arXiv. Three people
vote; from the day on which the taste has earned a weight, the order changes and each post says why. Then what the
memory is for: `find`, a BibTeX file, the week's round-up, the web archive. arXiv and Slack are
asked at their real pace.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

from rich.console import Console

from tests import ROOT
from tests.demo.talk import Steps, inherited, words_of
from tests.doubles.arxiv import Arxiv
from tests.doubles.huggingface import HuggingFace, make_item
from tests.doubles.pages import make_html
from tests.doubles.slack import SlackDouble
from workers.models.tasks import RoundupData
from workers.queueing.dispatcher import Dispatcher
from workers.store.server import embedded
from workers.store.server.connection import connect

CHANNEL, PROFILE = "C0DIGEST", "week"
PEOPLE = {"U0ALICE": "alice", "U0BOB": "bob", "U0CAROL": "carol"}
DAYS, A_DAY, PATIENCE_S = 4, 8, 90.0

TOPIC = """
title = "Restoration Weekly"
language = "en"
persona = "a computer-vision expert"
audience = "an image-restoration team"
interests = ["Image Restoration", "Diffusion"]
sources = ["huggingface:15"]
min_score = 40
picks = 3
"""

NIGHT = ("Raw Burst Denoising at Night", "Night Photographs by Sensor Noise Models", "Raw Low-Light Bursts, Aligned")
FACES = ("Talking Portraits from Speech", "Portrait Video for Avatars", "Speech-Driven Avatar Portraits")
"""What these three like, and what they do not: both fit the topic alike, and the second has more upvotes."""

SURPRISE = "a surprise: not what your votes ask for"

_NAMES = """
Alder Basalt Cinder Dune Ember Fjord Gale Heron Iris Juniper Krill Larch Maple Nacre Osier Plume Quill Rowan Sedge
Thrift Umber Vetch Willow Xenia Yarrow Zinnia Aspen Birch Clover Dahlia Elm Fern Gorse Hazel Indigo Jade Kelp Lotus
Moss Nettle
"""
NAMES = _NAMES.split()


def main() -> int:
    """Run the week; 0 if all went as it should."""
    console, out = Console(highlight=False), ROOT / "demo-out" / "week"
    shutil.rmtree(out, ignore_errors=True)
    data = Path(tempfile.mkdtemp(prefix="pb-week-"))
    try:
        with SlackDouble(members=PEOPLE) as slack, HuggingFace() as hub, Arxiv() as arxiv:
            return Week(console, slack, hub, arxiv, data, out).run()
    finally:
        if embedded.running(data):
            embedded.stop(data)
        shutil.rmtree(data, ignore_errors=True)


class Week(Steps):
    """Plays three people of one channel while the real bot runs."""

    def __init__(
        self, console: Console, slack: SlackDouble, hub: HuggingFace, arxiv: Arxiv, data: Path, out: Path
    ) -> None:
        super().__init__(PATIENCE_S)
        self.console, self.slack, self.hub, self.arxiv, self.data, self.out = console, slack, hub, arxiv, data, out
        self.monday = date.today() - timedelta(days=date.today().weekday() + 7)
        self.lists = [self.listed(number) for number in range(DAYS)]
        profiles = data / "profiles"
        profiles.mkdir()
        (profiles / f"{PROFILE}.toml").write_text(TOPIC, encoding="utf-8")
        self.env = inherited() | {
            "PYTHONPATH": str(ROOT), "DATA_DIR": str(data), "ARCHIVE_DIR": str(out / "digests"),
            "PROFILES_DIR": str(profiles), "DIGEST_PROFILE": PROFILE, "DIGEST_TIMEZONE": "UTC", "HF_ENDPOINT": hub.url,
            "ARXIV_URL": arxiv.url, "ARXIV_API_URL": arxiv.api_url, "ARXIV_FEED_URL": f"{arxiv.url}/atom",
            "SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token, "SLACK_API_URL": slack.api_url,
            "SLACK_CHANNELS": CHANNEL, "PUBLIC_CHANNELS": f"slack:{CHANNEL}",
        }  # fmt: skip

    def run(self) -> int:
        """All of it, told step by step; 0 if the votes changed an order, and it said why."""
        self.console.rule("[bold]A week in time lapse")
        self.console.print("Fictional papers; Slack, Hugging Face and arXiv are local servers, the bot is real.\n")
        running = [self.begin("slack"), self.begin("worker")]
        try:
            self.slack.wait_connected(PATIENCE_S)
            reasons = [self.live(number) for number in range(DAYS)]
            self.remember()
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(PATIENCE_S)
        self.console.print(f"\nArchive files, BibTeX and web archive: {self.out}", soft_wrap=True)
        return 0 if not reasons[0] and reasons[-1] else 1

    def listed(self, number: int) -> list[dict[str, Any]]:
        """Put a day's papers where the bot looks for them; the items."""
        day = self.monday + timedelta(days=number)
        names = NAMES[number * A_DAY : (number + 1) * A_DAY]
        papers = [made(day, n, name) for n, name in enumerate(names)]
        self.hub.days[day.isoformat()] = papers
        for item in papers:
            paper = item["paper"]
            about = {"title": paper["title"], "abstract": paper["summary"], "version": f"{paper['id']}v1"}
            self.arxiv.html[paper["id"]] = make_html(**about)
        return papers

    def live(self, number: int) -> int:
        """One day's digest and votes; how many posts say that votes moved them."""
        digest, papers = self.monday + timedelta(days=number), self.lists[number]
        before = set(self.posts())
        self.bot("digest", "--date", digest.isoformat())
        new = {paper: post for paper, post in self.posts().items() if paper not in before}
        titles = {item["paper"]["id"]: item["title"] for item in papers}
        self.console.print(f"[bold]Day {number + 1}[/], {len(papers)} papers that fit alike; shown, in this order:")
        if reasons := sum("of you liked" in line for post in new.values() for line in post["lines"]):
            alone = ", ".join(item["title"].partition(":")[0] for item in papers[: len(new)])
            self.console.print(f"  [dim](without votes: {alone})[/]")
        for paper, post in new.items():
            why = next((line for line in post["lines"] if "of you liked" in line), "").rpartition(" · ")[2]
            odd = next((SURPRISE for line in post["lines"] if SURPRISE in line), "")
            self.console.print(f"  {titles[paper]}", f"[dim]{why or odd}[/]" if why or odd else "", soft_wrap=True)
            night = any(one in titles[paper] for one in NIGHT)
            for person in PEOPLE:
                self.slack.play_action("vote_up" if night else "vote_down", CHANNEL, post["ts"], user=person)
        self.until("the votes", lambda: all(self.counted(paper) for paper in new))
        return reasons

    def remember(self) -> None:
        """What was kept: found, cited, rounded up, shown as pages."""
        for words in ("taste", "find raw bursts liked"):
            ack = self.slack.ack_of(self.slack.play_slash("/digest", words, CHANNEL), PATIENCE_S)
            self.console.print(f"\n[bold]/digest {words}[/]")
            self.console.print(unescape("\n".join(f"  {line}" for line in words_of(ack))), markup=False, soft_wrap=True)
        bib = self.out / "week.bib"
        bib.write_text(self.bot("cite", *list(self.posts())[-2:]), encoding="utf-8")
        self.console.print(f"\n[bold]python -m bot cite …[/] > {bib.name}")
        self.console.print(bib.read_text(encoding="utf-8").rstrip(), markup=False, soft_wrap=True)
        redis = connect(f"unix://{embedded.socket_path(self.data)}")
        first, last = self.monday.isoformat(), (self.monday + timedelta(days=6)).isoformat()
        week = RoundupData(channel=f"slack:{CHANNEL}", profile=PROFILE, first=first, last=last)
        Dispatcher(redis).open(f"roundup|slack:{CHANNEL}|{first}|{last}", "roundup", week)
        said = self.until(
            "the round-up", lambda: [m for m in self.slack.messages(CHANNEL) if f"{first} to {last}" in str(m)]
        )
        self.console.print("\n[bold]The week's round-up[/]")
        rows = [row for block in said[-1]["blocks"] for row in block.get("rows", ())]
        told = [line for block in said[-1]["blocks"] if "rows" not in block for line in texts(block)]
        told += [" · ".join(" ".join(texts(cell)) for cell in row) for row in rows]
        self.console.print("\n".join(f"  {line}" for line in told), markup=False, soft_wrap=True)
        self.console.print("\n[bold]python -m bot site[/]")
        self.console.print(self.bot("site", str(self.out / "site")).rstrip(), markup=False, soft_wrap=True)
        if browser := shutil.which("chromium") or shutil.which("google-chrome"):
            page = next((self.out / "site").glob("slack-*/index.html"))
            shot = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=800,1000"]
            subprocess.run(
                [*shot, f"--screenshot={self.out / 'site.png'}", page.as_uri()],
                capture_output=True, timeout=PATIENCE_S, check=False,
            )  # fmt: skip

    def posts(self) -> dict[str, dict[str, Any]]:
        """Paper -> ts and lines of our message about it, in the order in which they came."""
        found = {}
        for message in self.slack.messages(CHANNEL, deleted=False):
            block = next((b["block_id"] for b in message["blocks"] if b.get("block_id", "").startswith("paper:")), "")
            if block:
                found[block.removeprefix("paper:")] = {"ts": message["ts"], "lines": texts(message)}
        return found

    def counted(self, paper: str) -> bool:
        """True once all three votes are on the buttons."""
        said = json.dumps(self.slack.messages(CHANNEL), ensure_ascii=False)
        return paper in said and any(f"{mark} 3" in "\n".join(self.posts()[paper]["lines"]) for mark in "👍👎")

    def begin(self, name: str) -> subprocess.Popen[bytes]:
        """`python -m bot NAME` beside us."""
        with (self.data / f"{name}.log").open("ab") as log:
            words = [sys.executable, "-m", "bot", name]
            return subprocess.Popen(words, env=self.env, cwd=self.data, stdout=log, stderr=log)

    def bot(self, *words: str) -> str:
        """What a command prints; CalledProcessError where it failed."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            env=self.env, cwd=self.data, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
        if done.returncode:
            self.console.print(done.stdout + done.stderr, markup=False)
            done.check_returncode()
        return done.stdout


def made(day: date, number: int, name: str) -> dict[str, Any]:
    """One fictional paper; every second is of the kind liked, with fewer upvotes."""
    kind = NIGHT if number % 2 else FACES
    what = kind[(number // 2 + day.day) % len(kind)]
    return make_item(
        f"{day:%y%m}.{day.day:02d}{number:03d}", title=f"{name}: {what}", upvotes=90 - 10 * number - 5 * (number % 2),
        day=day, summary=f"Image restoration by diffusion. We study {what.lower()}. On a fictional set it works.",
    )  # fmt: skip


def texts(message: dict[str, Any]) -> list[str]:
    """All texts of a Slack message, or of a part of it, line by line."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("text"), str):
                found.extend(node["text"].split("\n"))
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(message.get("blocks", message))
    return [line for line in found if line.strip()]

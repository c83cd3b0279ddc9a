"""All five services played at once.

The real bot run against them by its commands.
"""

import json
import subprocess
from contextlib import ExitStack
from pathlib import Path

from tests import ROOT
from tests.doubles.arxiv import Arxiv, make_item
from tests.doubles.huggingface import HuggingFace
from tests.doubles.model import ModelDouble
from tests.doubles.slack import SlackDouble
from tests.doubles.telegram import TelegramDouble
from tests.forked import Bot

CHANNEL, CHAT = "C0DIGEST", -1001000000001


class World:
    """The doubles, a folder to run in, and settings that lead to them.

    Use as a context manager.
    """

    def __init__(self, folder: Path, redis_url: str, *, key: bool = False, chats: bool = True, **more: str) -> None:
        self.folder = folder
        self.hf, self.arxiv, self.model = HuggingFace(), Arxiv(), ModelDouble()
        self.slack, self.telegram = SlackDouble(pace=False), TelegramDouble(pace=False)
        self._stack = ExitStack()
        self._want = (redis_url, key, chats, more)
        self.env: dict[str, str] = {}
        self.hurried = True
        """Its processes make no pause for arXiv or a chat."""

    def __enter__(self) -> "World":
        for double in (self.hf, self.arxiv, self.model, self.slack, self.telegram):
            self._stack.enter_context(double)
        redis_url, key, chats, more = self._want
        self.env = {
            "REDIS_URL": redis_url,
            "DATA_DIR": str(self.folder / "data"),
            "ARCHIVE_DIR": str(self.folder / "digests"),
            "HF_ENDPOINT": self.hf.url,
            "ARXIV_FEED_URL": f"{self.arxiv.url}/atom",
            "ARXIV_API_URL": self.arxiv.api_url,
            "ARXIV_URL": self.arxiv.url,
            "ANTHROPIC_BASE_URL": self.model.url,
            "SLACK_API_URL": self.slack.api_url,
            "TELEGRAM_API_URL": self.telegram.url,
            "HTTP_PORT": "0",
        }
        if key:
            self.env["ANTHROPIC_API_KEY"] = self.model.key
        if chats:
            self.env |= {"SLACK_BOT_TOKEN": self.slack.bot_token, "SLACK_CHANNELS": CHANNEL}
            self.env |= {"TELEGRAM_BOT_TOKEN": self.telegram.token, "TELEGRAM_CHATS": str(CHAT)}
        self.env |= more
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def command(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `python -m bot <words>` in the folder."""
        done = self.started(*words).completed()
        if check:
            assert done.returncode == 0, done.stderr + done.stdout
        return done

    def digest(self, *words: str, check: bool = True) -> list[dict]:
        """`digest --json`: one object per channel."""
        return json.loads(self.command("digest", "--json", *words, check=check).stdout)["digests"]

    def serve_sample(self) -> None:
        """Let arXiv know the sample day's papers, two of them in full."""
        folder = ROOT / "workers" / "sources" / "sample"
        for item in json.loads((folder / "day.json").read_text()):
            paper = item["paper"]
            self.arxiv.papers[paper["id"]] = make_item(paper["id"], paper["title"], abstract=paper["summary"])
        self.arxiv.html |= {page.stem: page.read_bytes() for page in folder.glob("*.html")}

    def started(self, *words: str) -> Bot:
        """Start `python -m bot <words>` in the folder.

        What it writes is kept for `communicate`.
        """
        return Bot(words, self.env, self.folder, hurried=self.hurried)

    def process(self, *words: str) -> Bot:
        """Start `python -m bot <words>` in the folder.

        What it writes goes to the folder's log.
        """
        return Bot(words, self.env, self.folder, log=self.folder / "log.txt", hurried=self.hurried)

    def said(self) -> str:
        """Every word that stands in any message or archive file.

        For "nowhere does it say".
        """
        files = [p.read_text() for p in (self.folder / "digests").glob("*.md")]
        posts = [json.dumps(m, ensure_ascii=False) for m in self.slack.messages(CHANNEL)]
        posts += [json.dumps(m, ensure_ascii=False) for m in self.telegram.messages(CHAT)]
        return "\n".join(files + posts)

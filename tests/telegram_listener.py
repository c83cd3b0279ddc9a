"""The real listener as a process of its own.

Against the Telegram double and a real Redis.
"""

from pathlib import Path

import pytest

from tests.doubles.telegram import TelegramDouble
from tests.forked import Bot
from tests.waiting import until
from workers.store.people.threads import ThreadPlace, Threads
from workers.store.server import embedded
from workers.store.server.connection import connect
from workers.store.tasks.ledger import Ledger

CHANNEL, FORUM, TOPIC, ALICE, BOB = -1001000000001, -1001000000002, 7, 4242, 4343
GROUP = -1001000000003
PAPER = "2601.12345"

KEYBOARD = {
    "inline_keyboard": [
        [
            {"text": t, "callback_data": f"{d}:{PAPER}"}
            for t, d in (("Deep dive", "dive"), ("👍", "up"), ("👎", "down"))
        ],
        [{"text": "PDF", "url": "https://arxiv.org/pdf/1"}],
    ]
}


class Listener:
    """`python -m bot telegram` in a folder, with what to look at around it.

    Use as a context manager.
    """

    def __init__(self, folder: Path, redis_url: str, **more: str) -> None:
        self.folder, self.redis_url = folder, redis_url
        self.telegram = TelegramDouble(pace=False, privacy=more.pop("privacy", False))
        self.telegram.add_chat(GROUP, type="supergroup", title="Group", admins={ALICE})
        self.more = more
        self.process: Bot | None = None
        self.client = connect(redis_url, retries=0)
        self.ledger, self.threads = Ledger(self.client), Threads(self.client)

    def __enter__(self) -> "Listener":
        self.telegram.start()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process:
            self.stop()
        self.telegram.stop()
        self.client.close()

    def start(self, wait: bool = True) -> None:
        asked = len(self.telegram.calls("*/getUpdates"))
        env = {
            "TELEGRAM_BOT_TOKEN": self.telegram.token,
            "TELEGRAM_API_URL": self.telegram.url,
            "REDIS_URL": self.redis_url,
            "DIGEST_PROFILE": "cv-daily-en",
        }
        self.process = Bot(("telegram",), env | self.more, self.folder)
        if wait:
            ready = "*/setWebhook" if "TELEGRAM_WEBHOOK_URL" in self.more else "*/getUpdates"
            asked = 0 if ready.endswith("k") else asked
            until(lambda: len(self.telegram.calls(ready)) > asked or self.process.poll() is not None)
            if ready.endswith("k") and self.process.poll() is None:
                until(lambda: self.telegram.webhook or self.process.poll() is not None)

    def stop(self) -> str:
        """SIGTERM; what it wrote to stderr."""
        self.process.terminate()
        _, err = self.process.communicate()
        self.code, self.process = self.process.returncode, None
        return err

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process = None

    # -- what became of it -----------------------------------------------------------------------------------------

    def settled(self) -> None:
        """Wait until Telegram has been told that every update is done."""
        until(lambda: not self.telegram.pending)

    def play(self, *args, **named):
        """A message; its text answers once it is dealt with."""
        shown = self.telegram.play_message(*args, **named)
        self.settled()
        return shown

    def said(self, chat) -> list[str]:
        return [m["text"] for m in self.telegram.messages(chat, mine=True)]

    def last(self, chat) -> dict:
        return self.telegram.messages(chat, mine=True)[-1]

    def tasks(self) -> list:
        found = [self.ledger.get(key) for key in self.ledger.open_keys()]
        return sorted(found, key=lambda t: int(t.key.split("|")[3]))

    def paper(self, chat, text="A paper", about=PAPER, markup=None, topic=None) -> int:
        """A message of ours about a paper, as the workers post it."""
        thread = topic
        stored = self.telegram._store(
            self.telegram.chat(chat), True, text=text, reply_markup=markup, message_thread_id=thread
        )
        number = stored["message_id"]
        self.threads.put(f"telegram:{chat}", str(number), ThreadPlace(str(number), about, 2, "cv-daily-en"))
        return number


def press(bot, chat, data, user=ALICE, message=None):
    number = message or bot.last(chat)["message_id"]
    query = bot.telegram.play_callback(chat, number, data, user)["callback_query"]["id"]
    bot.settled()
    return until(lambda: bot.telegram.callbacks[query]["answer"])


# -- fixtures: a test file takes them over by name


@pytest.fixture(scope="module")
def running(tmp_path_factory, redis_dir):
    url = f"unix://{embedded.socket_path(redis_dir.absolute())}"
    with Listener(tmp_path_factory.mktemp("listener"), url) as listener:
        yield listener
        err = listener.stop()
        assert listener.code == 0
        assert "Traceback" not in err, err[max(0, err.index("Traceback") - 300) :][:3000]


@pytest.fixture
def bot(running, redis):
    """The one listener of this file, with an empty store and empty chats."""
    for chat in (CHANNEL, FORUM, GROUP, ALICE):
        running.telegram.chat(chat).messages.clear()
        running.telegram.chat(chat).kicked = running.telegram.chat(chat).blocked = False
    return running


@pytest.fixture
def other(tmp_path, redis_url):
    """Starts a listener with other settings."""
    made = []

    def start(**more):
        made.append(Listener(tmp_path, redis_url, **more).__enter__())
        return made[-1]

    yield start
    for listener in made:
        listener.__exit__()

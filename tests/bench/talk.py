"""(f) How soon people hear from us.

The acknowledgement of commands, and the first words of an answer.

Run by itself (`python -m tests.bench.talk`), it is the floor of `ack`: a Bolt app whose one listener acknowledges.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from tests.bench.figures import Figure, Report, middle, spread, written
from tests.bench.house import ready, settled, wait_for
from tests.bench.idle import process
from tests.doubles.arxiv import Arxiv, make_item
from tests.doubles.model import ModelDouble
from tests.doubles.slack import SlackDouble
from workers.models import Paper
from workers.queueing.kinds import CREW
from workers.settings import Settings
from workers.sources.sample_day import SAMPLE
from workers.store.papers.records import Papers
from workers.store.people.threads import ThreadPlace, Threads
from workers.store.server import embedded
from workers.store.session import store

COMMANDS = 50
"""Commands at the same time (given with the limits)."""

SLOW_S = 0.020
"""Seconds that each command to the slowed Redis takes longer (given with the limit)."""

RATIO, MOST_MS = 1.2, 100.0
"""Largest ratio of the p50 to the bare app's, and milliseconds of the p99 with a slow Redis, meant to be kept."""

CRAWL_S, CRAWL_MOST_MS = 0.5, 1000.0
"""A Redis that crawls: seconds that each command takes longer, and milliseconds of the p99 meant to be kept. What is
acknowledged is stored, and storing takes a round trip; a second is also when people are told to try again."""

CRAWL_BURSTS = 3
"""Bursts with it; each takes over half a second."""

BURSTS = 10
"""Bursts of each kind; ours and the bare ones take turns, so that other work on the machine meets both."""

REST_S = 0.5
"""Seconds between two bursts: what the last one left to do is done."""

LONGEST_S = 30.0
"""Seconds a burst may take before the measurement gives up; Slack itself waits three."""

FIRST_TOKEN_S, TOKEN_S = 2.0, 0.05
"""Seconds until the model double's first words, and between two pieces of its answer."""

FIRST_WORDS = 1.2
"""Largest ratio of the time to the first words over FIRST_TOKEN_S meant to be kept."""

QUESTIONS = 5
"""Questions of which the median counts; one before them reads the paper."""

CHANNEL, PAPER, MS = "C0DIGEST", "2601.99901", 1000.0
"""Our channel, a paper of the sample day that can be read in full, and milliseconds of a second."""


class Burst(SlackDouble):
    """A workspace where many commands are typed at once, each about a new paper."""

    def __init__(self) -> None:
        people = {f"U0BURST{n:02d}": f"person{n}" for n in range(COMMANDS)}
        super().__init__(channels={CHANNEL: "papers"}, members={"U0ALICE": "alice", **people}, pace=False)
        self.sent: dict[str, float] = {}
        self._held: list[str] | None = None
        self._papers = 0

    async def _send(self, envelope_id: str) -> None:
        if self._held is not None:
            self._held.append(envelope_id)
            return
        self.sent[envelope_id] = time.time()
        await super()._send(envelope_id)

    def volley(self, count: int = COMMANDS) -> list[float]:
        """Seconds until each of `count` commands sent at once was acknowledged."""
        self._held = held = []
        for person in list(self.members)[1 : count + 1]:
            self._papers += 1
            self.play_slash("/deepdive", f"https://arxiv.org/abs/2601.{self._papers:05d}", CHANNEL, person)
        self._held = None

        async def send() -> None:
            for envelope in held:
                await self._send(envelope)

        self.run(send())
        return [self.ack_of(envelope, LONGEST_S)["at"] - self.sent[envelope] for envelope in held]

    def refused(self) -> list[str]:
        """What was said to people that is not "on it"."""
        return sorted({str(e["text"]) for e in self.ephemerals if "2601." not in str(e["text"])})


def at(share: float, seconds: list[float]) -> float:
    """The smallest of `seconds` that `share` of all do not exceed, in milliseconds."""
    found = sorted(seconds)
    return found[max(0, -int(-share * len(found) // 1) - 1)] * MS


def _env(slack: SlackDouble, **more: str) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "DEEPDIVES_PER_HOUR": "100000",
        "DIGEST_PROFILE": "cv-daily-en",
        "LOG_LEVEL": "ERROR",
        **more,
    }


def _bursts(doubles: dict[str, Burst], count: int = BURSTS) -> dict[str, list[float]]:
    """Seconds of each acknowledgement; workspaces in turns, the first burst left out."""
    found: dict[str, list[float]] = {name: [] for name in doubles}
    for number in range(count + 1):
        for name, double in doubles.items():
            time.sleep(REST_S)
            seconds = double.volley()
            found[name] += seconds if number else []
    return found


def _quick() -> tuple[dict[str, list[float]], list[str]]:
    """Our listener and the two bare ones, each with a workspace of its own, in turns."""
    with ExitStack() as stack:
        doubles = {name: stack.enter_context(Burst()) for name in ("ours", "bare", "lean")}
        stack.enter_context(settled(_env(doubles["ours"])))
        stack.enter_context(store(Settings()))
        stack.enter_context(process(sys.executable, "-m", "bot", "slack"))
        for name in ("bare", "lean"):
            words = [doubles[name].api_url, doubles[name].bot_token, doubles[name].app_token, name]
            stack.enter_context(process(sys.executable, "-m", "tests.bench.talk", *words))
        for double in doubles.values():
            double.wait_connected(LONGEST_S)
        return _bursts(doubles), doubles["ours"].refused()


@contextmanager
def slowed(settings: Settings, seconds: float) -> Iterator[str]:
    """URL of the embedded server behind a proxy that delays each command.

    The proxy is a process, so as to slow nothing else.
    """
    words = [sys.executable, "-m", "tests.bench.proxy", str(embedded.socket_path(settings.data_dir)), str(seconds)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            yield f"redis://127.0.0.1:{int(child.stdout.readline())}"
        finally:
            child.kill()


def _slow() -> tuple[list[float], list[str], int]:
    """Everything that `up` runs, on a slow Redis, with a model that never answers."""
    with ExitStack() as stack:
        slack, arxiv, model = (stack.enter_context(double) for double in (Burst(), sample(), ModelDouble()))
        model.fail("hang", times=10**6)
        settings = stack.enter_context(settled(_env(slack, **_services(arxiv, model))))
        redis = stack.enter_context(store(settings))
        url = stack.enter_context(slowed(settings, SLOW_S))
        stack.enter_context(settled(_env(slack, REDIS_URL=url, **_services(arxiv, model))))
        stack.enter_context(process(sys.executable, "-m", "bot", "up"))
        slack.wait_connected(LONGEST_S)
        wait_for(lambda: ready(redis) == len(CREW), "the workers")
        slack.play_slash("/deepdive", PAPER, CHANNEL)
        wait_for(lambda: model.prompts, "a question to hang at the model")
        return _bursts({"ours": slack})["ours"], slack.refused(), len(model.prompts)


def _crawling() -> tuple[list[float], list[str]]:
    """Our listener alone, on a Redis that crawls."""
    with ExitStack() as stack:
        slack = stack.enter_context(Burst())
        settings = stack.enter_context(settled(_env(slack)))
        stack.enter_context(store(settings))
        url = stack.enter_context(slowed(settings, CRAWL_S))
        stack.enter_context(settled(_env(slack, REDIS_URL=url)))
        stack.enter_context(process(sys.executable, "-m", "bot", "slack"))
        slack.wait_connected(LONGEST_S)
        return _bursts({"ours": slack}, CRAWL_BURSTS)["ours"], slack.refused()


def ack(_runs: int) -> Report:
    """Acknowledgement of many commands at once, on a quick Redis and on a slow one."""
    quick, said = _quick()
    slow, said_slow, hung = _slow()
    crawling, said_crawling = _crawling()
    report = Report(
        "ack",
        f"acknowledgement of {COMMANDS} /deepdive at once over Socket Mode, {BURSTS} bursts",
        "python -m tests.bench ack",
        "a bare Bolt AsyncApp in a process of its own whose only listener acknowledges, in turns with ours",
    )
    add, (p50, p99) = report.figures.append, (0.5, 0.99)
    bare, lean = quick["bare"], quick["lean"]
    add(Figure("p50, Redis as it is", at(p50, quick["ours"]), "ms", at(p50, bare), limit=RATIO))
    add(Figure("p99, Redis as it is", at(p99, quick["ours"]), "ms", at(p99, bare)))
    note = "floor: the bare app with process_before_response, as ours has it"
    add(Figure("p50, beside a leaner bare app", at(p50, quick["ours"]), "ms", at(p50, lean), note=note))
    add(Figure("p99, beside a leaner bare app", at(p99, quick["ours"]), "ms", at(p99, lean), note=note))
    name = f"Redis {SLOW_S * MS:g} ms slower, model hanging"
    add(Figure(f"p50, {name}", at(p50, slow), "ms", at(p50, bare), note=f"all processes of `up`; {hung} at the model"))
    add(Figure(f"p99, {name}", at(p99, slow), "ms", at(p99, bare), most=MOST_MS))
    name = f"Redis {CRAWL_S * MS:g} ms slower"
    add(Figure(f"p99, {name}", at(p99, crawling), "ms", CRAWL_S * MS, most=CRAWL_MOST_MS, note="floor: one round trip"))
    others = sorted({*said, *said_slow, *said_crawling})
    report.notes.append(f"answers other than 'on it': {', '.join(others) or 'none'}")
    return report


def bare_app(api_url: str, bot_token: str, app_token: str, way: str) -> None:
    """Serve until killed: what Bolt alone does with a command.

    `lean`: answers without looking every 10 ms.
    """

    async def serve() -> None:
        client = AsyncWebClient(token=bot_token, base_url=api_url)
        app = AsyncApp(token=bot_token, client=client, process_before_response=way == "lean")

        @app.command("/deepdive")
        async def nothing(ack: Any) -> None:
            await ack()

        handler = AsyncSocketModeHandler(app, app_token, web_client=AsyncWebClient(base_url=api_url))
        await handler.connect_async()
        await asyncio.Event().wait()

    asyncio.run(serve())


def sample() -> Arxiv:
    """arXiv with the sample day's papers, some of them in full."""
    found = Arxiv()
    for item in json.loads((SAMPLE / "day.json").read_text(encoding="utf-8")):
        paper = item["paper"]
        found.papers[paper["id"]] = make_item(paper["id"], paper["title"], abstract=paper["summary"])
    found.html |= {page.stem: page.read_bytes() for page in SAMPLE.glob("*.html")}
    return found


def _services(arxiv: Arxiv, model: ModelDouble) -> dict[str, str]:
    return {
        "ARXIV_FEED_URL": f"{arxiv.url}/atom",
        "ARXIV_API_URL": arxiv.api_url,
        "ARXIV_URL": arxiv.url,
        "HF_ENDPOINT": arxiv.url,
        "ANTHROPIC_API_KEY": model.key,
        "ANTHROPIC_BASE_URL": model.url,
    }


def first_words(_runs: int) -> Report:
    """Time from a question in a thread to its first words, with all processes running."""
    with ExitStack() as stack:
        slack, arxiv, model = (stack.enter_context(double) for double in (Burst(), sample(), ModelDouble()))
        model.first_token_seconds, model.token_seconds = FIRST_TOKEN_S, TOKEN_S
        settings = stack.enter_context(settled(_env(slack, QUESTIONS_PER_HOUR="1000", **_services(arxiv, model))))
        redis = stack.enter_context(store(settings))
        stack.enter_context(process(sys.executable, "-m", "bot", "up"))
        slack.wait_connected(LONGEST_S)
        wait_for(lambda: ready(redis) == len(CREW), "the workers")
        client = WebClient(slack.bot_token, base_url=slack.api_url)
        root = str(client.chat_postMessage(channel=CHANNEL, text="A paper")["ts"])
        Threads(redis).put(f"slack:{CHANNEL}", root, ThreadPlace(root, PAPER, None, "cv-daily-en"))
        record = arxiv.papers[PAPER]
        Papers(redis).put_papers([Paper(id=PAPER, title=record.title, abstract=record.abstract)])
        times = [_asked(slack, model, root, number) for number in range(QUESTIONS + 1)]
    report = Report(
        "first-words",
        f"from a question in a paper's thread on Slack to the first words of its answer; {QUESTIONS} questions",
        "python -m tests.bench first-words",
        f"the model's own time to its first words, {FIRST_TOKEN_S:g} s",
    )
    first, *rest = ([sum(parts), *parts] for parts in times)
    whole, before, after = ([row[i] for row in rest] for i in range(3))
    add = report.figures.append
    note = spread(whole, "s")
    add(Figure("time to the first words", middle(whole), "s", FIRST_TOKEN_S, limit=FIRST_WORDS, note=note))
    parts = ("question -> at the model (listener, queue, fork)", "at the model -> first words at Slack")
    for name, seconds, floor in zip(parts, (before, after), (0.0, FIRST_TOKEN_S), strict=True):
        note = f"{middle(seconds) - floor:+.3f} s"
        add(Figure(f"  {name}", middle(seconds), "s", floor, note=note, part=True))
    note = f"its full text is fetched and read first; at the model after {written(first[1], 's')}"
    add(Figure("a paper's first question", first[0], "s", FIRST_TOKEN_S, limit=FIRST_WORDS, note=note))
    return report


def _asked(slack: SlackDouble, model: ModelDouble, root: str, number: int) -> tuple[float, float]:
    """Seconds from one question to the model, and from there to its words at Slack."""
    prompts, streams = len(model.calls("*/messages")), len(slack.calls("*/chat.startStream"))
    heard = len(slack.thread(CHANNEL, root))
    began = time.time()
    slack.play_mention(f"Question {number}: how many steps does the sampler take?", CHANNEL, thread_ts=root)

    def shown() -> list[float]:
        calls = slack.calls("*/chat.startStream")[streams:]
        return [call.at for call in calls if call.accepted and call.data.get("markdown_text")]

    wait_for(shown, "the first words", LONGEST_S)
    wait_for(lambda: _final(slack, root, heard), "the end of the answer", LONGEST_S)
    at_model = model.calls("*/messages")[prompts].at
    return at_model - began, shown()[0] - at_model


def _final(slack: SlackDouble, root: str, heard: int) -> bool:
    """True once the answer stands there as the outbox wants it."""
    mine = [m for m in slack.thread(CHANNEL, root)[heard:] if m.get("bot_id")]
    return bool(mine) and not mine[0].get("streaming") and mine[0]["edited"]


if __name__ == "__main__":
    bare_app(*sys.argv[1:5])

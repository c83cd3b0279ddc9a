"""(a) One digest for one Slack channel, from opening its slot to its last message.

Over its critical path.

The model double takes as long as a model does, so what is above the floor is ours: queue, processes, Redis, rendering,
and the waves in which a bounded number of calls scores the papers.
"""

import json
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import httpx
from slack_sdk import WebClient

from tests.bench.figures import Figure, Report, middle, spread
from tests.bench.house import at_work, settled, wait_for
from tests.doubles.arxiv import Arxiv
from tests.doubles.base import Double, Entry
from tests.doubles.huggingface import HuggingFace
from tests.doubles.model import ModelDouble
from tests.doubles.model_answers import Asked, read
from tests.doubles.pages import make_html
from tests.doubles.slack import SlackDouble
from workers.channels.recipients import Target
from workers.models import Receipt
from workers.queueing.dispatcher import Dispatcher
from workers.queueing.kinds import DELIVERY, DIGEST
from workers.settings import Settings
from workers.sources.listing.list_days import weekdays_before
from workers.sources.sample_day import SAMPLE
from workers.store.channels.memory import Memory
from workers.store.delivery.outbox import Outbox, Row
from workers.store.server.connection import key
from workers.store.sources.fetch_state import ARXIV_GAP_S

SCORE_S, WRITE_S, JUDGE_S = 2.0, 20.0, 2.0
"""Seconds that the model double takes: for a score and an analysis (given with the limit), and for the judge's look."""

LIMIT = 1.10
"""Largest ratio of the wall time to the critical path that is meant to be kept."""

PROFILE, PAPERS, PICKS = "cv-daily-zh", 15, 2
"""A profile with one source, the papers of the bundled sample day that it gets, and its picks."""

GAP_S = 1.0
"""Seconds between two messages in one Slack channel (docs.slack.dev, rate limits of chat.postMessage)."""

CONCURRENCY = (8, 16)
"""Values of MODEL_CONCURRENCY: the default, and one that scores all the papers at once."""

CHANNEL, BARE = "C0DIGEST", "C0BARE"
LONGEST_S = 120.0
"""Seconds a digest may take before the measurement gives up; it needs about 30."""

BARE_GETS = 5
"""Bare requests for the list, of which the median counts."""


@dataclass
class Run:
    """One digest.

    `marks`: moments in seconds since 1970. `bare`: seconds of the floor's parts.
    """

    marks: dict[str, float]
    receipt: Receipt
    rows: list[Row]
    prompts: list[Asked]
    bare: dict[str, float] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """Seconds from opening the slot to the last message."""
        return self.marks["last post"] - self.marks["opened"]

    def stages(self) -> list[tuple[str, float, float]]:
        """(what, our seconds, the floor's) of each stage, from opening to last message."""
        posts = self.bare["posts"]
        floors = {
            "fetched": self.bare["fetch"],
            "scored": self.bare["score"],
            "asked for text": self.bare["read"],
            "written": self.bare["write"],
            "judged": self.bare["judge"],
            "first post": posts[0],
            "last post": posts[1],
        }
        return [(NAMES[b], self.marks[b] - self.marks[a], floors.get(b, 0.0)) for a, b in pairwise(NAMES)]


NAMES = {
    "opened": "",
    "asked source": "slot opened -> the source is asked (hand-out, queue, fork)",
    "fetched": "fetch: the day's list",
    "asked model": "-> the first paper is at the model (ranker, client)",
    "scored": "score: first question to last answer",
    "asked for text": "-> the first pick is at the model (what was not read ahead is read)",
    "written": "write: first question to last answer",
    "asked judge": "-> the first statements are at the judge (checks by code)",
    "judged": "judge: first question to last answer",
    "committed": "-> commit begins (compose, render)",
    "handed over": "commit, archive, delivery opened",
    "first post": "-> first message accepted (hand-out, queue, fork, post)",
    "last post": "post: first message to last",
}
"""Marks of a run in order, and the stage that ends with each."""


class Trace:
    """Moments at which the doubles were asked and had answered."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, str, str]] = []

    def watch(self, double: Double, name: str) -> None:
        """Note every request to `double` under `name`; the model's under its task."""

        def hook(phase: str, entry: Entry) -> None:
            if entry.path.endswith("/messages") and entry.body:
                self.seen.append((time.time(), read(json.loads(entry.body)).task, phase))
            else:
                self.seen.append((time.time(), name, phase))

        double.phase_hook = hook

    def at(self, name: str, phase: str, *, last: bool = False) -> float:
        """The first (or last) moment of that kind."""
        times = [at for at, who, what in self.seen if (who, what) == (name, phase)]
        return max(times) if last else min(times)


def once(concurrency: int, score_s: float = SCORE_S, write_s: float = WRITE_S, *, bare: bool = True) -> Run:
    """Make one digest of the sample day's papers, then measure the floor's parts.

    The workers are ready before the digest is opened.
    """
    day = next(weekdays_before(datetime.now(UTC).date(), 1))
    with ExitStack() as stack:
        hf, arxiv, model = (
            HuggingFace({day.isoformat(): json.loads((SAMPLE / "day.json").read_text())}),
            Arxiv(),
            ModelDouble(),
        )
        slack = SlackDouble(channels={CHANNEL: "papers", BARE: "bare"})
        for double in (hf, arxiv, model, slack):
            stack.enter_context(double)
        for item in hf.days[day.isoformat()]:
            told = {"title": item["title"], "abstract": item["paper"]["summary"], "version": f"{item['paper']['id']}v1"}
            arxiv.html[item["paper"]["id"]] = make_html(**told)
        model.score_seconds, model.deepdive_seconds, model.judge_seconds = score_s, write_s, JUDGE_S if bare else 0.0
        trace = Trace()
        for double, name in ((hf, "source"), (model, "model"), (slack, "slack")):
            trace.watch(double, name)
        env = {
            "HF_ENDPOINT": hf.url,
            "ARXIV_FEED_URL": f"{arxiv.url}/atom",
            "ARXIV_API_URL": arxiv.api_url,
            "ARXIV_URL": arxiv.url,
            "ANTHROPIC_API_KEY": model.key,
            "ANTHROPIC_BASE_URL": model.url,
            "MODEL_CONCURRENCY": str(concurrency),
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_API_URL": slack.api_url,
            "SLACK_CHANNELS": CHANNEL,
            "DIGEST_PROFILE": PROFILE,
        }
        settings = stack.enter_context(settled(env))
        run = _made(settings, trace, model)
        sent = [m for m in slack.messages(CHANNEL) if not m["deleted"]]
        if len(sent) != len(run.rows) or run.receipt.picked != PICKS or run.receipt.candidates != PAPERS:
            raise AssertionError(f"{len(sent)} messages of {len(run.rows)}, receipt {run.receipt}")
        if bare:
            first, rest = _bare_posts(slack, run.rows)
            read = max(0.0, (PICKS - 1) * ARXIV_GAP_S - score_s)
            run.bare = {
                "fetch": _bare_fetch(hf, day),
                "score": score_s,
                "read": read,
                "write": write_s,
                "judge": JUDGE_S,
            }
            run.bare["posts"] = (first, rest)
        return run


def _made(settings: Settings, trace: Trace, model: ModelDouble) -> Run:
    every = settings.digest_time, settings.zone, settings.weekdays
    goal = Target(f"slack:{CHANNEL}", settings.digest_profile, *every)
    today = datetime.now(UTC).astimezone(goal.zone).date()
    slot = goal.slot(today)
    with at_work(settings, [DIGEST, DELIVERY]) as redis:
        dispatcher, delivery = Dispatcher(redis), f"delivery|{slot}"
        opened = time.time()
        dispatcher.open(slot, "digest", goal.order(today))

        def over() -> bool:
            tasks = [dispatcher.ledger.get(name) for name in (slot, delivery)]
            return all(task is not None and task.state != "open" for task in tasks)

        wait_for(over, "the digest", LONGEST_S)
        digest, handed = Memory(redis).digest(slot), dispatcher.ledger.get(delivery)
        rows = Outbox(redis).rows(slot)
        committed = float(redis.hget(key("delivery", slot), "made") or 0)
    if digest is None or handed is None:
        raise AssertionError("no digest was made")
    marks = {
        "opened": opened,
        "asked source": trace.at("source", "headers"),
        "fetched": trace.at("source", "replied", last=True),
        "asked model": trace.at("score", "body"),
        "scored": trace.at("score", "replied", last=True),
        "asked for text": trace.at("deepdive", "body"),
        "written": trace.at("deepdive", "replied", last=True),
        "asked judge": trace.at("judge", "body"),
        "judged": trace.at("judge", "replied", last=True),
        "committed": committed,
        "handed over": handed.due,
        "first post": trace.at("slack", "accepted"),
        "last post": trace.at("slack", "accepted", last=True),
    }
    return Run(marks, digest.receipt, rows, list(model.prompts))


def _bare_fetch(hf: HuggingFace, day: date) -> float:
    """Seconds of one bare request for the same list."""
    times = []
    with httpx.Client() as client:
        for _ in range(BARE_GETS):
            began = time.perf_counter()
            client.get(f"{hf.url}/api/daily_papers", params={"date": day.isoformat(), "limit": 100}).raise_for_status()
            times.append(time.perf_counter() - began)
    return middle(times)


def _bare_posts(slack: SlackDouble, rows: list[Row]) -> tuple[float, float]:
    """Seconds that slack_sdk alone needs for the first message, and for the others.

    At the channel's pace.
    """
    client = WebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    ids: dict[str, str] = {}
    began = first = time.perf_counter()
    for number, row in enumerate(rows):
        time.sleep(max(0.0, began + number * GAP_S - time.perf_counter()))
        payload: dict[str, Any] = dict(row.payload)
        if row.parent:
            payload["thread_ts"] = ids[row.parent]
        ids[row.key] = str(client.chat_postMessage(channel=BARE, **payload)["ts"])
        if not number:
            first = time.perf_counter()
    return first - began, time.perf_counter() - first


def measure(runs: int) -> Report:
    """`runs` digests with each number of calls at once."""
    report = Report(
        "digest",
        f"{PAPERS} papers, {PICKS} picks, one Slack channel; model: {SCORE_S:g} s a score, {WRITE_S:g} s an analysis, "
        f"{JUDGE_S:g} s the judge",
        "python -m tests.bench digest",
        f"bare GET of the list + {SCORE_S:g} + what of arXiv's {ARXIV_GAP_S:g} s a paper no score hides "
        f"+ {WRITE_S:g} + {JUDGE_S:g} + the same messages posted bare, {GAP_S:g} s apart",
    )
    for concurrency in CONCURRENCY:
        made = [once(concurrency) for _ in range(runs)]
        totals = [run.total for run in made]
        floors = [sum(floor for _, _, floor in run.stages()) for run in made]
        waves = -(-PAPERS // concurrency)
        name = f"wall time, MODEL_CONCURRENCY={concurrency}" + (" (default)" if concurrency == CONCURRENCY[0] else "")
        note = f"{PAPERS} papers are {waves} wave{'s' if waves > 1 else ''} of scores; {spread(totals, 's')}"
        report.figures.append(Figure(name, middle(totals), "s", middle(floors), limit=LIMIT, note=note))
        stages = [run.stages() for run in made]
        for i, (what, _, _) in enumerate(stages[0]):
            ours, floor = (middle(rows[i][part] for rows in stages) for part in (1, 2))
            report.figures.append(Figure(f"  {what}", ours, "s", floor, note=f"{ours - floor:+.3f} s", part=True))
    report.notes.append(
        f"{len(made[0].rows)} messages a digest; the last column of a stage is what it adds to the floor."
    )
    return report

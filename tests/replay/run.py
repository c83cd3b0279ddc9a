"""The replay itself.

The real clock, workers and jobs against the doubles, on a clock that is moved day by day.

Every morning the slot opens as it would; what fails is tried again at its own time that day. A share of the model's
calls fails, some days the source is away for an hour or all day, and once a week a worker is killed in the middle.
"""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from prompts import load_profile
from tests.doubles.arxiv import Arxiv
from tests.doubles.base import Entry, Fault
from tests.doubles.huggingface import HuggingFace
from tests.doubles.model import ModelDouble
from tests.doubles.model_answers import score
from tests.doubles.pages import make_html
from tests.doubles.slack import SlackDouble
from tests.promises import kit
from tests.replay.count import Day, shown_of
from tests.replay.lists import HIDDEN_SCORE, Lists
from tests.replay.oracle import Oracle
from workers.models import Paper
from workers.processes.scheduler import Scheduler
from workers.queueing.kinds import DEEPDIVE, DELIVERY, DIGEST
from workers.settings import Settings
from workers.store.server.connection import connect

CHANNEL, ZONE, PROFILE = "C0DIGEST", ZoneInfo("Asia/Shanghai"), "cv-daily-zh"
HOUR_S = 3600.0

QUOTA = {
    "type": "error",
    "error": {
        "type": "rate_limit_error",
        "message": "You have reached your specified API usage limits. You will regain access on 2026-12-01.",
        "details": {"error_code": "enforced_spend_limit_reached"},
    },
}
PASSING = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
LATER = {"retry-after": "60"}
"""Longer than a call waits: the run goes on at once."""

AGE_FROM_S = 5.0
"""Seconds from which a skip is passed on to Redis: the pace of messages, counted by our own clock, needs it not."""

ALWAYS = 10**9


_AGE = """
local cursor = '0'
repeat
  local page = redis.call('SCAN', cursor, 'MATCH', 'pb:*', 'COUNT', 1000)
  cursor = page[1]
  for _, key in ipairs(page[2]) do
    local left = redis.call('PTTL', key)
    if left >= 0 then redis.call('PEXPIRE', key, math.max(0, left - tonumber(ARGV[1]))) end
  end
until cursor == '0'
"""


class Ageing(kit.Clock):
    """A moved clock: what Redis keeps for a while is kept for less by what is skipped."""

    def __init__(self, path: Path, redis: Any) -> None:
        super().__init__(path)
        self.redis = redis

    def skip(self, seconds: float) -> None:
        """Let time pass here and there."""
        super().skip(seconds)
        if seconds >= AGE_FROM_S:
            self.redis.eval(_AGE, 0, int(seconds * 1000))


@dataclass(frozen=True)
class Weather:
    """What goes wrong."""

    errors: float = 0.2
    """Share of the model's calls that fail; half of them with a quota error, half with one that passes."""
    away_every: int = 13
    """Every so many days the source is away all day."""
    late_every: int = 9
    """Every so many days the source is away until 08:40."""
    crash_every: int = 5
    """Every so many days (all three count days that have a list: five are a week)."""
    seed: int = 1


@dataclass
class Replay:
    """One channel through many days: a context manager; `live()` gives each day."""

    lists: Lists
    folder: Path
    redis_url: str
    weather: Weather = Weather()
    queues: tuple[str, ...] = (DIGEST, DELIVERY, DEEPDIVE)
    killed: int = 0
    calls: int = 0
    failed: int = 0
    now: date = field(init=False)
    note: list[str] = field(default_factory=list)

    def __enter__(self) -> "Replay":
        self._stack = ExitStack()
        self.redis = connect(self.redis_url)
        self._stack.callback(self.redis.close)
        self.clock = Ageing(self.folder / "clock", self.redis)
        real, time.time = time.time, self.clock
        self._stack.callback(setattr, time, "time", real)
        self.hf = self._stack.enter_context(HuggingFace({str(d): items for d, items in self.lists.days.items()}))
        self.model = self._stack.enter_context(ModelDouble())
        self.slack = self._stack.enter_context(SlackDouble(channels={CHANNEL: "digest"}, pace=False))
        self.arxiv = self._stack.enter_context(Arxiv())
        for title, paper in self.lists.papers():
            told = {"title": title, "abstract": paper.get("summary") or "", "version": f"{paper['id']}v1"}
            self.arxiv.html[paper["id"]] = make_html(**told, repeat=3)
        self.model.reply(self._hidden)
        self.model.fault("/v1/messages", times=ALWAYS, status=429, body=QUOTA, when=lambda e: self._fails(e, 0))
        self.model.fault(
            "/v1/messages", times=ALWAYS, status=529, body=PASSING, headers=LATER, when=lambda e: self._fails(e, 1)
        )
        env = {
            "REDIS_URL": self.redis_url,
            "ARCHIVE_DIR": str(self.folder / "digests"), "DATA_DIR": str(self.folder / "data"),
            "HF_ENDPOINT": self.hf.url, "ARXIV_URL": self.arxiv.url, "ARXIV_API_URL": self.arxiv.api_url,
            "ARXIV_FEED_URL": f"{self.arxiv.url}/atom",
            "ANTHROPIC_BASE_URL": self.model.url, "ANTHROPIC_API_KEY": self.model.key,
            "SLACK_API_URL": self.slack.api_url, "SLACK_BOT_TOKEN": self.slack.bot_token, "SLACK_CHANNELS": CHANNEL,
            "MODEL_DAILY_BUDGET_USD": "100", "DIGEST_PROFILE": PROFILE, "DIGEST_TIMEZONE": str(ZONE),
            "LOG_LEVEL": "INFO",
        }  # fmt: skip
        self.crew = kit.Crew(self.folder, env, self.clock, hurried=True)
        self._stack.callback(self.crew.close)
        settings = Settings(_env_file=None, **{name.lower(): value for name, value in env.items()})
        self.ticker, self.drive = Scheduler(self.redis, settings, self.clock), kit.Drive(self.redis, self.clock)
        self.profile = load_profile(PROFILE)
        self.pids: dict[str, int] = {}
        self.traps = [kit.Trap(self.model), kit.Trap(self.slack)]
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def live(self) -> Iterator[Day]:
        """Each day as its evening comes."""
        oracle, lists = Oracle(self.lists, self._truth, self.profile.min_score), 0
        for number, day in enumerate(self.lists.mornings()):
            self.now, self.note = day, []
            if number == 0:
                self._at(day, -HOUR_S)
                self.ticker.tick()
            self._at(day, 60.0)
            self.hf.today = datetime.fromtimestamp(self.clock(), UTC).date()
            lists += bool(self.lists.days.get(day - timedelta(days=1)))
            self.hf.faults.clear()
            away = bool(self.lists.days.get(day - timedelta(days=1))) and self._weather(lists)
            since = len(self.slack.ledger)
            self.ticker.tick()
            evening = datetime.combine(day + timedelta(days=1), datetime.min.time(), ZONE).timestamp()
            self.drive.until(lambda end=evening: self._over(end), self._crew, f"the end of {day}")
            cleared = oracle.morning(day, away)
            yield self._seen(day, since, cleared)

    # -- the day -------------------------------------------------------------------------------------------------

    def _at(self, day: date, after: float) -> None:
        """Move the clock to `after` seconds past 08:00 of a day; back only at its start."""
        want = datetime.combine(day, datetime.min.time(), ZONE).timestamp() + 8 * HOUR_S + after
        if after < 0 or want > self.clock():
            self.clock.skip(want - self.clock())

    def _over(self, evening: float) -> bool:
        """Nothing is left to do before midnight."""
        due = self.drive.dispatcher.ledger.next_due()
        return due is None or due > evening

    def _weather(self, number: int) -> bool:
        """Set the day's troubles up; True if the source is away all day."""
        w, away = self.weather, False
        if w.away_every and number % w.away_every == w.away_every - 1:
            away = True
            self.note.append("source away")
            self.hf.fault("*", status=503, body="Service Unavailable", times=ALWAYS)
        elif w.late_every and number % w.late_every == w.late_every - 1:
            self.note.append("source late")
            until = self.clock() + 2400
            self.hf.fault("*", status=502, body="Bad Gateway", times=ALWAYS, when=lambda e: self.clock() < until)
        if w.crash_every and number % w.crash_every == w.crash_every - 1:
            turn = number // w.crash_every
            queue, trap, phase, at = (
                (DIGEST, self.traps[0], "body", 3 + turn),
                (DELIVERY, self.traps[1], "accepted", 2 + turn % 3),
                (DIGEST, self.traps[0], "replied", 8),
                (DELIVERY, self.traps[1], "body", 1 + turn % 5),
            )[turn % 4]
            self.note.append("crash")
            trap.aim(phase, at, lambda: self._strike(queue))
        return away

    def _strike(self, queue: str) -> None:
        self.killed += 1
        kit.kill_tree(self.pids[queue])

    def _crew(self) -> list[int]:
        """Workers that live; a dead one is replaced, as the supervisor does."""
        for queue in self.queues:
            if queue in self.pids and not kit.alive(self.pids[queue]):
                self.crew.bury(self.pids.pop(queue))
            if queue not in self.pids:
                self.pids[queue] = self.crew.worker(queue)
        return list(self.pids.values())

    # -- the model -----------------------------------------------------------------------------------------------

    def _hidden(self, asked: Any) -> dict[str, Any] | None:
        if asked.task == "score" and asked.paper.get("title") in self.lists.hidden:
            return {"score": HIDDEN_SCORE, "why": "修复受损的图像。", "matched": []}
        return None

    def _fails(self, entry: Entry, half: int) -> bool:
        """By what was asked and when, so that a run can be run again."""
        if half == 0:
            self.calls += 1
        key = f"{self.weather.seed} {int(self.clock() // 600)}".encode() + entry.body
        chance = int.from_bytes(sha256(key).digest()[:4]) / 2**32
        fails = chance < self.weather.errors and half == int(chance * 1000) % 2
        self.failed += fails
        return fails

    def _truth(self, paper: Paper) -> int:
        """The number that the model gives, or would have given."""
        if paper.title in self.lists.hidden:
            return HIDDEN_SCORE

        class Asked:
            interests = self.profile.interests
            system = ""

        asked = Asked()
        asked.paper = {"title": paper.title, "abstract": paper.abstract}
        return int(score(asked)["score"])

    # -- what was seen -------------------------------------------------------------------------------------------

    def _seen(self, day: date, since: int, cleared: tuple[str, ...]) -> Day:
        seen = Day(str(day), cleared=cleared, note=", ".join(self.note))
        for entry in self.slack.ledger[since:]:
            method = {"/api/chat.postMessage": "post", "/api/chat.update": "edit"}.get(entry.path)
            if method and entry.accepted:
                message = str(entry.reply.get("ts", "")) if isinstance(entry.reply, dict) else ""
                data = {n: _loaded(v) for n, v in entry.data.items()}
                seen.shown.append(shown_of(method, message, data))
        files = sorted((self.folder / "digests").glob(f"{day}-*.md"))
        seen.archive = "\n".join(f.read_text() for f in files)
        seen.own = json.dumps([self.lists.days.get(day - timedelta(days=n), []) for n in range(1, 9)])
        return seen


def _loaded(value: Any) -> Any:
    """A form's field may be JSON."""
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


__all__ = ["Fault", "Replay", "Weather"]

"""F. Secrets and operations.

No secret anywhere, a clear start, nothing kept for ever, trouble seen and told.
"""

import contextlib
import io
import json
import logging
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rq import Queue

from tests import INHERITED
from tests.doubles.arxiv import make_item as announced
from tests.doubles.huggingface import make_item
from tests.doubles.model import ModelDouble
from tests.doubles.pages import make_html
from tests.doubles.slack import DEFAULT_SCOPES, SlackDouble
from tests.doubles.telegram import TelegramDouble
from tests.forked import Bot
from tests.promises.kit import Server, alive, children, full, sample, until
from tests.promises.test_d_fetching import known_as_abstracts
from tests.services.test_digest_order import FIT
from tests.services.test_operator import Office
from tests.services.test_slack_listener import LINK
from tests.waiting import HANG_S
from tests.world import CHANNEL, CHAT, ROOT, World
from workers import logs
from workers.queueing.dispatcher import RESULT_TTL_S
from workers.queueing.kinds import QUEUES
from workers.queueing.rq_job import PaperboyJob
from workers.settings import Settings
from workers.store.people.threads import Threads
from workers.store.server.connection import connect
from workers.store.tasks.ledger import Ledger

DAY_S = 86_400

# -- one day of a whole bot, with failures, of which several promises look at what is left ---------------------------

CANARIES = {
    "REDIS_URL": "canary-redis-4f1c", "SLACK_BOT_TOKEN": "xoxb-canary-slack-bot-77a0",
    "SLACK_APP_TOKEN": "xapp-canary-slack-app-1b9d", "SLACK_SIGNING_SECRET": "canary-signing-c3e8",
    "TELEGRAM_BOT_TOKEN": "123456789:canary-telegram-bot-token-5d2f", "TELEGRAM_WEBHOOK_SECRET": "canary-webhook-9e6b",
    "ANTHROPIC_API_KEY": "canary-model-key-0a8d",
}  # fmt: skip
"""Setting -> the secret in it; some have the shape of a token, some have none."""

MORE = {
    "PUBMED_API_KEY": "canary-pubmed-31c0", "OPENALEX_API_KEY": "canary-openalex-9f2a",
    "SEMANTICSCHOLAR_API_KEY": "canary-s2-77b0", "OPENREVIEW_PASSWORD": "canary-openreview-5d1e",
    "ZOTERO_API_KEY": "canary-zotero-key-70bb", "OUTBOUND_PROXY": "http://u:canary-proxy@proxy.example:3128",
}  # fmt: skip
"""Secrets of services that the day below does not use."""

USERS_WORDS = "zqwords of a person that no log may hold"
EVIL_TITLE = "Diffusion\nfor image\r\nrestoration \x1b[31m\x1b]8;;https://evil.example\x07 \u2028zqtitle \x9b2J"


class Day:
    """What one day left behind."""

    def __init__(self):
        self.output, self.lines, self.cmdlines, self.keys, self.ttls = "", [], [], {}, {}
        self.requests = []
        """(service, where in the request, text) of every request that any double got."""


class Life(World):
    """A world with canaries for secrets and a Redis that asks for a password."""

    def __init__(self, folder, server):
        url = f"unix://:{CANARIES['REDIS_URL']}@{server.socket}"
        super().__init__(folder, url, key=True, LOG_LEVEL="DEBUG", LOG_FORMAT="json", DIGEST_PROFILE="cv-daily-en",
                         ARCHIVE_DIR=str(folder / "digests"), MODEL_DAILY_BUDGET_USD="1", CONTACT="ops@example.org",
                         SLACK_APP_TOKEN=CANARIES["SLACK_APP_TOKEN"],
                         TELEGRAM_WEBHOOK_SECRET=CANARIES["TELEGRAM_WEBHOOK_SECRET"])  # fmt: skip
        self.slack = SlackDouble(CANARIES["SLACK_BOT_TOKEN"], CANARIES["SLACK_APP_TOKEN"], pace=False,
                                 scopes=(*DEFAULT_SCOPES, "assistant:write", "users:read"))  # fmt: skip
        self.telegram = TelegramDouble(CANARIES["TELEGRAM_BOT_TOKEN"], pace=False)
        self.model = ModelDouble(CANARIES["ANTHROPIC_API_KEY"])
        self.redis = connect(server.url, retries=0)
        self.redis.config_set("requirepass", CANARIES["REDIS_URL"])

    def prepare(self):
        """Papers of the last days, all services a little unwell."""
        for back in range(8):
            day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - back * DAY_S))
            ids = [f"2601.4{back}{n:03d}" for n in range(3)]
            known_as_abstracts(self.redis, ids)
            self.hf.days[day] = [make_item(i, EVIL_TITLE, summary=f"We study {FIT}. It works.") for i in ids]
        self.arxiv.papers["2601.00007"] = announced("2601.00007", FIT)
        self.arxiv.html["2601.00007"] = make_html(title=FIT, version="2601.00007v2")
        for way in ("/atom/*", "/list/*", "/catchup/*", "/oai*"):  # one that works makes up for the others
            self.arxiv.fault(way, times=99, status=500, body="Internal")
        self.model.fail("error", 2, status=500, message="zqservice")
        self.model.fail("text", 2, task="deepdive", text="no JSON at all")
        self.slack.fault("*/chat.postMessage", times=1, status=500, body="zqservice")
        self.telegram.fault("*/sendMessage", times=1, drop="before")
        self.telegram.fault("*/setMyCommands", times=1, status=500, body={"ok": False, "description": "zqservice"})

    def talk(self):
        """People ask for things on both platforms."""
        slack, telegram, ledger = self.slack, self.telegram, Ledger(self.redis)
        slack.ack_of(slack.play_slash("/digest", "now"))
        until(lambda: len([m for m in slack.messages(CHANNEL) if m.get("metadata")]) >= 3, "the digest")
        root = next(
            m["ts"] for m in slack.messages(CHANNEL) if m["text"] and m.get("metadata") and not m.get("thread_ts")
        )
        threads = Threads(self.redis)
        heads = [m["ts"] for m in slack.messages(CHANNEL) if threads.find(f"slack:{CHANNEL}", m["ts"])]
        slack.ack_of(slack.play_mention(f"why? {USERS_WORDS}", thread_ts=heads[0] if heads else root))
        slack.ack_of(slack.play_slash("/deepdive", f"{LINK} {USERS_WORDS}"))
        slack.ack_of(slack.play_slash("/digest", f"{USERS_WORDS}"))
        slack.ack_of(slack.play_slash("/digest", "subscribe"))
        telegram.play_message(4242, f"/deepdive 2601.99999 {USERS_WORDS}")
        telegram.play_message(4242, "/digest settings")
        telegram.play_message(4242, USERS_WORDS)
        self.garbage(ledger)
        until(lambda: not telegram.pending, "Telegram's updates")

        def over():
            waiting = [(ledger.get(key), ledger.waits_until(key) or 0) for key in ledger.open_keys()]
            return all(not task or task.fails or (at > time.time() + 3 and not task.held) for task, at in waiting)

        until(over, "the end of all that is due")

    def garbage(self, ledger):
        """A task whose data nobody can use: it fails in a way that nobody foresaw."""
        data = {
            "channel": f"slack:{CHANNEL}",
            "id": "2601.00666",
            "text": USERS_WORDS,
            "place": {"paper": "2601.00666"},
        }
        ledger.open("ask|broken", "ask", time.time(), {**data, "nonsense": USERS_WORDS})

    def look(self, day):
        """Redis as it is now."""
        for key in self.redis.scan_iter(count=1000):
            day.keys[key] = b"".join(contents(self.redis, key))
            day.ttls[key] = self.redis.ttl(key)


def cmdlines(pid):
    """What anybody on the machine sees of a process and all it has started."""
    pids = [pid]
    for one in pids:
        pids += [child for child in children(one) if child not in pids]
    return [Path(f"/proc/{one}/cmdline").read_bytes() for one in pids if alive(one)]


def contents(redis, key):
    """Everything under a key, unpacked where it is packed."""
    read = {
        b"string": lambda: [redis.get(key)], b"hash": lambda: [b for pair in redis.hgetall(key).items() for b in pair],
        b"set": lambda: redis.smembers(key), b"zset": lambda: redis.zrange(key, 0, -1),
        b"list": lambda: redis.lrange(key, 0, -1), b"none": list, b"stream": lambda: [repr(redis.xrange(key)).encode()],
    }[redis.type(key)]  # fmt: skip
    for raw in [key, *(read() if redis.exists(key) else [])]:
        raw = raw or b""
        yield raw
        for wbits in (15, -15, 31):
            with contextlib.suppress(zlib.error):
                yield zlib.decompress(raw, wbits)


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """A day of `up` with people who talk, then every command, then failing listeners."""
    folder, found = tmp_path_factory.mktemp("life"), Day()
    server = Server(Path(tempfile.mkdtemp(prefix="pb-p-")))
    try:
        with Life(folder, server) as life:
            life.prepare()
            running = life.process("up")
            try:
                life.slack.wait_connected(60)
                until(lambda: life.telegram.calls("*/getUpdates"), "Telegram's listener")
                life.talk()
                found.cmdlines = cmdlines(running.pid)
                life.look(found)
            finally:
                running.terminate()
                running.wait(40)
            found.output = (folder / "log.txt").read_text()
            found.lines = found.output.splitlines()
            everything(life, folder, found)
            life.look(found)
            doubles = {name: getattr(life, name) for name in ("slack", "telegram", "model", "hf", "arxiv")}
            for name, double in doubles.items():
                for entry in double.calls():
                    head = {"authorization": entry.headers.pop("authorization", "")}
                    found.requests += [(name, "authorization", head["authorization"]), (name, "path", entry.path)]
                    found.requests.append((name, "rest", f"{entry.query} {entry.headers} {entry.body!r}"))
            life.redis.config_set("requirepass", "")
            life.redis.close()
            yield found
    finally:
        server.close()


def everything(life, folder, found):
    """Every command, with the outcome it has, and starts that fail."""
    refused = {"SLACK_BOT_TOKEN": "xoxb-canary-bot-refused", "TELEGRAM_BOT_TOKEN": "99:canary-telegram-refused-0000000"}
    runs = [
        ({}, ["export", str(folder / "export.json")]), (refused, ["doctor"]), (refused, ["slack"]),
        (refused, ["telegram"]), ({"REDIS_URL": life.env["REDIS_URL"].replace("4f1c", "wrong")}, ["status"]),
        ({"ANTHROPIC_API_KEY": "canary-model-key-refused"}, ["ask", "2601.00007", "why?"]),
    ]  # fmt: skip
    if full():
        away = {"SLACK_API_URL": "http://127.0.0.1:9/api/", "TELEGRAM_API_URL": "http://127.0.0.1:9"}
        more = (
            ["status"],
            ["doctor"],
            ["digest"],
            ["deepdive", "2601.00007"],
            ["ask", "2601.00007", "why?"],
            ["score"],
        )
        runs += [*(({}, words) for words in more), (away, ["slack"]), (away, ["telegram"]), (away, ["doctor"])]
        runs.append(({"REDIS_URL": "redis://:canary-redis-4f1c@127.0.0.1:9"}, ["status"]))
    before = dict(life.env)

    def one(run):
        return "".join(Bot(run[1], before | run[0], folder).communicate())

    with ThreadPoolExecutor(2) as pool:
        found.output += "\n".join(pool.map(one, runs))
    export = folder / "export.json"
    assert export.exists()
    raw = export.read_bytes()
    with contextlib.suppress(OSError, zlib.error):
        raw = zlib.decompress(raw, 31)
    found.output += raw.decode("utf-8", "replace")
    found.output += "".join(p.read_text() for p in (folder / "digests").glob("*"))


# -- 34 ------------------------------------------------------------------------------------------------------------

BELONGS = {
    ("slack", "authorization"): {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"},
    ("telegram", "path"): {"TELEGRAM_BOT_TOKEN"},
    ("model", "authorization"): {"ANTHROPIC_API_KEY"},
}
"""(service, where in a request) -> the secrets that travel there, and nowhere else."""


def test_34_canaries(day, figure):
    """34. After a day with failures at DEBUG no secret stands anywhere.

    Not in any output, log, record, post, prompt or argument. Each travels only in the one header or path it belongs to,
    and to its own service.
    """
    assert len(day.lines) > 50 and len(day.keys) > 50 and len(day.requests) > 150 and len(day.cmdlines) >= 5
    for name, secret in CANARIES.items():
        raw = secret.encode()
        assert secret not in day.output, f"{name} is in the output: {around(day.output, secret)}"
        assert not [key for key, value in day.keys.items() if raw in value], name
        assert not [words for words in day.cmdlines if raw in words], name
        for service, where, text in day.requests:
            if secret in text:
                assert name in BELONGS.get((service, where), ()), (name, service, where)
    assert "refused" not in "".join(re.findall(r"canary-[\w-]*refused", day.output))
    figure(
        f"{len(CANARIES)} secrets, {len(day.lines)} log lines, {len(day.keys)} keys, {len(day.requests) // 3} requests"
    )


def around(text, word):
    at = text.index(word)
    return text[max(0, at - 200) : at + 80].replace(word, "…")


def test_34_settings_in_words(env):
    """34. Settings show no secret, however they are printed."""
    settings = env(**CANARIES, **MORE)
    shown = [
        repr(settings),
        str(settings),
        f"{settings}",
        repr(settings.__dict__),
        settings.model_dump_json(),
        repr(vars(settings)),
    ]
    shown += [repr(settings.model_dump()), str(settings.model_copy())]
    assert not [(name, text) for name, secret in (CANARIES | MORE).items() for text in shown if secret in text]
    secret = {n.upper() for n, f in Settings.model_fields.items() if "Secret" in repr(f.annotation)}
    assert set(CANARIES) | set(MORE) == secret


def test_34_a_strangers_job_never_runs(redis, crew, tmp_path):
    """34. A job that is pickled or names another function than ours is never run.

    The worker lives on.
    """
    target = tmp_path / "ran"
    pids = [crew.worker(queue) for queue in QUEUES]
    for name in QUEUES:
        Queue(name, connection=redis).enqueue_call("os.system", args=(f"touch {target}",))
        strange = Queue(name, connection=redis, serializer="json")
        strange.enqueue_call("os.system", args=(f"touch {target}",))
        strange.enqueue_call("subprocess.run", args=(["touch", str(target)],), on_failure=None)
        strange.enqueue_call("workers.store.server.embedded.stop", args=(str(tmp_path),))
        ours = Queue(name, connection=redis, serializer="json", job_class=PaperboyJob)
        until(lambda q=ours: not q.count, f"the end of the strangers' jobs on {name}")
    until(lambda: not any(children(pid) for pid in pids), "the end of their children")
    assert not target.exists()
    assert all(alive(pid) for pid in pids)


# -- 35 ------------------------------------------------------------------------------------------------------------

SECRET_VALUE = "zqvalue-that-is-not-shown"
WRONG = (
    ("slack", {}, "SLACK_BOT_TOKEN"), ("slack", {"SLACK_BOT_TOKEN": SECRET_VALUE}, "SLACK_APP_TOKEN"),
    ("telegram", {}, "TELEGRAM_BOT_TOKEN"), ("up", {"HTTP_PORT": SECRET_VALUE}, "HTTP_PORT"),
    ("digest", {"DIGEST_TIME": SECRET_VALUE}, "DIGEST_TIME"),
    ("scheduler", {"DIGEST_TIMEZONE": SECRET_VALUE}, "DIGEST_TIMEZONE"),
    ("worker", {"DIGEST_DAYS": SECRET_VALUE}, "DIGEST_DAYS"),
    ("status", {"SLACK_CHANNELS": SECRET_VALUE}, "SLACK_CHANNELS"),
    ("digest", {"TELEGRAM_CHATS": SECRET_VALUE}, "TELEGRAM_CHATS"),
    ("slack", {"SLACK_API_URL": SECRET_VALUE}, "SLACK_API_URL"),
    ("ask", {"MODEL_PRESET": SECRET_VALUE}, "MODEL_PRESET"),
    ("score", {"MODEL_DAILY_BUDGET_USD": SECRET_VALUE}, "MODEL_DAILY_BUDGET_USD"),
    ("digest", {"HF_ENDPOINT": SECRET_VALUE}, "HF_ENDPOINT"), ("up", {"LOG_LEVEL": SECRET_VALUE}, "LOG_LEVEL"),
    ("up", {"SLACK_BOT_TOKEN_FILE": f"/{SECRET_VALUE}"}, "SLACK_BOT_TOKEN_FILE"),
    ("telegram", {"TELEGRAM_BOT_TOKEN": "1:a", "TELEGRAM_WEBHOOK_URL": "https://x.example",
                  "TELEGRAM_WEBHOOK_SECRET": f"{SECRET_VALUE}!"}, "TELEGRAM_WEBHOOK_SECRET"),
)  # fmt: skip
BOOT = """
import atexit, sys
from pathlib import Path
atexit.register(lambda: Path("loaded").write_text(" ".join(sys.modules)))
from bot.__main__ import app
app(sys.argv[1:], prog_name="python -m bot")
"""
SLOW = {"slack_bolt", "slack_sdk", "telegram", "anthropic", "feedparser", "lxml", "pypdfium2", "bm25s", "numpy", "rq"}
"""What takes long to import, and is of no use to a start that fails."""


def test_35_boot(tmp_path, figure):
    """35. A missing or malformed setting ends the start at once.

    Its name is told, never its value. At once is before anything that takes long is loaded; the seconds of the
    processor are a figure.
    """
    slowest = 0.0
    tried = sample(WRONG, 5)
    for words, settings, named in tried:
        command = {"ask": ["ask", "2601.00001", "why?"]}.get(words, [words])
        inherited = {n: v for n, v in os.environ.items() if n in INHERITED}
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-c", BOOT, *command], env=inherited | settings | {"PYTHONPATH": str(ROOT)},
            cwd=tmp_path, capture_output=True, text=True, timeout=HANG_S, check=False,
        )  # fmt: skip
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        said = done.stdout + done.stderr
        assert done.returncode == 1, (words, named, said)
        assert named in said and SECRET_VALUE not in said, said
        assert len(done.stderr.splitlines()) == 1 and "Traceback" not in said, said
        assert not SLOW & set((tmp_path / "loaded").read_text().split()), (words, named)
        slowest = max(slowest, took)
    figure(f"{len(tried)} settings, {slowest:.2f} s of the processor at most")


def test_35_names():
    """35. `.env.example` has the settings' names, and no others."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    names = [line.partition("=")[0] for line in lines if re.match(r"[A-Z]", line)]
    assert sorted(names) == sorted(name.upper() for name in Settings.model_fields)


FOR_EVER = {
    "channel": "what a channel has chosen", "channels": "their names", "moved": "new addresses of chats",
    "had": "channels that had a digest", "last": "name of a channel's latest", "cursor": "its place in the schedule",
    "skipped": "a count", "posted": "papers that are never to be repeated", "seen": "trimmed by age at each digest",
    "votes": "thumbs of a paper", "salt": "makes people's hashes", "open": "open tasks", "task": "while it is open",
    "dead": "trimmed when looked at", "trouble": "what is wrong now", "tally": "counts for the metrics",
    "me": "the bot's name on each platform", "held": "deliveries that wait, until each goes on or ends",
    "channels-version": "a count", "schema": "the form of the keys", "libraries": "channels with a memory",
    "library": "what a channel has read", "find": "its index", "library-made": "that an older store's was made",
    "saved": "people's own lists", "reading": "a channel's list", "twins-built": "that old names were entered",
}  # fmt: skip
"""Families of keys that may stay without an end, and why; `task` only while it is open."""

RQ_FOR_EVER = re.compile(
    r"rq:(queues?|workers?|suspended|wip|finished|failed|started|deferred|scheduled|canceled)(:|$)"
)


def test_35_retention(day, figure):
    """35. Every record has an end, but for a list of names.

    Results are kept a day at most, failures seven days.
    """
    endless, longest = {}, {}
    for key, ttl in day.ttls.items():
        name = key.decode("utf-8", "replace")
        family = name.split(":")[1]
        waiting = family == "job" and re.search(b"queued|started", day.keys[key])  # they have an end once they ended
        if ttl == -1 and not waiting and not RQ_FOR_EVER.match(name):
            endless.setdefault(family, []).append(name)
        longest[family] = max(longest.get(family, 0), ttl)
    assert not endless.keys() - FOR_EVER.keys(), {f: endless[f][:3] for f in endless.keys() - FOR_EVER.keys()}
    for name in endless.get("task", []):
        assert b"open" in day.keys[name.encode()]
    assert longest["result"] <= DAY_S and RESULT_TTL_S <= DAY_S
    jobs = [ttl for key, ttl in day.ttls.items() if key.startswith(b"rq:job")]
    assert max(jobs, default=0) <= 7 * DAY_S
    figure(f"{len(day.ttls)} keys, {len(endless)} families without an end")


# -- 36 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", ["slack", "telegram"])
def test_36_late(platform, env, redis):
    """36. A digest is not out thirty minutes after its time: one line to the operator.

    And one when it is out.
    """
    ops, ops_chat = "C0OPS", -1001000000009
    with (
        SlackDouble(channels={CHANNEL: "digest", ops: "ops"}, pace=False) as slack,
        TelegramDouble(pace=False) as telegram,
    ):
        telegram.add_chat(ops_chat, type="supergroup", title="Ops")
        where = f"slack:{ops}" if platform == "slack" else f"telegram:{ops_chat}"
        settings = env(
            SLACK_BOT_TOKEN=slack.bot_token, SLACK_API_URL=slack.api_url, SLACK_CHANNELS=CHANNEL,
            TELEGRAM_BOT_TOKEN=telegram.token, TELEGRAM_API_URL=telegram.url, DIGEST_TIME="08:00",
            DIGEST_TIMEZONE="UTC",
            DIGEST_PROFILE="cv-daily-en", OPERATOR_CHANNEL=where,
        )  # fmt: skip
        office = Office(redis, settings, (slack, telegram), where)
        office.minutes(85, each=5)
        office.minutes(4)
        assert office.lines() == []
        office.minutes(2)
        (line,) = office.lines()
        assert CHANNEL in line and "2026-03-22" in line
        office.minutes(4 * 60, each=5)
        assert office.lines() == [line]
        slot, ledger = f"digest|slack:{CHANNEL}|2026-03-22|0800", office.ticker.dispatcher.ledger
        slot = next(key for key in ledger.open_keys() if key.startswith(f"digest|slack:{CHANNEL}|2026-03-22"))
        office.now += 61
        attempt = ledger.take(slot, office.now, 60)
        office.send(slot, f"slack:{CHANNEL}")
        assert ledger.end(slot, attempt, office.now)
        office.minutes(60, each=5)
        assert len(office.lines()) == 2


@pytest.mark.parametrize("style", ["text", "json"])
def test_36_one_line(style):
    """36. A title with newlines or terminal codes is one log line; so is a traceback."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.Formatter(style, [CANARIES["SLACK_SIGNING_SECRET"]]))
    log = logging.Logger("test")
    log.addHandler(handler)
    log.warning("said", extra={"title": EVIL_TITLE, "secret": CANARIES["SLACK_SIGNING_SECRET"]})
    try:
        raise ValueError(f"{USERS_WORDS}\n{EVIL_TITLE}")
    except ValueError:
        log.exception("failed", extra={"task": "t"})
    lines = out.getvalue().split("\n")
    assert len(lines) == 3 and lines[2] == ""
    for line in lines[:2]:
        assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", line), line
        assert CANARIES["SLACK_SIGNING_SECRET"] not in line
    assert "zqtitle" in lines[0] and "ValueError" in lines[1] and "test_f_operations" in lines[1]
    assert "zqwords" not in lines[1] and "zqtitle" not in lines[1]


FAILURES = {
    "task_failed",
    "task_parked",
    "part_failed",
    "paper_failed",
    "source_failed",
    "job_killed",
    "slot_skipped",
    "delivery_failed",
}


def test_36_failures_can_be_traced(day):
    """36. Every line is one JSON object.

    One about a failure names task, channel and paper, and nobody's words.
    """
    rows = [json.loads(line) for line in day.lines if line.startswith("{")]
    assert [line for line in day.lines if not line.startswith("{")] == []
    failed = [row for row in rows if row["event"] in FAILURES]
    assert {"paper_failed", "source_failed", "task_failed"} <= {row["event"] for row in failed}
    for row in failed:
        task = row.get("task") or row.get("delivery") or row.get("slot")
        assert task, row
        assert row.get("channel") or CHANNEL in task or str(CHAT) in task, row
        if row["event"] == "paper_failed" or task.startswith(("dive|", "ask|")):
            assert row.get("paper") or re.search(r"2601\.\d{5}", task), row
    words = "\n".join(line for line in day.lines if '"level": "WARNING"' in line or '"level": "ERROR"' in line)
    for told in ("zqwords", "zqtitle", "zqservice", "\\n- "):
        assert told not in words, around(words, told)

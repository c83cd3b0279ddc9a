"""E. The model.

What an enemy makes it say is harmless, what it costs is bounded, nothing it does ends a day.
"""

import html
import importlib
import json
import time
from collections import Counter
from contextlib import ExitStack
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

import prompts
from prompts import load_profile
from tests.doubles.arxiv import Arxiv
from tests.doubles.arxiv import make_item as announced
from tests.doubles.huggingface import HuggingFace, make_item
from tests.doubles.model import ModelDouble
from tests.doubles.model_answers import obedient
from tests.doubles.model_judge import HABITS
from tests.doubles.slack import DEFAULT_SCOPES, SlackDouble
from tests.doubles.slack_state import TEAM
from tests.doubles.telegram import TelegramDouble
from tests.doubles.telegram_links import detect
from tests.promises import hostile
from tests.promises.kit import Drive, Trap, alive, kill_tree, sample, until
from tests.services.test_digest_order import FIT, Days
from workers.analysis.analyst import choose
from workers.analysis.budget import Usage
from workers.analysis.prices import count, estimate
from workers.conversations.deepdive import post_deepdive
from workers.conversations.question import answer_question
from workers.delivery.choose_poster import poster
from workers.delivery.deliver import Deliverer
from workers.digest.make import DigestMaker
from workers.digest.messages import parts_of
from workers.models import Paper
from workers.queueing.dispatcher import Dispatcher
from workers.reading.html.read import read_html
from workers.reading.pdf.read import read_pdf
from workers.reading.text import PaperText
from workers.sources.sample_day import SAMPLE
from workers.store.channels.memory import Memory
from workers.store.channels.settings import Channels
from workers.store.delivery.outbox import Outbox
from workers.store.operations.spend import Spend
from workers.store.papers.records import FLIGHT_TTL_S, Papers, ResultKey
from workers.store.papers.texts import Texts
from workers.store.people.threads import ThreadPlace, Threads, Turn
from workers.store.tasks.progress import Progress

CHANNEL, CHAT = "C0DIGEST", -1001000000001
HERE = {"slack": f"slack:{CHANNEL}", "telegram": f"telegram:{CHAT}"}
DAY = date(2026, 1, 20)
MODEL_KEY = "sk-ant-canary-of-the-model"


@pytest.fixture
def world(env, redis, tmp_path, no_pace):
    """All services in this process, and the settings that lead to them."""
    with ExitStack() as stack:
        made = SimpleNamespace(
            hf=HuggingFace(), arxiv=Arxiv(), model=ModelDouble(MODEL_KEY), redis=redis,
            slack=SlackDouble(pace=False, scopes=(*DEFAULT_SCOPES, "assistant:write")),
            telegram=TelegramDouble(pace=False),
        )  # fmt: skip
        for double in (made.hf, made.arxiv, made.model, made.slack, made.telegram):
            stack.enter_context(double)
        made.environment = {
            "HF_ENDPOINT": made.hf.url, "ARXIV_FEED_URL": f"{made.arxiv.url}/atom", "ARXIV_API_URL": made.arxiv.api_url,
            "ARXIV_URL": made.arxiv.url, "ARCHIVE_DIR": str(tmp_path / "digests"), "DIGEST_PROFILE": "cv-daily-en",
            "ANTHROPIC_API_KEY": MODEL_KEY, "ANTHROPIC_BASE_URL": made.model.url,
            "SLACK_BOT_TOKEN": made.slack.bot_token, "SLACK_API_URL": made.slack.api_url, "SLACK_CHANNELS": CHANNEL,
            "TELEGRAM_BOT_TOKEN": made.telegram.token, "TELEGRAM_API_URL": made.telegram.url,
            "TELEGRAM_CHATS": str(CHAT),
        }  # fmt: skip
        made.env = lambda **more: env(**made.environment, **more)
        made.settings = made.env()
        made.days = Days(redis, made.settings)
        yield made


def deliver(world, delivery):
    """Send all of a delivery, under a clock that jumps to when it wants to go on."""
    head, _ = Outbox(world.redis).whole(delivery, parts=False)
    now = [head.made if head and head.made else time.time()]
    deliverer = Deliverer(world.redis, world.settings, lambda: now[0], poster)
    for fence in range(1, 400):
        outcome = deliverer.run(delivery, fence, 0, lambda: True)
        if outcome.done:
            return [row for row in Outbox(world.redis).rows(delivery) if row.state not in ("sent", "deleted")]
        now[0] = max(now[0], outcome.at)
    raise AssertionError("the delivery does not end")


# -- 30 ------------------------------------------------------------------------------------------------------------

SPEAKING = ("chat.postMessage", "chat.update", "chat.postEphemeral", "chat.startStream", "chat.appendStream",
            "chat.stopStream", "assistant.threads.setStatus")  # fmt: skip
PINGS = {"user", "usergroup", "broadcast", "channel", "team", "image", "video", "file"}
"""Elements of blocks that call people or load something."""

BAIT = (
    "<!",
    "<@",
    "<#",
    "<http",
    "](https:/",
    "](http:/",
    "](/",
    "javascript:",
    "\x1b",
    "\x07",
    "\u200b",
    "\u202e",
    "\U000e0049",
)
HARMLESS = {"cs.CV"}
"""What a finder of links takes for one and is none of theirs: categories, in lines of ours."""

PROMPTS = [
    s.strip() for text in prompts.texts() for s in text.replace("\n", " ").split(". ") if len(s) > 60 and "$" not in s
]


def posted(world):
    """Every text that was ever sent to people: (where it is from, text, payload)."""
    for entry in world.slack.calls("/api/*"):
        if entry.path.removeprefix("/api/") in SPEAKING:
            sent = {n: _loaded(v) for n, v in entry.data.items()}
            shown = {n: sent[n] for n in ("text", "blocks", "markdown_text", "status", "markdown") if n in sent}
            yield entry.path, list(hostile.strings(shown)), sent
    for entry in world.telegram.calls():
        if entry.path.rpartition("/")[2] in ("sendMessage", "editMessageText", "sendMessageDraft"):
            sent = {n: _loaded(v) for n, v in entry.data.items()}
            yield entry.path, [sent["text"]], sent


def _loaded(value):
    try:
        return json.loads(value) if isinstance(value, str) and value[:1] in "[{" else value
    except ValueError:
        return value


def nodes(value):
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(inner)


def expect_harmless(world):
    """What every message must be, whatever a model wrote into it."""
    posts = (f"https://slack.com/archives/{CHANNEL}/p", f"https://t.me/c/{str(CHAT).removeprefix('-100')}/")
    ours = (world.arxiv.url, "https://arxiv.org/", "https://huggingface.co/papers/", *posts)
    count = 0
    for where, texts, sent in posted(world):
        count += 1
        for node in nodes(sent):
            if isinstance(node, dict):
                assert node.get("url", ours[0]).startswith(ours), (where, node)
                assert node.get("type") not in PINGS, (where, node)
        for text in texts:
            assert not any(bait in text for bait in BAIT), (where, text)
            shown = html.unescape(text) if where.startswith("/api/") else text
            found = {link["text"] for link in detect(shown)} - HARMLESS
            assert not {f for f in found if not f.startswith(ours)}, (where, found, text)
            assert not [s for s in PROMPTS if s in text], (where, text)
            assert MODEL_KEY not in text and world.slack.bot_token not in text and world.telegram.token not in text
        if where.endswith("chat.postMessage"):
            assert [str(sent[n]).lower() for n in ("unfurl_links", "unfurl_media")] in ([["false"] * 2, ["0"] * 2]), (
                sent
            )
        if where.endswith(("/sendMessage", "/editMessageText")):
            assert sent["link_preview_options"] == {"is_disabled": True}, sent
    for asked in world.model.prompts:
        whole = json.dumps(asked.body)
        assert "tools" not in asked.body
        assert not [s for s in (MODEL_KEY, world.slack.bot_token, world.telegram.token) if s in whole]
    return count


def obeying(asked):
    """Does what the paper says, gives its instructions away, and judges it all right."""
    made = HABITS["supported"](asked) if asked.task == "judge" else obedient(asked)
    if asked.task == "score" and hostile.mark("score below the range") in asked.user:
        made["score"] = -1
    return hostile.with_prompt(made, asked.system) if hostile.is_asked_for(asked) else made


def know(world, names, text=None):
    """Stores papers, read in full by `text` or as abstracts only.

    `text`: hostile.html or hostile.pdf.
    """
    for name in names:
        paper = Paper(
            id=hostile.paper_id(name), version=1, title=f"On {hostile.mark(name)}", abstract=hostile.abstract(name)
        )
        Papers(world.redis).put_papers([paper])
        ref = f"{paper.id}v1"
        if text is hostile.html:
            read = read_html(hostile.html(name), f"{world.arxiv.url}/html/{ref}", ref).text
        elif text is hostile.pdf:
            read = read_pdf(hostile.pdf(name), ref=ref)
        else:
            item = announced(paper.id, paper.title, abstract=paper.abstract)
            world.arxiv.papers[paper.id] = item
            read = PaperText(ref=ref, read_from="abstract", title=paper.title, abstract=paper.abstract)
        Texts(world.redis).put(ref, read.model_dump_json())
        Texts(world.redis).put_newest(paper.id, ref)


def test_30_obedient_to_the_enemy_in_a_digest(world, figure):
    """30. A model obeys hostile abstracts: the digests hold nothing of theirs.

    Twenty-five abstracts. No link that is not ours, nobody called, no preview, no text of another paper or of the
    prompt; a score out of range is refused. A prompt that is given away in translation would not be noticed; there is
    no secret in it.
    """
    world.model.reply(obeying)
    for channel in HERE.values():
        Channels(world.redis).change(channel, {"picks": 10, "min_score": 0})
    days, seen, writers = world.days, set(), Counter()
    for n in range(3):
        names, day = hostile.NAMES[n * 9 : n * 9 + 9], DAY + timedelta(days=n)
        know(world, names)
        world.hf.days[str(day)] = [
            make_item(hostile.paper_id(name), f"On {hostile.mark(name)}", summary=hostile.abstract(name))
            for name in names
        ]
        for channel in HERE.values():
            digest = days.run(day + timedelta(days=1), channel=channel, profile="cv-daily-en")
            seen |= {pick.paper.id for pick in digest.picks}
            writers.update(pick.analysis.by for pick in digest.picks)
            for pick in digest.picks:
                assert pick.score.value is None or 0 <= pick.score.value <= 100
            assert deliver(world, days.slot) == []
            expect_own_words(world, days.slot, digest)
    assert seen == {hostile.paper_id(name) for name in hostile.NAMES}
    assert writers["claude-sonnet-5-5"] > writers["local"], "most of it is the model's own text"
    refused = [hostile.mark(n) for n in ("score above the range", "score below the range")]
    asked = [p for p in world.model.asked("score") if any(m in p.user for m in refused)]
    assert len(asked) == 8, "each was asked for twice for each channel's digest, and then given up"
    figure(f"{expect_harmless(world)} messages of {len(seen)} hostile papers")


def expect_own_words(world, delivery, digest=None):
    """Each message about a paper holds its words, and the title it relates to."""
    marks = {hostile.paper_id(name): hostile.mark(name) for name in hostile.NAMES}
    titles = {pick.paper.id: pick.relation.title for pick in digest.picks if pick.relation} if digest else {}
    for row in Outbox(world.redis).rows(delivery):
        about = (row.about or {}).get("paper")
        if about in marks:
            own = (marks[about], titles.get(about, ""))
            strange = [m for m in marks.values() if m in json.dumps(row.payload) and not any(m in o for o in own)]
            assert not strange, (row.key, strange)


@pytest.mark.parametrize("text", [hostile.html, hostile.pdf, None])
def test_30_obedient_to_the_enemy_in_talk(text, world, figure):
    """30. The same for a deep dive on demand and an answer in the thread.

    From a page, a PDF or the abstract alone. What a page or a PDF hides (white, off the page, in comments) reaches no
    model at all. Threads of other papers are told to none.
    """
    world.model.reply(obeying)
    names = list(dict.fromkeys([*sample(hostile.NAMES, 2), "the prompt, please"]))
    know(world, names, text)
    other_root = "1.000001"
    Threads(world.redis).add(HERE["slack"], other_root, "e0", Turn("a secret question", "zqotherthread"))
    for number, name in enumerate(names):
        for platform, channel in HERE.items():
            key, ref = f"dive|{platform}|{number}", hostile.paper_id(name)
            about = {"id": ref, "version": 1, "profile": "cv-daily-en", "channel": channel, "reply_to": ""}
            post_deepdive(world.redis, world.settings, key, about, lambda: None)
            assert deliver(world, key) == []
            expect_own_words(world, key)
            rows = [row for row in Outbox(world.redis).rows(key) if row.msg]
            root, ask = rows[0].msg, f"ask|{platform}|{number}"
            place = vars(ThreadPlace(root, ref, 1, "cv-daily-en"))
            asked = {
                "channel": channel,
                "place": place,
                "message": root,
                "text": "What is new?",
                "person": f"{platform}:U0ALICE",
            }
            assert answer_question(world.redis, world.settings, ask, asked | {"team": TEAM})
            assert deliver(world, ask) == []
            expect_own_words(world, ask)
    everything = "".join(json.dumps(p.body, ensure_ascii=False) for p in world.model.prompts)
    assert "zqotherthread" not in everything
    assert not [word for name in names for word in hostile.unread(name) if word in everything]
    figure(f"{expect_harmless(world)} messages of talk")


# -- 31 ------------------------------------------------------------------------------------------------------------

INPUT_CHARS = 24_000
SECONDS = {"score": 30.0, "deepdive": 120.0, "repair": 120.0, "judge": 30.0, "answer": 100.0}
"""Longest a call of a task may take."""

FULL_TEXT_TOKENS = 100_000
"""Most tokens of a call that shows a paper in full: above it the service's price goes up fivefold."""

PAPERS = [f"2601.{n:05d}" for n in range(1, 7)]


def list_papers(world, day=DAY, papers=PAPERS, **more):
    """The day's list: papers that fit, known as abstracts only."""
    world.hf.days[str(day)] = [make_item(p, f"{FIT} {p}", summary=f"We study {FIT}. It works.", **more) for p in papers]
    for paper in papers:
        text = PaperText(ref=f"{paper}v1", read_from="abstract", title=f"{FIT} {paper}", abstract=f"We study {FIT}.")
        Texts(world.redis).put(text.ref, text.model_dump_json())
        Texts(world.redis).put_newest(paper, text.ref)


def expect_bounded(world):
    """Every call has a cap of tokens, a time limit, and no more input than its task's."""
    calls = [call for call in world.model.calls("/v1/messages") if call.status is not None]
    assert len(calls) == len(world.model.prompts) > 0
    for asked, call in zip(world.model.prompts, calls, strict=True):
        assert 0 < asked.body["max_tokens"] <= 16_000, asked.task
        assert 0 < float(call.headers["x-stainless-read-timeout"]) <= SECONDS[asked.task]
        chars = len(asked.system) + len(asked.user)
        assert chars <= INPUT_CHARS if asked.task == "score" else chars <= FULL_TEXT_TOKENS * 4, (asked.task, chars)


LONG = ('"' * 60_000, "\\" * 60_000, "\n\t " * 20_000 + "x" * 60_000, "字" * 60_000)


def test_31_every_call_is_bounded(world, figure):
    """31. Each call has a cap of tokens, a time limit and a limit of input.

    A score has at most 24,000 characters of input. Weaker: a deep dive and an answer from the full text get up to
    80,000 tokens of it, and 120 and 100 s.
    """
    names = {f"2601.0010{n}": text for n, text in enumerate(LONG)}
    world.hf.days[str(DAY)] = [
        make_item(paper, title=f"{FIT} {text[:5000]}", summary=text) for paper, text in names.items()
    ]
    many = tuple(f"cs.{n:05d}" for n in range(3000))
    world.arxiv.announced = [announced("2601.00200", FIT, abstract="a" * 50_000, categories=("cs.CV", *many))]
    know_as_abstract(world, [*names, "2601.00200"])
    digest = world.days.run(DAY + timedelta(days=1), profile="cv-daily-en")
    assert digest.receipt.scored == len(names) + 1
    know(world, hostile.NAMES[:1], hostile.html)
    place = vars(ThreadPlace("1.1", hostile.paper_id(hostile.NAMES[0]), 1, "cv-daily-en"))
    asked = {"channel": HERE["telegram"], "place": place, "message": "5", "text": "why? " * 700, "person": "telegram:1"}
    assert answer_question(world.redis, world.settings, "ask|1", asked)
    assert {p.task for p in world.model.prompts} >= {"score", "deepdive", "answer"}
    expect_bounded(world)
    longest = max(len(p.system) + len(p.user) for p in world.model.asked("score"))
    figure(f"longest score prompt {longest} characters")


def know_as_abstract(world, papers):
    for paper in papers:
        text = PaperText(ref=f"{paper}v1", read_from="abstract", title=FIT, abstract=f"We study {FIT}.")
        Texts(world.redis).put(text.ref, text.model_dump_json())
        Texts(world.redis).put_newest(paper, text.ref)


WORKERS = 4
CAP_USD = 0.004


def test_31_four_workers_share_the_days_budget(world, crew, figure):
    """31. Four workers at once spend at most the day's cap and one call.

    Past it the digest still goes out, plain.
    """
    channels = [f"slack:C0N{n}" for n in range(WORKERS)]
    for n, channel in enumerate(channels):  # each with interests of its own, so that none buys for the others
        Channels(world.redis).change(channel, {"interests": ["Diffusion", f"Topic {n}"], "min_score": 0})
    settings = world.env(MODEL_DAILY_BUDGET_USD=CAP_USD)
    crew.env |= world.environment | {"MODEL_DAILY_BUDGET_USD": str(CAP_USD)}
    for _ in channels:
        crew.worker("digest")
    dispatcher, spend = Dispatcher(world.redis), Spend(world.redis)
    slots = [f"digest|{channel}|{DAY}|0800" for channel in channels]
    for slot, channel in zip(slots, channels, strict=True):
        dispatcher.open(slot, "digest", order_of(channel))
    until(lambda: all(dispatcher.ledger.get(slot).state == "done" for slot in slots), "the digests")
    spent = spend.today()
    dearest = max(usd(p) for p in world.model.prompts)
    assert CAP_USD <= spent.usd <= CAP_USD + dearest, spent
    assert spent.calls == len(world.model.prompts)
    digests = [Memory(world.redis).digest(slot) for slot in slots]
    assert all(digest.picks for digest in digests)
    assert any("budget" in digest.receipt.notes for digest in digests)
    plain = [pick for digest in digests for pick in digest.picks if pick.analysis.error == "over_budget"]
    assert plain and all(pick.analysis.extracted and pick.analysis.contribution for pick in plain)
    assert all(part.payload["text"] for digest in digests for part in parts_of(digest, settings))
    figure(f"cap ${CAP_USD:g}, spent ${spent.usd:.5f} in {spent.calls} calls of {WORKERS} workers")


def usd(asked):
    """The most that a call of this prompt can cost."""
    tokens = count(json.dumps(asked.body))
    return (
        estimate(asked.model, Usage(tokens_in=tokens, cache_write=tokens, tokens_out=asked.body["max_tokens"])) or 0.0
    )


# -- 32 ------------------------------------------------------------------------------------------------------------

TEXT_OF_THE_SERVICE = "zqerror: quota exceeded, see the console"
GARBAGE = {
    "invalid JSON": ("text", {"text": '{"score": 88, "why": "and then'}),
    "empty": ("empty", {}),
    "10 MB": ("huge", {}),
    "HTML": ("html", {}),
    "refusal": ("refusal", {}),
    "500": ("error", {"status": 500, "message": TEXT_OF_THE_SERVICE}),
    "hang": ("hang", {}),
}


@pytest.mark.parametrize("garbage", GARBAGE)
def test_32_garbage_from_the_model(garbage, world, monkeypatch):
    """32. After garbage from the model the digest goes out with the fallback.

    The model is asked at most twice for each thing. No word of the service's error reaches anybody. A hanging call is
    cut at its limit (here 0.5 s instead of 30 s).
    """
    shorten(monkeypatch)
    kind, what = GARBAGE[garbage]
    world.model.fail(kind, 999, **what)
    list_papers(world)
    Channels(world.redis).change(HERE["slack"], {"min_score": 0, "picks": 2})
    digest = world.days.run(DAY + timedelta(days=1), channel=HERE["slack"], profile="cv-daily-en")
    assert len(digest.picks) == 2 and digest.empty is None
    for pick in digest.picks:
        assert pick.analysis.extracted and pick.analysis.contribution and pick.score.value is None
    assert digest.receipt.scored == 0 and digest.receipt.failed + digest.receipt.declined == len(PAPERS)
    assert deliver(world, world.days.slot) == []
    place = vars(ThreadPlace("1.1", digest.picks[0].paper.id, None, "cv-daily-en"))
    asked = {
        "channel": HERE["slack"],
        "place": place,
        "message": "1.2",
        "text": "What works?",
        "person": "slack:U0ALICE",
    }
    root = world.slack.messages(CHANNEL)[0]["ts"]
    asked["place"] |= {"root": root}
    assert answer_question(world.redis, world.settings, "ask|1", asked | {"team": TEAM})
    assert deliver(world, "ask|1") == []
    calls = Counter((p.task, title) for p in world.model.prompts for title in titles(p, [f"{FIT} {i}" for i in PAPERS]))
    assert calls and max(calls.values()) <= 2, calls
    said = json.dumps([texts for _, texts, _ in posted(world)])
    assert "zqerror" not in said and len(world.slack.messages(CHANNEL)) >= 5


LIMITS = {
    "analysis.model.claude": ("SCORE_TIMEOUT_S", "DEEPDIVE_TIMEOUT_S"),
    "analysis.model.judge": ("TIMEOUT_S",),
    "analysis.model.calls": ("BACKOFF_S",),
    "analysis.answer": ("TIMEOUT_S",),
}
"""Module of `workers` -> its limits of time for calls of the model."""


def shorten(monkeypatch):
    """Half a second for a call, none between two."""
    for name, constants in LIMITS.items():
        module = importlib.import_module(f"workers.{name}")
        for constant in constants:
            monkeypatch.setattr(module, constant, 0.01 if constant == "BACKOFF_S" else 0.5)


# -- 33 ------------------------------------------------------------------------------------------------------------


KILLS = 3
TITLES = [item["paper"]["title"] for item in json.loads((SAMPLE / "day.json").read_text())]
PICKS = 2
SAMPLE_CALLS = len(TITLES) + PICKS
"""Replies of the model that a digest of the sample day needs: a score for each paper, and its deep dives."""


def titles(asked, known):
    """Which of these papers a prompt is about."""
    whole = json.dumps(asked.body, ensure_ascii=False)
    return [
        title for title in known if json.dumps(json.dumps(title, ensure_ascii=False), ensure_ascii=False)[3:-3] in whole
    ]


def order_of(channel):
    return {"channel": channel, "profile": "cv-daily-en", "day": str(DAY), "sample": True}


def test_33_not_bought_twice(world, shifted_crew, redis, clock, figure):
    """33. A worker killed right after a reply: at most one call more for each paper.

    None when warm.
    """
    shifted_crew.env |= world.environment
    drive, trap = Drive(redis, clock), Trap(world.model)
    pids = [shifted_crew.worker("digest")]

    def living():
        if not alive(pids[0]):
            shifted_crew.bury(pids[0])
            for lock in redis.scan_iter("pb:flight:*"):  # Redis' own clock cannot be moved: as if the time were over
                assert 0 < redis.pttl(lock) <= FLIGHT_TTL_S * 1000
                redis.delete(lock)
            pids[0] = shifted_crew.worker("digest")
        return pids

    def make(channel, topic):
        Channels(redis).change(channel, {"interests": ["Diffusion", topic], "min_score": 0, "picks": PICKS})
        slot = f"digest|{channel}|{DAY}|0800"
        world.model.prompts.clear()
        drive.dispatcher.open(slot, "digest", order_of(channel))
        drive.until(lambda: drive.dispatcher.ledger.get(slot).state == "done", living, "the digest")
        assert len(Memory(redis).digest(slot).picks) == PICKS
        return Counter((p.task, title) for p in world.model.prompts for title in titles(p, TITLES))

    points = sample(range(1, SAMPLE_CALLS + 1), KILLS)
    for n, reply in enumerate(points):
        trap.aim("sent", reply, lambda: kill_tree(pids[0]))
        calls = make(f"terminal:N{n}", f"Topic {n}")
        assert trap.struck, f"nobody was killed at reply {reply}"
        first = [call for call in calls if call[0] != "repair"]
        assert len(first) == SAMPLE_CALLS and max(calls.values()) <= 2, calls
        assert make(f"terminal:W{n}", f"Topic {n}") == {}, "another channel with these interests: all is known"
    figure(f"{len(points)} kills after a reply")


def test_33_what_a_score_is_kept_under(world):
    """33. A score is kept under paper with version, prompt, profile and model."""
    profile = load_profile("cv-daily-en")

    def asked(version=1, title=FIT, **settings):
        paper = Paper(id="2601.00001", version=version, title=title, abstract="We do.")
        maker, before = DigestMaker(world.redis, world.env(**settings)), len(world.model.prompts)
        maker.score([paper], profile, choose(maker.settings), Progress(world.redis, "x"))
        return len(world.model.prompts) - before

    assert [asked(), asked(), asked(title="The same, retitled"), asked(MODEL_ANSWER="claude-haiku-5-5")] == [1, 0, 0, 0]
    assert [asked(version=2), asked(version=2), asked(MODEL_SCORE="claude-sonnet-5-5"), asked()] == [1, 0, 1, 0]
    one, other = (
        ResultKey("profile", prompt, "model").key("score", Paper(id="1", title="t", abstract="")) for prompt in "ab"
    )
    assert one != other

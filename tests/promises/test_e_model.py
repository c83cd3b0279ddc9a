"""E. The model: what an enemy makes it say is harmless, what it costs is bounded, whatever it does ends no day."""

import json
import time
from contextlib import ExitStack
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

import prompts
from tests.doubles.arxiv import Arxiv
from tests.doubles.arxiv import make_item as announced
from tests.doubles.huggingface import HuggingFace, make_item
from tests.doubles.model import ModelDouble
from tests.doubles.model_answers import obedient
from tests.doubles.slack import DEFAULT_SCOPES, SlackDouble
from tests.doubles.slack_state import TEAM
from tests.doubles.telegram import TelegramDouble
from tests.doubles.telegram_links import detect
from tests.promises import hostile
from tests.promises.kit import sample
from tests.test_edition import Days
from workers.delivery.deliver import Deliverer
from workers.delivery.posters import poster
from workers.papers import Paper
from workers.reading.html import read_html
from workers.reading.pdf import read_pdf
from workers.reading.text import PaperText
from workers.store.channels import Channels
from workers.store.outbox import Outbox
from workers.store.papers import Papers
from workers.store.texts import Texts
from workers.store.threads import Place, Threads, Turn
from workers.talk import dive, question

CHANNEL, CHAT = "C0DIGEST", -1001000000001
HERE = {"slack": f"slack:{CHANNEL}", "telegram": f"telegram:{CHAT}"}
DAY = date(2026, 1, 20)
MODEL_KEY = "sk-ant-canary-of-the-model"


@pytest.fixture
def world(env, redis, tmp_path):
    """All services in this process, and the settings that lead to them."""
    with ExitStack() as stack:
        made = SimpleNamespace(
            hf=HuggingFace(), arxiv=Arxiv(), model=ModelDouble(MODEL_KEY), redis=redis,
            slack=SlackDouble(pace=False, scopes=(*DEFAULT_SCOPES, "assistant:write")),
            telegram=TelegramDouble(pace=False),
        )  # fmt: skip
        for double in (made.hf, made.arxiv, made.model, made.slack, made.telegram):
            stack.enter_context(double)
        made.env = lambda **more: env(
            HF_ENDPOINT=made.hf.url, ARXIV_FEED_URL=f"{made.arxiv.url}/atom", ARXIV_API_URL=made.arxiv.api_url,
            ARXIV_URL=made.arxiv.url, ARCHIVE_DIR=tmp_path / "digests", DIGEST_PROFILE="cv-daily-en",
            ANTHROPIC_API_KEY=MODEL_KEY, ANTHROPIC_BASE_URL=made.model.url,
            SLACK_BOT_TOKEN=made.slack.bot_token, SLACK_API_URL=made.slack.api_url, SLACK_CHANNELS=CHANNEL,
            TELEGRAM_BOT_TOKEN=made.telegram.token, TELEGRAM_API_URL=made.telegram.url, TELEGRAM_CHATS=CHAT, **more,
        )  # fmt: skip
        made.settings = made.env()
        yield made


def deliver(world, delivery):
    """Send all of a delivery, under a clock that jumps to when it wants to go on."""
    now = [time.time()]
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
    ours = (world.arxiv.url, "https://arxiv.org/", "https://huggingface.co/papers/")
    count = 0
    for where, texts, sent in posted(world):
        count += 1
        for node in nodes(sent):
            if isinstance(node, dict):
                assert node.get("url", ours[0]).startswith(ours), (where, node)
                assert node.get("type") not in PINGS, (where, node)
        for text in texts:
            assert not any(bait in text for bait in BAIT), (where, text)
            found = {link["text"] for link in detect(text)} - HARMLESS
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
    """Does what the paper says, and gives its instructions away where it is asked to."""
    made = obedient(asked)
    if asked.task == "score" and hostile.mark("score below the range") in asked.user:
        made["score"] = -1
    return hostile.with_prompt(made, asked.system) if hostile.is_asked_for(asked) else made


def know(world, names, text=None):
    """Papers that the store has, read in full by `text` (hostile.html or .pdf) or as abstracts only."""
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
    """30. Twenty-five hostile abstracts and a model that does what they say: the digests hold nothing of theirs.

    No link that is not ours, nobody called, no preview, no text of another paper or of the prompt; a score out of
    range is refused. A prompt that is given away in translation would not be noticed; there is no secret in it.
    """
    world.model.reply(obeying)
    for channel in HERE.values():
        Channels(world.redis).change(channel, {"picks": 10, "min_score": 0})
    days, seen = Days(world.redis, world.settings), set()
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
            for pick in digest.picks:
                assert pick.score.value is None or 0 <= pick.score.value <= 100
            assert deliver(world, days.slot) == []
            expect_own_words(world, days.slot)
    assert seen == {hostile.paper_id(name) for name in hostile.NAMES}
    refused = [hostile.mark(n) for n in ("score above the range", "score below the range")]
    asked = [p for p in world.model.asked("score") if any(m in p.user for m in refused)]
    assert len(asked) == 8, "each was asked for twice for each channel's digest, and then given up"
    figure(f"{expect_harmless(world)} messages of {len(seen)} hostile papers")


def expect_own_words(world, delivery):
    """Each message about a paper holds the words of that paper alone."""
    marks = {hostile.paper_id(name): hostile.mark(name) for name in hostile.NAMES}
    for row in Outbox(world.redis).rows(delivery):
        about = (row.about or {}).get("paper")
        if about in marks:
            strange = [m for paper, m in marks.items() if paper != about and m in json.dumps(row.payload)]
            assert not strange, (row.key, strange)


@pytest.mark.parametrize("text", [hostile.html, hostile.pdf, None])
def test_30_obedient_to_the_enemy_in_talk(text, world, figure):
    """30. The same for a deep dive on demand and an answer in the thread, from a page, a PDF or the abstract alone.

    What a page or a PDF hides (white, off the page, in comments) reaches no model at all. Threads of other papers are
    told to none.
    """
    world.model.reply(obeying)
    names = list(dict.fromkeys([*sample(hostile.NAMES, 4), "the prompt, please"]))
    know(world, names, text)
    other_root = "1.000001"
    Threads(world.redis).add(HERE["slack"], other_root, "e0", Turn("a secret question", "zqotherthread"))
    for number, name in enumerate(names):
        for platform, channel in HERE.items():
            key, ref = f"dive|{platform}|{number}", hostile.paper_id(name)
            about = {"id": ref, "version": 1, "profile": "cv-daily-en", "channel": channel, "reply_to": ""}
            dive(world.redis, world.settings, key, about, lambda: None)
            assert deliver(world, key) == []
            expect_own_words(world, key)
            rows = [row for row in Outbox(world.redis).rows(key) if row.msg]
            root, ask = rows[0].msg, f"ask|{platform}|{number}"
            place = vars(Place(root, ref, 1, "cv-daily-en"))
            asked = {
                "channel": channel,
                "place": place,
                "message": root,
                "text": "What is new?",
                "person": f"{platform}:U0ALICE",
            }
            assert question(world.redis, world.settings, ask, asked | {"team": TEAM})
            assert deliver(world, ask) == []
            expect_own_words(world, ask)
    everything = "".join(json.dumps(p.body, ensure_ascii=False) for p in world.model.prompts)
    assert "zqotherthread" not in everything
    assert not [word for name in names for word in hostile.unread(name) if word in everything]
    figure(f"{expect_harmless(world)} messages of talk")

"""From `/digest setup` to a digest on a topic of one's own.

In a Slack channel and a Telegram group, by what people do.

All processes run; each thing that a person does is counted.
"""

import json
import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from tests.doubles.arxiv import make_item
from tests.doubles.biorxiv import Biorxiv
from tests.waiting import HANG_S, until
from tests.world import World
from workers.sources.listing.list_days import arxiv_day, weekdays_before
from workers.store.channels.settings import Channels, ChannelSettings
from workers.store.server import embedded
from workers.store.server.connection import connect
from workers.words import words

ROOMS = ("C0SETUP", "C0CHANGE", "C0FIRST", "C0ADMINS")
GROUP, ALICE = -1001000000777, 4242
MOST_ACTIONS = 12
WORDS = "We work on protein language models; antibody design"


@contextmanager
def everything(folder, redis_dir, **more):
    """All processes, and feeds with papers on the topic."""
    url = f"unix://{embedded.socket_path(redis_dir.absolute())}"
    connect(url, retries=0).flushall()
    with (
        Biorxiv() as biorxiv,
        World(
            folder,
            url,
            SLACK_CHANNELS="",
            TELEGRAM_CHATS="",
            DIGEST_PROFILE="cv-daily-zh",
            BIORXIV_API_URL=biorxiv.url,
            **more,
        ) as found,
    ):
        found.env["SLACK_APP_TOKEN"] = found.slack.app_token
        about = {"categories": ("q-bio.BM",), "abstract": "We predict structures and design binders."}
        found.arxiv.announced = [
            make_item("2601.00101", "Protein Language Models for Antibody Design", **about),
            make_item("2601.00102", "Antibody Design by Flow Matching", **about),
            make_item("2601.00103", "Cooking with Gas", **about),
        ]
        found.arxiv.papers = {item.id: item for item in found.arxiv.announced}
        found.arxiv.known.add("q-bio.BM")
        found.arxiv.day = next(weekdays_before(arxiv_day(datetime.now(UTC)) + timedelta(days=1), 1))
        for room in ROOMS:
            found.slack.add_channel(room, room.lower())
        found.telegram.add_chat(GROUP, type="supergroup", title="Lab", admins={ALICE})
        process = found.process("up")
        found.slack.wait_connected()
        until(lambda: found.telegram.calls("*/getUpdates"))
        try:
            yield found
        finally:
            process.terminate()
            process.wait(HANG_S)


@pytest.fixture(scope="module")
def up(tmp_path_factory, redis_dir):
    with everything(tmp_path_factory.mktemp("setup"), redis_dir) as world:
        yield world


def chosen(world, channel):
    return Channels(connect(world.env["REDIS_URL"], retries=0)).get(channel)


class Slack:
    """What a person does in Slack, counted."""

    def __init__(self, world, room):
        self.slack, self.room, self.actions = world.slack, room, 0

    def type(self, text):
        self.actions += 1
        return self.slack.ack_of(self.slack.play_slash("/digest", text, self.room))["payload"]

    def views(self):
        return [v for v in list(self.slack.views.values()) if self.room in v.get("private_metadata", "")]

    def view(self, step):
        return until(lambda: next((v for v in self.views() if v.get("callback_id") == step), None))

    def told(self):
        return [e["text"] for e in self.slack.ephemerals if e["channel"] == self.room and e.get("via") != "ack"]

    def send(self, view, **typed):
        """Fill in what is given and press the button."""
        self.actions += 1 + len(typed)
        values = {}
        for block in view["blocks"]:
            if block["type"] == "input":
                name, element = block["block_id"], block["element"]
                values[name] = {name: self._value(element, typed.get(name))}
        return self.slack.ack_of(self.slack.play_view_submission(view["id"], values))["payload"]

    @staticmethod
    def _value(element, new):
        kind = element["type"]
        if kind == "multi_static_select":
            options = [o for group in element["option_groups"] for o in group["options"] if new and o["value"] in new]
            return {"type": kind, "selected_options": options if new else element.get("initial_options", [])}
        if kind == "static_select":
            return {"type": kind, "selected_option": {"value": new} if new else element["initial_option"]}
        if kind == "timepicker":
            return {"type": kind, "selected_time": new or element["initial_time"]}
        return {"type": kind, "value": new or element.get("initial_value")}


def initial(view):
    """Block id -> text that its input was shown with."""
    return {b["block_id"]: b["element"].get("initial_value") for b in view["blocks"] if b["type"] == "input"}


def test_from_words_to_a_digest_on_slack(up):
    me = Slack(up, ROOMS[0])
    assert me.type("setup") is None
    me.send(me.view("setup"), text=WORDS, language="en", timezone="America/New_York")
    proposed = me.view("setup_correct")
    shown = initial(proposed)
    assert shown["title"] == "Protein Language Models Daily"
    assert shown["interests"] == "protein language models\nantibody design"
    sources = next(b for b in proposed["blocks"] if b.get("block_id") == "sources")["element"]["initial_options"]
    assert {"arxiv:q-bio.BM", "biorxiv:bioinformatics"} <= {s["value"] for s in sources}
    assert {"q-bio.BM Biomolecules", "bioRxiv: Bioinformatics"} <= {s["text"]["text"] for s in sources}
    assert chosen(up, f"slack:{me.room}") == ChannelSettings(), "nothing is saved before it looks right"
    me.send(proposed, title="Our Proteins")
    preview = me.view("setup_show")
    told = json.dumps(preview["blocks"])
    assert told.index("Protein Language Models for Antibody Design") < told.index("Cooking with Gas")
    assert told.count("match ") == 3 and "would not be shown" in told
    me.send(preview)
    said = until(me.told)[-1]
    assert "Our Proteins" in said and "/digest now" in said
    kept = chosen(up, f"slack:{me.room}")
    assert kept.subscribed and kept.changes["sources"][:2] == ["arxiv:q-bio.BM", "biorxiv:bioinformatics"]
    assert (kept.changes["language"], kept.changes["timezone"]) == ("en", "America/New_York")
    me.type("now")
    until(lambda: len(up.slack.messages(me.room)) >= 3)
    posted = json.dumps(up.slack.messages(me.room), ensure_ascii=False)
    assert "Our Proteins" in posted and "Protein Language Models for Antibody Design" in posted
    assert "论文" not in posted and "Cooking" not in posted
    assert me.actions <= MOST_ACTIONS, me.actions


def test_it_can_be_changed_after_the_preview_and_every_wrong_field_is_marked(up):
    me = Slack(up, ROOMS[1])
    me.type("setup")
    first = me.view("setup")
    assert set(me.send(first, text=" - ", timezone="Mars/X")["errors"]) == {"text", "timezone"}
    me.send(first, text=WORDS, language="en", sources=("arxiv:q-bio.BM", "arxiv:cs.LG"))
    proposed = me.view("setup_correct")
    assert set(me.send(proposed, interests=",", persona="x" * 200)["errors"]) == {"interests", "persona"}
    me.send(proposed, not_wanted="antibody design")
    me.view("setup_show")
    up.slack.ack_of(up.slack.play_view_action(proposed["id"], "setup_change"))
    again = me.view("setup_correct")
    assert initial(again)["not_wanted"] == "antibody design"
    sources = next(b for b in again["blocks"] if b.get("block_id") == "sources")["element"]["initial_options"]
    assert {s["value"] for s in sources} == {"arxiv:q-bio.BM", "arxiv:cs.LG"}, "what a person gave is kept"
    other = up.slack.ack_of(up.slack.play_view_submission(again["id"], {}, user="U0BOB"))["payload"]
    assert list(other["errors"].values()) == [words("zh").setup_gone], "it is another person's"


def test_the_first_subscription_of_a_place_asks_for_its_topic(up):
    me = Slack(up, ROOMS[2])
    assert me.type("subscribe")["text"].startswith("已订阅")
    assert me.view("setup")["private_metadata"]
    assert "已订阅" in me.type("subscribe")["text"]
    me.type("help")
    assert len(me.views()) == 1, "only the first time"


# -- Telegram ------------------------------------------------------------------------------------------------------


class Telegram:
    """What a person does in a Telegram chat, counted."""

    def __init__(self, world, chat):
        self.telegram, self.chat, self.actions = world.telegram, chat, 0

    def mine(self):
        return self.telegram.messages(self.chat, mine=True)

    def write(self, text, to=None):
        self.actions += 1
        before = len(self.mine())
        self.telegram.play_message(self.chat, text, reply_to=to)
        until(lambda: len(self.mine()) > before)

    def press(self, ends):
        self.actions += 1
        message = self.mine()[-1]
        rows = message["reply_markup"]["inline_keyboard"]
        data = next(b["callback_data"] for row in rows for b in row if b["callback_data"].endswith(f":{ends}"))
        number = self.telegram.play_callback(self.chat, message["message_id"], data)["callback_query"]["id"]
        until(lambda: self.telegram.callbacks[number]["answer"] is not None)

    def shows(self, words):
        """Our last message, once it has these words."""
        return until(lambda: next((m for m in self.mine()[-1:] if words in m["text"]), None))


@pytest.mark.parametrize("chat", [GROUP, ALICE])
def test_from_words_to_a_digest_on_telegram(up, chat):
    me = Telegram(up, chat)
    me.write("/digest setup")
    asked = me.shows("你们研究什么？")
    me.write(WORDS, None if chat == ALICE else asked["message_id"])
    assert "arxiv" not in me.shows("Biomolecules")["text"], "sources have names"
    me.press("language")
    until(lambda: me.mine()[-1]["text"] == "语言")
    me.press("language:en")
    again = me.shows("Change what you like")["text"]
    assert "– antibody design" in again and "Protein Language Models Daily" in again and "专家" not in again
    me.press("title")
    me.write("Our Proteins", me.shows("send the new value")["message_id"])
    assert "Our Proteins" in me.shows("Change what you like")["text"]
    assert chosen(up, f"telegram:{chat}") == ChannelSettings(), "nothing is saved before it looks right"
    me.press("show")
    shown = me.shows("latest lists")["text"]
    assert shown.index("Protein Language Models for Antibody Design") < shown.index("Cooking with Gas")
    me.press("right")
    me.shows("Subscribed: the digest “Our Proteins”")
    kept = chosen(up, f"telegram:{chat}")
    assert kept.subscribed and kept.changes["language"] == "en"
    me.write("/digest now")
    posted = until(
        lambda: (t := json.dumps(me.mine(), ensure_ascii=False)).count("Protein Language Models for") > 1 and t
    )
    assert "Our Proteins" in posted and me.actions <= MOST_ACTIONS, me.actions


def test_a_member_without_rights_sets_up_nothing(tmp_path, redis_dir):
    with everything(tmp_path, redis_dir, ADMINS_ONLY="true") as world:
        me, group = Slack(world, ROOMS[3]), Telegram(world, GROUP)
        assert "管理员" in me.type("setup")["text"] and not me.views()
        group.write("/digest setup")
        before, prompt = len(group.mine()), group.mine()[-1]["message_id"]
        for text, to in ((WORDS, prompt), ("/digest setup", None)):
            world.telegram.play_message(GROUP, text, user=4343, reply_to=to)
        until(lambda: len(group.mine()) == before + 2)
        assert all("管理员" in m["text"] for m in group.mine()[-2:])
        assert chosen(world, f"telegram:{GROUP}") == ChannelSettings()
        draft = re.search(r"#setup_(\w{8})_", group.mine()[before - 1]["text"])[1]
        world.telegram.add_chat(4343, type="private")
        bob = Telegram(world, 4343)
        world.telegram.play_message(4343, "/help", user=4343)
        until(bob.mine)
        for step in ("preview", "right", "drop"):
            number = bob.mine()[0]["message_id"]
            pressed = world.telegram.play_callback(4343, number, f"setup:{draft}:{step}", 4343, forged=True)
            answered = until(lambda p=pressed: world.telegram.callbacks[p["callback_query"]["id"]]["answer"])
            assert answered["show_alert"], step
        group.write(WORDS, prompt)
        group.shows("Protein")
        assert chosen(world, f"telegram:{GROUP}") == ChannelSettings()

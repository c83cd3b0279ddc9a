"""Settings and votes on Telegram.

By the buttons under a message and by replies to what the bot asks.
"""

import pytest

from tests import telegram_listener
from tests.telegram_listener import ALICE, BOB, CHANNEL, GROUP, KEYBOARD, PAPER, press
from workers.models import Paper
from workers.paper_ids.paper_key import short
from workers.store.channels.settings import Channels
from workers.store.channels.tastes import Tastes
from workers.store.papers.records import Papers
from workers.words import words

EN = words("en")
LONG = "doi:10.1016/j.somejournal.with.a.very.long.name.2026.01.123456789"
"""An id whose buttons carry a handle."""

running, bot, other = telegram_listener.running, telegram_listener.bot, telegram_listener.other

# -- settings ------------------------------------------------------------------------------------------------------


def buttons(message):
    return {b["callback_data"]: b["text"] for row in message["reply_markup"]["inline_keyboard"] for b in row}


def test_settings_are_chosen_by_buttons(bot):
    bot.play(GROUP, "/digest settings")
    menu = bot.last(GROUP)
    assert "Papers a day: 3" in menu["text"]
    for name, value in (
        ("profile", "llm-agents-en"), ("picks", "5"), ("min_score", "80"), ("answers", "all"),
        ("quiet", "True"), ("days", "mon,tue,wed,thu,fri,sat"), ("language", "zh"),
    ):  # fmt: skip
        assert press(bot, GROUP, f"set:{name}")["text"] == ""
        page = bot.last(GROUP)
        assert sum(t.startswith("✓") for t in buttons(page).values()) == (7 if name == "days" else 1)
        assert max(len(data.encode()) for data in buttons(page)) <= 64
        assert press(bot, GROUP, f"set:{name}={value}")["text"] in ("Saved.", "已保存。")
    chosen = Channels(bot.client).get(f"telegram:{GROUP}")
    assert chosen.profile == "llm-agents-en"
    assert chosen.changes == {
        "picks": 5, "min_score": 80, "answers": "all", "quiet": True,
        "days": "mon,tue,wed,thu,fri,sat", "language": "zh",
    }  # fmt: skip
    assert len(bot.said(GROUP)) == 1, "one message, redrawn"
    assert "每天篇数：5" in bot.said(GROUP)[0]
    press(bot, GROUP, "set:days")
    press(bot, GROUP, "set:")
    assert "set:picks" in buttons(bot.last(GROUP))


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("time", "9:30", "09:30"),
        ("timezone", "Europe/Berlin", "Europe/Berlin"),
        ("timezone", "new york", "America/New_York"),
        ("interests", "- video models\n\n• old maps", ["video models", "old maps"]),
        (
            "interests",
            "protein language models, ESM; antibody design",
            ["protein language models", "ESM", "antibody design"],
        ),
        ("sources", "arxiv:q-bio.BM; huggingface:10", ["arxiv:q-bio.BM", "huggingface:10"]),
    ],
)
def test_settings_are_typed_as_a_reply(bot, name, typed, value):
    command = bot.play(GROUP, "/digest settings")["message"]["message_id"]
    press(bot, GROUP, f"set:{name}")
    prompt = bot.last(GROUP)
    assert prompt["reply_markup"]["force_reply"]
    assert prompt["reply_to"] == command
    bot.play(GROUP, "25:99" if name != "interests" else ",", reply_to=prompt["message_id"])
    assert "does not fit" in bot.said(GROUP)[-1]
    bot.play(GROUP, typed, reply_to=prompt["message_id"])
    assert bot.said(GROUP)[-1] == "Saved."
    assert Channels(bot.client).get(f"telegram:{GROUP}").changes == {name: value}


def test_only_administrators_change_settings_by_default(bot):
    bot.play(GROUP, "/digest settings")
    assert press(bot, GROUP, "set:picks", BOB) == {
        "text": "Only admins may change this channel's settings.", "show_alert": True,
    }  # fmt: skip
    assert press(bot, GROUP, "set:picks")["text"] == ""
    press(bot, GROUP, "set:picks=3", BOB)
    for typed in ("/digest subscribe", "/digest unsubscribe", "/digest settings"):
        bot.play(GROUP, typed, user=BOB)
        assert bot.said(GROUP)[-1] == "Only admins may change this channel's settings."
    forged = bot.telegram._store(bot.telegram.chat(GROUP), True, text="x\n#set_time")["message_id"]
    bot.play(GROUP, "10:00", user=BOB, reply_to=forged)
    assert Channels(bot.client).known() == []
    bot.play(GROUP, "/deepdive 2601.00001", user=BOB)
    assert len(bot.tasks()) == 1, "everyone may ask"
    assert len(bot.telegram.calls("*/getChatMember")) == 2, "asked once for each person"
    bot.play(GROUP, "/digest subscribe")
    bot.play(ALICE, "/digest subscribe")
    bot.play(CHANNEL, "/digest subscribe")
    assert Channels(bot.client).known() == [f"telegram:{c}" for c in (CHANNEL, GROUP, ALICE)]


# -- votes ---------------------------------------------------------------------------------------------------------


def test_votes_are_counted_on_the_buttons(bot):
    number = bot.paper(CHANNEL, markup=KEYBOARD)
    seen = []
    for user, vote in ((ALICE, "up"), (BOB, "up"), (BOB, "down"), (ALICE, "up")):
        press(bot, CHANNEL, f"{vote}:{PAPER}", user)
        row = bot.last(CHANNEL)["reply_markup"]["inline_keyboard"][0]
        seen.append([b["text"] for b in row])
    assert seen == [
        ["Deep dive", "👍 1", "👎"],
        ["Deep dive", "👍 2", "👎"],
        ["Deep dive", "👍 1", "👎 1"],
        ["Deep dive", "👍", "👎 1"],
    ]
    assert bot.last(CHANNEL)["message_id"] == number
    assert bot.last(CHANNEL)["reply_markup"]["inline_keyboard"][1] == KEYBOARD["inline_keyboard"][1]


def test_saved_papers_are_listed_to_the_person_alone(bot):
    bot.telegram.chat(ALICE)
    Papers(bot.client).put_papers([Paper(id=LONG, title="Cells and Stars", abstract="A.", authors=("Ada He",))])
    data = f"save:{short(LONG)}"
    number = bot.paper(GROUP, about=LONG, markup={"inline_keyboard": [[{"text": "Save", "callback_data": data}]]})
    assert press(bot, GROUP, data, message=number)["text"] == EN.saved.replace("`", "")
    bot.play(GROUP, "/digest saved")
    assert bot.said(GROUP)[-1] == EN.saved_privately
    assert "1. Cells and Stars" in bot.said(ALICE)[-1] and "https://doi.org/10.1016/" in bot.said(ALICE)[-1]
    bot.play(GROUP, "/digest saved", user=BOB)
    assert bot.said(GROUP)[-1] == EN.saved_write_first.replace("`", ""), "Bob never wrote to the bot"
    bot.play(GROUP, "/digest saved channel", user=BOB)
    assert "Cells and Stars" in bot.said(GROUP)[-1]
    bot.play(GROUP, "/digest cite saved", user=BOB)
    assert bot.said(GROUP)[-1] == EN.cite_write_first.replace("`", "")
    bot.play(GROUP, "/digest cite saved")
    assert bot.said(GROUP)[-1] == "On it: 1 citation. You get them privately."
    assert [(t.data["channel"], t.data["ids"]) for t in bot.tasks()] == [(f"telegram:{ALICE}", [LONG])]
    assert press(bot, GROUP, data, message=number)["text"] == EN.unsaved
    bot.play(ALICE, "/digest saved")
    assert bot.said(ALICE)[-1] == EN.saved_none


def test_the_menu_under_a_paper_opens_below_its_buttons_and_takes_back(bot):
    Papers(bot.client).put_papers([Paper(id=LONG, title="Cells", abstract="A.", authors=("Ada He", "Kuang Gong"))])
    name, home = short(LONG), f"telegram:{GROUP}"
    row = [{"text": "👍 2", "callback_data": f"up:{name}"}, {"text": "⋯", "callback_data": f"menu:{name}"}]
    number = bot.paper(GROUP, about=LONG, markup={"inline_keyboard": [row]})

    def chosen(data, user=ALICE):
        said = press(bot, GROUP, f"{data}:{name}", user, number)["text"]
        rows = bot.last(GROUP)["reply_markup"]["inline_keyboard"]
        assert [b["text"] for b in rows[0]] == ["👍 2", "⋯"], "votes stay as they were"
        return said, [b["text"] for row in rows[1:] for b in row]

    closed, menu = [], ["More like this", "Not our topic", "Follow an author"]
    assert [chosen("menu")[1], chosen("menu")[1], chosen("menu")[1]] == [menu, closed, menu]
    assert chosen("more")[0].startswith("Noted: more like “Cells”") and chosen("off", BOB)[0].startswith(
        "Noted: “Cells”"
    )
    assert chosen("off")[0].startswith("Noted"), "the other way turns it"
    assert [(s.kind, s.paper) for s in Tastes(bot.client).signs(home)] == [("off", LONG)] * 2
    assert "Undone" in chosen("off")[0]
    assert chosen("follow", BOB) == (EN.menu_whom, ["Ada He", "Kuang Gong", "Close"])
    assert chosen("author:1", BOB) == (EN.admins_only, ["Ada He", "Kuang Gong", "Close"])
    assert chosen("author:1") == (EN.say("menu_followed", name="Kuang Gong"), ["Ada He", "✓ Kuang Gong", "Close"])
    assert Channels(bot.client).get(home).changes == {"follow": ["Kuang Gong"]}
    assert chosen("author:1")[0] == EN.say("menu_unfollowed", name="Kuang Gong")
    assert chosen("menu")[1] == closed
    assert Channels(bot.client).get(home).changes == {"follow": []}


def test_the_dive_button_and_a_forged_one(bot):
    number = bot.paper(CHANNEL, markup=KEYBOARD)
    assert "is right here" in press(bot, CHANNEL, f"dive:{PAPER}", BOB)["text"], "its deep dive is there"
    bot.client.delete(f"pb:about:telegram:{CHANNEL}:{number}")
    assert press(bot, CHANNEL, f"dive:{PAPER}", BOB)["text"] == f"On it: {PAPER}."
    (task,) = bot.tasks()
    assert (task.data["channel"], task.data["reply_to"]) == (f"telegram:{CHANNEL}", str(number))
    for data in ("up:nonsense", "dive:", "set:days=never", "set:picks=99", "what", "set:time=1"):
        markup = {"inline_keyboard": [[{"text": "x", "callback_data": data}]]}
        press(bot, GROUP, data, message=bot.paper(GROUP, markup=markup))
    assert len(bot.tasks()) == 1
    assert not Channels(bot.client).known()

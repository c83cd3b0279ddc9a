"""What a listener may ask for, each call made as the listeners call it.

On a real Redis.

Longer than 300 lines because every method of Intake stands here once.
"""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from prompts import profiles
from workers.analysis.budget import Usage
from workers.channels.recipients import OF_PROFILE, targets
from workers.intake import MOST_CHARACTERS, Intake, Taken
from workers.models import Paper
from workers.queueing.dispatcher import Dispatcher
from workers.render.digest import kept
from workers.store.operations.spend import Spend
from workers.store.papers.records import Papers
from workers.store.people.threads import ThreadPlace
from workers.words import words

HERE, ROOM, ALICE, BOB = "slack:C1", "telegram:-100/7", "slack:U0ALICE", "slack:U0BOB"
PAPER, ROOT = "2601.00001", "100.1"
EN = words("en")
HOUR_S = 3600


class Clock:
    """A moment that a test can move: a Tuesday, 10:00 in Shanghai."""

    def __init__(self):
        self.now = datetime(2026, 1, 27, 2, 0, tzinfo=UTC).timestamp()

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def make(env, redis, clock):
    """Makes an Intake: `make(ADMINS_ONLY="1")`."""
    tokens = {"SLACK_BOT_TOKEN": "xoxb-test", "TELEGRAM_BOT_TOKEN": "1:test"}
    return lambda **more: Intake(redis, env(DIGEST_PROFILE="cv-daily-en", **(tokens | more)), clock)


@pytest.fixture
def intake(make):
    found = make()
    found.threads.put(HERE, ROOT, ThreadPlace(ROOT, PAPER, 1, "llm-agents-en"))
    return found


def ask(intake, event, text="why?", person=ALICE, thread=ROOT, channel=HERE):
    return intake.now(intake.ask(event, channel=channel, person=person, text=text, thread=thread, message="100.2"))


def dive(intake, event, text, person=ALICE, channel=HERE):
    return intake.now(intake.deepdive(event, channel=channel, person=person, text=text, reply_to="100.2"))


def keys(intake):
    return intake.dispatcher.ledger.open_keys()


# -- papers --------------------------------------------------------------------------------------------------------


def test_a_title_is_named_without_its_tex(intake):
    paper = Paper(id="2601.00002", title=r"Maps from $4\times$ to $16\times$", abstract="a")
    Papers(intake.dispatcher.redis).put_papers([kept(paper)])
    assert dive(intake, "slack|T|C1|1", "2601.00002").say == "On it: Maps from 4× to 16× (2601.00002)."


def test_three_papers_are_taken_and_the_rest_named(intake):
    Papers(intake.dispatcher.redis).put_papers([Paper(id="2601.00002", title="Old Maps", abstract="a")])
    text = "2601.00001v3 https://arxiv.org/abs/2601.00002, arXiv:2601.00003 2601.00004 math/0309136v1 2601.00001"
    taken = dive(intake, "slack|T|C1|1", text)
    assert [ref.canonical for ref in taken.papers] == ["2601.00001v3", "2601.00002", "2601.00003"]
    assert taken.tasks == tuple(f"dive|slack|T|C1|1|260{n}" for n in ("1.00001", "1.00002", "1.00003"))
    first, rest = taken.say.split(". At most")
    assert first == "On it: 2601.00001v3, Old Maps (2601.00002), 2601.00003"
    assert "3 papers" in rest
    assert "2601.00004, math/0309136v1" in rest
    task = intake.dispatcher.ledger.get(taken.tasks[0])
    assert (task.kind, task.state, task.attempt) == ("deepdive", "open", 0)
    wanted = {"id": PAPER, "version": 3, "profile": "cv-daily-en", "channel": HERE, "reply_to": "100.2"}
    assert task.data == wanted | {"person": "slack:U0ALICE"}


def test_an_event_that_comes_again_is_the_same_one(intake):
    before = [dive(intake, "e1", PAPER), ask(intake, "e2")]
    for _ in range(12):
        assert [dive(intake, "e1", PAPER), ask(intake, "e2")] == before
    assert sorted(keys(intake)) == ["ask|e2", f"dive|e1|{PAPER}"]


def test_the_channels_profile_and_language_hold(intake):
    intake.subscribe(channel=HERE, profile="cv-daily-zh")
    taken = dive(intake, "e1", PAPER)
    assert intake.dispatcher.ledger.get(taken.tasks[0]).data["profile"] == "cv-daily-zh"
    assert taken.say == words("zh").say("dive_taken", papers=PAPER)
    assert dive(intake, "e2", "nothing", channel="slack:C2").say == EN.no_paper


@pytest.mark.parametrize("text", ["", "no paper here", "2613.00001", "https://example.org/2601"])
def test_a_text_without_a_paper_is_one_helpful_line(intake, text):
    assert dive(intake, "e1", text) == Taken(EN.no_paper, refused=True)
    assert keys(intake) == []


def test_too_long_is_refused_kindly_and_costs_nothing(intake):
    long = "x" * (MOST_CHARACTERS - len(PAPER)) + " " + PAPER
    for n in range(20):
        for taken in (dive(intake, f"d{n}", long), ask(intake, f"a{n}", long)):
            assert taken.refused
            assert "4,000" in taken.say
    assert keys(intake) == []
    assert ask(intake, "a", "x" * MOST_CHARACTERS).tasks
    assert dive(intake, "d", PAPER.rjust(MOST_CHARACTERS)).tasks


def test_the_thread_of_who_asks_is_about_the_paper_unless_it_is_about_another(intake):
    def mention(event, text, starts):
        about = {"channel": HERE, "person": ALICE, "reply_to": starts}
        return intake.now(intake.deepdive(event, text=text, starts=starts, **about))

    intake.subscribe(channel=HERE, profile="cv-daily-zh")
    for _ in range(2):
        mention("e1", "2601.00002v3", "200.1")
        assert intake.place(HERE, "200.1") == ThreadPlace("200.1", "2601.00002", 3, "cv-daily-zh")
    mention("e2", "2601.00003", ROOT)
    assert intake.place(HERE, ROOT).paper == PAPER
    mention("e3", "2601.00004 2601.00005", "200.2")
    assert intake.place(HERE, "200.2") is None, "two papers: nobody knows which"
    dive(intake, "e4", "2601.00006", person=BOB)
    assert intake.place(HERE, "100.2") is None
    assert mention("e5", "2601.00007", "200.4").tasks
    assert mention("e6", "2601.00008", "200.3").refused
    assert intake.place(HERE, "200.3") is None, "refused: it was the sixth paper"


# -- questions -----------------------------------------------------------------------------------------------------


def test_a_question_carries_its_place(intake):
    taken = ask(intake, "slack|T0TEST|C1|100.2", "how fast?")
    assert (taken.say, taken.refused) == ("", False)
    task = intake.dispatcher.ledger.get(taken.tasks[0])
    assert task.kind == "ask"
    assert task.data["place"] == {"root": ROOT, "paper": PAPER, "version": 1, "profile": "llm-agents-en"}
    del task.data["place"]
    wanted = {"channel": HERE, "message": "100.2", "text": "how fast?", "person": ALICE, "team": "T0TEST"}
    assert task.data == wanted


def test_an_unknown_thread_is_one_helpful_line_and_costs_nothing(intake):
    for n in range(20):
        assert ask(intake, f"e{n}", thread="1.1") == Taken(EN.unknown_thread, refused=True)
    assert ask(intake, "e", channel="slack:C2").say == EN.unknown_thread, "another channel's message is not known here"
    assert keys(intake) == []
    assert ask(intake, "good").tasks


def test_a_topic_is_no_other_chat(intake):
    intake.threads.put("telegram:-100", "5", ThreadPlace("5", PAPER))
    assert ask(intake, "e1", thread="5", channel=ROOM).tasks
    assert intake.place("telegram:-100/8", "5").paper == PAPER


# -- limits --------------------------------------------------------------------------------------------------------


def test_ten_questions_an_hour_and_one_notice(intake, clock):
    for n in range(10):
        assert ask(intake, f"e{n}").tasks, n
    said = [ask(intake, f"more{n}") for n in range(5)]
    assert all(t.refused and not t.tasks for t in said)
    assert [t.say for t in said] == [EN.say("limit_ask", limit=10), "", "", "", ""]
    assert ask(intake, "e3").tasks, "one that was counted comes again"
    assert ask(intake, "bob", person=BOB).tasks
    assert dive(intake, "d", PAPER).tasks, "deep dives are counted apart"
    clock.now += HOUR_S + 1
    assert ask(intake, "later").tasks
    assert len(keys(intake)) == 13


def test_five_papers_an_hour_and_one_notice(intake):
    assert len(dive(intake, "e1", "2601.00001 2601.00002 2601.00003").tasks) == 3
    assert len(dive(intake, "e2", "2601.00004 2601.00005").tasks) == 2
    assert dive(intake, "e3", "2601.00006").say == EN.say("limit_dive", limit=5)
    assert dive(intake, "e4", "2601.00007") == Taken(refused=True)
    assert len(keys(intake)) == 5


def test_limits_are_settings(make):
    intake = make(QUESTIONS_PER_HOUR="0", DEEPDIVES_PER_HOUR="1")
    intake.threads.put(HERE, ROOT, ThreadPlace(ROOT, PAPER))
    assert ask(intake, "e1").refused
    assert dive(intake, "e2", PAPER).tasks
    assert dive(intake, "e3", PAPER).refused


def test_people_are_kept_as_hashes(intake, redis):
    ask(intake, "e1")
    ask(intake, "e2", thread="1.1")
    intake.vote(channel=HERE, paper=PAPER, person=ALICE, up=True)
    names = [k.decode() for k in redis.keys("*")]
    assert not any("U0ALICE" in name for name in names)
    assert "U0ALICE" not in str(redis.hgetall(f"pb:votes:{HERE}:{PAPER}"))


# -- who may -------------------------------------------------------------------------------------------------------


def test_admins_and_the_list(make):
    assert make().may_change(BOB, admin=False)
    intake = make(ADMINS_ONLY="1", ADMINS="U0ALICE, 4242")
    assert not intake.may_change(BOB, admin=False)
    assert intake.may_change(BOB, admin=True)
    assert intake.may_change(ALICE, admin=False)
    assert intake.may_change("telegram:4242", admin=False)
    assert not intake.may_change("telegram:42", admin=False)
    assert not intake.may_change("U0ALICE", admin=False), "a person has the platform before it"


def test_the_allow_list(make):
    assert make().may_use("T0TEST", "C1")
    intake = make(ALLOWED="T0TEST,-100")
    assert intake.may_use("T0TEST", "C1")
    assert intake.may_use("-100")
    assert not intake.may_use("T0OTHER", "C1")
    assert not intake.may_use("")
    assert not intake.may_use()


# -- a channel's settings ------------------------------------------------------------------------------------------

GOOD = {
    "interests": ["Agents", "Tools"], "language": "zh", "time": "17:30", "timezone": "Europe/Berlin",
    "days": "mon-fri", "picks": 4, "min_score": 70, "answers": "all", "title": "Agents Weekly",
    "sources": ["arxiv:cs.MA"], "persona": "an agent", "audience": "a team", "not_wanted": ["Games"],
    "follow": ["Ada Example"], "must": ["title: benchmark*"], "never": ["Toys"], "roundup": "both", "quiet": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("profile", "nobody"), ("profile", "../cv-daily-en"), ("interests", []), ("interests", [""]),
        ("language", "Klingon"), ("time", "25:00"), ("time", "soon"), ("timezone", "Mars/Olympus"),
        ("timezone", "../../etc/passwd"), ("days", "funday"), ("picks", 0), ("picks", 1000), ("picks", "many"),
        ("min_score", 101), ("min_score", -1), ("answers", "never"), ("colour", "red"), ("title", " "),
        ("not_wanted", ["x" * 121]), ("quiet", "perhaps"), ("persona", ""),
    ],
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_named_and_nothing_changes(intake, name, value):
    before = intake.current(HERE)
    taken = intake.change(HERE, {"profile": "llm-agents-en"} | GOOD | {name: value})
    assert taken.refused
    assert taken.field == name
    label = "colour" if name == "colour" else EN[f"setting_{name}"]
    assert (", ".join(value)[:50] if isinstance(value, list) else str(value)) in taken.say
    assert label in taken.say
    assert intake.current(HERE) == before
    assert intake.channels.known() == []


def test_all_of_it_holds(intake):
    assert intake.change(HERE, {"profile": "llm-agents-en"} | GOOD) == Taken(words("zh").settings_saved)
    assert intake.current(HERE) == {"profile": "llm-agents-en"} | GOOD
    goal = intake.target(HERE)
    assert (goal.profile, f"{goal.at:%H:%M}", goal.zone.key, len(goal.weekdays)) == (
        "llm-agents-en", "17:30", "Europe/Berlin", 5,
    )  # fmt: skip
    assert intake.language(HERE) == "zh"
    assert list(intake.subscriptions()) == [], "settings alone subscribe nobody"
    intake.channels.change(HERE, dict.fromkeys(GOOD))
    assert intake.current(HERE) == intake.current("slack:C2") | {
        "profile": "llm-agents-en", **{n: intake.current(HERE)[n] for n in OF_PROFILE}
    }, "None returns to the default"  # fmt: skip
    assert "Agents" not in intake.channels.get(HERE).changes


@pytest.mark.parametrize("source", ["arxiv:cs.XX", "bla", "huggingface:0", "arxiv:"])
def test_a_source_that_there_is_not_is_found_on_saving(intake, source):
    taken = intake.change(HERE, {"sources": ["arxiv:cs.CV", source], "picks": 0})
    assert [name for name, _ in taken.faults] == ["sources", "picks"], "every wrong value at once"
    assert f"“{source}” does not fit Where to look" in taken.say and intake.channels.known() == []


def test_a_zone_that_may_be_several_names_them(intake):
    taken = intake.change(HERE, {"timezone": "santi"})
    assert taken.refused and "perhaps America/Santiago" in taken.say


def test_the_profile_too_returns_to_the_default(intake):
    intake.change(HERE, {"profile": "llm-agents-en", "picks": 4, "time": "09:00"})
    assert sorted(intake.own(HERE)) == ["picks", "profile", "time"]
    assert not intake.change(HERE, {"profile": None, "picks": None}).refused
    assert intake.own(HERE) == ("time",)
    assert intake.current(HERE)["profile"] == "cv-daily-en"
    assert intake.change(HERE, {"profile": None, "time": "25:00"}).field == "time"
    assert intake.own("slack:C2") == ()


# -- subscriptions -------------------------------------------------------------------------------------------------


def addresses(intake):
    return [t.channel for t in targets(intake.settings, intake.channels)]


def test_subscribe_and_unsubscribe(make):
    intake = make(SLACK_CHANNELS="C9")
    assert addresses(intake) == ["slack:C9"]
    assert intake.subscribe(channel=HERE, profile="nobody") == Taken(
        EN.say("unknown_profile", profiles=", ".join(profiles())), refused=True
    )
    said = intake.subscribe(channel=HERE, profile="llm-agents-en").say
    assert "08:00" in said
    assert "Asia/Shanghai" in said
    assert {t.channel: t.profile for t, _ in intake.subscriptions()} == {
        "slack:C9": "cv-daily-en", HERE: "llm-agents-en",
    }  # fmt: skip
    intake.unsubscribe(channel="slack:C9")
    intake.unsubscribe(channel=HERE)
    assert addresses(intake) == []
    intake.subscribe(channel=HERE)
    assert [t.profile for t, _ in intake.subscriptions()] == ["llm-agents-en"], "the profile chosen before"


def test_a_pause_holds_until_somebody_subscribes_again(intake):
    for channel in (HERE, ROOM):
        intake.subscribe(channel=channel)
    intake.channels.pause(HERE, "channel_archive")
    assert addresses(intake) == [ROOM]
    assert [t.channel for t in targets(intake.settings, intake.channels, paused=True)] == [HERE, ROOM]
    assert "Next digest" not in intake.status(channel=HERE)
    intake.channels.resume(HERE)
    intake.channels.pause(ROOM, "kicked")
    assert addresses(intake) == [HERE]
    intake.subscribe(channel=ROOM)
    assert addresses(intake) == [HERE, ROOM]


@pytest.mark.parametrize("named", ["", "-1"])
def test_a_chat_that_moves_is_one_target_under_its_new_address(make, named):
    intake = make(TELEGRAM_CHATS=named)
    intake.change("telegram:-1", {"time": "09:15"})
    intake.subscribe(channel="telegram:-1", profile="llm-agents-en")
    intake.channels.move("telegram:-1", "telegram:-1001")
    ((goal, _),) = intake.subscriptions()
    assert (goal.channel, goal.profile, f"{goal.at:%H:%M}") == ("telegram:-1001", "llm-agents-en", "09:15")
    assert intake.channels.address("telegram:-1") == "telegram:-1001"
    intake.channels.move("telegram:-1", "telegram:-1001")
    assert addresses(intake) == ["telegram:-1001"]


def test_a_platform_without_a_token_gets_nothing(make):
    intake = make(TELEGRAM_BOT_TOKEN="")
    for channel in (HERE, ROOM):
        intake.subscribe(channel=channel)
    assert addresses(intake) == [HERE]


# -- votes ---------------------------------------------------------------------------------------------------------


def test_one_vote_a_person_and_reversible(intake):
    def vote(person, up, channel=HERE, paper=PAPER):
        return intake.vote(channel=channel, paper=paper, person=person, up=up)

    assert vote(ALICE, True) == (1, 0)
    assert vote(BOB, True) == (2, 0)
    assert vote(ALICE, False) == (1, 1), "the other thumb turns it"
    assert vote(ALICE, False) == (1, 0), "the same thumb again takes it back"
    assert vote(ALICE, True, paper="2601.00002") == (1, 0)
    assert vote(ALICE, True, channel="slack:C2") == (1, 0)
    assert vote(ALICE, True, channel=ROOM) == (1, 0)
    assert vote(BOB, True, channel="telegram:-100/8") == (2, 0), "a chat's topics count together"
    assert intake.people.votes(HERE, PAPER) == (1, 0)


# -- the digest now ------------------------------------------------------------------------------------------------


def test_digest_now_once_a_day(intake, redis, clock):
    slot = f"digest|{HERE}|2026-01-27"
    for _ in range(3):
        assert intake.digest_now(channel=HERE) == Taken(EN.working, (slot,))
    dispatcher = Dispatcher(redis, clock)
    task = dispatcher.ledger.get(slot)
    assert (task.kind, task.attempt) == ("digest-now", 1), "it is handed out at once, and once"
    assert task.data == {"channel": HERE, "profile": "cv-daily-en", "day": "2026-01-27"}
    assert dispatcher.ledger.start(slot, 1, clock.now + 60)
    assert dispatcher.ledger.end(slot, 1, clock.now)
    assert intake.digest_now(channel=HERE) == Taken(EN.already_posted, (slot,))
    assert dispatcher.ledger.get(slot).state == "done"
    clock.now += 86_400
    assert intake.digest_now(channel=HERE).say == EN.working


def test_a_slot_that_was_skipped_or_parked_is_opened_again(intake, redis, clock):
    slot = intake.target(HERE).slot(date(2026, 1, 27))
    ledger = Dispatcher(redis, clock).ledger
    ledger.skip(slot, "digest", clock.now, clock.now)
    assert intake.digest_now(channel=HERE).say == EN.working
    assert ledger.get(slot).state == "open"


def test_the_day_is_the_channels_own(intake, clock):
    intake.change(HERE, {"timezone": "America/Los_Angeles", "time": "18:00"})
    assert intake.digest_now(channel=HERE).tasks == (f"digest|{HERE}|2026-01-26",)


def test_status_says_when_and_what(intake):
    assert intake.status(channel=HERE) == f"{EN.not_subscribed}\n{EN.no_digest_yet}"
    intake.subscribe(channel=HERE)
    assert "2026-01-28 08:00 (Asia/Shanghai)" in intake.status(channel=HERE)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"time": "7h"}, "“时间”不能是“7h”：请按 08:00 的格式填写。"),
        ({"timezone": "Mars/X"}, "“时区”不能是“Mars/X”：请填写时区名，例如 Asia/Shanghai。"),
        ({"days": "foo"}, "“发送日”不能是“foo”：请按 mon-fri 或 mon,wed,fri 的格式填写。"),
        ({"picks": 99}, "“每天篇数”不能是“99”：请填写 1 到 10 的整数。"),
        ({"min_score": "x"}, "“最低分”不能是“x”：请填写 0 到 100 的整数。"),
        ({"language": "法语"}, "“语言”不能是“法语”：可选 en、ja、zh、de、es、fr、it、ko、pt、ru。"),
        ({"answers": "never"}, "“话题内回答”不能是“never”：可选 mention、all。"),
        ({"colour": "red"}, "“colour”不能是“red”：没有这项设置。"),
    ],
)
def test_a_refused_value_is_explained_in_the_channels_language(intake, change, why):
    intake.change(HERE, {"language": "zh"})
    assert intake.change(HERE, dict(change)) == Taken(why, refused=True, field=next(iter(change)))


@pytest.mark.parametrize("interests", [[], [" "], ["x" * 121], ["x"] * 31])
def test_interests_are_some_phrases(intake, interests):
    before = intake.current(HERE)
    taken = intake.change(HERE, {"interests": interests, "picks": 5})
    assert taken.refused and taken.field == "interests" and "1 to 30 phrases" in taken.say and len(taken.say) < 200
    assert intake.current(HERE) == before


def test_status_says_what_the_model_cost(make, redis, clock):
    cost = "Model today: $0.50 of $5.00 (estimate)"
    spend = Spend(redis, clock)
    spend.add(spend.day(), "claude-x", Usage(10, 5), 0.5)
    assert cost not in make().status(channel=HERE), "no model is configured"
    intake = make(ANTHROPIC_API_KEY="test-key")
    assert cost in intake.status(channel=HERE) and cost not in intake.status(channel=HERE, spend=False)


def test_taken_is_a_value():
    assert replace(Taken("x"), say="") == Taken()

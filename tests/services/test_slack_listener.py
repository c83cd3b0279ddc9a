"""The Slack listener in Socket Mode.

Driven by the real SDKs against the double and a real Redis.

Longer than 300 lines because every way in stands here once.
"""

import asyncio
import shutil
import tempfile
import threading
import time
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.slack import views
from bot.slack.app import listen
from bot.slack.intake_runner import IntakeRunner
from tests.doubles.slack import DEFAULT_SCOPES, SlackDouble
from tests.doubles.slack_state import BOT_USER, TEAM
from tests.waiting import HANG_S, until
from workers.errors import BadSetting, Retryable
from workers.intake import Intake
from workers.store.channels.settings import Channels
from workers.store.people.threads import ThreadPlace, Threads
from workers.store.people.votes import People
from workers.store.server import embedded
from workers.store.tasks.ledger import Ledger
from workers.words import words

CHANNEL, HERE = "C0DIGEST", "slack:C0DIGEST"
LINK = "https://arxiv.org/abs/2601.00007v2"
EN = words("en")


class Running:
    """The listener in a thread of its own, until the end of the `with`."""

    def __init__(self, settings):
        self.settings, self.error = settings, None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.loop, self.stopping, self.ready = None, None, threading.Event()

    def _run(self):
        async def go():
            self.loop, self.stopping = asyncio.get_running_loop(), asyncio.Event()
            self.ready.set()
            await listen(self.settings, self.stopping)

        try:
            asyncio.run(go())
        except Exception as error:
            self.error = error

    def __enter__(self):
        self.thread.start()
        self.ready.wait(HANG_S)
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.stopping.set)
        self.thread.join(HANG_S)
        assert not self.thread.is_alive(), "it did not stop"
        assert self.error is None, self.error


@pytest.fixture
def slack():
    with SlackDouble(pace=False, scopes=(*DEFAULT_SCOPES, "users:read")) as double:
        yield double


@pytest.fixture
def start(env, slack):
    """Starts the listener: `with start(ADMINS_ONLY="1"):`."""

    def begin(**more):
        tokens = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token}
        running = Running(env(SLACK_API_URL=slack.api_url, DIGEST_PROFILE="cv-daily-en", **(tokens | more))).__enter__()
        slack.wait_connected()
        opened.append(running)
        return running

    opened = []
    yield begin
    for running in opened:
        running.__exit__()


@pytest.fixture
def ledger(redis):
    return Ledger(redis)


def tasks(ledger):
    """The open tasks in the order they came; to hand one out changes the ledger's."""
    return sorted((ledger.get(key) for key in ledger.open_keys()), key=lambda task: (task.due, task.key))


def slash(slack, command, text="", **who):
    """Type a command; what the person was shown with the acknowledgement."""
    payload = slack.ack_of(slack.play_slash(command, text, **who))["payload"]
    return (payload or {}).get("text", "")


def paper(slack, redis, channel=CHANNEL, **blocks):
    """A message of ours about a paper, known as such."""
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    ts = client.chat_postMessage(channel=channel, text="1. Old Maps — 88", **blocks)["ts"]
    Threads(redis).put(
        f"slack:{channel}", ts, ThreadPlace(root=ts, paper="2601.00001", version=1, profile="cv-daily-en")
    )
    return ts


# -- commands ------------------------------------------------------------------------------------------------------


def test_deepdive_is_acknowledged_and_becomes_a_task(slack, start, ledger):
    start()
    assert slash(slack, "/deepdive", f"<{LINK}> and 2601.00008") == "On it: 2601.00007v2, 2601.00008."
    assert slack.ephemerals[0]["user"] == "U0ALICE"
    found = tasks(ledger)
    assert [(t.kind, t.data["id"], t.data["version"]) for t in found] == [
        ("deepdive", "2601.00007", 2),
        ("deepdive", "2601.00008", None),
    ]
    assert found[0].data["channel"] == HERE
    assert found[0].data["reply_to"] == ""
    assert slash(slack, "/deepdive", "nothing") == EN.no_paper
    assert "4,000" in slash(slack, "/deepdive", "x" * 4001)
    assert len(tasks(ledger)) == 2
    assert "Attention Is All You Need" in slash(slack, "/deepdive", "Attention Is All You Need")
    assert tasks(ledger)[-1].data["title"] == "Attention Is All You Need"


def test_what_is_said_cannot_ping(slack, start):
    start()
    said = slash(slack, "/digest", "<!channel> & more")
    assert "<" not in said
    assert "&lt;!channel&gt;" in said


@pytest.mark.parametrize("text", ["help", "", "HELP"])
def test_help_names_everything(slack, start, text):
    start()
    said = slash(slack, "/digest", text)
    for verb in ("now", "subscribe", "unsubscribe", "settings", "status", "help"):
        assert f"/digest {verb}" in said
    assert "/deepdive" in said


def test_digest_verbs(slack, start, ledger, redis):
    start()
    assert "cv-daily-zh" in slash(slack, "/digest", "subscribe nobody")
    assert "08:00" in slash(slack, "/digest", "subscribe llm-agents-en")
    assert Channels(redis).get(HERE).profile == "llm-agents-en"
    said = slash(slack, "/digest", "status")
    assert "Asia/Shanghai" in said
    assert EN.no_digest_yet in said
    assert slash(slack, "/digest", "now") == EN.working
    assert [t.kind for t in tasks(ledger)] == ["digest-now"]
    assert slash(slack, "/digest", "unsubscribe").startswith("Unsubscribed")
    assert Channels(redis).get(HERE).subscribed is False
    assert "sing" in slash(slack, "/digest", "sing")
    assert slash(slack, "/nothing") == ""


def test_the_answer_is_in_the_channels_language(slack, start, redis):
    start()
    Channels(redis).change(HERE, {"language": "zh"})
    assert slash(slack, "/deepdive", "none") == words("zh").no_paper


# -- mentions, threads, direct messages ----------------------------------------------------------------------------


def test_a_mention_with_a_link_is_answered_below_it_once(slack, start, ledger):
    start()
    envelope = slack.play_mention(f"have a look <{LINK}|arxiv.org/abs/2601.00007v2>", twice=True)
    event = slack.payload_of(envelope)["event"]
    until(lambda: len(slack.acks) == 2)
    assert [(t.key, t.data["reply_to"]) for t in tasks(ledger)] == [
        (f"dive|slack|{TEAM}|{CHANNEL}|{event['ts']}|2601.00007", event["ts"])
    ]
    until(lambda: slack.ephemerals)
    for attempt in (0, 1, 2):
        slack.ack_of(slack._deliver("events_api", slack.payload_of(envelope), False, attempt, "timeout"))
    assert len(tasks(ledger)) == 1
    assert [e["text"] for e in slack.ephemerals] == ["On it: 2601.00007v2."]
    assert slack.ephemerals[0]["thread_ts"] is None


def test_a_first_sight_with_a_retry_number_is_handled(slack, start, ledger):
    start()
    message = slack.say(f"<@{BOT_USER}> {LINK}", CHANNEL)
    payload = {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": "Ev9",
        "event": {"type": "app_mention", "user": "U0BOB", **{n: message[n] for n in ("text", "ts", "channel")}},
    }
    slack.ack_of(slack._deliver("events_api", payload, False, 2, "http_timeout"))
    assert len(tasks(ledger)) == 1


def test_questions_in_a_papers_thread(slack, start, ledger, redis):
    start()
    root, other = paper(slack, redis), slack.say("something else", CHANNEL)["ts"]
    envelope = slack.play_mention("is x &lt; y in <https://a.org/t|table 2>?", thread_ts=root, twice=True)
    until(lambda: len(slack.acks) == 2)
    found = tasks(ledger)
    assert [(t.kind, t.data["text"]) for t in found] == [("ask", "is x < y in table 2 (https://a.org/t)?")]
    assert found[0].data["place"]["paper"] == "2601.00001"
    assert found[0].data["message"] == slack.payload_of(envelope)["event"]["ts"]
    slack.ack_of(slack.play_mention("and here?", thread_ts=other))
    until(lambda: slack.ephemerals)
    assert slack.ephemerals[0]["text"] == EN.unknown_thread
    assert slack.ephemerals[0]["thread_ts"] == other
    slack.ack_of(slack.play_mention(f"how does it compare with {LINK}?", thread_ts=root))
    slack.ack_of(slack.play_mention(LINK, thread_ts=root))
    assert [t.kind for t in tasks(ledger)] == ["ask", "ask", "deepdive"]
    slack.ack_of(slack.play_mention("help"))
    until(lambda: any("/digest now" in e["text"] for e in slack.ephemerals))


def test_plain_replies_only_where_the_channel_wants_it(slack, start, ledger, redis):
    start()
    root = paper(slack, redis)
    slack.ack_of(slack.play_message("why?", CHANNEL, thread_ts=root))
    slack.ack_of(slack.play_message(f"just talking {LINK}", CHANNEL))
    assert tasks(ledger) == []
    Channels(redis).change(HERE, {"answers": "all"})
    slack.ack_of(slack.play_message("why?", CHANNEL, thread_ts=root))
    slack.ack_of(slack.play_message("👍", CHANNEL, thread_ts=root))
    slack.ack_of(slack.play_message("why?", CHANNEL, thread_ts=slack.say("x", CHANNEL)["ts"]))
    assert [t.kind for t in tasks(ledger)] == ["ask"]
    assert slack.ephemerals == []


def test_direct_messages(slack, start, ledger, redis):
    start()
    room = slack.direct("U0BOB")
    slack.ack_of(slack.play_message("hi", user="U0BOB"))
    until(lambda: len(slack.messages(room)) == 2)
    assert slack.messages(room)[1]["text"] == EN.hello
    ts = slack.payload_of(slack.play_message(LINK, user="U0BOB"))["event"]["ts"]
    until(lambda: len(slack.messages(room)) == 4)
    assert slack.messages(room)[3]["thread_ts"] == ts
    root = paper(slack, redis, room)
    slack.ack_of(slack.play_message("what for?", user="U0BOB", thread_ts=root))
    found = tasks(ledger)
    assert [(t.kind, t.data["channel"]) for t in found] == [("deepdive", f"slack:{room}"), ("ask", f"slack:{room}")]
    assert found[0].data["reply_to"] == ts


def test_a_mention_with_a_title_is_looked_up_once(slack, start, ledger):
    start()
    event = slack.payload_of(slack.play_mention("what does “Attention Is All You Need” say of heads?", twice=True))
    until(lambda: len(slack.acks) == 2)
    until(lambda: slack.ephemerals)
    (task,) = tasks(ledger)
    assert task.data["title"] == "Attention Is All You Need" and task.data["reply_to"] == event["event"]["ts"]
    assert [e["text"] for e in slack.ephemerals] == [EN.say("title_looking", title="Attention Is All You Need")]


def test_the_thread_of_a_mention_is_about_its_paper(slack, start, ledger):
    start()
    ts = slack.payload_of(slack.play_mention(LINK))["event"]["ts"]
    until(lambda: tasks(ledger))
    slack.ack_of(slack.play_mention("which loss?", thread_ts=ts))
    place = next(t.data["place"] for t in tasks(ledger) if t.kind == "ask")
    assert (place["root"], place["paper"], place["version"]) == (ts, "2601.00007", 2)
    lunch = slack.say("lunch?", CHANNEL)["ts"]
    slack.ack_of(slack.play_mention("2601.00008", thread_ts=lunch))
    slack.ack_of(slack.play_mention("which loss?", thread_ts=lunch))
    assert [t.kind for t in tasks(ledger)].count("ask") == 1, "a thread about something else stays that"


@pytest.mark.parametrize("kind", ["mpim", "group", "channel"])
def test_a_file_and_words_in_any_kind_of_room(slack, start, ledger, redis, kind):
    start()
    root = paper(slack, redis)
    said = slack.say(f"<@{BOT_USER}> what is this figure?", CHANNEL, thread_ts=root)
    event = {n: said[n] for n in ("user", "text", "ts", "channel", "thread_ts")}
    event |= {"type": "message", "subtype": "file_share", "channel_type": kind, "files": [{"id": "F1"}]}
    slack.ack_of(slack.play_event(event))
    assert [(t.kind, t.data["text"]) for t in tasks(ledger)] == [("ask", "what is this figure?")]


def test_order_within_a_thread_is_kept(slack, start, redis, ledger):
    start()
    root = paper(slack, redis)
    redis.client_pause(5000, all=False)  # the first waits for Redis when the others come
    sent = [slack.play_mention(f"question {n}", thread_ts=root) for n in range(4)]
    redis.client_unpause()
    for envelope in sent:
        slack.ack_of(envelope)
    assert [task.data["text"] for task in tasks(ledger)] == [f"question {n}" for n in range(4)]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "team_join", "user": {"id": "U9"}},
        {"type": "channel_rename", "channel": {"id": "C1", "name": "x"}},
        {"type": "message", "subtype": "message_changed", "channel": CHANNEL, "message": {"text": LINK}},
        {
            "type": "message",
            "bot_id": "B9",
            "user": "U9",
            "channel": "D1",
            "channel_type": "im",
            "text": LINK,
            "ts": "1.1",
        },
        {"type": "message", "user": BOT_USER, "channel": "D1", "channel_type": "im", "text": LINK, "ts": "1.1"},
        {"type": "message", "channel": "D1", "channel_type": "im", "text": LINK, "ts": "1.1"},
        {"type": "app_mention", "user": "U9", "channel": CHANNEL, "ts": "1.1"},
        {"type": "app_home_opened", "user": "U0ALICE", "tab": "messages"},
    ],
)
def test_what_is_not_for_us_is_acknowledged(slack, start, ledger, event):
    start()
    slack.ack_of(slack.play_event(event))
    assert tasks(ledger) == []
    assert slack.redeliver() == []


# -- when things fail ----------------------------------------------------------------------------------------------


def test_redis_away_is_said_and_nothing_is_lost(slack, start):
    folder = Path(tempfile.mkdtemp(prefix="pb-"))
    try:
        url = embedded.start(folder)
        start(REDIS_URL=url)
        assert slash(slack, "/digest", "status")
        embedded.stop(folder)
        for command, text in (("/deepdive", LINK), ("/digest", "now"), ("/digest", "settings")):
            assert slash(slack, command, text) == EN.away
        lost = slack.play_mention(LINK, twice=True)
        until(lambda: slack.ephemerals[3:])
        assert slack.ephemerals[-1]["text"] == EN.away
        assert lost not in slack.acks
        embedded.start(folder)
        again = slack.redeliver()
        assert len(again) == 2
        for envelope in again:
            slack.ack_of(envelope)
        from workers.store.server.connection import connect

        client = connect(url, retries=0)
        assert [t.kind for t in tasks(Ledger(client))] == ["deepdive"]
        client.close()
        assert [e["text"] for e in slack.ephemerals].count(EN.away) == 4
    finally:
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def test_a_hanging_redis_is_said(slack, start, redis):
    start()
    redis.client_pause(600_000, all=False)
    try:
        assert slash(slack, "/deepdive", LINK) == EN.away
    finally:
        redis.client_unpause()


def test_a_bug_is_never_silence(slack, start, redis, caplog):
    """What the store holds makes no sense: something that nobody thought of breaks."""
    start()
    post = paper(slack, redis, blocks=buttons())
    redis.hset(f"pb:channel:{HERE}", "changes", "private words")
    redis.hset(f"pb:votes:{HERE}:2601.00001", "somebody", b"\xff private words")
    assert slash(slack, "/deepdive", LINK) == EN.failed
    assert slash(slack, "/digest", "status") == EN.failed
    assert slash(slack, "/digest", "settings") == EN.failed
    assert slash(slack, "/digest", "help") == EN.failed
    mention = slack.play_mention(LINK)
    until(lambda: [e for e in slack.ephemerals if e["via"] == "chat.postEphemeral"])
    assert mention not in slack.acks
    assert slack.ephemerals[-1]["text"] == EN.failed
    slack.ack_of(slack.play_action("vote_up", CHANNEL, post))
    until(lambda: slack.ephemerals[-1]["via"] == "response_url")
    assert slack.ephemerals[-1]["text"] == EN.failed
    action = {"type": "button", "action_id": "dive", "block_id": "b", "value": "2601.00001"}
    odd = slack._interaction("block_actions", "U0ALICE", actions=[action], channel={"id": CHANNEL})
    slack.ack_of(slack._deliver("interactive", odd, True))
    odd = {"command": "/deepdive", "text": LINK, "team_id": TEAM, "channel_id": CHANNEL, "user_id": "U0ALICE"}
    assert slack.ack_of(slack._deliver("slash_commands", odd, True))["payload"]["text"] == EN.failed
    assert "private words" not in caplog.text
    errors = {getattr(r, "error", "") for r in caplog.records}
    assert {"JSONDecodeError", "UnicodeDecodeError", "KeyError"} <= errors


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
def test_a_refused_token_is_named(env, slack, name):
    good = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token}
    settings = env(SLACK_API_URL=slack.api_url, **(good | {name: "xoxb-wrong"}))
    with pytest.raises(BadSetting, match=name) as caught:
        asyncio.run(listen(settings, asyncio.Event()))
    assert "wrong" not in str(caught.value)
    slack.fault("/api/auth.test", drop="before", times=9)
    with pytest.raises(Retryable):
        asyncio.run(listen(settings, asyncio.Event()))


# -- who may -------------------------------------------------------------------------------------------------------


def test_strangers_are_refused_and_change_nothing(slack, start, redis):
    start(ALLOWED="T0OTHER")
    before = kept(redis)
    assert slash(slack, "/deepdive", LINK) == EN.not_allowed
    assert slash(slack, "/digest", "subscribe") == EN.not_allowed
    assert slash(slack, "/digest", "settings") == EN.not_allowed
    for _ in range(3):
        slack.ack_of(slack.play_mention(LINK))
        slack.ack_of(slack.play_message("talk", CHANNEL))
    slack.ack_of(slack.play_event({"type": "app_home_opened", "user": "U0ALICE", "tab": "home"}))
    until(lambda: slack.views)
    assert [e["text"] for e in slack.ephemerals if e["via"] != "ack"] == [EN.not_allowed]
    assert kept(redis) == before


def kept(redis):
    """Keys of what is remembered; the listener's own sign of life is none of it."""
    return sorted(key for key in redis.scan_iter() if not key.startswith(b"pb:beat:"))


@pytest.mark.parametrize("allowed", [TEAM, CHANNEL])
def test_the_allow_list_takes_teams_and_channels(slack, start, allowed):
    start(ALLOWED=f"T0OTHER,{allowed}")
    assert slash(slack, "/deepdive", LINK).startswith("On it")


def test_admins_only(slack, start, redis):
    start(ADMINS_ONLY="1", ADMINS="U0BOB")
    for verb in ("subscribe", "unsubscribe", "settings"):
        assert slash(slack, "/digest", verb) == EN.admins_only
    assert not Channels(redis).known()
    assert len(slack.calls("/api/users.info")) == 1, "the answer is believed for a while"
    assert slash(slack, "/digest", "subscribe", user="U0BOB").startswith("Subscribed")
    assert slash(slack, "/digest", "subscribe", channel=slack.direct()).startswith("Subscribed")
    assert slash(slack, "/digest", "status")
    assert slash(slack, "/deepdive", LINK).startswith("On it")


@pytest.mark.parametrize("about", [{"is_admin": True}, {"is_owner": True}])
def test_an_admin_of_the_workspace_may(slack, start, about):
    start(ADMINS_ONLY="1")
    slack.fault("/api/users.info", status=200, body={"ok": True, "user": {"id": "U0ALICE", **about}})
    assert slash(slack, "/digest", "subscribe").startswith("Subscribed")


def test_without_the_scope_nobody_is_an_admin(slack, start):
    slack.scopes = DEFAULT_SCOPES
    start(ADMINS_ONLY="1")
    assert slash(slack, "/digest", "subscribe") == EN.admins_only


# -- buttons, shortcut, votes --------------------------------------------------------------------------------------


def buttons():
    def button(action, text):
        label = {"type": "plain_text", "text": text, "emoji": True}
        return {"type": "button", "action_id": action, "value": "2601.00001", "text": label}

    row = [button("vote_up", "👍"), button("vote_down", "👎"), button("dive", "Deep dive")]
    head = {"type": "section", "text": {"type": "mrkdwn", "text": "*Old Maps*"}}
    return [head, {"type": "actions", "block_id": "paper:2601.00001", "elements": row}]


def test_the_button_under_a_paper_whose_deep_dive_is_there_brings_more_of_it_once(slack, start, ledger, redis):
    start(ANTHROPIC_API_KEY="sk-test")
    ts = paper(slack, redis, blocks=buttons())
    for _ in range(2):
        slack.ack_of(slack.play_action("dive", CHANNEL, ts))
    until(lambda: len(slack.ephemerals) == 2)
    assert [e["text"] for e in slack.ephemerals] == [EN.dive_deepening, EN.dive_deepened]
    (task,) = tasks(ledger)
    assert (task.kind, task.data["text"], task.data["place"]["root"]) == ("ask", EN.dive_deepen, ts)


def test_without_a_model_the_button_leads_to_the_thread_that_is_there(slack, start, ledger, redis):
    start()
    slack.ack_of(slack.play_action("dive", CHANNEL, paper(slack, redis, blocks=buttons())))
    until(lambda: slack.ephemerals)
    assert slack.ephemerals[0]["text"] == EN.dive_is_there
    assert tasks(ledger) == []


def test_the_button_under_a_paper_that_is_no_longer_known(slack, start, ledger, redis):
    start()
    ts = paper(slack, redis, blocks=buttons())
    redis.delete(f"pb:about:{HERE}:{ts}")
    for _ in range(2):
        slack.ack_of(slack.play_action("dive", CHANNEL, ts))
    until(lambda: len(slack.ephemerals) == 2)
    assert slack.ephemerals[0]["text"] == "On it: 2601.00001."
    assert [(t.data["id"], t.data["reply_to"]) for t in tasks(ledger)] == [("2601.00001", ts)]
    assert not slack.messages(CHANNEL)[0]["edited"]


def test_votes_are_shown_on_the_buttons(slack, start, redis):
    start()
    ts = paper(slack, redis, blocks=buttons())

    def shown():
        head, row = slack.messages(CHANNEL)[0]["blocks"]
        assert head == buttons()[0]
        assert row["block_id"] == "paper:2601.00001"
        return [e["text"]["text"] for e in row["elements"]]

    def press(action, user):
        slack.ack_of(slack.play_action(action, CHANNEL, ts, user=user))

    press("vote_up", "U0ALICE")
    press("vote_up", "U0BOB")
    until(lambda: shown() == ["👍 2", "👎", "Deep dive"])
    press("vote_down", "U0BOB")
    until(lambda: shown() == ["👍 1", "👎 1", "Deep dive"])
    press("vote_down", "U0BOB")
    until(lambda: shown() == ["👍 1", "👎", "Deep dive"])
    assert slack.messages(CHANNEL)[0]["text"] == "1. Old Maps — 88"
    assert People(redis).votes(HERE, "2601.00001") == (1, 0)


def test_the_shortcut_on_any_message(slack, start, ledger):
    start()
    ts = slack.say(f"worth reading: <{LINK}>", CHANNEL)["ts"]
    slack.ack_of(slack.play_shortcut("deepdive_message", CHANNEL, ts))
    until(lambda: slack.ephemerals)
    assert slack.ephemerals[0]["text"] == "On it: 2601.00007v2."
    assert tasks(ledger)[0].data["reply_to"] == ts
    slack.ack_of(slack.play_shortcut("deepdive_message", CHANNEL, slack.say("nothing", CHANNEL)["ts"]))
    until(lambda: slack.ephemerals[1:])
    assert slack.ephemerals[1]["text"] == EN.no_paper
    slack.ack_of(slack.play_shortcut("of_an_old_version"))


# -- settings and Home ---------------------------------------------------------------------------------------------


def form(slack, **who):
    """Open the settings form; its view id."""
    assert slash(slack, "/digest", "settings", **who) == ""
    until(lambda: slack.views)
    return next(iter(slack.views))


def filled(view, **other):
    """`state.values` of the form as it was shown, with some fields changed."""
    values = {}
    for block in view["blocks"]:
        name, element = block["block_id"], block["element"]
        new = other.get(name)
        kind = element["type"]
        if kind == "multi_static_select":
            options = element.get("options") or [o for group in element["option_groups"] for o in group["options"]]
            chosen = (
                [option for option in options if option["value"] in new] if new else element.get("initial_options", [])
            )
            values[name] = {name: {"type": kind, "selected_options": chosen}}
        elif kind == "static_select":
            option = {"value": new} if new else element["initial_option"]
            values[name] = {name: {"type": kind, "selected_option": option}}
        elif kind == "timepicker":
            values[name] = {name: {"type": kind, "selected_time": new or element["initial_time"]}}
        else:
            values[name] = {name: {"type": kind, "value": new or element.get("initial_value")}}
    return values


def test_settings_show_what_holds_and_change_what_was_changed(slack, start, redis):
    start()
    view_id = form(slack)
    view = slack.views[view_id]
    hints = {b["block_id"]: b["hint"]["text"] for b in view["blocks"] if "hint" in b}
    assert hints["days"] == "Write days as mon-fri or mon,wed,fri." and hints["picks"].startswith("Give a whole number")
    shown = {b["block_id"]: views.initial(b["element"]) for b in view["blocks"]}
    assert tuple(shown) == views.FIELDS
    assert shown["profile"] == "cv-daily-en"
    assert shown["time"] == "08:00"
    assert shown["answers"] == "mention"
    assert "\n" in shown["interests"] and shown["sources"] == "huggingface:15\narxiv:cs.CV"
    typed = {"interests": "maps, old\n\n atlases ; globes", "not_wanted": "surveys", "title": "Maps", "quiet": "yes"}
    chosen = {"sources": ("arxiv:q-bio.BM", "arxiv:cs.CV"), "timezone": "America/New_York"}
    values = filled(view, time="09:30", picks="5", answers="all", **typed, **chosen)
    assert slack.ack_of(slack.play_view_submission(view_id, values))["payload"] is None
    expected = {
        "time": "09:30", "picks": 5, "interests": ["maps", "old", "atlases", "globes"], "answers": "all",
        "not_wanted": ["surveys"], "title": "Maps", "quiet": True, "timezone": "America/New_York",
        "sources": ["arxiv:cs.CV", "arxiv:q-bio.BM"],
    }  # fmt: skip
    assert Channels(redis).get(HERE).changes == expected
    until(lambda: slack.ephemerals)
    assert slack.ephemerals[0]["text"] == EN.settings_saved


def test_settings_return_to_their_defaults(slack, start, redis):
    start()
    Channels(redis).change(HERE, {"time": "09:30", "picks": 4, "days": "mon"})
    Channels(redis).choose(HERE, "llm-agents-en")
    view_id = form(slack)
    view = slack.views[view_id]
    labels = {o["value"]: o["text"]["text"] for o in view["blocks"][-1]["element"]["options"]}
    assert labels == {name: EN[f"setting_{name}"] for name in ("profile", "time", "days", "picks")}
    values = filled(view, defaults=("time", "profile"), picks="5", days="tue")
    assert slack.ack_of(slack.play_view_submission(view_id, values))["payload"] is None
    assert Channels(redis).get(HERE).changes == {"picks": 5, "days": "tue"}
    assert Channels(redis).get(HERE).profile is None


def test_an_unchanged_form_changes_nothing(slack, start, redis):
    start()
    view_id = form(slack)
    slack.ack_of(slack.play_view_submission(view_id, filled(slack.views[view_id])))
    assert Channels(redis).known() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timezone", "Mars/Olympus"),
        ("days", "someday"),
        ("picks", "11"),
        ("picks", "many"),
        ("min_score", "101"),
        ("interests", "\n \n"),
        ("language", "Klingon"),
        ("profile", "nobody"),
    ],
)
def test_a_bad_value_is_named_under_its_field_and_nothing_is_changed(slack, start, redis, field, value):
    start()
    view_id = form(slack)
    values = filled(slack.views[view_id], time="09:30", **{field: value})
    payload = slack.ack_of(slack.play_view_submission(view_id, values))["payload"]
    assert payload["response_action"] == "errors"
    assert list(payload["errors"]) == [field]
    assert Channels(redis).get(HERE).changes == {}
    assert Channels(redis).get(HERE).profile is None


def test_every_wrong_field_is_marked_at_once(slack, start, redis):
    start()
    view_id = form(slack)
    values = filled(slack.views[view_id], days="someday", picks="11", persona="x" * 200, time="09:30")
    payload = slack.ack_of(slack.play_view_submission(view_id, values))["payload"]
    assert set(payload["errors"]) == {"days", "picks", "persona"}
    assert Channels(redis).known() == []


def test_the_form_is_refused_to_who_may_not(slack, start, redis):
    start(ADMINS_ONLY="1", ADMINS="U0BOB")
    view_id = form(slack, user="U0BOB")
    values = filled(slack.views[view_id], time="09:30")
    payload = slack.ack_of(slack.play_view_submission(view_id, values, user="U0ALICE"))["payload"]
    assert list(payload["errors"].values()) == [EN.admins_only]
    assert Channels(redis).get(HERE).changes == {}


def test_the_home_tab(slack, start, redis):
    start()
    slack.ack_of(slack.play_event({"type": "app_home_opened", "user": "U0BOB", "tab": "home"}))
    until(lambda: slack.views)
    assert EN.home_none in str(slack.views["VHOMEU0BOB"])
    Channels(redis).subscribe(HERE, "llm-agents-en")
    slack.ack_of(slack.play_event({"type": "app_home_opened", "user": "U0BOB", "tab": "home"}))
    until(lambda: f"<#{CHANNEL}>" in str(slack.views["VHOMEU0BOB"]))
    shown = str(slack.views["VHOMEU0BOB"])
    assert "Next digest" in shown
    assert EN.no_digest_yet in shown
    assert "/digest settings" in shown


def test_the_home_tab_shows_a_person_their_own_and_their_public_channels_in_their_language(slack, start, redis):
    start()
    slack.locales["U0BOB"] = "zh-CN"
    slack.add_channel("C0OPEN", "open", people={"U0BOB"})
    slack.add_channel("C0OTHER", "other", people={"U0ALICE"})
    slack.add_channel("G0SECRET", "secret", is_private=True, people={"U0ALICE"})
    slack.add_channel("G0MINE", "mine", is_private=True, people={"U0BOB"})
    for room, by in (("C0OPEN", ""), ("C0OTHER", ""), ("G0SECRET", "slack:U0ALICE"), ("G0MINE", "slack:U0BOB")):
        Channels(redis).subscribe(f"slack:{room}", by=by)
    Channels(redis).change("slack:G0SECRET", {"title": "Secret plans"})
    slack.ack_of(slack.play_event({"type": "app_home_opened", "user": "U0BOB", "tab": "home"}))
    until(lambda: slack.views)
    shown = str(slack.views["VHOMEU0BOB"])
    assert "<#C0OPEN>" in shown and "<#G0MINE>" in shown
    assert "C0OTHER" not in shown and "SECRET" not in shown and "Secret plans" not in shown
    assert words("zh").no_digest_yet in shown and EN.no_digest_yet not in shown


# -- life cycle ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("away", "back"),
    [
        ({"type": "channel_archive"}, {"type": "channel_unarchive"}),
        ({"type": "group_left"}, {"type": "member_joined_channel", "user": BOT_USER}),
        ({"type": "member_left_channel", "user": BOT_USER}, {"type": "member_joined_channel", "user": BOT_USER}),
    ],
)
def test_a_channel_that_goes_is_paused_until_it_comes_back(slack, start, redis, away, back):
    start()
    channels = Channels(redis)
    slack.ack_of(slack.play_event({**away, "channel": CHANNEL}))
    assert channels.known() == [], "one that never subscribed is left alone"
    channels.subscribe(HERE)
    slack.ack_of(slack.play_event({"type": "member_left_channel", "user": "U0BOB", "channel": CHANNEL}))
    assert not channels.get(HERE).paused
    slack.ack_of(slack.play_event({**away, "channel": CHANNEL}))
    assert channels.get(HERE).paused == away["type"]
    slack.ack_of(slack.play_event({**back, "channel": CHANNEL}))
    assert not channels.get(HERE).paused


# -- small things --------------------------------------------------------------------------------------------------


def test_turns_leave_nothing_behind(env, redis):
    runner = IntakeRunner(Intake(redis, env(), time.time), None, BOT_USER)

    async def go():
        order = []

        async def one(n):
            async with runner.turn("t"):
                await asyncio.sleep(0)
                order.append(n)

        await asyncio.gather(*map(one, range(5)))
        await runner.close()
        return order

    assert asyncio.run(go()) == list(range(5))
    assert runner._turns == {}

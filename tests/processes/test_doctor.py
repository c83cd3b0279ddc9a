"""`doctor`: each thing that can be wrong is found.

Told in a sentence that says what to do, and shows no secret.
"""

import io
import json
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from prompts import load_profile
from tests.doubles.biorxiv import Biorxiv
from tests.doubles.journals import Feed, Item, Journals
from tests.doubles.pubmed import Pubmed
from tests.doubles.slack import DEFAULT_SCOPES
from tests.doubles.telegram import FORUM, PRIVATE, TOPIC
from tests.waiting import listens, until
from tests.world import CHANNEL, CHAT, World
from workers.analysis.model.client import MAX_REPLY_BYTES
from workers.analysis.model.probe import CONTEXT_TOKENS
from workers.channels.recipients import targets
from workers.errors import BadSetting
from workers.operations.doctor import run, show
from workers.operations.doctor.clock import Clock
from workers.operations.doctor.findings import ConfiguredPart, Finding, examine
from workers.operations.doctor.machine import machine, schedule
from workers.operations.doctor.model import model
from workers.operations.doctor.redis import redis as look_at_redis
from workers.operations.doctor.slack import slack
from workers.operations.doctor.sources import sources
from workers.operations.doctor.telegram import telegram
from workers.platforms import SLACK_SCOPES
from workers.store.channels.settings import Channels
from workers.store.operations.heartbeats import Heartbeats
from workers.store.operations.spend import Spend
from workers.store.server import embedded
from workers.store.server.connection import connect


@pytest.fixture
def world(tmp_path, redis_url):
    with World(tmp_path, redis_url, key=True) as found:
        found.slack.scopes = tuple(SLACK_SCOPES)
        yield found


@pytest.fixture
def look(world, env, redis):
    """Runs one part against the doubles: name -> finding.

    `look("slack", SLACK_APP_TOKEN="")`.
    """

    given = set()

    def one(part, **more):
        settings = env(**{**dict.fromkeys(given, ""), **world.env, **more})
        given.update(more)
        goals = [(g, Channels(redis).get(g.channel).paused) for g in targets(settings, Channels(redis), paused=True)]
        mine = [(g, p) for g, p in goals if g.channel.startswith(part)]
        looks = {
            "slack": lambda: slack(settings, mine, Clock()),
            "telegram": lambda: telegram(settings, mine, bool(Heartbeats(redis).get("telegram"))),
            "model": lambda: model(settings, redis),
            "machine": lambda: machine(settings, running=False),
        }
        return {f.name: f for f in looks[part]()}

    return one


def states(found):
    return {f.name: f.state for f in found.values()}


# -- the whole -------------------------------------------------------------------------------------------------------


def test_all_is_well_and_the_exit_status_is_zero(world):
    world.hurried = False
    world.env |= {"SLACK_APP_TOKEN": world.slack.app_token, "HTTP_PORT": "0", "CONTACT": "me@example.org"}
    found = json.loads(world.command("doctor", "--json").stdout)
    assert found["ok"] is True
    rows = {(r["part"], r["name"]): r["state"] for r in found["findings"]}
    assert set(rows.values()) == {"ok", "off"}
    assert rows["Slack", f"channel {CHANNEL}"] == rows["Telegram", f"chat {CHAT}"] == rows["Model", "context"] == "ok"
    assert rows["Machine", "clock"] == "ok"
    assert rows["Schedule", f"slack:{CHANNEL}"] == "ok"
    assert found["cannot_check"]
    gaps = [b.at - a.at for a, b in zip(world.arxiv.ledger, world.arxiv.ledger[1:], strict=False)]
    assert len(gaps) == 1
    assert min(gaps) >= 3.0, "arXiv's pace holds for doctor, too"
    assert not world.slack.messages(CHANNEL), "nothing is posted"
    assert not world.telegram.messages(CHAT, mine=True)


def test_a_failure_is_exit_one_with_one_line_and_what_to_do(world):
    secrets = {"SLACK_BOT_TOKEN": "xoxb-wrong-very-secret", "ANTHROPIC_API_KEY": "sk-ant-wrong-very-secret"}
    secrets |= {"TELEGRAM_BOT_TOKEN": "123456:wrong-very-secret-and-long", "SLACK_APP_TOKEN": "xapp-wrong-very-secret"}
    world.env |= secrets | {"HTTP_PORT": "0", "LOG_LEVEL": "DEBUG"}
    done = world.command("doctor", check=False)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("paperboy: ")
    assert all(name in last for name in ("Slack (bot token)", "Telegram (token)", "Model (claude-haiku-5-5)"))
    assert "SLACK_BOT_TOKEN is refused (invalid_auth)" in done.stdout
    assert "→" in done.stdout
    for secret in secrets.values():
        assert secret not in done.stdout + done.stderr
    assert "Sources" in done.stdout, "the other parts are looked at all the same"


@pytest.mark.parametrize("status", [200, 502])
@pytest.mark.parametrize("body", ["<html>somebody's words</html>", '{"ok": false, "error": {"a": "somebody\'s words"}}',
                                  "[1, 2]", '{"ok": true, "result": 5, "channel": 5}', "[" * 50_000])  # fmt: skip
def test_an_address_that_is_not_the_service_is_told_as_that_and_never_quoted(world, look, caplog, body, status):
    for double in (world.slack, world.telegram):
        double.fault("*", times=99, status=status, body=body, headers={"Content-Type": "application/json"})
    for part, setting in (("slack", "SLACK_API_URL"), ("telegram", "TELEGRAM_API_URL")):
        found = [f for f in look(part, SLACK_APP_TOKEN="xapp-1").values() if f.state == "fail"]
        assert found
        for finding in found:
            assert "could not be looked at" not in finding.said
            assert "refused" not in finding.said, "the token was never seen by Slack or Telegram"
            assert setting in finding.todo
            assert "somebody" not in finding.said + finding.todo


def test_nothing_configured_is_no_failure(tmp_path):
    with World(tmp_path, "", chats=False, HTTP_PORT="0") as bare:
        bare.env.pop("REDIS_URL")
        bare.env["DATA_DIR"] = str(tmp_path / "d")
        found = json.loads(bare.command("doctor", "--json").stdout)
        rows = {(r["part"], r["name"]): r["state"] for r in found["findings"]}
        for part in (("Slack", "bot token"), ("Telegram", "token"), ("Model", "key"), ("Schedule", "next digest")):
            assert rows[part] == "off"
        assert rows["Redis", "durability"] == rows["Redis", "eviction"] == "ok"
        assert not embedded.running(tmp_path / "d"), "the server that doctor started has ended"


def test_every_bad_setting_is_named_at_once(world):
    world.env |= {"DIGEST_TIME": "soon-ish", "HTTP_PORT": "many", "SLACK_CHANNELS": "general"}
    done = world.command("doctor", "--json", check=False)
    assert done.returncode == 1
    rows = json.loads(done.stdout)["findings"]
    assert sorted(r["name"] for r in rows) == ["DIGEST_TIME", "HTTP_PORT", "SLACK_CHANNELS"]
    assert {r["state"] for r in rows} == {"fail"}
    assert "soon-ish" not in done.stdout + done.stderr
    assert done.stderr.count("\n") == 1


def test_a_setting_error_without_a_list_is_one_finding():
    found = run.unusable(BadSetting("SLACK_BOT_TOKEN_FILE cannot be read (x): point it to a readable file."))
    assert [(f.name, f.state) for f in found] == [("SLACK_BOT_TOKEN_FILE", "fail")]


def test_a_part_that_hangs_or_breaks_hides_no_other():
    never = threading.Event()

    def hangs():
        yield Finding("A", "first", "ok", "seen")
        never.wait(30)

    def breaks():
        yield Finding("B", "first", "ok", "seen")
        raise KeyError("a secret")

    def fine():
        yield Finding("C", "first", "ok", "seen")

    found = examine([ConfiguredPart("A", hangs, 0.3), ConfiguredPart("B", breaks, 5), ConfiguredPart("C", fine, 5)])
    never.set()
    assert [(f.part, f.state) for f in found] == [("A", "ok"), ("A", "fail"), ("B", "ok"), ("B", "fail"), ("C", "ok")]
    assert "secret" not in " ".join(f.said for f in found)
    assert not show.works(found)


# -- Redis -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def server():
    """Starts Redis servers with other options; gives their URLs."""
    folders, running = [], []

    def start(*options):
        folder = Path(tempfile.mkdtemp(prefix="pb-"))
        folders.append(folder)
        path = folder / "r.sock"
        words = [
            embedded.binary(),
            "--port",
            "0",
            "--unixsocket",
            str(path),
            "--dir",
            str(folder),
            "--loglevel",
            "warning",
        ]
        running.append(subprocess.Popen([*words, *options], stdout=subprocess.DEVNULL))
        until(lambda: listens(path), "the server")
        return f"unix://{path}"

    yield start
    for process in running:
        process.kill()
        process.wait()
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize(
    ("options", "name", "state", "said"),
    [
        (("--save", "", "--appendonly", "no"), "durability", "warn", "keeps nothing"),
        (("--save", "3600 1", "--appendonly", "no"), "durability", "warn", "snapshots only"),
        (("--appendonly", "yes", "--appendfsync", "no"), "durability", "warn", "when the system likes"),
        (("--appendonly", "yes"), "durability", "ok", "everysec"),
        (("--maxmemory-policy", "allkeys-lru", "--maxmemory", "100mb"), "eviction", "fail", "allkeys-lru"),
        (("--maxmemory-policy", "volatile-ttl"), "eviction", "warn", "volatile-ttl"),
        (("--maxmemory", "100mb"), "writes", "ok", "of 100 MB"),
        (("--maxmemory", "1kb"), "writes", "fail", "refuses to write"),
        (("--replicaof", "127.0.0.1", "9"), "writes", "fail", "replica"),
        (("--cluster-enabled", "yes"), "writes", "fail", "Cluster"),
    ],
)
def test_how_the_server_keeps_what_it_is_told(server, env, options, name, state, said):
    url = server(*options)
    client = connect(url, retries=0)
    found = {f.name: f for f in look_at_redis(env(REDIS_URL=url), client)}
    client.close()
    assert (found[name].state, said in found[name].said) == (state, True), found[name]
    assert found["REDIS_URL"].state == "ok"
    if state != "ok":
        assert found[name].todo


def test_a_server_that_hides_its_settings_is_asked_otherwise(server, env):
    url = server("--appendonly", "yes", "--rename-command", "CONFIG", "")
    client = connect(url, retries=0)
    found = {f.name: f.state for f in look_at_redis(env(REDIS_URL=url), client)}
    client.close()
    assert found == {"REDIS_URL": "ok", "writes": "ok", "durability": "ok", "eviction": "ok", "schema": "ok"}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("unix:///nowhere/redis.sock", "does not answer"),
        ("redis://127.0.0.1:9/0", "does not answer"),
        ("http://example.org", "not the address"),
    ],
)
def test_a_server_that_cannot_be_reached(world, env, url, said):
    found = run.run(env(**{**world.env, "REDIS_URL": url, "SLACK_BOT_TOKEN": "", "TELEGRAM_BOT_TOKEN": ""}))
    rows = {(f.part, f.name): f for f in found}
    assert rows["Redis", "REDIS_URL"].state == "fail"
    assert said in rows["Redis", "REDIS_URL"].said
    assert rows["Sources", "all"].state == rows["Model", "calls"].state == rows["Schedule", "clock"].state == "unknown"


def test_a_password_that_is_refused(server, env, world):
    url = server("--requirepass", "right-password")
    rows = {f.name: f for f in run.run(env(**{**world.env, "REDIS_URL": f"unix://:wrong-word@{url[7:]}"}))}
    assert rows["REDIS_URL"].state == "fail"
    assert "password" in rows["REDIS_URL"].said
    assert all("wrong-word" not in f.said + f.todo for f in rows.values())


def test_a_folder_that_cannot_hold_the_embedded_server(world, env, tmp_path):
    (tmp_path / "file").write_text("in the way")
    more = {"REDIS_URL": "", "DATA_DIR": str(tmp_path / "file"), "ARCHIVE_DIR": str(tmp_path / "file" / "below")}
    rows = {f.name: f for f in run.run(env(**{**world.env, **more, "TELEGRAM_BOT_TOKEN": "", "SLACK_BOT_TOKEN": ""}))}
    assert rows["embedded"].state == rows["DATA_DIR"].state == rows["ARCHIVE_DIR"].state == "fail"


# -- Slack -----------------------------------------------------------------------------------------------------------


def test_scopes_are_compared_with_what_the_code_uses(world, look):
    world.slack.scopes = [s for s in world.slack.scopes if s != "app_mentions:read"]
    found = look("slack")["scopes"]
    assert (found.state, found.said) == ("fail", "missing: app_mentions:read (mentions)")
    assert "reinstall" in found.todo
    world.slack.scopes = DEFAULT_SCOPES
    assert look("slack")["scopes"].state == "warn", "users:read is for ADMINS_ONLY"
    assert look("slack", ADMINS_ONLY="true")["scopes"].state == "fail"


@pytest.mark.parametrize(
    ("switch", "said"),
    [
        ({"is_archived": True}, "archived"),
        ({"is_member": False}, "not in #digest"),
        ({"is_member": False, "is_private": True}, "knows no such channel"),
    ],
)
def test_a_channel_that_cannot_be_posted_to(world, look, switch, said):
    for name, value in switch.items():
        setattr(world.slack.channel(CHANNEL), name, value)
    found = look("slack")[f"channel {CHANNEL}"]
    assert found.state == "fail"
    assert said in found.said
    assert found.todo


def test_unknown_people_and_paused_channels(world, look, redis):
    Channels(redis).pause(f"slack:{CHANNEL}", "not_in_channel")
    more = f"{CHANNEL},C0NOSUCH,U0ALICE,U0NOBODY,{world.slack.direct()}"
    found = look("slack", SLACK_CHANNELS=more)
    assert found[f"channel {CHANNEL}"].state == "warn"
    assert "subscribe" in found[f"channel {CHANNEL}"].todo
    assert [found[f"channel {c}"].state for c in more.split(",")[1:]] == ["fail", "ok", "fail", "ok"]


def test_a_channel_is_looked_at_by_its_history_where_the_scopes_lack(world, look):
    world.slack.scopes = [s for s in world.slack.scopes if s not in ("channels:read", "groups:read")]
    found = look("slack")
    assert (found["scopes"].state, found[f"channel {CHANNEL}"].state) == ("warn", "ok")
    world.slack.channel(CHANNEL).is_member = False
    assert look("slack")[f"channel {CHANNEL}"].state == "fail"


def test_how_slack_reaches_us(world, look):
    found = look("slack", SLACK_APP_TOKEN="xapp-wrong")["Socket Mode"]
    assert (found.state, "SLACK_APP_TOKEN" in found.said) == ("fail", True)
    assert look("slack", SLACK_SIGNING_SECRET="s" * 32)["HTTP mode"].state == "unknown"
    assert look("slack")["Socket Mode"].state == "warn"
    assert look("slack", SLACK_BOT_TOKEN="")["channels"].state == "fail"
    world.slack.fault("*", status=429, headers={"Retry-After": "1"}, body={"ok": False, "error": "ratelimited"})
    assert look("slack")["bot token"].state == "ok", "asked once to wait, it waits"
    world.slack.fault("*auth.test", drop="before", times=2)
    assert "cannot be reached" in look("slack")["bot token"].said


# -- Telegram --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chat", "switch", "state", "said"),
    [
        (CHAT, {}, "ok", "administrator"),
        (CHAT, {"bot_can_post": False}, "fail", "may not post"),
        (CHAT, {"bot_is_admin": False}, "fail", "may not post"),
        (CHAT, {"kicked": True}, "fail", "not in it"),
        (FORUM, {}, "ok", "member"),
        (FORUM, {"bot_member": False}, "fail", "not in it"),
        (PRIVATE, {}, "ok", "private"),
        (PRIVATE, {"blocked": True}, "fail", "not in it"),
        (f"{FORUM}/{TOPIC}", {}, "ok", "member"),
        (f"{FORUM}/99", {}, "fail", "topic"),
        (f"{FORUM}/{TOPIC}", {"closed_topics": {TOPIC}}, "fail", "closed"),
        (f"{CHAT}/5", {}, "fail", "no topics"),
        (-100999, {}, "fail", "knows no such chat"),
        ("@paper_digest", {}, "ok", "Paper digest"),
        ("@nobody_here", {}, "fail", "knows no such chat"),
    ],
)
def test_each_chat(world, look, chat, switch, state, said):
    for name, value in switch.items():
        setattr(world.telegram.chat(int(str(chat).partition("/")[0])), name, value)
    found = look("telegram", TELEGRAM_CHATS=str(chat))[f"chat {chat}"]
    assert (found.state, said in found.said) == (state, True), found
    assert bool(found.todo) == (state != "ok")
    assert not any(world.telegram.messages(c, mine=True) for c in (CHAT, FORUM, PRIVATE))


def test_a_group_that_moved_names_the_new_id(world, look):
    world.telegram.add_chat(-77, type="group", title="Old", migrated_to=-10077)
    world.telegram.fault("*/getChat", status=400, body={
        "ok": False, "error_code": 400, "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": -10077}})  # fmt: skip
    assert "-10077" in look("telegram", TELEGRAM_CHATS="-77")["chat -77"].todo


def test_webhook_and_polling_must_fit_the_settings(world, look, redis):
    hook = {"TELEGRAM_WEBHOOK_URL": "https://bot.example.org", "TELEGRAM_WEBHOOK_SECRET": "abc"}
    assert look("telegram")["polling"].state == "ok"
    found = look("telegram", **hook)["webhook"]
    assert (found.state, found.said) == ("warn", "Telegram has no webhook yet, the settings say this address")
    world.telegram.webhook = {"url": "https://bot.example.org/telegram/webhook", "secret_token": "abc"}
    assert look("telegram", **hook)["webhook"].state == "ok"
    found = look("telegram")["polling"]
    assert (found.state, "bot.example.org" in found.said) == ("warn", True)
    assert "/telegram/webhook" not in found.said + found.todo, "the path may be a secret"
    Heartbeats(redis).beat("telegram")
    assert look("telegram")["polling"].state == "fail", "the listener runs and hears nothing"
    assert look("telegram", **hook | {"TELEGRAM_WEBHOOK_SECRET": "not good"})["webhook"].state == "fail"


def test_what_telegram_met_at_our_webhook(world, look):
    hook = {"TELEGRAM_WEBHOOK_URL": "https://bot.example.org", "TELEGRAM_WEBHOOK_SECRET": "abc"}
    world.telegram.webhook = {"url": "https://bot.example.org/telegram/webhook", "secret_token": "abc"}
    world.telegram.webhook_error = (int(time.time()) - 60, "Wrong response from the webhook: 502 Bad Gateway")
    found = look("telegram", **hook)["webhook"]
    assert (found.state, "could not deliver" in found.said) == ("warn", True)
    world.telegram.webhook_error = (int(time.time()) - 7200, "Wrong response from the webhook: 502 Bad Gateway")
    assert look("telegram", **hook)["webhook"].state == "ok"
    world.telegram.pending = [{"update_id": n} for n in range(150)]
    assert "150 updates" in look("telegram", **hook)["webhook"].said


def test_privacy_mode_is_told(world, look):
    assert "off" in look("telegram")["groups"].said
    world.telegram.privacy = True
    found = look("telegram")["groups"]
    assert (found.state, "/setprivacy" in found.todo) == ("ok", True)


def test_telegram_away(world, look):
    world.telegram.fault("*", drop="before", times=9)
    assert "cannot be reached" in look("telegram")["token"].said
    assert look("telegram", TELEGRAM_BOT_TOKEN="")["chats"].state == "fail"


# -- the model -------------------------------------------------------------------------------------------------------


def test_three_calls_and_their_cost(world, look, redis):
    found = look("model")
    assert set(states(found).values()) == {"ok"}
    assert [a.body["model"] for a in world.model.prompts] == [
        "claude-haiku-5-5",
        "claude-sonnet-5-5",
        "claude-sonnet-5-5",
    ]
    long = world.model.prompts[2]
    assert len(long.user) > 3.5 * CONTEXT_TOKENS * 0.9
    assert "token is" in long.user[:20]
    spent = Spend(redis).today()
    assert spent.calls == 3
    assert 0 < spent.usd < 0.10, "a few cents, booked"


def test_a_small_server_is_found_out(world, look):
    world.model.compatible, world.model.context = True, 4000
    found = look("model")
    assert {n: found[n].state for n in ("structured output", "documents", "context")} == dict.fromkeys(
        ("structured output", "documents", "context"), "fail"
    )
    assert "MODEL_PRESET=compatible" in found["documents"].todo
    found = look("model", MODEL_PRESET="compatible", MODEL_SCORE="tiny", MODEL_DEEPDIVE="tiny", MODEL_ANSWER="tiny")
    assert (found["structured output"].state, found["documents"].state, found["context"].state) == ("ok", "ok", "fail")
    assert "OLLAMA_CONTEXT_LENGTH" in found["context"].todo
    assert "$0" in found["tiny"].todo, "no price is known for it"
    world.model.context = 0
    assert look("model", MODEL_PRESET="compatible")["context"].state == "ok"


def test_a_context_that_ends_early_by_the_count_alone(world, look):
    world.model.context = 4000
    world.model.reply(lambda asked: asked.user and "PBDEADBEEF")
    assert look("model")["context"].state == "fail"


def test_a_capable_server_behind_the_small_preset_is_a_hint(world, look):
    found = look("model", MODEL_PRESET="compatible")
    assert (found["preset"].state, "MODEL_PRESET=anthropic" in found["preset"].todo) == ("ok", True)


@pytest.mark.parametrize(
    ("trouble", "state", "said"),
    [
        ({"kind": "quota"}, "fail", "spending limit"),
        ({"kind": "rate_limit"}, "warn", "too often"),
        ({"kind": "overloaded"}, "warn", "overloaded"),
        ({"kind": "drop"}, "fail", "cannot be reached"),
        ({"kind": "error", "status": 404}, "fail", "no such model"),
        ({"kind": "html"}, "fail", "cannot be read"),
        ({"kind": "huge"}, "fail", "cannot be read"),
        ({"kind": "error", "status": 418}, "ok", ""),
    ],
)
def test_what_a_call_may_meet(world, look, trouble, state, said):
    world.model.fail(**trouble)
    found = look("model")
    if state == "ok":
        assert found["structured output"].state == "fail", "a rejection says that it cannot"
        return
    assert (found["call: structured"].state, said in found["call: structured"].said) == (state, True)
    assert MAX_REPLY_BYTES < 10 * 2**20


@pytest.mark.parametrize("habit", ["closing mark only", "think", "channels", "chinese words"])
def test_a_server_that_thinks_aloud_is_named_with_what_helps(world, look, habit):
    world.model.thinks = habit
    found = look("model")
    assert (found["thoughts"].state, "claude-haiku-5-5" in found["thoughts"].said) == ("warn", True)
    assert "--reasoning-parser" in found["thoughts"].todo and found["structured output"].state == "ok"
    world.model.thinks = ""
    assert "thoughts" not in look("model")


@pytest.mark.parametrize(
    ("trouble", "said", "todo"),
    [
        ({"status": 400, "message": "Your credit balance is too low"}, "no credit left", "buy"),
        ({"status": 403, "message": "Request not allowed", "type": "forbidden"}, "region", "another service"),
        ({"status": 403, "message": "No way", "type": "x"}, "forbids it (HTTP 403); it says: “No way”", "words"),
        ({"status": 400, "message": "Output blocked by content filtering policy"}, "content filter", "loosen"),
        ({"status": 400, "message": "prompt is too long: 9 > 8"}, "too long", "OLLAMA_CONTEXT_LENGTH"),
        ({"status": 404, "message": "model: claude-nope"}, "“model: claude-nope”", "MODEL_SCORE"),
        ({"status": 400, "message": "key test-model-key what"}, "it says: “key *** what”", "MODEL_PRESET"),
    ],
)
def test_a_refusal_is_named_with_its_cure_and_an_unknown_one_is_quoted(world, look, trouble, said, todo):
    world.model.fail("error", times=1, **trouble)
    found = look("model")
    one = found.get("call: structured") or found["structured output"]
    assert one.state == "fail" and said in one.said and todo in one.todo


def test_a_gateways_page_is_named(world, look):
    world.model.fail("page", times=1, status=403)
    found = look("model")["call: structured"]
    assert "gateway" in found.said and "“Access denied”" in found.said and "firewall" in found.todo


def test_names_lifecycle_budget_and_key(world, look, redis):
    soon = (datetime.now(UTC) + timedelta(days=10)).isoformat()
    world.model.lifecycle = {
        "claude-haiku-5-5": {"lifecycle": "retired", "deprecated_at": soon, "retires_at": soon},
        "claude-sonnet-5-5": {"lifecycle": "active", "retires_at": soon},
    }
    found = look("model")
    assert (found["claude-haiku-5-5"].state, found["claude-sonnet-5-5"].state) == ("fail", "warn")
    assert look("model", MODEL_SCORE="nonsense")["call: structured"].state == "fail"
    calls = len(world.model.prompts)
    found = look("model", MODEL_DAILY_BUDGET_USD="0")
    assert (found["budget"].state, found["calls"].state) == ("warn", "unknown")
    assert len(world.model.prompts) == calls
    assert states(look("model", ANTHROPIC_API_KEY="")) == {"key": "off"}
    found = look("model", ANTHROPIC_API_KEY="sk-ant-wrong")
    assert "ANTHROPIC_API_KEY is refused" in found["claude-haiku-5-5"].said


# -- the sources and the clock ---------------------------------------------------------------------------------------


def test_sources_are_read_and_not_only_reached(world, env, redis):
    settings, clock = env(**world.env), Clock()
    both = [load_profile("llm-agents-en"), load_profile("cv-daily-en")]
    world.hf.fault("*", status=200, body="<html>hello</html>", headers={"Date": format_datetime(datetime.now(UTC))})
    world.arxiv.fault("/atom/*", status=200, body="no feed")
    world.arxiv.fault("/api/query", status=500, times=9)
    world.arxiv.fault("/abs/*", status=429, headers={"Retry-After": "30"}, times=9)
    found = {f.name: f for f in sources(settings, redis, both, clock)}
    assert {n: f.state for n, f in found.items() if n != "contact"} == {
        "Hugging Face": "fail", "arXiv feed": "fail", "arXiv API": "fail", "arXiv pages": "warn",
    }  # fmt: skip
    assert "HF_ENDPOINT" in found["Hugging Face"].todo
    assert "not before" in found["arXiv pages"].said


def test_every_source_that_a_profile_names_is_looked_at(world, env, redis):
    with Biorxiv() as biorxiv, Pubmed() as pubmed, Journals({"a.rss": Feed(items=[Item("P", "10.1/p")])}) as journals:
        where = f"127.0.0.1:{journals.port}"
        settings = env(**world.env, BIORXIV_API_URL=biorxiv.url, PUBMED_API_URL=pubmed.url, FEED_HOSTS=where)
        named = ("biorxiv:neuroscience", "medrxiv", "pubmed:x", f"feed:{journals.url}/a.rss", "feed:http://127.0.0.2/x")
        mine = [replace(load_profile("cv-daily-en"), sources=named)]
        biorxiv.fault("/details/medrxiv/*", status=500, body="oops", times=9)
        found = {f.name: f for f in sources(settings, redis, mine, Clock())}
    told = [found[n].state for n in ("bioRxiv neuroscience", "medRxiv", "PubMed x", f"{where}/a", "127.0.0.2/x")]
    assert told == ["ok", "fail", "ok", "ok", "fail"]
    assert "papers on it: 1" in found[f"{where}/a"].said and "FEED_HOSTS" in found["127.0.0.2/x"].todo


@pytest.mark.parametrize(("off", "state"), [(0, "ok"), (-90, "warn"), (-4000, "fail"), (4000, "fail")])
def test_the_clock_is_compared_with_the_services(off, state):
    clock = Clock()
    theirs = datetime.now(UTC) - timedelta(seconds=off)
    clock.heard("A", {"date": format_datetime(theirs, usegmt=True)})
    clock.heard("A cache", {"date": format_datetime(theirs - timedelta(seconds=600), usegmt=True), "age": "600"})
    clock.heard("Odd", {"date": "yesterday"})
    found = list(clock.findings())
    assert [f.state for f in found] == [state]
    assert "Odd" not in found[0].said
    assert [f.state for f in Clock().findings()] == ["unknown"]


def test_one_service_with_a_wrong_clock_does_not_accuse_ours():
    clock = Clock()
    for name, off in (("A", 0), ("B", 5000), ("C", 1)):
        clock.heard(name, {"date": format_datetime(datetime.now(UTC) + timedelta(seconds=off), usegmt=True)})
    assert [f.state for f in clock.findings()] == ["ok"]


# -- the machine and the schedule ------------------------------------------------------------------------------------


def test_disk_folders_zone_and_port(look, tmp_path):
    (tmp_path / "digests").mkdir()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        found = look("machine", HTTP_PORT=port)
        assert found["HTTP port"].state == "warn"
        assert look("machine", HTTP_PORT=port, SLACK_SIGNING_SECRET="x" * 32)["HTTP port"].state == "fail"
    assert look("machine", HTTP_PORT=port)["HTTP port"].state == "ok"
    assert (found["ARCHIVE_DIR"].state, found["DATA_DIR"].state) == ("ok", "off")
    assert "Asia/Shanghai" in found["time zones"].said
    assert look("machine", HTTP_HOST="203.0.113.1", HTTP_PORT=port)["HTTP port"].state == "fail"


def test_a_disk_that_is_nearly_full(look, monkeypatch, tmp_path):
    usage = shutil.disk_usage(tmp_path)
    for free, state in ((2**20, "fail"), (2**29, "warn")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: usage._replace(free=free))
        assert look("machine")["ARCHIVE_DIR"].state == state


def test_profiles_and_schedule_of_every_channel(world, env, redis):
    Channels(redis).subscribe("slack:C0OTHER", "no-such-profile")
    Channels(redis).change(f"slack:{CHANNEL}", {"time": "07:15", "timezone": "Europe/Berlin"})
    Channels(redis).pause(f"telegram:{CHAT}", "forbidden")
    settings = env(**world.env)
    goals = [(g, Channels(redis).get(g.channel).paused) for g in targets(settings, Channels(redis), paused=True)]
    rows = {f.name: f for f in schedule(goals, known=True)}
    assert "07:15 Europe/Berlin" in rows[f"slack:{CHANNEL}"].said
    assert rows[f"telegram:{CHAT}"].state == "warn"
    from workers.operations.doctor.machine import profiles

    found = [f for f in profiles(settings, Channels(redis), [g for g, _ in goals]) if isinstance(f, Finding)]
    assert {f.name: f.state for f in found} == {"cv-daily-zh": "ok", "no-such-profile": "fail"}
    assert "slack:C0OTHER" in next(f.said for f in found if f.state == "fail")


def test_the_operators_channel_is_looked_at_too(world, env, redis):
    world.slack.add_channel("C0OPS", "ops", is_member=False)
    more = {"ANTHROPIC_API_KEY": "", "OPERATOR_CHANNEL": "slack:C0OPS"}
    rows = {(f.part, f.name): f for f in run.run(env(**world.env | more))}
    assert rows["Schedule", "operator"].state == "ok"
    assert rows["Slack", "channel C0OPS"].state == "fail"
    assert ("Schedule", "slack:C0OPS") not in rows, "no digest goes there"
    more |= {"SLACK_BOT_TOKEN": "", "SLACK_CHANNELS": ""}
    rows = {(f.part, f.name): f for f in run.run(env(**world.env | more))}
    assert rows["Schedule", "operator"].state == "fail"


def test_the_table_is_readable_and_the_json_is_the_same():
    from rich.console import Console

    rows = [Finding("Slack", "a", "fail", "broken", "mend it."), Finding("Slack", "b", "off", "absent")]
    console = Console(width=70, highlight=False, record=True, file=io.StringIO())
    show.show(rows, console)
    text = console.export_text()
    assert "✗ Slack a: broken" in text
    assert "→ mend it." in text
    assert "Not to be seen from here" in text
    assert json.loads(show.as_json(rows))["findings"][0]["todo"] == "mend it."
    assert show.summary(rows) == "1 of 2 checks failed: Slack (a)."

"""The commands as a person runs them.

Output, exit status, one clear line, nothing left running.
"""

import json
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.doubles.arxiv import make_item
from tests.doubles.biorxiv import Biorxiv
from tests.waiting import HANG_S, until
from tests.world import CHANNEL, CHAT, ROOT, World
from workers.queueing.kinds import CREW
from workers.sources.listing.list_days import arxiv_day, weekdays_before
from workers.store.channels.settings import Channels

COMMANDS = (
    "digest", "deepdive", "ask", "read", "ids", "score", "status", "doctor", "up", "scheduler", "worker", "slack",
    "telegram", "http",
)  # fmt: skip


@pytest.fixture
def world(tmp_path, redis_url):
    with World(tmp_path, redis_url) as found:
        yield found


@pytest.fixture
def bare(tmp_path, redis_url):
    """No chat configured."""
    with World(tmp_path, redis_url, chats=False) as found:
        yield found


def test_the_sample_day_in_a_terminal(bare):
    first = bare.command("digest", "--sample")
    assert "CV 论文日报" in first.stdout
    assert "QuiltMAR" in first.stdout
    assert first.stderr == "", "no bars and no logs when piped"
    archive = next((bare.folder / "digests").glob("*.md"))
    assert "QuiltMAR" in archive.read_text()
    written = archive.stat().st_mtime_ns
    second = bare.command("digest", "--sample")
    assert second.stdout.splitlines()[0].endswith("was shown before.") and "QuiltMAR" not in second.stdout
    assert archive.stat().st_mtime_ns == written


def test_the_embedded_server_is_started_and_stopped(tmp_path):
    with World(tmp_path, "", TELEGRAM_CHATS="") as world:
        world.env.pop("REDIS_URL")
        world.env["DATA_DIR"] = str(tmp_path / "d")
        world.command("digest", "--sample")
        assert (tmp_path / "d" / "appendonlydir").is_dir()
        assert "already" in world.command("digest", "--sample", "--json").stdout
        from workers.store.server import embedded

        assert not embedded.running(tmp_path / "d")


def test_both_chats_get_the_digest_in_order_and_once(world):
    made = world.digest("--sample")
    assert [(m["channel"], m["ok"]) for m in made] == [(f"slack:{CHANNEL}", True), (f"telegram:{CHAT}", True)]
    keys = ["quick", "pick:2601.99903", "analysis:2601.99903:0", "pick:2601.99901", "analysis:2601.99901:0"]
    assert [p["key"] for p in made[0]["parts"]] == keys
    slack, telegram = world.slack.messages(CHANNEL), world.telegram.messages(CHAT)
    assert [m["ts"] for m in slack] == [p["message"] for p in made[0]["parts"]]
    assert slack[2]["thread_ts"] == slack[1]["ts"]
    assert [str(m["message_id"]) for m in telegram] == [p["message"] for p in made[1]["parts"]]
    assert world.telegram.warnings() == []
    again = world.digest("--sample")
    assert all(m["already"] for m in again)
    assert len(world.slack.messages(CHANNEL)) == len(slack)
    assert len(world.telegram.messages(CHAT)) == len(telegram)


def test_three_commands_at_once_post_once(world):
    world.env["TELEGRAM_CHATS"] = ""
    running = [world.started("digest", "--sample") for _ in range(3)]
    for one in running:
        out, err = one.communicate()
        assert one.returncode == 0, err + out
    assert len(world.slack.messages(CHANNEL)) == 5


def test_a_digest_of_a_listed_day(world):
    from tests.doubles.huggingface import make_item

    world.hf.days["2026-01-27"] = [
        make_item(f"2601.{i:05d}", title="Diffusion Restoration", summary="We propose it.") for i in range(1, 4)
    ]
    made = world.digest("--date", "2026-01-27")
    assert made[0]["digest"]["receipt"]["sources"][0]["fetched"] == 3
    assert made[0]["digest"]["date"] == "2026-01-27"
    assert Path(made[0]["archive"]).name == "2026-01-27-cv-daily-zh.md"


def test_an_empty_day_is_one_message_that_says_why(world):
    made = world.digest("--date", "2026-01-25")
    assert [len(m["parts"]) for m in made] == [1, 1]
    assert made[0]["digest"]["empty"]
    assert "周末" in world.said() or "没有" in world.said()


def test_a_dry_run_leaves_nothing_behind(world):
    shown = world.command("digest", "--sample", "--dry-run")
    assert "QuiltMAR" in shown.stdout
    assert world.slack.messages(CHANNEL) == []
    assert not list((world.folder / "digests").glob("*.md"))
    assert world.digest("--sample")[0]["already"] is False


def test_a_channel_without_the_bot_is_one_clear_line_and_is_mended_by_the_next_run(world):
    world.env["TELEGRAM_CHATS"] = ""
    world.slack.channel(CHANNEL).is_member = False
    done = world.command("digest", "--sample", check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "not_in_channel" in done.stdout
    world.slack.channel(CHANNEL).is_member = True
    assert world.digest("--sample")[0]["ok"]
    assert len(world.slack.messages(CHANNEL)) >= 5, "head, two papers, two analyses"


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["digest", "--date", "2999-01-01"], 1, "has not come yet"),
        (["digest", "--date", "tomorrow"], 2, "2026-01-31"),
        (["digest", "--profile", "nobody"], 1, "cv-daily-zh"),
        (["digest", "--nonsense"], 2, "nonsense"),
        (["deepdive", "no paper here"], 1, "paper"),
        (["read", "absent.pdf"], 1, "no file of that name"),
        (["ask", "2601.00001", " "], 2, "the question is empty"),
        (["worker", "--queue", "nobody"], 2, "interactive"),
        (["score", "--papers", "absent.jsonl"], 1, "absent.jsonl"),
    ],
)
def test_bad_input_is_one_clear_sentence(bare, words, status, says):
    done = bare.command(*words, check=False)
    assert done.returncode == status
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    if status == 1:
        assert done.stderr.startswith("paperboy: ")
        assert done.stderr.count("\n") == 1


def test_a_bad_setting_is_named_by_every_command(bare):
    bare.env["DIGEST_TIME"] = "soon-ish"
    for name in ("digest", "status", "up", "worker", "slack"):
        done = bare.command(name, check=False)
        assert done.returncode == 1
        assert "DIGEST_TIME" in done.stderr
        assert "soon-ish" not in done.stderr


@pytest.mark.parametrize(("name", "env"), [("slack", "SLACK_BOT_TOKEN"), ("telegram", "TELEGRAM_BOT_TOKEN")])
def test_a_refused_token_is_one_clear_line(world, name, env):
    world.env |= {env: "123456:wrong-wrong-wrong-wrong-wrong", "SLACK_APP_TOKEN": "xapp-test"}
    done = world.command(name, check=False)
    assert done.returncode == 1
    assert env in done.stderr
    assert "wrong-wrong" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_deep_dive_of_one_paper(bare):
    from tests.doubles.arxiv import make_item

    bare.arxiv.papers["2601.00007"] = make_item("2601.00007", "Restoring Old Maps")
    found = json.loads(bare.command("deepdive", "https://arxiv.org/abs/2601.00007v1", "--json").stdout)
    assert found["paper"]["title"] == "Restoring Old Maps"
    assert found["analysis"]["by"] == "local"
    shown = bare.command("deepdive", "2601.00007").stdout
    assert "Restoring Old Maps" in shown
    unknown = bare.command("deepdive", "2601.00008", check=False)
    assert unknown.returncode == 1
    assert "2601.00008" in unknown.stderr


def test_ids_of_texts(bare):
    assert (
        bare.command("ids", "see arxiv.org/abs/2601.00007v2 and math.GT/0309136").stdout
        == "2601.00007v2\nmath/0309136\n"
    )
    assert json.loads(bare.command("ids", "--json", "nothing").stdout) == []


def test_scores_of_a_file(bare, tmp_path):
    file = tmp_path / "papers.jsonl"
    rows = [
        {"id": "a", "title": "Tax law", "abstract": "We study tax law."},
        {"id": "b", "title": "Flow Matching for Image Restoration", "abstract": "Diffusion."},
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    for words in (["--local"], []):
        out = bare.command("score", "--papers", str(file), "--json", *words).stdout
        found = [json.loads(line) for line in out.splitlines()]
        assert [r["id"] for r in found] == ["b", "a"]
        assert {"id", "score", "why", "matched", "state"} <= found[0].keys()
        assert found[0]["score"] > 60 > found[1]["score"]
    file.write_text('{"id": "a"}\n')
    assert "line 1" in bare.command("score", "--papers", str(file), check=False).stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("words", [("status",), ("export", "-")])
def test_output_that_cannot_be_written_is_one_clear_sentence(bare, words):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words], env=dict(os.environ) | bare.env | {"PYTHONPATH": str(ROOT)},
            cwd=bare.folder, stdout=full, stderr=subprocess.PIPE, text=True, timeout=HANG_S, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "the output cannot be written (No space left on device)" in done.stderr


def test_a_reader_that_has_enough_is_no_fault(bare):
    here, there = os.pipe()
    os.close(here)
    with os.fdopen(there, "w") as gone:
        done = subprocess.run(
            [sys.executable, "-m", "bot", "ids", "2401.00001"], env=dict(os.environ) | {"PYTHONPATH": str(ROOT)},
            cwd=bare.folder, stdout=gone, stderr=subprocess.PIPE, text=True, timeout=HANG_S, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")


def test_status_shows_the_last_receipt_and_what_is_in_trouble(world):
    world.telegram.kick(CHAT)
    assert not world.digest("--date", "2026-01-25", check=False)[1]["ok"]
    found = json.loads(world.command("status", "--json").stdout)
    by_channel = {c["channel"]: c for c in found["channels"]}
    assert by_channel[f"slack:{CHANNEL}"]["last"]["receipt"]["sources"][0]["source"] == "huggingface:15"
    (held,) = found["held"]
    assert (held["channel"], held["waits_for"]) == (f"telegram:{CHAT}", "place") and found["trouble"] == []
    text = world.command("status").stdout
    assert "Papers: " in text and "论文：" not in text, "commands speak English, whatever the digest's language"
    assert f"slack:{CHANNEL}" in text
    assert text.startswith("Needs a hand:") and "add me to it" in text.splitlines()[1]


def children_of(*pids):
    return [pid for p in pids for pid in Path(f"/proc/{p}/task/{p}/children").read_text().split()]


def test_up_runs_everything_answers_help_and_leaves_nothing(world):
    world.env |= {"SLACK_APP_TOKEN": world.slack.app_token}
    world.env["DATA_DIR"] = str(world.folder / "d")
    world.env.pop("REDIS_URL")
    up = world.started("up")
    try:
        world.slack.wait_connected()
        ack = world.slack.ack_of(world.slack.play_slash("/digest", "help", CHANNEL))
        assert "/digest" in json.dumps(ack, ensure_ascii=False)
        until(lambda: world.telegram.calls("*/getUpdates"))
        world.telegram.play_message(4242, "/digest help")
        until(lambda: world.telegram.messages(4242, mine=True))
        assert "/digest" in world.telegram.messages(4242, mine=True)[0]["text"]
        direct = children_of(up.pid)
        assert len(direct) == 5, "the clock, the crew of workers, the HTTP server, two listeners"
        until(lambda: len(children_of(*direct)) == len(CREW))
        children = [*direct, *children_of(*direct)]
    finally:
        up.send_signal(signal.SIGTERM)
        out, err = up.communicate()
    assert up.returncode == 0, err
    assert [c for c in children if Path(f"/proc/{c}").exists()] == []
    from workers.store.server import embedded

    assert not embedded.running(world.folder / "d")
    for secret in (world.slack.bot_token, world.slack.app_token, world.telegram.token):
        assert secret not in out + err


def test_no_secret_reaches_logs_redis_messages_or_prompts(tmp_path, redis_url, redis):
    with World(tmp_path, redis_url, key=True, LOG_LEVEL="DEBUG") as world:
        world.slack.fault("*chat.postMessage", status=500, body="x")
        done = world.command("digest", "--sample", check=False)
        secrets = [world.slack.bot_token, world.telegram.token, world.model.key]
        dump = b" ".join(redis.dump(name) or b"" for name in redis.scan_iter())
        for secret in secrets:
            assert secret not in done.stdout + done.stderr
            assert secret.encode() not in dump
            assert secret not in world.said()
            assert all(secret.encode() not in e.body for e in world.model.ledger)


def test_every_command_has_help_and_stands_in_the_docs(bare):
    readme = (ROOT / "docs" / "operating.md").read_text()
    listed = bare.command("--help").stdout
    for name in COMMANDS:
        assert name in listed
        assert re.search(rf"`[^`\n]*\b{name}\b", readme), f"{name} is not in docs/operating.md"
        assert "Usage" in bare.command(name, "--help").stdout


def test_a_topic_of_ones_own_from_words_to_a_preview(bare):
    """A topic from the team's own words: checked, listed, previewed from its feeds."""
    about = {"categories": ("q-bio.BM",), "abstract": "We look at it."}
    bare.arxiv.announced = [
        make_item("2601.00101", "Protein Language Models for Antibody Design", **about),
        make_item("2601.00102", "Cooking with Gas", **about),
    ]
    bare.arxiv.known.add("q-bio.BM")
    bare.arxiv.day = next(weekdays_before(arxiv_day(datetime.now(UTC)) + timedelta(days=1), 1))
    made = bare.command("profile", "new", "proteins", "--language", "en", "--topic", "protein language models; ESM")
    assert "profiles/proteins.toml is written" in made.stdout
    assert "nothing is wrong." in bare.command("profile", "check").stdout
    rows = {row["name"]: row for row in json.loads(bare.command("profile", "list", "--json").stdout)}
    assert rows["proteins"]["own"] and rows["proteins"]["sources"] == ["arxiv:q-bio.BM", "biorxiv:bioinformatics"]
    with Biorxiv() as biorxiv:
        bare.env["BIORXIV_API_URL"] = biorxiv.url
        found = json.loads(bare.command("profile", "preview", "proteins", "--json").stdout)
    assert [p["id"] for p in found["papers"]] == ["2601.00101", "2601.00102"] and found["candidates"] == 2
    assert found["papers"][0]["score"] >= 75 and found["papers"][1]["score"] < 60
    assert bare.command("profile", "show", "proteins", "--json").stdout.startswith("{")
    (bare.folder / "profiles" / "proteins.toml").write_text("picks = 99\n")
    wrong = bare.command("profile", "check", "proteins", check=False)
    assert wrong.returncode == 1 and "proteins.toml:1: picks must be" in wrong.stdout
    assert bare.command("profile", "show", "nope", check=False).stderr.count("profile new nope") == 1


def test_a_channel_may_stay_quiet_on_an_empty_day(world, redis):
    Channels(redis).change(f"slack:{CHANNEL}", {"quiet": True, "interests": ["sundials"]})
    Channels(redis).change(f"telegram:{CHAT}", {"interests": ["sundials"]})
    made = world.digest("--sample")
    assert [(m["ok"], m["digest"]["empty"], len(m["parts"])) for m in made] == [
        (True, "below_bar", 0), (True, "below_bar", 1),
    ]  # fmt: skip
    assert world.slack.messages(CHANNEL) == [] and len(world.telegram.messages(CHAT)) == 1

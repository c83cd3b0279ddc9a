"""`init`: a first set-up by questions, each answer checked at its service.

`.env` written for the user alone.
"""

import os
import stat

import pytest

from tests import ROOT
from tests.forked import Bot
from tests.world import CHANNEL, CHAT, World


@pytest.fixture
def world(tmp_path, redis_url):
    with World(tmp_path, redis_url, chats=False) as found:
        yield found


def init(world, *answers, folder=None):
    given = "\n".join(answers) + "\n"
    return Bot(("init",), world.env, folder or world.folder, given=given).completed()


def test_tokens_are_checked_as_they_are_given_and_kept_for_the_user_alone(world):
    token, key = world.slack.bot_token, world.model.key
    done = init(
        world, "xoxb-not-this-one", token, "xapp-not-this-one", world.slack.app_token, CHANNEL, "1:not-this-one",
        world.telegram.token, str(CHAT), "not-this-one", key,
    )  # fmt: skip
    turns = (
        "SLACK_BOT_TOKEN is refused (invalid_auth)", "is paperboy in the workspace",
        "SLACK_APP_TOKEN is refused (invalid_auth)", "a connection may be opened",
        "TELEGRAM_BOT_TOKEN is refused", "is @paperboy_bot",
        "ANTHROPIC_API_KEY is refused; it says", "the service takes it",
    )  # fmt: skip
    assert sorted(turns, key=done.stdout.index) == list(turns)
    env = world.folder / ".env"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert env.read_text().splitlines() == [
        f"SLACK_BOT_TOKEN={token}", f"SLACK_APP_TOKEN={world.slack.app_token}", f"SLACK_CHANNELS={CHANNEL}",
        f"TELEGRAM_BOT_TOKEN={world.telegram.token}", f"TELEGRAM_CHATS={CHAT}",
        f"ANTHROPIC_API_KEY={key}",
    ]  # fmt: skip
    assert "Now everything at once" in done.stdout and token not in done.stdout + done.stderr
    assert done.returncode == 0
    assert (world.folder / "slack-manifest.yaml").read_bytes() == (ROOT / "slack-manifest.yaml").read_bytes()
    posted = world.digest("--sample")
    assert [one["ok"] for one in posted] == [True, True] and world.slack.messages(CHANNEL)


def test_a_second_time_keeps_what_is_there(world):
    env = world.folder / ".env"
    env.write_text(f"# ours\nSLACK_BOT_TOKEN={world.slack.bot_token}\nDIGEST_TIME=07:30\n")
    init(world, "", "", "C0ther, not a channel", CHANNEL, "", "")
    assert env.read_text().splitlines() == [
        "# ours", f"SLACK_BOT_TOKEN={world.slack.bot_token}", "DIGEST_TIME=07:30", f"SLACK_CHANNELS={CHANNEL}",
    ]  # fmt: skip


def test_what_no_service_answers_for_is_kept_unchecked(world):
    world.env |= {"TELEGRAM_API_URL": "http://127.0.0.1:9", "MODEL_PRESET": "compatible"}
    done = init(world, "", world.telegram.token, "", world.model.key)
    assert "kept unchecked" in done.stdout and "the service takes it" in done.stdout
    kept = (world.folder / ".env").read_text().splitlines()
    assert kept == [f"TELEGRAM_BOT_TOKEN={world.telegram.token}", f"ANTHROPIC_API_KEY={world.model.key}"]


def test_what_is_refused_three_times_is_left_out(world):
    done = init(world, "xoxb-1", "xoxb-2", "two words", "", "")
    assert "holds a space" in done.stdout and not (world.folder / ".env").exists()
    assert ".env is as it was." in done.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_one_sentence(world, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(0o500)
    done = init(world, "", "", "", folder=closed)
    assert done.returncode == 1 and "in a folder of yours" in done.stderr

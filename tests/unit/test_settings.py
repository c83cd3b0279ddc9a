"""Settings: one table, clear sentences, no secret shown."""

import logging
import re

import pytest
from pydantic import SecretStr

from tests import ROOT
from workers import logs
from workers.errors import BadSetting
from workers.settings import Settings, load
from workers.settings.values import parse_days


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"[A-Z]", line))


def test_the_example_lists_every_setting_and_no_other():
    assert sorted(example()) == sorted(name.upper() for name in Settings.model_fields)


def test_the_example_shows_the_defaults(env):
    fields = Settings.model_fields
    for name, shown in example().items():
        default = fields[name.lower()].default
        if isinstance(default, SecretStr):
            assert shown == "", f"{name} is a secret: the example shows none"
        elif name == "DIGEST_TIME":
            assert shown == default.strftime("%H:%M")
        elif isinstance(default, bool):
            assert shown == str(default).lower(), name
        elif default is None:
            assert shown == "", name
        elif isinstance(default, tuple):
            assert shown == ",".join(default)
        else:
            assert shown == (f"{default:g}" if isinstance(default, float) else str(default)), name


def test_a_bad_time_says_how_to_write_it(env):
    with pytest.raises(BadSetting, match="DIGEST_TIME is not usable: must be a time such as 08:00"):
        env(DIGEST_TIME="8am")


def test_secrets_are_marked_in_the_example():
    text = (ROOT / ".env.example").read_text().splitlines()
    for name, field in Settings.model_fields.items():
        at = text.index(next(line for line in text if line.startswith(f"{name.upper()}=")))
        if isinstance(field.default, SecretStr):
            assert text[at - 1].startswith("# *"), name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTP_PORT", "hunter2"),
        ("DIGEST_TIME", "hunter2"),
        ("DIGEST_TIMEZONE", "hunter2"),
        ("DIGEST_DAYS", "hunter2"),
        ("SLACK_CHANNELS", "hunter2"),
        ("TELEGRAM_CHATS", "hunter two"),
        ("SLACK_API_URL", "hunter2"),
        ("HF_ENDPOINT", "hunter2"),
        ("HF_ENDPOINT", "https://me:hunter2@h"),
        ("ARXIV_API_URL", "https://hunter2:99999/q"),
        ("ARXIV_URL", "https://[hunter2"),
        ("MODEL_PRESET", "hunter2"),
        ("MODEL_DAILY_BUDGET_USD", "hunter2"),
        ("MODEL_DAILY_BUDGET_USD", "-1"),
        ("LOG_LEVEL", "hunter2"),
    ],
)
def test_a_malformed_setting_is_named_and_its_value_is_not(env, name, value):
    with pytest.raises(BadSetting) as caught:
        env(**{name: value})
    assert name in str(caught.value)
    assert value not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_value_means_the_default(env):
    settings = env(SLACK_CHANNELS="", HTTP_PORT="", DIGEST_TIME="")
    assert (settings.slack_channels, settings.http_port) == ((), 8080)


def test_a_secret_can_be_a_file_and_the_variable_wins(env, tmp_path):
    path = tmp_path / "token"
    path.write_text("xoxb-from-file\n")
    assert env(SLACK_BOT_TOKEN_FILE=path).slack_bot_token.get_secret_value() == "xoxb-from-file"
    assert env(SLACK_BOT_TOKEN="xoxb-direct").slack_bot_token.get_secret_value() == "xoxb-direct"


def test_a_secret_file_that_cannot_be_read_is_named(env, tmp_path):
    with pytest.raises(BadSetting, match="SLACK_BOT_TOKEN_FILE"):
        env(SLACK_BOT_TOKEN_FILE=tmp_path / "absent")


def test_secrets_are_in_no_repr(env):
    settings = env(ANTHROPIC_API_KEY="sk-ant-secret", TELEGRAM_BOT_TOKEN="123456:secret")
    assert "secret" not in repr(settings).replace("webhook_secret", "").replace("signing_secret", "").replace(
        "SecretStr", ""
    )
    assert sorted(settings.secrets())[:1] == ["123456:secret"]


@pytest.mark.parametrize(
    ("name", "url", "words"),
    [
        ("REDIS_URL", "redis://:hunt%40er2@h/0", {"hunt%40er2", "hunt@er2"}),
        ("REDIS_URL", "redis://me:hunt@er2@h/0", {"hunt@er2"}),
        ("REDIS_URL", "redis://h/0?db=1&password=hunt%2Fer2", {"hunt%2Fer2", "hunt/er2"}),
        ("ANTHROPIC_BASE_URL", "https://me:hunter2@h", {"hunter2"}),
        ("SLACK_API_URL", "https://me:hunter2@h/api/", {"hunter2"}),
        ("TELEGRAM_API_URL", "https://me:hunter2@h", {"hunter2"}),
        ("TELEGRAM_WEBHOOK_URL", "https://me:hunter2@h/x", {"hunter2"}),
    ],
)
def test_a_password_in_a_url_is_a_secret_too(env, name, url, words):
    settings = env(**{"REDIS_URL": "unix:///x", name: url})
    assert set(settings.secrets()) - {url, "unix:///x"} == words


def test_what_a_library_quotes_of_a_service_is_not_logged(capsys):
    logs.setup("DEBUG", "text", ())
    for name in ("telegram.request.BaseRequest", "slack_sdk.web.base_client"):
        logging.getLogger(name).error("Can not load invalid JSON data: <html>somebody's words</html>")
    assert capsys.readouterr().err == ""


def test_logs_mask_secrets_and_keep_one_line(env, capsys):
    settings = env(ANTHROPIC_API_KEY="sk-ant-very-secret", LOG_FORMAT="text")
    logs.setup("DEBUG", "text", settings.secrets())
    logging.getLogger("x").error(
        "evil\ntitle %s", "sk-ant-very-secret", extra={"url": "https://t/bot123456:" + "A" * 30}
    )
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "very-secret" not in err
    assert "A" * 30 not in err


@pytest.mark.parametrize("style", ["text", "json"])
def test_a_secret_is_masked_however_it_is_written(capsys, style):
    secret = 'hun"ter\\two'
    logs.setup("INFO", style, [secret])
    logging.getLogger("x").error("with %s", secret, extra={"url": f"redis://:{secret}@h"})
    err = capsys.readouterr().err
    assert "hun" not in err
    assert err.count("***") == 2


def test_days():
    assert parse_days("mon-fri") == frozenset(range(5))
    assert parse_days("Mon, wed,FRI") == {0, 2, 4}
    assert parse_days("sat-mon") == {5, 6, 0}


def test_load_reads_once(env):
    assert env() is load()


@pytest.mark.parametrize(
    ("locale", "profile"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "cv-daily-zh"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}, "cv-daily-en"),
        ({"LANG": "C.UTF-8"}, "cv-daily-en"),
        ({}, "cv-daily-en"),
    ],
)
def test_an_empty_profile_and_zone_are_the_machines(env, monkeypatch, locale, profile):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in locale.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TZ", "America/New_York")
    settings = env(DIGEST_PROFILE="", DIGEST_TIMEZONE="")
    assert (settings.digest_profile, settings.digest_timezone) == (profile, "America/New_York")
    monkeypatch.setenv("TZ", "nonsense")
    assert env(DIGEST_TIMEZONE="").zone, "then the clock's link, or UTC"
    assert env(DIGEST_PROFILE="llm-agents-en", DIGEST_TIMEZONE="Asia/Tokyo").zone.key == "Asia/Tokyo"

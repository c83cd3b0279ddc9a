"""What a machine may say around our settings.

Values as editors leave them, `.env` files, certificates, proxies.
"""

import ssl

import pytest

from workers import network
from workers.errors import BadSetting
from workers.settings import Settings, environment

GOOD = "xoxb-1-good"


@pytest.fixture(autouse=True)
def _bare(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    "value",
    [
        "xoxb-1-good\r", " xoxb-1-good\n", "'xoxb-1-good'", '"xoxb-1-good"', '"xoxb-1-good"\r\n', "\ufeffxoxb-1-good",
        "\u00a0xoxb-1-good\u200b", "“xoxb-1-good”", "‘xoxb-1-good’", "' xoxb-1-good '", "\"'xoxb-1-good'\"",
    ],
)  # fmt: skip
def test_what_stands_around_a_value_is_no_part_of_it(env, value, tmp_path):
    assert env(SLACK_BOT_TOKEN=value).slack_bot_token.get_secret_value() == GOOD
    (tmp_path / "token").write_text(value, encoding="utf-8")
    settings = env(SLACK_BOT_TOKEN="", SLACK_BOT_TOKEN_FILE=f"'{tmp_path}/token'")
    assert settings.slack_bot_token.get_secret_value() == GOOD


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("HTTP_PORT", "'8081'\r", 8081),
        ("MODEL_JUDGE", '"false"', False),
        ("SLACK_CHANNELS", '"C1,C2"', ("C1", "C2")),
        ("DIGEST_TIMEZONE", "Europe/Berlin\r", "Europe/Berlin"),
        ("HTTP_PORT", "''", 8080),
        ("HTTP_PORT", " \r", 8080),
        ("LOG_LEVEL", "“DEBUG”", "DEBUG"),
    ],
)
def test_every_kind_of_setting_is_cleaned(env, name, value, read):
    assert getattr(env(**{name: value}), name.lower()) == read


def test_a_quotation_mark_inside_a_value_stays(env):
    assert env(CONTACT="o'hara@x.org").contact == "o'hara@x.org"
    assert environment.cleaned("'a' and 'b'x") == "'a' and 'b'x"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"HTTP_PORT=1\nCONTACT=M\xfcller@x.org\n", "CONTACT in .env is not UTF-8 (line 2)"),
        (b"# caf\xe9\nHTTP_PORT=1\n", ".env is not UTF-8 (line 1)"),
        ("CONTACT=研究室\n".encode("gbk"), "CONTACT in .env is not UTF-8"),
        ("CONTACT=a\r\n".encode("utf-16"), "UTF-16"),
        (b"CONTACT=a\0b\n", "UTF-16"),
        (b"HTTP_PORT=1\n\nSLACK_BOT_TOKEN: hunter2\n", ".env cannot be read in line 3"),
        (b'CONTACT="hunter2\nHTTP_PORT=1\n', ".env cannot be read in line 1"),
    ],
)
def test_a_file_of_settings_that_cannot_be_read_says_where(env, tmp_path, raw, said):
    (tmp_path / ".env").write_bytes(raw)
    with pytest.raises(BadSetting) as caught:
        env()
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_folder_in_place_of_the_file_and_one_that_is_closed(env, tmp_path, monkeypatch):
    (tmp_path / ".env").mkdir()
    with pytest.raises(BadSetting, match=r"\.env is a folder"):
        env()


@pytest.mark.parametrize(
    "raw", [b"\xef\xbb\xbfCONTACT=a@b\n", b"export CONTACT='a@b'\r\n", b"CONTACT=a@b # me\n", "CONTACT=“a@b”".encode()]
)
def test_what_editors_write_is_read(env, tmp_path, raw):
    (tmp_path / ".env").write_bytes(raw)
    assert env().contact == "a@b"


def test_a_secrets_file_may_be_named_in_the_file_of_settings(env, tmp_path):
    (tmp_path / "t").write_text(GOOD)
    (tmp_path / ".env").write_text(f"SLACK_BOT_TOKEN_FILE={tmp_path}/t\n")
    assert env().slack_bot_token.get_secret_value() == GOOD
    (tmp_path / "t").write_bytes(b"\xff\xfe")
    with pytest.raises(BadSetting, match="SLACK_BOT_TOKEN_FILE cannot be read"):
        env()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ANTHROPIC_API_KEY", "sk-ant hunter2", "no token has"),
        ("TELEGRAM_BOT_TOKEN", "123:hunter2–x", "no token has"),
        ("OUTBOUND_PROXY", "ftp://hunter2", "must begin with http://"),
        ("OUTBOUND_PROXY", "http://me:hunter2/x@h:1", "signs in its password"),
    ],
)
def test_a_token_or_proxy_that_cannot_be_sent_is_named(env, name, value, said):
    with pytest.raises(BadSetting, match=name) as caught:
        env(**{name: value})
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SSL_CERT_FILE", "/nonexistent/cacert.pem", "SSL_CERT_FILE names a file that cannot be used (No such file"),
        ("SSL_CERT_FILE", "{here}", "Is a directory"),
        ("SSL_CERT_FILE", "{here}/empty.pem", "holds no certificate"),
        ("SSL_CERT_DIR", "/nonexistent:/nowhere", "SSL_CERT_DIR names no folder"),
        ("ALL_PROXY", "ftp://hunter2:1", "ALL_PROXY is not usable"),
        ("https_proxy", "http://me:hunter2#x@h:1", "HTTPS_PROXY is not usable"),
        ("http_proxy", "http://h:port", "HTTP_PROXY is not usable"),
        ("all_proxy", "socks4://hunter2:1", "must begin with http:// or socks5://"),
    ],
)
def test_a_variable_that_breaks_clients_is_named_before_one_is_built(env, monkeypatch, tmp_path, name, value, said):
    (tmp_path / "empty.pem").write_text("nothing\n")
    monkeypatch.setenv(name, value.format(here=tmp_path))
    with pytest.raises(BadSetting) as caught:
        env()
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("environ", "setting", "url", "through"),
    [
        ({}, "", "https://arxiv.org", None),
        ({"HTTPS_PROXY": "http://p:1"}, "", "https://arxiv.org", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1"}, "", "http://arxiv.org", None),
        ({"HTTP_PROXY": "http://p:1"}, "", "https://arxiv.org", None),
        ({"all_proxy": "socks://p:1"}, "", "https://arxiv.org", "socks5://p:1"),
        ({"all_proxy": "socks5h://p:1/"}, "", "https://arxiv.org", "socks5h://p:1"),
        ({"https_proxy": "'p:1'\r", "ALL_PROXY": "socks5://p:2"}, "", "https://arxiv.org", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "arxiv.org"}, "", "https://arxiv.org", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".arxiv.org"}, "", "https://export.arxiv.org", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, "", "https://arxiv.org", None),
        ({"ALL_PROXY": "http://p:1"}, "", "http://127.0.0.1:80", None),
        ({"ALL_PROXY": "http://p:1"}, "", "http://localhost:80", None),
        ({"ALL_PROXY": "http://p:1"}, "", "http://[::1]:80", None),
        ({"HTTPS_PROXY": "http://p:1"}, "http://q:2", "https://arxiv.org", "http://q:2"),
        ({}, "q:2", "http://arxiv.org", "http://q:2"),
        ({"NO_PROXY": "arxiv.org"}, "http://q:2", "https://arxiv.org", None),
        ({}, "http://q:2", "http://127.0.0.1:80", None),
        ({}, "http://127.0.0.1:2", "http://127.0.0.1:80", "http://127.0.0.1:2"),
    ],
)
def test_which_proxy_an_address_goes_through(monkeypatch, environ, setting, url, through):
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    found = network.proxy(Settings(_env_file=None, outbound_proxy=setting), url)
    assert (found.url if found else None) == through


def test_passwords_of_proxies_are_masked(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://me:hunt%40er1@p:1")
    monkeypatch.setenv("ALL_PROXY", "me:hunter2@p:1")
    settings = Settings(_env_file=None, outbound_proxy="http://me:hunter3@p:1")
    assert {"hunt@er1", "hunt%40er1", "hunter2", "hunter3"} <= set(settings.secrets())


def test_slack_refuses_socks_by_name():
    settings = Settings(_env_file=None, outbound_proxy="socks5://p:1", slack_api_url="https://slack.com/api/")
    with pytest.raises(BadSetting, match="OUTBOUND_PROXY names a SOCKS proxy"):
        network.for_slack(object(), settings)


def test_names_that_are_meant_for_settings(tmp_path):
    path = tmp_path / ".env"
    path.write_text(
        "SLACK_TOKEN=a\nDIGEST_TIMEZON=b\nTELEGRAM_CHAT=c\nPATH=x\nREDIS_URL_FILE=y\nEDITOR=z\nDIGEST_TIME=1\n"
    )
    assert environment.strangers(path, Settings.model_fields) == {
        "SLACK_TOKEN": "SLACK_BOT_TOKEN",
        "DIGEST_TIMEZON": "DIGEST_TIMEZONE",
        "TELEGRAM_CHAT": "TELEGRAM_CHATS",
    }


@pytest.mark.parametrize(
    ("code", "said"), [(9, "not valid yet"), (10, "has run out"), (62, "another host's"), (20, "is not trusted")]
)
def test_a_certificate_is_refused_for_what_is_wrong_with_it(code, said):
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, "unable to get local issuer certificate"
    outer = OSError("wrapped")
    outer.__cause__ = error
    found, todo = network.why(outer, Settings(_env_file=None), "https://slack.com/api/")
    assert said in found and "slack.com" in found and todo

"""`slack-manifest.yaml` asks for what the code uses, no less and no more."""

import re

import pytest

from bot.slack.listeners import COMMANDS, EVENTS, SHORTCUT
from tests import ROOT
from workers.platforms import SLACK_OPTIONAL, SLACK_PATH, SLACK_SCOPES

SCOPES_OF_METHODS = {
    "apps_connections_open": (),
    "auth_test": (),
    "assistant_threads_setStatus": ("chat:write",),
    "assistant_threads_setTitle": (),  # assistant:write, only where the app has the pane
    "chat_appendStream": ("chat:write",),
    "chat_delete": ("chat:write",),
    "chat_postEphemeral": ("chat:write",),
    "chat_postMessage": ("chat:write",),
    "chat_startStream": ("chat:write",),
    "chat_stopStream": ("chat:write",),
    "chat_stream": ("chat:write",),
    "chat_update": ("chat:write",),
    "conversations_history": ("channels:history", "groups:history", "im:history", "mpim:history"),
    "conversations_info": ("channels:read", "groups:read"),
    "conversations_replies": ("channels:history", "groups:history", "im:history", "mpim:history"),
    "users_conversations": ("channels:read",),
    "users_info": ("users:read",),
    "views_open": (),
    "views_publish": (),
    "views_update": (),
}
"""Method of slack_sdk -> bot scopes it needs (docs.slack.dev, each method's page)."""

SCOPES_OF_EVENTS = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    **{f"channel_{what}": ("channels:read",) for what in ("archive", "deleted", "left", "unarchive")},
    **{f"group_{what}": ("groups:read",) for what in ("archive", "deleted", "left", "unarchive")},
}
"""Event type -> bot scopes it needs (docs.slack.dev, each event's page)."""

CALL = re.compile(
    r"\.((?:apps|assistant|auth|bookmarks|canvases|chat|conversations|files|im|pins|reactions|users|views)_\w+)"
)


def read(lines, depth=0):
    """The subset of YAML that the manifest uses.

    Maps, lists and scalars, two spaces a level.
    """
    found = {}
    while lines and lines[0][0] >= depth:
        indent, text = lines[0]
        if text.startswith("- "):
            found = found or []
            if re.match(r"- \w+: ", text):
                lines[0] = (indent + 2, text[2:])
                found.append(read(lines, indent + 2))
            else:
                found.append(scalar(lines.pop(0)[1][2:]))
            continue
        name, _, value = lines.pop(0)[1].partition(":")
        assert name not in found, name
        found[name] = scalar(value) if value.strip() else read(lines, lines[0][0])
    return found


def scalar(text):
    text = text.strip()
    if text.startswith('"'):
        return text[1:-1]
    return {"true": True, "false": False}.get(text, int(text) if text.isdecimal() else text)


@pytest.fixture(scope="module")
def manifest():
    raw = (ROOT / "slack-manifest.yaml").read_text().splitlines()
    kept = [line for line in raw if line.strip() and not line.lstrip().startswith("#")]
    return read([(len(line) - len(line.lstrip()), line.strip()) for line in kept])


def called():
    """Every Web API method that the sources call."""
    sources = [file.read_text() for room in ("bot", "workers") for file in (ROOT / room).rglob("*.py")]
    return {name for source in sources if re.search("slack_(sdk|bolt)", source) for name in CALL.findall(source)}


def test_scopes_are_those_of_the_methods_and_events(manifest):
    asked = manifest["oauth_config"]["scopes"]["bot"]
    assert asked == sorted(SLACK_SCOPES)
    unknown = called() - SCOPES_OF_METHODS.keys()
    assert not unknown, f"say which scope {unknown} needs, here and in SLACK_SCOPES"
    needed = {scope for name in called() for scope in SCOPES_OF_METHODS[name]}
    needed |= {scope for name in events(manifest) for scope in SCOPES_OF_EVENTS[name]}
    assert set(asked) == needed | {"commands"}


def test_optional_scopes_are_some_of_the_others_and_what_is_lost_is_told(manifest):
    scopes = manifest["oauth_config"]["scopes"]
    assert scopes["bot_optional"] == sorted(SLACK_OPTIONAL) and set(SLACK_OPTIONAL) < set(scopes["bot"])
    told = (ROOT / "docs" / "operating.md").read_text()
    assert all(f"| `{scope}` |" in told for scope in SLACK_OPTIONAL)


def events(manifest):
    return manifest["settings"]["event_subscriptions"]["bot_events"]


def test_events_are_those_that_are_heard(manifest):
    asked = events(manifest)
    assert asked == sorted(set(asked))
    assert {name.partition(".")[0] for name in asked} == set(EVENTS)
    assert {name for name in asked if name.startswith("message")} == {
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
    }


def test_commands_and_the_shortcut(manifest):
    features = manifest["features"]
    assert [c["command"] for c in features["slash_commands"]] == sorted(COMMANDS)
    assert [(s["callback_id"], s["type"]) for s in features["shortcuts"]] == [(SHORTCUT, "message")]
    assert features["shortcuts"][0]["name"] == "Deep dive this paper"
    assert features["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def test_socket_mode_and_limits(manifest):
    settings = manifest["settings"]
    assert settings["socket_mode_enabled"] is True
    assert settings["interactivity"] == {"is_enabled": True}
    assert len(manifest["display_information"]["name"]) <= 35
    assert len(manifest["display_information"]["description"]) <= 140
    assert f"https://<your host>{SLACK_PATH}" in (ROOT / "slack-manifest.yaml").read_text()

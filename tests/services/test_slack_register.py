"""Every listener is registered under the names that people see."""

import re
import time

import pytest

from bot.slack.listeners import COMMANDS, SHORTCUT
from tests import ROOT
from workers.intake import Intake


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


def test_every_listener_is_registered_under_the_names_that_people_see(manifest, env, redis):
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack.listeners import Listeners

    heard = {}

    class Recorder(AsyncApp):
        def _note(self, kind, name):
            heard.setdefault(kind, []).append(name)
            return lambda function: function

        def command(self, name):
            return self._note("command", name)

        def shortcut(self, name):
            return self._note("shortcut", name)

        def action(self, name):
            return self._note("action", name)

        def view(self, name):
            return self._note("view", name)

    client = AsyncWebClient("xoxb-1")
    Listeners(Intake(redis, env(), time.time), client, "U1").register(Recorder(client=client, signing_secret="x"))
    named = {kind: [n for n in names if isinstance(n, str)] for kind, names in heard.items()}
    assert named["command"] == list(COMMANDS)
    assert named["shortcut"] == [SHORTCUT]
    paper, own = {"dive", "vote_up", "vote_down", "save", "menu"}, {"op_again", "op_leave", "other", "setup_change"}
    many = {f"about{n}" for n in range(5)} | {f"author{n}" for n in range(8)}
    assert set(named["action"]) == paper | own | many, "posts out there name them so"
    assert set(named["view"]) == {"settings", "setup", "setup_correct", "setup_show"}
    assert all(len(names) > len(named[kind]) for kind, names in heard.items()), "each has its catch-all"

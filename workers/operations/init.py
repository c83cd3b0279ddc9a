"""The questions of `init`, how answers are checked, how `.env` is written."""

import os
import re
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workers.errors import BadInput
from workers.operations.doctor.clock import Clock
from workers.operations.doctor.findings import Finding
from workers.operations.doctor.model import key as model_key
from workers.operations.doctor.slack import slack
from workers.operations.doctor.telegram import telegram
from workers.settings import Settings

MANIFEST = "slack-manifest.yaml"
"""The Slack app, to be pasted; lies in a checkout, and is installed beside the packages."""

ENV = Path(".env")
"""Where the settings of a set-up lie: the working folder, as `load` reads it."""

MODE = 0o600
"""Only the user may read a file of tokens."""


@dataclass(frozen=True)
class Question:
    """One setting that is asked for."""

    name: str
    """As it stands in `.env`."""
    where: str
    """Where the answer is found, in words."""
    secret: bool = False
    looks: tuple[str, ...] = field(kw_only=True)
    """How the names of the findings begin that tell whether the answer works."""
    after: str = ""
    """Asked only where this setting has a value."""


QUESTIONS = (
    Question(
        "SLACK_BOT_TOKEN",
        "xoxb-…: api.slack.com/apps, Create New App, From a manifest (slack-manifest.yaml), Install App",
        secret=True,
        looks=("bot token", "scopes"),
    ),
    Question(
        "SLACK_APP_TOKEN",
        "xapp-…: Basic Information, App-Level Tokens, Generate, scope connections:write",
        secret=True,
        after="SLACK_BOT_TOKEN",
        looks=("Socket Mode",),
    ),
    Question(
        "SLACK_CHANNELS",
        "channel ids such as C0123ABCD, comma separated; or later /digest subscribe in a channel",
        after="SLACK_BOT_TOKEN",
        looks=("channel",),
    ),
    Question("TELEGRAM_BOT_TOKEN", "123456:…: write /newbot to @BotFather", secret=True, looks=("token",)),
    Question(
        "TELEGRAM_CHATS",
        "@names or ids, comma separated; or later /digest subscribe in a chat",
        after="TELEGRAM_BOT_TOKEN",
        looks=("chat",),
    ),
    Question(
        "ANTHROPIC_API_KEY",
        "sk-ant-…: console.anthropic.com; without it no model is used",
        secret=True,
        looks=("key",),
    ),
)
"""In the order in which they are asked."""


def manifest() -> Path:
    """Put the Slack app's manifest into the working folder; return its path.

    One that is there already stays.
    """
    here = Path(MANIFEST)
    if not here.exists():
        places = (Path(__file__).parents[2], Path(sysconfig.get_path("data")) / "share" / "paperboy")
        found = next((place / MANIFEST for place in places if (place / MANIFEST).is_file()), None)
        if found is None:
            raise BadInput(f"{MANIFEST} was not installed: take it from the source distribution.")
        _write(here, found.read_text(encoding="utf-8"), 0o644)
    return here.absolute()


def read_env(file: Path = ENV) -> dict[str, str]:
    """Return the values that stand in a `.env` file already.

    A file that is no text is refused by name.
    """
    if not file.exists():
        return {}
    found = {}
    for line in _text(file).splitlines():
        name, sign, value = line.removeprefix("export ").partition("=")
        if sign and not line.lstrip().startswith("#") and value.strip():
            found[name.strip()] = value.strip().strip("'\"")
    return found


def write_env(values: Mapping[str, str], file: Path = ENV) -> None:
    """Put `values` into the file, whole or not at all.

    Lines of these names are replaced, all others stay. Raises BadInput where the folder cannot be written.
    """
    left, lines = dict(values), []
    for line in _text(file).splitlines() if file.exists() else []:
        name = line.removeprefix("export ").partition("=")[0].strip()
        lines.append(f"{name}={left.pop(name)}" if name in left else line)
    lines += [f"{name}={value}" for name, value in left.items()]
    _write(file, "\n".join(lines) + "\n", MODE)


def _write(file: Path, text: str, mode: int) -> None:
    """Replace the file in one step; where it is a link, the file that it leads to."""
    made, file = "", Path(os.path.realpath(file))
    try:
        with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8") as out:
            made = out.name
            out.write(text)
        Path(made).chmod(mode)
        Path(made).replace(file)
    except OSError as error:
        with suppress(OSError):
            Path(made).unlink()
        raise BadInput(f"{file} cannot be written ({error.strerror}): run `init` in a folder of yours.") from None


def wrong(question: Question, values: Mapping[str, str]) -> str:
    """Say what is wrong with the form of an answer, or return "".

    Nothing is asked of a service.
    """
    text = values[question.name]
    if re.search(r"\s", text.strip()) and question.secret:
        return f"{question.name} holds a space or a line break: copy it again."
    try:
        _settings(values)
    except ValidationError as error:
        messages = [str(e["msg"]).removeprefix("Value error, ") for e in error.errors()]
        return f"{question.name}: {'; '.join(messages)}."
    return ""


def look(question: Question, values: Mapping[str, str]) -> Iterator[Finding]:
    """What the service says of an answer, by the checks of `doctor`."""
    from workers.channels.recipients import target
    from workers.store.channels.settings import ChannelSettings

    settings = _settings(values)
    if question.name.startswith("ANTHROPIC"):
        yield from model_key(settings)
        return
    on_slack = question.name.startswith("SLACK")
    named = settings.slack_channels if on_slack else settings.telegram_chats
    platform = "slack" if on_slack else "telegram"
    goals = [(target(settings, f"{platform}:{name}", ChannelSettings()), "") for name in named]
    found = slack(settings, goals, Clock()) if on_slack else telegram(settings, goals, False)
    yield from (f for f in found if f.name.startswith(question.looks) and f.state != "off")


def _settings(values: Mapping[str, str]) -> Settings:
    known = {name: value for name, value in os.environ.items() if name.lower() in Settings.model_fields}
    named = {name.lower(): value for name, value in (known | dict(values)).items() if value}
    fields: dict[str, Any] = {name: value for name, value in named.items() if name in Settings.model_fields}
    return Settings(_env_file=None, **fields)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read ({type(error).__name__}): save it as UTF-8, or move it away.") from None

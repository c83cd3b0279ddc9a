"""Runs all checks: Redis first, the others side by side."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from redis import Redis
from redis.exceptions import RedisError

from prompts import Profile
from workers.channels.recipients import Target, target, targets
from workers.errors import BadSetting, PaperboyError
from workers.operations.doctor.clock import Clock
from workers.operations.doctor.findings import ConfiguredPart, Finding, examine
from workers.operations.doctor.machine import machine, profiles, schedule
from workers.operations.doctor.model import model
from workers.operations.doctor.network import connections, empty_files, misplaced
from workers.operations.doctor.redis import PART as REDIS
from workers.operations.doctor.redis import redis as look_at_redis
from workers.operations.doctor.redis import refused
from workers.operations.doctor.slack import slack
from workers.operations.doctor.sources import sources
from workers.operations.doctor.telegram import telegram
from workers.operations.doctor.zotero import zotero
from workers.settings import Settings
from workers.store.channels.settings import Channels, ChannelSettings
from workers.store.operations.heartbeats import Heartbeats
from workers.store.server import embedded
from workers.store.server import faults as server_faults
from workers.store.server.connection import connect
from workers.words.typed import typed

REDIS_S, ANSWER_S = 15.0, 5.0
"""Seconds for all that Redis is asked, and for one answer of it."""

LIMIT_S = {
    "Network": 20.0,
    "Slack": 60.0,
    "Telegram": 60.0,
    "Model": 180.0,
    "Sources": 120.0,
    "Zotero": 60.0,
    "Machine": 15.0,
}
"""Seconds for each part. Model: a small server reads long; Sources: arXiv's pace, and others may be in its queue."""

T = TypeVar("T")


def unusable(error: BadSetting) -> list[Finding]:
    """Return a finding for each setting that is wrong.

    For settings that cannot be read: nothing else is looked at.
    """
    wrong = error.fields.get("problems") or [str(error)]
    return [Finding("Settings", str(one).partition(" ")[0], "fail", str(one), "correct it in .env.") for one in wrong]


def run(settings: Settings) -> list[Finding]:
    """Look at everything that is configured."""
    clock, found = Clock(), [Finding("Settings", "all", "ok", "can be read"), *misplaced(), *empty_files()]
    with _store(settings, found) as redis:
        channels = Channels(redis) if redis else None
        goals = _goals(settings, channels)
        loaded = list(profiles(settings, channels, [goal for goal, _ in goals]))
        told = [p for p in loaded if isinstance(p, Profile)]
        found += [f for f in loaded if isinstance(f, Finding)]
        found += schedule(goals, known=redis is not None)
        beats = Heartbeats(redis) if redis else None
        running = bool(beats and beats.get("clock"))
        listening = bool(beats and beats.get("telegram"))
        found.append(_running(running, known=beats is not None))
        seen = goals + _operator(settings, channels, goals)
        found += _unheard(settings)
        looks = {
            "Network": partial(connections, settings),
            "Slack": partial(slack, settings, _of("slack", seen), clock),
            "Telegram": partial(telegram, settings, _of("telegram", seen), listening),
            "Model": partial(model, settings, redis),
            "Sources": partial(sources, settings, redis, told, clock),
            "Zotero": partial(zotero, settings),
            "Machine": partial(machine, settings, running),
        }
        found += examine([ConfiguredPart(name, look, LIMIT_S[name]) for name, look in looks.items()])
    return [*found, *clock.findings()]


@contextmanager
def _store(settings: Settings, found: list[Finding]) -> Iterator["Redis | None"]:
    """Look at the server that the settings name; yield it, or None if unusable.

    A server that we started is ended.
    """
    url = settings.redis_url.get_secret_value()
    ours = False
    try:
        ours = not url and not embedded.running(settings.data_dir)
        client = connect(url or embedded.start(settings.data_dir), retries=1, socket_timeout=ANSWER_S)
    except (PaperboyError, OSError, ValueError) as error:
        found.append(_unstarted(url, error))
        yield None
        return
    try:
        seen = examine([ConfiguredPart(REDIS, partial(look_at_redis, settings, client), REDIS_S)])
        found += seen
        needed = ("REDIS_URL", "embedded", "writes", "time", "schema")
        usable = not any(f.state == "fail" and f.name in needed for f in seen)
        yield client if usable else None
    finally:
        client.close()
        if ours:
            embedded.release(settings.data_dir)


def _unstarted(url: str, error: Exception) -> Finding:
    if url and isinstance(error, ValueError):
        return Finding(REDIS, "REDIS_URL", "fail", "is not the address of a Redis", server_faults.ADDRESS)
    if url:
        return refused(error)
    if isinstance(error, PaperboyError):
        return Finding(REDIS, "embedded", "fail", str(error), "see redis.log in DATA_DIR, or set REDIS_URL.")
    reason = error.strerror if isinstance(error, OSError) else type(error).__name__
    todo = "make DATA_DIR a folder that this user may write to, or set REDIS_URL."
    return Finding(REDIS, "embedded", "fail", f"cannot be started in DATA_DIR ({reason})", todo)


def _goals(settings: Settings, channels: Channels | None) -> list[tuple[Target, str]]:
    """List every channel that gets a digest, and why it is paused, if it is.

    From the settings alone where Redis is away.
    """
    if channels:
        try:
            return [(goal, channels.get(goal.channel).paused) for goal in targets(settings, channels, paused=True)]
        except RedisError:
            pass
    slack_able = bool(settings.slack_bot_token.get_secret_value())
    telegram_able = bool(settings.telegram_bot_token.get_secret_value())
    named = [f"slack:{c}" for c in settings.slack_channels if slack_able]
    named += [f"telegram:{c}" for c in settings.telegram_chats if telegram_able]
    return [(target(settings, name, ChannelSettings()), "") for name in named]


def _operator(
    settings: Settings, channels: Channels | None, goals: list[tuple[Target, str]]
) -> list[tuple[Target, str]]:
    """Return the operator's channel, unless it gets a digest.

    It is looked at like one that does.
    """
    wanted = settings.operator_channel
    where = channels.address(wanted) if channels and wanted else wanted
    if not where or where in {goal.channel for goal, _ in goals}:
        return []
    return [(target(settings, where, ChannelSettings()), channels.get(where).paused if channels else "")]


def _unheard(settings: Settings) -> Iterator[Finding]:
    """Whether anybody hears of trouble."""
    platform = settings.operator_channel.partition(":")[0]
    tokens = {"slack": settings.slack_bot_token, "telegram": settings.telegram_bot_token}
    if not platform:
        todo = "set OPERATOR_CHANNEL to hear of trouble in a chat; `status` shows it in any case."
        yield Finding("Schedule", "operator", "off", "OPERATOR_CHANNEL is not set", todo)
    elif not tokens[platform].get_secret_value():
        todo = f"set {platform.upper()}_BOT_TOKEN, or another channel."
        yield Finding("Schedule", "operator", "fail", f"OPERATOR_CHANNEL is on {platform.title()}, but no token", todo)
    else:
        yield Finding("Schedule", "operator", "ok", "trouble is told in OPERATOR_CHANNEL")


def _of(platform: str, goals: list[tuple[Target, str]]) -> list[tuple[Target, str]]:
    return [(goal, paused) for goal, paused in goals if goal.channel.partition(":")[0] == platform]


def _running(running: bool, known: bool) -> Finding:
    if not known:
        return Finding("Schedule", "clock", "unknown", "Redis does not tell whether the bot runs")
    if running:
        return Finding("Schedule", "clock", "ok", "the bot runs")
    todo = f"{typed()} up (or the processes of the Procfile)."
    return Finding("Schedule", "clock", "off", "the bot does not run now", todo)

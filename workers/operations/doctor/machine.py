"""Checks folders, disk, time zones, profiles, the schedule, the port."""

import errno
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from prompts import Profile, PromptError, load_profile
from workers.channels.recipients import Target, profile_of
from workers.channels.schedule import next_slot
from workers.errors import BadInput
from workers.operations.doctor.findings import Finding, State
from workers.settings import Settings, locale
from workers.sources.arxiv.feed_and_api import ZONE as ARXIV_ZONE
from workers.sources.spec import known
from workers.store import archive
from workers.store.channels.settings import Channels

PART, SCHEDULE, PROFILES = "Machine", "Schedule", "Profiles"

GB = 2**30

LITTLE_B, TOO_LITTLE_B = GB, GB // 8
"""Free bytes from which it is told, and below which Redis may soon be unable to write."""


def profiles(settings: Settings, channels: Channels | None, goals: list[Target]) -> Iterator[Finding | Profile]:
    """Each profile in use as it loads, and a finding about each."""
    names: dict[str, list[str]] = {settings.digest_profile: ["DIGEST_PROFILE"]}
    for goal in goals:
        names.setdefault(goal.profile, []).append(goal.channel)
    for name, users in names.items():
        who = f"for {users[0]}" + (f" and {len(users) - 1} more" if len(users) > 1 else "")
        try:
            profile = load_profile(name)
        except PromptError as error:
            yield Finding(PROFILES, name, "fail", f"{str(error).rstrip('.')}, {who}", "correct the file or the name.")
            continue
        yield profile
        wrong = list(_wrong_sources(profile))
        for said in wrong:
            yield Finding(PROFILES, name, "fail", f"{said}, {who}", "correct the profile, or the channel's settings.")
        if not wrong:
            yield Finding(PROFILES, name, "ok", f"loads, {who}")
    own = settings.profiles_dir
    if own != Settings.model_fields["profiles_dir"].default and not own.is_dir():
        todo = "correct it; only the shipped profiles are found."
        yield Finding(PROFILES, "PROFILES_DIR", "warn", f"names no folder ({own})", todo)
    for goal in goals if channels else ():
        chosen = channels.get(goal.channel) if channels else None
        if chosen is None or not chosen.changes:
            continue
        try:
            yield profile_of(goal.profile, chosen)
        except PromptError as error:
            todo = "correct it there with /digest settings."
            yield Finding(PROFILES, goal.channel, "fail", f"its own settings do not fit: {error}", todo)


def _wrong_sources(profile: Profile) -> Iterator[str]:
    for source in profile.sources:
        try:
            known(source)
        except BadInput as error:
            yield str(error).rstrip(".")


def schedule(goals: list[tuple[Target, str]], known: bool) -> Iterator[Finding]:
    """Yield when each channel's next digest is due.

    `known`: False where Redis could not be asked who subscribed.
    """
    if not goals:
        state: State = "off" if known else "unknown"
        todo = "set SLACK_CHANNELS or TELEGRAM_CHATS (and their token), or send /digest subscribe in a chat."
        yield Finding(SCHEDULE, "next digest", state, "no channel gets a digest", todo)
    for goal, paused in goals:
        if paused:
            yield Finding(SCHEDULE, goal.channel, "warn", f"paused ({paused})", "see the channel's own line.")
            continue
        _, due = next_slot(datetime.now(UTC), goal.at, goal.zone, goal.weekdays)
        said = f"next digest {due.astimezone(goal.zone):%a %Y-%m-%d %H:%M} {goal.zone.key}"
        yield Finding(SCHEDULE, goal.channel, "ok", said)


def machine(settings: Settings, running: bool) -> Iterator[Finding]:
    """Yield findings about folders, disk, time zone data and the port.

    `running`: a Paperboy runs now and may have the port.
    """
    yield from _folder("DATA_DIR", settings.data_dir, needed=not settings.redis_url.get_secret_value())
    if "://" in settings.archive_dir:
        yield _objects(settings)
    else:
        yield from _folder("ARCHIVE_DIR", Path(settings.archive_dir), needed=True)
    yield _zones(settings)
    yield _port(settings, running)


def _folder(setting: str, folder: Path, needed: bool) -> Iterator[Finding]:
    if not needed:
        yield Finding(PART, setting, "off", "not used: REDIS_URL is set")
        return
    there = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())
    try:
        if there == folder.absolute():
            with tempfile.TemporaryFile(dir=there):
                pass
        elif not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
            raise PermissionError(13, "Permission denied" if there.is_dir() else "Not a directory")
        free = shutil.disk_usage(there).free
    except OSError as error:
        todo = f"make it writable for this user, or set {setting} to another folder."
        yield Finding(PART, setting, "fail", f"cannot be written to ({error.strerror})", todo)
        return
    said = (
        f"writable, {free / GB:.1f} GB free" if there == folder.absolute() else f"will be made, {free / GB:.1f} GB free"
    )
    state: State = "fail" if free < TOO_LITTLE_B else "warn" if free < LITTLE_B else "ok"
    yield Finding(PART, setting, state, said, "" if state == "ok" else "make room on that disk.")


def _objects(settings: Settings) -> Finding:
    try:
        archive.check(settings)
    except OSError as error:
        todo = "correct it, and the service's own variables (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, ...)."
        return Finding(PART, "ARCHIVE_DIR", "fail", f"cannot be written to ({error.strerror})", todo)
    return Finding(PART, "ARCHIVE_DIR", "ok", f"{settings.archive_dir} can be written to")


def _zones(settings: Settings) -> Finding:
    try:
        for name in (settings.digest_timezone, ARXIV_ZONE.key):
            ZoneInfo.no_cache(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        todo = "install the package tzdata."
        return Finding(PART, "time zones", "fail", "the time zone data cannot be read", todo)
    unknown = "" if "digest_timezone" in settings.model_fields_set else locale.unknown_zone()
    if unknown:
        said = f"TZ is {unknown[:40]!r}, which is no time zone: digests come by {settings.digest_timezone}"
        return Finding(PART, "time zones", "warn", said, "set DIGEST_TIMEZONE to a name such as Europe/Berlin.")
    now = datetime.now(settings.zone)
    said = f"it is {now:%H:%M} (UTC{now:%z}) in {settings.digest_timezone}; tzdata {metadata.version('tzdata')}"
    return Finding(PART, "time zones", "ok", said)


def _port(settings: Settings, running: bool) -> Finding:
    """Tell whether HTTP_HOST:HTTP_PORT is free.

    A Paperboy that runs has it, as a rule.
    """
    where = f"{settings.http_host}:{settings.http_port}"
    webhooks = bool(settings.telegram_webhook_url or settings.slack_signing_secret.get_secret_value())
    if not settings.http_port:
        state: State = "warn" if webhooks else "ok"
        todo = "set HTTP_PORT: a webhook needs a port that stays the same." if webhooks else ""
        return Finding(PART, "HTTP port", state, "HTTP_PORT is 0: any free port is taken, the log names it", todo)
    try:
        family, kind, number, _, address = socket.getaddrinfo(
            settings.http_host, settings.http_port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, number) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE and running:
            return Finding(PART, "HTTP port", "ok", f"{where} is in use, and the bot runs")
        if error.errno == errno.EADDRINUSE:
            todo = "set another HTTP_PORT: the bot does not run now, so another program has it."
            return Finding(PART, "HTTP port", "fail" if webhooks else "warn", f"{where} is in use", todo)
        todo = "correct HTTP_HOST and HTTP_PORT."
        return Finding(PART, "HTTP port", "fail", f"{where} cannot be listened on ({error.strerror})", todo)
    return Finding(PART, "HTTP port", "ok", f"{where} is free")

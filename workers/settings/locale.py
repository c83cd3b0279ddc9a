"""The machine's language and time zone, for settings that are left empty."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo

LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Variables that say the language of messages, the first that is set (POSIX, 8.2)."""

LOCALTIME = Path("/etc/localtime")
"""A link into the tz database, on Linux and macOS."""

DEFAULT_ZONE = "UTC"


def language() -> str:
    """`zh` where the locale is Chinese, else `en`."""
    said = next((os.environ[name] for name in LOCALE if os.environ.get(name)), "")
    return "zh" if said.lower().startswith("zh") else "en"


def unknown_zone() -> str:
    """What TZ holds where that is neither a zone of the tz database nor a file."""
    name = os.environ.get("TZ", "").removeprefix(":")
    return "" if not name or name.startswith("/") or _known(name) else name


def zone() -> str:
    """Return the name of the machine's time zone.

    UTC where it has none that the tz database knows.
    """
    linked = str(LOCALTIME.resolve()).partition("zoneinfo/")[2].removeprefix("posix/")
    name = next(filter(_known, (os.environ.get("TZ", "").removeprefix(":"), linked)), DEFAULT_ZONE)
    return "UTC" if name in ("Etc/UTC", "Etc/UCT", "UCT") else name


def _known(name: str) -> bool:
    try:
        return bool(name and ZoneInfo(name).key)
    except (KeyError, ValueError, OSError):
        return False

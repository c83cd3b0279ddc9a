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


def zone() -> str:
    """Return the name of the machine's time zone.

    UTC where it has none that the tz database knows.
    """
    linked = str(LOCALTIME.resolve()).partition("zoneinfo/")[2].removeprefix("posix/")
    for name in (os.environ.get("TZ", "").removeprefix(":"), linked):
        try:
            if name and ZoneInfo(name).key:
                return "UTC" if name in ("Etc/UTC", "Etc/UCT", "UCT") else name
        except (KeyError, ValueError, OSError):
            continue
    return DEFAULT_ZONE

"""Where data, digests and profiles lie where no setting says it."""

from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parents[2]
"""The folder of the packages: a checkout, or where an installer put them."""

OURS = (".env", ".data", "profiles")
"""A working folder with one of these is the bot's own: all that it keeps lies there."""


def elsewhere(source: Path = SOURCE) -> dict[str, Any]:
    """Return the folders that the platform expects, by setting.

    Empty for a checkout, and in a working folder that is the bot's own: there the defaults hold.
    """
    if (source / "pyproject.toml").is_file() or any(Path(name).exists() for name in OURS):
        return {}
    from platformdirs import PlatformDirs

    at = PlatformDirs("paperboy", appauthor=False)
    data = at.user_data_path
    return {"data_dir": data, "archive_dir": str(data / "digests"), "profiles_dir": at.user_config_path / "profiles"}

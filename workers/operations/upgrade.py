"""Upgrades an older store to this version's schema, after a backup."""

import logging
from datetime import UTC, datetime

from redis import Redis

from workers.errors import BadInput
from workers.operations import backup
from workers.settings import Settings
from workers.store import schema
from workers.store.papers.twins import Twins

log = logging.getLogger(__name__)

BACKUPS = "backups"
"""Folder in DATA_DIR for what `export` writes before an upgrade."""


def upgrade(settings: Settings, redis: "Redis") -> None:
    """Upgrade the store if it is older than we are.

    May be run twice, and again after a kill.
    Raises BadSetting for a newer store, BadInput where the backup cannot be written: then nothing was changed.
    """
    old = schema.check(redis)
    if old == schema.SCHEMA:
        return
    if old is not None:
        folder = settings.data_dir / BACKUPS
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            why = f"{folder} cannot be made ({error.strerror}): a backup is written there before the store is upgraded."
            raise BadInput(why) from None
        file = folder / f"schema-{old}-{datetime.now(UTC):%Y-%m-%dT%H%M%S}.json.gz"
        backup.export(settings, str(file), people_key=True)
        Twins(redis).build_anew()
        log.info("store_upgraded", extra={"before": old, "after": schema.SCHEMA, "backup": str(file)})
    schema.note(redis)

"""The store's schema.

An older one is backed up and upgraded, a newer one is refused by name, wherever it is opened.
"""

import pytest

from workers.errors import BadInput, BadSetting
from workers.operations import backup
from workers.operations.doctor import run as look
from workers.operations.upgrade import BACKUPS, upgrade
from workers.store import schema
from workers.store.server.connection import key
from workers.store.session import store


@pytest.fixture
def settings(env, tmp_path):
    return env(DATA_DIR=tmp_path / "data")


def backups(settings):
    return sorted((settings.data_dir / BACKUPS).glob("*"))


def test_an_older_store_is_backed_up_and_upgraded_once(settings, redis):
    redis.sadd(key("channels"), "slack:C1")
    redis.hset(key("channel", "slack:C1"), mapping={"subscribed": "1", "changes": "{}"})
    before = {name: redis.dump(name) for name in redis.scan_iter("pb:channel*")}
    for _ in range(2):
        upgrade(settings, redis)
    (file,) = backups(settings)
    assert schema.stored(redis) == schema.SCHEMA
    assert {name: redis.dump(name) for name in before} == before
    redis.flushall()
    assert backup.restore(settings, str(file)).changed and redis.smembers(key("channels")) == {b"slack:C1"}


def test_an_empty_store_is_only_noted(settings, redis):
    redis.set(schema.PROBE, "1")  # that the server takes writes was looked at
    upgrade(settings, redis)
    assert schema.stored(redis) == schema.SCHEMA and backups(settings) == []


def test_a_newer_store_is_refused_by_name_and_left_alone(settings, redis):
    redis.set(key("schema"), schema.SCHEMA + 1)
    with pytest.raises(BadSetting, match=f"newer Paperboy .schema {schema.SCHEMA + 1}"):
        upgrade(settings, redis)
    with pytest.raises(BadSetting, match="newer Paperboy"), store(settings):
        pass
    (found,) = [f for f in look.run(settings) if f.name == "schema"]
    assert found.state == "fail" and "install the newer version" in found.todo
    redis.delete(key("doctor"))  # its probe of whether the server takes writes
    assert redis.keys("pb:*") == [key("schema").encode()]


def test_a_backup_that_cannot_be_written_changes_nothing(env, redis, tmp_path):
    redis.sadd(key("channels"), "slack:C1")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / BACKUPS).write_text("a file where the folder should be")
    with pytest.raises(BadInput, match="backups"):
        upgrade(env(DATA_DIR=tmp_path / "data"), redis)
    assert schema.stored(redis) == schema.FIRST

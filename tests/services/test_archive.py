"""The archive in an object store that several machines share."""

import pytest

from tests.doubles.s3 import S3Double
from tests.rendering import digest, pick
from workers.operations.doctor.machine import machine
from workers.store import archive


@pytest.fixture
def s3(monkeypatch):
    with S3Double() as double:
        for name, value in double.env().items():
            monkeypatch.setenv(name, value)
        yield double


def told(settings):
    return next(f for f in machine(settings, False) if f.name == "ARCHIVE_DIR")


def test_a_digest_is_kept_in_a_bucket_and_found_there(s3, env):
    settings, day = env(ARCHIVE_DIR="s3://papers/digests/"), digest(pick())
    name = f"{day.date}-{day.profile}.md"
    assert not archive.exists(settings, day)
    archive.write(settings, day, "# 论文")
    assert s3.objects == {f"digests/{name}": "# 论文".encode()} and archive.exists(settings, day)
    assert archive.place(settings, day) == f"s3://papers/digests/{name}"
    archive.write(settings, day, "beside it", beside=True)
    assert len(s3.objects) == 2
    assert told(settings).state == "ok" and s3.objects[f"digests/{archive.PROBE}"] == b""


@pytest.mark.parametrize("wrong", [{"ARCHIVE_DIR": "s3://elsewhere"}, {"AWS_SECRET_ACCESS_KEY": "another"}])
def test_what_the_store_refuses_is_one_error_and_named_by_doctor(s3, env, monkeypatch, wrong):
    settings = env(**{"ARCHIVE_DIR": "s3://papers"} | wrong)
    with pytest.raises(OSError) as caught:
        archive.write(settings, digest(pick()), "text")
    assert s3.secret not in repr(caught.value) and not s3.objects
    assert told(settings).state == "fail" and "AWS_ENDPOINT_URL" in told(settings).todo

"""Feeds that mean harm: refused or harmless, in bounded time and memory; and how long a good one serves."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workers.sources import arxiv

HOSTILE = """
import resource, sys, time
from workers.errors import SourceFailed
from workers.sources import arxiv
from workers.sources.http import Reply
warm = b"<feed></feed>"
def read(body):
    try:
        return len(arxiv._announced(arxiv._parsed(Reply(200, {}, body, ""))).papers)
    except SourceFailed as error:
        return error.kind
read(warm)
LAUGHS = b"".join(b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 10))
BODIES = {
    "laughs": b"<!DOCTYPE x [" + LAUGHS + b"]><feed>&a9;</feed>",
    "deep": b"<feed>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</feed>",
    "deep unclosed": b"<feed>" + b"<a>" * 200_000 + b"</feed>",
    "token": b"<feed><title>" + b"x" * (7 * 2**20) + b"</title></feed>",
    "tag": b"<feed><a b='" + b"x" * (7 * 2**20) + b"'/></feed>",
    "attributes": b"<feed><a " + b" ".join(b"a%d='x'" % i for i in range(100_000)) + b"/></feed>",
    "open tag": b"<feed><a " + b"x" * (2**20) + b"</feed>",
    "ampersands": b"<feed>" + b"&" * (2**20) + b"</feed>",
    "angles": b"<feed>" + b"<" * (2**18) + b"</feed>",
    "comments": b"<feed>" + b"<!--" * (2**18) + b"</feed>",
    "elements": b"<feed>" + b"<a/>" * (2 * 2**20) + b"</feed>",
    "entries": b"<feed>" + b"<entry/>" * 190_000 + b"</feed>",
    "broken entries": b"<feed>" + b"<entry>&</entry>" * 190_000 + b"</feed>",
    "open entries": b"<feed>" + b"<entry>" * 2**20 + b"</feed>",
    "long root": b"<feed " + b"a " * (3 * 2**20) + b"></feed>",
}
name = sys.argv[1]
before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
result = read(BODIES[name])
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(result, round(time.perf_counter() - started, 2), grown // 1024, sep=";")
"""
HOSTILE_NAMES = [
    "laughs", "deep", "deep unclosed", "token", "tag", "attributes", "open tag", "ampersands", "angles", "comments",
    "elements", "entries", "broken entries", "open entries", "long root",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_xml_is_refused_or_harmless(name):
    done = subprocess.run(
        [sys.executable, "-c", HOSTILE, name], capture_output=True, text=True, cwd=Path(__file__).parents[1], timeout=60
    )
    result, seconds, grown = done.stdout.strip().split(";")
    assert result in ("garbage", "0"), done.stderr
    assert float(seconds) < 2
    assert int(grown) < 150


def test_how_long_a_feed_serves():
    today = datetime.now(UTC).astimezone(arxiv.ZONE)
    until = datetime.fromtimestamp(arxiv._fresh_until(today.date()), arxiv.ZONE)
    assert (until.hour, until.minute, until.date()) == (0, 0, today.date() + timedelta(days=1))
    soon = datetime.fromtimestamp(arxiv._fresh_until(today.date() - timedelta(days=1)), UTC) - datetime.now(UTC)
    assert timedelta(minutes=14) < soon <= timedelta(minutes=15)

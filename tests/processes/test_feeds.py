"""Feeds that mean harm.

Refused or harmless, in bounded time and memory; and how long a good one serves.
"""

import subprocess
import sys

import pytest

from tests import ROOT
from tests.waiting import HANG_S

HOSTILE = """
import os, resource, sys
from workers.errors import SourceFailed
from workers.sources.arxiv import feed_and_api as arxiv
from workers.sources.http.client import Reply
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
    "wide tag": b"<feed><a" + b" " * (7 * 2**20) + b"/></feed>",
    "wide end tag": b"<feed><a></a" + b" " * (7 * 2**20) + b"></feed>",
    "long name": b"<feed><" + b"a" * (7 * 2**20) + b"/></feed>",
    "angles in a tag": b"<feed><a b='" + b">" * (7 * 2**20) + b"'/></feed>",
    "references in a tag": b"<feed><a b='" + b"&#9;>" * (2**20) + b"'/></feed>",
    "comment": b"<feed><!--" + b"<>" * (3 * 2**20) + b"--></feed>",
    "instruction": b"<feed><?x " + b"<>" * (3 * 2**20) + b"?></feed>",
    "references": b"<feed><title>" + b"&amp;" * (2**20) + b"</title></feed>",
    "line breaks": b"<feed><title>" + b"\\r\\n" * (3 * 2**20) + b"x</title></feed>",
    "brackets": b"<feed><title><![CDATA[" + b"]>" * (3 * 2**20) + b"]]></title></feed>",
}
for name, body in BODIES.items():
    if not os.fork():
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        result = read(body)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        print(name, result, grown // 1024, sep=";", flush=True)
        os._exit(0)
    assert os.wait()[1] == 0, name
"""
HARMLESS = ("token",)
REFUSED = (
    "laughs", "deep", "deep unclosed", "tag", "attributes", "open tag", "ampersands", "angles", "comments",
    "elements", "entries", "broken entries", "open entries", "long root", "wide tag", "wide end tag", "long name",
    "angles in a tag", "references in a tag", "comment", "instruction", "references", "line breaks", "brackets",
)  # fmt: skip


@pytest.fixture(scope="module")
def outcomes():
    """Name -> what became of it, and how many MB it took."""
    done = subprocess.run([sys.executable, "-c", HOSTILE], capture_output=True, text=True, cwd=ROOT, timeout=HANG_S)
    assert done.returncode == 0, done.stderr
    lines = (line.split(";") for line in done.stdout.splitlines())
    return {name: (result, int(grown)) for name, result, grown in lines}


@pytest.mark.parametrize("name", [*HARMLESS, *REFUSED])
def test_hostile_xml_is_refused_or_harmless(name, outcomes):
    """What would take long is refused before feedparser sees it.

    It is the counts that bound the time.
    """
    result, grown = outcomes[name]
    assert result == ("0" if name in HARMLESS else "garbage")
    assert grown < 150

"""D. Fetching from strangers.

Nowhere but where the settings point, never too much, never too long, and politely.
"""

import hashlib
import json
import re
import subprocess
import sys
import time
import zlib
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.doubles.arxiv import Arxiv, make_feed
from tests.doubles.arxiv import make_item as announced
from tests.doubles.huggingface import HuggingFace, make_item
from tests.doubles.model import ModelDouble
from tests.processes.test_sources_http import Server, drip, http_to, reply
from tests.promises.kit import amount, full
from tests.services.test_digest_order import FIT, FRIDAY, Days
from tests.waiting import HANG_S
from workers.digest.messages import parts_of
from workers.errors import SourceFailed
from workers.paper_ids.arxiv_id import parse
from workers.reading.read import HTML_BYTES, PDF_BYTES
from workers.reading.text import PaperText
from workers.sources.arxiv.feed_and_api import FEED_MAX_BYTES
from workers.sources.gather import GATHER_S, gather
from workers.sources.http.client import MAX_BYTES, MAX_TOTAL_S, TOTAL_S, HttpClient
from workers.store.papers.texts import Texts
from workers.store.sources.fetch_state import Fetches

ROOT = Path(__file__).parents[2]
NAME = "Hugging Face"
MB = 2**20


# -- 25 ------------------------------------------------------------------------------------------------------------

ADDRESSES = {
    "loopback": "http://127.0.0.1:{canary}/", "loopback, another": "http://127.0.0.2:{canary}/",
    "a class A of one's own": "http://10.0.0.1/", "a class B": "http://172.16.0.1/", "a class C": "http://192.168.1.1/",
    "link-local": "http://169.254.1.1/", "metadata": "http://169.254.169.254/latest/meta-data/",
    "carrier's": "http://100.64.0.1/", "any": "http://0.0.0.0:{canary}/", "multicast": "http://224.0.0.1/",
    "IPv6 loopback": "http://[::1]:{canary}/", "unique local": "http://[fd00::1]/",
    "mapped": "http://[::ffff:127.0.0.1]:{canary}/", "NAT64": "http://[64:ff9b::7f00:1]:{canary}/",
    "6to4": "http://[2002:7f00:1::1]:{canary}/", "short": "http://127.1:{canary}/",
    "one number": "http://2130706433:{canary}/", "hexadecimal": "http://0x7f.1:{canary}/",
    "octal": "http://0177.0.0.1:{canary}/", "a user that looks like the host": "http://{listed}@127.0.0.1:{canary}/",
    "a password": "http://user:word@{listed}/", "an odd port of the host": "http://127.0.0.1:{canary}/api/daily_papers",
    "another scheme": "https://{listed}/", "a file": "file:///etc/passwd",
}  # fmt: skip
assert len(ADDRESSES) == 24

_watched: list[list[tuple[str, object]]] = []


def _audit(event, about):
    if event in ("socket.connect", "socket.getaddrinfo") and _watched:
        where = about[1] if event == "socket.connect" else about[0]
        if not isinstance(where, str | bytes) or event == "socket.getaddrinfo":
            _watched[-1].append((event, where))


class Watched:
    """What this process connects to and looks up, as the interpreter reports it."""

    def __enter__(self):
        if not hasattr(sys, "_paperboy_audited"):
            sys.addaudithook(_audit)
            sys._paperboy_audited = True
        _watched.append([])
        return _watched[-1]

    def __exit__(self, *_):
        _watched.pop()


@pytest.mark.parametrize("target", ADDRESSES)
def test_25_addresses(target, redis, monkeypatch):
    """25. We connect to the origins that the settings name and to nothing else.

    24 addresses that lead inside, each asked for directly, as the goal of a redirect, with a resolver that first gives
    a public and then a private address, and with proxies in the environment: nothing but the listed server is
    connected to, no name that is not listed is looked up, and a text that holds the address names no paper.
    """
    fetches = Fetches(redis, gap_s=0)
    with Server(reply(body=b"caught")) as canary, Server(lambda *_: None) as server:
        bait, own = canary.url.rpartition(":")[2], server.url.removeprefix("http://")
        url = ADDRESSES[target].format(canary=bait, listed=own)
        server.answer = reply("302 Found", Location=url)
        for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(variable, canary.url)
        with Watched() as seen:
            for asked in (url, server.url + "/a"):
                with pytest.raises(SourceFailed) as refused:
                    http_to(fetches, server.url).get(asked, name=NAME)
                assert refused.value.kind == "refused"
        assert {where[:2] for _, where in seen if isinstance(where, tuple)} <= {("127.0.0.1", int(own[10:]))}
        assert {where for event, where in seen if event == "socket.getaddrinfo"} <= {"127.0.0.1", b"127.0.0.1"}
        assert canary.requests == []
        assert len(server.requests) == 1, "the redirect was asked for once, and not followed"
    assert parse(url) == [] and parse(f"look at <{url}|this>") == []


REBIND = """
import socket, sys
from workers.errors import SourceFailed
from workers.settings import Settings
from workers.sources.http.client import HttpClient
from workers.store.sources.fetch_state import Fetches
from workers.store.server.connection import connect

redis_url, port = sys.argv[1], int(sys.argv[2])
asked, real = [], socket.getaddrinfo

def resolver(host, service, *more, **named):
    name = host.decode() if isinstance(host, bytes) else host
    if name.replace(".", "").isdigit():
        return real(host, service, *more, **named)
    asked.append(name)
    return real("127.0.0.1", port, *more, **named)  # what was public a moment ago has become private

socket.getaddrinfo = resolver
listed = {"hf_endpoint": "https://papers.example", "arxiv_api_url": "https://api.example/q",
          "arxiv_feed_url": "https://feeds.example/atom", "arxiv_url": "https://site.example"}
http_to = HttpClient(Settings(_env_file=None, **listed), Fetches(connect(redis_url, retries=0), 0))
for url in ("https://papers.example/x", "https://evil.example/x", "http://papers.example/x",
            "https://papers.example:8443/x", "https://papers.example.evil.example/x"):
    try:
        print("GOT", http_to.get(url, name="Hugging Face", total_s=2))
    except SourceFailed as error:
        print(error.kind)
print(sorted(set(asked)))
"""


def test_25_a_name_that_turns_private(redis_url):
    """25. A resolver that turns round leads no request to another address.

    A listed name is only believed with its certificate, any other never looked up. What reaches the canary is the
    greeting of a TLS connection that then fails: no request and no address.
    """
    with Server(reply(body=b"caught")) as canary:
        port = canary.url.rpartition(":")[2]
        done = run_python(REBIND, redis_url, port)
        assert done.stdout.split("\n")[:6] == ["connection", *["refused"] * 4, "['papers.example']"], done.stderr
        assert all(got[:2] == b"\x16\x03" for got in canary.requests), "nothing but TLS greetings"
        assert not any(b"GET" in got for got in canary.requests)


def run_python(code, *words, seconds=HANG_S):
    """A Python process of its own at the root of the repository."""
    return subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, cwd=ROOT, timeout=seconds, check=False
    )


# -- 26 ------------------------------------------------------------------------------------------------------------

BOMB = """
import resource, sys, time
from workers.errors import SourceFailed
from workers.settings import Settings
from workers.sources.http.client import HttpClient
from workers.store.sources.fetch_state import Fetches
from workers.store.server.connection import connect

http_to = HttpClient(Settings(_env_file=None, hf_endpoint=sys.argv[1]), Fetches(connect(sys.argv[2], retries=0), 0))
def ask(path):
    try:
        return len(http_to.get(sys.argv[1] + path, name="Hugging Face").body)
    except SourceFailed as error:
        return error.kind
assert ask("/small") == 2
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
memory, started = peak(), time.process_time()
print(ask("/bomb"), time.process_time() - started, (peak() - memory) // 1024)
"""


def gigabyte_of_nothing():
    """1 GB of zeros as gzip, made of one packed megabyte.

    Its checksum, which nobody reaches, is not right.
    """
    press = zlib.compressobj(9, wbits=31)
    first, more = (press.compress(bytes(MB)) + press.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + more * 1023 + press.flush()


def test_26_size(redis_url, figure):
    """26. A reply counts by its unpacked bytes.

    1 MB of gzip that would be 1 GB is refused in <= 50 MB. 5 MB is the cap where nobody says otherwise. arXiv's feeds
    (2,000 entries), pages and PDFs have caps of their own, each a named constant.
    """
    bomb = gigabyte_of_nothing()
    assert 0.5 * MB < len(bomb) < 1.5 * MB
    packed = reply(body=bomb, Content_Encoding="gzip")

    def answer(connection, request):
        (packed if b"/bomb" in request else reply(body=b"[]"))(connection, request)

    with Server(answer) as server:
        done = run_python(BOMB, server.url, redis_url)
    kind, seconds, grown = done.stdout.split()
    assert (kind, MAX_BYTES) == ("too_large", 5 * MB)
    assert int(grown) <= 50
    figure(f"a bomb of 1 GB: {float(seconds):.2f} s of the processor, {grown} MB")
    assert (FEED_MAX_BYTES, HTML_BYTES, PDF_BYTES) <= (8 * MB, 32 * MB, 64 * MB)


@pytest.mark.parametrize("where", ["head", "body"])
def test_26_time(where, redis):
    """26. A server that drips one byte at a time is cut at the total.

    The total is 20 s; a paper's page or PDF may have 60. No single read of it times out. The full form waits the 20 s,
    the sampled one asks for a shorter total.
    """
    total = TOTAL_S if full() else 1.0
    with Server(drip(where)) as server:
        started = time.monotonic()
        with pytest.raises(SourceFailed) as cut:
            http_to(Fetches(redis, gap_s=0), server.url).get(server.url, name=NAME, total_s=total)
        assert cut.value.kind == "timeout"
        assert total - 0.2 <= time.monotonic() - started < HANG_S
        assert len(server.requests) == 1
    assert (TOTAL_S, MAX_TOTAL_S) == (20.0, 60.0)


# -- 27 ------------------------------------------------------------------------------------------------------------

HOSTILE_XML = """
import os, pathlib, resource, sys, time
from workers.errors import SourceFailed
from workers.sources.arxiv import feed_and_api as arxiv
from workers.sources.http.client import Reply

def read(body):
    try:
        return len(arxiv._announced(arxiv._parsed(Reply(200, {}, body, ""))).papers)
    except SourceFailed as error:
        return error.kind

secret = pathlib.Path(sys.argv[1])
LAUGHS = b"".join(b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 10))
BODIES = {
    "10^9 entities": b'<!DOCTYPE x [<!ENTITY a0 "ha">' + LAUGHS + b"]><feed><title>&a9;</title></feed>",
    "quadratic entities": b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 50_000 + b'">]><feed><title>' + b"&a;" * 50_000
    + b"</title></feed>",
    "external entity": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file://' + str(secret).encode() + b'">]><feed>'
    b"<title>&a;</title><entry><id>oai:arXiv.org:2601.00001v1</id><title>&a;</title></entry></feed>",
    "external DTD": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><feed/>',
    "200,000 deep": b"<feed>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</feed>",
    "one token of 8 MB": b"<feed><title>" + b"x" * (8 * 2**20) + b"</title></feed>",
    "one attribute of 8 MB": b"<feed><a b='" + b"x" * (8 * 2**20) + b"'/></feed>",
    "100,000 attributes": b"<feed><a " + b" ".join(b"a%d='x'" % i for i in range(100_000)) + b"/></feed>",
}
read(b"<feed></feed>")
touched = []
def audit(event, about):
    if armed and event in ("open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "urllib.Request"):
        touched.append((event, str(about[0])))
armed = False
sys.addaudithook(audit)
for name, body in BODIES.items():
    if os.fork():
        os.wait()
        continue
    memory, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    armed = True
    result = read(body)
    armed = False
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) // 1024
    print(name, result, time.process_time() - started, grown, touched, sep=";", flush=True)
    os._exit(0)
"""

HARMS = 8
"""Ways in which XML means harm, of `HOSTILE_XML`."""


def test_27_xml(tmp_path, figure):
    """27. XML that means harm is refused: <= 100 MB, no file or socket opened.

    One long text is harmless. The rest is refused by its shape, before feedparser sees it: the time is a figure.
    """
    secret = tmp_path / "secret"
    secret.write_text("root:x:0:0")
    done = run_python(HOSTILE_XML, str(secret))
    found = done.stdout.splitlines()
    assert len(found) == HARMS, done.stderr
    for line in found:
        name, result, seconds, grown, touched = line.split(";")
        assert result == ("0" if name == "one token of 8 MB" else "garbage"), name
        assert int(grown) <= 100 and touched == "[]", name
        figure(f"{name}: {float(seconds):.2f} s of the processor")


# -- 28 ------------------------------------------------------------------------------------------------------------

POLITE = """
import sys
from datetime import date
from workers.paper_ids.arxiv_id import ArxivId
from workers.settings import load
from workers.sources.arxiv import feed_and_api as arxiv
from workers.sources.http.client import HttpClient
from workers.store.sources.fetch_state import Fetches
from workers.store.server.connection import connect

settings = load()
redis = connect(settings.redis_url.get_secret_value(), retries=0)
fetches = Fetches(redis)
print("ready", flush=True)
for line in sys.stdin:
    http = HttpClient(settings, fetches)
    papers, missing = arxiv.papers_by_id(http, fetches, settings, [ArxivId(line.strip(), None)])
    print(list(papers), flush=True)
"""

WORKERS, ASKED = amount(4, 3), amount(12, 3)
"""Worker processes, and requests that they make in all."""


def test_28_politeness_to_arxiv(env, redis_url):
    """28. To arXiv: 3 s and more between two requests, and who we are.

    One connection at a time over all workers.
    """
    wanted = [f"2601.{n:05d}" for n in range(1, ASKED + 1)]
    with Arxiv(papers=[announced(i) for i in wanted]) as arxiv:
        arxiv.strict_pace = True
        env(ARXIV_API_URL=arxiv.api_url, ARXIV_URL=arxiv.url, CONTACT="ops@example.org")
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        workers = [subprocess.Popen([sys.executable, "-c", POLITE], **pipes) for _ in range(WORKERS)]
        try:
            for worker in workers:
                assert worker.stdout.readline() == "ready\n"
            for n, paper in enumerate(wanted):
                workers[n % WORKERS].stdin.write(paper + "\n")
            said = [worker.communicate(timeout=HANG_S) for worker in workers]
        finally:
            for worker in workers:
                worker.kill()
        calls = arxiv.calls()
        starts = sorted(call.at for call in calls)
    assert sorted(re.findall(r"2601\.\d{5}", "".join(out for out, _ in said))) == wanted, said
    assert [call.status for call in calls] == [200] * ASKED, "the double answers 429 to a second connection"
    assert min(b - a for a, b in pairwise(starts)) >= 3.0
    for call in calls:
        agent = call.headers["user-agent"]
        assert agent.startswith("paperboy/") and "ops@example.org" in agent


def test_28_a_list_that_has_not_changed(days, arxiv, model, no_pace):
    """28. The second poll sends both validators; a 304 costs no call of the model."""
    arxiv.announced, arxiv.day = [announced("2601.00001", FIT)], FRIDAY
    known_as_abstracts(days.redis, ["2601.00001"])
    first = days.run(FRIDAY, profile=BOTH, hour=12)
    asked = len(model.prompts)
    assert [p.paper.id for p in first.picks] == ["2601.00001"] and asked >= 2
    monday = FRIDAY + timedelta(days=3)
    arxiv.days = {FRIDAY: arxiv.announced, monday: []}  # a holiday: a list is due, and the feed is still Friday's
    second = days.run(monday, profile=BOTH, hour=12)
    poll, again = arxiv.calls("/atom/*")
    tag = hashlib.md5(make_feed(arxiv.announced, "cs.CV", FRIDAY)).hexdigest()
    assert (poll.status, again.status, again.path) == (200, 304, poll.path)
    assert again.headers["if-none-match"] == f'"{tag}"'
    assert again.headers["if-modified-since"] == "Fri, 23 Jan 2026 05:00:04 GMT"
    assert "if-none-match" not in poll.headers
    assert second.picks == () and len(model.prompts) == asked


# -- 29 ------------------------------------------------------------------------------------------------------------

BOTH = "cv-daily-en"
FIVE = ("huggingface:15", "arxiv:cs.CV", "arxiv:cs.LG", "arxiv:cs.CL", "arxiv:stat.ML")
BAD = {
    "hang": {"delay": 60.0},
    "500": {"status": 500, "body": "Internal Server Error"},
    "garbage": {"status": 200, "body": b"\x00\xff<<<{{{not a list, not a feed"},
    "empty": {"status": 200, "body": b""},
    "half a document": {"status": 200, "body": b'<?xml version="1.0"?><feed><entry><title>[{"paper": {"id": "2601.0'},
}
LINES = {"/api/daily_papers": "HuggingFace", "/atom/*": "arXiv cs.CV"}


@pytest.fixture
def hf():
    with HuggingFace() as double:
        yield double


@pytest.fixture
def arxiv():
    with Arxiv() as double:
        yield double


@pytest.fixture
def model():
    with ModelDouble() as double:
        yield double


@pytest.fixture
def days(env, redis, hf, arxiv, model, tmp_path):
    """Digests of one channel, scored by a model."""
    settings = env(
        HF_ENDPOINT=hf.url, ARXIV_FEED_URL=f"{arxiv.url}/atom", ARXIV_URL=arxiv.url, ARCHIVE_DIR=tmp_path / "digests",
        ANTHROPIC_API_KEY=model.key, ANTHROPIC_BASE_URL=model.url,
    )  # fmt: skip
    return Days(redis, settings)


def known_as_abstracts(redis, papers):
    """Store papers without full text, so that nobody asks arXiv for them at its pace."""
    for paper in papers:
        text = PaperText(ref=f"{paper}v1", read_from="abstract", title=FIT, abstract=f"We study {FIT}. It works.")
        Texts(redis).put(text.ref, text.model_dump_json())
        Texts(redis).put_newest(paper, text.ref)


def fill(hf, arxiv, redis, papers=3):
    """Fitting papers at both services, in every category."""
    known_as_abstracts(redis, [f"2601.{n}000{k}" for n in (1, 2) for k in range(papers + 1)])
    hf.days[str(FRIDAY)] = [make_item(f"2601.1000{n}", FIT, summary=FIT) for n in range(papers)]
    categories = [spec.partition(":")[2] for spec in FIVE[1:]]
    arxiv.announced = [announced(f"2601.2000{n}", FIT, categories=(c,)) for n, c in enumerate(categories)]
    arxiv.day = FRIDAY + timedelta(days=1)


@pytest.mark.parametrize("path", LINES)
@pytest.mark.parametrize("bad", BAD if full() else ("500", "half a document"))
def test_29_one_bad_source(bad, path, days, hf, arxiv):
    """29. A source that hangs, fails or sends garbage costs its own papers only.

    The digest leaves with the others' papers and names it. A hanging service is cut after 20 s, all sources together
    after 60 s; the sampled form of that is the next test.
    """
    fill(hf, arxiv, days.redis)
    fault = hf if path.startswith("/api") else arxiv
    for where in (path,) if fault is hf else (path, "/list/*", "/catchup/*", "/oai*"):
        fault.fault(where, times=99, **BAD[bad])
    started = time.monotonic()
    digest = days.run(FRIDAY + timedelta(days=1), profile=BOTH)
    assert time.monotonic() - started < GATHER_S + HANG_S
    failed = [source.source for source in digest.receipt.sources if source.state == "failed"]
    assert failed == (["huggingface:15"] if fault is hf else ["arxiv:cs.CV"])
    assert {p.paper.id[:6] for p in digest.picks} == {"2601.2" if fault is hf else "2601.1"}
    for channel in ("slack:C1", "telegram:-1001"):
        said = json.dumps([p.payload for p in parts_of(digest.model_copy(update={"channel": channel}), days.settings)])
        assert re.search(re.escape(LINES[path]) + r"[^·]*: failed", said.replace("\\u2024", ".")), said


@pytest.mark.parametrize("path", LINES)
def test_29_of_five_sources(path, env, redis, hf, arxiv):
    """29. Of five sources, one service hangs: the others give what they have in time.

    arXiv's categories are asked for in one request, so they fail or come together.
    """
    fill(hf, arxiv, redis)
    fault = hf if path.startswith("/api") else arxiv
    fault.fault(path, times=9, delay=60.0)
    settings, fetches = env(HF_ENDPOINT=hf.url, ARXIV_FEED_URL=f"{arxiv.url}/atom"), Fetches(redis)
    asked = {"today": FRIDAY + timedelta(days=1), "first": True, "limit_s": 1.0}
    got = gather(FIVE, lambda _: set(), **asked, http=HttpClient(settings, fetches), fetches=fetches, settings=settings)
    assert [f.spec for f in got] == list(FIVE)
    late = [f.spec for f in got if f.error and f.error.kind == "timeout"]
    assert late == ([FIVE[0]] if fault is hf else list(FIVE[1:]))
    assert [len(f.papers) for f in got if not f.error] == ([1] * 4 if fault is hf else [3])


def test_29_a_category_that_does_not_exist(env, redis, hf, arxiv):
    """29. One of five that arXiv does not know takes none of the others with it."""
    fill(hf, arxiv, redis)
    settings, fetches = env(HF_ENDPOINT=hf.url, ARXIV_FEED_URL=f"{arxiv.url}/atom"), Fetches(redis, gap_s=0)
    specs = (*FIVE[:2], "arxiv:cs.ZZ", *FIVE[3:])
    asked = {"today": FRIDAY + timedelta(days=1), "first": True}
    got = gather(
        specs, lambda _: set(), **asked, http=HttpClient(settings, fetches), fetches=fetches, settings=settings
    )
    assert [(f.spec, len(f.papers)) for f in got if not f.error] == [
        (s, 3 if s == FIVE[0] else 1) for s in specs if "ZZ" not in s
    ]
    assert [f.spec for f in got if f.error] == ["arxiv:cs.ZZ"]


BROKEN = (None, 7, [], {}, {"paper": None}, {"paper": {"id": 5, "title": []}}, {"paper": {"id": "x"}, "title": {}})


def test_29_a_broken_entry(days, hf, arxiv):
    """29. A broken entry drops only itself, on a list of JSON and in a feed."""
    fill(hf, arxiv, days.redis)
    good = hf.days[str(FRIDAY)]
    hf.days[str(FRIDAY)] = [BROKEN[0], good[0], *BROKEN[1:4], good[1], *BROKEN[4:], good[2]]
    feed = make_feed([announced(f"2601.2000{n}", FIT) for n in range(3)], day=FRIDAY + timedelta(days=1))
    arxiv.raw["cs.CV"] = feed.replace(b"2601.20001v1</id>", b"2601.20001v1</id><title>&broken;</id>")
    digest = days.run(FRIDAY + timedelta(days=1), profile=BOTH)
    assert [(s.source, s.state, s.fetched) for s in digest.receipt.sources] == [
        ("huggingface:15", "ok", 3), ("arxiv:cs.CV", "ok", 2),
    ]  # fmt: skip

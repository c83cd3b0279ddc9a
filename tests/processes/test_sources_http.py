"""The guarded HTTP client.

Where it goes, how much it takes, how long it waits, and how politely it asks.
"""

import gzip
import socket
import threading
import time

import pytest

from tests.doubles.huggingface import HuggingFace, make_day
from tests.waiting import HANG_S
from workers.errors import SourceFailed
from workers.settings import Settings
from workers.sources.http.client import MAX_BYTES, HttpClient, origin
from workers.store.sources.fetch_state import COOL_FIRST_S, COOL_MAX_S, Fetches

CANARY = "sekrit-canary-42"


class Server:
    """A raw server: `answer(connection, request)` writes what it likes.

    `requests`: what each connection sent.
    """

    def __init__(self, answer):
        self.answer, self.requests, self.stopped = answer, [], threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            try:
                self.requests.append(connection.recv(65536))
                self.answer(connection, self.requests[-1])
            except OSError:
                return

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.listener.close()


def reply(status="200 OK", body=b"", **headers):
    head = "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in headers.items())
    raw = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{head}\r\n".encode() + body
    return lambda connection, _: connection.sendall(raw)


@pytest.fixture
def fetches(redis):
    return Fetches(redis, gap_s=0)


def http_to(fetches, url, **more):
    nowhere = "http://127.0.0.1:9"
    outside = {"arxiv_api_url": nowhere, "arxiv_feed_url": nowhere, "arxiv_url": nowhere} | more
    return HttpClient(Settings(_env_file=None, hf_endpoint=url, **outside), fetches)


def failure(call):
    with pytest.raises(SourceFailed) as caught:
        call()
    assert str(caught.value).endswith(".")
    assert CANARY not in str(caught.value)
    return caught.value


def test_a_plain_answer(fetches):
    with Server(reply(body=b"[]", X_Thing="1")) as server:
        got = http_to(fetches, server.url, contact="ops@example.org").get(server.url + "/x?y=1", name="Hugging Face")
    assert (got.status, got.body, got.url, got.headers["x-thing"]) == (200, b"[]", server.url + "/x?y=1", "1")
    sent = server.requests[0].decode().lower()
    assert sent.startswith("get /x?y=1 http/1.1")
    assert "user-agent: paperboy/" in sent
    assert "contact: ops@example.org)" in sent
    assert "accept: application/atom+xml" in sent
    assert "accept-encoding: gzip\r\n" in sent


@pytest.mark.parametrize("contact", ["", "a\r\nX-Evil: 1", "\u7814\u7a76\u5ba4"])
def test_the_contact_cannot_break_the_header(fetches, contact):
    with Server(reply()) as server:
        http_to(fetches, server.url, contact=contact).get(server.url, name="Hugging Face")
    assert b"\r\nX-Evil" not in server.requests[0]


OUTSIDE = [
    "http://127.0.0.1:{canary}/", "http://localhost:{port}/", "https://127.0.0.1:{port}/", "http://127.1:{port}/",
    "http://2130706433:{port}/", "http://0x7f.1:{port}/", "http://0177.0.0.1:{port}/", "http://[::1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/", "http://0.0.0.0:{port}/", "http://10.0.0.1/", "http://192.168.1.1/",
    "http://172.16.0.1/", "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://224.0.0.1/",
    "http://[fd00::1]/", "http://[64:ff9b::a00:1]/", "http://127.0.0.1@127.0.0.1:{canary}/",
    "http://127.0.0.1:{port}@127.0.0.1:{canary}/", "http://user:pw@127.0.0.1:{port}/", "file:///etc/passwd",
    "ftp://127.0.0.1/", "gopher://127.0.0.1:{canary}/", "//127.0.0.1:{canary}/", "", "nonsense", "http://", "http://[/",
    "http://127.0.0.1:{canary}\\@127.0.0.1:{port}/",
]  # fmt: skip


@pytest.mark.parametrize("target", OUTSIDE)
@pytest.mark.parametrize("way", ["direct", "redirect"])
def test_nothing_outside_the_list_is_ever_contacted(fetches, target, way, monkeypatch):
    with Server(reply(body=b"caught")) as canary, Server(lambda *_: None) as server:
        monkeypatch.setenv("HTTP_PROXY", canary.url)
        monkeypatch.setenv("ALL_PROXY", canary.url)
        port, bait = server.url.rpartition(":")[2], canary.url.rpartition(":")[2]
        url = target.format(port=port, canary=bait)
        server.answer = reply("302 Found", Location=url)
        if way == "direct":
            error = failure(lambda: http_to(fetches, server.url).get(url, name="Hugging Face"))
        else:
            error = failure(lambda: http_to(fetches, server.url).get(server.url + "/a", name="Hugging Face"))
        assert error.kind == "refused"
        assert canary.requests == []
        assert len(server.requests) <= 4


def test_redirects_on_the_list_are_followed_three_times(fetches):
    def step(connection, request):
        n = int(request.split(b" ")[1].strip(b"/"))
        (reply(body=b"here") if n == 0 else reply("301 Moved", Location=f"/{n - 1}"))(connection, request)

    with Server(step) as server:
        way = http_to(fetches, server.url)
        assert way.get(server.url + "/3", name="Hugging Face").body == b"here"
        assert failure(lambda: way.get(server.url + "/4", name="Hugging Face")).kind == "refused"


def test_arxivs_hosts_are_allowed_together_and_only_where_named(fetches):
    real = http_to(fetches, "http://127.0.0.1:9", arxiv_url="https://arxiv.org")
    assert origin("https://export.arxiv.org/x") in real._allowed
    assert origin("http://arxiv.org/x") not in real._allowed
    assert origin("https://export.arxiv.org/x") not in http_to(fetches, "http://127.0.0.1:9")._allowed


def gz(data, **more):
    return reply(body=gzip.compress(data), Content_Encoding="gzip", **more)


def test_gzip_is_unpacked_and_its_end_must_come(fetches):
    with Server(gz(b"x" * 100_000)) as server:
        assert http_to(fetches, server.url).get(server.url, name="Hugging Face").body == b"x" * 100_000
    for body in (gzip.compress(b"x" * 9_000)[:-12], b"\x1f\x8bgarbage", b"not gzip at all"):
        with Server(reply(body=body, Content_Encoding="gzip")) as server:
            assert failure(lambda: http_to(fetches, server.url).get(server.url, name="Hugging Face")).kind == "garbage"
    with Server(reply(body=b"x", Content_Encoding="br")) as server:
        assert failure(lambda: http_to(fetches, server.url).get(server.url, name="Hugging Face")).kind == "garbage"


@pytest.mark.parametrize(("size", "kind"), [(1000, None), (1001, "too_large")])
@pytest.mark.parametrize("packed", [False, True])
def test_the_cap_counts_decompressed_bytes(fetches, size, kind, packed):
    with Server((gz if packed else lambda b: reply(body=b))(b"x" * size)) as server:
        way = http_to(fetches, server.url)
        if kind:
            assert failure(lambda: way.get(server.url, name="Hugging Face", max_bytes=1000)).kind == kind
        else:
            assert len(way.get(server.url, name="Hugging Face", max_bytes=1000).body) == size


def test_an_endless_body_is_cut(fetches):
    def endless(connection, _):
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with Server(endless) as server:
        assert failure(lambda: http_to(fetches, server.url).get(server.url, name="Hugging Face")).kind == "too_large"


def drip(where):
    def answer(connection, _):
        head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
        connection.sendall(head if where == "head" else head + b"\r\n")
        while True:
            time.sleep(0.05)
            connection.sendall(b"X-Drip: 1\r\n" if where == "head" else b"x")

    return answer


@pytest.mark.parametrize("where", ["head", "body"])
def test_a_server_that_drips_is_cut_at_the_total(fetches, where):
    with Server(drip(where)) as server:
        started = time.monotonic()
        error = failure(lambda: http_to(fetches, server.url).get(server.url, name="Hugging Face", total_s=1.0))
        assert error.kind == "timeout"
        assert 0.9 < time.monotonic() - started < HANG_S


def test_a_server_that_hangs_is_cut_at_the_total(fetches):
    with HuggingFace() as hf:
        hf.fault(delay=3600, times=5)
        started = time.monotonic()
        error = failure(lambda: http_to(fetches, hf.url).get(hf.url + "/x", name="Hugging Face", total_s=0.5))
        assert error.kind == "timeout"
        assert time.monotonic() - started < HANG_S


def test_one_retry_and_no_more(fetches):
    with HuggingFace({"2026-01-27": make_day(1)}) as hf:
        way, url = http_to(fetches, hf.url), hf.url + "/api/daily_papers?date=2026-01-27"
        for fault in ({"status": 502}, {"drop": "before"}, {"status": 500}, {"drop": "after"}):
            hf.fault(**fault)
            assert way.get(url, name="Hugging Face").status == 200
        hf.ledger.clear()
        hf.fault(status=500, times=2)
        assert failure(lambda: way.get(url, name="Hugging Face")).fields["status"] == 500
        assert len(hf.calls()) == 2


@pytest.mark.parametrize("status", [400, 401, 404, 406, 418, 501, 503])
def test_other_statuses_are_not_retried(fetches, status):
    with HuggingFace() as hf:
        hf.fault(status=status, body=CANARY, times=3)
        error = failure(lambda: http_to(fetches, hf.url).get(hf.url + "/x", name="Hugging Face"))
        assert (error.kind, error.fields["status"], error.source) == ("status", status, "huggingface")
        assert str(status) in str(error)
        assert len(hf.calls()) == 1


def test_nobody_there(fetches):
    error = failure(lambda: http_to(fetches, "http://127.0.0.1:9").get("http://127.0.0.1:9/", name="Hugging Face"))
    assert error.kind == "connection"


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [(429, {"Retry-After": "30"}, 30), (503, {"Retry-After": "7"}, 7), (429, {}, COOL_FIRST_S),
     (429, {"Retry-After": "999999"}, COOL_MAX_S), (429, {"Retry-After": "soon"}, COOL_FIRST_S), (403, {}, 900)],
)  # fmt: skip
def test_who_says_too_often_is_left_alone(fetches, status, headers, wait):
    with HuggingFace() as hf:
        hf.fault(status=status, headers=headers, times=1)
        way = http_to(fetches, hf.url)
        error = failure(lambda: way.get(hf.url + "/x", name="Hugging Face"))
        assert error.kind == ("status" if status == 403 else "rate_limited")
        assert wait - 2 <= fetches.cooling("huggingface") <= wait
        again = failure(lambda: way.get(hf.url + "/x", name="Hugging Face"))
        assert again.kind == "rate_limited"
        assert wait - 2 <= again.retry_after <= wait
        assert len(hf.calls()) == 1
        assert fetches.cooling("arxiv") == 0


def test_the_cap_fits_a_busy_day(real):
    assert max(p.stat().st_size for p in (real / "hf_daily").glob("*.json")) * 10 < MAX_BYTES

"""The web archive.

Pages that load nothing, feeds that readers read, and channels that stay among themselves.
"""

import asyncio
import json
import re
import shutil
import subprocess
from datetime import date
from html import unescape
from pathlib import Path

import feedparser
import httpx
import pytest

from bot.web.server import Server
from tests.rendering import HOSTILE, digest, pick
from tests.waiting import HANG_S
from workers.errors import BadInput
from workers.library.site import addresses, build
from workers.store.server.connection import key as k

ID, OTHER = "2601.00001", "2601.00002"
PRIVATE, PUBLIC = "slack:C0DIGEST", "slack:C0PUBLIC"


@pytest.fixture
def stored(redis):
    def put(channel, day=date(2026, 1, 24), title="QuiltMAR", text="Uses quilts.", shown=True):
        made = digest(
            pick(text, id=ID, title=title),
            pick("x", id=OTHER, title="Never posted"),
            language="en",
            channel=channel,
            date=day,
        )
        redis.set(k("digest", f"digest|{channel}|{day}"), made.model_dump_json())
        redis.sadd(k("had"), channel)
        if shown:
            redis.sadd(k("posted", channel), ID)

    return put


def test_public_by_a_setting_private_by_a_link_that_can_be_renewed(stored, env, tmp_path):
    stored(PRIVATE)
    stored(PUBLIC, title="Open work")
    settings, folder = env(PUBLIC_CHANNELS=PUBLIC, ARXIV_URL="https://arxiv.org"), tmp_path / "site"
    first = {channel: (path, public) for channel, path, public in build(settings, folder)}
    assert first[PUBLIC] == (str(folder / "slack-C0PUBLIC" / "index.html"), True)
    assert not first[PRIVATE][1]
    secret = first[PRIVATE][0]
    assert re.search(r"/private/[\w-]{30,}/index\.html$", secret)
    front = (folder / "index.html").read_text()
    assert "slack-C0PUBLIC" in front
    assert "private" not in front
    assert (folder / "private" / "index.html").read_text() == ""
    assert "QuiltMAR" in Path(secret).read_text()
    again = {channel: path for channel, path, _ in build(settings, folder, PRIVATE)}
    assert again[PRIVATE] != secret
    assert not Path(secret).exists()
    assert {channel: path for channel, path, _ in build(settings, folder)} == again
    with pytest.raises(BadInput):
        build(settings, folder, "slack:C0NONE")


def visit(settings, *paths):
    """Replies of the bot's own server."""

    async def go():
        async with Server(settings, frozenset(), frozenset()).listening() as server, httpx.AsyncClient() as client:
            for path in paths:
                path = path() if callable(path) else path
                yield await client.get(f"http://{server.address}{path}", timeout=HANG_S)

    async def all_of():
        return [reply async for reply in go()]

    return asyncio.run(all_of())


def test_the_server_shows_the_same_and_a_renewed_link_is_dead_at_once(stored, env):
    stored(PRIVATE)
    stored(PUBLIC, title="Open work")
    stored("terminal:cv-daily-en", title="Mine alone")
    settings = env(PUBLIC_CHANNELS=PUBLIC, HTTP_PORT="0")
    links = {channel: (httpx.URL(link).path, public) for channel, link, public in addresses(settings)}
    assert {channel for channel, (_, public) in links.items() if public} == {PUBLIC}
    secret = links[PRIVATE][0]
    day = links[PUBLIC][0] + "2026-01-24-cv-daily-zh.html"

    def renewed():
        list(addresses(settings, PRIVATE))
        return secret

    front, first, one, feed, closed, *gone = visit(
        settings, "/", links[PUBLIC][0], day, links[PUBLIC][0] + "feed.atom", secret, renewed,
        "/private/", "/slack-C0DIGEST/", "/terminal-cv-daily-en/", "/%2e%2e/etc/passwd", "/private/x/index.html",
        day.replace("24", "23"), "/" + "x" * 300,
    )  # fmt: skip
    assert "slack-C0PUBLIC" in front.text and "private" not in front.text and "terminal" not in front.text
    assert "Open work" in first.text and "Uses quilts" in one.text and "QuiltMAR" in closed.text
    assert feed.headers["content-type"].startswith("application/atom+xml")
    assert [reply.status_code for reply in gone] == [404] * len(gone)


def test_what_is_no_more_shown_is_no_more_there(stored, env, tmp_path, redis):
    stored(PUBLIC)
    stored(PUBLIC, day=date(2026, 1, 25))
    folder = tmp_path / "site"
    build(env(PUBLIC_CHANNELS=PUBLIC), folder)
    redis.delete(k("digest", f"digest|{PUBLIC}|2026-01-24"))
    (folder / "slack-C0PUBLIC" / "mine.txt").write_text("kept")
    build(env(PUBLIC_CHANNELS=PUBLIC), folder)
    left = {path.name for path in (folder / "slack-C0PUBLIC").iterdir()}
    assert left == {"index.html", "2026-01-25-cv-daily-zh.html", "feed.atom", "feed.rss", "feed.json", "mine.txt"}
    ((_, path, _),) = build(env(PUBLIC_CHANNELS=""), folder)
    assert "/private/" in path and not (folder / "slack-C0PUBLIC").exists(), "a channel that is no more public"


def test_maths_is_mathml_where_that_is_sure_and_readable_where_not(stored, env, tmp_path):
    stored(PUBLIC, text=r"Loss $\mathcal{L}_{1}$, $\href{javascript:alert(1)}{x}$, $\text{a<b>}$ and $\nosuch{y}$.")
    build(env(PUBLIC_CHANNELS=PUBLIC), tmp_path / "site")
    page = (tmp_path / "site" / "slack-C0PUBLIC" / "2026-01-24-cv-daily-zh.html").read_text()
    assert "<msub><mi>ℒ</mi><mrow><mn>1</mn></mrow></msub></mrow></math>" in page
    assert "javascript:" not in re.sub(r'title="[^"]*"', "", page) and "<b>" not in page
    assert page.count("<math") == page.count("</math>") == 12, "three in each of four sections"
    assert 'class="math"' in page, "what the library does not know"


def test_only_what_was_posted(stored, env, tmp_path):
    stored("slack:C1")
    stored("slack:C2", shown=False)
    ((_, path, _),) = build(env(), tmp_path / "site")
    text = Path(path).read_text()
    assert "QuiltMAR" in text
    assert "Never posted" not in text


@pytest.mark.parametrize("hostile", HOSTILE[:1] + HOSTILE[4:8] + HOSTILE[16:20])
def test_nothing_comes_out_of_a_papers_text(stored, env, tmp_path, hostile):
    stored(PUBLIC, title=hostile, text=hostile)
    build(env(PUBLIC_CHANNELS=PUBLIC, ARXIV_URL="https://arxiv.org"), tmp_path / "site")
    for path in (tmp_path / "site" / "slack-C0PUBLIC").glob("*.html"):
        text = path.read_text()
        assert len(re.findall(r"<script", text)) == 2 * (path.name == "index.html")
        assert not re.search(
            r"<(?:img|iframe|object|form)\b|<[^>]+\son\w+=|(?:href|src)=.javascript:", text.split("<body>")[1]
        )
        assert {*re.findall(r'(?:href|src)="(https?://[^/"]+)', text)} <= {"https://arxiv.org"}
        assert "default-src 'none'" in unescape(text)


def test_feeds_are_read_by_readers(stored, env, tmp_path):
    stored(PUBLIC, title="On $x<y$ & more")
    stored(PUBLIC, day=date(2026, 1, 25), title="Later")
    build(env(PUBLIC_CHANNELS=PUBLIC, ARXIV_URL="https://arxiv.org"), tmp_path / "site")
    folder = tmp_path / "site" / "slack-C0PUBLIC"
    for name in ("feed.atom", "feed.rss"):
        feed = feedparser.parse((folder / name).read_bytes())
        assert not feed.bozo
        assert [entry.title for entry in feed.entries] == ["Later", "On x<y & more"]
        assert feed.entries[0].link == f"https://arxiv.org/abs/{ID}"
    found = json.loads((folder / "feed.json").read_text())
    assert found["version"].endswith("/1.1")
    assert found["items"][0]["title"] == "Later"


@pytest.mark.skipif(not shutil.which("chromium"), reason="no browser here")
def test_the_search_in_a_real_browser_at_a_phones_width(stored, env, tmp_path):
    stored(PUBLIC)
    ((_, path, _),) = build(env(PUBLIC_CHANNELS=PUBLIC, ARXIV_URL="https://arxiv.org"), tmp_path / "site")
    shown = {}
    for said in ("quilt", "zebra"):
        words = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--window-size=390,800", "--dump-dom"]
        done = subprocess.run([*words, f"file://{path}#q={said}"], capture_output=True, text=True, timeout=HANG_S)
        shown[said] = done.stdout.split('id="found"')[1].split("</ul>")[0]
    assert "QuiltMAR" in shown["quilt"]
    assert "QuiltMAR" not in shown["zebra"]

"""The web archive.

Pages that load nothing, feeds that readers read, and channels that stay among themselves.
"""

import json
import re
import shutil
import subprocess
from datetime import date
from html import unescape
from pathlib import Path

import feedparser
import pytest

from tests.rendering import HOSTILE, digest, pick
from tests.waiting import HANG_S
from workers.console.site import build
from workers.errors import BadInput
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

"""What a feed may hold, and how long a good one serves."""

from datetime import UTC, datetime, timedelta

import pytest

from workers.sources import feed_parser
from workers.sources.arxiv import feed_and_api as arxiv


def test_a_feed_within_the_limits_is_read():
    wide = b"<link rel='x' href='" + b"x" * (feed_parser.MAX_TAG - 100) + b"'/>"
    for more, kept in ((wide, True), (wide.replace(b"x", b"xx"), False), (b"<!--" + b">" * 60_000 + b"-->", True)):
        body = b"<feed xmlns='http://www.w3.org/2005/Atom'>" + more + b"<entry><title>A &amp; B</title></entry></feed>"
        if kept:
            assert [entry.title for entry in feed_parser.parse_feed(body).entries] == ["A & B"]
        else:
            with pytest.raises(feed_parser.NotAFeed, match="of a shape that no feed has"):
                feed_parser.parse_feed(body)


def test_how_long_a_feed_serves():
    today = datetime.now(UTC).astimezone(arxiv.ZONE)
    until = datetime.fromtimestamp(arxiv._fresh_until(today.date()), arxiv.ZONE)
    assert (until.hour, until.minute, until.date()) == (0, 0, today.date() + timedelta(days=1))
    soon = datetime.fromtimestamp(arxiv._fresh_until(today.date() - timedelta(days=1)), UTC) - datetime.now(UTC)
    assert timedelta(minutes=14) < soon <= timedelta(minutes=15)


def test_a_prologue_without_end_is_passed_over_in_one_go():
    for lead in (b"<!---->" * 5_000, b"<!-- " * 50_000, b"<?x " * 50_000, b"<?xml version='1.0' encoding='rot13'?>"):
        with pytest.raises(feed_parser.NotAFeed):
            feed_parser.parse_feed(lead + b"x<feed></feed>", any_kind=True)
    assert feed_parser.parse_feed(b"<!-- a --><?b c?>\n<!-- --- -->\n<feed></feed>", any_kind=True).entries == []

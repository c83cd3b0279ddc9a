"""Retry-After in its two forms."""

from datetime import UTC, datetime

from workers.network import retry_after


def test_retry_after_in_both_forms():
    now = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
    assert retry_after("120", now) == 120
    assert retry_after("Sun, 22 Nov 2026 12:01:30 GMT", now) == 90
    assert retry_after("Sun, 22 Nov 2026 11:00:00 GMT", now) == 0
    assert [retry_after(x, now) for x in ("", "-5", "soon", "1e9", "٣", "9" * 5000)] == [0] * 6

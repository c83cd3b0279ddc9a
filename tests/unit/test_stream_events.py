"""Events of a stream, however a server writes its lines and wherever they are cut."""

import json

import pytest

from workers.analysis.model.stream import events

SAID = [{"type": "message_start"}, {"type": "delta", "text": "wörks 采样\u2028on"}, {"type": "message_stop"}]


def written(end="\n", between="\n", named=True, before=""):
    """The stream, its lines ended by `end` and its events by `between`."""
    rows = [(f"event: {e['type']}{end}" if named else "") + f"data: {json.dumps(e, ensure_ascii=False)}" for e in SAID]
    return (before + "".join(f"{row}{end}{between}" for row in rows)).encode()


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize(
    "raw",
    [
        written(), written("\r\n", "\r\n"), written("\r", "\r"), written(between=""), written(between="", named=False),
        written(named=False), written(before="\ufeff: hello\n\n"), written(before="retry: 300\nid: 1\n\n"),
        written(between="\n: PROCESSING\n\n"), written().replace(b"data: ", b"data:"), written()[:-2],
    ],
)  # fmt: skip
def test_each_event_is_read_once(raw, size):
    assert list(events(raw[at : at + size] for at in range(0, len(raw), size))) == SAID


def test_an_event_in_several_lines_and_what_is_none():
    raw = b'data: {"type":\ndata: "ping"}\n\ndata: oops\n\nevent: error\ndata: no JSON\n\ndata: [1]\n\ndata: [DONE]\n\n'
    assert list(events([raw])) == [{"type": "ping"}, {"message": "no JSON", "type": "error"}, {"type": "message_stop"}]

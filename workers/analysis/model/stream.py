"""Assembles a streamed reply, event by event.

Servers leave out what the vendor always sends.

A reply is whole where an event says so (`message_stop`, a stop reason, `[DONE]`), or where every block that began has
ended and the connection was closed in order. Usage, ids, indexes and `message_start` may be missing; events nobody
knows are passed over; a server that does not stream at all may answer with the message.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from types import SimpleNamespace
from typing import Any

from workers.analysis.model.failures import FATAL, Failure, kind_of, masked

NUMBERS = ("document_index", "start_block_index", "end_block_index")
"""Fields of a citation that must be whole numbers for it to count."""

BLANK = b" \t\r\n\xef\xbb\xbf"
"""Bytes that may stand before JSON and say nothing."""

COUNTS = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")

GROWN = 1.01
"""Times the text last told from which it is told again: all that is told then grows with the text, not its square."""

VENDOR_ID = "req_"
"""Beginning of the vendor's `request-id`: no other server is known to send that header (notes on servers)."""


@dataclass
class ModelReply:
    """A message with the attributes of the SDK's that we read."""

    content: Any = field(default_factory=list)
    stop_reason: str = ""
    stop_details: Any = None
    usage: Any = None
    whole: bool = False
    began: bool = False
    counted: bool = False
    """True where usage came with or after the last words: what came before them cannot know their number."""

    @property
    def said(self) -> str:
        """The text so far."""
        return "".join(block.text for block in self.content if block.type == "text")


def read_stream(
    client: Any,
    body: dict[str, Any],
    timeout: Any,
    on_text: Callable[[str, bool], None],
    reply: ModelReply,
    secret: str = "",
) -> ModelReply:
    """Fill `reply` from a streamed answer, and return it.

    `on_text` gets the text so far, whenever there is `GROWN` of it and at the end, and whether it comes from the vendor
    itself. Raises what the SDK raises, and Failure for what an event tells. A reply that was whole before the
    connection broke is whole.
    """
    told = 0
    with client.messages.with_streaming_response.create(**body, stream=True, timeout=timeout) as response:
        http = response.http_response
        vendor = http.headers.get("request-id", "").startswith(VENDOR_ID) and str(body["model"]).startswith("claude-")
        source: Iterable[bytes] = http.iter_bytes()
        if "event-stream" not in http.headers.get("content-type", "event-stream").lower():
            raw = http.read()
            if raw.lstrip(BLANK)[:1] in (b"{", b"<", b"["):
                return _unstreamed(raw, reply)
            source = (raw,)  # events all the same
        try:
            for event in events(source):
                take(reply, event, secret)
                if len(reply.said) > told * GROWN:
                    told = len(reply.said)
                    on_text(reply.said, vendor)
                if reply.whole:
                    break
        except Failure:
            raise
        except Exception:
            if not _ended(reply):
                raise
    if not (reply.whole or _ended(reply) or _closed(reply)):
        raise Failure("connection" if reply.began else "invalid")
    if len(reply.said) > told:
        on_text(reply.said, vendor)
    return reply


def events(source: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The events of a stream as objects.

    By `data:` alone, for some servers name none; a line that is whole is an event, for some leave out the blank line
    between two. What is no object is passed over.
    """
    name = data = ""
    for line in chain(lines(source), [""]):
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name, data = value.strip(), ""
        elif field == "data":
            data = f"{data}\n{value}" if data else value
        event = _event(name, data) if data and field in ("data", "") else None
        if event:
            yield event
        if event or not line:
            name = data = ""


def lines(source: Iterable[bytes]) -> Iterator[str]:
    """The lines of a stream, each when it is whole.

    Ended by CR, LF or both, and by nothing else.
    """
    rest = b""
    for chunk in source:
        *whole, rest = (rest + chunk).splitlines(keepends=True) or [b""]
        if rest.endswith(b"\n"):
            whole, rest = [*whole, rest], b""
        yield from (line.decode("utf-8", "replace").lstrip("\ufeff").rstrip("\r\n") for line in whole)
    yield rest.decode("utf-8", "replace").rstrip("\r\n")


def _event(name: str, data: str) -> dict[str, Any] | None:
    if data.strip() == "[DONE]":
        return {"type": "message_stop"}
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        return {"message": data, "type": name} if name == "error" else None
    if not isinstance(event, dict):
        return None
    return event if event.get("type") else {**event, "type": name}


def take(reply: ModelReply, event: dict[str, Any], secret: str = "") -> None:
    """Add one event to the reply."""
    kind = event["type"]
    if kind == "error" or isinstance(event.get("error"), dict | str):
        raise _failed(event, secret)
    if kind == "message_start":
        message = _dict(event.get("message"))
        reply.began, reply.usage = True, _usage(reply.usage, message.get("usage"))
        for block in message["content"] if isinstance(message.get("content"), list) else ():
            _begin(reply, len(reply.content), _dict(block))
    elif kind == "content_block_start":
        _begin(reply, _index(event, len(reply.content)), _dict(event.get("content_block")))
    elif kind == "content_block_delta":
        _more(reply, event)
    elif kind == "content_block_stop":
        block = _block(reply, _index(event, -1))
        if block is not None:
            block.open = False
    elif kind == "message_delta":
        delta = _dict(event.get("delta"))
        reply.stop_reason = str(delta.get("stop_reason") or reply.stop_reason)
        details = delta.get("stop_details")
        reply.stop_details = SimpleNamespace(**details) if isinstance(details, dict) else reply.stop_details
        _count(reply, event)
    elif kind == "message_stop":
        reply.whole = True
        _count(reply, event)


def _count(reply: ModelReply, event: dict[str, Any]) -> None:
    told = _usage(None, event.get("usage"))
    reply.counted = reply.counted or bool(getattr(told, "output_tokens", 0))
    reply.usage = _usage(reply.usage, event.get("usage"))


def _more(reply: ModelReply, event: dict[str, Any]) -> None:
    delta = _dict(event.get("delta"))
    block = _block(reply, _index(event, -1))
    if delta.get("type", "text_delta") == "text_delta" and isinstance(delta.get("text"), str):
        if block is None:
            block = _begin(reply, _index(event, len(reply.content)), {"type": "text"})
        if block.type == "text":
            block.text += delta["text"]
    elif delta.get("type") == "citations_delta" and block is not None:
        block.citations += _cited([delta.get("citation")])


def _begin(reply: ModelReply, index: int, block: dict[str, Any]) -> Any:
    text = block.get("text")
    made = SimpleNamespace(
        index=index, type=str(block.get("type") or "text"), text=text if isinstance(text, str) else "",
        citations=_cited(block.get("citations")), open=True,
    )  # fmt: skip
    reply.began = True
    reply.content.append(made)
    return made


def _cited(found: Any) -> list[Any]:
    """Those of a block's citations that name their place."""
    rows = [_dict(cited) for cited in found] if isinstance(found, list) else []
    whole = [c for c in rows if isinstance(c.get("cited_text"), str) and all(type(c.get(n)) is int for n in NUMBERS)]
    return [SimpleNamespace(**cited) for cited in whole]


def _block(reply: ModelReply, index: int) -> Any:
    """The block of that index, the last one where none is named."""
    if index < 0:
        return reply.content[-1] if reply.content else None
    return next((b for b in reversed(reply.content) if b.index == index), None)


def _index(event: dict[str, Any], otherwise: int) -> int:
    index = event.get("index")
    return index if isinstance(index, int) and not isinstance(index, bool) and index >= 0 else otherwise


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _usage(known: Any, told: Any) -> Any:
    """The known counts with those told now.

    Counts are totals: a later one replaces an earlier one, what is left out or null stays.
    """
    counts = {n: v for n, v in _dict(told).items() if n in COUNTS and type(v) is int}
    return SimpleNamespace(**{**(vars(known) if known else {}), **counts}) if counts else known


def _ended(reply: ModelReply) -> bool:
    """True where the service said why it stopped, or said that it did."""
    return reply.whole or bool(reply.stop_reason)


def _closed(reply: ModelReply) -> bool:
    return bool(reply.content) and not any(block.open for block in reply.content)


def _unstreamed(raw: bytes, reply: ModelReply) -> ModelReply:
    """The message of a server that does not stream."""
    message = _dict(json.loads(raw))
    if message.get("type") == "error" or not isinstance(message.get("content"), list):
        raise Failure("invalid")
    for block in message["content"]:
        _begin(reply, len(reply.content), _dict(block)).open = False
    details = message.get("stop_details")
    reply.stop_reason, reply.whole, reply.counted = str(message.get("stop_reason") or ""), True, True
    reply.stop_details = SimpleNamespace(**details) if isinstance(details, dict) else None
    reply.usage = _usage(None, message.get("usage"))
    return reply


def _failed(event: dict[str, Any], secret: str) -> Failure:
    """The failure that an event tells of.

    It is known by the type that the event names, for it has no status.
    """
    error = event.get("error") if isinstance(event.get("error"), dict) else event
    name = str(_dict(error).get("type") or "")
    said = masked(str(_dict(error).get("message") or event.get("error") or ""), secret)
    if name == "rate_limit_error":
        return Failure("rate_limited", said=said)
    kind = kind_of(400, name, said, page=False)
    if name in ("overloaded_error", "api_error", "timeout_error") or (kind == "rejected" and name in ("", "error")):
        return Failure("overloaded", said=said)
    return Failure(kind, fatal=kind in FATAL, again=False, said=said)

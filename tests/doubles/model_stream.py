"""How the model double sends a reply as a stream.

What it says a prompt has used.
"""

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.doubles.model_answers import Asked, documents, joined_text, tokens
from tests.doubles.model_habits import STREAMS, lines_of

if TYPE_CHECKING:
    from tests.doubles.model import ModelDouble

CACHE_FROM = 512
"""Tokens of the shortest prefix that is cached."""

PIECE = 40
"""Characters of one text delta."""


def events_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of a streamed message, as the API sends them."""
    used = message.get("usage", {})
    start = {**message, "content": [], "stop_reason": None, "usage": {**used, "output_tokens": 1 if used else None}}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": start}]
    for i, block in enumerate(message["content"]):
        empty = {"type": "text", "text": "", **({"citations": []} if "citations" in block else {})}
        events.append({"type": "content_block_start", "index": i, "content_block": empty})
        deltas = [
            {"type": "text_delta", "text": block["text"][at : at + PIECE]} for at in range(0, len(block["text"]), PIECE)
        ]
        deltas += [{"type": "citations_delta", "citation": c} for c in block.get("citations", ())]
        events += [{"type": "content_block_delta", "index": i, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": i})
    end = {k: message.get(k) for k in ("stop_reason", "stop_sequence", "stop_details")}
    return [*events, {"type": "message_delta", "delta": end, "usage": used}, {"type": "message_stop"}]


class Streaming:
    """Mixin of ModelDouble."""

    def _used(self: "ModelDouble", asked: Asked, text: str) -> dict[str, Any]:
        """Usage of one question.

        Cached up to the last marked block of the system prompt, or to the marked document.
        """
        config, thinking = asked.body.get("output_config") or {}, asked.body.get("thinking")
        blocks = asked.body.get("system")
        prefix, paper = asked.system, documents(asked.body)
        marked = isinstance(blocks, list) and any("cache_control" in b for b in blocks)
        if paper and "cache_control" in paper[0]:
            prefix, marked = f"{asked.system}\n{joined_text(paper[:1])}", True
        name = json.dumps([asked.model, prefix, config, thinking, asked.cited])
        marked = marked and not self.compatible and tokens(prefix) >= CACHE_FROM
        whole, head = tokens(asked.system) + tokens(asked.user) + self._said_before(asked), tokens(prefix)
        known = name in self._cached
        if marked:
            self._cached.add(name)
        return {
            "input_tokens": max(0, whole - head) if marked else whole,
            "output_tokens": tokens(text),
            "cache_creation_input_tokens": head if marked and not known else 0,
            "cache_read_input_tokens": head if marked and known else 0,
            "service_tier": "standard",
        }

    @staticmethod
    def _said_before(asked: Asked) -> int:
        before = [joined_text(m["content"]) for m in asked.body["messages"] if m["role"] == "assistant"]
        return tokens("\n".join(before)) if before else 0

    async def _stream(
        self: "ModelDouble", request: web.Request, message: dict[str, Any], said: dict[str, Any], kind: str, after: int
    ) -> web.StreamResponse:
        """Sends the message as events.

        `after`: how many events of `said`, the whole answer, come before it goes wrong.
        """
        if self.streams == "unstreamed":
            return web.json_response(message)
        names = {"content-type": "text/event-stream"} | ({} if self.foreign else {"request-id": "req_stream"})
        response = web.StreamResponse(headers=names)
        await response.prepare(request)
        events = STREAMS[self.streams](events_of(message)) if self.streams else events_of(message)
        if after:
            events = events_of(said)[:after] + (events[-2:] if kind == "refusal" else [])
        if kind == "overloaded_late":
            events.append({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})
        sent = 0
        for event in events:
            if event.get("type") == "content_block_delta":
                if hold := self.hold_piece:
                    await self._held(lambda n=sent: bool(hold(n)))
                await self._wait(self.token_seconds if sent else self.first_token_seconds)
                sent += 1
            try:
                await response.write(lines_of(self.streams, event))
            except ConnectionError:  # the reader hung up
                return response
        if self.streams == "done":
            await response.write(b"data: [DONE]\n\n")
        if kind == "cut":
            return self._drop(request)
        await response.write_eof()
        return response

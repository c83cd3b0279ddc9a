"""A model's service on loopback.

Anthropic's Messages API as SDK 2.12 speaks it, strict about what the real refuses.

Answers are made, not thought: a score from where the interests stand in the paper, four sections that name the paper.
`fail()` scripts what goes wrong; `obey` makes it the worst reader there is, doing and copying what a paper says.
"""

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.doubles.base import ENTRY, Double
from tests.doubles.model_answers import (
    DEFAULTS,
    Asked,
    Reply,
    content_of,
    document_problem,
    obedient,
    read,
    score,
    talk,
    tokens,
)
from tests.doubles.model_habits import thought
from tests.doubles.model_judge import HABITS
from tests.doubles.model_rules import Refusal, check_body, check_model
from tests.doubles.model_stream import Streaming

VERSIONS = ("2026-10-21", "2023-06-01")
"""`anthropic-version` headers the API knows."""

HUGE_BYTES = 10 * 2**20
HANG_S = 3600.0

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}


@dataclass
class Trouble:
    """What goes wrong with the next `times` questions of `task` (None: any)."""

    kind: str
    times: int
    task: str | None
    what: dict[str, Any]


class ModelDouble(Streaming, Double):
    """The model's service.

    `key`: the one bearer token that is accepted. `compatible`: a small server that ignores what it does not know.
    """

    def __init__(self, key: str = "test-model-key", compatible: bool = False) -> None:
        super().__init__()
        self.key, self.compatible = key, compatible
        self.context = 0
        """Tokens of the context; 0: as many as come."""
        self.lifecycle: dict[str, dict[str, Any]] = {}
        """Model id -> fields of its record that differ: lifecycle, deprecated_at, retires_at."""
        self.score_seconds = self.deepdive_seconds = self.judge_seconds = 0.0
        self.first_token_seconds = self.token_seconds = 0.0
        """Of a streamed reply: seconds before its first words, and between any two pieces."""
        self.hold: Callable[[Asked], object] | None = None
        """A question is answered when this is true of it."""
        self.hold_piece: Callable[[int], object] | None = None
        """A piece of a streamed reply is sent when this is true of the number of pieces before it."""
        self.prompts: list[Asked] = []
        self.obey = False
        self.judging = ""
        """A habit of the judge: one of `model_judge.HABITS`; '': it looks."""
        self.thinks = self.streams = self.counts = ""
        """Habits of a server that is not the vendor's: how it sends thoughts (`model_habits.THOUGHTS`), what it leaves
        out of a stream (`model_habits.STREAMS`), what it counts (`none`, `null`, `zero`, `new`: uncached alone)."""
        self.ends = "end_turn"
        """`stop_reason` of a reply that nothing went wrong with."""
        self.reads = 0
        """Characters of a body from which on it is too long; 0: any length is read."""
        self.key_header = False
        """True: the key is read from `x-api-key` alone."""
        self.most_at_once = 0
        """Most questions that were open at the same time."""
        self._at_once = 0
        self._troubles: list[Trouble] = []
        self._reply: Reply | None = None
        self._cached: set[str] = set()
        self._ids = itertools.count(1)

    @property
    def foreign(self) -> bool:
        """True for a server that is not the vendor's."""
        return bool(self.compatible or self.thinks or self.streams or self.counts)

    # -- for tests -----------------------------------------------------------------------------------------------

    def reply(self, make: Reply) -> None:
        """Answer with `make(asked)`: a dict as JSON, a str as it is, None as by default."""
        self._reply = make

    def fail(self, kind: str, times: int = 1, task: str | None = None, **what: Any) -> Trouble:
        """Make the next `times` questions go wrong.

        Kinds: quota, rate_limit (retry_after), overloaded, error (status, code), refusal (category), truncated, score
        (value), text (text), html, error_200, empty, huge, hang, drip, drop, false_citation (a word changed in what is
        cited). Streams also: cut and overloaded_late, `after` so many events of the answer, as a refusal may come.
        """
        trouble = Trouble(kind, times, task, what)
        with self._lock:
            self._troubles.append(trouble)
        return trouble

    def heal(self) -> None:
        """No more trouble from here on."""
        with self._lock:
            self._troubles.clear()

    def asked(self, task: str) -> list[Asked]:
        """Prompts of one task, oldest first."""
        return [p for p in list(self.prompts) if p.task == task]

    # -- the service ---------------------------------------------------------------------------------------------

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/messages", self._messages),
            web.post("/v1/messages/count_tokens", self._count),
            web.get("/v1/models/{model}", self._model),
        ]

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        try:
            self._authorise(request)
            body = self._body(request)
            check_body(body, self.compatible)
            problem = None if self.compatible else document_problem(body)
            if problem:
                raise Refusal(400, problem)
        except Refusal as no:
            return self._error(no)
        asked = read(body, self.compatible, self.context)
        with self._lock:
            self.prompts.append(asked)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            if hold := self.hold:
                await self._held(lambda: bool(hold(asked)))
            took = {"score": self.score_seconds, "deepdive": self.deepdive_seconds, "judge": self.judge_seconds}
            await self._wait(took.get(asked.task, 0.0))
            return await self._serve_one(request, asked)
        finally:
            self._at_once -= 1

    async def _serve_one(self, request: web.Request, asked: Asked) -> web.StreamResponse:
        trouble = self._trouble(asked.task)
        kind, what = (trouble.kind, trouble.what) if trouble else ("", {})
        if kind in ("hang", "drip", "drop"):
            return await self._silence(request, kind)
        if kind == "quota":
            text = "You have reached your specified API usage limits. You will regain access on 2026-12-01."
            return self._error(Refusal(429, text, what.get("code", "enforced_spend_limit_reached")))
        if kind == "rate_limit":
            headers = {"retry-after": str(what["retry_after"])} if "retry_after" in what else {}
            return self._error(Refusal(429, "This request would exceed your rate limit.", None, **headers))
        if kind == "page":
            said = what.get("page", "<html><head><title>Access denied</title></head><body>by policy</body></html>")
            return web.Response(status=what["status"], text=said, content_type="text/html")
        if self.reads and len(request[ENTRY].body) > self.reads:
            return self._error(Refusal(400, "prompt is too long: 212345 tokens > 200000 maximum"))
        if kind == "overloaded":
            return self._error(Refusal(529, "Overloaded"))
        if kind == "error":
            return self._error(
                Refusal(what["status"], what.get("message", "Something broke"), what.get("code"), what.get("type"))
            )
        if kind == "html":
            return web.Response(text="<html><body>502 Bad Gateway</body></html>", content_type="text/html")
        if kind == "error_200":
            return self._send({"type": "error", "error": {"type": "api_error", "message": "Internal server error"}})
        if kind == "huge":
            return self._send(self._message(asked, "x" * HUGE_BYTES))
        text = self._text(asked)
        message = said = self._message(asked, text)
        if kind == "refusal":
            details = {"type": "refusal", "category": what.get("category"), "explanation": "This was not answered."}
            message = message | {"content": [], "stop_reason": "refusal", "stop_details": details}
        elif kind == "truncated":
            message = message | {
                "content": [{"type": "text", "text": text[: len(text) // 2]}],
                "stop_reason": "max_tokens",
            }
        elif kind == "empty":
            message = message | {"content": []}
        elif kind == "score":
            changed = {**score(asked), "score": what["value"]}
            message = message | {"content": [{"type": "text", "text": json.dumps(changed)}]}
        elif kind == "text":
            message = message | {"content": [{"type": "text", "text": what["text"]}]}
        elif kind == "false_citation":
            for block in message["content"]:
                for citation in block.get("citations", ()):
                    citation["cited_text"] = citation["cited_text"].replace(" ", " not ", 1)
        self.accepted(request)
        if asked.body.get("stream"):
            return await self._stream(request, message, said, kind, int(what.get("after", 0)))
        return self._send(message)

    async def _count(self, request: web.Request) -> web.Response:
        try:
            self._authorise(request)
            body = self._body(request)
            check_body({"max_tokens": 1, **body}, self.compatible)
        except Refusal as no:
            return self._error(no)
        return self._send({"input_tokens": tokens(json.dumps(body, ensure_ascii=False))})

    async def _model(self, request: web.Request) -> web.Response:
        try:
            self._authorise(request)
            name = request.match_info["model"]
            check_model(name, self.compatible)
        except Refusal as no:
            return self._error(no)
        if self.compatible:
            return self._error(Refusal(404, "not found"))
        return self._send(
            {
                "type": "model",
                "id": name,
                "display_name": name,
                "created_at": "2026-09-28T00:00:00Z",
                "lifecycle": "active",
                "deprecated_at": None,
                "retires_at": None,
                "max_input_tokens": 1_000_000,
                "max_tokens": 128_000,
                "capabilities": None,
            }
            | self.lifecycle.get(name, {})
        )

    # -- checks --------------------------------------------------------------------------------------------------

    def _authorise(self, request: web.Request) -> None:
        if self.key_header and request.headers.get("x-api-key") != self.key:
            raise Refusal(401, "x-api-key header is required")
        if request.headers.get("authorization") != f"Bearer {self.key}":
            raise Refusal(401, "invalid bearer token")
        if request.headers.get("anthropic-version") not in VERSIONS:
            raise Refusal(400, "anthropic-version: header is required")

    def _body(self, request: web.Request) -> dict[str, Any]:
        try:
            body = json.loads(request[ENTRY].body)
        except ValueError:
            raise Refusal(400, "The request body is not valid JSON") from None
        if not isinstance(body, dict):
            raise Refusal(400, "The request body must be an object")
        return body

    # -- answers -------------------------------------------------------------------------------------------------

    def _trouble(self, task: str) -> Trouble | None:
        with self._lock:
            for trouble in self._troubles:
                if trouble.times > 0 and trouble.task in (None, task):
                    trouble.times -= 1
                    return trouble
        return None

    def _text(self, asked: Asked) -> str:
        made = self._reply(asked) if self._reply else None
        if made is None:
            default = HABITS[self.judging] if asked.task == "judge" else DEFAULTS.get(asked.task, talk)
            made = obedient(asked) if self.obey and asked.task != "judge" else default(asked)
        text = made if isinstance(made, str) else json.dumps(made, ensure_ascii=False)
        return thought(self.thinks, text) if self.thinks else text

    def _message(self, asked: Asked, text: str) -> dict[str, Any]:
        message: dict[str, Any] = {
            "id": f"msg_{next(self._ids):06d}",
            "type": "message",
            "role": "assistant",
            "model": asked.model,
            "content": content_of(asked, text),
            "stop_reason": self.ends,
            "stop_sequence": None,
            "usage": self._used(asked, text),
        }
        if self.counts == "none":
            del message["usage"]
        elif self.counts:
            said = {"null": None, "zero": 0, "new": 12}[self.counts]
            message["usage"] = {"input_tokens": said, "output_tokens": 20 if self.counts == "new" else said}
        return message

    def _send(self, body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
        names = {**({} if self.foreign else {"request-id": f"req_{next(self._ids):06d}"}), **(headers or {})}
        return web.json_response(body, status=status, headers=names)

    def _error(self, no: Refusal) -> web.Response:
        named = no.named or ERROR_TYPES.get(no.status, "api_error")
        error: dict[str, Any] = {"type": named, "message": no.message}
        if no.code:
            error["details"] = {"error_code": no.code}
        return self._send({"type": "error", "error": error, "request_id": "req_1"}, no.status, no.headers)

    async def _silence(self, request: web.Request, kind: str) -> web.StreamResponse:
        """Say nothing, one byte a tenth of a second, or hang up."""
        if kind == "drop":
            return self._drop(request)
        if kind == "hang":
            await self._wait(HANG_S)
            return self._drop(request)
        response = web.StreamResponse(headers={"content-type": "application/json"})
        await response.prepare(request)
        until = time.monotonic() + HANG_S
        while time.monotonic() < until and self._stopping is not None and not self._stopping.is_set():
            try:
                await response.write(b" ")
            except ConnectionError:
                break
            await asyncio.sleep(0.1)
        return response

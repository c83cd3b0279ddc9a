"""Asks the model's service one question in at most ATTEMPTS calls.

The answer fits its schema, or it is a failure.

What one question may cost in time: ATTEMPTS times its timeout and one wait of at most WAIT_CAP_S, where a long call
that timed out is not tried again. The breaker ends a run's calls after a few failures, so a service that hangs costs a
digest at most 30 + 30 + 120 s and a little, however many its papers.

The SDK is imported at the first call (0.9 s), never retries by itself, and gets its key from the settings alone.
"""

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from workers.analysis.budget import Meter, Usage
from workers.analysis.model.client import Breaker, connect
from workers.analysis.model.failures import PATIENCE_S, WAIT_CAP_S, Failure, failure_of, public, refusal_of
from workers.analysis.model.paper_prompt import PAPER_LOST, lost, text_of
from workers.analysis.model.replies import A, answer_of, billed, usage_of
from workers.analysis.prices import count
from workers.errors import ModelDeclined
from workers.settings import Settings

R = TypeVar("R")

ATTEMPTS = 2
"""Most calls for one question: the second one repairs an unusable answer or follows a failure that may pass."""

SHORT_S, CONNECT_TIMEOUT_S = 30.0, 5.0
"""Seconds of a call up to which a timeout is tried again, and for connecting."""

THINKING_TOKENS = 1600
"""Output tokens on top of a task's own where the model cannot be told not to think. A truncated answer is asked for
again with twice the cap."""

BACKOFF_S = 1.0
"""Seconds before the second attempt where the service names none; times 0.5 to 1.5."""

TIMEOUT_STRIKES = 2
"""An attempt that timed out counts double for the breaker; any other failed question counts once, at its end."""

OF_THE_QUESTION = frozenset({"too_long", "filtered"})
"""Classes of failure that say nothing of the service."""

CACHE_FROM_TOKENS = 512
"""Tokens below which the service does not cache a system prompt (models of the 5.5 generation)."""

_AS_TEXT = "\n\nThe answer must fit this JSON schema, with no text before or after the object:\n"
_AGAIN = "\n\nAn earlier answer could not be used ({}). Answer with the one JSON object that was described."


@dataclass(frozen=True)
class CallOptions:
    """How to ask."""

    model: str
    effort: str
    timeout_s: float
    """For the whole call."""
    max_tokens: int
    """Output cap, thinking included."""
    think: bool = True
    keep_system: bool = False
    """Ask the service to cache the system prompt."""
    awaited: bool = False
    """Somebody waits for it: a call that timed out is not tried again."""
    whole: bool = False
    """The task goes with a paper as a document, whose citations no answer's format may go with: its own words say what
    object is wanted, and the service must have counted the paper."""


@dataclass(frozen=True)
class Conversation:
    """What is asked: the system prompt, and turns that end with the user's.

    The turns are in the form of the Messages API.
    """

    system: str
    messages: tuple[dict[str, Any], ...]

    @classmethod
    def once(cls, system: str, user: str) -> "Conversation":
        """One turn of plain text."""
        return cls(system, ({"role": "user", "content": user},))

    def and_then(self, hint: str) -> "Conversation":
        """With more words at the end of the last turn."""
        if not hint:
            return self
        last = self.messages[-1]
        content: Any = last["content"]
        content = content + hint if isinstance(content, str) else [*content, {"type": "text", "text": hint.strip()}]
        return Conversation(self.system, (*self.messages[:-1], {**last, "content": content}))


class Calls:
    """One run's calls. Used from several threads at once."""

    def __init__(self, settings: Settings, breaker: Breaker | None = None) -> None:
        self._settings = settings
        self._breaker = breaker or Breaker()
        self._lock = threading.Lock()
        self._made: Any = None
        self._plain: set[str] = set()
        """Models that answered 400 to `thinking` or `effort` and accepted the call without them."""

    def ask(self, task: CallOptions, said: Conversation, shape: type[A], meter: Meter, attempts: int = ATTEMPTS) -> A:
        """The answer. Raises ModelFailed, ModelDeclined or OverBudget."""

        def once(tokens: int, hint: str) -> A:
            return self._call(task, said.and_then(hint), tokens, shape, meter)

        try:
            return self.tried(task, meter, once, attempts)
        except Failure as failure:
            raise public(failure) from None

    def tried(self, task: CallOptions, meter: Meter, once: Callable[[int, str], R], attempts: int = ATTEMPTS) -> R:
        """What `once` returns; it is tried again after a failure that may pass.

        `once` is called with a cap of output tokens and what to add to the question. Raises Failure, ModelDeclined or
        OverBudget.
        """
        tokens, hint, attempt = task.max_tokens, "", 1
        most = PATIENCE_S if meter.digest else WAIT_CAP_S
        while True:
            try:
                with self._breaker.turn():
                    answer = once(tokens, hint)
            except ModelDeclined:
                self._breaker.succeeded()
                raise
            except Failure as failure:
                if failure.stopped:
                    raise
                if failure.said:
                    meter.refusals[failure.kind] = failure.said
                if meter.digest and failure.retry and self._paused(failure, most):
                    continue  # not an attempt: what was asked for is a wait
                timed_out = failure.kind == "timeout"
                again = failure.retry and failure.wait <= WAIT_CAP_S and attempt < attempts
                last = not again or (timed_out and (task.awaited or task.timeout_s > SHORT_S))
                if (last or timed_out) and failure.kind not in OF_THE_QUESTION:
                    self._breaker.struck(failure, TIMEOUT_STRIKES if timed_out else 1)
                if last:
                    raise
                if failure.kind in ("invalid", "truncated"):
                    tokens, hint = tokens * 2 if failure.kind == "truncated" else tokens, _AGAIN.format(failure.kind)
                elif not self._paused(failure, most):
                    time.sleep(max(failure.wait, BACKOFF_S * random.uniform(0.5, 1.5)))
                attempt += 1
            else:
                self._breaker.succeeded()
                return answer

    def _paused(self, failure: Failure, most: float) -> bool:
        """True where all calls of the run now wait as long as the service asked.

        False where it named no time.
        """
        return failure.kind == "rate_limited" and failure.wait > 0 and self._breaker.pause(failure.wait, most)

    def _call(self, task: CallOptions, said: Conversation, tokens: int, shape: type[A], meter: Meter) -> A:
        body = self._body(task, said, tokens, shape)
        expected = count(text_of(body))
        with meter.call(task.model, Usage(tokens_in=expected, tokens_out=tokens)) as bill:
            try:
                message = self._send(task, body)
            except Exception as error:  # noqa: BLE001 - whatever the SDK raises, a digest goes on
                failure = failure_of(error, self._settings.anthropic_api_key.get_secret_value())
                if failure.kind == "timeout":
                    bill.usage = Usage(tokens_in=expected)  # it may have been read and billed all the same
                raise failure from None
            bill.usage = billed(message, expected)
        if task.whole and lost(usage_of(message), body):
            raise Failure(PAPER_LOST, again=False)
        return answer_of(message, shape)

    def _body(self, task: CallOptions, said: Conversation, tokens: int, shape: type[BaseModel]) -> dict[str, Any]:
        body: dict[str, Any] = {"model": task.model, "max_tokens": tokens, "messages": list(said.messages)}
        if self._settings.model_preset == "compatible":
            schema = "" if task.whole else _AS_TEXT + json.dumps(shape.model_json_schema(), ensure_ascii=False)
            return {**body, "system": said.system + schema}
        config: dict[str, Any] = {}
        system: Any = said.system
        if not task.whole:
            import anthropic

            block: dict[str, Any] = {"type": "text", "text": said.system}
            if task.keep_system and count(said.system) >= CACHE_FROM_TOKENS:
                block["cache_control"] = {"type": "ephemeral"}
            config["format"] = {"type": "json_schema", "schema": anthropic.transform_schema(shape)}
            system = [block]
        body |= {"system": system, "output_config": config}
        if task.model not in self._plain:
            config["effort"] = task.effort
            if not task.think:
                body["thinking"] = {"type": "disabled"}
        if not config:
            del body["output_config"]
        return body

    def _send(self, task: CallOptions, body: dict[str, Any]) -> Any:
        import anthropic
        import httpx2

        create = self._client().messages.create
        timeout = httpx2.Timeout(task.timeout_s, connect=CONNECT_TIMEOUT_S)
        try:
            return create(**body, timeout=timeout)
        except anthropic.BadRequestError as error:
            config = body.get("output_config", {})
            if "effort" not in config or refusal_of(error).kind != "rejected":
                raise
            plain = {k: v for k, v in body.items() if k not in ("thinking", "output_config")}
            if "format" in config:
                plain["output_config"] = {"format": config["format"]}
            if not task.think:
                plain["max_tokens"] = body["max_tokens"] + THINKING_TOKENS
            message = create(**plain, timeout=timeout)
            self._plain.add(task.model)
            return message

    def _client(self) -> Any:
        with self._lock:
            if self._made is None:
                self._made = connect(self._settings)
            return self._made

"""What came back from a model's service: a failure known by its class, what it used, or an answer that fits.

No text of the service passes through here except the fields of a validated answer.
"""

import json
import logging
import re
import time
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from workers.analysis.meter import Usage
from workers.analysis.model.prompt_leak import leaks_prompt
from workers.errors import ModelDeclined, ModelFailed

log = logging.getLogger(__name__)

WAIT_CAP_S = 20.0
"""Longest Retry-After, in seconds, that is waited for inside a call; beyond it the run goes on without the model."""


BRACES_TRIED = 50
"""Opening braces at which an answer's JSON is looked for."""

SPENT_CODES = frozenset(
    {
        "enforced_spend_limit_reached",
        "contract_spend_limit_reached",
        "linked_organization_spend_limit_reached",
        "linked_organization_billing_unavailable",
        "organization_on_hold",
    }
)
"""`error_code`s that no waiting within the day cures (SDK 2.12, types/shared)."""


A = TypeVar("A", bound=BaseModel)


class Failure(Exception):
    """One failed call: its class, whether every further call fails alike, whether to try again and after how long."""

    def __init__(self, kind: str, *, fatal: bool = False, again: bool = True, wait: float = 0.0) -> None:
        super().__init__(kind)
        self.kind, self.fatal, self.again, self.wait = kind, fatal, again, wait


class TooLarge(Exception):
    """The reply has more bytes than any answer needs."""


def public(failure: Failure) -> ModelFailed:
    """The failure as the rest of the house knows it."""
    sentence = f"The model could not be asked: {failure.kind}."
    return ModelFailed(sentence, kind=failure.kind, fatal=failure.fatal, retry_after=failure.wait)


def failure_of(error: Exception) -> Failure:
    """The class of what a call raised. Four types that are not the SDK's own escape from it (httpx2's, JSON's,
    AssertionError, pydantic's); an error that nobody foresaw is logged by class and counts as `failed`."""
    import anthropic
    import httpx2

    if isinstance(error, anthropic.APIStatusError):
        return _status(error)
    causes = (error, error.__cause__)
    if isinstance(error, anthropic.APITimeoutError) or any(isinstance(c, httpx2.TimeoutException) for c in causes):
        connecting = any(isinstance(c, httpx2.ConnectTimeout) for c in causes)
        return Failure("connection" if connecting else "timeout")
    if any(isinstance(c, TooLarge | ValueError | AssertionError | ValidationError) for c in causes):
        return Failure("invalid")
    if isinstance(error, anthropic.APIConnectionError | httpx2.HTTPError):
        return Failure("connection")
    if isinstance(error, anthropic.APIError):
        return Failure("invalid")
    log.warning("model_call_unforeseen", extra={"error": type(error).__name__})
    return Failure("failed", again=False)


def _status(error: Any) -> Failure:
    status, code = error.status_code, error.error_code
    if code in SPENT_CODES or status == 402:
        return Failure("quota", fatal=True, again=False)
    if status in (401, 403):
        return Failure("auth", fatal=True, again=False)
    if status == 404:
        return Failure("not_found", fatal=True, again=False)
    if status == 429:
        wait = _retry_after(error.response.headers)
        stay = error.response.headers.get("x-should-retry") == "false"
        return Failure("rate_limited", again=wait <= WAIT_CAP_S and not stay, wait=wait)
    if status in (408, 409) or status >= 500 or error.type == "overloaded_error":
        wait = _retry_after(error.response.headers)
        return Failure("overloaded", again=wait <= WAIT_CAP_S, wait=wait)
    return Failure("rejected", again=False)


def _retry_after(headers: Any) -> float:
    """Seconds that the service asks to wait, 0.0 where it names none that makes sense."""
    raw = headers.get("retry-after-ms")
    try:
        if raw:
            return max(0.0, float(raw) / 1000)
        raw = headers.get("retry-after") or "0"
        if not re.fullmatch(r"\s*[\d.]+\s*", raw):
            return max(0.0, parsedate_to_datetime(raw).timestamp() - time.time())
        return float(raw)
    except (ValueError, TypeError, OverflowError):
        return 0.0


def usage_of(message: Any) -> Usage | None:
    """Token counts of a reply; None where it has none, 0 for what it leaves out."""
    used = getattr(message, "usage", None)

    def of(name: str) -> int:
        value = getattr(used, name, 0)
        return max(0, value) if isinstance(value, int) else 0

    if used is None:
        return None
    return Usage(
        tokens_in=of("input_tokens"),
        tokens_out=of("output_tokens"),
        cache_read=of("cache_read_input_tokens"),
        cache_write=of("cache_creation_input_tokens"),
    )


def answer_of(message: Any, shape: type[A]) -> A:
    """The validated answer. A page with status 200 arrives as str, an error body as a message without content.

    An answer that recites its instructions is none.
    """
    stop = getattr(message, "stop_reason", None)
    if stop == "refusal":
        category = getattr(getattr(message, "stop_details", None), "category", None)
        known = isinstance(category, str) and re.fullmatch(r"[a-z_]{1,40}", category)
        raise ModelDeclined("The model declined this paper.", category=category if known else "unspecified")
    content = getattr(message, "content", None)
    if not isinstance(content, list):
        raise Failure("invalid")
    if stop in ("max_tokens", "model_context_window_exceeded"):
        raise Failure("truncated")
    texts = [getattr(b, "text", "") for b in content if getattr(b, "type", "") == "text"]
    text = re.sub(r"(?s)<think>.*?</think>", "", "".join(t for t in texts if isinstance(t, str)))
    decoder = json.JSONDecoder(strict=False)
    for brace in [m.start() for m in re.finditer(r"\{", text)][:BRACES_TRIED]:
        try:
            answer = shape.model_validate(decoder.raw_decode(text, brace)[0])
        except (ValueError, RecursionError):
            continue
        if leaks_prompt(answer.model_dump()):
            break
        return answer
    raise Failure("invalid")

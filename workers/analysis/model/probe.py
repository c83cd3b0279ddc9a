"""Finds out what a model's service can do, with three tiny calls.

(1) A schema is given and not asked for in words: does JSON come back? (2) A document holds a random token: has the
model read it? (3) The token stands before a long text: is the beginning still there, or was the context cut off?
"""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from workers.analysis.budget import Meter, Usage
from workers.analysis.model.client import connect
from workers.analysis.model.failures import Failure, failure_of
from workers.analysis.model.reasoning import has_thoughts, without_thoughts
from workers.analysis.model.replies import billed, text_of_blocks, usage_of
from workers.analysis.prices import count, prompt_tokens
from workers.settings import Settings

CONTEXT_TOKENS = 16_000
"""Estimated tokens of the long text: a paper has about 15,000. Some servers keep 4,000 where nobody tells them."""

OUT_TOKENS = 2_000
"""Output cap in tokens: an answer is 10, the rest is room for thinking where a model cannot be told not to."""

KEY_TOKENS = 16
"""Output cap in tokens of the call that shows whether a key is taken; what it says is not looked at."""

CALL_S, LOOK_S, CONNECT_S = 120.0, 15.0, 5.0
"""Seconds for a call (a small server reads 16,000 tokens in about 60), for a model's record, and to connect."""

COUNTED = 0.5
"""Least share of the estimated tokens that the service must have counted for the text to have reached the model."""

FILLER = "Line {} is here only to fill the page; nothing of importance stands in it.\n"

ASK = "What is the token? Answer with the token alone; if you see none, answer: none."

SCHEMA = {
    "type": "object",
    "properties": {"greeting": {"type": "string"}},
    "required": ["greeting"],
    "additionalProperties": False,
}

Name = Literal["structured", "documents", "context"]


@dataclass(frozen=True)
class Probed:
    """What one call has shown.

    `works`: the service can do it; `kind`: class of the failure where there was no answer to judge.
    """

    name: Name
    model: str
    works: bool
    kind: str = ""
    fatal: bool = False
    """True where every further call would fail alike."""
    said: str = ""
    """The service's own words of a refusal."""
    thinks: bool = False
    """True where the text held thoughts."""


@dataclass(frozen=True)
class ModelFacts:
    """What the service says of a model.

    `state`: active, deprecated or retired; empty where it says nothing.
    """

    state: str = ""
    retires: datetime | None = None
    failure: str = ""
    """Class of the failure; `not_found` for a name that it does not have."""
    words: str = ""
    """The service's own words of a refusal."""


def probe(settings: Settings, meter: Meter) -> Iterator[Probed]:
    """Make the three calls, one after the other.

    A fatal failure, a timeout or a lost connection ends them. Raises OverBudget where the day's budget is used up.
    """
    client, word = connect(settings), f"PB{secrets.token_hex(4).upper()}"
    filler = "".join(FILLER.format(n) for n in range(CONTEXT_TOKENS * 2 // count(FILLER * 2)))
    source = {"type": "content", "content": [{"type": "text", "text": f"The token is {word}."}]}
    calls: list[tuple[Name, str, dict[str, Any]]] = [
        ("structured", settings.model_score, _body("Greet the reader.", schema=SCHEMA)),
        ("documents", settings.model_answer, _body([{"type": "document", "source": source}, _text(ASK)])),
        ("context", settings.model_answer, _body(f"The token is {word}.\n\n{filler}\n{ASK}")),
    ]
    for name, model, body in calls:
        try:
            text, counted = _call(client, model, body, meter, settings.anthropic_api_key.get_secret_value())
        except Failure as failure:
            yield Probed(name, model, works=False, kind=failure.kind, fatal=failure.fatal, said=failure.said)
            if failure.fatal or failure.kind in ("connection", "timeout"):
                return
            continue
        said = without_thoughts(text)
        fits = _is_greeting(said) if name == "structured" else word in said.upper()
        yield Probed(name, model, works=fits and (name != "context" or counted), thinks=has_thoughts(text))


def known(settings: Settings, model: str) -> ModelFacts:
    """The service's record of a model.

    First-party only: other servers have none (`failure` is then set).
    """
    import httpx2

    try:
        info = connect(settings).models.retrieve(model, timeout=httpx2.Timeout(LOOK_S, connect=CONNECT_S))
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises is told by its class
        failure = failure_of(error, settings.anthropic_api_key.get_secret_value())
        return ModelFacts(failure=failure.kind, words=failure.said)
    retires = getattr(info, "retires_at", None)
    return ModelFacts(str(getattr(info, "lifecycle", "") or ""), retires if isinstance(retires, datetime) else None)


def known_key(settings: Settings) -> ModelFacts:
    """What the service says to our key.

    By its record of a model, which is free, else by one tiny call.
    """
    if settings.model_preset == "anthropic":
        found = known(settings, settings.model_score)
        if found.failure != "not_found":
            return found
    import httpx2

    try:
        body = _body("Greet the reader.") | {"max_tokens": KEY_TOKENS}
        timeout = httpx2.Timeout(LOOK_S, connect=CONNECT_S)
        connect(settings).messages.create(model=settings.model_score, **body, timeout=timeout)
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises is told by its class
        failure = failure_of(error, settings.anthropic_api_key.get_secret_value())
        return ModelFacts(failure=failure.kind, words=failure.said)
    return ModelFacts()


def _text(words: str) -> dict[str, str]:
    return {"type": "text", "text": words}


def _body(content: Any, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"max_tokens": OUT_TOKENS, "messages": [{"role": "user", "content": content}]}
    return body | ({"output_config": {"format": {"type": "json_schema", "schema": schema}}} if schema else {})


def _call(client: Any, model: str, body: dict[str, Any], meter: Meter, secret: str) -> tuple[str, bool]:
    """(the text, thoughts and all; whether the text sent may have arrived whole).

    The second is False only where the service counted far fewer tokens than were sent.
    """
    import httpx2

    expected = count(json.dumps(body["messages"]))
    with meter.call(model, Usage(tokens_in=expected, tokens_out=OUT_TOKENS)) as bill:
        try:
            timeout = httpx2.Timeout(CALL_S, connect=CONNECT_S)
            message = client.messages.create(model=model, **body, timeout=timeout)
        except Exception as error:  # noqa: BLE001 - whatever the SDK raises is told by its class
            failure = failure_of(error, secret)
            if failure.kind == "timeout":
                bill.usage = Usage(tokens_in=expected)  # it may have been read and billed all the same
            raise failure from None
        bill.usage = billed(message, expected)
    content = getattr(message, "content", None)
    if not isinstance(content, list):
        raise Failure("invalid")
    used = usage_of(message)
    counted = prompt_tokens(used) if used else 0
    return text_of_blocks(content), not 0 < counted < COUNTED * expected


def _is_greeting(text: str) -> bool:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and isinstance(found.get("greeting"), str)

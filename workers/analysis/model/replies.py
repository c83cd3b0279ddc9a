"""What came back from a model's service: what it used, or an answer that fits.

No text of the service passes through here except the fields of a validated answer.
"""

import json
import re
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel

from workers.analysis.budget import Usage
from workers.analysis.model.failures import Failure
from workers.analysis.model.prompt_leak import leaks_prompt
from workers.analysis.model.reasoning import closed_at, opened_at, plain, without_thoughts
from workers.analysis.prices import count, prompt_tokens
from workers.errors import ModelDeclined

OBJECTS_TRIED = 400
"""Opening braces at which an answer's JSON is looked for: a deep dive has about 100."""

DECLINED = frozenset({"refusal", "content_filter", "content_filtered", "sensitive"})
"""`stop_reason`s of an answer that was withheld: the vendor's, and those of other servers' filters."""

_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])')
"""A string, or a comma before a closing bracket, which JSON does not allow and models write."""

A = TypeVar("A", bound=BaseModel)


def usage_of(message: Any) -> Usage | None:
    """Token counts of a reply; None where it has none, 0 for what it leaves out."""
    used = getattr(message, "usage", None)

    def of(name: str) -> int:
        value = getattr(used, name, 0)
        return max(0, value) if isinstance(value, int) and not isinstance(value, bool) else 0

    if used is None:
        return None
    return Usage(
        tokens_in=of("input_tokens"),
        tokens_out=of("output_tokens"),
        cache_read=of("cache_read_input_tokens"),
        cache_write=of("cache_creation_input_tokens"),
    )


def answer_of(message: Any, shape: type[A]) -> A:
    """The validated answer.

    A page with status 200 arrives as str, an error body as a message without content. An answer that recites its
    instructions is none. Raises Failure or ModelDeclined.
    """
    stop = str(getattr(message, "stop_reason", None) or "")
    if stop in DECLINED:
        category = getattr(getattr(message, "stop_details", None), "category", None)
        known = isinstance(category, str) and re.fullmatch(r"[a-z_]{1,40}", category)
        raise ModelDeclined("The model declined this paper.", category=category if known else "unspecified")
    content = getattr(message, "content", None)
    if not isinstance(content, list):
        raise Failure("invalid")
    ended(stop)
    answer = last_fitting(text_of_blocks(content), shape)
    if answer is None or leaks_prompt(answer.model_dump()):
        raise Failure("invalid")
    return answer


def ended(stop: str) -> None:
    """Raise Failure where an answer ended too early.

    Its cap of output was reached, or the context was full.
    """
    if stop in ("max_tokens", "length"):
        raise Failure("truncated")
    if stop == "model_context_window_exceeded":
        raise Failure("too_long", again=False)


def text_of_blocks(content: list[Any]) -> str:
    """All text blocks of a reply, thoughts and all."""
    texts = [getattr(b, "text", "") for b in content if getattr(b, "type", "") == "text"]
    return "".join(t for t in texts if isinstance(t, str))


def last_fitting(text: str, shape: type[A]) -> A | None:
    """The last JSON object behind the thoughts that fits; None for none.

    A mark inside of a string of an object that fits is spoken of: it begins and ends no thought.
    """
    said = without_thoughts(text)
    forms = (said, _COMMA.sub(r"\1", said), said.replace('\\"', '"'))  # the last: JSON in a string of JSON
    found = next(filter(None, (_fitting(form, shape) for form in forms)), [])
    if found:
        return found[-1][2]
    text = plain(text)
    closed = closed_at(text)
    marks = closed, opened_at(text, closed)
    around = [answer for start, end, answer in _fitting(text, shape) if any(start < mark <= end for mark in marks)]
    return around[-1] if around else None


def _fitting(text: str, shape: type[A]) -> list[tuple[int, int, A]]:
    """(start, end, object) of the outermost objects that fit, in their order."""
    decoder, found, at = json.JSONDecoder(strict=False), list[tuple[int, int, A]](), 0
    for _ in range(OBJECTS_TRIED):
        start = text.find("{", at)
        if start < 0:
            break
        at = start + 1
        try:
            value, end = decoder.raw_decode(text, start)
            found.append((start, end, shape.model_validate(value)))
        except (ValueError, RecursionError):
            continue
        at = end
    return found


def billed(message: Any, expected: int, *, cut: bool = False) -> Usage | None:
    """What a reply used.

    Where its service says nothing that can be so, an estimate that is marked as one.
    `expected`: the prompt's estimated tokens; `cut`: the reply broke off, before its count of output. None for a
    reply that is no answer.
    """
    content = getattr(message, "content", None)
    if not isinstance(content, list):
        return None
    used = usage_of(message) or Usage()
    said = count("".join(str(getattr(b, "text", "") or "") for b in content))
    if cut and used.tokens_out < said:
        used = replace(used, tokens_out=said, estimated=True)
    if prompt_tokens(used) and (used.tokens_out or not said):
        return used
    if not prompt_tokens(used):
        used += Usage(tokens_in=expected, estimated=True)
    return used if used.tokens_out else used + Usage(tokens_out=said, estimated=True)

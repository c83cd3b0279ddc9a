"""Checks one JSON value and says what is wrong in Slack's own words.

A check is a function of (value, pointer, problems): it appends sentences such as
``must be less than 151 characters [json-pointer:/blocks/0/text/text]`` and returns nothing. The sentences are the ones
Slack puts into `errors` and `response_metadata.messages` of an `invalid_blocks` reply.
"""

from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any, str, list[str]], None]


def say(problems: list[str], sentence: str, pointer: str) -> None:
    """Note one problem at a JSON pointer."""
    problems.append(f"{sentence} [json-pointer:{pointer}]")


def string(maximum: int | None = None, minimum: int = 1) -> Check:
    """A string of `minimum` to `maximum` characters (code points)."""

    def check(value: Any, pointer: str, problems: list[str]) -> None:
        if not isinstance(value, str):
            say(problems, "must provide a string", pointer)
        elif len(value) < minimum:
            say(problems, f"must be more than {minimum - 1} characters", pointer)
        elif maximum is not None and len(value) > maximum:
            say(problems, f"must be less than {maximum + 1} characters", pointer)

    return check


def integer(minimum: int | None = None, maximum: int | None = None) -> Check:
    """A whole number between the bounds, both included."""

    def check(value: Any, pointer: str, problems: list[str]) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            say(problems, "must provide an integer", pointer)
        elif minimum is not None and value < minimum:
            say(problems, f"must be greater than or equal to {minimum}", pointer)
        elif maximum is not None and value > maximum:
            say(problems, f"must be less than or equal to {maximum}", pointer)

    return check


def boolean(value: Any, pointer: str, problems: list[str]) -> None:
    """True or false, not a string that looks like it."""
    if not isinstance(value, bool):
        say(problems, "must provide a boolean", pointer)


def number(value: Any, pointer: str, problems: list[str]) -> None:
    """Any JSON number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        say(problems, "must provide a number", pointer)


def anything(value: Any, pointer: str, problems: list[str]) -> None:
    """No check: a part of Block Kit that this project does not send."""


def one_of(*allowed: Any) -> Check:
    """One of a few literal values."""

    def check(value: Any, pointer: str, problems: list[str]) -> None:
        if not any(value is a or (type(value) is type(a) and value == a) for a in allowed):
            say(problems, "must be a valid enum value", pointer)

    return check


def items(check_one: Check, minimum: int = 0, maximum: int | None = None) -> Check:
    """A list whose length is between the bounds and whose every item passes."""

    def check(value: Any, pointer: str, problems: list[str]) -> None:
        if not isinstance(value, list):
            say(problems, "must provide an array", pointer)
            return
        if len(value) < minimum:
            say(problems, f"no less than {minimum} items allowed", pointer)
        if maximum is not None and len(value) > maximum:
            say(problems, f"no more than {maximum} items allowed", pointer)
        for index, item in enumerate(value):
            check_one(item, f"{pointer}/{index}", problems)

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with exactly these keys: Slack refuses the ones it does not know."""
    known = {**required, **(optional or {})}

    def check(value: Any, pointer: str, problems: list[str]) -> None:
        if not isinstance(value, dict):
            say(problems, "must provide an object", pointer)
            return
        for key in required:
            if value.get(key) is None:
                say(problems, f"missing required field: {key}", pointer)
        for key, item in value.items():
            if key not in known:
                say(problems, f"invalid additional property: {key}", pointer)
            elif item is not None:
                known[key](item, f"{pointer}/{key}", problems)

    return check


def tagged(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` chooses the check."""

    def check(value: Any, pointer: str, problems: list[str]) -> None:
        if not isinstance(value, dict):
            say(problems, "must provide an object", pointer)
        elif "type" not in value:
            say(problems, "missing required field: type", pointer)
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            say(problems, f"unsupported type: {value['type']}", f"{pointer}/type")
        else:
            kinds[value["type"]](value, pointer, problems)

    return check


def typed(kind: str, required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """A shape that carries `type: kind`."""
    return shape({"type": one_of(kind), **required}, optional)


def alternatives(*names: str) -> Check:
    """At least one of these fields must be there."""

    def check(value: Any, pointer: str, problems: list[str]) -> None:
        if isinstance(value, dict) and not any(value.get(name) for name in names):
            say(problems, f"missing required field: {names[0]}", pointer)

    return check


def both(*checks: Check) -> Check:
    """Every check in turn."""

    def check(value: Any, pointer: str, problems: list[str]) -> None:
        for one in checks:
            one(value, pointer, problems)

    return check

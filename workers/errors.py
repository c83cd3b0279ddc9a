"""The one error tree: what happens next is decided by class, not by text.

PaperboyError
|-- Retryable            try again later, no sooner than `retry_after` seconds
|   |-- SourceFailed     a paper source was away, slow or sent something that is not what it promises
|   |-- ModelFailed      the model's service failed in a way that may pass (`kind` says how)
|   |-- PaceExceeded     the service or our own pace says "not yet"
|   `-- StoreAway        Redis cannot be reached
|-- Permanent            trying again changes nothing
|   |-- BadInput         what a person gave us is wrong: one sentence says what and what to do
|   |-- BadSetting       a setting is missing or malformed: names the setting, never its value
|   |-- ChatGone         the channel or chat is closed to us: what is for it waits until it is not
|   |-- NeedsOperator    our token, our rights, or a code nobody knows: it waits until whoever runs the bot has acted
|   |-- ChatMoved        the chat has a new id (`new_address`)
|   `-- Rejected         the service refused this very message
|       `-- MessageGone  the message to be changed is no longer there
|-- Uncertain            the request may or may not have taken effect; never retried blindly
`-- Refused              we decided not to, or the model declined
    |-- ModelDeclined    refusal by the model, with its category
    `-- OverBudget       the day's model budget is used up
"""

from typing import Any


class PaperboyError(Exception):
    """Base of all our errors.

    `str(error)` is one clear sentence that may be shown to a person.
    """

    kind = "error"
    """Short class of the failure, for receipts and counters: never a user's or a service's free text."""

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.fields = fields
        for name, value in fields.items():
            setattr(self, name, value)

    def __reduce__(self) -> Any:
        return (_rebuild, (type(self), str(self), self.fields))


def _rebuild(cls: type[PaperboyError], message: str, fields: dict[str, Any]) -> PaperboyError:
    return cls(message, **fields)


class Retryable(PaperboyError):
    """Try again later.

    `retry_after`: seconds to wait at least (0 = our own back-off decides).
    """

    retry_after: float = 0.0
    kind = "retryable"


class SourceFailed(Retryable):
    """A paper source failed.

    `source`: its name. `kind`: timeout, status, garbage, too_large, refused, rate_limited.
    """

    source: str = ""
    kind = "source"


class ModelFailed(Retryable):
    """A model call failed.

    `kind`: rate_limited, overloaded, timeout, connection, invalid, truncated, quota, auth, …
    `said`: the service's own words, masked and cut, for the operator alone.
    """

    kind = "model"
    fatal: bool = False
    """True where every further call would fail alike (wrong key, spending limit): stop asking in this run."""
    said: str = ""


class PaceExceeded(Retryable):
    """The pace limit of a service asks to wait `retry_after` seconds.

    The limit is its 429, or our own count.
    """

    kind = "pace"


SERVICE_KINDS = frozenset(
    {
        "rate_limited", "overloaded", "timeout", "connection", "quota", "credit", "auth", "not_found", "region",
        "gateway", "forbidden", "rejected",
    }
)  # fmt: skip
"""Kinds of ModelFailed that are the service's and not one answer's: all papers may do better later."""


class StoreAway(Retryable):
    """Redis cannot be reached."""

    kind = "store"


class Permanent(PaperboyError):
    """Trying again changes nothing."""

    kind = "permanent"


class BadInput(Permanent):
    """What a person gave us is wrong."""

    kind = "bad_input"


class BadSetting(Permanent):
    """A setting is missing or malformed.

    `problems`: one sentence for each, where there are several.
    """

    kind = "bad_setting"


class ChatGone(Permanent):
    """The channel or chat is closed to us: archived, kicked, blocked, not found."""

    kind = "chat_gone"


class NeedsOperator(Permanent):
    """The operator must act before anything of this kind is taken.

    A message never fails for it: it waits.
    `code`: the service's own. `known`: whether it stands in one of our tables.
    """

    kind = "operator"
    code: str = ""
    known: bool = True


class ChatMoved(Permanent):
    """The chat was given a new address, `new_address`."""

    kind = "chat_moved"
    new_address: str = ""


class Rejected(Permanent):
    """The service refused this message: too long, bad markup, unknown parent.

    `code`: the service's own code.
    """

    kind = "rejected"
    code: str = ""


class MessageGone(Rejected):
    """The message to be changed was deleted."""

    kind = "message_gone"


class Uncertain(PaperboyError):
    """The request may have taken effect: the answer was lost."""

    kind = "uncertain"


class Refused(PaperboyError):
    """Not done on purpose."""

    kind = "refused"


class ModelDeclined(Refused):
    """The model declined to answer.

    `category`: as the service names it, or 'unspecified'.
    """

    kind = "declined"
    category: str = "unspecified"


class OverBudget(Refused):
    """The day's model budget is used up."""

    kind = "over_budget"

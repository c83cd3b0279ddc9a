"""Text of a command -> what is meant. Pure; the platforms share it."""

from dataclasses import dataclass

VERBS = ("now", "subscribe", "unsubscribe", "settings", "status", "help")
"""What `/digest` understands (the contract's list)."""


@dataclass(frozen=True)
class DigestCommand:
    """`/digest <verb> <argument>`; `known` is False for a verb that does not exist."""

    verb: str
    argument: str = ""
    known: bool = True


def digest_command(text: str) -> DigestCommand:
    """The command in the words after `/digest`; no words mean help."""
    verb, _, rest = text.strip().partition(" ")
    verb = verb.lower() or "help"
    return DigestCommand(verb, rest.strip(), verb in VERBS)

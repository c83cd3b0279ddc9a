"""Reads the text of a command, and gives the answers that both platforms share."""

import html
import re
from dataclasses import dataclass, replace
from difflib import get_close_matches

from bot import small_talk
from workers.intake import Intake
from workers.library.citing import CitationRequest
from workers.platforms import direct
from workers.words import Words

VERBS = (
    "now",
    "setup",
    "subscribe",
    "unsubscribe",
    "settings",
    "status",
    "find",
    "saved",
    "cite",
    "taste",
    "follow",
    "mute",
    "forget-me",
    "help",
)
"""What `/digest` understands (the contract's list)."""

SHORT = ("subscribe", "settings", "help")
"""Those that are commands of their own on Telegram, where people expect them."""

CHANGING = frozenset({"setup", "subscribe", "unsubscribe", "settings", "follow", "mute"})
"""Verbs that change a channel's settings: for admins only where ADMINS_ONLY is on."""

POSTING = frozenset({"now", "subscribe", "cite"})
"""Verbs after which something is posted here."""

FORGETTING = "forget-me"
"""The verb that cannot be undone."""

HERE = ("channel", "here", "本频道", "频道")
"""After `/digest saved`: the channel's reading list, not the person's own."""

LIKE = 0.75
"""Share of letters in common (difflib's ratio) from which a verb is taken for another one misspelt."""

_LINK = re.compile(r"<(https?://[^|>\s]+)(?:\|([^>]*))?>")
_MENTION = re.compile(r"<[@!#][^>]*>")
_NAME_OF_PAPER = re.compile(
    r"(?i)\bhttps?://\S+|\barxiv:?|\b\d{4}\.\d{4,5}v\d+\b|\bdoi:?(?=\s*10\.)|\b(?:doi\.org/)?10\.\d{4,9}/\S+"
)


@dataclass(frozen=True)
class DigestCommand:
    """`/digest <verb> <argument>`; `known` is False for a verb that does not exist."""

    verb: str
    argument: str = ""
    known: bool = True


def digest_command(text: str) -> DigestCommand:
    """Parse the words after `/digest`, in any language that we have.

    No words mean help.
    """
    first, _, rest = text.strip().partition(" ")
    verb = first.lower() or "help"
    known = small_talk.verbs()
    meant = verb if verb in VERBS else known.get(small_talk.plain(text)) or known.get(small_talk.plain(first), verb)
    if meant == FORGETTING != verb:  # asked again, as it cannot be undone
        meant = verb
    return DigestCommand(meant, rest.strip(), meant in VERBS)


def digest(intake: Intake, said: DigestCommand, channel: str, *, may_change: bool, asked: CitationRequest) -> str:
    """Do what `/digest` says; the answer.

    `setup` and `settings` are drawn by each platform.
    """
    w, person = intake.words(channel), asked.person
    if not said.known:
        return _unknown(said, w)
    if said.verb in CHANGING and not may_change:
        return w.admins_only
    if said.verb == "now":
        return intake.digest_now(channel=channel, person=person).say
    if said.verb == "subscribe":
        return intake.subscribe(channel=channel, profile=said.argument, person=person).say
    if said.verb == "unsubscribe":
        return intake.unsubscribe(channel=channel).say
    if said.verb == FORGETTING:
        intake.forget(asked)
        return w.forgetting
    if said.verb == "follow":
        return intake.follow(channel, said.argument)
    if said.verb == "mute":
        return intake.mute(channel, said.argument)
    if said.verb == "taste":
        return _taste(intake, said.argument.lower(), channel, may_change, w)
    if said.verb == "find":
        return intake.finding.command(said.argument, channel, w)
    if said.verb == "saved" and said.argument.lower() in HERE:
        return intake.saving.show_reading(channel, w)
    if said.verb == "saved":
        return intake.saving.show_own(person, w)
    if said.verb == "cite" and said.argument.lower().split()[:1] == ["saved"]:
        ids = intake.saving.own(person)
        alone = replace(asked, channel=person, reply_to="", thread="")  # it is theirs: into their own chat with us
        if not ids:
            return w.saved_none
        taken = intake.citing.saved(ids, said.argument, alone, intake.target(channel), w)
        return taken if direct(channel) else w.say("cite_privately", said=taken)
    if said.verb == "cite":
        return intake.citing.command(said.argument, asked, intake.target(channel), w)
    return intake.status(channel=channel) if said.verb == "status" else help_text(w)


def _unknown(said: DigestCommand, w: Words) -> str:
    """Tell that there is no such verb, and name the one that was probably meant.

    Typed as "setings" or "forget me", for example.
    """
    typed = f"{said.verb} {said.argument}".lower().strip().replace(" ", "-")
    near = [v for v in (small_talk.command_meant(f"{said.verb} {said.argument}"),) if v]
    near = near or get_close_matches(typed, VERBS, 1, LIKE) or get_close_matches(said.verb, VERBS, 1, LIKE)
    command = f"/digest {said.verb}"
    return w.say("unknown_near", command=command, near=near[0]) if near else w.say("unknown_command", command=command)


def _taste(intake: Intake, argument: str, channel: str, may_change: bool, w: Words) -> str:
    verb, _, what = argument.partition(" ")
    if verb != "forget":
        return intake.tasting.show(channel, w)
    return intake.tasting.forget(channel, what.strip(), w) if may_change else w.admins_only


def help_text(w: Words) -> str:
    """What the bot is and everything it understands."""
    about = w["help"].splitlines()[:2]
    known = [f"help_{name.replace('-', '_')}" for name in (*VERBS, "deepdive", "ask")]
    return "\n".join([*about, *(f"• {w[key]}" for key in known)])


def unmarked(text: str) -> str:
    """What a person wrote on Slack, without mentions, with plain links and characters."""
    text = _LINK.sub(lambda m: f"{m[2]} ({m[1]})" if m[2] and m[2] not in m[1] else m[1], text)
    return html.unescape(_MENTION.sub(" ", text)).strip()


def is_only_link(text: str) -> bool:
    """True for a text that says nothing besides a link or a number."""
    return not any(c.isalpha() for c in _NAME_OF_PAPER.sub("", text))

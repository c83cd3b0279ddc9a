"""Tells what somebody means by a message, alike on every platform. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

from bot import small_talk
from bot.commands import help_text, is_only_link
from workers.intake.requests import Where
from workers.library.citing import asks
from workers.library.finding import topic
from workers.paper_ids.in_text import links, number_in, parse, quoted_title, slug_title, title_in
from workers.paper_ids.numbers_in_list import is_number_in_list
from workers.store.people.threads import ThreadPlace
from workers.words import Words

Kind = Literal[
    "nothing", "hello", "help", "command", "dive", "cite", "find", "ask", "lost", "no_link", "no_paper", "no_digest"
]  # fmt: skip
"""nothing: nobody is answered; hello, help: see their words; command: say how `Meaning.verb` is typed; dive: a deep
dive of the papers named; cite: the thread's paper as a citation; find: what the team has read on a topic; ask: a
question about `Meaning.place`; lost: in a thread that is about nothing we know; no_link: nothing but a link, and it
names no paper; no_paper, no_digest: a question, and nothing yet that it could be about."""

_SMALL: dict[Kind, frozenset[str]] = {
    "hello": small_talk.HELLO,
    "help": small_talk.HELP,
    "nothing": small_talk.NO_ANSWER,
}
_ASKED = re.compile(r"[?？\s]+")
_READ = re.compile(
    r"\b(?:please|pls|read|deep ?dive|summari[sz]e|analy[sz]e|look (?:at|into)|check out|check this)\b"
    r"|看看|看一下|读一下|读读|解读|精读|总结|分析一下|読んで|解説",
    re.IGNORECASE,
)
"""Asks to have the paper read that a message links."""

_DIVE = re.compile(
    r"\s*(?:please |can you )?(?:do a )?(?:deep[ -]?dive(?: into| of| on)?|精读|解读)[:：\s]\s*(?P<title>.+)",
    re.IGNORECASE | re.DOTALL,
)
_COMPARING = re.compile(
    r"\b(?:compar\w*|versus|vs\.?|differ\w*|(?:better|worse) than|between|both|against|relat\w+ to|build\w* on)\b"
    r"|对比|相比|比较|区别|不同|异同|优于|差异|和.{0,40}比|与.{0,40}比",
    re.IGNORECASE,
)
_OF_THE_DAY = re.compile(
    r"\b(?:to-?day(?:['’]s)?|this morning|yesterday(?:['’]s)?|digest|which of (?:these|them|those)|"
    r"(?:left|leave|leaving) out|candidates?|picks?|picked|the day)\b"
    r"|\bnew papers?\b|\bwhat['’]?s new\b|今天|今日|昨天|日报|哪几篇|哪一?篇|没选|落选|漏掉|候选|新论文|新着",
    re.IGNORECASE,
)

_OF_A_DIGEST = re.compile(
    r"\bdigest\b|\byou (?:leave|left) out\b|\b(?:to-?day|yesterday|this morning)['’]?s (?:papers?|picks?|list)\b"
    r"|\b(?:any )?new papers?\b|\bwhat['’]?s new\b|新论文|新着|日报|漏掉|落选|没选"
    r"|(?:今天|今日|昨天).{0,6}(?:论文|文章|哪)",
    re.IGNORECASE,
)
"""What is said of a digest only: of a single paper it would make no sense."""


@dataclass(frozen=True)
class Meaning:
    """What a message means."""

    kind: Kind
    place: ThreadPlace | None = None
    """ask: what it is about, where the thread does not tell the store by itself."""
    title: str = ""
    """dive: the title, or the link with a number, that must be looked up first; empty: the message names papers."""
    verb: str = ""
    """command: the verb of `/digest`."""


def understand(
    text: str, where: Where, *, private: bool, called: bool, thread: str, message: str, linked: str = ""
) -> Meaning:
    """Find out what a message, `text`, means.

    `thread`: the thread it stands in ("" for none). `private`: it is a chat with one person.
    `called`: the bot was meant (named, replied to, written to). `linked`: text of a message replied to, whose paper is
    meant where the reply names none.
    """
    found, bare = parse(text), is_only_link(text)
    about = where.place
    if not called and (about is None or bare or where.answers != "all"):
        return Meaning("nothing")
    asked_to_read = bool(_READ.search(text)) and not _OF_THE_DAY.search(text)
    if found and (bare or asked_to_read or about is None or private) and not _compares(text, where, private=private):
        return Meaning("dive")
    if not found and (number_in(text) or slug_title(text)) and (bare or about is None or private):
        return Meaning("dive", title=text)
    if not found and links(text) and (bare or (asked_to_read and about is None)):
        return Meaning("no_link")
    cited = about is not None and about.paper and asks(text)
    if not cited and (verb := small_talk.command_meant(text)):
        return Meaning("help") if verb == "help" else Meaning("command", verb=verb)
    if small := _small(text):
        return Meaning(small)
    if called and topic(text):
        return Meaning("find")
    root = thread or message
    if cited:
        return Meaning("cite")
    if about is not None:
        return Meaning("ask") if text else Meaning("help")
    if not found and parse(linked):
        return Meaning("dive")
    if not found and (title := _title(text, where)):
        return Meaning("dive", title=title)
    if not text:
        return Meaning("hello" if private else "help")
    if found and not private:  # papers to compare, and no thread that is about one
        return Meaning("ask", ThreadPlace(root, found[0].base, found[0].version))
    return _in_private(text, where, root) if private else _in_channel(where, thread, root)


def _title(text: str, where: Where) -> str:
    """The title of a paper that `text` asks for, or nothing.

    It stands alone in quotation marks, after "deep dive", or where nothing else can be meant by what is quoted.
    """
    quoted, ordered = quoted_title(text), _DIVE.fullmatch(text)
    if ordered:
        return quoted or (title_in(ordered["title"]) if len(ordered["title"].split()) > 2 else "")
    alone = len(text.strip(" .!?。？！")) <= len(quoted) + 2
    return quoted if alone or not (where.digest or where.recent) else ""


def _small(text: str) -> Kind | None:
    """What small talk asks for: a greeting, help, or no answer at all."""
    if text and not small_talk.has_words(text):
        return "help" if _ASKED.fullmatch(text) else "nothing"
    if text.startswith("/"):
        return "hello" if small_talk.plain(text) == "start" else None
    for kind, known in _SMALL.items():
        if small_talk.is_one_of(text, known):
            return kind
    return "nothing" if small_talk.is_thanks(text) else None


def _compares(text: str, where: Where, *, private: bool) -> bool:
    """True for a text that asks how papers stand to each other.

    It names them all, or names one and means the one spoken of.
    """
    known = where.place is not None or (private and where.recent is not None)
    return bool(_COMPARING.search(text)) and len(parse(text)) + known > 1


def _in_private(text: str, where: Where, root: str) -> Meaning:
    """Find what a plain sentence in a private chat is about.

    That is the paper last spoken of, or the digest that comes there.
    """
    named = parse(text)
    paper = named[0] if len(named) > 1 else where.recent
    if where.digest and (paper is None or _OF_THE_DAY.search(text) or is_number_in_list(text)):
        return Meaning("ask", ThreadPlace(root, "", digest=where.digest))
    if not named and _OF_A_DIGEST.search(text):
        return Meaning("no_digest")
    return Meaning("ask", ThreadPlace(root, paper.base, paper.version)) if paper else Meaning("no_paper")


def _in_channel(where: Where, thread: str, root: str) -> Meaning:
    """A question without a link: about the day, except in a thread of other people's."""
    if thread:
        return Meaning("lost")
    return Meaning("ask", ThreadPlace(root, "", digest=where.digest)) if where.digest else Meaning("no_digest")


def said(kind: Kind, w: Words, verb: str = "") -> str:
    """The immediate answer to a message of this kind, or nothing.

    `verb`: of a command.
    """
    if kind == "help":
        return help_text(w)
    if kind == "command":
        return w.say("meant_command", verb=verb)
    key = {
        "hello": "hello",
        "lost": "unknown_thread",
        "no_link": "no_paper",
        "no_paper": "which_paper",
        "no_digest": "which_day",
    }.get(kind)
    return w[key] if key else ""

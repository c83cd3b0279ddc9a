"""Tells what somebody means by a message, alike on every platform. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

from bot.commands import help_text, is_only_link
from workers.intake.requests import Where
from workers.library.citing import asks
from workers.library.finding import topic
from workers.paper_ids.in_text import links, number_in, parse, quoted_title, title_in
from workers.store.threads import ThreadPlace
from workers.words import Words

Kind = Literal["nothing", "hello", "help", "dive", "cite", "find", "ask", "lost", "no_link", "no_paper", "no_digest"]
"""nothing: nobody is answered; hello, help: see their words; dive: a deep dive of the papers named; cite: the thread's
paper as a citation; find: what the team has read on a topic; ask: a question about `Meaning.place`; lost: in a thread
that is about nothing we know; no_link: nothing but a link, and it names no paper; no_paper, no_digest: a question, and
nothing yet that it could be about."""

_HELLO = re.compile(
    r"(?:hi|hello|hey|hallo|yo|good (?:morning|afternoon|evening)|你好|您好|早上好|早|嗨|哈喽|在吗)"
    r"(?: there| paperboy| all)?[\s!.,~。！，？?👋]*",
    re.IGNORECASE,
)
_HELP = re.compile(
    r"(?:help|help me|\?+|？+|menu|commands|what can you do|how does (?:this|it) work|how do you work|who are you"
    r"|how do I (?:have|get) a paper read|(?:怎么|怎样)让你读一?篇?论文"
    r"|帮助|怎么用|你会什么|你能做什么|你是谁)[\s!.?。！？]*",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:(?:many |great |ok(?:ay)?,? |cool,? )?(?:thanks|thank you|thx|ty|cheers)(?: a lot| so much| very much)?"
    r"|ok(?:ay)?|great|cool|nice|got it|perfect|lol|谢谢|多谢|好的|收到|明白了|太好了|👍+|🙏+|❤️?|🎉+)[\s!.。！~]*",
    re.IGNORECASE,
)
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
    r"|今天|今日|昨天|日报|哪几篇|哪一?篇|没选|落选|漏掉|候选",
    re.IGNORECASE,
)

_OF_A_DIGEST = re.compile(
    r"\bdigest\b|\byou (?:leave|left) out\b|\b(?:to-?day|yesterday|this morning)['’]?s (?:papers?|picks?|list)\b"
    r"|日报|漏掉|落选|没选|(?:今天|今日|昨天).{0,6}(?:论文|文章|哪)",
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


def understand(
    text: str, where: Where, *, private: bool, called: bool, thread: str, message: str, linked: str = ""
) -> Meaning:
    """What `text` means, said in the thread of `thread` ("" for none), in a chat with one person where `private`.

    `called`: the bot was meant (named, replied to, written to). `linked`: text of a message replied to, whose paper is
    meant where the reply names none.
    """
    found, bare = parse(text), is_only_link(text)
    about = where.place
    if not called and (about is None or bare or where.answers != "all"):
        return Meaning("nothing")
    if found and (bare or about is None or private) and not _compares(text, where, private=private):
        return Meaning("dive")
    if not found and number_in(text) and (bare or about is None or private):
        return Meaning("dive", title=text)
    if bare and not found and links(text):
        return Meaning("no_link")
    if _HELLO.fullmatch(text):
        return Meaning("hello")
    if _HELP.fullmatch(text):
        return Meaning("help")
    if _THANKS.fullmatch(text):
        return Meaning("nothing")
    if called and topic(text):
        return Meaning("find")
    root = thread or message
    if about is not None and about.paper and asks(text):
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
    """The title of a paper that `text` asks for: alone in quotation marks, after "deep dive", or where nothing else can
    be meant by what is quoted."""
    quoted, ordered = quoted_title(text), _DIVE.fullmatch(text)
    if ordered:
        return quoted or (title_in(ordered["title"]) if len(ordered["title"].split()) > 2 else "")
    alone = len(text.strip(" .!?。？！")) <= len(quoted) + 2
    return quoted if alone or not (where.digest or where.recent) else ""


def _compares(text: str, where: Where, *, private: bool) -> bool:
    """True for a text that names papers and asks how they stand to each other, or to the one spoken of."""
    known = where.place is not None or (private and where.recent is not None)
    return bool(_COMPARING.search(text)) and len(parse(text)) + known > 1


def _in_private(text: str, where: Where, root: str) -> Meaning:
    """A plain sentence: about the paper last spoken of, or about the digest that comes there."""
    named = parse(text)
    paper = named[0] if len(named) > 1 else where.recent
    if where.digest and (paper is None or _OF_THE_DAY.search(text)):
        return Meaning("ask", ThreadPlace(root, "", digest=where.digest))
    if not named and _OF_A_DIGEST.search(text):
        return Meaning("no_digest")
    return Meaning("ask", ThreadPlace(root, paper.base, paper.version)) if paper else Meaning("no_paper")


def _in_channel(where: Where, thread: str, root: str) -> Meaning:
    """A question without a link: about the day, except in a thread of other people's."""
    if thread:
        return Meaning("lost")
    return Meaning("ask", ThreadPlace(root, "", digest=where.digest)) if where.digest else Meaning("no_digest")


def said(kind: Kind, w: Words) -> str:
    """What is said at once to a message of this kind; nothing where nothing is."""
    if kind == "help":
        return help_text(w)
    key = {
        "hello": "hello",
        "lost": "unknown_thread",
        "no_link": "no_paper",
        "no_paper": "which_paper",
        "no_digest": "which_day",
    }.get(kind)
    return w[key] if key else ""

"""Looks things up in the team's memory, for chats and the terminal."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from redis import Redis

from workers.errors import BadInput
from workers.library.message_links import MessageLinks
from workers.models.library import LibraryMatch
from workers.paper_ids.paper_key import abs_url
from workers.settings import Settings
from workers.store.library.index import Library
from workers.store.library.search import Search, query
from workers.words import Words

MOST_TEXT = 2_800
"""Characters of an answer in a chat: Slack takes 3,000 in one text."""

ANSWER_SHOWN = 200
"""Characters shown of an answer that was found."""

_WE = r"(?:we|the team|you(?: all)?|anyone|anybody|this channel)"
_ASKED = (
    re.compile(
        rf"(?i)^(?:what|which (?:papers?|ones?)) (?:did|have|has) {_WE} (?:all |already |ever )*"
        r"(?:read|see|seen|post(?:ed)?|ask(?:ed)?|discuss(?:ed)?|talk(?:ed)? about)(?: about| on| regarding)? (.+)$"
    ),
    re.compile(
        rf"(?i)^(?:did|have|has) {_WE} (?:already |ever )*(?:read|see|seen|post(?:ed)?|discuss(?:ed)?) "
        r"(?:anything|something|(?:any |a )?papers?)(?: about| on| regarding)? (.+)$"
    ),
    re.compile(r"^我们(?:之前|以前|都|已经)*(?:读|看|讨论|发|聊|问)过(?:哪些|什么|的)?(?:关于|有关)?(.+?)(?:方面|相关)?(?:的(?:论文|文章|内容))?(?:吗|么)?$"),
    re.compile(r"^(?:关于|有关)(.+?)[，,]?\s*我们(?:之前|以前|都|已经)*(?:读|看|讨论|发|聊|问)过(?:哪些|什么|啥)?(?:论文|文章|内容)?(?:吗|么)?$"),
)  # fmt: skip


def topic(text: str) -> str:
    """What a question to the team's memory is about, or '' for any other text.

    "What did we read about X?" is one.
    """
    said = " ".join(text.split()).strip(" ?？!！.。")
    found = next((match for match in (form.match(said) for form in _ASKED) if match), None)
    return found[1].strip(' "“”') if found else ""


class Lookup:
    """Looks things up for people. `clock` gives seconds since 1970."""

    def __init__(self, redis: "Redis", settings: Settings, clock: Callable[[], float]) -> None:
        self.settings, self.clock = settings, clock
        self.search, self.library, self.links = Search(redis), Library(redis), MessageLinks(redis)

    def find(self, said: str, homes: list[str]) -> list[LibraryMatch]:
        """Search the memories of `homes`.

        BadInput for an empty query or a filter that makes no sense.
        """
        asked = query(said, datetime.fromtimestamp(self.clock(), UTC).astimezone(self.settings.zone).date())
        if asked.empty:
            raise BadInput("Say what to look for: words, since:2026-01, by:Name, liked.")
        return self.search.find(homes, asked)

    def homes(self, channel: str) -> list[str]:
        """The memories that may be searched from a channel.

        Its own, and those that are public by a setting.
        """
        return list(dict.fromkeys([channel.partition("/")[0], *self.settings.public_channels]))

    def command(self, said: str, channel: str, w: Words) -> str:
        """`/digest find <words>`: what to tell."""
        try:
            found = self.find(said, self.homes(channel))
        except BadInput:
            return w.find_how
        if not found:
            return w.say("find_nothing", text=said)
        lines = [w.say("find_title", n=len(found), text=said)]
        for number, one in enumerate(found, 1):
            shown = "\n".join(self.lines(one, number, w))
            if sum(map(len, lines)) + len(shown) > MOST_TEXT:
                break
            lines.append(shown)
        return "\n".join(lines)

    def lines(self, one: LibraryMatch, number: int, w: Words) -> list[str]:
        """One thing that was found, for people."""
        entry = one.entry
        about = [entry.date.isoformat(), *([f"{entry.score}/100"] if entry.score is not None else [])]
        about += [f"👍 {one.up}"] * bool(one.up) + [f"👎 {one.down}"] * bool(one.down)
        place = self.links.url(one.channel, entry.message)
        links = [abs_url(entry.paper, self.settings.arxiv_url)] * bool(entry.paper) + [place] * bool(place)
        if entry.kind == "talk":
            answer = entry.answer.removeprefix("- ")
            answer = answer if len(answer) <= ANSWER_SHOWN else answer[:ANSWER_SHOWN] + "…"
            told = [f"{number}. {w.find_question}{w.colon}{entry.question}", f"   {w.find_answer}{w.colon}{answer}"]
            told.append(f"   {entry.title} · {entry.date.isoformat()}")
        else:
            told = [f"{number}. {entry.title}", f"   {' · '.join(about)}"]
        return [*told, f"   {' · '.join(links)}"] if links else told

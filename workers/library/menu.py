"""The menu under a paper: more like this, not our topic, follow an author.

What is chosen again is taken back.
"""

from collections.abc import Callable
from typing import Literal

from redis import Redis

from workers.library.taste import Change
from workers.models.taste import Sign
from workers.store.channels.tastes import Tastes
from workers.store.papers.records import Papers
from workers.store.people.votes import People
from workers.words import Words

MOST_AUTHORS = 8
"""Authors that are offered: two short columns of buttons. Of more, the first ones and the last, who lead the work."""

LAST = 3
"""Of these, how many come from the end of the list."""

MOST_TITLE = 60
"""Characters of a title in an answer: Telegram shows 200 of a button's answer in all."""


class PaperMenu:
    """Does what is chosen in it. `clock` gives seconds since 1970."""

    def __init__(self, redis: "Redis", clock: Callable[[], float]) -> None:
        self.tastes, self.papers, self.clock = Tastes(redis), Papers(redis), clock
        self.people = People(redis, clock)

    def judge(self, channel: str, paper: str, person: str, kind: Literal["more", "off"], w: Words) -> str:
        """*More like this* or *not our topic*: what to tell the person."""
        sign = Sign(paper=paper, person=self.people.hashed(person), kind=kind, at=self.clock())
        noted = self.tastes.toggle(channel.partition("/")[0], sign)
        return w.say(f"menu_said_{kind}" if noted else "menu_undone", title=self._title(paper))

    def authors(self, paper: str, current: tuple[str, ...]) -> list[tuple[str, bool]]:
        """(name, whether the channel follows it) of the authors to choose from."""
        known = self.papers.get_papers([paper]).get(paper)
        names = list(dict.fromkeys(known.authors)) if known else []
        if len(names) > MOST_AUTHORS:
            names = [*names[: MOST_AUTHORS - LAST], *names[-LAST:]]
        followed = {name.casefold() for name in current}
        return [(name, name.casefold() in followed) for name in names]

    def follow(self, paper: str, number: int, current: tuple[str, ...], change: Change, w: Words) -> str:
        """Follow an author, or no more where the channel does already; what to tell.

        `number`: the author's place in `authors`.
        """
        found = self.authors(paper, current)
        if not 0 <= number < len(found):
            return w.follow_unknown
        name, followed = found[number]
        rest = [one for one in current if one.casefold() != name.casefold()]
        refused = change({"follow": rest if followed else [*rest, name]})
        return refused or w.say("menu_unfollowed" if followed else "menu_followed", name=name)

    def _title(self, paper: str) -> str:
        known = self.papers.get_papers([paper]).get(paper)
        title = (known.plain or known.title) if known else paper
        return title if len(title) <= MOST_TITLE else title[: MOST_TITLE - 1].rstrip() + "…"

"""Shows, unlearns and steers a channel's taste: follow, mute."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from redis import Redis

from prompts.profile import phrases
from workers.models.taste import Sign
from workers.paper_ids.in_text import links, parse
from workers.store.channels.tastes import Tastes
from workers.store.papers.records import Papers
from workers.words import Words

MOST_LISTED = 15
"""Papers that `/digest taste` lists, the latest first."""

MOST_POINTS = 15
"""Points by which a taste moves a score at most (`analysis.taste.apply`)."""

MOST_NAMED = 8
"""Authors of a paper that are named to choose from."""

FOR = ("up", "more", "save", "dive", "ask")
"""Kinds of signs that speak for a paper."""

QUOTES = "\"“”'"
"""Signs that people put around a name or a phrase."""

_ADDRESS = re.compile(r"@|[\w-]\.[a-z]{2,}/")
"""What people paste of somebody that is no name: an address, a link without its beginning."""

_AUTHOR_PAGE = re.compile(r"arxiv\.org/a/[a-z-]+_[a-z]_\d+$", re.IGNORECASE)
"""An author's page at arXiv: its name tells whom."""

Change = Callable[[dict[str, Any]], str]
"""Changes settings of the channel; returns what was wrong, or nothing."""


class Tasting:
    """Reads and changes a channel's taste."""

    def __init__(self, redis: "Redis") -> None:
        self.tastes, self.papers = Tastes(redis), Papers(redis)

    def show(self, channel: str, w: Words) -> str:
        """What the channel's signs taught, with a number before each paper."""
        signs = self.tastes.signs(_home(channel))
        if not signs:
            return w.taste_none
        last = self.tastes.last(_home(channel))
        people = w.say("taste_people", n=len({s.person for s in signs}))
        lines = [w.say("taste_title", n=len(signs), people=people)]
        weight = f"{last.weight:g}"
        lines.append(w.say("taste_works", most=MOST_POINTS, weight=weight) if last.weight else w.taste_idle)
        for name, terms in (("more", last.more), ("less", last.less)):
            lines += [w.say(f"taste_{name}", terms=w["and"].join(terms))] if terms else []
        rows = _rows(signs)[:MOST_LISTED]
        known = self.papers.get_papers([paper for paper, _, _ in rows])
        for number, (paper, good, bad) in enumerate(rows, 1):
            title = (known[paper].plain or known[paper].title) if paper in known else paper
            marks = " ".join(f"{mark} {n}" for mark, n in (("👍", good), ("👎", bad)) if n)
            lines.append(f"{number}. {title} · {marks}")
        return "\n".join([*lines, w.taste_forget])

    def forget(self, channel: str, what: str, w: Words) -> str:
        """Unlearn one paper of the list by its number, or all of it."""
        home = _home(channel)
        if what in ("all", "全部"):
            return w.say("taste_forgot", n=self.tastes.forget(home))
        rows = _rows(self.tastes.signs(home))
        place = int(what) if what.isascii() and what.isdigit() else 0
        if not 1 <= place <= min(len(rows), MOST_LISTED):
            return w.taste_no_number
        return w.say("taste_forgot", n=self.tastes.forget(home, [rows[place - 1][0]]))

    def follow(self, said: str, current: tuple[str, ...], change: Change, w: Words) -> str:
        """Follow the people that `said` names; what to tell.

        Of a paper's link its only author, else its authors are named to choose from.
        """
        name = " ".join(said.split()).strip(QUOTES)
        if not name:
            return w.follow_who
        if "orcid.org/" in name or _is_orcid(name):
            return w.follow_orcid
        found = parse(name)
        if not found and (links(name) or _ADDRESS.search(name)) and not _AUTHOR_PAGE.search(name):
            return w.follow_link
        if found:
            paper = self.papers.get_papers([found[0].base]).get(found[0].base)
            if paper is None or not paper.authors:
                return w.follow_unknown
            if len(paper.authors) > 1:
                names = list(paper.authors)[:MOST_NAMED]
                return w.say("follow_which", names=w["and"].join(names), first=paper.authors[0])
            name = paper.authors[0]
        names = [name] if found else _names(name)
        new = _unknown(names, current)
        if not new:
            return w.say("followed_before", name=w["and"].join(names))
        return change({"follow": [*current, *new]}) or w.say("followed", name=w["and"].join(new))

    def mute(self, said: str, current: tuple[str, ...], change: Change, w: Words) -> str:
        """Papers about a phrase, or several with commas between, come lower from now on."""
        found = [one for phrase in phrases(said) if (one := phrase.strip(QUOTES))]
        if not found:
            return w.mute_what
        new = _unknown(found, current)
        if not new:
            return w.say("muted_before", phrase=w["and"].join(found))
        return change({"not_wanted": [*current, *new]}) or w.say("muted", phrase=w["and"].join(new))


def _rows(signs: list[Sign]) -> list[tuple[str, int, int]]:
    """(paper, people for it, people against it), the latest sign first."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for sign in reversed(signs):
        good, bad = found.setdefault(sign.paper, (set(), set()))
        (good if sign.kind in FOR else bad).add(sign.person)
    return [(paper, len(good), len(bad)) for paper, (good, bad) in found.items()]


def _names(said: str) -> list[str]:
    """The names in a text, each once.

    Commas divide them where each part is a whole name ("He, Kaiming" is one name).
    """
    found = [one for name in phrases(said) if (one := name.strip(QUOTES))]
    whole = all(" " in one or not one.isascii() for one in found)
    return found if whole else [one for name in re.split("[;；]", said) if (one := name.strip(f" {QUOTES}"))]


def _unknown(names: Sequence[str], current: Sequence[str]) -> list[str]:
    known = {name.casefold() for name in current}
    return [name for name in names if name.casefold() not in known]


def _is_orcid(name: str) -> bool:
    bare = name.replace("-", "")
    return len(bare) == 16 and name.count("-") == 3 and bare[:15].isdigit()


def _home(channel: str) -> str:
    return channel.partition("/")[0]

"""Finds the seen paper that each pick stands nearest to, where checkable."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from pydantic import ValidationError
from redis import Redis

from workers.library.message_links import MessageLinks
from workers.models import Digest, Pick
from workers.models.library import LibraryEntry, Measured
from workers.models.relation import Relation
from workers.paper_ids.paper_key import abs_url, letters
from workers.reading.text import PaperText
from workers.render.library_entries import measured
from workers.settings import Settings
from workers.store.library.index import Library
from workers.store.papers.texts import Texts

LEAST_TITLE = 24
"""Letters of a title that is looked up in a bibliography: shorter ones stand in others."""


_VERSION = re.compile(r"\b(?:version|extension|extended|supersedes?|replaces?)\b|扩展|拓展", re.IGNORECASE)
"""Words of a comment that call a paper a version of another."""

Found = tuple[str, LibraryEntry, dict[str, str]]
"""How a pick relates to which paper, and what more is told of it."""


def related(redis: "Redis", settings: Settings, digest: Digest) -> Digest:
    """The digest with what each pick has to do with a paper of before."""
    home = digest.channel.partition("/")[0]
    new = {pick.paper.id for pick in digest.picks}
    seen = [
        entry
        for entry in Library(redis).entries(home).values()
        if entry.kind == "paper" and entry.paper not in new and entry.fictional == digest.sample
    ][::-1]
    if not seen or not new:
        return digest
    texts, links = Texts(redis), MessageLinks(redis)

    def told(pick: Pick) -> Pick:
        found = _nearest(pick, seen, _references(texts, pick))
        if found is None:
            return pick
        how, entry, more = found
        url = links.url(home, entry.message) or abs_url(entry.paper, settings.arxiv_url)
        said = {"how": how, "title": entry.title, "date": entry.date, "url": url, **more}
        return pick.model_copy(update={"relation": Relation.model_validate(said)})

    return digest.model_copy(update={"picks": tuple(map(told, digest.picks))})


def _nearest(pick: Pick, seen: Sequence[LibraryEntry], references: str) -> Found | None:
    """The latest paper that the pick is a version of, else is nearest to.

    Nearest: it cites it, else is measured like it, else shares an author with it.
    `seen`: newest first.
    """
    comment = pick.paper.comment or ""
    looks: tuple[Callable[[LibraryEntry], Found | None], ...] = (
        partial(_called, "version", comment if _VERSION.search(comment) else ""),
        partial(_called, "cites", references),
        partial(_compared, measured(pick)),
        partial(_shared, "last", pick.paper.authors[-1:]),
        partial(_shared, "first", pick.paper.authors[:1]),
    )
    return next((found for look in looks for entry in seen if (found := look(entry))), None)


def _called(how: str, said: str, entry: LibraryEntry) -> Found | None:
    return (how, entry, {}) if said and _named(entry, said, letters(said)) else None


def _compared(own: Sequence[Measured], entry: LibraryEntry) -> Found | None:
    """Both have a number of their own for the same thing on the same data.

    Letter for letter.
    """
    before = {(letters(one.what), letters(one.dataset)): one.ours for one in entry.results}
    for one in own:
        if there := before.get((letters(one.what), letters(one.dataset))):
            benchmark = f"{one.what}, {one.dataset}"
            return "benchmark", entry, {"benchmark": benchmark, "here": one.ours, "there": there}
    return None


def _shared(how: str, own: Sequence[str], entry: LibraryEntry) -> Found | None:
    other = entry.authors[-1:] if how == "last" else entry.authors[:1]
    same = own and other and _whole(own[0]) and letters(own[0]) == letters(other[0])
    return (how, entry, {"author": own[0]}) if same else None


def _named(entry: LibraryEntry, references: str, plain: str) -> bool:
    """True where a bibliography has the paper's id, or its title letter for letter."""
    title = letters(entry.title)
    by_id = re.search(rf"(?<![\w.]){re.escape(entry.paper.removeprefix('doi:'))}(?!\d)", references, re.IGNORECASE)
    return bool(by_id) or (len(title) >= LEAST_TITLE and title in plain)


def _whole(name: str) -> bool:
    """True for a name whose given names are written out: initials are many people's."""
    words = re.findall(r"[^\W\d_]+", name)
    return len(words) > 1 and len(words[0]) > 1 and len(words[-1]) > 1


def _references(texts: Texts, pick: Pick) -> str:
    """The bibliography as it was read for the pick's analysis; empty where none was."""
    grounds = pick.analysis.grounds
    raw = texts.get(grounds.ref) if grounds else None
    try:
        return PaperText.model_validate_json(raw).references if raw else ""
    except ValidationError:
        return ""

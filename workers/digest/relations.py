"""Finds the seen paper that each pick stands nearest to, where checkable."""

import re
from collections.abc import Iterable

from pydantic import ValidationError
from redis import Redis

from workers.library.message_links import MessageLinks
from workers.models import Digest, Pick
from workers.models.library import LibraryEntry
from workers.models.relation import Relation
from workers.paper_ids.paper_key import abs_url, letters
from workers.reading.text import PaperText
from workers.settings import Settings
from workers.store.library.index import Library
from workers.store.papers.texts import Texts

LEAST_TITLE = 24
"""Letters of a title that is looked up in a bibliography: shorter ones stand in others."""


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
        how, entry, author = _nearest(pick, seen, _references(texts, pick))
        if entry is None:
            return pick
        url = links.url(home, entry.message) or abs_url(entry.paper, settings.arxiv_url)
        found = {"how": how, "title": entry.title, "date": entry.date, "url": url, "author": author}
        return pick.model_copy(update={"relation": Relation.model_validate(found)})

    return digest.model_copy(update={"picks": tuple(map(told, digest.picks))})


def _nearest(pick: Pick, seen: Iterable[LibraryEntry], references: str) -> tuple[str, LibraryEntry | None, str]:
    """(how, which, who wrote both) of the latest paper that the pick relates to.

    It is the latest of `seen` (newest first) that the pick cites, else shares an author with.
    """
    plain = letters(references)
    names = {"last": pick.paper.authors[-1:], "first": pick.paper.authors[:1]}
    shared: dict[str, LibraryEntry] = {}
    for entry in seen:
        if _named(entry, references, plain):
            return "cites", entry, ""
        for how, own in names.items():
            place = -1 if how == "last" else 0
            if own and entry.authors and _whole(own[0]) and letters(own[0]) == letters(entry.authors[place]):
                shared.setdefault(how, entry)
    how = next((how for how in names if how in shared), "")
    return how, shared.get(how), names[how][0] if how else ""


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

"""Which names mean the same paper: preprint, arXiv, journal.

`pb:twins:<name>` holds the names that `name` was seen together with, both ways; all that hangs together is one paper.
A name is a key (`arxiv:2601.17058`, `doi:10.1101/…`), a title with its first author (`title:…`) or the handle of a long
id (`~…`). Sets only ever grow, so two stores are merged by their union.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from redis import Redis

from workers.errors import Retryable
from workers.models import Paper
from workers.paper_ids.paper_key import id_of, key_of, kind_of, short
from workers.store.server.connection import key as k
from workers.store.server.connection import text

TWINS_S = 1100 * 86_400
"""Seconds since it was last seen that a name is remembered: three years, since journals take up to two."""

STEPS = 4
"""Names that lie between two of one paper at most: title, preprint, journal version, its other preprint."""

MOST_NAMES = 30
"""Names of one paper that are followed: real ones have up to five."""

PAGE = 500
"""Records read at once when the names of an older store are entered."""

BUILT = k("twins-built")


class Repeated(Retryable):
    """A digest shows a paper that its channel was sent meanwhile.

    The next try makes it without.
    """

    kind = "repeated"


def link(pipe: Any, papers: Iterable[Paper]) -> None:
    """Remember the names of these papers: part of a transaction, or of a pipeline."""
    for paper in papers:
        mine, others = paper.key, [*paper.keys[1:], paper.title_mark]
        others += [short(paper.id)] if short(paper.id) != paper.id else []
        for other in filter(None, others):
            for one, two in ((mine, other), (other, mine)):
                pipe.sadd(k("twins", one), two)
                pipe.expire(k("twins", one), TWINS_S)


class Twins:
    """Looks names up."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def of_papers(self, papers: Iterable[Paper]) -> dict[str, set[str]]:
        """Id -> ids of the same paper, its own among them.

        One of arXiv's papers is never another of arXiv's.
        """
        starts = {p.id: {*p.keys, *filter(None, [p.title_mark])} for p in papers}
        return {id: _other_than_arxivs(id, found) | {id} for id, found in self._reached(starts).items()}

    def of_ids(self, ids: Iterable[str]) -> dict[str, set[str]]:
        """The same by ids alone."""
        found = self._reached({id: {key_of(id)} for id in ids})
        return {id: _other_than_arxivs(id, names) | {id} for id, names in found.items()}

    def refuse_repeats(self, pipe: Any, posted: str, papers: Iterable[Paper]) -> None:
        """Raise Repeated where one of `papers` is in `posted`, under any name, by now.

        Inside a WATCHing pipeline.
        """
        pipe.watch(posted)
        ids = sorted({id for names in self.of_papers(papers).values() for id in names})
        if ids and any(pipe.smismember(posted, ids)):
            raise Repeated("A paper of this digest was sent here meanwhile.")

    def known_as(self, handle: str) -> str | None:
        """The id that has this handle (`paper_key.short`), or None."""
        found = sorted(id_of(text(m)) for m in self.redis.smembers(k("twins", handle)))
        return found[0] if len(found) == 1 else None

    def build(self) -> None:
        """Enter the names of papers that older records have, once.

        The records are an older store's, or those of an imported file of one.
        """
        if self.redis.exists(BUILT):
            return
        names = [text(name) for name in self.redis.scan_iter(k("paper", "*"), count=PAGE)]
        for start in range(0, len(names), PAGE):
            records: Any = self.redis.mget(names[start : start + PAGE])
            with self.redis.pipeline(transaction=False) as pipe:
                link(pipe, _readable(records))
                pipe.execute()
        self.redis.set(BUILT, 1, ex=TWINS_S)

    def build_anew(self) -> None:
        """Have that done once more: records have come from elsewhere."""
        self.redis.delete(BUILT)

    def _reached(self, starts: Mapping[str, set[str]]) -> dict[str, set[str]]:
        """All names that hang together with each start."""
        edges: dict[str, set[str]] = {}
        news = {name for names in starts.values() for name in names}
        for _ in range(STEPS + 1):
            asked = sorted(news - edges.keys())
            if not asked:
                break
            with self.redis.pipeline(transaction=False) as pipe:
                for name in asked:
                    pipe.smembers(k("twins", name))
                found = pipe.execute()
            edges |= {name: {text(m) for m in members} for name, members in zip(asked, found, strict=True)}
            news = {name for asked_for in asked for name in edges[asked_for]}
        return {id: _together(names, edges) for id, names in starts.items()}


def _together(names: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    found, news = set(names), set(names)
    while news and len(found) < MOST_NAMES:
        news = {other for name in news for other in edges.get(name, ())} - found
        found |= news
    return found


def _other_than_arxivs(id: str, names: set[str]) -> set[str]:
    """The ids among `names`; for an arXiv paper without other ids of arXiv's.

    Two of arXiv's papers may share a title.
    """
    ids = {id_of(name) for name in names if not name.startswith(("title:", "~"))}
    return {one for one in ids if kind_of(id) != "arxiv" or kind_of(one) != "arxiv"}


def _readable(records: Iterable[bytes | None]) -> Iterator[Paper]:
    for raw in records:
        try:
            if raw:
                yield Paper.model_validate_json(raw)
        except ValueError:
            continue

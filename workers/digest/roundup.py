"""Makes a round-up of a week or month, without a model.

It shows what was liked, discussed and saved most, and what was missed.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from redis import Redis

from workers.channels.recipients import profile_of
from workers.library.message_links import MessageLinks
from workers.models.library import LibraryEntry
from workers.models.roundup import Roundup, RoundupPaper, Why
from workers.models.tasks import RoundupData
from workers.paper_ids.paper_key import abs_url
from workers.render.roundup import part_of
from workers.settings import Settings
from workers.store.channels.day_candidates import DayCandidates
from workers.store.channels.settings import Channels
from workers.store.delivery.outbox import Outbox
from workers.store.library.index import Library
from workers.store.library.saved import Saved
from workers.store.people.votes import People
from workers.store.server.connection import key as k
from workers.store.server.connection import text

MOST = 3
"""Papers of each kind: a dozen lines are read on a telephone."""


def post_roundup(redis: "Redis", settings: Settings, key: str, data: RoundupData, now: float) -> bool:
    """Put the round-up into the outbox, once; False where there was nothing to tell."""
    channel, outbox = data["channel"], Outbox(redis)
    if outbox.rows(key):
        return True
    first, last = date.fromisoformat(data["first"]), date.fromisoformat(data["last"])
    found = gather(redis, settings, channel, first, last)
    if not found.lines:
        return False
    profile = profile_of(data["profile"], Channels(redis).get(channel))
    part = part_of(found, channel.partition(":")[0], profile.title, profile.language)
    with redis.pipeline() as pipe:
        outbox.put(pipe, key, channel, [part], now)
        pipe.execute()
    return True


def gather(redis: "Redis", settings: Settings, channel: str, first: date, last: date) -> Roundup:
    """What happened in a channel on these local days."""
    home, people = channel.partition("/")[0], People(redis)
    entries = [e for e in Library(redis).entries(home).values() if first <= e.date <= last]
    papers = {e.paper: e for e in entries if e.kind == "paper"}
    votes = {paper: people.votes(home, paper) for paper in papers}
    asked = Counter(e.paper for e in entries if e.kind == "talk")
    kept = Counter({one.paper: one.by for one in Saved(redis).reading(home) if one.paper in papers})
    told = {e.paper: e for e in entries if e.kind == "talk"} | papers
    places = MessageLinks(redis)

    def url(entry: LibraryEntry) -> str:
        return places.url(home, entry.message) or abs_url(entry.paper, settings.arxiv_url)

    def best(why: Why, counts: Mapping[str, int]) -> list[RoundupPaper]:
        able = sorted((p for p, n in counts.items() if n > 0), key=lambda p: (-counts[p], -(told[p].score or 0), p))
        return [RoundupPaper(why=why, title=told[p].title, url=url(told[p]), n=counts[p]) for p in able[:MOST]]

    lines = best("liked", {paper: up - down for paper, (up, down) in votes.items()})
    lines += best("discussed", asked) + best("saved", kept)
    return Roundup(
        first=first,
        last=last,
        papers=len(papers),
        questions=asked.total(),
        votes=sum(map(sum, votes.values())),
        lines=(*lines, *_missed(redis, settings, channel, first, last)),
    )


def _missed(redis: "Redis", settings: Settings, channel: str, first: date, last: date) -> list[RoundupPaper]:
    """The best of what cleared the bar and was never posted here.

    Days are kept for two weeks.
    """
    days, best = DayCandidates(redis), dict[str, RoundupPaper]()
    for n in range((last - first).days + 1):
        day = days.get(f"digest|{channel}|{(first + timedelta(days=n)).isoformat()}")
        for one in day.candidates if day else ():
            if not one.number and one.score is not None and one.score >= (day.min_score if day else 0):
                page = abs_url(one.id, settings.arxiv_url)
                best[one.id] = RoundupPaper(why="missed", title=one.title, url=page, n=one.score)
    posted = {text(paper) for paper in redis.smembers(k("posted", channel))}
    able = (line for paper, line in best.items() if paper not in posted)
    return sorted(able, key=lambda line: -line.n)[:MOST]

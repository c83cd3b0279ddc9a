"""What agents may read over MCP: posts, digests, a paper's text, an answer.

Everything is limited to the channels that the operator names, and to papers that were posted there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from redis import Redis

from workers.console import library
from workers.console import run as work
from workers.errors import BadInput, BadSetting
from workers.models import Digest, Paper, Pick
from workers.paper_ids import in_text
from workers.paper_ids.paper_key import PaperRef, abs_url
from workers.reading.text import PaperText
from workers.settings import Settings
from workers.store.channels.digests import Digests
from workers.store.channels.latest_digests import latest
from workers.store.channels.shown import posted
from workers.store.session import store

MOST_DAYS = 400
"""Days back that digests are kept (`store.memory.DIGEST_S`)."""

MOST_PAPERS = 200
"""Papers in one reply: some 40,000 tokens with their abstracts would fill an agent's context, so they go without."""

MOST_FOUND = 50
"""Things that one look-up returns."""

MOST_TEXT = 60_000
"""Characters of a paper's text in one reply; the rest is had by section."""


@dataclass(frozen=True)
class MemoryTools:
    """The team's memory, as far as `channels` (`slack:C1`, `telegram:-100`) reach."""

    settings: Settings
    channels: tuple[str, ...]

    @classmethod
    def of(cls, settings: Settings, channels: Sequence[str]) -> "MemoryTools":
        """For the channels given, else those of MCP_CHANNELS.

        BadSetting where none is named, or one is no channel.
        """
        in_text = tuple(dict.fromkeys(channels)) or settings.mcp_channels
        if not in_text:
            raise BadSetting(
                "MCP_CHANNELS is not set: name the channels that agents may ask about, as in slack:C0123ABCD."
            )
        for one in in_text:
            if not one.startswith(("slack:", "telegram:")):
                raise BadSetting(f"{one!r} is no channel: write it as slack:C0123ABCD or telegram:-100….")
        return cls(settings, in_text)

    def papers_posted(self, channel: str, since: str, until: str, most: int) -> list[dict[str, Any]]:
        """Papers that were posted, newest first."""
        last = _day(until) if until else datetime.now(UTC).date() + timedelta(days=1)
        first = _day(since) if since else last - timedelta(days=MOST_DAYS)
        with store(self.settings) as redis:
            rows = [
                self._row(pick, digest)
                for digest in self._digests(redis, channel, first, last)
                for pick in digest.picks
            ]
        return rows[: max(1, min(most, MOST_PAPERS))]

    def digest(self, day: str, channel: str) -> list[dict[str, Any]]:
        """The digests of a local date, the latest ones where no date is given."""
        self._check(channel)
        with store(self.settings) as redis:
            mine = [channel] if channel else self.channels
            wanted = _day(day) if day else max((one.date for one in latest(redis, mine).values()), default=None)
            made = self._digests(redis, channel, wanted, wanted) if wanted else []
        if not made:
            raise BadInput(f"There is no digest of {wanted}." if wanted else "There is no digest yet.")
        return [self._digest(one) for one in made]

    def find(self, words: str, channel: str) -> list[dict[str, Any]]:
        """Search the memories of the channels: papers, questions and answers."""
        self._check(channel)
        mine = [channel] if channel else self.channels
        found = [row for one in mine for row in library.find_in(self.settings, words, [one])]
        return found[:MOST_FOUND]

    def read(self, ref: str, section: str) -> dict[str, Any]:
        """A posted paper's text, or one section of it."""
        text = PaperText.model_validate(work.read(self.settings, self._posted(ref), None))
        sections = [
            {"id": s.id, "title": s.title, "text": "\n\n".join(p.text for p in s.paragraphs)} for s in text.sections
        ]
        about = {"ref": text.ref, "title": text.title, "abstract": text.abstract, "read_from": text.read_from}
        if section:
            mine = [s for s in sections if section.lower() in (s["id"].lower(), s["title"].lower())]
            if not mine:
                raise BadInput(f"There is no section {section[:60]!r}: read without one to see which there are.")
            return about | {"sections": mine}
        if sum(len(s["text"]) for s in sections) > MOST_TEXT:
            return about | {"too_long": "ask for one section by its title", "sections": [s["title"] for s in sections]}
        return about | {"sections": sections}

    def ask(self, ref: str, question: str) -> dict[str, Any]:
        """Answer a question about a posted paper.

        The answer comes with the places it stands on, checked by code.
        """
        return work.ask(self.settings, self._posted(ref), question, None)

    def _posted(self, ref: str) -> PaperRef:
        """The paper that `ref` names, if it was posted in one of the channels.

        BadInput says that it was not.
        """
        wanted = in_text.exact(ref.strip()) or in_text.one(ref)
        with store(self.settings) as redis:
            if not any(posted(redis, channel, [wanted.base]) for channel in self.channels):
                raise BadInput(f"{wanted.canonical} was not posted in the channels that you may ask about.")
        return wanted

    def _digests(self, redis: "Redis", channel: str, first: date, last: date) -> list[Digest]:
        self._check(channel)
        stored = Digests(redis)
        slots = stored.slots_of([channel] if channel else self.channels, first, last)
        found = [digest for digest in map(stored.digest, slots) if digest and not digest.sample]
        return sorted(found, key=lambda d: (d.date, d.made or datetime.min.replace(tzinfo=UTC)), reverse=True)

    def _check(self, channel: str) -> None:
        if channel and channel not in self.channels:
            raise BadInput(f"You may not ask about {channel[:60]!r}; there are: {', '.join(self.channels)}.")

    def _row(self, pick: Pick, digest: Digest) -> dict[str, Any]:
        return self._paper(pick.paper) | {
            "date": digest.date.isoformat(),
            "channel": digest.channel,
            "score": pick.score.effective,
            "why": pick.score.why,
        }

    def _paper(self, paper: Paper) -> dict[str, Any]:
        return {
            "id": paper.id,
            "title": paper.plain or paper.title,
            "authors": list(paper.authors[:10]),
            "venue": paper.venue,
            "url": abs_url(paper.id, self.settings.arxiv_url),
            "sources": list(paper.sources),
        }

    def _digest(self, digest: Digest) -> dict[str, Any]:
        picks = [
            self._row(pick, digest)
            | {
                "abstract": pick.paper.abstract,
                "analysis": pick.analysis.model_dump(mode="json", exclude_defaults=True),
            }
            for pick in digest.picks
        ]
        counts = {"candidates": digest.receipt.candidates, "scored": digest.receipt.scored, "empty": digest.empty}
        return {
            "date": digest.date.isoformat(),
            "channel": digest.channel,
            "title": digest.title,
            **counts,
            "picks": picks,
        }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text[:40]!r} is no date: write it as 2026-01-24.") from None

"""What digest to make for whom, read from the data of a task."""

from dataclasses import dataclass
from datetime import date

from workers.models.tasks import DigestData

SAMPLE = "sample"
"""Ending of the name under which the sample day is remembered."""


@dataclass(frozen=True)
class DigestParameters:
    """What to make for whom: the data of a digest task."""

    channel: str
    profile: str
    day: date
    """Local date of the digest."""
    upto: date | None = None
    """Last list day to cover, for a digest of a day gone by."""
    sample: bool = False
    dry: bool = False
    """Only show it: nothing is posted, remembered or archived."""

    @classmethod
    def of(cls, data: DigestData) -> "DigestParameters":
        """From a task's JSON."""
        day, upto = date.fromisoformat(data["day"]), data.get("upto")
        last = date.fromisoformat(upto) if upto else None
        return cls(data["channel"], data["profile"], day, last, data.get("sample", False), data.get("dry", False))

    @property
    def memory(self) -> str:
        """Name under which the channel's memory is kept; the sample day has its own."""
        return f"{self.channel}#{SAMPLE}" if self.sample else self.channel

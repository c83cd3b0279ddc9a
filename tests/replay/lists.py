"""The lists of a replay.

Recorded ones from a folder, or made ones that hold what goes wrong in real ones.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.doubles.huggingface import make_item

FIRST = date(2026, 1, 20)
PER_DAY = 20
SATURDAY = 5
GAP_DAYS = 7
"""Days without any list after which the replay jumps to the next one: as far as a digest looks back."""

PLAIN = ["Speech Recognition Corpora", "Tax Law Question Answering", "Protein Folding Kinetics", "Robot Grasp Planning"]
NAMED = ["Image Restoration", "Flow Matching", "Super-Resolution", "Masked Autoregressive"]
HIDDEN = ["Undoing Camera Shake", "Bringing Back Old Photographs", "Seeing Through Rain"]
"""What only a reader sees to fit: no interest is named. The model gives `HIDDEN_SCORE`, the local ranker little."""

HIDDEN_SCORE = 81


@dataclass
class Lists:
    """What Hugging Face has on each day, and what the replay knows of it."""

    days: dict[date, list[Any]]
    hidden: set[str] = field(default_factory=set)
    """Titles that the model double finds fitting though they name no interest."""

    def papers(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Title and record of each paper.

        What is no paper is left out; the bot meets it, too, and drops it.
        """
        for item in (item for items in self.days.values() for item in items):
            paper = item.get("paper") if isinstance(item, dict) else None
            title = item.get("title") if paper else None
            if isinstance(paper, dict) and isinstance(paper.get("id"), str) and isinstance(title, str):
                yield title, paper

    def mornings(self) -> Iterator[date]:
        """Local days to live through, from the morning after the first list to the last.

        Long gaps are skipped.
        """
        last = max(self.days) + timedelta(days=1)
        day, since = min(self.days) + timedelta(days=1), min(self.days)
        while day <= last:
            if self.days.get(day - timedelta(days=1)):
                since = day - timedelta(days=1)
            if (day - since).days <= GAP_DAYS:
                yield day
                day += timedelta(days=1)
            else:
                day = min(d for d in self.days if d >= day and self.days[d]) + timedelta(days=1)


def recorded(folder: Path) -> Lists:
    """Lists from `YYYY-MM-DD.json` files, each the body of one day's list.

    ValueError says which file is none.
    """
    days = {}
    for path in sorted(folder.glob("*.json")):
        try:
            day, items = date.fromisoformat(path.stem), json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError):
            raise ValueError(f"{path} is not a recorded list: its name is a date, its content a JSON array.") from None
        if not isinstance(items, list):
            raise ValueError(f"{path} is not a recorded list: its content is no JSON array.")
        days[day] = items
    if not any(days.values()):
        raise ValueError(f"{folder} holds no recorded list (YYYY-MM-DD.json).")
    return Lists(days)


def synthetic(count: int, seed: int = 1) -> Lists:
    """Makes lists for `count` mornings.

    Weekends are empty, papers are listed again, some days have no paper that fits, and some papers fit only for a
    reader.
    """
    chance, days, hidden, number = random.Random(seed), {}, set(), 0
    for offset in range(count):
        day = FIRST + timedelta(days=offset - 1)
        if day.weekday() >= SATURDAY:
            days[day] = []
            continue
        titles = [f"{chance.choice(PLAIN)}, Part {number + i}" for i in range(PER_DAY)]
        kind = offset % 5  # 0: nothing fits; 1: only a hidden one; else named ones, with or without a hidden one
        places = chance.sample(range(12), 3)
        for place in places if kind > 1 else ():
            titles[place] = f"{chance.choice(NAMED)} for Study {number + place}"
        if kind in (1, 3):
            titles[places[0]] = f"{chance.choice(HIDDEN)}, Part {number + places[0]}"
            hidden.add(titles[places[0]])
        items = []
        for i, title in enumerate(titles):
            number += 1
            summary = f"We study {title.lower()}. " + "It works well. " * chance.randrange(1, 9)
            items.append(make_item(f"{day:%y%m}.{number:05d}", title, 200 - 9 * i, day, summary=summary))
        before = [item for past in list(days.values())[-6:] for item in past[:4]]
        days[day] = items + [item | {"upvotes": 500} for item in chance.sample(before, min(2, len(before)))]
        for item in days[day][PER_DAY:]:  # listed again, on top
            item["paper"] = item["paper"] | {"upvotes": 300 + chance.randrange(90)}
    return Lists(days, hidden)

"""How the model double judges statements by their evidence.

The habits of bad judges.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from tests.doubles.model_answers import Asked


def verdicts(asked: Asked) -> dict[str, Any]:
    """Judges each statement by its long English words.

    Absent where it has some and none of them stands in its evidence, else supported.
    """

    def row(item: dict[str, Any]) -> dict[str, Any]:
        evidence = " ".join(item["evidence"])
        told = re.findall(r"[A-Za-z]{5,}", item["statement"])
        there = [w for w in told if w.lower()[:4] in evidence.lower()]
        good = bool(there) or not told
        words = " ".join(item["evidence"][0].split()[:12])
        return {"number": item["number"], "verdict": "supported" if good else "absent", "words": words if good else ""}

    return {"verdicts": [row(item) for item in items(asked)]}


def items(asked: Asked) -> list[dict[str, Any]]:
    """What the judge is shown."""
    return list(json.loads(asked.user[asked.user.index("[") :]))


def always(verdict: str) -> Callable[[Asked], dict[str, Any]]:
    """A judge that says the same of every statement.

    It names the first words of the evidence for it.
    """

    def judge(asked: Asked) -> dict[str, Any]:
        rows = [(item["number"], " ".join(item["evidence"][0].split()[:12])) for item in items(asked)]
        return {"verdicts": [{"number": n, "verdict": verdict, "words": words} for n, words in rows]}

    return judge


def nonsense(_: Asked) -> dict[str, Any]:
    """A judge whose answer has the right form and no sense."""
    rows = [(99, "supported"), (1, "maybe"), (2, "42"), (-1, "absent")]
    return {"verdicts": [{"number": n, "verdict": said, "words": "no such words at all"} for n, said in rows]}


HABITS: dict[str, Callable[[Asked], dict[str, Any] | str]] = {
    "": verdicts,
    "supported": always("supported"),
    "contradicted": always("contradicted"),
    "nonsense": nonsense,
    "words": lambda _: "All of this looks fine to me.",
}
"""Name -> how the judge answers."""

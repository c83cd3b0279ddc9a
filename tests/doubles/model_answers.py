"""What the model double answers when nothing is scripted: made from the prompt alone, always the same."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

CHARS_PER_TOKEN = 3.5

Reply = Callable[["Asked"], dict[str, Any] | str | None]


@dataclass
class Asked:
    """One prompt as it arrived."""

    task: str
    """`score`, `deepdive` or `other`, by the schema asked for."""
    model: str
    system: str
    user: str
    paper: dict[str, Any]
    """The paper's JSON, as far as the user turn holds one."""
    body: dict[str, Any] = field(repr=False, default_factory=dict)

    @property
    def interests(self) -> list[str]:
        """The list in the system prompt: its first run of lines that begin with a dash."""
        run = re.search(r"(?m)(?:^- .+\n)+", self.system + "\n")
        return [line[2:] for line in run.group().splitlines()] if run else []


def read(body: dict[str, Any]) -> Asked:
    system = _joined(body.get("system", ""))
    user = "\n".join(_joined(m["content"]) for m in body["messages"] if m["role"] == "user")
    schema = ((body.get("output_config") or {}).get("format") or {}).get("schema") or {}
    wanted = set(schema.get("properties", {})) or set(re.findall(r"`(score|contribution)`", system))
    task = "score" if "score" in wanted else "deepdive" if "contribution" in wanted else "other"
    return Asked(task, body["model"], system, user, _paper(user), body)


def _joined(content: Any) -> str:
    return content if isinstance(content, str) else "\n".join(b.get("text", "") for b in content)


def _paper(user: str) -> dict[str, Any]:
    for match in re.finditer(r"\{", user):
        try:
            found = json.JSONDecoder().raw_decode(user, match.start())[0]
        except ValueError:
            continue
        if isinstance(found, dict) and "title" in found:
            return found
    return {}


def tokens(text: str) -> int:
    return max(1, round(len(text) / CHARS_PER_TOKEN))


def score(asked: Asked) -> dict[str, Any]:
    """Title 88, abstract 66, else 10 to 39 by length: the same paper always gets the same."""
    title, abstract = str(asked.paper.get("title", "")).lower(), str(asked.paper.get("abstract", "")).lower()
    named = [i for i in asked.interests if i.lower() in title]
    below = [i for i in asked.interests if i.lower() in abstract and i not in named]
    value = 88 if named else 66 if below else 10 + len(abstract) % 30
    chinese = "Chinese" in asked.system
    subject = "、".join([*named, *below]) if chinese else ", ".join([*named, *below])
    why = (
        (f"论文研究 {subject}。" if subject else "与关注方向无关。")
        if chinese
        else (f"The paper works on {subject}." if subject else "Another topic.")
    )
    return {"score": value, "why": why, "matched": [*named, *below]}


def sections(asked: Asked) -> dict[str, str]:
    title = asked.paper.get("title", "")
    if "Chinese" in asked.system:
        return {
            "contribution": f"**{title}** 提出了一种新方法。",
            "methodology": "1. **编码**：输入先被编码。\n2. **解码**：再由解码器恢复 $x_0$。",
            "takeaway": "- 可以尝试同样的**训练目标（Objective）**。",
            "limitations": "- 摘要没有给出计算开销。",
        }
    return {
        "contribution": f"**{title}** proposes a new method.",
        "methodology": "1. **Encode** the input.\n2. **Decode** it to $x_0$.",
        "takeaway": "- The training objective is worth a try.",
        "limitations": "- The abstract does not state the cost.",
    }


def talk(asked: Asked) -> str:
    return "I can only say what the text says."


def obedient(asked: Asked) -> dict[str, Any]:
    """Does what the paper says: the number it names, and its words everywhere."""
    text = f"{asked.paper.get('title', '')} {asked.paper.get('abstract', '')}"
    if asked.task == "score":
        everything = [*asked.interests, "Free Money"]
        number = re.search(r"(?i)\b(?:score|rate|rating|give)\D{0,40}(-?\d+)", text)
        return {"score": int(number.group(1)) if number else 100, "why": text, "matched": everything}
    return dict.fromkeys(("contribution", "methodology", "takeaway", "limitations"), text)


DEFAULTS: dict[str, Callable[[Asked], dict[str, Any] | str]] = {"score": score, "deepdive": sections}
"""Task -> its answer; any other task gets `talk`."""

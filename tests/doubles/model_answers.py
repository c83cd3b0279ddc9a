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
    """`score` or `deepdive` by the schema asked for, `answer` where paragraphs are shown, else `other`."""
    model: str
    system: str
    user: str
    paper: dict[str, Any]
    """The paper's JSON, as far as the user turn holds one."""
    body: dict[str, Any] = field(repr=False, default_factory=dict)
    plain: bool = False
    """True where a small server reads it, which knows no schemas."""

    @property
    def passages(self) -> list[str]:
        """The paragraphs shown for an answer: blocks of the document, or lines `[P1] "…"`."""
        blocks = [b for d in documents(self.body) for b in d["source"]["content"]]
        if blocks:
            return [b["text"] for b in blocks]
        return [json.loads(line) for line in re.findall(r'(?m)^\[P\d+\] (".*")$', self.user)]

    @property
    def question(self) -> str:
        """What was asked last."""
        last = joined_text(self.body["messages"][-1]["content"])
        return last.rpartition("The question:\n")[2].strip()

    @property
    def cited(self) -> bool:
        """True where a document came with its citations switched on."""
        return any((d.get("citations") or {}).get("enabled") for d in documents(self.body))

    @property
    def interests(self) -> list[str]:
        """The list in the system prompt: its first run of lines that begin with a dash."""
        run = re.search(r"(?m)(?:^- .+\n)+", self.system + "\n")
        return [line[2:] for line in run.group().splitlines()] if run else []


def read(body: dict[str, Any], compatible: bool = False, context: int = 0) -> Asked:
    """The prompt; a small server (`compatible`) drops documents without a word, so nobody has read them.

    `context`: tokens of its context; of a longer prompt only the end is read, as such servers do.
    """
    if compatible and documents(body):
        kept = [{**m, "content": _without_documents(m["content"])} for m in body["messages"]]
        body = {**body, "messages": kept}
    system = joined_text(body.get("system", ""))
    user = "\n".join(joined_text(m["content"]) for m in body["messages"] if m["role"] == "user")
    schema = ((body.get("output_config") or {}).get("format") or {}).get("schema") or {}
    wanted = set(schema.get("properties", {})) or set(re.findall(r"`(score|contribution)`", system))
    task = "score" if "score" in wanted else "deepdive" if "contribution" in wanted else "other"
    if documents(body) or re.search(r'(?m)^\[P1\] "', user) or "`[P0]`" in system:
        task = "answer"
    if context:
        user = user[-round(context * CHARS_PER_TOKEN) :]
    return Asked(task, body["model"], system, user, _paper(user), body, compatible)


def documents(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The document blocks of a prompt, in order."""
    contents = [m["content"] for m in body["messages"] if isinstance(m["content"], list)]
    return [b for content in contents for b in content if b.get("type") == "document"]


def _without_documents(content: Any) -> Any:
    return content if isinstance(content, str) else [b for b in content if b.get("type") != "document"]


def joined_text(content: Any) -> str:
    """All words of a content, those of documents included."""
    if isinstance(content, str):
        return content
    parts = [b["source"].get("content", []) if b.get("type") == "document" else [b] for b in content]
    return "\n".join(b.get("text", "") for part in parts for b in part)


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


def talk(asked: Asked) -> dict[str, Any] | str:
    """Fills a schema that was given; says a token that it was shown and asked for; else nothing of use."""
    schema = ((asked.body.get("output_config") or {}).get("format") or {}).get("schema")
    if schema and not asked.plain:
        return dict.fromkeys(schema["properties"], "Hello.")
    if "What is the token?" in asked.user:
        shown = re.search(r"The token is (\w+)", asked.user)
        return shown[1] if shown else "none"
    return "I can only say what the text says."


def answers(asked: Asked) -> str:
    """A sentence on the passage that shares most words with the question, and its mark; `[P0]` where none does."""
    if "What is the token?" in asked.question:
        return str(talk(asked))
    wanted = {w.lower() for w in re.findall(r"[^\W\d_]{4,}", asked.question)}
    shared = [len(wanted & {w.lower() for w in re.findall(r"[^\W\d_]{4,}", p)}) for p in asked.passages]
    chinese = re.search(r"[\u4e00-\u9fff]", asked.question)
    if not any(shared):
        return "[P0] 摘要里没有这一点。" if chinese else "[P0] Nothing near it is in the text."
    best = shared.index(max(shared))
    words = asked.passages[best].partition(") ")[2].rstrip(".")
    return f"论文说：{words} [P{best + 1}]。" if chinese else f"The paper says: {words} [P{best + 1}]."


def content_of(asked: Asked, text: str) -> list[dict[str, Any]]:
    """The text as content blocks: where citations are on, one block for each run of marks, cited as the API does."""
    if not asked.cited:
        return [{"type": "text", "text": text}]
    blocks, passages = [], asked.passages
    for words, run in re.findall(r"(?s)(.*?)(?:[ ]?((?:\[P\d+\])+)|\Z)", text):
        cited = [int(n) for n in re.findall(r"\d+", run) if 1 <= int(n) <= len(passages)]
        block: dict[str, Any] = {"type": "text", "text": words if cited else words + run}
        if cited:
            block["citations"] = [_citation(n - 1, passages, asked) for n in cited]
        if block["text"]:
            blocks.append(block)
    return blocks or [{"type": "text", "text": ""}]


def _citation(index: int, passages: list[str], asked: Asked) -> dict[str, Any]:
    title = documents(asked.body)[0].get("title")
    where = {"start_block_index": index, "end_block_index": index + 1, "document_index": 0, "document_title": title}
    return {"type": "content_block_location", "cited_text": passages[index], "file_id": None, **where}


def document_problem(body: dict[str, Any]) -> str | None:
    """Why the API would refuse the documents of a prompt, or None."""
    found = documents(body)
    if found and any("citations" in d for d in found) and "format" in (body.get("output_config") or {}):
        return "output_config.format: citations cannot be used with structured outputs"
    switched = {bool((d.get("citations") or {}).get("enabled")) for d in found}
    if len(switched) > 1:
        return "citations must be enabled on all or none of the documents"
    for document in found:
        source = document.get("source") or {}
        content = source.get("content")
        if document.keys() - {"type", "source", "title", "context", "citations", "cache_control"}:
            return "messages: document: Extra inputs are not permitted"
        if source.get("type") != "content" or not isinstance(content, list) or not content:
            return "messages: document.source: this double takes content blocks only"
        if any(b.get("type") != "text" or not b.get("text", "").strip() for b in content):
            return "messages: document.source.content: text blocks must be non-empty"
    turns = [m["content"] for m in body["messages"] if m["role"] == "assistant"]
    if any(documents({"messages": [{"content": c}]}) for c in turns):
        return "messages: document blocks are not permitted in assistant messages"
    return None


def obedient(asked: Asked) -> dict[str, Any] | str:
    """Does what the paper says: the number it names, and its words everywhere."""
    if asked.task == "answer":
        return "\n\n".join(asked.passages)
    text = f"{asked.paper.get('title', '')} {asked.paper.get('abstract', '')}"
    if asked.task == "score":
        everything = [*asked.interests, "Free Money"]
        number = re.search(r"(?i)\b(?:score|rate|rating|give)\D{0,40}(-?\d+)", text)
        return {"score": int(number.group(1)) if number else 100, "why": text, "matched": everything}
    return dict.fromkeys(("contribution", "methodology", "takeaway", "limitations"), text)


DEFAULTS: dict[str, Callable[[Asked], dict[str, Any] | str]] = {"score": score, "deepdive": sections, "answer": answers}
"""Task -> its answer; any other task gets `talk`."""

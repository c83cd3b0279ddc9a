"""What the model double answers when nothing is scripted.

Made from the prompt alone, always the same.
"""

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
    """`score`, `deepdive`, `repair`, `judge` or `answer` by what is asked for, else `other`."""
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
        """The paragraphs shown, without their numbers: document blocks or `[P1]` lines."""
        if self.blocks:
            return [re.sub(r"^\[P\d+\] ", "", text) for text in self.blocks]
        return [json.loads(line) for line in re.findall(r'(?m)^\[P\d+\] (".*")$', self.user)]

    @property
    def blocks(self) -> list[str]:
        """Texts of the document's blocks, as they were sent."""
        return [b["text"] for d in documents(self.body) for b in d["source"]["content"]]

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
        """The first run of dashed lines after the words that announce the interests."""
        told = f"{self.system}\n{self.user}\n".partition("follows these interests")[2]
        run = re.search(r"(?m)(?:^- .+\n)+", told)
        return [line[2:] for line in run.group().splitlines()] if run else []


def read(body: dict[str, Any], compatible: bool = False, context: int = 0) -> Asked:
    """The prompt; a small server (`compatible`) drops documents without a word.

    `context`: tokens of its context; of a longer prompt only the end is read, as such servers do.
    """
    if compatible and documents(body):
        kept = [{**m, "content": _without_documents(m["content"])} for m in body["messages"]]
        body = {**body, "messages": kept}
    system = joined_text(body.get("system", ""))
    user = "\n".join(joined_text(m["content"]) for m in body["messages"] if m["role"] == "user")
    schema = ((body.get("output_config") or {}).get("format") or {}).get("schema") or {}
    wanted = set(schema.get("properties", {})) or set(re.findall(r"`(score)`", system))
    last = joined_text(body["messages"][-1]["content"])
    task = "score" if "score" in wanted else "other"
    if "verdicts" in wanted or '"JudgeAnswer"' in system:
        task = "judge"
    elif "A program compared your statements with the paper." in last:
        task = "repair"
    elif "The task: explain the paper above" in user:
        task = "deepdive"
    elif "The question:\n" in user:
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
    """88 for an interest in the title, 66 in the abstract, else 10 to 39 by length."""
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


def sections(asked: Asked) -> dict[str, Any]:
    """Everything that the prompt asks for, each statement on a passage, in turn.

    A statement quotes the passage's first words letter for letter. Results come of two rows of one table, where there
    is one.
    """
    chinese = "Write in Simplified Chinese" in asked.user
    abstract = "title and abstract only, not the full text" in asked.user
    able = [(n, quote_of(text)) for n, text in enumerate(asked.passages, 1) if not _ROW.search(text)]
    able = [(n, quote) for n, quote in able if len(quote) >= 30] or [(1, quote_of(asked.passages[0]))]
    step = max(1, len(able) // 8)
    turn = iter((able[::step] * 8)[:8])

    def stated(lead: str) -> dict[str, Any]:
        number, quote = next(turn)
        text = f"论文写道：{quote}" if chinese else quote
        return {"lead": lead, "text": text, "evidence": [{"quote": quote, "paragraph": number}], "derived": []}

    def ours(lead: str, text: str) -> dict[str, Any]:
        return {"lead": lead, "text": text, "evidence": [], "derived": []}

    heads = ("新在哪里", "输入", "训练", "推理", "可借鉴", "提醒", "作者承认") if chinese else (
        "What is new", "What goes in", "How it is trained", "How it runs", "Worth knowing", "A warning", "Admitted",
    )  # fmt: skip
    new, first, second, third, known, warning, admitted = heads
    gap = ours("没有交代", "没有给出计算开销。") if chinese else ours("Not told", "The cost is not stated.")
    if abstract:
        return {
            "verdict": _advice(chinese), "contribution": [stated(new)], "methodology": [stated(first)], "results": [],
            "takeaway": [stated(known)], "limitations": [gap], "ideas": [],
        }  # fmt: skip
    idea = (
        ours("换到视频", "把同一个训练目标用到视频修复上，看相邻帧是否更稳定。")
        if chinese
        else ours("Carry it to video", "Train the same objective on video frames and see if neighbours agree.")
    )
    return {
        "verdict": _advice(chinese),
        "contribution": [stated(new)],
        "methodology": [stated(first), stated(second), stated(third)],
        "results": results(asked.passages),
        "takeaway": [stated(known), stated(warning)],
        "limitations": [stated(admitted), gap],
        "ideas": [idea],
    }


_ROW = re.compile(r'(?P<table>Table [\w.]+), row "(?P<row>[^"]*)": (?P<cells>.+)')


def _advice(chinese: bool) -> dict[str, str]:
    why = "方法可以直接对照，证据来自论文自己的实验。" if chinese else "The method can be compared at once."
    return {"action": "read", "section": "", "why": why}


def results(passages: list[str]) -> list[dict[str, Any]]:
    """Up to two results: the last row of a table against the row before it, by column.

    Of the first table with two rows or more whose columns match.
    """
    tables: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for found in filter(None, map(_ROW.search, passages)):
        pairs = [cell.rpartition(" ") for cell in found["cells"].split("; ")]
        values = {column: value for column, _, value in pairs if column and re.fullmatch(r"-?[\d.]+", value)}
        tables.setdefault(found["table"], []).append((found["row"], values))
    for table, rows in tables.items():
        if len(rows) < 2:
            continue
        (other, theirs), (own, values) = rows[-2:]
        shared = [column for column in values if column in theirs][:2]
        if shared:
            return [
                {
                    "what": column, "ours": values[column], "other": theirs[column], "other_name": other, "dataset": "",
                    "evidence": [
                        {"table": table, "row": own, "column": column, "value": values[column]},
                        {"table": table, "row": other, "column": column, "value": theirs[column]},
                    ],
                }
                for column in shared
            ]  # fmt: skip
    return []


def quote_of(passage: str) -> str:
    """The first words of a passage, without the section's name."""
    text = passage.partition(") ")[2] or passage
    return " ".join(text.split()[:14])


def repairs(asked: Asked) -> dict[str, Any]:
    """Every statement that is complained of is given up."""
    last = joined_text(asked.body["messages"][-1]["content"])
    numbers = [int(n) for n in re.findall(r"(?m)^(\d+)\. \(", last)]
    return {"statements": [{"number": n, "lead": "", "text": "", "evidence": [], "derived": []} for n in numbers]}


def talk(asked: Asked) -> dict[str, Any] | str:
    """Fills a given schema, says the token if asked and shown it, else nothing of use."""
    schema = ((asked.body.get("output_config") or {}).get("format") or {}).get("schema")
    if schema and not asked.plain:
        return dict.fromkeys(schema["properties"], "Hello.")
    if "What is the token?" in asked.user:
        shown = re.search(r"The token is (\w+)", asked.user)
        return shown[1] if shown else "none"
    return "I can only say what the text says."


def answers(asked: Asked) -> str:
    """A sentence on the passage that shares most words with the question; else `[P0]`."""
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
    """The text as content blocks.

    Where citations are on, one block for each run of marks, cited as the API does.
    """
    if not asked.cited or asked.task != "answer":
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
    return {"type": "content_block_location", "cited_text": asked.blocks[index], "file_id": None, **where}


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
    if asked.task == "repair":
        return repairs(asked)
    bodies = [passage.partition(") ")[2] or passage for passage in asked.passages]
    copied = [
        {"lead": body[:60], "text": body[:2500], "evidence": [{"quote": quote_of(passage), "paragraph": n}]}
        for n, (body, passage) in enumerate(zip(bodies, asked.passages, strict=True), 1)
    ]
    summary = {"lead": text[:60], "text": "\n\n".join(bodies)[:2500], "evidence": []}
    row = {
        "what": text[:60],
        "ours": bodies[0][:60],
        "other": text[:60],
        "other_name": text[:60],
        "dataset": text[:60],
    }
    return {
        "verdict": {"action": "read", "section": text, "why": text[:2500] or "Read it."},
        "contribution": copied[:6], "methodology": copied[:6],
        "results": [row | {"evidence": [{"quote": quote_of(asked.passages[0]), "paragraph": 1}]}],
        "takeaway": [summary, *copied[:3]], "limitations": [summary], "ideas": [summary],
    }  # fmt: skip


DEFAULTS: dict[str, Callable[[Asked], dict[str, Any] | str]] = {
    "score": score,
    "deepdive": sections,
    "repair": repairs,
    "answer": answers,
}
"""Task -> its answer; any other task gets `talk`."""

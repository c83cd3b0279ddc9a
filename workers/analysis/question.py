"""What a model is sent for one question: the rules, the paper, the turns of its thread. And what it cites, checked.

What comes first never changes from question to question, so that the service can keep it: no date, name or channel.
"""

import json
from collections.abc import Sequence
from typing import Any, Protocol

import prompts
from workers.analysis.marks import ABSTRACT, Passage
from workers.analysis.prices import count
from workers.analysis.replies import visible
from workers.papers import Paper

PAPER_TOKENS = 80_000
"""Tokens of the paper that are sent, by `prices.count`: Haiku 5.5 costs five times as much above 100,000 in all."""

HISTORY, TURN_MAX = 6, 4_000
"""Earlier turns of the thread that are sent, and characters of each question and answer."""

TITLE_MAX, AUTHORS_MAX = 200, 50
"""Characters of the document's title, and authors that are named."""


class Told(Protocol):
    """An earlier question of the thread and what was answered (`store.threads.Turn`)."""

    @property
    def question(self) -> str:
        """What was asked."""

    @property
    def answer(self) -> str:
        """What was answered, as it was shown."""


def within(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages that have words, from the first on, as many as PAPER_TOKENS hold."""
    kept: list[Passage] = []
    room = PAPER_TOKENS
    for passage in passages:
        room -= count(_shown(passage))
        if room < 0 and kept:
            break
        if passage.text.strip():
            kept.append(passage)
    return tuple(kept)


def body_of(
    question: str, paper: Paper, passages: Sequence[Passage], turns: Sequence[Told], *, native: bool
) -> dict[str, Any]:
    """System prompt and messages. `native`: the service takes documents and records citations itself."""
    about = {"title": visible(paper.title), "authors": [visible(a) for a in paper.authors[:AUTHORS_MAX]]}
    head = json.dumps(about | {"categories": list(paper.categories)}, ensure_ascii=False)
    shown = within(passages)
    if native:
        given = f"The paper is the document above. What else is known of it, as JSON:\n\n{head}"
    else:
        lines = (f"[P{n}] {json.dumps(_shown(p), ensure_ascii=False)}" for n, p in enumerate(shown, 1))
        given = "\n\n".join([head, *lines])
    told = [(visible(t.question[:TURN_MAX]), visible(t.answer[:TURN_MAX])) for t in turns]
    told = [(asked, said) for asked, said in told if asked.strip() and said.strip()][-HISTORY:]
    asked = [*(a for a, _ in told), visible(question)]
    system, first = prompts.load("answer").render(read=_read_of(passages, shown), paper=given, question=asked[0])
    opening: Any = [_document(paper, shown), {"type": "text", "text": first}] if native else first
    messages = [{"role": "user", "content": opening}]
    for (_, said), again in zip(told, asked[1:], strict=True):
        messages += [{"role": "assistant", "content": said}, {"role": "user", "content": again}]
    body: dict[str, Any] = {"system": system, "messages": messages}
    return body | ({"output_config": {"effort": "low"}} if native else {})


def text_of(body: dict[str, Any]) -> str:
    """All words of a body, for an estimate of its tokens."""
    found: list[str] = [body["system"]]
    for message in body["messages"]:
        content: Any = message["content"]
        blocks: list[Any] = [{"text": content}] if isinstance(content, str) else content
        for block in blocks:
            found += [b["text"] for b in (block["source"]["content"] if "source" in block else [block])]
    return "\n".join(found)


def with_marks(block: Any, shown: Sequence[Passage]) -> str:
    """A text block of the reply with marks for its citations; one that does not quote what we sent is none."""
    cited: dict[int, None] = {}
    for found in getattr(block, "citations", None) or ():
        if getattr(found, "type", "") == "content_block_location" and found.document_index == 0:
            span = range(max(0, found.start_block_index), min(found.end_block_index, len(shown)))
            sent = "".join("".join(_shown(shown[i]).split()) for i in span)
            if sent and sent == "".join(found.cited_text.split()):
                cited |= dict.fromkeys(i + 1 for i in span)
    text = str(block.text)
    bare = text.rstrip(" \n\t.!?。！？,;:，；：\"'”’)）")
    run = "".join(f"[P{n}]" for n in cited)
    return f"{bare} {run}{text[len(bare) :]}" if run and bare else text


def _shown(passage: Passage) -> str:
    """A passage as the model reads it: its section's name, so that "section 3" can be found, and the text."""
    return f"({visible(passage.where)}) {visible(passage.text)}"


def _read_of(passages: Sequence[Passage], shown: Sequence[Passage]) -> str:
    if all(p.where.casefold() == ABSTRACT.casefold() for p in shown):
        return "title and abstract only, not the full text"
    most = sum(bool(p.text.strip()) for p in passages)
    return "the full text" if len(shown) == most else f"the first {len(shown)} of its {most} paragraphs"


def _document(paper: Paper, shown: Sequence[Passage]) -> dict[str, Any]:
    return {
        "type": "document",
        "source": {"type": "content", "content": [{"type": "text", "text": _shown(p)} for p in shown]},
        "title": visible(paper.title)[:TITLE_MAX] or paper.id,
        "citations": {"enabled": True},
        "cache_control": {"type": "ephemeral", "ttl": "5m"},
    }

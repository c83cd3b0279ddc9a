"""The first part of a prompt: the rules, and a paper's numbered paragraphs.

A deep dive and the questions after it begin with the same bytes (system prompt, document, its citation switch,
effort), so that a service with a cache reads the paper once. Hence no date, name, profile or channel stands before
the task.
"""

import json
from collections.abc import Sequence
from typing import Any

import prompts
from workers.analysis.budget import Usage
from workers.analysis.grounding.citations import ABSTRACT, Passage
from workers.analysis.grounding.evidence.numbered_paper import shown
from workers.analysis.prices import count, prompt_tokens
from workers.analysis.schema import visible
from workers.models import Paper

TITLE_MAX, AUTHORS_MAX, TITLES_MAX = 200, 50, 50
"""Characters of the document's title, authors that are named, and sections named that were not read."""

WHOLE = 0.9
"""Share of the article that was read from which on it is called the full text."""

EFFORT = "medium"
"""Of both tasks: another one for either would make it read the paper anew (notes on caching)."""

CACHE_TTL = "5m"
"""How long a service keeps the paper; another question within that time is likelier than 27 in 100, the break-even."""

REACHED = 0.5
"""Least share of the prompt's estimated tokens that the service must have counted: some servers drop a document
without a word and answer from nothing (notes on compatible servers)."""

PAPER_LOST = "paper_lost"
"""Class of failure: the service did not see the paper."""


def opening(
    paper: Paper, passages: Sequence[Passage], task: str, *, native: bool, keep: bool, prompt: str = "paper"
) -> tuple[str, list[dict[str, Any]]]:
    """System prompt, and content of the first user turn: the paper, then the `task`.

    `native`: the service takes documents and records citations itself. `keep`: ask it to cache the paper, which costs a
    quarter more now and saves nearly all of it with the next call. `prompt`: `papers` where they are of several.
    """
    lines = [f"[P{n}] {json.dumps(shown(p), ensure_ascii=False)}" for n, p in enumerate(passages, 1)]
    system, text = prompts.load(prompt).render(paper="" if native else "\n\n".join(lines))
    first = _document(paper, passages, keep=keep) if native else {"type": "text", "text": text}
    return system, [first, {"type": "text", "text": task}]


def known_of(paper: Paper) -> str:
    """What is known of the paper beside its text, for the task."""
    about = {"title": visible(paper.title), "authors": [visible(a) for a in paper.authors[:AUTHORS_MAX]]}
    head = json.dumps(about | {"categories": list(paper.categories)}, ensure_ascii=False)
    return f"What else is known of the paper, as JSON:\n\n{head}"


def read_of(
    passages: Sequence[Passage], left_out: Sequence[str] = (), coverage: float = 1.0, missing: Sequence[str] = ()
) -> str:
    """How much of the paper `passages` are, for the task.

    `left_out`: titles of sections there was no room for; `coverage`: share of the article that could be read, 0 to 1;
    `missing`: names of what could not.
    """
    if all(p.where.casefold() == ABSTRACT.casefold() for p in passages):
        return "title and abstract only, not the full text"
    said = "the full text"
    if coverage < WHOLE:
        said = f"about {coverage:.0%} of the text; the rest could not be read"
        said += f" (not read: {_titles(missing)})" if missing else ""
        said += ', so write "in the part that was read" where you say that something is not told'
    return f"{said} without all or parts of these sections: {_titles(left_out)}" if left_out else said


def _titles(titles: Sequence[str]) -> str:
    return json.dumps([visible(title)[:TITLE_MAX] for title in titles[:TITLES_MAX]], ensure_ascii=False)


def text_of(body: dict[str, Any]) -> str:
    """All words of a body, for an estimate of its tokens."""
    system = body["system"]
    found: list[str] = [system] if isinstance(system, str) else [block["text"] for block in system]
    for message in body["messages"]:
        content: Any = message["content"]
        blocks: list[Any] = [{"text": content}] if isinstance(content, str) else content
        for block in blocks:
            found += [b["text"] for b in (block["source"]["content"] if "source" in block else [block])]
    return "\n".join(found)


def lost(used: Usage | None, body: dict[str, Any]) -> bool:
    """True where the service counted too few tokens for the paper to be among them.

    A count below what surely arrived, the words around the paper, is of new tokens only (a server that keeps prefixes
    and does not say so) and tells nothing.
    """
    counted = prompt_tokens(used) if used else 0
    around = count(text_of(without_paper(body)))
    return REACHED * around <= counted < REACHED * count(text_of(body)) and counted > 0


def without_paper(body: dict[str, Any]) -> dict[str, Any]:
    """The body of a call without the paper.

    The paper is the first block of the first turn.
    """
    first, *others = body["messages"]
    content: Any = first["content"]
    rest = content[1:] if isinstance(content, list) else content
    return {**body, "messages": [{**first, "content": rest}, *others]}


def numbered(number: int, passage: Passage) -> str:
    """A passage as a block of a document.

    With its number, as the lines of a text have it.
    """
    return f"[P{number}] {shown(passage)}"


def _document(paper: Paper, passages: Sequence[Passage], *, keep: bool) -> dict[str, Any]:
    blocks = [{"type": "text", "text": numbered(n, p)} for n, p in enumerate(passages, 1)]
    document = {
        "type": "document",
        "source": {"type": "content", "content": blocks},
        "title": visible(paper.title)[:TITLE_MAX] or paper.id,
        "citations": {"enabled": True},
    }
    return document | ({"cache_control": {"type": "ephemeral", "ttl": CACHE_TTL}} if keep else {})

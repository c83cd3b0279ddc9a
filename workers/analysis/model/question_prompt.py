"""The prompt of a question (paper, earlier turns, question), and its citations."""

from collections.abc import Sequence
from typing import Any, Protocol

import prompts
from workers.analysis.grounding.citations import Passage
from workers.analysis.grounding.evidence.numbered_paper import PaperContext
from workers.analysis.model.paper_prompt import EFFORT, known_of, numbered, opening, read_of
from workers.analysis.schema import visible

HISTORY, TURN_MAX = 6, 4_000
"""Earlier turns of the thread that are sent, and characters of each question and answer."""


_CLOSE = "\"'”’)）"
"""What closes a quotation or an aside: a mark stands behind it."""


class EarlierTurn(Protocol):
    """An earlier question of the thread and what was answered (`store.threads.Turn`)."""

    @property
    def question(self) -> str:
        """What was asked."""

    @property
    def answer(self) -> str:
        """What was answered, as it was shown."""


def body_of(question: str, given: PaperContext, turns: Sequence[EarlierTurn], *, native: bool) -> dict[str, Any]:
    """System prompt and messages.

    `native`: the service takes documents and records citations itself.
    """
    told = [(visible(t.question[:TURN_MAX]), visible(t.answer[:TURN_MAX])) for t in turns]
    told = [(asked, said) for asked, said in told if asked.strip() and said.strip()][-HISTORY:]
    asked = [*(a for a, _ in told), visible(question)]
    read, known = (
        read_of(given.passages, given.grounds.left_out, given.grounds.coverage, given.grounds.missing),
        known_of(given.paper),
    )
    if given.several:
        _, task = prompts.load("answer_papers").render(read=given.paper.title, question=asked[0])
    else:
        _, task = prompts.load("answer").render(read=read, known=known, question=asked[0])
    prompt = "papers" if given.several else "paper"
    system, content = opening(given.paper, given.passages, task, native=native, keep=not given.several, prompt=prompt)
    messages: list[dict[str, Any]] = [{"role": "user", "content": content}]
    for (_, said), again in zip(told, asked[1:], strict=True):
        messages += [{"role": "assistant", "content": said}, {"role": "user", "content": again}]
    body: dict[str, Any] = {"system": system, "messages": messages}
    return body | ({"output_config": {"effort": EFFORT}} if native else {})


def with_marks(block: Any, sent: Sequence[Passage]) -> str:
    """A text block of the reply with marks for its citations.

    A citation that does not quote what we sent gets none.
    """
    cited: dict[int, None] = {}
    for found in getattr(block, "citations", None) or ():
        if getattr(found, "type", "") == "content_block_location" and found.document_index == 0:
            span = range(max(0, found.start_block_index), min(found.end_block_index, len(sent)))
            text = "".join("".join(numbered(i + 1, sent[i]).split()) for i in span)
            if text and text == "".join(found.cited_text.split()):
                cited |= dict.fromkeys(i + 1 for i in span)
    text = str(block.text)
    bare = text.rstrip(" \n\t.!?。！？,;:，；：\"'”’)）")
    run, end = "".join(f"[P{n}]" for n in cited), text[len(bare) :]
    close, stop = "".join(c for c in end if c in _CLOSE), "".join(c for c in end if c not in _CLOSE)
    return f"{bare}{close} {run}{stop}" if run and bare else text

"""A round-up as one message: a table on Slack, lines on Telegram.

Telegram's tables hold no links.
"""

from itertools import groupby
from typing import Any

from workers.models import Part
from workers.models.roundup import Roundup
from workers.render.slack.blocks import pieces
from workers.render.slack.digest import MAX_TEXT, Packer, context, escaped, header
from workers.render.telegram.text import TelegramText
from workers.render.text.nodes import Span, Table
from workers.render.text.sanitize import clean_inline
from workers.render.text.truncate import shortened
from workers.words import Words, words

MAX_TITLE = 120
"""Characters of a paper's title in a line."""


def part_of(found: Roundup, platform: str, title: str, language: str) -> Part:
    """The message. `title`: the digest's own."""
    w = words(language)
    head = w.say("roundup_title", title=clean_inline(title), first=found.first.isoformat(), last=found.last.isoformat())
    facts = [w.say("roundup_papers", n=found.papers), w.say("roundup_votes", n=found.votes)]
    told = w.comma.join([*facts, w.say("roundup_questions", n=found.questions)])
    write = _slack if platform == "slack" else _telegram
    return Part(key="roundup", payload=write(found, head, told, w))


def _slack(found: Roundup, head: str, told: str, w: Words) -> dict[str, Any]:
    rows = [tuple((Span(w[f"roundup_column_{name}"], bold=True),) for name in ("why", "paper", "count"))]
    for line in found.lines:
        name = Span(shortened(line.title, MAX_TITLE), href=line.url)
        rows.append(((Span(w[f"roundup_{line.why}"]),), (name,), (Span(w.say(f"roundup_{line.why}_n", n=line.n)),)))
    packer = Packer()
    packer.block(header(f"🗓 {head}"))
    packer.block(context(told))
    for piece in pieces([Table(tuple(rows))]):
        packer.piece(piece)
    return {
        "text": escaped(shortened(head, MAX_TEXT)),
        "blocks": packer.messages()[0],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _telegram(found: Roundup, head: str, told: str, w: Words) -> dict[str, Any]:
    draft = TelegramText()
    draft.add(Span(f"🗓 {head}", bold=True), Span(f"\n{told}\n"))
    for why, lines in groupby(found.lines, key=lambda line: line.why):
        draft.add(Span("\n"))
        draft.heading(w[f"roundup_{why}"])
        for line in lines:
            name = Span(shortened(line.title, MAX_TITLE), href=line.url)
            draft.add(Span("• "), name, Span(f" — {w.say(f'roundup_{why}_n', n=line.n)}\n"))
    text, entities = draft.messages()[0]
    return {"text": text, "entities": entities, "link_preview_options": {"is_disabled": True}}

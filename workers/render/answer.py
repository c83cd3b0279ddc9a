"""An answer as messages: its text, what must be known about it, and the places in the paper it stands on.

A model's words pass through the tree (`ast`), so nothing in them links, mentions or commands; links to places are made
by the caller from what it knows of the paper. What is shown while an answer is still being written is as harmless, only
plainer.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from workers.models import LOCAL, Part
from workers.render.slack.blocks import Piece, inline, pieces
from workers.render.slack.digest import MAX_TEXT, Packer, context, escaped
from workers.render.telegram.text import Draft, Entity
from workers.render.text.markdown_ast import parse
from workers.render.text.nodes import Block, Paragraph, Span, Spans, flat, plain
from workers.render.text.sanitize import clean_inline, clean_text
from workers.render.text.truncate import shortened, units
from workers.words import words

MAX_PLACES = 8
"""Places named in the last line; an answer of six sentences has fewer."""

UNLABELLED = ("no_text",)
"""`Answer.error`s whose text says everything."""

_LINKING = re.compile(r"!?\[([^\]\n]*)\]\(")
_LAST_WORD = re.compile(r"[!-~]*\Z")

Link = Callable[[str], str]


class Cited(Protocol):
    """One place (`analysis.marks.Cite`)."""

    @property
    def passage(self) -> str:
        """Id of the passage."""

    @property
    def where(self) -> str:
        """Its section, for people."""


class AnswerView(Protocol):
    """What is shown of an answer (`analysis.answer.Answer`)."""

    @property
    def text(self) -> str:
        """Markdown."""

    @property
    def by(self) -> str:
        """Model id, or `local`."""

    @property
    def error(self) -> str | None:
        """Why no model wrote it."""

    @property
    def matched(self) -> bool:
        """False where no passage has a word of the question."""

    @property
    def cites(self) -> Sequence[Cited]:
        """Places in order."""

    @property
    def uncited(self) -> int:
        """Sentences that name no place."""

    @property
    def false_quotes(self) -> int:
        """Quotations that stand nowhere and lost their marks."""

    @property
    def missing_numbers(self) -> Sequence[str]:
        """Numbers that are not in the paper."""

    @property
    def language(self) -> str:
        """Of the labels."""


def nowhere(_passage: str) -> str:
    """No passage has a link."""
    return ""


def slack_parts(answer: AnswerView, key: str, *, parent: str | None = None, link: Link = nowhere) -> list[Part]:
    """The messages: `key`, then `key:1` … where it is long, all in the thread of `parent`.

    `link`: URL of a passage by its id, or "". A payload is what `chat.postMessage` takes beside channel and thread.
    """
    packer, blocks = Packer(), _blocks(answer)
    if label := _label(answer):
        packer.block(context(label))
    for piece in pieces(blocks):
        for part in piece.as_text() if piece.kind == "table" else [piece]:
            packer.piece(part)
    if places := _places(answer, link):
        packer.piece(Piece("section", inline(places), units(plain(places))))
    if doubts := _doubts(answer):
        packer.block(context(doubts))
    text = escaped(shortened(" ".join(" ".join(plain(flat(block)) for block in blocks).split()), MAX_TEXT))
    fixed: dict[str, Any] = {"text": text, "unfurl_links": False, "unfurl_media": False}
    return [
        Part(key=f"{key}:{n}" if n else key, parent=parent, payload={**fixed, "blocks": message})
        for n, message in enumerate(packer.messages())
    ]


def telegram_parts(answer: AnswerView, key: str, *, parent: str | None = None, link: Link = nowhere) -> list[Part]:
    """The messages: `key` replies to `parent`, what does not fit goes on in `key:1` …, which reply to `key`.

    A payload is what `sendMessage` takes beside the chat.
    """
    draft = Draft()
    if label := _label(answer):
        draft.add(Span(label, italic=True), Span("\n"))
        draft.glued.add(len(draft.text))
    draft.blocks(_blocks(answer))
    if places := _places(answer, link):
        draft.add(Span("\n"), *places)
    if doubts := _doubts(answer):
        draft.add(Span("\n"), Span(doubts, italic=True))
    fixed = {"link_preview_options": {"is_disabled": True}}
    return [
        Part(
            key=f"{key}:{n}" if n else key,
            parent=key if n else parent,
            payload={"text": text, "entities": entities, **fixed, **({"disable_notification": True} if n else {})},
        )
        for n, (text, entities) in enumerate(draft.messages())
    ]


def live_markdown(text: str) -> str:
    """An unfinished text as Markdown for a Slack stream: no links, mentions or HTML, no word that may still grow."""
    whole = _LAST_WORD.sub("", text)
    return _LINKING.sub(r"[\1] (", clean_text(whole)).replace("<", "＜").replace("&", "＆")


def live_message(text: str) -> tuple[str, list[Entity]]:
    """An unfinished text for Telegram, its last message where it is long; ("", []) while there is nothing to show."""
    draft = Draft()
    draft.blocks(parse(text))
    messages = draft.messages()
    return messages[-1] if messages else ("", [])


def _blocks(answer: AnswerView) -> tuple[Block, ...]:
    return parse(answer.text) or (Paragraph((Span(words(answer.language).nothing_written, italic=True),)),)


def _label(answer: AnswerView) -> str:
    return label_of(answer.language, answer.error, matched=answer.matched) if answer.by == LOCAL else ""


def label_of(language: str, error: str | None, *, matched: bool) -> str:
    """What must be known of an answer that no model wrote: why, and which passages stand in (`Answer.matched`)."""
    w = words(language)
    if error in UNLABELLED:
        return ""
    why = w.answer_no_model if error in (None, "no_model") else w.variant("answer_model", error)
    return f"{why}{w.answer_best if matched else w.answer_first}"


def doubts_of(language: str, uncited: int, false_quotes: int, missing_numbers: Sequence[str]) -> str:
    """What of a model's answer code did not find in the paper; '' where there is nothing to tell."""
    w = words(language)
    told = [w.say("doubt_uncited", n=uncited)] if uncited else []
    told += [w.say("doubt_quotes", n=false_quotes)] if false_quotes else []
    missing = w.comma.join(clean_inline(n) for n in missing_numbers[:MAX_PLACES])
    told += [w.say("doubt_numbers", numbers=missing)] if missing else []
    return f"⚠️ {w.semicolon.join(told)}" if told else ""


def _doubts(answer: AnswerView) -> str:
    return doubts_of(answer.language, answer.uncited, answer.false_quotes, answer.missing_numbers)


def _places(answer: AnswerView, link: Link) -> Spans:
    """The last line: each place once, linked where the caller can."""
    places: dict[str, str] = {}
    for cite in answer.cites:
        places.setdefault(clean_inline(cite.where), link(cite.passage))
    if not places or (answer.by == LOCAL and not any(places.values())):  # quotes name their place themselves
        return ()
    return tuple(_line(places, answer.language))


def _line(places: dict[str, str], language: str) -> Iterator[Span]:
    w = words(language)
    before, _, after = w.say("answer_from", where="\n").partition("\n")
    yield Span(f"📎 {before}", italic=True)
    for n, (where, url) in enumerate(list(places.items())[:MAX_PLACES]):
        yield Span(w.comma if n else "", italic=True)
        yield Span(where, italic=True, href=url or None)
    yield Span(after if len(places) <= MAX_PLACES else f"{w.comma}…{after}", italic=True)

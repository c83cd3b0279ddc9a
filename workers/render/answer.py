"""Renders an answer as messages, with its labels and places in the paper.

A model's words pass through the tree (`ast`), so nothing in them links, mentions or commands; links to places are made
by the caller from what it knows of the paper. What is shown while an answer is still being written is as harmless, only
plainer.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from workers.models import LOCAL, Part
from workers.render.slack.blocks import Piece, inline, pieces
from workers.render.slack.digest import MAX_PLAIN, MAX_TEXT, Packer, context, escaped
from workers.render.telegram.text import Entity, TelegramText
from workers.render.text.latex import tex_text
from workers.render.text.markdown_ast import parse
from workers.render.text.nodes import Block, Paragraph, Span, Spans, flat, plain
from workers.render.text.sanitize import clean_inline, clean_text
from workers.render.text.truncate import excerpt, sentences_with, shortened, units
from workers.words import words

MAX_PLACES = 8
"""Places named in the last line; an answer of six sentences has fewer."""

WORDS_MAX = 240
"""Characters of a passage's words that are shown."""

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

    @property
    def quote(self) -> str:
        """The passage's own words."""

    @property
    def number(self) -> int:
        """Of its place in the text (`[1]`); 0: the text has none."""


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
    def by_day(self) -> bool:
        """True where papers of a day were chosen by words and scores."""

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
    def misplaced_numbers(self) -> Sequence[str]:
        """Numbers that stand elsewhere than where they are cited."""

    @property
    def misread_numbers(self) -> Sequence[str]:
        """Numbers of another cell, with the cell."""

    @property
    def unsure_numbers(self) -> Sequence[str]:
        """Numbers of a table whose grid was guessed."""

    @property
    def wrong_sums(self) -> Sequence[str]:
        """Sums that do not come out, with what does."""

    @property
    def judged(self) -> int:
        """Sentences that a second model compared with what they cite."""

    @property
    def unborne(self) -> Sequence[str]:
        """Those that what they cite does not bear out."""

    @property
    def contradicted(self) -> Sequence[str]:
        """Those that what they cite contradicts."""

    @property
    def language(self) -> str:
        """Of the labels."""


def nowhere(_passage: str) -> str:
    """No passage has a link."""
    return ""


def slack_parts(
    answer: AnswerView, key: str, *, parent: str | None = None, link: Link = nowhere, head: str = ""
) -> list[Part]:
    """Build the Slack messages: `key`, then `key:1` …, all in the thread of `parent`.

    `link`: URL of a passage by its id, or ""; `head`: a line above it.
    A payload is what `chat.postMessage` takes beside channel and thread.
    """
    packer, blocks = Packer(), _blocks(answer)
    for line in filter(None, (head, _label(answer))):
        packer.block(context(line))
    for piece in pieces(blocks):
        for part in piece.as_text() if piece.kind == "table" else [piece]:
            packer.piece(part)
    if doubts := doubts_of(answer):
        packer.block(context(doubts))
    if places := _places(answer, link):
        packer.piece(Piece("section", inline(places), units(plain(places))))
    if quoted := "\n".join(_words(answer)):
        packer.block(context(shortened(quoted, MAX_PLAIN)))
    text = escaped(shortened(" ".join(" ".join(plain(flat(block)) for block in blocks).split()), MAX_TEXT))
    fixed: dict[str, Any] = {"text": text, "unfurl_links": False, "unfurl_media": False}
    return [
        Part(key=f"{key}:{n}" if n else key, parent=parent, payload={**fixed, "blocks": message})
        for n, message in enumerate(packer.messages())
    ]


def telegram_parts(
    answer: AnswerView, key: str, *, parent: str | None = None, link: Link = nowhere, head: str = ""
) -> list[Part]:
    """Build the Telegram messages: `key` replies to `parent`, `key:1` … to `key`.

    A payload is what `sendMessage` takes beside the chat.
    """
    draft = TelegramText()
    for line in filter(None, (head, _label(answer))):
        draft.add(Span(line, italic=True), Span("\n"))
        draft.glued.add(len(draft.text))
    draft.blocks(_blocks(answer))
    if doubts := doubts_of(answer):
        draft.add(Span("\n"), Span(doubts, italic=True), Span("\n"))
    if folded := _folded(answer, link):
        draft.add(Span("\n"))
        draft.quote([Paragraph(spans) for spans in folded])
    elif places := _places(answer, link):
        draft.add(Span("\n"), *places)
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
    """Return an unfinished text for Slack, without links, HTML or its last word."""
    whole = _LAST_WORD.sub("", text)
    return _LINKING.sub(r"[\1] (", clean_text(whole)).replace("<", "＜").replace("&", "＆")


def live_message(text: str) -> tuple[str, list[Entity]]:
    """Return the last message of an unfinished text; ("", []) while it is empty."""
    draft = TelegramText()
    draft.blocks(parse(text))
    messages = draft.messages()
    return messages[-1] if messages else ("", [])


def _blocks(answer: AnswerView) -> tuple[Block, ...]:
    return parse(answer.text) or (Paragraph((Span(words(answer.language).nothing_written, italic=True),)),)


def _label(answer: AnswerView) -> str:
    how = {"matched": answer.matched, "by_day": answer.by_day}
    return label_of(answer.language, answer.error, **how) if answer.by == LOCAL else ""


def label_of(language: str, error: str | None, *, matched: bool, by_day: bool = False) -> str:
    """Say why no model wrote the answer, and which passages stand in for it."""
    w = words(language)
    if error in UNLABELLED:
        return ""
    why = w.answer_no_model if error in (None, "no_model") else w.variant("answer_model", error)
    if by_day:
        return f"{why} {w.answer_by_day}" if why.isascii() else f"{why}{w.answer_by_day}"
    return f"{why}{w.answer_best if matched else w.answer_first}"


def doubts_of(answer: AnswerView) -> str:
    """List what of a model's answer is not borne out; '' where all of it is."""
    w = words(answer.language)

    def named(texts: Sequence[str], most: int = MAX_PLACES) -> str:
        return str(w.comma.join(clean_inline(text) for text in texts[:most]))

    told = [w.say("doubt_uncited", n=answer.uncited)] if answer.uncited else []
    told += [w.say("doubt_quotes", n=answer.false_quotes)] if answer.false_quotes else []
    lists = {
        "doubt_numbers": answer.missing_numbers,
        "doubt_misplaced": answer.misplaced_numbers,
        "doubt_misread": answer.misread_numbers,
        "doubt_unsure": answer.unsure_numbers,
    }
    told += [w.say(name, numbers=named(found)) for name, found in lists.items() if found]
    told += [w.say("doubt_sums", sums=named(answer.wrong_sums))] if answer.wrong_sums else []
    doubted = len(answer.unborne) + len(answer.contradicted)
    if doubted > max(1, answer.judged / 2):
        told.append(w.say("doubt_many", n=doubted, all=answer.judged))
    else:
        judged = {"doubt_contradicted": answer.contradicted, "doubt_unborne": answer.unborne}
        told += [w.say(name, sentences=named([f"“{s}”" for s in found])) for name, found in judged.items() if found]
    return f"⚠️ {w.semicolon.join(told)}" if told else ""


def _numbered(answer: AnswerView) -> dict[int, list[Cited]]:
    """Number of a place -> its passages; the first MAX_PLACES."""
    found: dict[int, list[Cited]] = {}
    for cite in answer.cites:
        if cite.number and answer.by != LOCAL:
            found.setdefault(cite.number, []).append(cite)
    return dict(list(found.items())[:MAX_PLACES])


def _words(answer: AnswerView) -> Iterator[str]:
    """Yield each place's words, a line each; then that a second model compared them."""
    for number, cites in _numbered(answer).items():
        near, quotes = sentences_with(answer.text, f"[{number}]"), (clean_inline(tex_text(c.quote)) for c in cites)
        yield f"[{number}] " + " ".join(f"“{excerpt(quote, near, WORDS_MAX)}”" for quote in quotes)
    if _numbered(answer) and answer.judged:
        yield str(words(answer.language).answer_judged)


def _folded(answer: AnswerView, link: Link) -> list[Spans]:
    """Return each place with its words, linked where possible, to be folded away."""
    rows: list[Spans] = []
    for (number, cites), line in zip(_numbered(answer).items(), _words(answer), strict=False):
        where = Span(clean_inline(cites[0].where), href=link(cites[0].passage) or None)
        rows.append((Span(f"[{number}] "), where, Span(f": {line.partition(' ')[2]}")))
    if rows and len({c.number for c in answer.cites}) > len(rows):
        rows.append((Span("…"),))
    return [*rows, (Span(words(answer.language).answer_judged),)] if rows and answer.judged else rows


def _places(answer: AnswerView, link: Link) -> Spans:
    """The last line: each place once, linked where the caller can."""
    places: dict[str, str] = {}
    for cite in answer.cites:
        number = f"[{cite.number}] " if cite.number else ""
        places.setdefault(f"{number}{clean_inline(cite.where)}", link(cite.passage))
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

"""A digest as Telegram messages: the quick view, then one for each pick."""

from typing import Any

from workers.models import Digest, Part
from workers.paper_ids.paper_key import worn
from workers.render.digest import DigestDocument, DigestEntry, page
from workers.render.telegram.text import Entity, TelegramText, lines
from workers.render.text.nodes import Paragraph, Span


def messages(digest: Digest, *, arxiv_url: str) -> list[Part]:
    """Return the parts in posting order: `quick`, then `pick:<id>` for each pick.

    What does not fit goes on in `<key>:<n>`. `arxiv_url`: base of `/abs` and `/pdf`.
    A part's payload is what `sendMessage` takes beside the chat: text and entities, and no preview but a figure.
    Only the quick view rings.
    """
    view = page(digest, arxiv_url=arxiv_url)
    parts = _parts("quick", _quick(view), silent=False)
    for entry in view.entries:
        picked = _parts(f"pick:{worn(entry.id)}", _pick(entry, view), silent=True)
        parts += (
            [_with_figure(picked[0], entry.figure.image), *picked[1:]]
            if entry.figure and entry.figure.image
            else picked
        )
    return parts


def _with_figure(part: Part, image: str) -> Part:
    """Show a figure below the message as its link preview.

    Where Telegram cannot fetch it, there is none.
    """
    preview = {"url": image, "prefer_large_media": True}
    return part.model_copy(update={"payload": {**part.payload, "link_preview_options": preview}})


def _parts(key: str, draft: TelegramText, *, silent: bool) -> list[Part]:
    return [
        Part(
            key=f"{key}:{n}" if n else key, parent=key if n else None, payload=_payload(text, entities, silent or n > 0)
        )
        for n, (text, entities) in enumerate(draft.messages())
    ]


def _payload(text: str, entities: list[Entity], silent: bool) -> dict[str, Any]:
    payload: dict[str, Any] = {"text": text, "entities": entities, "link_preview_options": {"is_disabled": True}}
    return payload | ({"disable_notification": True} if silent else {})


def _quick(view: DigestDocument) -> TelegramText:
    draft = TelegramText()
    draft.add(Span(f"🚀 {view.title}", bold=True), Span("\n"))
    draft.add(*lines(f"🧪 {view.notice}" if view.notice else "", f"🤖 {view.status}"))
    if view.entries:
        draft.add(Span("\n"))
        draft.heading(view.words.quick_view)
    for entry in view.entries:
        link = Span(entry.title, href=entry.abs_url)
        draft.add(Span(entry.mark), link, Span(f" — {entry.brief}\n"))
    draft.add(Span("\n"))
    draft.heading(view.words.receipt)
    draft.quote([Paragraph((Span("\n".join(view.receipt_lines)),))])
    return draft


def _pick(entry: DigestEntry, view: DigestDocument) -> TelegramText:
    w, draft = view.words, TelegramText()
    draft.add(Span(entry.mark, bold=True), Span(entry.title, bold=True, href=entry.abs_url), Span("\n"))
    if entry.authors:
        draft.add(Span(entry.authors, italic=True), Span("\n"))
    if entry.verdict:
        draft.add(Span(f"🎯 {entry.verdict}", bold=True), Span("\n"))
    draft.add(*lines(entry.warning, entry.why, f"{w.matched}{w.colon}{entry.matched}" if entry.matched else ""))
    draft.add(*entry.relation, *([Span("\n")] if entry.relation else []))
    draft.add(*lines(" · ".join([f"{w.source}{w.colon}{entry.source}", *entry.labels])))
    draft.add(*entry.links(w), Span("\n\n"))
    if entry.advice[0]:
        draft.add(Span(f"📖 {entry.advice[0]}", bold=True), Span(f"{w.colon}{entry.advice[1]}\n\n"))
    for section in entry.sections:
        draft.heading(section.heading)
        if section.places:
            draft.blocks(section.blocks)
            draft.add(*section.places, Span("\n"))
        else:
            draft.quote(section.blocks)
    if entry.evidence:
        draft.heading(w.evidence)
        draft.quote(entry.evidence)
    if entry.figure and entry.figure.image:
        draft.add(*lines(f"🖼 {entry.figure.words}"), Span(entry.figure.credit, italic=True), Span("\n"))
    elif entry.figure:
        draft.add(Span("🖼 "), Span(entry.figure.label, href=entry.figure.url), Span("\n"))
    if entry.footer:
        draft.add(Span("\n".join(entry.footer), italic=True), Span("\n"))
    return draft

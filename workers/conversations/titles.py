"""Finds the paper that somebody names by title; asks back if unsure."""

from typing import Any

from redis import Redis

from workers.conversations.messages import note
from workers.errors import BadInput
from workers.models import Paper, Part
from workers.models.tasks import AskData, PaperData
from workers.paper_ids.in_text import number_in
from workers.paper_ids.paper_key import PaperRef, abs_url, short
from workers.render.buttons import DIVE, TELEGRAM_DATA
from workers.render.digest import kept, title_of
from workers.render.evidence import cut
from workers.render.slack.digest import escaped
from workers.render.text.sanitize import clean_inline
from workers.settings import Settings
from workers.sources import pubmed, semanticscholar
from workers.sources.http.client import HttpClient
from workers.sources.one_paper import crossref
from workers.sources.one_paper.titles import WAY_S, find_title
from workers.store.papers.records import Papers
from workers.store.sources.fetch_state import Fetches
from workers.words import Words

MOST_NAME = 60
"""Characters of an author's and a journal's name in a choice."""

HASH = 40
"""Signs of a number that is Semantic Scholar's."""

CHOICE = "choice"
"""Key of the message that offers papers to choose from."""


class SeveralPapers(BadInput):
    """Papers that a title may mean: the person has to say which."""

    def __init__(self, papers: tuple[Paper, ...], title: str, arxiv_url: str) -> None:
        named = "; ".join(f"{title_of(p)} ({abs_url(p.id, arxiv_url)})" for p in papers)
        super().__init__(f"It is not sure which paper “{title}” is: give the link of one of these: {named}.")
        self.papers, self.title = papers, title


def ref_of(redis: "Redis", settings: Settings, data: PaperData | AskData) -> PaperRef:
    """The paper that a task is about.

    It is the one with its id, its title, or the number that a publisher's link carries.
    Several where that is not sure, BadInput where nobody knows the title, SourceFailed where nobody can be asked.
    """
    title = str(data.get("title", ""))
    if not title:
        return PaperRef(data["id"], data.get("version"))
    http = HttpClient(settings, Fetches(redis))
    if number := number_in(title):
        return _numbered(redis, http, settings, number)
    found = find_title(http, settings, title)
    if not found.papers:
        raise BadInput(f"No paper with the title “{title}” is known: check its words, or give a link.")
    Papers(redis).put_papers(kept(paper) for paper in found.papers)
    if not found.sure:
        raise SeveralPapers(found.papers, title, settings.arxiv_url)
    return PaperRef(found.papers[0].id)


def _numbered(redis: "Redis", http: HttpClient, settings: Settings, number: str) -> PaperRef:
    """The paper of a link's number.

    Semantic Scholar's record only says which it is, others are whole.
    """
    known: list[Paper | None]
    if number.startswith("PMC"):
        known = [pubmed.by_central(http, settings, number, total_s=WAY_S)]
    elif len(number) == HASH:
        known = [semanticscholar.by_name(http, settings, number, total_s=WAY_S)]
    else:
        known = [*crossref.by_number(http, settings, number, total_s=WAY_S)]
    if len(known) != 1 or known[0] is None:
        raise BadInput("That link names no paper that I can tell: give its DOI, or its title.")
    if len(number) != HASH:
        Papers(redis).put_papers([kept(known[0])])
    return PaperRef(known[0].id)


def choice(error: SeveralPapers, w: Words, channel: str, reply_to: str, arxiv_url: str) -> Part:
    """The message that asks which of the papers is meant.

    Each has its link and a button.
    """
    head = w.say("title_several", title=error.title)
    rows = [f"{n}. {_line(paper)}\n{abs_url(paper.id, arxiv_url)}" for n, paper in enumerate(error.papers, 1)]
    part = note(CHOICE, head, channel, reply_to)
    safe = "\n\n".join([part.payload["text"], *rows])
    label = w.button_dive
    if channel.startswith("telegram:"):
        keys = [
            [{"text": f"{n}. {label}", "callback_data": f"{TELEGRAM_DATA[DIVE]}:{short(paper.id)}"}]
            for n, paper in enumerate(error.papers, 1)
        ]
        return part.model_copy(update={"payload": {"text": safe, "reply_markup": {"inline_keyboard": keys}}})
    blocks: list[dict[str, Any]] = [_section(escaped(head))]
    for row, paper in zip(rows, error.papers, strict=True):
        button = {"type": "button", "action_id": DIVE, "value": paper.id, "text": {"type": "plain_text", "text": label}}
        blocks.append(_section(escaped(row)) | {"accessory": button})
    return part.model_copy(update={"payload": {"text": safe, "blocks": blocks}})


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _line(paper: Paper) -> str:
    """`A title (First Author, bioRxiv, 2026)`."""
    year = f"{paper.published:%Y}" if paper.published else ""
    names = [paper.authors[0] if paper.authors else "", paper.venue or ""]
    about = ", ".join(filter(None, [*(cut(clean_inline(name), MOST_NAME) for name in names), year]))
    return f"{title_of(paper)} ({about})" if about else title_of(paper)

"""Reads a paper's full text once, for those who write about it.

It is never a reason to fail.
"""

from collections.abc import Callable

from redis import Redis

from workers.analysis.grounding.evidence.numbered_paper import PaperContext, paper_context
from workers.errors import BadInput, SourceFailed
from workers.models import Paper
from workers.paper_ids.paper_key import PaperRef
from workers.reading.read import abstract_only, read, read_made_up
from workers.render.links import place_url
from workers.settings import Settings
from workers.sources.http.client import HttpClient
from workers.sources.sample_day import SAMPLE
from workers.store.papers.texts import Texts
from workers.store.sources.fetch_state import Fetches


def context_of(redis: "Redis", settings: Settings, paper: Paper, ref: PaperRef | None = None) -> PaperContext:
    """The paper as it goes to an analyst: its full text, else its abstract, labelled.

    The text is from the store or its source.
    `ref`: which version, where one was asked for. The sample day's papers are bundled and never looked for.
    """
    ref = ref or PaperRef(paper.id, paper.version)
    if paper.fictional:
        text = read_made_up(ref, paper, SAMPLE)
    else:
        fetches = Fetches(redis)
        try:
            text = read(ref, HttpClient(settings, fetches), fetches, settings, Texts(redis), paper)
        except (BadInput, SourceFailed):
            text = abstract_only(ref, paper).labelled(["fetch_failed"])
    return paper_context(paper, text, settings.model_paper_tokens)


def links_of(found: PaperContext, settings: Settings) -> Callable[[str], str]:
    """Address of a passage by its id."""
    pages = {p.id: p.page for _, p in found.text.paragraphs()}
    return lambda name: place_url(
        found.text.ref, found.text.read_from, settings.arxiv_url, anchor=name, page=pages.get(name)
    )

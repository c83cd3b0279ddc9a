"""Hugging Face beside its days: what is trending, and the most upvoted of a week."""

import hashlib
import json
from datetime import timedelta
from urllib.parse import urlencode

from workers.errors import SourceFailed
from workers.sources.huggingface import NAME, PAGE, STABLE_S, from_items, pages
from workers.sources.listing.fetch_result import Fetched, GatherRun, signed
from workers.sources.listing.paper_list import Listing
from workers.sources.listing.undated_sources import fetch_sliding, look_at
from workers.sources.spec import SourceSpec
from workers.store.sources.fetch_state import Cached

TRENDING = 15
"""Papers at the head of the trending list where a spec gives no number."""


def fetch(spec: SourceSpec, run: GatherRun) -> Fetched:
    """What is new among the trending papers, or the last complete week's most upvoted."""
    if spec.what == "week":
        return _week(spec, run)
    return fetch_sliding(spec, run, lambda: trending(spec, run), _name(spec, run))


def look(spec: SourceSpec, run: GatherRun) -> None:
    """Note what is trending, for later digests; a week needs no looking at."""
    if spec.what == "trending":
        look_at(run, lambda: trending(spec, run), _name(spec, run))


def trending(spec: SourceSpec, run: GatherRun) -> Listing:
    """The head of the trending list.

    A paper that is older than a week may be on it for the first time.
    """
    query = urlencode({"sort": "trending", "limit": min(spec.top or TRENDING, PAGE)})
    reply = run.http.get(f"{run.settings.hf_endpoint}/api/daily_papers?{query}", name=NAME)
    try:
        items = json.loads(reply.body)
    except (ValueError, RecursionError):
        items = None
    if not isinstance(items, list):
        raise SourceFailed(f"{NAME} sent something that is not a list of papers.", source="huggingface", kind="garbage")
    found = from_items(items, None)
    dateless = tuple(p.model_copy(update={"published": None}) for p in found.papers)
    return Listing(dateless, found.listed, found.skipped)


def _week(spec: SourceSpec, run: GatherRun) -> Fetched:
    """The list of the last week that is over; its Sunday stands for it."""
    end = min(run.upto, run.today - timedelta(days=1)) if run.upto else run.today - timedelta(days=1)
    sunday = end - timedelta(days=(end.weekday() + 1) % 7)
    if sunday in run.covered(spec.text):
        return Fetched(spec.text, asked=False)

    def read(_: Cached | None) -> Cached:
        items = pages(run.http, run.settings, {"week": f"{sunday:%G-W%V}"})
        return Cached(from_items(items, sunday).dump(), run.scope, run.fetches.clock() + STABLE_S)

    listing = Listing.load(run.fetches.once(f"{_name(spec, run)}:{sunday}", run.scope, read))
    return Fetched(spec.text, signed(listing.papers[: spec.top], spec), listing.listed, (sunday,))


def _name(spec: SourceSpec, run: GatherRun) -> str:
    where = hashlib.sha256(run.settings.hf_endpoint.encode()).hexdigest()[:8]
    return f"hf-{spec.what}:{where}:{spec.top or 0}"

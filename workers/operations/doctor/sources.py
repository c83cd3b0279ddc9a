"""Checks the paper sources by reading them, at arXiv's pace."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from redis import Redis

from prompts import Profile
from workers.errors import BadInput, SourceFailed
from workers.operations.doctor.clock import Clock
from workers.operations.doctor.findings import Finding
from workers.settings import Settings
from workers.sources import biorxiv, feed, huggingface, openalex, openreview, pubmed, semanticscholar
from workers.sources.arxiv import feed_and_api as arxiv
from workers.sources.feed_parser import NotAFeed, parse_feed
from workers.sources.http.client import HttpClient, Reply
from workers.sources.listing.fetch_result import GatherRun
from workers.sources.spec import SourceSpec, known
from workers.store.sources.fetch_state import Fetches

PART = "Sources"

KNOWN_PAPER = "1706.03762"
"""A paper that arXiv surely has."""

CHECKS: dict[str, tuple[Callable[[SourceSpec, GatherRun], str], str]] = {
    "biorxiv": (biorxiv.check, "BIORXIV_API_URL"),
    "medrxiv": (biorxiv.check, "BIORXIV_API_URL"),
    "pubmed": (pubmed.check, "PUBMED_API_URL"),
    "openalex": (openalex.check, "OPENALEX_API_URL"),
    "openreview": (openreview.check, "OPENREVIEW_API_URL, OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD"),
    "semanticscholar": (semanticscholar.check, "SEMANTICSCHOLAR_API_URL and SEMANTICSCHOLAR_API_KEY"),
    "feed": (feed.check, "FEED_HOSTS"),
}
"""Kind of a source -> who looks at it, and the setting that may be wrong."""


def sources(settings: Settings, redis: "Redis | None", profiles: list[Profile], clock: Clock) -> Iterator[Finding]:
    """Yield every finding about the sources.

    arXiv is asked three times, three seconds apart, and so takes its time.
    """
    if redis is None:
        yield Finding(PART, "all", "unknown", "not asked: arXiv's pace is kept in Redis, which does not work")
        return
    read = list(_specs(profiles))
    http = HttpClient(settings, Fetches(redis))
    yield _contact(settings)
    if any(spec.kind == "huggingface" for spec in read):
        day = (datetime.now(UTC) - timedelta(days=1)).date()
        url = f"{settings.hf_endpoint}/api/daily_papers?{urlencode({'date': day.isoformat(), 'limit': 1})}"
        yield _ask(http, "Hugging Face", "HF_ENDPOINT", url, _a_list, clock)
    else:
        yield Finding(PART, "Hugging Face", "off", "no profile in use reads it")
    feeds = [category for spec in read if spec.kind == "arxiv" for category in spec.categories]
    if feeds:
        wanted = "+".join(dict.fromkeys(feeds))
        yield _ask(http, "arXiv feed", "ARXIV_FEED_URL", f"{settings.arxiv_feed_url}/{wanted}", _a_feed, clock)
    else:
        yield Finding(PART, "arXiv feed", "off", "no profile in use reads it")
    run = GatherRun.apart(http, http.fetches, settings, datetime.now(UTC))
    yield from (_look(spec, run) for spec in read if spec.kind in CHECKS)
    query = urlencode({"id_list": KNOWN_PAPER, "max_results": 1})
    api = _ask(http, "arXiv API", "ARXIV_API_URL", f"{settings.arxiv_api_url}?{query}", _a_feed, clock)
    pages = _ask(http, "arXiv pages", "ARXIV_URL", f"{settings.arxiv_url}/abs/{KNOWN_PAPER}", _a_page, clock)
    yield _stood_in(api) if api.state == "fail" and pages.state == "ok" else api
    yield pages


def _stood_in(api: Finding) -> Finding:
    """A query API that does not answer: nothing fails for it while the pages do."""
    said = f"{api.said.rstrip('.')}; records of papers are taken from arXiv's abstract pages meanwhile"
    return Finding(PART, api.name, "warn", said, f"nothing while that lasts; if it stays so, {api.todo}")


def _look(spec: SourceSpec, run: GatherRun) -> Finding:
    """What the source's own file finds when it reads a little of it."""
    check, setting = CHECKS[spec.kind]
    name = spec.label
    try:
        return Finding(PART, name, "ok", check(spec, run))
    except SourceFailed as error:
        if error.kind == "rate_limited":
            return Finding(PART, name, "warn", str(error), "nothing: the bot waits by itself and asks again.")
        return Finding(PART, name, "fail", str(error), f"check the network, the profile's spelling and {setting}.")


def _specs(profiles: list[Profile]) -> Iterator[SourceSpec]:
    """What the profiles read; a source that there is not is told with its profile."""
    for text in dict.fromkeys(source for profile in profiles for source in profile.sources):
        with suppress(BadInput):
            yield known(text)


def _contact(settings: Settings) -> Finding:
    if settings.contact:
        return Finding(PART, "contact", "ok", "is in our User-Agent")
    todo = "set CONTACT to a mail address: services can then write instead of blocking."
    return Finding(PART, "contact", "warn", "CONTACT is not set; arXiv asks for one", todo)


def _ask(http: HttpClient, name: str, setting: str, url: str, read: Callable[[Reply], str], clock: Clock) -> Finding:
    """Make one request and tell what came back, in the words of `read`.

    ValueError of `read` says what is wrong with it.
    """
    source = arxiv.NAME if name.startswith(arxiv.NAME) else huggingface.NAME
    try:
        reply = http.get(url, name=source, max_bytes=arxiv.FEED_MAX_BYTES, ok=(200, 400, 404))
    except SourceFailed as error:
        if error.kind == "rate_limited":
            return Finding(PART, name, "warn", str(error), "nothing: the bot waits by itself and asks again.")
        return Finding(PART, name, "fail", str(error), f"check the network and {setting}.")
    clock.heard(source, reply.headers)
    try:
        return Finding(PART, name, "ok", read(reply))
    except ValueError as error:
        todo = f"check {setting}; if it is right, the service is in trouble: look again later."
        return Finding(PART, name, "fail", str(error), todo)


def _a_list(reply: Reply) -> str:
    """Hugging Face's list of yesterday; a day without papers is an answer."""
    try:
        items = json.loads(reply.body) if reply.status == 200 else None
    except (ValueError, RecursionError):
        items = None
    if isinstance(items, list):
        return "answers with a list of papers"
    raise ValueError(f"answers, but not with a list of papers (HTTP {reply.status})")


def _a_feed(reply: Reply) -> str:
    try:
        feed = parse_feed(reply.body)
    except NotAFeed:
        raise ValueError(f"answers, but not with a feed (HTTP {reply.status})") from None
    if reply.status != 200 or str(feed.feed.get("title", "")).startswith("Feed error"):
        raise ValueError("answers, but does not know what a profile asks for: check its categories")
    return f"answers with a feed, {len(feed.entries)} in it"


def _a_page(reply: Reply) -> str:
    """Tell that arXiv answers with a page of a paper; ValueError if it does not.

    404 is an answer of a server that has others (a mirror, a test).
    """
    if b"<html" not in reply.body[:4096].lower():
        raise ValueError(f"answers, but not with a page (HTTP {reply.status})")
    return "answers with pages"

"""Reads arXiv's dated lists: `/list/<category>/new` and `/catchup/…`.

Both say for which day they are and how many papers each section has, so that a page that was not understood can be told
from a quiet day (templates of arXiv's own source, arXiv/arxiv-browse, June 2026).
"""

import re
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from workers.errors import SourceFailed
from workers.models import Paper
from workers.paper_ids import arxiv_id
from workers.settings import Settings
from workers.sources.arxiv.abstract_page import MAX_NOTE, Element, codes, having, parsed, words
from workers.sources.http import robots
from workers.sources.http.client import HttpClient
from workers.sources.http.services import PAGES
from workers.sources.listing.paper_list import MAX_ABSTRACT, MAX_AUTHORS, MAX_TITLE, Listing, tidy
from workers.store.sources.fetch_state import Cached, Fetches

PAGE_BYTES = 16 * 2**20
"""Most bytes of a page: 2,000 entries of about 3 kB with abstracts."""

MAX_PAGES = 3
"""Pages read of one day: new papers and cross-lists come first, 2,000 entries a page."""

KEPT_DAYS = 90
"""Days that `/catchup` goes back."""

ROBOTS_S = 86_400.0
"""Seconds a robots.txt serves (RFC 9309: up to a day)."""

PAGE_S = 20.0
"""Seconds for one page."""

_NEW = re.compile(r"Showing new listings for \w+, (\d{1,2} \w+ \d{4})")
_CATCHUP = re.compile(r"Catchup results for .* on \w+, (\d{1,2} \w+ \d{4})")
_SECTION = re.compile(r"^(New|Cross|Replacement)\b.*?\([^)]*?(\d+) of \d+ entr", re.I)
_TOTAL = re.compile(r"Total of (\d+) entries")
_QUIET = re.compile(r"No (?:further )?updates (?:today|for)")


def read_day(
    http: HttpClient, fetches: Fetches, settings: Settings, category: str, day: date, *, newest: bool, wait_s: float
) -> Listing:
    """New papers and cross-lists of `category` on `day`; empty if none announced.

    `newest`: it is the latest day there is, so that the page of the latest list is tried first. `wait_s`: seconds
    to wait for the pace that robots.txt asks for. SourceFailed as HttpClient.get; kind refused where the setting or
    robots.txt does not allow it, garbage where a page is not what it should be.
    """
    if not settings.arxiv_listings:
        raise _failed("'s dated pages are not to be read (ARXIV_LISTINGS)", "refused")
    latest: Listing | None = None
    failed: SourceFailed | None = None
    if newest:
        try:
            latest = _day(http, fetches, settings, f"/list/{category}/new", _NEW, wait_s)
        except SourceFailed as error:
            if error.kind in ("rate_limited", "connection", "later"):
                raise
            failed = error
        if latest and latest.label == day:
            return latest
    try:
        path = f"/catchup/{category}/{day.isoformat()}?abs=True"
        found = _day(http, fetches, settings, path, _CATCHUP, wait_s)
    except SourceFailed as error:
        if latest and latest.label and latest.label < day:
            return Listing(label=day)  # nothing has been announced since the day before
        raise failed or error from None
    if found.label != day:
        raise failed or _failed(" sent the list of another day", "garbage")
    return found


def rules(http: HttpClient, fetches: Fetches, settings: Settings) -> robots.Rules:
    """The site's robots.txt, kept for ROBOTS_S.

    Where there is none (a status from 400 to 428), or it is too large, all is allowed. SourceFailed where it cannot be
    had otherwise.
    """

    def read(_: Cached | None) -> Cached:
        try:
            url = f"{settings.arxiv_url}/robots.txt"
            reply = http.get(url, name="arXiv", max_bytes=512 * 1024, total_s=PAGE_S, ok=(200, 404, 410))
        except SourceFailed as error:
            if error.kind != "too_large" and not 400 <= int(error.fields.get("status") or 0) < 429:
                raise
            return Cached("", "", fetches.clock() + ROBOTS_S)
        text = reply.body.decode("utf-8", "replace") if reply.status == 200 else ""
        return Cached(text, "", fetches.clock() + ROBOTS_S)

    return robots.parse(str(fetches.once(f"robots:{settings.arxiv_url}", "", read)))


def _day(
    http: HttpClient, fetches: Fetches, settings: Settings, path: str, heading: "re.Pattern[str]", wait_s: float
) -> Listing:
    """All pages of one day's list."""
    papers: dict[str, Paper] = {}
    listed, label = 0, None
    for page in range(1, MAX_PAGES + 1):
        more = "" if page == 1 else f"&page={page}" if "?" in path else f"?skip={listed}&show=2000"
        label, found, entries, total = _page(_got(http, fetches, settings, path + more, wait_s), heading)
        papers |= {p.id: p.model_copy(update={"listed": label}) for p in found}
        listed += entries
        if not entries or listed >= total or len(found) < entries:
            break  # beyond the last, or among the replacements, which come after all that is new
    else:
        raise _failed(" has more papers on that day than are read", "too_large")
    return Listing(tuple(papers.values()), len(papers), 0, label)


def _got(http: HttpClient, fetches: Fetches, settings: Settings, path: str, wait_s: float) -> bytes:
    site = rules(http, fetches, settings)
    if not site.allows(f"{urlsplit(settings.arxiv_url).path}{path}"):
        raise _failed("'s robots.txt does not allow its dated pages", "refused")
    if not fetches.crawl(PAGES, site.delay_s, wait_s):
        raise _failed("'s robots.txt asks for more time between two pages than there is", "later")
    return http.get(f"{settings.arxiv_url}{path}", name="arXiv", max_bytes=PAGE_BYTES, total_s=PAGE_S).body


def _page(body: bytes, heading: "re.Pattern[str]") -> tuple[date, list[Paper], int, int]:
    """(its day, new papers and cross-lists, entries on it, entries of the day).

    SourceFailed where it is not whole.
    """
    root = parsed(body)
    titles = [words(e) for e in root.iter("h1", "h3")] if root is not None else []
    days = [found[1] for title in titles if (found := heading.search(title))]
    if root is None or not days or (day := _date(days[0])) is None:
        raise _failed(" sent something that is not a list of one day", "garbage")
    text = words(root, 10**9)
    papers: list[Paper] = []
    seen = 0
    for block in having_id(root, "articles"):
        section = _SECTION.search(words(block.find(".//h3")))
        entries = list(zip(block.iter("dt"), block.iter("dd"), strict=False))
        if section and len(entries) != int(section[2]):
            raise _failed(" sent a list that was not understood", "garbage")
        seen += len(entries)
        if entries and (section is None or section[1].lower() != "replacement"):
            made = [_paper(dt, dd) for dt, dd in entries]
            if section is None or None in made:
                raise _failed(" sent a list that was not understood", "garbage")
            papers += [paper for paper in made if paper]
    total, quiet = _TOTAL.search(text), _QUIET.search(text)
    if not seen and (not quiet or (total and int(total[1]) and "further" not in quiet[0])):
        raise _failed(" sent a list without papers that does not say why", "garbage")
    return day, papers, seen, int(total[1]) if total else seen


def having_id(root: Element, name: str) -> list[Element]:
    """Elements of that id, all of them: arXiv's lists use one id for each section."""
    return [e for e in root.iter() if isinstance(e.tag, str) and e.get("id") == name]


def _paper(dt: Element, dd: Element) -> Paper | None:
    links = [a.get("href", "") for a in dt.iter("a") if "/abs/" in a.get("href", "")]
    found = arxiv_id.parse(links[0].rpartition("/abs/")[2], date.max) if links else []
    title = _said(dd, "list-title", "Title:", MAX_TITLE)
    if not found or not title:
        return None
    authors = [words(a) for box in having(dd, "list-authors") for a in box.iter("a")]
    abstract = next((words(p, MAX_ABSTRACT) for p in dd.iter("p")), "")
    return Paper(
        id=found[0].base,
        version=found[0].version,
        title=title,
        abstract=abstract,
        authors=tuple(a for a in authors if a)[:MAX_AUTHORS],
        categories=codes(_said(dd, "list-subjects", "Subjects:", MAX_NOTE)),
        comment=_said(dd, "list-comments", "Comments:", MAX_NOTE) or None,
        journal_ref=_said(dd, "list-journal-ref", "Journal-ref:", MAX_NOTE) or None,
    )


def _said(dd: Element, name: str, label: str, limit: int) -> str:
    box = having(dd, name)
    return tidy(words(box[0], limit).removeprefix(label), limit) if box else ""


def _date(text: str) -> date | None:
    for form in ("%d %B %Y", "%d %b %Y"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None


def _failed(what: str, kind: str) -> SourceFailed:
    return SourceFailed(f"arXiv{what}.", source="arxiv", kind=kind)

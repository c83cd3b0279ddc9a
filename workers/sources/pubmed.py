"""PubMed: records entered on a day (`edat`) that a query finds."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from lxml import etree

from workers.errors import SourceFailed
from workers.models import Paper
from workers.paper_ids.paper_key import PaperRef, key_of, made, name_of
from workers.settings import Settings
from workers.sources.http.client import TOTAL_S, HttpClient
from workers.sources.listing.dated_sources import fetch_dated
from workers.sources.listing.fetch_result import Fetched, GatherRun
from workers.sources.listing.names_of_papers import doi_of, identity
from workers.sources.listing.paper_list import MAX_ABSTRACT, MAX_AUTHORS, MAX_TITLE, Listing, tidy
from workers.sources.spec import SourceSpec

NAME = "PubMed"

MOST = 1_000
"""Records taken of one day, the newest: a query that finds more is too wide for a digest."""

BATCH = 100
"""Records per efetch: their ids fit an address (E-utilities guide: post above 200)."""

XML_BYTES = 20 * 2**20
"""Most bytes of a batch; a record with 500 references has 60 kB."""

TOOL = "paperboy"
"""How we call ourselves, as the E-utilities guide asks."""


def fetch(spec: SourceSpec, run: GatherRun) -> Fetched:
    """The records of `spec` entered on the days that the channel has not had."""
    mark = hashlib.sha256(f"{run.settings.pubmed_api_url} {spec.what}".encode()).hexdigest()[:16]
    return fetch_dated(spec, run, lambda day: read_day(spec, run, day), f"pubmed:{mark}")


def read_day(spec: SourceSpec, run: GatherRun, day: date) -> Listing:
    """The records entered on `day` that the query finds.

    SourceFailed as HttpClient.get; garbage where it is no answer.
    """
    count, ids = _search(spec, run, day)
    papers: dict[str, Paper] = {}
    for start in range(0, len(ids), BATCH):
        for paper in _records(run, ids[start : start + BATCH], day):
            papers.setdefault(paper.id, paper)
    if ids and not papers:
        raise _garbage("found records but sent none of them")
    return Listing(tuple(papers.values()), count, max(0, len(ids) - len(papers)), day)


def _search(spec: SourceSpec, run: GatherRun, day: date) -> tuple[int, list[str]]:
    """(how many records there are, the ids of the newest)."""
    asked = f"{day:%Y/%m/%d}"
    query = {"db": "pubmed", "term": spec.what, "datetype": "edat", "mindate": asked, "maxdate": asked}
    body = _get(run.http, run.settings, "esearch.fcgi", query | {"retmode": "json", "retmax": MOST})
    try:
        found = json.loads(body)["esearchresult"]
        if wrong := found.get("ERROR"):
            raise SourceFailed(f"{NAME} refused the query: {tidy(wrong, 200)}.", source="pubmed", kind="refused")
        ids = [str(id) for id in found["idlist"]]
        count = int(found["count"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _garbage("sent something that is not a search's result") from None
    if not all(id.isascii() and id.isdecimal() for id in ids):
        raise _garbage("sent ids that are none")
    return count, ids


def check(spec: SourceSpec, run: GatherRun) -> str:
    """What PubMed says of yesterday, for `doctor`."""
    count, _ = _search(spec, run, run.today - timedelta(days=1))
    return f"answers; the query found {count} of yesterday"


def record(http: HttpClient, settings: Settings, ref: PaperRef, *, total_s: float) -> Paper | None:
    """The record of `ref`, a PubMed id, under that id; None if PubMed has none."""
    found = next(_papers(_get(http, settings, "efetch.fcgi", _wanted([name_of(ref.base)]), total_s), None), None)
    if found is None or found.id == ref.base:
        return found
    others = dict.fromkeys(key for key in (found.key, *found.aliases) if key != key_of(ref.base))
    return found.model_copy(update={"id": ref.base, "aliases": tuple(others)})


def by_central(http: HttpClient, settings: Settings, number: str, *, total_s: float) -> Paper | None:
    """The record of the paper that PubMed Central calls `number`.

    `number`: such as `PMC9876543`. None where PubMed has none of it.
    """
    query = {"dbfrom": "pmc", "db": "pubmed", "linkname": "pmc_pubmed", "retmode": "json"}
    body = _get(http, settings, "elink.fcgi", query | {"id": number.removeprefix("PMC")}, total_s)
    try:
        links = json.loads(body)["linksets"][0].get("linksetdbs") or [{"links": []}]
        found = [str(id) for id in links[0]["links"]]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise _garbage("sent something that is not a list of links") from None
    if len(found) != 1 or not (id := made("pmid", found[0])):
        return None
    return record(http, settings, PaperRef(id), total_s=total_s)


def _records(run: GatherRun, ids: list[str], day: date) -> Iterator[Paper]:
    yield from _papers(_get(run.http, run.settings, "efetch.fcgi", _wanted(ids)), day)


def _wanted(ids: list[str]) -> dict[str, object]:
    return {"db": "pubmed", "id": ",".join(ids), "retmode": "xml", "rettype": "abstract"}


def _papers(body: bytes, day: date | None) -> Iterator[Paper]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise _garbage("sent records that break off or are none") from None
    for article in root.iterfind("PubmedArticle"):
        paper = _paper(article, day)
        if paper:
            yield paper


def _get(
    http: HttpClient, settings: Settings, tool: str, query: Mapping[str, object], total_s: float = TOTAL_S
) -> bytes:
    asked = {**query, "tool": TOOL}
    if settings.contact:
        asked["email"] = settings.contact
    if key := settings.pubmed_api_key.get_secret_value():
        asked["api_key"] = key
    url = f"{settings.pubmed_api_url}/{tool}?{urlencode(asked, safe=',/')}"
    return http.get(url, name=NAME, max_bytes=XML_BYTES, total_s=total_s).body


def _paper(article: etree._Element, day: date | None) -> Paper | None:
    pmid = tidy(article.findtext("MedlineCitation/PMID"), 20)
    about = article.find("MedlineCitation/Article")
    if about is None or not pmid.isdecimal():
        return None
    title = _words(about.find("ArticleTitle")) or _words(about.find("VernacularTitle"))
    title = title.removeprefix("[").removesuffix("].").removesuffix("]") if title.startswith("[") else title
    if not title:
        return None
    ids = {i.get("IdType"): i.text for i in article.iterfind("PubmedData/ArticleIdList/ArticleId")}
    doi = doi_of(ids.get("doi")) or next((doi_of(e.text) for e in about.iterfind("ELocationID[@EIdType='doi']")), "")
    parts = []
    for part in about.iterfind("Abstract/AbstractText"):
        label, words = tidy(part.get("Label"), 100), _words(part)
        parts.append(f"{label.capitalize()}: {words}" if label and label != "UNLABELLED" else words)
    return Paper(
        **identity(doi=doi, url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/", own=f"pmid:{pmid}"),
        title=tidy(title, MAX_TITLE).removesuffix("."),
        abstract=tidy(" ".join(filter(None, parts)), MAX_ABSTRACT),
        authors=tuple(_authors(about))[:MAX_AUTHORS],
        published=_entered(article),
        venue=tidy(about.findtext("Journal/ISOAbbreviation") or about.findtext("Journal/Title"), MAX_TITLE) or None,
        listed=day,
    )


def _authors(about: etree._Element) -> Iterator[str]:
    for author in about.iterfind("AuthorList/Author"):
        given = tidy(author.findtext("ForeName") or author.findtext("Initials"), 200)
        name = f"{given} {tidy(author.findtext('LastName'), 200)}".strip()
        if name := name or _words(author.find("CollectiveName")):
            yield name


def _entered(article: etree._Element) -> datetime | None:
    """When it was entered into PubMed: the only date of a record that is no wish."""
    for when in article.iterfind("PubmedData/History/PubMedPubDate"):
        if when.get("PubStatus") in ("entrez", "pubmed"):
            try:
                year, month, day = (int(when.findtext(part) or "") for part in ("Year", "Month", "Day"))
                return datetime(year, month, day, tzinfo=UTC)
            except ValueError:
                continue
    return None


def _words(element: etree._Element | None) -> str:
    return " ".join("".join(str(t) for t in element.itertext()).split()) if element is not None else ""


def _garbage(what: str) -> SourceFailed:
    return SourceFailed(f"{NAME} {what}.", source="pubmed", kind="garbage")

"""A strict double of arXiv.

Announcement feeds, the query API, pages, dated lists, OAI-PMH; and of DataCite.

Feeds and replies of the query API have the shape of recorded ones; everything else is made from documentation (see
`arxiv_pages`). The manners are those of 2026: 429 for asking too fast, 406 without an Accept header, HTTP 400 with an
Atom error entry for a malformed id, unknown ids silently missing; a path that robots.txt forbids is refused, and so is
a day that `/catchup` does not have.
"""

import hashlib
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from xml.sax.saxutils import escape

from aiohttp import web

from tests.doubles import arxiv_pages as pages
from tests.doubles.arxiv_search import ARXIV_QUERY, DATACITE_QUERY, REGISTERED, TITLE, titled
from tests.doubles.base import Double, Handler

PACE_S = 3.0
"""Seconds between the starts of two requests (terms of use)."""

ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?")
OPEN = (
    '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" '
    'xmlns="http://www.w3.org/2005/Atom">'
)
XML = "<?xml version='1.0' encoding='UTF-8'?>\n"
LICENSE = "http://creativecommons.org/licenses/by/4.0/"


@dataclass
class Item:
    """One paper as arXiv knows it."""

    id: str
    title: str = ""
    abstract: str = "We restore images.\n  It works."
    version: int = 1
    kind: str = "new"
    """new, cross, replace or replace-cross."""
    categories: tuple[str, ...] = ("cs.CV",)
    authors: tuple[str, ...] = ("Ada Example", "Bo Sample")
    license: str = LICENSE
    published: str = "2026-01-21T09:00:00Z"
    comment: str = ""
    journal_ref: str = ""
    extra: dict[str, str] = field(default_factory=dict)


def make_item(id: str, title: str = "", **fields: object) -> Item:
    """One paper; see `Item`."""
    return Item(id, title or f"On the Restoration of {id}", **fields)  # type: ignore[arg-type]


def make_feed(
    items: Iterable[Item], categories: str = "cs.CV", day: date = date(2026, 1, 23), atom: bool = True
) -> bytes:
    """The announcement feed of `day` with `items`, as Atom or RSS 2.0."""
    space = 'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    title = f"{categories} updates on arXiv.org"
    if atom:
        head = (
            f'{XML}<feed {space} xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">\n'
            f"<id>http://rss.arxiv.org/atom/{categories}</id><title>{title}</title>"
            f"<updated>{day}T05:00:04.866337+00:00</updated><subtitle>{title}</subtitle>\n"
        )
        return (head + "".join(_atom(i, day) for i in items) + "</feed>").encode()
    stamp = day.strftime("%a, %d %b %Y 00:00:00 -0500")
    head = (
        f'{XML}<rss {space} version="2.0"><channel><title>{title}</title><link>http://rss.arxiv.org/rss/{categories}</link>'
        f"<description>{title}</description><lastBuildDate>{day:%a, %d %b %Y} 05:00:04 +0000</lastBuildDate>"
        f"<pubDate>{stamp}</pubDate><skipDays><day>Saturday</day><day>Sunday</day></skipDays>\n"
    )
    return (head + "".join(_rss(i, stamp) for i in items) + "</channel></rss>").encode()


def _shared(item: Item) -> str:
    return (
        f"<arxiv:announce_type>{item.kind}</arxiv:announce_type><dc:rights>{item.license}</dc:rights>"
        f"<dc:creator>{escape(', '.join(item.authors))}</dc:creator>"
    )


def _lead(item: Item) -> str:
    return escape(f"arXiv:{item.id}v{item.version} Announce Type: {item.kind} \nAbstract: {item.abstract}")


def _atom(item: Item, day: date) -> str:
    tags = "".join(f'<category term="{c}"/>' for c in item.categories)
    return (
        f"<entry><id>oai:arXiv.org:{item.id}v{item.version}</id><title>{escape(item.title)}</title>"
        f'<link href="https://arxiv.org/abs/{item.id}" rel="alternate" type="text/html"/>'
        f"<summary>{_lead(item)}</summary>{tags}<published>{day}T00:00:00-05:00</published>{_shared(item)}</entry>\n"
    )


def _rss(item: Item, stamp: str) -> str:
    tags = "".join(f"<category>{c}</category>" for c in item.categories)
    return (
        f"<item><title>{escape(item.title)}</title><link>https://arxiv.org/abs/{item.id}</link>"
        f"<description>{_lead(item)}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{item.id}v{item.version}</guid>'
        f"{tags}<pubDate>{stamp}</pubDate>{_shared(item)}</item>\n"
    )


class Arxiv(Double):
    """arXiv's feeds, query API and pages.

    `announced`: the day's items. `papers`: what the query API and the pages know (base id -> Item).
    """

    def __init__(self, announced: Iterable[Item] = (), papers: Iterable[Item] = ()) -> None:
        super().__init__()
        self.announced = list(announced)
        self.papers = {i.id: i for i in papers}
        self.day = date(2026, 1, 23)
        self.raw: dict[str, bytes] = {}
        """Feed bodies served as they are: categories as asked for -> bytes."""
        self.html: dict[str, bytes] = {}
        self.pdf: dict[str, bytes] = {}
        self.days: dict[date, list[Item]] = {}
        """What was announced on each day, for dated lists and OAI-PMH; none given: `announced` on `day`."""
        self.robots: str | None = pages.ROBOTS
        self.oai_page = 1_000
        """Records of a page of ListRecords."""
        self.known = {"cs.CV", "cs.LG", "cs.CL", "cs.AI", "eess.IV", "stat.ML"}
        self.strict_pace = False
        self._last = float("-inf")
        self._open = 0

    @property
    def api_url(self) -> str:
        """For ARXIV_API_URL."""
        return f"{self.url}/api/query"

    @property
    def oai_url(self) -> str:
        """For ARXIV_OAI_URL."""
        return f"{self.url}/oai"

    @property
    def datacite_url(self) -> str:
        """For DATACITE_URL."""
        return f"{self.url}/datacite"

    def announced_on(self) -> dict[date, list[Item]]:
        """Day -> items, as far as announced; see `days`."""
        return self.days or {self.day: self.announced}

    def today(self) -> date:
        """The latest day that a dated list can be of."""
        return max(self.announced_on())

    def routes(self) -> list[web.RouteDef]:
        paths = {
            "/api/query": self._query, "/atom/{cats}": self._feed, "/rss/{cats}": self._feed,
            "/abs/{id:.+}": self._abs, "/html/{id:.+}": self._html, "/pdf/{id:.+}": self._pdf,
            "/list/{cat}/new": self._new, "/catchup/{cat}/{day}": self._catchup, "/robots.txt": self._robots,
            "/oai": self._oai,
        }  # fmt: skip
        routes = [web.get(path, self._mannered(handler)) for path, handler in paths.items()]
        return [
            *routes,
            web.get("/datacite/dois/{doi:.+}", self._datacite),
            web.get("/datacite/dois", self._registered),
        ]

    def _mannered(self, handler: Handler) -> Handler:
        async def inner(request: web.Request) -> web.StreamResponse:
            now, before = time.monotonic(), self._last
            self._last = now
            if self.strict_pace and (now - before < PACE_S or self._open):
                return web.Response(status=429, text="Rate exceeded.")
            if not request.headers.get("Accept"):
                return web.Response(status=406, text="Not Acceptable")
            if request.path.startswith(("/list", "/catchup")) and self._forbidden(request.path):
                return web.Response(status=403, text="Forbidden by robots.txt")
            self._open += 1
            try:
                return await handler(request)
            finally:
                self._open -= 1

        return inner

    def _forbidden(self, path: str) -> bool:
        """By plain prefixes, of which the longer decides."""
        rules = re.findall(r"^(Allow|Disallow): *(\S+)", self.robots or "", re.M)
        fits = sorted((len(start), kind) for kind, start in rules if path.startswith(start))
        return bool(fits) and fits[-1][1] == "Disallow"

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        cats = request.match_info["cats"]
        if cats in self.raw:
            body = self.raw[cats]
        else:
            asked = cats.split("+")
            if not {c.casefold() for c in asked} <= {c.casefold() for c in self.known}:
                error = f"<title>Feed error for query: {escape(cats)}</title><id>{escape(cats)}</id>"
                return _xml(f"{XML}{OPEN}{error}</feed>".encode(), 400)
            mine = [i for i in self.announced if set(i.categories) & set(asked)]
            body = make_feed(mine, cats, self.day, atom="/atom/" in request.path)
        tag = f'"{hashlib.md5(body).hexdigest()}"'
        stamp = {"ETag": tag, "Last-Modified": "Fri, 23 Jan 2026 05:00:04 GMT", "Cache-Control": "max-age=40000"}
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers=stamp)
        response = _xml(body)
        response.headers.update(stamp)
        return response

    async def _query(self, request: web.Request) -> web.StreamResponse:
        if "search_query" in request.query:
            found = titled(self.papers.values(), request.query, TITLE, ARXIV_QUERY)
            if found is None:
                return web.Response(status=400, text="Malformed query")
            limit = int(request.query.get("max_results", 10))
            entries = "".join(_result(item) for item in found[:limit])
            return _xml(f"{XML}{OPEN}<title>arXiv Query</title>{_counts(len(found), limit)}{entries}</feed>".encode())
        if set(request.query) - {"id_list", "max_results", "start"} or not request.query.get("id_list"):
            return web.Response(status=400, text="this double serves id_list only")
        ids = request.query["id_list"].split(",")
        for ref in ids:
            if not ID.fullmatch(ref):
                where, why = f"https://arxiv.org/api/errors#bad_{ref}", f"incorrect id format for {ref}"
                entry = f"<id>{escape(where)}</id><title>Error</title><summary>{escape(why)}</summary>"
                head = f"{XML}{OPEN}<title>arXiv Search Results</title>{_counts(1, 1)}"
                return _xml(f"{head}<entry>{entry}</entry></feed>".encode(), 400)
        found = [(m := ID.fullmatch(ref)) and self.papers.get(m[1]) for ref in ids]
        limit = int(request.query.get("max_results", 10))
        there = [i for i in found if i]
        body = "".join(_result(i) for i in there[:limit])
        title = f"<title>arXiv Query: search_query=&amp;id_list={','.join(ids)}</title>"
        return _xml(f"{XML}{OPEN}{title}{_counts(len(there), limit)}{body}</feed>".encode())

    async def _abs(self, request: web.Request) -> web.StreamResponse:
        item = self._item(request)
        if item is None:
            return web.Response(status=404, text="<html><body>not found</body></html>", content_type="text/html")
        return web.Response(text=pages.make_abs(item), content_type="text/html")

    async def _robots(self, request: web.Request) -> web.StreamResponse:
        if self.robots is None:
            return web.Response(status=404, text="not found")
        return web.Response(text=self.robots)

    async def _new(self, request: web.Request) -> web.StreamResponse:
        category = request.match_info["cat"]
        if set(request.query) - {"skip", "show"} or not self._has(category):
            return web.Response(status=404, text="no such list")
        day = max(d for d in self.announced_on() if d <= self.today())
        return web.Response(text=pages.make_list(self._of(category, day), category, day), content_type="text/html")

    async def _catchup(self, request: web.Request) -> web.StreamResponse:
        category, said = request.match_info["cat"], request.match_info["day"]
        try:
            day = date.fromisoformat(said)
        except ValueError:
            return web.Response(status=400, text="Invalid date format. Use format: YYYY-MM-DD")
        ago = self.today() - day
        wrong = set(request.query) - {"abs", "page"} or request.query.get("abs", "False") not in ("True", "False")
        if wrong or not self._has(category) or len(said) != 10 or not timedelta(-1) <= ago <= timedelta(91):
            return web.Response(status=400, text="Invalid parameters")
        items = self._of(category, day) if request.query.get("page", "1") == "1" else []
        text = pages.make_catchup(items, category, day, abstracts=request.query.get("abs") == "True")
        return web.Response(text=text, content_type="text/html")

    def _has(self, category: str) -> bool:
        return category in self.known or category in {c.partition(".")[0] for c in self.known}

    def _of(self, category: str, day: date) -> list[Item]:
        """Items of a category or archive on a day, by what they are to it."""
        found = []
        for item in self.announced_on().get(day, []):
            home, *rest = (c == category or c.startswith(f"{category}.") for c in item.categories)
            if home or any(rest):
                kind = "cross" if item.kind in ("new", "cross") and not home else item.kind
                found.append(replace(item, kind=kind))
        return found

    async def _oai(self, request: web.Request) -> web.StreamResponse:
        query = dict(request.query)
        stamps = [(item, day) for day, items in sorted(self.announced_on().items()) for item in items]
        stamped = {item.id: (item, day) for item, day in stamps} | {
            i.id: (i, date.fromisoformat(i.published[:10])) for i in self.papers.values()
        }
        verb, token = query.pop("verb", ""), query.pop("resumptionToken", "")
        if verb == "GetRecord" and set(query) == {"identifier", "metadataPrefix"}:
            found = stamped.get(query["identifier"].removeprefix("oai:arXiv.org:"))
            text = pages.make_oai(verb, [found]) if found else pages.make_oai_error("idDoesNotExist")
        elif verb == "ListRecords" and (token or {"metadataPrefix", "set", "from", "until"} == set(query)):
            spec, day, start = token.split("|") if token else (query["set"], query["from"], "0")
            category = spec.split(":", 1)[1].replace(":", ".") if ":" in spec else spec
            mine = [(i, d) for i, d in stamps if d.isoformat() == day and category in i.categories]
            page, more = mine[int(start) : int(start) + self.oai_page], int(start) + self.oai_page
            after = f"{spec}|{day}|{more}" if more < len(mine) else "" if token else None
            text = pages.make_oai(verb, page, after) if page else pages.make_oai_error("noRecordsMatch")
        else:
            text = pages.make_oai_error("badArgument")
        return web.Response(body=text.encode(), content_type="text/xml", charset="utf-8")

    async def _datacite(self, request: web.Request) -> web.StreamResponse:
        item = self.papers.get(request.match_info["doi"].removeprefix("10.48550/arXiv."))
        if item is None:
            return web.json_response({"errors": [{"status": "404", "title": "Not found."}]}, status=404)
        return web.Response(body=pages.make_datacite(item), content_type="application/vnd.api+json")

    async def _registered(self, request: web.Request) -> web.StreamResponse:
        found = titled(self.papers.values(), request.query, REGISTERED, DATACITE_QUERY)
        if found is None:
            return web.json_response({"errors": [{"status": "400", "title": "Bad request."}]}, status=400)
        return web.Response(body=pages.make_found(found), content_type="application/vnd.api+json")

    async def _html(self, request: web.Request) -> web.StreamResponse:
        ref = request.match_info["id"]
        item = self._item(request)
        page = self.html.get(ref) or (self.html.get(item.id) if item else None)
        if page is None:
            text = f"<!DOCTYPE html><html lang='en'><body><h1>No HTML for '{escape(ref)}'</h1></body></html>"
            return web.Response(status=404, text=text, content_type="text/html")
        return web.Response(body=page, content_type="text/html")

    async def _pdf(self, request: web.Request) -> web.StreamResponse:
        item = self._item(request)
        body = self.pdf.get(request.match_info["id"]) or (self.pdf.get(item.id) if item else None)
        if body is None:
            return web.Response(status=404, text="not found")
        return web.Response(body=body, content_type="application/pdf")

    def _item(self, request: web.Request) -> Item | None:
        match = ID.match(request.match_info["id"])
        return self.papers.get(match[1]) if match else None


def _xml(body: bytes, status: int = 200) -> web.Response:
    return web.Response(status=status, body=body, content_type="application/atom+xml", charset="utf-8")


def _counts(total: int, page: int) -> str:
    return (
        f"<opensearch:itemsPerPage>{page}</opensearch:itemsPerPage>"
        f"<opensearch:totalResults>{total}</opensearch:totalResults><opensearch:startIndex>0</opensearch:startIndex>"
    )


def _result(item: Item) -> str:
    tags = "".join(f'<category term="{c}" scheme="http://arxiv.org/schemas/atom"/>' for c in item.categories)
    names = "".join(f"<author><name>{escape(a)}</name></author>" for a in item.authors)
    comment = f"<arxiv:comment>{escape(item.comment)}</arxiv:comment>" if item.comment else ""
    comment += f"<arxiv:journal_ref>{escape(item.journal_ref)}</arxiv:journal_ref>" if item.journal_ref else ""
    return (
        f"<entry><id>http://arxiv.org/abs/{item.id}v{item.version}</id><title>{escape(item.title)}</title>"
        f"<updated>{item.published}</updated><summary>{escape(item.abstract)}</summary>{tags}"
        f"<published>{item.published}</published>{comment}"
        f'<arxiv:primary_category term="{item.categories[0]}"/>{names}</entry>\n'
    )

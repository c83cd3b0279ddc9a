"""A strict double of journals' feeds.

RSS 1.0 as Nature's, RSS 2.0 as Elsevier's and PLOS's, Atom.

Every feed is made, in the forms that those publishers' feeds have: HTML and a lead line in summaries, advertisements
and corrections among the papers, no dates, no DOIs. Answers a conditional GET, and 406 to a client without `Accept`.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from xml.sax.saxutils import escape

from aiohttp import web

from tests.doubles.base import Double


@dataclass
class Item:
    """One entry. Empty fields are left out of the feed."""

    title: str
    doi: str = ""
    link: str = ""
    day: date | None = None
    summary: str = ""
    """As the publisher has it, with its HTML."""
    authors: tuple[str, ...] = ("Ada Example", "Bo Sample")


@dataclass
class Feed:
    """One journal's feed."""

    title: str = "Journal of Examples"
    form: str = "rdf"
    """rdf, rss or atom."""
    items: list[Item] = field(default_factory=list)
    encoding: str = "UTF-8"


class Journals(Double):
    """`feeds`: path (without the slash before it) -> feed."""

    def __init__(self, feeds: dict[str, Feed] | None = None) -> None:
        super().__init__()
        self.feeds = feeds or {}

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/{path:.+}", self._feed)]

    async def _feed(self, request: web.Request) -> web.Response:
        feed = self.feeds.get(request.match_info["path"])
        if feed is None:
            return web.Response(status=404, text="<html><body>Not found</body></html>", content_type="text/html")
        if "Accept" not in request.headers:
            return web.Response(status=406)
        body = _whole(feed).encode(feed.encoding)
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        self.accepted(request)
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        kind = "application/atom+xml" if feed.form == "atom" else "application/rss+xml"
        return web.Response(body=body, headers={"ETag": etag, "Content-Type": kind})


def _whole(feed: Feed) -> str:
    head = f'<?xml version="1.0" encoding="{feed.encoding}"?>\n'
    name = escape(feed.title)
    items = "\n".join(_ITEM[feed.form](item, feed) for item in feed.items)
    if feed.form == "rdf":
        spaces = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        channel = (
            f'<channel rdf:about="http://feeds.example/1"><title>{name}</title><link>http://j.example</link></channel>'
        )
        return f"{head}<!-- made --><rdf:RDF {spaces} {_SPACES}>{channel}{items}</rdf:RDF>"
    if feed.form == "rss":
        return f'{head}<rss version="2.0" {_SPACES}><channel><title>{name}</title>{items}</channel></rss>'
    return f'{head}<feed xmlns="http://www.w3.org/2005/Atom"><title>{name}</title><id>urn:1</id>{items}</feed>'


_SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
)


def _rdf(item: Item, feed: Feed) -> str:
    link = item.link or f"https://journal.example/articles/{item.doi.rpartition('/')[2]}"
    parts = [f"<title><![CDATA[{item.title}]]></title>", f"<link>{escape(link)}</link>"]
    if item.summary:
        parts.append(f"<content:encoded><![CDATA[{item.summary}]]></content:encoded>")
    parts += [f"<dc:creator>{escape(a)}</dc:creator>" for a in item.authors]
    if item.doi:
        parts += [f"<dc:identifier>doi:{item.doi}</dc:identifier>", f"<prism:doi>{item.doi}</prism:doi>"]
    if item.day:
        parts.append(f"<dc:date>{item.day.isoformat()}</dc:date>")
    parts.append(f"<prism:publicationName>{escape(feed.title)}</prism:publicationName>")
    return f'<item rdf:about="{escape(link)}">{"".join(parts)}</item>'


def _rss(item: Item, feed: Feed) -> str:
    parts = [f"<title>{escape(item.title)}</title>", f"<link>{escape(item.link)}</link>" if item.link else ""]
    parts.append(f"<guid isPermaLink='false'>{escape(item.link or item.title)}</guid>")
    parts.append(f"<description>{escape(item.summary)}</description>" if item.summary else "")
    parts.append(f"<dc:identifier>{item.doi}</dc:identifier>" if item.doi else "")
    parts.append(f"<pubDate>{item.day:%a, %d %b %Y} 05:00:00 GMT</pubDate>" if item.day else "")
    return f"<item>{''.join(parts)}</item>"


def _atom(item: Item, feed: Feed) -> str:
    names = "".join(f"<author><name>{escape(a)}</name></author>" for a in item.authors)
    link = f'<link rel="alternate" href="{escape(item.link)}"/>' if item.link else ""
    when = f"<updated>{item.day.isoformat()}T05:00:00Z</updated>" if item.day else ""
    return (
        f"<entry><title>{escape(item.title)}</title>{link}<id>{escape(item.doi or item.link)}</id>{names}{when}"
        f'<summary type="html">{escape(item.summary)}</summary></entry>'
    )


_ITEM = {"rdf": _rdf, "rss": _rss, "atom": _atom}

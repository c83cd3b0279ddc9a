"""A channel's papers as Atom, RSS 2.0 and JSON Feed 1.1."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from workers.models import Digest
from workers.render.digest import DigestEntry, page
from workers.render.site.pages import entry_html

Item = dict[str, Any]

MOST_ITEMS = 100
"""Items of a feed: some three weeks of a busy channel."""


def feed(kind: str, name: str, title: str, digests: Sequence[Digest], *, arxiv_url: str) -> str:
    """A feed: `atom`, `rss` or `json`.

    `digests`: newest first; `name`: the channel's folder, which stays.
    """
    items = [item for digest in digests for item in _items(name, digest, arxiv_url)][:MOST_ITEMS]
    made = max((item["at"] for item in items), default=datetime(2000, 1, 1, tzinfo=UTC))
    if kind == "atom":
        return _atom(name, title, items, made)
    return _rss(title, items, made, arxiv_url) if kind == "rss" else _json(title, items)


def _items(name: str, digest: Digest, arxiv_url: str) -> list[Item]:
    view = page(digest, arxiv_url=arxiv_url, chat=False)
    at = digest.made or datetime(digest.date.year, digest.date.month, digest.date.day, tzinfo=UTC)

    def item(entry: DigestEntry) -> Item:
        return {
            "id": f"urn:paperboy:{name}:{entry.id}",
            "title": entry.title,
            "url": entry.abs_url,
            "html": entry_html(entry),
            "at": at.astimezone(UTC),
            "authors": entry.authors,
        }

    return [item(entry) for entry in view.entries]


def _atom(name: str, title: str, items: list[Item], made: datetime) -> str:
    rows = "".join(
        f"<entry><id>{escape(item['id'])}</id><title>{escape(item['title'])}</title>"
        f"<link href={quoteattr(item['url'])}/><updated>{_stamp(item['at'])}</updated>"
        f"<author><name>{escape(item['authors'] or title)}</name></author>"
        f'<content type="html">{escape(item["html"])}</content></entry>'
        for item in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>urn:paperboy:{escape(name)}</id><title>{escape(title)}</title><updated>{_stamp(made)}</updated>"
        f'<link rel="self" href="feed.atom"/>{rows}</feed>\n'
    )


def _rss(title: str, items: list[Item], made: datetime, link: str) -> str:
    rows = "".join(
        f'<item><guid isPermaLink="false">{escape(item["id"])}</guid><title>{escape(item["title"])}</title>'
        f"<link>{escape(item['url'])}</link><pubDate>{format_datetime(item['at'])}</pubDate>"
        f"<description>{escape(item['html'])}</description></item>"
        for item in items
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>{escape(title)}</title>'
        f"<link>{escape(link)}</link><description>{escape(title)}</description>"
        f"<lastBuildDate>{format_datetime(made)}</lastBuildDate>{rows}</channel></rss>\n"
    )


def _json(title: str, items: list[Item]) -> str:
    found = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "items": [
            {
                "id": item["id"],
                "url": item["url"],
                "title": item["title"],
                "content_html": item["html"],
                "date_published": _stamp(item["at"]),
                "authors": [{"name": item["authors"]}] if item["authors"] else [],
            }
            for item in items
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")

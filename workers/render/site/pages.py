"""Pages of the web archive: a channel's days with search, one page a day."""

import json
from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from workers.models import Digest
from workers.render.digest import DigestEntry, page, title_of
from workers.render.site.assets import SCRIPT, STYLE
from workers.render.site.blocks import html, inline
from workers.render.text.sanitize import clean_inline
from workers.words import Words, words

MOST_PER_CHANNEL = 5_000
"""Papers that a channel's page can search: some two megabytes."""


def day_name(digest: Digest) -> str:
    """File name of a day's page."""
    return f"{digest.date.isoformat()}-{digest.profile}{'-sample' if digest.sample else ''}.html"


def channel_page(title: str, digests: Sequence[Digest], language: str) -> str:
    """A channel's first page. `digests`: newest first."""
    w = words(language)
    rows, papers = [], []
    for digest in digests:
        titles = ""
        for number, pick in enumerate(digest.picks):
            name, href = title_of(pick.paper), f"{day_name(digest)}#item-{number}"
            score = pick.score.effective
            about = " · ".join([digest.date.isoformat(), *([f"{score}/100"] if score is not None else [])])
            said = " ".join(
                [name, *pick.paper.authors, pick.score.why, pick.analysis.contribution, pick.paper.abstract]
            )
            papers.append({"title": name, "about": about, "href": href, "text": clean_inline(said).lower()})
            titles += f'<a href="{href}">{escape(name)}</a>'
        count = w.say("site_papers", n=len(digest.picks))
        rows.append(
            f'<li><a href="{day_name(digest)}">{digest.date.isoformat()}</a> <span class="soft">{escape(count)}</span>'
            f'<div class="soft titles">{titles}</div></li>'
        )
    feeds = " · ".join(f'<a href="feed.{kind}">{name}</a>' for kind, name in FEEDS.items())
    data = json.dumps(papers[:MOST_PER_CHANNEL], ensure_ascii=False).replace("<", "\\u003c")
    body = (
        f'<h1>{escape(title)}</h1><input id="q" type="search" placeholder="{escape(w.site_search)}" '
        f'aria-label="{escape(w.site_search)}" autocomplete="off">'
        f'<ul class="list" id="found" data-none="{escape(w.site_nothing)}"></ul>'
        f'<ul class="list" id="days">{"".join(rows) or escape(w.site_none)}</ul><p class="soft">{feeds}</p>'
        f'<script type="application/json" id="papers">{data}</script><script>{SCRIPT}</script>'
    )
    return document(title, body, language, feeds=True)


FEEDS = {"atom": "Atom", "rss": "RSS", "json": "JSON Feed"}
TYPES = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}


def day_page(digest: Digest, *, arxiv_url: str) -> str:
    """One day of a channel."""
    view = page(digest, arxiv_url=arxiv_url, chat=False, quotes=True)
    w = view.words
    notice = f'<p class="card">🧪 {escape(view.notice)}</p>' if view.notice else ""
    body = (
        f'<p class="soft"><a href="index.html">« {escape(w.site_days)}</a></p><h1>{escape(view.title)}</h1>{notice}'
        f'<p class="card">{escape(view.status)}</p>'
        + "".join(_entry(entry, w) for entry in view.entries)
        + f'<details class="soft"><summary>{escape(w.receipt)}</summary>'
        + "".join(f"<div>{escape(line)}</div>" for line in view.receipt_lines)
        + "</details>"
    )
    images = {entry.figure.image for entry in view.entries if entry.figure and entry.figure.image}
    return document(view.title, body, digest.language, images=sorted({_origin(image) for image in images}))


def entry_html(entry: DigestEntry) -> str:
    """A paper's text without its title, for feeds."""
    sections = "".join(f"<h3>{escape(s.heading)}</h3>{html(s.blocks)}" for s in entry.sections)
    return f"<p>{escape(entry.verdict)}</p><p>{escape(entry.why)}</p>{sections}"


def _entry(entry: DigestEntry, w: Words) -> str:
    lines = [entry.authors, *entry.labels]
    about = " · ".join(escape(line) for line in lines if line)
    links = f'<a href="{escape(entry.abs_url)}" rel="noreferrer">{escape(w.abs)}</a>'
    for name, url in ((w.pdf, entry.pdf_url), *entry.more):
        links += f' · <a href="{escape(url)}" rel="noreferrer">{escape(name)}</a>' if url else ""
    said = [f"<strong>🎯 {escape(entry.verdict)}</strong>", escape(entry.warning), escape(entry.why)]
    said += [f"<strong>📖 {escape(entry.advice[0])}</strong>{escape(w.colon)}{escape(entry.advice[1])}"] * bool(
        entry.advice[0]
    )
    out = [
        f'<article id="item-{entry.number - 1}"><h2>{escape(entry.name)}</h2><p class="soft">{about}<br>{links}</p>',
        f'<p class="card">{"<br>".join(line for line in said if line)}</p>',
    ]
    for section in entry.sections:
        places = f'<p class="soft">{inline(section.places)}</p>' if section.places else ""
        out.append(f"<h3>{escape(section.heading)}</h3>{html(section.blocks)}{places}")
    if entry.figure and entry.figure.image:
        caption = f"{escape(entry.figure.words)}<br><em>{escape(entry.figure.credit)}</em>"
        out.append(
            f'<figure><img src="{escape(entry.figure.image)}" alt="{escape(entry.figure.label)}" loading="lazy" '
            f'referrerpolicy="no-referrer"><figcaption>{caption}</figcaption></figure>'
        )
    elif entry.figure:
        out.append(f'<p>🖼 <a href="{escape(entry.figure.url)}" rel="noreferrer">{escape(entry.figure.label)}</a></p>')
    out.append(f'<p class="soft">{"<br>".join(map(escape, entry.footer))}</p></article>')
    return "".join(out)


def front_page(channels: Sequence[tuple[str, str]], language: str) -> str:
    """The site's first page. `channels`: (folder, title) of those that are public."""
    w = words(language)
    rows = "".join(f'<li><a href="{escape(folder)}/index.html">{escape(title)}</a></li>' for folder, title in channels)
    body = f'<h1>Paperboy</h1><ul class="list">{rows or escape(w.site_none)}</ul>'
    return document("Paperboy", body, language)


def document(title: str, body: str, language: str, *, feeds: bool = False, images: Sequence[str] = ()) -> str:
    """Build a whole page.

    Its policy lets nothing be loaded but figures from `images` (origins).
    """
    shown = " ".join(images) or "'none'"
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src {shown}"
    links = "".join(
        f'<link rel="alternate" type="{TYPES[kind]}" title="{name}" href="feed.{kind}">' for kind, name in FEEDS.items()
    )
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f'<meta name="robots" content="noindex"><meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
        f"{links if feeds else ''}<style>{STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"

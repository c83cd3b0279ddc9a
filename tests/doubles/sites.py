"""Plays the sites that papers stand at.

BioRxiv, medRxiv, OpenReview, the ACL Anthology and PMLR, all on one port.

The pages are made, by the shapes of the real ones: `citation_*` tags, the Anthology's and PMLR's abstract boxes,
HighWire's full text. A path that a site does not have is 404; an unversioned preprint redirects to its newest version.
"""

from collections.abc import Mapping
from html import escape

from aiohttp import web

from tests.doubles.base import Double
from tests.doubles.pages import PROSE
from workers.sources.http.services import SITES


def make_landing(
    title: str, abstract: str = "", box: str = "", doi: str = "", venue: str = "", date: str = "2024/08"
) -> bytes:
    """A page of one paper.

    `box`: the attribute of the element that holds the abstract, where no tag does.
    """
    tags = [("title", title), ("author", "Ada Example"), ("author", "Sample, Bo B."), ("publication_date", date)]
    tags += [("doi", doi)] if doi else []
    tags += [("conference_title", venue)] if venue else []
    tags += [("abstract", abstract)] if abstract and not box else []
    metas = "".join(f'<meta content="{escape(text)}" name="citation_{name}">' for name, text in tags)
    shown = f"<div {box}><h5>Abstract</h5><span>{escape(abstract)}</span></div>" if box else ""
    return f"<!doctype html><html><head>{metas}</head><body>{shown}</body></html>".encode()


def make_full_text(title: str, abstract: str = "We map it.", sections: int = 4, repeat: int = 8) -> bytes:
    """A preprint's `.full` page: HighWire's markup, with furniture around it."""
    parts = "".join(
        f'<div class="section" id="sec-{n}"><h2 class="">Part {n}</h2>'
        + "".join(f'<p id="p-{n}{m}">{PROSE}<a class="xref-bibr" href="#ref-1">1</a></p>' for m in range(repeat))
        + f'<div class="subsection" id="sec-{n}1"><h3>Detail {n}</h3><p id="p-{n}99">{PROSE}</p></div></div>'
        for n in range(1, sections + 1)
    )
    figure = (
        '<div id="F1" class="fig pos-float type-figure odd"><div class="highwire-figure"><div class="fig-caption">'
        '<span class="fig-label">Figure 1.</span> <span class="caption-title">The limb.</span></div></div></div>'
    )
    refs = '<div class="section ref-list" id="ref-list-1"><h2>References</h2><ol><li>A cited work.</li></ol></div>'
    return (
        f'<!doctype html><html><head><meta name="citation_title" content="{escape(title)}"></head><body>'
        f'<nav>Subscribe</nav><div class="article fulltext-view "><div class="section abstract" id="abstract-1">'
        f"<h2>Abstract</h2><p id='p-1'>{escape(abstract)}</p></div>{parts}{figure}{refs}</div>"
        f"<form>Comment</form></body></html>"
    ).encode()


class Sites(Double):
    """All paper sites in one.

    `pages`: path (with its query) -> body; a body that begins with %PDF is a PDF. `moved`: path -> path.
    """

    def __init__(self, pages: Mapping[str, bytes] | None = None, moved: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.pages, self.moved = dict(pages or {}), dict(moved or {})

    @property
    def setting(self) -> tuple[str, ...]:
        """PAPER_SITES: all of them are here."""
        return tuple(f"{host}={self.url}" for host in SITES)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/{path:.*}", self._page)]

    async def _page(self, request: web.Request) -> web.StreamResponse:
        path = request.path_qs
        if path in self.moved:
            return web.Response(status=302, headers={"Location": self.moved[path]})
        body = self.pages.get(path)
        if body is None:
            return web.Response(status=404, text="<html><body>Not found</body></html>", content_type="text/html")
        kind = "application/pdf" if body.startswith(b"%PDF") else "text/html"
        return web.Response(body=body, content_type=kind)

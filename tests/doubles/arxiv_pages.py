"""Pages and records as arXiv and DataCite send them, for the double in `arxiv.py`.

Made from documentation, none recorded: `/abs`, `/list/<category>/new` and `/catchup` after the templates of arXiv's own
source (arXiv/arxiv-browse, June 2026: class names, headings, counts, the words of an empty day), OAI-PMH after the
protocol and arXiv's `arXiv` format, DataCite after its JSON:API documentation, robots.txt after what crawlers quote
of arXiv's (Allow /catchup, /abs, /pdf, /list; Disallow /api, /search; Crawl-delay 15).
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from html import escape
from typing import Any

ROBOTS = """User-agent: *
Allow: /abs
Allow: /pdf
Allow: /html
Allow: /list
Allow: /catchup
Disallow: /api
Disallow: /search
Disallow: /src
Crawl-delay: 15
"""

NAMES = {
    "cs.CV": "Computer Vision and Pattern Recognition",
    "cs.LG": "Machine Learning",
    "cs.AI": "Artificial Intelligence",
    "cs.CL": "Computation and Language",
    "eess.IV": "Image and Video Processing",
}

KINDS = (("New submissions", ("new",)), ("Cross submissions", ("cross",)),
         ("Replacement submissions", ("replace", "replace-cross")))  # fmt: skip


def subjects(categories: Sequence[str]) -> str:
    """`Machine Learning (cs.LG); …`, the first marked as primary."""
    shown = [f"{NAMES.get(c, 'Some Subject')} ({c})" for c in categories]
    return "; ".join([f'<span class="primary-subject">{shown[0]}</span>', *shown[1:]])


def make_abs(item: Any) -> str:
    """The abstract page."""
    when = datetime.fromisoformat(item.published)
    tags = [("title", item.title)]
    tags += [("author", ", ".join(reversed(name.rsplit(" ", 1)))) for name in item.authors]
    tags += [("date", f"{when:%Y/%m/%d}"), ("online_date", f"{when:%Y/%m/%d}")]
    tags += [("pdf_url", f"https://arxiv.org/pdf/{item.id}"), ("arxiv_id", item.id), ("abstract", item.abstract)]
    metas = "".join(f'<meta name="citation_{name}" content="{escape(text)}" />\n' for name, text in tags)
    rows = [("Comments", "comments mathjax", escape(item.comment))] if item.comment else []
    rows += [("Subjects", "subjects", subjects(item.categories)), ("Report&nbsp;number", "jref", "TR-1")]
    mark = f'(or <span class="arxivid"><a href="/abs/{item.id}v{item.version}">arXiv:{item.id}v{item.version}</a>'
    rows += [("&nbsp;", "arxividv", f"{mark} [{item.categories[0]}]</span> for this version)")]
    rows += [("Journal&nbsp;reference", "jref", escape(item.journal_ref))] if item.journal_ref else []
    table = "".join(
        f'<tr><td class="tablecell label">{label}:</td><td class="tablecell {name}">{text}</td></tr>'
        for label, name, text in rows
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><title>[{item.id}] {escape(item.title)}</title>\n{metas}</head><body>'
        f'<div id="abs-outer"><div class="leftcolumn"><div id="abs"><h1 class="title mathjax"><span class="descriptor">'
        f'Title:</span>{escape(item.title)}</h1><div class="metatable"><table summary="Additional metadata">{table}'
        f'</table></div></div></div><div class="abs-license"><a href="{item.license}" title="Rights to this article" '
        f'class="has_license"><span>view license</span></a></div></div></body></html>'
    )


def make_list(items: Iterable[Any], category: str, day: date) -> str:
    """`/list/<category>/new`, all on one page."""
    body, total = _sections(items, category, abstracts=True)
    paging = f"<div class='paging'>Total of {total} entries </div>" if total else ""
    head = f"<h3>Showing new listings for {day:%A}, {day.day} {day:%B %Y}</h3>"
    return _page(f"<h1>{NAMES.get(category, category)}</h1>{head}{paging}{body or '<p>No updates today.</p>'}{paging}")


def make_catchup(items: Iterable[Any], category: str, day: date, *, abstracts: bool = True) -> str:
    """`/catchup/<category>/<day>`."""
    said = f"{day:%a, %d %b %Y}"
    body, total = _sections(items, category, abstracts=abstracts)
    none = (
        f"<p>No updates for {said}. There was either no announcement for this day, or no updates within the requested "
        "subject.</p>"
    )
    counted = f"<div>Total of {total} entries for {said}</div>"
    return _page(f"<h1>Catchup results for {NAMES.get(category, category)} on {said}</h1>{counted}{body or none}")


def _page(content: str) -> str:
    return (
        "<!DOCTYPE html>\n<html lang='en'><head><title>arXiv</title></head><body><div id='content-inner'>"
        f"<div id='dlpage'>{content}</div></div></body></html>"
    )


def _sections(items: Iterable[Any], category: str, *, abstracts: bool) -> tuple[str, int]:
    items, parts, index = list(items), list[str](), 0
    for heading, kinds in KINDS:
        mine = [i for i in items if i.kind in kinds]
        if not mine:
            continue
        entries = ""
        for item in mine:
            index += 1
            entries += _entry(item, index, abstracts=abstracts)
        parts.append(f"<dl id='articles'><h3>{heading} (showing {len(mine)} of {len(mine)} entries)</h3>{entries}</dl>")
    return "".join(parts), len(items)


def _entry(item: Any, index: int, *, abstracts: bool) -> str:
    authors = ", ".join(f'<a href="/search/?q={n}">{escape(name)}</a>' for n, name in enumerate(item.authors))
    note = f"<div class='list-comments mathjax'><span class='descriptor'>Comments:</span> {escape(item.comment)}</div>"
    text = f"<p class='mathjax'> {escape(item.abstract)} </p>" if abstracts else ""
    about = f" (cross-list from {item.categories[0]})" if item.kind == "cross" else ""
    return (
        f'<dt><a name=\'item{index}\'>[{index}]</a> <a href ="/abs/{item.id}" title="Abstract" id="{item.id}"> '
        f'arXiv:{item.id} </a>{about} [<a href="/pdf/{item.id}" title="Download PDF">pdf</a>]</dt><dd>'
        f"<div class='meta'><div class='list-title mathjax'><span class='descriptor'>Title:</span> "
        f"{escape(item.title)} </div><div class='list-authors'>{authors}</div>{note if item.comment else ''}"
        f"<div class='list-subjects'><span class='descriptor'>Subjects:</span> {subjects(item.categories)}</div>{text}"
        "</div></dd>"
    )


OAI = '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'


def make_oai(verb: str, records: Iterable[tuple[Any, date]], token: str | None = None) -> str:
    """The reply of GetRecord or ListRecords: items with their datestamps."""
    body = "".join(_record(item, stamp) for item, stamp in records)
    more = f"<resumptionToken>{token}</resumptionToken>" if token is not None else ""
    return f'{OAI}<request verb="{verb}">https://oaipmh.arxiv.org/oai</request><{verb}>{body}{more}</{verb}></OAI-PMH>'


def make_oai_error(code: str) -> str:
    """An error reply; the status is 200 all the same."""
    return f'{OAI}<error code="{code}">{code}</error></OAI-PMH>'


def _record(item: Any, stamp: date) -> str:
    names = [name.rsplit(" ", 1) for name in item.authors]
    authors = "".join(
        f"<author><keyname>{escape(n[-1])}</keyname><forenames>{escape(n[0])}</forenames></author>" for n in names
    )
    comment = f"<comments>{escape(item.comment)}</comments>" if item.comment else ""
    journal = f"<journal-ref>{escape(item.journal_ref)}</journal-ref>" if item.journal_ref else ""
    return (
        f"<record><header><identifier>oai:arXiv.org:{item.id}</identifier><datestamp>{stamp}</datestamp></header>"
        f'<metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>{item.id}</id>'
        f"<created>{item.published[:10]}</created><authors>{authors}</authors><title>{escape(item.title)}</title>"
        f"<categories>{' '.join(item.categories)}</categories>{comment}{journal}<license>{item.license}</license>"
        f"<abstract>  {escape(item.abstract)}\n</abstract></arXiv></metadata></record>"
    )


def make_found(items: Iterable[Any]) -> bytes:
    """A page of such records."""
    data = [json.loads(make_datacite(item))["data"] for item in items]
    return json.dumps({"data": data, "meta": {"total": len(data)}}).encode()


def make_datacite(item: Any) -> bytes:
    """The record of an arXiv DOI."""
    said = {
        "doi": f"10.48550/arxiv.{item.id}",
        "titles": [{"title": item.title}],
        "creators": [
            {"name": ", ".join(reversed(n.rsplit(" ", 1))), "givenName": n.rsplit(" ", 1)[0],
             "familyName": n.rsplit(" ", 1)[-1], "nameType": "Personal", "affiliation": []}
            for n in item.authors
        ],
        "subjects": [{"subject": f"{NAMES.get(c, 'Some Subject')} ({c})", "subjectScheme": "arXiv"}
            for c in item.categories],
        "dates": [{"date": item.published, "dateType": "Submitted", "dateInformation": "v1"}],
        "descriptions": [{"description": item.abstract, "descriptionType": "Abstract"}],
        "rightsList": [{"rights": "A licence", "rightsUri": item.license}],
    }  # fmt: skip
    return json.dumps({"data": {"id": said["doi"], "type": "dois", "attributes": said}}).encode()

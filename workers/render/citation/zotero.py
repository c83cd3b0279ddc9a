"""A paper as a Zotero item, and its deep dive as the item's note."""

from collections.abc import Sequence
from html import escape
from typing import Any

from workers.models import Digest, Paper
from workers.paper_ids.in_text import parse
from workers.paper_ids.paper_key import ARXIV_DOI, id_of, is_preprint, key_of
from workers.paper_ids.paper_key import doi_of as doi_of_id
from workers.render.citation.fields import (
    doi_of,
    link_of,
    on_arxiv,
    published_doi,
    published_of,
    title_of,
    venue_of,
    written,
)
from workers.render.citation.names import name_of
from workers.render.digest import page
from workers.render.site.blocks import html
from workers.render.text.sanitize import clean_inline

MAX_NOTE = 240_000
"""Characters of a note; Zotero takes 250,000."""

MAX_TAG = 255
"""Characters of a tag that Zotero takes."""

MARK = "Paperboy"
"""First word of a note's heading, by which ours is known again."""


def item(paper: Paper, tags: Sequence[str], arxiv_url: str) -> dict[str, Any]:
    """Build the item: a preprint, or an article where a journal's DOI is known.

    Fields without a value are left out.
    """
    journal, arxiv = _journal_doi(paper), on_arxiv(paper)
    published = written(paper.journal_ref or "")
    found: dict[str, Any] = {
        "itemType": "journalArticle" if journal else "preprint",
        "title": title_of(paper),
        "creators": [_creator(name) for name in paper.authors],
        "abstractNote": written(paper.abstract),
        "date": "-".join(f"{part:02}" for part in published_of(paper)),
        "DOI": journal or doi_of(paper),
        "url": link_of(paper, arxiv_url),
    }
    extra = [published]
    if journal:
        found["publicationTitle"] = "" if is_preprint(paper.id) else venue_of(paper)
        extra.append(f"arXiv: {paper.id}" if arxiv else "")
    else:
        found["repository"] = "arXiv" if arxiv else venue_of(paper)
        found["archiveID"] = f"arXiv:{paper.id}" if arxiv else ""
    found["extra"] = "\n".join(filter(None, extra))
    kept = {name: value for name, value in found.items() if value}
    named = dict.fromkeys(clean_inline(tag)[:MAX_TAG] for tag in tags)
    return {**kept, "tags": [{"tag": tag} for tag in named if tag], "collections": [], "relations": {}}


def note(parent: str, digest: Digest, arxiv_url: str) -> dict[str, Any]:
    """The note under an item. `digest`: of this one paper."""
    view = page(digest, arxiv_url=arxiv_url, chat=False)
    entry = view.entries[0]
    said = [f"🎯 {entry.verdict}" if entry.verdict else "", entry.why, *entry.labels, *entry.footer]
    about = "".join(f"<p>{escape(line)}</p>" for line in said if line)
    told = f"<h1>{MARK}: {escape(entry.title)}</h1>{about}"
    for section in entry.sections:
        more = f"<h3>{escape(section.heading)}</h3>{html(section.blocks)}"
        if len(told) + len(more) <= MAX_NOTE:
            told += more
    return {
        "itemType": "note", "parentItem": parent, "note": told, "tags": [], "collections": [], "relations": {},
    }  # fmt: skip


def is_ours(child: dict[str, Any]) -> bool:
    """True for a note that we made."""
    return child.get("itemType") == "note" and f"{MARK}:" in str(child.get("note", ""))[:200]


def keys_in(data: dict[str, Any]) -> set[str]:
    """Return the keys of the papers that an item of the library names.

    Looks at its DOI, address, archive and extra lines.
    """
    said = "\n".join(str(data.get(name) or "") for name in ("DOI", "url", "archiveID", "extra"))
    return {key_of(ref.base) for ref in parse(said)}


def _journal_doi(paper: Paper) -> str:
    """Return the DOI of the version in a journal; '' where only a preprint is known.

    It may be the paper's own or stand among its other names.
    """
    others = [key for key in paper.aliases if key.startswith("doi:")]
    dois = [published_doi(paper), *(doi_of_id(id_of(key)) for key in others)]
    journal = (d for d in dois if d and not d.lower().startswith(ARXIV_DOI) and not is_preprint(f"doi:{d.lower()}"))
    return next(journal, "")


def _creator(text: str) -> dict[str, str]:
    name = name_of(text)
    if name.literal:
        return {"creatorType": "author", "name": name.literal}
    first = ", ".join(filter(None, [name.given, name.suffix]))
    return {"creatorType": "author", "firstName": first, "lastName": name.last}

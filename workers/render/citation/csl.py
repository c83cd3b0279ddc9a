"""CSL-JSON, which pandoc, Zotero and every citation processor read."""

import json
from typing import Any

from workers.models import Paper
from workers.render.citation.fields import doi_of, link_of, on_arxiv, published_of, title_of, venue_of, written
from workers.render.citation.names import name_of


def item(paper: Paper, key: str, arxiv_url: str) -> dict[str, Any]:
    """One item."""
    said, arxiv = published_of(paper), on_arxiv(paper)
    found = {
        "id": key,
        "type": "article" if arxiv else "article-journal",
        "title": title_of(paper),
        "author": [_author(name) for name in paper.authors],
        "issued": {"date-parts": [list(said)]} if said else None,
        "container-title": venue_of(paper),
        "publisher": "arXiv" if arxiv else "",
        "number": f"arXiv:{paper.id}" if arxiv else "",
        "DOI": doi_of(paper),
        "URL": link_of(paper, arxiv_url),
        "abstract": written(paper.abstract),
        "note": written(paper.journal_ref or ""),
    }
    return {name: value for name, value in found.items() if value}


def entry(paper: Paper, key: str, arxiv_url: str) -> str:
    """One item as JSON."""
    return json.dumps(item(paper, key, arxiv_url), ensure_ascii=False, indent=2)


def _author(text: str) -> dict[str, str]:
    name = name_of(text)
    if name.literal:
        return {"literal": name.literal}
    parts = {"family": name.family, "given": name.given}
    parts |= {"non-dropping-particle": name.particle} if name.particle else {}
    return parts | ({"suffix": name.suffix} if name.suffix else {})

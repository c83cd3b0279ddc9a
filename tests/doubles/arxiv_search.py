"""Search by title, as arXiv's query API and DataCite have it.

A phrase of words, nothing else.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

ARXIV_QUERY = {"search_query", "max_results", "start", "sortBy", "sortOrder"}
DATACITE_QUERY = {"query", "client-id", "page[size]"}
"""Parameters that are known; others are refused."""

TITLE, REGISTERED = r'ti:"([\w ]+)"', r'titles\.title:"([\w ]+)"'
"""The only queries that this double understands."""


def titled(items: Iterable[Any], query: Mapping[str, str], form: str, known: set[str]) -> list[Any] | None:
    """Items whose title holds the words of the phrase in their order.

    None for a query that is not understood.
    """
    asked = re.fullmatch(form, query.get("search_query") or query.get("query", ""))
    if not asked or set(query) - known:
        return None
    return [item for item in items if _words(asked[1]) in _words(item.title)]


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))

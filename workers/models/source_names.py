"""What people call a source's name: a feed by its host and file."""

import re
from urllib.parse import urlsplit

MAX_NAME = 60
"""Characters shown of a name: a query or an address can be long."""

_ENDING = re.compile(r"\.(?:rss|rdf|xml|atom)$", re.I)
_GENERIC = frozenset(
    {"", "rss", "feed", "feeds", "atom", "index", "current", "showfeed", "toc", "action", "most-recent"}
)


def spoken(kind: str, name: str) -> str:
    """A source's name as it is shown.

    `cell_biology` -> "cell biology", a feed -> "nature.com/nmeth".
    """
    if kind in ("biorxiv", "medrxiv"):
        name = name.replace("_", " ").replace("+", ", ")
    elif kind == "openreview":
        name = name.replace(".cc", "").replace("/", " ")
    elif kind == "semanticscholar":
        name = name.replace("cites:", "cites ").replace("+", ", ")
    elif kind == "feed":
        name = feed_name(name)
    return name if len(name) <= MAX_NAME else name[: MAX_NAME - 1].rstrip() + "…"


def feed_name(url: str) -> str:
    """A feed's address in short.

    Its host, and the word of its path or query that tells it from others there.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    host += f":{parts.port}" if parts.port else ""
    words = [_ENDING.sub("", word) for word in parts.path.split("/")]
    told = [word for word in words if word.lower() not in _GENERIC]
    code = re.search(r"(?:^|&)(?:jc|journal|issn|subject|code)=([\w.+-]+)", parts.query)
    last = code[1] if code else told[-1] if told else ""
    return f"{host}/{last}" if last else host

"""Parses RSS and Atom: shape checked first, then given to feedparser.

feedparser alone guesses at broken XML and needs minutes for hostile XML (100,000 attributes: over 60 s), so only whole,
plain, well-formed documents reach it.
"""

import re
from io import BytesIO
from typing import Any
from xml.parsers import expat

import feedparser

MAX_DEPTH, MAX_ATTRIBUTES, MAX_ELEMENTS = 32, 32, 100_000
"""Elements inside each other, attributes of one, elements in all; real feeds have 5, 8 and 20 per paper."""

MAX_PIECES = 500_000
"""Pieces of text in all: each line break and each reference begins one; real feeds have 50 per paper."""

MAX_TAG = 64 * 1024
"""Bytes of one tag, and characters of the attributes of one, of one comment or instruction; real feeds have hundreds.
feedparser hands the document to Expat in pieces of 64 kB, and a token that is longer is read anew with each piece."""

MAX_ENTRIES = 5_000
"""Papers in one feed: arXiv ends its own at 2,000."""

_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml(?![^>]*encoding=(?!.(?:utf-8|us-ascii).))[^>]*\?>\s*)?"
    rb"(<(rss|feed)(?:\s[^>]{0,4096})?>)",
    re.I,
)
_ANY_ROOT = re.compile(rb"(<(rss|feed|rdf:RDF)(?:\s[^>]{0,8192})?>)")
"""The root of the feeds that journals have: RSS 1.0, too."""

_ASIDE = re.compile(r"\s+|<\?[^>]*>|<!--(?:[^-]|-(?!->))*+-->")
MAX_ASIDES = 50
"""Instructions and comments before the root that are passed over."""

_ENCODING = re.compile(rb"^<\?xml[^>]{0,100}?encoding=[\"']([A-Za-z0-9._-]{1,20})[\"']")
_DTD = re.compile(rb"<!\s*(?:doctype|entity)", re.I)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONG_TAG = re.compile(rb"<[^<>]{%d}" % MAX_TAG)
_ENTRY = re.compile(rb"<(entry|item)(?=[\s>])")

_MISSHAPEN = "a feed of a shape that no feed has"


class NotAFeed(ValueError):
    """What is wrong, in words that follow "sent"."""


class _Excess(Exception):
    pass


def parse_feed(body: bytes, *, any_kind: bool = False) -> Any:
    """The feed in `body` as feedparser has it.

    An entry that is not well-formed is there, but empty. NotAFeed for anything but one whole RSS or Atom document in
    UTF-8 without a DTD and of sane shape. `any_kind`: also RSS 1.0, and in any encoding that it declares.
    """
    body = _in_utf8(body.strip()) if any_kind else body
    body = _CONTROL.sub(b"", body.strip())
    root = (_ANY_ROOT if any_kind else _ROOT).match(body)
    if not root or _DTD.search(body):
        raise NotAFeed("something that is not a feed")
    close = b"</" + root[2] + b">"
    if not body.endswith(close):
        raise NotAFeed("a feed that breaks off in the middle")
    if _LONG_TAG.search(body):
        raise NotAFeed(_MISSHAPEN)
    if not _well_formed(body):
        body = _mended(body, root[1], close)
    # as a stream: feedparser would first try to open plain bytes as a file of that name
    return feedparser.parse(BytesIO(body), sanitize_html=False, resolve_relative_uris=False)


def _in_utf8(body: bytes) -> bytes:
    """`body` in UTF-8 and from its root on; as it is where its encoding is unknown."""
    body = body.removeprefix(b"\xef\xbb\xbf")
    declared = _ENCODING.match(body)
    try:
        text = body.decode(declared[1].decode() if declared else "utf-8", "replace")
    except (LookupError, UnicodeError):
        return body
    at = 0
    for _ in range(MAX_ASIDES):
        aside = _ASIDE.match(text, at)
        if not aside:
            break
        at = aside.end()
    return text[at:].encode("utf-8", "replace")


def _mended(body: bytes, opening: bytes, close: bytes) -> bytes:
    """`body` with every broken entry replaced by an empty one.

    NotAFeed where that does not help.
    """
    starts = [m.start() for m in _ENTRY.finditer(body)]
    if not starts:
        raise NotAFeed("a feed that is not well-formed")
    if len(starts) > MAX_ENTRIES:
        raise NotAFeed(_MISSHAPEN)
    parts = [body[: starts[0]]]
    for start, end in zip(starts, [*starts[1:], len(body)], strict=True):
        name = b"item" if body.startswith(b"<item", start) else b"entry"
        entry, found, _ = body[start:end].partition(b"</" + name + b">")
        fine = bool(found) and _well_formed(opening + entry + found + close)
        parts.append(entry + found if fine else b"<" + name + b"/>")
    parts += [b"</channel>" if b"<channel>" in parts[0] else b"", close]
    mended = b"".join(parts)
    if not _well_formed(mended):
        raise NotAFeed("a feed that is not well-formed")
    return mended


def _well_formed(document: bytes) -> bool:
    """True where `document` is well-formed, by one pass of Expat over all of it.

    NotAFeed where it is misshapen. In small pieces Expat takes half a minute for one long token.
    """
    depth = elements = entries = pieces = 0

    def opened(name: str, attributes: list[str]) -> None:
        nonlocal depth, elements, entries
        depth, elements, entries = depth + 1, elements + 1, entries + name.endswith(("entry", "item"))
        if depth > MAX_DEPTH or len(attributes) > 2 * MAX_ATTRIBUTES or sum(map(len, attributes)) > MAX_TAG:
            raise _Excess
        if elements > MAX_ELEMENTS or entries > MAX_ENTRIES:
            raise _Excess

    def closed(_: str) -> None:
        nonlocal depth
        depth -= 1

    def piece(_: str) -> None:
        nonlocal pieces
        pieces += 1
        if pieces > MAX_PIECES:
            raise _Excess

    def aside(*text: str) -> None:
        if sum(map(len, text)) > MAX_TAG:
            raise _Excess

    parser = expat.ParserCreate("UTF-8", " ")
    parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.CharacterDataHandler = piece
    parser.CommentHandler = parser.ProcessingInstructionHandler = aside
    try:
        parser.Parse(document, True)
    except expat.ExpatError:
        return False
    except _Excess:
        raise NotAFeed(_MISSHAPEN) from None
    return True

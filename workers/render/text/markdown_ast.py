r"""Parses Markdown into the small tree that all writers share.

What is lost here can reach no chat.

HTML is dropped, images become their text, links lose their target unless `allow` (ours) accepts it, and every span
is already clean (`render.clean`). Emphasis is right beside full-width punctuation; `$x$`, `$$x$$`, `\(x\)` and
`\[x\]` are formulas; `$5 and $10` is money.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_cjk_friendly import cjk_friendly
from mdit_py_plugins.dollarmath import dollarmath_plugin

from workers.render.text.latex import is_money, known, tex_words, to_linear, to_unicode
from workers.render.text.nodes import (
    Block,
    Code,
    Heading,
    List,
    Math,
    Paragraph,
    Quote,
    Rule,
    Span,
    Spans,
    Table,
    joined,
)
from workers.render.text.sanitize import defang_run, no_html, visible

MAX_NESTING = 120
"""markdown-it's levels (a list takes two); past it the parser drops text, hence `MAX_PREFIX`."""

MAX_PREFIX = 56
"""Columns of list and quote markers at the start of a line; more is taken off (the words stay)."""


Allow = Callable[[str], bool]


def _none(_url: str) -> bool:
    return False


def _parser() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING})
    md.enable(["table", "strikethrough"])
    # not for chat: indented code, `text\n---` as a heading, reference definitions (they swallow lines), <http://…>
    md.disable(["code", "lheading", "reference", "html_block", "html_inline", "autolink"])
    md.use(cjk_friendly)
    md.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_blank_lines=False, double_inline=True)
    md.validateLink = lambda url: True  # type: ignore[method-assign]  # else `[x](javascript:…)` stays as source
    return md


_MD = _parser()

_VERBATIM = re.compile(
    r"(?P<fence>^[ >]{0,8}(?P<mark>```|~~~).*?(?:^[ >]{0,8}(?P=mark)[`~]*[ \t]*$|\Z))"
    r"|(?P<code>(?<!`)(?P<ticks>`{1,3})(?!`)[^\n]{1,300}?(?<!`)(?P=ticks)(?!`))"
    r"|(?<!\\)\\\[(?P<display>.{1,1500}?)\\\]|(?<!\\)\\\((?P<inline>.{1,600}?)\\\)"
    r"|(?P<dollars>\$\$[^$`]{1,1500}\$\$|(?<!\\)\$(?!\s)[^$\n`]{1,600}?(?<![\s\\])\$)",
    re.DOTALL | re.MULTILINE,
)
_PIPE = re.compile(r"(?<!\\)\|")
_DELIMITER = re.compile(r"^[ >]*\|?[ ]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)*\|?[ ]*$")
_MARKER = r"(?:>|[-*+](?=[ \n])|\d{1,9}[.)](?=[ \n]))"
_PREFIX = re.compile(rf"^(?:[ ]*{_MARKER})*[ ]*", re.MULTILINE)


def parse(markdown: str, allow: Allow = _none) -> tuple[Block, ...]:
    """Return the blocks of a stranger's Markdown. Never fails, loses no words.

    `allow`: which link targets are ours.
    """
    return tuple(_Builder(allow).blocks(_MD.parse(_prepared(markdown))))


def _prepared(markdown: str) -> str:
    """Return the source without HTML and what cannot be seen.

    TeX's spelling of words is replaced; LaTeX brackets become dollars.
    """
    text = visible(markdown.replace("\t", "    "))
    out, last, at = [], 0, 0
    while match := _VERBATIM.search(text, at):
        dollars = match["dollars"]
        if dollars and not dollars.startswith("$$") and is_money(dollars[1:-1], text[match.end() : match.end() + 1]):
            at = match.start() + 1
            continue
        out += [_prose(text[last : match.start()]), _verbatim(match)]
        last = at = match.end()
    text = "".join([*out, _prose(text[last:])])
    text = _PREFIX.sub(lambda m: m[0] if len(m[0]) <= MAX_PREFIX else "", text)
    return _full_rows(text) if "|" in text else text


def _full_rows(text: str) -> str:
    """Join surplus cells of table rows into the last cell.

    The parser would drop those beyond the head's columns.
    """
    lines, columns = text.split("\n"), 0
    for at, line in enumerate(lines):
        if at and _DELIMITER.match(line) and "|" in lines[at - 1]:
            columns = len(_PIPE.split(line.strip(" >").strip("|")))
        elif not line.strip(" >"):
            columns = 0
        elif columns:
            first = len(line) - len(line.lstrip(" >"))
            body = line[first:].rstrip()
            last = body.endswith("|") and not body.endswith("\\|")
            cells = _PIPE.split(body.removeprefix("|")[: -1 if last else None])
            if len(cells) > columns:
                cells[columns - 1 :] = ["\\|".join(cells[columns - 1 :])]
                lines[at] = f"{line[:first]}|{'|'.join(cells)}|"
    return "\n".join(lines)


def _prose(text: str) -> str:
    return re.sub(r"(?<!\\)\$", r"\\$", tex_words(no_html(text)))


def _verbatim(match: re.Match[str]) -> str:
    if match["display"] is not None:
        return f"$${' '.join(match['display'].split())}$$"
    if match["inline"] is not None:
        return f"${' '.join(match['inline'].split())}$"
    if match["dollars"] and match["dollars"].startswith("$$"):
        return " ".join(match[0].split())
    return match[0]


class _Builder:
    """Tokens -> blocks."""

    def __init__(self, allow: Allow) -> None:
        self.allow = allow

    def blocks(self, tokens: Sequence[Token]) -> Iterator[Block]:
        at = 0
        while at < len(tokens):
            token = tokens[at]
            end = _closing(tokens, at) if token.nesting == 1 else at
            inner = tokens[at + 1 : end]
            at = end + 1
            match token.type:
                case "paragraph_open":
                    yield from self.paragraph(inner[0])
                case "heading_open":
                    yield Heading(int(token.tag[1]), self.spans(inner[0].children or []))
                case "bullet_list_open" | "ordered_list_open":
                    start = int(token.attrGet("start") or 1) if token.type.startswith("o") else None
                    yield List(tuple(tuple(self.blocks(item)) for item in _children(inner)), start)
                case "blockquote_open":
                    yield Quote(tuple(self.blocks(inner)))
                case "fence" | "code_block":
                    text, language = visible(token.content.rstrip("\n")), re.sub(r"\W.*", "", token.info.strip())
                    yield Code(defang_run([text], [True])[0], language[:20])
                case "math_block" | "math_block_label":
                    yield self.math(token.content)
                case "table_open":
                    yield self.table(inner)
                case "hr":
                    yield Rule()
                case _:
                    if token.content.strip():
                        yield Paragraph((Span(visible(token.content)),))

    def paragraph(self, inline: Token) -> Iterator[Block]:
        """A paragraph, or the displayed formulas it consists of."""
        children = inline.children or []
        if children and all(c.type in ("math_inline_double", "softbreak") for c in children):
            yield from (self.math(c.content) for c in children if c.type != "softbreak")
        elif spans := self.spans(children):
            yield Paragraph(spans)

    def math(self, tex: str) -> Block:
        tex = " ".join(tex.split())
        text = to_unicode(tex)
        shown = defang_run([text or to_linear(tex)], [text is None])[0]
        return Math(tex, shown, text is not None)

    def table(self, tokens: Sequence[Token]) -> Block:
        rows: list[list[Spans]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(self.spans(token.children or []))
        return Table(tuple(tuple(row) for row in rows))

    def spans(self, tokens: Sequence[Token]) -> Spans:
        """Inline tokens as clean spans, neighbours of one style joined."""
        bold = italic = strike = 0
        href: str | None = None
        spans: list[Span] = []
        for index, token in enumerate(tokens):
            kind = token.type
            if kind in ("strong_open", "strong_close"):
                bold += token.nesting
            elif kind in ("em_open", "em_close"):
                italic += token.nesting
            elif kind in ("s_open", "s_close"):
                strike += token.nesting
            elif kind in ("link_open", "link_close"):
                url = str(token.attrGet("href") or "")
                href = url if token.nesting == 1 and self.allow(url) else None
            else:
                style = Span("", bold > 0, italic > 0, strike > 0, False, href)
                spans.append(self.leaf(token, style, tokens[index + 1 : index + 2], spans))
        return _cleaned(joined(s for s in spans if s.text))

    def leaf(self, token: Token, style: Span, after: Sequence[Token], before: list[Span]) -> Span:
        if token.type.startswith("math_inline"):
            exact = to_unicode(token.content)
            return replace(style, text=exact or to_linear(token.content), code=exact is None, tex=token.content.strip())
        if token.type == "code_inline":
            return replace(style, text=token.content, code=True)
        if token.type == "hardbreak":
            return replace(style, text="\n")
        if token.type == "softbreak":
            last, first = (before[-1].text[-1:] if before else ""), (after[0].content[:1] if after else "")
            return replace(style, text="" if _wide(last) and _wide(first) else " ")
        return replace(style, text=token.content)  # text, and images: their alt text


def _closing(tokens: Sequence[Token], at: int) -> int:
    """Index of the token that closes the one at `at`."""
    level = tokens[at].level
    return next(i for i in range(at + 1, len(tokens)) if tokens[i].nesting == -1 and tokens[i].level == level)


def _children(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    at = 0
    while at < len(tokens):
        end = _closing(tokens, at)
        yield tokens[at + 1 : end]
        at = end + 1


def _wide(char: str) -> bool:
    return bool(char) and unicodedata.east_asian_width(char) in "WF"


def _cleaned(spans: list[Span]) -> Spans:
    """Clean the spans of one line as a whole.

    Catches entities decoded by the parser, and bait put together from several spans.
    """
    texts = defang_run([visible(s.text) for s in spans], [s.code for s in spans])
    return tuple(replace(s, text=t) for s, t in zip(spans, texts, strict=True) if t)


def show_math(tex: str) -> bool:
    """Tell whether a formula may be kept as LaTeX in a Markdown file.

    Only macros we know, nothing that links.
    """
    return known(tex) and defang_run([tex], [False]) == [tex] and "`" not in tex

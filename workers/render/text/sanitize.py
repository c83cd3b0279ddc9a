"""Makes foreign text safe to show: nothing invisible, no mentions or links.

Chats make links on their own out of URLs, bare domains, e-mail addresses, @names, #tags, /commands, $TAGS and phone
numbers (Telegram: the finder in its open client library; Slack: URLs and control sequences in mrkdwn). What would
set that off is replaced by a look-alike no finder knows: `＠` `＃` `＄` `＋` (full width), `∕` (division slash),
`․` (one dot leader). Nothing zero-width is put in, so the cleaned text is visible as it is.
"""

import re
import unicodedata
from collections.abc import Sequence

from workers.render.text.latex import script

MAX_MARKS = 4
"""Combining marks kept in a row; no written language stacks more."""

MAX_ROUNDS = 6
"""Rounds of defanging until nothing changes; one removal can join what was apart."""

_TERMINAL = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c\n]{0,500}(?:\x07|\x1b\\|\x9c)|\x1b.?"
)
_NEWLINES = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[\t\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_INVISIBLE = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f"
    r"\u202a-\u202e\u2060-\u206f\u2800\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)  # control, zero-width, bidi, fillers, surrogates, private use, tags, variation selectors of no emoji
_PICTURE = "\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff"
_STRAY_SELECTOR = re.compile(rf"(?<![0-9#*{_PICTURE}])[\ufe0e\ufe0f]")
_STRAY_JOINER = re.compile(rf"(?<![{_PICTURE}\ufe0f])\u200d|\u200d(?![{_PICTURE}])")
_MARKS = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff"
    rf"\u20d0-\u20ff\ufe20-\ufe2f]{{{MAX_MARKS}}})[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f"
    r"\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)

_TAGS = (
    "a|abbr|article|aside|b|base|big|blockquote|body|br|button|center|cite|code|del|details|div|dl|dt|dd|em|embed|font|"
    "footer|form|frame|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|jats:[a-z]+|kbd|li|link|main|mark|meta|nav|"
    "object|ol|p|param|pre|q|s|samp|section|small|span|strike|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|tr|"
    "tt|u|ul|var|wbr"
)
_COMMENT = re.compile(r"<!--.{0,2000}?-->|<!\[CDATA\[|\]\]>|<!doctype[^<>]{0,200}>", re.IGNORECASE | re.DOTALL)
_SCRIPT = re.compile(r"<(script|style|noscript|template)\b[^<>]{0,500}>.{0,5000}?</\1\s*>", re.IGNORECASE | re.DOTALL)
_SCRIPT_TAG = re.compile(r"</?(?:script|style|noscript|template)\b[^<>]{0,500}>", re.IGNORECASE)
_RAISED = re.compile(r"<(su[pb])>([^<>]{1,20})</\1>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>|</p>", re.IGNORECASE)
_TAG = re.compile(
    rf"</?(?:{_TAGS})(?:\s+(?:open|disabled|checked|hidden|controls))*(?:\s[^<>]{{0,1000}}=[^<>]{{0,1000}})?\s*/?>",
    re.IGNORECASE,
)

_SCHEMES = "javascript|vbscript|data|mailto|tel|sms|tg|ton|tonsite|slack|file|blob"
_BAIT = re.compile(
    rf"""
      <(?P<sign>[!@\#])(?P<name>[^<>|\s]{{1,80}})(?:\|(?P<label>[^<>\n]{{0,200}}))?>   # Slack
    | <(?:https?://|mailto:)[^<>|\s]{{1,1000}}\|(?P<shown>[^<>\n]{{0,300}})>
    | <(?P<bare>(?:https?://|mailto:)[^<>|\s]{{1,1000}})>
    | (?P<open><(?=[!@\#]))
    | (?P<web>(?<![A-Za-z0-9])(?:https?|ftp)://)
    | (?P<scheme>(?<![A-Za-z0-9])(?:[A-Za-z][A-Za-z0-9+.-]{{0,30}}(?=://)|(?:{_SCHEMES})(?=:\S))):
    | (?P<slashes>(?<=:)//)
    | (?P<ip>(?<![\w.])\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?![\w.]))
    | (?P<dot>(?:(?<=[\w-])|(?<=[^\x00-\x7f]))\.(?=[^\W\d_]{{2}}))
    | (?P<shout>@(?=(?:here|everyone|channel|all)\b))
    | (?P<at>(?<![A-Za-z0-9_])@(?=[A-Za-z0-9_])(?!\d{{1,3}}(?![A-Za-z0-9_-]|[.․][^\W\d]))
        |@(?=[\w-]+[.․][\w-]*[^\W\d]))
    | (?P<hash>(?<!\w)\#(?=\w*[^\W\d_]))
    | (?P<cash>(?<![\w$])\$(?=1?[A-Z]{{1,8}}(?![A-Za-z0-9_])))
    | (?P<slash>(?<![A-Za-z0-9_/<>])/(?=[A-Za-z0-9_]))
    | (?P<plus>(?<!\w)\+(?=\d[\d\ ().-]{{5,}}\d))
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SUBSTITUTE = {
    "open": "＜", "web": "", "slashes": "∕∕", "dot": "․", "at": "＠", "shout": "＠", "hash": "＃",
    "cash": "＄", "slash": "∕", "plus": "＋",
}  # fmt: skip
_IN_CODE = frozenset({"sign", "shown", "bare", "open", "web", "scheme", "slashes", "shout"})
"""What is replaced in code spans too. Chats find no links in code; dots and decorators stay as written there."""
_TRIGGERS = re.compile(r"[<:@#/.$+]")


CATEGORY = re.compile(
    r"(?<![\w․.∕@＠-])(astro-ph|cond-mat|cs|econ|eess|math|nlin|physics|q-bio|q-fin|stat)․"
    r"([A-Z]{2}|[a-z]+-[a-z]+)(?![\w․∕-]|\.\w)"
)
"""An arXiv category in cleaned text: `cs․CV`, since `cs.CV` is a domain of Cape Verde to a chat."""


def category(text: str) -> str:
    """Return the text with arXiv's categories as they are written.

    For where nothing makes a link of them.
    """
    return CATEGORY.sub(r"\1.\2", text) if "․" in text else text


def visible(text: str) -> str:
    """Return the text without anything that cannot be seen.

    Terminal, control, zero-width, bidi and tag characters go. The result is NFC, with `\\n` only.
    """
    text = _SPACES.sub(" ", _NEWLINES.sub("\n", _TERMINAL.sub("", text)))
    text = _STRAY_JOINER.sub("", _STRAY_SELECTOR.sub("", _INVISIBLE.sub("", text)))
    return unicodedata.normalize("NFC", _MARKS.sub(r"\1", text))


def no_html(text: str) -> str:
    """Return the text without HTML tags and comments.

    `a < b`, `x<y>z` and `<think>` stay: only known tags of plausible form go.
    """
    if "<" not in text:
        return text
    text = _SCRIPT_TAG.sub("", _SCRIPT.sub("", _COMMENT.sub("", text)))
    text = _RAISED.sub(_raised, text)
    return _TAG.sub("", _BREAK.sub("\n", text))


def _raised(match: re.Match[str]) -> str:
    sign, inner = ("^" if match[1].lower() == "sup" else "_"), match[2]
    return script(inner, sign) or (f"^{inner}" if sign == "^" else inner)


def defang(text: str) -> str:
    """Without anything that a chat would turn into a link, mention, tag or command."""
    return defang_run([text], [False])[0]


def defang_run(texts: Sequence[str], code: Sequence[bool]) -> list[str]:
    """Apply `defang` to neighbouring pieces of one line.

    So `exam**ple**.com` is seen as a whole. `code[i]` tells that piece i is shown as code, where only the worst is
    replaced. Each piece keeps its own part.
    """
    pieces = list(texts)
    for _ in range(MAX_ROUNDS):
        after = _round(pieces, code)
        if after == pieces:
            return pieces
        pieces = after
    return [p.replace("<", "＜").replace("://", "：∕∕") for p in pieces]


def _round(pieces: list[str], code: Sequence[bool]) -> list[str]:
    whole = "".join(pieces)
    if not _TRIGGERS.search(whole):
        return pieces
    edits = [(m.start(), m.end(), _substitute(m), m.lastgroup or "") for m in _BAIT.finditer(whole)]
    if not edits:
        return pieces
    result, start, at = [], 0, 0
    for piece, is_code in zip(pieces, code, strict=True):
        end, out, pos = start + len(piece), [], start
        while at < len(edits) and edits[at][0] < end:
            first, last, new, group = edits[at]
            if is_code and group not in _IN_CODE and group not in ("name", "label"):
                at += 1
                continue
            if first >= start:
                out.append(whole[pos:first])
                out.append(new)
            pos = min(last, end)
            if last > end:
                break  # the rest of this edit is cut from the next piece
            at += 1
        out.append(whole[pos:end])
        result.append("".join(out))
        start = end
    return result


def _substitute(match: re.Match[str]) -> str:
    if match["sign"]:
        sign = "＃" if match["sign"] == "#" else "＠"
        return sign + (match["label"] or match["name"]).lstrip("@#＠＃")
    if match["shown"] is not None:
        return match["shown"]
    if match["bare"]:
        return match["bare"]
    if match["scheme"]:
        return f"{match['scheme']}："
    if match["ip"]:
        return match["ip"].replace(".", "․")
    return _SUBSTITUTE[match.lastgroup or "open"]


def clean_text(text: str) -> str:
    """Any text of a paper, model or person, safe to show on several lines."""
    lines = defang(no_html(visible(text))).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def clean_inline(text: str) -> str:
    """The same on one line: titles, names, reasons."""
    return " ".join(defang(" ".join(no_html(visible(text)).split())).split())

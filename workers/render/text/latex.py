r"""Turns LaTeX into Unicode where that is faithful, else a code span.

- `to_unicode` of `x_t \in \mathbb{R}^d` is `xₜ ∈ ℝᵈ`; of `\epsilon_\theta` it is None: there is no subscript theta
- `to_linear` of `\epsilon_\theta(x_t)` is `ε_θ(xₜ)`
- `tex_text` of `4$\times$ faster than \emph{X}` is `4× faster than X`
"""

import re
import unicodedata

from workers.render.text import latex_symbols as sym

MAX_TEX = 1_500
"""Characters; a longer formula is shown as it was written."""

MAX_DEPTH = 16
"""Nested groups; deeper is shown as it was written."""

_TOKEN = re.compile(r"\\[A-Za-z]+\*?[ \t\n]*|\\.|[{}^_&]|\s+|.", re.DOTALL)
_MARKED = "\u0300-\u036f\u20d7′₀-₎ₐ-ₜᵢ-ᵪⱼⁱ⁰-ⁿ"
_ATOM = re.compile(rf"√?(?:\d+(?:[.,]\d+)*|[^\W\d_{_MARKED}]|[∞∂∇])[{_MARKED}ᴬ-ᵡʰʲʳʷʸˢˣˡᶜᶠᶻᶿ]*")
SIGNS = frozenset("+-=<>/")
"""Signs between two terms that are written as they are."""

_NOT_FAITHFUL = frozenset(("\\\\", "&", "\\begin", "\\end"))


class _Unknown(ValueError):
    """This cannot be said faithfully in Unicode."""


def script(text: str, sign: str) -> str | None:
    """Return `text` as superscript or subscript; None where Unicode lacks a character.

    `sign`: "^" or "_".
    """
    table = sym.SUPERSCRIPTS if sign == "^" else sym.SUBSCRIPTS
    text = text.replace(" ", "")
    return "".join(table[c] for c in text) if text and all(c in table for c in text) else None


def to_unicode(tex: str) -> str | None:
    """Return the formula as plain Unicode.

    None where that would change or hide its meaning.
    """
    return _convert(tex, loose=False)


def to_linear(tex: str) -> str:
    """Return the formula on one readable line, with `_` and `^` where needed.

    As written where a macro is not known.
    """
    return _convert(tex, loose=True) or " ".join(tex.split())


def known(tex: str) -> bool:
    """True where every macro of the formula is one we know."""
    return _convert(tex, loose=True) is not None


def _convert(tex: str, *, loose: bool) -> str | None:
    if len(tex) > MAX_TEX:
        return None
    reader = _Reader(_TOKEN.findall(tex.strip()), loose=loose)
    try:
        out = reader.run(None, 0)
    except (_Unknown, IndexError):
        return None
    out = re.sub(r"(?<=[(\[{⟨]) +| +(?=[)\]},;⟩])", "", " ".join(out.split()))
    return unicodedata.normalize("NFC", out) or None


class _Reader:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, tokens: list[str], *, loose: bool) -> None:
        self.tokens, self.loose, self.at = tokens, loose, 0

    def peek(self) -> str:
        return self.tokens[self.at].strip() or " " if self.at < len(self.tokens) else ""

    def run(self, end: str | None, depth: int) -> str:
        """All up to `end` (a closing token, eaten) or the end of the formula."""
        if depth > MAX_DEPTH:
            raise _Unknown
        out = ""
        while self.at < len(self.tokens):
            if self.peek() == end:
                self.at += 1
                return out
            out = self.step(out, depth)
        if end is not None:
            raise _Unknown
        return out

    def step(self, out: str, depth: int) -> str:
        """`out` with what the next token adds."""
        token = self.tokens[self.at]
        name = token.strip()
        if name in ("^", "_"):
            self.at += 1
            raised = self.raised(name, self.argument(depth))
            follows = self.peek()[:1].isalnum() or (self.peek()[:1] == "\\" and self.peek()[1:2].isalpha())
            return out.rstrip() + raised + (" " if raised[0] in "^_" and raised[-1] != "}" and follows else "")
        if name[:1] == "\\" and name[1:] in ("frac", "dfrac", "tfrac", "nicefrac", "cfrac"):
            self.at += 1
            fraction = f"{_bracket(self.argument(depth))}/{_bracket(self.argument(depth))}"
            tight = bool(self.peek()) and (self.peek()[0].isalnum() or self.peek()[0] in "\\({")
            follows = self.peek()[1:] not in sym.RELATIONS | sym.BINARY | sym.SPACES
            return out + (f"({fraction})" if tight and follows else fraction)
        macro = name[1:].rstrip("*") if len(name) > 1 and name[0] == "\\" else ""
        if macro in sym.RELATIONS and depth < MAX_DEPTH:
            self.at += 1
            return f"{out.rstrip()} {sym.RELATIONS[macro]} "
        if macro in sym.BINARY:
            self.at += 1
            spaced = bool(out) and out[-1] == " " and token != name
            return out + sym.BINARY[macro] + (" " if spaced else "")
        if macro in sym.FUNCTIONS:
            self.at += 1
            before = " " if out and (out[-1].isalnum()) else ""
            after = " " if self.peek()[:1].isalnum() or (self.peek()[:1] == "\\" and self.peek()[1:2].isalpha()) else ""
            return out + before + macro + after
        if name in SIGNS and self.spaced():
            out = f"{out.rstrip()} "
        return out + self.unit(depth)

    def spaced(self) -> bool:
        """Tell whether a sign has spaces on both sides, the first eaten by a macro."""
        before, after = self.tokens[self.at - 1] if self.at else "", self.tokens[self.at + 1 : self.at + 2]
        return before[:1] == "\\" and before[-1:].isspace() and bool(after) and after[0].isspace()

    def unit(self, depth: int) -> str:
        """One symbol, group or macro with its arguments."""
        name = self.tokens[self.at].strip()
        self.at += 1
        if name == "{":
            return self.run("}", depth + 1)
        if name in _NOT_FAITHFUL or name == "}":
            raise _Unknown
        if not name:
            return " "
        if name[0] != "\\" or len(name) == 1:
            return {"'": "′", "~": " ", "*": "∗"}.get(name, name)
        return self.macro(name[1:].rstrip("*"), depth)

    def macro(self, name: str, depth: int) -> str:
        """What the macro `name` stands for."""
        table = sym.PLAIN | sym.RELATIONS | sym.BINARY | sym.SPACES
        if name in table:
            if name in ("left", "right", "middle") and self.peek() == ".":
                self.at += 1
            return table[name]
        if name in "{}%$#&_":
            return name
        if name == "|":
            return "‖"
        if name in sym.FUNCTIONS:
            return name
        if name in sym.UPRIGHT:
            return self.argument(depth, text=name.startswith(("text", "mbox", "hbox", "emph", "operator")))
        if name in sym.ALPHABETS:
            return "".join(self.letter(sym.ALPHABETS[name], c) for c in self.argument(depth))
        if name in sym.ACCENTS:
            return self.accent(name, self.argument(depth))
        if name == "sqrt":
            root = "√"
            if self.peek() == "[":
                self.at += 1
                root = {"2": "√", "3": "∛", "4": "∜"}.get(self.run("]", depth + 1), "")
            body = self.argument(depth)
            if not root:
                raise _Unknown
            return root + _bracket(body)
        raise _Unknown

    def argument(self, depth: int, *, text: bool = False) -> str:
        """Return the next group or unit, without outer spaces (a `text` keeps them)."""
        while self.peek() == " ":
            self.at += 1
        if text and self.peek() == "{":
            return self.run_text(depth)
        return self.unit(depth + 1).strip()

    def run_text(self, depth: int) -> str:
        """A text argument: spaces count, a lone `_` stays."""
        self.at += 1
        return " ".join(self.run("}", depth + 1).split(" "))

    def letter(self, table: dict[str, str], char: str) -> str:
        if char in table:
            return table[char]
        if self.loose:
            return char
        raise _Unknown

    def accent(self, name: str, body: str) -> str:
        if len(body) == 1:
            return body + sym.ACCENTS[name]
        if self.loose and body:
            return f"{name}({body})"
        raise _Unknown

    def raised(self, sign: str, body: str) -> str:
        exact = script(body, sign)
        if exact is not None:
            return exact
        if not self.loose or not body:
            raise _Unknown
        return f"{sign}{body}" if len(body) == 1 or body.isalnum() else f"{sign}{{{body}}}"


def _bracket(body: str) -> str:
    """The body in parentheses unless it is a single term."""
    return body if _ATOM.fullmatch(body) else f"({body})"


_MATHS = re.compile(r"\$\$([^$]{1,1500})\$\$|(?<!\\)\$(?!\s)([^$]{1,600}?)(?<![\s\\])\$|\\\((.{1,600}?)\\\)", re.DOTALL)
_ACCENT = re.compile(
    r"\\(?:(['`^\"~=.])\s*(?:\{\s*(\\?[A-Za-z])\s*\}|(\\?[A-Za-z]))|([uvHckrdb])(?:\{\s*(\\?[A-Za-z])\s*\}|\s+([A-Za-z])))"
)
_FONTS = r"\{\\(?:em|bf|it|rm|sc|sf|sl|tt|bfseries|itshape|scshape|ttfamily)(?![A-Za-z])\s*"
_STYLED = re.compile(r"(?:\\(?:" + "|".join(sorted(sym.UPRIGHT)) + rf")\s*\{{|{_FONTS})([^{{}}]*)\}}")
_HREF = re.compile(r"\\href\s*\{[^{}]*\}\s*\{([^{}]*)\}|\\(?:url|nolinkurl|footnote)\s*\{([^{}]*)\}")
_DROPPED = re.compile(r"~?\\(?:cite[a-z]*|ref|label|eqref|vspace|hspace)\*?\s*(?:\[[^\]]*\])*\{[^{}]*\}")
_WORD_MACRO = re.compile(r"\{?\\([A-Za-z]+)(?![A-Za-z])(?:\{\}|\s*\})?")


def tex_words(text: str) -> str:
    """Replace TeX's own spelling of words outside formulas.

    For example `\\'e`, `\\textit{X}`, `\\href{..}{X}`, `{\\deg}`.
    """
    if "\\" not in text:
        return text
    text = _DROPPED.sub("", _HREF.sub(lambda m: m[1] if m[1] is not None else m[2], _ACCENT.sub(_accented, text)))
    for _ in range(MAX_DEPTH):
        text, changed = _STYLED.subn(r"\1", text)
        if not changed:
            break
    return _WORD_MACRO.sub(_word, text)


def _accented(match: re.Match[str]) -> str:
    mark = sym.TEXT_ACCENTS[match[1] or match[4]]
    letter = (match[2] or match[3] or match[5] or match[6]).lstrip("\\")
    return unicodedata.normalize("NFC", letter + mark)


def _word(match: re.Match[str]) -> str:
    found = sym.PLAIN.get(match[1]) or sym.RELATIONS.get(match[1]) or sym.BINARY.get(match[1])
    whole = match[0]
    if found is None:
        return whole
    opened, closed = whole.startswith("{"), whole.endswith("}") and not whole.endswith("{}")
    return ("{" if opened and not closed else "") + found + ("}" if closed and not opened else "")


def is_money(body: str, after: str) -> bool:
    """True where `$body$` (followed by `after`) is two prices and no formula."""
    if "\\" in body:
        return False
    if re.search(r"[\u3000-\u9fff\uff00-\uffef]", body):
        return True
    return body[:1].isdigit() and (
        after[:1].isdigit() or bool(re.search(r"\s[A-Za-z]{3,}", body)) or body[-1:] in "-–—/,("
    )


def tex_pieces(text: str) -> list[tuple[str, str]]:
    """Return (words, formula) one after the other, of a title or abstract with TeX.

    Words are for people, formulas as written. One of the two is empty. Money stays money.
    """
    out, last = [], 0
    for match in _MATHS.finditer(text):
        body = match[1] or match[2] or match[3] or ""
        if match[2] and is_money(body, text[match.end() : match.end() + 1]):
            continue
        out += [(_prose(text[last : match.start()]), ""), ("", body)]
        last = match.end()
    return [*out, (_prose(text[last:]), "")]


def tex_text(text: str) -> str:
    """A title or abstract as arXiv keeps it (TeX in plain text), for people to read."""
    return "".join(prose or (to_linear(tex) if known(tex) else tex) for prose, tex in tex_pieces(text))


def _prose(text: str) -> str:
    text = tex_words(text)
    text = re.sub(r"(?<=\S)~(?=\S)", " ", text)
    text = re.sub(r"(?<=[\w)])---?(?=[\w(])| --- ", lambda m: {"--": "–", "---": "—"}.get(m[0], " — "), text)
    text = re.sub(r"``(?=\S)", "“", text)
    text = re.sub(r"(?<=\S)''", "”", text)
    text = re.sub(r"\\([%&_#${}])", r"\1", text)
    return re.sub(r"\{([A-Z][\w-]*|[A-Z]\w*(?: [A-Z]\w*)*)\}", r"\1", text)

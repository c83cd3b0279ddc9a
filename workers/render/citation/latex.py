"""Writes text as LaTeX: escapes, accents as commands, formulas kept."""

import re
import unicodedata

from workers.render.citation.fields import one_line
from workers.render.text import latex_symbols as sym
from workers.render.text.latex import tex_pieces, to_linear

_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u ", "\u0307": ".",
    "\u0308": '"', "\u030a": "r ", "\u030b": "H ", "\u030c": "v ", "\u0323": "d ", "\u0327": "c ", "\u0328": "k ",
    "\u0331": "b ",
}  # fmt: skip
"""Combining mark -> accent command (those of LaTeX itself)."""

_SIGNS = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "&": r"\&", "%": r"\%",
    "#": r"\#", "_": r"\_", "$": r"\$", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "<": "$<$", ">": "$>$",
    "|": r"\textbar{}", "\u00a0": "~", "–": "--", "—": "---", "‘": "`", "’": "'", "“": "``", "”": "''",
    "…": r"\ldots{}", "ß": r"{\ss}", "ø": r"{\o}", "Ø": r"{\O}", "ł": r"{\l}", "Ł": r"{\L}", "æ": r"{\ae}",
    "Æ": r"{\AE}", "œ": r"{\oe}", "Œ": r"{\OE}", "å": r"{\aa}", "Å": r"{\AA}", "đ": r"{\dj}", "Đ": r"{\DJ}",
    "ð": r"{\dh}", "Ð": r"{\DH}", "þ": r"{\th}", "Þ": r"{\TH}", "ı": r"{\i}", "ȷ": r"{\j}", "§": r"\S{}",
    "£": r"\pounds{}", "©": r"\copyright{}", "®": r"\textregistered{}", "™": r"\texttrademark{}", "°": r"$^\circ$",
    "−": "$-$", "µ": r"$\mu$", "√": r"$\surd$", "¡": "!`", "¿": "?`", "‐": "-", "‑": "-", "′": "$'$", "″": "$''$",
}  # fmt: skip

_NAMED = (
    "infty partial nabla hbar ell forall exists neg emptyset sum prod int angle top bot dagger ddagger cdots lfloor "
    "rfloor lceil rceil langle rangle times cdot div pm mp ast circ bullet oplus ominus otimes odot cup cap setminus "
    "wedge vee diamond star leq geq neq ll gg approx sim simeq cong equiv propto in notin ni subset subseteq supset "
    "supseteq mid parallel perp rightarrow leftarrow leftrightarrow Rightarrow Leftarrow Leftrightarrow mapsto "
    "uparrow downarrow prec succ preceq succeq models vdash hookrightarrow rightleftharpoons nearrow searrow"
)
"""Commands of maths that LaTeX has without a package."""

_SIGNS |= {(sym.PLAIN | sym.BINARY | sym.RELATIONS)[name]: f"$\\{name}$" for name in _NAMED.split()}

_GREEK = {
    name: chr(code)
    for names, start in (
        ("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi o pi rho varsigma sigma tau upsilon "
         "phi chi psi omega", 0x3B1),
        ("A B Gamma Delta E Z H Theta I K Lambda M N Xi O Pi P ~ Sigma T Upsilon Phi X Psi Omega", 0x391),
    )
    for code, name in enumerate(names.split(), start)
}  # fmt: skip
_SIGNS |= {sign: f"$\\{name}$" if len(name) > 1 else name for name, sign in _GREEK.items() if name != "~"}

_LOW, _HIGH = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-"), str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n")
_TOGETHER = re.compile("([\u0370-\u03ff\u1f00-\u1fff]{3,}|[₀-₉₊₋]+|[⁰¹²³⁴-⁹⁺⁻ⁿ]+)")
"""Signs that are written as one: a word of Greek (no formula), a number that is set low or high."""

_OUTSIDE = re.compile(r"(?<!\\)[&%#]|(?<!\\)\$")


def escaped(text: str) -> str:
    """Return plain text as LaTeX.

    What LaTeX has no command for (Chinese, say) stays as it is: UTF-8.
    """
    parts = _TOGETHER.split(unicodedata.normalize("NFC", text))
    parts[::2] = ["".join(_SIGNS.get(sign) or _accented(sign) for sign in part) for part in parts[::2]]
    parts[1::2] = [_together(part) for part in parts[1::2]]
    return "".join(parts)


def _together(part: str) -> str:
    low, high = part.translate(_LOW), part.translate(_HIGH)
    return part if low == high else f"$_{{{low}}}$" if low != part else f"$^{{{high}}}$"


def title(text: str) -> str:
    """Return a title as LaTeX, its formulas as the authors wrote them.

    Words with inner capitals keep them in any style.
    """
    out = ""
    for prose, formula in tex_pieces(text):
        if formula:
            out += f"${formula}$" if _sound(formula) else escaped(to_linear(formula))
            continue
        start, end = prose[: len(prose) - len(prose.lstrip())], prose[len(prose.rstrip()) :]
        words = one_line(prose)
        out += " " * bool(start) + _kept(words) + (" " if end and words else "")
    return re.sub(r" {2,}", " ", out).strip()


def _kept(words: str) -> str:
    """Return words as LaTeX, those with inner capitals in braces: `{BERT}`.

    An inner capital is one after the first letter: `{QuiltMAR}`.
    """
    return "".join(
        f"{{{escaped(part)}}}" if _capitals(part) else escaped(part) for part in re.split(r"([\w⁺⁻₊₋-]+)", words)
    )


def _capitals(word: str) -> bool:
    return any(c.isupper() for c in word[1:]) and not _title_case(word)


def _title_case(word: str) -> bool:
    """True for `Image-Restoration`: capitals only where a part begins.

    `U-Net` is a name.
    """
    plain = all(not any(c.isupper() for c in part[1:]) for part in re.split(r"[-_]", word)) and word[:1].isalpha()
    return plain and not re.match("[A-Za-z]-", word)


def _sound(formula: str) -> bool:
    """Tell whether a formula can stand in a BibTeX field as it is.

    Its braces must pair, and nothing in it may end the maths.
    """
    depth = 0
    for sign in re.sub(r"\\[\\{}]", lambda m: "" if m[0] == "\\\\" else m[0][1], formula):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            return False
    return not depth and not _OUTSIDE.search(formula) and not formula.endswith("\\")


def _accented(sign: str) -> str:
    parts = unicodedata.normalize("NFD", sign)
    if len(parts) == 2 and parts[1] in _ACCENTS and parts[0].isascii():
        letter = {"i": r"\i", "j": r"\j"}.get(parts[0], parts[0]) if parts[1] not in "\u0327\u0328\u0323" else parts[0]
        return f"{{\\{_ACCENTS[parts[1]]}{letter}}}"
    if len(parts) == 3 and all(mark in _ACCENTS for mark in parts[1:]) and parts[0].isascii():
        return f"{{\\{_ACCENTS[parts[2]]}{{\\{_ACCENTS[parts[1]]}{parts[0]}}}}}"  # Vietnamese: two marks on a letter
    return sign

"""Which LaTeX macro is which character (Unicode Technical Report 25)."""

_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "varpi": "ϖ", "rho": "ρ", "varrho": "ϱ", "sigma": "σ", "varsigma": "ς", "tau": "τ", "upsilon": "υ", "phi": "φ",
    "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ",
    "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip

PLAIN = _GREEK | {
    "infty": "∞", "partial": "∂", "nabla": "∇", "ell": "ℓ", "hbar": "ℏ", "Re": "ℜ", "Im": "ℑ", "aleph": "ℵ",
    "forall": "∀",
    "exists": "∃", "neg": "¬", "lnot": "¬", "emptyset": "∅", "varnothing": "∅", "sum": "∑", "prod": "∏", "int": "∫",
    "iint": "∬", "oint": "∮", "bigcup": "⋃", "bigcap": "⋂", "bigoplus": "⨁", "angle": "∠", "triangle": "△", "top": "⊤",
    "bot": "⊥", "prime": "′", "degree": "°", "deg": "°", "dagger": "†", "ddagger": "‡", "checkmark": "✓", "ldots": "…",
    "dots": "…", "cdots": "⋯", "vdots": "⋮", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "langle": "⟨",
    "rangle": "⟩", "lVert": "‖", "rVert": "‖", "Vert": "‖", "lvert": "|", "rvert": "|", "vert": "|", "lbrace": "{",
    "rbrace": "}", "lbrack": "[", "rbrack": "]", "backslash": "\\", "star": "⋆", "square": "□", "Box": "□", "S": "§",
    "copyright": "©", "pounds": "£", "euro": "€", "textdegree": "°", "textendash": "–", "textemdash": "—", "imath": "ı",
    "jmath": "ȷ", "i": "ı", "j": "ȷ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ss": "ß", "ae": "æ", "AE": "Æ",
    "oe": "œ",
    "OE": "Œ", "aa": "å", "AA": "Å", "textbackslash": "\\", "textasciitilde": "~", "textquotesingle": "'", "eth": "ð",
}  # fmt: skip
"""Macros that are one character."""

BINARY = {
    "times": "×", "cdot": "·", "div": "÷", "pm": "±", "mp": "∓", "ast": "∗", "circ": "∘", "bullet": "•", "oplus": "⊕",
    "ominus": "⊖", "otimes": "⊗", "odot": "⊙", "cup": "∪", "cap": "∩", "setminus": "∖", "wedge": "∧", "land": "∧",
    "vee": "∨", "lor": "∨", "diamond": "⋄", "star": "⋆",
}  # fmt: skip
"""Operators between two terms: spaced as the source is spaced."""

RELATIONS = {
    "le": "≤", "leq": "≤", "leqslant": "≤", "ge": "≥", "geq": "≥", "geqslant": "≥", "ne": "≠", "neq": "≠", "lt": "<",
    "gt": ">", "ll": "≪", "gg": "≫", "approx": "≈", "sim": "∼", "simeq": "≃", "cong": "≅", "equiv": "≡", "propto": "∝",
    "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂", "subseteq": "⊆", "supset": "⊃", "supseteq": "⊇", "mid": "∣",
    "parallel": "∥", "perp": "⊥", "to": "→", "rightarrow": "→", "longrightarrow": "⟶", "leftarrow": "←", "gets": "←",
    "leftrightarrow": "↔", "Rightarrow": "⇒", "implies": "⇒", "Leftarrow": "⇐", "Leftrightarrow": "⇔", "iff": "⇔",
    "mapsto": "↦", "uparrow": "↑", "downarrow": "↓", "prec": "≺", "succ": "≻", "preceq": "⪯", "succeq": "⪰",
    "coloneqq": "≔", "triangleq": "≜", "doteq": "≐", "models": "⊨", "vdash": "⊢", "hookrightarrow": "↪",
    "rightleftharpoons": "⇌",
    "lesssim": "≲", "gtrsim": "≳", "nearrow": "↗", "searrow": "↘", "leadsto": "⇝",
}  # fmt: skip
"""Relations: one space on either side, outside scripts."""

FUNCTIONS = frozenset(
    {
        "log", "ln", "lg", "exp", "sin", "cos", "tan", "cot", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh",
        "min", "max", "argmin", "argmax", "arg", "inf", "sup", "lim", "limsup", "liminf", "det", "dim", "ker",
        "rank", "tr", "Tr", "gcd", "mod", "bmod", "Pr", "hom", "softmax", "sigmoid", "sign", "sgn",
    }
)  # fmt: skip
"""Names set upright; a space follows before a letter or digit."""

UPRIGHT = frozenset(
    {
        "text", "textrm", "textbf", "textit", "textsf", "texttt", "textsc", "textnormal", "textup", "emph", "mathrm",
        "mathbf", "mathit", "mathsf", "mathtt", "boldsymbol", "bm", "pmb", "operatorname", "mbox", "hbox", "mathnormal",
        "mathop", "mathbin", "mathrel",
    }
)  # fmt: skip
"""Macros that only change the typeface: their content is kept."""

SPACES = {
    ",": " ", ";": " ", ":": " ", " ": " ", "quad": " ", "qquad": "  ", "!": "", "thinspace": " ", "enspace": " ",
    "limits": "", "nolimits": "", "displaystyle": "", "textstyle": "", "scriptstyle": "", "left": "", "right": "",
    "big": "", "Big": "", "bigg": "", "Bigg": "", "bigl": "", "bigr": "", "Bigl": "", "Bigr": "", "biggl": "",
    "biggr": "", "middle": "", "/": "", "-": "", "@": "", "protect": "", "xspace": "", "rm": "", "it": "", "bf": "",
    "sf": "", "tt": "", "em": "", "sc": "", "cal": "", "mathstrut": "", "relax": "", "nonumber": "", "notag": "",
}  # fmt: skip
"""Spacing, sizing and typeface switches."""

ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304",
    "overline": "\u0305", "vec": "\u20d7", "dot": "\u0307", "ddot": "\u0308", "breve": "\u0306",
    "check": "\u030c", "acute": "\u0301",
    "grave": "\u0300", "underline": "\u0332",
}  # fmt: skip
"""Maths accents as combining characters."""

TEXT_ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c",
    "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323", "b": "\u0331",
}  # fmt: skip
"""Text accents (`\\'e`, `\\v{s}`) as combining characters."""

_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BLACKBOARD = {c: chr(0x1D538 + i) for i, c in enumerate(_UPPER)} | dict(zip("CHNPQRZ1", "ℂℍℕℙℚℝℤ𝟙", strict=True))
SCRIPT = {c: chr(0x1D49C + i) for i, c in enumerate(_UPPER)} | dict(zip("BEFHILMR", "ℬℰℱℋℐℒℳℛ", strict=True))
FRAKTUR = {c: chr(0x1D504 + i) for i, c in enumerate(_UPPER)} | dict(zip("CHIRZ", "ℭℌℑℜℨ", strict=True))
ALPHABETS = {"mathbb": BLACKBOARD, "mathds": BLACKBOARD, "mathcal": SCRIPT, "mathscr": SCRIPT, "mathfrak": FRAKTUR}

SUPERSCRIPTS = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ′∗*⋆∘°⊤†‡",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ′***°°ᵀ†‡",
        strict=True,
    )
)
SUBSCRIPTS = dict(zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))

"""A LaTeXML page and a PDF of a paper's size and make, the same in every run."""

import random

from tests.doubles.pages import make_html, make_pdf, put

SEED = 20260601
WORDS = (
    "model", "network", "image", "noise", "prior", "flow", "restoration", "pixel", "path", "evidence", "probe",
    "strength", "training", "objective", "sampling", "latent", "diffusion", "baseline", "dataset", "benchmark",
    "metric", "gradient", "attention", "token", "encoder", "decoder", "scale", "loss", "estimate",
)  # fmt: skip
MATH = (
    '<math id="S{s}.p{p}.m{m}" class="ltx_Math" alttext="\\sigma_{{t}}=\\sqrt{{1-\\bar{{\\alpha}}_{{t}}}}" '
    'display="inline"><semantics><mrow><msub><mi>σ</mi><mi>t</mi></msub><mo>=</mo><msqrt><mrow><mn>1</mn><mo>−</mo>'
    "<msub><mover><mi>α</mi><mo>¯</mo></mover><mi>t</mi></msub></mrow></msqrt></mrow><annotation "
    'encoding="application/x-tex">\\sigma_{{t}}=\\sqrt{{1-\\bar{{\\alpha}}_{{t}}}}</annotation></semantics></math>'
)
CITE = '<cite class="ltx_cite ltx_citemacro_cite">[<a href="#bib.bib{k}" title="" class="ltx_ref">{k}</a>]</cite>'


def html(size: int) -> bytes:
    """A page of `size` bytes or a little more.

    Sentences with citations, formulas, footnotes, tables and figures.
    """
    draw, body, section = random.Random(SEED), list[str](), 10
    while sum(map(len, body)) < size:
        parts = [_paragraph(draw, section, p) for p in range(1, 9)]
        rows = "".join(
            "<tr class='ltx_tr'>" + "".join(f"<td class='ltx_td'>{draw.random():.2f}</td>" for _ in range(6)) + "</tr>"
            for _ in range(8)
        )
        body.append(
            f'<section id="S{section}" class="ltx_section"><h2 class="ltx_title ltx_title_section"><span '
            f'class="ltx_tag ltx_tag_section">{section} </span>Part</h2>{"".join(parts)}<figure id="S{section}.T1" '
            f'class="ltx_table"><figcaption class="ltx_caption"><span class="ltx_tag ltx_tag_table">Table {section}: '
            f"</span>Results.</figcaption><table class='ltx_tabular'>{rows}</table></figure></section>"
        )
        section += 1
    return make_html("".join(body))


def _paragraph(draw: random.Random, section: int, number: int) -> str:
    sentences = []
    for m in range(6):
        words = " ".join(draw.choice(WORDS) for _ in range(14))
        span = f'<span id="S{section}.p{number}.{m}" class="ltx_text ltx_font_italic">{draw.choice(WORDS)}</span>'
        more = MATH.format(s=section, p=number, m=m) if m % 2 else CITE.format(k=draw.randint(1, 60))
        sentences.append(f"The {words} of the {span} is what we learn from {more}.")
    text = "\n".join(sentences)
    return (
        f'<div id="S{section}.p{number}" class="ltx_para"><p id="S{section}.p{number}.1" class="ltx_p">{text}</p></div>'
    )


def pdf(pages: int) -> bytes:
    """A PDF of `pages` pages in two columns, each line set in pieces as TeX does."""
    draw = random.Random(SEED)
    made = []
    for number in range(1, pages + 1):
        page = put(f"{number} Part", x=60, y=760, size=13, font="F2") if number > 1 else put("A Paper", y=770, size=18)
        for x in (60, 320):
            for k in range(54):
                words = [draw.choice(WORDS) for _ in range(7)]
                ends = "." if k % 9 == 8 else ""
                page += _line(words, ends, x, 740 - 12 * k)
        made.append(page)
    return make_pdf(*made)


def _line(words: list[str], ends: str, x: int, y: int) -> str:
    """A line in three pieces.

    Two have kerning inside. Between them is one formula letter in another font.
    """
    first = " ".join(f"({word}) -250" for word in words[:4])
    last = " ".join(f"({word}) -250" for word in words[4:-1]) + f" ({words[-1]}{ends})"
    return (
        f"BT /F1 10 Tf 0 g {x} {y} Td [{first}] TJ ET\nBT /F2 7 Tf {x + 118} {y - 1} Td (x) Tj ET\n"
        f"BT /F1 10 Tf {x + 126} {y} Td [{last}] TJ ET\n"
    )

"""Papers made for tests.

LaTeXML pages and minimal PDFs, written by hand so that every byte is known.
"""

PROSE = (
    "We restore degraded photographs with a flow that starts at the picture itself and not at noise. "
    "The probe predicts for each pixel how much of the evidence was lost, and the path begins with noise of that "
    "strength. On five tasks the mean gain is 0.71 dB over the strongest baseline, and it is not explained by size. "
)
"""Plain English of three sentences."""


def make_html(
    body: str = "", *, title: str = "On Making Pages", abstract: str = "We make pages of 31.94 dB for tests.",
    sections: int = 4, repeat: int = 9, bibliography: int = 3, version: str = "2601.00001v2",
    license: str = "CC BY 4.0", base: str = "", head: str = "", before: str = "",
) -> bytes:  # fmt: skip
    """A page as arxiv.org/html sends it. `body`: markup put in front of the sections."""
    made = "".join(
        f'<section id="S{k}" class="ltx_section"><h2 class="ltx_title ltx_title_section">'
        f'<span class="ltx_tag ltx_tag_section">{k} </span>Part {k}</h2>'
        + "".join(
            f'<div id="S{k}.p{j}" class="ltx_para"><p class="ltx_p">{PROSE}</p></div>' for j in range(1, repeat + 1)
        )
        + "</section>"
        for k in range(1, sections + 1)
    )
    items = "".join(
        f'<li id="bib.bib{k}" class="ltx_bibitem">[{k}] A. Author. A cited work.</li>' for k in range(bibliography)
    )
    cited = f'<section id="bib" class="ltx_bibliography"><h2>References</h2><ul>{items}</ul></section>'
    box = (
        f'<div id="infobox"><a id="license-tr" href="https://info.arxiv.org/help/license/index.html">License: {license}'
        f'</a><div id="watermark-tr">arXiv:{version} [cs.CV] 22 Jan 2026</div></div>'
    )
    summary = f'<div class="ltx_abstract"><h6 class="ltx_title">Abstract</h6><p class="ltx_p">{abstract}</p></div>'
    head += f"<base href={base!r}>" if base else ""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{head}</head><body>'
        f'<dialog><p>Report GitHub Issue</p></dialog>{before}<div class="ltx_page_main">{version and box}'
        f'<div class="ltx_page_content"><article class="ltx_document">'
        f'<h1 class="ltx_title ltx_title_document">{title}</h1><div class="ltx_authors">Ada Example</div>'
        f"{summary if abstract else ''}{body}{made}{cited if bibliography else ''}</article></div></div></body></html>"
    ).encode()


def para(text: str, id: str = "S9.p1", heading: str = "9 Tried") -> str:
    """A section of one paragraph with the markup `text`."""
    section = id.partition(".")[0]
    return (
        f'<section id="{section}" class="ltx_section"><h2 class="ltx_title ltx_title_section">{heading}</h2>'
        f'<div id="{id}" class="ltx_para"><p class="ltx_p">{text}</p></div></section>'
    )


def put(
    text: str | list[str],
    x: float = 72,
    y: float = 700,
    size: float = 10,
    font: str = "F1",
    color: tuple[float, float, float] | None = None,
    mode: int = 0,
    leading: float = 12,
) -> str:
    """PDF operators that write the lines of `text` from (x, y) down.

    `color`: (red, green, blue), 0 to 1.
    """
    lines = text if isinstance(text, list) else [text]
    shown = " ".join(f"({_escaped(line)}) Tj T*" for line in lines)
    paint = " ".join(f"{c:g}" for c in color or (0, 0, 0))
    return f"q {paint} rg BT /{font} {size} Tf {leading} TL {mode} Tr {x} {y} Td {shown} ET Q\n"


def box(x: float, y: float, width: float, height: float, color: tuple[float, float, float] = (0, 0, 0)) -> str:
    """A filled rectangle."""
    return f"q {' '.join(map(str, color))} rg {x} {y} {width} {height} re f Q\n"


def picture(x: float = 0, y: float = 0, width: float = 612, height: float = 792) -> str:
    """A grey image of one pixel, drawn large."""
    return f"q {width} 0 0 {height} {x} {y} cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI Q\n"


def wrapped(text: str, width: int = 88) -> list[str]:
    """Lines of at most `width` characters."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        if len(line) + len(word) + 1 > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def make_pdf(*pages: str, encrypt: str = "", tree: str = "") -> bytes:
    """A PDF of `pages`, each a string of operators, in US letter.

    F1 is Helvetica, F2 Helvetica-Bold. `tree`: what the node says that holds the pages.
    """
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    fonts = [f"<< /Type /Font /Subtype /Type1 /BaseFont /{n} /Encoding /WinAnsiEncoding >>" for n in FONTS]
    objects += fonts
    kids = []
    for content in pages:
        data = content.encode("latin-1")
        objects.append(f"<< /Length {len(data)} >>\nstream\n{content}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages {tree} /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    if encrypt:
        objects.append(encrypt)
    return _file(objects, f" /Encrypt {len(objects)} 0 R /ID [<00><00>]" if encrypt else "")


FONTS = ("Helvetica", "Helvetica-Bold")
LOCKED = f"<< /Filter /Standard /V 1 /R 2 /P -44 /O <{'41' * 32}> /U <{'42' * 32}> >>"
"""An encryption dictionary whose password nobody knows."""


def paper_pdf(
    extra: str = "", pages: int = 1, head: str = "", foot: bool = True, before: str = "", **more: str
) -> bytes:
    """A one-column paper.

    `extra` is drawn on page 1 at last, `before` ahead of the references.
    """
    first = put("A Paper Written by Hand", y=740, size=18, font="F2") + put("Ada Example", y=720)
    first += put("Abstract", y=700, font="F2", size=12) + put(wrapped(PROSE), y=685)
    first += put("1 Introduction", y=600, size=12, font="F2") + put(wrapped(PROSE * 3), y=585)
    first += put("2 Method", y=420, size=12, font="F2") + put(wrapped(PROSE * 3), y=405)
    first += put("3 Results", y=240, size=12, font="F2") + put(wrapped(PROSE * 2), y=225)
    first += before
    if pages == 1:
        first += put("References", y=120, size=12, font="F2")
        first += put(["[1] A. Author. A cited work. 2020.", "[2] B. Author. Another. 2021."], y=105)
    words = (PROSE * 8).split()
    rest = [
        (put(head, y=770) if head else "")
        + put(wrapped(" ".join(words[k * 5 % 50 :])), y=700)
        + (put(str(k), x=300, y=30) if foot else "")
        for k in range(2, pages + 1)
    ]
    return make_pdf(first + extra, *rest, **more)


def wide_pdf(*lines: tuple[float, str]) -> bytes:
    """A page of (size, text) lines in letters that no standard font has.

    Its composite font only says what its signs mean.
    """
    signs = {c: n for n, c in enumerate(sorted({c for _, text in lines for c in text}), 1)}
    meant = "".join(f"<{n:04X}> <{c.encode('utf-16-be').hex()}>\n" for c, n in signs.items())
    table = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def 1 begincodespacerange <0000> "
        f"<FFFF> endcodespacerange {len(signs)} beginbfchar\n{meant}endbfchar endcmap end end"
    )
    shown, y = "", 740.0
    for size, text in lines:
        coded = "".join(f"{signs[c]:04X}" for c in text)
        shown, y = f"{shown}BT /F1 {size} Tf 72 {y} Td <{coded}> Tj ET\n", y - size * 1.5
    parts = ("/FontDescriptor << /Type /FontDescriptor /FontName /X /Flags 4 /FontBBox [0 -200 1000 900] "
             "/ItalicAngle 0 /Ascent 900 /Descent -200 /CapHeight 700 /StemV 80 >>")  # fmt: skip
    return _file([
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream",
        "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [6 0 R] "
        "/ToUnicode 7 0 R >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
        f"/Supplement 0 >> /DW 1000 {parts} >>",
        f"<< /Length {len(table)} >>\nstream\n{table}\nendstream",
    ])  # fmt: skip


def _file(objects: list[str], trailer: str = "") -> bytes:
    """The file of these objects; the first is its root."""
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    return (
        out + f"{end}trailer << /Size {len(objects) + 1} /Root 1 0 R{trailer} >>\nstartxref\n{len(out)}\n%%EOF".encode()
    )


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")

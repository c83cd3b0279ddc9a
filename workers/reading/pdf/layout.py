"""Lines of a PDF to sections, paragraphs, captions and references. By rule, since a PDF knows nothing of them.

What a heading is, `headings` says; a paragraph ends where a line ends a sentence early.
"""

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate

from workers.reading.pdf.captions import begins_caption, number_of
from workers.reading.pdf.headings import SAME_PT, Heading, Headings, may_be_heading, title_of
from workers.reading.pdf.lines import LAST, TextLine, ends, join, lines_of, without_edges
from workers.reading.pdf.pages import Page
from workers.reading.text import Figure, Paragraph, Section, Table, label_of

EARLY = 0.88
"""Share of the usual line length below which a line ended early."""

HEADING_LINES = 3
"""Most lines of a heading."""

FRONT_LINES = 60
"""Lines before the first heading from which they are text and not only title and authors."""

ABSTRACT_CHARS = 2_500
"""Length from which the next paragraph is not the abstract's: arXiv allows 1,920 characters."""

GAP = 2.0
"""Distance of two lines in their size from which they are not of one caption; double spacing has less."""

LIST_LINES = 20
"""Lines among which the first three entries of a list of references begin."""

CAPTION_LINES = 12
"""Most lines of a caption; what follows is body."""

PARAGRAPH_CHARS = 1_800
"""Length at which a paragraph is cut at the next end of a sentence, so that a place stays findable."""

WIDTH_LINES, SIZE_LINES, WEIGHT_LINES = 250, 50, 15
"""About how many lines are asked for the usual length, the size and the weight of the body's type."""

_ENTRY = re.compile(r"^\s*(?:\[[\w+]{1,12}\]|\d{1,3}\.\s)", re.M)
_BULLET = re.compile(r"[•◦▪‣∙●○\x0f\uf0b7]\s*|[-–]\s(?=[A-Z])|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})\)\s")


@dataclass
class Layout:
    """What the lines came to."""

    title: str = ""
    abstract: str = ""
    sections: list[Section] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    bibliography: int = 0
    apart: str = ""
    """Front matter and references, which are in no section."""
    stamp: str = ""
    """arXiv's stamp at the side of page 1: id, version and date."""


def lay_out(pages: list[Page]) -> Layout:
    """Title, abstract, sections, captions and the number of references in `pages`."""
    out = Layout()
    lines, out.stamp = without_edges([lines_of(page) for page in pages])
    return _Reader(lines, out).run()


class _Reader:
    """Goes once through the lines, from one that may be a heading or caption to the next."""

    def __init__(self, lines: list[TextLine], out: Layout) -> None:
        self.lines, self.out = lines, out
        lengths = sorted([n for line in _some(lines, WIDTH_LINES) if (n := len(line.text)) > 20])
        width = lengths[len(lengths) * 3 // 4] if lengths else 80
        sizes = Counter(round(x.page.size(x.at), 1) for x in _some(lines, SIZE_LINES) if len(x.text) > 20)
        size = sizes.most_common(1)[0][0] if sizes else 10.0
        body = [x for x in _some(lines[len(lines) // 4 :], WEIGHT_LINES) if len(x.text) > 20]
        self.headings = Headings(size, sum(x.page.style(x.at)[1] for x in body) * 2 > len(body))
        self.after: set[int] = set()
        """Lines before which a paragraph ended, or another page begins: a paragraph is of one page."""
        self.breaks: list[int] = []
        """Those, and the lines that begin an item of a list."""
        self.stops: list[int] = []
        """Lines that may be a heading or the begin of a caption."""
        self.unheaded = -1
        """Line that begins a list of references, which may have no heading."""
        self._mark(EARLY * width)
        self.counts: Counter[int] = Counter()
        self.ids: set[str] = set()
        self.buffer: list[TextLine] = []
        self.paragraphs: list[Paragraph] = []
        self.heading = ("front", "", 1)
        self.front: list[TextLine] = []
        self.quoted = False
        """Whether the front became part of a section."""
        self.references: list[str] = []

    def _mark(self, early: float) -> None:
        """Find the lines where something may begin. `early`: characters below which a line ended early."""
        ended, page_before, cut = True, None, False
        for k, (text, page, _, cut_here) in enumerate(self.lines):
            first = text[0]
            lower = first.islower()
            if ended or (page is not page_before and not cut):
                ended, page_before = True, page
                self.after.add(k)
                self.breaks.append(k)
            elif not lower and not first.isalpha() and _BULLET.match(text):
                self.breaks.append(k)
            if not lower:
                if first == "[" and text.startswith("[1]") and self._is_list(k):
                    self.unheaded = k
                    self.stops.append(k)
                if may_be_heading(text, ended) or (first in "FT" and begins_caption(text, ended)):
                    self.stops.append(k)
            cut = cut_here
            ended = text[-1] in LAST and not cut and len(text) < early and ends(text)

    def _is_list(self, k: int) -> bool:
        """True where `[2]` and `[3]` begin lines soon after line `k`."""
        near = [line.text[:3] for line in self.lines[k : k + LIST_LINES]]
        return "[2]" in near and "[3]" in near

    def run(self) -> Layout:
        k = 0
        for stop in self.stops:
            if stop < k:
                continue
            self._take(k, stop)
            if stop == self.unheaded and self.headings.kind != "references":
                self._close()
                self.headings.take(Heading("References", 1, "references"))
                k = stop
            elif found := self._heading(stop):
                k = self._open(found, stop)
            elif self.headings.kind not in ("front", "contents") and begins_caption(
                self.lines[stop].text, stop in self.after
            ):
                k = self._caption(stop)
            else:
                k = stop
        self._take(k, len(self.lines))
        self._close()
        self._finish()
        return self.out

    def _take(self, start: int, end: int) -> None:
        """Put the lines from `start` to before `end` where they belong."""
        if self.headings.kind in ("front", "contents"):
            self.front += self.lines[start:end]
            self.headings.late = self.headings.kind == "front" and len(self.front) > FRONT_LINES
        elif self.headings.kind == "references":
            self.references += [line.text for line in self.lines[start:end]]
        else:
            self._body(start, end)

    def _heading(self, k: int) -> Heading | None:
        return self.headings.match(self.lines[k], k in self.after)

    def _open(self, found: Heading, k: int) -> int:
        """Begin what the heading at line `k` opens; returns the next line to read."""
        if self.headings.late and found.kind in ("body", "references"):  # no heading of abstract or introduction
            self._take_front()
        self.headings.late = False
        self._close()
        self.headings.take(found)
        line = self.lines[k]
        k += 1
        if found.kind == "run-in":
            rest = line.text[self.headings.run_in(line.text) :]
            self.buffer = [TextLine(rest, line.page, line.at, line.cut)] if rest else []
        if found.kind == "body":
            size, parts = self.headings.larger(line), [line]
            while size and k < len(self.lines) and not self._heading(k):  # a title of two lines
                more = self.lines[k]
                if abs(self.headings.larger(more) - size) > SAME_PT or len(parts) >= HEADING_LINES:
                    break
                parts, k = [*parts, more], k + 1
            title = join(parts)
            self.heading = (f"p{line.page.number}.h{len(self.out.sections) + 1}", title, found.level)
        return k

    def _close(self) -> None:
        """End the part that is open."""
        self._flush()
        if self.headings.kind == "abstract":
            sizes = accumulate(len(p.text) for p in self.paragraphs)
            last = next((k for k, size in enumerate(sizes, 1) if size > ABSTRACT_CHARS), len(self.paragraphs))
            self.out.abstract = " ".join(p.text for p in self.paragraphs[:last])
            if rest := self.paragraphs[last:]:  # the introduction has no heading
                self.out.sections.append(Section(id="front", title="", paragraphs=tuple(rest)))
        elif self.paragraphs or self.heading[1]:
            id, title, level = self.heading
            made = Section(
                id=id, title=title, level=level, appendix=self.headings.appendix, paragraphs=tuple(self.paragraphs)
            )
            self.out.sections.append(made)
        self.paragraphs, self.heading = [], ("", "", 1)

    def _body(self, start: int, end: int) -> None:
        """Text of a section: paragraph by paragraph."""
        for k in self.breaks[bisect_left(self.breaks, start) : bisect_left(self.breaks, end)]:
            self.buffer += self.lines[start:k]
            self._flush()
            start = k
        self.buffer += self.lines[start:end]

    def _flush(self) -> None:
        lines, self.buffer = self.buffer, []
        if sum([len(line.text) for line in lines]) > PARAGRAPH_CHARS:
            size, begin = 0, 0
            for k, line in enumerate(lines):
                size += len(line.text)
                if size > PARAGRAPH_CHARS and not line.cut and ends(line.text):
                    self._paragraph(lines[begin : k + 1])
                    size, begin = 0, k + 1
            lines = lines[begin:]
        self._paragraph(lines)

    def _paragraph(self, lines: list[TextLine]) -> None:
        if lines and (text := join(lines)):
            page = lines[0].page.number
            self.counts[page] += 1
            self.paragraphs.append(Paragraph(id=f"p{page}.{self.counts[page]}", text=text, page=page))

    def _caption(self, k: int) -> int:
        """Take the caption that begins at line `k` out of the text around it."""
        lines = [self.lines[k]]
        start, size = k, lines[0].page.size(lines[0].at)
        own = abs(size - self.headings.size) > SAME_PT
        while len(lines) < CAPTION_LINES and (own or lines[-1].cut or not ends(lines[-1].text)):
            k += 1
            if k >= len(self.lines) or self.lines[k].page is not lines[0].page or self._heading(k):
                break
            more = self.lines[k]
            if (own and abs(more.page.size(more.at) - size) > SAME_PT) or begins_caption(more.text, False):
                break
            if not -size < more.page.drop(lines[-1].at, more.at) < GAP * size:
                break
            lines.append(more)
        else:
            k += 1
        if start not in self.after and k in self.after and k < len(self.lines):  # the sentence around it goes on
            self.after.discard(k)
            self.breaks.remove(k)
        text, page = join(lines), lines[0].page.number
        table = text[:3].casefold() == "tab"
        id = self._unique(f"p{page}.{'T' if table else 'F'}{number_of(text)}")
        if table:
            self.out.tables.append(Table(id=id, caption=text, section=self.heading[0], page=page))
        else:
            self.out.figures.append(
                Figure(id=id, caption=text, label=label_of(text), section=self.heading[0], page=page)
            )
        return k

    def _unique(self, id: str) -> str:
        name, k = id, 1
        while name in self.ids:
            k += 1
            name = f"{id}.b{k}"
        self.ids.add(name)
        return name

    def _take_front(self) -> None:
        """What stands before the first heading is text."""
        self._body(0, len(self.front))
        self.quoted = True

    def _finish(self) -> None:
        out, text = self.out, "\n".join(self.references)
        years = len(re.findall(r"\b(?:19|20)\d\d[a-z]?[.)]", text))
        out.bibliography = max(len(_ENTRY.findall(text)), years if text else 0)
        out.title = title_of([line for line in self.front if line.page.number == 1])
        if not out.sections and not out.abstract and self.front:  # nothing found: all of it is one section
            self._take_front()
            self._flush()
            out.sections.append(Section(id="front", title="", paragraphs=tuple(self.paragraphs)))
        front = [] if self.quoted else [line.text for line in self.front]
        out.apart = " ".join([*front, *self.references])


def _some(lines: list[TextLine], count: int) -> list[TextLine]:
    """About `count` of `lines`, spread evenly."""
    return lines[:: max(1, len(lines) // count)]

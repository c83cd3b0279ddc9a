"""Turns lines of a PDF into sections, paragraphs, captions, references.

What a heading is, `headings` says; a paragraph ends where a line ends a sentence early.
"""

import re
from bisect import bisect_left, insort
from collections import Counter

from workers.reading.pdf import front
from workers.reading.pdf.breaks import apart, marked
from workers.reading.pdf.captions import number_of
from workers.reading.pdf.figure_regions import Region, Regions
from workers.reading.pdf.flow import first_sentence, goes_on, leaves_open, parted, tells
from workers.reading.pdf.footnotes import Footnote, footnotes
from workers.reading.pdf.headings import SAME_PT, Heading, Headings
from workers.reading.pdf.page.line_numbers import without_numbers
from workers.reading.pdf.page.lines import TextLine, join, lines_of, some, usual, without_edges
from workers.reading.pdf.page.pages import Page
from workers.reading.pdf.references import end_of_list
from workers.reading.pdf.result import Layout
from workers.reading.pdf.tables.rows import table_rows
from workers.reading.text import Figure, Paragraph, Section, Table, label_of

EARLY = 0.88
"""Share of the usual line length below which a line ended early."""

HEADING_LINES = 3
"""Most lines of a heading."""

FULL = 0.55
"""Share of the usual line length from which a heading in the size of the body may go on in the next line."""

SHORT_HEADING = 0.38
"""Share of the usual line length up to which a heading does not go on in the next line, with that one's first word."""

WEIGHT_LINES = 15
"""About how many lines are asked for the weight of the body's type."""

_ENTRY = re.compile(r"^\s*(?:\[[\w+]{1,12}\]|\d{1,3}\.\s)", re.M)


def lay_out(pages: list[Page]) -> Layout:
    """Title, abstract, sections, captions and the number of references in `pages`."""
    out = Layout()
    lines, out.stamp = without_edges(without_numbers([lines_of(page) for page in pages]))
    width, size = usual(lines)
    regions = Regions(lines, size, width).run()
    floats = {(lines[r.start].page.number, lines[r.start].at): r for r in regions}
    gone = {k for r in regions for k in r.lines}
    captions = {k for r in regions for k in range(r.start, r.end)}
    notes, noted = footnotes(lines, size, gone | captions)
    published, placed = front.publisher_notes(lines, size, gone | captions | noted)
    gone |= noted | placed
    kept = [line for k, line in enumerate(lines) if k not in gone] if gone else lines
    return _Reader(kept, out, size, width, floats, sorted([*notes, *published], key=lambda n: n.page)).run()


class _Reader:
    """Goes once through the lines, by those that may be a heading or caption."""

    def __init__(
        self, lines: list[TextLine], out: Layout, size: float, width: float, floats: dict[tuple[int, int], Region],
        notes: list[Footnote],
    ) -> None:  # fmt: skip
        self.lines, self.out, self.floats, self.width = lines, out, floats, width
        self.notes = [note for note in notes if not note.front]
        """Footnotes that no section has yet."""
        self.about = [note.text for note in notes if note.front]
        body = [x for x in some(lines[len(lines) // 4 :], WEIGHT_LINES) if len(x.text) > 20]
        self.headings = Headings(size, sum(x.page.style(x.at)[1] for x in body) * 2 > len(body))
        marks = marked(lines, EARLY * width, floats)
        self.after, self.breaks, self.stops, self.unheaded = marks.after, marks.breaks, marks.stops, marks.unheaded
        self.counts: Counter[int] = Counter()
        self.ids: set[str] = set()
        self.buffer: list[TextLine] = []
        self.full = False
        """Whether the last line of the last paragraph is full."""
        self.paragraphs: list[Paragraph] = []
        self.heading = ("front", "", 1)
        self.front: list[TextLine] = []
        self.quoted = False
        """Whether the front became part of a section."""
        self.references: list[TextLine] = []
        """Lines of the list of references that is open, and of those before it."""
        self.listed: list[str] = []

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
            elif self.headings.kind != "contents" and (region := self._region(stop)):
                k = self._caption(stop, region)
            elif found := self._heading(stop):
                k = self._open(found, stop)
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
            self.headings.late = self.headings.kind == "front" and len(self.front) > front.LINES
        elif self.headings.kind == "references":
            self.references += self.lines[start:end]
        else:
            self._body(start, end)

    def _heading(self, k: int) -> Heading | None:
        line = self.lines[k]
        if self.headings.kind in ("abstract", "about") and k in self.after and front.follows_abstract(line.text):
            return Heading(line.text, 1, "about")
        return self.headings.match(line, k in self.after, self._next(k))

    def _next(self, k: int) -> TextLine | None:
        """The line after line `k`, on its page."""
        more = self.lines[k + 1] if k + 1 < len(self.lines) else None
        return more if more and more.page is self.lines[k].page else None

    def _open(self, found: Heading, k: int) -> int:
        """Begin what the heading at line `k` opens; returns the next line to read."""
        if self.headings.late and found.kind in ("body", "references"):  # no heading of abstract or introduction
            self._take_front()
        self.headings.late = False
        line = self.lines[k]
        self._close(line.page.number)
        self.headings.take(found)
        k += 1
        if found.kind == "about":
            self.buffer = [line]
            if gap := next(
                (j for j in range(k, min(k + front.KEYWORD_LINES, len(self.lines))) if apart(self.lines, j)), 0
            ):
                insort(self.breaks, gap)  # a text without a heading may begin there
        if found.kind == "run-in":
            rest = line.text[self.headings.run_in(line.text) :]
            self.buffer = [TextLine(rest, line.page, line.at, line.cut)] if rest else []
        if found.kind == "body":
            size, parts = self.headings.larger(line), [line]
            full = len(line.text) >= FULL * self.width
            while (size or full) and k < len(self.lines) and not self._heading(k):  # a title of two lines
                more = self.lines[k]
                same = (
                    abs(self.headings.larger(more) - size) <= SAME_PT if size else self.headings.set_apart(line, more)
                )
                least = 0 if found.appendix or leaves_open(parts[-1].text) else SHORT_HEADING * self.width
                if not same or len(parts) >= HEADING_LINES or len(parts[-1].text) + len(more.text.split()[0]) < least:
                    break
                parts, k = [*parts, more], k + 1
            title = join(parts)
            self.heading = (f"p{line.page.number}.h{len(self.out.sections) + 1}", title, found.level)
            alone = k < len(self.lines) and not self._region(k)
            inner = self.headings.match(self.lines[k], True, self._next(k)) if alone else None
            if inner and inner.kind == "body" and not inner.numbers:
                return self._open(inner, k)
        return k

    def _close(self, page: int | None = None) -> None:
        """End the open part. A section gets the footnotes of pages before `page`."""
        if self.references:
            self._end_references()
        self._flush()
        if self.headings.kind in ("abstract", "about"):
            self._close_front()
        elif self.paragraphs or self.heading[1]:
            while self.notes and (page is None or self.notes[0].page < page):
                note = self.notes.pop(0)
                if tells(note.text):
                    self._add(note.page, note.text)
            id, title, level = self.heading
            made = Section(
                id=id, title=title, level=level, appendix=self.headings.appendix, paragraphs=tuple(self.paragraphs)
            )
            self.out.sections.append(made)
        self.paragraphs, self.heading = [], ("", "", 1)

    def _close_front(self) -> None:
        """End the abstract or what is behind it; then comes an unheaded introduction."""
        texts = [p.text for p in self.paragraphs]
        if self.headings.kind == "abstract":
            last = front.end_of_abstract(texts)
            self.out.abstract = front.without_keywords(" ".join(texts[:last]))
        else:
            last = next((k for k, text in enumerate(texts) if front.is_prose(text)), len(texts))
            self.about += texts[:last]
        if rest := self.paragraphs[last:]:
            self.out.sections.append(Section(id="front", title="", paragraphs=tuple(rest)))

    def _end_references(self) -> None:
        """What stands behind the list of references under no heading is text."""
        lines, self.references = self.references, []
        end = end_of_list([line.text for line in lines])
        self.listed += [line.text for line in lines[:end]]
        if end < len(lines):
            first = lines[end]
            self.heading = (f"p{first.page.number}.h{len(self.out.sections) + 1}", "", 1)
            self.headings.appendix = True
            places = {id(line): k for k, line in enumerate(self.lines)}
            self._body(places[id(first)], places[id(lines[-1])] + 1)
            self._flush()

    def _body(self, start: int, end: int) -> None:
        """Text of a section: paragraph by paragraph."""
        for k in self.breaks[bisect_left(self.breaks, start) : bisect_left(self.breaks, end)]:
            self.buffer += self.lines[start:k]
            self._flush()
            start = k
        self.buffer += self.lines[start:end]

    def _flush(self) -> None:
        lines, self.buffer = self.buffer, []
        for part in parted(lines):
            self._paragraph(part)

    def _paragraph(self, lines: list[TextLine]) -> None:
        if not lines or not (text := join(lines)) or not tells(text):
            return
        page = lines[0].page.number
        full = self.full and len(lines[0].text) > EARLY * self.width
        self.full = len(lines[-1].text) > EARLY * self.width
        if self.paragraphs and (before := self.paragraphs[-1]).page != page and goes_on(before.text, text, full):
            tail, text = first_sentence(text)
            joint = "" if before.text[-1] in "-–" else " "
            self.paragraphs[-1] = before.model_copy(update={"text": f"{before.text}{joint}{tail}"})
        if text:
            self._add(page, text)

    def _add(self, page: int, text: str) -> None:
        self.counts[page] += 1
        self.paragraphs.append(Paragraph(id=f"p{page}.{self.counts[page]}", text=text, page=page))

    def _region(self, k: int) -> Region | None:
        """The caption that begins at line `k`, with its float."""
        return self.floats.get((self.lines[k].page.number, self.lines[k].at))

    def _caption(self, k: int, region: Region) -> int:
        """Take the caption that begins at line `k` out of the text around it."""
        start = k
        k += region.end - region.start
        lines = self.lines[start:k]
        if start not in self.after and k in self.after and k < len(self.lines):  # the sentence around it goes on
            self.after.discard(k)
            self.breaks.remove(k)
        text, page = join(lines), lines[0].page.number
        table = region.table
        id = self._unique(f"p{page}.{'T' if table else 'F'}{number_of(text)}")
        if table:
            rows, sure = table_rows(region.words, id, label_of(text), lines[0].page)
            after = self.paragraphs[-1].id if self.paragraphs else ""
            made = Table(
                id=id, caption=text, rows=rows, section=self.heading[0], page=page, label=label_of(text), sure=sure,
                after=after,
            )  # fmt: skip
            self.out.tables.append(made)
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
        out, text = self.out, "\n".join(self.listed)
        years = len(re.findall(r"\b(?:19|20)\d\d[a-z]?[.)]", text))
        out.references = text
        out.bibliography = max(len(_ENTRY.findall(text)), years if text else 0)
        out.title = front.title_of([line for line in self.front if line.page.number == 1])
        if not out.sections and not out.abstract and self.front:  # nothing found: all of it is one section
            self._take_front()
            self._flush()
            out.sections.append(Section(id="front", title="", paragraphs=tuple(self.paragraphs)))
        if not out.abstract and not self.quoted:
            first = ([x for x in self.front if x.page.number == n] for n in range(1, front.FIRST_PAGES + 1))
            out.abstract = next(filter(None, (front.unheaded_abstract(lines, self.width) for lines in first)), "")
        for line in self.front if not self.quoted and not out.abstract else ():
            out.lost[line.page.number] += len(line.text) if len(line.text) > EARLY * self.width else 0
        before = [] if self.quoted else [line.text for line in self.front]
        out.apart = " ".join([*before, *self.about, *self.listed])

"""Looks quotes and numbers up in a paper; tells if a text may be published.

A quote counts only where it is found letter for letter on the squeezed text (letters, digits, %, decimal points, minus
signs): ligatures, line breaks, quotation marks and spaces do not matter; a number, a word or a "not" does. Nothing is
accepted that is merely similar. That a quote supports the claim made of it, no code here can tell.
"""

import bisect
import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from workers.analysis.grounding.evidence.polarity import negated
from workers.analysis.grounding.numbers.read import Number, missing
from workers.analysis.grounding.numbers.read import numbers as numbers
from workers.analysis.grounding.text.normalize import normalize
from workers.analysis.grounding.text.omissions import folded
from workers.analysis.grounding.text.paragraph_order import ends, tops
from workers.analysis.grounding.text.sentences import spans
from workers.reading.text import PaperText, clean

MIN_QUOTE = 20
"""Least kept characters of a quote: shorter ones are found by chance (notes on grounding)."""

PROBE = 12
"""Kept characters of a piece of a quote that says whether the rest is worth looking for."""

OVER_MAX = 40
"""Paragraphs that captions and tables may put between the two parts of a sentence."""

WIDE = 3
"""Letters that a Chinese character is worth: it is most of a word."""

OPENING, CLOSING = "([{“‘\"'$", ".!?。！？)]}”’\"'$"
"""Signs that no search sees and that belong to the words they touch."""

_CLAUSE_ENDS = re.compile(r"[,;:.!?](?=\s|$)|[，；：。！？]")
_BETWEEN = r"[-\u2010-\u2013\s_^{@]{0,2}"
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Location:
    """Where a quote stands."""

    paragraph: str
    """Id of the paragraph it begins in."""
    section: str
    """Title of its section."""
    start: int
    """First character in that paragraph's text."""
    end: int
    """Character after its last in the text of `last`."""
    last: str
    """Id of the paragraph it ends in: `paragraph`, unless it runs over a page or an equation."""
    page: int | None = None


class Index:
    """The text of one paper, ready for `locate` and `supported`."""

    def __init__(self, text: PaperText) -> None:
        self.text, self._squeezed = text, dict[str, tuple[str, list[int]]]()
        self.paragraphs = [(section, p) for section, p in text.paragraphs() if p.text]
        self._tops, self._title = tops(text), text.title
        self._ends = ends(text, self.paragraphs)
        self._read()

    def _read(self) -> None:
        self._starts, self._maps, streams, length = list[int](), list[list[int]](), list[str](), 0
        for _, paragraph in self.paragraphs:
            kept, at = self._squeezed.get(paragraph.text) or normalize(paragraph.text)
            self._squeezed.setdefault(paragraph.text, (kept, at))
            self._starts.append(length)
            self._maps.append(at)
            streams.append(kept)
            length += len(kept)
        self.stream = "".join(streams)

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """All numbers of the paper and its title, in digits and in words, each once."""
        return _numbers_in([self._title, *(p.text for _, p in self.paragraphs)])

    def missing(self, said: Iterable[Number], place: Location | None = None) -> tuple[Number, ...]:
        """Those numbers of `said` that the paper does not have, or not at `place`."""
        return missing(said, self.numbers if place is None else numbers(self.words(place)))

    def denied(self, place: Location, words: int = 0) -> bool:
        """True where a "not" of the same clause was left out of the words at `place`.

        `words`: only if it stands among so many before them.
        """
        whole, shift = self._joined(place)
        before = _CLAUSE_ENDS.split(whole[: place.start])[-1]
        if words:
            return negated(" ".join(before.split()[-words:]))
        after = _CLAUSE_ENDS.split(whole[shift + place.end :], maxsplit=1)[0]
        return negated(before) or negated(after)

    def wider(self, place: Location) -> Location:
        """`place` with the whole of its sentences, as far as its paragraphs go."""
        whole, shift = self._joined(place)
        for start, end in spans(whole):
            if start <= place.start < end:
                place = replace(place, start=start)
            if start < shift + place.end <= end:
                return replace(place, end=end - shift)
        return place

    def unnamed(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those names with a number in them that the paper and its title do not have.

        For example, GPT-4 and ResNet50. A hyphen does not matter.
        """
        text = "\n".join([self._title, *(p.text for _, p in self.paragraphs)])

        def there(name: str) -> bool:
            letters, number = re.split(r"-?(?=\d)", name, maxsplit=1)
            year = "(?:19|20|['’])?" if re.fullmatch(r"\d\d", number) else ""
            short = number[2:] if re.fullmatch(r"(?:19|20)\d\d", number) else ""
            ends = f"(?:{re.escape(number.removesuffix('s'))}{f'|{short}' * bool(short)})"
            pattern = rf"{re.escape(letters)}{_BETWEEN}{year}{ends}(?!\d|\.\d)"
            return re.search(pattern, text, re.IGNORECASE) is not None

        return tuple(name for name in names if not there(name))

    def words(self, place: Location) -> str:
        """The words at `place` as the paper has them, with brackets and stops there."""
        whole, shift = self._joined(place)
        start, end = place.start, shift + place.end
        while start and whole[start - 1] in OPENING:
            start -= 1
        while end < len(whole) and whole[end] in CLOSING:
            end += 1
        return whole[start:end]

    def locate(self, quote: str, near: str = "") -> Location | None:
        """Where `quote` stands, letter for letter; None where it does not.

        None, too, where less than MIN_QUOTE of it counts. A find that begins or ends inside a word or number is none
        ("able to" in "unable to"), nor is one that is put together from two places: it may run on into the next
        paragraph only where the text does. `near`: id of the paragraph that is meant where the words stand in several;
        else it is the first.
        """
        found = self._nearest(quote, near)
        kept = normalize(clean(quote))[0]
        if found is None and telling(kept) and self._probed(kept):
            found = self._folded._nearest(folded(quote, citations=False), near) or self._over(kept)
        return found

    def _probed(self, kept: str) -> bool:
        """True where some piece of a quote stands in the paper; else it is not there."""
        middle = len(kept) // 2
        return any(kept[k : k + PROBE] in self.stream for k in (0, middle - PROBE, middle, len(kept) - PROBE))

    def _over(self, kept: str) -> Location | None:
        """A sentence that a paragraph breaks off in and a later one goes on with.

        Floats alone stand between them.
        """
        body = {p.id for s in self.text.sections for p in s.paragraphs}
        head = self.stream.find(kept[:MIN_QUOTE])
        while head >= 0:
            which, _ = self._back(head)
            section, paragraph = self.paragraphs[which]
            later = self.paragraphs[which + 1 : which + 1 + OVER_MAX]
            on = next((k for k, (_, p) in enumerate(later, which + 1) if p.id in body), 0)
            if on > which + 1 and paragraph.id in body and self.paragraphs[on][0] == section:
                first = self.stream[head : self._starts[which + 1]]
                open_end = paragraph.text.rstrip("\"'”’)]")[-1:] not in ".!?。！？"
                goes_on = self.stream.startswith(kept[len(first) :], self._starts[on])
                if open_end and MIN_QUOTE <= len(first) < len(kept) and kept.startswith(first) and goes_on:
                    return None if self._torn(head) else self._place(head, head + len(first), open_end=True)
            head = self.stream.find(kept[:MIN_QUOTE], head + 1)
        return None

    def _nearest(self, quote: str, near: str) -> Location | None:
        first: Location | None = None
        for place in self._places(quote):
            if not near or place.paragraph == near:
                return place
            first = first or place
        return first

    @cached_property
    def _folded(self) -> "Index":
        """The same paper with citations and commands of TeX blank.

        Places in it are places in this one.
        """
        other = copy.copy(self)
        other.paragraphs = [(s, p.model_copy(update={"text": folded(p.text)})) for s, p in self.paragraphs]
        other._read()
        return other

    def _places(self, quote: str) -> Iterator[Location]:
        """All places of `quote`, in the order of the paper."""
        asked = clean(quote)
        kept = normalize(asked)[0]
        if not telling(kept):
            return
        found = self.stream.find(kept)
        while found >= 0:
            place = self._place(found, found + len(kept))
            if place is not None and _DIGITS.findall(self._span(found, found + len(kept))) == _DIGITS.findall(asked):
                yield place
            found = self.stream.find(kept, found + 1)

    def top(self, place: Location) -> str:
        """Id of the top-level section a place is in; subsections count as their section."""
        return self._tops.get(place.paragraph, place.section)

    def top_of(self, paragraph: str) -> str:
        """Id of the top-level section of a paragraph or a table's row."""
        return self._tops.get(paragraph, "")

    def _place(self, start: int, end: int, *, open_end: bool = False) -> Location | None:
        if not open_end and (self._torn(start) or self._torn(end)):
            return None
        first, at = self._back(start)
        last, stop = self._back(end - 1)
        if any(self._ends[first:last]):
            return None
        section, paragraph = self.paragraphs[first]
        return Location(paragraph.id, section, at, stop + 1, self.paragraphs[last][1].id, paragraph.page)

    def _span(self, start: int, end: int) -> str:
        """The text of a find, as it stands."""
        (first, at), (last, stop) = self._back(start), self._back(end - 1)
        whole = " ".join(p.text for _, p in self.paragraphs[first : last + 1])
        shift = sum(len(p.text) + 1 for _, p in self.paragraphs[first:last])
        return whole[at : shift + stop + 1]

    def _around(self, place: Location) -> list[str]:
        """Texts of the paragraphs that a find stands in."""
        ids = [p.id for _, p in self.paragraphs]
        first = ids.index(place.paragraph)
        return [p.text for _, p in self.paragraphs[first : ids.index(place.last, first) + 1]]

    def _joined(self, place: Location) -> tuple[str, int]:
        """(those texts as one, where the last one begins in it)."""
        texts = self._around(place)
        return " ".join(texts), sum(len(text) + 1 for text in texts[:-1])

    def _back(self, at: int) -> tuple[int, int]:
        """(paragraph, character in it) of a place in the stream."""
        which = bisect.bisect_right(self._starts, at) - 1
        return which, self._maps[which][at - self._starts[which]]

    def _torn(self, at: int) -> bool:
        """True where the cut before `at` goes through a word, a number or a hyphened word."""
        if not 0 < at < len(self.stream):
            return False
        (one, i), (other, j) = self._back(at - 1), self._back(at)
        left, right = self.stream[at - 1], self.stream[at]
        if one != other or not (_joins(left) and _joins(right)):
            return False
        return i == j or self.paragraphs[one][1].text[i + 1 : j] in ("", "-", "\u2010", "\u2011")


def _joins(c: str) -> bool:
    """True for what makes up words and numbers where spaces part words."""
    return c.isdigit() or c in ".,-%" or c.lower() != c.upper()


def telling(kept: str) -> bool:
    """True where squeezed words are enough to be more than chance.

    A wide character (Chinese) counts as WIDE.
    """
    return len(kept) + (WIDE - 1) * sum(c >= "\u2e80" for c in kept) >= MIN_QUOTE


def _numbers_in(texts: Iterable[str]) -> tuple[Number, ...]:
    return tuple(dict.fromkeys(n for text in texts for n in numbers(text)))


def supported(found: Iterable[Number], index: Index) -> list[Number]:
    """Those of the `found` numbers that the paper has; `85%` also for a bare 85."""
    found = list(found)
    lost = index.missing(found)
    return [n for n in found if n not in lost]

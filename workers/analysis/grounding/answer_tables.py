"""Checks an answer's table numbers against the rows and columns it names.

A table's numbers look alike, and the empty cell beside a number is easily overlooked: asked for English to German, a
model that sees one BLEU score in a row gives it, though it stands under English to French.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from workers.analysis.grounding.numbers.read import Number, numbers
from workers.reading.text import Table, TableRow, clean

_LANGUAGES = {
    "en": "english|英语|英文", "de": "german|德语|德文", "fr": "french|法语|法文", "zh": "chinese|汉语|中文",
    "cs": "czech|捷克语", "ru": "russian|俄语", "ro": "romanian|罗马尼亚语", "ja": "japanese|日语|日文",
    "es": "spanish|西班牙语", "it": "italian|意大利语", "ko": "korean|韩语", "fi": "finnish|芬兰语",
    "tr": "turkish|土耳其语", "hi": "hindi|印地语", "ar": "arabic|阿拉伯语", "pt": "portuguese|葡萄牙语",
    "nl": "dutch|荷兰语", "vi": "vietnamese|越南语", "et": "estonian|爱沙尼亚语",
}  # fmt: skip
"""Code of a language, as column headers have it -> its names."""

_SHORT = {"英": "en", "德": "de", "法": "fr", "中": "zh"}
_PAIR = re.compile(r"([英德法中])\s?[-–到译至]?\s?([英德法中])(?![语文国])")
_NAMES = {code: re.compile("|".join(sorted(n.split("|"), key=len, reverse=True))) for code, n in _LANGUAGES.items()}
_TOKEN = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[\u3400-\u4dbf\u4e00-\u9fff]")
_IDLE = frozenset(("to", "into", "the", "of", "on", "in", "for", "a", "an", "and", *"到译至的在上"))


@dataclass(frozen=True)
class Misread:
    """A number that stands in another cell than the one spoken of."""

    number: str
    table: str
    """`Table 2`."""
    row: str
    column: str
    """Where it does stand."""

    @property
    def place(self) -> str:
        """Where it does stand: `Table 2, Deep-Att + PosUnk, EN-FR`."""
        return ", ".join(filter(None, [self.table, self.row, self.column]))


def misread(said: Sequence[Number], sentence: str, question: str, tables: Iterable[Table]) -> list[Misread]:
    """Those numbers of a `sentence` that stand in no cell that is spoken of.

    They stand in `tables`, but in none in a row that the sentence or the `question` names and in the column that the
    sentence names, or else the question.
    """
    grids = [_Grid(table) for table in tables]
    found = []
    for n in said:
        cells = [(grid, row, column) for grid in grids for row, column in grid.having(n)]
        if cells and not any(grid.fits(row, column, sentence, question) for grid, row, column in cells):
            grid, row, column = cells[0]
            found.append(Misread(n.words, grid.table.label, row.label, column))
    return found


class _Grid:
    """A table's rows and columns, level by level of their headers.

    One level has BLEU or cost, another EN-DE or EN-FR.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.columns = _levels(c.column for row in table.rows for c in row.cells)
        self.rows = _levels(row.label for row in table.rows if row.cells)

    def having(self, n: Number) -> Iterator[tuple[TableRow, str]]:
        """(row, column) of the cells with this number."""
        for row in self.table.rows:
            for cell in row.cells:
                if any(other.value.rstrip("%") == n.value.rstrip("%") for other in numbers(cell.text)):
                    yield row, cell.column

    def fits(self, row: TableRow, column: str, sentence: str, question: str) -> bool:
        """True where the cell is of a row and a column that are spoken of.

        Or where none is spoken of.
        """
        both = f"{sentence}\n{question}"
        return _fits(self.rows, row.label, both) and _fits(self.columns, column, sentence, question)


def _levels(headers: Iterable[str]) -> list[list[str]]:
    """The names of each level of the headers, the lowest first; the same name once."""
    levels: list[dict[str, None]] = []
    for header in headers:
        for n, name in enumerate(_path(header)):
            levels += [{}] if n == len(levels) else []
            levels[n][name] = None
    return [list(level) for level in levels]


def _path(header: str) -> list[str]:
    return [name for name in header.split(" / ")[::-1] if name]


def _fits(levels: Sequence[Sequence[str]], header: str, *texts: str) -> bool:
    """True where no level of the header is another than the one named.

    The first text that names one decides.
    """
    for names, own in zip(levels, _path(header), strict=False):
        told = next(filter(None, (named(names, text) for text in texts)), set[str]())
        if told and own not in told and not _spelled(own, told, texts):
            return False
    return True


def _spelled(own: str, told: set[str], texts: Sequence[str]) -> bool:
    """True where a header goes on from one that is named, with words also said.

    The ensemble of ConvS2S goes on from ConvS2S.
    """
    words = _words(own).split()
    said = {word for text in texts for word in _words(text).split()}
    return any(set(_words(name).split()) < set(words) for name in told) and set(words) <= said


def named(names: Sequence[str], text: str) -> set[str]:
    """Those of a level's names that a text has.

    In full, else by the words that tell them apart.
    """
    words = {name: _words(name).split() for name in names}
    shared = set.intersection(*map(set, words.values())) if len(words) > 1 else set[str]()
    apart = {name: " ".join(w for w in row if w not in shared) for name, row in words.items()}
    return _found({name: " ".join(row) for name, row in words.items()}, text) or _found(apart, text)


def _found(keys: dict[str, str], text: str) -> set[str]:
    """Longer names first, so that a model's ensemble is not taken for the model."""
    found, left = set[str](), f" {_words(text)} "
    for name, key in sorted(keys.items(), key=lambda row: -len(row[1])):
        if len(key) > 1 and f" {key} " in left:
            found.add(name)
            left = left.replace(f" {key} ", " | ")
    return found


def _words(text: str) -> str:
    """The words of a text as headers compare.

    Languages are written by their codes; signs and small words are left out.
    """
    low = _PAIR.sub(lambda m: f" {_SHORT[m[1]]} {_SHORT[m[2]]} ", clean(text).casefold())
    for code, names in _NAMES.items():
        low = names.sub(f" {code} ", low)
    return " ".join(token for token in _TOKEN.findall(low) if token not in _IDLE)

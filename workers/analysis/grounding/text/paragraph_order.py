"""Orders a paper's paragraphs and finds each one's top-level section."""

from collections.abc import Sequence

from workers.reading.text import PaperText, Paragraph


def ends(text: PaperText, paragraphs: Sequence[tuple[str, Paragraph]]) -> list[bool]:
    """For each paragraph, whether the text ends with it.

    It ends with a caption, a table's row, a section's last paragraph, and a full stop that no page break follows.
    """
    body = {p.id for section in text.sections for p in section.paragraphs}

    def _stops(one: tuple[str, Paragraph], other: tuple[str, Paragraph]) -> bool:
        (section, before), (following, after) = one, other
        stops = before.text.rstrip("\"'”’)]")[-1:] in ".!?。！？" and before.page == after.page
        return section != following or stops or not {before.id, after.id} <= body

    return [*map(_stops, paragraphs, paragraphs[1:]), True]


def tops(text: PaperText) -> dict[str, str]:
    """Paragraph, figure, table and row id -> id of the top-level section."""
    found, of, top = {"abstract": "abstract"}, dict[str, str](), ""
    for section in text.sections:
        top = section.id if section.level == 1 or not top else top
        of[section.id] = top
        found |= {p.id: top for p in section.paragraphs}
    found |= {figure.id: of.get(figure.section, "") for figure in text.figures}
    for table in text.tables:
        found |= {id: of.get(table.section, "") for id in (table.id, *(row.id for row in table.rows))}
    return found

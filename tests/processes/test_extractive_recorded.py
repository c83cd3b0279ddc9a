"""Four sections from a real paper, without a model."""

from prompts import load_profile
from tests.conftest import recorded
from tests.services.test_statements import posts
from workers.analysis.budget import Meter
from workers.analysis.extractive.analyst import Extractive
from workers.analysis.grounding.evidence.numbered_paper import paper_context
from workers.models import Paper
from workers.reading.read import read_file

EN, ZH = load_profile("cv-daily-en"), load_profile("cv-daily-zh")


def write(found, profile=EN):
    return Extractive().analyse(found, profile, Meter())


def all_found(analysis, found):
    """Every statement is a quote of the paper, letter for letter.

    It is where it says that it stands.
    """
    texts = {p.id: (title, p) for title, p in found.text.paragraphs()}
    for s in analysis.statements:
        title, paragraph = texts[s.paragraph]
        assert s.quote and not s.text and s.where == title and s.page == paragraph.page
        assert paragraph.text.startswith(s.quote[:20], paragraph.text.index(s.quote[:20]))
        assert found.index.locate(s.quote, s.paragraph).paragraph == s.paragraph
        assert s.anchor == found.anchors.get(s.paragraph, "")
    g = analysis.grounds
    assert g.quotes == g.quotes_found == len(analysis.statements) and g.numbers == g.numbers_found
    assert "numbers" not in g.failed and ("quotes" in g.failed) == (not analysis.statements)
    assert g.dropped == 0 and not g.repaired
    quotes = [s.quote for s in analysis.statements]
    assert len(set(quotes)) == len(quotes), "no sentence twice"


def test_a_recorded_paper():
    text = read_file(recorded() / "pdf" / "N18-3011.pdf")
    paper = Paper(id="2601.00001", title=text.title, abstract=text.abstract)
    found = paper_context(paper, text)
    analysis = write(found)
    all_found(analysis, found)
    assert analysis.contribution and analysis.methodology, "what it is and how it is made stand in every paper"
    assert "No section on limitations was found." in analysis.limitations
    assert analysis.grounds.metrics["section_spread"] >= 3
    posts(analysis.model_copy(update={"id": paper.id}))

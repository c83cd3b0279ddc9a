"""What an answer says: marks become places, and passages stand in for a model."""

import pytest

from tests.waiting import LINEAR, growth
from workers.analysis.answer import Passage, nearest, passages_of, quoted
from workers.analysis.grounding.citations import marked, readable, uncited
from workers.models import Paper
from workers.words import words

PAPER = Paper(
    id="2601.00001",
    version=2,
    title="Fast Diffusion",
    abstract="We make diffusion models fast. Training takes 12 hours on four GPUs. The data set is ImageNet.",
    authors=("A. One", "B. Two"),
    categories=("cs.CV",),
)
ABSTRACT = passages_of(PAPER)
FULL = (
    *ABSTRACT,
    Passage("S3.p1", "3 Method", "The sampler skips every second step of the schedule."),
    Passage("S4.SS2.p1", "4.2 Ablation", "Without the skip connection, FID rises from 3.2 to 8.1."),
)


def test_citations_may_span_several_passages():
    class Block:
        text = "Both hold.\n"
        citations = ()

    from types import SimpleNamespace

    from workers.analysis.model.paper_prompt import numbered
    from workers.analysis.model.question_prompt import with_marks

    def citing(cited, start=0, end=2, kind="content_block_location", document=0):
        where = {"start_block_index": start, "end_block_index": end, "document_index": document}
        return SimpleNamespace(text=Block.text, citations=[SimpleNamespace(type=kind, cited_text=cited, **where)])

    both = f"{numbered(1, ABSTRACT[0])}{numbered(2, ABSTRACT[1])}"
    assert with_marks(citing(both), ABSTRACT) == "Both hold [P1][P2].\n"
    for wrong in (
        citing("x"),
        citing(both, end=9),
        citing(both, 7, 9),
        citing(both, document=1),
        citing(both, kind="x"),
    ):
        assert with_marks(wrong, ABSTRACT) == Block.text


@pytest.mark.parametrize(
    ("text", "shown", "missing"),
    [
        ("- One thing [P1]\n- Another thing here\n", "- One thing [1]\n- Another thing here", 1),
        ("There are these:\n\n1. First it is so [P1]\n", "There are these:\n\n1. First it is so [1]", 0),
        ("As Li et al. [P1] write, it works.", "As Li et al. [1] write, it works.", 0),
        ("It is so [P1]. And so it is [P2].", "It is so. And so it is [1].", 0),
        ("It is so [P1].\n\nAnd so it is [P4].", "It is so [1].\n\nAnd so it is [2].", 0),
        ("It is so 【P1、P4】。", "It is so [1][2]。", 0),
        ("It is so **for sure.** [P4]", "It is so **for sure** [1].", 0),
        ("[P0] The paper does not say.", "The paper does not say.", 0),
        ("Array a[P] and [PDF] stay [p1].", "Array a[P] and [PDF] stay [p1].", 1),
    ],
)  # fmt: skip
def test_marks_become_places(text, shown, missing):
    text = marked(text)
    assert readable(text, FULL, words("en")) == shown and uncited(text, FULL) == missing


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Which sampler is it and what does it skip?", "S3.p1"),
        ("ablations?", "abstract.1"),
        ("what is the FID without the connection?", "S4.SS2.p1"),
        ("FID 是多少？", "S4.SS2.p1"),
        ("???", "abstract.1"),
    ],
)
def test_the_nearest_passages(question, first):
    found = [p.id for p in nearest(question, FULL)]
    assert first in found and len(found) <= 3 and found == sorted(found, key=[p.id for p in FULL].index)


def test_a_long_passage_is_shown_where_the_words_of_the_question_stand():
    long = Passage("S1", "x", "Much is said of other things, and at length. " * 20 + "The FID is 3.2. It fell by one.")
    (cite,) = quoted("What is the FID?", [long], words("en"), "no_model").cites
    assert cite.quote == "… The FID is 3.2. It fell by one."
    (cite,) = quoted("other things?", [long], words("en"), "no_model").cites
    assert cite.quote.startswith("Much is said of other things") and cite.quote.endswith("…") and len(cite.quote) < 310


def test_passages_are_found_in_time_that_grows_with_their_number():
    many = [Passage(f"p{n}", "x", f"Word{n} is about something else and more " * 8) for n in range(400)]
    many[50] = Passage("hit", "x", "The tokenizer uses byte pairs of the corpus.")

    def find(count):
        assert "hit" in [p.id for p in nearest("How does the tokenizer treat byte pairs?", many[:count])]

    assert growth(find, 100) < LINEAR


# -- strangers' text -------------------------------------------------------------------------------------------------


def test_a_denial_needs_no_place():
    assert uncited("The paper does not say how long a query takes.", ()) == 0
    assert uncited("It takes long.", ()) == 1

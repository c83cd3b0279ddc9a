"""Papers as an analyst is given them, without a source or a store.

The abstract alone, or a text read in full.
"""

from workers.analysis.grounding.evidence.numbered_paper import PAPER_TOKENS, PaperContext, paper_context
from workers.models import Paper
from workers.paper_ids.arxiv_id import ArxivId
from workers.reading.read import abstract_only
from workers.reading.text import PaperText, Paragraph, Section

PARTS = (
    ("S1", "1 Introduction", 1, (
        "Restoring a photograph from one degraded copy has no single answer, so a method has to weigh its evidence.",
        "We propose Sieve, a probe that tells how much of each pixel was lost before any of it is restored.",
    )),
    ("S2", "2 Method", 1, ("The method has two parts, which are trained one after the other on pairs of pictures.",)),
    ("S2.SS1", "2.1 The probe", 2, (
        "The probe is a ResNet-50 whose last layer gives one number for each pixel, between 0 and 1.",
        "It is trained for 12 hours on four GPUs with 20,000 pairs of pictures, and then it is frozen.",
    )),
    ("S2.SS2", "2.2 The path", 2, (
        "The path begins with noise of the strength that the probe has measured, and takes 25 steps from there.",
    )),
    ("S3", "3 Experiments", 1, (
        "On five tasks the mean gain is 3.2 dB over the strongest baseline, and it is not explained by model size.",
        "Without the probe the gain falls to 0.4 dB, so the weighing of evidence does most of the work.",
        "We use GPT-4 to sort the failures into three groups, and two people check what it says.",
    )),
    ("S4", "4 Limitations", 1, (
        "The probe does not work on film grain, where it takes the structure of the grain for evidence.",
        "Training cost 8.2 thousand dollars, most of it for the pairs of pictures that had to be bought.",
    )),
    ("S5", "5 Conclusion", 1, ("Weighing the evidence before restoring is worth more than a larger network is.",)),
)  # fmt: skip
"""(id, title, level, paragraphs) of a made paper. 8.2 is in it, but not where 3.2 is."""

PAPER = Paper(
    id="2601.00001",
    version=2,
    title="Sieve: Weighing Evidence for Image Restoration",
    abstract="We restore photographs with a probe that weighs the evidence first. On five tasks it gains 3.2 dB.",
    authors=("Ada Example", "Bo Sample"),
    categories=("cs.CV",),
)


def text_of(paper: Paper = PAPER, parts=PARTS, *, kind: str = "html", **more: object) -> PaperText:
    """A text read in full.

    Of a PDF, each section has a page of its own and paragraphs named after it.
    """
    sections = []
    for page, (id, title, level, paragraphs) in enumerate(parts, 1):
        made = tuple(
            Paragraph(id=f"p{page}.{n}", text=text, page=page)
            if kind == "pdf"
            else Paragraph(id=f"{id}.p{n}", text=text)
            for n, text in enumerate(paragraphs, 1)
        )
        sections.append(Section(id=id, title=title, level=level, paragraphs=made))
    return PaperText(
        ref=paper.ref, read_from=kind, title=paper.title, abstract=paper.abstract, sections=tuple(sections), **more
    )


def whole(
    paper: Paper = PAPER, parts=PARTS, *, most: int = PAPER_TOKENS, kind: str = "html", **more: object
) -> PaperContext:
    """The paper with its full text; `most` tokens of it are shown."""
    return paper_context(paper, text_of(paper, parts, kind=kind, **more), most)


def alone(paper: Paper) -> PaperContext:
    """The paper with its abstract for a text."""
    return paper_context(paper, abstract_only(ArxivId(paper.id, paper.version), paper))


def passage(found: PaperContext, id: str) -> int:
    """The number under which a paragraph was shown: 3 for `[P3]`."""
    return [p.id for p in found.passages].index(id) + 1


def listed(*passages, title: str = "T") -> PaperContext:
    """A paper whose text is just these (where, text) pairs, each a section of its own."""
    parts = tuple((f"S{n}", where, 1, (text,)) for n, (where, text) in enumerate(passages, 1))
    return whole(Paper(id="2601.00001", version=2, title=title, abstract=""), parts)

"""Sentences that an extract may show: those that stand alone, with places."""

from collections.abc import Iterator
from dataclasses import dataclass

from workers.analysis.extractive.sentences.standalone import stands_alone, trimmed
from workers.analysis.extractive.sentences.zones import Zone, zones
from workers.analysis.grounding.evidence.numbered_paper import PaperContext
from workers.analysis.grounding.text.sentences import sentences

SAME = 0.6
"""Share of words in common from which two sentences say the same."""


@dataclass(frozen=True)
class CandidateSentence:
    """One sentence of the paper that can stand alone."""

    text: str
    paragraph: str
    section: str
    """Title of the section."""
    zone: Zone
    share: float
    """Place among the sentences of the abstract, or in the text; 0 to 1."""
    number: int
    """Place among all."""
    names_limits: bool = False
    """Its section's title names limits beside other things ("Conclusion and limitations")."""


def candidates(given: PaperContext) -> Iterator[CandidateSentence]:
    """All sentences that can stand alone, in reading order."""
    text, number, seen = given.text, 0, set[str]()
    abstract = sentences(text.abstract or given.paper.abstract)
    for n, sentence in enumerate(abstract):
        number += 1
        if stands_alone(sentence, abstract=True) and sentence not in seen:
            seen.add(sentence)
            yield CandidateSentence(sentence, "abstract", "Abstract", "abstract", n / len(abstract), number)
    for place in zones(text.sections):
        title, zone = place.section.title, place.zone
        for paragraph in place.section.paragraphs:
            for sentence in map(trimmed, sentences(paragraph.text)):
                number += 1
                if sentence not in seen and stands_alone(sentence):
                    seen.add(sentence)
                    yield CandidateSentence(
                        sentence, paragraph.id, title, zone, place.share, number, place.names_limits
                    )


def alike(a: str, b: str) -> bool:
    """True where two sentences say nearly the same."""
    one, two = set(a.lower().split()), set(b.lower().split())
    return len(one & two) / max(1, min(len(one), len(two))) >= SAME

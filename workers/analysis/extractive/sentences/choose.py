"""Chooses sentences of an abstract or a full text by what they do.

Where a sentence stands, whose doing it tells and its words decide together; what passes no rule is left out, so that a
part of the dive may stay empty. Nothing is written, only chosen.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workers.analysis.extractive.ranking.rank import matches
from workers.analysis.extractive.sentences.candidates import CandidateSentence, alike, candidates
from workers.analysis.extractive.sentences.own_work import OwnWork, main_clause, own_names
from workers.analysis.extractive.sentences.roles import (
    ADMITS,
    CLAIMS,
    COMPARES,
    DOES,
    FALLS_SHORT,
    FINDS,
    FUTURE,
    HOWEVER,
    MEANS,
    METRIC,
    MUSES,
    NEW_KIND,
    NO_LACK,
    OTHERS,
    OWN,
    OWN_LACK,
    PASSIVE_NEW,
    PRAISE,
    PROPOSES,
    STUDIES,
)  # fmt: skip
from workers.analysis.grounding.evidence.numbered_paper import PaperContext
from workers.analysis.grounding.text.sentences import words_of
from workers.models import SectionName

CONTRIBUTIONS, METHODS, RESULTS, LIMITS = 2, 4, 3, 3
"""Most sentences per section."""

PER_SECTION = 2
"""Most sentences of one section of the paper for one of ours: a reader wants the whole way, not one step of it."""

_NUMBER = words_of(
    r"""(?<![\w.-])\d+(?:[.,]\d+)*(?: ?(?:%|\\%|x|×|dB|pp|points?)(?!\w))?(?![\w-]*[A-Za-z])|\b\d+(?:\.\d+)?[x×]|
    \b\d+times\b|\b(?:twice|half|double|two|three|four|five|ten)-?(?:fold| times)\b"""
)
_NO_VALUE = words_of(
    r"""\b(?:19|20)\d\d\b|\b\d+[DK]\b|\b(?:Figure|Table|Section|Eq|Fig|Tab|Sec)\w*\.? ?\S+|\[[\d, –-]+\]|
    \b\d+ (?:datasets?|benchmarks?|tasks?|models?|baselines?|settings?|languages?|domains?|images?|videos?|
    methods?|participants?|categories|scenes?|subjects?)\b|\bGPT-\S+|\b(?-i:[A-Z][a-z]*)-?\d[\w.-]*"""
)
"""Numbers that are no result: years, places, counts of what was tried, names."""

_IT = words_of(
    r"""^(?:it|its|the (?:method|model|framework|approach|system|pipeline|architecture|algorithm|network|agent|
    dataset|benchmark)|each \w+|specifically)\b"""
)
_STUDY = words_of(r"^(?:the|this) (?:study|work|evaluation|analysis)\b")
NEAR = 7
"""Words behind the subject within which a verb tells what it lacks."""

_PART = words_of(
    r"""^(?:the (?:(?!of\b|most\b|best\b)[\w-]+ ){0,3}(?:model|encoder|decoder|network|module|layer|loss|objective|
    probe|head|block|algorithm|framework|pipeline|architecture|agent|classifier|generator|discriminator|backbone|
    selector|crawler)s?|(?:during|in|at) (?:training|inference)[\w ]{0,30}, (?:we|the)|training|
    inference) (?!.{0,20}\b(?:typically|usually|often|commonly)\b)"""
)
_RESOURCE = words_of(r"\b(?:benchmark|data ?set|corpus|suite|code|toolkit|library)s?\b")
_EARLIER = words_of(r"\b(?:our (?:own )?(?:previous|prior|earlier|recent)|previously)\b")
_THESE = words_of(
    r"""\b(?:these|those|this|such) (?:\w+ )?(?:limitations?|issues?|problems?|challenges?|shortcomings?|gaps?|
    questions?|needs?|goals?)\b"""
)
_BRIEF = words_of(
    r"""\b(?:briefly|for (?:simplicity|brevity|convenience|clarity)|before we|then (?:discuss|describe|present)|
    we conclude (?:with|by)|we end|we (?:also )?discuss)\b"""
)
_SETS_UP = words_of(
    r"""\bwe (?:\w+ )?(?:report (?!a|an|improve)|use|used|evaluate|filter|measure|compute|compare|follow|consider|set|
    define|select|train|sample|choose|adopt|test|study|investigate|explore|examine|double|vary|scale|
    plot)\b(?!.{0,160}\b(?:find that|found|show that|achiev\w+|outperform\w*|improv\w+)\b)"""
)
_BEATS = words_of(r"\b(?:outperform|surpass|exceed|beat|achiev|attain|improv|match|deliver|yield|rival)\w*")
_BETTERS = words_of(r"\b(?:enhances|improves|outperforms|achieves|surpasses|boosts)\b")
_NARRATES = words_of(
    r"""\b(?:after the|in early|during the) .{0,60}\bwe \w+ed\b|\bwe (?:revealed|asked|conducted|performed|collected|
    ran|invited|recruited|addressed|believe|mitigated|hope)\b|\b(?:thank|grateful|grant|funded|reviewers?)\b"""
)
_OUTCOME = words_of(
    r"^(?:our|the|these) (?:\w+ ){0,2}(?:results?|findings|experiments|evaluations?|analys[ie]s|data)\b"
)
_GAIN = words_of(
    r"\bthe (?:\w+ ){0,2}(?:gain|improvement|speed-?up|advantage|margin)s?"
    r" (?:is|was|are|of|over|from|falls|drops|rises|shrinks|grows)\b"
)
"""A gain is the paper's own, whoever is named."""
_SUBJECT = re.compile(
    r"The (?!methods?\b|results?\b|data\b|problem\b|task\b)([a-z-]{4,}) (?:is|has|takes|uses|consists|begins|"
    r"starts|gives|maps|predicts|learns|works|runs)\b"
)
_THEIRS = words_of(
    r"\btheir (?:\w+ )?(?:methods?|models?|systems?|patterns?|approach(?:es)?|work) (?:do|does|did|can|is|are)\b"
)
"""The work of others as what falls short."""

_OWN_PARTS = ("abstract", "discussion", "conclusion")
"""Parts in which "a limitation is that" speaks of the paper, not of what others did."""

_HERE = words_of(r"\b(?:this (?:paper|work|study|article|report|thesis|survey)|here|our (?:goal|aim|objective))\b")
_SHOWN_ABOUT = words_of(r"\bcontributions?\b")


@dataclass(frozen=True)
class Extract:
    """One sentence that was picked."""

    text: str
    paragraph: str = ""
    """Id of its paragraph, where it is known."""


class Chooser:
    """Weighs the sentences of one paper."""

    def __init__(self, given: PaperContext, matched: Sequence[str]) -> None:
        self.matched = matched
        self.left = list(candidates(given))
        early = [c.text for c in self.left if c.zone in ("abstract", "introduction")]
        self.subject = OwnWork(own_names(given.paper.title, early))
        abstract = [c for c in self.left if c.zone == "abstract"]
        says = [c.number for c in abstract if self._proposes(c.text)]
        says += [c.number for c in abstract if self.subject.does(c.text, STUDIES)]
        says += [c.number for c in abstract if self.subject.leads(c.text)]
        self.proposed = says[0] if says else -1
        """Where the abstract comes to the paper's own work; -1: it does not say."""
        self.own = {c.number for c in abstract if self.subject.leads(c.text)}
        """Sentences of the abstract of which the paper is the subject: "it" in the next may be its thing."""
        self.full = given.text.read_from != "abstract"

    def choose(self) -> dict[SectionName, list[Extract]]:
        """Up to a few sentences for each section, none twice."""
        limits = self._take(LIMITS, self.limit)
        contribution = self._take(CONTRIBUTIONS if self.full else 1, self.contribution)
        results = self._take(RESULTS, self.result) or self._take(RESULTS - 1, self.finding)
        methods = self._take(METHODS if self.full else METHODS - 1, self.method)
        return {"contribution": contribution, "methodology": methods, "takeaway": results, "limitations": limits}

    def contribution(self, c: CandidateSentence) -> float:
        """What the paper hands over, from its abstract or introduction."""
        if c.zone not in ("abstract", "introduction") or HOWEVER.match(c.text) or _BRIEF.search(c.text):
            return 0.0
        if c.zone == "introduction" and _THESE.search(c.text):
            return 0.0
        main = main_clause(c.text)
        if self._figures(c.text) and COMPARES.search(main) and self.subject.does(c.text, _BEATS, 6):
            return 0.0
        named = 0.5 if self.subject.named(c.text) else 0.0
        if _OUTCOME.match(main):
            return 0.0
        base = named + (0.6 if c.zone == "abstract" else 0.0) - c.share
        if self.subject.does(c.text, PROPOSES):
            return 3.0 + base
        if named and NEW_KIND.search(main) and self.subject.leads(c.text):
            return 2.8 + base
        told = FINDS.search(c.text) or self.subject.does(c.text, _BEATS, 5)
        if c.zone == "introduction" and not (_HERE.search(c.text) or named):
            return 0.0
        if not told and self.subject.does(c.text, STUDIES):
            return 1.5 + base
        if c.zone == "abstract" and PASSIVE_NEW.search(main) and not OTHERS.match(main):
            return 1.4 - c.share
        return 0.0

    def method(self, c: CandidateSentence) -> float:
        """A step of how the paper's own thing works.

        From the abstract, after what is proposed, or from a section on the method.
        """
        if c.zone not in ("abstract", "method") or MUSES.search(c.text) or HOWEVER.match(c.text):
            return 0.0
        main = main_clause(c.text)
        told = FINDS.search(c.text) or CLAIMS.search(c.text) or self.subject.does(c.text, _BETTERS, 4)
        if not DOES.search(main) or told or OTHERS.match(main) or (self._figures(c.text) and COMPARES.search(main)):
            return 0.0
        own = self.subject.leads(c.text) and not _EARLIER.search(c.text)
        if c.zone == "abstract":
            if PROPOSES.search(main) and _RESOURCE.search(main):
                return 0.0  # one more thing that is handed over
            after = 0 <= self.proposed < c.number
            itself = after and c.number - self.proposed <= METHODS and c.number - 1 in self.own and _IT.match(main)
            return 2.0 + (0.5 if own else 0.0) - c.share if (own and after) or itself else 0.0
        we = 0.8 if main.startswith(("We ", "Our ")) else 0.0
        return 1.5 + we - 0.3 * c.share if own or _PART.match(main) or _titled(main, c.section) else 0.0

    def result(self, c: CandidateSentence) -> float:
        """A number of a metric, compared, of the paper's own thing.

        From abstract, results, discussion or conclusion.
        """
        if c.zone not in ("abstract", "results", "conclusion", "discussion"):
            return 0.0
        if (c.zone == "abstract" and c.number < self.proposed) or _SHOWN_ABOUT.search(c.text):
            return 0.0
        if not (self._figures(c.text) and MEANS.search(c.text) and COMPARES.search(c.text)):
            return 0.0
        main = main_clause(c.text)
        if self.subject.leads(c.text):
            if not (self.subject.does(c.text, MEANS, 7) or FINDS.search(c.text)):
                return 0.0
        elif OTHERS.match(main) or not (
            (c.zone == "abstract" and self.proposed >= 0 and MEANS.search(main[:90]))
            or (c.zone == "results" and _GAIN.search(main[:60]))
        ):
            return 0.0
        if _SETS_UP.search(main):
            return 0.0
        place = {"abstract": 1.5, "conclusion": 1.0}.get(c.zone, 0.0)
        return 1.0 + place + (0.7 if self.matched and matches(c.text, self.matched) else 0.0)

    def finding(self, c: CandidateSentence) -> float:
        """What abstract or conclusion say was found, for papers without a `result`."""
        if c.zone not in ("abstract", "conclusion") or (c.zone == "abstract" and c.number < self.proposed):
            return 0.0
        told = FINDS.search(c.text) is not None
        means = self.subject.does(c.text, _BEATS, 4) and COMPARES.search(c.text)
        if OTHERS.match(main_clause(c.text)) or not (told or means) or _SHOWN_ABOUT.search(c.text):
            return 0.0
        return 1.0 + (1.0 if told else 0.0) + (0.5 if COMPARES.search(c.text) else 0.0)

    def limit(self, c: CandidateSentence) -> float:
        """A limit of this paper.

        From its section on them, or admitted elsewhere with the paper as the subject.
        """
        if c.zone in ("aside", "introduction", "method", "results", "other") or PRAISE.search(c.text):
            return 0.0
        if c.zone == "abstract" and c.number <= self.proposed:
            return 0.0
        bare = NO_LACK.sub(" ", c.text)
        lacks, own = FALLS_SHORT.search(bare) is not None, self.subject.leads(c.text)
        admits = ADMITS.search(c.text) is not None
        told = own and self.subject.does(bare, OWN_LACK, NEAR)
        told = told or (c.zone == "abstract" and self._itself(main_clause(bare)))
        if c.zone == "limitations":
            foreign = (OTHERS.match(main_clause(c.text)) and not OWN.search(c.text)) or _THEIRS.search(c.text)
            later = FUTURE.search(c.text) is not None
            if foreign or not (lacks or later) or (_NARRATES.search(c.text) and not told):
                return 0.0
            return 0.5 + (3.0 if OWN_LACK.search(bare) else 2.0 if lacks else 0.0) + (1.0 if own else 0.0) + admits
        if FINDS.search(c.text) and not admits:
            return 0.0
        if admits and (c.names_limits or c.zone in _OWN_PARTS or OWN.search(c.text)):
            return 2.5
        if told:
            return 2.0 + (1.0 if c.names_limits else 0.0)
        if c.zone != "abstract" and lacks and FUTURE.search(c.text) and OWN.search(c.text):
            return 2.0
        if not c.names_limits or not lacks:
            return 0.0
        main = main_clause(bare)
        near = " ".join(main.split()[:8])
        return 1.5 if own or (OWN_LACK.search(near) and not OTHERS.match(main)) else 0.0

    def _itself(self, main: str) -> bool:
        """True where "it" or "the study" is the subject and the lack follows at once."""
        it = _IT.match(main) or _STUDY.match(main)
        return it is not None and OWN_LACK.search(" ".join(main[it.end() :].split()[:NEAR])) is not None

    def _proposes(self, text: str) -> bool:
        return self.subject.does(text, PROPOSES) or PASSIVE_NEW.search(main_clause(text)) is not None

    def _figures(self, text: str) -> bool:
        """True where a number of a metric is told."""
        bare = _NO_VALUE.sub(" ", text)
        return bool(_NUMBER.search(bare) and METRIC.search(bare))

    def _take(self, most: int, worth: Callable[[CandidateSentence], float]) -> list[Extract]:
        """Remove the up to `most` best by `worth` (above 0); return them in their order."""
        rows = sorted(((worth(c), -c.number, c) for c in self.left), key=lambda row: row[:2], reverse=True)
        chosen = list[CandidateSentence]()
        for value, _, c in rows:
            if value <= 0 or len(chosen) == most:
                break
            crowded = sum(x.section == c.section for x in chosen) >= PER_SECTION
            crowded = crowded and c.zone not in ("abstract", "limitations")
            if not crowded and not any(alike(c.text, x.text) for x in chosen):
                chosen.append(c)
        taken = {c.text for c in chosen}
        self.left = [c for c in self.left if c.text not in taken]
        return [Extract(c.text, c.paragraph) for c in sorted(chosen, key=lambda c: c.number)]


def _titled(main: str, title: str) -> bool:
    """True where the subject is in its section's title ("The probe is ...")."""
    head = _SUBJECT.match(main)
    return head is not None and re.search(rf"\b{re.escape(head[1])}\b", title, re.IGNORECASE) is not None

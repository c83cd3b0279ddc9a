"""The analyst without a model: chooses sentences by what they do, and where.

Every sentence is the paper's own, word for word, in quotation marks. A section that cannot be filled rightly is left
out; only of limitations it is told that none were found. Nothing is inferred, so nothing can be invented.
"""

import re
from collections.abc import Iterable, Sequence

from prompts import Profile
from workers.analysis.budget import Meter
from workers.analysis.extractive.ranking.rank import local_score, rank
from workers.analysis.extractive.sentences.choose import Chooser, Extract
from workers.analysis.extractive.sentences.table_results import result_rows
from workers.analysis.extractive.sentences.zones import zones
from workers.analysis.grounding.evidence.numbered_paper import PaperContext
from workers.analysis.grounding.statements import gated, statement
from workers.models import CORE_SECTIONS, LOCAL, Analysis, Paper, Score, SectionName, Statement
from workers.words import Words, words


class Extractive:
    """See `analyst.Analyst`; costs nothing and cannot fail."""

    name = "extractive"
    score_model = LOCAL
    deepdive_model = LOCAL

    def score(self, paper: Paper, profile: Profile, meter: Meter | None = None) -> Score:
        """The local ranker's number."""
        found = rank([paper], profile.interests, profile.language, profile.not_wanted)[0]
        return local_score(paper, found)

    def analyse(
        self,
        given: PaperContext,
        profile: Profile,
        meter: Meter | None = None,
        *,
        keep: bool = False,
        matched: Iterable[str] | None = None,
    ) -> Analysis:
        """The sections in the paper's own sentences, each with its place.

        A section that no sentence fills rightly is empty. `matched`: interests it matches; None: by the ranker.
        """
        paper, w = given.paper, words(profile.language)
        if matched is None:
            matched = rank([paper], profile.interests, profile.language, profile.not_wanted)[0].matched
        wanted = tuple(matched)
        chooser = Chooser(given, wanted)
        found = chooser.choose()
        shown = tuple(_stated(given, name, s) for name, chosen in found.items() for s in chosen)
        statements = tuple(s for s in shown if s is not None)
        texts = {name: _quoted([s.quote for s in statements if s.section == name]) for name in CORE_SECTIONS}
        if texts["takeaway"]:
            names = w["and"].join(wanted or profile.interests)
            texts["takeaway"] = (
                f"{w.say('extract_on' if wanted else 'extract_off', names=names)}\n\n{texts['takeaway']}"
            )
        return Analysis(
            id=paper.id,
            version=paper.version,
            contribution=texts["contribution"] or f"“{_plain(paper.title)}”",
            methodology=texts["methodology"],
            takeaway=texts["takeaway"],
            limitations=texts["limitations"] or _no_limits(given, w),
            results=result_rows(given, chooser.subject),
            by=LOCAL,
            read=given.text.read_from,
            statements=statements,
            grounds=gated(statements, given),
        )


def _no_limits(given: PaperContext, w: Words) -> str:
    """What is said where no limit was found.

    It depends on whether only the abstract was read, and on whether the paper has a section on its limitations.
    """
    if given.text.read_from == "abstract":
        return w.extract_no_limits_abstract
    titles = [p.section.title for p in zones(given.text.sections) if p.zone == "limitations"]
    return w.say("extract_see_limits", section=_plain(titles[0])) if titles else w.extract_no_limits


def _stated(given: PaperContext, name: SectionName, chosen: Extract) -> Statement | None:
    """A sentence with its place.

    None where it is not found in the text as it was read, or is too short to be.
    """
    place = given.index.locate(chosen.text.removesuffix(" …"), chosen.paragraph)
    return statement(name, "", place, given) if place else None


def _quoted(chosen: Sequence[str]) -> str:
    lines = [f"“{_plain(text)}”" for text in chosen]
    return "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else "".join(lines)


def _plain(text: str) -> str:
    """The text without effect as Markdown links or HTML.

    Maths and emphasis of the authors stay.
    """
    parts = re.split(r"(\$[^$]*\$)", " ".join(text.split()))
    return "".join(p if p[:1] == "$" else p.replace("<", "\\<").replace("](", "]\\(") for p in parts)

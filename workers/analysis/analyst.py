"""Who thinks about papers: the protocol that every analyst keeps."""

from typing import Protocol

from prompts import Profile
from workers.analysis.budget import Meter
from workers.analysis.grounding.evidence.numbered_paper import PaperContext
from workers.analysis.taste.apply import NO_LESSON
from workers.models import Analysis, Lesson, Paper, Score
from workers.settings import Settings


class Analyst(Protocol):
    """Scores papers and writes about them. Calls come from several threads at once.

    Both methods raise ModelFailed, ModelDeclined or OverBudget, and nothing else that is foreseen.
    """

    name: str
    """`claude` or `extractive`."""
    score_model: str
    """Id of the model that scores: part of a score's key, and its `by`."""
    deepdive_model: str

    def score(self, paper: Paper, profile: Profile, meter: Meter, lesson: Lesson = NO_LESSON) -> Score:
        """How well the paper fits the profile's interests.

        `lesson`: what the channel's votes said so far.
        """

    def analyse(self, given: PaperContext, profile: Profile, meter: Meter, *, keep: bool = False) -> Analysis:
        """The four sections from what was read.

        `keep`: questions about the paper are likely to follow at once.
        """


def choose(settings: Settings) -> Analyst | None:
    """The model's analyst where a key is set, else None: all is then done locally.

    One per run. It must not outlive the run: after too many failures it refuses to ask again (see `claude.Breaker`).
    """
    if not settings.anthropic_api_key.get_secret_value():
        return None
    from workers.analysis.model.claude import Claude  # loads the model's library

    return Claude(settings)

"""The analyst that asks a model by Anthropic's Messages API."""

import json
import unicodedata
from dataclasses import replace
from typing import Any

import prompts
from prompts import Profile
from workers.analysis.budget import Meter
from workers.analysis.grounding.evidence.numbered_paper import PaperContext, shorter
from workers.analysis.grounding.results import results_of
from workers.analysis.grounding.statements import (
    Checked,
    as_sections,
    check,
    empty,
    grounds_of,
    mended,
    problems,
    statements_of,
)
from workers.analysis.model.advice import advice_of, brief, only_ours, with_leads
from workers.analysis.model.calls import THINKING_TOKENS, CallOptions, Calls, Conversation
from workers.analysis.model.client import Breaker
from workers.analysis.model.judge import Judge, judged
from workers.analysis.model.paper_prompt import EFFORT, known_of, opening, read_of
from workers.analysis.schema import DeepdiveAnswer, RepairAnswer, ScoreAnswer, one_line, visible
from workers.analysis.taste.apply import NO_LESSON, told
from workers.errors import ModelDeclined, ModelFailed, OverBudget
from workers.models import Analysis, Lesson, Paper, Score
from workers.settings import Settings
from workers.words import in_english, words

SCORE_TIMEOUT_S, DEEPDIVE_TIMEOUT_S = 30.0, 120.0
"""Seconds for a whole call; a score takes about 2, an analysis of 5,000 tokens about 65 at 80 tokens a second."""

SCORE_TOKENS, DEEPDIVE_TOKENS, REPAIR_TOKENS = 400, 8_000, 4_000
"""Output cap in tokens: a score is about 60; twelve statements with quotes about 2,500 and 2,000 of thinking."""

ABSTRACT_MAX, CATEGORIES_MAX = 8_000, 20
"""Characters of an abstract and categories that are sent: arXiv allows 1,920, papers have up to 10. Written as JSON a
character may become two; a whole score prompt stays below 24,000."""

SHORTER = 0.5
"""Share of what was sent of a paper that is sent after the service called it too long."""

NO_THINKING = "claude-haiku-"
"""Models whose thinking can be switched off; the others answer 400 to that."""

NOT_WANTED = """
The reader does not want to see these; a paper whose subject is one of them scores below 40, whatever else fits:
"""
"""Stands between the interests and what is not wanted, where anything is."""

UNSUPPORTED = "unsupported"
"""Class of failure: too little of what the model said stands in the paper."""


class Claude:
    """One run's analyst (see `analyst.Analyst`)."""

    name = "claude"

    def __init__(self, settings: Settings, breaker: Breaker | None = None) -> None:
        self._settings = settings
        self.score_model, self.deepdive_model = settings.model_score, settings.model_deepdive
        self._calls = Calls(settings, breaker)

    def score(self, paper: Paper, profile: Profile, meter: Meter, lesson: Lesson = NO_LESSON) -> Score:
        """Score one paper by one call.

        The reason is one line; `matched` only holds interests of the profile. What votes said stands in the user's
        turn, so that the system prompt stays the same bytes.
        """
        quiet = self.score_model.startswith(NO_THINKING)
        tokens = SCORE_TOKENS if quiet else SCORE_TOKENS + THINKING_TOKENS
        task = CallOptions(self.score_model, "low", SCORE_TIMEOUT_S, tokens, think=not quiet, keep_system=True)
        system, user = prompts.load("score").render(**_told(profile, bar=True), paper=_as_json(paper))
        said = Conversation.once(system, "\n\n".join(text for text in (told(lesson), user) if text))
        answer = self._calls.ask(task, said, ScoreAnswer, meter)
        named = {_plain_key(m) for m in answer.matched}
        return Score(
            id=paper.id,
            version=paper.version,
            state="scored",
            value=answer.score,
            why=one_line(answer.why),
            matched=tuple(i for i in profile.interests if _plain_key(i) in named),
            by=self.score_model,
        )

    def analyse(self, given: PaperContext, profile: Profile, meter: Meter, *, keep: bool = False) -> Analysis:
        """See `_analyse`.

        A paper that the service calls too long is sent once more, shortened by section.
        """
        try:
            return self._analyse(given, profile, meter, keep=keep)
        except ModelFailed as error:
            less = shorter(given, SHORTER) if error.kind == "too_long" else None
            if less is None:
                raise
        return self._analyse(less, profile, meter, keep=keep)

    def _analyse(self, given: PaperContext, profile: Profile, meter: Meter, *, keep: bool) -> Analysis:
        """The four sections: statements that code has found in what was read.

        That is, their quotes and numbers. Those that are not found are asked for once more, and then left out.
        """
        native = self._settings.model_preset == "anthropic"
        read = read_of(given.passages, given.grounds.left_out, given.grounds.coverage, given.grounds.missing)
        length = words(profile.language).prompt_length
        told = {**_told(profile), "read": read, "known": known_of(given.paper), "length": length}
        _, instruction = prompts.load("deepdive").render(**told)
        system, content = opening(given.paper, given.passages, instruction, native=native, keep=keep)
        said = Conversation(system, ({"role": "user", "content": content},))
        task = CallOptions(self.deepdive_model, EFFORT, DEEPDIVE_TIMEOUT_S, DEEPDIVE_TOKENS, whole=True)
        answer = only_ours(self._calls.ask(task, said, DeepdiveAnswer, meter), given)
        checked = check(answer, given)
        asked_again = any(found.wrong or found.suspect for found in checked)
        if asked_again:
            checked = self._mend(task, said, answer, checked, given, meter)
        if empty(checked):
            raise ModelFailed("What the model said does not stand in the paper.", kind=UNSUPPORTED)
        shown = with_leads(statements_of(checked, given), [c.claim for c in checked if not c.wrong])
        shown = brief(shown) if given.text.read_from == "abstract" else shown
        rows, lost = results_of(answer.results, given)
        grounds = grounds_of(shown, checked, given)
        lost += grounds.unchecked
        grounds = grounds.model_copy(update={"repaired": asked_again, "dropped": lost, "unchecked": lost})
        paper, by = given.paper, self.deepdive_model
        analysis = Analysis(
            id=paper.id, version=paper.version, **as_sections(shown), by=by, read=given.text.read_from,
            statements=shown, results=rows, verdict=advice_of(answer.verdict, given), grounds=grounds,
        )  # fmt: skip
        return judged(analysis, given, Judge(self._settings, self._calls), meter)

    def _mend(
        self,
        task: CallOptions,
        said: Conversation,
        answer: DeepdiveAnswer,
        checked: list[Checked],
        given: PaperContext,
        meter: Meter,
    ) -> list[Checked]:
        """The statements after one more call for the wrong ones.

        Where that call fails, as they were.
        """
        _, text = prompts.load("repair").render(problems=problems(checked, given))
        turns: tuple[dict[str, Any], ...] = (
            {"role": "assistant", "content": answer.model_dump_json(by_alias=True, exclude_unset=True)},
            {"role": "user", "content": text},
        )
        short, again = replace(task, max_tokens=REPAIR_TOKENS), Conversation(said.system, (*said.messages, *turns))
        try:
            fixes = self._calls.ask(short, again, RepairAnswer, meter, attempts=1)
        except (ModelFailed, ModelDeclined, OverBudget):
            return checked
        return mended(checked, fixes.statements, given)


def _told(profile: Profile, *, bar: bool = False) -> dict[str, str]:
    """What the prompts say of a profile.

    `bar`: with what is not wanted, below the interests.
    """
    barred = profile.not_wanted if bar else ()
    return {
        "persona": profile.persona,
        "audience": profile.audience,
        "interests": "\n".join(
            [*(f"- {i}" for i in profile.interests), *([NOT_WANTED] if barred else []), *(f"- {i}" for i in barred)]
        ),
        "language": in_english(profile.language),
    }


def _as_json(paper: Paper) -> str:
    shown = {
        "title": visible(paper.title),
        "abstract": visible(paper.abstract)[:ABSTRACT_MAX],
        "categories": list(paper.categories[:CATEGORIES_MAX]),
    }
    return json.dumps(shown, ensure_ascii=False, indent=1)


def _plain_key(interest: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", interest).casefold().split())

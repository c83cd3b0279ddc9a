"""One call that turns a team's own words into a proposal for its profile."""

import json
from typing import Annotated

from pydantic import BaseModel, Field

import prompts
from workers.analysis.budget import Meter
from workers.analysis.extractive.ranking.topics import sources_of
from workers.analysis.model.calls import THINKING_TOKENS, CallOptions, Calls, Conversation
from workers.analysis.model.claude import NO_THINKING
from workers.analysis.schema import one_line
from workers.models.topic import Topic
from workers.settings import Settings
from workers.taxonomy import categories
from workers.words import in_english

TIMEOUT_S = 30.0
"""Seconds for the call; its 300 tokens take about four."""

TOKENS = 700
"""Output cap in tokens: twelve phrases and four lines are about 200."""

INTERESTS_MAX, CATEGORIES_MAX = 12, 4
"""Phrases and categories that are taken."""

PHRASE_MAX = 120
"""Characters of a phrase or a line."""


class TopicAnswer(BaseModel):
    """What the topic prompt asks for."""

    title: Annotated[str, Field(min_length=1)]
    persona: Annotated[str, Field(min_length=1)]
    audience: Annotated[str, Field(min_length=1)]
    interests: Annotated[list[str], Field(min_length=1)]
    categories: list[str]


def topic(settings: Settings, text: str, language: str, meter: Meter) -> Topic:
    """The model's proposal of a topic from a team's words.

    `sources` is empty where it names no category that exists. Raises ModelFailed, ModelDeclined or OverBudget.
    """
    model = settings.model_score
    quiet = model.startswith(NO_THINKING)
    task = CallOptions(model, "low", TIMEOUT_S, TOKENS if quiet else TOKENS + THINKING_TOKENS, think=not quiet)
    told = {"text": json.dumps(text, ensure_ascii=False), "language": in_english(language)}
    said = Calls(settings).ask(task, Conversation.once(*prompts.load("topic").render(**told)), TopicAnswer, meter)
    lines = (one_line(phrase)[:PHRASE_MAX] for phrase in said.interests)
    return Topic(
        title=one_line(said.title)[:PHRASE_MAX],
        persona=one_line(said.persona)[:PHRASE_MAX],
        audience=one_line(said.audience)[:PHRASE_MAX],
        interests=tuple(dict.fromkeys(line for line in lines if line))[:INTERESTS_MAX],
        sources=_sources(said.categories),
        by=model,
    )


def _sources(named: list[str]) -> tuple[str, ...]:
    """The categories that exist, as sources."""
    ids = {c.casefold(): c for c in categories()}
    found = (ids.get(name.strip().removeprefix("arxiv:").casefold()) for name in named[:CATEGORIES_MAX])
    return sources_of(c for c in found if c)

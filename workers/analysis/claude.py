"""The analyst that asks a model: Anthropic's Messages API, or any server that speaks it.

What one question may cost in time: a score ATTEMPTS times SCORE_TIMEOUT_S and one wait of at most WAIT_CAP_S, an
analysis likewise with DEEPDIVE_TIMEOUT_S, where a timeout is not tried again. The breaker ends a run's calls after a
few failures, so a service that hangs costs a digest at most 30 + 30 + 120 s and a little, however many its papers.

The SDK is imported at the first call (0.9 s), never retries by itself, and gets its key from the settings alone.
"""

import json
import random
import threading
import time
import unicodedata
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

import prompts
from prompts import Profile
from workers.analysis.analyst import Meter, Usage
from workers.analysis.prices import count
from workers.analysis.replies import (
    SPENT_CODES,
    A,
    DeepdiveAnswer,
    Failure,
    ScoreAnswer,
    answer_of,
    failure_of,
    one_line,
    public,
    section,
    usage_of,
    visible,
)
from workers.analysis.service import Breaker, connect
from workers.errors import ModelDeclined
from workers.papers import Analysis, Paper, Score
from workers.settings import Settings

ATTEMPTS = 2
"""Most calls per paper and task: the second one repairs an unusable answer or follows a failure that may pass."""

SCORE_TIMEOUT_S, DEEPDIVE_TIMEOUT_S, CONNECT_TIMEOUT_S = 30.0, 120.0, 5.0
"""Seconds for a whole call; a score takes about 2, an analysis of 3,500 tokens about 45 at 80 tokens a second."""

SCORE_TOKENS, THINKING_TOKENS, DEEPDIVE_TOKENS = 400, 1600, 8000
"""Output cap in tokens: a score is about 60, four sections about 1,500 and 2,000 of thinking. THINKING is on top
of a score where the model cannot be told not to think. A truncated answer is asked for again with twice the cap."""

BACKOFF_S = 1.0
"""Seconds before the second attempt where the service names none; times 0.5 to 1.5."""

TIMEOUT_STRIKES = 2
"""An attempt that timed out counts double for the breaker; any other failed question counts once, at its end."""

ABSTRACT_MAX, CATEGORIES_MAX = 8_000, 20
"""Characters of an abstract and categories that are sent: arXiv allows 1,920, papers have up to 10. Written as JSON a
character may become two; a whole score prompt stays below 24,000."""

CACHE_FROM_TOKENS = 512
"""Tokens below which the service does not cache a system prompt (models of the 5.5 generation)."""

NO_THINKING = "claude-haiku-"
"""Models whose thinking can be switched off; the others answer 400 to that."""

LANGUAGE_NAMES = {"zh": "Simplified Chinese", "en": "English"}
"""What the prompts call a profile's language; any other code is given as it is."""

_AS_TEXT = "\n\nThe answer must fit this JSON schema, with no text before or after the object:\n"
_AGAIN = "\n\nAn earlier answer could not be used ({}). Answer with the one JSON object that was described."


@dataclass(frozen=True)
class _Task:
    model: str
    effort: str
    timeout_s: float
    max_tokens: int
    think: bool
    cache: bool


class Claude:
    """One run's analyst (see `analyst.Analyst`)."""

    name = "claude"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.score_model, self.deepdive_model = settings.model_score, settings.model_deepdive
        self._breaker = Breaker()
        self._lock = threading.Lock()
        self._made: Any = None
        self._plain: set[str] = set()
        """Models that answered 400 to `thinking` or `effort` and accepted the call without them."""

    def score(self, paper: Paper, profile: Profile, meter: Meter) -> Score:
        """One call for one paper; the reason is one line, `matched` only holds interests of the profile."""
        quiet = self.score_model.startswith(NO_THINKING)
        tokens = SCORE_TOKENS if quiet else SCORE_TOKENS + THINKING_TOKENS
        task = _Task(self.score_model, "low", SCORE_TIMEOUT_S, tokens, think=not quiet, cache=True)
        system, user = prompts.load("score").render(**_told(profile), paper=_as_json(paper))
        answer = self._ask(task, system, user, ScoreAnswer, meter)
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

    def analyse(self, paper: Paper, profile: Profile, meter: Meter) -> Analysis:
        """The four sections, from title and abstract."""
        task = _Task(self.deepdive_model, "medium", DEEPDIVE_TIMEOUT_S, DEEPDIVE_TOKENS, think=True, cache=False)
        told = {**_told(profile), "read": "title and abstract only, not the full text"}
        system, user = prompts.load("deepdive").render(**told, paper=_as_json(paper))
        answer = self._ask(task, system, user, DeepdiveAnswer, meter)
        sections = {name: section(text) for name, text in answer.model_dump().items()}
        return Analysis(id=paper.id, version=paper.version, **sections, by=self.deepdive_model, read="abstract")

    # -- one question, at most ATTEMPTS calls --------------------------------------------------------------------

    def _ask(self, task: _Task, system: str, user: str, shape: type[A], meter: Meter) -> A:
        tokens, hint = task.max_tokens, ""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._breaker.check()
            except Failure as failure:
                raise public(failure) from None
            try:
                answer = self._call(task, system, user + hint, tokens, shape, meter)
            except ModelDeclined:
                self._breaker.succeeded()
                raise
            except Failure as failure:
                timed_out = failure.kind == "timeout"
                last = attempt == ATTEMPTS or not failure.again or (timed_out and task.timeout_s > SCORE_TIMEOUT_S)
                if last or timed_out:
                    self._breaker.struck(failure, TIMEOUT_STRIKES if timed_out else 1)
                if last:
                    raise public(failure) from None
                if failure.kind in ("invalid", "truncated"):
                    tokens, hint = tokens * 2 if failure.kind == "truncated" else tokens, _AGAIN.format(failure.kind)
                elif failure.kind == "rate_limited" and failure.wait:
                    self._breaker.pause(failure.wait)
                else:
                    time.sleep(max(failure.wait, BACKOFF_S * random.uniform(0.5, 1.5)))
            else:
                self._breaker.succeeded()
                return answer
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _call(self, task: _Task, system: str, user: str, tokens: int, shape: type[A], meter: Meter) -> A:
        body = self._body(task, system, user, tokens, shape)
        most = Usage(tokens_in=count(system) + count(user), tokens_out=tokens)
        with meter.call(task.model, most) as bill:
            try:
                message = self._send(task, body)
            except Exception as error:  # noqa: BLE001 - whatever the SDK raises, a digest goes on
                failure = failure_of(error)
                if failure.kind == "timeout":
                    bill.usage = Usage(tokens_in=most.tokens_in)  # it may have been read and billed all the same
                raise failure from None
            bill.usage = usage_of(message)
        return answer_of(message, shape)

    def _body(self, task: _Task, system: str, user: str, tokens: int, shape: type[BaseModel]) -> dict[str, Any]:
        body: dict[str, Any] = {"model": task.model, "max_tokens": tokens}
        if self._settings.model_preset == "compatible":
            schema = json.dumps(shape.model_json_schema(), ensure_ascii=False)
            return {**body, "system": system + _AS_TEXT + schema, "messages": [{"role": "user", "content": user}]}
        import anthropic

        block: dict[str, Any] = {"type": "text", "text": system}
        if task.cache and count(system) >= CACHE_FROM_TOKENS:
            block["cache_control"] = {"type": "ephemeral"}
        config: dict[str, Any] = {"format": {"type": "json_schema", "schema": anthropic.transform_schema(shape)}}
        body |= {"system": [block], "messages": [{"role": "user", "content": user}], "output_config": config}
        if task.model not in self._plain:
            config["effort"] = task.effort
            if not task.think:
                body["thinking"] = {"type": "disabled"}
        return body

    def _send(self, task: _Task, body: dict[str, Any]) -> Any:
        import anthropic
        import httpx2

        create = self._client().messages.create
        timeout = httpx2.Timeout(task.timeout_s, connect=CONNECT_TIMEOUT_S)
        try:
            return create(**body, timeout=timeout)
        except anthropic.BadRequestError as error:
            config = body.get("output_config", {})
            if "effort" not in config or error.error_code in SPENT_CODES:
                raise
            plain = {k: v for k, v in body.items() if k != "thinking"}
            plain["output_config"] = {"format": config["format"]}
            plain["max_tokens"] = max(body["max_tokens"], SCORE_TOKENS + THINKING_TOKENS)
            message = create(**plain, timeout=timeout)
            self._plain.add(task.model)
            return message

    def _client(self) -> Any:
        with self._lock:
            if self._made is None:
                self._made = connect(self._settings)
            return self._made


def _told(profile: Profile) -> dict[str, str]:
    return {
        "persona": profile.persona,
        "audience": profile.audience,
        "interests": "\n".join(f"- {i}" for i in profile.interests),
        "language": LANGUAGE_NAMES.get(profile.language, profile.language),
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

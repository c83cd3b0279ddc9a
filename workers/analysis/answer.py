"""Answers questions about one paper, each statement with its place in it.

A model gets the paper as numbered paragraphs, or as a document whose citations the service records itself; either way
code decides which marks count (`marks`, `question`). Where no model may or can be asked, the passages that fit the
question best stand in, quoted and labelled. Nothing here knows of any thread but the one whose turns it is given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from workers.analysis.budget import Meter, Usage
from workers.analysis.extractive.ranking.passages import ASKING as ASKING
from workers.analysis.extractive.ranking.passages import BEST as BEST
from workers.analysis.extractive.ranking.passages import asked_for, excerpt, first, fitting
from workers.analysis.extractive.ranking.passages import nearest as nearest
from workers.analysis.grounding.answer_check import about_us, look, metrics_of
from workers.analysis.grounding.citations import (
    ABSTRACT,
    Cite,
    Passage,
    as_markdown,
    cite,
    cites_of,
    is_unsaid,
    language_of,
    marked,
    passages_of,
    readable,
    said_in,
    uncited,
    unfinished,
)
from workers.analysis.grounding.evidence.numbered_paper import PaperContext, part_read, shorter
from workers.analysis.model.answer_judge import JudgedDoubts, doubts
from workers.analysis.model.calls import CONNECT_TIMEOUT_S, CallOptions, Calls
from workers.analysis.model.client import connect
from workers.analysis.model.failures import Failure, failure_of, public, refusal_of
from workers.analysis.model.judge import Judge
from workers.analysis.model.paper_prompt import PAPER_LOST, lost, text_of
from workers.analysis.model.prompt_leak import leaks_prompt
from workers.analysis.model.question_prompt import EarlierTurn, body_of, with_marks
from workers.analysis.model.reasoning import Habits, has_thoughts, so_far, without_thoughts
from workers.analysis.model.replies import DECLINED, billed, ended, usage_of
from workers.analysis.model.stream import ModelReply, read_stream
from workers.analysis.prices import count
from workers.analysis.schema import section
from workers.errors import ModelDeclined, OverBudget
from workers.models import LOCAL, Record
from workers.settings import Settings
from workers.words import Words, words

__all__ = ["ABSTRACT", "Answer", "Cite", "Passage", "answer", "passages_of"]

TIMEOUT_S = 100.0
"""Seconds for one whole call: 350 tokens take 5 at the service's 80 a second, 60 on a small server that reads first."""

MAX_TOKENS = 4000
"""Output cap in tokens: an answer is about 350 and 300 of thinking; twice this after a truncated one."""

NO_MODEL, NO_TEXT = "no_model", "no_text"
"""`Answer.error` beside the kinds of ModelFailed, `declined`, `over_budget` and PAPER_LOST: no key is set; nothing of
the paper could be read."""

SHORTER = 0.5
"""Share of what was sent of a paper that is sent after the service called it too long."""


class Answer(Record):
    """What is said to one question."""

    text: str
    """Markdown; links in it are nobody's and lose their target when it is rendered."""
    by: str = LOCAL
    """Model id, or `local` for quoted passages."""
    error: str | None = None
    """Why no model wrote it; None where one did."""
    cites: tuple[Cite, ...] = ()
    """The passages it stands on, in the order of first mention."""
    not_said: bool = False
    """True where it says of all or a part of the question that the paper does not say."""
    uncited: int = 0
    """Sentences that name no passage."""
    false_quotes: int = 0
    """Passages that it set in quotation marks and that stand nowhere; the marks are taken off."""
    by_day: bool = False
    """True where no model wrote, and papers of a day were chosen by words and scores."""
    matched: bool = True
    """False where no model wrote and no passage has a word of the question: the first passages stand in."""
    missing_numbers: tuple[str, ...] = ()
    """Numbers that neither the paper nor the question has, nor a sum that is written out: invented."""
    misplaced_numbers: tuple[str, ...] = ()
    """Numbers that the paper has, but not where the sentence says that it stands."""
    misread_numbers: tuple[str, ...] = ()
    """Numbers of another cell of a table than the one spoken of, each with the cell: `40.4 (Table 2, …, EN-FR)`."""
    unsure_numbers: tuple[str, ...] = ()
    """Numbers of a table whose grid was guessed from a PDF's looks."""
    wrong_sums: tuple[str, ...] = ()
    """Sums that do not come out, each with what does."""
    judged: int = 0
    """Sentences that a second model compared with the passages they cite."""
    unborne: tuple[str, ...] = ()
    """Those of them that the passages do not bear out, or only in part."""
    contradicted: tuple[str, ...] = ()
    """Those of them that the passages contradict."""
    part_read: float = 1.0
    """How much of the paper was read, 0 to 1; 0: its abstract alone."""
    metrics: dict[str, float] = Field(default_factory=dict)
    """See `grounding.share_grounded`; empty where no model wrote."""
    language: str = "en"
    """Of its labels: `en` or `zh`."""

    @property
    def extracted(self) -> bool:
        """True where passages were quoted and no model wrote."""
        return self.by == LOCAL


def answer(
    question: str,
    given: PaperContext,
    turns: Sequence[EarlierTurn] = (),
    language: str = "en",
    *,
    settings: Settings,
    meter: Meter,
    on_text: Callable[[str], None] | None = None,
    habits: Habits | None = None,
    stand_in: Callable[[Words, str], "Answer"] | None = None,
) -> Answer:
    """Answer from what was read of the paper, in the language of the question.

    `language`: used where the question has no words.
    `on_text` gets the text so far, whenever there is more of it: for showing it early, never the last word. Of a server
    that is not the vendor's it gets nothing before its `habits` are known: what it writes first may be thought.
    `stand_in`: what is answered where no model may or can be asked, by the class of why; else passages are quoted.
    Whatever the model does, there is an answer; only Redis being away is raised.
    """
    w = words(language_of(question, language))
    if not given.passages:
        return Answer(text=w.nothing_written, error=NO_TEXT, language=w.language)
    if not settings.anthropic_api_key.get_secret_value():
        return stand_in(w, NO_MODEL) if stand_in else quoted(question, given.passages, w, NO_MODEL)
    try:
        try:
            return _Asking(settings, meter, w, on_text, part_read(given), habits).ask(question, given, turns)
        except Failure as failure:
            less = shorter(given, SHORTER) if failure.kind == "too_long" else None
            if less is None:
                raise
            return _Asking(settings, meter, w, on_text, part_read(less), habits).ask(question, less, turns)
    except (ModelDeclined, OverBudget, Failure) as error:
        return stand_in(w, error.kind) if stand_in else quoted(question, given.passages, w, error.kind)


def quoted(question: str, passages: Sequence[Passage], w: Words, error: str) -> Answer:
    """The passages that fit the question best, in the order of the paper.

    Nothing is added; the first passages where none fits.
    """
    wanted, best = asked_for(question), fitting(question, passages)
    shown = best or first(passages)
    cites = tuple(cite(p, w).model_copy(update={"quote": excerpt(p.text, wanted)}) for p in shown)
    lines = (f"- “{as_markdown(c.quote)}”{w.say('brackets', text=as_markdown(c.where))}" for c in cites)
    return Answer(text="\n".join(lines), error=error, cites=cites, matched=bool(best), language=w.language)


@dataclass(frozen=True)
class _Asking:
    """One question to the model (see `Calls.tried`)."""

    settings: Settings
    meter: Meter
    w: Words
    on_text: Callable[[str], None] | None
    part: float = 1.0
    habits: Habits | None = None

    def ask(self, question: str, given: PaperContext, turns: Sequence[EarlierTurn]) -> Answer:
        client, model = connect(self.settings), self.settings.model_answer
        shown, native = given.passages, self.settings.model_preset == "anthropic"
        body = body_of(question, given, turns, native=native) | {"model": model}
        task = CallOptions(model, "", TIMEOUT_S, MAX_TOKENS, awaited=True)
        try:
            said = Calls(self.settings).tried(
                task, self.meter, lambda tokens, _: self._call(client, body | {"max_tokens": tokens}, shown)
            )
        except Failure as failure:
            raise (public(failure) if failure.kind == "filtered" else failure) from None
        looked, part = look(marked(section(said)), given, question), self.part
        text, bare, unsaid = looked.text, uncited(looked.text, shown, about_us), is_unsaid(looked.text)
        doubted = self._doubted(question, text, given)
        return Answer(
            text=readable(text, shown, self.w, part),
            by=model,
            cites=cites_of(text, shown, self.w),
            not_said=unsaid,
            uncited=bare,
            false_quotes=looked.quotes - looked.quotes_found,
            missing_numbers=looked.missing,
            misplaced_numbers=looked.misplaced,
            misread_numbers=looked.misread,
            unsure_numbers=looked.unsure,
            wrong_sums=looked.wrong_sums,
            judged=doubted.judged,
            unborne=doubted.unborne,
            contradicted=doubted.contradicted,
            part_read=part,
            metrics=metrics_of(looked, len(said_in(text)), bare, abstained=unsaid),
            language=self.w.language,
        )

    def _doubted(self, question: str, text: str, given: PaperContext) -> JudgedDoubts:
        """What a second model doubts; nothing where that is switched off or fails."""
        judge = Judge(self.settings)
        return doubts(question, text, given, judge, self.meter) if judge.on else JudgedDoubts()

    def _call(self, client: Any, body: dict[str, Any], shown: Sequence[Passage]) -> str:
        expected, key = count(text_of(body)), self.settings.anthropic_api_key.get_secret_value()
        with self.meter.call(body["model"], Usage(tokens_in=expected, tokens_out=body["max_tokens"])) as bill:
            reply = ModelReply()
            try:
                self._stream(client, body, reply, key)
            except Exception as error:  # noqa: BLE001 - whatever the SDK raises, there is an answer
                failure = failure_of(error, key)
                if reply.usage or reply.said:
                    bill.usage = billed(reply, expected, cut=True)
                elif failure.kind == "timeout":
                    bill.usage = Usage(tokens_in=expected)  # it may have been read and billed all the same
                raise failure from None
            bill.usage = billed(reply, expected, cut=not reply.counted)
        if reply.stop_reason in DECLINED:
            raise ModelDeclined("The model declined this question.")
        ended(reply.stop_reason)
        if lost(usage_of(reply), body):
            raise Failure(PAPER_LOST, again=False)
        whole = "".join(with_marks(b, shown) for b in reply.content if b.type == "text")
        text = without_thoughts(whole)
        if self.habits:
            self.habits.saw(self.settings.anthropic_base_url, body["model"], thoughts=has_thoughts(whole))
        if not text.strip() or leaks_prompt(text):
            raise Failure("invalid")
        return text

    def _stream(self, client: Any, body: dict[str, Any], reply: ModelReply, key: str) -> None:
        """The reply, filled in as far as it came, also where this raises."""
        import anthropic
        import httpx2

        timeout = httpx2.Timeout(TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
        try:
            read_stream(client, body, timeout, self._tell, reply, key)
        except anthropic.BadRequestError as error:
            if "output_config" not in body or refusal_of(error).kind != "rejected":
                raise
            plain = {name: value for name, value in body.items() if name != "output_config"}
            read_stream(client, plain, timeout, self._tell, reply, key)

    def _tell(self, said: str, vendor: bool) -> None:
        if not self.on_text:
            return
        habits, model = self.habits, self.settings.model_answer
        if vendor or (habits and habits.showable(self.settings.anthropic_base_url, model)):
            text = unfinished(so_far(said), self.w, self.part)
            if text.strip() and not leaks_prompt(text):
                self.on_text(text)

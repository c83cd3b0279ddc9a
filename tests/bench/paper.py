"""(g) Tokens and cost of one deep dive and the ten questions after it.

With the service's cache and without.
"""

from dataclasses import dataclass

from prompts import load_profile
from tests.bench.figures import Figure, Report
from tests.doubles.model import ModelDouble
from tests.doubles.model_answers import DEFAULTS, Asked, documents, joined_text, tokens
from workers.analysis.answer import answer
from workers.analysis.budget import Meter, Usage
from workers.analysis.grounding.evidence.numbered_paper import PaperContext, paper_context
from workers.analysis.model.claude import Claude
from workers.analysis.prices import AS_OF, count, estimate
from workers.models import Paper
from workers.reading.text import PaperText, Paragraph, Section
from workers.settings import Settings
from workers.store.people.threads import Turn

PAPER_TOKENS = 15_000
"""Tokens of the paper: D of the notes' formulas, a paper of eight pages."""

QUESTIONS = 10
"""Asked one after the other in its thread, within the cache's five minutes."""

DIVE_OUT, ANSWER_OUT = 3_500, 650
"""Output tokens of a real deep dive (1,500 and 2,000 of thinking) and answer (350 and 300), for the projection: the
double's are shorter."""

SENTENCE = (
    "We restore the picture from evidence that the probe has weighed, and report the gain of every step we take. "
)


@dataclass
class Bought:
    """What a deep dive and its questions cost."""

    usage: Usage
    prompts: list[Asked]
    model: str


def paper_of(size: int) -> tuple[Paper, PaperContext]:
    """A made paper of about `size` tokens, eight sections."""
    each = size // 8 // 12
    sections = tuple(
        Section(
            id=f"S{k}",
            title=f"{k} Part {k}",
            paragraphs=tuple(Paragraph(id=f"S{k}.p{n}", text=_words(each, k * 100 + n)) for n in range(1, 13)),
        )
        for k in range(1, 9)
    )
    paper = Paper(id="2601.00001", version=1, title="On Weighing Evidence", abstract=_words(250, 7))
    text = PaperText(ref=paper.ref, read_from="html", title=paper.title, abstract=paper.abstract, sections=sections)
    return paper, paper_context(paper, text)


def _words(size: int, salt: int) -> str:
    text = f"Passage {salt} begins here and says what no other passage says. "
    while count(text) < size:
        text += SENTENCE
    return text


def bought(preset: str) -> Bought:
    """A deep dive and QUESTIONS questions, each told the last turns of the thread."""
    _, what = paper_of(PAPER_TOKENS)
    with ModelDouble(compatible=preset == "compatible") as model:
        settings = Settings(
            _env_file=None, anthropic_api_key=model.key, anthropic_base_url=model.url, model_preset=preset
        )
        meter, turns = Meter(), list[Turn]()
        Claude(settings).analyse(what, load_profile("cv-daily-en"), meter, keep=True)
        for n in range(QUESTIONS):
            question = f"What does passage {100 + n} say of the probe that weighs the evidence?"
            said = answer(question, what, turns, settings=settings, meter=meter)
            assert said.error is None, said.error
            turns.append(Turn(question, said.text))
        return Bought(meter.total, list(model.prompts), settings.model_deepdive)


def formula(prompts: list[Asked], model: str, *, cached: bool, out: tuple[float, float] | None) -> float:
    """US dollars by the notes' formulas.

    The first call writes the system prompt and the document to the cache, the others read them.
    """
    total = 0.0
    for n, asked in enumerate(prompts):
        head = count(asked.system) + sum(
            count(b["text"]) for d in documents(asked.body) for b in d["source"]["content"]
        )
        everything = count(asked.system) + sum(count(joined_text(m["content"])) for m in asked.body["messages"])
        said = tokens(_said(asked)) if out is None else out[n > 0]
        rest = everything - head if cached else everything
        write, read = (head, 0) if n == 0 else (0, head)
        total += estimate(
            model,
            Usage(rest, round(said), cache_read=read if cached else 0, cache_write=write if cached else 0),
        )
    return total


def _said(asked: Asked) -> str:
    import json

    found = DEFAULTS[asked.task](asked)
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)


def measure(_runs: int) -> Report:
    """Both ways, beside the formulas."""
    kept, plain = bought("anthropic"), bought("compatible")
    report = Report(
        "paper",
        f"one deep dive and {QUESTIONS} questions on a paper of {PAPER_TOKENS:,} tokens; prices as of {AS_OF}",
        "python -m tests.bench paper",
        "the formulas of a cached and an uncached prefix, applied to the prompts the double received",
    )
    add = report.figures.append
    for what, found, cached in (("cached", kept, True), ("not cached", plain, False)):
        u = found.usage
        seen = u.tokens_in + u.cache_read + u.cache_write
        add(Figure(f"prompt tokens, {what}", seen, "tokens", note=f"{u.cache_read:,} of them read from the cache"))
        floor = formula(found.prompts, found.model, cached=cached, out=None)
        add(Figure(f"cost, {what} (the double's short answers)", u.cost_usd, "USD", floor))
    real = (DIVE_OUT, ANSWER_OUT)
    best = formula(kept.prompts, kept.model, cached=True, out=real)
    worst = formula(kept.prompts, kept.model, cached=False, out=real)
    note = f"answers of {DIVE_OUT:,} and {ANSWER_OUT} tokens"
    add(Figure("projected, not cached, beside cached", worst, "USD", best, note=note))
    report.notes.append(f"{len(kept.prompts)} calls; {kept.model}")
    return report

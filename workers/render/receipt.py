"""Tells what a run did: one line for chats, all of it elsewhere.

`arXiv cs.CV` is written as it is; a chat would take it for a domain, so chat writers defang these lines.
"""

from workers.models import LOCAL, Digest, Receipt, SourceCount
from workers.models.latest import Latest
from workers.models.source_names import spoken
from workers.render.text.sanitize import category, clean_inline
from workers.words import Words, words

SECONDS_PER_MINUTE = 60
THOUSAND = 1_000

_SHORT_DATE = "%m-%d"

NO_MODEL = "no_model"
"""Note of a digest made without a model; it tells who scored and who wrote."""


def source_name(spec: str, w: Words) -> str:
    """Name a source spec as people call it: `arxiv:cs.CV` -> "arXiv cs.CV".

    `huggingface:15` -> "HuggingFace 🔥".
    """
    kind, _, rest = spec.partition(":")
    special = f"source_{kind}_{rest.partition(':')[0]}"
    key, name = special if special in w else f"source_{kind}", spoken(kind, rest)
    return category(clean_inline(w.say(key, name=name) if key in w else f"{kind} {name}").strip())


def sample_name(digest: Digest, w: Words) -> str:
    """Name the sample day and its further lists: "Sample day · arXiv q-bio"."""
    lists = [f"arXiv {name}" for s in digest.receipt.sources if (name := s.source.partition(":")[2])]
    return " · ".join([w.label_sample, *lists])


def seconds(value: float) -> str:
    """Wall time for people: 0.4 s, 38 s, 2 min 5 s."""
    if value < 10:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), SECONDS_PER_MINUTE)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def count(tokens: int) -> str:
    """Tokens for people: 950, 12.3k."""
    return str(tokens) if tokens < THOUSAND else f"{tokens / THOUSAND:.1f}k"


def why_empty(digest: Digest | Latest, w: Words) -> str:
    """Say in one sentence which count left the digest without picks.

    Empty where there are picks.
    """
    if digest.picks:
        return ""
    receipt, why = digest.receipt, str(digest.empty)
    fetched, lost = sum(s.fetched for s in receipt.sources), sum(s.state == "failed" for s in receipt.sources)
    if why == "no_new" and not fetched:
        why = "some_failed" if lost else "no_list"
    return w.variant(
        "empty",
        why,
        fetched=fetched,
        new=receipt.candidates,
        sources=len(receipt.sources),
        n=receipt.candidates if why == "nothing_scored" else len(receipt.sources),
        scored=receipt.scored,
        above=receipt.above,
        bar=receipt.min_score,
        declined=receipt.declined,
        failed=lost if why in ("all_failed", "some_failed") else receipt.failed,
    )


def so_far(digest: Digest) -> bool:
    """True where a list of a day still running was read."""
    return any(source.so_far for source in digest.receipt.sources)


def source_line(source: SourceCount, w: Words, *, full: bool) -> str:
    """What one source gave, or why it gave nothing."""
    facts = []
    if source.state == "failed":
        facts.append(w.say("receipt_failed_source", reason=w.variant("failed", source.error)))
    elif source.state == "unchanged":
        facts.append(w.receipt_unchanged)
    elif source.state == "empty":
        facts.append(w.receipt_empty)
    if source.fetched or source.state == "ok":
        facts.append(w.say("receipt_fetched", n=source.fetched))
        if full and source.listed > source.fetched:
            facts.append(w.say("receipt_listed", n=source.listed))
        counts = (("receipt_new", source.new), ("receipt_repeats", source.repeats))
        facts += [w.say(name, n=n) for name, n in counts if n or full]
    if source.days and full:
        days = " ".join(day.strftime(_SHORT_DATE) for day in source.days)
        facts.append(w.say("receipt_days", days=days))
    if source.so_far:
        facts.append(w.receipt_so_far)
    facts += list_notes(source, w)
    return f"{source_name(source.source, w)}{w.colon}{w.comma.join(facts)}"


def list_notes(source: SourceCount, w: Words) -> list[str]:
    """Say what is unusual about the source's lists.

    With the categories it is true of, where it is not true of all.
    """
    own = {name for name in source.source.partition(":")[2].split("+") if not name.isdecimal()}
    told: dict[str, list[str]] = {}
    for note in source.lists:
        days = " ".join(day.strftime(_SHORT_DATE) for day in note.days)
        reason = w.variant("failed", note.error) if note.error else ""
        told.setdefault(w.say(f"list_{note.kind}", days=days, reason=reason), []).append(note.category)
    by_category: dict[str, list[str]] = {}
    for text, names in told.items():
        where = "" if set(names) >= own or not any(names) else "/".join(names)
        by_category.setdefault(where, []).append(text)
    return [f"{where}{w.colon if where else ''}{w.semicolon.join(texts)}" for where, texts in by_category.items()]


def paper_counts(receipt: Receipt, w: Words, *, full: bool) -> str:
    """Count the papers from candidates to picks.

    The short form (`full` false) leaves out what is zero and says nothing unusual.
    """
    rare = [
        ("receipt_barred", receipt.barred),
        ("receipt_dropped", receipt.dropped),
        ("receipt_cached", receipt.cached),
        ("receipt_declined", receipt.declined),
        ("receipt_failed", receipt.failed),
        ("receipt_local", receipt.local),
    ]
    shown = {key: w.say(key, n=n) for key, n in rare if n or (full and key != "receipt_cached")}
    by_class = w.comma.join(f"{w.variant('model', kind)} {n}" for kind, n in sorted(receipt.errors.items()))
    facts = [
        w.say("receipt_candidates", n=receipt.candidates),
        shown.get("receipt_barred") if receipt.barred else None,
        shown.get("receipt_dropped"),
        w.say("receipt_scored", n=receipt.scored) if full or 0 < receipt.scored < receipt.candidates else None,
        *(shown.get(key) for key in ("receipt_cached", "receipt_declined", "receipt_failed")),
        w.say("receipt_errors", errors=by_class) if by_class else None,
        shown.get("receipt_local") if full or receipt.local < receipt.scored else None,
        w.say("receipt_above", n=receipt.above, bar=receipt.min_score) if receipt.above or full else None,
        w.say("receipt_picked", n=receipt.picked) if receipt.picked or full else None,
    ]
    return w.comma.join(fact for fact in facts if fact)


def cost_line(receipt: Receipt, w: Words) -> str:
    """Time, tokens, cost estimate."""
    facts = [w.say("receipt_time", time=seconds(receipt.seconds))]
    if receipt.tokens_in or receipt.tokens_out:
        spent = {"tokens_in": count(receipt.tokens_in), "tokens_out": count(receipt.tokens_out)}
        facts.append(w.say("receipt_tokens", **spent))
    cost = w.say("receipt_cost", cost=f"{receipt.cost_usd:.3f}") if receipt.cost_usd else w.receipt_no_cost
    return w.comma.join([*facts, cost])


def authors_line(receipt: Receipt, w: Words) -> str:
    """Who scored and who wrote; empty where there was nothing to do."""
    names = [w.receipt_local_name if by == LOCAL else clean_inline(by) for by in (receipt.scorer, receipt.writer)]
    if receipt.picked:
        return w.say("receipt_by", scorer=names[0], writer=names[1])
    return w.say("receipt_scored_by", scorer=names[0]) if receipt.candidates else ""


def notes(receipt: Receipt, w: Words) -> list[str]:
    """A sentence for each unusual thing that happened."""
    return list(dict.fromkeys(w.variant("note", note) for note in receipt.notes))


def short(digest: Digest) -> str:
    """Return the receipt on one short line for readers, with its notes at the end."""
    facts = [text for _, text in rows(digest, full=False)]
    return "🧾 " + " · ".join(facts if digest.picks else facts[1:])


def rows(digest: Digest | Latest, *, full: bool = True) -> list[tuple[str, str]]:
    """The receipt as (label, text) rows, on an empty day with the reason first.

    `full`: with zeros, time, tokens and cost (readers find the cost in `/digest status`).
    """
    w, receipt = words(digest.language), digest.receipt
    table = [(w.row_source, source_line(source, w, full=full)) for source in receipt.sources]
    table.append((w.row_papers, paper_counts(receipt, w, full=full)))
    table += [(w.row_cost, cost_line(receipt, w))] if full else []
    told = not full and NO_MODEL in receipt.notes
    table += [(w.row_by, by)] if not told and (by := authors_line(receipt, w)) else []
    if not digest.picks:
        table.insert(0, (w.row_notes, why_empty(digest, w)))
    return table + [(w.row_notes, note) for note in notes(receipt, w)]


def receipt_lines(digest: Digest | Latest, *, reason: bool = True, language: str = "", full: bool = True) -> list[str]:
    """Return the receipt, one group of facts a line.

    For the archive, `status`, logs people read, and (not `full`) chats.
    `reason`: begin an empty day with which count made it empty (not where the status line has just said so).
    `language`: of the lines, where it is not to be the digest's.
    """
    digest = digest.model_copy(update={"language": language}) if language else digest
    w = words(digest.language)
    counts = (w.row_papers, w.row_cost)
    lines = [f"{label}{w.colon}{text}" if label in counts else text for label, text in rows(digest, full=full)]
    return lines if reason or digest.picks else lines[1:]

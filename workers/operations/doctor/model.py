"""Checks the model: key, names, prices, budget, three tiny calls."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from redis import Redis

from workers.analysis.budget import Meter
from workers.analysis.model.failures import FATAL
from workers.analysis.model.probe import CONTEXT_TOKENS, ModelFacts, Probed, known, known_key, probe
from workers.analysis.prices import AS_OF, DEAREST, known_price, price_of, use
from workers.analysis.retirements import AS_OF as ENDS_AS_OF
from workers.analysis.retirements import ends
from workers.errors import OverBudget
from workers.operations.doctor.findings import Finding, State
from workers.platforms.token_kinds import mistaken
from workers.settings import Settings
from workers.store.operations.spend import Spend

PART = "Model"

SOON = timedelta(days=60)
"""A retirement nearer than this is told."""

FIRST_PARTY = "api.anthropic.com"

FAILURES = {
    "auth": ("ANTHROPIC_API_KEY is refused", "make a new key, or correct ANTHROPIC_BASE_URL."),
    "quota": ("the account's spending limit is reached", "raise it; until then digests go out without a model."),
    "credit": ("the account has no credit left", "buy some where the key was made; until then no model is used."),
    "not_found": (
        "the service has no such model or address",
        "correct MODEL_SCORE, MODEL_DEEPDIVE or MODEL_ANSWER; where no model is found, ANTHROPIC_BASE_URL.",
    ),
    "region": (
        "the service does not serve the region or network that this machine calls from",
        "use a machine or a proxy where it does, or another service.",
    ),
    "gateway": (
        "a gateway on the way refused with a web page; the service itself was not reached",
        "allow the service's address there (proxy, firewall, VPN), or correct ANTHROPIC_BASE_URL.",
    ),
    "forbidden": ("the service forbids it (HTTP 403)", "do what its words say; nothing else is known of the cause."),
    "rejected": ("the service does not take the request", "its words say why; another model or preset may do."),
    "too_long": (
        "the service calls the prompt too long",
        "raise the server's context (OLLAMA_CONTEXT_LENGTH, -c), or choose a model with a larger one.",
    ),
    "filtered": (
        "a content filter of the service stopped a harmless question",
        "loosen the filter where the service is set up, or choose another service.",
    ),
    "connection": ("the service cannot be reached", "check the network and ANTHROPIC_BASE_URL."),
    "timeout": ("the service did not answer in time", "a small server may need a smaller model or a faster machine."),
    "rate_limited": (
        "the service says that we ask too often",
        "wait a minute; lower MODEL_CONCURRENCY if it stays so.",
    ),
    "overloaded": ("the service is overloaded or in trouble", "look again later; digests go out all the same."),
    "invalid": ("the service's answer cannot be read", "check that ANTHROPIC_BASE_URL leads to a Messages API."),
}
"""Class of a failed call -> what it means and what to do."""

NO_THOUGHTS = (
    "have it send them apart (vLLM, SGLang: --reasoning-parser; llama.cpp: --reasoning-format deepseek) or not at all "
    "(llama.cpp: --reasoning-budget 0; else a model that does not reason): answers are then shown while they grow."
)
"""What helps where a server leaves reasoning in the text: options by these servers' manuals."""

PASSING = ("rate_limited", "overloaded")


def model(settings: Settings, redis: "Redis | None") -> Iterator[Finding]:
    """Yield every finding about the model.

    Costs a few cents at most, booked like any other call.
    """
    if not settings.anthropic_api_key.get_secret_value():
        said = "ANTHROPIC_API_KEY is not set: the local ranker scores, the paper's own sentences are quoted"
        if settings.anthropic_base_url != Settings.model_fields["anthropic_base_url"].default:
            said = "ANTHROPIC_BASE_URL is set, but ANTHROPIC_API_KEY is not: no model is used"
            yield Finding(PART, "key", "off", said, "set it; any word does where the server asks for none.")
            return
        yield Finding(PART, "key", "off", said)
        return
    use(settings.model_prices)
    yield from _names(settings)
    if redis is None:
        yield Finding(PART, "calls", "unknown", "not asked: spend is counted in Redis, which does not work")
        return
    spend = Spend(redis)
    spent, budget = spend.today().usd, settings.model_daily_budget_usd
    said = f"${spent:.2f} of ${budget:.2f} used today (UTC, estimated)"
    if spent >= budget:
        said = said if budget else "MODEL_DAILY_BUDGET_USD is 0: no model is called"
        todo = "raise MODEL_DAILY_BUDGET_USD, or wait for the next day: digests go out without a model until then."
        yield Finding(PART, "budget", "warn", said, todo)
        yield Finding(PART, "calls", "unknown", "not asked: the day's budget is used up")
        return
    yield Finding(PART, "budget", "ok", said)
    results: list[Probed] = []
    try:
        for result in probe(settings, Meter(spend, budget)):
            results.append(result)
            yield from _failed(settings, result)
    except OverBudget:
        yield Finding(PART, "calls", "unknown", "not all asked: the day's budget would be used up")
        return
    yield from _verdict(results, settings)


def key(settings: Settings) -> Iterator[Finding]:
    """Tell whether the service takes the key, without the store (for `init`).

    Costs a few tokens at most.
    """
    record = known_key(settings)
    if not record.failure:
        yield Finding(PART, "key", "ok", "the service takes it")
        return
    what, todo = _failure(settings, record.failure, record.words)
    silent = record.failure in ("connection", "timeout")
    state: State = "fail" if silent or record.failure == "auth" else "warn"
    yield Finding(PART, "key", state, what, todo, heard=not silent)


def _failure(settings: Settings, kind: str, words: str) -> tuple[str, str]:
    """What a failed call means, with the service's own words, and what to do."""
    what, todo = FAILURES.get(kind, (f"the call failed ({kind})", "look at the service's status."))
    wrong = mistaken("ANTHROPIC_API_KEY", settings.anthropic_api_key.get_secret_value()) if kind == "auth" else ""
    what += (f" (it {wrong})" if wrong else "") + (f"; it says: “{words}”" if words else "")
    return what, todo


def _names(settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each model, and whether its price is known.

    What the service says of it counts where it is the first-party one.
    """
    asked = settings.model_preset == "anthropic"
    first = urlsplit(settings.anthropic_base_url).hostname == FIRST_PARTY
    used: dict[str, list[str]] = {}
    for setting in ("MODEL_SCORE", "MODEL_DEEPDIVE", "MODEL_ANSWER"):
        used.setdefault(getattr(settings, setting.lower()), []).append(setting)
    for name, roles in used.items():
        record = known(settings, name) if asked else ModelFacts()
        yield _named(settings, name, " and ".join(roles), record, first)
        if record.failure in (*FATAL - {"not_found"}, "connection", "timeout"):
            return


def _named(settings: Settings, name: str, roles: str, record: ModelFacts, first: bool) -> Finding:
    priced = known_price(name) is not None
    price = (f"priced as of {AS_OF}" if price_of(name) else "priced by MODEL_PRICES") if priced else "price unknown"
    said = f"for {roles}; {price}"
    if record.failure and (first or record.failure != "not_found"):
        what, todo = _failure(settings, record.failure, record.words)
        state: State = "warn" if record.failure in PASSING else "fail"
        return Finding(PART, name, state, f"{what}; {said}", todo)
    if record.state == "retired":
        return Finding(PART, name, "fail", f"is retired; {said}", f"choose another for {roles}.")
    end, today = record.retires.date() if record.retires else ends(name), datetime.now(UTC).date()
    if end and end < today:
        said = f"ended on {end} (known as of {ENDS_AS_OF}); {said}"
        return Finding(PART, name, "warn" if record.state == "active" else "fail", said, f"choose another for {roles}.")
    if record.state == "deprecated" or (end and end - today < SOON):
        when = f" on {end}" if end else ""
        return Finding(PART, name, "warn", f"will be retired{when}; {said}", f"choose another for {roles}.")
    if not priced:
        dear = f"${DEAREST.tokens_in:g}/${DEAREST.tokens_out:g}"
        todo = (
            f"set MODEL_PRICES ({name}=0/0 where it costs $0): till then it counts at the dearest price known, {dear}."
        )
        return Finding(PART, name, "ok" if not first else "warn", said, todo)
    return Finding(PART, name, "ok", said)


def _failed(settings: Settings, result: Probed) -> Iterator[Finding]:
    """Yield a finding for a call that gave nothing to judge.

    One that was rejected (400) gives none: it shows that the service cannot do it.
    """
    if result.kind not in ("", "rejected"):
        what, todo = _failure(settings, result.kind, result.said)
        state: State = "warn" if result.kind in PASSING else "fail"
        yield Finding(PART, f"call: {result.name}", state, f"{what} (asked of {result.model})", todo)


def _verdict(results: list[Probed], settings: Settings) -> Iterator[Finding]:
    """What the service does, against what the preset expects of it."""
    native = settings.model_preset == "anthropic"
    judged = {r.name: r.works for r in results if not r.kind or r.kind == "rejected"}
    told = {
        "structured": ("structured output", "answers with JSON when given a schema", "ignores or refuses a schema"),
        "documents": ("documents", "reads documents", "drops or refuses documents"),
    }
    for name, (title, good, bad) in told.items():
        if name not in judged:
            continue
        if judged[name]:
            yield Finding(PART, title, "ok", good if native else f"{good}; the preset does without")
        elif native:
            words = next((r.said for r in results if r.name == name and r.said), "")
            said = f"{bad}; it says: “{words}”" if words else bad
            yield Finding(PART, title, "fail", said, "set MODEL_PRESET=compatible.")
        else:
            yield Finding(PART, title, "ok", f"{bad}; the preset does without")
    if any(r.thinks for r in results):
        model = next(r.model for r in results if r.thinks)
        said = f"{model} sends its reasoning inside the text; it is cut off before anybody sees it"
        yield Finding(PART, "thoughts", "warn", said, NO_THOUGHTS)
    if judged.get("structured") and judged.get("documents") and not native:
        todo = "MODEL_PRESET=anthropic may work: it adds citations that the service itself records."
        yield Finding(PART, "preset", "ok", "the service can do more than the preset compatible asks of it", todo)
    if "context" in judged:
        size = f"{CONTEXT_TOKENS:,} tokens"
        if judged["context"]:
            yield Finding(PART, "context", "ok", f"{size} reach the model whole")
        else:
            todo = "raise the server's context (OLLAMA_CONTEXT_LENGTH, -c): a paper would lose its beginning unseen."
            yield Finding(PART, "context", "fail", f"of {size} the beginning did not reach the model", todo)

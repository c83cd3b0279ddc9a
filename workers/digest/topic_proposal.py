"""Makes a profile proposal from a team's words: by the model, or without."""

from redis import Redis

from workers.analysis.budget import meter_for
from workers.analysis.extractive.ranking.topics import beyond_arxiv, propose, where
from workers.errors import ModelDeclined, ModelFailed, OverBudget
from workers.models.tasks import TopicData
from workers.models.topic import Topic
from workers.settings import Settings
from workers.store.channels.memory import Memory
from workers.store.operations.spend import Spend

PROPOSED = ("title", "persona", "audience", "interests", "sources")
"""What is taken as written where the model leaves it blank."""


def propose_topic(redis: "Redis", settings: Settings, key: str, data: TopicData) -> None:
    """Propose a topic from a team's words and keep the proposal under `key`.

    The words are `data["text"]`, the language is `data["language"]`.
    """
    found = topic_of(redis, settings, data["text"], data["language"], data.get("channel", ""))
    Memory(redis).keep_result(key, found.model_dump(mode="json"))


def topic_of(redis: "Redis", settings: Settings, text: str, language: str, channel: str = "") -> Topic:
    """The proposal. What people ask for may not use what is kept for digests."""
    if not settings.anthropic_api_key.get_secret_value():
        return propose(text, language)
    from workers.analysis.model.topic import topic  # loads the model's library

    meter = meter_for(settings, Spend(redis), channel)
    try:
        found = topic(settings, text, language, meter)
    except (ModelFailed, ModelDeclined, OverBudget) as error:
        return propose(text, language).model_copy(update={"error": error.kind})
    plain = propose(text, language)
    missing = {name: getattr(plain, name) for name in PROPOSED if not getattr(found, name)}
    if "sources" in missing and found.interests:
        missing["sources"] = where(found.interests)
    elif found.interests:
        missing["sources"] = (*found.sources, *beyond_arxiv(found.interests))
    return found.model_copy(update=missing)

"""Tasks that only commands open: read one paper, score a list of papers."""

from datetime import UTC, datetime

from redis import Redis

from prompts import load_profile
from workers.analysis.analyst import choose
from workers.conversations.messages import find
from workers.conversations.titles import ref_of
from workers.digest.candidates import fresh_papers
from workers.digest.make import DigestMaker
from workers.digest.parameters import DigestParameters
from workers.models import Paper
from workers.models.tasks import PaperData, ScoreData
from workers.reading.read import read
from workers.settings import Settings
from workers.sources.http.client import HttpClient
from workers.store.channels.memory import Memory
from workers.store.papers.texts import Texts
from workers.store.sources.fetch_state import Fetches
from workers.store.tasks.progress import Progress


def read_request(redis: "Redis", settings: Settings, key: str, data: PaperData) -> None:
    """Read a paper for the `read` command."""
    fetches, ref = Fetches(redis), ref_of(redis, settings, data)
    paper = find(redis, settings, ref) if ref.kind != "arxiv" else None
    text = read(ref, HttpClient(settings, fetches), fetches, settings, Texts(redis), paper)
    Memory(redis).keep_result(key, text.model_dump(mode="json"))


def score_request(redis: "Redis", settings: Settings, key: str, data: ScoreData) -> None:
    """Score papers for the `score` command.

    They are those handed over under `key`, else today's candidates of the profile.
    """
    maker, profile = DigestMaker(redis, settings, asked=True), load_profile(data["profile"])
    given = maker.memory.result(f"{key}|papers")
    if given is None:
        order = DigestParameters(f"score:{profile.name}", profile.name, datetime.now(UTC).date())
        papers, _ = fresh_papers(maker.fetch(order, profile), maker.memory, order.memory)
    else:
        papers = [Paper.model_validate(paper) for paper in given]
    analyst, local = choose(settings), bool(data["local"])
    scored = maker.score(papers, profile, analyst, Progress(redis, key), local=local)
    maker.memory.keep_result(key, [s.model_dump(mode="json") for s in scored.scores])

"""A biology group's day.

BioRxiv, arXiv, two journals' feeds and PubMed list the same papers; each is posted once.
"""

import json
from datetime import date, timedelta

import pytest

from prompts import profile as profiles
from tests.doubles.arxiv import Arxiv, make_item
from tests.doubles.biorxiv import Biorxiv, make_preprint
from tests.doubles.journals import Feed, Item, Journals
from tests.doubles.pubmed import Pubmed, make_record
from tests.doubles.slack import SlackDouble
from tests.doubles.telegram import TelegramDouble
from tests.services.test_delivery_slack import Run
from tests.services.test_digest_order import Days
from workers.digest.messages import parts_of

WED = date(2026, 1, 21)
CHAT = -1001000000001
BOTH = "Protein language models fold antibodies from a single sequence"
LONE = "Designing protein binders with a diffusion language model"
OTHER = "Antibody design with protein language models at scale"

PROFILE = """
title = "Protein models"
language = "en"
interests = ["protein language models", "antibody design"]
persona = "a structural biologist"
audience = "a protein design group"
sources = ["biorxiv:bioinformatics", "arxiv:q-bio.BM", "feed:{feeds}/nmeth.rss", "feed:{feeds}/nbt.rss",
    "pubmed:protein design"]
min_score = 30
picks = 5
"""


@pytest.fixture
def days(env, redis, tmp_path, no_pace):
    """Five sources of one day, as a profile of one's own names them."""
    day = WED - timedelta(days=1)
    with (
        Biorxiv() as biorxiv, Pubmed() as pubmed, Journals() as journals, Arxiv() as arxiv,
        SlackDouble(pace=False) as slack, TelegramDouble(pace=False) as telegram,
    ):  # fmt: skip
        (tmp_path / "profiles").mkdir()
        (tmp_path / "profiles" / "protein.toml").write_text(PROFILE.format(feeds=journals.url))
        settings = env(
            BIORXIV_API_URL=biorxiv.url, PUBMED_API_URL=pubmed.url, ARXIV_FEED_URL=f"{arxiv.url}/atom",
            ARXIV_URL=arxiv.url, ARXIV_API_URL=arxiv.api_url, ARCHIVE_DIR=tmp_path / "digests",
            SLACK_BOT_TOKEN=slack.bot_token, SLACK_API_URL=slack.api_url, TELEGRAM_BOT_TOKEN=telegram.token,
            TELEGRAM_API_URL=telegram.url,
        )  # fmt: skip
        profiles.use(tmp_path / "profiles")
        preprint = make_preprint(1, BOTH, day=day, category="bioinformatics")
        biorxiv.records = [preprint, make_preprint(2, day=day, category="bioinformatics")]
        arxiv.announced = [
            make_item("2601.00007", BOTH, authors=("Ada B. Example", "Bo Sample"), categories=("q-bio.BM",)),
            make_item("2601.00008", OTHER, categories=("q-bio.BM",), authors=("Cy Third",)),
        ]
        arxiv.day, arxiv.known = WED, {*arxiv.known, "q-bio.BM"}
        lone = Item(LONE, "10.1038/s41592-026-1", day=day, authors=("Di Fourth",))
        journals.feeds["nmeth.rss"] = Feed("Nature Methods", "rdf", [lone])
        other = Item(OTHER, link="https://nbt.example/a/3", authors=())
        journals.feeds["nbt.rss"] = Feed("Nature Biotech", "rss", [other])
        records = [
            make_record(1, f"{BOTH}.", doi=preprint["doi"], entered=day),
            make_record(2, LONE, doi="10.1038/s41592-026-1", entered=day),
        ]
        pubmed.records = {r["pmid"]: r for r in records}
        found = Days(redis, settings)
        found.slack, found.telegram, found.biorxiv = slack, telegram, biorxiv
        yield found
        profiles.use(tmp_path / "none")


def test_no_paper_comes_twice_though_three_sources_list_it(days, redis):
    said = {}
    for channel, read in (
        ("slack:C0DIGEST", lambda: days.slack.messages("C0DIGEST")),
        (f"telegram:{CHAT}", lambda: days.telegram.messages(CHAT)),
    ):
        digest = days.run(WED, channel, "protein", hour=6)
        told = {s.source.partition(":")[0]: (s.state, s.error) for s in digest.receipt.sources}
        assert told == dict.fromkeys(("biorxiv", "arxiv", "feed", "pubmed"), ("ok", None))
        shown = {p.paper.title: p.paper for p in digest.picks}
        assert {BOTH, LONE, OTHER} == set(shown) and len(digest.picks) == 3
        assert [s.partition(":")[0] for s in shown[BOTH].sources] == ["biorxiv", "arxiv", "pubmed"]
        assert (shown[BOTH].id, shown[LONE].id) == ("2601.00007", "doi:10.1038/s41592-026-1")
        assert len(shown[OTHER].sources) == 2 and digest.receipt.candidates == 4
        Run(redis, days.settings, parts_of(digest, days.settings), channel, name=days.slot).drain()
        said[channel] = json.dumps(read(), ensure_ascii=False)
    for text in said.values():
        assert "bioRxiv bioinformatics" in text and "PubMed protein design" in text
        assert "doi.org/10.1038/s41592-026-1" in text


def test_the_next_day_brings_only_what_is_new(days):
    days.run(WED, "slack:C1", "protein", hour=6)
    thursday = WED + timedelta(days=1)
    days.biorxiv.records.append(make_preprint(9, f"More on {OTHER.lower()}", day=WED, category="bioinformatics"))
    digest = days.run(thursday, "slack:C1", "protein", hour=6)
    assert [p.paper.title for p in digest.picks] == [f"More on {OTHER.lower()}"]
    assert digest.receipt.candidates == 1

"""Ids of papers of every origin.

How they are made, what is built from them, and where they stand in messages.
"""

from datetime import UTC, date, datetime

import pytest

from tests.analyst_papers import PAPER
from workers.conversations.deepdive import alone
from workers.digest.messages import with_paper
from workers.models import Analysis, Paper, Part, Score
from workers.operations.delivery_names import piece
from workers.paper_ids import paper_key
from workers.paper_ids.paper_key import PaperRef, abs_url, html_url, made, pdf_url, short, split, unworn, valid, worn
from workers.render.buttons import TELEGRAM_DATA, with_buttons
from workers.render.links import place_url
from workers.render.markdown import archive
from workers.render.slack import digest as slack_digest
from workers.render.telegram import digest as telegram_digest

ROOT = "http://x"
ODD = "10.1002/(sici)1521-3951(199911)216:1<135::aid-pssb135>3.0.co;2-#"
"""A DOI in use, with every sign that could end something."""


@pytest.mark.parametrize(
    ("kind", "name", "id"),
    [
        ("arxiv", "2601.17058", "2601.17058"),
        ("arxiv", "math/0309136", "math/0309136"),
        ("doi", "10.1101/2026.01.02.123456", "doi:10.1101/2026.01.02.123456"),
        ("doi", "10.1038/S41586-021-03819-2", "doi:10.1038/s41586-021-03819-2"),
        ("doi", "10.48550/arXiv.2601.17058", "2601.17058"),
        ("doi", "10.48550/ARXIV.math/0309136", "math/0309136"),
        ("doi", "10.48550/arxiv.2601.17058v2", "2601.17058"),
        ("doi", "10.18653/v1/2024.acl-long.1", "acl:2024.acl-long.1"),
        ("doi", "10.18653/v1/P19-1001", "acl:P19-1001"),
        ("doi", ODD, f"doi:{ODD}"),
        ("openreview", "rhgIgTSSxW", "openreview:rhgIgTSSxW"),
        ("acl", "2024.acl-long.1", "acl:2024.acl-long.1"),
        ("acl", "P19-1001", "acl:P19-1001"),
        ("pmlr", "v139/radford21a", "pmlr:v139/radford21a"),
    ],
)
def test_an_id_is_made_in_one_way(kind, name, id):
    assert made(kind, name) == id
    assert valid(id)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("arxiv", "2601.17058v2"), ("arxiv", "hello"), ("doi", "11.1/x"), ("doi", "10.1/x"), ("doi", "10.1101/"),
        ("doi", "10.1101/a b"), ("doi", "10.1101/é"), ("doi", "10.1101/" + "x" * 200), ("openreview", "a b c d e"),
        ("openreview", "../../etc"), ("acl", "2024.acl-long"), ("acl", "../x"), ("pmlr", "v139/../../x"),
        ("pmlr", "139/x21"),
    ],
)  # fmt: skip
def test_what_is_no_name_there_makes_no_id(kind, name):
    assert made(kind, name) is None


def test_versions_are_apart_where_there_are_any():
    assert split("2601.17058v2") == PaperRef("2601.17058", 2)
    assert split("doi:10.1101/2026.01.02.123456v3") == PaperRef("doi:10.1101/2026.01.02.123456", 3)
    assert split("doi:10.26434/chemrxiv-2023-abc12v2") == PaperRef("doi:10.26434/chemrxiv-2023-abc12v2")
    assert split("openreview:abcd1v2") == PaperRef("openreview:abcd1v2")
    assert split("math/0309136") == PaperRef("math/0309136")


def test_addresses_go_by_the_kind():
    told = {
        "2601.17058v2": ("http://x/abs/2601.17058v2", "http://x/html/2601.17058v2", "http://x/pdf/2601.17058v2"),
        "doi:10.1101/2026.01.02.123456v2": ("https://doi.org/10.1101/2026.01.02.123456", "", ""),
        "openreview:rhgIgTSSxW": (
            "https://openreview.net/forum?id=rhgIgTSSxW", "", "https://openreview.net/pdf?id=rhgIgTSSxW",
        ),
        "acl:2024.acl-long.1": (
            "https://aclanthology.org/2024.acl-long.1/", "", "https://aclanthology.org/2024.acl-long.1.pdf",
        ),
        "pmlr:v139/radford21a": (
            "https://proceedings.mlr.press/v139/radford21a.html", "",
            "https://proceedings.mlr.press/v139/radford21a/radford21a.pdf",
        ),
    }  # fmt: skip
    assert {ref: (abs_url(ref, ROOT), html_url(ref, ROOT), pdf_url(ref, ROOT)) for ref in told} == told
    assert place_url("doi:10.1101/2026.01.02.123456v2", "abstract", ROOT) == "https://doi.org/10.1101/2026.01.02.123456"
    assert place_url("acl:2024.acl-long.1", "pdf", ROOT, page=3).endswith("2024.acl-long.1.pdf#page=3")


def test_no_sign_of_a_doi_ends_its_link():
    assert abs_url(f"doi:{ODD}", ROOT).removeprefix("https://doi.org/").isascii()
    assert not set(abs_url(f"doi:{ODD}", ROOT)) & set("<>\"'# |[]")


def test_keys():
    assert Paper(id="2601.17058", title="t", abstract="").key == "arxiv:2601.17058"
    assert Paper(id="doi:10.1/x", title="t", abstract="").key == "doi:10.1/x"
    assert paper_key.id_of("arxiv:2601.17058") == "2601.17058"
    assert [paper_key.doi_of(i) for i in ("2601.17058", "doi:10.1101/x", "acl:P19-1001", "pmlr:v1/a20")] == [
        "10.48550/arXiv.2601.17058", "10.1101/x", "10.18653/v1/P19-1001", "",
    ]  # fmt: skip


@pytest.mark.parametrize("id", ["2601.17058", "math/0309136"])
def test_the_names_of_arxivs_papers_in_the_store_are_as_they_were(id):
    assert worn(id) == short(id) == id


def test_ids_in_names_of_ours():
    for id in (f"doi:{ODD}", "doi:10.1101/2026.01.02.123456", "openreview:rh_Ig-SSxW"):
        assert not set(worn(id)) & set(":|")
        assert unworn(worn(id)) == id
    assert piece(f"analysis:{worn('doi:10.1101/x.1')}:0") == "the analysis of doi:10.1101/x.1"
    assert piece("pick:2601.17058") == "paper 2601.17058"


def _digest(channel, id):
    paper = PAPER.model_copy(update={"id": id, "sources": ("huggingface:15",)})
    analysis = Analysis(id=id, contribution="c", methodology="m", takeaway="t", limitations="l")
    made = alone(channel, "p", "Papers", "en", paper, Score(id=id, state="scored", value=80), analysis)
    return made.model_copy(update={"date": date(2026, 1, 24), "made": datetime(2026, 1, 24, tzinfo=UTC)})


@pytest.mark.parametrize("id", ["2601.00001", "doi:10.1101/2026.01.02.123456", "pmlr:v139/radford21a", f"doi:{ODD}"])
def test_a_paper_of_any_origin_is_shown_with_its_own_links_and_buttons(id):
    for channel, write in (("slack:C1", slack_digest), ("telegram:-1", telegram_digest)):
        digest = _digest(channel, id)
        papers = {id: digest.picks[0].paper}
        parts = [with_paper(part, papers, "p") for part in write.messages(digest, arxiv_url=ROOT)]
        about = [part.about["paper"] for part in parts if not part.key.startswith("quick")]
        assert about and set(about) == {id}
        head = next(part for part in parts if part.key.startswith("pick:"))
        shown = str(with_buttons(head, channel.partition(":")[0], "en").payload)
        assert abs_url(id, ROOT) in shown
        assert (ROOT in shown) == (id == "2601.00001")
        if channel.startswith("telegram"):
            data = [b["callback_data"] for b in _row(with_buttons(head, "telegram", "en"))]
            assert data == [f"{verb}:{short(id)}" for verb in (*TELEGRAM_DATA.values(), "menu")]
            assert all(len(one.encode()) <= 64 for one in data)
        else:
            row = with_buttons(head, "slack", "en").payload["blocks"][-1]
            assert [b.get("value") for b in row["elements"]] == [id] * 4 + [None]
            assert row["block_id"] == f"paper:{id}"
    assert abs_url(id, ROOT) in archive(_digest("terminal:p", id), arxiv_url=ROOT)


def _row(part: Part):
    return part.payload["reply_markup"]["inline_keyboard"][0]

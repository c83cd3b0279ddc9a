"""A new pick says how it relates to a paper the channel has seen, if checkable."""

from datetime import date

import pytest

from tests.rendering import digest as made
from tests.rendering import pick as picked
from workers.digest.relations import related
from workers.models import Grounds, ResultRow
from workers.models.library import LibraryEntry
from workers.reading.text import PaperText
from workers.render.digest import page
from workers.render.text.nodes import plain
from workers.store.library.index import Library
from workers.store.papers.texts import Texts

OLD = "Gradient quilting for magnetic resonance images"


@pytest.fixture
def seen(redis):
    """One paper that the channel saw, and who wrote it."""

    def enter(*authors, home="slack:C1", **more):
        entry = LibraryEntry(kind="paper", paper="2501.00007", title=OLD, date=date(2026, 1, 12), message="12.5",
                      authors=authors, **more)  # fmt: skip
        Library(redis).add(home, entry)

    return enter


def new(redis, env, *authors, references="", comment=None, results=()):
    """What the digest's first paper says of a paper of before."""
    found = made(pick := picked(), channel="slack:C1", language="en")
    ref = f"{pick.paper.id}v1"
    Texts(redis).put(ref, PaperText(ref=ref, read_from="html", references=references).model_dump_json())
    pick = pick.model_copy(update={
        "paper": pick.paper.model_copy(update={"authors": authors, "comment": comment}),
        "analysis": pick.analysis.model_copy(update={"grounds": Grounds(ref=ref), "results": results}),
    })  # fmt: skip
    found = found.model_copy(update={"picks": (pick,), "sample": False})
    entry = page(related(redis, env(), found), arxiv_url="https://arxiv.org").entries[0]
    return plain(entry.relation), [span.href for span in entry.relation if span.href]


def test_a_citation_comes_before_an_author_and_links_to_the_message(redis, env, seen):
    seen("Ada He", "Bo Li")
    said, links = new(redis, env, "Ada He", "Kuang Gong", references=f"[3] A. He. {OLD.upper()}. In MICCAI, 2025.")
    assert said == f"🔗 Cites “{OLD}”, which was here on 2026-01-12"
    assert links == ["https://slack.com/archives/C1/p125"]
    assert "Cites" in new(redis, env, references="[1] arXiv:2501.00007v2")[0]
    assert not new(redis, env, references="[1] arXiv:2501.000071, and Gradient quilting")[0]


def test_a_version_by_the_authors_own_comment(redis, env, seen):
    seen("Ada He", "Bo Li")
    for comment in ("Extended version of arXiv:2501.00007", f"Journal version of our paper '{OLD}'"):
        said, links = new(redis, env, comment=comment, references="[1] arXiv:2501.00007")
        assert said == f"🔗 By its authors’ comment a version of “{OLD}”, which was here on 2026-01-12" and links
    for comment in ("12 pages, code as in arXiv:2501.00007", "Extended version of arXiv:2501.000071", "Version 2"):
        assert not new(redis, env, comment=comment)[0]


def test_one_benchmark_with_a_number_on_both_sides(redis, env, seen):
    seen("Ada He", "Bo Li", results=({"what": "PSNR", "dataset": "Set5 (×4)", "ours": "31.20"},))
    row = ResultRow(what="PSNR", dataset="Set5 (x4)", ours="31.68", other="31.5", other_name="X")
    assert not new(redis, env, results=(row,))[0], "another spelling is not sure to be the same"
    row = row.model_copy(update={"dataset": "Set5 ×4"})
    said, links = new(redis, env, results=(row,))
    assert said == f"🔗 PSNR, Set5 ×4: 31.68 here, 31.20 in “{OLD}” (2026-01-12)" and len(links) == 1
    for other in ({"dataset": "Set14 ×4"}, {"what": "SSIM"}, {"suspect": ("numbers",)}, {"ours": "best"}):
        assert not new(redis, env, results=(row.model_copy(update=other),))[0]


def test_the_same_first_or_last_author(redis, env, seen):
    seen("Ada He", "Bo Li")
    assert "Ada He, its first author" in new(redis, env, "Ada He", "Kuang Gong")[0]
    assert "Bo Li, its last author" in new(redis, env, "Ada He", "Bo Li")[0]
    for other in (("Bo Li", "Ada He"), ("A. He", "X Y"), ("Ada Heo",), ()):
        assert new(redis, env, *other) == ("", [])


def test_nothing_of_other_channels_and_nothing_fictional(redis, env, seen):
    seen("Ada He", home="slack:C2")
    assert new(redis, env, "Ada He") == ("", [])
    seen("Ada He", fictional=True)
    assert new(redis, env, "Ada He") == ("", [])

"""One paper listed by several sources under several names is one.

Papers that only look alike stay two.
"""

import pytest

from workers.models import Paper
from workers.sources.listing.fetch_result import Fetched
from workers.sources.listing.names_of_papers import doi_of, identity
from workers.sources.twins import unified


def paper(id, title="Folding proteins with one small model", **more):
    return Paper(id=id, title=title, **{"abstract": "", "authors": ("Ada Example",), "sources": ("x",)} | more)


def fetched(*lists):
    return [
        Fetched(f"source:{n}", tuple(p.model_copy(update={"sources": (f"source:{n}",)}) for p in one))
        for n, one in enumerate(lists)
    ]


def test_three_sources_and_one_paper():
    found = unified(
        fetched(
            [
                paper(
                    "doi:10.1101/2026.01.20.1",
                    abstract="The abstract.",
                    version=1,
                    aliases=("doi:10.1038/x",),
                    venue="bioRxiv",
                )
            ],
            [paper("2601.00001", title="Folding Proteins with One small Model.", authors=("A. Example", "B. Sample"))],
            [
                paper("doi:10.1038/x", title="A new title in the journal", authors=()),
                paper("pmid:7", "Something else entirely, and long"),
            ],
        )
    )
    assert [[p.id for p in one.papers] for one in found] == [["2601.00001"], ["2601.00001"], ["2601.00001", "pmid:7"]]
    whole = found[2].papers[0]
    assert whole.abstract == "The abstract." and whole.sources == ("source:2",)
    assert set(whole.aliases) == {"doi:10.1101/2026.01.20.1", "doi:10.1038/x"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"id": "doi:10.1/a"}, {"id": "doi:10.2/b", "authors": ("Dr. ÁDA EXAMPLE",)}, True),
        ({"id": "doi:10.1/a"}, {"id": "doi:10.1/b"}, False),
        ({"id": "2601.00001"}, {"id": "2601.00002"}, False),
        ({"id": "doi:10.1/a"}, {"id": "doi:10.1/b", "authors": ("Bo Sample",)}, False),
        ({"id": "doi:10.1/a", "title": "Editorial"}, {"id": "doi:10.1/b", "title": "Editorial"}, False),
        ({"id": "doi:10.1/a"}, {"id": "url:x.example/1", "authors": ()}, False),
        ({"id": "doi:10.1/a", "title": "On the folding of small proteins in water"},
         {"id": "url:x.example/1", "title": "On the folding of small proteins in water", "authors": ()}, True),
        ({"id": "2601.00001", "doi": "10.1/a", "title": "Now called so"}, {"id": "doi:10.1/a"}, True),
    ],
)  # fmt: skip
def test_who_is_the_same(one, other, same):
    found = unified(fetched([paper(**one)], [paper(**other)]))
    assert (found[0].papers[0].id == found[1].papers[0].id) is same


@pytest.mark.parametrize(
    ("given", "id", "doi", "aliases"),
    [
        ({"doi": "10.48550/arxiv.2601.00001"}, "2601.00001", None, ()),
        ({"doi": "10.1038/x", "also": ("10.48550/arXiv.2601.00001",)}, "2601.00001", "10.1038/x", ("doi:10.1038/x",)),
        ({"doi": "10.1038/x", "own": "pmid:7"}, "doi:10.1038/x", "10.1038/x", ("pmid:7",)),
        ({"own": "pmid:7", "url": "https://pubmed.ncbi.nlm.nih.gov/7/"}, "pmid:7", None, ()),
        ({"url": "https://J.example/a?id=3&utm_source=rss&dgcid=x#top"}, "url:j.example/a?id=3", None, ()),
        ({"doi": "10.1101/2026.01.01.1", "also": ("doi:10.1016/j.cell.2026.01.002",)}, "doi:10.1101/2026.01.01.1",
         "10.1101/2026.01.01.1", ("doi:10.1016/j.cell.2026.01.002",)),
    ],
)  # fmt: skip
def test_names(given, id, doi, aliases):
    found = identity(**given)
    assert (found["id"], found["doi"], found["aliases"]) == (id, doi, aliases)


def test_nothing_names_it():
    with pytest.raises(ValueError, match="nothing"):
        identity(url="javascript:alert(1)")


@pytest.mark.parametrize(
    ("text", "doi"),
    [("doi:10.1038/S41586-1.", "10.1038/s41586-1"),
     ("(doi.org/10.1016/S0092-8674(26)00012-3)", "10.1016/s0092-8674(26)00012-3"),
     ("no 10.5 here", ""), (None, ""), ("10.1002/x;", "10.1002/x")],
)  # fmt: skip
def test_dois(text, doi):
    assert doi_of(text) == doi

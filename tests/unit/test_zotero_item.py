"""A paper as an item of Zotero; what its client makes of headers.

What the operator is told.
"""

import pytest
from pydantic import ValidationError

from tests.doubles.zotero import ZoteroDouble
from workers.library.zotero import token
from workers.models import Paper
from workers.network import retry_after
from workers.operations.alerts import alert_text
from workers.operations.incidents import Incident, IncidentLine, View, troubles
from workers.render.citation.zotero import is_ours, item, keys_in
from workers.settings import Settings
from workers.store.keyspace import MOVES, readable
from workers.store.operations.incidents import Failing
from workers.words import LANGUAGES, words

ARXIV = "https://arxiv.org"


def made(id="2601.00001", tags=("x",), **fields):
    found = item(Paper(id=id, title="A $\\beta$-Net", abstract="We.", **fields), tags, ARXIV)
    assert ZoteroDouble()._wrong(found) == (0, ""), "the real service refuses unknown fields"
    return found


def test_a_preprint_is_one_until_a_journals_doi_is_known():
    arxiv = made(doi="10.48550/arxiv.2601.00001", journal_ref="Proc. X (2026)")
    assert (arxiv["itemType"], arxiv["repository"], arxiv["archiveID"]) == ("preprint", "arXiv", "arXiv:2601.00001")
    assert (arxiv["extra"], arxiv["date"], arxiv["collections"]) == ("Proc. X (2026)", "2026-01", [])
    bio = made("doi:10.1101/2026.01.02.123456", doi="10.1101/2026.01.02.123456", venue="bioRxiv")
    assert (bio["itemType"], bio["repository"], bio["DOI"]) == ("preprint", "bioRxiv", "10.1101/2026.01.02.123456")
    out = made("doi:10.1101/2026.01.02.123456", venue="bioRxiv", aliases=("doi:10.1038/s1",))
    assert (out["itemType"], out["DOI"], "publicationTitle" in out) == ("journalArticle", "10.1038/s1", False)
    journal = made(doi="10.1038/s2")
    assert (journal["itemType"], journal["DOI"], journal["extra"]) == (
        "journalArticle",
        "10.1038/s2",
        "arXiv: 2601.00001",
    )
    assert made("doi:10.1038/s3", venue="Nature")["publicationTitle"] == "Nature"
    assert made("openreview:rhgIgTSSxW", venue="ICLR")["itemType"] == "preprint"
    assert made(tags=("a", "a", "", "b" * 300))["tags"] == [{"tag": "a"}, {"tag": "b" * 255}]


@pytest.mark.parametrize(
    "paper", [{"id": "2601.00001"}, {"doi": "10.1038/s2"}, {"id": "doi:10.1101/2026.01.02.123456"}]
)
def test_our_own_item_is_known_again(paper):
    whole = Paper(**{"id": "2601.00001", "title": "A", "abstract": "", **paper})
    assert keys_in(item(whole, (), ARXIV)) & set(whole.keys)


def test_a_note_of_ours_is_known_again():
    assert is_ours({"itemType": "note", "note": '<div data-schema-version="9"><h1>Paperboy: A</h1></div>'})
    assert not is_ours({"itemType": "note", "note": "<p>Mine.</p>"})


def test_headers_and_tokens():
    assert (retry_after("30"), retry_after("-1"), retry_after("soon"), retry_after("")) == (30, 0, 0, 0)
    assert token("users/1", "item", "2601.00001") == token("users/1", "item", "2601.00001")
    assert len({token("users/1", "item", "1"), token("groups/1", "item", "1"), token("users/1", "note", "1")}) == 3
    assert len(token("x")) == 32


def test_settings():
    assert Settings(zotero_library="groups/456").zotero_library == "groups/456"
    for wrong in ("456", "group/456", "users/abc", "users/1/x"):
        with pytest.raises(ValidationError, match="users/<number>"):
            Settings(zotero_library=wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_operator_hears_of_it_with_zoteros_words(language):
    found = troubles(View(failing=[Failing("zotero groups/456", 1, "rights", 0.0, said="403 Write access denied")]))
    (trouble,) = found.values()
    said = alert_text(IncidentLine("x", False, trouble.kind, (trouble,)), words(language))
    assert "groups/456" in said
    assert "403 Write access denied" in said
    assert words(language).cure_zotero_rights in said
    over = IncidentLine("x", True, "zotero", (Incident("zotero|groups/456", "zotero", trouble.about),))
    assert alert_text(over, words(language)) == words(language).op_zotero_over


def test_what_was_handed_over_moves_along():
    assert readable("zotero:groups/456:2601.00001", {"item": "ABCD2345", "note": "-"})
    assert MOVES["zotero"].merge == "fill"

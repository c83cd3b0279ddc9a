"""Papers that are not arXiv's.

Their records, their text where it is open, and what is said where it is not.
"""

import json
from dataclasses import replace

import pytest

from tests.doubles.arxiv import Arxiv, make_item
from tests.doubles.biorxiv import Biorxiv, make_preprint
from tests.doubles.crossref import Crossref, Work
from tests.doubles.pages import make_html, make_pdf, put
from tests.doubles.pubmed import Pubmed, make_record
from tests.doubles.semanticscholar import SemanticScholar
from tests.doubles.sites import Sites, make_full_text, make_landing
from workers.conversations.citing import records
from workers.conversations.deepdive import post_deepdive
from workers.conversations.messages import find
from workers.conversations.titles import SeveralPapers, ref_of
from workers.errors import BadInput, SourceFailed
from workers.models import Paper
from workers.paper_ids.paper_key import PaperRef
from workers.reading.read import read
from workers.settings import Settings
from workers.sources.http.client import HttpClient
from workers.store.channels.memory import Memory
from workers.store.delivery.outbox import Outbox
from workers.store.papers.records import Papers
from workers.store.papers.texts import Texts
from workers.store.sources.fetch_state import Fetches

ATLAS = make_preprint(1, "An atlas of the limb", published="10.1038/s41586-026-00001-1")
CLOSED = make_preprint(2, "A closed preprint", license="cc_no")
MEDICAL = make_preprint(3, "A trial", server="medRxiv", doi="10.1101/2026.01.02.26123456")
ABSTRACT = "We map <jats:italic>it</jats:italic> &amp; more."
AUTHORS = (("Ada", "Example"), ("Bo B.", "Sample"))
JOURNAL = Work("10.1038/s41586-026-00001-1", "An atlas of the <i>limb</i>", ABSTRACT, AUTHORS, "Nature")
NO_ABSTRACT = Work("10.1016/j.cell.2026.01.001", "Behind the wall", venue="Cell")
ON_ARXIV = make_item("2601.17058", "Attention Is All You Need Again")
TWIN = Work("10.1109/tpami.2026.1", "Attention Again", "Short.", relation={
    "has-preprint": [{"id-type": "doi", "id": "10.48550/arXiv.2601.17058", "asserted-by": "subject"}]})  # fmt: skip
PROSE = "We read papers with care. The gain is 2.5 dB on two sets. " * 4
PDF = make_pdf(*([put([PROSE[i : i + 80] for i in range(0, 240, 80)] * 8)] * 3))


class World:
    """All services on loopback, and what asks them."""

    def __init__(self, redis, arxiv, biorxiv, crossref, sites, pubmed):
        self.redis, self.arxiv, self.biorxiv, self.crossref, self.sites = redis, arxiv, biorxiv, crossref, sites
        self.pubmed = pubmed
        self.settings = Settings(
            _env_file=None, arxiv_api_url=arxiv.api_url, arxiv_url=arxiv.url, arxiv_feed_url=f"{arxiv.url}/atom",
            arxiv_oai_url=arxiv.oai_url, datacite_url=arxiv.datacite_url, biorxiv_api_url=biorxiv.url,
            crossref_url=crossref.url, pubmed_api_url=pubmed.url, paper_sites=sites.setting,
        )  # fmt: skip
        self.fetches = Fetches(redis, gap_s=0)

    def find(self, id, version=None):
        return find(self.redis, self.settings, PaperRef(id, version))

    def read(self, id, version=None):
        http = HttpClient(self.settings, self.fetches)
        return read(PaperRef(id, version), http, self.fetches, self.settings, Texts(self.redis))

    def title(self, text):
        return ref_of(self.redis, self.settings, {"title": text})

    def dive(self, channel="slack:C1", event="e1", **data):
        whole = {"id": "", "version": None, "profile": "cv-daily-zh", "channel": channel, "reply_to": "", **data}
        post_deepdive(self.redis, self.settings, f"dive|{event}", whole, lambda: None)
        return [json.dumps(row.payload, ensure_ascii=False) for row in Outbox(self.redis).rows(f"dive|{event}")]


@pytest.fixture
def world(redis):
    with (
        Arxiv(papers=[ON_ARXIV]) as arxiv,
        Biorxiv([ATLAS, CLOSED, MEDICAL, {**ATLAS, "version": "2", "title": "A better atlas of the limb"}]) as biorxiv,
        Crossref(JOURNAL, NO_ABSTRACT, TWIN) as crossref,
        Sites() as sites,
        Pubmed([make_record(40123456, "A record of PubMed", doi=ATLAS["doi"]), make_record(7)]) as pubmed,
    ):
        yield World(redis, arxiv, biorxiv, crossref, sites, pubmed)


ATLAS_ID, CLOSED_ID = f"doi:{ATLAS['doi']}", f"doi:{CLOSED['doi']}"
JOURNAL_ID = f"doi:{JOURNAL.doi}"


def test_a_preprint_is_found_with_its_versions_apart(world):
    newest, first = world.find(ATLAS_ID), world.find(ATLAS_ID, 1)
    assert (newest.version, newest.title, newest.found_by) == (2, "A better atlas of the limb", "biorxiv")
    assert (first.version, first.title, first.ref) == (1, "An atlas of the limb", f"{ATLAS_ID}v1")
    assert newest.aliases == (JOURNAL_ID,)
    assert world.find(f"doi:{MEDICAL['doi']}").venue == "medRxiv"
    assert [e.path.split("/")[2] for e in world.biorxiv.calls()][-1] == "medrxiv", "its DOI tells which server it is"


def test_a_preprint_is_found_at_crossref_while_its_own_api_is_down(world):
    world.crossref.works[ATLAS["doi"]] = Work(
        ATLAS["doi"], "An atlas of the limb", "We map it.", type="posted-content", venue="bioRxiv",
        relation={"is-preprint-of": [{"id-type": "doi", "id": JOURNAL.doi}]},
    )  # fmt: skip
    world.biorxiv.fault("*", status=500, times=99)
    paper = world.find(ATLAS_ID)
    assert (paper.found_by, paper.venue, paper.aliases) == ("crossref", "bioRxiv", (JOURNAL_ID,))


def test_a_journals_record_is_clean(world):
    paper = world.find(JOURNAL_ID)
    assert (paper.title, paper.abstract) == ("An atlas of the limb", "We map it & more.")
    assert (paper.authors, paper.venue, paper.sources) == (("Ada Example", "Bo B. Sample"), "Nature", ("Nature",))
    assert (paper.published.date().isoformat(), paper.doi) == ("2026-01-20", JOURNAL.doi)


def test_a_record_of_pubmed_is_found_by_its_number_and_knows_its_doi(world):
    paper = world.find("pmid:40123456")
    assert (paper.id, paper.title, paper.found_by) == ("pmid:40123456", "A record of PubMed", "pubmed")
    assert (paper.aliases, paper.doi, world.find("pmid:7").aliases) == ((ATLAS_ID,), ATLAS["doi"], ())
    named = [PaperRef("pmid:7"), PaperRef("url:journal.example/7")]
    Papers(world.redis).put_papers([Paper(id=named[1].base, title="A page", abstract="Words.")])
    assert [p.id for p in records(world.redis, world.settings, named)] == [r.base for r in named], "both can be cited"


def test_what_was_retracted_is_told(world):
    world.crossref.works["10.1038/r1"] = Work("10.1038/r1", "A retracted paper", "We found it.", retracted=True)
    assert "retracted" in world.find("doi:10.1038/r1").comment
    assert "withdrawn" in world.read("doi:10.1038/r1").flags


@pytest.mark.parametrize(
    "id", ["doi:10.1038/none", "doi:10.1101/2026.09.09.9", "openreview:nothing1", "pmid:8", "url:x/7"]
)
def test_what_nobody_knows_is_said(world, id):
    with pytest.raises(BadInput, match="check the link"):
        world.find(id)
    assert id in world.dive(id=id)[0]


def test_a_service_that_is_down_is_not_an_unknown_paper(world):
    world.crossref.fault("*", status=503, times=99)
    world.arxiv.fault("/datacite/*", status=503, times=99)
    with pytest.raises(SourceFailed):
        world.find(JOURNAL_ID)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"message": 1}', b'{"message": {"title": ["x"], "DOI": "10.1038/other"}}', b"\xff"]
)
def test_garbage_of_crossref_is_no_record(world, body):
    world.crossref.fault("*", status=200, body=body, times=9)
    with pytest.raises((SourceFailed, BadInput)):
        world.find(JOURNAL_ID)


PAGES = {
    "openreview:rhgIgTSSxW": ("/forum?id=rhgIgTSSxW", "/pdf?id=rhgIgTSSxW", make_landing("On reviews", "We review.")),
    "acl:2024.acl-long.1": (
        "/2024.acl-long.1/", "/2024.acl-long.1.pdf",
        make_landing("On words", "We count words.", 'class="card-body acl-abstract"', "10.18653/v1/2024.acl-long.1"),
    ),
    "pmlr:v139/radford21a": (
        "/v139/radford21a.html", "/v139/radford21a/radford21a.pdf",
        make_landing("On pictures", "We look.", 'id="abstract" class="abstract"', venue="ICML"),
    ),
    "cvf:content/CVPR2023/Example_On_Light_CVPR_2023_paper": (
        "/content/CVPR2023/html/Example_On_Light_CVPR_2023_paper.html",
        "/content/CVPR2023/papers/Example_On_Light_CVPR_2023_paper.pdf",
        make_landing("On light", "We see.", 'id="abstract"', venue="CVPR"),
    ),
    f"neurips:2017/{'ab' * 16}": (
        f"/paper_files/paper/2017/hash/{'ab' * 16}-Abstract.html",
        f"/paper_files/paper/2017/file/{'ab' * 16}-Paper.pdf",
        make_landing("On heads", venue="NeurIPS").replace(
            b"</body>", b"<h4>Abstract</h4><p><p>We attend.</p></p></body>"
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("id", PAGES)
def test_papers_of_proceedings_are_found_by_their_page_and_read_from_their_pdf(world, id):
    page, pdf, body = PAGES[id]
    world.sites.pages |= {page: body, pdf: PDF}
    paper = world.find(id)
    assert paper.title.startswith("On ") and paper.abstract.startswith("We ") and paper.found_by == "page"
    assert paper.authors == ("Ada Example", "Bo B. Sample")
    text = world.read(id)
    assert (text.read_from, text.ref, text.title) == ("pdf", id, paper.title)
    del world.sites.pages[pdf]
    world.redis.delete(*world.redis.scan_iter("pb:text*"))
    assert (world.read(id).read_from, world.read(id).abstract) == ("abstract", paper.abstract)


def test_a_preprint_is_read_in_full_under_an_open_licence(world):
    path = f"/content/{ATLAS['doi']}v2.full"
    world.sites.pages[path] = make_full_text("A better atlas of the limb", "We map it.")
    text = world.read(ATLAS_ID)
    assert (text.read_from, text.ref, text.abstract) == ("html", f"{ATLAS_ID}v2", "We map it.")
    assert [s.title for s in text.sections][:2] == ["Part 1", "Detail 1"]
    assert text.sections[0].paragraphs[0].id == "p-10" and text.bibliography == 1
    assert [(f.id, f.label) for f in text.figures] == [("F1", "Figure 1")]
    assert "Subscribe" not in str(text) and "Comment" not in str(text)


def test_a_preprint_without_an_open_licence_is_not_fetched(world):
    text = world.read(CLOSED_ID)
    assert (text.read_from, text.flags) == ("abstract", ("closed",))
    assert world.sites.calls() == []


@pytest.mark.parametrize("body", [b"", b"<html>", make_landing("x"), b"<div class='fulltext-view'><p>short</p></div>"])
def test_a_page_without_a_full_text_leaves_the_abstract(world, body):
    world.sites.pages[f"/content/{ATLAS['doi']}v2.full"] = body
    assert (world.read(ATLAS_ID).read_from, world.read(ATLAS_ID).flags) == ("abstract", ("conversion_failed",))


def test_a_journal_article_is_never_fetched_but_its_open_preprint_is(world):
    assert (world.read(JOURNAL_ID).read_from, world.read(JOURNAL_ID).flags) == ("abstract", ("closed",))
    world.arxiv.html["2601.17058"] = make_html(version="2601.17058v1")
    http = HttpClient(world.settings, world.fetches)
    paper = world.find(f"doi:{TWIN.doi}")
    text = read(PaperRef(paper.id), http, world.fetches, world.settings, Texts(world.redis), paper)
    assert (text.read_from, text.ref) == ("html", "2601.17058v1")
    assert "preprint" in text.flags
    assert world.sites.calls() == []


LICENCES = {"cc_by": True, "cc_by_nc_nd": True, "cc0": True, "cc_no": False, "": False}


@pytest.mark.parametrize("license", LICENCES)
@pytest.mark.parametrize("name", [ATLAS_ID, JOURNAL_ID])
def test_a_deep_dive_reads_a_preprint_in_full_where_its_licence_allows_it(world, name, license):
    world.biorxiv.records = [{**ATLAS, "license": license}]
    same = [{"id-type": "doi", "id": ATLAS["doi"]}]
    world.crossref.works[JOURNAL.doi] = replace(JOURNAL, relation={"has-preprint": same})
    world.sites.pages[f"/content/{ATLAS['doi']}v1.full"] = make_full_text("An atlas of the limb", "We map it.")
    shown = "".join(world.dive(id=name))
    assert ("仅依据摘要" in shown) is not LICENCES[license]
    assert bool(world.sites.calls()) is LICENCES[license]
    assert ("全文读自其开放的预印本" in shown) is (LICENCES[license] and name == JOURNAL_ID)


def test_a_deep_dive_of_what_is_closed_says_so(world):
    shown = "".join(world.dive(id=JOURNAL_ID))
    assert "https://doi.org/10.1038/s41586-026-00001-1" in shown
    assert "仅依据摘要：全文需付费" in shown
    assert world.arxiv.url not in shown


def test_a_paper_of_which_nothing_but_the_title_is_open_is_told_in_one_line(world):
    (line,) = world.dive(id=f"doi:{NO_ABSTRACT.doi}")
    assert "Behind the wall" in line and "https://doi.org/10.1016/j.cell.2026.01.001" in line


# -- titles ------------------------------------------------------------------------------------------------------------


def test_a_title_names_its_paper(world):
    assert world.title("attention is all you need again") == PaperRef("2601.17058")
    assert world.crossref.calls() == [], "arXiv had it"
    assert world.title("An Atlas of the Limb") == PaperRef(JOURNAL_ID)
    assert world.find(JOURNAL_ID).title == "An atlas of the limb"


def test_a_publishers_number_in_a_link_names_its_paper(world):
    link, doi = "https://www.cell.com/cell/fulltext/S0092-8674(26)00001-2", "10.1016/j.cell.2026.01.002"
    assert "DOI" in world.dive(title=link)[0]
    world.crossref.works[doi] = Work(doi, "Behind the wall", "We look.", number="S0092867426000012")
    assert world.title(link) == PaperRef(f"doi:{doi}")
    assert world.title("www.sciencedirect.com/science/article/pii/S0092867426000012?via=x") == PaperRef(f"doi:{doi}")
    assert "Behind the wall" in "".join(world.dive(event="e2", title=link))


def test_a_link_of_pubmed_central_names_its_paper(world):
    link = "https://pmc.ncbi.nlm.nih.gov/articles/PMC9876543/"
    assert "DOI" in world.dive(title=link)[0]
    world.pubmed.central["9876543"] = "7"
    assert world.title(link) == PaperRef("pmid:7")
    world.pubmed.fault("*", status=200, body="<html>busy</html>")
    with pytest.raises(SourceFailed, match="not a list of links"):
        world.title(link)


def test_a_link_of_semantic_scholar_names_its_paper(world):
    own = "204e3073870fae3d05bcbc2f6a8e263d9b72e776"
    with SemanticScholar() as s2:
        world.settings = world.settings.model_copy(update={"semanticscholar_api_url": s2.url})
        s2.add(own, "Attention Is All You Need Again", externalIds={"ArXiv": "2601.17058", "DOI": None})
        assert world.title(f"https://www.semanticscholar.org/paper/{own}") == PaperRef("2601.17058")
        assert world.find("2601.17058").found_by == "abs", "its record is arXiv's"
        with pytest.raises(BadInput, match="DOI"):
            world.title(f"https://www.semanticscholar.org/reader/{own[::-1]}")


def test_a_title_is_found_while_arxivs_search_is_down(world):
    world.arxiv.fault("/api/query", status=429, body="Rate exceeded.", times=99)
    assert world.title("Attention Is All You Need Again") == PaperRef("2601.17058")


def test_a_title_that_nobody_knows_is_said(world):
    with pytest.raises(BadInput, match="No paper with the title"):
        world.title("Entirely different words here")
    world.crossref.fault("*", status=503, times=9)
    world.arxiv.fault("*", status=503, times=9)
    with pytest.raises(SourceFailed):
        world.title("Entirely different words here")


def test_a_title_that_is_not_sure_is_a_choice_of_three(world):
    for n in range(5):
        doi = f"10.1016/j.x.{n}"
        world.crossref.works[doi] = Work(doi, "Deep learning for plants", authors=(("A", f"Author{n}"),))
    with pytest.raises(SeveralPapers) as told:
        world.title("Deep learning for plants")
    assert len(told.value.papers) == 3 and str(told.value).count("https://doi.org/10.1016/j.x.") == 3
    (shown,) = world.dive(title="Deep learning for plants")
    assert shown.count('"action_id": "dive"') == 3 and '"value": "doi:10.1016/j.x.' in shown
    (shown,) = world.dive("telegram:-1", "e2", title="Deep learning for plants")
    assert shown.count("dive:doi:10.1016/j.x.") == 3
    assert Papers(world.redis).get_papers([told.value.papers[0].id]), "a press on the button finds its title"


def test_a_deep_dive_by_title_is_the_papers(world):
    shown = "".join(world.dive(title="attention is all you need again"))
    assert "/abs/2601.17058" in shown
    assert Memory(world.redis).known("slack:C1", ["2601.17058"]) == set()
    (line,) = world.dive(event="e2", title="Entirely different words here")
    assert "Entirely different words here" in line


def test_the_record_knows_its_twins(world):
    Papers(world.redis).put_papers([Paper(id="2601.17058", title="x", abstract="", doi=JOURNAL.doi)])
    assert world.find(JOURNAL_ID).aliases == ("arxiv:2601.17058",)

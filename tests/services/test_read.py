"""One paper read.

HTML, else PDF, else the abstract; labelled, with its version, and fetched once.
"""

import pytest

from tests.doubles.arxiv import LICENSE, Arxiv, make_item
from tests.doubles.pages import make_html, make_pdf, paper_pdf, picture
from workers.errors import BadInput, SourceFailed
from workers.models import Paper
from workers.paper_ids.arxiv_id import ArxivId
from workers.reading.read import read
from workers.settings import Settings
from workers.sources.http.client import HttpClient
from workers.store.papers.texts import TEXT_TTL_S, Texts
from workers.store.sources.fetch_state import Fetches

ID = "2601.00001"
SHORT = make_html(repeat=1)


@pytest.fixture
def double():
    with Arxiv(papers=[make_item(ID, version=2)]) as server:
        yield server


@pytest.fixture
def settings(double):
    return Settings(
        _env_file=None, hf_endpoint="http://127.0.0.1:9", arxiv_api_url=double.api_url,
        arxiv_feed_url=f"{double.url}/atom", arxiv_url=double.url,
    )  # fmt: skip


@pytest.fixture
def reading(settings, redis):
    def call(ref=ID, **more):
        fetches = Fetches(redis, gap_s=0)
        base, _, version = ref.partition("v")
        wanted = ArxivId(base, int(version) if version else None)
        return read(wanted, HttpClient(settings, fetches), fetches, settings, Texts(redis), **more)

    return call


def paths(double):
    return [r.path for r in double.calls()]


def test_html_first_with_the_version_it_tells(double, reading):
    double.html[ID] = make_html()
    text = reading()
    assert (text.ref, text.read_from, text.flags) == ("2601.00001v2", "html", ())
    assert paths(double) == [f"/html/{ID}"]


def test_fetched_once_with_and_without_version(double, reading):
    double.html[ID] = make_html()
    assert reading() == reading() == reading(f"{ID}v2")
    assert len(double.calls()) == 1


def test_another_version_is_another_text(double, reading):
    double.html[f"{ID}v1"] = make_html(version=f"{ID}v1")
    double.html[f"{ID}v2"] = make_html()
    assert reading(f"{ID}v1").ref == f"{ID}v1" and reading(f"{ID}v2").ref == f"{ID}v2"
    assert len(double.calls()) == 2


@pytest.mark.parametrize(
    ("page", "flag"), [(None, "no_html"), (SHORT, "conversion_failed"), (b"", "conversion_failed")]
)
def test_pdf_where_html_is_missing_or_failed(double, reading, page, flag):
    if page is not None:
        double.html[ID] = page or b"<html></html>"
    double.pdf[ID] = paper_pdf()
    text = reading()
    assert (text.read_from, text.flags) == ("pdf", (flag,)) and text.sections


def test_page_of_another_paper_is_not_taken(double, reading):
    double.html[ID] = make_html(version="2601.00009v1")
    double.pdf[ID] = paper_pdf()
    assert reading().flags == ("conversion_failed",)


@pytest.mark.parametrize(
    ("body", "flags"),
    [
        (None, ("no_html", "no_pdf")),
        (make_pdf(picture()), ("no_html", "scanned")),
        (b"%PDF-1.4 junk", ("broken", "no_html")),
    ],
)
def test_abstract_alone_is_labelled(double, reading, body, flags):
    if body:
        double.pdf[ID] = body
    text = reading()
    assert (text.read_from, text.ref, text.flags) == ("abstract", f"{ID}v2", flags)
    assert text.abstract == "We restore images. It works." and not text.sections


def test_withdrawn(double, reading):
    double.papers[ID].comment = "This paper has been withdrawn by the authors due to an error in Theorem 1"
    assert reading().flags == ("no_html", "no_pdf", "withdrawn")


def test_unknown_paper(double, reading):
    with pytest.raises(BadInput, match=r"arXiv knows no paper 2601\.00009"):
        reading("2601.00009")


def test_record_gives_licence_and_stands_in_when_arxiv_is_away(double, reading, redis):
    paper = Paper(id=ID, version=2, title="T", abstract="A.", license=LICENSE)
    double.pdf[ID] = paper_pdf()
    assert reading(paper=paper).license == LICENSE
    redis.flushall()
    double.stop()
    text = reading(paper=paper)
    assert (text.read_from, text.flags, text.abstract) == ("abstract", ("fetch_failed",), "A.")
    assert not redis.keys("pb:text*")
    with pytest.raises(SourceFailed):
        reading()


def test_store_keeps_texts_packed_and_for_a_time(double, reading, redis):
    double.html[ID] = make_html(repeat=60)
    text = reading()
    raw = redis.get(f"pb:text:{ID}v2")
    assert len(raw) < len(text.model_dump_json()) / 5
    assert 0 < redis.ttl(f"pb:text:{ID}v2") <= TEXT_TTL_S and redis.ttl(f"pb:text-newest:{ID}") > 0
    for junk in (b"junk", raw[: len(raw) // 2]):
        redis.set(f"pb:text:{ID}v2", junk)
        assert Texts(redis).get(f"{ID}v2") is None
    assert reading() == text

"""Quotes and numbers are checked against the paper letter for letter.

What was altered is never found.
"""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import ROOT
from tests.waiting import LINEAR, growth
from workers.analysis.grounding.evidence.index import Index, numbers, supported
from workers.analysis.grounding.share_grounded import Claim, Metrics, failures, measure, verbatim_ratio
from workers.analysis.grounding.text.normalize import normalize
from workers.analysis.grounding.text.sentences import sentences
from workers.reading.html.read import read_html
from workers.reading.text import PaperText, Paragraph, Section, Table

SAMPLE = ROOT / "workers" / "sources" / "sample" / "2601.99901.html"
SAID = (
    "The efficient office flow does not improve the results of 31.94 dB on 10–20 images, and the slope of −0.3 "
    "stays state-of-the-art at .5 of the cost; naïve models are unable to restore faces in 1,024 cases (95%)."
)


def paper(*paragraphs, **more):
    made = tuple(Paragraph(id=f"S1.p{k}", text=t, page=k) for k, t in enumerate(paragraphs, 1))
    return PaperText(
        ref="2601.00001v1", read_from="html", sections=(Section(id="S1", title="One", paragraphs=made),), **more
    )


@pytest.fixture
def index():
    return Index(paper(SAID, "A second paragraph follows the first one here.", "And a third closes the section."))


@pytest.mark.parametrize(
    "quote",
    [
        "The efficient office flow does not improve the results",
        "THE EFFICIENT OFFICE FLOW DOES NOT IMPROVE",
        "The eﬃcient oﬃce ﬂow does not improve",
        "The effi-\ncient office flow does not im-\nprove the results",
        "“The efficient office flow does not improve”",
        "the results of 31.94\u00a0dB on 10-20 images",
        "the slope of -0.3 stays state-of-the-\nart at .5 of the cost",
        "the slope of $-0.3$ stays state of the art",
        "nai\u0308ve models are unable to restore",
        "nai\u0308ve  models\u200b are un\u00adable to restore faces",
        unicodedata.normalize("NFD", "naïve models are unable to restore faces"),
        "restore faces in 1,024 cases (95%).",
    ],
)
def test_typography_does_not_matter(index, quote):
    place = index.locate(quote)
    assert place is not None and (place.paragraph, place.section, place.page) == ("S1.p1", "One", 1)


@pytest.mark.parametrize(
    "quote",
    [
        "The efficient office flow does improve the results",
        "The efficient office flow improves the results of",
        "the results of 31.49 dB on 10–20 images",
        "the results of 319.4 dB on 10–20 images",
        "the results of 3194 dB on 10–20 images",
        "the results of 31.94 dB on 1020 images",
        "the results of 31.94 dB on 10–2 images",
        "and the slope of 0.3 stays state-of-the-art",
        "and the slope of −0.03 stays state-of-the-art",
        "stays state-of-the-art at 5 of the cost",
        "stays state-of-the-art at 0.5 of the cost",
        "able to restore faces in 1,024 cases",
        "unable to restore faces in 1,024 cases (9",
        "restore faces in 1,024 cases (95)",
        "restore faces in 1024 cases (95%)",
        "The efficient office flow … improve the results",
        "models are unable to restore face",
        "94 dB on 10–20 images, and the slope",
        "31.94 dB",
        "",
        "()[]{}…" * 20,
    ],
)
def test_what_was_altered_or_torn_or_is_too_short_is_not_found(index, quote):
    assert index.locate(quote) is None


def test_place_is_the_text_itself_also_over_paragraphs(index):
    place = index.locate("a second PARAGRAPH follows the first")
    text = index.paragraphs[1][1].text
    assert text[place.start : place.end] == "A second paragraph follows the first" and place.last == place.paragraph
    place = index.locate("the first one here. And a third closes")
    assert (place.paragraph, place.last) == ("S1.p2", "S1.p3")
    assert index.paragraphs[2][1].text[: place.end] == "And a third closes"


def test_prefixed_negation_is_not_torn_off():
    index = Index(
        paper("We saw a non-significant improvement over the baseline, and results were nonlinear in every run.")
    )
    assert index.locate("significant improvement over the baseline") is None
    assert index.locate("linear in every run") is None
    assert index.locate("non-significant improvement over the baseline") is not None


def test_sign_after_a_tex_command_counts():
    index = Index(paper(r"The slope satisfies $\alpha_{i}\leq-0.3$ in every run of ours."))
    assert index.locate(r"slope satisfies $\alpha_{i}\leq-0.3$ in every run")
    assert index.locate(r"slope satisfies $\alpha_{i}\leq 0.3$ in every run") is None
    assert supported(numbers("-0.3"), index) == numbers("-0.3") and supported(numbers("0.3"), index) == []


def test_chinese_is_quoted_without_word_boundaries():
    index = Index(
        paper("我们提出一种图像恢复方法，它从退化图像本身出发，而不是从噪声出发，因此需要的步数很少，只要四步。")
    )
    assert index.locate("图像恢复方法，它从退化图像本身出发，而不是从噪声出发")
    assert index.locate("图像恢复方法，它从退化图像本身出发，而是从噪声出发因此") is None
    assert index.locate("需要的步数很少") and index.locate("步数很少") is None, "four characters are found by chance"


def test_tables_captions_and_abstract_can_be_quoted():
    row = Paragraph(id="S1.T1.r2", text="LanternFlow | 31.42 | 29.87 | 36.58")
    text = paper("Nothing.", abstract="We present a flow that starts at the picture.", tables=(
        Table(id="S1.T1", caption="Table 1: The results of five tasks.", rows=(row,), section="S1"),))  # fmt: skip
    index = Index(text)
    assert index.locate("LanternFlow 31.42 29.87 36.58").paragraph == "S1.T1.r2"
    assert index.locate("Table 1: The results of five").section == "One"
    assert index.locate("a flow that starts at the picture").paragraph == "abstract"


def test_a_quote_runs_on_only_where_the_text_does():
    rows = (
        Paragraph(id="T1.r1", text="LanternFlow | 31.42 | 29.87"),
        Paragraph(id="T1.r2", text="Sieve | 30.11 | 2.5"),
    )
    text = paper("The path begins with the formula", "x = y + 1, where y is the noise.", "And then it goes on with",
                 tables=(Table(id="T1", caption="Table 1: All the results", rows=rows, section="S1"),))  # fmt: skip
    one_page = text.model_copy(update={"sections": tuple(
        s.model_copy(update={"paragraphs": tuple(p.model_copy(update={"page": 1}) for p in s.paragraphs)})
        for s in text.sections)})  # fmt: skip
    running, stopped = "path begins with the formula x = y + 1", "where y is the noise. And then it goes on"
    assert Index(text).locate(running) and Index(one_page).locate(running)
    assert Index(text).locate(stopped), "over a page break"
    assert Index(one_page).locate(stopped) is None
    for spliced in (
        "And then it goes on with Table 1: All the",
        "Table 1: All the results LanternFlow",
        "31.42 | 29.87 Sieve | 30.11",
    ):
        assert Index(text).locate(spliced) is None, spliced


@given(st.text(max_size=200), st.text(max_size=60))
def test_normalizing_maps_back_and_never_raises(text, quote):
    kept, at = normalize(text)
    assert len(kept) == len(at) and at == sorted(at) and all(0 <= i < len(text) for i in at)
    Index(paper(text)).locate(quote)
    numbers(text)


@given(st.data())
def test_every_sentence_of_a_paper_is_found_and_no_changed_number_is(data):
    index = _sample_index()
    paragraph = data.draw(st.sampled_from([p for _, p in index.paragraphs if len(p.text) > 200]))
    quote = data.draw(st.sampled_from([s for s in sentences(paragraph.text) if len(normalize(s)[0]) >= 20]))
    assert index.locate(quote).paragraph == paragraph.id
    places = [i for i, c in enumerate(quote) if c.isdigit()]
    if places:
        k = data.draw(st.sampled_from(places))
        other = data.draw(st.sampled_from([d for d in "0123456789" if d != quote[k]]))
        assert index.locate(quote[:k] + other + quote[k + 1 :]) is None


_kept = []


def _sample_index():
    if not _kept:
        _kept.append(Index(read_html(SAMPLE.read_bytes(), "https://arxiv.org/html/2601.99901v1").text))
    return _kept[0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("31.94 dB, 1,024 images, 007 and .50", ["31.94", "1024", "7", "0.5"]),
        ("a slope of -0.3, −0.3 or $-0.30$", ["-0.3", "-0.3", "-0.3"]),
        ("10–20 images, ResNet-50, x-3", ["10", "20", "50", "3"]),
        ("95% or 95 \\% or 95 percent", ["95%", "95%", "95%"]),
        ("a 7B model, 3.1 million parameters, 40k steps, 5 Mb", ["7000000000", "3100000", "40000", "5"]),
        ("as in [12] and [3, 4–6], v1.2", ["1.2"]),
        ("10⁻³ of it", ["0.001"]),
        ("none", []),
    ],
)
def test_numbers(text, found):
    assert [n.value for n in numbers(text)] == found


def test_numbers_are_supported_by_the_paper_or_not():
    index = Index(
        paper("We reach 31.94 dB with 3.1 million parameters on 1,024 images; 68 of 100 (85%) agree, -0.3 less.")
    )
    said = numbers("31.94 dB, 3.1M parameters, 1024 images, 68%, 85 and -0.30")
    assert supported(said, index) == said
    assert supported(numbers("8.2 dB, a 7B model, 0.3, 3.1B, 31.9"), index) == []


def test_verbatim_ratio():
    index = Index(paper(SAID))
    assert verbatim_ratio("The efficient office flow does not improve the results", index) == 1.0
    assert verbatim_ratio("Zebras quickly vex my bold jugglers", index) < 0.2
    assert verbatim_ratio("", index) == 0.0


def three_sections():
    parts = tuple(
        Section(id=f"S{k}{sub}", title=f"{k}", level=2 if sub else 1, paragraphs=(
            Paragraph(id=f"S{k}{sub}.p1", text=f"Sentence number {k}{sub and 5} of this part says: {k}.5 dB up."),))
        for k in (1, 2, 3, 4) for sub in ("", ".SS1")
    )  # fmt: skip
    return Index(PaperText(ref="x", read_from="html", sections=parts))


def claim(k, sub="", said=""):
    return Claim(text=said or f"It gains {k}.5 dB.", quotes=(f"Sentence number {k}{sub} of this part says",))


def test_gate_passes_what_stands_in_three_sections():
    metrics = measure([claim(1), claim(2), claim(3)], three_sections())
    assert failures(metrics) == ()
    assert (metrics.quote_precision, metrics.number_support, metrics.claim_coverage, metrics.sections) == (1, 1, 1, 3)
    assert metrics.document()["section_spread"] == 3 and 0 < metrics.verbatim <= 1


@pytest.mark.parametrize(
    ("claims", "failed"),
    [
        (
            [claim(1), claim(2), claim(3), Claim(text="No.", quotes=("This sentence is in no part of the paper",))],
            ("quotes",),
        ),
        ([claim(1), claim(2), claim(3, said="It gains 8.2 dB.")], ("numbers",)),
        ([claim(1), claim(1, "5"), claim(2)], ("sections",)),
        ([Claim(text="Nothing quoted.")], ("quotes", "sections")),
        ([], ("quotes", "sections")),
    ],
)
def test_gate_names_what_fails(claims, failed):
    assert failures(measure(claims, three_sections())) == failed


def test_gate_at_its_limits():
    good = {"quotes": 14, "quotes_found": 14, "sections": 3, "numbers": 100}
    assert failures(Metrics(**good, numbers_found=95)) == ()
    assert failures(Metrics(**good, numbers_found=94)) == ("numbers",)
    assert failures(Metrics(**{**good, "quotes_found": 13}, numbers_found=95)) == ("quotes",)


def test_quotes_are_found_in_time_that_grows_with_the_paper():
    text = read_html(SAMPLE.read_bytes(), "").text
    said = [p.text for _, p in text.paragraphs()]
    many = [f"{t} Copy {k}." for k in range(6) for t in said][: 50_000 // 180]
    assert sum(map(len, many)) >= 50_000
    indexes = {size: Index(paper(*many[-size:])) for size in (len(many) // 4, len(many) // 4 * 4)}
    quotes = [many[-k][:150].rsplit(" ", 1)[0] for k in range(1, 11)] + [t[:90][::-1] + " nowhere" for t in many[:10]]

    def locate(size):
        assert sum(indexes[size].locate(q) is not None for q in quotes) >= 8

    assert growth(locate, len(many) // 4) < LINEAR

"""The analyst without a model.

The paper's own sentences, each in the section whose work it does.
"""

import json
import re

import pytest

from prompts import load_profile
from tests import ROOT
from tests.analyst_papers import alone
from workers.analysis.budget import Meter
from workers.analysis.extractive.analyst import Extractive
from workers.analysis.grounding.text.sentences import sentences
from workers.models import LOCAL, Paper
from workers.render.statements import statement_blocks
from workers.render.text.nodes import flat
from workers.words import words

EN, ZH = load_profile("cv-daily-en"), load_profile("cv-daily-zh")

ABSTRACT = (
    "Existing image restoration models are slow, however fast they claim to be. We propose Sieve, a flow matching model"
    " that restores images in one step. It consists of an encoder and a decoder trained by distilling a teacher,"
    " e.g., a U-Net (cf. Fig. 3). On 5 sets Sieve improves PSNR by 1.2 dB over the best baseline. However, Sieve"
    " fails on heavy noise. Code is at https://github.com/x/sieve."
)


def write(abstract=ABSTRACT, profile=EN, title="Sieve: One-Step Image Restoration", **more):
    paper = Paper(id="2601.00001", version=2, title=title, abstract=abstract)
    return Extractive().analyse(alone(paper), profile, Meter(), **more)


def test_each_sentence_in_its_section():
    found = write()
    assert found.contribution.startswith("“We propose Sieve") and found.contribution.endswith("in one step.”")
    assert "It consists of an encoder" in found.methodology and "cf. Fig. 3" in found.methodology
    assert found.takeaway.startswith("On Image Restoration, Flow Matching:")
    assert "improves PSNR by 1.2 dB" in found.takeaway
    assert found.limitations == "“However, Sieve fails on heavy noise.”"
    assert (found.by, found.read, found.error, found.version) == (LOCAL, "abstract", None, 2)


def test_links_are_left_out():
    assert "github" not in "".join(write().model_dump_json())


def test_what_is_missing_is_said_in_the_profiles_language():
    plain = "We study payroll forms. They consist of three pages that users fill in."
    assert write(plain, EN, "Payroll").limitations == "No limitations were found in the abstract."
    found = write(plain, ZH, "Payroll")
    assert found.limitations == "摘要里没有找到关于局限的说明。"
    assert found.takeaway == ""
    found = write("We study payroll forms. Our forms reduce errors by 12% over the old ones.", ZH, "Payroll")
    assert found.takeaway.startswith("标题和摘要没有提到关注的方向（Image Restoration、")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("A limitation is that gains vanish for flexible loops.", True),
        ("The main limitation of the method is that it needs many relatives.", True),
        ("One caveat is that all proteins were soluble.", True),
        ("A key limitation is its reliance on alignments of the family.", True),
        ("It is trained on soluble proteins only and declines the others.", True),
        ("局限在于只测试了英文数据。", True),
        ("A limitation of existing methods is that they need structures.", False),
        ("The key drawback of diffusion models is their speed.", False),
        ("It requires only two gigabytes of memory.", False),
    ],
)
def test_limits_that_an_abstract_admits_are_shown_and_not_those_of_others(said, shown):
    found = write(f"We present Foo, a model of proteins. It reaches 0.71 on the test set. {said}", title="Foo: a model")
    assert found.limitations == (f"“{said}”" if shown else "No limitations were found in the abstract.")


def test_no_interest_is_said_and_nothing_invented():
    found = write("We study payroll forms. Error rates fall by 12% in the test group.", EN, "Payroll")
    assert found.takeaway.startswith("Title and abstract name none of the interests (Image Restoration, ")
    assert "fall by 12%" in found.takeaway


def test_given_matches_are_used():
    assert write(matched=("Diffusion",)).takeaway.startswith("On Diffusion:")


@pytest.mark.parametrize(
    "abstract", ["", "   ", "Short.", "https://a.b/c", "x" * 5000, "我们提出一种新的图像修复方法。实验表明效果提升。"]
)
def test_poor_abstracts_give_a_contribution_and_a_word_on_limits(abstract):
    found = write(abstract, ZH)
    assert found.contribution and found.limitations == "摘要里没有找到关于局限的说明。" and not found.methodology
    assert len(found.contribution) < 1000


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("We use nets, e.g. U-Nets, i.e. deep ones, by Smith et al. in Fig. 3. Then we stop the training there.", 2),
        ("It gains 3.5 dB vs. Baseline at 0.2 s. The second sentence is here.", 2),
        ("Let $x. Y$ be a point in the space. See https://a.b/c.html. For more than that we refer to it.", 3),
        ("Is this all there is to it? No, there is more to say! (In brackets there is more.) And so it ends here.", 4),
        ("A. B. Smith wrote the first proof of this. J. Doe wrote the second proof.", 2),
        ("我们提出一种新的方法。实验表明它的效果更好！", 2),
        ("One sentence\nover two lines without a full stop", 1),
    ],
)
def test_sentences(text, count):
    found = sentences(text)
    assert len(found) == count, found
    squeezed = " ".join(text.split())
    assert all(s in squeezed for s in found)


def test_markup_in_an_abstract_has_no_effect():
    found = write("We propose [a link](http://x) or so. We propose <!channel> and [b](c) with $a<b$ inside.", EN)
    sections = "\n".join(found.model_dump(include=SECTIONS).values())
    assert "](" not in sections and not re.search(r"(?<!\\)<!", found.contribution)
    assert "$a<b$" in found.contribution
    shown = [
        span for name in SECTIONS for b in statement_blocks(found, name, words("en"), "https://a.b") for span in flat(b)
    ]
    assert {span.href for span in shown if span.href} == {"https://a.b/abs/2601.00001v2"}
    assert "[b](c)" not in "".join(span.text for span in shown if span.href)


def test_every_quote_is_verbatim_and_used_once(real):
    for file in sorted((real / "hf_daily").glob("*.json")):
        for item in json.loads(file.read_text(encoding="utf-8")):
            abstract = item["paper"].get("summary", "")
            found = write(abstract, EN, item["title"])
            text = f"{item['title']} {' '.join(abstract.split())}"
            quotes = re.findall(r"(?m)^(?:- )?“(.*)”$", "\n".join(found.model_dump(include=SECTIONS).values()))
            assert quotes and len(set(quotes)) == len(quotes)
            for quote in quotes:
                assert quote.removesuffix(" …").replace("\\<", "<").replace("]\\(", "](") in text


SECTIONS = {"contribution", "methodology", "takeaway", "limitations"}


def test_the_sample_day_reads_well():
    file = ROOT / "workers" / "sources" / "sample" / "day.json"
    day = json.loads(file.read_text(encoding="utf-8"))
    written = {p["title"]: write(p["paper"]["summary"], EN, p["title"]) for p in day}
    silent = [title for title, found in written.items() if found.methodology.startswith("The abstract")]
    assert len(silent) <= 2, silent

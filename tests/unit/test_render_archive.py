import json
import re

import feedparser
import pytest
from hypothesis import given

from tests.rendering import ARXIV, HOSTILE, analysis, digest, markdown, pick, words_of
from workers.models import Paper, Score
from workers.render.digest import title_of
from workers.render.markdown import archive, inline, write
from workers.render.text.markdown_ast import parse
from workers.render.text.nodes import Span, flat, plain


def test_the_shape_of_the_archive():
    text = archive(
        digest(pick("**正文**（x）\n\n1. a\n   - b", title="A | B*"), pick("y", id="2601.00002")), arxiv_url=ARXIV
    )
    lines = text.split("\n")
    assert lines[:8] == [
        "# 🚀 CV 论文日报 | 2026-01-24",
        "> 🤖 今日动态：扫描 15 篇 (HF Top 15 + arXiv cs.CV)，精选 2 篇深度解读。",
        "## 📋 目录 (Quick View)",
        r"- [A \| B\*](#item-0) (Score: 92)",
        "- [A Title](#item-1) (Score: 92)",
        "",
        "---",
        "## 🧠 深度解读 (Deep Dive)",
    ]
    assert lines[8:11] == [
        r"### <a id='item-0'></a>1. A \| B\*",
        "**来源**: HuggingFace 🔥 + arXiv cs.CV | **评分**: 92/100",
        f"**原文链接**: [{ARXIV}/abs/2601.16148]({ARXIV}/abs/2601.16148)",
    ]
    assert [line for line in lines if re.match(r"### \d\.", line)] == [
        "### 1. 核心创新点 (Key Contribution)",
        "### 2. 技术细节 (Methodology)",
        "### 3. 对我的启发 (Takeaway)",
        "### 4. 潜在缺陷 (Limitations)",
    ] * 2
    assert "**正文**（x）\n\n1.  a\n    *   b\n" in text
    receipt = text[text.index("## 🧾 运行回执 (Receipt)") :]
    assert "arXiv cs.CV：失败（超时未应答）" in receipt and "约 $0.071" in receipt and text.endswith("\n")


def test_english_and_empty():
    text = archive(digest(language="en", empty="below_bar"), arxiv_url=ARXIV)
    assert (
        "> 🤖 Today: 15 papers scanned (HF Top 15 + arXiv cs.CV), none picked. Of 12 scored, 4 reached the bar of 60."
        in text
    )
    assert "Deep Dive" not in text and "## 🧾 Receipt" in text
    assert "**Source**: HuggingFace 🔥" in archive(digest(pick(), language="en"), arxiv_url=ARXIV)


def test_stand_in_scores_are_labelled():
    text = archive(digest(pick(score=Score(id="1", state="declined", local=61)), language="en"), arxiv_url=ARXIV)
    assert "(Score: 61) · local ranker's score, no model" in text
    assert "**Score**: 61/100 (local ranker's score, no model)" in text


@pytest.mark.parametrize(
    "source",
    [
        "**扩散模型（Diffusion）**是*好*的，`a` ~~b~~",
        "1.  a\n    *   b\n\n        c\n2.  d",
        "| a | b |\n| --- | --- |\n| 1 | **2** |",
        "> q\n> \n> *   l",
        "```py\nx = '``'\n```",
        "$x_t$ and $\\epsilon_\\theta$",
        "$$\n\\frac{a}{b}\n$$",
        r"\# no \* list \_ [x] <b1> [a]: b",
        "2024. not a list?\n\n\\- no",
        "a  \nb",
        "5 < 6 & 7 > 2 &amp;lt;",
        "\\$5 and \\$10",
        "``a`b``",
    ],
)
def test_what_is_written_reads_back_the_same(source):
    tree = parse(source)
    assert parse(write(tree)) == tree


@given(markdown)
def test_no_word_is_lost_on_the_way(text):
    shown, bare = (
        "".join(words_of(archive(digest(pick(analysis("x", methodology=t))), arxiv_url=ARXIV))) for t in (text, "x")
    )
    for word in ("模型在少样本下仍然有效", "family", "quickly", "العربية", "Diffusion", "한국어", "gone", "both"):
        assert shown.count(word) - bare.count(word) == text.count(word)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text(text):
    bad = Score(id="2601.16148", state="scored", value=92, why=text, matched=(text,), by="claude-x")
    out = archive(digest(pick(text, title=text, score=bad), title=text, label=text), arxiv_url=ARXIV)
    assert set(re.findall(r"https?://[^\s\])]+", out)) == {f"{ARXIV}/abs/2601.16148"}
    assert len(re.findall(r"\]\((?!#item-0\)|https://arxiv\.org/abs/2601\.16148\))", re.sub(r"\\.", "", out))) == 0
    assert out.count("<a id='item-") == 1 and out.count("\n# ") == 0 and len(re.findall(r"^### \d\.", out, re.M)) == 4
    assert not re.search(
        r"<(?!a id='item-0'></a>1)(?!/a>1)[A-Za-z/!]", re.sub(r"`[^`]*`|^```.*?^```", "", out, flags=re.S | re.M)
    )
    for bait in ("javascript:", "\x1b", "\u200b", "\u202e", "@here"):
        assert bait not in out


def test_real_titles_and_abstracts(real):
    papers = [x["paper"] for f in sorted((real / "hf_daily").glob("*.json")) for x in json.loads(f.read_text("utf-8"))]
    pairs = [(p["title"], p["summary"]) for p in papers]
    for file in sorted((real / "arxiv_rss").glob("*.xml")):
        pairs += [
            (e.title, e.get("summary", "")) for e in feedparser.parse(file.read_bytes(), sanitize_html=False).entries
        ]
    assert len(pairs) > 70
    for title, abstract in pairs:
        shown = title_of(Paper(id="1", title=title, abstract=""))
        assert "$" not in shown and "\\" not in shown and "\n" not in shown and "http" not in shown
        text = plain([s for b in parse(abstract) for s in (*flat(b),)])
        assert "://" not in text
        kept, whole = "".join(words_of(text)), words_of(abstract)
        assert len(kept) >= 0.9 * len("".join(w for w in whole if w not in ("https", "http")))


def test_bold_before_a_wide_colon_is_closed_where_a_letter_follows():
    assert inline((Span("要点：", bold=True), Span("PaSa 由两个智能体组成。"))) == "**要点**：PaSa 由两个智能体组成。"

import unicodedata

import pytest
from hypothesis import given
from telegram.constants import MessageLimit

from tests.rendering import ARXIV, HOSTILE, analysis, digest, markdown, pick, words_of
from workers.models import FirstFigure, Grounds, Score
from workers.render.telegram import digest as telegram_digest
from workers.render.text.truncate import pieces, units

try:
    from tests.doubles.telegram_rules import read_text
except ImportError:
    read_text = None

LINKS = {f"{ARXIV}/abs/2601.16148", f"{ARXIV}/pdf/2601.16148"}


def covered(text, entity):
    raw = text.encode("utf-16-le")
    return raw[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")


def check(part):
    payload = part.payload
    text, entities = payload["text"], payload["entities"]
    assert text == text.strip() and text
    assert units(text) <= MessageLimit.MAX_TEXT_LENGTH
    assert len(entities) <= MessageLimit.MESSAGE_ENTITIES
    assert payload["link_preview_options"] == {"is_disabled": True}
    assert not unicodedata.combining(text[0])
    spans = [(e["offset"], e["offset"] + e["length"], e["type"]) for e in entities]
    for first, last, _ in spans:
        assert 0 <= first < last <= units(text)
    for index, (a, b, kind) in enumerate(spans):
        assert covered(text, entities[index]).strip()
        for c, d, other in spans[index + 1 :]:
            assert d <= a or c >= b or (a <= c and d <= b) or (c <= a and b <= d), "overlap without nesting"
            if c < b and a < d:
                assert not {kind, other} <= {"expandable_blockquote"}
                assert not ({kind, other} & {"code", "pre"}) or "expandable_blockquote" in (kind, other)
    if read_text:
        seen = read_text(text, entities=entities)
        assert (seen.text, seen.warnings) == (text, [])
        assert seen.detected == []


def render(*picks, **fields):
    parts = telegram_digest.messages(digest(*picks, **fields), arxiv_url=ARXIV)
    for part in parts:
        check(part)
    assert len({p.key for p in parts}) == len(parts)
    return parts


def test_the_parts_of_a_digest():
    parts = render(pick("**a** 😀 and `b`"), pick("b", id="2601.00002"))
    assert [(p.key, p.parent) for p in parts] == [("quick", None), ("pick:2601.16148", None), ("pick:2601.00002", None)]
    assert "disable_notification" not in parts[0].payload and parts[1].payload["disable_notification"] is True
    payload = parts[1].payload
    quotes = [covered(payload["text"], e) for e in payload["entities"] if e["type"] == "expandable_blockquote"]
    assert quotes == ["a 😀 and b"] * 4
    assert [covered(payload["text"], e) for e in payload["entities"] if e["type"] == "code"] == ["cs.CV", *["b"] * 4]
    links = {covered(payload["text"], e): e["url"] for e in payload["entities"] if e["type"] == "text_link"}
    assert links == {
        "A Title": f"{ARXIV}/abs/2601.16148",
        "摘要页": f"{ARXIV}/abs/2601.16148",
        "PDF": f"{ARXIV}/pdf/2601.16148",
    }


def test_a_long_analysis_goes_on_in_replies_with_the_quotation_open():
    parts = render(pick("一二三四五六七八九十。" * 500))
    assert [(p.key, p.parent) for p in parts[1:4]] == [
        ("pick:2601.16148", None),
        ("pick:2601.16148:1", "pick:2601.16148"),
        ("pick:2601.16148:2", "pick:2601.16148"),
    ]
    assert all(any(e["type"] == "expandable_blockquote" for e in p.payload["entities"]) for p in parts[1:])
    assert not any(p.payload["text"].endswith(")") for p in parts[1:]), "a heading was left alone"


def test_many_entities_split_earlier():
    assert len(render(pick("**b** *i* " * 150))) > 3


def test_an_empty_day_says_why():
    (part,) = render(language="en")
    assert "none picked. Nothing new: 15 fetched, 13 new" in part.payload["text"]


def test_the_credit_of_a_figure_stands_under_its_caption():
    image = f"{ARXIV}/html/2601.16148v2/x1.png"
    shown = FirstFigure(label="Figure 1", caption="The path is short.", image=image, credit="A. One, CC BY 4.0")
    grounds = Grounds(ref="2601.16148v2", sections=3, sections_read=3, figure=shown)
    (_, part) = telegram_digest.messages(digest(pick(analysis("a", grounds=grounds))), arxiv_url=ARXIV)
    assert part.payload["text"].endswith(
        "🖼 Figure 1. The path is short.\nA. One, CC BY 4.0\n已读 3 节中的 3 节（v2，HTML）。"
    )


def test_tables_are_aligned_with_wide_characters():
    text = render(pick("| 方法 | B |\n|---|---|\n| 甲 | 22 |"))[1].payload["text"]
    assert "方法  B\n────  ──\n甲    22" in text


def test_categories_are_code_and_no_domains():
    payload = render(pick("x"))[0].payload
    code = [covered(payload["text"], e) for e in payload["entities"] if e["type"] == "code"]
    assert "cs․CV" not in payload["text"] and payload["text"].count("cs.CV") == code.count("cs.CV") > 0


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text(text):
    bad = Score(id="2601.16148", state="scored", value=92, why=text, matched=(text,), by="claude-x")
    for part in render(pick(text, title=text, score=bad), title=text, label=text):
        assert {e["url"] for e in part.payload["entities"] if "url" in e} <= LINKS
        assert {e["type"] for e in part.payload["entities"]} <= {
            "bold",
            "italic",
            "code",
            "pre",
            "text_link",
            "expandable_blockquote",
        }
        for bait in ("://", "javascript:", "\x1b", "\u200b", "\u202e", "@here"):
            assert bait not in part.payload["text"]


@given(markdown)
def test_any_analysis_fits_and_keeps_its_words(text):
    score = Score(id="1", state="scored", value=92, by="claude-x")
    parts = render(pick(analysis("x", methodology=text), score=score))
    shown = "".join(words_of("".join(p.payload["text"] for p in parts[1:])))
    for word in ("模型在少样本下仍然有效", "family", "quickly", "العربية", "Diffusion", "한국어", "gone", "both"):
        assert shown.count(word) == text.count(word)


@pytest.mark.parametrize("unit", ["👩‍👩‍👧‍👦", "🇨🇳", "é́", "👍🏽", "각", "字", "ab "])
def test_characters_stay_whole(unit):
    cut = pieces(unit * 300, 100)
    assert "".join(cut) == unit * 300
    assert all(units(piece) <= 100 and len(piece) % len(unit) == 0 for piece in cut)

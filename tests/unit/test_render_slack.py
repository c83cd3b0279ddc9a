import json

import pytest
from hypothesis import given
from slack_sdk.models.blocks import Block

from tests.rendering import ARXIV, HOSTILE, analysis, digest, markdown, pick, words_of
from workers.models import Grounds, Paper, Score
from workers.render import digest as page
from workers.render.slack import digest as slack_digest
from workers.render.text.truncate import shortened, units
from workers.words import words

try:
    from tests.doubles.slack_rules import explain
except ImportError:
    explain = None

LINKS = {f"{ARXIV}/abs/2601.16148", f"{ARXIV}/pdf/2601.16148"}


def walk(value):
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(inner)


def texts(blocks):
    return [v["text"] for v in walk(blocks) if isinstance(v, dict) and isinstance(v.get("text"), str)]


def check(part):
    payload = part.payload
    blocks = payload["blocks"]
    assert payload["unfurl_links"] is False and payload["unfurl_media"] is False
    assert 0 < len(payload["text"]) <= 1_000
    assert 0 < len(blocks) <= 50
    assert all(texts(blocks)) and sum(map(units, texts(blocks))) <= slack_digest.MAX_SUM
    assert sum(block["type"] == "table" for block in blocks) <= 1
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.to_dict()
    for element in walk(blocks):
        if isinstance(element, dict) and str(element.get("type")).startswith("rich_text"):
            assert element["elements"]
            length = sum(units(e.get("text", "")) for e in element["elements"])
            assert length <= 3_000
    if explain:
        assert explain(payload) == (None, [])
    json.dumps(payload).encode()


def render(*picks, **fields):
    parts = slack_digest.messages(digest(*picks, **fields), arxiv_url=ARXIV)
    for part in parts:
        check(part)
    return parts


def test_the_notification_names_the_papers_or_says_why_there_are_none():
    two = render(pick(title="First"), pick(title="Second", id="2601.00002"), language="en", title="CV Daily")
    assert two[0].payload["text"] == "CV Daily | 2026-01-24 — 1. First; 2. Second"
    (empty,) = render(language="en", title="CV Daily")
    assert empty.payload["text"].startswith("CV Daily | 2026-01-24 — Today: 15 papers scanned")
    assert "none picked. Nothing new" in empty.payload["text"]


def test_the_only_paper_has_no_number():
    quick, head, *rest = render(pick("a", title="Only"))
    assert head.payload["text"].startswith("Only — ") and "1. Only" not in "".join(texts(quick.payload["blocks"]))
    assert "".join(t for t in texts(head.payload["blocks"])).startswith("Only")
    assert "1. " not in rest[0].payload["text"]


def test_a_withdrawn_paper_is_told_before_all_else():
    grounds = Grounds(ref="2601.16148v2", flags=("hidden_text", "withdrawn", "not_english"))
    quick, head, *_ = render(pick(analysis("a", grounds=grounds)), language="en")
    for part in (quick, head):
        assert "⚠️ withdrawn · hidden text found" in "".join(texts(part.payload["blocks"]))
    lines = "".join(texts(head.payload["blocks"])).split("\n")
    assert lines.index("⚠️ withdrawn · hidden text found") < lines.index("Fits well.")
    assert next(line for line in lines if line.startswith("Source")).endswith(" · not in English")


def test_the_parts_of_a_digest():
    parts = render(pick("**a**"), pick("b", id="2601.00002"))
    assert [(p.key, p.parent) for p in parts] == [
        ("quick", None),
        ("pick:2601.16148", None),
        ("analysis:2601.16148:0", "pick:2601.16148"),
        ("pick:2601.00002", None),
        ("analysis:2601.00002:0", "pick:2601.00002"),
    ]
    assert parts[0].payload["blocks"][0]["text"]["text"] == "🚀 CV 论文日报 | 2026-01-24"
    quick = " ".join(texts(parts[0].payload["blocks"]))
    assert "92/100" in quick and "抓取 15" in quick and "超时" in quick
    links = [v for v in walk(parts[1].payload["blocks"]) if isinstance(v, dict) and v.get("type") == "link"]
    assert [link["url"] for link in links] == [
        f"{ARXIV}/abs/2601.16148",
        f"{ARXIV}/abs/2601.16148",
        f"{ARXIV}/pdf/2601.16148",
    ]
    headers = [b["text"]["text"] for b in parts[2].payload["blocks"] if b["type"] == "header"]
    assert headers == [
        "1. 核心创新点 (Key Contribution)",
        "2. 技术细节 (Methodology)",
        "3. 对我的启发 (Takeaway)",
        "4. 潜在缺陷 (Limitations)",
    ]


def test_rendering_is_stable():
    d = digest(pick("x\n\n- y"))
    assert slack_digest.messages(d, arxiv_url=ARXIV) == slack_digest.messages(d, arxiv_url=ARXIV + "/")


def test_an_empty_day_is_one_message_that_says_why():
    (part,) = render(language="en")
    assert "none picked. Nothing new" in " ".join(texts(part.payload["blocks"]))


def test_labels():
    stand_in = Score(id="1", state="failed", local=61, error="timeout")
    parts = render(
        pick(analysis("x", by="local", read="abstract", error="overloaded"), score=stand_in, fictional=True),
        language="en",
        sample=True,
    )
    quick, head = (" ".join(texts(p.payload["blocks"])) for p in parts[:2])
    assert "fictional" in quick and "local ranker's score, no model" in quick
    for label in ("61/100", "match 61/100", "fictional sample", "the model was unavailable", "from the abstract"):
        assert label in head
    assert "overloaded" not in head


def test_lists_keep_their_numbers_and_depth():
    parts = render(pick("3. a\n   - b\n     - c\n4. d\n\nend"))
    lists = [v for v in walk(parts[2].payload["blocks"]) if isinstance(v, dict) and v.get("type") == "rich_text_list"][
        :4
    ]
    assert [(v["style"], v["indent"], v.get("offset")) for v in lists] == [
        ("ordered", 0, 2),
        ("bullet", 1, None),
        ("bullet", 2, None),
        ("ordered", 0, 3),
    ]


def test_tables_one_to_a_message_and_large_ones_as_text():
    table = "| a | b |\n|---|---|\n| 1 | **2** |\n"
    parts = render(pick(f"{table}\n\ntext\n\n{table}"))
    assert [sum(b["type"] == "table" for b in p.payload["blocks"]) for p in parts[2:]] == [1, 1, 1]
    big = "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 300
    assert any(
        v.get("type") == "rich_text_preformatted"
        for p in render(pick(big))
        for v in walk(p.payload)
        if isinstance(v, dict)
    )


def test_a_heading_is_never_last():
    for size in range(1_500, 3_200, 50):
        for part in render(pick("word " * (size // 5))):
            assert part.payload["blocks"][-1]["type"] != "header"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text(text):
    bad = Score(id="2601.16148", state="scored", value=92, why=text, matched=(text,), by="claude-x")
    for language in ("zh", "en"):
        for part in render(pick(text, title=text, score=bad), language=language, title=text, label=text):
            for value in walk(part.payload["blocks"]):
                if isinstance(value, dict):
                    assert value.get("url", f"{ARXIV}/abs/2601.16148") in LINKS
                    assert value.get("type") in {
                        None,
                        "header",
                        "plain_text",
                        "context",
                        "rich_text",
                        "rich_text_section",
                        "rich_text_list",
                        "text",
                        "link",
                        "rich_text_quote",
                        "rich_text_preformatted",
                    }
            shown = part.payload["text"] + " ".join(texts(part.payload["blocks"]))
            for bait in ("<!", "<@", "<#", "://", "javascript:", "\x1b", "\u200b", "\u202e", "@here", "@channel"):
                assert bait not in shown
            assert "<" not in part.payload["text"]


@given(markdown)
def test_any_analysis_fits_and_keeps_its_words(text):
    parts = render(pick(analysis("x", methodology=text)))
    shown = "".join(words_of("".join("".join(texts(p.payload["blocks"])) for p in parts[2:])))
    for word in ("模型在少样本下仍然有效", "family", "quickly", "العربية", "Diffusion", "한국어", "gone", "both"):
        assert shown.count(word) == text.count(word)
    assert len(parts) <= 7 + len(text) / 1_500


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("short", 5, "short"),
        ("Winding roads to attention", 20, "Winding roads to…"),
        ("Winding roads to attention", 17, "Winding roads to…"),
        ("x" * 50, 10, "x" * 9 + "…"),
        ("字" * 50, 10, "字" * 9 + "…"),
        ("ab👩‍👩‍👧‍👦cd", 5, "ab…"),
    ],
)
def test_what_is_too_long_is_cut_between_words(text, most, shown):
    assert shortened(text, most) == shown and len(shown) <= max(most, len("short"))


def test_code_project_models_and_data_are_linked_where_they_are_known():
    paper = Paper(
        id="2601.00001", title="T", abstract="A.", sources=("huggingface:15",),
        code="https://github.com/a/b", project="https://a.github.io/b",
    )  # fmt: skip
    shown = page._more(paper, words("en"))
    assert [url for _, url in shown] == [paper.code, paper.project, "https://huggingface.co/papers/2601.00001"]
    assert page._more(paper.model_copy(update={"code": None, "project": None}), words("en")) == ()

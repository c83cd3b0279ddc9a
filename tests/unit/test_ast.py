import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rendering import HOSTILE, markdown, words_of
from tests.waiting import QUADRATIC, growth
from workers.render.text.markdown_ast import parse
from workers.render.text.nodes import Code, List, Math, Paragraph, Quote, Rule, Table, flat, plain


def shown(blocks):
    return "".join(plain(flat(block)) + "\n" for block in blocks)


@pytest.mark.parametrize(
    ("text", "bold", "rest"),
    [
        ("**扩散模型（Diffusion）**是", "扩散模型（Diffusion）", "是"),
        ("**“引用”**的", "“引用”", "的"),
        ("**Δ=5%**的", "Δ=5%", "的"),
    ],
)
def test_emphasis_beside_full_width_punctuation(text, bold, rest):
    first, second = flat(parse(text)[0])
    assert (first.text, first.bold, second.text, second.bold) == (bold, True, rest, False)


def test_maths_and_money():
    spans = flat(parse(r"$5 and $10, `$x$` costs, $x_t$, \(E=mc^2\), 4$\times$ and $\epsilon_\theta$")[0])
    assert plain(spans) == "$5 and $10, $x$ costs, xₜ, E=mc², 4× and ε_θ"
    assert [s.tex for s in spans if s.tex] == ["x_t", "E=mc^2", r"\times", r"\epsilon_\theta"]
    assert [s.text for s in spans if s.code] == ["$x$", "ε_θ"]
    assert parse("a\n\n$$\nL = \\frac{a}{b}\n- c\n$$\n\n\\[\nx\n\\]")[1:] == (
        Math(r"L = \frac{a}{b} - c", "L = a/b - c", True),
        Math("x", "x", True),
    )


def test_blocks():
    blocks = parse(
        "1.  **A:**\n    *   b\n        more\n2. c\n\ntext\n---\n> q\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n```py\nx\n```"
    )
    assert [type(b) for b in blocks] == [List, Paragraph, Rule, Quote, Table, Code]
    assert blocks[0].start == 1 and isinstance(blocks[0].items[0][1], List)
    assert blocks[-1] == Code("x", "py")


def test_a_row_with_too_many_cells_keeps_them():
    (table,) = parse("| a | b |\n|---|---|\n| 1 | 2 | 3 |\n> x")[:1]
    assert [[plain(cell) for cell in row] for row in table.rows] == [["a", "b"], ["1", "2 | 3"]]


def test_lines_of_chinese_join_without_a_space():
    assert plain(flat(parse("中文\n换行 and\nmore")[0])) == "中文换行 and more"


def test_links_lose_their_target_unless_it_is_ours():
    def ours(url):
        return url.startswith("https://arxiv.org/abs/")

    (block,) = parse("[a](https://arxiv.org/abs/1) [b](https://evil.example) ![c](https://e.example/x.png)", ours)
    assert [(s.text, s.href) for s in block.spans] == [("a", "https://arxiv.org/abs/1"), (" b c", None)]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text(text):
    out = shown(parse(text))
    for bait in ("http://", "https://", "<!", "<@", "<#", "javascript:", "\x1b", "\u200b", "\u202e"):
        assert bait not in out


@given(st.text(max_size=400))
def test_any_text_parses(text):
    parse(text)


@given(markdown)
def test_no_word_is_lost(text):
    kept = "".join(words_of(shown(parse(text))))
    for word in ("模型在少样本下仍然有效", "family", "quickly", "العربية", "Diffusion", "한국어", "gone", "both"):
        assert kept.count(word) == text.count(word)


@pytest.mark.parametrize(
    "text",
    [
        ">" * 5_000 + " deep",
        "- " * 5_000 + "deep",
        "".join(" " * 2 * i + "- deep\n" for i in range(400)),
        "> " * 30 + "- " * 30 + "deep",
    ],
    ids=lambda text: text[:6],
)
def test_deep_nesting_is_kept(text):
    out = shown(parse(text))
    assert out.count("deep") == text.count("deep")


@pytest.mark.parametrize(
    ("unit", "times"),
    [
        ("*a **b ", 600), ("[", 1_600), ("`", 8_000), ("$", 8_000), ("$x", 4_000), ("![", 600), ("<b ", 4_000),
        ("| ", 4_000), ("`a", 4_000), ("\\(", 4_000), ("**a", 1_600), ("_a*", 1_600),
    ],
)  # fmt: skip
def test_pathological_input_costs_no_more_than_its_length_squared_and_is_kept(unit, times):
    """markdown-it looks back for what may open: quadratic at most.

    What we give it is at most some thousand characters.
    """
    assert growth(lambda n: parse(unit * n), times // 8) < QUADRATIC
    text = unit * times
    assert shown(parse(text)).count("a") >= text.count("a") * 0.99

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.render.text.latex import tex_text, to_linear, to_unicode


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        (r"x_t \in \mathbb{R}^d", "xₜ ∈ ℝᵈ"),
        (r"\frac{1}{2\sigma_t^2}\|\varepsilon-\hat\varepsilon\|^2", "(1/(2σₜ²))‖ε-ε̂‖²"),
        (r"\frac{a}{b}", "a/b"),
        (r"\frac{a+b}{cd}", "(a+b)/(cd)"),
        (r"\sqrt{d_k}", "√dₖ"),
        (r"\sqrt{a+b}", "√(a+b)"),
        (r"\sum_{i=1}^{N} x_i", "∑ᵢ₌₁ᴺ xᵢ"),
        (r"p(a \mid v, \ell)", "p(a ∣ v, ℓ)"),
        (r"O(n \log n)", "O(n log n)"),
        (r"\alpha - \beta + c", "α - β + c"),
        (r"\alpha -\beta", "α-β"),
        (r"10^{-4}", "10⁻⁴"),
        (r"QK^\top", "QKᵀ"),
        (r"5 \times 5", "5 × 5"),
        (r"9.32\%", "9.32%"),
        (r"\mathcal{L}", "ℒ"),
        (r"\mathbf{x}_{t-1}", "xₜ₋₁"),
        (r"\left( a \right)", "(a)"),
        (r"a \leq b \to c", "a ≤ b → c"),
        (r"\text{if } x", "if x"),
        (r"\epsilon_\theta", None),
        (r"W_q", None),
        (r"\begin{matrix} a & b \end{matrix}", None),
        (r"\unknown{x}", None),
        (r"x^{y^z", None),
        ("{" * 200, None),
        ("", None),
    ],
)
def test_only_faithful_formulas(tex, shown):
    assert to_unicode(tex) == shown


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        (r"\epsilon_\theta(x_t, t)", "ε_θ(xₜ, t)"),
        (r"p_{data}", "p_data"),
        (r"x_{i,j}^{(k)}", "x_{i,j}⁽ᵏ⁾"),
        (r"\min_\theta L", "min_θ L"),
        (r"\unknown{x}", r"\unknown{x}"),
    ],
)
def test_the_rest_is_readable(tex, shown):
    assert to_linear(tex) == shown


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        (r"4$\times$ Faster", "4× Faster"),
        (r"256$\times$256 and $256\times256$", "256×256 and 256×256"),
        (r"\textit{X} and \emph{Y \textbf{Z}}", "X and Y Z"),
        (r"Th\'eo L\'{e}on Sou\v{c}ek cei\c{c}\~ao J\"uttner", "Théo Léon Souček ceição Jüttner"),
        (r"360{\deg} panoramas", "360° panoramas"),
        ("$5 and $10", "$5 and $10"),
        ("US$5/US$7 or $5-$10", "US$5/US$7 or $5-$10"),
        (r"$\text{PSNR}_{\text{DIV}}$ of $33.3\%$", "PSNR_DIV of 33.3%"),
        (r"\href{https://a.io/}{CamPilot Page}.", "CamPilot Page."),
        (r"\texttt{gate\_proj}", "gate_proj"),
        ("Fig.~3 of ~5, 3--4", "Fig. 3 of ~5, 3–4"),
        ("``Quoted'' Text", "“Quoted” Text"),
        ("{BERT} and {a, b}", "BERT and {a, b}"),
        (r"$\foo{x}$ stays", r"\foo{x} stays"),
        ("--flag and a -- b", "--flag and a -- b"),
    ],
)
def test_titles(title, shown):
    assert tex_text(title) == shown


@given(
    st.lists(st.sampled_from([*r"\{}_^$ab1 &%~", r"\frac", r"\sqrt", r"\text", r"\hat", r"\left", r"\'", "$$"])).map(
        "".join
    )
)
def test_never_fails(text):
    to_unicode(text)
    assert isinstance(to_linear(text), str)
    assert isinstance(tex_text(text), str)

"""The notation itself: what it reads, what that means, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import expit, softmax

from contract.truth import derivative
from utils.notation import (
    NotationError,
    Outcomes,
    ShapeError,
    agrees,
    close,
    evaluate,
    latex,
    members,
    parse,
    printed,
)

RNG = np.random.default_rng(0)


# ── Reading and writing ──────────────────────────────────────────────────────────────────────────

NAMES = st.sampled_from(
    [
        "w", "x", r"\alpha", r"\lambda_{\max}", r"\hat{y}", "w_{t + 1}", r"w^\star", "W^{(2)}",
        r"\delta^{(l - 1)}", "x_{i, j}", r"\sigma'", r"w_{\text{new}}", r"b^{(1)}_i",
        r"\frac{\partial J}{\partial w}", r"\frac{d^2 J}{d w^2}",
    ]
)  # fmt: skip


def compound(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(parts, parts)
    return st.one_of(
        two.map("({0[0]} + {0[1]})".format),
        two.map("({0[0]} - {0[1]})".format),
        two.map("{0[0]} {0[1]}".format),
        two.map(lambda p: rf"{p[0]} \odot {p[1]}"),
        two.map(lambda p: rf"\frac{{{p[0]}}}{{{p[1]}}}"),
        two.map(lambda p: rf"\sum_{{i=1}}^{{m}} ({p[0]}) {p[1]}"),
        two.map(lambda p: rf"\begin{{pmatrix}} {p[0]} \\ {p[1]} \end{{pmatrix}}"),
        two.map(lambda p: rf"\max({p[0]}, {p[1]})"),
        parts.map(lambda p: rf"\lVert {p} \rVert^2"),
        parts.map(lambda p: rf"({p})^\top"),
        parts.map(lambda p: rf"\mathbb{{E}}[{p}]"),
        parts.map(lambda p: rf"\sqrt{{{p}}}"),
    )


FORMULAS = st.recursive(NAMES | st.integers(0, 99).map(str), compound, max_leaves=8)


@given(FORMULAS, FORMULAS, st.sampled_from(["=", "<", r"\le", ":=", r"\approx", r"\iff"]))
def test_what_is_read_can_be_written_and_read_again(left, right, sign):
    tree = parse(f"{left} {sign} {right}")
    assert parse(latex(tree)) == tree


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"w^*", r"w^{\star}"),
        (r"w^\star_t", r"w_t^*"),
        (r"\tfrac{1}{2} x", r"\frac{1}{2}x"),
        (r"\left( a + b \right)^2", r"(a+b)^{2}"),
        (r"a \leq b,", r"a \le b"),
        (r"w_{\mathrm{new}}", r"w_{\text{new}}"),
        (r"W := W - 1", r"W \leftarrow W - 1"),
        (
            r"\begin{aligned} a &= b \\ &= c. \end{aligned}",
            r"\begin{aligned} a = b = c \end{aligned}",
        ),
        ("x_10", "x_1 0"),
    ],
)
def test_two_spellings_of_one_thing(one, other):
    assert parse(one) == parse(other)


@pytest.mark.parametrize(
    ("formula", "place", "expected"),
    [
        ("a + ", 4, "a name"),
        (r"\frac12", 5, "{"),
        ("(a + b", 6, "a closing bracket"),
        ("a |x|", 2, "no sign"),
        (r"\foo{x}", 0, "no sign"),
        (r"\sum x", 5, "_"),
        ("a = = b", 4, "a number"),
    ],
)
def test_what_is_not_in_the_notation_is_refused_with_its_place(formula, place, expected):
    with pytest.raises(NotationError, match=rf"at {place}:") as refusal:
        parse(formula)
    assert expected in str(refusal.value)


# ── Meaning: numbers ─────────────────────────────────────────────────────────────────────────────

NUMBERS = {"a": 0.7, "b": -1.3, r"\alpha": 0.2, "n": 3}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        (r"\frac{1}{2} a b^2", 0.5 * 0.7 * 1.69),
        (r"-a^2", -0.49),
        (r"a - b - \alpha", 0.7 + 1.3 - 0.2),
        (r"2 / a / b", 2 / 0.7 / -1.3),
        (r"e^{-a}", np.exp(-0.7)),
        (r"\ln a^2", np.log(0.49)),
        (r"(\ln a)^2", np.log(0.7) ** 2),
        (r"\lvert b \rvert \cdot 2", 2.6),
        (r"\sum_{i=1}^{n} i^2 + 1", 15),
        (r"\sum_{i=1}^{n} a \cdot i", 4.2),
        (r"\prod_{i=1}^{n} (i + a)", 1.7 * 2.7 * 3.7),
        (r"\max_{i \in \{1, \dots, n\}} i (n - i)", 2),
        (r"\lceil 2.1 \rceil - \lfloor 2.1 \rfloor", 1),
        (r"\begin{cases} a & \text{if } b > 0 \\ 0 & \text{otherwise} \end{cases}", 0),
        (r"\min(a, b, 1)", -1.3),
        (r"\min_{i \in \{2, \dots, n\}} (i + b)", 0.7),
        (r"\max_{i \in \{1, \dots, n\}} b i", -1.3),
        (r"\min_{i=2}^{n} b i", -3.9),
    ],
)
def test_numbers(formula, value):
    assert_allclose(evaluate(formula, NUMBERS), value, rtol=1e-14)


@pytest.mark.parametrize(
    ("statement", "truth"),
    [
        (r"b < 0 < a \le 0.7", True),
        (r"0 < b \iff a < 0", True),
        (r"a \in (0, 1), b \in [-1.3, 0)", True),
        (r"a \in [0, 0.7)", False),
        (r"n \in \mathbb{N} \implies n \ge 1", True),
        (r"a = b \text{if } b > 0", True),
        (r"\sigma(2.1) \approx 0.8909", True),
        (r"\sigma(2.1) \approx 0.8908", False),
        (r"a \ne b", True),
    ],
)
def test_statements(statement, truth):
    assert evaluate(statement, {**NUMBERS, r"\sigma": expit}) is truth


@given(st.floats(-3, 3), st.floats(-3, 3))
def test_a_bracket_after_a_name_is_an_argument_or_a_factor_as_the_name_means(a, x):
    assert evaluate("a (x + 1)", {"a": a, "x": x}) == a * (x + 1)
    assert evaluate("a (x + 1)", {"a": np.sin, "x": x}) == np.sin(x + 1)
    assert_allclose(evaluate("2 a(x)^2 x", {"a": np.sin, "x": x}), 2 * np.sin(x) ** 2 * x)


def test_a_function_without_its_argument_is_no_number():
    with pytest.raises(ShapeError, match="function"):
        evaluate("a + f", {"a": 1.0, "f": np.sin})


def test_a_name_without_a_meaning_is_named():
    with pytest.raises(NotationError, match=r"what w_\{t \+ 1\} means"):
        evaluate("w_{t+1}", {"w_t": 1.0})


def test_what_is_said_of_the_whole_goes_before_the_parts():
    names = {r"\nabla J(w)": 5.0, "w": 2.0, "w_{t+1}": 7.0}
    assert evaluate(r"w \nabla J(w) + w_{t+1}", names) == 17


def test_indices_count_from_one_and_never_wrap():
    x, A = np.array([1.0, 2.0, 3.0]), np.arange(6.0).reshape(2, 3)
    assert evaluate("x_1 + x_3", {"x": x}) == 4
    assert evaluate("A_{23} + A_{1,1}", {"A": A}) == 5
    assert evaluate(r"\sum_{i=1}^{2} \sum_{j=1}^{3} A_{ij}", {"A": A}) == 15
    assert evaluate("w_{t-1}", {"w": lambda t: 10 * t, "t": 3}) == 20
    assert evaluate("A_2 + A_{21}", {"A": A[:, :1]}) == 6  # one index is enough for a column
    for outside in ("x_0", "x_4", "A_{31}", "A_1"):
        with pytest.raises(ShapeError):
            evaluate(outside, {"x": x, "A": A})


def test_chance_is_the_mean_over_equally_likely_outcomes():
    die = {"g": Outcomes([1, 2, 3, 4, 5, 6]), "a": 2.0}
    assert evaluate(r"\mathbb{E}[a g]", die) == 7
    assert_allclose(evaluate(r"\operatorname{Var}[g]", die), 35 / 12)
    assert evaluate(r"\operatorname{Var}[g] = \mathbb{E}[g^2] - (\mathbb{E}[g])^2", die)


def test_an_update_tells_the_new_value_from_the_old():
    rule = r"w := w - \alpha g"
    assert evaluate(rule, {"w": 1.0, r"\alpha": 0.5, "g": 2.0, "w :=": 0.0})
    assert not evaluate(rule, {"w": 1.0, r"\alpha": 0.5, "g": 2.0, "w :=": 1.0})


# ── Meaning: shapes ──────────────────────────────────────────────────────────────────────────────

A, B = RNG.normal(size=(2, 3)), RNG.normal(size=(3, 4))
x, y, Y = RNG.normal(size=3), RNG.normal(size=2), RNG.normal(size=(2, 1))
SHAPES = {"A": A, "B": B, "x": x, "y": y, "Y": Y, "a": 2.0}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("A B", A @ B),
        (r"B^\top A^\top", (A @ B).T),
        (r"x^\top x", x @ x),
        (r"x \cdot x", x @ x),
        (r"y x^\top", np.outer(y, x)),
        ("A x + y", A @ x + y),
        ("A + Y", A + Y),
        (r"1 - A \odot A", 1 - A * A),
        (r"(A A^\top)^{-1} (A A^\top)^2", A @ A.T),
        (r"\lVert x \rVert^2", x @ x),
        (r"\frac{A}{a}", A / 2),
        (r"a^\top (x^\top x)^\top", 2 * x @ x),
        (r"\begin{pmatrix} a & 1 \\ 0 & a \end{pmatrix} y", np.array([[2, 1], [0, 2]]) @ y),
    ],
)
def test_shapes(formula, value):
    assert close(evaluate(formula, SHAPES), value)


@pytest.mark.parametrize(
    "formula",
    [
        "B A", "A^2", "A + B", "x + y", r"A \odot B", "x x", r"x^\top y", "A_{1}", r"\frac{a}{A}",
        r"A \cdot A", "e^x", r"\sqrt{A}", r"\lvert x \rvert", r"\sigma^\top", "A + x",
        r"\begin{pmatrix} a & 1 \\ 0 \end{pmatrix}",
    ],
)  # fmt: skip
def test_wrong_shapes_raise(formula):
    with pytest.raises(ShapeError):
        evaluate(formula, {**SHAPES, r"\sigma": expit})


def test_membership_is_of_a_shape():
    names = {**SHAPES, "m": 2, "n": 3}
    assert evaluate(r"A \in \mathbb{R}^{m \times n}, x \in \mathbb{R}^n, a \in \mathbb{R}", names)
    assert not evaluate(r"A \in \mathbb{R}^{n \times m}", names)


# ── The equations of the chapters to come ────────────────────────────────────────────────────────


def network(n0=3, n1=4, n2=2, m=5):
    """Return a two-layer network with squared error, in the notation of the book."""
    shapes = {
        "W1": (n1, n0),
        "b1": (n1, 1),
        "W2": (n2, n1),
        "b2": (n2, 1),
        "X": (n0, m),
        "Y": (n2, m),
    }
    v = {name: RNG.normal(size=shape) for name, shape in shapes.items()}
    Z1 = v["W1"] @ v["X"] + v["b1"]
    A1 = expit(Z1)
    Z2 = v["W2"] @ A1 + v["b2"]
    A2 = expit(Z2)
    d2 = (A2 - v["Y"]) * A2 * (1 - A2) / m
    d1 = v["W2"].T @ d2 * A1 * (1 - A1)
    names = {
        r"W": {1: v["W1"], 2: v["W2"]}, "b": {1: v["b1"], 2: v["b2"]},
        "A": {0: v["X"], 1: A1, 2: A2}, "Z": {1: Z1, 2: Z2}, r"\delta": {1: d1, 2: d2},
        "Y": v["Y"], "m": m, "L": 2, r"\sigma": expit,
        r"\sigma'": lambda z: expit(z) * (1 - expit(z)),
    }  # fmt: skip

    def cost(W1):
        A1 = 1 / (1 + np.exp(-(W1 @ v["X"] + v["b1"])))
        A2 = 1 / (1 + np.exp(-(v["W2"] @ A1 + v["b2"])))
        return np.sum((A2 - v["Y"]) ** 2) / (2 * m)

    names[r"\frac{\partial J}{\partial W^{(1)}}"] = derivative(cost, v["W1"])
    return names


BACKPROPAGATION = [
    r"Z^{(l)} = W^{(l)} A^{(l-1)} + b^{(l)}",
    r"A^{(l)} = \sigma(Z^{(l)})",
    r"\delta^{(L)} = \frac{1}{m} (A^{(L)} - Y) \odot \sigma'(Z^{(L)})",
    r"\delta^{(1)} = (W^{(2)\top} \delta^{(2)}) \odot \sigma'(Z^{(1)})",
    r"\frac{\partial J}{\partial W^{(1)}} = \delta^{(1)} A^{(0)\top}",
]


@pytest.mark.parametrize("equation", BACKPROPAGATION)
def test_backpropagation_as_it_will_be_printed(equation):
    for layer in (1, 2):
        assert evaluate(equation, {**network(), "l": layer})


@pytest.mark.parametrize(
    "wrong",
    [
        r"\delta^{(1)} = (W^{(2)} \delta^{(2)}) \odot \sigma'(Z^{(1)})",
        r"\delta^{(1)} = (\delta^{(2)} W^{(2)\top}) \odot \sigma'(Z^{(1)})",
        r"\delta^{(1)} = (W^{(2)\top} \delta^{(2)}) \sigma'(Z^{(1)})",
        r"\frac{\partial J}{\partial W^{(1)}} = A^{(0)\top} \delta^{(1)}",
        r"\frac{\partial J}{\partial W^{(1)}} = \delta^{(1)} A^{(0)}",
    ],
)
def test_backpropagation_with_a_transpose_wrong_raises(wrong):
    with pytest.raises(ShapeError):
        evaluate(wrong, network())


def test_backpropagation_with_the_wrong_function_or_sign_is_false():
    for wrong in (
        r"\delta^{(1)} = (W^{(2)\top} \delta^{(2)}) \odot \sigma(Z^{(1)})",
        r"\delta^{(L)} = \frac{1}{m} (Y - A^{(L)}) \odot \sigma'(Z^{(L)})",
    ):
        assert not evaluate(wrong, network())


@pytest.mark.parametrize(
    "equation",
    [
        r"p_k = \frac{e^{z_k}}{\sum_{j=1}^{n} e^{z_j}}",
        r"\ell = -\sum_{k=1}^{n} y_k \ln p_k",
        r"\frac{\partial p_k}{\partial z_j} = \begin{cases} p_k (1 - p_k) & \text{if } k = j \\ "
        r"-p_k p_j & \text{otherwise} \end{cases}",
    ],
)
def test_softmax_as_it_will_be_printed(equation):
    z, y = RNG.normal(size=4), np.array([0, 0, 1, 0])
    p = softmax(z)
    names = {"z": z, "p": p, "y": y, "n": 4, r"\ell": -np.log(p[2])}
    for k in range(1, 5):
        for j in range(1, 5):
            slope = derivative(lambda z, k=k: np.exp(z[k - 1]) / np.sum(np.exp(z)), z)[j - 1]
            partial = {r"\frac{\partial p_k}{\partial z_j}": slope}
            assert evaluate(equation, {**names, **partial, "k": k, "j": j})


# ── SymPy ────────────────────────────────────────────────────────────────────────────────────────


VALUED = ["w", "x", r"\alpha", r"\lambda_{\max}", r"\hat{y}", "w_{t + 1}", r"w^\star", "W^{(2)}"]


@given(FORMULAS)
def test_numpy_and_sympy_read_the_same(formula):
    """Where both have a value, it is one value."""
    tree = parse(formula)
    names = {name: 0.3 + 0.1 * i for i, name in enumerate(VALUED)}
    try:
        value = evaluate(tree, {**names, "m": 2})
    except (ValueError, ZeroDivisionError):
        return
    exact = printed(tree, {**{n: sp.Float(v) for n, v in names.items()}, "m": sp.Integer(2)})
    exact = np.array(exact.tolist(), dtype=complex) if isinstance(exact, sp.MatrixBase) else exact
    if np.all(np.isfinite(np.abs(np.asarray(value, dtype=complex)))):
        assert_allclose(np.ravel(value), np.ravel(np.asarray(exact, dtype=complex)), rtol=1e-9)


def test_agreement_is_of_the_last_member_or_of_both_sides():
    z = sp.Symbol("z", real=True)
    sigma = 1 / (1 + sp.exp(-z))
    rule = r"\sigma'(z) = \sigma(z) (1 - \sigma(z))"
    assert agrees(sigma.diff(z), rule, {r"\sigma(z)": sigma})
    a, b = sp.symbols("a b")
    assert agrees(sp.Eq(a, b**2), "a = b b")
    with pytest.raises(AssertionError, match="differ by"):
        agrees(sigma.diff(z), r"\sigma'(z) = \sigma(z) (1 + \sigma(z))", {r"\sigma(z)": sigma})
    with pytest.raises(AssertionError):
        agrees(sp.Eq(a, b**2), "a = b + b")


def test_a_condition_agrees_with_a_condition():
    alpha, lam = sp.symbols("alpha lambda", positive=True)
    solved = sp.reduce_inequalities(abs(1 - alpha * lam) < 1, alpha)
    assert agrees(solved, r"0 < \alpha < \frac{2}{\lambda}")
    with pytest.raises(AssertionError):
        agrees(solved, r"0 < \alpha < \frac{1}{\lambda}")


def test_the_least_over_a_set_is_exact_in_sympy():
    """It is SymPy's own Min, of letters too, and the least by its value."""
    a, v = sp.Symbol("a", real=True), sp.Matrix([3, -2, 5])
    least = r"\gamma = \min_{i \in \{1, \dots, m\}} (a + v_i)"
    assert agrees(sp.Min(a + 3, a - 2, a + 5), least, {"a": a, "v": v, "m": 3})
    with pytest.raises(AssertionError):
        agrees(sp.Max(a + 3, a - 2, a + 5), least, {"a": a, "v": v, "m": 3})


def test_agreement_of_matrices_and_of_sums():
    X, w = sp.Matrix([[1, 2], [3, 4]]), sp.Matrix(sp.symbols("u v"))
    assert agrees(X.T * (X * w), r"X^\top (X w)", {"X": X, "w": w})
    m, i, x = sp.Symbol("m"), sp.Symbol("i"), sp.IndexedBase("x")
    assert agrees(sp.Sum(x[i] ** 2, (i, 1, m)) / m, r"\frac{1}{m} \sum_{i=1}^{m} x_i^2")
    assert members("a = b", {"a": 1, "b": 2}) == [1, 2]


# ── Sums over all entries, and what a running index names ────────────────────────────────────────


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        (r"\sum_j v_j", 9),
        (r"\max_j v_j", 5),
        (r"\prod_k v_k", 15),
        (r"\sum_{i \ne j} v_i", 8),
        (r"\sum_k A_{jk} v_k", 4 * 3 + 5 * 1 + 6 * 5),
        (r"\sum_k \frac{\partial J}{\partial w_k} v_k", 3 * 3 + 1 + 5),
    ],
)
def test_a_sum_without_bounds_is_over_all_entries(formula, value):
    names = {"v": np.array([3, 1, 5]), "A": np.array([[1, 2, 3], [4, 5, 6]]), "j": 2}
    slopes = {rf"\frac{{\partial J}}{{\partial w_{k}}}": s for k, s in [(1, 3), (2, 1), (3, 1)]}
    assert evaluate(formula, names | slopes) == value


def test_a_sum_over_entries_of_arrays_of_two_lengths_is_refused():
    with pytest.raises(ShapeError, match="runs over"):
        evaluate(r"\sum_i v_i w_i", {"v": np.ones(2), "w": np.ones(3)})


def test_each_entry_is_in_the_set_of_a_power():
    names = {"y": np.array([0, 1, 1]), "K": 3}
    assert evaluate(r"y \in \{0, 1\}^K", names)
    assert not evaluate(r"y \in \{0, 2\}^K", names)
    assert not evaluate(r"y \in (0, 1)^K", names)
    assert not evaluate(r"y \in \{0, 1\}^2", names)


def test_what_a_formula_in_a_line_of_text_may_say():
    """Dots, brackets that are 1 or 0, products of arrays, columns one over the other."""
    names = {"w": np.array([1.0, 2, 3]), "x": np.array([4.0, 5, 6]), "n": 3, "b": 0.5}
    assert evaluate(r"w_1 x_1 + \dots + w_n x_n = w^\top x", names)
    assert not evaluate(r"w_1 x_1 + \dots + w_n x_1 = w^\top x", names)
    assert evaluate(r"\langle w, x \rangle = w^\top x", names)
    assert evaluate(r"[b = 0.5] + [b > 1] = 1", names)
    assert evaluate("v = (w, b)", {**names, "v": np.array([1.0, 2, 3, 0.5])})
    assert parse(r"\partial J / \partial w") == parse(r"\frac{\partial J}{\partial w}")
    assert parse(latex(parse(r"P(a \mid b)"))) == parse(r"P(a \mid b)") != parse("P(a, b)")
    with pytest.raises(NotationError, match="dots"):
        evaluate(r"w_1 x_1 + \dots + b", names)


@pytest.mark.parametrize(
    ("statement", "truth"),
    [
        (r"0.693 \approx \ln 2", True),
        (r"0.694 \approx \ln 2", False),
        (r"e^{-20} \approx 2 \cdot 10^{-9}", True),
        (r"e^{-20} \approx 3 \cdot 10^{-9}", False),
        (r"(1 / 3, 2 / 3) \approx (0.33, 0.67)", True),
        (r"(1 / 3, 2 / 3) \approx (0.33, 0.66)", False),
        (r"\sqrt{1.0001} \approx \frac{2}{2}", True),
        (r"\sqrt{1.1} \approx \frac{2}{2}", False),
    ],
)
def test_near_is_to_the_digits_printed(statement, truth):
    assert evaluate(statement) is truth


# ── Numbers put in for letters, one by one ───────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("formula", "holds"),
    [
        (r"a (1 - a) \approx 0.89 \cdot 0.11", True),
        (r"a (1 - a) \approx 0.88 \cdot 0.11", False),  # though the product is within a hundredth
        (r"b - a f(b) \approx 2.0 - 0.89 \cdot 4.0", True),
        (r"b - a f(b) \approx 2.0 + 0.89 \cdot 4.0", False),
        (r"b - a f(b) \approx 2.0 - 0.89 \cdot 4.1", False),
        (r"c \approx 0", False),
        (r"(a, c) \approx (0.891, 0)", False),
        (r"(a, c) \approx (1, 0)", True),
    ],
)
def test_each_number_that_is_put_in_is_right_to_its_digits(formula, holds):
    names = {"a": 0.8909, "b": 2.0, "c": 0.02, "f": lambda x: x * x}
    assert evaluate(formula, names) == holds


def test_a_differential_is_a_factor_like_any_other():
    names = {"W": np.array([[2.0, 0.0], [0.0, 3.0]]), "dA": np.array([1.0, 1.0])}
    assert np.array_equal(evaluate(r"W \, dA", names), [2, 3])

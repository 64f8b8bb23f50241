"""Every rule of both modes against autograd, on random arrays no two sides of which are equal."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from utils.activations import sigmoid, sigmoid_derivative
from utils.autodiff import Entry, by_tape, primitive, walk_back
from utils.dual import SLOPES, Dual, slope_along
from utils.gradient_check import complex_step
from utils.layers import chain, dense, entrywise, flat

SEEDS = range(5)
TIGHT = {"rtol": 1e-10, "atol": 1e-13}

#: What is drawn above 0, where alone the operation has a derivative.
POSITIVE = {np.sqrt, np.log, np.power}
ONE = [ufunc for ufunc in SLOPES if ufunc.nin == 1]
TWO = [ufunc for ufunc in SLOPES if ufunc.nin == 2]

#: Programs that use everything else: what they are called, the program, and the shapes it takes.
PROGRAMS = {
    "a product": (lambda np, A, B: np.sin(A @ B), [(3, 4), (4, 2)]),
    "a row and a column": (lambda np, A, b: np.tanh(A * b + b), [(3, 4), (3, 1)]),
    "a number and a box": (lambda np, A, b: np.exp(A - b), [(2, 3, 4), ()]),
    "a shorter one": (lambda np, A, b: np.sin(A / (3 + b**2)), [(2, 3, 4), (3, 1)]),
    "both stretched": (lambda np, a, b: np.sin(a * b), [(3, 1), (1, 4)]),
    "one place picked": (lambda np, A: np.sin(A[1, 2]), [(2, 3)]),
    "a stretch picked": (lambda np, A: np.sin(A[:, 1:]) * A[:, :-1], [(2, 4)]),
    "one place picked again": (lambda np, A: np.sin(A[[0, 2, 0]]) * 2.0, [(3, 2)]),
    "sums over sides": (lambda np, A: np.exp(np.sum(A, axis=1)), [(3, 4, 2)]),
    "sums that stay": (lambda np, A: A / np.sum(np.exp(A), axis=0, keepdims=True), [(3, 4)]),
    "sums over two sides": (lambda np, A: np.sin(np.sum(A, axis=(0, 2))), [(3, 4, 2)]),
    "another shape": (lambda np, A: np.sin(np.reshape(A, (2, 6))) @ A.T[:6, :1], [(1, 12)]),
    "turned": (lambda np, A, B: A.T @ np.sin(B), [(4, 3), (4, 2)]),
    "data among it": (lambda np, A: np.cos(numbers((5, 3)) @ A - numbers((5, 2))), [(3, 2)]),
    "one value, used again": (lambda np, a: (a + a) * a + a * (a + a), [(3, 2)]),
    "a loop and a branch": (lambda np, a: branching(np, a), [()]),
}  # fmt: skip


def numbers(shape, seed=9):
    return np.random.default_rng(seed).normal(size=shape)


def branching(np, a):
    for _ in range(7):
        a = np.sin(3 * a) if a > 0.2 else a * a + 0.5
    return a


def weighted(program, np_like):
    """Make one number of what a program makes, by weights of its own."""

    def f(*arrays):
        out = program(np_like, *arrays)
        return np_like.sum(out * numbers(np.shape(getattr(out, "value", out)), seed=7))

    return f


def holds(program, arrays):
    tape = by_tape(weighted(program, np), *arrays)
    for n, mine in enumerate(tape):
        theirs = autograd.grad(weighted(program, anp), n)(*arrays)
        assert mine.shape == np.shape(arrays[n])
        np.testing.assert_allclose(mine, theirs, **TIGHT)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_tape_agrees_with_autograd(name, seed):
    program, shapes = PROGRAMS[name]
    holds(program, [numbers(shape, seed + 10 * n) for n, shape in enumerate(shapes)])


def drawn(ufunc, shape, seed):
    array = numbers(shape, seed)
    return np.abs(array) + 0.1 if ufunc in POSITIVE else array


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("ufunc", ONE + TWO)
def test_every_rule_agrees_with_autograd_in_both_modes(ufunc, seed):
    name, shape = ufunc.__name__, (3, 4, 2)[: 1 + seed % 3]
    arrays = [drawn(ufunc, shape, seed + 10 * n) for n in range(ufunc.nin)]
    holds(lambda np, *inputs: getattr(np, name)(*inputs), arrays)
    u = numbers(shape, seed + 20)
    forward = slope_along(lambda x: ufunc(x, *arrays[1:]), arrays[0], u)
    theirs = autograd.elementwise_grad(lambda x: getattr(anp, name)(x, *arrays[1:]))(arrays[0])
    np.testing.assert_allclose(forward, theirs * u, **TIGHT)
    if ufunc.nin == 2:
        forward = slope_along(lambda x: ufunc(arrays[0], x), arrays[1], u)
        theirs = autograd.elementwise_grad(lambda x: getattr(anp, name)(arrays[0], x))(arrays[1])
        np.testing.assert_allclose(forward, theirs * u, **TIGHT)


@pytest.mark.parametrize("seed", SEEDS)
def test_forward_and_reverse_agree(seed):
    """The slope along u is the gradient times u, of a program with a loop and a branch."""
    x, u = numbers((2,), seed)
    forward = slope_along(lambda x: branching(np, x) * x, x, u)
    (gradient,) = by_tape(lambda x: branching(np, x) * x, x)
    np.testing.assert_allclose(forward, gradient * u, **TIGHT)


def test_a_power_of_0_has_a_slope():
    (slope,) = by_tape(lambda x: np.sum(x**0 + x**1 + x**2), np.zeros(3))
    assert np.array_equal(slope, np.ones(3))
    assert slope_along(lambda x: x**2, 0.0, 1.0) == 0


def test_a_derived_pair_is_one_operation():
    """A whole network as one entry gives what its parts give, nested as its parameters are."""
    network = chain(dense(3, 4), entrywise(sigmoid, sigmoid_derivative), dense(4, 2))
    part, X = network.first(np.random.default_rng(0)), numbers((3, 5))
    C = numbers((2, 5), 1)
    act = primitive(network.forward, network.backward)

    def op_by_op(part, X):
        (W1, b1), _, (W2, b2) = part
        return np.sum(C * (W2 @ (1 / (1 + np.exp(-(W1 @ X + b1)))) + b2))

    one, many = (
        by_tape(lambda part, X: np.sum(C * act(part, X)), part, X),
        by_tape(op_by_op, part, X),
    )
    assert [np.shape(each) for each in one[0][0]] == [(4, 3), (4, 1)]
    np.testing.assert_allclose(flat(one), flat(many), **TIGHT)
    only_part = by_tape(lambda part: np.sum(C * act(part, X)), part)
    np.testing.assert_allclose(flat(only_part), flat(many[0]), **TIGHT)


def test_a_long_chain_needs_no_recursion():
    (slope,) = by_tape(lambda x: chained(x, 20_000), 1.0)
    assert slope == pytest.approx(1.0001**20_000)


def chained(x, length):
    for _ in range(length):
        x = x * 1.0001
    return x


def test_a_value_used_again_waits_until_its_adjoint_is_whole():
    """b = a + a, c = b + b: four, not six."""
    (slope,) = by_tape(lambda a: (lambda b: b + b)(a + a), 1.0)
    assert slope == 4


def test_what_is_not_used_has_the_gradient_0():
    a, b = by_tape(lambda a, b: np.sum(a * a), np.ones((2, 3)), np.ones((4, 1)))
    assert np.array_equal(b, np.zeros((4, 1)))
    assert np.array_equal(a, 2 * np.ones((2, 3)))


def test_the_tape_changes_nothing_that_it_is_given():
    x = numbers((3, 2))
    before = x.copy()
    (gradient,) = by_tape(lambda x: np.sum(x), x)
    gradient += 1
    assert np.array_equal(x, before)


def test_a_complex_step_sees_the_same():
    x = numbers((4,))
    f = lambda x: np.sum(np.exp(np.sin(x)) / (2 + np.cos(x)))  # noqa: E731
    np.testing.assert_allclose(by_tape(f, x)[0], complex_step(f, x), **TIGHT)


def test_a_tape_is_used_once():
    end = Entry(2.0) * 3.0
    walk_back(end)
    with pytest.raises(ValueError, match="walked back once, got one that was used before"):
        walk_back(end)
    w = Entry(2.0)
    walk_back(w * w)
    with pytest.raises(ValueError, match="walked back once"):
        walk_back(w + 1.0)
    assert w.bar == 4, "and the second try has changed nothing"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: by_tape(lambda x: x * 2, np.ones(3)), r"one number at the end.*got \(3,\)"),
        (lambda: by_tape(lambda x: 3.0, 1.0), "a number on a tape.*got float"),
        (lambda: by_tape(lambda x: np.sum(np.asarray(x)), np.ones(3)), "can write down"),
        (lambda: by_tape(lambda x: np.arctan(x), 1.0), "a rule.*got arctan"),
        (lambda: by_tape(lambda x: np.sum(x @ np.ones(3)), np.ones((2, 3))), "two matrices"),
        (lambda: slope_along(np.arctan, 1.0, 1.0), "a rule.*got arctan"),
        (lambda: slope_along(np.sin, np.ones(2), 1.0), r"u of x's shape \(2,\), got \(\)"),
    ],
)
def test_what_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        wrong()


def test_a_program_that_ignores_its_input_has_the_slope_0():
    assert slope_along(lambda x: 3.0, 1.0, 1.0) == 0


def test_a_question_is_answered_by_the_value():
    for carrier in (Dual(2.0, 1.0), Entry(2.0)):
        assert carrier > 1
        assert not carrier <= 1
        assert carrier == 2
        assert carrier != 3

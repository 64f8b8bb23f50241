"""What a chapter develops is what utils has, and the numbers in its prose are right."""

import ast
import importlib
import pkgutil
from pathlib import Path

import nbformat
import numpy as np
import pytest

import utils
from utils import landscapes, rates, regression
from utils.data import diabetes
from utils.optimizers import gradient_descent

BOOK = Path(__file__).parents[2] / "book"
#: What utils has and a chapter leaves out: the check of the inputs.
CHECKS = {"expect", "_fits"}


def functions(source):
    tree = ast.parse(source)
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def is_aside(statement):
    """Whether a statement is a docstring or a check."""
    if not isinstance(statement, ast.Expr):
        return False
    value = statement.value
    called = getattr(getattr(value, "func", None), "id", None)
    return called in CHECKS or (isinstance(value, ast.Constant) and isinstance(value.value, str))


def essence(function):
    """The statements, without docstring, annotations and checks."""
    arguments = [argument.arg for argument in function.args.args]
    body = [ast.unparse(node) for node in function.body if not is_aside(node)]
    return arguments, body


def shared():
    """Every function of utils, by name."""
    found = {}
    for module in pkgutil.iter_modules(utils.__path__):
        if not module.ispkg:
            file = importlib.import_module(f"utils.{module.name}").__file__
            found |= functions(Path(file).read_text(encoding="utf-8"))
    return found


def developed():
    """Every function of a chapter that utils has under the same name."""
    ours = shared()
    for path in sorted(BOOK.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                for name, function in functions(cell.source).items():
                    if name in ours:
                        yield pytest.param(function, ours[name], id=f"{path.stem}-{name}")


@pytest.mark.parametrize(("told", "kept"), list(developed()))
def test_the_chapter_and_utils_say_the_same(told, kept):
    assert essence(told) == essence(kept)


def test_the_chapter_develops_what_it_promises():
    assert {parameter.id for parameter in developed()} >= {
        f"gradient-descent-{name}"
        for name in (
            "gradient_descent",
            "descend_until",
            "stochastic_descent",
            "mini_batches",
            "neuron",
            "neuron_gradients",
            "neuron_step",
        )
    }


@pytest.fixture(scope="module")
def prose():
    notebook = nbformat.read(BOOK / "gradient-descent.ipynb", as_version=4)
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_a_ravine_of_1000_takes_this_many_steps(prose):
    steps = rates.steps_needed(1e-3, rates.best_rate(1, 1000), 1)
    assert f"takes up to {steps} steps to a thousandth" in prose


def test_the_patients_ravine(prose):
    low, high = np.linalg.eigvalsh(regression.line_hessian(diabetes()[0]))
    steps = rates.steps_needed(1e-3, rates.best_rate(low, high), low)
    assert f"curved {high / low:,.0f} times as much" in prose
    assert f"need {steps:,} steps" in prose
    assert f"$2/{high:.0f} = {2 / high:.4f}$" in prose


def test_an_offset_ten_thousand_times_smaller_costs_so_many_steps(prose):
    arrivals = [
        np.argmax(
            landscapes.two_weights(
                gradient_descent(landscapes.two_weights_gradient, [-0.8 + off, 0.8], 0.2, 200)
            )
            < 0.01
        )
        for off in (1e-4, 1e-8)
    ]
    assert "about 51 at the rate 0.2" in prose
    assert round(np.log(1e4) / np.log(1.2)) == 51
    assert abs(arrivals[1] - arrivals[0] - 51) <= 1


def test_the_sharp_valley_holds_no_rate_above_its_limit(prose):
    limit = 2 / (3 * 1.0467**2 - 1)
    assert "Beyond 0.87 " in prose
    assert f"{limit:.2f}" == "0.87"
    starts = np.linspace(-1.6, 1.6, 65)
    for rate, held in [(0.85, True), (0.9, False)]:
        ends = gradient_descent(landscapes.two_valleys_gradient, starts, rate, 400)[-1]
        assert np.any(np.abs(ends + 1.0467) < 0.02) == held
        assert np.any(np.abs(ends - 0.9456) < 0.02)

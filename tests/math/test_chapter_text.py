"""What a chapter develops is what utils has."""

import ast
import importlib
import pkgutil
from pathlib import Path

import numpy as np
import pytest
from manuscript import notebooks

import utils
from utils import optimizers, recurrence
from utils.layers import flat, like

#: What utils has and a chapter leaves out: the check of the inputs.
CHECKS = {
    "_as_many",
    "expect",
    "expect_rule",
    "_fits",
    "_within",
    "_distribution",
    "_has",
    "_is_sequence",
    "_has_scale",
    "_is_larger",
    "_keeps_shape",
    "_trains",
    "_single",
    "_unused",
    "_belong",
    "_sequences",
    "_settles",
    "_pulls",
    "_curved",
}
PART = recurrence.elman(3, 2).first(np.random.default_rng(0))
X, SLOPE = np.random.default_rng(1).normal(size=(4, 3, 5)), np.ones((4, 2, 5))
STATES = recurrence.recurrent_forward(recurrence.elman(3, 2), 2, PART, X)[1]

#: What a chapter tells in a first form, and a later chapter gives more arguments to: each with a
#: call for which both have to give the same.
GROWN = {
    "gradient-descent-gradient_descent": lambda descend: descend(np.sin, [2.0, -1.0], 0.3, 20),
    "momentum-gradient_descent": lambda descend: descend(
        np.sin, [2.0, -1.0], 0.3, 20, optimizers.momentum
    ),
    "descent-on-data-stochastic_descent": lambda descend: descend(
        lambda w, batch: np.sin(w) - batch, [2.0, -1.0], 0.3, np.linspace(-1, 1, 20)
    ),
    "optimizers-stochastic_descent": lambda descend: descend(
        lambda w, batch: np.sin(w) - batch,
        [2.0, -1.0],
        lambda t: 0.3 / (1 + t),
        np.linspace(-1, 1, 20),
        optimizers.adam,
        0.1,
    ),
    "recurrence-recurrent_forward": lambda forward: forward(recurrence.elman(3, 2), 2, PART, X)[0],
    "recurrence-recurrent_backward": lambda backward: flat(
        backward(recurrence.elman(3, 2), 2, SLOPE, PART, STATES)
    ),
}


def functions(source):
    """Return the functions of a text by name, and those in a class with its name before theirs."""
    tree = ast.parse(source)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    places = [("", tree), *((f"{node.name}.", node) for node in classes)]
    return {
        f"{before}{node.name}": node
        for before, place in places
        for node in place.body
        if isinstance(node, ast.FunctionDef)
    }


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
    for page in notebooks():
        for cell in page.of_kind("code"):
            for name, function in functions(cell.python).items():
                if name in ours:
                    yield pytest.param(function, ours[name], id=f"{page.path.stem}-{name}")


def in_one_form():
    return [parameter for parameter in developed() if parameter.id not in GROWN]


@pytest.mark.parametrize(("told", "kept"), in_one_form())
def test_the_chapter_and_utils_say_the_same(told, kept):
    assert essence(told) == essence(kept)


@pytest.mark.slow
@pytest.mark.parametrize("name", GROWN)
def test_what_has_grown_still_does_what_it_did(name):
    (told,) = [parameter.values[0] for parameter in developed() if parameter.id == name]
    space = {"np": np, "plain": optimizers.plain, "flat": flat, "like": like}
    exec(ast.unparse(told), space)
    kept_in = recurrence if name.startswith("recurrence") else optimizers
    first, grown = space[told.name], getattr(kept_in, told.name)
    np.testing.assert_array_equal(GROWN[name](first), GROWN[name](grown))


def test_the_chapter_develops_what_it_promises():
    assert {parameter.id for parameter in developed()} >= {
        "gradient-descent-gradient_descent",
        "gradient-descent-neuron_step",
        "descent-on-data-descend_until",
        "descent-on-data-stochastic_descent",
        "descent-on-data-mini_batches",
    }


def test_the_neuron_and_its_slope_are_developed_where_they_are_derived():
    assert {parameter.id for parameter in developed()} >= {
        "derivative-of-the-sigmoid-neuron",
        "derivative-of-the-sigmoid-neuron_gradients",
        "derivative-of-the-sigmoid-neuron_cost_gradients",
        "checking-a-derivative-sigmoid",
        "checking-a-derivative-sigmoid_derivative",
    }


def test_the_tape_is_developed_where_it_is_derived():
    assert {parameter.id for parameter in developed()} >= {
        f"automatic-differentiation-{name}"
        for name in (
            "Dual.__array_ufunc__",
            "Entry.__init__",
            "Entry.__array_ufunc__",
            "entry_by_entry",
            "gathered",
            "product",
            "spread",
            "written",
            "walk_back",
            "primitive",
        )
    }

"""The solutions in code that the book prints are right, and no small error in them is.

By default some errors are tried, others after each commit; all of them with ``--mutations=all``.
"""

import copy

import numpy as np
import pytest
from contract.sample import sample
from solutions import solutions

from utils.exercises import EXERCISES, Exercise
from utils.judging import judge, plain

SAMPLE = 3  # errors, in each solution
IN_CODE = [name for name, exercise in EXERCISES.items() if isinstance(exercise, Exercise)]
IN_CODE = [name for name in IN_CODE if callable(EXERCISES[name].answer)]


def test_each_exercise_in_code_has_a_solution():
    assert sorted(solutions()) == sorted(IN_CODE)


@pytest.mark.parametrize("name", IN_CODE)
def test_a_solution_is_right(name):
    assert judge(EXERCISES[name], solutions()[name].function, seed=1) == "Right."


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", IN_CODE)
def test_a_wrong_solution_is_not_right(name, request, tally):
    """What is called right, in spite of an error, does the same on other inputs, to nine digits."""
    exercise, solution = EXERCISES[name], solutions()[name]
    errors = solution.wrong()
    if request.config.getoption("--mutations") != "all":
        errors = sample(errors, SAMPLE, request.node.name)
    left = [(error, wrong) for error, wrong in errors if judge(exercise, wrong) == "Right."]
    missed = [error for error, wrong in left if not does_the_same(exercise, solution, wrong)]
    equal = len(left) - len(missed)
    caught = len(errors) - len(left)
    tally("errors made in solutions", caught=caught, equal=equal, missed=len(missed))
    assert not missed, "called right: " + "\n".join(f"{e.what}: {e.line}" for e in missed)


def does_the_same(exercise, solution, wrong):
    rng = np.random.default_rng(1)
    for inputs in (*(exercise.inputs(rng) for _ in range(100)), *exercise.cases):
        a, b = (
            leaves(plain(function(*copy.deepcopy(inputs))))
            for function in (solution.function, wrong)
        )
        if not all(map(np.allclose, a, b, [1e-9] * len(a), [1e-12] * len(a))):
            return False
    return True


def leaves(value):
    return (
        [leaf for part in value for leaf in leaves(part)] if isinstance(value, tuple) else [value]
    )

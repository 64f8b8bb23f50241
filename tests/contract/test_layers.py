"""Each layer's two functions belong together, and no layer goes without that check."""

from __future__ import annotations

import numpy as np
import pytest

from contract.layers import HELD, drawn, factories, hold
from utils.layers import Layer, dense

RIGHT = dense(2, 3)


def test_every_layer_has_its_hold():
    assert factories() == set(HELD), "write what hold is to try into HELD, in contract/layers.py"
    assert all(HELD.values())


@pytest.mark.parametrize(
    ("factory", "made_with", "shape"),
    [(factory, *case) for factory, cases in HELD.items() for case in cases],
)
def test_the_way_back_is_that_of_the_way_forward(factory, made_with, shape):
    hold(factory(*made_with), drawn(shape, np.random.default_rng(1)))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda dZ, part, A: (-part[0].T @ dZ, (dZ @ A.T, dZ.sum(axis=1, keepdims=True))),
        lambda dZ, part, A: (part[0].T @ dZ, (2 * dZ @ A.T, dZ.sum(axis=1, keepdims=True))),
        lambda dZ, part, A: (part[0].T @ dZ, (dZ @ A.T, dZ.mean(axis=1, keepdims=True))),
        lambda dZ, part, A: (part[0].T @ dZ, (dZ @ A.T, dZ.sum(axis=1))),
        lambda dZ, part, A: (part[0].T @ dZ, (dZ.sum(axis=1, keepdims=True), dZ @ A.T)),
    ],
)
def test_hold_sees_a_way_back_that_is_wrong(wrong):
    A = np.random.default_rng(0).normal(size=(2, 4))
    hold(RIGHT, A)
    with pytest.raises(AssertionError):
        hold(Layer(RIGHT.first, RIGHT.forward, wrong), A)


def test_hold_sees_a_layer_that_changes_what_it_is_given():
    def forward(part, A):
        part[1][:] = 0
        return RIGHT.forward(part, A)

    with pytest.raises(AssertionError, match="changes nothing"):
        hold(Layer(RIGHT.first, forward, RIGHT.backward), np.ones((2, 4)))

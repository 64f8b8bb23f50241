r"""The formulas of the page on sources and errata; what a source has wrong is held to be false."""

from __future__ import annotations

import numpy as np

from contract.worlds import given, world, wrong
from utils.activations import sigmoid
from utils.neuron import neuron_step

given("z^{(2)} = 0.629")
wrong(r"\hat{y} = 0.652014")


@world("", "E6: the gradients of the worked example")
def _():
    w, b = neuron_step(np.array([1.0, 2.0]), 1.0, np.array([0.4, 0.6]), 0.5, 0.1)
    return {"w": w, "b": b}


@world(r"z^{(2)} \in (-1, 1)", "E8: a prediction that does not belong to its sum")
def _(z):
    return {r"\hat{y}": sigmoid(z), r"\sigma": sigmoid}

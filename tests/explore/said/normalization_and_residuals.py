"""The captions of the chapter on normalization and residuals."""

from __future__ import annotations

from functools import cache

import autograd
import autograd.numpy as np

from tests.explore.said import SAID, foresees, says
from tests.explore.said.vanishing_gradients import points
from utils.activations import relu, relu_derivative, sigmoid, sigmoid_derivative
from utils.initializers import centered_sigmoid_variance, centering_bias, he_variance, zero_bias
from utils.layers import chain, dense, entrywise, flat, like, normalized, residual

X, Y = points()


def draw(layers, last=None, seed=1):
    """Draw weights of variance 1 for the layers, of 16 neurons each but for the last."""
    rng = np.random.default_rng(seed)
    shapes = [(16, 2), *[(16, 16)] * (layers - 1)]
    if last:
        shapes[-1] = (last, 16)
    return [rng.normal(size=shape) for shape in shapes]


def norm(A, axis):
    centered = A - np.mean(A, axis=axis, keepdims=True)
    return centered * (np.mean(centered**2, axis=axis, keepdims=True) + 1e-5) ** -0.5


@says("any-scale")
def _(scale):
    first, *others = [scale * np.sqrt(2 / W.shape[1]) * W for W in draw(20)]
    plain = normalized = around = start = relu(first @ X)
    for W in others:
        plain = relu(W @ plain)
        normalized = relu(W @ norm(normalized, axis=1))
        around = around + relu(W @ around)
    grown = [np.linalg.norm(A) / np.linalg.norm(start) for A in (plain, normalized, around)]
    return scale, 20, grown[0], 1, *grown[1:]


@foresees("any-scale")
def _():
    names = "that of the plain network", "that of the normalized network"
    grown = np.array([SAID["any-scale"](2.0**k) for k in range(-3, 2)])[:, [2, 4, 5]]
    one_way = (grown.min(axis=0) > 1) & (grown.max(axis=0) > 2)
    return dict(zip((*names, "that with a way around each layer"), one_way, strict=True))


def first_network(cure, layers):
    """Draw the first weights and biases, and the scale and shift of norms, if there are any."""
    weights, biases = [], []
    for number, W in enumerate(draw(layers, last=1)):
        centered = cure == "first weights"
        weights.append(W * np.sqrt((16 if centered else 2) / W.shape[1]))
        shift = -weights[-1].sum(axis=1, keepdims=True) / 2 if centered and number else 0
        biases.append(shift + np.zeros((len(W), 1)))
    hidden = layers - 2 if "norm" in cure else 0
    return weights, biases, [np.ones((16, 1))] * hidden, [np.zeros((16, 1))] * hidden


def sums(parameters, cure):
    weights, biases, gammas, betas = parameters
    g = (lambda Z: np.maximum(Z, 0)) if cure == "ReLU" else (lambda Z: (1 + np.tanh(Z / 2)) / 2)
    A = g(weights[0] @ X + biases[0])
    for number, (W, b) in enumerate(zip(weights[1:-1], biases[1:-1], strict=True)):
        entering = A
        if cure in ("batch norm", "layer norm"):
            axis = 1 if cure == "batch norm" else 0
            entering = gammas[number] * norm(A, axis) + betas[number]
        out = g(W @ entering + b)
        A = A + out if cure == "residual" else out
    return weights[-1] @ A + biases[-1]


def cost(parameters, cure):
    Z = sums(parameters, cure)
    return np.mean(np.logaddexp(0, Z) - Y * Z)


@cache
def gradient_lengths(cure, layers, scale):
    weights, biases, *norms = first_network(cure, layers)
    scaled = [scale * W for W in weights], [scale * b for b in biases], *norms
    of_weights = autograd.grad(cost)(scaled, cure)[0]
    return [np.linalg.norm(of_weights[at]) for at in (0, -1)]


@says("each-cure")
def _(cure, layers, scale):
    return layers, f" {cure},", scale, *gradient_lengths(cure, layers, scale)


@foresees("each-cure")
def _():
    """Whether halved weights leave the first layer a thousandth of the gradient that it had."""
    bears = {}
    for cure in ("first weights", "ReLU", "layer norm"):
        (whole, _), (halved, _) = (gradient_lengths(cure, 40, scale) for scale in (1, 0.5))
        bears[f"the {cure}"] = halved > whole / 1000
    return bears


@cache
def trained(cure, learning_rate):
    """Descend 300 steps by the book's layers; return the first that is no number, or the sums.

    At the largest rate a rounding in another place leads somewhere else.
    """
    weights, bias = he_variance, zero_bias
    if cure == "first weights":
        weights, bias = centered_sigmoid_variance, centering_bias
    g = entrywise(sigmoid, sigmoid_derivative)
    if cure == "ReLU":
        g = entrywise(relu, relu_derivative)
    hidden = [dense(16, 16, weights, bias), g]
    if cure.endswith("norm"):
        hidden.insert(0, normalized(16, axis=int(cure == "batch norm")))
    inner = residual(chain(*hidden)) if cure == "residual" else chain(*hidden)
    network = chain(chain(dense(2, 16, weights), g), *[inner] * 18, dense(16, 1, weights, bias))
    part = network.first(np.random.default_rng(1))
    for step in range(301):
        Z, kept = network.forward(part, X)
        if not np.all(np.isfinite(Z)):
            return step, None
        _, back = network.backward((sigmoid(Z) - Y) / 100, part, kept)
        part = like(flat(part) - learning_rate * flat(back), part)
    return step, Z


@says("training")
def _(cure, learning_rate):
    step, Z = trained(cure, learning_rate)
    name = cure[0].upper() + cure[1:] + ","
    if Z is None:
        return name, learning_rate, step, "the cost overflows"
    value = np.mean(np.logaddexp(0, (1 - 2 * Y) * Z))  # z has the wrong sign, or the right one
    if np.max(Z) - np.min(Z) < 1e-6:
        return name, learning_rate, 300, value, "it says the same of every point"
    right = np.sum((Z > 0) == (Y == 1))  # of a hundred
    return name, learning_rate, 300, value, int(right), "are right"


@foresees("training", slow=True)
def _():
    cures = {"the ReLU": "ReLU", "the batch norm": "batch norm", "the residual network": "residual"}
    return {answer: trained(cure, 0.2)[1] is None for answer, cure in cures.items()}

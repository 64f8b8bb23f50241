"""The exercises of the chapter on choosing a network: what they draw, and how they go wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from utils.activations import sigmoid, softmax, step
from utils.judging import Exercise


def _two_layers(rng: np.random.Generator) -> tuple[NDArray, ...]:
    W1, b1, W2, b2 = _parameters(rng)
    return W1, b1, W2, b2, rng.normal(size=(2, 6))


def _parameters(rng: np.random.Generator) -> tuple[NDArray, ...]:
    return tuple(rng.normal(size=size) for size in ((4, 2), (4, 1), (3, 4), (3, 1)))


def _scores(rng: np.random.Generator) -> tuple[NDArray]:
    """Draw three classes, and examples with scores that are equal, that overflow, and underflow."""
    middles, spreads = [0, 0, 1, -1, 2000, -2000], [0, 1, 1, 1, 900, 1]
    return (rng.normal(middles, spreads, size=(3, 6)),)


def _points(rng: np.random.Generator) -> tuple[NDArray]:
    """Draw places in and around the triangle, and take some on its sides and its corners."""
    sides = [[0, 0, 1, 0, 0.5, 0.5, 0.25], [0, 1, 0, 0.5, 0, 0.5, 0.75]]
    return (np.hstack([rng.uniform(-0.5, 1.5, size=(2, 60)), sides]),)


def _bits(rng: np.random.Generator) -> tuple[NDArray]:
    """Draw patterns of one to five bits, all of one length; among them all zeros and all ones."""
    n = int(rng.integers(1, 6))
    patterns = rng.integers(0, 2, size=(n, 20))
    return (np.column_stack([patterns, np.zeros(n, int), np.ones(n, int)]),)


def _forward(W1: NDArray, b1: NDArray, W2: NDArray, b2: NDArray, X: NDArray) -> NDArray:
    return softmax(W2 @ sigmoid(W1 @ X + b1) + b2)


def _log_softmax(Z: NDArray, axis: int | None = 0, back: float = 1) -> NDArray:
    """Shift by the greatest score and, unless ``back`` is 0, take the logarithm of the sum off."""
    shifted = Z - Z.max(axis=axis, keepdims=True)
    return shifted - back * np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _triangle(X: NDArray, need: float = 2.5, side: int = -1) -> NDArray:
    W1, b1 = np.array([[1, 0], [0, 1], [side, side]]), np.array([[0], [0], [-side]])
    return step(np.ones((1, 3)) @ step(W1 @ X + b1) - need)


def _parity(X: NDArray, first: float = 0.5, signs: int = -1) -> NDArray:
    place = np.arange(len(X))[:, None]
    hidden = step(X.sum(axis=0) - place - first)
    return step(float(signs) ** place.T @ hidden - 0.5)


def counted(n0: int, n1: int, n2: int) -> dict[str, Exercise]:
    """Make the task of counting from the sizes of the layers."""
    weights, biases = n1 * n0 + n2 * n1, n1 + n2
    return {
        "parameters": Exercise(
            answer=weights + biases,
            exact=True,
            mistakes={
                "you forgot the biases": weights,
                "the input has no biases": weights + biases + n0,
                "the second layer counts, too": n1 * (n0 + 1),
                f"the {n2} outputs have biases, too": weights + n1,
                f"the {n1} hidden neurons have biases, too": weights + n2,
            },
        ),
        "multiply-adds": Exercise(
            answer=weights,
            exact=True,
            mistakes={
                "a bias is added without a product": weights + biases,
                "a multiply-add counts once": 2 * weights,
                "the second layer counts, too": n1 * n0,
                "the layers follow each other: add their work": n0 * n1 * n2,
            },
        ),
    }


EXERCISES: dict[str, Exercise | dict[str, Exercise]] = {
    "fp-outputs": {
        "temperature": Exercise(
            answer=(1, "identity"),
            exact=True,
            mistakes={
                "a sigmoid answers between 0 and 1 only": (1, "sigmoid"),
                "a softmax of one score is always 1": (1, "softmax"),
                "a temperature may be below 0": (1, "relu"),
            },
        ),
        "spam": Exercise(
            answer=(1, "sigmoid"),
            exact=True,
            mistakes={
                "one output is enough, for the probability of no follows": (2, "softmax"),
                "a softmax of one score is always 1": (1, "softmax"),
                "a probability is between 0 and 1": (1, "identity"),
            },
        ),
        "letter": Exercise(
            answer=(26, "softmax"),
            exact=True,
            mistakes={
                "just one letter is right, so the sum should be 1": (26, "sigmoid"),
                "each letter needs an output": (1, "softmax"),
                "letters are no numbers: a is not nearer to b than to z": (1, "identity"),
            },
        ),
        "topics": Exercise(
            answer=(5, "sigmoid"),
            exact=True,
            mistakes={
                "several may hold, and a softmax lets them compete": (5, "softmax"),
                "each topic needs an output": (1, "sigmoid"),
                "a probability is between 0 and 1": (5, "identity"),
            },
        ),
    },
    "fp-count": {
        name: replace(
            exercise, mistakes={**exercise.mistakes, "28 × 28 is 784 inputs": 128 * 28 + rest}
        )
        for (name, exercise), rest in zip(
            counted(784, 128, 10).items(), (128 + 10 * 129, 10 * 128), strict=True
        )
    },
    "fp-fits": {
        "the first": Exercise(
            answer="underfits",
            mistakes={
                "it is as wrong on its own points, so it cannot follow them": "overfits",
                "the second network shows that better is possible": "neither",
            },
        ),
        "the second": Exercise(
            answer="neither",
            mistakes={
                "on its own points only the third is better, and it follows noise": "underfits",
                "a little worse on new points is no more than is likely": "overfits",
            },
        ),
        "the third": Exercise(
            answer="overfits",
            mistakes={
                "on its own points it is almost right": "underfits",
                "compare its two errors: 0.02 and 0.90": "neither",
            },
        ),
    },
    "fp-forward": Exercise(
        answer=_forward,
        inputs=_two_layers,
        mistakes={
            "the hidden layer lacks its sigmoid": lambda W1, b1, W2, b2, X: softmax(
                W2 @ (W1 @ X + b1) + b2
            ),
            "the output is a softmax, not a sigmoid": lambda W1, b1, W2, b2, X: sigmoid(
                W2 @ sigmoid(W1 @ X + b1) + b2
            ),
            "the output lacks its softmax": lambda W1, b1, W2, b2, X: (
                W2 @ sigmoid(W1 @ X + b1) + b2
            ),
            "you forgot b1": lambda W1, b1, W2, b2, X: _forward(W1, 0 * b1, W2, b2, X),
            "you forgot b2": lambda W1, b1, W2, b2, X: _forward(W1, b1, W2, 0 * b2, X),
            "you forgot both biases": lambda W1, b1, W2, b2, X: _forward(W1, 0 * b1, W2, 0 * b2, X),
            "the hidden layer has sigmoids, the output the softmax": lambda W1, b1, W2, b2, X: (
                sigmoid(W2 @ softmax(W1 @ X + b1) + b2)
            ),
            "the hidden layer has sigmoids, not a softmax": lambda W1, b1, W2, b2, X: softmax(
                W2 @ softmax(W1 @ X + b1) + b2
            ),
            "softmax takes the scores; no sigmoid before it": lambda W1, b1, W2, b2, X: softmax(
                sigmoid(W2 @ sigmoid(W1 @ X + b1) + b2)
            ),
            "the hidden layer lacks its sigmoid, and the output its softmax": (
                lambda W1, b1, W2, b2, X: W2 @ (W1 @ X + b1) + b2
            ),
            "the sum of a softmax runs down a column, axis 0": lambda W1, b1, W2, b2, X: (
                softmax((W2 @ sigmoid(W1 @ X + b1) + b2).T).T
            ),
            "return the output only": lambda W1, b1, W2, b2, X: (
                sigmoid(W1 @ X + b1),
                _forward(W1, b1, W2, b2, X),
            ),
            "the examples are columns, and you returned rows": lambda *given: _forward(*given).T,
        },
    ),
    "fp-log-softmax": Exercise(
        answer=_log_softmax,
        inputs=_scores,
        mistakes={
            "the softmax rounds to 0, and ln 0 is −∞": lambda Z: np.log(softmax(Z)),
            "without a shift it overflows": lambda Z: Z - np.log(np.exp(Z).sum(axis=0)),
            "without a shift it overflows, and is not a number": lambda Z: np.log(
                np.exp(Z) / np.exp(Z).sum(axis=0)
            ),
            "the sum runs down a column, axis 0": lambda Z: _log_softmax(Z, axis=1),
            "each column has its own greatest score, and its own sum": lambda Z: _log_softmax(
                Z, axis=None
            ),
            "each column has its own greatest score; the others underflow": lambda Z: (
                Z - Z.max() - np.log(np.exp(Z - Z.max()).sum(axis=0))
            ),
            "the logarithm of the sum is missing": lambda Z: _log_softmax(Z, back=0),
            "the greatest score is taken out of the sum, but not out of Z": lambda Z: (
                Z - np.log(np.exp(Z - Z.max(axis=0)).sum(axis=0))
            ),
            "that is the softmax; its logarithm is asked for": softmax,
        },
    ),
    "fp-triangle": Exercise(
        answer=_triangle,
        inputs=_points,
        mistakes={
            "that is where at least one neuron says 1": lambda X: _triangle(X, 0.5),
            "that is where two neurons say 1; all three must": lambda X: _triangle(X, 1.5),
            "that is never 1: three answers make 3, and step(0) is 0": (lambda X: _triangle(X, 3)),
            "the third side, x₁ + x₂ < 1, is missing": lambda X: step(
                np.ones((1, 2)) @ step(X) - 1.5
            ),
            "that is the other side of x₁ + x₂ = 1": lambda X: _triangle(X, side=1),
            "inside and outside are exchanged": lambda X: 1 - _triangle(X),
            "the shape is to be (1, m)": lambda X: _triangle(X)[0],
        },
    ),
    "fp-parity": Exercise(
        answer=_parity,
        inputs=_bits,
        mistakes={
            "odd and even are exchanged": lambda X: 1 - _parity(X),
            "n hidden neurons, one for each bit": lambda X: step(
                step(X.sum(axis=0) - np.array([[0.5], [1.5], [2.5]])).T @ [1, -1, 1] - 0.5
            )[None],
            "the output weights have to alternate": lambda X: _parity(X, signs=1),
            "the first neuron is to say “at least one”": lambda X: _parity(X, first=1.5),
            "for three bits or more, “one but not two” is not enough": lambda X: step(
                [(X.sum(axis=0) == 1) * 1.0]
            ),
            "the shape is to be (1, m)": lambda X: _parity(X)[0],
        },
    ),
}

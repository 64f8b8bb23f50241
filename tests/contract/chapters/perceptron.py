r"""The ties of the chapter on the perceptron."""

from __future__ import annotations

from functools import partial
from itertools import combinations

import numpy as np
from scipy.linalg import null_space
from scipy.optimize import brentq, minimize

from contract.tie import Case, tie
from contract.truth import agree, raises
from contract.worlds import forgiving, given, world
from utils.activations import step
from utils.perceptron import (
    augment,
    count_errors,
    foot,
    margin_of,
    mistake_bound,
    one_epoch,
    perceptron,
    pocket,
    predict,
    radius,
    signed_distance,
    weighted_sum,
    widest,
)

NEURON = r"x, w \in \mathbb{R}^n, b \in \mathbb{R}"
UPDATE = NEURON + r", \alpha \in (0.1, 2)"
DATA = r"X \in \mathbb{R}^{n \times m}, v \in \mathbb{R}^n, b \in \mathbb{R}, \alpha \in (0.1, 2)"


def separable(X, v, b):
    """Return the data augmented, labels that v and b give to them, and the signs of the labels."""
    y = (v @ X + b > 0).astype(int)
    y[0] = 1 - y[1:].max(initial=0) if len(set(y)) == 1 else y[0]  # both classes, where it can be
    X = np.where((v @ X + b > 0) == y, X, X - 2 * np.outer(v, v @ X + b) / (v @ v))
    return augment(X), y, 2 * y - 1


# ── The weighted sum, the step ───────────────────────────────────────────────────────────────────


@tie("pc-sum", NEURON)
def _(x, w, b):
    agree(weighted_sum(np.column_stack([x, 2 * x]), w, b)[0], weighted_sum(x, w, b))
    return {"z": weighted_sum(x, w, b), "n": len(x)}


@tie("pc-dot", NEURON)
def _(x, w, b):
    agree(round(float(weighted_sum(np.array([1.0, 2.0]), np.array([0.4, 0.6]), 0.5)), 12), 2.1)
    return {"z": weighted_sum(x, w, b)}


@tie("pc-step", r"s \in (0.1, 0.4)")
def _(s):
    """Near the jump, so that no other place passes for it."""
    for z in (s, -s, 0.0):
        agree(step([z, -z]), np.heaviside([z, -z], 0))
        yield {"z": z, r"\operatorname{step}": step}


@tie("pc-perceptron", NEURON)
def _(x, w, b):
    """Also where the sum is exactly zero."""
    x_0, w_0 = whole(x, w)
    for x_i, w_i, b_i in [(x, w, b), (x_0, w_0, -(w_0 @ x_0))]:
        names = {"x": x_i, "w": w_i, "b": b_i, r"\hat{y}": predict(x_i, w_i, b_i)}
        yield {**names, r"\operatorname{step}": lambda z: np.heaviside(z, 0)}


@tie("pc-threshold", r"w \in (0.2, 3), b \in \mathbb{R}, s \in (0.1, 3)")
def _(w, b, s):
    """Held on both sides of the place of the jump, at equal distance; and at the jump."""
    for x in (-b / w + s, -b / w - s):
        yield {"x": x, r"\operatorname{step}": step}
    yield {"x": -2.0, "w": 0.5, "b": 1.0, r"\operatorname{step}": step}


@tie("pc-augmented", NEURON)
def _(x, w, b):
    x_1 = augment(x[:, None])[:, 0]
    agree(x_1, np.append(x, 1.0))
    return {r"\tilde{x}": x_1, r"\tilde{w}": np.append(w, b)}


# ── The boundary ─────────────────────────────────────────────────────────────────────────────────


def whole(*arrays):
    """Return whole numbers near the given ones, none of them zero, so that sums are exact."""
    return [np.where(np.rint(4 * a) == 0, 1.0, np.rint(4 * a)) for a in arrays]


@tie("pc-boundary", NEURON)
def _(x, w, b):
    x, w = whole(x, w)
    b = -(w @ x)
    agree(weighted_sum(x, w, b), 0.0)
    agree(foot(x + 3 * w, w, b), x)
    yield {"x": x, "w": w, "b": b}
    yield Case({"x": x, "w": w, "b": b + 1}, holds=False)


@tie("pc-normal", r"p, q, w \in \mathbb{R}^n, b \in \mathbb{R}")
def _(p, q, w, b):
    agree(w @ (p - q), weighted_sum(p, w, b) - weighted_sum(q, w, b))
    p, w = whole(p, w)
    for j in range(1, len(p)):
        q = p.copy()
        q[[0, j]] += w[j], -w[0]  # at right angles to w, so p and q are on one boundary
        agree(weighted_sum(q, w, -(w @ p)), 0.0)
    return {}


@tie("pc-distance", NEURON)
def _(x, w, b):
    d, p = signed_distance(x, w, b), foot(x, w, b)
    agree(abs(d), np.linalg.norm(x - p))
    agree(np.sign(d) > 0, predict(x, w, b) == 1)
    if len(x) == 1:
        agree(p, np.array([-b / w[0]]))
    else:  # no point of the boundary is nearer
        found = minimize(
            lambda q: np.sum((q - x) ** 2),
            x,
            constraints={"type": "eq", "fun": lambda q: w @ q + b},
            options={"ftol": 1e-14, "maxiter": 500},
        )
        agree(abs(d), np.sqrt(found.fun), 1e-5)
    return {"d": d}


@tie("pc-foot", NEURON)
def _(x, w, b):
    p = foot(x, w, b)
    agree(weighted_sum(p, w, b) + 1, 1.0)  # it is on the boundary,
    agree((x - p) @ (x - p) * (w @ w), ((x - p) @ w) ** 2)  # and the way there is along w
    return {"p": p}


@tie("pc-origin", r"w \in \mathbb{R}^n, b \in \mathbb{R}")
def _(w, b):
    p_0 = foot(np.zeros_like(w), w, b)
    agree(p_0 @ w / np.linalg.norm(w), -signed_distance(np.zeros_like(w), w, b))
    return {"p_0": p_0}


# ── The rule ─────────────────────────────────────────────────────────────────────────────────────


def updates(x, w, b, alpha):
    """Yield y, ŷ and the augmented weights after one pass over the one example x."""
    for y in (0, 1):
        path = one_epoch(augment(x[:, None]), np.array([y]), np.append(w, b), alpha)
        agree(len(path) - 1, int(predict(x, w, b) != y))
        yield y, predict(x, w, b), path[-1]


@tie("pc-rule-w", UPDATE)
def _(x, w, b, alpha):
    for y, y_hat, new in updates(x, w, b, alpha):
        yield {"w :=": new[:-1], "y": y, r"\hat{y}": y_hat}


@tie("pc-rule-b", UPDATE)
def _(x, w, b, alpha):
    for y, y_hat, new in updates(x, w, b, alpha):
        yield {"b :=": new[-1], "y": y, r"\hat{y}": y_hat}


@tie("pc-rule-z", UPDATE)
def _(x, w, b, alpha):
    for y, y_hat, new in updates(x, w, b, alpha):
        after = weighted_sum(x, new[:-1], new[-1])
        yield {"z_k": weighted_sum(x, w, b), "z_{k+1}": after, "y": y, r"\hat{y}": y_hat}


@tie("pc-rule-sign", UPDATE)
def _(x, w, b, alpha):
    for y, y_hat, new in updates(x, w, b, alpha):
        if y != y_hat:
            names = {r"\tilde{w}_k": np.append(w, b), r"\tilde{w}_{k+1}": new}
            yield {**names, r"\tilde{x}": np.append(x, 1.0), "s": 2 * y - 1}


@tie("pc-mistake", NEURON)
def _(x, w, b):
    """Also at zero, where a mistake is made on class 1 only."""
    x_1 = augment(x[:, None])
    for w_k in (np.append(w, b), np.zeros(len(w) + 1)):
        for y in (0, 1):
            if count_errors(x_1, np.array([y]), w_k):
                names = {"s": 2 * y - 1, r"\tilde{w}_k": w_k, r"\tilde{x}": x_1[:, 0]}
                yield Case(names, tight=(1,) * (not w_k.any()))


@tie("pc-scale", DATA)
def _(X, v, b, alpha):
    X1, y, _ = separable(X, v, b)
    once, scaled = (perceptron(X1, y, rate, epochs=10**5) for rate in (1.0, alpha))
    agree(len(once), len(scaled))
    agree(perceptron(X1, y, epochs=10**5), once)
    for k in range(len(once)):
        yield {r"\tilde{w}_k": scaled[k], r"\tilde{v}_k": once[k]}


# ── The proof ────────────────────────────────────────────────────────────────────────────────────


def names_of(X1, s):
    """Return what the examples and their signs are called."""
    return {r"\tilde{x}": dict(enumerate(X1.T, start=1)), "s": s, "m": len(s)}


@tie("pc-margin", DATA)
def _(X, v, b, alpha):
    X1, y, s = separable(X, v, b)
    best, given = widest(X1, y), np.append(v, b) / np.linalg.norm(np.append(v, b))
    for u in (best, given, -best):
        gamma = margin_of(X1, y, u)
        agree(margin_of(X1, y, 3.5 * u), gamma)
        agree(margin_of(X1, y, best) >= gamma - 1e-12, True)
        yield {"u": u, r"\gamma": gamma, **names_of(X1, s)}


@tie("pc-radius", DATA)
def _(X, v, b, alpha):
    X1, _, s = separable(X, v, b)
    return {"R": radius(X1), **names_of(X1, s)}


def proof_of(X, v, b, alpha):
    """Yield the path, the best u, and the names of the proof; first for one example, then for all.

    With one example, u along it, the bounds are reached at the first mistake.
    """
    one = augment(X[:, :1]), np.array([1])
    X1, y, _ = separable(X, v, b)
    for inputs, labels in (one, (X1, y)):
        u = widest(inputs, labels)
        agree(np.linalg.norm(u), 1.0)
        names = {"u": u, r"\gamma": margin_of(inputs, labels, u), "R": radius(inputs)}
        yield perceptron(inputs, labels, alpha, epochs=10**5), names, inputs is one[0]


@tie("pc-along", DATA)
def _(X, v, b, alpha):
    for path, names, alone in proof_of(X, v, b, alpha):
        for k in range(len(path)):
            yield Case({**names, r"\tilde{w}_k": path[k], "k": k}, tight=(0,) * alone)


@tie("pc-length", DATA)
def _(X, v, b, alpha):
    for path, names, alone in proof_of(X, v, b, alpha):
        for k in range(len(path)):
            yield Case({**names, r"\tilde{w}_k": path[k], "k": k}, tight=(0,) * alone)


@tie("pc-novikoff", DATA)
def _(X, v, b, alpha):
    for path, names, alone in proof_of(X, v, b, alpha):
        k, right = len(path) - 1, mistake_bound(names["R"], names[r"\gamma"])
        yield Case({**names, "k": k}, tight=(0,) * alone, right=right)


@tie("pc-novikoff-start", DATA + r", w \in \mathbb{R}^n, c \in \mathbb{R}")
def _(X, v, b, alpha, w, c):
    """Reached by one example from zero; from elsewhere, for the worst start of one example too."""
    X1, y, _ = separable(X, v, b)
    one, against = (augment(X[:, :1]), np.array([1])), -3 * augment(X[:, :1])[:, 0]
    starts = [np.zeros(len(X1)), against, np.append(w, c)]
    for (inputs, labels), start in zip((one, one, (X1, y)), starts, strict=True):
        u = widest(inputs, labels)
        gamma, R = margin_of(inputs, labels, u), radius(inputs)
        k = len(perceptron(inputs, labels, alpha, start, epochs=10**5)) - 1
        yield Case(
            {r"\gamma": gamma, "R": R, "k": k, r"\tilde{w}_0": start},
            tight=(0,) * (not start.any()),
            right=mistake_bound(R, gamma, alpha, np.linalg.norm(start)),
        )


@tie("pc-xor", r"w \in \mathbb{R}^2, b \in \mathbb{R}")
def _(w, b):
    corners = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
    z = weighted_sum(corners, w, b)
    agree(np.array_equal(predict(corners, w, b), [0, 1, 1, 0]), False)
    return dict(zip(("z_{00}", "z_{01}", "z_{10}", "z_{11}"), z, strict=True))


# ── Laws that the code keeps, printed without a label or not at all ──────────────────────────────


@tie(None, DATA, printed=r"\gamma = \frac{1}{\lVert v \rVert}")
def _(X, v, b, alpha):
    """The greatest margin belongs to the shortest v with s vᵀx̃ ≥ 1: every active set is tried."""
    X1, y, s = separable(X, v, b)
    P, shortest = (s * X1).T, np.full(len(X1), np.inf)
    for size in range(1, len(X1) + 1):
        for active in combinations(P, size):
            found = np.linalg.pinv(np.array(active)) @ np.ones(size)
            if np.all(P @ found >= 1 - 1e-9) and found @ found < shortest @ shortest:
                shortest = found
    agree(widest(X1, y), shortest / np.linalg.norm(shortest), 1e-6)
    both = np.column_stack([X1, X1]), np.append(y, 1 - y)
    agree(raises(ValueError, partial(widest, *both)), True)
    return {r"\gamma": margin_of(X1, y, widest(X1, y)), "v": shortest}


@tie(None, DATA, printed=r"e \le f_i")
def _(X, v, b, alpha):
    """Where nothing separates, each pass has a mistake; and the pocket keeps the fewest errors."""
    X1, y, _ = separable(X, v, b)
    X1, y = np.column_stack([X1, X1[:, 0]]), np.append(y, 1 - y[0])  # one example of both classes
    agree(raises(RuntimeError, partial(perceptron, X1, y, alpha, epochs=5)), True)
    rng, w = np.random.default_rng(0), np.zeros(len(X1))
    seen = [w]
    for _ in range(4):
        for i in rng.permutation(len(y)):
            error = y[i] - np.heaviside(w @ X1[:, i], 0)
            if error:
                w = w + alpha * error * X1[:, i]
                seen.append(w)
    errors = [np.sum(np.heaviside(w @ X1, 0) != y) for w in seen]
    kept = pocket(X1, y, 4, np.random.default_rng(0), alpha)
    agree(kept, seen[np.argmin(errors)])
    for f_i in errors:
        e = agree(count_errors(X1, y, kept), min(errors))
        yield Case({"e": e, "f_i": f_i}, tight=(0,) * bool(f_i == e))


# ── What the letters of the text mean ────────────────────────────────────────────────────────────

given(r"w_1 x_1 + w_2 x_2 + b > 0")  # where it answers 1
given(r"w > 0", r"w x + b > 0")  # one input and a weight
given(r"c = u^\top \tilde{w}_k")  # let
given(r"y = 0")  # suppose that the label is
given(r"w^\top x + b = \pm 1")  # the two lines
given(r"b \le 0, w_1 + w_2 + b \le 0, w_2 + b > 0, w_1 + b > 0")  # suppose that some do it
forgiving(r"(w^\top p + b) + c\, w^\top w = 0 + c \lVert w \rVert^2")  # the bracket is 0
forgiving(r"s = 2 y - 1")  # s = y for the label 1, as in the running example
forgiving(r"z = \tilde{w}_k^\top \tilde{x}")  # without the k it is printed above
forgiving(r"y - \hat{y} = -1")  # y is 0


@world(NEURON)
def _(x, w, b):
    """A neuron and its input, of any number of features."""
    z = sum(w_i * x_i for w_i, x_i in zip(w, x, strict=True)) + b
    return {"n": len(x), "z": z}


@world(r"z \in (-0.4, 0.4)", "The weighted sum")
def _(z):
    """A sum so near 0 that it is not above one half."""
    return {
        r"\sigma": lambda z: (1 + np.tanh(z / 2)) / 2,
        r"\operatorname{step}": lambda z: np.heaviside(z, 0),
    }


@world(r"x, w \in \mathbb{R}^2", "The weighted sum")
def _(x, w):
    """The angle is that between the two directions in the plane."""
    return {r"\varphi": np.arctan2(*x) - np.arctan2(*w)}


#: Of whole length, so that sums are exactly 0 on a boundary at right angles to them.
NORMALS = [(2,), (3, 4), (2, 3, 6), (2, 4, 5, 6), (1, 2, 2, 4, 12), (1, 2, 2, 4, 10, 10)]


@world(r"p, r \in \mathbb{R}^n, c \in (0.1, 2), s \in \{-2, 1, 3\}", "The boundary and its normal")
def _(p, r, c, s):
    """Any point p and a boundary through it; x straight above or below; q elsewhere on it."""
    (p,), w = whole(p), np.array(NORMALS[len(p) - 1]) * np.sign(r)
    along = null_space(w[None])
    found = {"w": w, "b": -(w @ p), "p": p, "x": p + s * w, "q": p + along @ along.T @ r}
    return {**found, "d": s * np.sqrt(w @ w)}


@world(r"w \in (0.1, 2)", "What goes wrong")
def _(w):
    """With a weight by which 3 is above 0."""
    return {}


@world(UPDATE, "Learning from mistakes")
def _(x, w, b, alpha):
    """A mistake on x."""
    z = float(w @ x + b)
    y_hat = float(z > 0)
    new = alpha * (1 - 2 * y_hat)
    return {
        r"\tilde{w}": np.append(w, b), r"\tilde{w}_k": np.append(w, b),
        r"\tilde{x}": np.append(x, 1), "y": 1 - y_hat, r"\hat{y}": y_hat, "s": np.sign(0.5 - y_hat),
        "z": z, "z_{k+1}": (w + new * x) @ x + b + new,
    }  # fmt: skip


def learned(X1, y, alpha, w=None, mistakes=10**5):
    """Yield the weights, and the example and sign of the mistake there, by a loop of its own."""
    w, right, i = np.zeros(len(X1)) if w is None else w, 0, 0
    while right < len(y) and mistakes:
        x, s = X1[:, i % len(y)], 1 if y[i % len(y)] else -1
        wrong = (w @ x > 0) != (s > 0)
        if wrong:
            yield w, x, s
            w, right, mistakes = w + alpha * s * x, 0, mistakes - 1
        right, i = right + (not wrong), i + 1


@world(DATA, "Why the rate does not matter, from zero")
def _(X, v, b, alpha):
    X1, y, _ = separable(X, v, b)
    once, scaled = (list(learned(X1, y, rate)) for rate in (1, alpha))
    k = len(once) // 2
    (v_k, x, s), (w_k, *_) = once[k], scaled[k]
    return {r"\tilde{v}_k": v_k, r"\tilde{w}_k": w_k, r"\tilde{x}": x, "s": s}


@world(DATA + r", a \in \mathbb{R}^{n+1}", "Why it must stop", "9. Where the proof breaks")
def _(X, v, b, alpha, a):
    """Some mistake on the way, and any vectors p and q.  The margin is that of v and b."""
    X1, y, signs = separable(X, v, b)
    path = list(learned(X1, y, alpha))
    k = (len(path) - 1) // 2
    u = np.append(v, b) / np.hypot(np.linalg.norm(v), b)
    return {
        "u": u, r"\gamma": min(signs * (u @ X1)), "R": max(np.sqrt(np.sum(X1**2, axis=0))), "k": k,
        r"\tilde{w}_k": path[k][0], r"\tilde{x}": path[k][1], "s": path[k][2],
        r"\tilde{w}_{k+1}": path[k][0] + alpha * path[k][2] * path[k][1], "p": a, "q": X1[:, 0],
    }  # fmt: skip


@world(r"\gamma \in (0.1, 1), R \in (1, 9)", "The proof, measured")
def _(gamma, R):
    """Where the two bounds meet."""
    return {"k": brentq(lambda k: k * gamma - np.sqrt(k) * R, 1e-3, 1e5)}


@world(DATA + r", a \in \mathbb{R}^{n+1}", "The proof, measured")
def _(X, v, b, alpha, a):
    """Some mistake on the way from a."""
    X1, y, signs = separable(X, v, b)
    path = [a, *(w + alpha * s * x for w, x, s in learned(X1, y, alpha, a))]
    u = np.append(v, b) / np.hypot(np.linalg.norm(v), b)
    k = len(path) // 2
    return {
        "u": u, r"\gamma": min(signs * (u @ X1)), "R": max(np.sqrt(np.sum(X1**2, axis=0))), "k": k,
        r"\tilde{w}_0": a, r"\tilde{w}_k": path[k],
    }  # fmt: skip


# ── What the exercises say ───────────────────────────────────────────────────────────────────────


@world("", "1. Read a perceptron")
def _():
    return {"w": np.array([2.0, -1.0]), "b": -1.0}


@world("", "2. How far?")
def _():
    return {"w": np.array([3.0, 4.0]), "b": -10.0, "x": np.array([4.0, 2.0])}


@world("", "3. Our neuron is wrong")
def _():
    x, w, b = np.array([1.0, 2.0]), np.array([0.4, 0.6]), 0.5
    y_hat = np.heaviside(w @ x + b, 0)
    return {"x": x, "w": w, "b": b, "y": 0.0, r"\hat{y}": y_hat, r"\alpha": 0.1, "z": w @ x + b}


@world(r"w, r \in \mathbb{R}^n, b \in \mathbb{R}, s \in \{-1, 1\}", "7. The width of a street")
def _(w, r, b, s):
    """A point on one of the two lines."""
    along = null_space(w[None])
    x = np.linalg.lstsq(w[None], [s - b], rcond=None)[0] + along @ along.T @ r
    return {"x": x, "d": signed_distance(x, w, b)}

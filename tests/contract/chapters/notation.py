r"""What the tables of the notation page say: each symbol with an array of the code behind it."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr
from scipy.stats import norm

from contract.truth import derivative
from contract.worlds import forgiving, given, world
from utils.activations import (
    elu,
    gelu,
    gelu_by_tanh,
    leaky_relu,
    log_sum_exp,
    logit,
    relu,
    sigmoid,
    sigmoid_derivative,
    sigmoid_nth_derivative,
    silu,
    softmax,
    softmax_jacobian,
    softplus,
    step,
)
from utils.approximation import bump
from utils.attention import attention_forward
from utils.autodiff import by_tape
from utils.convolution import convolution, convolution_forward, size, toeplitz
from utils.dropout import dropout_forward
from utils.dual import Dual
from utils.gates import lstm_deltas, lstm_forward, share_left
from utils.gradient_check import (
    central_difference,
    central_error,
    complex_step,
    disagreement,
    slope,
)
from utils.initializers import he_variance
from utils.layers import dense, flat
from utils.least_squares import hat_matrix, least_squares
from utils.network import backward, fold, forward, initial_parameters, parameter_count
from utils.normalization import normalized_backward, normalized_forward
from utils.optimizers import adam, amsgrad, clip_by_norm, gradient_descent, momentum
from utils.perceptron import augment, foot, margin_of, perceptron, radius, signed_distance
from utils.pooling import max_pool_backward, max_pool_forward, mean_pool_forward
from utils.rates import condition_number, quadratic_path
from utils.recurrence import elman, recurrent, spectral_radius
from utils.shrinkage import reached_by_decay
from utils.splits import error_bar
from utils.transformer import frequencies, rotation, wave_pairs

given("a = b = c", r"a \le b", r"1 - \alpha\lambda = -1", "b = 0")  # examples
given("H_0 = 0", "C_0 = 0")
forgiving(  # the notation adds a column b to each column by itself, and −ε² and ε³ are 0 as well
    r"Z = W X + b \mathbf{1}^\top \quad \iff \quad Z^\top = X^\top W^\top + \mathbf{1} b^\top",
    r"\varepsilon^2 = 0",
)

NEURON = r"w, x \in \mathbb{R}^n, b \in \mathbb{R}"
RNG = np.random.default_rng(0)


@world(r"x \in \mathbb{R}^n, n_1, n_2 \in \{2, 3, 4\}", "Numbers, vectors, matrices")
def _(x, n_1, n_2):
    (W, _), _ = initial_parameters([len(x), n_1, n_2], RNG)
    return {"n_0": W.shape[1], "n_l": W.shape[0], "m": 5, "B": 2, "L": 2, "i": 1, "t": 3}


@world(NEURON + r", y \in \{0, 1\}", "A neuron and its loss")
def _(w, x, b, y):
    z = w @ x + b
    loss = (y - sigmoid(z)) ** 2 / 2
    return {
        "z": z, r"\hat{y}": sigmoid(z), r"\ell": loss, "J": np.mean(loss), r"\sigma": sigmoid,
        r"\operatorname{step}": step,
    }  # fmt: skip


@world(NEURON + r", y \in \{0, 1\}", "The perceptron")
def _(w, x, b, y):
    X1, targets = augment(np.stack([x - w, x + w], axis=1)), np.array([0, 1])
    path = perceptron(X1, targets, epochs=100_000)
    u = path[-1] / np.linalg.norm(path[-1])
    return {
        r"\tilde{x}": augment(x[:, None])[:, 0], r"\tilde{w}": np.append(w, b),
        r"\tilde{w}_k": path[1], "s": [-1, 1][int(y)], "d": signed_distance(x, w, b), "u": u,
        "p": foot(x, w, b), "p_0": foot(0 * x, w, b), r"\gamma": margin_of(X1, targets, u),
        "R": radius(X1),
    }  # fmt: skip


@world(
    r"y \in \mathbb{R}^m, \hat{y} \in \mathbb{R}, z \in \mathbb{R}^K, u \in \mathbb{R}^n, "
    r"\tau, a, \mu, c_1, c_2 \in (0.2, 2), \gamma \in (0, 1)",
    "Losses",
)
def _(y, y_hat, z, u, tau, a, mu, c_1, c_2, gamma):
    J = np.mean((y - y_hat) ** 2) / 2
    return {
        "y": y[0], "r": y[0] - y_hat, r"\bar{y}": y.mean(), "m_1": np.sum(y < y_hat),
        "m_2": np.sum(y > y_hat), "k": 1, "C": 2 * J, "q": min(abs(y[0] - y_hat), tau),
        "p": softmax(z)[0], "p_i": softmax(z)[0], "s": 1, r"\beta": 0.1 * (u @ u + 1),
        "J_\\mu": J + mu * u @ u, r"\operatorname{softplus}": softplus,
        r"\operatorname{lse}": log_sum_exp, r"\operatorname{diag}(u)": np.diag(u),
        r"\frac{\partial \hat{y}}{\partial z}": softmax_jacobian(z),
        r"\lVert u \rVert_1": np.abs(u).sum(), "v": 0.5,
    }  # fmt: skip


@world(r"z \in \mathbb{R}", "Losses")
def _(z):
    return {r"\operatorname{softplus}": softplus}


@world(r"z \in \mathbb{R}^K, u, v \in \mathbb{R}^n", "Losses")
def _(z, u, v):
    return {r"\operatorname{lse}": log_sum_exp}


@world(r"p \in (0, 1), z \in \mathbb{R}, x \in \mathbb{R}^n", "The sigmoid and its slope")
def _(p, z, x):
    g = derivative(lambda x: np.sum(np.sin(x)), x)
    g_h = central_difference(lambda x: np.sum(np.sin(x)), x, 1e-4)
    return {
        r"\operatorname{logit}(p)": logit, "s": sigmoid(z), "g": g,
        r"\sigma": sigmoid, r"\sigma'(z)": sigmoid_derivative, "h": 1e-4, r"\eta": 2.0**-53,
        r"\frac{d^n \sigma}{d z^n}": sigmoid_nth_derivative(z, 3), "F": 1.0, "M": 1.0,
        "P_n(s)": sigmoid_nth_derivative(z, 3), "E(h)": central_error(1e-4, 1.0, 1.0), "C": 0.5,
        "D_h f(z)": central_difference(np.sin, z, 1e-4), "C_h f(z)": complex_step(np.sin, z),
        "g_h": g_h, "r": disagreement(g, g_h), "q": np.exp(-abs(z)), "a^{(l)}": sigmoid(z),
        "z^{(l)}": z, "w^{(l)}": 1.0, "k": 3,
    }  # fmt: skip


@world(
    r"w, w^\star, w_0, u \in \mathbb{R}^n, H \in \mathbb{R}^{n \times n}, H \succ 0, "
    r"c \in \mathbb{R}, \alpha \in (0.01, 0.05), \varepsilon \in (0, 1)",
    "Gradients and descent",
)
def _(w, w_star, w_0, u, H, c, alpha, epsilon):
    def J(w):
        return (w - w_star) @ H @ (w - w_star) / 2 + c

    path = quadratic_path(3, w_0, alpha, H, w_star)
    lam, q = np.linalg.eigh(H)
    g = derivative(J, w)
    return {
        r"\frac{\partial J}{\partial w}": g, r"\nabla J(w)": g, "g": g,
        "D_u J(w)": slope(J, w, u), "w_t": path, r"\lambda": lam[0], "q": q[:, 0],
        r"\kappa": condition_number(H), r"\rho": np.abs(1 - alpha * lam).max(),
        "s^2": np.var(g), "v_t": np.mean((path - w_star) ** 2), "w :=": w_0, "v": w_0,
    }  # fmt: skip


@world(
    r"w, g \in \mathbb{R}^n, \beta, \beta_1, \beta_2, \mu \in (0, 1), \alpha, q \in (0, 1), "
    r"T \in \mathbb{N}",
    "Optimizers",
)
def _(w, g, beta, beta_1, beta_2, mu, alpha, q, T):
    _, (velocity,) = momentum(g, None, beta)
    direction, (u, s, *_) = adam(g, None, beta_1, beta_2)
    r = amsgrad(g, None)[1][-1]
    path = gradient_descent(lambda w: w, w, alpha, 3)
    return {
        "p_t": direction, "g_t": g, r"\alpha_t": alpha, r"\alpha_{\infty}": alpha / (1 - beta),
        "v_t": velocity, "e_t": path[1][0], "z": beta, "y_t": path[1], "u_t": u, "s_t": s,
        r"\hat{u}_t": u / (1 - beta_1), r"\hat{s}_t": s / (1 - beta_2), "r_t": r,
        r"\varepsilon": 1e-8, "C": 3.0,
    }  # fmt: skip


@world(
    r"X \in \mathbb{R}^{p \times m}, Y \in \mathbb{R}^{r \times m}, n_1 \in \{2, 3\}, T \in (0, 1)",
    "Networks",
)
def _(X, Y, n_1, T):
    sizes = [len(X), n_1, len(Y)]
    parameters = initial_parameters(sizes, RNG)
    Z, A = forward(parameters, X, [sigmoid, sigmoid])
    delta = {2: (A[2] - Y) * A[2] * (1 - A[2]) / Y.shape[1]}
    gradients = backward(parameters, Z, A, delta[2], [sigmoid_derivative])
    delta[1] = derivative(
        lambda Z1: (
            np.sum((sigmoid(parameters[1][0] @ sigmoid(Z1) + parameters[1][1]) - Y) ** 2)
            / (2 * Y.shape[1])
        ),
        Z[1],
    )
    W, b = ({n: pair[part] for n, pair in enumerate(parameters, start=1)} for part in (0, 1))
    W_bar, b_bar = fold(parameters)
    return {
        "A": dict(enumerate(A)), "Z": {1: Z[1], 2: Z[2]}, "W": W, "b": b, r"\hat{Y}": A[-1],
        r"\delta": delta, r"\frac{\partial J}{\partial Z^{(l)}}": delta[2], "L": 2, "l": 2,
        "n_0": sizes[0], "n_1": n_1, "n_2": sizes[2], "n": dict(enumerate(sizes)),
        r"\bar{W}^{(l)}": W_bar, r"\bar{b}^{(l)}": b_bar, r"\theta": flat(parameters),
        "j": 1, "k": 1, "s": 1, "h_t": A[1][:, 0], "V": np.eye(n_1),
        "P": parameter_count(sizes), "F": 1, "N": 1, "G": 1, "g": sigmoid,
        "g'": sigmoid_derivative, r"\sigma": sigmoid, r"\bar{\delta}": -delta[2],
        "w": W[1], r"\Delta w": -0.1 * gradients[0][0], "U": W[1],
        r"U \odot V": W[1] * W[1],
    }  # fmt: skip


@world(r"z, t_i, h, k, \nu \in (0.1, 1)", "Activation functions")
def _(z, t_i, h, k, nu):
    return {
        "g": silu, "g'": sigmoid_derivative, r"\operatorname{ReLU}": relu,
        r"\operatorname{LReLU}": leaky_relu, r"\operatorname{ELU}": elu,
        r"\operatorname{SiLU}": silu, r"\operatorname{GELU}": gelu, "s_i": 1.0, "c": 1.0,
        r"\Phi": ndtr, r"\varphi": norm.pdf, "G": gelu_by_tanh, "f": np.sin,
        r"\hat{f}": np.sin, "v_i": 1.0, "B": lambda x: bump(x, -1, 1, 5), "M": 1.0, "M_2": 1.0,
        r"\alpha_0": 0.5,
    }  # fmt: skip


@world(
    r"W \in \mathbb{R}^{r \times p}, z \in \mathbb{R}^{r}, g \in \mathbb{R}^n, c \in (0.1, 1), "
    r"Z \in \mathbb{R}^{p \times m}",
    "Deep networks",
)
def _(W, z, g, c, Z):
    n = len(Z)
    part = np.ones((n, 1)), np.zeros((n, 1))
    V, kept = normalized_forward(part, Z, 1)
    dZ, _ = normalized_backward(V, part, kept, 1)
    return {
        "D^{(l)}": np.diag(sigmoid_derivative(z)), "n_l": len(z), r"\omega_l":
        np.linalg.norm(W, 2), "s^2": he_variance(*W.shape), "q_l": np.mean(z**2),
        r"f(\theta)": z[0], r"\tilde{g}": clip_by_norm(g, c), "z_k": Z[0, 0],
        r"\bar{z}": Z[0].mean(), "v": Z[0].var(), "u_k": V[0, 0], r"\varepsilon": 1e-5,
        r"\gamma": 1.0, r"\beta": 0.0, r"\tilde{z}_k": V[0, 0], r"\delta_k": V[0, 0],
        "p_i": dZ[0, 0], r"\eta^{(l)}": derivative(lambda a: np.sum(np.sin(a)), z), "p": 0.1,
    }  # fmt: skip


@world(r"X \in \mathbb{R}^{n \times m}, y \in \mathbb{R}^m", "Examples that are set aside")
def _(X, y):
    H, fit = hat_matrix(X), least_squares(X, y)
    w = fit + 1  # of which no sum of examples makes the whole
    u = np.linalg.lstsq(X, w)[0]
    return {
        "R": 0.5, r"\hat{R}_1": 0.4, r"\hat{R}_2": 0.6, "p": 0.1, r"\hat{p}": 0.2,
        "s_p": error_bar(0.1, len(y)), "f": H @ y, r"\varepsilon": y - H @ y, "s": np.std(y),
        "H": H, "h_{ij}": H[0, -1], r"\hat{y}": fit @ X, r"\tilde{y}": y[::-1],
        r"\tilde{\varepsilon}": y[::-1] - H @ y, "w": w, "u": u, "r": w - X @ u,
        "q": fit @ X[:, 0], r"\mu": 0.1,
    }  # fmt: skip


@world(
    r"X \in \mathbb{R}^{n \times m}, y \in \mathbb{R}^m, a \in \mathbb{R}^n", "Cures against noise"
)
def _(X, y, a):
    """With masks that keep every second entry, p = ½."""
    lam, Q = np.linalg.eigh(X @ X.T / len(y))
    w_star = np.linalg.pinv(X.T) @ y
    r, R = np.arange(len(a)) % 2, np.indices(X.shape).sum(axis=0) % 2
    strengths = np.mean(X**2, axis=1)
    return {
        "c_i": reached_by_decay(lam[-1], 0.1), r"c_i^\star": reached_by_decay(lam[-1], 0.2),
        r"w^\star": w_star, "q_i": Q[:, -1], "w": w_star,
        r"w_\mu": np.linalg.solve(X @ X.T / len(y) + 0.1 * np.eye(len(X)), X @ y / len(y)),
        r"\mu_i": strengths[0], "w_i": w_star[0], "v": a, "u_i": Q[:, -1] @ a,
        "s": np.std(y), "p": 0.5,
        "r": r, r"\tilde{a}": dropout_forward(0.5, lambda shape: 1.0 - r, (), a)[0],
        r"\tilde{X}": dropout_forward(0.5, lambda shape: 1.0 - R, (), X)[0],
        "D": np.diag(strengths), r"\tau": 0.25,
    }  # fmt: skip


@world(
    r"V \in \mathbb{R}^{n \times n}, W \in \mathbb{R}^{n \times p}, "
    r"X \in \mathbb{R}^{p \times m}",
    "Networks over time",
)
def _(V, W, X):
    """Three moments with the same inputs, and the cost ‖H_3‖² / 2."""
    layer, part = recurrent(elman(len(X), len(V)), len(V)), (W, V, np.zeros((len(V), 1)))
    H, kept = layer.forward(part, np.stack([X] * 3))
    _, gradients = layer.backward(np.stack([0 * H[-1], 0 * H[-1], H[-1]]), part, kept)
    _, Q = np.linalg.eig(V)
    return {
        "T": 3, "n_0": len(X), "X_t": X, "H_t": H[-1], "h_t": H[-1, 0, 0], "H_0": 0 * H[0],
        "v": V[0, 0], "V_t": V,
        "Z_t": np.arctanh(H[-1]), r"\epsilon_t": H[-1], r"\delta_t": H[-1] * (1 - H[-1] ** 2),
        r"\frac{dJ}{dV}": gradients[1], "D_t": np.diag(1 - H[-1, :, 0] ** 2), "k": 2,
        r"\omega": np.linalg.norm(V, 2), r"\rho": spectral_radius(V), "Q": Q,
        r"\Lambda": np.diag(np.linalg.eigvals(V)),
        r"\kappa": np.linalg.norm(Q, 2) * np.linalg.norm(np.linalg.inv(Q), 2),
        r"h^\star": brentq(lambda h: np.tanh(2 * h) - h, 0.1, 1),
    }  # fmt: skip


@world(
    r"W_f \in \mathbb{R}^{n \times p}, V_f \in \mathbb{R}^{n \times n}, "
    r"X \in \mathbb{R}^{p \times m}",
    "Networks over time",
)
def _(W, V, X):
    """The first moment of a cell whose blocks are all alike, and the cost ‖H‖² / 2."""
    zero = np.zeros((len(V), X.shape[1]))
    b = np.zeros((len(V), 1))
    part = tuple(np.tile(each, (4, 1)) for each in (W, V, b))
    (H, C), kept = lstm_forward(part, (X, (zero, zero)))
    delta, gamma = lstm_deltas((H, zero), kept)
    (F, I, O), G = kept[3:5]  # noqa: E741
    gates = {"F": F, "I": I, "O": O, "G": G, "C": C}
    return {
        **{f"{letter}_t": value for letter, value in gates.items()},
        **{f"{letter.lower()}_t": value[0, 0] for letter, value in gates.items()},
        "f": F[0, 0], "i": I[0, 0], "u_t": (I * G)[0, 0], "C_0": zero, "b_f": b,
        r"\eta_t": H, r"\gamma_t": gamma, r"\delta_{f,t}": delta[: len(V)],
        "n_0": len(X), "r": share_left(1, 2), "P": flat(part).size, "U_t": F, "R_t": I,
    }  # fmt: skip


@world(r"w \in \mathbb{R}^K", "Convolution")
def _(w):
    """Along a line."""
    K, n = len(w), len(w) + 3
    N = size(n, K)
    T = toeplitz(w, n)
    z = T @ np.ones(n)
    return {
        "S": np.roll(np.eye(n), 1, axis=0), "W": np.eye(n), "w_k": w[-1], "K": K, "n": n, "N": N,
        "p": 1, "s": 2, "T": T, "z": z, r"\delta": derivative(lambda z: np.sum(z**2), z),
        r"\tilde{w}": w[::-1],
    }  # fmt: skip


@world(r"C, F, m \in \{1, 2, 3\}", "Convolution")
def _(C, F, m):
    """Over images."""
    A = np.ones((C, 5, 7, m))
    part = convolution(C, F, (2, 3)).first(np.random.default_rng(0))
    Z, (P, _) = convolution_forward(part, A)
    whole = dense(A[..., 0].size, Z[..., 0].size).first(np.random.default_rng(0))
    return {
        "n_1": 5, "n_2": 7, "N_1": Z.shape[1], "N_2": Z.shape[2], "K_1": 2, "K_2": 3, "P": P,
        "w_{fcpq}": part[0][-1, -1, -1, -1], "r": len(P), "Q": flat(part).size,
        r"Q_{\text{dense}}": flat(whole).size,
    }  # fmt: skip


@world(r"x, \delta \in \mathbb{R}^4, i \in \{1, 2, 3\}", "Pooling")
def _(x, delta, i):
    """Of windows of two, one place apart, and a field of five."""
    v, kept = max_pool_forward((1, 2), 1, (), x[None, None, :, None])
    delta = delta[:3]
    dA, _ = max_pool_backward((1, 2), 1, delta[None, None, :, None], (), kept)
    R = np.eye(4)[np.arange(3) + kept[0].ravel()]
    M = np.array(
        [mean_pool_forward((1, 2), 1, (), e[None, None, :, None])[0].ravel() for e in np.eye(4)]
    )
    return {
        "n": 4, "N": 3, "v_i": v.ravel()[i - 1], "K": 2, "s": 1, "M": M.T, "R": R,
        "p_i": i + int(kept[0].ravel()[i - 1]), r"\delta_i": delta[i - 1],
        r"\partial J / \partial v_i": derivative(lambda v: delta @ v, v.ravel())[i - 1],
        "g": dA.ravel(), r"\partial J / \partial x": R.T @ delta, "l": 2, "u": 3,
        "r_l": 5, "d_l": 1,
    }  # fmt: skip


@world(
    r"J \in \mathbb{R}^{m \times n}, a, b \in \mathbb{R}",
    "Programs and their derivatives",
)
def _(J, a, b):
    back = by_tape(lambda v: b * np.sin(v), a)[0]
    slope = (np.sin(Dual(a, 1.0)) * b).slope
    return {
        r"\dot{v}": slope, r"\bar{v}": back, "p_k": 2, "c_i": 1, r"\bar{c}_i": 2, "M": 20,
        r"\omega": 4, r"\varepsilon": np.array([[0.0, 1.0], [0.0, 0.0]]),
    }  # fmt: skip


@world(
    r"W_Q, W_K \in \mathbb{R}^{d \times n}, W_V \in \mathbb{R}^{r \times n}, "
    r"X \in \mathbb{R}^{n \times T}",
    "Attention",
)
def _(W_Q, W_K, W_V, X):
    out, (_, Q, K, V, P) = attention_forward((W_Q, W_K, W_V), X)
    T = X.shape[1]
    return {
        "W_Q": W_Q, "W_K": W_K, "W_V": W_V, "Q": Q, "K": K, "V": V, "P": P, "O": out,
        "S": K.T @ Q, "q": Q[:, 0], "k_i": K[:, 0], "v_i": V[:, 0], "s": (K.T @ Q)[:, 0],
        "p": P[:, 0], "o": out[:, 0], "T": T, "d": len(Q), "r": len(V), "n": len(X),
        r"\delta": derivative(lambda out: np.sum(np.sin(out)), out), r"\eta": V.T @ out,
        r"\Pi": np.eye(T), "F": 3.0 * T, r"\tau": np.var(Q),
    }  # fmt: skip


@world(
    r"X \in \mathbb{R}^{n \times T}, W \in \mathbb{R}^{n \times d}, A \in \mathbb{R}^{d \times T}",
    "One transformer block",
)
def _(X, W, A):
    omega = frequencies(2 * len(X))
    heads = dict.fromkeys(("Q_i", "K_i", "V_i", "O_i"), A)
    return {
        **heads, "M_i": W, "X": X, "Y": X + W @ A, "Z": X, "n": len(X), "d": len(A), "h": 2,
        "T": X.shape[1], "N": 67500, "q_i": 0.1, "N_{cj}": 3, "q_{cj}": 0.2, "c": 3, "P": 7, "F": 8,
        r"\omega": 1.0, r"\omega_i": omega[0], "v": 1.0, "F_l": np.tanh, "X_l": X, "k": 2, "i": 1,
        "p_t": wave_pairs(omega, 3)[: len(X), 0], "t": 3, "l": 1,
        "R_k": rotation(omega, 2)[: len(X), : len(X)], "j": 2,
    }  # fmt: skip


@world(
    r"X \in \mathbb{R}^{p \times m}, W \in \mathbb{R}^{r \times p}, b \in \mathbb{R}^{r \times 1}",
    "Columns here, rows there",
)
def _(X, W, b):
    return {"Z": W @ X + b, r"\mathbf{1}": np.ones((X.shape[1], 1)), "n_0": len(X), "n_1": len(W)}


@world(r"w, g \in \mathbb{R}^n, \alpha \in (0, 1)", "A grammar made exact")
def _(w, g, alpha):
    return {"w :=": gradient_descent(lambda _: g, w, alpha, 1)[-1]}

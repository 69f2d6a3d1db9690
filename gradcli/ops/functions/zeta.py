"""Riemann's zeta function for s > 1 and its derivatives, by Euler's and Maclaurin's formula differentiated.

Source: NIST Digital Library of Mathematical Functions, 25.2.9.
"""

from __future__ import annotations

import math

import numpy as np

from gradcli.ops.functions.protocol import Array, in_type_of, protocol, quiet
from gradcli.ops.functions.reach import require, whole

__all__ = ["dzeta", "zeta"]

_N = 16
"""Terms that are added up one by one; twelve Bernoulli numbers then leave 1e-22."""

_BERNOULLI = (
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330,
    854513 / 138, -236364091 / 2730,
)  # fmt: skip


@protocol
@quiet
def zeta(s: Array) -> Array:
    """The sum of k**-s."""
    from scipy import special

    require("zeta", ~(np.asarray(s) < 1), "for s > 1")
    return special.zeta(s)


@protocol
@quiet
def dzeta(n: Array, s: Array) -> Array:
    """The n-th derivative of zeta, the sum of (-log(k))**n*k**-s."""
    from scipy import special

    order, at = np.broadcast_arrays(np.asarray(n, dtype=float), np.asarray(s, dtype=float))
    whole("dzeta", order)
    require("dzeta", ~(at < 1), "for s > 1")
    out = np.array(special.zeta(at))
    for k in np.unique(order[order > 0]):
        chosen = order == k
        out[chosen] = _derivative(int(k), at[chosen])
    return in_type_of(s, out[()])


def _derivative(n: int, s: Array) -> Array:
    log = math.log(_N)
    out = np.zeros_like(s)
    for k in range(_N - 1, 1, -1):
        out = out + k**-s * math.log(k) ** n
    end = _N**-s
    tail = sum(math.comb(n, j) * log**j * math.factorial(n - j) / (s - 1) ** (n - j + 1) for j in range(n + 1))
    out = out + end * (_N * tail + 0.5 * log**n)
    rising: list[Array] = [np.ones_like(s), *[np.zeros_like(s)] * n]  # of s*(s + 1)*..., as a power series
    for j, bernoulli in enumerate(_BERNOULLI):
        for shift in (2 * j - 1, 2 * j) if j else (0,):
            rising = [(s + shift) * c + (rising[i - 1] if i else 0.0) for i, c in enumerate(rising)]
        slope = sum(
            rising[i] * (-1.0) ** i * log ** (n - i) / math.factorial(n - i) * math.factorial(n) for i in range(n + 1)
        )
        out = out + bernoulli / math.factorial(2 * j + 2) * slope * end / float(_N) ** (2 * j + 1)
    return np.where(np.isinf(s) & (s > 0), 0.0, (-1.0) ** n * out)

"""What one operation rounds inside itself, where half a unit of its result does not cover it.

Sums and products of many terms round like the sums of the terms' sizes, of which cancellation leaves nothing to see.
SciPy's functions are right for an argument that is off by some units. The algorithms of linear algebra give the exact
result of a matrix that is off by some units in its largest entry. Each function here gives the size that rounds, in
the units in which a result's own size counts once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.tape.node import Node
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import Problem
from gradcli.ops.calls.paths import resolve_rule
from gradcli.transforms.verify.sizes import total

__all__ = ["inside", "terms"]

Array = NDArray[np.float64]

_UNITS = 4.0
"""By how many units special functions may see their argument changed; near their zeros this is what counts."""

_STEPS = 4.0
"""How many operations of about the size of its result an operation of several steps is made of."""


def inside(tensor: Tensor, adjoint: Any, inputs: Callable[[], Sequence[Array | None]]) -> float:
    """The size that rounds inside the operation that made a tensor, as it changes the output.

    Args:
        tensor: the operation's result, or one of its results.
        adjoint: the output's derivative by it.
        inputs: gives the operation's inputs, None for those that are not known.
    """
    node = tensor.grad_fn
    if node is None:
        return 0.0
    op = node.rule.op
    if op.kind == "elementwise":
        if op.value.startswith("numpy."):
            return 0.0
        given = inputs()
        own = _ELEMENTWISE.get(op.name)
        also = (
            0.0
            if own is None or any(x is None for x in given)
            else total(adjoint * own(*given, np.asarray(tensor.array)))
        )
        return _UNITS * _moved(node, adjoint, given) + also
    if op.backward_stable:
        return _stable(tensor, node, adjoint)
    given = inputs()
    sizes = terms(node, given)
    if sizes is not None:
        return total(adjoint * sizes)
    several = _SEVERAL.get(op.name)
    if several is None or given[0] is None:
        return 0.0
    return total(adjoint * several(given[0], np.asarray(tensor.array), node.statics))


def terms(node: Node, given: Sequence[Array | None]) -> Any:
    """For each entry of a sum, or sum of products, the size of its terms; None for any other operation.

    Of two terms that is the larger one's, of more the sum of all sizes, which is what rounds. A sine beside a zero is,
    to first order, its argument less a multiple of pi: the argument is the larger term.
    """
    op = node.rule.op
    known = [np.abs(x) for x in given if x is not None]
    if op.name in ("add", "sub") and known:
        return known[0] if len(known) == 1 else np.maximum(*known)  # a term that is not known cancels the other
    if op.name in _REDUCED and known:
        size = np.abs(node.rule.forward(known[0], **node.statics))  # that at the argument itself: they are odd or even
        return np.where(size <= _BESIDE, known[0], 0.0)
    if (op.kind != "multilinear" and op.name not in _SUMS) or len(known) < len(given):
        return None
    return node.rule.forward(*known, **node.statics)


_REDUCED = ("sin", "cos", "tan")
"""Functions whose argument is brought to one period first."""
_BESIDE = 2.0**-8
"""So small they are beside a zero."""
_SUMS = ("cumsum", "einsum", "mean", "scatter", "sum", "trace")


def _moved(node: Node, adjoint: Any, given: Sequence[Array | None]) -> float:
    """What a change of an elementwise operation's inputs by one unit each makes."""
    return sum(
        total(node.rule.vjps[i](adjoint, node.out, node.inputs, node.shapes, node.statics) * x)
        for i, x in enumerate(given)
        if x is not None and node.edges[i] is not None
    )


def _stable(tensor: Tensor, node: Node, adjoint: Any) -> float:
    """What a change of a backward stable operation's inputs by some units of their largest entries makes."""
    found = 0.0
    g = (
        [adjoint if i == tensor.output_nr else None for i in range(len(node.output_shapes))]
        if node.rule.multi_output
        else adjoint
    )
    for i, edge in enumerate(node.edges):
        given = _input(node, i)
        if edge is not None and given is not None and given.ndim > 1:
            slope = node.rule.vjps[i](g, node.out, node.inputs, node.shapes, node.statics)
            units = given.shape[-1] * (_magnified(given) if node.rule.op.name == "expm" else 1.0)
            found += units * total(slope) * float(np.max(np.abs(given), initial=0.0))
    return found


_APPROXIMATED = 4.25
"""The norm up to which SciPy approximates a matrix exponential by a quotient of polynomials of degree 13."""


def _magnified(x: Array) -> float:
    """By how much the steps of a matrix exponential magnify an error.

    A matrix is divided by a power of two until its norm is small enough for the approximant, whose terms are as much
    larger than its value as exp of that norm; each squaring then doubles an error (N. J. Higham, Functions of Matrices,
    2008, 10.3).
    """
    norm = float(np.max(np.sum(np.abs(x), axis=-2), initial=0.0))
    return math.exp(min(norm, _APPROXIMATED)) * max(1.0, norm / _APPROXIMATED)


def _input(node: Node, i: int) -> Array | None:
    """An operation's input; some keep only their output, which tells the input too."""
    saved = node.inputs[i] if i < len(node.inputs) else None
    if saved is None and node.rule.op.inverse:
        with suppress(Problem):  # an inverse may be rounded to a singular matrix, which tells nothing
            saved = resolve_rule(node.rule.op.inverse)(node.out)
    return None if saved is None else np.asarray(saved, dtype=float)


def _product(x: Array, out: Array, statics: Any) -> Any:
    """As many roundings of the result's size as there are factors."""
    return np.abs(out) * x.size


def _steps(x: Array, out: Array, statics: Any) -> Any:
    return _STEPS * np.abs(out)


def _dsinc(n: Array, x: Array, out: Array) -> Any:
    """By a series, a quadrature or a recurrence: of each what mpmath has shown, doubled, of the largest derivative."""
    angle = np.abs(np.pi * x)
    largest = np.pi**n / (n + 1)
    with np.errstate(all="ignore"):
        units = np.where(angle <= 2.0, 30.0, np.where(angle < n + 1, 30 * (n + 2), 8 * (n + 1) ** 2 / angle))
    return units * largest + _STEPS * (n + 1) * np.abs(out)


def _variance(x: Array, out: Array, statics: Any) -> Any:
    """Each deviation from the mean is off by some units of the entries, and so by their square at least."""
    largest = float(np.max(np.abs(x), initial=0.0))
    return _STEPS * (np.abs(out) + np.sqrt(np.abs(out)) * largest + 2.0**-53 * largest**2)


def _deviation(x: Array, out: Array, statics: Any) -> Any:
    return _STEPS * (np.abs(out) + float(np.max(np.abs(x), initial=0.0)))


def _logsumexp(x: Array, out: Array, statics: Any) -> Any:
    """The sum of the largest entry and of the logarithm of a sum, which is off by some units of 1."""
    largest = np.max(x, axis=statics["axis"], keepdims=statics["keepdims"])
    return np.abs(largest) + np.abs(out - largest) + _STEPS


def _softmax(x: Array, out: Array, statics: Any) -> Any:
    """The exponential of a difference: off by its size, in units of the result."""
    shifted = x - np.max(x, axis=statics["axis"], keepdims=True)
    return np.abs(out) * (_STEPS + np.abs(shifted))


def _log_softmax(x: Array, out: Array, statics: Any) -> Any:
    """The difference of a difference and the logarithm of a sum, which is off by some units of 1."""
    shifted = x - np.max(x, axis=statics["axis"], keepdims=True)
    return np.abs(shifted) + np.abs(shifted - out) + _STEPS


_ELEMENTWISE: dict[str, Callable[..., Any]] = {"dsinc": _dsinc}
"""What functions of our own round beside the rounding of their arguments."""

_SEVERAL: dict[str, Callable[[Array, Array, Any], Any]] = {
    "cumprod": _product,
    "log_softmax": _log_softmax,
    "logsumexp": _logsumexp,
    "norm": _steps,
    "prod": _product,
    "softmax": _softmax,
    "std": _deviation,
    "var": _variance,
}

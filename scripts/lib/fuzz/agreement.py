"""Where two ways of computing one number must come to the same."""

from __future__ import annotations

from typing import Any

import numpy as np

from fuzz import search
from fuzz.explained import Broken
from gradcli.symbolic import Question
from gradcli.symbolic.answers.solve import solve
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.derivative import Derivative
from gradcli.transforms.results.evaluation import Evaluation
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.graph import Graph
from gradcli.transforms.results.hessian import Hessian, HessianProduct
from gradcli.transforms.results.jacobian import Jacobian
from gradcli.transforms.results.pushforward import Pushforward
from gradcli.transforms.verify.check import judge
from gradcli.transforms.verify.rounding import rounding_bounds

_CLOSE = 1e-8
_BOUNDS = 1e3  # how many of its own first-order rounding bounds a number may be off
_SAMPLED = 30  # entries whose bounds are computed
_NOTHING = 2.0**-104  # of the value: what is left of derivatives of its size after cancelling twice
_LARGE = 1e100  # beyond, products of finite numbers are not
_SECONDS = 4.0  # for SymPy, which has a deadline in its own process too
_ASKED = 60  # entries that SymPy is asked for
_SMALL = 1e-100  # below, products underflow, and what is left of them has few digits


def values(value: Evaluation, *others: Evaluation | Gradient | Pushforward | Jacobian | Graph | None) -> None:
    """Every transform computes the same value, but for the last bits of a power."""
    for other in others:
        if other is None:
            continue
        if np.shape(other.value) != np.shape(value.value) or not np.allclose(
            other.value, value.value, rtol=1e-13, atol=0.0, equal_nan=True
        ):
            raise Broken(f"{type(other).__name__} has the value {other.value}, eval has {value.value}")


def first_order(pulled: Gradient, pushed: Pushforward, matrix: Jacobian, seed: Any, tangents: dict[str, Any]) -> None:
    """J t forward is J t by rows; seed J in one pass backward is seed J by rows."""
    direction = np.concatenate([np.ravel(tangents[name]) for name in matrix.jacobians])
    rows = matrix.jacobian
    if not _usable(rows, pushed.derivative, *pulled.gradients.values()) or _corrected(matrix, pushed, pulled):
        return  # where the program has no derivative, those along its axes need not make those along others
    weights = np.ravel(seed)
    backward = np.concatenate([np.ravel(g) for g in pulled.gradients.values()])
    _compare("grad", backward, weights @ rows, np.abs(weights) @ np.abs(rows), matrix)
    _compare("jvp", np.ravel(pushed.derivative), rows @ direction, np.abs(rows) @ np.abs(direction), matrix)


def second_order(curved: Hessian, product: HessianProduct, pulled: Gradient | None, tangents: dict[str, Any]) -> None:
    """t H in one pass is t H by rows, and the gradient that comes with H is the gradient."""
    direction = np.concatenate([np.ravel(tangents[name]) for name in curved.gradients])
    found = np.concatenate([np.ravel(p) for p in product.products.values()])
    rows = curved.hessian
    if not _usable(rows, found):
        return
    if not (curved.kinks or product.kinks) and np.allclose(rows, rows.T, rtol=_CLOSE, atol=0.0):  # else order matters
        _compare("hvp", found, direction @ rows, np.abs(direction) @ np.abs(rows), curved, product)
    for name, gradient in (curved.gradients if pulled is not None and not _corrected(pulled, curved) else {}).items():
        other = np.ravel(pulled.gradients[name])
        if _usable(gradient, other):
            _compare("hessian's gradient", np.ravel(gradient), other, np.abs(other), curved)


def symmetric(curved: Hessian) -> None:
    """Second derivatives do not depend on the order, where they are continuous."""
    rows = curved.hessian
    if _usable(rows):
        _compare("the transposed Hessian", rows.T, rows, np.abs(rows), curved)


def series(found: Derivative, matrix: Jacobian, name: str) -> None:
    """The first term of the Taylor series is the Jacobian's column."""
    column = np.ravel(matrix.jacobians[name])
    first = np.ravel(found.derivatives[0])
    if first.shape != column.shape:
        raise Broken(f"derivative has shape {first.shape}, jacobian {column.shape}")
    if _usable(column, first) and not _corrected(found, matrix):
        _compare("derivative", first, column, np.abs(column), matrix)


def columns(part: Jacobian, whole: Jacobian) -> None:
    """By some of the variables the Jacobian is these columns of the whole one."""
    for name, found in part.jacobians.items():
        expected = whole.jacobians[name]
        if np.shape(found) != np.shape(expected):
            raise Broken(f"by {name} alone the jacobian has shape {np.shape(found)}, not {np.shape(expected)}")
        if _usable(found, expected) and not _corrected(part, whole):
            _compare("jacobian by some", np.ravel(found), np.ravel(expected), np.ravel(np.abs(expected)), whole)


def block(part: Hessian, whole: Hessian) -> None:
    """By some of the variables the Hessian is this block of the whole one."""
    if not _usable(part.hessian, whole.hessian) or _corrected(part, whole):
        return
    places: list[int] = []
    start = 0
    for name, gradient in whole.gradients.items():
        places += range(start, start + np.size(gradient)) if name in part.gradients else ()
        start += np.size(gradient)
    expected = whole.hessian[np.ix_(places, places)]
    _compare("hessian by some", part.hessian, expected, np.abs(expected), whole)


def _corrected(*results: Derived) -> bool:
    """Whether what the conventions give was replaced in one of them: the search for that is bounded by the inputs."""
    return any(result.kinks for result in results)


def witness(*results: Jacobian | Hessian | Derivative) -> None:
    """SymPy's derivatives are the engine's; at a kink the verdict says so, and does not say that they differ."""
    for result in results:
        if not _usable(*(np.asarray(array) for _, array in result.numbers())) or result.count() > _ASKED:
            continue
        asked: Question = result.question()
        try:
            with search.at_most(_SECONDS):
                answer = solve(asked)
        except Exception:  # noqa: BLE001  # what SymPy cannot do is its own affair; the oracle's process says it
            continue
        verdict = judge(result, answer)
        if verdict.verdict == "differs" and "rounding" not in (verdict.reason or ""):
            raise Broken(f"{type(result).__name__} differs: {verdict.reason}: {'; '.join(verdict.details[:3])}")


def _usable(*arrays: Any) -> bool:
    return all(np.all(np.isfinite(a)) and np.all(np.abs(a) < _LARGE) for a in arrays)


def _compare(
    what: str, found: Any, expected: Any, scale: Any, whole: Jacobian | Hessian, product: HessianProduct | None = None
) -> None:
    error = np.abs(found - expected)
    sizes = np.abs(whole.value)
    nothing = max(_SMALL, _NOTHING * float(np.max(sizes, initial=0.0, where=np.isfinite(sizes))))
    if np.all(error <= _CLOSE * scale + nothing):
        return
    # Perhaps the point is ill-conditioned and both are rounded: the engine's own bound says how much.
    allowed = _CLOSE * scale + nothing + _BOUNDS * _rounding(whole)
    if np.all(error <= allowed):
        return
    if product is not None and np.all(error <= allowed + _BOUNDS * _rounding_of(product)):
        return
    worst = int(np.argmax(error - allowed))
    raise Broken(f"{what} has {np.ravel(found)[worst]!r}, the entries give {np.ravel(expected)[worst]!r}")


def _rounding(whole: Jacobian | Hessian) -> float:
    """About the sum of the bounds on rounding errors, from those of the largest entries."""
    labelled = whole.matrix()
    before = whole.count() - labelled.matrix.size  # the gradient's entries come before a Hessian's
    largest = np.argsort(-np.abs(labelled.matrix), axis=None)[:_SAMPLED]
    addresses = [whole.address(before + int(place)) for place in largest]
    return float(np.mean(rounding_bounds(whole, addresses))) * labelled.matrix.size


def _rounding_of(product: HessianProduct) -> Any:
    """The bound on each entry's rounding error: where all of a Hessian cancels, its own entries do not tell."""
    return np.asarray(rounding_bounds(product, [product.address(i) for i in range(product.count())]))

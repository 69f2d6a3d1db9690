"""A result's entries by the oracle's way of naming them: which number it is, and what a person calls it."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from gradcli.symbolic import Question, Truth, spread
from gradcli.transforms.results.kinds import Derivative, Gradient, Hessian, HessianProduct, Jacobian, Pushforward
from gradcli.transforms.results.labels import labels

__all__ = [
    "Checkable", "Place", "about", "count", "label", "mirrored", "order", "ours", "picked", "place_of", "question",
    "scale",
]  # fmt: skip

_GRADIENT = -1
"""The oracle's `output` in a truth about the gradient that comes with a Hessian."""

Checkable: TypeAlias = Gradient | Jacobian | Hessian | HessianProduct | Pushforward | Derivative


class Place(NamedTuple):
    """A derivative entry: flat index into the value (-1 for the gradient beside a Hessian), variable, index into it."""

    output: int
    name: str
    entry: int


def about(place: Place) -> Truth:
    """A truth about a place without its number, for what asks for the place alone."""
    return Truth(*place, "number", 0.0)


def place_of(truth: Truth) -> Place:
    """What a truth is about."""
    return Place(truth.output, truth.name, truth.entry)


def picked(result: Gradient | Jacobian | Hessian, limit: int) -> list[Place]:
    """At most so many of a result's derivative entries, those and in the order that the oracle picks them.

    >>> picked(Gradient("a*b", {"a": 2.0, "b": 3.0}, 6.0, {"a": 3.0, "b": 2.0}), 400)
    [Place(output=0, name='a', entry=0), Place(output=0, name='b', entry=0)]
    """
    names = result.jacobians if isinstance(result, Jacobian) else result.gradients
    inputs = [(name, i) for name in names for i in range(int(np.size(result.inputs[name])))]
    first = _GRADIENT if isinstance(result, Hessian) else 0
    found = []
    for position in spread(count(result), limit):
        output, column = divmod(position, len(inputs))
        found.append(Place(first + output, *inputs[column]))
    return found


def question(result: Checkable) -> Question:
    """What the oracle must know to derive a result by itself: text and inputs, none of the engine's numbers."""
    values = {name: _nested(value) for name, value in result.inputs.items()}
    source, everything = result.expression, tuple(result.inputs)
    if isinstance(result, Jacobian):
        return Question(source, values, tuple(result.jacobians), "jacobian")
    if isinstance(result, Hessian):
        return Question(source, values, tuple(result.gradients), "hessian")
    if isinstance(result, HessianProduct):
        return Question(source, values, tuple(result.products), "hvp", tangents=_nested_all(result.vectors))
    if isinstance(result, Pushforward):
        return Question(source, values, everything, "pushforward", tangents=_nested_all(result.tangents))
    if isinstance(result, Derivative):
        return Question(source, values, (result.variable,), "derivative", order=result.order)
    seed = None if result.seed is None else _nested(result.seed)
    return Question(source, values, tuple(result.gradients), "gradient", seed)


def _nested(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def _nested_all(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _nested(value) for name, value in values.items()}


def count(result: Checkable) -> int:
    """How many derivative entries a result has."""
    if isinstance(result, Jacobian):
        return int(result.jacobian.size)
    if isinstance(result, Hessian):
        return int(result.hessian.size) + len(result.columns)
    if isinstance(result, Pushforward):
        return int(np.size(result.derivative))
    if isinstance(result, Derivative):
        return sum(int(np.size(d)) for d in result.derivatives)
    parts = result.products if isinstance(result, HessianProduct) else result.gradients
    return sum(int(np.size(part)) for part in parts.values())


def ours(result: Checkable, truth: Truth) -> float:
    """The engine's number for what a truth is about."""
    if not truth.name:
        return float(np.ravel(result.value)[truth.output])
    if isinstance(result, Jacobian):
        size = int(np.size(result.value))
        return float(np.reshape(result.jacobians[truth.name], (size, -1))[truth.output, truth.entry])
    if isinstance(result, Hessian):
        if truth.output == _GRADIENT:
            return float(np.ravel(result.gradients[truth.name])[truth.entry])
        return float(result.hessian[truth.output, column(result, truth)])
    if isinstance(result, Pushforward):
        return float(np.ravel(result.derivative)[truth.output])
    if isinstance(result, Derivative):
        return float(np.ravel(result.derivatives[truth.entry - 1])[truth.output])
    parts = result.products if isinstance(result, HessianProduct) else result.gradients
    return float(np.ravel(parts[truth.name])[truth.entry])


def column(result: Hessian, truth: Truth) -> int:
    """The place of a truth's variable entry among all of a Hessian's inputs."""
    start = 0
    for name in result.gradients:
        if name == truth.name:
            break
        start += int(np.size(result.inputs[name]))
    return start + truth.entry


def mirrored(result: Checkable, truth: Truth) -> float | None:
    """A Hessian's number for the same two inputs in the other order; None for anything else."""
    if not isinstance(result, Hessian) or order(result, truth) < 2:
        return None
    return float(result.hessian[column(result, truth), truth.output])


def order(result: Checkable, truth: Truth) -> int:
    """How often a derivative entry was differentiated; 0 for an entry of the value."""
    if not truth.name:
        return 0
    if isinstance(result, Derivative):
        return truth.entry
    second = isinstance(result, HessianProduct) or (isinstance(result, Hessian) and truth.output != _GRADIENT)
    return 2 if second else 1


def label(result: Checkable, truth: Truth) -> str:
    """What a person calls an entry: "df/dx", "df[1]/dA[0,2]", "d2f/dx dy"."""
    if not truth.name:
        return labels("f", np.shape(result.value))[truth.output]
    if isinstance(result, Hessian) and truth.output == _GRADIENT:
        return f"df/d{result.columns[column(result, truth)]}"
    if isinstance(result, Hessian):
        return f"d2f/d{result.columns[truth.output]} d{result.columns[column(result, truth)]}"
    if isinstance(result, Pushforward):
        return f"d{labels('f', np.shape(result.value))[truth.output]}"
    output = labels("f", np.shape(result.value))[truth.output] if isinstance(result, Derivative | Jacobian) else "f"
    if isinstance(result, Derivative):
        order = "" if truth.entry == 1 else str(truth.entry)
        variable = f"({result.variable})" if order and result.variable[-1].isdigit() else result.variable
        return f"d{order}{output}/d{variable}{order}"
    variable = labels(truth.name, np.shape(result.inputs[truth.name]))[truth.entry]
    if isinstance(result, HessianProduct):
        return f"d(df/d{variable})"
    return f"d{output}/d{variable}"


@np.errstate(all="ignore")
def scale(result: Checkable, truth: Truth) -> float:
    """How large a derivative entry of such a value by such an input is when nothing cancels: |f|/|x|, by order.

    An input of 0 counts as 1. Near an extremum the true derivative is far smaller, and what rounding
    leaves of it is judged against this.

    >>> scale(Gradient("x**2", {"x": 4.0}, 16.0, {"x": 8.0}), Truth(0, "x", 0, "number", 8.0))
    4.0
    """
    value = float(np.max(np.abs(result.value), initial=0.0))
    if isinstance(result, Pushforward):
        parts = [np.max(np.abs(t) / _size(result.inputs[n]), initial=0.0) for n, t in result.tangents.items()]
        return value * float(max(parts))
    if isinstance(result, Derivative):
        return value / float(_size(result.inputs[truth.name])) ** truth.entry
    first = value / float(np.ravel(_size(result.inputs[truth.name]))[truth.entry])
    if isinstance(result, Hessian) and truth.output != _GRADIENT:
        rows = np.concatenate([np.ravel(_size(result.inputs[name])) for name in result.gradients])
        return first / float(rows[truth.output])
    if isinstance(result, HessianProduct):
        parts = [np.max(np.abs(v) / _size(result.inputs[n]), initial=0.0) for n, v in result.vectors.items()]
        return first * float(max(parts))
    return first


def _size(value: Any) -> Any:
    sizes = np.abs(np.asarray(value, dtype=float))
    return np.where(sizes == 0, 1.0, sizes)

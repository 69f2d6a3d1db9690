"""What the transforms give back: plain dataclasses of numbers, arrays and names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from gradcli.transforms.results.findings import Kink, Origin, Witnesses

__all__ = [
    "Checked", "Derivative", "Evaluation", "Gradient", "Graph", "GraphNode", "Hessian", "HessianProduct", "Jacobian",
    "Pushforward", "Result", "Value", "Verdict",
    "plain",
]  # fmt: skip

Value: TypeAlias = float | NDArray[np.float64]
"""A number, or a float64 array of at least one axis."""

VerdictName: TypeAlias = Literal["verified", "differs", "kink", "not checked"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the independent derivation says of a result.

    Attributes:
        verdict: verified, differs, kink (the point is not differentiable) or not checked.
        checked: how many derivative entries were compared.
        entries: how many there are.
        max_ulps: the largest error among them, in units in the last place of the true value.
        reason: for anything but a plain "verified", what a person should know.
        details: one line for each entry worth naming.
        witnesses: entry by entry, where all witnesses were asked.
    """

    verdict: VerdictName
    checked: int = 0
    entries: int = 0
    max_ulps: float | None = None
    reason: str | None = None
    details: tuple[str, ...] = ()
    witnesses: Witnesses | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What every transform's result has.

    Attributes:
        expression: the program's text.
        inputs: the values that the variables had.
        value: the program's value.
        origin: where the first non-finite number arose, if any number is not finite.
        kinks: the operations at which the result is not differentiable, or wrong because of their conventions.
    """

    expression: str
    inputs: dict[str, Value]
    value: Value
    origin: Origin | None = field(default=None, kw_only=True)
    warnings: tuple[str, ...] = field(default=(), kw_only=True)
    kinks: tuple[Kink, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True, slots=True)
class Evaluation(Result):
    """A program's value."""


@dataclass(frozen=True, slots=True)
class Gradient(Result):
    """A value and its gradient by each variable, of the variable's shape; or a vector-Jacobian product.

    Attributes:
        gradients: by name.
        seed: the cotangent that weighted the outputs, or None for a scalar value.
    """

    gradients: dict[str, Value]
    seed: Value | None = None


@dataclass(frozen=True, slots=True)
class Jacobian(Result):
    """A value and the matrix of its derivatives.

    Attributes:
        jacobian: shape (outputs, inputs), both flattened in C order.
        jacobians: by name, of shape value.shape + variable.shape.
        rows: a label for each output, `f[0]`.
        columns: a label for each input, `x[1]`.
    """

    jacobian: NDArray[np.float64]
    jacobians: dict[str, Value]
    rows: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hessian(Result):
    """A value, its gradient, and the symmetric matrix of its second derivatives.

    Attributes:
        gradients: by name.
        hessian: shape (inputs, inputs), the inputs flattened in C order, one variable after the other.
        columns: a label for each input, `x[1]`.
    """

    gradients: dict[str, Value]
    hessian: NDArray[np.float64]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pushforward(Result):
    """A value and its derivative along a direction: the Jacobian times a tangent.

    Attributes:
        tangents: the direction, by name; variables that are not named stand still.
        derivative: of the value's shape.
    """

    tangents: dict[str, Value]
    derivative: Value


@dataclass(frozen=True, slots=True)
class HessianProduct(Result):
    """A value and the derivative of its gradient along a direction: the Hessian times a vector.

    Attributes:
        vectors: the direction, by name.
        products: by name, of the variable's shape.
    """

    vectors: dict[str, Value]
    products: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Derivative(Result):
    """A value and its derivatives by one variable, up to some order.

    Attributes:
        variable: the name.
        order: of the highest derivative.
        derivatives: the first to the highest, each of the value's shape.
    """

    variable: str
    order: int
    derivatives: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Checked(Result):
    """A result of which the verdict is what was asked for.

    Attributes:
        of: what was checked: "gradient", "jacobian" or "hessian".
        derived: the derivatives that were.
    """

    of: str
    derived: Gradient | Jacobian | Hessian


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One tensor of the computation.

    Attributes:
        op: PyTorch's name of the node ("MulBackward0"), "" for a leaf.
        name: the variable's or the assigned name, "" if it has none.
        text: the sub-expression.
        value: its value.
        grad: the derivative of the result with respect to it, None where it was not asked for.
        inputs: positions of the nodes that it was computed from.
    """

    op: str
    name: str
    text: str
    value: Value
    grad: Value | None
    is_leaf: bool
    requires_grad: bool
    inputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Graph(Result):
    """The computation as a graph: nodes in the order of evaluation, the last one being the result."""

    nodes: tuple[GraphNode, ...]
    with_grad: bool


def plain(array: Any) -> Value:
    """A Python float for a scalar, a float64 array otherwise.

    >>> plain(np.float64(2.0)), plain(np.ones(2))
    (2.0, array([1., 1.]))
    """
    whole = np.asarray(array, dtype=np.float64)
    return float(whole) if whole.ndim == 0 else whole

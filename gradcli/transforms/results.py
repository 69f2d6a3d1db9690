"""What the transforms give back: plain dataclasses of numbers, arrays and names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import Span

__all__ = [
    "Agreement", "Checked", "Derivative", "Evaluation", "Gradient", "Graph", "GraphNode", "Hessian", "HessianProduct",
    "Jacobian", "Kink", "Origin", "OriginKind", "Pushforward", "Remedy", "Result", "Sides", "Testimony", "Value",
    "Verdict", "Witnesses",
    "plain",
]  # fmt: skip

Value: TypeAlias = float | NDArray[np.float64]
"""A number, or a float64 array of at least one axis."""

VerdictName: TypeAlias = Literal["verified", "differs", "kink", "not checked"]

Agreement: TypeAlias = Literal[
    "all", "both", "engine and SymPy", "engine and numeric", "SymPy and numeric", "none", "undecided", "kink", "unknown"
]
"""Which witnesses agree: `both` where one is silent; two by name against the third; `undecided` where the numeric one
is too coarse to say which of the two others is right."""


@dataclass(frozen=True, slots=True)
class Testimony:
    """What three witnesses say of one derivative entry, and what explains the distance between them.

    Attributes:
        label: the entry's name, "df/dx[0]".
        engine: gradcli's number.
        truth: SymPy's, to 30 significant digits; what it is instead ("kink", "infinite"); None if it has not answered.
        numeric: the one made from values of the expression alone, None where there is none.
        uncertainty: how far off the numeric one may be, by its own estimate.
        method: how it was made, "complex step" or "differences"; or why it was not.
        agreement: which of them agree.
        ulps: the engine's error in units in the last place of the truth.
        digits: how many decimal digits of the engine's number are right; without a truth, how many the numeric
            derivative vouches for.
        condition: by how much a relative change of all inputs is magnified: sum(|x_i * dg/dx_i|)/|g| for the entry g.
        rounding: a first-order bound on the engine's error, in ulps, when every operation rounds once.
    """

    label: str
    engine: float
    truth: str | None
    numeric: float | None
    uncertainty: float | None
    method: str
    agreement: Agreement
    ulps: float | None = None
    digits: float | None = None
    condition: float | None = None
    rounding: float | None = None


@dataclass(frozen=True, slots=True)
class Witnesses:
    """The testimonies about a result's derivative entries.

    Attributes:
        entries: in the result's order; of a large result a sample.
        total: how many derivative entries there are.
        notes: what follows for the result as a whole, a sentence each.
    """

    entries: tuple[Testimony, ...]
    total: int
    notes: tuple[str, ...] = ()

    def worst(self, limit: int) -> tuple[Testimony, ...]:
        """All entries in order; of more, those on which not all agree first, then those of fewest digits."""
        if len(self.entries) <= limit:
            return self.entries
        return tuple(sorted(self.entries, key=_badness)[:limit])


def _badness(entry: Testimony) -> tuple[bool, float, float]:
    return entry.agreement in ("all", "both"), 99.0 if entry.digits is None else entry.digits, -(entry.ulps or 0.0)


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


OriginKind: TypeAlias = Literal["input", "forward", "backward", "tangent"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the first non-finite number arose.

    Attributes:
        message: what happened, a sentence.
        source: the program's text.
        span: the sub-expression.
        hint: what helps.
        kind: input, for a value that was given so; forward, where finite arguments have a value that is not;
            backward, where a finite cotangent becomes one that is not; tangent, the same on the way forward.
        operation: its name; "" for an input.
        inputs: the operation's arguments: at the index if there is one, else whole; None for large arrays.
        output: the operation's value there.
        index: the first entry concerned, of an array.
        entries: how many entries are concerned.
        cotangent: what came back to the entry, or as a tangent forward.
        partial: what it was multiplied with; None where that is not one number.
        remedy: another way to write a part of the program, equal to it, with finite results at this point.
    """

    message: str
    source: str
    span: Span
    hint: str | None = None
    kind: OriginKind = "forward"
    operation: str = ""
    inputs: tuple[Value | None, ...] = ()
    output: Value | None = None
    index: tuple[int, ...] | None = None
    entries: int = 1
    cotangent: float | None = None
    partial: float | None = None
    remedy: Remedy | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """Another way to write a part of a program.

    Attributes:
        span: the part.
        before: its text.
        after: the text to put in its place.
        program: the whole program with it.
        claim: both texts with the assigned names written out: they are said to be equal.
        confirmed: how SymPy has confirmed that: "proved", or at how many points; "" before it has been asked.
    """

    span: Span
    before: str
    after: str
    program: str
    claim: tuple[str, str] = ("", "")
    confirmed: str = ""


@dataclass(frozen=True, slots=True)
class Sides:
    """A derivative entry from both sides.

    Attributes:
        of: the entry's label, "df/dx".
        left: its limit from below, possibly infinite; None where there is none, or none that is known.
        right: its limit from above.
        given: the number that the engine's conventions give.
        jumps: whether the value itself jumps there.
        added: whether `given` is what the partial derivatives add up to along a direction.
    """

    of: str
    left: float | None
    right: float | None
    given: float
    jumps: bool = False
    added: bool = False


@dataclass(frozen=True, slots=True)
class Kink:
    """An operation at a point where it is not differentiable, and what becomes of the result.

    Attributes:
        kind: "kink" where the result is not differentiable either; "smooth" where it is and the conventions give
            a wrong number for it; "undecided" where the one-sided derivatives are not known.
        op: the operation.
        source: the program's text.
        span: the place of the operation in it.
        at: the arguments, or the indices of the entries, for a person.
        indices: of an array's entries those at the kink, at most ten.
        count: how many there are.
        convention: what the derivative of the operation is taken to be there.
        peers: what other packages give at such a point, by name.
        peers_at: the point that this was measured at.
        sides: the derivative entries that are concerned.
        reason: for "undecided", why.
    """

    kind: Literal["kink", "smooth", "undecided"]
    op: str
    source: str
    span: Span
    at: str
    indices: tuple[tuple[int, ...], ...]
    count: int
    convention: str
    peers: dict[str, str]
    peers_at: str
    sides: tuple[Sides, ...]
    reason: str | None = None


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

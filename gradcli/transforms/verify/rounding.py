"""How much rounding alone can change a result, by one more reverse sweep over its own computation.

Each operation's result is off by at most about half a unit in the last place; to first order the output
is then off by at most sum(|adjoint * value|) * u over all operations, u being 2**-53. The computation
of a derivative is itself recorded (`create_graph`), so that the same sum bounds its error too. The sum is over every
operation of the run, those on constants and on other variables included (`verify.recording`), over what rounds
inside an operation of several steps (`verify.inside`), and, where there are weights or more is needed, over the
cotangents that are constant: that of [x, x, x] with weights is their sum.

Where the slope vanishes the first order says nothing: a square of rounding is left of (0.1*x + 0.4 - 0.5)**2 at 1. The
adjoints are then taken at a point nearby, every computed number moved by the units that it may be off by: by the mean
value theorem they, and not those at the point itself, carry the errors.

Sources: S. Linnainmaa, "Taylor expansion of the accumulated rounding error", BIT 16 (1976) 146-160; N. J. Higham,
"Accuracy and Stability of Numerical Algorithms", 2nd ed. (SIAM 2002), chapters 1, 9 and 14.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.address import EntryAddress
from gradcli.engine.sweeps.backward import propagate
from gradcli.engine.sweeps.subgraph import leading_to
from gradcli.engine.tape.modes import collecting
from gradcli.engine.tape.tensor import Tensor
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.derivative import Derivative
from gradcli.transforms.results.tolerances import SLACK, UNIT_ROUNDOFF
from gradcli.transforms.verify.inside import inside, terms
from gradcli.transforms.verify.nearby_series import by_moving, nearby_series
from gradcli.transforms.verify.recording import Move, record
from gradcli.transforms.verify.sizes import total, total_product

__all__ = ["Bounds", "Cause", "Sensitivity", "Tape", "rounding_bounds"]

_UNDERFLOW = 2.0**-1022
"""Below the smallest normal number float64 keeps fewer digits than the bound takes for granted, or none."""

_MOVES = 2
"""At so many points nearby the adjoints are taken."""

_MOVED = 2.0**-51
"""How far each number is moved, relative to itself: by the units that functions may be off by."""

_TAPED = 4
"""Derivatives of higher orders, which a series gives, are not recorded: each takes several times the one before."""

_SHRUNK = 2.0**-8
"""A sum has cancelled where it is this much smaller than its terms."""


Cause: TypeAlias = Literal["underflow", "point", "form"]
"""Why rounding could grow: numbers below float64's normal range, the point's condition, or the way of computing."""


class Sensitivity(NamedTuple):
    """What a number's error comes from.

    Attributes:
        bound: on its absolute error, when every operation rounds once.
        condition: by how much a relative change of all inputs is magnified, sum(|x_i * dg/dx_i|)/|g|: the
            componentwise condition number (Higham 2002, 1.6).
    """

    bound: float
    condition: float


def rounding_bounds(result: Derived, addresses: Sequence[EntryAddress]) -> list[float]:
    """For each of a result's entries, a first-order bound on the engine's rounding error."""
    bounds = Bounds(result)
    return [bounds.bound(address) for address in addresses]


class Bounds:
    """Bounds on the rounding errors of a result's entries."""

    def __init__(self, result: Derived) -> None:
        self._result = result

    @cached_property
    def _tape(self) -> Tape:
        return Tape(self._result)

    @cached_property
    def _nearby(self) -> list[Tape]:
        return [Tape(self._result, seed) for seed in range(_MOVES)]

    @cached_property
    def _series(self) -> list[tuple[float, Derivative]]:
        return [*nearby_series(self._result)] if isinstance(self._result, Derivative) else []

    def bound(self, address: EntryAddress, needed: float = 0.0) -> float:
        """A bound on an entry's rounding error.

        Args:
            address: of the value or a derivative.
            needed: if the first-order bound is below it, the orders beyond are counted too.

        >>> from gradcli.transforms.operators.grad import grad
        >>> bounds = Bounds(grad("(0.1*x + 0.4 - 0.5)**2", {"x": 1.0}))
        >>> bounds.bound(EntryAddress(0)), 0 < bounds.bound(EntryAddress(0), 1e-33) < 1e-31
        (0.0, True)
        """
        series = isinstance(self._result, Derivative)
        found = by_moving(self._result, address, self._series) if series else self._tape.bound(address)
        if found >= needed or address.order > _TAPED:
            return found
        return max(found, *(tape.bound(address) for tape in self._nearby))

    def explain(self, error: float, address: EntryAddress, allowed: float = 0.0) -> bool:
        """Whether rounding, and what is allowed beside it, can have made an entry's error."""
        if error <= max(allowed, _UNDERFLOW):
            return True
        return bool(error <= SLACK * self.bound(address, (error - allowed) / SLACK) + allowed)

    def sensitivity(self, address: EntryAddress) -> Sensitivity:
        """What a derivative entry's error comes from: the operations' rounding, and the inputs'."""
        return self._tape.sensitivity(address)

    def cause(self, address: EntryAddress) -> Cause:
        """Why rounding could grow on the way to a derivative.

        >>> from gradcli.transforms.operators.grad import grad
        >>> result = grad("exp(-735*x)*exp(700*x)", {"x": 1.0})
        >>> Bounds(result).cause(result.address(0))
        'underflow'
        """
        if address.along or address.order > _TAPED:
            return "form"
        return self._tape.cause(address)

    def cancelled(self, address: EntryAddress) -> float:
        """How large the terms are of the sum that cancelled last on the way to an entry; 0 if none did.

        >>> from gradcli.transforms.operators.grad import grad
        >>> result = grad("x*(0.1 + 0.2 - 0.3)", {"x": 1.0})
        >>> Bounds(result).cancelled(result.address(0))
        0.30000000000000004
        """
        if address.order > _TAPED:
            return 0.0
        return self._tape.cancelled(address) or max(tape.cancelled(address) for tape in self._nearby)


class Tape:
    """The computation of a result, recorded anew, each derivative of it when first asked for.

    Args:
        result: what was computed.
        nearby: for a run with every computed number moved, the seed of the moves' signs.
    """

    def __init__(self, result: Derived, nearby: int | None = None) -> None:
        self._result = result
        self._wrt = result.wrt()
        prepared = prepare(result.expression, result.inputs, self._wrt)
        recording = record(prepared, None if nearby is None else _moves(nearby))
        self._inputs = recording.inputs
        self._value = recording.value
        self._rounded = recording.rounded
        # Cotangents add up on the way back, and so do constant ones: those of 0.1*x + 0.2*x - 0.3*x to 0, nearly.
        self._watched = nearby is not None or result.weights() is not None
        self._seeds: list[Tensor] = []
        self._made: dict[Any, Any] = {}

    def bound(self, address: EntryAddress) -> float:
        """The first-order bound for one entry."""
        tensor, entry, seed = self._recorded_entry(address)
        if tensor is None:
            return 0.0
        if address.along:
            return self._along(self._pulled(tensor, seed), self._result.direction())
        return self._entry(tensor, entry)

    def sensitivity(self, address: EntryAddress) -> Sensitivity:
        """The bound, and the condition by the variables that are differentiated by."""
        tensor, entry, _ = self._recorded_entry(address)
        if tensor is None or tensor.grad_fn is None:
            return Sensitivity(0.0, 0.0)
        change = self._change(tensor, entry)
        size = abs(float(np.ravel(tensor.array)[entry]))
        condition = change / size if size else float("inf") if change else 0.0
        return Sensitivity(self._sum(self._adjoints(tensor, entry)), condition)

    def _change(self, number: Tensor, entry: int) -> float:
        """sum(|x_i * dg/dx_i|): by how much a relative change of the inputs changes a number."""
        inputs = [self._inputs[name] for name in self._wrt]
        adjoints = self._adjoints(number, entry, inputs)
        return sum(total(adjoint * leaf.array) for leaf, adjoint in _reached(inputs, adjoints))

    def cause(self, address: EntryAddress) -> Cause:
        """Of the bound: what underflow makes half of, or what a change of the inputs by a unit would make as well."""
        tensor, entry, _ = self._recorded_entry(address)
        if tensor is None or tensor.grad_fn is None:
            return "form"
        adjoints = self._adjoints(tensor, entry)
        bound = self._sum(adjoints)
        if 2 * self._underflown(adjoints) >= bound:
            return "underflow"
        return "point" if SLACK * self._change(tensor, entry) * UNIT_ROUNDOFF >= bound else "form"

    def cancelled(self, address: EntryAddress) -> float:
        """As `Bounds.cancelled`; what enlarges the sum on its way to the entry is not counted, what shrinks it is.

        A sum of numbers that are rounding alone, which some sum before it has left, is not the one that cancelled.
        """
        tensor, entry, seed = self._recorded_entry(address)
        if tensor is None:
            return 0.0
        if address.along:
            tensor, entry = self._directional(self._pulled(tensor, seed), self._result.direction()), 0
        if tensor.grad_fn is None:
            return 0.0
        adjoints = self._adjoints(tensor, entry)
        values = self._values()
        noise = SLACK * self._sum(adjoints)
        with np.errstate(all="ignore"):
            for made, adjoint in reversed([*_reached(self._rounded, adjoints)]):
                sizes = None if made.grad_fn is None else terms(made.grad_fn, _given(made, values))
                if sizes is None:
                    continue
                carried = np.minimum(np.abs(adjoint), 1.0) * sizes
                cancelled = (np.abs(made.array) <= _SHRUNK * sizes) & (np.abs(adjoint) * sizes > noise)
                found = np.where(cancelled, carried, 0.0)
                largest = float(np.max(found, initial=0.0))
                if largest > 0 and np.isfinite(largest):
                    return largest
        return 0.0

    def _recorded_entry(self, address: EntryAddress) -> tuple[Tensor | None, int, NDArray[np.float64]]:
        """A number of the result, before it is differentiated along a direction, as an entry of a recorded tensor.

        Returns:
            The tensor, None for what does not depend on the input; the entry; and the seed that picks it.
        """
        weights = self._result.weights()
        tensor, entry = self._value, address.output
        seed = _one_hot(tensor, entry) if weights is None else np.reshape(weights, tensor.shape)
        for by in address.by:
            found = self._pulled(tensor, seed)[by.name] if tensor.requires_grad else None
            if found is None:
                return None, 0, seed
            tensor, entry = found, by.entry
            seed = _one_hot(tensor, entry)
        return tensor, entry, seed

    def _pulled(self, output: Tensor, seed: NDArray[np.float64]) -> dict[str, Tensor | None]:
        """The derivatives by the variables; the walk leaves out what leads to others alone."""
        key = (id(output), seed.tobytes())
        if key not in self._made:
            wanted = [self._inputs[name] for name in self._wrt]
            start = Tensor(seed.copy(), self._watched)
            self._seeds += [start] if self._watched else []
            pulled: dict[tuple[int, int], Any] = {_slot(leaf): None for leaf in wanted}
            with collecting() as found:
                propagate(
                    [output],
                    [start],
                    retain_graph=True,
                    create_graph=True,
                    captures=pulled,
                    needed=leading_to([output], wanted),
                )
            self._rounded += found
            # What is zero by its rule may arrive as an array that nothing recorded.
            arrived = [
                g if g is None or isinstance(g, Tensor) else Tensor(g) for g in map(pulled.get, map(_slot, wanted))
            ]
            self._made[key] = dict(zip(self._wrt, arrived, strict=True))
        made: dict[str, Tensor | None] = self._made[key]
        return made

    def _entry(self, number: Tensor, entry: int) -> float:
        if number.grad_fn is None and not number.requires_grad:
            return 0.0
        return self._sum(self._adjoints(number, entry))

    def _along(self, slopes: dict[str, Tensor | None], direction: Mapping[str, Any]) -> float:
        """The bound for the sum of slopes times components, the products' and the sum's own rounding included."""
        found = 0.0
        for name, components in direction.items():
            slope = slopes[name]
            if slope is None:
                continue
            for entry, component in enumerate(np.ravel(components)):
                size = abs(float(component))
                number = abs(float(np.ravel(slope.array)[entry]))
                found += size * (self._entry(slope, entry) + 4 * UNIT_ROUNDOFF * number) if size else 0.0
        return found

    def _directional(self, slopes: dict[str, Tensor | None], direction: Mapping[str, Any]) -> Tensor:
        """The sum of slopes times components, recorded."""
        total = Tensor(0.0)
        with collecting() as found:
            for name, components in direction.items():
                slope = slopes.get(name)
                if slope is not None:
                    total = total + (slope * Tensor(np.reshape(components, slope.shape))).sum()
        self._rounded += found
        return total

    def _adjoints(self, output: Tensor, entry: int, inputs: Sequence[Tensor] = ()) -> dict[tuple[int, int], Any]:
        """The derivatives of an output's entry by all that was computed on the way to it, and by inputs."""
        wanted: dict[tuple[int, int], Any] = {_slot(t): None for t in (*self._rounded, *inputs)}
        propagate([output], [_one_hot(output, entry)], retain_graph=True, create_graph=False, captures=wanted)
        return wanted

    def _sum(self, adjoints: Mapping[tuple[int, int], Any]) -> float:
        """sum(|adjoint * value|) * u over all that was computed, with what rounds inside the operations."""
        values = self._values()
        found = 0.0
        with np.errstate(all="ignore"):
            for made, adjoint in _reached(self._rounded, adjoints):
                found += total_product(adjoint, made.array) + inside(made, adjoint, partial(_given, made, values))
        return found * UNIT_ROUNDOFF + self._underflown(adjoints)

    def _underflown(self, adjoints: Mapping[tuple[int, int], Any]) -> float:
        """What underflow may have taken, as it changes the output."""
        values, found = self._values(), 0.0
        with np.errstate(all="ignore"):
            for made, adjoint in _reached(self._rounded, adjoints):
                if np.any(np.abs(made.array) < _UNDERFLOW):
                    found += total(adjoint * _underflow(made, _given(made, values)))
        return found

    def _values(self) -> dict[tuple[int, int], Any]:
        """The arrays of all tensors by their places in the graph."""
        return {_slot(t): t.array for t in (*self._inputs.values(), *self._seeds, *self._rounded)}


def _underflow(made: Tensor, given: Sequence[Any]) -> Any:
    """What underflow may have taken from an operation's result: the smallest number, or all below the normal ones.

    Arithmetic underflows gradually; libraries' functions may give 0 for all that is below the normal numbers. Of a 0
    that was given, the result is exact.
    """
    node = made.grad_fn
    elementwise = node is not None and node.rule.op.kind == "elementwise"
    gradual = not elementwise or (node is not None and node.rule.op.value in _ARITHMETIC)
    tiny = np.abs(made.array) < _UNDERFLOW
    for x in given if elementwise else ():
        tiny = tiny & (True if x is None else x != 0)
    return (2.0**-1074 if gradual else _UNDERFLOW) * tiny


_ARITHMETIC = ("numpy.add", "numpy.subtract", "numpy.multiply", "numpy.true_divide", "numpy.negative", "numpy.square")


def _moves(seed: int) -> Move:
    random = np.random.default_rng(seed)
    return lambda array: 1 + _MOVED * random.choice([-1.0, 1.0], np.shape(array))


def _slot(tensor: Tensor) -> tuple[int, int]:
    return tensor.edge().key, tensor.output_nr


def _reached(tensors: Sequence[Tensor], adjoints: Mapping[tuple[int, int], Any]) -> Iterator[tuple[Tensor, Any]]:
    """The tensors that the output depends on, with their adjoints."""
    for tensor in tensors:
        adjoint = adjoints[_slot(tensor)]
        if adjoint is not None:
            yield tensor, adjoint


def _given(tensor: Tensor, values: Mapping[tuple[int, int], Any]) -> list[Any]:
    """The inputs of the operation that made a tensor, None for those that are neither saved nor recorded."""
    node = tensor.grad_fn
    if node is None:
        return []
    saved = node.inputs
    kept = [saved[i] if i < len(saved) else None for i in range(len(node.edges))]
    slots = [None if edge is None else (edge.key, index) for edge, index in node.next_functions]
    found = [values.get(slot) if x is None and slot is not None else x for x, slot in zip(kept, slots, strict=True)]
    return [None if x is None else np.asarray(x, dtype=float) for x in found]


def _one_hot(tensor: Tensor, entry: int) -> NDArray[np.float64]:
    seed = np.zeros(tensor.array.size)
    seed[entry] = 1.0
    return seed.reshape(tensor.shape)

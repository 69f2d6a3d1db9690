"""How much rounding alone can change a result, by one more reverse sweep over its own computation.

Each operation's result is off by at most about half a unit in the last place; to first order the output
is then off by at most sum(|adjoint * value|) * u over all operations, u being 2**-53. The computation
of a derivative is itself recorded (`create_graph`), so that the same sum bounds its error too.

The algorithms of linear algebra (inv, solve, det, ...) are not off by half a unit in each entry of their
result: the result is the exact one of a matrix that is off by some units in its largest entry. For them
the input counts instead, each entry with the size of the largest.

Sources: S. Linnainmaa, "Taylor expansion of the accumulated rounding error", BIT 16 (1976) 146-160; N. J. Higham,
"Accuracy and Stability of Numerical Algorithms", 2nd ed. (SIAM 2002), chapters 1, 9 and 14.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.sweeps import backward
from gradcli.engine.sweeps.backward import propagate
from gradcli.engine.tape.modes import collecting
from gradcli.engine.tape.node import Node
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import Problem
from gradcli.ops.calls.paths import resolve_rule
from gradcli.symbolic import EntryAddress
from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.program.execute import execute, leaves
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.derivative import Derivative

__all__ = ["Sensitivity", "Tape", "rounding_bounds"]

UNIT_ROUNDOFF = 2.0**-53

_UNITS = 4.0
"""By how many units special functions may see their argument changed; near their zeros this is what counts."""


def rounding_bounds(result: Derived, addresses: Sequence[EntryAddress]) -> list[float]:
    """For each of a result's entries, a first-order bound on the engine's rounding error."""
    if isinstance(result, Derivative):
        return [_by_moving(result, address) for address in addresses]
    tape = Tape(result)
    return [tape.bound(address) for address in addresses]


class Tape:
    """The computation of a result, recorded anew, each derivative of it when first asked for."""

    def __init__(self, result: Derived) -> None:
        self._result = result
        self._wrt = result.wrt()
        prepared = prepare(result.expression, result.inputs, self._wrt)
        self._leaves = leaves(prepared)
        self._recorded: list[Tensor] = []
        self._made: dict[Any, Any] = {}
        self._value: Tensor = self._record(lambda: execute(prepared.program, self._leaves))

    def _record(self, compute: Callable[[], Any]) -> Any:
        with collecting() as found:
            made = compute()
        self._recorded += found
        return made

    def bound(self, address: EntryAddress) -> float:
        """The bound for one entry."""
        tensor, entry, seed = self._recorded_entry(address)
        if tensor is None:
            return 0.0
        if address.along:
            return self._along(self._pulled(tensor, seed), self._result.direction())
        return self._entry(tensor, entry)

    def sensitivity(self, address: EntryAddress) -> Sensitivity:
        """What a derivative entry's error comes from: the operations' rounding, and the inputs'."""
        tensor, entry, _ = self._recorded_entry(address)
        if tensor is None or tensor.grad_fn is None:
            return Sensitivity(0.0, 0.0)
        inputs = [leaf for leaf in self._leaves.values() if leaf.requires_grad]
        bound, moved = _swept(tensor, entry, self._recorded, inputs)
        size = abs(float(np.ravel(tensor.array)[entry]))
        return Sensitivity(bound, moved / size if size else float("inf") if moved else 0.0)

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
        key = (id(output), seed.tobytes())
        if key not in self._made:
            wanted = [self._leaves[name] for name in self._wrt]
            found = self._record(lambda: backward.grad(output, wanted, seed, create_graph=True, allow_unused=True))
            self._made[key] = dict(zip(self._wrt, found, strict=True))
        pulled: dict[str, Tensor | None] = self._made[key]
        return pulled

    def _entry(self, derivative: Tensor | None, entry: int) -> float:
        return 0.0 if derivative is None else _bound(derivative, entry, self._recorded)

    def _along(self, slopes: dict[str, Tensor | None], direction: Mapping[str, Any]) -> float:
        """The bound for the sum of slopes times components, the products' and the sum's own rounding included."""
        total = 0.0
        for name, components in direction.items():
            slope = slopes[name]
            if slope is None:
                continue
            for entry, component in enumerate(np.ravel(components)):
                size = abs(float(component))
                number = abs(float(np.ravel(slope.array)[entry]))
                total += size * (self._entry(slope, entry) + 4 * UNIT_ROUNDOFF * number) if size else 0.0
        return total


def _one_hot(tensor: Tensor, entry: int) -> NDArray[np.float64]:
    seed = np.zeros(tensor.array.size)
    seed[entry] = 1.0
    return seed.reshape(tensor.shape)


class Sensitivity(NamedTuple):
    """What a number's error comes from.

    Attributes:
        bound: on its absolute error, when every operation rounds once.
        condition: by how much a relative change of all inputs is magnified, sum(|x_i * dg/dx_i|)/|g|: the
            componentwise condition number (Higham 2002, 1.6).
    """

    bound: float
    condition: float


def _bound(output: Tensor, entry: int, computed: Sequence[Tensor]) -> float:
    """sum(|adjoint * value|) * u over all recorded results that the output's entry was computed from."""
    return 0.0 if output.grad_fn is None else _swept(output, entry, computed, ())[0]


def _swept(output: Tensor, entry: int, computed: Sequence[Tensor], inputs: Sequence[Tensor]) -> tuple[float, float]:
    """The bound, and sum(|adjoint * value|) over the inputs, by one sweep back from the output's entry."""
    adjoints: dict[tuple[int, int], Any] = {(t.edge().key, t.output_nr): None for t in (*computed, *inputs)}
    seed = _one_hot(output, entry)
    propagate([output], [seed], retain_graph=True, create_graph=False, captures=adjoints)
    total = moved = 0.0
    with np.errstate(all="ignore"):
        for tensor in computed:
            adjoint = adjoints[tensor.edge().key, tensor.output_nr]
            if adjoint is not None:
                total += _sum(adjoint * tensor.array) + _by_inputs(tensor, adjoint)
        for leaf in inputs:
            adjoint = adjoints[leaf.edge().key, leaf.output_nr]
            if adjoint is not None:
                moved += _sum(adjoint * leaf.array)
    return total * UNIT_ROUNDOFF, moved


def _sum(terms: Any) -> float:
    """The sum of the finite terms' sizes."""
    sizes = np.abs(np.asarray(terms, dtype=float))
    return float(np.sum(sizes[np.isfinite(sizes)]))


def _by_inputs(tensor: Tensor, adjoint: Any) -> float:
    """What a change of a backward stable operation's inputs by some units of their largest entries makes."""
    node = tensor.grad_fn
    if node is None:
        return 0.0
    if node.rule.op.kind == "elementwise" and not node.rule.op.value.startswith("numpy."):
        return _UNITS * sum(
            _sum(node.rule.vjps[i](adjoint, node.out, node.inputs, node.shapes, node.statics) * saved)
            for i, saved in enumerate(node.inputs)
            if saved is not None and node.edges[i] is not None
        )
    if node.rule.op.kind == "multilinear" and all(saved is not None for saved in node.inputs):
        # The sums in a product round like the sums of the terms' sizes, of which cancellation leaves nothing to see.
        sizes = [np.abs(np.asarray(saved, dtype=float)) for saved in node.inputs]
        return _sum(adjoint * node.rule.forward(*sizes, **node.statics))
    if not node.rule.op.backward_stable:
        return 0.0
    total = 0.0
    g = (
        [adjoint if i == tensor.output_nr else None for i in range(len(node.output_shapes))]
        if node.rule.multi_output
        else adjoint
    )
    for i, edge in enumerate(node.edges):
        given = _input(node, i)
        if edge is not None and given is not None and given.ndim > 1:
            slope = node.rule.vjps[i](g, node.out, node.inputs, node.shapes, node.statics)
            total += given.shape[-1] * _sum(slope) * float(np.max(np.abs(given), initial=0.0))
    return total


def _input(node: Node, i: int) -> NDArray[np.float64] | None:
    """An operation's input; some keep only their output, which tells the input too."""
    saved = node.inputs[i] if i < len(node.inputs) else None
    if saved is None and node.rule.op.inverse:
        with suppress(Problem):  # an inverse may be rounded to a singular matrix, which tells nothing
            saved = resolve_rule(node.rule.op.inverse)(node.out)
    return None if saved is None else np.asarray(saved, dtype=float)


_STEPS = (2.0**-46, -(2.0**-46), 2.0**-44, -(2.0**-44))
"""Relative moves of the inputs: far above a unit in the last place (2**-52), so that the number moves smoothly, and far
below what changes the derivative in its leading digits."""

_PER_ORDER = 64
"""Rounding inside a series counts as so many units of the inputs for each order: tens of operations a coefficient."""


def _by_moving(result: Derivative, address: EntryAddress) -> float:
    """For a Taylor series, which leaves no tape: how far the number moves when the inputs move by some 2**-45.

    Rounding inside the series is some tens of units of the same kind; it is estimated and not bounded.
    """
    here = result.number(address)
    moved = []
    for step in _STEPS:
        inputs = {n: v if np.asarray(v).dtype == bool else v * (1 + step) for n, v in result.inputs.items()}
        there = derivative(result.expression, inputs, result.order, result.variable)
        moved.append(abs(there.number(address) - here) * 2.0**-53 / abs(step))
    return _PER_ORDER * max(address.order, 1) * max([*moved, UNIT_ROUNDOFF * abs(here)])

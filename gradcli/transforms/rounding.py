"""How much rounding alone can change a result, by one more reverse sweep over its own computation.

Each operation's result is off by at most about half a unit in the last place; to first order the output
is then off by at most sum(|adjoint * value|) * u over all operations, u being 2**-53. The computation
of a derivative is itself recorded (`create_graph`), so that the same sum bounds its error too.

Source: S. Linnainmaa, "Taylor expansion of the accumulated rounding error", BIT 16 (1976) 146-160.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.engine import autograd
from gradcli.engine.backward import propagate
from gradcli.engine.modes import watching
from gradcli.engine.tensor import Tensor
from gradcli.symbolic.question import Truth
from gradcli.transforms.execute import execute, leaves
from gradcli.transforms.inputs import prepare
from gradcli.transforms.results import Gradient, Jacobian

__all__ = ["rounding_bounds"]

UNIT_ROUNDOFF = 2.0**-53


def rounding_bounds(result: Gradient | Jacobian, truths: Sequence[Truth]) -> list[float]:
    """For each entry of a result that a truth names, a first-order bound on the engine's rounding error."""
    wrt = tuple(result.jacobians if isinstance(result, Jacobian) else result.gradients)
    prepared = prepare(result.expression, result.inputs, wrt)
    tensors = leaves(prepared)
    with watching() as forward:
        value = execute(prepared.program, tensors)
    bounds: dict[tuple[int, str, int], float] = {}
    for output in dict.fromkeys(t.output for t in truths if t.name):
        entries = [t for t in truths if t.name and t.output == output]
        with watching() as backward:
            pulled = autograd.grad(
                value, [tensors[n] for n in wrt], _seed(result, value, output), create_graph=True, allow_unused=True
            )
        for truth in entries:
            derivative = pulled[wrt.index(truth.name)]
            bound = 0.0 if derivative is None else _bound(derivative, truth.entry, [*forward, *backward])
            bounds[output, truth.name, truth.entry] = bound
    for truth in truths:
        if not truth.name:
            bounds[truth.output, "", 0] = _bound(value, truth.output, forward)
    return [bounds[t.output, t.name, t.entry] for t in truths]


def _seed(result: Gradient | Jacobian, value: Tensor, output: int) -> NDArray[np.float64]:
    if isinstance(result, Gradient):
        return np.ones(value.shape) if result.seed is None else np.reshape(result.seed, value.shape)
    return _one_hot(value, output)


def _one_hot(tensor: Tensor, entry: int) -> NDArray[np.float64]:
    seed = np.zeros(tensor.array.size)
    seed[entry] = 1.0
    return seed.reshape(tensor.shape)


def _bound(output: Tensor, entry: int, computed: Sequence[Tensor]) -> float:
    """sum(|adjoint * value|) * u over all recorded results that the output's entry was computed from."""
    if output.grad_fn is None:
        return 0.0
    adjoints: dict[tuple[int, int], Any] = {(t.edge().key, 0): None for t in computed}
    seed = _one_hot(output, entry)
    propagate([output], [seed], retain_graph=True, create_graph=False, wanted=adjoints)
    total = 0.0
    with np.errstate(all="ignore"):
        for tensor in computed:
            adjoint = adjoints[tensor.edge().key, 0]
            if adjoint is not None:
                terms = np.abs(adjoint * tensor.array)
                total += float(np.sum(terms[np.isfinite(terms)] if np.ndim(terms) else np.nan_to_num(terms)))
    return total * UNIT_ROUNDOFF

"""Results that are not finite: computed again without what they do not depend on, and if they stay so, explained.

Where all numbers are finite nothing of this runs, nor is it imported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.sweeps.masked_backward import Provenance, masked_vjp
from gradcli.engine.sweeps.structural_dependence import result_mask, selected_entries
from gradcli.engine.tape.tensor import Tensor, unwrap
from gradcli.lang import Call, Name
from gradcli.transforms.nonfinite.first_nonfinite import first_nonfinite_backward, first_nonfinite_forward
from gradcli.transforms.nonfinite.origins import backward_origin, forward_origin, series_origin, tangent_origin
from gradcli.transforms.program.finite import is_finite, not_a_number, not_finite
from gradcli.transforms.program.prepare import Prepared
from gradcli.transforms.program.trace import Step, Trace, record
from gradcli.transforms.results.findings import Origin
from gradcli.transforms.taylor.series import Series

__all__ = [
    "Recomputed",
    "origin_of_series",
    "recompute_gradient",
    "recompute_hessian",
    "recompute_jacobian",
    "recompute_tangent",
    "recompute_value",
]

Array = NDArray[np.float64]


class Recomputed(NamedTuple):
    """Numbers, finite where they can be, and where the first that is not came from."""

    numbers: dict[str, Array]
    origin: Origin | None


def recompute_value(prepared: Prepared) -> Origin | None:
    """Where a value that is not finite came from."""
    return _value_origin(record(prepared))


def _value_origin(trace: Trace) -> Origin | None:
    if is_finite(trace.value):
        return None
    step = first_nonfinite_forward(trace.steps, trace.value)
    if step is None:
        return None
    lost = not_a_number(trace.value).any() and not not_a_number(step.out).any()
    later = first_nonfinite_forward(trace.steps, trace.value, bad=not_a_number) if lost else None
    return forward_origin(trace.prepared, step, later)


def recompute_gradient(
    prepared: Prepared, cotangent: Any, gradients: Mapping[str, Array], explain: bool = True
) -> Recomputed:
    """A gradient, computed again where it is not finite.

    Args:
        explain: whether to look for the origin.
    """
    trace = record(prepared)
    found = dict(gradients)
    if not is_finite(*gradients.values()):
        found = _by_name(trace, masked_vjp(trace.value, trace.targets(), cotangent))
    origin = None
    if explain:
        origin = _value_origin(trace)
        if origin is None and not is_finite(*found.values()):
            origin = _slope_origin(trace, cotangent)
    return Recomputed(found, origin)


def _by_name(trace: Trace, cotangents: list[Any]) -> dict[str, Array]:
    names = trace.prepared.wrt
    return {
        name: np.zeros(tensor.shape) if g is None else np.asarray(unwrap(g), dtype=np.float64).reshape(tensor.shape)
        for name, tensor, g in zip(names, trace.targets(), cotangents, strict=True)
    }


def _slope_origin(trace: Trace, cotangent: Any) -> Origin | None:
    birth = first_nonfinite_backward(trace, trace.value, cotangent)
    if birth is None:
        return _unplaced(trace, cotangent)
    return backward_origin(trace.prepared, trace.by_node()[birth.node.key], birth)


def _unplaced(trace: Trace, cotangent: Any = 1.0) -> Origin:
    """For a seed that is not finite itself, and for sums of finite cotangents that overflow."""
    step = next((s for s in trace.steps if isinstance(s.tree, Name) and isinstance(s.out, Tensor)), trace.steps[-1])
    seed = np.ravel(np.asarray(unwrap(cotangent), dtype=np.float64))
    bad = seed[~np.isfinite(seed)]
    message = (
        f"the seed holds {bad[0]}, and what is made of it is not finite either"
        if bad.size
        else "the sum of the derivatives that come back here overflows"
    )
    return Origin(message, trace.prepared.program.source, step.tree.span, kind="backward")


def recompute_jacobian(prepared: Prepared, matrix: Array, explain: bool = True) -> tuple[Array, Origin | None]:
    """A Jacobian, the rows that are not finite computed again."""
    bad = np.flatnonzero(~np.isfinite(matrix).all(axis=1))
    trace = record(prepared)
    seeds = np.eye(matrix.shape[0]).reshape(matrix.shape[0], *trace.value.shape)
    settled = matrix.copy()
    for row in bad:
        pulled = _by_name(trace, masked_vjp(trace.value, trace.targets(), seeds[row]))
        settled[row] = np.concatenate([g.ravel() for g in pulled.values()])
    if not explain:
        return settled, None
    origin = _value_origin(trace)
    left = np.flatnonzero(~np.isfinite(settled).all(axis=1))
    if origin is None and left.size:
        origin = _slope_origin(trace, seeds[left[0]])
    return settled, origin


class Second(NamedTuple):
    """Second derivatives along directions: gradients, and for each seed of a gradient its own gradients."""

    gradients: dict[str, Array]
    rows: list[dict[str, Array]]
    origin: Origin | None


def recompute_hessian(
    prepared: Prepared,
    gradients: Mapping[str, Array],
    rows: list[dict[str, Array]],
    seeds: list[tuple[str, Array]],
    explain: bool = True,
) -> Second:
    """Gradients and their derivatives, computed again where they are not finite.

    Args:
        rows: for each seed the derivatives by each variable.
        seeds: the variable whose gradient is differentiated, and the weights of its entries.
    """
    trace, made = record(prepared), Provenance()
    ones = np.ones(trace.value.shape)
    recorded = dict(
        zip(
            prepared.wrt,
            masked_vjp(trace.value, trace.targets(), ones, create_graph=True, provenance=made),
            strict=True,
        )
    )
    first = _by_name(trace, list(recorded.values()))
    found, spoilt = [], None
    for row, (name, seed) in zip(rows, seeds, strict=True):
        if not is_finite(*row.values()):
            row = _by_name(trace, _pulled_again(trace, recorded[name], seed))
            if spoilt is None and not is_finite(*row.values()):
                spoilt = (name, seed)
        found.append(row)
    if not explain:
        return Second(first, found, None)
    origin = _value_origin(trace)
    if origin is None and not is_finite(*first.values()):
        origin = _slope_origin(trace, ones)
    if origin is None and spoilt is not None:
        origin = _second_origin(trace, recorded[spoilt[0]], spoilt[1], made)
    return Second(first, found, origin)


def _pulled_again(trace: Trace, gradient: Any, seed: Array) -> list[Any]:
    if not isinstance(gradient, Tensor):
        return [None] * len(trace.targets())
    return masked_vjp(gradient, trace.targets(), seed)


def _second_origin(trace: Trace, gradient: Any, seed: Array, made: Provenance) -> Origin | None:
    birth = first_nonfinite_backward(trace, gradient, seed, made)
    if birth is None:
        return _unplaced(trace)
    steps = trace.by_node()
    key = birth.node.key if birth.maker is None else birth.maker
    return backward_origin(trace.prepared, steps[key], birth) if key in steps else _unplaced(trace)


def recompute_tangent(
    prepared: Prepared, tangents: Mapping[str, Array], moved: Array, explain: bool = True
) -> tuple[Array, Origin | None]:
    """A derivative along a direction, computed again where it is not finite."""
    trace = record(prepared._replace(wrt=tuple(tangents)))
    rates = _rates(trace, tangents)
    rate = rates.get(id(trace.value))
    if not is_finite(moved):
        moved = np.zeros(trace.value.shape) if rate is None else np.asarray(rate[0], dtype=float)
    if not explain:
        return moved, None
    origin = _value_origin(trace)
    if origin is None and not is_finite(moved):
        numbers = {key: number for key, (number, _) in rates.items()}
        step = first_nonfinite_forward(trace.steps, trace.value, numbers)
        if step is not None and isinstance(step.tree, Call):
            args = [numbers.get(id(arg)) for arg in step.args]
            origin = tangent_origin(prepared, step, args, not_finite(numbers[id(step.out)]))
    return moved, origin


def origin_of_series(prepared: Prepared, coefficients: Sequence[Any], made: Mapping[int, Series]) -> Origin | None:
    """Where the first coefficient that is not finite came from.

    Args:
        coefficients: of the result, the value first.
        made: of each sub-expression its series, by the id of its tree in the prepared program.
    """
    order = next((k for k, c in enumerate(coefficients) if not is_finite(c)), None)
    if order is None:
        return None
    trace = record(prepared)
    if order == 0:
        return _value_origin(trace)
    numbers = {
        id(step.out): _worst(made[id(step.tree)].coefficients[: order + 1])
        for step in trace.steps
        if id(step.tree) in made
    }
    step = first_nonfinite_forward(trace.steps, trace.value, numbers)
    if step is None or not isinstance(step.tree, Call):
        return None
    own = made[id(step.tree)].coefficients
    first = next(k for k, c in enumerate(own) if not is_finite(c))
    return series_origin(prepared, step, own[first], first)


def _worst(coefficients: Sequence[Any]) -> Any:
    """An array that is not finite where any coefficient is not."""
    with np.errstate(all="ignore"):
        return sum((np.asarray(c) * 0.0 for c in coefficients[1:]), np.asarray(coefficients[0]) * 0.0)


def _rates(trace: Trace, tangents: Mapping[str, Array]) -> dict[int, tuple[Any, Any]]:
    """For each value that moves its rate of change, and which of its entries move at all."""
    rates: dict[int, tuple[Any, Any]] = {
        id(trace.tensors[name]): (t[()], np.not_equal(t, 0)) for name, t in tangents.items()
    }
    with np.errstate(all="ignore"):
        for step in trace.steps:
            moving = [i for i, arg in enumerate(step.args) if id(arg) in rates]
            if step.applied is not None and moving and step.applied.rule.jvps:
                rates[id(step.out)] = _pushed(step, moving, rates)
    return rates


def _pushed(step: Step, moving: list[int], rates: Mapping[int, tuple[Any, Any]]) -> tuple[Any, Any]:
    assert step.applied is not None
    applied = step.applied._replace(passive=tuple(id(arg) not in rates for arg in step.args))
    rule, shape = applied.rule, np.shape(unwrap(step.out))
    still = [(np.zeros(s), np.zeros(s, dtype=bool)) for s in applied.shapes]
    given = [rates.get(id(arg), still[i]) for i, arg in enumerate(step.args)]
    masks = [mask for _, mask in given]
    live = result_mask(applied, masks, shape)
    if rule.variadic:
        whole = rule.jvps[0]([t for t, _ in given], applied.out, applied.inputs, applied.shapes, applied.statics)
        return np.where(live, whole, 0.0)[()], live
    total: Any = 0.0
    for i in moving:
        alone = [m if k == i else np.zeros_like(m) for k, m in enumerate(masks)]
        rate = np.where(selected_entries(applied), given[i][0], 0.0) if rule.op.kind == "reduction" else given[i][0]
        part = rule.jvps[i](rate, applied.out, applied.inputs, applied.shapes, applied.statics)
        total = total + np.where(result_mask(applied, alone, shape), part, 0.0)
    return np.broadcast_to(total, shape)[()], live

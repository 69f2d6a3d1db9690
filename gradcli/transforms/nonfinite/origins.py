"""What to say about the place where a number stopped being finite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.engine.sweeps.structural_dependence import Application
from gradcli.engine.tape.tensor import unwrap
from gradcli.lang import Call
from gradcli.transforms.nonfinite.first_nonfinite import Pulled
from gradcli.transforms.program.finite import not_finite
from gradcli.transforms.program.prepare import Prepared
from gradcli.transforms.program.trace import Step
from gradcli.transforms.results.findings import Origin, OriginKind
from gradcli.transforms.results.value import Value, plain

__all__ = ["backward_origin", "forward_origin", "series_origin", "tangent_origin"]

_OVERFLOWS = "float64 ends at about 1.8e308"
_SHOWN, _KEPT = 6, 100


def forward_origin(prepared: Prepared, step: Step, becomes_nan: Step | None = None) -> Origin:
    """For a step with finite arguments whose value is not finite, or an input that is given so.

    Args:
        becomes_nan: the step at which an infinity that was born here became a NaN.
    """
    origin = _forward(prepared, step)
    if becomes_nan is None or becomes_nan is step or becomes_nan.applied is None:
        return origin
    start, end = becomes_nan.tree.span
    _, given = _arguments(becomes_nan.applied, _first(np.isnan(np.asarray(unwrap(becomes_nan.out)))))
    assert isinstance(becomes_nan.tree, Call)
    later = f"it becomes a NaN in {prepared.program.source[start:end]}: {becomes_nan.tree.function}({given}) is nan"
    return replace(origin, hint=f"{origin.hint}; {later}" if origin.hint else later)


def _forward(prepared: Prepared, step: Step) -> Origin:
    tree, out = step.tree, unwrap(step.out)
    source = prepared.program.source
    bad = not_finite(out)
    index, number = _first(bad), _at(out, _first(bad))
    where, count = _where(index, bad), int(np.sum(bad))
    if step.applied is None or not isinstance(tree, Call):
        message = f"the value given here is {_text(number)}{where}"
        return Origin(message, source, tree.span, None, "input", output=number, index=index, entries=count)
    applied = step.applied
    trouble = applied.rule.op.nonfinite_hints
    undefined = bool(np.isnan(np.asarray(number)).any())
    kind = "a NaN" if undefined else "an infinity"
    hint = (trouble.undefined or None) if undefined else (trouble.infinite or _OVERFLOWS)
    inputs, given = _arguments(applied, index)
    message = f"{kind} arises here: {tree.function}({given}) is {_text(number)}{where}"
    return Origin(
        message, source, tree.span, hint, "forward", tree.function, inputs, number, index, count
    )  # fmt: skip


def backward_origin(prepared: Prepared, step: Step, pulled: Pulled) -> Origin:
    """For a cotangent that stopped being finite on its way back through a step."""
    applied = pulled.applied()
    return _met(prepared, step, applied, pulled, "backward")


def _met(prepared: Prepared, step: Step, applied: Application, pulled: Pulled, kind: OriginKind) -> Origin:
    assert step.applied is not None
    assert isinstance(step.tree, Call)
    name = step.tree.function
    elementwise = applied.rule.op.kind == "elementwise"
    index = _first(pulled.bad)
    cotangent = _number(np.broadcast_to(unwrap(pulled.cotangent), pulled.bad.shape), index) if elementwise else None
    partial = _number(pulled.partial(), index) if elementwise else None
    same = elementwise and np.shape(step.applied.out) == pulled.bad.shape
    place = index if same else None
    inputs, given = _arguments(step.applied, place)
    output = _at(unwrap(step.out), place)
    what = "the second derivative of " if pulled.maker is not None else ""
    word = "a NaN" if np.isnan(_number(pulled.made, index)) else "an infinity"
    message = f"{word} arises on the way back through {what}{name}({given})"
    if cotangent is not None and partial is not None:
        message += f": the cotangent {cotangent!r} meets the partial {partial!r}"
    message += _where(place, pulled.bad)
    return Origin(
        message, prepared.program.source, step.tree.span, _steep(step, applied, output, partial), kind, name, inputs,
        output, place, int(np.sum(pulled.bad)), cotangent, partial,
    )  # fmt: skip


def _steep(step: Step, applied: Application, output: Any, partial: float | None = None) -> str | None:
    """Why a derivative is not finite: because the value is not, because there is none, or in spite of that."""
    assert step.applied is not None
    trouble = step.applied.rule.op.nonfinite_hints
    if output is not None and not_finite(output).any():
        return trouble.undefined if np.isnan(np.asarray(output)).any() else trouble.infinite or _OVERFLOWS
    if partial is not None and np.isnan(partial):
        return trouble.undefined or None
    return applied.rule.op.nonfinite_hints.steep or None


def tangent_origin(prepared: Prepared, step: Step, tangents: Sequence[Any], bad: Any) -> Origin:
    """For a step whose arguments move at a finite rate and whose value does not.

    Args:
        tangents: of the arguments, None for those that stand still.
        bad: which entries of the value's tangent are not finite.
    """
    assert step.applied is not None
    assert isinstance(step.tree, Call)
    applied, name = step.applied, step.tree.function
    elementwise = applied.rule.op.kind == "elementwise"
    index = _first(bad)
    place = index if elementwise else None
    inputs, given = _arguments(applied, place)
    output = _at(unwrap(step.out), place)
    moving = [i for i, t in enumerate(tangents) if t is not None]
    message = f"the rate of change stops being finite at {name}({given})"
    tangent = partial = None
    if elementwise and len(moving) == 1:
        i = moving[0]
        tangent = _number(np.broadcast_to(tangents[i], bad.shape), index)
        with np.errstate(all="ignore"):
            ones = np.ones(bad.shape)[()]
            slope = applied.rule.jvps[i](ones, applied.out, applied.inputs, applied.shapes, applied.statics)
            partial = _number(np.broadcast_to(slope, bad.shape), index)
        message += f": the tangent {tangent!r} meets the partial {partial!r}"
    return Origin(
        message + _where(place, bad), prepared.program.source, step.tree.span, _steep(step, applied, output),
        "tangent", name, inputs, output, place, int(np.sum(bad)), tangent, partial,
    )  # fmt: skip


def series_origin(prepared: Prepared, step: Step, coefficient: Any, order: int) -> Origin:
    """For a step whose arguments have finite derivatives up to this order and whose own is not finite."""
    assert step.applied is not None
    assert isinstance(step.tree, Call)
    applied, name = step.applied, step.tree.function
    bad = not_finite(coefficient)
    place = _first(bad) if applied.rule.op.kind == "elementwise" else None
    inputs, given = _arguments(applied, place)
    output = _at(applied.out, place)
    which = "" if order == 1 else f" of order {order}"
    found = _text(_number(coefficient, _first(bad)))
    message = f"the derivative{which} stops being finite at {name}({given}), where it becomes {found}"
    return Origin(
        message + _where(place, bad), prepared.program.source, step.tree.span, _steep(step, applied, output),
        "tangent", name, inputs, output, place, int(np.sum(bad)),
    )  # fmt: skip


def _first(bad: Any) -> tuple[int, ...] | None:
    """The first entry that is bad; None where there are no entries to choose from."""
    return tuple(int(i) for i in np.argwhere(bad)[0]) if np.ndim(bad) else None


def _where(index: tuple[int, ...] | None, bad: Any) -> str:
    if index is None:
        return ""
    more = int(np.sum(bad)) - 1
    others = f" and {more} more" if more > 0 else ""
    return f", at {list(index)}{others}"


def _arguments(applied: Application, index: tuple[int, ...] | None) -> tuple[tuple[Value | None, ...], str]:
    """An operation's arguments, at an index if it is elementwise, and their text."""
    elementwise = applied.rule.op.kind == "elementwise"
    shape = np.shape(applied.out) if elementwise else ()
    inputs = [_entry(value, index if elementwise else None, shape) for value in applied.inputs]
    shown = [_text(value) for value in inputs] + [f"{k}={v!r}" for k, v in _told(applied)]
    kept = tuple(value if np.size(value) <= _KEPT and _is_number(value) else None for value in inputs)
    return kept, ", ".join(shown)


def _told(applied: Application) -> list[tuple[str, Any]]:
    """The static arguments that are not at their defaults."""
    defaults = applied.rule.op.statics
    return [(k, v) for k, v in applied.statics.items() if not isinstance(v, np.ndarray) and v != defaults.get(k)]


def _entry(value: Any, index: tuple[int, ...] | None, shape: tuple[int, ...]) -> Any:
    if index is None or not _is_number(value):
        return plain(value) if _is_number(value) else value
    return _number(np.broadcast_to(value, shape), index)


def _at(value: Any, index: tuple[int, ...] | None) -> Any:
    return plain(value) if index is None else _number(value, index)


def _number(array: Any, index: tuple[int, ...] | None) -> float:
    return float(np.asarray(array)[index or ()])


def _is_number(value: Any) -> bool:
    return np.asarray(value).dtype.kind in "fiub"


def _text(value: Any) -> str:
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        return str(value)
    if array.ndim == 0:
        return repr(float(array))
    return str(array.tolist()) if array.size <= _SHOWN else f"<array of shape {array.shape}>"

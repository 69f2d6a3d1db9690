"""Where the first non-finite number of a computation arose, forward or backward."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcli.engine import autograd
from gradcli.engine.modes import no_grad
from gradcli.engine.tensor import Tensor, unwrap
from gradcli.lang import Call, Literal, Name
from gradcli.transforms.execute import execute, leaves
from gradcli.transforms.inputs import Prepared
from gradcli.transforms.results import Origin

__all__ = ["origin_of_gradient", "origin_of_value"]

_OVERFLOWS = "float64 ends at about 1.8e308"
_INFINITE = {
    "exp": "exp overflows above about 709.78; logaddexp, softplus and sigmoid do without large exponentials",
    "log": "the logarithm goes to -inf at 0",
    "div": "the denominator is zero, or the quotient overflows",
}
_NOT_REAL = {
    "log": "the logarithm of a negative number is not real",
    "sqrt": "the square root of a negative number is not real",
    "pow": "a negative base needs a whole exponent; cbrt(x) is the real cube root",
    "div": "0/0 and inf/inf have no value",
    "sub": "inf - inf has no value",
    "mul": "0*inf has no value",
    "asin": "asin takes arguments in [-1, 1]",
    "acos": "acos takes arguments in [-1, 1]",
    "acosh": "acosh takes arguments >= 1",
    "atanh": "atanh takes arguments in [-1, 1]",
}
_STEEP = {
    "sqrt": "the slope of sqrt is infinite at 0",
    "cbrt": "the slope of cbrt is infinite at 0",
    "pow": "the slope of a power below 1 is infinite at 0",
    "asin": "the slope of asin is infinite at -1 and 1",
    "acos": "the slope of acos is infinite at -1 and 1",
}


def _finite(value: Any) -> bool:
    array = unwrap(value)
    return not isinstance(array, np.ndarray | np.generic | float) or bool(np.all(np.isfinite(array)))


def origin_of_value(prepared: Prepared, value: Any) -> Origin | None:
    """Where the value's first non-finite entry came from; None if it is finite."""
    if _finite(value):
        return None
    found: list[Origin] = []

    def observe(node: Literal | Name | Call, args: list[Any], result: Any) -> None:
        if found or _finite(result) or not all(_finite(a) for a in args):
            return
        found.append(_forward(prepared, node, args, result))

    with no_grad():
        execute(prepared.program, leaves(prepared), observe)
    return found[0] if found else None


def _forward(prepared: Prepared, node: Literal | Name | Call, args: list[Any], result: Any) -> Origin:
    source = prepared.program.source
    if not isinstance(node, Call):
        return Origin(f"the value given here is {_shown(result)}", source, node.span)
    given = ", ".join(_shown(a) for a in args)
    undefined = bool(np.any(np.isnan(np.asarray(unwrap(result), dtype=float))))
    kind = "a NaN" if undefined else "an infinity"
    hint = _NOT_REAL.get(node.function) if undefined else _INFINITE.get(node.function, _OVERFLOWS)
    return Origin(f"{kind} arises here: {node.function}({given}) is {_shown(result)}", source, node.span, hint)


def _shown(value: Any) -> str:
    array = np.asarray(unwrap(value))
    if array.dtype.kind not in "fiub":
        return str(value)
    if array.ndim == 0:
        return repr(float(array))
    if array.size <= 6:
        return str(array.tolist())
    bad = np.argwhere(~np.isfinite(array))
    at = f", not finite at {bad[0].tolist()}" if len(bad) else ""
    return f"<array of shape {array.shape}{at}>"


def origin_of_gradient(prepared: Prepared, cotangent: Any, value: Any, gradients: Mapping[str, Any]) -> Origin | None:
    """Where the first non-finite value or, the value being finite, derivative came from."""
    forward = origin_of_value(prepared, value)
    if forward is not None or all(np.all(np.isfinite(g)) for g in gradients.values()):
        return forward
    calls: list[tuple[Call, Tensor, list[Any]]] = []

    def observe(node: Literal | Name | Call, args: list[Any], result: Any) -> None:
        if isinstance(node, Call) and isinstance(result, Tensor) and result.grad_fn is not None:
            calls.append((node, result, args))

    result = execute(prepared.program, leaves(prepared), observe)
    tensors = [tensor for _, tensor, _ in calls]
    arrived = autograd.grad(result, tensors, cotangent, retain_graph=True, allow_unused=True)
    for (node, tensor, args), g in zip(reversed(calls), reversed(arrived), strict=True):
        if g is not None and _finite(g) and not _pulls_finite(tensor, g, args):
            return _backward(prepared, node, args)
    return None


def _pulls_finite(tensor: Tensor, g: Tensor, args: list[Any]) -> bool:
    """Whether one step back from a tensor stays finite."""
    inputs = [a for a in args if isinstance(a, Tensor) and a.requires_grad]
    pulled = autograd.grad(tensor, inputs, g, retain_graph=True, allow_unused=True)
    return all(p is None or _finite(p) for p in pulled)


def _backward(prepared: Prepared, node: Call, args: list[Any]) -> Origin:
    given = ", ".join(_shown(a) for a in args)
    return Origin(
        f"the derivative of {node.function} is not finite at ({given})",
        prepared.program.source,
        node.span,
        _STEEP.get(node.function),
    )

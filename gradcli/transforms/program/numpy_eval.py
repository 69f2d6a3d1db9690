"""A program's value from its operations' NumPy functions alone: no tensors, no tape, no rule of the derivative table.

Complex numbers may be given for real ones: the value is then the analytic continuation, if every operation that they
reach has one.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import Problem
from gradcli.lang import Call, Program
from gradcli.ops import Op
from gradcli.ops.calls.bind import as_number
from gradcli.ops.calls.branches import takes_first
from gradcli.ops.calls.interpreter import Interpreter
from gradcli.ops.calls.numeric_errors import NUMERIC_ERRORS
from gradcli.ops.calls.paths import resolve_value

__all__ = ["NotAnalytic", "numpy_eval"]

Array: TypeAlias = NDArray[Any]


class NotAnalytic(Exception):
    """A complex number has reached an operation that does not continue to complex numbers."""


def numpy_eval(program: Program, values: Mapping[str, Any]) -> Array:
    """The program's value, as a vector of its entries; not-a-number throughout where NumPy refuses.

    Args:
        program: resolved and unrolled.
        values: for each variable a NumPy scalar or array, float64 or complex128.

    Raises:
        NotAnalytic: if a complex number has no meaning somewhere.

    >>> from gradcli.transforms.program.prepare import prepare
    >>> program = prepare("x**2 + [0, 1]", {"x": 3.0}).program
    >>> numpy_eval(program, {"x": np.float64(3.0)}), numpy_eval(program, {"x": np.complex128(3 + 1e-20j)}).imag
    (array([ 9., 10.]), array([6.e-20, 6.e-20]))
    """
    continued = any(np.iscomplexobj(value) for value in values.values())

    def apply(node: Call, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
        function = resolve_value(op.value)
        if op.kind == "constructor":
            return function(*statics.values())
        return function(*(_continued(op, params) if continued else params), **statics)

    interpreter = Interpreter(
        number=lambda node, number: np.float64(number),
        apply=apply,
        argument=as_number,
        choose=lambda node, condition: takes_first(np.real(condition)),
    )
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        try:
            found = np.ravel(interpreter.run(program, values))
        except np.exceptions.ComplexWarning:
            raise NotAnalytic("an operation drops the imaginary part") from None
        except (Problem, *NUMERIC_ERRORS) as error:
            if continued:
                raise NotAnalytic(str(error)) from None
            return np.array([np.nan])
    return found if found.dtype.kind == "c" else found.astype(np.float64)


def _continued(op: Op, params: list[Any]) -> list[Any]:
    """The arguments, complex only where that means something."""
    if op.analytic or not any(np.iscomplexobj(p) for p in params):
        return params
    if op.differentiable and any(np.any(np.imag(p)) for p in params if np.iscomplexobj(p)):
        raise NotAnalytic(op.name)
    return [np.real(p) if np.iscomplexobj(p) else p for p in params]  # it depends on the real number alone, or is it

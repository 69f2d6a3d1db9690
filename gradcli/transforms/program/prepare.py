"""From an expression and values to a program that can run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import InputProblem, NameProblem, ShapeProblem, suggest
from gradcli.lang import Program, parse, unroll
from gradcli.ops.calls.resolve import resolve
from gradcli.transforms.program.variables import check_names

__all__ = ["Prepared", "prepare", "real_array"]


class Prepared(NamedTuple):
    """A program, unrolled and resolved, with the values of its variables as float64 arrays, in the order given."""

    program: Program
    values: dict[str, NDArray[np.float64]]
    wrt: tuple[str, ...]


def prepare(expression: str | Program, values: Mapping[str, Any], wrt: Sequence[str] | None = None) -> Prepared:
    """Parse, bind the values, unroll, and resolve the functions' names.

    Args:
        expression: the program's text, or the parsed program.
        values: for each variable a number, a nested list or an array.
        wrt: the variables to differentiate by (default: all).

    Raises:
        SyntaxProblem, NameProblem, UsageProblem: about the text.
        NameProblem: for a variable without a value, or a value without a variable.
        InputProblem, ShapeProblem: for a value that is no array of real numbers.

    >>> prepare("a*x", {"a": 2, "x": [1, 2]}).values["x"]
    array([1., 2.])
    """
    program = parse(expression) if isinstance(expression, str) else expression
    check_names(program, values)
    arrays = {name: real_array(f"the value of '{name}'", value) for name, value in values.items()}

    def length(name: str) -> int | None:
        array = arrays.get(name)
        return None if array is None or array.ndim == 0 else len(array)

    ready = resolve(unroll(program, length))
    return Prepared(ready, arrays, _wanted(wrt, arrays))


def real_array(what: str, value: Any) -> NDArray[np.float64]:
    """A number, nested list or array as a float64 array.

    Raises:
        InputProblem, ShapeProblem: about `what`, if it is no array of real numbers.
    """
    try:
        raw = np.asarray(value)
        if raw.dtype.kind not in "fiub":
            raise InputProblem(f"{what} must be real numbers, not {raw.dtype}")
        return raw.astype(np.float64)
    except ValueError as error:
        fault = "nested too deeply" if "maximum number of dimension" in str(error) else "ragged"
        why = "NumPy has no array of so many axes" if fault != "ragged" else "its rows must have equal lengths"
        raise ShapeProblem(f"{what} is {fault}: {why}") from None


def _wanted(wrt: Sequence[str] | None, arrays: Mapping[str, Any]) -> tuple[str, ...]:
    if wrt is None:
        return tuple(arrays)
    for name in wrt:
        if name not in arrays:
            near = suggest(name, list(arrays))
            hint = f"did you mean '{near}'?" if near else f"its variables are {', '.join(arrays) or 'none'}"
            raise NameProblem(f"cannot differentiate by '{name}': the expression has no such variable", hint=hint)
    return tuple(dict.fromkeys(wrt))

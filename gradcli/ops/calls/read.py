"""From a program's text to a program that can be evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradcli.lang import Program, parse, unroll
from gradcli.ops.calls.operands import variable_of
from gradcli.ops.calls.resolve import resolve

__all__ = ["read_program"]


def read_program(source: str, values: Mapping[str, Any]) -> Program:
    """A program, resolved and without loops.

    Args:
        source: its text.
        values: for each variable a number or a nested list, whose length a loop may run over.

    Raises:
        Problem: if the program is wrong.

    >>> from gradcli.lang import unparse
    >>> unparse(read_program("sum(x[i]**2 for i in range(len(x)))", {"x": [3.0, 4.0]}))
    'sum(stack(x[0]**2, x[1]**2), axis=0)'
    """

    def length(name: str) -> int | None:
        value = values.get(name)
        return len(value) if isinstance(value, list | tuple) else None

    return resolve(unroll(parse(source), length), {name: variable_of(value) for name, value in values.items()})

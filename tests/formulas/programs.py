"""Formulas of programs, and their numbers at a point."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np

from gradcli.formulas import Meaning, gradient, hessian, interpret, jacobian, shaped, statements, tidy
from gradcli.lang import parse, unparse, unroll, variables
from gradcli.ops import CONSTANTS
from gradcli.ops.calls.operands import variable_of
from gradcli.ops.calls.resolve import resolve
from gradcli.transforms.operators.evaluate import evaluate

Values = Mapping[str, Any]


def meaning_of(text: str, values: Values) -> Meaning:
    program = parse(text)
    arrays = {name: np.asarray(value, dtype=float) for name, value in values.items()}

    def length(name: str) -> int | None:
        return len(arrays[name]) if name in arrays and arrays[name].ndim else None

    held = {name: variable_of(array) for name, array in arrays.items()}
    return interpret(resolve(unroll(program, length), held), {name: array.shape for name, array in arrays.items()})


def names_of(text: str) -> list[str]:
    return [name for name in variables(parse(text)) if name not in CONSTANTS]


def formulas(text: str, values: Values, of: str = "gradient", neat: bool = True) -> dict[str, str]:
    """For each variable (of a Hessian for all together) the derivative, in the language."""
    meaning = meaning_of(text, values)
    found = {}
    for name in values:
        shape = meaning.shapes[name]
        if of == "gradient":
            nodes = gradient(meaning, [name])
        elif of == "jacobian":
            nodes, shape = list(chain(*jacobian(meaning, [name]))), (*meaning.shape, *shape)
        else:
            nodes = list(chain(*hessian(meaning, list(values))))
            side = int(len(nodes) ** 0.5)
            name, shape = "", (side, side)
        if neat:
            nodes = tidy(meaning.arithmetic, nodes, program=meaning.size)
        program = statements(meaning.graph, shaped(nodes, shape), meaning.names, values, inline=neat)
        found[name] = unparse(program)
    return found


def numbers(formula: str, values: Values) -> Any:
    """A formula's value, read back from its text."""
    used = variables(parse(formula))
    value = evaluate(formula, {name: value for name, value in values.items() if name in used}, explain=False).value
    return np.asarray(value)

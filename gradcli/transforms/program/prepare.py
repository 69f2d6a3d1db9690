"""From an expression and values to a program that can run."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import AutogradError, InputProblem, NameProblem, ShapeProblem, SyntaxProblem, UsageProblem, suggest
from gradcli.lang import Name, Program, calls, literals, parse, unroll, variables
from gradcli.ops import CONSTANTS, lookup
from gradcli.ops.calls.operands import variable_of
from gradcli.ops.calls.resolve import Resolved, resolve_with
from gradcli.transforms.program.variables import check_functions, check_names, may_have_derivatives
from gradcli.transforms.results.value import plain

__all__ = ["Prepared", "constant_notes", "learned", "prepare", "real_array", "real_or_truth", "truths"]


class Prepared(NamedTuple):
    """A program, unrolled and resolved, with the values of its variables as float64 arrays, in the order given.

    Attributes:
        truths: the variables that were given truth values, which are masks as an index.
        notes: what the user should know of how the program and the values were understood.
        kind: what the program's value is, "truth" for truth values.
        positions: the variables that stand where a whole number must, as in an index.
    """

    program: Program
    values: dict[str, NDArray[np.float64]]
    wrt: tuple[str, ...]
    truths: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    kind: str = "real"
    positions: frozenset[str] = frozenset()

    @property
    def inputs(self) -> dict[str, Any]:
        """The values as a result tells them: a number, an array, or what holds truth values."""
        return {name: truths(array) if name in self.truths else plain(array) for name, array in self.values.items()}


def truths(array: NDArray[Any]) -> bool | NDArray[np.bool_]:
    """Numbers as the truth values that they stand for: a Python bool, or an array.

    >>> truths(np.array([1.0, 0.0])), truths(np.array(1.0))
    (array([ True, False]), True)
    """
    return array.astype(bool) if array.ndim else bool(array)


def prepare(
    expression: str | Program,
    values: Mapping[str, Any],
    wrt: Sequence[str] | None = None,
    *,
    element_by_element: bool = False,
) -> Prepared:
    """Parse, bind the values, unroll, and resolve the functions' names.

    Args:
        expression: the program's text, or the parsed program.
        values: for each variable a number, a nested list or an array; of truth values for a mask.
        wrt: the variables to differentiate by (default: all but those that hold truth values, serve as an index, or
            are a parameter that a function has no derivative by).
        element_by_element: whether loops are unrolled also where they could be operations on arrays.

    Raises:
        SyntaxProblem, NameProblem, UsageProblem: about the text.
        NameProblem: for a variable without a value, or a value without a variable.
        InputProblem, ShapeProblem: for a value that is no array of real numbers.

    >>> prepare("a*x", {"a": 2, "x": [1, 2]}).values["x"]
    array([1., 2.])
    """
    if isinstance(expression, str):
        program = _read(expression, values)
    else:
        program = expression
        if program.definitions:
            check_functions(program)
        check_names(program, values)
    raw = {name: real_or_truth(f"the value of '{name}'", value) for name, value in values.items()}
    holds = {name: variable_of(array) for name, array in raw.items()}

    def length(name: str) -> int | None:
        array = raw.get(name)
        return None if array is None or array.ndim == 0 else len(array)

    loops = program if element_by_element else _without_long_loops(program, raw)
    unrolled, told = unroll(loops, length), list[str]()
    if may_have_derivatives(program):
        from gradcli.transforms.program.derivatives import with_formulas  # few programs hold derivatives

        unrolled, told = with_formulas(unrolled, raw)
    resolved = resolve_with(unrolled, holds)
    truths = frozenset(name for name, held in holds.items() if held.kind == "truth")
    wanted, notes = _wanted(wrt, raw, truths, resolved)
    arrays = {name: array.astype(np.float64) for name, array in raw.items()}
    return Prepared(
        resolved.program,
        arrays,
        wanted,
        truths,
        (*notes, *told, *_inexact(program), *constant_notes(program, values)),
        resolved.kind,
        resolved.positions,
    )


def _without_long_loops(program: Program, values: Mapping[str, NDArray[Any]]) -> Program:
    """The program with loops over hundreds of elements as operations on arrays, where they can be."""
    if " for " not in program.source or program.definitions:
        return program
    from gradcli.ops.calls.loops import vectorised  # few programs have loops

    return vectorised(program, {name: array.shape for name, array in values.items()})


def _read(source: str, values: Mapping[str, Any]) -> Program:
    """The program of a text; what is wrong with it is told with the corrected line."""
    try:
        program = parse(source)
        check_functions(program)
        check_names(program, values)
    except (SyntaxProblem, NameProblem) as problem:
        from gradcli.transforms.program.teach import teach

        raise teach(problem, source, values) from None
    return program


def real_array(what: str, value: Any) -> NDArray[np.float64]:
    """A number, nested list or array as a float64 array.

    Raises:
        InputProblem, ShapeProblem: about `what`, if it is no array of real numbers.
    """
    return real_or_truth(what, value).astype(np.float64)


def real_or_truth(what: str, value: Any) -> NDArray[Any]:
    """An array of real numbers or of truth values, in the type that it was given in.

    Raises:
        InputProblem, ShapeProblem: about `what`, if it is neither.
    """
    try:
        raw = np.asarray(value)
    except ValueError as error:
        fault = "nested too deeply" if "maximum number of dimension" in str(error) else "ragged"
        why = "NumPy has no array of so many axes" if fault != "ragged" else "its rows must have equal lengths"
        raise ShapeProblem(f"{what} is {fault}: {why}") from None
    if raw.dtype.kind not in "fiub":
        raise InputProblem(f"{what} must be real numbers, not {raw.dtype}")
    return raw


def _wanted(
    wrt: Sequence[str] | None, arrays: Mapping[str, Any], truths: frozenset[str], resolved: Resolved
) -> tuple[tuple[str, ...], list[str]]:
    """The variables to differentiate by, and why some are not among them."""
    if wrt is None:
        notes = [f"'{name}' holds truth values: nothing is differentiated by it" for name in arrays if name in truths]
        numbers = [name for name in arrays if name not in truths]
        notes += [
            f"'{name}' stands where a whole number must, as in an index: nothing is differentiated by it"
            for name in numbers
            if name in resolved.positions
        ]
        wanted, left_out = learned(resolved, [name for name in numbers if name not in resolved.positions])
        return tuple(wanted), [*notes, *left_out]
    for name in wrt:
        if name not in arrays:
            near = suggest(name, list(arrays))
            hint = f"did you mean '{near}'?" if near else f"its variables are {', '.join(arrays) or 'none'}"
            raise NameProblem(f"cannot differentiate by '{name}': the expression has no such variable", hint=hint)
        if name in truths:
            hint = "give it numbers, 0 and 1, to compute with them"
            raise UsageProblem(f"cannot differentiate by '{name}': it holds truth values", hint=hint)
        if name in resolved.unlearned:
            raise _unlearned(resolved, name)
    return tuple(dict.fromkeys(wrt)), []


def learned(resolved: Resolved, variables: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Those of the variables that no parameter without a derivative depends on, and why the others are not among them.

    Raises:
        AutogradError: if there are variables, and all are left out.
    """
    wanted = [name for name in variables if name not in resolved.unlearned]
    if variables and not wanted:
        raise _unlearned(resolved, variables[0])
    notes = [
        f"{_without_derivative(resolved, name)}: nothing is differentiated by '{name}'"
        for name in variables
        if name in resolved.unlearned
    ]
    return wanted, tuple(notes)


def _without_derivative(resolved: Resolved, name: str) -> str:
    call, param = resolved.unlearned[name]
    return f"{lookup(call.function).name} has no derivative by its parameter '{param}'"


def _unlearned(resolved: Resolved, name: str) -> AutogradError:
    """The error for a variable that a parameter without a derivative depends on."""
    call, _ = resolved.unlearned[name]
    message = f"cannot differentiate by '{name}': {_without_derivative(resolved, name)}"
    reason = lookup(call.function).unlearned
    return AutogradError(message, source=resolved.program.source, span=call.span, hint=reason)


def _inexact(program: Program) -> list[str]:
    """A note for each whole number of the text that float64 does not hold, once."""
    if not _MANY_DIGITS.search(program.source):
        return []
    found: dict[str, float] = {}
    for node in literals(program):
        value = node.value
        if isinstance(value, float) and abs(value) >= _EXACT:
            text = program.source[slice(*node.span)].replace("_", "")
            if text.isdigit() and int(text) != int(value):
                found[text] = value
    return [f"{text} is no float64: it is computed as {int(value)}" for text, value in found.items()]


def constant_notes(program: Program, values: Collection[str]) -> list[str]:
    """A note for each constant that people mean as a variable: tau anywhere, e but as the base of a power.

    >>> constant_notes(parse("e**x + pi"), ["x"]), constant_notes(parse("exp(-t/tau)"), ["t"])
    ([], ['tau is taken as 6.283185307179586; to mean another, give it a value: --tau VALUE'])
    """
    if not _LETTERS.search(program.source):
        return []
    taken = [name for name in ("tau", "e") if name in variables(program) and name not in values]
    return [
        f"{name} is taken as {CONSTANTS[name]!r}; to mean another, give it a value: --{name} VALUE"
        for name in taken
        if name == "tau" or _beside_powers(program, name)
    ]


def _beside_powers(program: Program, name: str) -> bool:
    """Whether a name stands anywhere but as the base of a power."""
    trees = [program.result, *(assignment.tree for assignment in program.assignments)]
    if any(isinstance(tree, Name) and tree.id == name for tree in trees):
        return True
    for call in calls(program):
        parts = [*call.args, *(value for _, value in call.keywords)]
        at = [i for i, part in enumerate(parts) if isinstance(part, Name) and part.id == name]
        if at and (call.function != "pow" or at != [0]):
            return True
    return False


_LETTERS = re.compile(r"\b(?:tau|e)\b")

_EXACT = 2.0**53
"""Up to here every whole number is a float64."""

_MANY_DIGITS = re.compile("[0-9][0-9_]{15}")
"""As many as the smallest whole number that is no float64 has: 9007199254740993."""

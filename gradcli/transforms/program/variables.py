"""The variables of a program against the values that are given, before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable

from gradcli.errors import NameProblem, Span, suggest
from gradcli.lang import Program, calls, variables
from gradcli.ops import CONSTANTS, lookup, names

__all__ = ["check_functions", "check_names", "free_names"]


def free_names(program: Program) -> dict[str, Span]:
    """The names that may be given a value, with the place of their first use, constants last.

    A constant (`pi`, `e`, ...) is a variable only where the user gives it a value.

    >>> from gradcli.lang import parse
    >>> list(free_names(parse("2*pi*r")))
    ['r', 'pi']
    """
    used = variables(program)
    plain = {name: span for name, span in used.items() if name not in CONSTANTS}
    return plain | {name: span for name, span in used.items() if name in CONSTANTS}


def check_functions(program: Program) -> None:
    """See that every function is known.

    Raises:
        NameProblem: with the place, and the nearest name.
    """
    known: set[str] = set()
    for call in calls(program):
        if call.function not in known:
            lookup(call.function, program.source, call.head)
            known.add(call.function)


def check_names(program: Program, given: Iterable[str]) -> None:
    """See that every variable has a value and every value a variable.

    Raises:
        NameProblem: with the place, and the nearest name.
    """
    used = variables(program)
    known = list(given)
    for name in known:
        if name not in used:
            raise unused(name, list(used), program)
    for name, span in used.items():
        if name not in known and name not in CONSTANTS:
            raise _missing(name, span, known, program)


def unused(name: str, used: list[str], program: Program) -> NameProblem:
    """The error for a value that the expression does not use."""
    near = suggest(name, used)
    listed = ", ".join(used[:8]) + (", ..." if len(used) > 8 else "")
    hint = f"it has {listed}" if used else "it has no variables"
    if any(a.name == name for a in program.assignments):
        hint = f"'{name}' is computed by the expression itself"
    elif near is not None:
        hint = f"did you mean '{near}'? {hint}"
    return NameProblem(f"the expression has no variable '{name}'", hint=hint)


def _missing(name: str, span: Span, known: list[str], program: Program) -> NameProblem:
    near = suggest(name, [*known, *CONSTANTS])
    if near is not None:
        hint = f"did you mean '{near}'? otherwise give it with --{name} VALUE"
    elif name in names() and not any(call.function == name for call in calls(program)):
        hint = f"write {name}(...) for the function, or give the variable with --{name} VALUE"
    else:
        hint = f"give it with --{name} VALUE"
    return NameProblem(f"variable '{name}' has no value", source=program.source, span=span, hint=hint)

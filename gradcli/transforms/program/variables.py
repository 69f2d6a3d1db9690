"""The variables of a program against the values that are given, before anything is computed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from gradcli.errors import NameProblem, Span, UsageProblem, suggest
from gradcli.lang import Literal, Program, calls, variables
from gradcli.lang.tree.nodes import DERIVATIVES
from gradcli.ops import CONSTANTS, lookup, names

__all__ = [
    "check_constants",
    "check_functions",
    "check_moving",
    "check_names",
    "free_names",
    "may_have_derivatives",
    "mentions_derivatives",
]


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
    """See that every function is known, and none that the program defines is one of the table's.

    Raises:
        NameProblem: with the place, and the nearest name.
    """
    known: set[str] = set()
    for definition in program.definitions:
        if definition.name in names():
            raise NameProblem(
                f"'{definition.name}' is a function already",
                source=program.source,
                span=definition.head,
                hint=f"choose another name; `gradcli ops {definition.name}` tells what it computes",
            )
        known.add(definition.name)
    if may_have_derivatives(program):
        known |= DERIVATIVES
    for call in calls(program):
        if call.function not in known:
            lookup(call.function, program.source, call.head)
            known.add(call.function)


def may_have_derivatives(program: Program) -> bool:
    """Whether a program's text has one of the words for derivatives in it.

    >>> from gradcli.lang import parse
    >>> may_have_derivatives(parse("diff(x**2, x)")), may_have_derivatives(parse("different"))
    (True, False)
    """
    return mentions_derivatives(program.source)


def mentions_derivatives(text: str) -> bool:
    """Whether a text has one of the words for derivatives in it.

    >>> mentions_derivatives("f(x) = diff(x**2, x); f(2)"), mentions_derivatives("different")
    (True, False)
    """
    return _DERIVATIVES.search(text) is not None


_DERIVATIVES = re.compile(rf"\b(?:{'|'.join(sorted(DERIVATIVES))})\b")


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


def check_constants(program: Program, constants: Collection[str], given: Iterable[str]) -> None:
    """See that every other name of a constant has a value, where `constants` are all that there are.

    Raises:
        NameProblem: for an unknown constant, or one that is a variable and has no value.
    """
    for name in constants:
        if name not in CONSTANTS:
            raise NameProblem(f"there is no constant '{name}'", hint=f"there are {', '.join(CONSTANTS)}")
    known = {*given, *constants}
    for name, span in variables(program).items():
        if name in CONSTANTS and name not in known:
            raise _missing(name, span, list(known), program)


def check_moving(program: Program) -> None:
    """See that there is something to differentiate by, where the expression gives values to all its names itself.

    Raises:
        UsageProblem: as for `x = 3; x**2`.
    """
    fixed = [a for a in program.assignments if isinstance(a.tree, Literal) and isinstance(a.tree.value, float)]
    if not fixed or variables(program).keys() - CONSTANTS.keys():
        return
    name, tree, span = fixed[0]
    value = program.source[slice(*tree.span)]
    raise UsageProblem(
        f"there is nothing to differentiate by: '{name}' is assigned in the expression itself",
        source=program.source,
        span=span,
        hint=f"leave that out, and give --{name} {value}",
    )


def unused(name: str, used: list[str], program: Program) -> NameProblem:
    """The error for a value that the expression does not use."""
    near = suggest(name, used)
    listed = ", ".join(used[:8]) + (", ..." if len(used) > 8 else "")
    hint = f"it has {listed}" if used else "it has no variables"
    owners = [d.name for d in program.definitions if any(p.name == name for p in d.parameters)]
    if owners:
        hint = f"'{name}' is a parameter of {owners[0]}; {hint}"
    elif any(a.name == name for a in program.assignments):
        hint = f"'{name}' is computed by the expression itself"
    elif near is not None:
        hint = f"did you mean '{near}'? {hint}"
    return NameProblem(f"the expression has no variable '{name}'", hint=hint)


def _missing(name: str, span: Span, known: list[str], program: Program) -> NameProblem:
    near = suggest(name, [other for other in (*known, *CONSTANTS) if other != name])
    if near is not None:
        hint = f"did you mean '{near}'? otherwise give it with --{name} VALUE"
    elif name in names() and not any(call.function == name for call in calls(program)):
        hint = f"write {name}(...) for the function, or give the variable with --{name} VALUE"
    else:
        hint = f"give it with --{name} VALUE"
    return NameProblem(f"variable '{name}' has no value", source=program.source, span=span, hint=hint)

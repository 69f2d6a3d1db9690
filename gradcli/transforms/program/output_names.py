"""What a program calls its value and the parts of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from gradcli.lang import Call, Name, Program, Tree
from gradcli.transforms.results.labels import Outputs

__all__ = ["outputs_of"]

_VALUE = ("f", "y", "g", "h", "value")
"""What a value is called, the first of these that the program itself has no use for."""

_LISTS = ("array", "stack")
"""Functions that lists are calls of, before and after their names are resolved."""


def outputs_of(program: Program, variables: Collection[str], shape: tuple[int, ...]) -> Outputs:
    """The names that a program assigns to its value and to the entries of it.

    Args:
        program: with its functions' canonical names.
        variables: the names that have values.
        shape: the value's.

    >>> from gradcli.lang import parse
    >>> outputs_of(parse("u = x*y; [u, x/y]"), ["x", "y"], (2,)).labels((2,))
    ['u', 'f[1]']
    >>> outputs_of(parse("f**2"), ["f"], ()).called
    'y'
    """
    every = [assignment.name for assignment in program.assignments]
    # Names of calls of the program's own functions are no user's: `f_1`. A value is not called as such a function is.
    assigned = {name for name in every if not hasattr(name, "function")}
    parts, depth = _parts(program.result, shape)
    known = assigned.union(variables, (getattr(name, "function", name) for name in every))
    names = [part.id if isinstance(part, Name) and part.id in assigned else None for part in parts]
    often = Counter(names)
    once = tuple(name if often[name] == 1 else None for name in names)
    called = next((name for name in _VALUE if name not in known), _VALUE[-1])
    result = program.result
    if "f" in known and isinstance(result, Name) and result.id in assigned:
        called = result.id
    return Outputs(called, once, depth) if any(once) else Outputs(called)


def _parts(result: Tree, shape: tuple[int, ...]) -> tuple[list[Tree], int]:
    """What stands in the lists of a result, `[a, b]` or `[[a, b], [c, d]]`, and how deep in them."""
    parts, depth = [result], 0
    while depth < len(shape) and parts:
        inner: list[Tree] = []
        for part in parts:
            # A list is a stack along the first axis; one along another axis says so by a keyword.
            if not isinstance(part, Call) or part.function not in _LISTS or part.keywords:
                return parts, depth
            if len(part.args) != shape[depth]:
                return parts, depth
            inner += part.args
        parts, depth = inner, depth + 1
    return parts, depth

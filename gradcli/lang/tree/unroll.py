"""Unrolling loops and functions: every comprehension of a program becomes the array of its elements."""

from __future__ import annotations

from collections.abc import Callable

from gradcli.lang.tree.names import has_loop
from gradcli.lang.tree.nodes import Program

__all__ = ["unroll"]


def unroll(program: Program, length: Callable[[str], int | None]) -> Program:
    """The program without comprehensions, and without functions of its own.

    `[f(i) for i in range(3)]` becomes `[f(0), f(1), f(2)]`, and `sum`, `prod`, `max` and `min` of a loop
    become that function of the array, with `axis=0`: an element may itself be an array. A call of
    a function that the program defines becomes a statement, which calls with the same arguments share.

    Args:
        program: any program.
        length: the length of a variable, for `len(name)` in a range; None where it is not known.

    Raises:
        SyntaxProblem: for a loop in another function, for a bound that is no constant integer, for an index that
            is bound twice and read in between, and for more than 1,000,000 elements, which are counted before any is
            made; for functions that make too many operations.
        NameProblem: for `len(name)` where the length is not known.

    >>> from gradcli.lang import parse, unparse
    >>> unparse(unroll(parse("sum(i*x for i in range(1, 4))"), lambda name: None))
    'sum([1*x, 2*x, 3*x], axis=0)'
    >>> unparse(unroll(parse("f(x) = x**2 + 1; f(a)*f(b)/f(a)"), lambda name: None))
    'f_1 = a**2 + 1; f_2 = b**2 + 1; f_1*f_2/f_1'
    """
    source = program.source
    if source and source.isascii() and "for" not in source and not program.definitions:
        return program
    trees = [program.result, *(assignment.tree for assignment in program.assignments)]
    if not program.definitions and not any(map(has_loop, trees)):
        return program
    from gradcli.lang.tree.build import build  # most programs have neither loops nor functions

    return build(program, length)

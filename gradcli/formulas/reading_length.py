"""How long a formula is to read."""

from __future__ import annotations

from gradcli.lang import Call, Program

__all__ = ["reading_length"]


def reading_length(program: Program) -> int:
    """The names, numbers and operations of a text: of each statement, its name too, and of the result.

    >>> from gradcli.lang import parse
    >>> reading_length(parse("x**2")), reading_length(parse("t = sin(x); t*t")), reading_length(parse("[x, -1]"))
    (3, 6, 3)
    """
    count = len(program.assignments)
    stack = [program.result, *(assignment.tree for assignment in program.assignments)]
    while stack:
        tree = stack.pop()
        if isinstance(tree, Call):
            negative = tree.function == "neg" and not isinstance(tree.args[0], Call)
            count += not negative  # a sign before a name or a number is read with it
            stack += [*tree.args, *(value for _, value in tree.keywords)]
        else:
            count += 1
    return count

"""Functions of other notations, by what they are called there: a name of the language, or what makes a tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from gradcli.errors import SyntaxProblem, suggest
from gradcli.lang.tree.nodes import Call, Literal, Name, Span, Tree

__all__ = [
    "MANY",
    "Entry",
    "Makes",
    "conditional",
    "constant",
    "lookup",
    "number",
    "piecewise",
    "power",
    "product",
    "same",
    "swapped",
]

Makes: TypeAlias = Callable[[list[Tree], Span, Span], Tree]
"""(arguments, span, head) -> the tree."""

Entry: TypeAlias = "tuple[str, int, int] | tuple[Makes, int, int]"
"""What a function stands for, and how many arguments it has at least and at most."""


MANY = 1000
"""Of arguments: any number."""


def same(names: str, least: int = 1, most: int = 1) -> dict[str, Entry]:
    """Functions that have the same name here.

    >>> same("sin cos")["cos"]
    ('cos', 1, 1)
    """
    return {name: (name, least, most) for name in names.split()}


def lookup(
    notation: str, functions: Mapping[str, Entry], name: str, args: list[Tree], source: str, span: Span, head: Span
) -> Tree:
    """The tree of a call.

    Raises:
        SyntaxProblem: for a function that is not among those that are read, or another number of arguments.
    """
    entry = functions.get(name)
    if entry is None:
        near = suggest(name, list(functions))
        hint = f"did you mean '{near}'?" if near else "write the expression in the language of gradcli"
        message = f"'{name}' is no function of {notation} that is read here"
        raise SyntaxProblem(message, source=source, span=head, hint=hint)
    makes, least, most = entry
    if not least <= len(args) <= most:
        wanted = str(least) if least == most else f"{least} to {most}" if most < MANY else f"at least {least}"
        message = f"'{name}' takes {wanted} arguments, not {len(args)}"
        raise SyntaxProblem(message, source=source, span=span, hint=None)
    return Call(makes, tuple(args), span, head) if isinstance(makes, str) else makes(args, span, head)


def number(value: float, span: Span) -> Literal:
    """A number at a place."""
    return Literal(float(value), span)


def constant(name: str) -> Callable[[Span], Tree]:
    """A constant of the language."""
    return lambda span: Name(name, span)


def power(exponent: float) -> Makes:
    """A power of the only argument."""
    return lambda args, span, head: Call("pow", (args[0], number(exponent, span)), span, head)


def swapped(function: str) -> Makes:
    """A function of two arguments in the other order."""
    return lambda args, span, head: Call(function, (args[1], args[0]), span, head)


def conditional(condition: Tree, chosen: Tree, otherwise: Tree, span: Span) -> Tree:
    """`a if c else b`."""
    return Call("where", (condition, chosen, otherwise), span, (span[0], span[0] + len("if")))


def piecewise(pairs: list[tuple[Tree, Tree]], otherwise: Tree, span: Span) -> Tree:
    """The value of the first condition that holds."""
    tree = otherwise
    for value, condition in reversed(pairs):
        tree = conditional(condition, value, tree, span)
    return tree


def product(function: str) -> Makes:
    """An operator over all arguments, from the left."""

    def makes(args: list[Tree], span: Span, head: Span) -> Tree:
        tree = args[0]
        for arg in args[1:]:
            tree = Call(function, (tree, arg), span, head)
        return tree

    return makes

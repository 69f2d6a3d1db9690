"""What the names of a tree stand for where it is built: indices of loops, parameters of functions."""

from __future__ import annotations

from collections.abc import Mapping

from gradcli.lang.tree.nodes import Literal, Name, Span, Tree

__all__ = ["Placed", "Scope", "body_scope", "find", "index_of", "meant", "placed"]


class Placed(tuple[int, int]):  # noqa: SLOT001  # a tuple has no slots that hold anything
    """A span in the body of a function, which knows the span of the call that brought it into the program.

    >>> Placed((3, 5), (8, 12)) == (3, 5), Placed((3, 5), (8, 12)).called
    (True, (8, 12))
    """

    called: Span

    def __new__(cls, span: Span, called: Span) -> Placed:
        """A span with its call."""
        made = super().__new__(cls, span)
        made.called = called
        return made


class Scope:
    """The indices of the loops around a tree, innermost first, and the parameters of the function whose body it is.

    Attributes:
        called: where the function is called.
        lazily: whether the tree may be one that is not computed: a branch of a conditional.
    """

    __slots__ = ("called", "lazily", "name", "outer", "value")

    def __init__(self, name: str, value: int | Tree, outer: Scope | None) -> None:
        self.name = name
        self.value = value
        self.outer = outer
        self.called: Span | None = outer.called if outer is not None else None
        self.lazily: bool = outer.lazily if outer is not None else False


def body_scope(values: Mapping[str, Tree], called: Span, lazily: bool) -> Scope:
    """The scope of a function's body, which sees nothing of the scopes around the call."""
    scope = Scope("", 0, None)
    scope.called, scope.lazily = called, lazily
    for name, value in values.items():
        scope = Scope(name, value, scope)
    return scope


def find(scope: Scope | None, name: str) -> int | Tree | None:
    """What a name stands for, if it is an index or a parameter."""
    while scope is not None:
        if scope.name == name:
            return scope.value
        scope = scope.outer
    return None


def index_of(scope: Scope | None, name: str) -> int | None:
    """The whole number that a loop's index is, or a parameter."""
    value = find(scope, name)
    if isinstance(value, Literal):
        return int(value.value) if isinstance(value.value, float) and value.value.is_integer() else None
    return value if isinstance(value, int) else None


def meant(scope: Scope | None, name: Name) -> Tree:
    """What a name stands for, if it is a parameter; the name itself otherwise."""
    value = find(scope, name.id)
    return name if value is None or isinstance(value, int) else value


def placed(span: Span, scope: Scope | None) -> Span:
    """A span, with the call if it is one in the body of a function."""
    if scope is None or scope.called is None:
        return span
    return Placed(span, scope.called)

"""The syntax tree: four node classes, each with its span in the source.

Everything that is not a literal, a name or a comprehension is a `Call`: operators, indexing, list
literals and `.T` are calls of the functions that they stand for (`a + b` is `add(a, b)`), so that an
interpretation of trees is three functions given to `fold`.

| text                     | tree                                                      |
|--------------------------|-----------------------------------------------------------|
| `+ - * / // % ** @`      | add sub mul div floor_divide mod pow matmul (`^` is `**`) |
| `-a`, `+a`               | neg, pos                                                  |
| `< <= > >= == !=`        | less less_equal greater greater_equal equal not_equal     |
| `a < b < c`              | logical_and(less(a, b), less(b, c))                       |
| `and or not`, `& bar ~`  | logical_and logical_or logical_not                        |
| `a if c else b`          | where(c, a, b)                                            |
| `x[i, 1:]`               | getitem(x, i, slice(1, None, None))                       |
| `[a, b]`, `(a, b)`, `a, b` | array(a, b)                                             |
| `x.T`                    | transpose(x)                                              |
| `[f for i in range(n)]`  | array(Comprehension)                                      |
| `a, b = x`               | the assignments "a, b" = x, a = unpack("a, b", 0, 2), ... |
| `sum(f for i in ...)`    | sum(Comprehension)                                        |
| `f(x, k=2) = x**k`       | a Definition, which `unroll` puts in the place of calls   |
"""

from __future__ import annotations

from types import EllipsisType
from typing import NamedTuple, TypeAlias

from gradcli.errors import Span

__all__ = [
    "DERIVATIVES",
    "Assignment",
    "Call",
    "Clause",
    "Comprehension",
    "Constant",
    "Definition",
    "Literal",
    "Name",
    "Parameter",
    "Program",
    "Span",
    "Tree",
]

DERIVATIVES = frozenset({"diff", "grad", "hessian", "jacobian"})
"""The functions that are derivatives of their first argument."""

Constant: TypeAlias = float | str | bool | EllipsisType | None


class Literal:
    """A number (always a float: the language computes in float64), or True, False, None, `...` or a string."""

    __slots__ = ("span", "value")

    def __init__(self, value: Constant, span: Span) -> None:
        self.value = value
        self.span = span


class Name:
    """A variable, an assigned name, a loop index or a constant. Which one it is depends on the program around it."""

    __slots__ = ("id", "span")

    def __init__(self, id: str, span: Span) -> None:
        self.id = id
        self.span = span


class Call:
    """A function applied to arguments. `span` is its whole text, `head` the function's name or the operator."""

    __slots__ = ("args", "function", "head", "keywords", "span")

    def __init__(
        self,
        function: str,
        args: tuple[Tree, ...],
        span: Span,
        head: Span,
        keywords: tuple[tuple[str, Tree], ...] = (),
    ) -> None:
        self.function = function
        self.args = args
        self.span = span
        self.head = head
        self.keywords = keywords


class Clause(NamedTuple):
    """`for target in range(...)`; `bounds` are the one to three arguments of `range`."""

    target: str
    bounds: tuple[Tree, ...]


class Comprehension:
    """`element for i in range(n) for j in ...`: the only argument of `array`, `sum`, `prod`, `max` or `min`."""

    __slots__ = ("clauses", "element", "span")

    def __init__(self, element: Tree, clauses: tuple[Clause, ...], span: Span) -> None:
        self.element = element
        self.clauses = clauses
        self.span = span


Tree: TypeAlias = Literal | Name | Call | Comprehension


class Assignment(NamedTuple):
    """`name = tree`."""

    name: str
    tree: Tree
    span: Span


class Parameter(NamedTuple):
    """A parameter of a function, with the value that it has where none is given."""

    name: str
    default: Tree | None
    span: Span


class Definition(NamedTuple):
    """`name(parameters) = body`; `head` is the name's place, and so many assignments stand before it."""

    name: str
    parameters: tuple[Parameter, ...]
    body: Tree
    span: Span
    head: Span
    after: int


class Program(NamedTuple):
    """A parsed input: assignments in order, then the expression whose value is the program's.

    `definitions` are its functions, in order; `unroll` puts their bodies in the place of calls.
    """

    source: str
    assignments: tuple[Assignment, ...]
    result: Tree
    definitions: tuple[Definition, ...] = ()

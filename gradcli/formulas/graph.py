"""Expressions that share what they have in common: each distinct one exists once, and is known by a number."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import compress
from operator import add, mul, neg, sub, truediv
from typing import NamedTuple, TypeAlias

from gradcli.ops import CONSTANTS

__all__ = ["Constant", "Entry", "Graph", "Leaf"]


class Constant(NamedTuple):
    """A constant of the language, such as pi."""

    name: str


class Entry(NamedTuple):
    """A variable, or with indices an entry of one."""

    name: str
    at: tuple[int, ...] = ()


Leaf: TypeAlias = float | bool | Constant | Entry

_TOTAL = frozenset({
    "abs", "add", "asinh", "atan", "cbrt", "ceil", "copysign", "cos", "cosh", "deg2rad", "erf", "erfc", "exp", "exp2",
    "expm1", "floor", "fmax", "fmin", "hypot", "if", "log_ndtr", "log_sigmoid", "logaddexp", "maximum", "minimum",
    "mul", "ndtr", "neg", "pos", "rad2deg", "relu", "round", "sech", "sgn", "sigmoid", "sign", "silu", "sin", "sinc",
    "sinh", "softplus", "square", "sub", "tanh", "trunc", "where",
})  # fmt: skip
"""Operations that have a finite value for all real arguments."""

_CHOICES = frozenset({"if", "where"})
_COMMUTATIVE = frozenset({"add", "mul"})

_FOLDED: dict[str, Callable[..., float]] = {"add": add, "sub": sub, "mul": mul, "div": truediv, "neg": neg}


class Graph:
    """Nodes by their numbers; the arguments of a node have smaller numbers than it has.

    Attributes:
        functions: for each node its operation's canonical name, "if" for `a if c else b`, "" for a leaf.
        args: for each node the nodes of its arguments.
        leaves: for each node the leaf that it is, or None.
        finite: for each node whether it is known to have a value for all real values of the variables.
        constants: for each node the number that it is wherever it is computed, or None.
        numbers: for each node the number that it is written as, or None.
        guards: choices that a rule of the table makes where its formula alone has no value, as 0*0**(0 - 1) has none;
            a formula without them reads better, and says where it is not meant.
        commutes: whether a*b and b*a are one node: where a formula is run, and not read.

    >>> graph = Graph()
    >>> x = graph.leaf(Entry("x"))
    >>> graph.call("sin", (x,)) == graph.call("sin", (x,)), graph.call("log", (x,)), graph.finite
    (True, 2, [True, True, False])
    """

    __slots__ = ("_made", "args", "commutes", "constants", "finite", "functions", "guards", "leaves", "numbers")

    def __init__(self) -> None:
        self.functions: list[str] = []
        self.args: list[tuple[int, ...]] = []
        self.leaves: list[Leaf | None] = []
        self.finite: list[bool] = []
        self.constants: list[float | None] = []
        self.numbers: list[float | None] = []
        self.guards: set[int] = set()
        self.commutes = False
        self._made: dict[object, int] = {}

    def __len__(self) -> int:
        return len(self.functions)

    def leaf(self, leaf: Leaf) -> int:
        """The node of a number, a truth value, a constant or a variable."""
        key = (type(leaf), leaf, isinstance(leaf, float) and math.copysign(1.0, leaf))
        node = self._made.get(key)
        if node is not None:
            return node
        value = CONSTANTS[leaf.name] if isinstance(leaf, Constant) else leaf if isinstance(leaf, float) else None
        finite = not isinstance(leaf, bool) and (value is None or math.isfinite(value))
        return self._new(key, "", (), leaf, finite, value)

    def call(self, function: str, args: tuple[int, ...]) -> int:
        """The node of a call, as it stands."""
        key = (function, args)
        node = self._made.get(key)
        if node is None and self.commutes and function in _COMMUTATIVE:
            node = self._made.get((function, args[::-1]))
        if node is not None:
            return node
        finite = function in _TOTAL
        if finite:
            known = self.finite
            for arg in args if function not in _CHOICES else args[1:]:
                if not known[arg]:
                    finite = False
                    break
        elif function == "pow":
            exponent = self.number(args[1])
            finite = self.finite[args[0]] and exponent is not None and exponent >= 0 and exponent.is_integer()
        elif function == "div":
            divisor = self.constants[args[1]]
            finite = self.finite[args[0]] and divisor is not None and divisor != 0
        return self._new(
            key, function, args, None, finite, self._constant(function, args) if function in _FOLDED else None
        )

    def again(self, node: int, args: tuple[int, ...]) -> int:
        """The operation of a node on other arguments."""
        return self.call(self.functions[node], args)

    def number(self, node: int) -> float | None:
        """The number that a node is written as, if it is one."""
        return self.numbers[node]

    def reachable(self, roots: Iterable[int]) -> list[int]:
        """The nodes that some nodes are made of, those themselves too, in ascending order.

        >>> graph = Graph()
        >>> x = graph.leaf(Entry("x"))
        >>> y = graph.leaf(Entry("y"))
        >>> graph.reachable([graph.call("mul", (y, y))])
        [1, 2]
        """
        wanted = list(roots)
        if not wanted:
            return []
        args, needed = self.args, bytearray(max(wanted) + 1)
        for root in wanted:
            needed[root] = 1
        for node in range(len(needed) - 1, -1, -1):
            if needed[node]:
                for arg in args[node]:
                    needed[arg] = 1
        return [*compress(range(len(needed)), needed)]

    def _new(
        self, key: object, function: str, args: tuple[int, ...], leaf: Leaf | None, finite: bool, value: float | None
    ) -> int:
        node = len(self.functions)
        self.functions.append(function)
        self.args.append(args)
        self.leaves.append(leaf)
        self.numbers.append(leaf if isinstance(leaf, float) else None)
        self.finite.append(finite)
        self.constants.append(value)
        self._made[key] = node
        return node

    def _constant(self, function: str, args: tuple[int, ...]) -> float | None:
        operator, known = _FOLDED.get(function), self.constants
        if operator is None or known[args[0]] is None or known[args[-1]] is None:
            return None
        values: list[float] = [known[arg] for arg in args]  # type: ignore[misc]  # one or two, and both are known
        return None if function == "div" and values[1] == 0 else operator(*values)

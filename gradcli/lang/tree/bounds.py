"""The bounds of `range(...)`: integer arithmetic on constants, loop indices and `len(name)`."""

from __future__ import annotations

from collections.abc import Callable
from operator import add, floordiv, mod, mul, neg, pos, pow, sub
from typing import TypeAlias

from gradcli.errors import SyntaxProblem
from gradcli.lang.tree.fold import fold
from gradcli.lang.tree.nodes import Call, Comprehension, Literal, Name, Tree

__all__ = ["integers"]

Value: TypeAlias = "int | Name"  # a name stands for itself until `len` or arithmetic needs it

_LARGEST = 2**53  # up to here every integer is a float64, which is what a loop index becomes

_LARGEST_POWER = 64  # any base but 0, 1 and -1 to this power is larger than `_LARGEST`

_UNARY: dict[str, Callable[[int], int]] = {"neg": neg, "pos": pos}
_BINARY: dict[str, Callable[[int, int], int]] = {
    "add": add,
    "sub": sub,
    "mul": mul,
    "floor_divide": floordiv,
    "mod": mod,
    "pow": pow,
}
_ARITY = dict.fromkeys(_UNARY, 1) | dict.fromkeys(_BINARY, 2) | {"len": 1}


def integers(
    source: str, bounds: tuple[Tree, ...], index: Callable[[str], int | None], length: Callable[[Name], int]
) -> range:
    """The range with these bounds.

    Args:
        source: the text that the bounds' spans point into.
        bounds: the one to three arguments of `range`.
        index: the value of an index of the loops around it; None for any other name.
        length: what `len(name)` is; raises a `Problem` where that is not known.

    Raises:
        SyntaxProblem: for a bound that is no constant integer, and for a step of zero.

    >>> from gradcli.lang import parse
    >>> integers("2*3 - 1", (parse("2*3 - 1").result,), lambda name: None, lambda name: 0)
    range(0, 5)
    """
    numbers = [_Bound(source, index, length).value(bound) for bound in bounds]
    if len(numbers) == 3 and numbers[2] == 0:
        raise SyntaxProblem("the step of a range is zero", source=source, span=bounds[2].span, hint="write 1 or -1")
    return range(*numbers)


class _Bound:
    """The integer that a bound stands for."""

    def __init__(self, source: str, index: Callable[[str], int | None], length: Callable[[Name], int]) -> None:
        self.source = source
        self.index = index
        self.length = length

    def value(self, bound: Tree) -> int:
        self.check(bound)
        return self.resolve(fold(bound, self.literal, self.name, self.call), bound)

    def refuse(self, message: str, tree: Tree) -> SyntaxProblem:
        hint = "write integers, indices of outer loops or len(name), with + - * // % **"
        return SyntaxProblem(message, source=self.source, span=tree.span, hint=hint)

    def check(self, bound: Tree) -> None:
        """Refuse a bound whose form alone shows that it is no integer arithmetic."""
        stack = [bound]
        while stack:
            node = stack.pop()
            if isinstance(node, Comprehension):
                raise self.refuse("a bound cannot hold a loop", node)
            if isinstance(node, Call):
                if _ARITY.get(node.function) != len(node.args) or node.keywords:
                    raise self.refuse("a bound must be a constant integer", node)
                if node.function == "len" and not isinstance(node.args[0], Name):
                    raise self.refuse("len in a bound takes a name", node)
                stack.extend(reversed(node.args))

    def literal(self, node: Literal) -> Value:
        value = node.value
        if not isinstance(value, float) or not value.is_integer():
            raise self.refuse("a bound must be an integer", node)
        return self.limited(int(value), node)

    def name(self, node: Name) -> Value:
        value = self.index(node.id)
        return node if value is None else value

    def call(self, node: Call, args: list[Value], _: dict[str, Value]) -> Value:
        if node.function == "len":
            if not isinstance(args[0], Name):
                raise self.refuse("len in a bound takes a name", node)
            return self.length(args[0])
        numbers = [self.resolve(arg, tree) for arg, tree in zip(args, node.args, strict=True)]
        if node.function in _UNARY:
            return _UNARY[node.function](*numbers)
        left, right = numbers
        if right == 0 and node.function in ("floor_divide", "mod"):
            raise self.refuse("a bound divides by zero", node)
        if node.function == "pow":
            if right < 0:
                raise self.refuse("a bound must be an integer", node)
            right = min(right, _LARGEST_POWER + right % 2)  # an odd power of -1 stays odd
        return self.limited(_BINARY[node.function](left, right), node)

    def resolve(self, value: Value, tree: Tree) -> int:
        if isinstance(value, Name):
            raise self.refuse(f"'{value.id}' is not a constant", tree)
        return value

    def limited(self, value: int, node: Tree) -> int:
        if abs(value) > _LARGEST:
            raise self.refuse("a bound is too large", node)
        return value

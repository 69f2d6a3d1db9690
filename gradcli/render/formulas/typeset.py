"""Programs as mathematics in two dimensions: what is a fraction, a power or a matrix, whatever draws it."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from gradcli.lang import Call, Literal, Name, Program, Tree, fold, is_conditional
from gradcli.render.words.numbers import exact

__all__ = ["Layout", "typeset"]

T = TypeVar("T")

_TERNARY, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _POWER, _ATOM = range(9)


class Layout(Protocol[T]):
    """What draws the parts of a formula."""

    def number(self, text: str) -> T:
        """Digits."""

    def name(self, name: str) -> T:
        """A variable, with what its name says of subscripts and Greek letters."""

    def symbol(self, text: str) -> T:
        """A constant, or the name of a function."""

    def operator(self, text: str) -> T:
        """A sign between two parts, with the blanks that belong to it."""

    def row(self, parts: Sequence[T]) -> T:
        """Parts beside each other."""

    def fraction(self, above: T, below: T) -> T:
        """A quotient."""

    def power(self, base: T, exponent: T) -> T:
        """A power, the base in parentheses where it needs them."""

    def root(self, radicand: T, degree: int) -> T:
        """A root; of degree 2 without the degree."""

    def fenced(self, part: T, left: str, right: str) -> T:
        """A part in parentheses, bars or brackets."""

    def indexed(self, part: T, indices: Sequence[T]) -> T:
        """An entry of an array."""

    def table(self, rows: Sequence[Sequence[T]]) -> T:
        """A matrix, or with one column a vector."""

    def cases(self, branches: Sequence[tuple[T, T | None]]) -> T:
        """What holds under conditions; the last one elsewhere."""

    def program(self, result: T, where: Sequence[tuple[T, T]]) -> T:
        """A result, and the names that it is written by."""


class _Part(NamedTuple, Generic[T]):
    """A part of a formula without a leading sign.

    Attributes:
        drawn: the part.
        binds: how tightly its outermost operator does.
        negative: whether a sign stands before it.
        rows: the rows of a matrix or the entries of a vector.
        function: the name of the function that it is a call of, and its argument.
    """

    drawn: T
    binds: int = _ATOM
    negative: bool = False
    rows: Any = None
    digit: bool = False


def typeset(program: Program, layout: Layout[T], variables: Container[str] = ()) -> T:
    """Draw a program.

    Args:
        program: in canonical names.
        layout: draws it.
        variables: names of constants that are variables here.
    """
    drawer = _Drawer(layout, variables)
    result = drawer.whole(program.result)
    where = [(layout.name(name), drawer.whole(tree)) for name, tree, _ in program.assignments]
    return layout.program(result, where) if where else result


class _Drawer(Generic[T]):
    def __init__(self, layout: Layout[T], variables: Container[str]) -> None:
        self.layout = layout
        self.variables = variables

    def whole(self, tree: Tree) -> T:
        """A tree with its sign."""
        return self.signed(fold(tree, self.literal, self.name, self.call))

    def signed(self, part: _Part[T]) -> T:
        """A part with its sign."""
        if not part.negative:
            return part.drawn
        return self.layout.row([self.layout.operator("-"), part.drawn])

    def at(self, part: _Part[T], least: int) -> T:
        """A part where something must bind as tightly."""
        if part.binds >= least and not part.negative:
            return part.drawn
        return self.layout.fenced(self.signed(part), "(", ")")

    def first(self, part: _Part[T], least: int) -> T:
        """The first part of an operation, whose sign becomes the operation's."""
        return self.at(part._replace(negative=False), least)

    def side(self, part: _Part[T]) -> T:
        """A side of a relation, or the first term of a sum."""
        return self.signed(part) if part.binds >= _SUM else self.at(part, _SUM)

    def infix(self, parts: Sequence[T], sign: str, binds: int) -> _Part[T]:
        """Two parts with a sign between them."""
        left, right = parts
        return _Part(self.layout.row([left, self.layout.operator(sign), right]), binds)

    def literal(self, node: Literal) -> _Part[T]:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, float):
            return _Part(self.layout.symbol(str(value)))
        text = str(abs(int(value))) if value.is_integer() and abs(value) < 1e16 else exact(abs(value))
        mantissa, e, power = text.partition("e")
        drawn = self.layout.number(mantissa)
        if e:
            ten = self.layout.power(
                self.layout.number("10"), self.layout.number(str(int(power)).replace("-", "\u2212"))
            )
            drawn = self.layout.row([drawn, self.layout.operator("\u22c5"), ten])
        return _Part(drawn, _PRODUCT if e else _ATOM, value < 0, digit=True)

    def name(self, node: Name) -> _Part[T]:
        if node.id in _CONSTANTS and node.id not in self.variables:
            return _Part(self.layout.symbol(_CONSTANTS[node.id]))
        return _Part(self.layout.name(node.id))

    def call(self, node: Call, args: list[_Part[T]], keywords: dict[str, _Part[T]]) -> _Part[T]:
        layout, function = self.layout, node.function
        made = _OPERATORS.get(function)
        if made is not None and not keywords:
            return made(self, args)
        if is_conditional(node) or (function == "where" and len(args) == 3):
            condition, chosen, other = (self.signed(arg) for arg in args)
            return _Part(layout.cases([(chosen, condition), (other, None)]), _TERNARY)
        if function in _RELATIONS:
            return self.infix([self.side(arg) for arg in args], _RELATIONS[function], _COMPARE)
        if function in ("array", "stack") and not keywords:
            return self.array(args)
        if function in _AROUND and len(args) == 1:
            return _Part(layout.fenced(self.signed(args[0]), *_AROUND[function]))
        if function == "slice":
            return self.slice(node, args)
        if function == "getitem" and len(args) > 1:
            return _Part(layout.indexed(args[0].drawn, [self.signed(arg) for arg in args[1:]]))
        listed: list[T] = []
        for key, value in [("", arg) for arg in args] + list(keywords.items()):
            listed += [layout.operator(",")] if listed else []
            listed += [layout.symbol(key), layout.operator("=")] if key else []
            listed.append(self.signed(value))
        inner = layout.fenced(layout.row(listed), "(", ")")
        return _Part(layout.row([layout.symbol(_NAMES.get(function, function)), inner]), _CALL)

    def slice(self, node: Call, args: list[_Part[T]]) -> _Part[T]:
        """A part of an index, 1:, without what it does not say."""
        drawn: list[T] = []
        for place, (tree, arg) in enumerate(zip(node.args, args, strict=True)):
            told = not (isinstance(tree, Literal) and tree.value is None)
            if place == 1 or (place == 2 and told):
                drawn.append(self.layout.operator(":"))
            drawn += [self.signed(arg)] if told else []
        return _Part(self.layout.row(drawn))

    def array(self, args: list[_Part[T]]) -> _Part[T]:
        """A vector as a column; a matrix in rows."""
        rows = [arg.rows for arg in args]
        if rows and all(row is not None and len(row) == len(rows[0]) and len(row[0]) == 1 for row in rows):
            table = [[entry for (entry,) in row] for row in rows]
        else:
            table = [[self.signed(arg)] for arg in args]
        return _Part(self.layout.table(table), rows=table)


_CALL = _ATOM


def _add(drawer: _Drawer[T], args: list[_Part[T]]) -> _Part[T]:
    return drawer.infix([drawer.side(args[0]), drawer.at(args[1], _SUM)], "+", _SUM)


def _sub(drawer: _Drawer[T], args: list[_Part[T]]) -> _Part[T]:
    return drawer.infix([drawer.side(args[0]), drawer.at(args[1], _PRODUCT)], "-", _SUM)


def _neg(drawer: _Drawer[T], args: list[_Part[T]]) -> _Part[T]:
    return _Part(drawer.at(args[0], _PRODUCT), _PRODUCT, negative=True)


def _mul(drawer: _Drawer[T], args: list[_Part[T]]) -> _Part[T]:
    left, right = args
    parts = [drawer.first(left, _PRODUCT), drawer.at(right, _PRODUCT)]
    return drawer.infix(parts, "\u22c5", _PRODUCT)._replace(negative=left.negative)


def _div(drawer: _Drawer[T], args: list[_Part[T]]) -> _Part[T]:
    above, below = args
    return _Part(drawer.layout.fraction(above.drawn, drawer.signed(below)), _PRODUCT, above.negative)


def _matmul(drawer: _Drawer[T], args: list[_Part[T]]) -> _Part[T]:
    parts = [drawer.first(args[0], _PRODUCT), drawer.at(args[1], _POWER)]
    return _Part(drawer.layout.row([parts[0], drawer.layout.operator("\u2062"), parts[1]]), _PRODUCT, args[0].negative)


def _pow(drawer: _Drawer[T], args: list[_Part[T]]) -> _Part[T]:
    return _Part(drawer.layout.power(drawer.at(args[0], _ATOM), drawer.signed(args[1])), _POWER)


def _exp(drawer: _Drawer[T], args: list[_Part[T]]) -> _Part[T]:
    return _Part(drawer.layout.power(drawer.layout.symbol("e"), drawer.signed(args[0])), _POWER)


def _raised(exponent: str) -> Callable[[_Drawer[Any], list[_Part[Any]]], _Part[Any]]:
    def made(drawer: _Drawer[T], args: list[_Part[T]]) -> _Part[T]:
        return _Part(drawer.layout.power(drawer.at(args[0], _ATOM), drawer.layout.symbol(exponent)), _POWER)

    return made


def _root(degree: int) -> Callable[[_Drawer[Any], list[_Part[Any]]], _Part[Any]]:
    def made(drawer: _Drawer[T], args: list[_Part[T]]) -> _Part[T]:
        return _Part(drawer.layout.root(drawer.signed(args[0]), degree), _POWER)

    return made


def _logical(sign: str, own: int, other: int) -> Callable[[_Drawer[Any], list[_Part[Any]]], _Part[Any]]:
    def made(drawer: _Drawer[T], args: list[_Part[T]]) -> _Part[T]:
        return drawer.infix([drawer.at(args[0], own), drawer.at(args[1], other)], sign, own)

    return made


def _not(drawer: _Drawer[T], args: list[_Part[T]]) -> _Part[T]:
    return _Part(drawer.layout.row([drawer.layout.operator("\u00ac"), drawer.at(args[0], _ATOM)]), _NOT)


_OPERATORS: dict[str, Callable[[_Drawer[Any], list[_Part[Any]]], _Part[Any]]] = {
    "add": _add,
    "cbrt": _root(3),
    "div": _div,
    "exp": _exp,
    "inv": _raised("-1"),
    "logical_and": _logical("\u2227", _AND, _NOT),
    "logical_not": _not,
    "logical_or": _logical("\u2228", _OR, _AND),
    "matmul": _matmul,
    "mul": _mul,
    "neg": _neg,
    "pow": _pow,
    "sqrt": _root(2),
    "sub": _sub,
    "transpose": _raised("T"),
}

_RELATIONS = {
    "equal": "=", "greater": ">", "greater_equal": "\u2265", "less": "<", "less_equal": "\u2264", "not_equal": "\u2260",
}  # fmt: skip

_AROUND = {
    "abs": ("|", "|"), "ceil": ("\u2308", "\u2309"), "floor": ("\u230a", "\u230b"), "norm": ("\u2016", "\u2016"),
}  # fmt: skip

_CONSTANTS = {"e": "e", "inf": "\u221e", "nan": "NaN", "pi": "\u03c0", "tau": "2\u03c0"}

_NAMES = {"gamma": "\u0393", "digamma": "\u03c8", "maximum": "max", "minimum": "min"}

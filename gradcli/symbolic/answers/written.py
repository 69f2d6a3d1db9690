"""What SymPy has derived as a text in the language, for another time and for other points.

Each symbol that stands for an expression is a statement, so that the text is as long as the program and not as what it
would be multiplied out. What the language has no function for is not written, and derived anew each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import sympy
from mpmath import mp

from gradcli.lang import Assignment, Call, Literal, Name, Program, Tree, unparse
from gradcli.symbolic.derivatives.derive import Derived
from gradcli.symbolic.functions import higher, piecewise, predicates
from gradcli.symbolic.functions.sinc import SincDerivative
from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.numbers.traversal import nodes
from gradcli.symbolic.program.interpret import Meaning
from gradcli.symbolic.recall.reading import shape_of

__all__ = ["written"]

_NOWHERE = (0, 0)

_LARGEST = 20_000
"""Operations of a derivation that is written: it is read again in a fraction of the time that SymPy takes for it."""

_LONG = 24
"""Operations of an expression that is written where it is used, and no statement of its own."""

_WHOLE = 2**53
"""Up to here every whole number is a float64."""

_NAMES: dict[Any, str] = {
    sympy.Ci: "ci", sympy.Ei: "expi", sympy.LambertW: "lambertw", sympy.Si: "si", sympy.airyai: "airy_ai",
    sympy.airyaiprime: "airy_aip", sympy.airybi: "airy_bi", sympy.airybiprime: "airy_bip", sympy.besseli: "iv",
    sympy.besselj: "jv", sympy.besselk: "kv", sympy.bessely: "yv", sympy.fresnelc: "fresnel_c",
    sympy.fresnels: "fresnel_s", sympy.Abs: "abs", piecewise.Abs: "abs", piecewise.Sign: "sign",
    piecewise.Where: "where", piecewise.Floor: "floor", piecewise.Ceil: "ceil", piecewise.Round: "round",
    predicates.Lt: "less", predicates.Le: "less_equal", predicates.Gt: "greater", predicates.Ge: "greater_equal",
    predicates.Eq: "equal", predicates.Ne: "not_equal", predicates.Not: "logical_not",
    predicates.And: "logical_and", predicates.Or: "logical_or",
    higher.DawsonDerivative: "ddawsn", higher.EllipticEDerivative: "dellipeinc",
    higher.EllipticFDerivative: "dellipkinc", higher.Hypergeometric: "hyp2f1", higher.Struve: "struve",
    higher.ZetaDerivative: "dzeta", SincDerivative: "dsinc",
}  # fmt: skip

_ALIKE = (
    "acos acosh acot acoth acsc acsch asec asech asin asinh atan atan2 atanh beta cos cosh cot coth csc csch erf erfc "
    "erfinv exp gamma log polygamma sec sech sign sin sinh tan tanh"
)
_NAMES.update({getattr(sympy, name): name for name in _ALIKE.split()})


def written(meaning: Meaning, values: Mapping[str, Any], derived: Sequence[Derived]) -> str | None:
    """The text, whose value is three arrays: the value's entries, the derivative's, and what else is to be looked at.

    Args:
        meaning: the program on symbols.
        values: of its variables, for their shapes.
        derived: the derivative's entries.

    Returns:
        None where the language does not have it.
    """
    if meaning.point.consulted:
        return None
    try:
        return _Writer(meaning, values).text(meaning.entries, derived)
    except Inexpressible:
        return None


class _Writer:
    """The statements of one derivation."""

    def __init__(self, meaning: Meaning, values: Mapping[str, Any]) -> None:
        self._bindings = meaning.point.bindings
        self._made: dict[Any, Tree] = {}
        self._sizes: dict[Any, int] = {}
        self._statements: list[Assignment] = []
        self._count = 0
        for name, symbols in meaning.symbols.items():
            shape = shape_of(values[name])
            for entry, symbol in enumerate(symbols):
                self._made[symbol] = _entry(name, shape, entry)
        self._prefix = "t"
        while any(name.startswith(self._prefix) for name in meaning.symbols):
            self._prefix += "t"

    def text(self, values: Sequence[Any], derived: Sequence[Derived]) -> str:
        """The whole.

        Raises:
            Inexpressible: where the language does not have it.
        """
        slopes = [entry.derivative for entry in derived]
        known = {*values, *slopes}
        others = [value for value in dict.fromkeys(entry.value for entry in derived) if value not in known]
        rows = [_call("array", *[self._tree(entry) for entry in row]) for row in (values, slopes, others)]
        return unparse(Program("", tuple(self._statements), _call("array", *rows)))

    def _tree(self, expression: Any) -> Tree:
        for node in nodes(expression, self._bindings):
            if node not in self._made:
                self._count += 1
                if self._count > _LARGEST:
                    raise Inexpressible("the derivation is too long")
                self._made[node] = self._short(node, self._written(node))
        return self._made[expression]

    def _short(self, node: Any, tree: Tree) -> Tree:
        """A tree, or the name of the statement that a long one becomes: it may occur many times."""
        if node.is_Symbol:
            self._sizes[node] = self._sizes.get(self._bindings[node], 1)
            return tree
        size = 1 + sum(self._sizes.get(arg, 1) for arg in node.args)
        if size > _LONG and isinstance(tree, Call):
            tree, size = self._named(tree), 1
        self._sizes[node] = size
        return tree

    def _named(self, tree: Tree) -> Name:
        name = f"{self._prefix}{len(self._statements) + 1}"
        self._statements.append(Assignment(name, tree, _NOWHERE))
        return Name(name, _NOWHERE)

    def _written(self, node: Any) -> Tree:
        """The tree of a part, given those of its arguments."""
        if node.is_Symbol:
            return self._symbol(node)
        if node.is_Rational:
            return _rational(node)
        if node is sympy.pi:  # the language's own is the float64
            return _call("acos", Literal(-1.0, _NOWHERE))
        if node is sympy.E:
            return _call("exp", Literal(1.0, _NOWHERE))
        args = [self._made[arg] for arg in node.args]
        if node.is_Add:
            return reduce(lambda total, term: _call("add", total, term), args)
        if node.is_Mul:
            negative = node.args[0] is sympy.S.NegativeOne
            product = reduce(lambda product, factor: _call("mul", product, factor), args[negative:])
            return _call("neg", product) if negative else product
        if node.is_Pow:
            return _call("sqrt", args[0]) if node.exp == sympy.S.Half else _call("pow", *args)
        if isinstance(node, sympy.polygamma) and node.args[0] == 0:
            return _call("digamma", args[1])
        if node.func in _NAMES:
            return _call(_NAMES[node.func], *args)
        return self._special(node, args)

    def _symbol(self, symbol: Any) -> Tree:
        bound = self._bindings[symbol]
        if not isinstance(bound, sympy.Basic):
            return _number(bound)
        return self._made[bound]

    def _special(self, node: Any, args: list[Tree]) -> Tree:
        """What takes more than a name.

        Raises:
            Inexpressible: where the language does not have it.
        """
        if type(node) in (piecewise.Max, piecewise.Min):
            name = "maximum" if type(node) is piecewise.Max else "minimum"
            return reduce(lambda best, arg: _call(name, best, arg), args)
        if isinstance(node, piecewise.Active) and type(node.args[0]) in (piecewise.Max, piecewise.Min):
            return self._active(node.args[0], args[1:])
        if isinstance(node, sympy.expint) and node.args[0] in (0, 1):
            x = args[1]
            return _call("exp1", x) if node.args[0] == 1 else _call("div", _call("exp", _call("neg", x)), x)
        if isinstance(node, sympy.betainc_regularized) and node.args[2] == 0:
            return _call("betainc", args[0], args[1], args[3])
        if isinstance(node, sympy.lowergamma | sympy.uppergamma):
            name = "gammainc" if isinstance(node, sympy.lowergamma) else "gammaincc"
            return _call("mul", _call(name, *args), _call("gamma", args[0]))
        raise Inexpressible(f"the language has no {type(node).__name__}")

    def _active(self, extremum: Any, slopes: Sequence[Tree]) -> Tree:
        """The slope of the argument that is the extreme one: of equal ones nothing is told, as at any kink."""
        largest = type(extremum) is piecewise.Max
        better, extreme = ("greater", "maximum") if largest else ("less", "minimum")
        first, *others = [self._made[arg] for arg in extremum.args]
        best, found = first, slopes[0]
        for arg, slope in zip(others, slopes[1:], strict=True):
            found = _call("where", _call(better, arg, best), slope, found)
            best = _call(extreme, best, arg)
        return found


def _entry(name: str, shape: tuple[int, ...], entry: int) -> Tree:
    """An entry of a variable, by its place in C order."""
    if not shape:
        return Name(name, _NOWHERE)
    index: list[Tree] = []
    for axis in reversed(shape):
        entry, at = divmod(entry, axis)
        index.insert(0, Literal(float(at), _NOWHERE))
    return _call("getitem", Name(name, _NOWHERE), *index)


def _number(value: Any) -> Tree:
    """A constant of the program.

    Raises:
        Inexpressible: for what is no float64.
    """
    number = float(value) if mp.isfinite(value) else None
    if number is None or mp.mpf(number) != value:
        raise Inexpressible("a constant that is no float64")
    return Literal(number, _NOWHERE)


def _rational(number: Any) -> Tree:
    if abs(number.p) > _WHOLE or number.q > _WHOLE:
        raise Inexpressible("a number that is no float64")
    above = Literal(float(number.p), _NOWHERE)
    return above if number.q == 1 else _call("div", above, Literal(float(number.q), _NOWHERE))


def _call(function: str, *args: Tree) -> Call:
    return Call(function, args, _NOWHERE, _NOWHERE)

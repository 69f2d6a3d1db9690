"""Taylor arithmetic through the derivative table: series whose coefficients are computed on demand.

A series x(t) = x0 + x1*t + x2*t**2 + ... goes through sums and products by the schoolbook rules. Any
other operation with partial p obeys out'(t) = sum of p(t)*x'(t) over its arguments, so that

    k*out[k] = sum over j = 1..k of j*x[j]*p[k - j]

where p is the entry's partial, itself a series made by the same means. A partial that leads back to the
operation that it came from (sin to cos to sin) finds the series that exists already, which is why the
same table that gives first derivatives gives the n-th in O(n**2) multiplications an operation.

Source: A. Griewank, A. Walther, "Evaluating Derivatives", 2nd ed. (SIAM 2008), chapter 13.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from gradcli.errors import UsageProblem
from gradcli.lang import Call, Literal, Name, Tree, fold, parse
from gradcli.ops import CONSTANTS, TABLE, Op
from gradcli.ops.bind import as_number, bind
from gradcli.ops.paths import resolve_value
from gradcli.ops.rules import spread

__all__ = ["Series", "World"]

Recipe: TypeAlias = Callable[["Series", int], Any]
Needs: TypeAlias = Callable[[int], list[tuple["Series", int]]]


class Series:
    """Coefficients known so far, and how to get the next one from those of other series."""

    __slots__ = ("coefficients", "constant", "needs", "recipe")

    def __init__(self, recipe: Recipe, needs: Needs, constant: bool = False) -> None:
        self.coefficients: list[Any] = []
        self.recipe = recipe
        self.needs = needs
        self.constant = constant

    def upto(self, order: int) -> list[Any]:
        """The coefficients 0 to `order`, without recursion: whatever is missing is computed first."""
        stack = [(self, order)]
        while stack:
            series, k = stack[-1]
            known = len(series.coefficients)
            if known > k:
                stack.pop()
                continue
            missing = [(s, i) for s, i in series.needs(known) if len(s.coefficients) <= i]
            if missing:
                stack += missing
            else:
                series.coefficients.append(series.recipe(series, known))
        return self.coefficients[: order + 1]


class World:
    """The series of one computation; an operation on the same series is one series."""

    def __init__(self) -> None:
        self._made: dict[tuple[Any, ...], Series] = {}

    def constant(self, value: Any) -> Series:
        """A value that does not depend on t."""
        array = np.asarray(value, dtype=float) if not isinstance(value, np.ndarray | np.generic) else value
        zero = np.zeros(np.shape(array))[()]
        return Series(lambda series, k: zero if k else array, lambda k: [], constant=True)

    def variable(self, value: Any, direction: Any = 1.0) -> Series:
        """value + direction*t."""
        start = np.asarray(value, dtype=float)[()]
        terms = [start, np.broadcast_to(np.asarray(direction, dtype=float), np.shape(start)) + 0.0]
        zero = np.zeros(np.shape(start))[()]
        return Series(lambda series, k: terms[k] if k < 2 else zero, lambda k: [])

    def apply(self, op: Op, args: Sequence[Series], statics: dict[str, Any]) -> Series:
        """The series of an operation's value.

        Raises:
            UsageProblem: if the operation has no Taylor rule.
        """
        key = (op.name, *map(id, args), *((k, repr(v)) for k, v in statics.items()))
        if key not in self._made:
            self._made[key] = self._make(op, args, statics)
        return self._made[key]

    def _make(self, op: Op, args: Sequence[Series], statics: dict[str, Any]) -> Series:
        value = resolve_value(op.value)

        def forward(*values: Any, **options: Any) -> Any:
            return value(*(as_number(op, v) for v in values), **options)

        if all(a.constant for a in args) or not op.differentiable:
            return self._frozen(forward, args, statics)
        if op.name in _SCHOOLBOOK:
            return _SCHOOLBOOK[op.name](*args)
        if op.kind == "linear" and not op.several:
            return _termwise(forward, args, statics)
        if op.kind == "multilinear":
            return _product(lambda a, b: forward(a, b, **statics), *args)
        if op.kind == "elementwise":
            return self._by_partials(op, forward, args, statics)
        usual = all(statics[key] == op.statics[key] for key in op.statics if key not in ("axis", "keepdims"))
        if op.kind == "reduction" and usual and op.partials[0] and not op.partials[0].startswith("ops."):
            return self._by_weight(op, forward, args[0], statics)
        raise UsageProblem(
            f"higher derivatives do not go through {op.name}",
            hint="write it out with elementwise operations and sums, or use `gradcli hessian` for the second order",
        )

    def _frozen(self, forward: Callable[..., Any], args: Sequence[Series], statics: dict[str, Any]) -> Series:
        """A value that does not move: of constants, or of a comparison at the point itself."""

        def recipe(series: Series, k: int) -> Any:
            if k:
                return np.zeros(np.shape(series.coefficients[0]))[()]
            return forward(*(a.coefficients[0] for a in args), **statics)

        return Series(recipe, lambda k: [(a, 0) for a in args], constant=True)

    def _by_partials(
        self, op: Op, forward: Callable[..., Any], args: Sequence[Series], statics: dict[str, Any]
    ) -> Series:
        moving = [i for i, a in enumerate(args) if not a.constant and op.partials[i] is not None]
        partials: dict[int, Series] = {}

        def recipe(series: Series, k: int) -> Any:
            if k == 0:
                return forward(*(a.coefficients[0] for a in args), **statics)
            total: Any = np.zeros(np.shape(series.coefficients[0]))[()]
            for i in moving:
                total = total + _derivative_term(args[i].coefficients, partials[i].coefficients, k)
            return total / k

        def needs(k: int) -> list[tuple[Series, int]]:
            if k and not partials:
                names = dict(zip(op.params, args, strict=True)) | {"out": series}
                for i in moving:
                    partials[i] = self._expression(_tree(op.partials[i] or "0"), names, statics)
            return [(a, k if k == 0 or i in moving else 0) for i, a in enumerate(args)] + [
                (p, k - 1) for p in partials.values()
            ]

        series = Series(recipe, needs)
        return series

    def _by_weight(self, op: Op, forward: Callable[..., Any], x: Series, statics: dict[str, Any]) -> Series:
        weights: list[Series] = []
        axis, keepdims = statics["axis"], statics["keepdims"]

        def recipe(series: Series, k: int) -> Any:
            if k == 0:
                return forward(x.coefficients[0], **statics)
            moved = _derivative_term(x.coefficients, weights[0].coefficients, k)
            return np.sum(moved, axis=axis, keepdims=keepdims) / k

        def needs(k: int) -> list[tuple[Series, int]]:
            if k and not weights:
                shape = np.shape(x.coefficients[0])
                kept = Series(lambda s, i: spread(series.coefficients[i], shape, axis), lambda i: [(series, i)])
                count = self.constant(x.coefficients[0].size / max(1, np.size(series.coefficients[0])))
                weights.append(self._expression(_tree(op.partials[0] or "0"), {"x": x, "out": kept, "n": count}, {}))
            return [(x, k), *((w, k - 1) for w in weights)]

        series = Series(recipe, needs)
        return series

    def _expression(self, tree: Tree, names: dict[str, Series], statics: dict[str, Any]) -> Series:
        """A partial as a series of its parameters' series."""

        def literal(node: Literal) -> Series:
            return self.constant(node.value)

        def name(node: Name) -> Series:
            if node.id in names:
                return names[node.id]
            return self.constant(statics[node.id] if node.id in statics else CONSTANTS[node.id])

        def call(node: Call, args: list[Series], keywords: dict[str, Series]) -> Series:
            op = TABLE[node.function]
            bound, fixed = bind(op, args, keywords)
            return self.apply(op, bound, fixed)

        return fold(tree, literal, name, call)


@cache
def _tree(text: str) -> Tree:
    return parse(text).result


def _derivative_term(x: Sequence[Any], p: Sequence[Any], k: int) -> Any:
    """sum over j = 1..k of j*x[j]*p[k - j]."""
    total: Any = 0.0
    for j in range(1, k + 1):
        total = total + j * x[j] * p[k - j]
    return total


def _termwise(forward: Callable[..., Any], args: Sequence[Series], statics: dict[str, Any]) -> Series:
    """A linear map of a series is the map of each coefficient."""
    return Series(
        lambda series, k: forward(*(a.coefficients[k] for a in args), **statics),
        lambda k: [(a, k) for a in args],
    )


def _product(multiply: Callable[[Any, Any], Any], a: Series, b: Series) -> Series:
    """Cauchy's product."""

    def recipe(series: Series, k: int) -> Any:
        if a.constant:
            return multiply(a.coefficients[0], b.coefficients[k])
        if b.constant:
            return multiply(a.coefficients[k], b.coefficients[0])
        total: Any = 0.0
        for j in range(k + 1):
            total = total + multiply(a.coefficients[j], b.coefficients[k - j])
        return total

    return Series(recipe, lambda k: [(a, 0 if a.constant else k), (b, 0 if b.constant else k)])


def _quotient(a: Series, b: Series) -> Series:
    """q*b = a, solved for the next coefficient of q."""

    def recipe(series: Series, k: int) -> Any:
        total = a.coefficients[k]
        if not b.constant:
            for j in range(1, k + 1):
                total = total - b.coefficients[j] * series.coefficients[k - j]
        return total / b.coefficients[0]

    return Series(recipe, lambda k: [(a, k), (b, 0 if b.constant else k)])


def _sum(sign: float) -> Callable[[Series, Series], Series]:
    def make(a: Series, b: Series) -> Series:
        return Series(lambda series, k: a.coefficients[k] + sign * b.coefficients[k], lambda k: [(a, k), (b, k)])

    return make


_SCHOOLBOOK: dict[str, Callable[..., Series]] = {
    "add": _sum(1.0),
    "sub": _sum(-1.0),
    "mul": lambda a, b: _product(lambda x, y: x * y, a, b),
    "div": _quotient,
    "neg": lambda a: Series(lambda series, k: -a.coefficients[k], lambda k: [(a, k)]),
}

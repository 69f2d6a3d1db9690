"""Operations on arrays as formulas of their entries, where NumPy's own functions do not take a graph's nodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

from gradcli.errors import UsageProblem
from gradcli.formulas.arithmetic import Arithmetic
from gradcli.formulas.entries import Item, Value, item_of
from gradcli.formulas.orders import ORDERS
from gradcli.ops.calls.axes import along_axes, over_axes

__all__ = ["EXPANSIONS"]

_LARGEST = 4
"""Rows of a matrix whose determinant is written out; it then has 24 products, with 5 rows 120."""


def _total(items: Sequence[Item]) -> Item:
    if not items:
        raise UsageProblem("there is nothing to add up")
    total = items[0]
    for item in items[1:]:
        total = total + item
    return total


def _product(arithmetic: Arithmetic, items: Sequence[Item]) -> Item:
    product = item_of(arithmetic, 1.0)
    for item in items:
        product = product * item
    return product


def _over(arithmetic: Arithmetic, item: Item, divisor: float) -> Item:
    return Item(arithmetic, arithmetic.div(item.node, arithmetic.number(divisor)))


def _of_many(function: str) -> Callable[..., Value]:
    """A reduction that stays one operation of all its entries: its derivative is simpler than that of its parts."""

    def reduced(arithmetic: Arithmetic, x: Any, axis: Any = None, keepdims: bool = False) -> Value:
        return over_axes(x, axis, keepdims, lambda items: _many(arithmetic, function, items))

    return reduced


def _many(arithmetic: Arithmetic, function: str, items: Sequence[Item]) -> Item:
    if not items:
        raise UsageProblem(f"{function} of nothing has no value")
    nodes = tuple([item.node for item in items])
    if len(nodes) == 1 and function in ("max", "min", "logsumexp"):
        return items[0]
    if len(nodes) == 2 and function in ("max", "min"):
        function = f"{function}imum"
    return Item(arithmetic, arithmetic.graph.call(function, nodes))


def _sum(arithmetic: Arithmetic, x: Any, axis: Any = None, keepdims: bool = False) -> Value:
    return over_axes(x, axis, keepdims, _total)


def _mean(arithmetic: Arithmetic, x: Any, axis: Any = None, keepdims: bool = False) -> Value:
    return over_axes(x, axis, keepdims, lambda items: _over(arithmetic, _total(items), len(items)))


def _prod(arithmetic: Arithmetic, x: Any, axis: Any = None, keepdims: bool = False) -> Value:
    return over_axes(x, axis, keepdims, lambda items: _product(arithmetic, items))


def _norm(arithmetic: Arithmetic, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Value:
    vector = x.ndim == 1 or isinstance(axis, int)
    if vector and ord in _OF_SIZES:
        reduced = _OF_SIZES[ord]
        return over_axes(x, axis, keepdims, lambda items: reduced(arithmetic, [_size(item) for item in items]))
    if ord not in (None, "fro") and not (ord == 2 and vector):
        told = "those of orders 1, 2, inf and -inf have one" if vector else "the Euclidean norm has one"
        raise UsageProblem(f"norm of order {ord} has no formula", hint=told)
    return over_axes(x, axis, keepdims, lambda items: _many(arithmetic, "norm", items))


def _size(item: Item) -> Item:
    return Item(item.arithmetic, item.arithmetic.graph.call("abs", (item.node,)))


_OF_SIZES: dict[Any, Callable[[Arithmetic, Sequence[Item]], Item]] = {
    1: lambda arithmetic, items: _total(items),
    float("inf"): lambda arithmetic, items: _many(arithmetic, "max", items),
    float("-inf"): lambda arithmetic, items: _many(arithmetic, "min", items),
}
"""Norms of vectors by their orders, of the absolute values of the entries."""


def _deviations(arithmetic: Arithmetic, items: Sequence[Item]) -> list[Item]:
    mean = _over(arithmetic, _total(items), len(items))
    return [item - mean for item in items]


def _var(arithmetic: Arithmetic, x: Any, axis: Any = None, keepdims: bool = False, ddof: int = 0) -> Value:
    def variance(items: Sequence[Item]) -> Item:
        squares = [item * item for item in _deviations(arithmetic, items)]
        return _over(arithmetic, _total(squares), len(items) - ddof)

    return over_axes(x, axis, keepdims, variance)


def _std(arithmetic: Arithmetic, x: Any, axis: Any = None, keepdims: bool = False, ddof: int = 0) -> Value:
    def deviation(items: Sequence[Item]) -> Item:
        norm = _many(arithmetic, "norm", _deviations(arithmetic, items))
        count = arithmetic.number(float(len(items) - ddof))
        return Item(arithmetic, arithmetic.div(norm.node, arithmetic.graph.call("sqrt", (count,))))

    return over_axes(x, axis, keepdims, deviation)


def _log_softmax(arithmetic: Arithmetic, x: Any, axis: Any = -1) -> Value:
    def shifted(items: Sequence[Item]) -> list[Item]:
        total = _many(arithmetic, "logsumexp", items)
        return [item - total for item in items]

    return along_axes(x, axis, shifted)


def _softmax(arithmetic: Arithmetic, x: Any, axis: Any = -1) -> Value:
    def shares(items: Sequence[Item]) -> list[Item]:
        total = _many(arithmetic, "logsumexp", items)
        return [Item(arithmetic, arithmetic.graph.call("exp", ((item - total).node,))) for item in items]

    return along_axes(x, axis, shares)


def _vdot(arithmetic: Arithmetic, a: Any, b: Any) -> Item:
    return _total([x * y for x, y in zip(a.ravel(), b.ravel(), strict=True)])


def _cross(arithmetic: Arithmetic, a: Any, b: Any) -> Value:
    import numpy as np

    if a.shape != (3,) or b.shape != (3,):
        raise UsageProblem("cross has a formula for two vectors of three entries")
    out = np.empty(3, dtype=object)
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        out[i] = a[j] * b[k] - a[k] * b[j]
    return out


class _Minors:
    """The determinants of the upper rows of a matrix, each computed once; nothing is divided by."""

    def __init__(self, arithmetic: Arithmetic, x: Any) -> None:
        self.arithmetic = arithmetic
        self.x = x
        n = len(x)
        if x.ndim != 2 or x.shape != (n, n) or n > _LARGEST:
            raise UsageProblem(
                f"a determinant or inverse has a formula of entries up to {_LARGEST} by {_LARGEST}, not for {x.shape}"
            )

    def determinant(self, rows: Sequence[int], columns: Sequence[int]) -> Item:
        """The determinant of some rows and as many columns."""
        minors: dict[tuple[int, ...], Item] = {(): item_of(self.arithmetic, 1.0)}
        for size, row in enumerate(rows, start=1):
            wider: dict[tuple[int, ...], Item] = {}
            for chosen in combinations(columns, size):
                terms = []
                for place, column in enumerate(chosen):
                    others = tuple(c for c in chosen if c != column)
                    terms.append(self._signed((size - 1 + place) % 2, self.x[row, column] * minors[others]))
                wider[chosen] = _total(terms)
            minors = wider
        return minors[tuple(columns)]

    def cofactor(self, i: int, j: int) -> Item:
        """The derivative of the determinant by an entry."""
        n = len(self.x)
        rows, columns = [r for r in range(n) if r != i], [c for c in range(n) if c != j]
        return self._signed((i + j) % 2, self.determinant(rows, columns))

    @staticmethod
    def _signed(odd: int, item: Item) -> Item:
        return -item if odd else item


def _det(arithmetic: Arithmetic, x: Any) -> Item:
    return _Minors(arithmetic, x).determinant(range(len(x)), range(len(x)))


def _logabsdet(arithmetic: Arithmetic, x: Any) -> Item:
    size = arithmetic.graph.call("abs", (_det(arithmetic, x).node,))
    return Item(arithmetic, arithmetic.graph.call("log", (size,)))


def _cofactors(arithmetic: Arithmetic, x: Any) -> Value:
    import numpy as np

    minors = _Minors(arithmetic, x)
    out = np.empty(x.shape, dtype=object)
    for i, j in np.ndindex(x.shape):
        out[i, j] = minors.cofactor(i, j)
    return out


def _inv(arithmetic: Arithmetic, x: Any) -> Value:
    import numpy as np

    determinant = _det(arithmetic, x).node
    cofactors = _cofactors(arithmetic, x)
    for index in np.ndindex(cofactors.shape):
        cofactors[index] = Item(arithmetic, arithmetic.div(cofactors[index].node, determinant))
    return cofactors.T


def _solve(arithmetic: Arithmetic, a: Any, b: Any) -> Value:
    if b.ndim > 2:
        raise UsageProblem("solve has a formula for a vector or a matrix on the right")
    import numpy as np

    determinant = _det(arithmetic, a).node
    over = _cofactors(arithmetic, a).T @ b
    for index in np.ndindex(over.shape):  # one quotient an entry, and not one for each of the inverse's
        over[index] = Item(arithmetic, arithmetic.div(over[index].node, determinant))
    return over


def _matrix_power(arithmetic: Arithmetic, x: Any, n: int) -> Value:
    import numpy as np

    base = x if n >= 0 else _inv(arithmetic, x)
    out = np.empty(x.shape, dtype=object)
    for i, j in np.ndindex(x.shape):
        out[i, j] = item_of(arithmetic, float(i == j))
    for bit in f"{abs(n):b}":
        out = out @ out
        out = out @ base if bit == "1" else out
    return out


def _slogdet(arithmetic: Arithmetic, x: Any) -> list[Item]:
    determinant = _det(arithmetic, x).node
    return [Item(arithmetic, arithmetic.graph.call("sign", (determinant,))), _logabsdet(arithmetic, x)]


EXPANSIONS: dict[str, Callable[..., Any]] = {
    **ORDERS,
    "cofactors": _cofactors,
    "cross": _cross,
    "det": _det,
    "inv": _inv,
    "log_softmax": _log_softmax,
    "logabsdet": _logabsdet,
    "logsumexp": _of_many("logsumexp"),
    "matrix_power": _matrix_power,
    "max": _of_many("max"),
    "mean": _mean,
    "min": _of_many("min"),
    "norm": _norm,
    "prod": _prod,
    "slogdet": _slogdet,
    "softmax": _softmax,
    "solve": _solve,
    "std": _std,
    "sum": _sum,
    "var": _var,
    "vdot": _vdot,
}

"""What depends on the order of entries, as formulas of them: sorting, positions, and whether any or all are true."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from gradcli.errors import UsageProblem
from gradcli.formulas.arithmetic import Arithmetic
from gradcli.formulas.entries import Item, Value
from gradcli.ops import TABLE
from gradcli.ops.calls.axes import along_axis, over_axes

__all__ = ["ORDERS"]

_MOST = 16
"""Entries that are sorted by a formula: it compares each with each."""


class _Comparisons:
    """Conditions between entries, with NumPy's order: what is not a number comes last."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        self.arithmetic = arithmetic

    def call(self, function: str, *nodes: int) -> int:
        return self.arithmetic.call(function, nodes)

    def is_nan(self, node: int) -> int:
        return self.call("not_equal", node, node)

    def less(self, a: int, b: int) -> int:
        """Whether one entry comes before another wherever they stand."""
        last = self.call("logical_and", self.is_nan(b), self.call("equal", a, a))
        return self.call("logical_or", self.call("less", a, b), last)

    def is_true(self, node: int) -> int:
        """An entry as a condition."""
        graph = self.arithmetic.graph
        name = graph.functions[node]
        if isinstance(graph.leaves[node], bool) or (name in TABLE and TABLE[name].kind == "predicate"):
            return node
        return self.call("not_equal", node, self.arithmetic.zero)

    def count(self, conditions: Sequence[int]) -> int:
        """How many conditions hold."""
        arithmetic = self.arithmetic
        total = arithmetic.zero
        for condition in conditions:
            total = arithmetic.add(total, arithmetic.where(condition, arithmetic.one, arithmetic.zero))
        return total

    def first(self, conditions: Sequence[int], values: Sequence[int]) -> int:
        """The value of the first condition that holds; of the last one if none does."""
        chosen = values[-1]
        for condition, value in zip(conditions[-2::-1], values[-2::-1], strict=True):
            chosen = self.arithmetic.where(condition, value, chosen)
        return chosen


def _places(comparisons: _Comparisons, nodes: Sequence[int]) -> list[int]:
    """For each entry how many come before it; of equal ones the first stays first."""
    if len(nodes) > _MOST:
        raise UsageProblem(f"a formula sorts up to {_MOST} entries, not {len(nodes):,}")
    found = []
    for i, node in enumerate(nodes):
        before = [comparisons.call("logical_not", comparisons.less(node, other)) for other in nodes[:i]]
        before += [comparisons.less(other, node) for other in nodes[i + 1 :]]
        found.append(comparisons.count(before))
    return found


def _ordered(arithmetic: Arithmetic, items: Sequence[Item], values: Sequence[int]) -> list[Item]:
    """Values in the order of entries."""
    comparisons = _Comparisons(arithmetic)
    places = _places(comparisons, [item.node for item in items])
    found = []
    for position in range(len(items)):
        number = arithmetic.number(float(position))
        conditions = [comparisons.call("equal", place, number) for place in places]
        found.append(Item(arithmetic, comparisons.first(conditions, values)))
    return found


def _sort(arithmetic: Arithmetic, x: Any, axis: int | None = -1) -> Value:
    return along_axis(x, axis, lambda items: _ordered(arithmetic, items, [item.node for item in items]))


def _argsort(arithmetic: Arithmetic, x: Any, axis: int | None = -1) -> Value:
    def positions(items: Sequence[Item]) -> list[Item]:
        return _ordered(arithmetic, items, [arithmetic.number(float(i)) for i in range(len(items))])

    return along_axis(x, axis, positions)


def _position_of(extreme: str) -> Callable[..., Value]:
    """The first position of the largest or smallest entry, or of the first that is not a number."""

    def position(arithmetic: Arithmetic, x: Any, axis: int | None = None, keepdims: bool = False) -> Value:
        comparisons = _Comparisons(arithmetic)

        def of(items: Sequence[Item]) -> Item:
            if not items:
                raise UsageProblem(f"arg{extreme[:3]} of nothing has no value")
            nodes = [item.node for item in items]
            largest = reduce(lambda a, b: comparisons.call(extreme, a, b), nodes)
            conditions = [
                comparisons.call("logical_or", comparisons.call("equal", node, largest), comparisons.is_nan(node))
                for node in nodes
            ]
            return Item(
                arithmetic, comparisons.first(conditions, [arithmetic.number(float(i)) for i in range(len(nodes))])
            )

        return over_axes(x, axis, keepdims, of)

    return position


def _over(combine: Callable[[_Comparisons, list[int]], int]) -> Callable[..., Value]:
    """A reduction of conditions."""

    def reduced(arithmetic: Arithmetic, x: Any, axis: Any = None, keepdims: bool = False) -> Value:
        comparisons = _Comparisons(arithmetic)

        def of(items: Sequence[Item]) -> Item:
            return Item(arithmetic, combine(comparisons, [comparisons.is_true(item.node) for item in items]))

        return over_axes(x, axis, keepdims, of)

    return reduced


def _joined(function: str, nothing: bool) -> Callable[[_Comparisons, list[int]], int]:
    def joined(comparisons: _Comparisons, conditions: list[int]) -> int:
        if not conditions:
            return comparisons.arithmetic.graph.leaf(nothing)
        return reduce(lambda a, b: comparisons.call(function, a, b), conditions)

    return joined


ORDERS: dict[str, Callable[..., Any]] = {
    "all": _over(_joined("logical_and", True)),
    "any": _over(_joined("logical_or", False)),
    "argmax": _position_of("maximum"),
    "argmin": _position_of("minimum"),
    "argsort": _argsort,
    "count_nonzero": _over(lambda comparisons, conditions: comparisons.count(conditions)),
    "sort": _sort,
}
"""Operations by their names, each a function of the arithmetic, an array of items and the operation's statics."""

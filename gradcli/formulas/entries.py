"""Entries that NumPy's functions of arrays can compute with: nodes of a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from gradcli.errors import UsageProblem
from gradcli.formulas.arithmetic import Arithmetic
from gradcli.ops.calls.bind import static

__all__ = ["Item", "Value", "concrete", "flat", "is_array", "item_of", "map_items", "shape_of", "to_array"]

Value: TypeAlias = Any
"""An item, or a NumPy object array of items."""


class Item:
    """A node, with the operators that NumPy's functions of object arrays call."""

    __slots__ = ("arithmetic", "node")
    shape: tuple[int, ...] = ()

    def __init__(self, arithmetic: Arithmetic, node: int) -> None:
        self.arithmetic = arithmetic
        self.node = node

    def _other(self, other: Any) -> int:
        return other.node if isinstance(other, Item) else self.arithmetic.number(float(other))

    def __add__(self, other: Any) -> Item:
        return Item(self.arithmetic, self.arithmetic.add(self.node, self._other(other)))

    def __radd__(self, other: Any) -> Item:
        return Item(self.arithmetic, self.arithmetic.add(self._other(other), self.node))

    def __sub__(self, other: Any) -> Item:
        return Item(self.arithmetic, self.arithmetic.sub(self.node, self._other(other)))

    def __rsub__(self, other: Any) -> Item:
        return Item(self.arithmetic, self.arithmetic.sub(self._other(other), self.node))

    def __mul__(self, other: Any) -> Item:
        return Item(self.arithmetic, self.arithmetic.mul(self.node, self._other(other)))

    def __rmul__(self, other: Any) -> Item:
        return Item(self.arithmetic, self.arithmetic.mul(self._other(other), self.node))

    def __neg__(self) -> Item:
        return Item(self.arithmetic, self.arithmetic.neg(self.node))


def item_of(arithmetic: Arithmetic, value: Any) -> Item:
    """An item, or a number or truth value that NumPy has made, as an item."""
    if isinstance(value, Item):
        return value
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return Item(arithmetic, arithmetic.graph.leaf(bool(value)))
    return Item(arithmetic, arithmetic.number(float(value)))


def is_array(value: Any) -> bool:
    """Whether a value is an array of items."""
    return getattr(getattr(value, "dtype", None), "kind", "") == "O"


def shape_of(value: Value) -> tuple[int, ...]:
    """The shape, () for a single item."""
    return () if isinstance(value, Item) else tuple(value.shape)


def to_array(value: Value) -> Any:
    """An object array of a value's items."""
    import numpy as np

    if not isinstance(value, Item):
        return value
    array = np.empty((), dtype=object)
    array[()] = value
    return array


def flat(value: Value) -> list[int]:
    """The nodes of a value's items, in C order."""
    return [value.node] if isinstance(value, Item) else [item.node for item in value.ravel()]


def map_items(function: Callable[..., Item], values: Sequence[Value]) -> Value:
    """A function of single items on values that NumPy's rules bring to one shape."""
    if all(isinstance(value, Item) for value in values):
        return function(*values)
    import numpy as np

    arrays = np.broadcast_arrays(*map(to_array, values))
    columns: Iterable[tuple[Any, ...]] = zip(*[a.ravel() for a in arrays], strict=True)
    out = np.empty(arrays[0].shape, dtype=object)
    out.reshape(-1)[:] = [function(*column) for column in columns]
    return out


def concrete(value: Any) -> Any:
    """A static argument (an axis, a shape, an index) as NumPy takes it.

    Raises:
        UsageProblem: if it depends on a variable.
    """
    if isinstance(value, tuple):
        return tuple(concrete(part) for part in value)
    if isinstance(value, slice):
        return slice(concrete(value.start), concrete(value.stop), concrete(value.step))
    if isinstance(value, Item):
        return _number(value)
    if is_array(value):
        import numpy as np

        entries = [_number(item) for item in value.ravel()]
        return static(entries) if value.ndim == 1 and not _truths(entries) else np.array(entries).reshape(value.shape)
    return value


def _truths(entries: list[Any]) -> bool:
    return bool(entries) and all(isinstance(entry, bool) for entry in entries)


def _number(item: Item) -> Any:
    graph = item.arithmetic.graph
    leaf = graph.leaves[item.node]
    if isinstance(leaf, bool):
        return leaf
    value = graph.constants[item.node]
    if value is None:
        raise UsageProblem(
            "axes, shapes and indices must be constants in a formula",
            hint="what they are may not depend on the values of variables",
        )
    return static(value)

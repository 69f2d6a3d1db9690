"""Arrays of expressions: NumPy object arrays, and nested rows that do without NumPy as long as they can."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sympy import Basic

from gradcli.symbolic.program.lazy_sums import LazyOperation, as_expression

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Rows", "flat", "forced", "from_nested", "is_scalar", "map_entries", "shape_of", "stack", "to_array"]


class Rows:
    """A list literal of entries, or of rows: most results are one, and then NumPy need not be imported."""

    __slots__ = ("entries", "shape")

    def __init__(self, entries: list[Any], shape: tuple[int, ...]) -> None:
        self.entries = entries
        self.shape = shape


def is_scalar(value: Any) -> bool:
    """Whether a value is a single entry."""
    return not isinstance(value, Rows) and not hasattr(value, "ndim")


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape, () for a single entry."""
    return () if is_scalar(value) else tuple(value.shape)


def flat(value: Any) -> list[Any]:
    """The entries as expressions, in C order."""
    if isinstance(value, Rows):
        return [as_expression(e) for e in value.entries]
    return [as_expression(value)] if is_scalar(value) else [as_expression(e) for e in value.ravel()]


def stack(items: Sequence[Any]) -> Rows | None:
    """Rows of items of one shape; None if an item is an array, which is NumPy's business."""
    shapes = {shape_of(item) for item in items}
    if len(shapes) != 1 or not all(isinstance(item, Rows) or is_scalar(item) for item in items):
        return None
    entries: list[Any] = []
    for item in items:
        entries += item.entries if isinstance(item, Rows) else [item]
    return Rows(entries, (len(items), *shapes.pop()))


def to_array(value: Any) -> Any:
    """An object array of the value's shape and entries."""
    import numpy as np

    if isinstance(value, np.ndarray):
        return value
    array = np.empty(shape_of(value), dtype=object)
    array.reshape(-1)[:] = value.entries if isinstance(value, Rows) else [value]
    return array


def forced(value: Any, force: Callable[[Any], Any]) -> Any:
    """A value that may be used more than once, none of its entries lazy; what is no entry or array stays.

    Args:
        value: of a name in the program.
        force: makes an expression of an entry.
    """
    if isinstance(value, Rows):
        return Rows([force(e) for e in value.entries], value.shape)
    if isinstance(value, LazyOperation | Basic):
        return force(value)
    return map_entries(force, [value]) if hasattr(value, "ndim") else value


def from_nested(value: Any, entry: Callable[[float, tuple[int, ...]], Any]) -> Any:
    """The entries of a number or a nested list, each made from the number and its indices."""
    import numpy as np

    numbers = np.asarray(value, dtype=float)
    array = np.empty(numbers.shape, dtype=object)
    for index in np.ndindex(numbers.shape):
        array[index] = entry(float(numbers[index]), index)
    return array


def map_entries(function: Callable[..., Any], values: Sequence[Any]) -> Any:
    """A function of single entries on values that NumPy's rules bring to one shape."""
    if all(is_scalar(value) for value in values):
        return function(*values)
    import numpy as np

    arrays = np.broadcast_arrays(*[to_array(value) for value in values])
    result = np.empty(arrays[0].shape, dtype=object)
    columns: Iterator[tuple[Any, ...]] = zip(*[a.ravel() for a in arrays], strict=True)
    result.reshape(-1)[:] = [function(*column) for column in columns]
    return result

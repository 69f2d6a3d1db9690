"""Object arrays of entries, and NumPy's functions that only move, add and multiply them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from flint import arb

from gradcli.enclosures.functions.decide import Truth, Undecidable, number_of, truth_of
from gradcli.enclosures.numbers.entry import Entry
from gradcli.enclosures.numbers.tape import Tape
from gradcli.ops.calls.bind import static

__all__ = ["concrete", "flat", "from_numpy", "from_values", "map_entries", "numbers", "to_array"]


def to_array(value: Any) -> Any:
    """An object array of a value's entries."""
    if isinstance(value, np.ndarray):
        return value
    array = np.empty((), dtype=object)
    array[()] = value
    return array


def flat(value: Any) -> list[Entry]:
    """The numbers of a value, in C order."""
    return [number_of(e) for e in value.ravel()] if isinstance(value, np.ndarray) else [number_of(value)]


def numbers(value: Any) -> Any:
    """An object array of numbers: truth values count as 0 and 1."""
    array = to_array(value)
    out = np.empty(array.shape, dtype=object)
    out.reshape(-1)[:] = [number_of(e) for e in array.ravel()]
    return out


def from_values(value: Any, entry: Callable[[float], Entry]) -> Any:
    """Entries of a number or of a nested list of numbers."""
    found = np.asarray(value, dtype=float)
    array = np.empty(found.shape, dtype=object)
    array.reshape(-1)[:] = [entry(number) for number in found.ravel().tolist()]
    return array if array.ndim else array[()]


def map_entries(function: Callable[..., Any], values: Sequence[Any]) -> Any:
    """A function of single entries on values that NumPy's rules bring to one shape."""
    for value in values:
        if type(value) is np.ndarray:
            break
    else:
        return function(*values)
    arrays = np.broadcast_arrays(*[to_array(value) for value in values])
    result = np.empty(arrays[0].shape, dtype=object)
    columns: Iterator[tuple[Any, ...]] = zip(*[a.ravel() for a in arrays], strict=True)
    result.reshape(-1)[:] = [function(*column) for column in columns]
    return result


def from_numpy(tape: Tape, result: Any) -> Any:
    """What a NumPy function gave: its own numbers, such as the zeros of a padding, become constants."""
    if isinstance(result, slice):
        return result
    if not isinstance(result, np.ndarray):
        return _entry(tape, result)
    array = np.empty(result.shape, dtype=object)
    array.reshape(-1)[:] = [_entry(tape, item) for item in result.ravel().tolist()]
    return array if result.ndim else array[()]


def _entry(tape: Tape, item: Any) -> Any:
    number = item.item() if isinstance(item, np.generic | np.ndarray) else item
    if isinstance(number, Entry | Truth):
        return number
    return Truth(tape, number) if isinstance(number, bool) else Entry(tape, arb(number))


def concrete(value: Any) -> Any:
    """A static argument as NumPy takes it: an axis, a shape, an index.

    Raises:
        Undecidable: if it hangs on something that changes at this point.
    """
    if isinstance(value, tuple):
        return tuple(concrete(v) for v in value)
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, Truth):
        _check(value)
        return value.value
    return static(_number(value)) if isinstance(value, Entry) else value


def _array(array: Any) -> Any:
    entries = array.ravel()
    if entries.size and all(isinstance(e, Truth) for e in entries):
        for truth in entries:
            _check(truth)
        return np.array([truth_of(e).value for e in entries], dtype=bool).reshape(array.shape)
    found = [static(_number(number_of(e))) for e in entries]
    return tuple(found) if array.ndim == 1 else np.array(found, dtype=int).reshape(array.shape)


def _check(truth: Truth) -> None:
    if truth.border:
        raise Undecidable("which entries an index picks changes at this point", final=True)


def _number(entry: Entry) -> float:
    ball = entry.ball
    if not ball.is_exact():
        raise Undecidable("an axis, a shape or an index is not decided")
    return float(ball)

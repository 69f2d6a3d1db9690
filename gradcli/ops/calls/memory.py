"""How much memory values may take, and what is refused before it is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from math import prod
from typing import Any

from gradcli.errors import MemoryProblem
from gradcli.ops.entry.op import Op

__all__ = ["DEFAULT", "check_call", "check_empty", "check_entries", "most_bytes", "spoken", "within_memory"]

DEFAULT = 4 * 2**30
_ITEM = 8  # bytes of a float64
_EMPTY_LIST = 64  # bytes of an empty list, and of a list's reference to it
_HINT = "--max-memory SIZE allows more, as in --max-memory 16GiB"
_LIMIT: ContextVar[int | None] = ContextVar("gradcli_memory", default=None)


@contextmanager
def within_memory(size: int | None) -> Iterator[None]:
    """Refuse within the block what would alone take more than `size` bytes; None refuses nothing."""
    token = _LIMIT.set(size)
    try:
        yield
    finally:
        _LIMIT.reset(token)


def most_bytes() -> int:
    """The bytes that one thing may take here: the block's, or 4 GiB.

    >>> with within_memory(100):
    ...     most_bytes()
    100
    """
    size = _LIMIT.get()
    return DEFAULT if size is None else size


def check_entries(what: str, entries: int) -> None:
    """Refuse an array of more numbers than there is room for.

    Raises:
        MemoryProblem: with the size.

    >>> with within_memory(2**30):
    ...     check_entries("the Jacobian", 10**12)
    Traceback (most recent call last):
    ...
    gradcli.errors.MemoryProblem: the Jacobian would have 1,000,000,000,000 entries, 7.3 TiB, and 1 GiB is allowed
    hint: --max-memory SIZE allows more, as in --max-memory 16GiB
    """
    size = _LIMIT.get()
    if size is not None and entries * _ITEM > size:
        told = f"{entries:,}" if entries < 10**18 else f"{entries:.1e}"
        raise MemoryProblem(
            f"{what} would have {told} entries, {spoken(entries * _ITEM)}, and {spoken(size)} is allowed", hint=_HINT
        )


def check_empty(shape: Sequence[int]) -> None:
    """Refuse an array without entries that is too many empty lists, as which it is asked about and printed.

    Raises:
        MemoryProblem: with the size.

    >>> with within_memory(2**20):
    ...     check_empty((500, 500, 0))
    Traceback (most recent call last):
    ...
    gradcli.errors.MemoryProblem: an array of shape (500, 500, 0) is 250,000 empty lists, 15.3 MiB, and 1 MiB is allowed
    hint: --max-memory SIZE allows more, as in --max-memory 16GiB
    """
    size = _LIMIT.get()
    if size is None or 0 not in shape:
        return
    lists = prod(shape[: shape.index(0)])
    if lists * _EMPTY_LIST > size:
        raise MemoryProblem(
            f"an array of shape {tuple(shape)} is {lists:,} empty lists, {spoken(lists * _EMPTY_LIST)}, "
            f"and {spoken(size)} is allowed",
            hint=_HINT,
        )


def check_call(op: Op, values: Sequence[Any], statics: dict[str, Any]) -> None:
    """Refuse a call whose value would have more numbers than there is room for.

    Args:
        op: an entry of the table; its `entries` says how many numbers its value has where that is not what
            its arguments broadcast to.
        values: the arguments, anything with a shape.
        statics: complete, as `bind` gives them.

    Raises:
        MemoryProblem: with the operation's name and the size.
    """
    if _LIMIT.get() is None:
        return
    if op.output_size:
        count = _entries(op, values, statics)
    elif len(values) > 1 and op.kind in ("elementwise", "predicate"):
        count = _broadcast(values)
    else:
        return
    check_entries(op.name, count)


def _entries(op: Op, values: Sequence[Any], statics: dict[str, Any]) -> int:
    from gradcli.ops.calls.paths import resolve_rule

    try:
        return int(resolve_rule(op.output_size)([_shape(value) for value in values], **statics))
    except (AttributeError, TypeError, ValueError, IndexError, ArithmeticError, KeyError):
        return 0  # the call does not fit together, which the operation says itself


def _broadcast(values: Sequence[Any]) -> int:
    """How many entries arguments broadcast to; counted only where two of them are arrays."""
    shapes = [shape for value in values if (shape := _shape(value))]
    if len(shapes) < 2:
        return 0
    longest = max(map(len, shapes))
    return prod(max(shape[-i] if i <= len(shape) else 1 for shape in shapes) for i in range(1, longest + 1))


def _shape(value: Any) -> tuple[int, ...]:
    shape: tuple[int, ...] = getattr(value, "shape", ())
    return shape


def spoken(size: int) -> str:
    """A number of bytes as a person says it.

    >>> spoken(4 * 2**30), spoken(8 * 10**12), spoken(100)
    ('4 GiB', '7.3 TiB', '100 bytes')
    """
    if size < 2**10:
        return f"{size} bytes"
    for exponent, unit in ((50, "PiB"), (40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")):
        if size >= 2**exponent:
            value = size / 2**exponent
            return f"{value:.3g} {unit}" if value >= 100 or value == int(value) else f"{value:.1f} {unit}"
    return f"{size} bytes"

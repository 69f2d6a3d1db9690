"""Columns of Arrow's as Python's objects; of what Python has no type for, texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pyarrow as pa

from gradcli.data.rows.arrow_types import is_listed
from gradcli.errors import InputProblem

__all__ = ["first_line", "objects_of"]

_NO_OBJECTS = (pa.ArrowException, ValueError, OverflowError, LookupError, ImportError)


def objects_of(column: Any, name: str, origin: str) -> Sequence[Any]:
    """A column's values: numbers, texts, times, lists and others, None.

    Python's times have microseconds and years up to 9999; others become texts, in the form in which Python's would go.

    Args:
        column: Arrow's.
        name: what it is called.
        origin: the table, for messages.

    Raises:
        InputProblem: if a value has no text either.

    >>> objects_of(pa.array([1], pa.timestamp("ns")), "t", "p"), objects_of(pa.array([1.5]), "x", "p")
    (['1970-01-01 00:00:00.000000001'], [1.5])
    """
    kind = column.type
    try:
        if pa.types.is_duration(kind) and kind.unit == "ns":
            return [None if number is None else _duration(number) for number in column.cast(pa.int64()).to_pylist()]
        if not (pa.types.is_temporal(kind) and getattr(kind, "unit", "") == "ns"):
            return list(column.to_pylist())
    except _NO_OBJECTS:
        pass
    try:
        return _texts(column)
    except _NO_OBJECTS as error:
        why = f": {first_line(error)}" if str(error) else ""
        told = f"column '{name}' of {origin} holds {kind}, and a value that has no text{why}"
        raise InputProblem(told, hint="parquet and arrow take it as it is: --format arrow") from None


def _texts(column: Any) -> Sequence[Any]:
    """Times, and lists of times, as texts."""
    wanted, inner = pa.string(), column.type
    while is_listed(inner):
        wanted, inner = pa.list_(wanted), inner.value_type
    if not pa.types.is_temporal(inner) or pa.types.is_duration(inner) or pa.types.is_interval(inner):
        raise ValueError
    found: list[Any] = [column.cast(wanted).to_pylist()]
    places: list[tuple[list[Any], int]] = [(found, 0)]
    while places:
        within, at = places.pop()
        value = within[at]
        if isinstance(value, list):
            places += [(value, i) for i in range(len(value))]
        elif value is not None:
            within[at] = _as_python_has_it(value)
    return list(found[0])


_TIME = re.compile(r"(.*?)(?:\.(\d+))?(?:(Z)|([+-]\d\d)(\d\d))?", re.DOTALL)


def _as_python_has_it(text: str) -> str:
    """Arrow's text of a time, with as many digits as Python's has, and more where they say something.

    >>> _as_python_has_it("1970-01-01 00:00:00.000000000"), _as_python_has_it("00:00:00.250")
    ('1970-01-01 00:00:00', '00:00:00.250000')
    >>> _as_python_has_it("1970-01-01 01:00:00.000000001+0100")
    '1970-01-01 01:00:00.000000001+01:00'
    """
    if text.startswith("<"):
        raise ValueError(text.strip("<>"))
    found = _TIME.fullmatch(text)
    assert found is not None
    begin, fraction, utc, hours, minutes = found.groups()
    digits = (fraction or "").ljust(6, "0")
    digits = digits.removesuffix("000") if len(digits) > 6 else digits
    return (
        begin
        + (f".{digits}" if digits.strip("0") else "")
        + ("+00:00" if utc else f"{hours}:{minutes}" if hours else "")
    )


def _duration(nanoseconds: int) -> str:
    """Python's text of a duration, with nanoseconds where it has some.

    >>> _duration(1_500_000_000), _duration(1)
    ('0:00:01.500000', '0:00:00.000000001')
    """
    whole, rest = divmod(nanoseconds, 1000)
    text = str(timedelta(microseconds=whole))
    if not rest:
        return text
    return f"{text}{rest:03}" if "." in text else f"{text}.000000{rest:03}"


def first_line(error: BaseException) -> str:
    """What an error says, without what it adds on further lines."""
    return (str(error).splitlines() or [type(error).__name__])[0]

"""Which of Arrow's types a column can take without a change of its values, and what is said where it cannot."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

__all__ = ["first_unfit", "fits", "is_listed", "is_number", "is_open", "shown", "spoken_type"]

_LONGEST = 40


def fits(found: Any, wanted: Any) -> bool:
    """Whether values of a type may be cast to another: numbers to numbers, texts to texts, and what is made of them.

    Arrow itself casts texts to numbers, truth values to ones and zeros, and drops fields of structures. That a number
    keeps its value is for the cast to see.

    >>> fits(pa.int64(), pa.float64()), fits(pa.string(), pa.float64()), fits(pa.bool_(), pa.float64())
    (True, False, False)
    >>> fits(pa.struct({"a": pa.int64(), "b": pa.int64()}), pa.struct({"a": pa.int64()}))
    False
    """
    pairs = [(found, wanted)]
    while pairs:
        one, other = pairs.pop()
        if one == other or pa.types.is_null(one):
            continue
        if is_listed(one) and is_listed(other):
            pairs.append((one.value_type, other.value_type))
        elif pa.types.is_struct(one) and pa.types.is_struct(other):
            fields = {field.name: field.type for field in other}
            if any(field.name not in fields for field in one):
                return False
            pairs += [(field.type, fields[field.name]) for field in one]
        elif not (is_number(one) and is_number(other)):
            return False
    return True


def is_open(kind: Any) -> bool:
    """Whether values of a type may turn out to be of another: those of empty lists, and of fields without a value.

    >>> is_open(pa.null()), is_open(pa.list_(pa.null())), is_open(pa.list_(pa.int64()))
    (True, True, False)
    """
    kinds = [kind]
    while kinds:
        one = kinds.pop()
        if pa.types.is_null(one):
            return True
        if is_listed(one):
            kinds.append(one.value_type)
        elif pa.types.is_struct(one):
            kinds += [field.type for field in one]
    return False


def is_listed(kind: Any) -> bool:
    """Whether a type is one of lists.

    >>> is_listed(pa.list_(pa.int64())), is_listed(pa.list_(pa.int64(), 2)), is_listed(pa.int64())
    (True, True, False)
    """
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def is_number(kind: Any) -> bool:
    """Whether a type is one of real numbers.

    >>> is_number(pa.int8()), is_number(pa.decimal128(5, 2)), is_number(pa.bool_())
    (True, True, False)
    """
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def first_unfit(values: Sequence[Any], wanted: Any) -> int | None:
    """The position of the first value that a column of a type does not take; None where all are taken.

    >>> first_unfit([1, None, 2.5], pa.int64())
    2
    """
    for position, value in enumerate(values):
        try:
            array = pa.array([value])
            if not fits(array.type, wanted):
                return position
            array.cast(wanted)
        except (pa.ArrowException, ValueError, OverflowError):
            return position
    return None


def spoken_type(kind: Any) -> str:
    """What a column of a type holds.

    >>> spoken_type(pa.float64()), spoken_type(pa.list_(pa.int64()))
    ('numbers', 'list<item: int64>')
    """
    if pa.types.is_integer(kind):
        return "whole numbers"
    if is_number(kind):
        return "numbers"
    if pa.types.is_boolean(kind):
        return "truth values"
    return "texts" if pa.types.is_string(kind) or pa.types.is_large_string(kind) else str(kind)


def shown(value: Any) -> str:
    """A value for a message.

    >>> shown("01234"), shown([1, 2])
    ("'01234'", '[1, 2]')
    """
    text = f"'{value}'" if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."

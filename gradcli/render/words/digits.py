"""Texts of many digits in the shapes of the numbers that they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.transforms.results.digits import Digits

if TYPE_CHECKING:
    from gradcli.transforms.results.base import Derived
    from gradcli.transforms.results.value import Value

__all__ = ["Spelled", "nested_text", "spelled"]


class Spelled(NamedTuple):
    """A result's numbers as texts, nested lists of them in the numbers' shapes.

    Attributes:
        value: the value.
        arrays: what was derived, by name, as the result's `arrays` have it.
        matrix: the matrix that was derived, if there is one.
        bare: what was asked for, as the result's `bare` has it.
    """

    value: Any
    arrays: dict[str, Any]
    matrix: list[list[str]] | None
    bare: list[Any]


def spelled(result: Derived, digits: Digits) -> Spelled:
    """The texts, where the result has its numbers.

    >>> from gradcli.transforms.results.gradient import Gradient
    >>> result = Gradient("sum(x)/3", {"x": np.ones(2)}, 0.67, {"x": np.array([0.33, 0.33])})
    >>> spelled(result, Digits(5, ("0.66667",), ("0.33333", "0.33333"))).arrays
    {'df/dx': ['0.33333', '0.33333']}
    """
    # The result with the place of each derivative entry in the place of its number.
    places = result.corrected({result.address(i): float(i) for i in range(result.count())})
    labelled = places.matrix()
    return Spelled(
        np.reshape(np.array(digits.value, dtype=object), np.shape(result.value)).tolist(),
        {name: _texts(found, digits) for name, found in places.arrays()},
        None if labelled is None else _texts(labelled.matrix, digits),
        [_texts(found, digits) for found in places.bare() or []],
    )


def _texts(places: Value, digits: Digits) -> Any:
    at = np.asarray(places).astype(int)
    return np.reshape(np.array([digits.derivatives[i] for i in at.flat], dtype=object), at.shape).tolist()


def nested_text(texts: Any) -> str:
    """Nested lists of texts as one.

    >>> nested_text([["1.0", "2.0"], ["3.0", "4.0"]]), nested_text("1.0")
    ('[[1.0, 2.0], [3.0, 4.0]]', '1.0')
    """
    return texts if isinstance(texts, str) else repr(texts).replace("'", "")

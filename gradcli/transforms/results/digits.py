"""More digits than a float64 has, as texts in the place of a result's numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gradcli.transforms.results.base import Derived
    from gradcli.transforms.results.value import Value

__all__ = ["Digits", "nested_text"]


@dataclass(frozen=True, slots=True)
class Digits:
    """A result's numbers with so many significant digits, each of them proved.

    Attributes:
        wanted: how many.
        value: the value's entries, in C order.
        derivatives: the derivative entries, in the result's order.
        undecided: the entries that have no proved digits, by label, and why; their texts are those of the float64.
    """

    wanted: int
    value: tuple[str, ...]
    derivatives: tuple[str, ...]
    undecided: tuple[tuple[str, str], ...] = ()

    def nested_value(self, result: Derived) -> Any:
        """The value's text, or nested lists of texts in its shape."""
        return np.reshape(np.array(self.value, dtype=object), np.shape(result.value)).tolist()

    def arrays(self, result: Derived) -> Iterator[tuple[str, Any]]:
        """What was derived, as `result.arrays()` gives it, in texts."""
        return ((name, self._spelled(places)) for name, places in _places(result).arrays())

    def matrix(self, result: Derived) -> list[list[str]] | None:
        """The matrix that was derived, in texts."""
        labelled = _places(result).matrix()
        return None if labelled is None else self._spelled(labelled.matrix)

    def bare(self, result: Derived) -> list[Any]:
        """What was asked for, as `result.bare()` gives it, in texts."""
        return [self._spelled(places) for places in _places(result).bare() or []]

    def _spelled(self, places: Value) -> Any:
        at = np.asarray(places).astype(int)
        return np.reshape(np.array([self.derivatives[i] for i in at.flat], dtype=object), at.shape).tolist()


def _places(result: Derived) -> Derived:
    """The result with the place of each derivative entry in the place of its number."""
    return result.corrected({result.address(i): float(i) for i in range(result.count())})


def nested_text(texts: Any) -> str:
    """Nested lists of texts as one.

    >>> nested_text([["1.0", "2.0"], ["3.0", "4.0"]]), nested_text("1.0")
    ('[[1.0, 2.0], [3.0, 4.0]]', '1.0')
    """
    return texts if isinstance(texts, str) else repr(texts).replace("'", "")

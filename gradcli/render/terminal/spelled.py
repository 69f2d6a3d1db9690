"""Numbers and arrays as they fit: all digits, else rounded, else an array's shape and range; and what was left out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gradcli.render.words.numbers import exact, nested, spellers, summary
from gradcli.transforms.results.value import Value, Whole

__all__ = ["Speller"]

_SHORTEST = 3
"""Characters that an entry takes at least, with what stands before the next."""


class Speller:
    """Writes values one after the other, and remembers whether digits or entries were left out.

    Args:
        spell: how a number is written; entries of an array are rounded where they do not fit so.
        limit: characters of an array.
        unicode: whether the terminal has more than ASCII.

    Attributes:
        rounded: whether a number has lost digits.
        shortened: whether an array has lost its entries.

    >>> spell = Speller(exact, 30, unicode=True)
    >>> spell(0.1), spell(np.array([1 / 3, 2.0])), spell(np.array([[1.0, 2.0], [3.0, 4.5]])), spell.rounded
    ('0.1', '[0.3333333333333333, 2.0]', '[[1.0, 2.0], [3.0, 4.5]]', False)
    >>> spell(np.array([1 / 3, 2 / 3, 1.0])), spell.rounded, spell.shortened
    ('[0.333333, 0.666667, 1.0]', True, False)
    >>> spell(np.arange(20.0)), spell.shortened
    ('<20 entries, 0 … 19>', True)
    """

    def __init__(self, spell: Callable[[float], str], limit: int, unicode: bool) -> None:
        self.rounded = self.shortened = False
        self._spell = spell
        self._limit = limit
        self._unicode = unicode

    def __call__(self, value: Value | Whole) -> str:
        """The text of a value; whole numbers are as they are."""
        if not isinstance(value, np.ndarray):
            if isinstance(value, int):
                return exact(value)
            text = self._spell(value)
            self.rounded |= text != exact(value)
            return text
        if value.size * _SHORTEST <= self._limit:
            for spell in spellers(value, self._spell):
                text = nested(value, spell)
                if len(text) <= self._limit:
                    self.rounded |= text != exact(value)
                    return text
        self.shortened = True
        return summary(value, self._unicode)

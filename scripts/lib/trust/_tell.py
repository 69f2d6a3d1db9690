"""Plain lines of figures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def title(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}")


def row(name: str, *figures: str) -> None:
    print(f"{name:<58} {'  '.join(f'{figure:>16}' for figure in figures)}".rstrip())


def facts(name: str, numbers: Sequence[float], limit: float) -> None:
    """How many, their median, high quantiles and maximum, and how many are within a limit."""
    array = np.array(numbers)
    quantiles = [float(np.quantile(array, q, method="inverted_cdf")) for q in (0.5, 0.99, 0.999, 1.0)]
    told = [f"{word} {number:.3g}" for word, number in zip(("median", "99%", "99.9%", "most"), quantiles, strict=True)]
    row(name, f"{array.size:,} entries", *told, f"{np.mean(array <= limit):.3%} <= {limit:g}")

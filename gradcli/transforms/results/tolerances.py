"""How far numbers may be apart: the one place where the check's tolerances are.

No tolerance is a plain allowance. Beyond a few units in the last place, an error must be explained by what rounding can
do to the expression as it is written (`gradcli.transforms.verify.rounding`).
"""

from __future__ import annotations

__all__ = [
    "COARSE",
    "ESTIMATES",
    "HALF_THE_DIGITS",
    "NEGLIGIBLE",
    "SAME_SIDE",
    "SLACK",
    "ULPS",
    "UNIT_ROUNDOFF",
    "ZERO",
]

UNIT_ROUNDOFF = 2.0**-53
"""What rounding to float64 changes a number by at most, relative to itself."""

ULPS = 16.0
"""Up to so many units in the last place no explanation is asked for: the functions of NumPy and SciPy are right to 1 to
4 ulps each, and an expression of a few of them to their sum."""

SLACK = 8.0
"""How far beyond the first-order bound on rounding errors a number may be and still count as rounded: the bound takes
half an ulp for each operation, functions are off by up to 4."""

HALF_THE_DIGITS = 2.0**-26
"""A derivative that rounding has left less than this, relative to itself, is no answer: half of 53 bits ..."""

NEGLIGIBLE = 2.0**-40
"""... unless what is wrong is this small beside derivatives of such a value where nothing cancels."""

ZERO = 16.0 * 2.0**-52
"""... or is this small beside the terms of the sum that cancelled last: a zero as nearly as float64 can say it."""

SAME_SIDE = 1e-12
"""Limits from one side by two roads are the same within this: both are exact but for the rounding to float64 of what
they are computed from."""

ESTIMATES = 4.0
"""How many times its own estimate the numeric derivative may be off: the estimate is the last two steps' distance."""

COARSE = 1e-3
"""A numeric derivative that may be off by more than this, relative to the entry, says nothing about it."""

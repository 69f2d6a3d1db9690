"""One entry's witnesses against each other: who agrees, within what each of them can know.

No tolerance is a plain number. The engine may be off by what rounding can do to the expression as it is written
(`transforms.rounding`), the numeric derivative by its own estimate and the same rounding, SymPy's 30 digits by nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

import numpy as np

from gradcli.address import EntryAddress
from gradcli.errors import Problem
from gradcli.symbolic import Truth
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.findings import Agreement, EntryComparison
from gradcli.transforms.results.tolerances import COARSE, ESTIMATES, NEGLIGIBLE, SLACK, ULPS
from gradcli.transforms.verify.digits import digits_of, digits_right, truth_text
from gradcli.transforms.verify.entries import ulps_between
from gradcli.transforms.verify.numeric import Numeric
from gradcli.transforms.verify.rounding import Bounds, Sensitivity

__all__ = ["EntryComparer"]

_FEW = 2.0
"""A number of fewer right digits has no condition worth telling."""


class EntryComparer:
    """The testimonies about one result.

    Args:
        result: what the engine has.
        deadline: on the clock of `time.monotonic`; no sweep for the bound on rounding is begun after it.
    """

    def __init__(self, result: Derived, deadline: float) -> None:
        self._result = result
        self._deadline = deadline
        self._known: dict[EntryAddress, Sensitivity | None] = {}

    @cached_property
    def _bounds(self) -> Bounds:
        return Bounds(self._result)

    def compare(self, address: EntryAddress, truth: Truth | None, numeric: Numeric) -> EntryComparison:
        """An entry's numbers and who agrees about it; what explains its error is left for `explained`."""
        result = self._result
        entry = _Entry(result.number(address), truth, numeric, result.scale(address))
        return EntryComparison(
            result.label(address),
            entry.engine,
            None if truth is None else truth_text(truth),
            numeric.value,
            None if numeric.value is None else numeric.error,
            f"{numeric.method}, too coarse to tell" if entry.coarse else numeric.method,
            entry.agreement(lambda error, allowed: self._explains(address, error, allowed)),
            None if entry.exact is None else ulps_between(entry.engine, entry.exact),
            entry.digits(),
        )

    def explained(self, testimony: EntryComparison, address: EntryAddress, truth: Truth | None) -> EntryComparison:
        """The same, with the condition of the point and the bound on rounding, as far as the time allows."""
        smooth = testimony.agreement != "kink" and np.isfinite(testimony.engine)
        found = self.sensitivity(address) if smooth else None
        if found is None:
            return testimony
        size = abs(testimony.engine) if truth is None or truth.status != "number" else abs(truth.high)
        ulps = found.bound / float(np.spacing(size)) if np.isfinite(size) else None
        known = testimony.digits is None or testimony.digits >= _FEW  # else it is that of a number made of rounding
        return replace(testimony, condition=found.condition if known else None, rounding=ulps)

    def sensitivity(self, address: EntryAddress) -> Sensitivity | None:
        """What an entry's error comes from; None where the time is over, or an operation has no second derivative."""
        if address not in self._known:
            try:
                late = time.monotonic() > self._deadline
                self._known[address] = None if late else self._bounds.sensitivity(address)
            except Problem:
                self._known[address] = None
        return self._known[address]

    def _explains(self, address: EntryAddress, error: float, allowed: float) -> bool:
        """Whether rounding, and what is allowed beside it, can have made an error."""
        if not np.isfinite(error) or error <= allowed:
            return bool(np.isfinite(error))
        found = self.sensitivity(address)
        if found is None or error <= SLACK * found.bound + allowed:
            return found is not None
        return time.monotonic() <= self._deadline and self._bounds.explain(error, address, allowed)


class _Entry:
    """The three numbers about one entry."""

    def __init__(self, engine: float, truth: Truth | None, numeric: Numeric, size: float) -> None:
        self.engine = engine
        self.truth = truth
        self.numeric = numeric
        self._size = size
        self.exact = truth if truth is not None and truth.status == "number" else None
        sizes = [abs(engine) if np.isfinite(engine) else 0.0, 0.0 if self.exact is None else abs(self.exact.high)]
        limit = max(COARSE * max(sizes), NEGLIGIBLE * size)
        self.coarse = numeric.value is not None and numeric.error > limit

    def digits(self) -> float | None:
        """How many digits of the engine's number are right, as far as anybody can tell."""
        if self.exact is not None:
            return None if np.isinf(self.exact.high) else digits_right(self.engine, self.exact)
        if self.truth is not None or self.numeric.value is None:
            return None
        error = max(abs(self.engine - self.numeric.value), self.numeric.error)
        return digits_of(error, self._size if self.engine == 0.0 else self.numeric.value)

    def agreement(self, explains: Callable[[float, float], bool]) -> Agreement:
        """Who agrees.

        Args:
            explains: whether rounding, and what is allowed beside it, can have made an error.
        """
        if self.truth is not None and self.truth.status == "kink":
            return "kink"
        if self.truth is not None and self.exact is None:
            return _special(self.engine, self.truth)
        says = self.numeric.value is not None and not self.coarse
        by_engine = says and self._numeric_near(self.engine, 0.0, explains)
        if self.exact is None:
            if not says:
                return "kink" if self.numeric.kink else "unknown"
            return "both" if by_engine else "none"
        by_truth = says and self._numeric_near(self.exact.high, self.exact.low, explains)
        if self._engine_right(self.exact, explains):
            return "both" if not says else "all" if by_engine or by_truth else "engine and SymPy"
        if not says:
            return "undecided" if self.coarse else "none"
        if by_engine and by_truth:
            return "undecided"
        return "engine and numeric" if by_engine else "SymPy and numeric" if by_truth else "none"

    def _engine_right(self, truth: Truth, explains: Callable[[float, float], bool]) -> bool:
        if ulps_between(self.engine, truth) <= ULPS:
            return True
        error = abs((self.engine - truth.high) - truth.low)
        return explains(error, ULPS * float(np.spacing(abs(truth.high))))

    def _numeric_near(self, high: float, low: float, explains: Callable[[float, float], bool]) -> bool:
        assert self.numeric.value is not None
        away = abs((self.numeric.value - high) - low)
        return explains(away, ESTIMATES * self.numeric.error + ULPS * float(np.spacing(abs(self.numeric.value))))


def _special(engine: float, truth: Truth) -> Agreement:
    """Who agrees where SymPy has no number: on an infinity, or on there being none."""
    if truth.status == "infinite":
        return "both" if engine == truth.high else "none"
    return "none" if np.isfinite(engine) else "both"

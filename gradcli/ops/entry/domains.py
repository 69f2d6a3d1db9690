"""Where operations are sampled: intervals inside their domains, away from their ends."""

from __future__ import annotations

from typing import TypeAlias

__all__ = ["ABOVE1", "NONZERO", "OPEN01", "ORDER1", "OUTSIDE1", "POSITIVE", "REAL", "UNIT", "UNIT_NONZERO", "Interval"]

Interval: TypeAlias = tuple[float, float]

REAL: tuple[Interval, ...] = ((-3.0, 3.0),)
POSITIVE: tuple[Interval, ...] = ((0.1, 4.0),)
NONZERO: tuple[Interval, ...] = ((-3.0, -0.2), (0.2, 3.0))
UNIT: tuple[Interval, ...] = ((-0.95, 0.95),)
UNIT_NONZERO: tuple[Interval, ...] = ((-0.95, -0.1), (0.1, 0.95))
OPEN01: tuple[Interval, ...] = ((0.05, 0.95),)
ABOVE1: tuple[Interval, ...] = ((1.05, 4.0),)
OUTSIDE1: tuple[Interval, ...] = ((-4.0, -1.05), (1.05, 4.0))
ORDER1: tuple[Interval, ...] = ((1.0, 1.0),)

"""Kinks in words, the same for pipes, terminals and standard error."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gradcli.ops import TABLE
from gradcli.render.numbers import exact
from gradcli.transforms.results import Kink, Sides

__all__ = ["headline", "remarks", "spoilt", "unsettled"]

_SHOWN = 10


def headline(kink: Kink) -> str:
    """One sentence: what is at its kink, and whether that matters."""
    at = kink.at[1:-1] if kink.at.startswith("(") and "," not in kink.at else kink.at
    comparison = TABLE[kink.op].kind == "predicate"
    if kink.kind == "kink":
        return f"the condition changes at {at}" if comparison else f"{kink.op} is not differentiable at {at}"
    if kink.kind == "smooth":
        return f"{kink.op} is not differentiable at {at}, but the derivative exists, and is another"
    return f"{kink.op} is at {at}, where it is not differentiable; whether the result is, is not known: {kink.reason}"


def remarks(kink: Kink) -> list[str]:
    """The entries from both sides, and what others would give."""
    lines = [_sides(kink, sides) for sides in kink.sides[:_SHOWN]]
    if len(kink.sides) > _SHOWN:
        lines.append(f"... and {len(kink.sides) - _SHOWN} more")
    if kink.kind != "smooth":
        lines.append(f"convention: {kink.convention}")
    if kink.peers:
        lines.append(f"{kink.peers_at}: " + ", ".join(f"{name} {slope}" for name, slope in kink.peers.items()))
    return lines


def _sides(kink: Kink, sides: Sides) -> str:
    if kink.kind == "smooth":
        true = sides.left if sides.right is None else sides.right
        return f"{sides.of} is {_number(true)}, not {exact(sides.given)}"
    if sides.jumps:
        return f"{sides.of}: the value jumps; the slope is {_pair(sides)}; given {exact(sides.given)}"
    return f"{sides.of}: {_pair(sides)}; given {exact(sides.given)}"


def _pair(sides: Sides) -> str:
    return f"from the left {_number(sides.left)}, from the right {_number(sides.right)}"


def _number(value: float | None) -> str:
    return "not real" if value is None else exact(value)


def spoilt(kinks: Sequence[Kink]) -> bool:
    """Whether a number of the result is finite and wrong."""
    return any(math.isfinite(s.given) for kink in kinks if kink.kind == "smooth" for s in kink.sides)


def unsettled(kinks: Sequence[Kink]) -> bool:
    """Whether the result is not differentiable, or might not be."""
    return any(kink.kind != "smooth" for kink in kinks)

"""Which branch of `a if c else b` a program takes."""

from __future__ import annotations

from typing import Any

from gradcli.errors import UsageProblem

__all__ = ["array_condition", "takes_first"]


def takes_first(condition: Any) -> bool:
    """Whether a condition's number or truth value holds.

    Raises:
        UsageProblem: for an array, even of one entry.

    >>> takes_first(2.0), takes_first(False)
    (True, False)
    """
    if getattr(condition, "ndim", 0):
        raise array_condition()
    return bool(condition)


def array_condition() -> UsageProblem:
    """The error for an array as the condition of `a if c else b`."""
    return UsageProblem(
        "the condition of an if is one truth value, and this is an array",
        hint="where(condition, a, b) chooses entry by entry",
    )

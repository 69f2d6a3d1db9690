"""Where a function is right to its last digits, and the refusal beyond."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.errors import DomainProblem

__all__ = ["require", "whole"]


def require(name: str, holds: Any, told: str) -> None:
    """See that all arguments are where a function is computed to its last digits.

    Raises:
        DomainProblem: where the condition does not hold; a comparison with a NaN is to be written so that it does.

    >>> require("struve", np.array([True, False]), "for v >= 0")
    Traceback (most recent call last):
    ...
    gradcli.errors.DomainProblem: struve is computed to its last digits for v >= 0 alone
    """
    if not np.all(holds):
        raise DomainProblem(f"{name} is computed to its last digits {told} alone")


def whole(name: str, order: Any) -> None:
    """See that an order is a whole number that is not negative.

    Raises:
        DomainProblem: if it is not.
    """
    if np.any(order < 0) or np.any(order != np.floor(order)):
        raise DomainProblem(f"the order n of {name} must be a whole number >= 0")

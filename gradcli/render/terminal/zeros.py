"""Results without negative zeros: to a person at a terminal their sign says nothing, and looks like a mistake."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import numpy as np

__all__ = ["without_negative_zeros"]

T = TypeVar("T")


def without_negative_zeros(result: T) -> T:
    """The same result, in whose numbers zeros have no sign.

    >>> from gradcli.transforms.results.gradient import Gradient
    >>> found = without_negative_zeros(Gradient("-x", {"x": 0.0}, -0.0, {"x": np.array([-0.0, -1.0])}))
    >>> found.value, found.gradients
    (0.0, {'x': array([ 0., -1.])})
    """
    return _unsigned(result)  # type: ignore[no-any-return]  # of the type that it was given


def _unsigned(held: Any) -> Any:
    """Numbers plus zero, which changes a negative zero alone. The recursion is as deep as a result's fields are."""
    if isinstance(held, float):
        return held + 0.0
    if isinstance(held, np.ndarray) and held.dtype.kind == "f":
        return held + 0.0
    if isinstance(held, dict):
        return {key: _unsigned(value) for key, value in held.items()}
    if type(held) in (tuple, list):
        return type(held)(map(_unsigned, held))
    if is_dataclass(held) and not isinstance(held, type):
        return replace(held, **{field.name: _unsigned(getattr(held, field.name)) for field in fields(held)})
    return held

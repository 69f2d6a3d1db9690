"""The conditions in the table's entries that tell where an operation is at a kink."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from gradcli.lang import Call, Name, Tree, fold, parse
from gradcli.ops import CONSTANTS, TABLE
from gradcli.ops.calls.paths import resolve_value

__all__ = ["can_be_at_kink", "evaluate_kink", "kink_tree"]


@cache
def can_be_at_kink(name: str, literals: tuple[float | None, ...]) -> bool:
    """Whether some numbers among its arguments, None for others, leave it open whether an operation is at a kink.

    >>> can_be_at_kink("pow", (None, 2.0)), can_be_at_kink("pow", (None, 0.5))
    (False, True)
    """
    op = TABLE[name]
    if op.kind not in ("elementwise", "predicate"):
        return True
    places = {p: np.float64(np.nan if v is None else v) for p, v in zip(op.params, literals, strict=False)}
    with np.errstate(all="ignore"):
        values = [evaluate_kink(kink, places) for kink in op.kinks]
    return any(np.isnan(v) or v == 0 for v in values)


def evaluate_kink(text: str, places: dict[str, Any]) -> Any:
    """A kink's expression in numbers."""

    def name(node: Name) -> Any:
        return places[node.id] if node.id in places else np.float64(CONSTANTS[node.id])

    def call(node: Call, args: list[Any], keywords: dict[str, Any]) -> Any:
        return resolve_value(TABLE[node.function].value)(*args)

    return fold(kink_tree(text), lambda node: node.value, name, call)


@cache
def kink_tree(text: str) -> Tree:
    """The tree of a kink's expression, as an entry of the table has it."""
    return parse(text).result

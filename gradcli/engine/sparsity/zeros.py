"""Where a partial derivative is zero because a constant is: x*c depends on x only where c is not 0.

Read off the partial's own text: a product is zero where a factor is, a quotient where its numerator is, and what a
constant condition picks where that is. Of the variables' values nothing is read.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from gradcli.lang import Call, Literal, Name, Tree, fold, parse
from gradcli.ops import TABLE

__all__ = ["zero_places"]


def zero_places(operation: str, i: int, constants: dict[str, Any]) -> Any:
    """Where the partial by argument i is zero whatever the variables are: True or False for all places, or a mask.

    Args:
        operation: an elementwise entry of the table.
        i: the argument.
        constants: the parameters and statics that do not move, by name.

    >>> zero_places("mul", 0, {"y": np.array([0.0, 2.0])}), zero_places("floor", 0, {}), zero_places("exp", 0, {})
    (array([ True, False]), True, False)
    """
    tree = _partial(operation, i)
    if tree is None:
        return True  # nothing is differentiated by it

    def literal(node: Literal) -> Any:
        return node.value == 0, node.value

    def name(node: Name) -> Any:
        if node.id not in constants:
            return False, None
        return np.equal(constants[node.id], 0), constants[node.id]

    def call(node: Call, args: list[Any], keywords: dict[str, Any]) -> Any:
        zeros = [zero for zero, _ in args]
        if node.function == "mul":
            return np.logical_or(*zeros), None
        if node.function in ("div", "neg", "pos"):
            return zeros[0], None
        if node.function == "where":
            condition = args[0][1]
            both = np.logical_and(zeros[1], zeros[2])
            return (both if condition is None else np.where(condition, zeros[1], zeros[2])), None
        return False, None

    found = fold(tree, literal, name, call)[0]
    return bool(found) if np.ndim(found) == 0 else found


@cache
def _partial(operation: str, i: int) -> Tree | None:
    text = TABLE[operation].partials[i]
    return None if text is None else parse(text).result

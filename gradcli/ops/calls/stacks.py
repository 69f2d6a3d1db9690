"""Functions of one array on stacks of them, whatever the entries are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcli.ops.calls.outputs import Several

__all__ = ["NoRule", "over_stack"]


class NoRule(Exception):
    """An operation that has no rule for such arguments side by side; the rows are then computed one by one."""


def over_stack(x: Any, function: Callable[[Any], Any]) -> Any:
    """A function of a matrix, applied to each of a stack of them.

    Args:
        x: an object array, whose last two axes are those of the matrices; at least one matrix.
        function: gives an object array, a single entry, or a tuple of such.

    >>> import numpy as np
    >>> over_stack(np.array([[[1, 2], [3, 4]], [[5, 6], [7, 8]]], dtype=object), lambda m: m[0, 1])
    array([2, 6], dtype=object)
    """
    import numpy as np

    lead = x.shape[:-2]
    found = [function(x[index]) for index in np.ndindex(lead)]
    if isinstance(found[0], tuple):
        return Several.of([_stacked(list(items), lead) for items in zip(*found, strict=True)])
    return _stacked(found, lead)


def _stacked(found: list[Any], lead: tuple[int, ...]) -> Any:
    import numpy as np

    shape = getattr(found[0], "shape", ())
    out = np.empty((len(found), *shape), dtype=object)
    for i, item in enumerate(found):
        out[i] = item
    out = out.reshape((*lead, *shape))
    return out if out.ndim else out[()]

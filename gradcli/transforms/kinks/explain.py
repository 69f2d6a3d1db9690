"""Kinks: found by values alone, which is cheap; what they mean is looked into only where there is one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from gradcli.transforms.kinks.detect import KinkDetector, calls_at_kinks
from gradcli.transforms.program.prepare import Prepared

if TYPE_CHECKING:
    from gradcli.transforms.results.base import Derived

__all__ = ["explain_kinks"]

R = TypeVar("R", bound="Derived")


def explain_kinks(result: R, prepared: Prepared, watch: KinkDetector | None = None) -> R:
    """The result with the kinks that matter to it: nothing is added where every entry is right and smooth.

    Where both sides show that the derivative exists, and the conventions of operations at their kinks give another
    number, the result gets the right one, and the kink tells of both. Where the slope is infinite on every side, a
    finite number of the conventions' gives way to that infinity too.

    Args:
        watch: what looked on as the value was computed; without it the program is run once more.

    >>> from gradcli.transforms.operators.grad import grad
    >>> [kink] = grad("abs(x - 1)", {"x": 1}).kinks
    >>> kink.op, kink.span, kink.sides[0].left, kink.sides[0].right, kink.peers
    ('abs', (0, 10), -1.0, 1.0, {'PyTorch': '0', 'JAX': '1', 'SymPy': '0'})
    >>> grad("abs(x)**2", {"x": 0}).kinks
    ()
    >>> right = grad("relu(x) - relu(-x)", {"x": 0})
    >>> right.gradients, right.kinks[0].kind, right.kinks[0].sides[0].given
    ({'x': 1.0}, 'smooth', 0.0)
    >>> steep = grad("x**x", {"x": 0})
    >>> steep.gradients, steep.kinks[0].kind, steep.kinks[0].sides[0].given
    ({'x': -inf}, 'singular', 0.0)
    """
    found = calls_at_kinks(prepared) if watch is None else watch.found
    if not found:
        return result
    from gradcli.transforms.kinks.attribute import attribute  # imports mpmath

    kinks = attribute(result, prepared, found)
    right = {
        s.address: s.both if kink.kind == "smooth" else s.infinite
        for kink in kinks
        if kink.kind in ("smooth", "singular")
        for s in kink.sides
    }
    corrected = result.corrected({address: n for address, n in right.items() if address is not None and n is not None})
    finite = all(bool(np.all(np.isfinite(numbers))) for _, numbers in corrected.numbers())
    return replace(corrected, kinks=kinks, origin=None if finite else result.origin)

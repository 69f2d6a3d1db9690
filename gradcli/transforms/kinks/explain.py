"""Kinks: found by values alone, which is cheap; what they mean is looked into only where there is one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from gradcli.transforms.kinks.detect import KinkDetector, calls_at_kinks
from gradcli.transforms.program.prepare import Prepared

if TYPE_CHECKING:
    from gradcli.transforms.results.base import Derived

__all__ = ["explain_kinks"]

R = TypeVar("R", bound="Derived")


def explain_kinks(result: R, prepared: Prepared, watch: KinkDetector | None = None) -> R:
    """The result with the kinks that matter to it: nothing is added where every entry is right and smooth.

    Args:
        watch: what looked on as the value was computed; without it the program is run once more.

    >>> from gradcli.transforms.operators.grad import grad
    >>> [kink] = grad("abs(x - 1)", {"x": 1}).kinks
    >>> kink.op, kink.span, kink.sides[0].left, kink.sides[0].right, kink.peers
    ('abs', (0, 10), -1.0, 1.0, {'PyTorch': '0', 'JAX': '1', 'SymPy': '0'})
    >>> grad("abs(x)**2", {"x": 0}).kinks
    ()
    """
    found = calls_at_kinks(prepared) if watch is None else watch.found
    if not found:
        return result
    from gradcli.transforms.kinks.attribute import attribute  # imports mpmath

    return replace(result, kinks=attribute(result, prepared, found))

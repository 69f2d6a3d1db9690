"""Which questions SymPy is known not to come to the end of."""

from __future__ import annotations

from gradcli.lang import Program, calls

__all__ = ["FROM_ORDER", "is_hopeless"]

FROM_ORDER = 5
"""The order of a derivative below which SymPy is always asked."""

_HOPELESS = 100
"""The order times the program's operations, from which on it is not: order 9 of
exp(sin(x))*log(1 + x**2)/(1 + exp(-x)), of 11 operations, takes it 11 s, each further one twice as long."""


def is_hopeless(program: Program, order: int) -> bool:
    """Whether SymPy is known not to come to an end with a derivative.

    Args:
        program: with its loops unrolled, or not: what is in them counts once then.
        order: of the highest derivative.

    >>> from gradcli.lang import parse
    >>> [is_hopeless(parse("exp(sin(x))*log(1 + x**2)/(1 + exp(-x))"), order) for order in (4, 9, 20)]
    [False, False, True]
    """
    return order >= FROM_ORDER and order * sum(1 for _ in calls(program)) >= _HOPELESS

"""Limits in words, the same for pipes, terminals and standard error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gradcli.render.words.escape import visible
from gradcli.render.words.numbers import exact

if TYPE_CHECKING:
    from gradcli.transforms.results.findings import Limit

__all__ = ["headline", "lines"]

_SHOWN = 10


def headline(limits: Sequence[Limit]) -> str:
    """One sentence: what the value tends to, if it is one number.

    >>> from gradcli.transforms.results.findings import Limit
    >>> headline([Limit("f", 0, (), 2.0, 2.0, float("nan")), Limit("df/dx", 1, (), 1.0, 1.0, float("nan"))])
    'f is nan here, and tends to 2.0'
    """
    of_values = [limit for limit in limits if limit.order == 0]
    names = list(dict.fromkeys(limit.of for limit in of_values))
    if not names:
        return "there is no value here; a derivative has a limit"
    if len(names) > 1:
        return visible(f"{', '.join(names[:_SHOWN])} are nan here; what they tend to is known")
    (first, *others) = of_values
    if others or first.both is None:
        return visible(f"{first.of} is nan here, and tends to no single number")
    return visible(f"{first.of} is nan here, and tends to {exact(first.both)}{_along(first)}")


def lines(limits: Sequence[Limit]) -> list[str]:
    """An entry a line.

    >>> from gradcli.transforms.results.findings import Limit
    >>> lines([Limit("f", 0, ("x", "y"), -1.0, 1.0, float("nan"))])
    ['f along x, and along y: from the left -1.0, from the right 1.0; given nan']
    """
    told = [visible(_line(limit)) for limit in limits[:_SHOWN]]
    return told if len(limits) <= _SHOWN else [*told, f"... and {len(limits) - _SHOWN} more"]


def _line(limit: Limit) -> str:
    return f"{limit.of}{_along(limit)}: {_sides(limit)}; given {exact(limit.given)}"


def _along(limit: Limit) -> str:
    return f" along {', and along '.join(limit.along)}" if limit.along else ""


def _sides(limit: Limit) -> str:
    left, right = ("not real" if side is None else exact(side) for side in (limit.left, limit.right))
    return f"{left} from both sides" if left == right else f"from the left {left}, from the right {right}"

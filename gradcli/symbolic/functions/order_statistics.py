"""Order statistics as SymPy expressions: the k-th smallest of several.

Each is a continuous function, and its derivative that of the argument that holds the rank, as long as no other argument
has its value. There is a tie only with a neighbour in the order, so that two equal arguments elsewhere leave the k-th
differentiable: the median of 1, 1, 2, 3, 4 is.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.symbolic.functions.piecewise import Extremum
from gradcli.symbolic.numbers.level import Level, Value

__all__ = ["Ranked"]


class Ranked(Extremum):
    """The k-th smallest, counted from 0, of all arguments but the first, which is k.

    It is an extremum in that one of its arguments is active, and shares the derivative with `Max` and `Min`: k is an
    argument like the others there, whose derivative is 0 and which is never active.
    """

    __slots__ = ()

    def active(self, level: Level, values: Sequence[Value]) -> int:
        """Which argument is the k-th; a tie where a neighbour in the order has its value.

        Only the nearer neighbour is compared: a node has one gap, and a tie with either is a tie.
        """
        order = sorted(range(1, len(values)), key=lambda i: values[i])
        k = int(values[0])
        neighbours = [order[i] for i in (k - 1, k + 1) if 0 <= i < len(order)]
        if neighbours:
            nearest = min(neighbours, key=lambda i: abs(values[i] - values[order[k]]))
            level.sign(self, values[order[k]], values[nearest])
        return order[k]

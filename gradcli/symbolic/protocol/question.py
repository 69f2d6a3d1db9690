"""What the oracle is asked and what it answers."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

from gradcli.address import EntryAddress, spread
from gradcli.process.refusal import NotChecked

__all__ = ["Answer", "Kind", "NotChecked", "Question", "Status", "Truth", "size"]

Kind: TypeAlias = Literal["gradient", "jacobian", "hessian", "hvp", "pushforward", "derivative"]
_LIMIT = 400
"""Derivative entries that are checked unless told otherwise: all of a 20 by 20 Jacobian. Of the gradient of
sum(sin(x)*x) by 1,000 inputs so many take 1.4 s."""

Status: TypeAlias = Literal["number", "kink", "undefined", "infinite", "complex"]


class Question(NamedTuple):
    """A program, the point, and the derivatives that are wanted there.

    Attributes:
        source: the program's text.
        values: for each variable a number or a nested list of numbers, exactly as the engine used them.
        wrt: the variables to differentiate by.
        kind: of a gradient the entries are those of sum(seed*f); of a jacobian those of every output; of a
            hessian those of the gradient, and of every pair of inputs; of an hvp those of the gradient's derivative
            along `tangents`; of a pushforward those of the value's; of a derivative those of each order up to `order`.
        seed: for the gradient of an array a nested list in the array's shape.
        tangents: for an hvp or a pushforward the direction, by name, as nested lists.
        order: the highest derivative.
        limit: how many derivative entries are checked; of more, so many are picked, evenly spread.
        derivation: what SymPy has derived of it before, in the language; "" for nothing.
        keep: whether what is derived is wanted too, behind the answer.
        picked: the positions of the entries that are checked, where the result picks them itself.
    """

    source: str
    values: dict[str, Any]
    wrt: tuple[str, ...]
    kind: Kind
    seed: Any = None
    limit: int = _LIMIT
    tangents: dict[str, Any] | None = None
    order: int = 1
    derivation: str = ""
    keep: bool = False
    picked: tuple[int, ...] | None = None

    def positions(self, total: int) -> list[int]:
        """Which of so many derivative entries are checked."""
        return list(spread(total, self.limit) if self.picked is None else self.picked)


class Truth(NamedTuple):
    """One number that the oracle computed: high + low, of which high is the nearest float64.

    Attributes:
        address: which number of the result it is.
        status: "number"; "kink" where the one-sided derivatives differ or the value jumps; "infinite";
            "complex" where some step has no real value; "undefined" as 0/0 is.
        left: the derivative from below, where the point needed a closer look and there is one.
        right: the derivative from above.
        where: the sub-expression that makes the point special.
    """

    address: EntryAddress
    status: Status
    high: float
    low: float = 0.0
    left: float | None = None
    right: float | None = None
    where: str = ""


class Answer(NamedTuple):
    """The value's entries and the derivatives, in order of output, variable and entry.

    Attributes:
        total: how many derivative entries there are.
        sampled: whether some entries, of the value or of the derivatives, were left out.
        recalled: whether the derivatives were derived before, at another time.
    """

    values: tuple[Truth, ...]
    derivatives: tuple[Truth, ...]
    total: int
    sampled: bool
    recalled: bool = False


def size(value: Any) -> int:
    """How many numbers a nested list holds.

    >>> size(1.0), size([[1.0, 2.0], [3.0, 4.0]])
    (1, 4)
    """
    count, stack = 0, [value]
    while stack:
        item = stack.pop()
        if isinstance(item, list | tuple):
            stack += item
        else:
            count += 1
    return count

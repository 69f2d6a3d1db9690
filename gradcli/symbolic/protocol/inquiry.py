"""What the oracle is asked about claims, and what it finds."""

from __future__ import annotations

from math import inf
from typing import Any, Literal, NamedTuple, TypeAlias

__all__ = [
    "Claim",
    "Equality",
    "Finding",
    "Inquiry",
    "Interval",
    "Outcome",
    "OutcomeStatus",
    "Recollection",
    "Refutation",
]

OutcomeStatus: TypeAlias = Literal["agree", "differ", "undefined", "kink", "outside"]


class Claim(NamedTuple):
    """What somebody says a derivative is.

    Attributes:
        names: the variables, in the order of the claim's columns.
        text: the claimed formula, over the program's variables.
        order: 1 for first derivatives, output by output; 2 for second ones, input by input.
    """

    names: tuple[str, ...]
    text: str
    order: int = 1


class Interval(NamedTuple):
    """The numbers between two, which are among them unless the end is open.

    >>> Interval(0.0, open_low=True).holds(0.0), Interval(0.0, 1.0).holds(1.0)
    (False, True)
    """

    low: float = -inf
    high: float = inf
    open_low: bool = False
    open_high: bool = False

    def holds(self, number: float) -> bool:
        """Whether a number is one of them."""
        above = number > self.low if self.open_low else number >= self.low
        return above and (number < self.high if self.open_high else number <= self.high)


class Equality(NamedTuple):
    """What is assumed to be 0, and the number that it determines.

    Attributes:
        text: of a program whose value is linear in the free variables.
        name: the variable whose entry the others determine.
        entry: which entry, in C order.
        names: the variables of the text.
    """

    text: str
    name: str
    entry: int
    names: tuple[str, ...]


class Inquiry(NamedTuple):
    """A program, claims about its derivatives, and where to look.

    Attributes:
        source: the program's text.
        claims: about its derivatives.
        points: for each point the value of every variable, as a number or a nested list; the second, the fourth
            and so on are simple ones, the simplest first.
        free: the variables that are not fixed.
        ranges: where the values of a free variable are, if they are limited.
        prove: whether a proof is wanted.
        tolerance: by how much a claim may differ, relative to the larger of the derivative and its terms.
        assume: equalities that all points satisfy but for rounding; no two have a variable in common.
        keep: whether the derivations of what is proved are wanted too.
        indices: those of the free variables that stand where a whole number must, as in an index. The program is one
            of its own for each of their values.
        every_index: whether the points have all values that they can take.
    """

    source: str
    claims: tuple[Claim, ...]
    points: tuple[dict[str, Any], ...]
    free: tuple[str, ...] = ()
    ranges: dict[str, Interval] = {}  # noqa: RUF012  # a NamedTuple's default is never written to
    prove: bool = True
    tolerance: float = 0.0
    assume: tuple[Equality, ...] = ()
    keep: bool = False
    indices: tuple[str, ...] = ()
    every_index: bool = False


class Outcome(NamedTuple):
    """One claim at one point.

    Attributes:
        status: "agree"; "differ"; "undefined" where the derivative exists and the claim has no value; "kink" and
            "outside" where the derivative does not exist.
        derivatives: the true derivative's entries, not-a-number where there is none.
        where: the sub-expression that makes the point special, or has no value.
    """

    status: OutcomeStatus
    derivatives: tuple[float, ...]
    where: str = ""


class Refutation(NamedTuple):
    """A point at which a claim is wrong.

    Attributes:
        point: the values of all variables.
        entry: the flat index of the first entry that differs.
        derivatives: the true derivative's entries.
        derivative: the true value there, with as many digits as it takes to see the difference.
        claim: the claimed one.
    """

    point: dict[str, Any]
    entry: int
    derivatives: tuple[float, ...]
    derivative: str
    claim: str


class Finding(NamedTuple):
    """What is known of one claim.

    Attributes:
        outcomes: one for each point, up to the first one at which the claim is wrong.
        refutation: the simplest point found at which the claim is wrong.
        sampled: the first of the points given at which it is.
        proof: how the claim was proved, "" if it was not.
        undefined_region: where the claim has no value although the derivative exists, as a condition: "x < 0".
        note: why there is no proof.
        to_float64: whether the claim is right but for constants that are off by a unit in the last place at most.
        derivation: of a claim that is proved what SymPy has derived, in the language; "" where it is not to be kept.
    """

    outcomes: tuple[Outcome, ...]
    refutation: Refutation | None = None
    sampled: Refutation | None = None
    proof: str = ""
    undefined_region: str = ""
    note: str = ""
    to_float64: bool = False
    derivation: str = ""


class Recollection(NamedTuple):
    """Derivations of an earlier run, and where their numbers are wanted: as they are written, 0.1 being a tenth.

    Attributes:
        texts: in the language.
        points: for each the value of every variable, as a number or a nested list.
    """

    texts: tuple[str, ...]
    points: tuple[dict[str, Any], ...]

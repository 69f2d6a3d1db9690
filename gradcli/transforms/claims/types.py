"""Claims about derivatives as they are made, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from gradcli.symbolic.protocol.inquiry import Interval
from gradcli.transforms.results.value import Value

__all__ = ["Case", "CaseVerdicts", "ClaimVerdict", "ClaimVerdictName", "Claimed", "CounterExample"]

ClaimVerdictName: TypeAlias = Literal["proved", "sampled", "true to float64", "within tolerance", "false", "undecided"]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claimed formula.

    Attributes:
        names: the variables that it is the derivative by.
        text: the formula.
        order: 1 for first derivatives, 2 for the Hessian.
        origin: the file that it is from, as it was given; "" for a formula that was given itself.
        of: what the expression's value is called.
    """

    names: tuple[str, ...]
    text: str
    order: int = 1
    origin: str = ""
    of: str = "f"

    @property
    def label(self) -> str:
        """What the formula is claimed to be.

        >>> Claimed(("x",), "2*x").label, Claimed(("x", "y"), "[2*x, 1]").label, Claimed(("x", "y"), "...", 2).label
        ('df/dx', 'df/d(x, y)', 'd2f/d(x, y)2')
        """
        listed = ", ".join(self.names)
        if self.order == 1:
            return f"d{self.of}/d{listed}" if len(self.names) == 1 else f"d{self.of}/d({listed})"
        plain = len(self.names) == 1 and not listed[-1].isdigit()
        return f"d2{self.of}/d{listed}2" if plain else f"d2{self.of}/d({listed})2"


@dataclass(frozen=True, slots=True)
class Case:
    """An expression, what is claimed of its derivatives, and where.

    Attributes:
        expression: the program's text.
        claims: at least one.
        fixed: the values of variables that do not vary.
        ranges: the least and the greatest value of others; infinite where there is none.
        shapes: of variables that are arrays.
        points: how many points are sampled.
        random_seed: of the points.
        name: what the case is called.
        tolerance: by how much a claim may differ, relative to the larger of the derivative and its terms; 0 for none.
        assume: what holds at every point: `k>0`, `sum(y)==1`.
        symmetric: the variables that are symmetric matrices; a claim is about the gradient (G + G.T)/2 on those.
    """

    expression: str
    claims: tuple[Claimed, ...]
    fixed: dict[str, Any] = field(default_factory=dict)
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    points: int = 24
    random_seed: int = 0
    name: str = ""
    tolerance: float = 0.0
    assume: tuple[str, ...] = ()
    symmetric: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CounterExample:
    """A point at which a claim is wrong.

    Attributes:
        point: the values of all variables.
        entry: which entry of the derivative differs, `df[0]/dx`.
        derivative: its true value, with as many digits as it takes to see the difference.
        claim: the claimed value.
    """

    point: dict[str, Value]
    entry: str
    derivative: str
    claim: str


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """What is said of one claim.

    Attributes:
        claimed: the claim.
        verdict: proved for all values; right at every sampled point, which proves nothing; right there but for
            constants that are within a unit in the last place of the right ones; right there within a tolerance;
            false; or undecided.
        agreeing: at how many points the derivative and the claim are equal.
        points: how many points were looked at.
        counterexample: for a false claim.
        reason: for an undecided claim why it is, for a sampled one why there is no proof.
        caveats: where the claim has no value, or the derivative does not exist.
        formula: of a false claim what the derivative is, where it has a formula.
        formula_at: the indices for which it is that, as in "k = 0"; "" where none varies.
        recalled: whether SymPy's derivation and its proof are those of an earlier run.
    """

    claimed: Claimed
    verdict: ClaimVerdictName
    agreeing: int = 0
    points: int = 0
    counterexample: CounterExample | None = None
    reason: str = ""
    caveats: tuple[str, ...] = ()
    formula: str = ""
    formula_at: str = ""
    recalled: bool = False


@dataclass(frozen=True, slots=True)
class CaseVerdicts:
    """What is said of all claims of a case.

    Attributes:
        free: the variables that vary.
        intervals: where they do, if they are limited.
        equalities: that hold at all points, as they were given.
        indices: the variables that stand where a whole number must, as in an index.
        numbers: of those of them that vary the whole numbers that they take.
    """

    case: Case
    verdicts: tuple[ClaimVerdict, ...]
    free: tuple[str, ...]
    intervals: dict[str, Interval] = field(default_factory=dict)
    equalities: tuple[str, ...] = ()
    indices: frozenset[str] = frozenset()
    numbers: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def interval(self, name: str) -> Interval:
        """Where a variable varies."""
        return self.intervals.get(name) or Interval(*self.case.ranges.get(name, ()))

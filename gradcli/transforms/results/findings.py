"""What there may be to say about a result beside its numbers: most results are made without."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan
from typing import TYPE_CHECKING, Literal, TypeAlias

from gradcli.errors import Span

if TYPE_CHECKING:
    from gradcli.address import EntryAddress
    from gradcli.transforms.results.value import Value

__all__ = [
    "Agreement",
    "EntryComparison",
    "Kink",
    "KinkKind",
    "Limit",
    "Origin",
    "OriginKind",
    "Remedy",
    "Sides",
    "ValueWitness",
    "Witnesses",
]

Agreement: TypeAlias = Literal[
    "all", "both", "engine and SymPy", "engine and numeric", "SymPy and numeric", "none", "undecided", "kink", "unknown"
]
"""Which witnesses agree: `both` where one is silent; two by name against the third; `undecided` where the numeric one
is too coarse to say which of the two others is right."""


@dataclass(frozen=True, slots=True)
class EntryComparison:
    """What three witnesses say of one derivative entry, and what explains the distance between them.

    Attributes:
        label: the entry's name, "df/dx[0]".
        engine: gradcli's number.
        truth: SymPy's, to 30 significant digits; what it is instead ("kink", "infinite"); None if it has not answered.
        numeric: the one made from values of the expression alone, None where there is none.
        uncertainty: how far off the numeric one may be, by its own estimate.
        method: how it was made, "complex step" or "differences"; or why it was not.
        agreement: which of them agree.
        ulps: the engine's error in units in the last place of the truth.
        digits: how many decimal digits of the engine's number are right; without a truth, how many the numeric
            derivative vouches for.
        condition: by how much a relative change of all inputs is magnified: sum(|x_i * dg/dx_i|)/|g| for the entry g.
        rounding: a first-order bound on the engine's error, in ulps, when every operation rounds once.
        enclosure: bounds that are proved to hold the exact derivative, as decimals; None where there are none.
        proved_ulps: how far the engine's number is from it at most, in units in the last place, by these bounds.
        undecided: why there are no bounds, where they were asked for.
        excluded: whose numbers are outside of the bounds: "gradcli", "SymPy", "numeric".
    """

    label: str
    engine: float
    truth: str | None
    numeric: float | None
    uncertainty: float | None
    method: str
    agreement: Agreement
    ulps: float | None = None
    digits: float | None = None
    condition: float | None = None
    rounding: float | None = None
    enclosure: tuple[str, str] | None = None
    proved_ulps: float | None = None
    undecided: str | None = None
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ValueWitness:
    """The program's value by Python's own parser, NumPy and SciPy, beside the engine's.

    Attributes:
        verdict: whether both are the same, within what rounding explains.
        value: Python's and NumPy's; None where there is none to compare.
        reason: why there is none, or what the difference means.
    """

    verdict: Literal["agrees", "differs", "not compared"]
    value: Value | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Witnesses:
    """The testimonies about a result's derivative entries.

    Attributes:
        entries: in the result's order; of a large result a sample.
        total: how many derivative entries there are.
        notes: what follows for the result as a whole, a sentence each.
        value: what another reading of the program says of its value; None where it was not asked.
    """

    entries: tuple[EntryComparison, ...]
    total: int
    notes: tuple[str, ...] = ()
    value: ValueWitness | None = None

    def worst(self, limit: int) -> tuple[EntryComparison, ...]:
        """All entries in order; of more, those on which not all agree first, then those of fewest digits."""
        if len(self.entries) <= limit:
            return self.entries
        return tuple(sorted(self.entries, key=_badness)[:limit])


def _badness(entry: EntryComparison) -> tuple[bool, float, float]:
    return entry.agreement in ("all", "both"), 99.0 if entry.digits is None else entry.digits, -(entry.ulps or 0.0)


OriginKind: TypeAlias = Literal["input", "forward", "backward", "tangent"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the first non-finite number arose.

    Attributes:
        message: what happened, a sentence.
        source: the program's text.
        span: the sub-expression.
        hint: what helps.
        kind: input, for a value that was given so; forward, where finite arguments have a value that is not;
            backward, where a finite cotangent becomes one that is not; tangent, the same on the way forward.
        operation: its name; "" for an input.
        inputs: the operation's arguments: at the index if there is one, else whole; None for large arrays.
        output: the operation's value there.
        index: the first entry concerned, of an array.
        entries: how many entries are concerned.
        cotangent: what came back to the entry, or as a tangent forward.
        partial: what it was multiplied with; None where that is not one number.
        remedy: another way to write a part of the program, equal to it, with finite results at this point.
    """

    message: str
    source: str
    span: Span
    hint: str | None = None
    kind: OriginKind = "forward"
    operation: str = ""
    inputs: tuple[Value | None, ...] = ()
    output: Value | None = None
    index: tuple[int, ...] | None = None
    entries: int = 1
    cotangent: float | None = None
    partial: float | None = None
    remedy: Remedy | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """Another way to write a part of a program.

    Attributes:
        span: the part.
        before: its text.
        after: the text to put in its place.
        program: the whole program with it.
        claim: both texts with the assigned names written out: they are said to be equal.
        confirmed: how SymPy has confirmed that: "proved", or at how many points; "" before it has been asked.
        value_only: whether the value alone is finite with it, the derivative being infinite.
    """

    span: Span
    before: str
    after: str
    program: str
    claim: tuple[str, str] = ("", "")
    confirmed: str = ""
    value_only: bool = False


@dataclass(frozen=True, slots=True)
class Sides:
    """A derivative entry from both sides.

    Attributes:
        of: the entry's label, "df/dx".
        left: its limit from below, possibly infinite; None where there is none, or none that is known.
        right: its limit from above.
        given: the number that the engine's conventions give.
        jumps: whether the value itself jumps there.
        added: whether `given` is what the partial derivatives add up to along a direction.
        address: which entry of the result it is; None along a direction that none of its entries is.
        output: of such a direction which entry of the value is not differentiable along it.
        among: the variables that the operation at its kink was computed from.
    """

    of: str
    left: float | None
    right: float | None
    given: float
    jumps: bool = False
    added: bool = False
    address: EntryAddress | None = None
    output: int | None = None
    among: frozenset[str] = frozenset()

    @property
    def both(self) -> float | None:
        """The number that both sides agree on, where the derivative exists; at the end of a domain the one side's."""
        return self.left if self.right is None else self.right

    @property
    def infinite(self) -> float | None:
        """What takes the place of a finite number of the conventions', where the slope is infinite on every side.

        It is that infinity, and NaN where the sides have two; None where a side is finite, or the value itself jumps.

        >>> Sides("df/dx", None, float("-inf"), 0.0).infinite, Sides("df/dx", 1.0, float("inf"), 1.0).infinite
        (-inf, None)
        """
        known = {side for side in (self.left, self.right) if side is not None}
        if self.jumps or self.added or not known or any(map(isfinite, known)) or not isfinite(self.given):
            return None
        return known.pop() if len(known) == 1 else nan

    @property
    def finite(self) -> bool:
        """Whether what is known of both sides is finite."""
        return all(side is None or isfinite(side) for side in (self.left, self.right))


@dataclass(frozen=True, slots=True)
class Limit:
    """What an entry without a value, of the program's value or of a derivative, tends to from both sides.

    Attributes:
        of: the entry's label, "f" or "df/dx".
        order: of the derivative; 0 for the value.
        along: of the value of several inputs those that move, one at a time: "x", or one direction, "x=1, y=2".
        left: from below, possibly infinite; None where there is no real value, or no limit.
        right: from above.
        given: what arithmetic gives at the point.
    """

    of: str
    order: int
    along: tuple[str, ...]
    left: float | None
    right: float | None
    given: float

    @property
    def both(self) -> float | None:
        """The finite number that both sides tend to, at the end of a domain the one side; None where there is none."""
        sides = {side for side in (self.left, self.right) if side is not None}
        number = sides.pop() if len(sides) == 1 else None
        return number if number is not None and isfinite(number) else None


KinkKind: TypeAlias = Literal["kink", "singular", "smooth", "undecided"]


@dataclass(frozen=True, slots=True)
class Kink:
    """An operation at a point where it is not differentiable, and what becomes of the result.

    Attributes:
        kind: "kink" where the result is not differentiable either, with finite sides; "singular" where a side is
            infinite, and a finite number gives way if all are; "smooth" where it is differentiable and the conventions
            give another number, which has been put right; "undecided" where the one-sided derivatives are not known.
        op: the operation.
        source: the program's text.
        span: the place of the operation in it.
        at: the arguments, or the indices of the entries, for a person.
        indices: of an array's entries those at the kink, at most ten.
        count: how many there are.
        convention: what the derivative of the operation is taken to be there.
        peers: what other packages give at such a point, by name.
        peers_at: the point that this was measured at.
        sides: the derivative entries that are concerned.
        reason: for "undecided", why.
    """

    kind: KinkKind
    op: str
    source: str
    span: Span
    at: str
    indices: tuple[tuple[int, ...], ...]
    count: int
    convention: str
    peers: dict[str, str]
    peers_at: str
    sides: tuple[Sides, ...]
    reason: str | None = None

"""What the check says of a result."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from gradcli.transforms.results.findings import Witnesses

__all__ = ["SAME_LIMITS", "SAME_SIDES", "Proof", "Verdict", "VerdictName", "proved_words"]

SAME_SIDES = "SymPy's limits from both sides are the same"
SAME_LIMITS = "its limits of the derivatives are the same"
"""That SymPy confirms one-sided values, as a reason says it."""

VerdictName: TypeAlias = Literal["verified", "differs", "singular", "kink", "not checked"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What the enclosures prove of a result's derivatives.

    Attributes:
        entries: how many derivative entries are proved to be within what rounding can do of the exact derivative.
        of: how many there are.
        ulps: the largest proved distance from the exact derivative, in units in its last place; None where no entry
            has one, which a zero made of rounding has not.
        within: the largest proved distance of such a zero.
        bits: the highest precision that the enclosures took.
        enclosure: of a single entry the bounds, as decimals.
        reason: why not all entries are proved.
        sampled: whether only some of the entries were looked at.
    """

    entries: int
    of: int
    ulps: float | None = None
    within: float | None = None
    bits: int = 0
    enclosure: tuple[str, str] | None = None
    reason: str | None = None
    sampled: bool = False

    @property
    def words(self) -> str:
        """How near the proved entries are.

        >>> Proof(1, 1, 0.41211).words, Proof(1, 1, 0.0).words, Proof(2, 2, 1.0, 1e-17).words
        ('within 0.413 ulps', 'exact', 'within 1 ulp or within 1e-17 of 0')
        """
        near = [] if self.ulps is None else [proved_words(self.ulps)]
        zeros = [f"within {_rounded_up(self.within)} of 0"] if self.within else []
        return " or ".join([*near, *zeros]) or "exact"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the independent derivation says of a result.

    Attributes:
        verdict: verified; differs; singular (a pole, or another point where a derivative is infinite or there is
            none, and no number is finite that should not be); kink (the point is not differentiable, and the
            derivatives from its sides are finite); or not checked.
        checked: how many derivative entries were compared.
        entries: how many there are.
        max_ulps: the largest error among them, in units in the last place of the true value.
        reason: for anything but a plain "verified", what a person should know.
        details: one line for each entry worth naming.
        witnesses: entry by entry, where all witnesses were asked.
        witness: whose verdict it is: "numeric" where SymPy is silent, and the numeric derivative alone has decided.
        proof: what the enclosures prove; None where none were asked for.
        by_proof: whether it is the enclosures' verdict, and says so in `reason`.
        recalled: whether SymPy's derivation is one of an earlier run.
    """

    verdict: VerdictName
    checked: int = 0
    entries: int = 0
    max_ulps: float | None = None
    reason: str | None = None
    details: tuple[str, ...] = ()
    witnesses: Witnesses | None = None
    witness: Literal["SymPy", "numeric"] = "SymPy"
    proof: Proof | None = None
    by_proof: bool = False
    recalled: bool = False


def proved_words(ulps: float) -> str:
    """How near a number is proved to be, the figure rounded up.

    >>> proved_words(0.41211), proved_words(0.0), proved_words(1.0)
    ('within 0.413 ulps', 'exact', 'within 1 ulp')
    """
    if not ulps:
        return "exact"
    text = _rounded_up(ulps)
    return f"within {text} {'ulp' if text == '1' else 'ulps'}"


def _rounded_up(number: float) -> str:
    """To three digits, and no less than it is."""
    text = f"{number:.3g}"
    return text if float(text) >= number else f"{float(text) + 10.0 ** (floor(log10(number)) - 2):.3g}"

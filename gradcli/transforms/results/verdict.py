"""What the check says of a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from gradcli.transforms.results.findings import Witnesses

__all__ = ["Verdict", "VerdictName"]

VerdictName: TypeAlias = Literal["verified", "differs", "singular", "kink", "not checked"]


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
    """

    verdict: VerdictName
    checked: int = 0
    entries: int = 0
    max_ulps: float | None = None
    reason: str | None = None
    details: tuple[str, ...] = ()
    witnesses: Witnesses | None = None
    witness: Literal["SymPy", "numeric"] = "SymPy"

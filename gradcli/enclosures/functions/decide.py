"""Decisions on enclosed numbers: comparisons, choices, roundings.

A ball decides what holds at each of its points. Where it does not, more bits are asked for; where the numbers are
exact and equal, the point lies on the border between two branches: the value is known there, its derivative is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb

from gradcli.enclosures.numbers.entry import Entry, doubtful
from gradcli.enclosures.numbers.tape import Tape

__all__ = [
    "Truth",
    "Undecidable",
    "absolute",
    "choose",
    "compare",
    "larger",
    "logical",
    "number_of",
    "rounded",
    "sign",
    "sign_of",
    "smaller",
    "truth_of",
    "whole_number",
]


class Undecidable(Exception):
    """What the balls do not decide.

    Attributes:
        reason: a fragment of a sentence.
        final: whether more bits change nothing.
    """

    def __init__(self, reason: str, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


@dataclass(frozen=True, slots=True)
class Truth:
    """A truth value, with what it hangs on.

    Attributes:
        tape: of the numbers that it comes of.
        value: whether it holds.
        border: the varying numbers on whose border it lies: it may be another on the other side.
        reason: what that border is.
    """

    tape: Tape
    value: bool
    border: tuple[Entry, ...] = ()
    reason: str = ""

    def __bool__(self) -> bool:
        return self.value


_COMPARE: dict[str, Callable[[int], bool]] = {
    "equal": lambda s: s == 0,
    "greater": lambda s: s > 0,
    "greater_equal": lambda s: s >= 0,
    "less": lambda s: s < 0,
    "less_equal": lambda s: s <= 0,
    "not_equal": lambda s: s != 0,
}


def sign_of(ball: arb, what: str) -> int:
    """The sign of a number.

    Raises:
        Undecidable: if the ball contains 0 beside other numbers, or is none.
    """
    if ball > 0:
        return 1
    if ball < 0:
        return -1
    if ball.is_zero():
        return 0
    if not ball.is_finite():
        raise Undecidable(f"{what} is not finite", final=False)
    raise Undecidable(f"the sign of {what} is not decided")


def whole_number(ball: arb) -> int:
    """An exact whole number."""
    found = ball.unique_fmpz()
    assert found is not None
    return int(found)


def compare(name: str, x: Any, y: Any) -> Truth:
    """A comparison by the table's name.

    Raises:
        Undecidable: if the balls overlap.
    """
    a, b = number_of(x), number_of(y)
    difference = a.ball - b.ball
    s = sign_of(difference, "a comparison's difference")
    if s == 0 and a is not b:
        border = tuple(e for e in (a, b) if e.varies)
        return Truth(a.tape, _COMPARE[name](0), border, "a comparison changes at this point" if border else "")
    return Truth(a.tape, _COMPARE[name](s))


def truth_of(x: Any) -> Truth:
    """A number as a truth value: whether it is not 0."""
    if isinstance(x, Truth):
        return x
    s = sign_of(x.ball, "a condition")
    border = (x,) if s == 0 and x.varies else ()
    return Truth(x.tape, s != 0, border, "a condition changes at this point" if border else "")


def number_of(x: Any) -> Entry:
    """A truth value as the number 0 or 1."""
    if isinstance(x, Entry):
        return x
    return doubtful(x.tape, arb(int(x.value)), x.border, x.reason)


def choose(condition: Any, x: Any, y: Any) -> Any:
    """`where` of single entries."""
    truth = truth_of(condition)
    chosen = x if truth.value else y
    if not truth.border:
        return chosen
    if isinstance(chosen, Truth):
        return Truth(truth.tape, chosen.value, (*chosen.border, *truth.border), truth.reason)
    return doubtful(truth.tape, chosen.ball, (*truth.border, number_of(x), number_of(y)), truth.reason)


def logical(name: str, values: Sequence[Any]) -> Truth:
    """`logical_and`, `logical_or`, `logical_not`, of any number of values."""
    truths = [truth_of(v) for v in values]
    if name == "logical_not":
        return Truth(truths[0].tape, not truths[0].value, truths[0].border, truths[0].reason)
    decisive = name == "logical_or"
    for truth in truths:
        if truth.value is decisive and not truth.border:
            return Truth(truth.tape, decisive)
    border = tuple(e for truth in truths for e in truth.border)
    reason = next((truth.reason for truth in truths if truth.reason), "")
    return Truth(truths[0].tape, any(truths) if decisive else all(truths), border, reason)


def _extreme(name: str, keep: int, x: Any, y: Any) -> Any:
    if isinstance(x, Truth) and isinstance(y, Truth):
        return logical("logical_or" if keep > 0 else "logical_and", [x, y])
    a, b = number_of(x), number_of(y)
    if a is b:
        return a
    s = sign_of(a.ball - b.ball, f"the difference of what {name} compares")
    if s == 0 and (a.varies or b.varies):
        return doubtful(a.tape if a.varies else b.tape, a.ball, (a, b), f"{name} is at a tie")
    return a if s * keep >= 0 else b


def larger(x: Any, y: Any) -> Any:
    """The larger of two entries."""
    return _extreme("maximum", 1, x, y)


def smaller(x: Any, y: Any) -> Any:
    """The smaller of two entries."""
    return _extreme("minimum", -1, x, y)


def absolute(x: Entry) -> Entry:
    """The absolute value."""
    s = sign_of(x.ball, "an argument of abs")
    if s == 0:
        return doubtful(x.tape, arb(0), (x,), "abs is not differentiable at 0")
    return x if s > 0 else -x


def sign(x: Entry) -> Entry:
    """The sign."""
    s = sign_of(x.ball, "an argument of sign")
    return doubtful(x.tape, arb(s), (x,) if s == 0 else (), "sign jumps at 0")


def rounded(name: str, x: Entry) -> Entry:
    """`floor`, `ceil`, `trunc` or `round`, a half to even.

    Raises:
        Undecidable: if the ball contains a jump beside other numbers.
    """
    ball = x.ball
    if not ball.is_finite():
        raise Undecidable(f"an argument of {name} is not finite")
    down = name == "floor" or (name == "trunc" and sign_of(ball, "an argument of trunc") >= 0)
    at = ball + 0.5 if name == "round" else ball
    whole = at.ceil() if name in ("ceil", "trunc") and not down else at.floor()
    if not whole.is_exact():
        raise Undecidable(f"an argument of {name} is not decided")
    jump = bool(at == whole) and not (name == "trunc" and ball.is_zero())
    if name == "round" and jump and whole_number(whole) % 2:
        whole = whole - 1
    return doubtful(x.tape, whole, (x,) if jump else (), f"{name} jumps at this point")

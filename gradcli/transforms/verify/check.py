"""The check: the engine's numbers against the oracle's, entry by entry."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from gradcli.symbolic import MOST_ENTRIES, Answer, EntryAddress, Input, NotChecked, Oracle, Truth, spread
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.findings import Sides
from gradcli.transforms.results.tolerances import HALF_THE_DIGITS, NEGLIGIBLE, SAME_SIDE, ULPS, ZERO
from gradcli.transforms.results.verdict import Verdict
from gradcli.transforms.verify.rounding import Bounds

__all__ = ["check", "judge", "large", "picked", "ulps_between"]

_SHOWN = 10
_STATUS = {"complex": "not a real number", "undefined": "undefined", "infinite": "infinite"}


class Entry(NamedTuple):
    """The engine's number and the oracle's truth, and their distance in ulps (0 where that means nothing)."""

    truth: Truth
    number: float
    ulps: float

    @property
    def error(self) -> float:
        """The absolute error."""
        return abs((self.number - self.truth.high) - self.truth.low)


def check(result: Derived, timeout: float = 10.0) -> Verdict:
    """Derive a result again with SymPy, in another process, and compare.

    Args:
        result: from `grad`, `jacobian`, `hessian`, `hvp`, `jvp` or `derivative`.
        timeout: seconds until the check gives up.

    >>> from gradcli.transforms.operators.grad import grad
    >>> check(grad("x**2", {"x": 3.0}), timeout=60).verdict
    'verified'
    """
    with Oracle.start(timeout=timeout) as oracle:
        oracle.ask(result.question())
        return judge(result, oracle.answer())


def large(result: Derived) -> bool:
    """Whether a result has more inputs than SymPy is asked about."""
    return sum(int(np.size(value)) for value in result.inputs.values()) > MOST_ENTRIES


def picked(result: Derived, limit: int) -> list[EntryAddress]:
    """At most so many of a result's derivative entries, those and in the order that the oracle picks them.

    >>> from gradcli.transforms.operators.grad import grad
    >>> [result.label(address) for result in [grad("a*b", {"a": 2.0, "b": 3.0})] for address in picked(result, 400)]
    ['df/da', 'df/db']
    """
    return [result.address(position) for position in spread(result.count(), limit)]


def judge(result: Derived, answer: Answer | NotChecked) -> Verdict:
    """The verdict on a result, given what the oracle found."""
    if isinstance(answer, NotChecked):
        return Verdict("not checked", 0, result.count(), None, answer.reason)
    entries = [_entry(result, truth) for truth in (*answer.values, *answer.derivatives)]
    checked = sum(truth.status in ("number", "infinite") for truth in answer.derivatives)
    singular, kinked = _singular(result, entries), _kinked(result, entries)
    regular = [e for e in entries if e not in singular and not _is_of_a_kink(e, kinked)]
    wrong, lost = _suspects(result, regular)
    given = [e for e in wrong if _is_given(result, e)]
    wrong, regular = ([e for e in some if e not in given] for some in (wrong, regular))
    worst = max((e.ulps for e in regular if e.truth.address.order and not _is_gone(e)), default=0.0)
    if wrong or lost:
        if wrong and all(_has_no_formula(e.truth) for e in wrong):
            return _lopsided_verdict(result, wrong, checked, answer.total)
        compared = checked + sum(e.truth.status not in ("number", "infinite") for e in wrong if e.truth.address.order)
        details = _listed([_difference(result, entry) for entry in wrong or lost])
        reason = _differ_reason(wrong, lost, compared)
        return Verdict("differs", checked, answer.total, worst if np.isfinite(worst) else None, reason, details)
    if singular:
        return _singular_verdict(result, singular, checked, answer.total)
    kinks = [e for e in entries if e.truth.status == "kink" or _is_of_a_kink(e, kinked) or e in given]
    if kinks:
        return _kink_verdict(result, kinks, checked, answer.total)
    unknown = [e.truth for e in entries if e.truth.status not in ("number", "infinite")]
    if unknown:
        reason = f"SymPy's formula for {result.label(unknown[0].address)} has no value here"
        return Verdict("not checked", checked, answer.total, None, reason)
    return Verdict("verified", checked, answer.total, worst, _remark(entries, worst))


def _singular(result: Derived, entries: Sequence[Entry]) -> list[Entry]:
    """The entries that have no finite value, and none is claimed: infinite, undefined, or no real number.

    Where an output has no value none of its derivatives has one, whatever formulas give; but a finite number is wrong
    where SymPy knows that the slope is infinite.
    """
    without = {e.truth.address.output for e in entries if not e.truth.address.order and _has_no_value(e)}
    if result.weights() is not None and without:
        without = {0}
    apart = any(s.added and not np.isfinite(result.number(e.truth.address)) for e in entries for s in _broken(result))
    return [
        e
        for e in entries
        if (e.truth.address.output in without and not (e.truth.status == "infinite" and np.isfinite(e.number)))
        or _has_no_value(e)
        or (e.truth.status == "kink" and any(map(_is_infinite, (e.truth.left, e.truth.right))))
        or (apart and e.truth.address.order and not np.isfinite(e.number))
    ]


def _has_no_value(entry: Entry) -> bool:
    return entry.truth.status in ("infinite", "undefined", "complex") and not np.isfinite(entry.number)


def _is_infinite(side: float | None) -> bool:
    return side is not None and bool(np.isinf(side))


def _broken(result: Derived) -> list[Sides]:
    """The entries that have no derivative, by their one-sided series."""
    return [sides for kink in result.kinks if kink.kind in ("kink", "singular") for sides in kink.sides]


def _kinked(result: Derived, entries: Sequence[Entry]) -> set[Input]:
    """The inputs by which there is no first derivative, by SymPy or by the one-sided series."""
    by_sympy = [e.truth.address for e in entries if e.truth.status == "kink"]
    by_series = [sides.address for sides in _broken(result) if sides.address is not None]
    return {address.by[0] for address in (*by_sympy, *by_series) if address.order == 1 and address.by}


def _is_of_a_kink(entry: Entry, kinked: Collection[Input]) -> bool:
    """Whether it is the derivative of a first derivative that does not exist, so that only conventions differ."""
    return entry.truth.address.order > 1 and any(by in kinked for by in entry.truth.address.by)


def _is_given(result: Derived, entry: Entry) -> bool:
    """Whether a finite number is the conventions', there being no derivative by the one-sided series.

    That is so of a second derivative whose sides differ, in either order, and of all derivatives of a value that has
    its partial derivatives and no linear approximation, by what the operation at its kink was computed from: SymPy has
    one of the sides, or a number along one axis.
    """
    address = entry.truth.address
    if not address.order or entry.truth.status != "number" or not np.isfinite(entry.number):
        return False
    either = (address, address._replace(by=address.by[::-1]))
    return any(
        (s.address in either and address.order == 2)
        or (s.added and s.output == address.output and all(by.name in s.among for by in address.by))
        for s in _broken(result)
    )


def _singular_verdict(result: Derived, singular: Sequence[Entry], checked: int, total: int) -> Verdict:
    values = [e for e in singular if not e.truth.address.order]
    first = (values or singular)[0]
    label = result.label(first.truth.address)
    if first.truth.status == "number":
        reason = "the expression is not differentiable at this point"
    else:
        told = {"complex": "not a real number", "undefined": "undefined"}.get(first.truth.status, "infinite")
        reason = f"{label} is {told} here, and SymPy agrees"
    known = [e for e in singular if e.truth.address.order and (e.truth.left, e.truth.right) != (None, None)]
    return Verdict("singular", checked, total, None, reason, _listed([_sides_of(result, e) for e in known]))


def _sides_of(result: Derived, entry: Entry) -> str:
    """A derivative at a singular point from both sides, and what is given."""
    label, left, right = result.label(entry.truth.address), _side(entry.truth.left), _side(entry.truth.right)
    both = f"{left} from both sides" if left == right else f"from the left {left}, from the right {right}"
    return f"{label}: {both}; given {entry.number!r}"


def _entry(result: Derived, truth: Truth) -> Entry:
    number = result.number(truth.address)
    comparable = truth.status in ("number", "infinite")
    return Entry(truth, number, ulps_between(number, truth) if comparable else 0.0)


def ulps_between(number: float, truth: Truth) -> float:
    """The distance of a float64 from the truth, in units in the last place of the truth.

    >>> ulps_between(1.0, Truth(EntryAddress(0), "number", 1.0))
    0.0
    >>> ulps_between(1.0, Truth(EntryAddress(0), "number", 0.0))
    1.7976931348623157e+308
    """
    if number == truth.high and not np.isfinite(number):
        return 0.0
    if not np.isfinite(number) or not np.isfinite(truth.high):
        return float("inf")
    with np.errstate(over="ignore"):
        ulps = abs((number - truth.high) - truth.low) / np.spacing(abs(truth.high))
    return min(float(ulps), float(np.finfo(float).max))  # of a zero the unit is so small that the quotient overflows


def _suspects(result: Derived, entries: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """The entries that are wrong, and those that rounding alone has spoilt."""
    wrong = [e for e in entries if e.truth.status in ("complex", "undefined") and np.isfinite(e.number)]
    wrong = [e for e in wrong if not _has_no_formula(e.truth) or _is_lopsided(result, e)]
    wrong += [e for e in entries if np.isinf(e.ulps)]
    far = [e for e in entries if np.isfinite(e.ulps) and e.ulps > ULPS]
    lost = []
    bounds = Bounds(result)
    for entry in far:
        if not bounds.explain(entry.error, entry.truth.address, ULPS * float(np.spacing(abs(entry.truth.high)))):
            wrong.append(entry)
        elif entry.truth.address.order and entry.error > max(
            _tolerable(result, entry.truth), ZERO * bounds.cancelled(entry.truth.address)
        ):
            lost.append(entry)
    return wrong, lost


def _lopsided_verdict(result: Derived, wrong: Sequence[Entry], checked: int, total: int) -> Verdict:
    reason = "the matrix is not symmetric: second derivatives that depend on the order do not exist"
    details = [
        f"{result.label(e.truth.address)}: gradcli has {e.number!r}, "
        f"and {result.mirrored(e.truth.address)!r} in the other order"
        for e in wrong
    ]
    return Verdict("differs", checked, total, None, reason, _listed(details))


def _has_no_formula(truth: Truth) -> bool:
    """Whether there is nothing to compare with.

    What is differentiated again is a formula, such as x**y*y/x, and may have no value where the derivative has one.
    """
    return truth.status == "undefined" and truth.address.order > 1


def _is_lopsided(result: Derived, entry: Entry) -> bool:
    """Whether a Hessian has another number for the same inputs in the other order."""
    other = result.mirrored(entry.truth.address)
    return other is not None and abs(entry.number - other) > HALF_THE_DIGITS * max(abs(entry.number), abs(other))


def _is_gone(entry: Entry) -> bool:
    """Whether what is left is rounding alone, of a number that is 0 or far below its terms."""
    return np.isfinite(entry.ulps) and entry.error >= abs(entry.truth.high) and entry.error > 0


def _tolerable(result: Derived, truth: Truth) -> float:
    """What rounding may take of a derivative before it is no answer."""
    return max(HALF_THE_DIGITS * abs(truth.high), NEGLIGIBLE * result.scale(truth.address))


def _differ_reason(wrong: Sequence[Entry], lost: Sequence[Entry], checked: int) -> str:
    values, slopes = [e for e in wrong if not e.truth.address.order], [e for e in wrong if e.truth.address.order]
    if slopes:
        return f"{len(slopes)} of {checked} entries differ from SymPy's"
    if values:
        return "the value differs from SymPy's"
    return (
        f"rounding has taken more than half of the digits of {len(lost)} of {checked} entries: "
        "the expression cancels at this point, and needs to be written in another way"
    )


def _difference(result: Derived, entry: Entry) -> str:
    truth = entry.truth
    told = repr(truth.high) if truth.status in ("number", "infinite") else _STATUS[truth.status]
    return f"{result.label(truth.address)}: gradcli has {entry.number!r}, SymPy has {told}"


def _kink_verdict(result: Derived, kinks: Sequence[Entry], checked: int, total: int) -> Verdict:
    """A kink; where the one-sided series have told of the same sides, the oracle confirms or contradicts them."""
    ours = {s.of: s for kink in result.kinks if kink.kind == "kink" for s in kink.sides}
    pairs = [(entry, ours.get(result.label(entry.truth.address))) for entry in kinks]
    # The sides of a mixed derivative depend on the way from which it is approached, and each has its own way.
    comparable = [(e, sides) for e, sides in pairs if sides is not None and len(set(e.truth.address.by)) < 2]
    against = [entry for entry, sides in comparable if not _agree(entry.truth, sides)]
    if against:
        reason = "SymPy's one-sided limits are others"
        return Verdict("differs", checked, total, None, reason, _listed([_sides(result, e) for e in against]))
    reason = "the expression is not differentiable at this point"
    if all(sides is not None for entry, sides in pairs if entry.truth.status == "kink"):
        reason += "; SymPy's limits from both sides are the same"
    return Verdict("kink", checked, total, None, reason, _listed([_sides(result, entry) for entry in kinks]))


def _agree(truth: Truth, sides: Sides) -> bool:
    """Whether what both know of the two sides is the same, but for the last digits."""
    pairs = [(truth.left, sides.left), (truth.right, sides.right)]
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    return all(a == b or abs(a - b) <= SAME_SIDE * max(abs(a), abs(b)) for a, b in known)


def _sides(result: Derived, entry: Entry) -> str:
    truth = entry.truth
    place = f" ({truth.where})" if truth.where else ""
    if truth.left == truth.right:  # neither is known, or the function jumps between equal slopes
        return f"{result.label(truth.address)}: {entry.number!r} is the convention{place}"
    return (
        f"{result.label(truth.address)}: from the left {_side(truth.left)}, from the right {_side(truth.right)}; "
        f"{entry.number!r} is the convention{place}"
    )


def _side(value: float | None) -> str:
    return "not real" if value is None else repr(value)


def _listed(lines: Sequence[str]) -> tuple[str, ...]:
    more = (f"... and {len(lines) - _SHOWN} more",) if len(lines) > _SHOWN else ()
    return (*lines[:_SHOWN], *more)


def _remark(entries: Sequence[Entry], worst: float) -> str | None:
    """What rounding has taken, where it is more than a digit."""
    value = max((e.ulps for e in entries if not e.truth.address.order and not _is_gone(e)), default=0.0)
    largest = max(worst, value)
    said = []
    if largest > ULPS:
        whose = "" if worst >= value else " of the value"
        whose += f" and {_taken(worst)} of the derivative's" if ULPS < worst < value else ""
        said.append(f"rounding has taken about {_taken(largest)} of the 16 digits{whose}")
    gone = [e for e in entries if _is_gone(e)]
    if any(e.truth.high and not e.truth.address.order for e in gone):
        said.append("no digit of the value is right, which is a zero as nearly as float64 can say it")
    gone = [e for e in gone if e.truth.address.order]
    if gone:
        truth = "0" if all(e.truth.high == 0 for e in gone) else "0 or nearly so"
        number = "what should be" if len(gone) == 1 else f"in {len(gone)} entries what should be"
        zero = f"{number} {truth} is within {max(e.error for e in gone):.2g} of it"
        none = "no digit of the derivative is right" if len(gone) == 1 else "no digit of them is right"
        said.append(zero if truth == "0" else f"{zero}: {none}, a zero as nearly as float64 can say it")
    return "; ".join(said) or None


def _taken(ulps: float) -> int:
    return min(16, int(np.log10(ulps)) + 1)

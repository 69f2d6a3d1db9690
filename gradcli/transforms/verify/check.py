"""The check: the engine's numbers against the oracle's, entry by entry."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from gradcli.address import EntryAddress, Input
from gradcli.symbolic import MOST_ENTRIES, Answer, NotChecked, Truth
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.tolerances import SAME_SIDE
from gradcli.transforms.results.verdict import SAME_LIMITS, SAME_SIDES, Verdict
from gradcli.transforms.verify.entries import (
    Entry,
    entry_of,
    has_no_formula,
    is_gone,
    listed,
    remark,
    spoilt,
    suspects,
)

if TYPE_CHECKING:
    from gradcli.transforms.results.findings import Limit, Sides

__all__ = ["broken_sides", "is_conventional", "is_of_a_kink", "judge", "kinked_inputs", "picked", "too_large"]

_NOWHERE = "the expression is not differentiable at this point"

_UNSETTLED = (
    "it is not known whether there are these derivatives: SymPy's limits along one line are not the conventions'"
)

_STATUS = {"complex": "not a real number", "undefined": "undefined", "infinite": "infinite"}


def too_large(result: Derived, most: int = MOST_ENTRIES) -> NotChecked | None:
    """Why SymPy is not asked about a result of many inputs: to pass them on would take longer than to say so.

    Args:
        result: to be checked.
        most: entries of inputs that are not too many.
    """
    entries = sum(int(np.size(value)) for value in result.inputs.values())
    if entries <= most:
        return None
    return NotChecked(f"the inputs have {entries:,} entries, the check takes {MOST_ENTRIES:,}")


def picked(result: Derived, limit: int) -> list[EntryAddress]:
    """At most so many of a result's derivative entries, those and in the order that the oracle picks them.

    >>> from gradcli.transforms.operators.grad import grad
    >>> [result.label(address) for result in [grad("a*b", {"a": 2.0, "b": 3.0})] for address in picked(result, 400)]
    ['df/da', 'df/db']
    """
    return [result.address(position) for position in result.picks(limit)]


def judge(result: Derived, answer: Answer | NotChecked) -> Verdict:
    """The verdict on a result, given what the oracle found."""
    if isinstance(answer, NotChecked):
        return Verdict("not checked", 0, result.count(), None, answer.reason)
    entries = [entry_of(result, truth) for truth in (*answer.values, *answer.derivatives)]
    checked = sum(truth.status in ("number", "infinite") for truth in answer.derivatives)
    singular, kinked = _singular(result, entries), kinked_inputs(result, entries)
    regular = [e for e in entries if e not in singular and not is_of_a_kink(e.truth.address, kinked)]
    wrong, lost = suspects(result, regular)
    smooth = {s.address for kink in result.kinks if kink.kind == "smooth" for s in kink.sides}
    # There the chain rule has no value, and SymPy knows no more: its formula says nothing against the series' number.
    wrong = [e for e in wrong if e.truth.status != "undefined" or e.truth.address not in smooth]
    given = [e for e in regular if _is_given(e) and is_conventional(result, e.truth.address)]
    unsettled = [e for e in wrong if e not in given and _may_be_conventional(result, e)]
    given += unsettled
    wrong, regular = ([e for e in some if e not in given] for some in (wrong, regular))
    worst = max((e.ulps for e in regular if e.truth.address.order and not is_gone(e)), default=0.0)
    if wrong or lost:
        if wrong and all(has_no_formula(e.truth) for e in wrong):
            return _lopsided_verdict(result, wrong, checked, answer.total)
        compared = checked + sum(e.truth.status not in ("number", "infinite") for e in wrong if e.truth.address.order)
        details = listed([_difference(result, entry) for entry in wrong or lost])
        reason = _differ_reason(result, wrong, lost, compared)
        return Verdict("differs", checked, answer.total, worst if np.isfinite(worst) else None, reason, details)
    if singular:
        return _singular_verdict(result, singular, checked, answer.total)
    conventional = [e for e in entries if is_of_a_kink(e.truth.address, kinked) or e in given]
    kinks = [e for e in entries if e.truth.status == "kink" or e in conventional]
    if any(not sides.finite for sides in broken_sides(result)):
        return _singular_verdict(result, kinks, checked, answer.total)
    if kinks and kinks == unsettled:
        return Verdict("kink", checked, answer.total, None, _UNSETTLED, listed([_sides(result, e) for e in kinks]))
    if kinks or broken_sides(result):
        return _kink_verdict(result, kinks, checked, answer.total)
    unknown = [e.truth for e in entries if e.truth.status not in ("number", "infinite")]
    if unknown:
        reason = f"SymPy's formula for {result.label(unknown[0].address)} has no value here"
        return Verdict("not checked", checked, answer.total, None, reason)
    return Verdict("verified", checked, answer.total, worst, remark(entries, worst))


def _singular(result: Derived, entries: Sequence[Entry]) -> list[Entry]:
    """The entries that have no finite value, and none is claimed: infinite, undefined, or no real number.

    Where an output has no value none of its derivatives has one, whatever formulas give; but a finite number is wrong
    where SymPy knows that the slope is infinite.
    """
    without = {e.truth.address.output for e in entries if not e.truth.address.order and _has_no_value(e)}
    if result.weights() is not None and without:
        without = {0}
    apart = any(
        s.added and not np.isfinite(result.number(e.truth.address)) for e in entries for s in broken_sides(result)
    )
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


def broken_sides(result: Derived) -> list[Sides]:
    """The entries that have no derivative, by their one-sided series."""
    return [sides for kink in result.kinks if kink.kind in ("kink", "singular") for sides in kink.sides]


def kinked_inputs(result: Derived, entries: Sequence[Entry]) -> set[Input]:
    """The inputs by which there is no first derivative, by SymPy or by the one-sided series."""
    by_sympy = [e.truth.address for e in entries if e.truth.status == "kink"]
    by_series = [sides.address for sides in broken_sides(result) if sides.address is not None]
    return {address.by[0] for address in (*by_sympy, *by_series) if address.order == 1 and address.by}


def is_of_a_kink(address: EntryAddress, kinked: Collection[Input]) -> bool:
    """Whether it is the derivative of a first derivative that does not exist, so that only conventions differ."""
    return address.order > 1 and any(by in kinked for by in address.by)


def _is_given(entry: Entry) -> bool:
    """Whether there are two numbers to compare."""
    return entry.truth.status == "number" and bool(np.isfinite(entry.number))


def is_conventional(result: Derived, address: EntryAddress) -> bool:
    """Whether a number is the conventions', there being no derivative by the one-sided series.

    That is so of a second derivative whose sides differ, in either order, and of all derivatives of a value that has
    its partial derivatives and no linear approximation, by what the operation at its kink was computed from. What is
    known by others is one of the sides, or a number along one axis.
    """
    if not address.order:
        return False
    either = (address, address._replace(by=address.by[::-1]))
    return any(
        (s.address in either and address.order == 2)
        or (s.added and s.output == address.output and all(by.name in s.among for by in address.by))
        for s in broken_sides(result)
    )


def _may_be_conventional(result: Derived, entry: Entry) -> bool:
    """Whether a derivative by two inputs, or by one and along a direction, is a limit at kinks not looked into.

    Limits along one line are the same where there is a derivative, and may be so where there is none.
    """
    if not _is_given(entry) or _goes_one_way(entry.truth.address) or entry.truth.left is None:
        return False
    return any(kink.kind == "undecided" for kink in result.kinks)


def _singular_verdict(result: Derived, singular: Sequence[Entry], checked: int, total: int) -> Verdict:
    first = min(singular, key=lambda e: e.truth.address.order, default=None)
    if first is None or first.truth.status in ("number", "kink"):
        reason = _NOWHERE
    else:
        label = result.label(first.truth.address)
        told = {"complex": "not a real number", "undefined": "undefined"}.get(first.truth.status, "infinite")
        reason = f"{label} is {told} here, and SymPy agrees"
    known = [e for e in singular if e.truth.address.order and (e.truth.left, e.truth.right) != (None, None)]
    limits = {limit.of: limit for limit in result.limits if limit.order}
    pairs = [(e, limit) for e in known if (limit := _limit_of(result, e, limits)) is not None]
    against = [entry for entry, limit in pairs if not _agree(entry.truth, limit)]
    if against:
        reason = "SymPy's one-sided limits are others"
        return Verdict("differs", checked, total, None, reason, listed([_sides_of(result, e) for e in against]))
    if pairs:
        reason += f"; {SAME_LIMITS}"
        confirmed = {id(entry) for entry, _ in pairs}
        known = [e for e in known if id(e) not in confirmed]
    return Verdict("singular", checked, total, None, reason, listed([_sides_of(result, e) for e in known]))


def _limit_of(result: Derived, entry: Entry, limits: Mapping[str, Limit]) -> Limit | None:
    """The limit of a derivative, by its label; of a second one also by that in the other order."""
    address = entry.truth.address
    labels = (result.label(a) for a in (address, address._replace(by=address.by[::-1])))
    return next((limits[label] for label in labels if label in limits), None)


def _sides_of(result: Derived, entry: Entry) -> str:
    """A derivative at a singular point from both sides, and what is given."""
    label, left, right = result.label(entry.truth.address), _side(entry.truth.left), _side(entry.truth.right)
    both = f"{left} from both sides" if left == right else f"from the left {left}, from the right {right}"
    return f"{label}: {both}; given {entry.number!r}"


def _lopsided_verdict(result: Derived, wrong: Sequence[Entry], checked: int, total: int) -> Verdict:
    reason = "the matrix is not symmetric: second derivatives that depend on the order do not exist"
    details = [
        f"{result.label(e.truth.address)}: gradcli has {e.number!r}, "
        f"and {result.mirrored(e.truth.address)!r} in the other order"
        for e in wrong
    ]
    return Verdict("differs", checked, total, None, reason, listed(details))


def _differ_reason(result: Derived, wrong: Sequence[Entry], lost: Sequence[Entry], checked: int) -> str:
    values, slopes = [e for e in wrong if not e.truth.address.order], [e for e in wrong if e.truth.address.order]
    if slopes:
        return f"{len(slopes)} of {checked} entries differ from SymPy's"
    return "the value differs from SymPy's" if values else spoilt(result, [e.truth.address for e in lost], checked)


def _difference(result: Derived, entry: Entry) -> str:
    truth = entry.truth
    told = repr(truth.high) if truth.status in ("number", "infinite") else _STATUS[truth.status]
    return f"{result.label(truth.address)}: gradcli has {entry.number!r}, SymPy has {told}"


def _kink_verdict(result: Derived, kinks: Sequence[Entry], checked: int, total: int) -> Verdict:
    """A kink; where the one-sided series have told of the same sides, the oracle confirms or contradicts them."""
    ours = {s.of: s for kink in result.kinks if kink.kind == "kink" for s in kink.sides}
    pairs = [(entry, ours.get(result.label(entry.truth.address))) for entry in kinks]
    # The sides of a mixed derivative depend on the way from which it is approached, and each has its own way.
    comparable = [(e, sides) for e, sides in pairs if sides is not None and _goes_one_way(e.truth.address)]
    against = [entry for entry, sides in comparable if not _agree(entry.truth, sides)]
    if against:
        reason = "SymPy's one-sided limits are others"
        return Verdict("differs", checked, total, None, reason, listed([_sides(result, e) for e in against]))
    reason = _NOWHERE
    by_both = [e for e, _ in comparable if e.truth.status == "kink"]
    if by_both and all(sides is not None for entry, sides in pairs if entry.truth.status == "kink"):
        reason += f"; {SAME_SIDES}"
    return Verdict("kink", checked, total, None, reason, listed([_sides(result, entry) for entry in kinks]))


def _goes_one_way(address: EntryAddress) -> bool:
    """Whether a derivative is one along a single line."""
    return len(set(address.by)) + address.along < 2


def _agree(truth: Truth, sides: Sides | Limit) -> bool:
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

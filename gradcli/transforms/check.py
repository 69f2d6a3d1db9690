"""The check: the engine's numbers against the oracle's, entry by entry."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from gradcli.symbolic import Answer, NotChecked, Oracle, Question, Truth
from gradcli.transforms.jacobian import labels
from gradcli.transforms.results import Gradient, Jacobian, Verdict
from gradcli.transforms.rounding import rounding_bounds

__all__ = ["check", "judge", "question"]

Checkable: TypeAlias = Gradient | Jacobian

ULPS = 16.0
"""Up to so many units in the last place no explanation is asked for."""

SLACK = 8.0
"""How far beyond the first-order bound on rounding errors a number may be and still count as rounded."""


def check(result: Checkable, timeout: float = 10.0) -> Verdict:
    """Derive a result again with SymPy, in another process, and compare.

    Args:
        result: from `grad` or `jacobian`.
        timeout: seconds until the check gives up.

    >>> from gradcli.transforms.grad import grad
    >>> check(grad("x**2", {"x": 3.0}), timeout=60).verdict
    'verified'
    """
    with Oracle.start(timeout=timeout) as oracle:
        oracle.ask(question(result))
        return judge(result, oracle.answer())


def question(result: Checkable) -> Question:
    """What the oracle must know to derive a result by itself: text and inputs, none of the engine's numbers."""
    values = {name: _nested(value) for name, value in result.inputs.items()}
    if isinstance(result, Jacobian):
        return Question(result.expression, values, tuple(result.jacobians), "jacobian")
    seed = None if result.seed is None else _nested(result.seed)
    return Question(result.expression, values, tuple(result.gradients), "gradient", seed)


def _nested(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def judge(result: Checkable, answer: Answer | NotChecked) -> Verdict:
    """The verdict on a result, given what the oracle found."""
    if isinstance(answer, NotChecked):
        return Verdict("not checked", 0, _count(result), None, answer.reason)
    compared = [_compare(result, truth) for truth in (*answer.values, *answer.derivatives)]
    kinks = [truth for truth, _ in compared if truth.status == "kink"]
    unknown = [(truth, ours) for truth, ours in compared if truth.status not in ("kink", "number", "infinite")]
    numbers = [(truth, ours) for truth, ours in compared if truth.status in ("number", "infinite")]
    ulps = [ulps_between(ours, truth) for truth, ours in numbers]
    wrong = _unexplained(result, [(t, o, u) for (t, o), u in zip(numbers, ulps, strict=True) if not u <= ULPS])
    wrong += [(truth, ours) for truth, ours in unknown if np.isfinite(ours)]
    checked = sum(1 for truth in answer.derivatives if truth.status in ("number", "infinite"))
    worst = max((u for (t, _), u in zip(numbers, ulps, strict=True) if t.name), default=0.0)
    if wrong:
        return _differs(result, wrong, checked, answer.total)
    if kinks:
        return _kink(result, kinks, checked, answer.total)
    if unknown:
        truth, _ = unknown[0]
        reason = f"{_label(result, truth)} is {_STATUS[truth.status]} here, and SymPy agrees"
        return Verdict("not checked", checked, answer.total, None, reason)
    remark = _rounding_remark(worst) if worst > ULPS else None
    return Verdict("verified", checked, answer.total, worst, remark)


_STATUS = {"complex": "not a real number", "undefined": "undefined", "infinite": "infinite"}


def _rounding_remark(worst: float) -> str:
    digits = int(np.floor(np.log10(worst)))
    return (
        f"about {digits} of 16 digits are lost to rounding, as they must be in float64 "
        "when this expression is computed as it is written"
    )


def _count(result: Checkable) -> int:
    if isinstance(result, Jacobian):
        return int(result.jacobian.size)
    return sum(int(np.size(g)) for g in result.gradients.values())


def _compare(result: Checkable, truth: Truth) -> tuple[Truth, float]:
    if not truth.name:
        return truth, float(np.ravel(result.value)[truth.output])
    if isinstance(result, Jacobian):
        size = int(np.size(result.value))
        return truth, float(np.reshape(result.jacobians[truth.name], (size, -1))[truth.output, truth.entry])
    return truth, float(np.ravel(result.gradients[truth.name])[truth.entry])


def ulps_between(ours: float, truth: Truth) -> float:
    """The distance of a float64 from the truth, in units in the last place of the truth.

    >>> ulps_between(1.0, Truth(0, "x", 0, "number", 1.0, 0.0, None, None))
    0.0
    """
    if ours == truth.high and not np.isfinite(ours):
        return 0.0
    if not np.isfinite(ours) or not np.isfinite(truth.high):
        return float("inf")
    return float(abs((ours - truth.high) - truth.low) / np.spacing(abs(truth.high)))


def _unexplained(result: Checkable, suspects: list[tuple[Truth, float, float]]) -> list[tuple[Truth, float]]:
    """The suspects whose error is more than rounding in the computation as written can make."""
    if not suspects:
        return []
    finite = [(t, o, u) for t, o, u in suspects if np.isfinite(u)]
    bounds = rounding_bounds(result, [t for t, _, _ in finite])
    wrong = [(t, o) for t, o, u in suspects if not np.isfinite(u)]
    for (truth, ours, _), bound in zip(finite, bounds, strict=True):
        if not abs((ours - truth.high) - truth.low) <= SLACK * bound + ULPS * np.spacing(abs(truth.high)):
            wrong.append((truth, ours))
    return wrong


def _label(result: Checkable, truth: Truth) -> str:
    output = labels("f", np.shape(result.value))[truth.output] if _many(result, truth) else "f"
    if not truth.name:
        return output
    variable = labels(truth.name, np.shape(result.inputs[truth.name]))[truth.entry]
    return f"d{output}/d{variable}"


def _many(result: Checkable, truth: Truth) -> bool:
    return isinstance(result, Jacobian) or not truth.name


def _differs(result: Checkable, wrong: list[tuple[Truth, float]], checked: int, total: int) -> Verdict:
    details = [f"{_label(result, truth)}: gradcli has {ours!r}, SymPy has {_told(truth)}" for truth, ours in wrong[:10]]
    if len(wrong) > 10:
        details.append(f"... and {len(wrong) - 10} more")
    worst = max((ulps_between(ours, truth) for truth, ours in wrong), default=0.0)
    reason = f"{len(wrong)} of {checked} entries differ from SymPy's"
    return Verdict("differs", checked, total, worst if np.isfinite(worst) else None, reason, tuple(details))


def _told(truth: Truth) -> str:
    return repr(truth.high) if truth.status in ("number", "infinite") else _STATUS[truth.status]


def _kink(result: Checkable, kinks: list[Truth], checked: int, total: int) -> Verdict:
    details = []
    for truth in kinks[:10]:
        _, ours = _compare(result, truth)
        place = f" ({truth.where})" if truth.where else ""
        details.append(
            f"{_label(result, truth)}: from the left {_side(truth.left)}, from the right {_side(truth.right)}; "
            f"{ours!r} is the convention{place}"
        )
    if len(kinks) > 10:
        details.append(f"... and {len(kinks) - 10} more")
    return Verdict("kink", checked, total, None, "the expression is not differentiable at this point", tuple(details))


def _side(value: float | None) -> str:
    return "not real" if value is None else repr(value)

"""Short ways to ask the oracle, in this process or in its own."""

from __future__ import annotations

from typing import Any

from gradcli.symbolic import Answer, Question, Truth
from gradcli.symbolic.answers.solve import solve


def gradient(source: str, seed: Any = None, wrt: tuple[str, ...] | None = None, **values: Any) -> Answer:
    answer = solve(Question(source, values, tuple(values) if wrt is None else wrt, "gradient", seed))
    assert isinstance(answer, Answer), answer
    return answer


def jacobian(source: str, limit: int = 400, **values: Any) -> Answer:
    answer = solve(Question(source, values, tuple(values), "jacobian", limit=limit))
    assert isinstance(answer, Answer), answer
    return answer


def numbers(truths: tuple[Truth, ...]) -> list[float]:
    assert all(t.status == "number" for t in truths), truths
    return [t.high for t in truths]


def slope(source: str, **values: Any) -> Truth:
    """The derivative by the first variable."""
    return gradient(source, **values).derivatives[0]

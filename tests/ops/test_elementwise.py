"""The derivative table as a table: every elementwise entry passes every check, and every check fails a wrong entry."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import gradcli
from gradcli.engine.rules.rule import Rule
from gradcli.lang import parse, variables
from gradcli.ops import TABLE, Op
from tests.ops import checks

ELEMENTWISE = [op for op in TABLE.values() if op.kind == "elementwise"]
CHECKS: list[Callable[[Op], None]] = [
    checks.check_forward,
    checks.check_partials_symbolically,
    checks.check_partials_at_points,
    checks.check_vjp_by_differences,
    checks.check_jvp_is_vjp,
    checks.check_second_order,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__.removeprefix("check_"))
@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
def test_entry(op: Op, check: Callable[[Op], None]) -> None:
    check(op)


@pytest.mark.parametrize("check", [c for c in CHECKS if c is not checks.check_jvp_is_vjp], ids=lambda c: c.__name__)
def test_each_check_rejects_a_wrong_entry(check: Callable[[Op], None]) -> None:
    right = TABLE["tanh"]
    check(right)
    if check is checks.check_forward:
        wrong = right.replaced(value="numpy.arctan")
    else:
        wrong = right.replaced(partials=("1.000001*sech(x)**2",))
    with pytest.raises(AssertionError):
        check(wrong)


def test_the_two_modes_check_rejects_different_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    def twisted(self: Rule, op: Op) -> None:
        original(self, op)
        self.jvps = tuple(lambda *args, pull=p: 1.000001 * pull(*args) for p in self.vjps)

    original = Rule.__init__
    monkeypatch.setattr(Rule, "__init__", twisted)
    with pytest.raises(AssertionError):
        checks.check_jvp_is_vjp(TABLE["tanh"])


@pytest.mark.parametrize("op", [op for op in ELEMENTWISE if op.domain], ids=lambda op: op.name)
def test_the_samples_are_in_the_domain_that_is_stated(op: Op) -> None:
    for point in checks.points(op):
        given = {p: v for p, v in zip(op.params, point, strict=True) if p in variables(parse(op.domain))}
        assert gradcli.evaluate(op.domain, given).value


@pytest.mark.parametrize(
    ("name", "point"),
    [
        ("pow", {"x": 0.0, "y": 0.5}), ("log1p", {"x": -1.0}), ("tan", {"x": np.pi / 2}), ("cot", {"x": 0.0}),
        ("gamma", {"x": -2.0}), ("digamma", {"x": 0.0}), ("lgamma", {"x": -1.0}),
    ],
)  # fmt: skip
def test_at_the_ends_of_a_stated_domain_there_is_no_derivative(name: str, point: dict[str, float]) -> None:
    inside = gradcli.evaluate(TABLE[name].domain, point).value
    found = float(gradcli.grad(f"{name}({', '.join(point)})", point).gradients["x"])
    assert not inside or abs(found) > 1e30
    assert not np.isfinite(found) or abs(found) > 1e30


def test_the_table_is_not_empty() -> None:
    assert len(ELEMENTWISE) > 60

"""The derivative table as a table: every elementwise entry passes every check, and every check fails a wrong entry."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gradcli.engine.rule import Rule
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
        wrong = right._replace(value="numpy.arctan")
    else:
        wrong = right._replace(partials=("1.000001*sech(x)**2",))
    with pytest.raises(AssertionError):
        check(wrong)


def test_the_two_modes_check_rejects_different_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    def twisted(self: Rule, op: Op) -> None:
        original(self, op)
        self.pushes = tuple(lambda *args, pull=p: 1.000001 * pull(*args) for p in self.pulls)

    original = Rule.__init__
    monkeypatch.setattr(Rule, "__init__", twisted)
    with pytest.raises(AssertionError):
        checks.check_jvp_is_vjp(TABLE["tanh"])


def test_the_table_is_not_empty() -> None:
    assert len(ELEMENTWISE) > 60

"""Children of tests come from one process that has imported what they need, unless a test is about processes."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from gradcli.symbolic import NotChecked, Oracle, Question
from tests.warm import Hatched

POLYNOMIAL = Question("x**2 - 2*x + 1", {"x": 0.0}, ("x",), "gradient")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")


def child(oracle: Oracle) -> Any:
    return oracle._process


def test_two_children_of_one_process_know_nothing_of_each_other() -> None:
    with Oracle.start() as first, Oracle.start() as second:
        assert isinstance(child(first), Hatched)
        assert isinstance(child(second), Hatched)
        assert child(first)._nest is child(second)._nest
        assert child(first).pid != child(second).pid
        first.ask(POLYNOMIAL)
        second.ask(POLYNOMIAL._replace(values={"x": 3.0}))
        answers = second.answer(), first.answer()
    assert [answer.derivatives[0].high for answer in answers if not isinstance(answer, NotChecked)] == [4.0, -2.0]


def test_one_that_is_killed_is_told_of_and_the_next_one_answers() -> None:
    with Oracle.start() as oracle:
        os.kill(child(oracle).pid, signal.SIGKILL)
        oracle.ask(POLYNOMIAL)
        assert oracle.answer() == NotChecked("SymPy's process was ended by SIGKILL, perhaps for want of memory")
    with Oracle.start() as oracle:
        oracle.ask(POLYNOMIAL)
        assert not isinstance(oracle.answer(), NotChecked)


def test_one_that_is_at_work_is_ended() -> None:
    with Oracle.start() as oracle:
        assert child(oracle).end() == -signal.SIGKILL
        assert child(oracle).ended


@pytest.mark.cold
def test_a_test_of_processes_has_those_of_a_user() -> None:
    with Oracle.start() as oracle:
        assert not isinstance(child(oracle), Hatched)

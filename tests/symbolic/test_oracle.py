"""The process: answers, refusals, deadlines, and leaving nothing behind."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from gradcli.process import start as module
from gradcli.process.forked import can_fork
from gradcli.symbolic import Answer, NotChecked, Oracle, Question

POLYNOMIAL = Question("x**2 - 2*x + 1", {"x": 0.0}, ("x",), "gradient")
BIGNUM = Question("a = 1000000*x; " + "a = a*a; " * 30 + "a", {"x": 1.0}, ("x",), "gradient")
"""SymPy multiplies numbers of millions of digits, in C, and does not look up."""

_LATE = 0.5
"""Seconds after its deadline within which an answer is promised."""

pytestmark = [pytest.mark.cold, pytest.mark.skipif(os.name != "posix", reason="signals")]


@pytest.fixture(params=["forked", "spawned"])
def start(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    if request.param == "spawned":
        monkeypatch.setattr(module, "can_fork", lambda late: False)
    elif not can_fork():
        pytest.skip("this process has threads; test_forked runs this in one that has none")
    return Oracle.start


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    before = descriptors()
    yield
    assert descriptors() <= before
    with suppress(ChildProcessError):
        assert os.waitpid(-1, os.WNOHANG)[0] == 0


def descriptors() -> set[str]:
    folder = Path("/proc/self/fd")
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def pid_of(oracle: Oracle) -> int:
    process = oracle._process
    assert process is not None
    return process.pid


def test_answer(start: Any) -> None:
    with start() as oracle:
        oracle.ask(POLYNOMIAL)
        answer = oracle.answer()
        assert isinstance(answer, Answer)
        assert [(t.address.by[0].name, t.high) for t in answer.derivatives] == [("x", -2.0)]
        assert oracle.answer() is answer


def test_numbers_survive_the_way(start: Any) -> None:
    with start() as oracle:
        values = {"x": [5e-324, 1.7976931348623157e308, -0.1], "y": math.inf, "z": math.nan}
        oracle.ask(Question("where(y > 0, x*0.1, z)", values, ("x",), "gradient", [1.0, 0.1, -1e-300]))
        answer = oracle.answer()
    assert isinstance(answer, Answer)
    assert [t.high for t in answer.derivatives] == [0.1, 0.010000000000000002, -1.0000000000000001e-301]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("2*sine(x)", "the check does not take the program: unknown function 'sine'"),
        ("x + ", "the check does not take the program: "),
        ("[x, x] + [x, x, x]", "SymPy failed with ValueError: shape mismatch"),
        ("polygamma(x, 2)", "SymPy does not know the derivative of polygamma(x, 2)"),
        ("sum(zeros([100000, 100000]))*x", "needs more than 4.0 GiB"),
    ],
)
def test_refusals_are_sentences(source: str, reason: str) -> None:
    with Oracle.start() as oracle:
        oracle.ask(Question(source, {"x": 1.0}, ("x",), "gradient"))
        reply = oracle.answer()
    assert isinstance(reply, NotChecked)
    assert reply.reason.startswith(reason)


def test_too_many_inputs_are_refused_at_once() -> None:
    with Oracle.start() as oracle:
        oracle.ask(Question("sum(x)", {"x": [[0.0] * 100] * 51}, ("x",), "gradient"))
        begin = time.monotonic()
        assert oracle.answer() == NotChecked("the inputs have 5,100 entries, the check takes 5,000")
        assert time.monotonic() - begin < 2  # and not after the deadline of ten seconds


def test_deadline_of_a_process_that_stands_still(start: Any) -> None:
    with start(timeout=0.5) as oracle:
        os.kill(pid_of(oracle), signal.SIGSTOP)
        oracle.ask(POLYNOMIAL._replace(values={"x": [[0.1] * 1000] * 5}, source="x" * 100_000))
        begin = time.monotonic()
        assert oracle.answer() == NotChecked("no answer within 0.5 s (SymPy is still starting)")
        assert time.monotonic() - begin < 0.5 + _LATE


def test_deadline_inside_a_long_computation_in_c(start: Any) -> None:
    with start(timeout=1.5) as oracle:
        oracle.ask(BIGNUM)
        begin = time.monotonic()
        reply = oracle.answer()
        assert time.monotonic() - begin < 1.5 + _LATE
    assert isinstance(reply, NotChecked)
    assert reply.reason == "no answer within 1.5 s (SymPy is still evaluating the program on symbols)"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX")
def test_memory(start: Any) -> None:
    with start(timeout=20, memory=1 << 29) as oracle:
        oracle.ask(Question("sum(ones([30000, 3000]))*x", {"x": 1.0}, ("x",), "gradient"))
        assert oracle.answer() == NotChecked("needs more than 0.5 GiB")


def test_memory_that_is_not_enough_for_sympy(start: Any) -> None:
    with start(timeout=1, memory=1 << 24) as oracle:
        oracle.ask(POLYNOMIAL)
        assert isinstance(oracle.answer(), NotChecked)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_death_is_named(start: Any, number: signal.Signals) -> None:
    with start() as oracle:
        pid = pid_of(oracle)
        oracle.ask(BIGNUM)
        time.sleep(0.1)
        os.kill(pid, number)
        reply = oracle.answer()
    assert isinstance(reply, NotChecked)
    assert reply.reason.startswith(f"SymPy's process was ended by {number.name}")


def test_interrupts_are_the_parents_business(start: Any) -> None:
    with start() as oracle:
        time.sleep(0.5)
        os.kill(pid_of(oracle), signal.SIGINT)
        oracle.ask(POLYNOMIAL)
        assert isinstance(oracle.answer(), Answer)


def test_closing(start: Any) -> None:
    oracle = start()
    pid = pid_of(oracle)
    oracle.ask(POLYNOMIAL)
    oracle.close()
    oracle.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert oracle.answer() == NotChecked("the check was closed before it answered")


def test_one_question_each() -> None:
    with Oracle.start() as oracle:
        with pytest.raises(RuntimeError, match="must be asked"):
            oracle.answer()
        oracle.ask(POLYNOMIAL)
        with pytest.raises(RuntimeError, match="one question"):
            oracle.ask(POLYNOMIAL)


def test_closed_before_it_was_asked() -> None:
    with Oracle.start() as oracle:
        pass
    with pytest.raises(RuntimeError):
        oracle.ask(POLYNOMIAL)


def test_one_that_was_not_started_or_rests_is_started_when_it_is_asked(start: Any) -> None:
    del start
    with Oracle() as oracle:
        assert oracle._process is None
        oracle.begin()
        pid = pid_of(oracle)
        oracle.begin()
        assert pid_of(oracle) == pid
        oracle.rest()
        assert oracle._process is None
        oracle.ask(POLYNOMIAL)
        answer = oracle.answer()
        oracle.begin()
        assert oracle._process is None
    assert isinstance(answer, Answer)


def test_sympy_does_not_compute_with_flint() -> None:
    code = "from gradcli.symbolic.process import worker; worker.prepare(); import sys; print('flint' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=60, check=True,
        env={**os.environ, "SYMPY_GROUND_TYPES": "flint"}, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stdout == "False\n"


def test_no_process_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(module, "can_fork", lambda late: True)
    monkeypatch.setattr(module, "Forked", fail)
    with Oracle.start() as oracle:
        oracle.ask(POLYNOMIAL)
        assert oracle.answer() == NotChecked("no process could be started: Resource temporarily unavailable")


def test_deep_programs_end_in_an_answer_or_a_reason() -> None:
    for depth in (300, 3_000):
        with Oracle.start(timeout=30) as oracle:
            oracle.ask(Question("sin(" * depth + "x" + ")" * depth, {"x": 0.5}, ("x",), "gradient"))
            reply = oracle.answer()
            assert isinstance(reply, Answer), reply

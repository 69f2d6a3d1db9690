"""Many inquiries of one process: each has its deadline, and none disturbs the next."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from gradcli.process import start as module
from gradcli.process.forked import can_fork
from gradcli.symbolic import NotChecked, Oracle, Question
from gradcli.symbolic.process import oracle as waiting
from gradcli.symbolic.protocol.inquiry import Claim, Finding, Inquiry

ROOT = Path(__file__).parents[2]
PROC = Path("/proc")
GOOD = Inquiry("x**2", (Claim(("x",), "2*x"), Claim(("x",), "3*x")), ({"x": 1.0}, {"x": 2.0}), ("x",))
HANGS = Inquiry("a = 1000000*x; " + "a = a*a; " * 30 + "a", (Claim(("x",), "x"),), ({"x": 1.0},), ())
"""Numbers of millions of digits, in C."""

UNPROVABLE = Inquiry(
    "(x + y + z + u + v + w)**61",
    (Claim(("x",), "61*((x + y + z)**2 + 2*(x + y + z)*(u + v + w) + (u + v + w)**2)**30"),),
    ({"x": 1.0, "y": 2.0, "z": 1.0, "u": 1.0, "v": 2.0, "w": 1.0},),
    ("x", "y", "z", "u", "v", "w"),
)
"""True, and its proof by expansion a matter of hours."""

pytestmark = [pytest.mark.cold, pytest.mark.skipif(os.name != "posix", reason="forks")]


@pytest.fixture(params=["forked", "spawned"])
def start(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    if request.param == "spawned":
        monkeypatch.setattr(module, "can_fork", lambda late: False)
    elif not can_fork():
        pytest.skip("this process has threads")
    return Oracle.start


def findings(reply: Any) -> tuple[Finding, ...]:
    assert isinstance(reply, tuple), reply
    assert not isinstance(reply, NotChecked), reply
    return reply


def test_many_inquiries_of_one_process(start: Any) -> None:
    with start() as oracle:
        pid = oracle._process.pid
        for _ in range(5):
            good, bad = findings(oracle.inquire(GOOD, 20))
            assert good.proof
            assert bad.refutation is not None
            assert (bad.refutation.point, bad.refutation.derivative, bad.refutation.claim) == ({"x": 1.0}, "2.0", "3.0")
        assert oracle._process.pid == pid


def test_one_that_hangs_is_killed_and_the_rest_go_on(start: Any) -> None:
    with start() as oracle:
        assert findings(oracle.inquire(GOOD, 20))
        pid = oracle._process.pid
        begin = time.monotonic()
        reply = oracle.inquire(HANGS, 0.5)
        assert time.monotonic() - begin < 5
        assert isinstance(reply, NotChecked)
        assert reply.reason.startswith("no answer within 0.5 s (SymPy is still ")
        assert findings(oracle.inquire(GOOD, 20))
        assert oracle._process.pid == pid


def test_what_was_found_before_the_deadline_is_kept(start: Any) -> None:
    with start() as oracle:
        findings(oracle.inquire(GOOD, 20))
        (found,) = findings(oracle.inquire(UNPROVABLE, 2))
    assert [outcome.status for outcome in found.outcomes] == ["agree"]
    assert not found.proof
    assert found.note.startswith("no answer within 2 s (SymPy is still looking for a proof")


def test_refusals_are_sentences(start: Any) -> None:
    with start() as oracle:
        reply = oracle.inquire(GOOD._replace(source="x +"), 20)
        assert isinstance(reply, NotChecked)
        assert reply.reason.startswith("the check does not take the program: ")
        assert findings(oracle.inquire(GOOD, 20))


def test_a_process_that_was_killed_is_replaced(start: Any) -> None:
    with start() as oracle:
        findings(oracle.inquire(GOOD, 20))
        os.kill(oracle._process.pid, signal.SIGKILL)
        time.sleep(0.1)
        reply = oracle.inquire(GOOD, 20)
        assert isinstance(reply, NotChecked)
        assert findings(oracle.inquire(GOOD, 20))


def test_a_process_that_stands_still_is_replaced(start: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_GRACE", 0.3)
    with start() as oracle:
        os.kill(oracle._process.pid, signal.SIGSTOP)
        assert oracle.inquire(GOOD, 0.2) == NotChecked("no answer within 0.2 s")
        monkeypatch.setattr(waiting, "_GRACE", 5.0)
        assert findings(oracle.inquire(GOOD, 20))


def test_a_question_after_inquiries(start: Any) -> None:
    with start() as oracle:
        findings(oracle.inquire(GOOD, 20))
        oracle.ask(Question("x**2", {"x": 3.0}, ("x",), "gradient"), 20)
        answer = oracle.answer()
        assert not isinstance(answer, NotChecked)
        assert answer.derivatives[0].high == 6.0
        with pytest.raises(RuntimeError):
            oracle.inquire(GOOD, 1)


PARENT = """
import os, sys, threading
from gradcli.symbolic import Oracle
from tests.symbolic.test_inquiries import GOOD, UNPROVABLE
oracle = Oracle.start()
oracle.inquire(GOOD, 20)
print(oracle._process.pid, flush=True)
oracle.inquire(UNPROVABLE, 60)
"""


@pytest.mark.skipif(not PROC.is_dir(), reason="no /proc to look for processes in")
def test_a_killed_parent_leaves_nothing() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, cwd=ROOT)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    forks: list[str] = []
    until = time.monotonic() + 10
    while not forks and time.monotonic() < until:
        forks = (PROC / str(child) / "task" / str(child) / "children").read_text().split()
    time.sleep(0.3)
    parent.kill()
    parent.communicate()
    assert forks
    for pid in (child, *map(int, forks)):
        until = time.monotonic() + 5
        while (PROC / str(pid)).is_dir() and time.monotonic() < until:
            time.sleep(0.02)
        assert not (PROC / str(pid)).is_dir()

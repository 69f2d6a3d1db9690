"""The process that encloses: answers, deadlines, memory, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from gradcli.enclosures.answers.enclose import enclose
from gradcli.enclosures.process import prover as module
from gradcli.enclosures.process.many import enclose_all
from gradcli.enclosures.process.prover import Prover
from gradcli.enclosures.protocol import Ball, Enclosures, Request, Undecided
from gradcli.process.refusal import NotChecked
from gradcli.process.worker import Worker

ROOT = Path(__file__).parents[2]
PRODUCT = Request("x*sin(x)", {"x": 2.0}, ("x",), "gradient")
KINK = Request("abs(x)*y", {"x": [0.0, 5e-324], "y": 1e300}, ("x", "y"), "jacobian")

pytestmark = [pytest.mark.cold, pytest.mark.skipif(os.name != "posix", reason="signals")]


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FLINT", Worker("tests.enclosures.stuck", "FLINT"))


def asked(source: str, timeout: float = 20.0, patience: float = 1e6, **options: Any) -> Enclosures | NotChecked:
    with Prover(**options) as prover:
        prover.ask(Request(source, {}, (), "gradient"), timeout)
        return prover.answer(patience)


@pytest.mark.parametrize("request_", [PRODUCT, KINK, PRODUCT._replace(kind="derivative", order=4, digits=60)])
def test_another_process_says_the_same(request_: Request) -> None:
    with Prover() as prover:
        prover.ask(request_, 60)
        found = prover.answer()
        assert found == enclose(request_)
        assert prover.answer() == found


def test_refusals_are_sentences() -> None:
    with Prover() as prover:
        prover.ask(PRODUCT._replace(source="2*sine(x)"), 60)
        assert prover.answer() == NotChecked("the check does not take the program: unknown function 'sine'")


@pytest.mark.usefixtures("stuck")
@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("fails", "FLINT failed with ValueError: it is no use"),
        ("dies", "FLINT's process was ended by SIGSEGV"),
        ("eats", "needs more than 4.0 GiB"),
        ("hangs", "no answer within 0.5 s (FLINT is still at work)"),
        ("computes", "no answer within 0.5 s (FLINT is still at work)"),
    ],
)
def test_what_goes_wrong_is_told(source: str, reason: str) -> None:
    begin = time.monotonic()
    late = source in ("hangs", "computes")
    found = asked(source, 0.5 if late else 60.0)
    assert isinstance(found, NotChecked)
    # A busy machine may not have started the process by then.
    assert found.reason == reason or (late and found.reason == "no answer within 0.5 s (FLINT is still starting)")
    assert not late or time.monotonic() - begin < 5


@pytest.mark.usefixtures("stuck")
def test_patience_ends_before_the_deadline() -> None:
    begin = time.monotonic()
    found = asked("hangs", 60.0, 0.2)
    assert time.monotonic() - begin < 10
    assert isinstance(found, NotChecked)
    assert found.reason.startswith("no answer within ")


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "is_available", lambda: False)
    assert asked("x") == NotChecked("the package python-flint is not installed")


def test_no_process_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(module, "start", fail)
    assert asked("x") == NotChecked("no process could be started: Resource temporarily unavailable")


def squares(count: int) -> list[Request]:
    return [Request("a*x**2", {"a": 2.0, "x": float(i)}, ("x",), "gradient") for i in range(count)]


def test_many_requests_have_an_answer_each() -> None:
    odd = Request("sum(x)/a", {"a": 0.0, "x": [1.0, 2.0]}, ("x",), "gradient", limit=1)
    found = enclose_all([*squares(300), odd], 60)
    slopes = [one.derivatives[0] for one in found[:300] if isinstance(one, Enclosures)]
    assert [ball.low * 2.0**ball.exponent for ball in slopes if isinstance(ball, Ball)] == [4.0 * i for i in range(300)]
    assert isinstance(found[300], Enclosures)
    assert isinstance(found[300].values[0], Undecided)


def test_a_program_that_does_not_fit_one_row_leaves_the_others() -> None:
    rows = [Request("x[2]", {"x": x}, ("x",), "gradient") for x in ([1.0, 2.0, 3.0], [1.0], [4.0, 5.0, 6.0])]
    first, second, third = enclose_all(rows, 60)
    assert isinstance(first, Enclosures)
    assert isinstance(second, NotChecked)
    assert isinstance(third, Enclosures)


@pytest.mark.parametrize(
    ("source", "reason"),
    [("hangs", "no answer within 2 s"), ("dies", "FLINT's process was ended by SIGSEGV"), ("fails", "it is no use")],
)
def test_what_was_found_before_the_end_is_kept(monkeypatch: pytest.MonkeyPatch, source: str, reason: str) -> None:
    monkeypatch.setattr("gradcli.enclosures.process.many.FLINT", Worker("tests.enclosures.stuck", "FLINT"))
    first, *others = enclose_all([PRODUCT._replace(source=source)] * 3, 2.0 if source == "hangs" else 60.0)
    assert first == NotChecked("found early")
    assert others[0] == others[1]
    assert isinstance(others[0], NotChecked)
    assert others[0].reason.endswith(reason)


def test_many_requests_and_no_package_or_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("gradcli.enclosures.process.many.start", fail)
    assert (
        enclose_all(squares(2), 1) == [NotChecked("no process could be started: Resource temporarily unavailable")] * 2
    )
    monkeypatch.setattr("gradcli.enclosures.process.many.is_available", lambda: False)
    assert enclose_all(squares(2), 1) == [NotChecked("the package python-flint is not installed")] * 2
    assert enclose_all([], 1) == []


def test_one_request_each() -> None:
    with Prover() as prover:
        with pytest.raises(RuntimeError, match="must be asked"):
            prover.answer()
        prover.ask(PRODUCT, 60)
        with pytest.raises(RuntimeError, match="one request"):
            prover.ask(PRODUCT, 60)
    with Prover() as prover:
        pass
    with pytest.raises(RuntimeError):
        prover.ask(PRODUCT, 60)


LATE = """
import sys, time
import numpy as np
np.ones((300, 300)) @ np.ones((300, 300))  # so that BLAS has its threads
from gradcli.enclosures.process import prover as module
from gradcli.enclosures.protocol import Request
from gradcli.process.worker import Worker
prover = module.Prover(late=True)
if sys.argv[1] == "stuck":
    module.FLINT = Worker("tests.enclosures.stuck", "FLINT")
prover.ask(Request("x*sin(x)", {"x": 2.0}, ("x",), "gradient"), 60)
print(type(prover._process).__name__, prover._process.pid, flush=True)
print(type(prover.answer()).__name__, flush=True)
np.ones((300, 300)) @ np.ones((300, 300))
"""


def late(what: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-W", "error", "-c", LATE, what]
    return subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere such a process is not forked")
def test_a_process_with_numpy_is_forked_where_it_knows_its_threads() -> None:
    process = late("enclose")
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert told.split()[0] == "Forked"
    assert told.split()[2] == "Enclosures"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere such a process is not forked")
def test_a_killed_parent_leaves_nothing() -> None:
    process = late("stuck")
    assert process.stdout is not None
    child = int(process.stdout.readline().split()[1])
    time.sleep(0.5)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    until = time.monotonic() + 30
    while Path(f"/proc/{child}").is_dir() and time.monotonic() < until:
        time.sleep(0.02)
    assert not Path(f"/proc/{child}").is_dir()


def test_the_parent_imports_no_flint() -> None:
    code = (
        "import sys; from gradcli.enclosures.process.prover import Prover; "
        "print(sorted({'flint', 'numpy', 'sympy', 'json', 'subprocess'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"

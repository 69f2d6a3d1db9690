"""`--timeout`: whatever a command computes, it ends by then, says so, and prints nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gradcli.cli.deadline import Deadline, OutOfTime
from gradcli.errors import UsageProblem
from tests.cli.runner import Outcome, gradcli

GRADCLI = str(Path(sys.executable).with_name("gradcli"))
LATE = """error: the computation has not finished within {} s
hint: --timeout SECONDS allows more, as in --timeout {}
"""
LONG = "sum([sin(i*j*x) for i in range(300) for j in range(100)])"

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="timers of POSIX")


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (["eval", LONG, "--x", "1"], ""),
        (["grad", LONG, "--x", "1", "--json"], ""),
        (["jacobian", f"[{LONG}]", "--x", "1"], ""),
        (["hessian", LONG, "--x", "1"], ""),
        (["vjp", LONG, "--x", "1"], ""),
        (["jvp", LONG, "--x", "1", "--tangent", "1"], ""),
        (["hvp", LONG, "--x", "1", "--vector", "1"], ""),
        (["derivative", LONG, "--x", "1", "--order", "3"], ""),
        (["graph", LONG, "--x", "1"], ""),
        (["check", LONG, "--x", "1"], ""),
        (["check", LONG, "--claim", "x=1"], ""),
        (["eval", "-", "--x", "1"], "x" + "+x" * 2_000_000),
        (["eval", "x", "--x", LONG.replace("x", "1.5")], ""),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)  # fmt: skip
def test_every_command(words: list[str], stdin: str) -> None:
    before = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)
    begin = time.monotonic()
    assert gradcli([*words, "--timeout", "0.3"], stdin=stdin) == Outcome("", LATE.format(0.3, 3), 4)
    assert time.monotonic() - begin < 10
    assert (signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)) == before


@pytest.mark.parametrize("seconds", ["60", "inf", "1e300"])
def test_what_is_quick_enough(seconds: str) -> None:
    assert gradcli(f"grad x**2 --x 3 -q --timeout {seconds}") == Outcome("6.0\n", "", 0)
    assert gradcli(f"check x**2 --claim x=2*x -q --timeout={seconds}") == Outcome("proved\n", "", 0)


@pytest.mark.parametrize("text", ["nan", "0", "-1", "-inf", "soon", "", "9" * 5 + "x"])
@pytest.mark.parametrize("option", ["--timeout", "--check-timeout"])
def test_what_is_no_time(option: str, text: str) -> None:
    done = gradcli(["grad", "x**2", "--x", "3", f"{option}={text}"])
    error, hint = done.stderr.splitlines()
    assert error == f"error: {option} takes a positive number of seconds, not '{text}'"
    told, _, way = hint.partition("; ")
    assert told == "hint: such as 0.5, 60, or inf for no bound"
    assert way == ("" if option == "--check-timeout" else f"a variable called timeout is given by --set timeout={text}")
    assert (done.status, done.stdout) == (2, "")


def test_the_last_one_counts() -> None:
    assert gradcli(["eval", LONG, "--x", "1", "--timeout", "60", "--timeout", "0.2"]).stderr == LATE.format(0.2, 2)


def test_a_variable_of_that_name() -> None:
    assert gradcli("grad timeout**2 --set timeout=3 --timeout 60 --no-check -q").stdout == "6.0\n"


def test_the_time_of_the_check_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def verify(*_: object, **__: object) -> None:
        time.sleep(0.8)

    monkeypatch.setattr("gradcli.transforms.verify.ask.verify", verify)
    monkeypatch.setattr("gradcli.cli.main._early_oracle", lambda *_: None)
    gradcli("eval 1")  # what is imported takes no time from here on
    assert gradcli("grad x**2 --x 3 -q --timeout 0.7").status == 0


def test_waiting_for_input_takes_no_time() -> None:
    with subprocess.Popen(
        [GRADCLI, "eval", "-", "-q", "--timeout", "2"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        time.sleep(3.5)
        assert child.communicate("1+1", timeout=60)[0] == "2.0\n"


def test_one_call_of_numpy() -> None:
    begin = time.monotonic()
    done = subprocess.run(
        [GRADCLI, "eval", "sum(eigvalsh(A))", "--A", "ones([6000, 6000])", "--timeout", "2"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert time.monotonic() - begin < 10
    assert (done.returncode, done.stdout, done.stderr) == (4, "", LATE.format(2, 20))


def test_where_no_signal_can_interrupt() -> None:
    told = []

    def start() -> None:
        try:
            Deadline().start(1.0)
        except UsageProblem as problem:
            told.append(problem.message)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert told == ["--timeout is not available here: a timer's signal must interrupt the main thread"]


def test_an_alarm_that_is_lost_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Finalized:
        def __del__(self) -> None:
            try:
                compute(0.15)
            except OutOfTime:
                lost.append(OutOfTime)
                raise

    def compute(seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pass

    lost: list[object] = []
    told: list[object] = []
    hook = told.append
    monkeypatch.setattr(sys, "unraisablehook", hook)
    deadline = Deadline()
    deadline.start(0.05)
    try:
        Finalized()
        with pytest.raises(OutOfTime):
            compute(30)
    finally:
        deadline.stop()
    assert lost == [OutOfTime]
    assert told == []
    assert sys.unraisablehook is hook


def test_other_errors_in_finalizers_are_told_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    class Finalized:
        def __del__(self) -> None:
            raise ValueError("as ever")

    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda error: told.append(error.exc_type))
    deadline = Deadline()
    deadline.start(60)
    try:
        Finalized()
    finally:
        deadline.stop()
    assert told == [ValueError]


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_alarm_anywhere() -> None:
    """Also while an error is told, which the time may end as well as a computation.

    An alarm between a file's opening and its `with` leaves the file to Python, which warns: the process ends then.
    """
    commands = [["eval", "1", "--frob"], ["eval", "(x", "--x", "3"], ["eval", "x*x", "--x", "3"], ["eval", "sine(1)"]]
    for words in commands:
        begin = time.perf_counter()
        usual = gradcli([*words, "--timeout", "60"])
        took = time.perf_counter() - begin
        for part in range(1, 101):
            seconds = f"{took * part / 80:.7f}"
            done = gradcli([*words, "--timeout", seconds])
            late = LATE.format(f"{float(seconds):g}", f"{float(seconds) * 10:g}")
            assert done in (usual, Outcome("", late, 4))


def test_an_alarm_that_python_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    def ring(*_: object) -> None:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            pass

    class Named:
        __set_name__ = ring

    def run(*_: object) -> None:
        type("Owner", (), {"entry": Named()})  # of what ends this, Python up to 3.11 makes a RuntimeError

    monkeypatch.setattr("gradcli.lang.parse", run)
    assert gradcli("eval 1 --timeout 0.05") == Outcome("", LATE.format(0.05, 0.5), 4)


def test_a_timer_that_was_running_goes_on() -> None:
    rung: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _: rung.append(number))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        deadline = Deadline()
        deadline.start(60)
        time.sleep(0.3)
        deadline.stop()
        time.sleep(0.05)
        assert rung == [signal.SIGALRM]
    finally:
        signal.signal(signal.SIGALRM, before)


def test_it_is_in_help() -> None:
    for command in ("grad", "jacobian", "hessian", "vjp", "jvp", "hvp", "derivative", "check", "graph", "eval"):
        assert "--timeout SECONDS" in gradcli(f"{command} --help").stdout

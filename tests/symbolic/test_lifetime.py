"""What becomes of the process when its parent dies, and of the streams that the parent had."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PROC = Path("/proc")

pytestmark = pytest.mark.skipif(not PROC.is_dir(), reason="no /proc to look for processes in")

PARENT = """
import os, sys, threading, time
from gradcli.symbolic import Oracle, Question
if sys.argv[1] == "spawned":
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
oracle = Oracle.start(timeout=float(sys.argv[2]))
expected = {"forked": "Forked", "spawned": "Spawned"}[sys.argv[1]]
assert type(oracle._process).__name__ == expected
print(oracle._process.pid, flush=True)
if sys.argv[3] != "idle":
    oracle.ask(Question(sys.argv[3], {"x": 1.0}, ("x",), "gradient"))
time.sleep(0.5)
print("ready", flush=True)
if sys.argv[4] == "deaf":
    os.close(1)
    os.close(2)
time.sleep(60)
"""

BIGNUM = "a = 1000000*x; " + "a = a*a; " * 30 + "a"
SLOW = "sum(sin(x*i)*cos(x*i) for i in range(3000))"


class Parent:
    """A process that has started an oracle."""

    def __init__(self, kind: str, timeout: float, source: str, deaf: bool = False) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", PARENT, kind, str(timeout), source, "deaf" if deaf else "hearing"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert self.process.stdout is not None
        self.child = int(self.process.stdout.readline())
        assert self.process.stdout.readline() == b"ready\n"

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def parents() -> Iterator[list[Parent]]:
    started: list[Parent] = []
    yield started
    for parent in started:
        parent.kill()


def alive(pid: int) -> bool:
    """Whether a process is there and is no zombie."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def seconds_to_live(pid: int, limit: float) -> float:
    """How long a process goes on, at most so long."""
    begin = time.monotonic()
    while alive(pid):
        if time.monotonic() - begin >= limit:
            return limit
        time.sleep(0.02)
    return time.monotonic() - begin


BUSY = 30.0
"""Seconds within which a dying process is gone on the busiest machine."""
LONG = 600.0
"""Seconds that a question may take which nobody waits for: whatever ends before does so for another reason."""


@pytest.mark.parametrize("source", ["idle", SLOW, BIGNUM], ids=["idle", "slow", "bignum"])
@pytest.mark.parametrize("kind", ["forked", "spawned"])
def test_dies_with_its_parent(kind: str, source: str, parents: list[Parent]) -> None:
    # A spawned process in the middle of one long C computation is ended by its own timer, at timeout + 2.
    by_timer = kind == "spawned" and source == BIGNUM
    parent = Parent(kind, 1.0 if by_timer else LONG, source)
    parents.append(parent)
    assert by_timer or alive(parent.child)
    parent.kill()
    assert seconds_to_live(parent.child, BUSY) < BUSY


@pytest.mark.parametrize("kind", ["forked", "spawned"])
def test_holds_no_stream_of_its_parents(kind: str, parents: list[Parent]) -> None:
    parent = Parent(kind, LONG, SLOW, deaf=True)
    parents.append(parent)
    assert parent.process.stdout is not None
    assert parent.process.stdout.read() == b""  # at once, or when the oracle lets go of it: never, as it lives on
    assert alive(parent.child)


@pytest.mark.parametrize("kind", ["forked", "spawned"])
def test_interrupting_the_group_leaves_nothing(kind: str, parents: list[Parent]) -> None:
    parent = Parent(kind, LONG, SLOW)
    parents.append(parent)
    parent.process.send_signal(signal.SIGINT)
    parent.process.communicate()
    assert seconds_to_live(parent.child, BUSY) < BUSY


def gradcli(*words: str, folder: Path, **options: Any) -> subprocess.Popen[bytes]:
    """A whole command in a process of its own, its temporary files in a folder of its own."""
    code = "from gradcli.cli.main import entry; entry()"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment,
        start_new_session=True,
        **options,
    )


def left_over(group: int) -> list[int]:
    """Processes of a group that still run or have not been waited for."""
    found = []
    for path in PROC.iterdir():
        if path.name.isdigit():
            with suppress(OSError):
                fields = (path / "stat").read_text().rpartition(")")[2].split()
                if int(fields[2]) == group and int(path.name) != group and fields[0] != "Z":
                    found.append(int(path.name))
    return found


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda n: n.name)
def test_a_command_that_is_ended_during_its_check(number: signal.Signals, tmp_path: Path) -> None:
    command = gradcli("grad", SLOW, "--x", "1", "--check-timeout", "60", folder=tmp_path)
    assert wait_for(lambda: len(left_over(command.pid)) == 1, 20)
    time.sleep(1.0)
    command.send_signal(number)
    with suppress(subprocess.TimeoutExpired):
        command.wait(10)
    if command.poll() is None:  # an interrupt that met Python in a finalizer is lost
        command.send_signal(number)
    command.communicate(timeout=20)
    assert wait_for(lambda: not left_over(command.pid), 10)
    assert not list(tmp_path.iterdir())


def test_a_command_whose_reader_has_gone_during_its_check(tmp_path: Path) -> None:
    command = gradcli("grad", "sin(x)*x", "--x", "1", folder=tmp_path)
    assert command.stdout is not None
    command.stdout.close()
    command.stdout = None
    command.communicate(timeout=60)
    assert command.returncode in (0, 141)
    assert wait_for(lambda: not left_over(command.pid), 10)
    assert not list(tmp_path.iterdir())


def test_a_shell_that_is_killed_with_its_command(tmp_path: Path) -> None:
    code = "from gradcli.cli.main import entry; entry()"
    shell = subprocess.Popen(
        ["sh", "-c", '"$@" & wait', "sh", sys.executable, "-c", code, "grad", SLOW, "--x", "1", "--check-timeout", "4"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
        start_new_session=True,
    )
    assert wait_for(lambda: len(left_over(shell.pid)) == 2, 20)
    shell.kill()
    shell.wait()
    # The command is an orphan, as with any shell, and ends at the check's timeout; its oracle ends with it.
    assert wait_for(lambda: not left_over(shell.pid), 60)
    assert not list(tmp_path.iterdir())


MANY = """
import os, sys
from pathlib import Path
from gradcli.symbolic import Oracle, Question
question = Question("x**2", {"x": 1.0}, ("x",), "gradient")
descriptors = len(os.listdir("/proc/self/fd"))
for i in range(200):
    oracle = Oracle.start(timeout=60)
    if i % 3:
        oracle.ask(question)
    if i % 30 == 1:
        oracle.answer()
    oracle.close()
children = Path("/proc/self/task").joinpath(str(os.getpid()), "children").read_text().split()
print(len(children), len(os.listdir("/proc/self/fd")) - descriptors)
"""


def test_many_leave_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    many = subprocess.run(
        [sys.executable, "-c", MANY], capture_output=True, text=True, cwd=ROOT, env=environment, timeout=120, check=True
    )
    assert many.stdout == "0 0\n"
    assert not list(tmp_path.iterdir())


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = "{'sympy', 'mpmath', 'numpy', 'subprocess', 'json'}"
    code = f"import sys, gradcli.symbolic; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_small_programs_need_no_tensors_of_sympy() -> None:
    code = (
        "import sys\n"
        "from gradcli.symbolic import Question\n"
        "from gradcli.symbolic.process import worker\n"
        "worker.prepare()\n"
        "from gradcli.symbolic.answers.solve import solve\n"
        "answer = solve(Question('x**2*sin(x) + y', {'x': 1.0, 'y': 2.0}, ('x', 'y'), 'hessian'))\n"
        "print(len(answer.derivatives), 'sympy.combinatorics' in sys.modules)\n"
        "from sympy.tensor.tensor import TensorIndexType\n"
        "print(TensorIndexType('L').name, 'sympy.combinatorics' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "6 False\nL True\n"

"""What becomes of the process when its parent dies, and of the streams that the parent had."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

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


def seconds_to_live(pid: int, limit: float) -> float:
    """How long a process goes on, at most so long."""
    begin = time.monotonic()
    while time.monotonic() - begin < limit:
        try:
            if (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
                break
        except OSError:
            break
        time.sleep(0.02)
    return time.monotonic() - begin


@pytest.mark.parametrize("source", ["idle", SLOW, BIGNUM], ids=["idle", "slow", "bignum"])
@pytest.mark.parametrize("kind", ["forked", "spawned"])
def test_dies_with_its_parent(kind: str, source: str, parents: list[Parent]) -> None:
    parent = Parent(kind, 1.0, source)
    parents.append(parent)
    assert (PROC / str(parent.child)).is_dir()
    parent.kill()
    # A spawned process in the middle of one long C computation is ended by its own timer, at timeout + 2.
    assert seconds_to_live(parent.child, 10) < (1 if kind == "forked" or source != BIGNUM else 4)


@pytest.mark.parametrize("kind", ["forked", "spawned"])
def test_holds_no_stream_of_its_parents(kind: str, parents: list[Parent]) -> None:
    parent = Parent(kind, 20.0, SLOW, deaf=True)
    parents.append(parent)
    begin = time.monotonic()
    assert parent.process.stdout is not None
    assert parent.process.stdout.read() == b""
    assert time.monotonic() - begin < 5
    assert seconds_to_live(parent.child, 0.1) >= 0.1


@pytest.mark.parametrize("kind", ["forked", "spawned"])
def test_interrupting_the_group_leaves_nothing(kind: str, parents: list[Parent]) -> None:
    parent = Parent(kind, 20.0, SLOW)
    parents.append(parent)
    parent.process.send_signal(signal.SIGINT)
    parent.process.communicate()
    assert seconds_to_live(parent.child, 10) < 1


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = "{'sympy', 'mpmath', 'numpy', 'subprocess', 'json'}"
    code = f"import sys, gradcli.symbolic; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"

"""What would take too much memory is refused by name and size, before it is made."""

from __future__ import annotations

import errno
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

import pytest

from gradcli.symbolic import BASE_MEMORY
from tests.cli.runner import gradcli

pytestmark = pytest.mark.cold

TOO_LARGE = [
    ("eval", "zeros(1e12)", "zeros"),
    ("eval", "ones((1e6, 1e6))", "ones"),
    ("eval", "eye(1e6)", "eye"),
    ("eval", "eye(10, 1e12)", "eye"),
    ("eval", "linspace(0, 1, 1e12)", "linspace"),
    ("eval", "arange(1e15)", "arange"),
    ("eval", "arange(0, 1, 1e-12)", "arange"),
    ("eval", "sum(broadcast_to(1, (1e6, 1e6)) + 1)", "broadcast_to"),
    ("eval", "x + expand_dims(x, 1)", "add"),
    ("eval", "x[:, None] < x", "less"),
    ("grad", "sum(where(x > 0, x[:, None], x))", "where"),
    ("jvp", "outer(x, x)", "outer"),
    ("grad", "sum(kron(x, x))", "kron"),
    ("eval", "tile(x, 1e6)", "tile"),
    ("eval", "tile(x, (1e3, 1e3))", "tile"),
    ("eval", "repeat(x, 1e6)", "repeat"),
    ("eval", "repeat(x[0], 1e12, axis=0)", "repeat"),
    ("eval", "repeat(x[:3], [1e12, 1, 1])", "repeat"),
    ("eval", "pad(x, 1e12)", "pad"),
    ("eval", "pad(expand_dims(x, 0), ((0, 1e6), (0, 0)))", "pad"),
    ("eval", "diag(x)", "diag"),
    ("eval", "expand_dims(x, 1) @ expand_dims(x, 0)", "matmul"),
    ("eval", "dot(expand_dims(x, 1), expand_dims(x, 0))", "dot"),
    ("eval", "inner(expand_dims(x, 1), expand_dims(x, 1))", "inner"),
    ("eval", "tensordot(x, x, 0)", "tensordot"),
    ("eval", "einsum('i,j->ij', x, x)", "einsum"),
    ("eval", "meshgrid(x, x)[0]", "meshgrid"),
    ("eval", "einsum('i,j', x, x)", "einsum"),
    ("eval", "take(expand_dims(x, 0), arange(1e5)*0, 0)", "take"),
    ("jacobian", "x**2", "the Jacobian"),
    ("hessian", "sum(x**2)", "the Hessian"),
]


@pytest.mark.parametrize(("command", "expression", "name"), TOO_LARGE, ids=lambda value: value[:40])
def test_refused_by_name_and_size(command: str, expression: str, name: str) -> None:
    words = [command, expression]
    words += ["--x", "linspace(1, 2, 1e6)"] if "x" in expression.replace("expand", "").replace("exp", "") else []
    words += ["--tangent", "ones"] if command == "jvp" else []
    words += ["--no-check"] if command in ("grad", "jvp", "jacobian", "hessian") else []
    begin = time.monotonic()
    done = gradcli(words)
    assert time.monotonic() - begin < 10
    assert done.status == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"error: {name} would have ")
    assert "4 GiB is allowed" in done.stderr
    assert "hint: --max-memory" in done.stderr


def test_a_derivative_of_higher_order() -> None:
    done = gradcli(["derivative", "sum(outer(t + linspace(0, 1, 1e6), linspace(0, 1, 1e6)))", "--t", "1", "--no-check"])
    assert (done.status, done.stderr.split(" would")[0]) == (2, "error: outer")


def test_the_bound_is_the_users() -> None:
    assert gradcli("eval 'sum(ones(1000))' --max-memory 8000").stdout == "1000.0\n"
    assert gradcli("eval 'sum(ones(1001))' --max-memory 8000").status == 2
    assert gradcli("eval 'sum(ones(1001))' --max-memory 8KB").stdout == "1001.0\n"
    assert gradcli("eval 'sum(ones(1001))' --max-memory none").stdout == "1001.0\n"
    assert gradcli("eval 'sum(ones(1001))'", variables={"GRADCLI_MAX_MEMORY": "8000"}).status == 2
    assert gradcli("eval 'sum(ones(9))' --max-memory 8000", variables={"GRADCLI_MAX_MEMORY": "9"}).status == 0


@pytest.mark.parametrize("size", ["", "many", "-1", "0", "1e999", "4 G iB", "nan", "0x10"])
def test_what_is_no_size(size: str) -> None:
    done = gradcli(["eval", "1", f"--max-memory={size}"])
    assert done.status == 2
    assert done.stderr.startswith("error: --max-memory takes a size")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds an address space")
@pytest.mark.parametrize(
    "expression",
    [
        "; ".join(["a = x*1", *["a = exp(-a)"] * 60, "sum(a)"]),
        "[zeros(1e7) + i for i in range(50)]",
    ],
    ids=["tape", "loop"],
)
def test_what_no_estimate_foresees_is_an_error_too(expression: str) -> None:
    code = "import sys; from gradcli.cli.main import entry; entry()"
    words = ["grad", expression, "--seed", "ones", "--no-check", "--max-memory", "200MiB"]
    words += ["--x", "linspace(0, 1, 2e6)"] if "x*" in expression or "(x)" in expression else []
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True, text=True, timeout=60, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert "memory" in done.stderr.splitlines()[0]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "variables", "allowed"),
    [
        ("grad x**2 --x 3 --max-memory 64MiB", {}, 2**26),
        ("grad x**2 --x 3 --max-memory=64MiB", {}, 2**26),
        ("check x**2 --claim x=2*x", {"GRADCLI_MAX_MEMORY": "64MiB"}, 2**26),
        ("grad x**2 --x 3", {}, 2**32),
    ],
)
def test_the_oracle_is_bound_too(
    words: str, variables: dict[str, str], allowed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []

    def start(_worker: object, memory: int, **_: object) -> NoReturn:
        given.append(memory)
        raise OSError(errno.EAGAIN, "no process")

    monkeypatch.setattr("gradcli.symbolic.process.oracle.start", start)
    gradcli(words, variables=variables)
    early = len(given)
    monkeypatch.setattr("gradcli.cli.main._early_oracle", lambda *_: None)
    gradcli(words, variables=variables)
    assert 0 < early < len(given)
    assert set(given) == {allowed + BASE_MEMORY}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process took")
def test_no_more_is_taken_than_is_allowed() -> None:
    code = "from gradcli.cli.main import entry; entry()"
    expression = "[zeros(1e6) + i for i in range(500)]"
    words = ["eval", expression, "--max-memory", "200MiB"]
    # In a process of its own, whose children are these alone.
    measure = (
        "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], capture_output=True); "
        "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", measure, sys.executable, "-c", code, *words],
        capture_output=True, text=True, timeout=60, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    status, kibibytes = map(int, done.stdout.split())
    assert status == 2
    assert kibibytes * 1024 < 2**30

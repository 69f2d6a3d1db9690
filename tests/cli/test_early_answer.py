"""The answer is printed as soon as it exists, and the verdict when it comes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gradcli.cli.environment import Environment
from gradcli.cli.main import main
from gradcli.transforms.results.verdict import Verdict
from tests.cli.runner import Pipe, Terminal

GRADCLI = str(Path(sys.executable).with_name("gradcli"))
SLOW = ["hessian", "sum([sin(i*x*y)**2/(1+cos(z)) for i in range(300)])", "--x", "1", "--y", "2", "--z", "3"]


def run(
    monkeypatch: pytest.MonkeyPatch, words: list[str], look: Callable[[], object], *, terminal: bool = False
) -> tuple[str, str, str, int]:
    """What is on standard output while the check runs, then all of it, standard error, and the status."""
    out, err = (Terminal(), Terminal()) if terminal else (Pipe(), Pipe())
    during = []

    def verify(*args: Any, **keywords: Any) -> Verdict:
        during.append(out.getvalue())
        look()
        return Verdict("verified", 1, 1, 0.0)

    monkeypatch.setattr("gradcli.transforms.verify.ask.verify", verify)
    status = main(words, Environment(Pipe(), out, err, {"TERM": "xterm", "GRADCLI_CONFIG": ""}, 80))
    return during[0], out.getvalue(), err.getvalue(), status


@pytest.mark.parametrize("terminal", [False, True])
def test_the_answer_comes_first(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    during, text, errors, status = run(monkeypatch, ["grad", "x**2", "--x", "3"], lambda: None, terminal=terminal)
    assert "6.0" in during
    verdict = "with SymPy's derivative" if terminal else "verified: 1 of 1 entries"
    assert verdict not in during
    assert text.startswith(during)
    assert verdict in text
    assert (errors, status) == ("", 0)


@pytest.mark.parametrize("option", ["--json", "-q", "--check=require"])
def test_what_is_for_machines_comes_at_the_end(monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    during, text, _, status = run(monkeypatch, ["grad", "x**2", "--x", "3", option], lambda: None)
    assert during == ""
    assert "6.0" in text
    assert status == 0


def test_a_terminal_sees_that_something_goes_on_and_nothing_of_it_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    _, text, errors, _ = run(monkeypatch, ["grad", "x**2", "--x", "3"], lambda: time.sleep(0.9), terminal=True)
    assert "checking" not in text
    assert "⠋ checking" in errors
    assert errors.endswith("\r\x1b[K")


def test_a_failing_check_leaves_no_sign_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        time.sleep(0.9)
        raise KeyboardInterrupt

    out, err = Terminal(), Terminal()
    monkeypatch.setattr("gradcli.transforms.verify.ask.verify", lambda *_, **__: fail())
    assert (
        main(["grad", "x**2", "--x", "3"], Environment(Pipe(), out, err, {"TERM": "xterm", "GRADCLI_CONFIG": ""}, 80))
        == 130
    )
    assert "6.0" in out.getvalue()
    assert err.getvalue().endswith("\r\x1b[K")


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_keeps_the_answer_in_a_pipe() -> None:
    with subprocess.Popen(
        [GRADCLI, *SLOW, "--check-timeout", "60"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stderr is not None
        first = child.stdout.readline()  # long before the verdict
        os.killpg(child.pid, signal.SIGINT)
        begin = time.monotonic()
        rest, errors = child.stdout.read(), child.stderr.read()
        status = child.wait(timeout=10)
        took = time.monotonic() - begin
    assert first.startswith("f = ")
    assert "df/dz" in rest
    assert "check" not in rest
    assert (errors, status) == ("", 130)
    assert took < 5  # at once, on a machine that is not busy

"""Work on a folder of tables that a signal ends: what is left there, what is said, how it is taken up again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.runner import gradcli

pytestmark = [pytest.mark.skipif(os.name != "posix", reason="signals of POSIX"), pytest.mark.cold]


def ended(folder: Path, number: signal.Signals, words: list[str]) -> tuple[int, str]:
    """The status and the words of work on two tables, which a signal to all processes ends at the second."""
    (folder / "a.csv").write_text("x\n1\n")
    (folder / "b.csv").write_bytes(b"x\n" + b"2.5\n" * 6_000_000)
    target = folder / "out"
    command = [sys.executable, "-m", "gradcli", "batch", "zeta(x)*gamma(x)", str(folder), "-o", f"{target}/", *words]
    with subprocess.Popen([*command, "--no-check"], stderr=subprocess.PIPE, start_new_session=True) as process:
        try:
            deadline = time.monotonic() + 60
            while not (target.is_dir() and begun_second({path.name for path in target.iterdir()})):
                assert time.monotonic() < deadline
                assert process.poll() is None
                time.sleep(0.01)
            os.killpg(process.pid, number)
            assert process.stderr is not None
            told = process.stderr.read().decode()
        finally:
            if process.poll() is None:
                process.kill()
    return process.returncode, told


def begun_second(names: set[str]) -> bool:
    """Whether a table is done, and is known to be, and the other begun."""
    return {"a.csv", ".gradcli-batch.json"} < names and any(name.startswith(".b.csv.") for name in names)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_is_done_is_told_and_taken_up_again(tmp_path: Path, number: signal.Signals) -> None:
    status, told = ended(tmp_path, number, [])
    target = tmp_path / "out"
    assert status in (130, -number)
    # Of Ctrl-C on a busy machine the end may come before the words.
    assert (
        told.endswith("; 1 of 2 tables is done in " + f"{target}/, and --resume goes on with the others\n") or not told
    )
    assert told.startswith("interrupted after ") or (number == signal.SIGINT and not told)
    assert sorted(path.name for path in target.iterdir()) == [".gradcli-batch.json", "a.csv"]
    (tmp_path / "b.csv").write_text("x\n3\n")
    words = ["zeta(x)*gamma(x)", str(tmp_path), "-o", f"{target}/", "--no-check", "--resume"]
    again = gradcli(["batch", *words])
    assert "1 table had been done before" in again.stderr
    assert (target / "b.csv").read_text().startswith("x,value,d_x\n3,2.4")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_workers_leave_nothing_and_say_nothing(tmp_path: Path, number: signal.Signals) -> None:
    pytest.importorskip("distributed", reason="clusters need the package distributed")
    status, told = ended(tmp_path, number, ["--workers", "2"])
    assert status in (130, -number)
    target = tmp_path / "out"
    assert told == f"interrupted; 1 of 2 tables is done in {target}/, and --resume goes on with the others\n"
    assert sorted(path.name for path in target.iterdir()) == [".gradcli-batch.json", "a.csv"]


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    """But nothing of a process that still runs, and of no other table."""
    target = tmp_path / "out"
    target.mkdir()
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("x\n1\n")
    nobody = 2**22 + 1  # Linux's largest number is less
    stale, running, other = (f".{name}.tmp" for name in (f"b.csv.{nobody}", f"b.csv.{os.getppid()}", f"c.csv.{nobody}"))
    for name in (stale, running, other):
        (target / name).write_text("")
    words = [str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), "-o", f"{target}/", "--no-check", "--resume"]
    assert gradcli(["batch", "x", *words]).status == 0
    assert {path.name for path in target.glob(".*.tmp")} == {running, other}

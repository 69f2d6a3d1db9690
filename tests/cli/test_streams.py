"""Standard streams that are closed, full, or not read to their end."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import TextIO, cast

import pytest

from gradcli.cli.environment import ClosedStream, Environment
from gradcli.cli.main import main
from tests.cli.runner import Pipe, gradcli

GRADCLI = str(Path(sys.executable).with_name("gradcli"))
POSIX = pytest.mark.skipif(os.name != "posix", reason="a shell's redirections")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="a device of Linux")
ROOT = Path(__file__).parents[2]


class Full(Pipe):
    """A stream whose disk is full when it is flushed."""

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Left(Pipe):
    """A stream whose reader has left."""

    def write(self, text: str) -> int:  # noqa: ARG002  # the signature is that of every stream
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


class Closed(ClosedStream):
    """A stream that the shell has closed."""


def run(words: list[str], **streams: io.TextIOBase) -> tuple[int, str, str]:
    """The status, and what could be written."""
    stdin, stdout, stderr = (cast("TextIO", streams.get(name) or Pipe()) for name in ("stdin", "stdout", "stderr"))
    status = main(words, Environment(stdin, stdout, stderr, {}))
    out, err = (stream.getvalue() if type(stream) is Pipe else "" for stream in (stdout, stderr))
    return status, out, err


COMMANDS = [
    ["grad", "x**2", "--x", "3", "--no-check"],
    ["grad", "x**2", "--x", "3", "--no-check", "--json"],
    ["eval", "1+1", "-q"],
    ["graph", "x**2", "--x", "3"],
    ["check", "x**2", "--claim", "x=2*x", "--points", "1"],
    ["check", "tests/cases/cli/files/claims.toml"],
    ["ops"],
    ["ops", "sin"],
    ["--help"],
    ["--version"],
    ["grad", "--help"],
    ["grad", "x*y", "--help"],
]
SHORT = [" ".join(words) for words in COMMANDS]


@pytest.mark.parametrize("words", COMMANDS, ids=SHORT)
def test_output_that_is_full(words: list[str]) -> None:
    status, _, err = run(words, stdout=Full())
    assert status == 74
    assert err == "error: standard output cannot be written: no space left on device\n"


@pytest.mark.parametrize("words", COMMANDS, ids=SHORT)
def test_output_that_is_closed(words: list[str]) -> None:
    assert run(words, stdout=Closed()) == (74, "", "error: standard output cannot be written: it is closed\n")


@pytest.mark.parametrize("words", COMMANDS, ids=SHORT)
def test_a_reader_that_has_left(words: list[str]) -> None:
    assert run(words, stdout=Left()) == (141, "", "")


@pytest.mark.parametrize("stderr", [Full, Left, Closed])
@pytest.mark.parametrize(
    ("words", "out", "status"),
    [
        (["grad", "x**2", "--x", "3", "--no-check", "-q"], "6.0\n", 0),
        (["grad", "log(x)", "--x", "0", "--no-check", "-q"], "inf\n", 3),
        (["grad", "relu(x) - relu(-x)", "--x", "0", "--no-check", "-q"], "1.0\n", 0),
        (["eval", "sine(1)"], "", 2),
        (["bogus"], "", 2),
    ],
)
def test_standard_error_changes_nothing(stderr: type[io.TextIOBase], words: list[str], out: str, status: int) -> None:
    assert run(words, stderr=stderr())[:2] == (status, out)


def test_output_is_not_missed_where_there_is_none() -> None:
    status, _, err = run(["eval", "sine(1)"], stdout=Closed())
    assert status == 2
    assert err.startswith("error: unknown function 'sine'")


@pytest.mark.parametrize(
    "words", [["eval", "-"], ["eval", "-f", "-"], ["eval", "x", "--x", "-"], ["vjp", "x", "--x", "1", "--seed", "-"]]
)
def test_input_that_is_closed(words: list[str]) -> None:
    assert run(words, stdin=Closed()) == (2, "", "error: standard input cannot be read: it is closed\n")


def test_input_that_is_not_read_may_be_closed() -> None:
    assert run(["eval", "1+1", "-q"], stdin=Closed()) == (0, "2.0\n", "")


def shell(script: str) -> tuple[int, str, str]:
    """The status of a shell's command, in which `$G` is gradcli, and what it printed."""
    done = subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "G": GRADCLI}, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@POSIX
@pytest.mark.parametrize(
    ("script", "result"),
    [
        ('"$G" grad "x**2" --x 3 >&-', (74, "", "error: standard output cannot be written: it is closed\n")),
        ('"$G" --help >&-', (74, "", "error: standard output cannot be written: it is closed\n")),
        ('"$G" grad "x**2" --x 3 -q 2>&-', (0, "6.0\n", "")),
        ('"$G" grad "x**2" --x 3 -q <&- 2>&-', (0, "6.0\n", "")),
        ('"$G" grad "x**2" --x 3 -q <&- >&- 2>&-', (74, "", "")),
        ('"$G" bogus 2>&-', (2, "", "")),
        ('"$G" grad "x**2" --x - <&-', (2, "", "error: standard input cannot be read: it is closed\n")),
        ('"$G" grad - --x 3 <&-', (2, "", "error: standard input cannot be read: it is closed\n")),
        ('{ "$G" --help; echo "status $?" >&2; } | true', (0, "", "status 141\n")),
        ('"$G" grad "x**2" --x 3 -q 2>&1 | head -n 1', (0, "6.0\n", "")),
    ],
)
def test_real_streams(script: str, result: tuple[int, str, str]) -> None:
    assert shell(script) == result


@LINUX
@pytest.mark.parametrize(
    ("script", "result"),
    [
        ('"$G" grad "x**2" --x 3 >/dev/full', (74, "", "no space left on device\n")),
        ('"$G" --help >/dev/full', (74, "", "no space left on device\n")),
        ('_GRADCLI_COMPLETE=bash_source "$G" >/dev/full', (74, "", "no space left on device\n")),
        ('"$G" grad "log(x)" --x 0 -q 2>/dev/full', (3, "inf\n", "")),
        ('"$G" bogus 2>/dev/full', (2, "", "")),
    ],
)
def test_a_real_disk_that_is_full(script: str, result: tuple[int, str, str]) -> None:
    status, out, err = shell(script)
    assert (status, out, err.rpartition(": ")[2]) == result
    assert err.count("\n") <= 1


@pytest.mark.parametrize("status", [0, 1, 2, 3, 4, 74, 130, 141])
def test_the_tables_name_every_status(status: int) -> None:
    told = gradcli("--help").stdout.partition("Exit status:")[2]
    assert f" {status}  " in told
    assert f"\n| {status} | " in (ROOT / "README.md").read_text(encoding="utf-8")

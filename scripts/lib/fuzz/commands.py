"""Random command lines, through the whole of gradcli but the process around it."""

from __future__ import annotations

import io
import json
import os
import re
import struct
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np

from fuzz import options, programs, search, statements, texts
from fuzz.explained import Broken
from fuzz.grammar import SHAPES, TRUTHS, WHOLE, Writer, operations, variables_of
from gradcli.cli.environment import Environment
from gradcli.cli.main import main
from gradcli.enclosures.answers.enclose import enclose
from gradcli.enclosures.protocol import Enclosures, Request
from gradcli.errors import Problem
from gradcli.ops.calls.memory import within_memory
from gradcli.process.child import reason
from gradcli.process.refusal import NotChecked
from gradcli.symbolic import Oracle
from gradcli.transforms.operators.evaluate import evaluate

PATIENCE = 2
"""Times as long as usual a case may compute: the check alone has ten seconds."""

_ODD = ("x**2", "--help", "", "--version", "chekc", "-h")
_USUAL = {
    "grad": ("--seed=ones",),
    "vjp": ("--seed=ones",),
    "graph": ("--seed=ones",),
    "jvp": ("--tangent=ones",),
    "hvp": ("--vector=ones",),
}
_WORDS = ("--help", "-x", "--", "--color", "-qf", "--json=1", "-", "--f@", "--=3", "---", "--a=", "--u=@", "--wrt")
_REALLY = 0.01
_SECONDS = 0.3
_PROVING = 1.0
_TRIES = 6
_VALUES = (
    *(
        "0",
        "1.5",
        "-2",
        "pi/4",
        "1e400",
        "nan",
        "-inf",
        "[1, 2, 3]",
        "[[1,2,3],[4,5,6],[7,8,9]]",
        "[1, [2]]",
        "[]",
        "[[]]",
    ),
    *("linspace(0, 1, 3)", "ones((3, 3))", "zeros(1e12)", "x", "1,5", "{}", '{"a": 1}', "[NaN]", "None", "True", "'a'"),
    *("-", "@", "@@", "1_000", "0x10", " 2 ", "1e-320", "\x1b[31m", "[" * 300, "10**10**10", "3 for i in range(3)"),
)
_FILES = (
    *("x.npy", "matrix.npy", "huge.npy", "cut.npy", "object.npy", "complex.npy", "empty.npy", "text.npy", "x.json"),
    *(
        "bomb.json",
        "twice.json",
        "x.txt",
        "rows.txt",
        "ragged.txt",
        "nul.txt",
        "latin.txt",
        "empty.txt",
        "escape\x1b[31m.txt",
    ),
    *(".", "no.json", "loop", "/dev/null", "x.npz"),
)
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_COLOUR = re.compile("\x1b\\[[0-9;]*m")
_NOTES = re.compile(r"\A(?:(?:note|warning): .*\n)+")


class Case(NamedTuple):
    """The words after `gradcli`, standard input, and a file to be there by name and text.

    Attributes:
        really: whether SymPy checks the result in a process of its own, which takes a second.
    """

    words: tuple[str, ...]
    stdin: str
    file: tuple[str, str] = ("", "")
    really: bool = False


class _Stream(io.StringIO):
    encoding = "utf-8"


@cache
def _operations() -> Any:
    return operations()


def make(random: Random) -> Case:
    """A command, an expression, values, and options in any order."""
    (kind,) = random.choices((options.commands(), ("check",), _ODD), (0.83, 0.15, 0.02))
    command = random.choice(kind)
    writer = Writer(random, _operations())
    words, file = _subject(random, command, writer)
    if command == "derivative" and (names := [n for n in variables_of(words[0]) if not SHAPES[n]]):
        words.append(f"--wrt={names[0]}")
    words += _USUAL.get(command, ()) if random.random() < 0.9 else ()
    words += random.choices(("--json", "-q", "--color=always"), k=random.choice((0, 0, 1)))
    for _ in range(random.choice((0, 0, 0, 0, 1, 1, 2))):
        words += options.option(random, command) if random.random() < 0.9 else [random.choice(_WORDS)]
    if random.random() < 0.05:
        words.insert(random.randint(0, len(words)), texts.make(random)[:40])
    if random.random() < 0.05:
        random.shuffle(words)
    stdin = random.choice(("", "1", "x**2", "[1, 2, 3]", "\x00", "a" * 1000))
    return Case((command, *words), stdin, file, random.random() < _REALLY)


def _subject(random: Random, command: str, writer: Writer) -> tuple[list[str], tuple[str, str]]:
    """What the command is to work on: an expression with values, claims, or a file of cases."""
    draw = random.random()
    if command == "check" and draw < 0.25:
        name, text = statements.file(random, writer)
        return [name], (name, text)
    if command == "check" and draw < 0.5:
        return statements.words(random, *statements.statement(random, writer)), ("", "")
    if command == "ops" and draw < 0.9:
        return [random.choice((*(op.name for op in _operations()), "sine", ""))], ("", "")
    if random.random() < 0.6:
        return _working(random, writer), ("", "")
    expression = writer.program() if random.random() < 0.85 else texts.make(random)[:200]
    words = [expression]
    for name in variables_of(expression):
        value = _value(random, name)
        if random.random() < 0.99:
            words += random.choice(([f"--{name}", value], [f"--{name}={value}"]))
    return words, ("", "")


def _working(random: Random, writer: Writer) -> list[str]:
    """A program that has a value, with plain values of its variables."""
    for _ in range(_TRIES):
        expression = writer.program()
        values = {name: _plain(random, name) for name in variables_of(expression)}
        with suppress(Problem), within_memory(2**20), warnings.catch_warnings(action="ignore"):
            evaluate(expression, values)
            break
    return [expression, *(f"--{name}={value}" for name, value in values.items())]


def _plain(random: Random, name: str) -> Any:
    shape = SHAPES[name]
    if name in (*TRUTHS, *WHOLE):
        return programs.value(random, name)
    return np.array([round(random.uniform(-1, 3), 2) for _ in range(int(np.prod(shape)))]).reshape(shape).tolist()


def _value(random: Random, name: str) -> str:
    draw = random.random()
    if draw < 0.06:
        return random.choice(_VALUES)
    if draw < 0.15:
        return "@" + random.choice(_FILES)
    return str(_plain(random, name))


@cache
def _folder() -> str:
    """A folder with the files that command lines name; made once in a process."""
    holder = tempfile.TemporaryDirectory(prefix="gradcli-fuzz-")
    _HELD.append(holder)
    folder = Path(holder.name)
    np.save(folder / "x.npy", np.arange(3.0))
    np.save(folder / "matrix.npy", np.eye(3))
    np.save(folder / "complex.npy", np.ones(2, complex))
    np.save(folder / "object.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.savez(folder / "x.npz", x=np.ones(3))
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000000,), }".ljust(117) + b"\n"
    (folder / "huge.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
    (folder / "cut.npy").write_bytes((folder / "x.npy").read_bytes()[:-5])
    (folder / "empty.npy").touch()
    (folder / "text.npy").write_text("1 2 3")
    (folder / "x.json").write_text('{"a": 2, "u": [1, 2, 3], "A": [[1, 2, 3], [4, 5, 6], [7, 8, 10]]}')
    (folder / "bomb.json").write_text("[" * 50_000)
    (folder / "twice.json").write_text('{"a": 2, "a": 3}')
    (folder / "x.txt").write_text("1 2 3\n")
    (folder / "rows.txt").write_text("1 2 3\n4 5 6\n7 8 10\n")
    (folder / "ragged.txt").write_text("1 2\n3\n")
    (folder / "nul.txt").write_bytes(b"1\x002")
    (folder / "latin.txt").write_bytes(b"\xe9")
    (folder / "empty.txt").touch()
    (folder / "escape\x1b[31m.txt").write_text("3 + \x1b]0;title\x07")
    (folder / "loop").symlink_to("loop")
    return holder.name


_HELD: list[tempfile.TemporaryDirectory[str]] = []


def check(case: Case) -> str:
    """The command ends with a status of ours, and what it prints is what it should be."""
    os.chdir(_folder())
    name, text = case.file
    if name:
        Path(name).write_text(text, encoding="utf-8", errors="surrogatepass")
    stdout, stderr = _Stream(), _Stream()
    with _witnesses(case.really):
        status = main(list(case.words), Environment(_Stream(case.stdin), stdout, stderr, {}, 80))
    out, err = stdout.getvalue(), stderr.getvalue()
    asks = len(case.words) > 3 and not {"--help", "-h"} & set(case.words)
    known = statements.truth(case.words) if asks else None
    if (known is True and status == 1) or (known is False and status == 0):
        raise Broken(f"a claim that is {str(known).lower()} is not called so, status {status}: {(out + err)[:200]!r}")
    coloured = any("--color" in word for word in case.words)
    for stream, told in (("stdout", out), ("stderr", err)):
        if _FORBIDDEN.search(_COLOUR.sub("", told) if coloured else told):
            raise Broken(f"{stream} acts on the terminal: {told[:200]!r}")
    filed = any(word == "-o" or word.startswith("--output") for word in case.words)
    unwritten = filed and status == 74  # EX_IOERR: there is no such folder
    if status not in range(5) and not unwritten:
        raise Broken(f"status {status}")
    several = bool(out) and any(word.endswith((".jsonl", ".toml")) for word in case.words)
    if status == 2 and ((out and not several) or not _NOTES.sub("", _COLOUR.sub("", err)).startswith("error: ")):
        raise Broken(f"status 2 with {out[:80]!r} and {err[:80]!r}")
    late = status == 4 and not out and "has not finished within" in err
    if status != 2 and "error:" in err and not late and not unwritten:
        raise Broken(f"status {status} with {err[:80]!r}")
    silent = late or (filed and not out)
    if (status != 2 or several) and "--json" in case.words and not silent and not out.startswith("Usage"):
        _strict(out, case)
    return f"{case.words[0] if case.words[0] in options.commands() else 'no command'}: status {status}"


@contextmanager
def _witnesses(really: bool) -> Iterator[None]:
    """Within the block witnesses are what the case asks for: processes; or an oracle that checks claims alone, and a
    prover in this process."""
    if really:
        yield
        return
    prover = "gradcli.enclosures.process.prover.Prover"
    with patch.object(Oracle, "start", lambda *_, **__: _Shared()), patch(prover, _InProcess):
        yield


class _InProcess:
    """Encloses what it is asked at once; what it takes ill is a reason, as it is in the process."""

    def __init__(self, memory: int, **_: Any) -> None:
        self._memory = memory
        self._found: Enclosures | NotChecked = NotChecked("nobody was asked")

    def ask(self, request: Request, timeout: float) -> None:
        seconds, begin = min(timeout, _PROVING), time.monotonic()
        try:
            with search.at_most(seconds):
                self._found = enclose(request)
        except Exception as error:
            if time.monotonic() - begin >= seconds:  # FLINT hands on another error than the one of its callback
                self._found = NotChecked(f"no answer within {seconds:g} s")
                return
            told = reason(error, self._memory, "FLINT")
            if told.startswith("FLINT failed with"):
                raise
            self._found = NotChecked(told)

    def answered(self) -> bool:
        return True

    def answer(self, _patience: float = 0.0) -> Enclosures | NotChecked:
        return self._found

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class _Shared(Oracle):
    """Hands claims on to one process for all cases, and gives no other answers."""

    def begin(self) -> None:
        """Nothing: no process is needed."""

    def ask(self, question: Any, timeout: float | None = None) -> None:
        """Nothing: nobody is asked."""

    def answered(self, seconds: float) -> bool:
        return seconds >= 0

    def answer(self) -> NotChecked:
        return NotChecked("nobody is asked")

    def inquire(self, inquiry: Any, timeout: float) -> Any:
        return _claims().inquire(inquiry, min(timeout, _SECONDS))


@cache
def _claims() -> Oracle:
    return _START()


_START = Oracle.start


def _strict(out: str, case: Case) -> None:
    """One JSON object a line, without what JSON does not have."""

    def refuse(text: str) -> None:
        raise Broken(f"{text} in JSON")

    try:
        if not isinstance(json.loads(out, parse_constant=refuse), dict | list):
            raise Broken(f"no object in JSON: {out[:80]!r}")
    except ValueError as error:
        if "--version" not in case.words:
            raise Broken(f"no JSON: {error}: {out[:80]!r}") from None


def smaller(case: Case) -> Iterator[Case]:
    """Without a word, or with a shorter one, or with a shorter file."""
    for less in texts.smaller(case.file[1]):
        yield case._replace(file=(case.file[0], less))
    for i in range(1, len(case.words)):
        yield case._replace(words=case.words[:i] + case.words[i + 1 :])
    for i, word in enumerate(case.words[1:], 1):
        for shorter in texts.smaller(word):
            yield case._replace(words=(*case.words[:i], shorter, *case.words[i + 1 :]))


def show(case: Case) -> str:
    """The words, as Python reads them."""
    told = f"gradcli {' '.join(map(repr, case.words))}" + (f" < {case.stdin!r}" if case.stdin else "")
    return told + (f"  # {case.file[0]} is {case.file[1]!r}" if case.file[0] else "")

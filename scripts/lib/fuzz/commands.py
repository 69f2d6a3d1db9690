"""Random command lines, through the whole of gradcli but the process around it."""

from __future__ import annotations

import io
import json
import os
import re
import struct
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np

from fuzz import texts
from fuzz.explained import Broken
from fuzz.grammar import SHAPES, Writer, operations, variables_of
from gradcli.cli.environment import Environment
from gradcli.cli.main import main

_COMMANDS = ("grad", "jacobian", "hessian", "vjp", "jvp", "hvp", "derivative", "graph", "eval")
_CHECKED = ("grad", "jacobian", "hessian", "vjp", "jvp", "hvp", "derivative")
_USUAL = {
    "grad": ("--seed=ones",),
    "vjp": ("--seed=ones",),
    "graph": ("--seed=ones",),
    "jvp": ("--tangent=ones",),
    "hvp": ("--vector=ones",),
    "derivative": ("--wrt=a",),
}
_OTHERS = ("ops", "check", "x**2", "--help", "")
_OPTIONS = (
    *(
        "--json",
        "-q",
        "--color=always",
        "--color=never",
        "--seed=ones",
        "--seed=[1,2]",
        "--wrt=a",
        "--wrt=a,u",
        "--wrt=",
    ),
    *(
        "--tangent=ones",
        "--tangent=a=1",
        "--vector=ones",
        "--vector=u=[1,2,3]",
        "--order=3",
        "--order=-1",
        "--order=99",
    ),
    *(
        "--set=a=2",
        "--set=q",
        "--set==",
        "--depth=1",
        "--no-grad",
        "--show-seeds",
        "--max-memory=1MiB",
        "--max-memory=x",
    ),
    *(
        "--help",
        "-h",
        "-x",
        "--",
        "--check=require",
        "--check",
        "--check-timeout=0",
        "--color",
        "-f",
        "-qf",
        "--json=1",
    ),
    *("--version", "-", "--order=1e9", "--seed=@x.npy", "--wrt=zz", "--f@", "--=3", "---", "--a=", "--u=@", "--seed=-"),
)
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


class Case(NamedTuple):
    """The words after `gradcli`, and standard input."""

    words: tuple[str, ...]
    stdin: str


class _Stream(io.StringIO):
    encoding = "utf-8"


@cache
def _operations() -> Any:
    return operations()


def make(random: Random) -> Case:
    """A command, an expression, values, and options in any order."""
    command = (
        random.choice(_COMMANDS) if random.random() < 0.97 else random.choice(("ops", "check", "x**2", "--help", ""))
    )
    writer = Writer(random, _operations())
    expression = writer.program() if random.random() < 0.85 else texts.make(random)[:200]
    words = [expression]
    for name in variables_of(expression):
        value = _value(random, SHAPES[name])
        if random.random() < 0.99:
            words += random.choice(([f"--{name}", value], [f"--{name}={value}"]))
    words += _USUAL.get(command, ()) if random.random() < 0.9 else ()
    words += random.choices(("--json", "-q", "--color=always"), k=random.choice((0, 0, 1)))
    words += [random.choice(_OPTIONS) for _ in range(random.choice((0, 0, 0, 0, 1, 1, 2)))]
    if random.random() < 0.05:
        words.insert(random.randint(0, len(words)), texts.make(random)[:40])
    if random.random() < 0.05:
        random.shuffle(words)
    if command in _CHECKED or command == "check":
        words.append("--no-check" if command != "check" else "--check-timeout=0.01")
    return Case((command, *words), random.choice(("", "1", "x**2", "[1, 2, 3]", "\x00", "a" * 1000)))


def _value(random: Random, shape: tuple[int, ...]) -> str:
    draw = random.random()
    if draw < 0.06:
        return random.choice(_VALUES)
    if draw < 0.15:
        return "@" + random.choice(_FILES)
    flat = np.array([round(random.uniform(-1, 3), 2) for _ in range(int(np.prod(shape)))])
    return json.dumps(flat.reshape(shape).tolist())


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
    stdout, stderr = _Stream(), _Stream()
    status = main(list(case.words), Environment(_Stream(case.stdin), stdout, stderr, {}, 80))
    out, err = stdout.getvalue(), stderr.getvalue()
    coloured = any("--color" in word for word in case.words)
    for name, text in (("stdout", out), ("stderr", err)):
        if _FORBIDDEN.search(_COLOUR.sub("", text) if coloured else text):
            raise Broken(f"{name} acts on the terminal: {text[:200]!r}")
    if status not in range(5):
        raise Broken(f"status {status}")
    if status == 2 and (out or not _COLOUR.sub("", err).startswith("error: ")):
        raise Broken(f"status 2 with {out[:80]!r} and {err[:80]!r}")
    if status != 2 and "error:" in err:
        raise Broken(f"status {status} with {err[:80]!r}")
    if status != 2 and "--json" in case.words and not out.startswith("Usage"):
        _strict(out, case)
    return f"status {status}"


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
    """Without a word, or with a shorter one."""
    for i in range(1, len(case.words)):
        yield case._replace(words=case.words[:i] + case.words[i + 1 :])
    for i, word in enumerate(case.words[1:], 1):
        for shorter in texts.smaller(word):
            yield case._replace(words=(*case.words[:i], shorter, *case.words[i + 1 :]))


def show(case: Case) -> str:
    """The words, as Python reads them."""
    return f"gradcli {' '.join(map(repr, case.words))}" + (f" < {case.stdin!r}" if case.stdin else "")

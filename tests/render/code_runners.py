"""Generated code, compiled and run where its tools are at hand, or read back."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gradcli.address import EntryAddress, Input
from gradcli.render.code.printer import language_of, render_code
from gradcli.render.words.latex_names import spelled_name
from gradcli.reread import read_again
from gradcli.reread.names import ABSENT
from gradcli.transforms.operators.code import routine
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.verify.rounding import rounding_bounds
from tests.render.code_readers import read_excel, read_latex

__all__ = ["RUNNERS", "Numbers", "Trial", "missing", "trial"]

Numbers = list[list[float] | None]
"""What each trial gave; None where this tool cannot run it, and is known not to."""


class Trial(NamedTuple):
    """A call of a generated function.

    Attributes:
        code: the function in a language.
        arguments: numbers, and arrays flat.
        shapes: of the arguments.
        names: of the arguments in the program.
        wanted: the engine's numbers, flat.
        bounds: on their rounding errors.
        sizes: how many numbers each result has.
    """

    code: Callable[[str], str]
    arguments: list[list[float] | float]
    shapes: list[tuple[int, ...]]
    names: list[str]
    wanted: list[float]
    bounds: list[float]
    sizes: list[int]

    def nested(self) -> list[Any]:
        """The arguments as nested lists."""
        return [np.reshape(a, s).tolist() for a, s in zip(self.arguments, self.shapes, strict=True)]


def trial(text: str, values: dict[str, Any], parts: Sequence[str] = ("value", "gradient"), fast: bool = False) -> Trial:
    shapes = {name: np.shape(value) for name, value in values.items()}
    made = routine(text, parts, shapes={name: shape for name, shape in shapes.items() if shape}, fast=fast)
    engine = hessian(text, {name: values[name] for name in made.meaning.inputs})
    inputs = [Input(name, i) for name in made.meaning.inputs for i in range(np.size(values[name]))]
    addresses = [EntryAddress(0), *(EntryAddress(0, (x,)) for x in inputs)]
    if "hessian" in parts:
        addresses += [EntryAddress(0, (x, y)) for x in inputs for y in inputs]
    return Trial(
        lambda language: render_code(made, language_of(language), "f_"),
        [np.ravel(values[p.name]).tolist() if p.shape else float(values[p.name]) for p in made.parameters],
        [p.shape for p in made.parameters],
        [p.name for p in made.parameters],
        [engine.number(address) for address in addresses],
        rounding_bounds(engine, addresses),
        [len(output.nodes) for output in made.outputs],
    )


def missing(runner: str) -> str:
    """Why a runner cannot run here; "" where it can."""
    for tool in TOOLS.get(runner, ()):
        if shutil.which(tool) is None:
            return f"{tool} is not here"
    for module in MODULES.get(runner, ()):
        if find_spec(module) is None:
            return f"{module} is not installed"
    return ""


def _python(trials: Sequence[Trial], folder: Path, language: str = "python") -> Numbers:
    lines = ["import json, warnings", "import numpy as np", "warnings.simplefilter('ignore')", "def flat(v):",
             "    v = v.tolist() if hasattr(v, 'tolist') else v",
             "    return [n for part in v for n in flat(part)] if isinstance(v, (list, tuple)) else [float(v)]",
             "found = []"]  # fmt: skip
    for t in trials:
        wrapped = [f"np.array({a})" if language != "python" and isinstance(a, list) else repr(a) for a in t.nested()]
        lines += [t.code(language), f"found.append(flat(f_({', '.join(wrapped)})))"]
    lines.append("print(json.dumps(found))")
    path = folder / "run.py"
    path.write_text("\n".join(lines), encoding="utf-8")
    return _told([sys.executable, str(path)])


def _javascript(trials: Sequence[Trial], folder: Path) -> Numbers:
    lines = ["const found = [];"]
    for t in trials:
        call = f"f_({', '.join(map(json.dumps, t.nested()))})"
        lines += ["{", t.code("javascript"), f"const r = {call};"]
        lines += ["found.push(Object.values(r).flat(3).map(Number));", "}"]
    lines.append("console.log(JSON.stringify(found.map(row => row.map(String))));")
    path = folder / "run.js"
    path.write_text("\n".join(lines), encoding="utf-8")
    return [[float(number.replace("Infinity", "inf")) for number in row] for row in _told(["node", str(path)])]


def _c(trials: Sequence[Trial], folder: Path, language: str = "c") -> Numbers:
    lines, calls = ["#include <stdio.h>", "#include <math.h>"], []
    for i, t in enumerate(trials):
        lines.append(t.code(language).replace("void f_(", f"static void f{i}("))
        arguments = [
            f"(double[]){{{', '.join(map(repr, a))}}}" if isinstance(a, list) else repr(a) for a in t.arguments
        ]
        if language == "c++":
            arguments = []
            for j, a in enumerate(t.arguments):
                if isinstance(a, list):
                    calls.append(f"double a{i}_{j}[] = {{{', '.join(map(repr, a))}}};")
                arguments.append(f"a{i}_{j}" if isinstance(a, list) else repr(a))
        outputs = [f"r{i}_{j}" for j in range(len(t.sizes))]
        calls += [f"double {name}[{size}];" for name, size in zip(outputs, t.sizes, strict=True)]
        calls.append(f"f{i}({', '.join([*arguments, *outputs])});")
        for name, size in zip(outputs, t.sizes, strict=True):
            calls.append(f'for (int k = 0; k < {size}; k++) printf("%.17g ", {name}[k]);')
        calls.append('printf("\\n");')
    path, program = folder / ("run.c" if language == "c" else "run.cpp"), folder / f"run_{language[-1]}"
    path.write_text("\n".join([*lines, "int main(void) {", *calls, "return 0; }"]), encoding="utf-8")
    compiler = ["gcc", "-std=c99", "-Wall", "-Werror", "-Wno-parentheses", "-Wno-unused-variable"]
    if language == "c++":
        compiler = ["g++", "-std=c++11", "-Wall", "-Werror", "-Wno-parentheses", "-Wno-unused-variable"]
    subprocess.run([*compiler, "-O1", "-ffp-contract=off", str(path), "-o", str(program), "-lm"], check=True)
    return _printed([str(program)])


def _rust(trials: Sequence[Trial], folder: Path) -> Numbers:
    lines, calls = ["#![allow(unused_parens, dead_code)]"], []
    for i, t in enumerate(trials):
        lines.append(t.code("rust").replace("pub fn f_(", f"fn f{i}("))
        arguments = [f"&[{', '.join(f'{n!r}' for n in a)}]" if isinstance(a, list) else repr(a) for a in t.arguments]
        calls.append(f"let r = f{i}({', '.join(arguments)});")
        calls.append('print!("{:e} ", r.0); for n in r.1.iter() { print!("{:e} ", n); }')
        if len(t.sizes) == 3:
            calls.append('for n in r.2.iter() { print!("{:e} ", n); }')
        calls.append("println!();")
    path, program = folder / "run.rs", folder / "run_rs"
    path.write_text("\n".join([*lines, "fn main() {", *calls, "}"]), encoding="utf-8")
    subprocess.run(["rustc", "--edition=2021", str(path), "-o", str(program)], check=True, capture_output=True)
    return _printed([str(program)])


def _told(command: list[str]) -> list[Any]:
    found: list[Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def _printed(command: list[str]) -> Numbers:
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [[float(number) for number in line.split()] for line in text.splitlines()]


def _fortran(trials: Sequence[Trial], folder: Path) -> Numbers:
    lines, kinds, calls = [], [], []
    for i, t in enumerate(trials):
        lines.append(re.sub(r"(subroutine )f_\b", rf"\1f{i}", t.code("fortran")))
        arguments = []
        for j, (a, shape) in enumerate(zip(t.arguments, t.shapes, strict=True)):
            if isinstance(a, list):
                kinds.append(f"real(8) :: a{i}_{j}({', '.join(map(str, shape))})")
                listed = f"[{', '.join(f'{n!r}d0' for n in a)}]"
                if len(shape) > 1:
                    listed = f"reshape({listed}, [{', '.join(map(str, shape))}], order=[2, 1])"
                calls.append(f"a{i}_{j} = {listed}")
            arguments.append(f"a{i}_{j}" if isinstance(a, list) else f"{a!r}d0")
        outputs = [f"r{i}_{j}" for j in range(len(t.sizes))]
        side = t.sizes[1] if len(t.sizes) > 1 else 0
        extents = ["", f"({side})", f"({side},{side})"]
        kinds += [f"real(8) :: {name}{extents[j]}" for j, name in enumerate(outputs)]
        calls.append(f"call f{i}({', '.join([*arguments, *outputs])})")
        calls.append(f"print '(*(es26.17e3,1x))', {', '.join(outputs)}")
    path, program = folder / "run.f90", folder / "run_f90"
    path.write_text("\n".join([*lines, "program run", *kinds, *calls, "end program"]), encoding="utf-8")
    subprocess.run(["gfortran", "-std=f2008", "-O1", "-ffp-contract=off", str(path), "-o", str(program)], check=True)
    return _printed([str(program)])


def _matlab(trials: Sequence[Trial], folder: Path) -> Numbers:
    lines, calls = ["1;"], []
    for i, t in enumerate(trials):
        lines.append(re.sub(r"(= )f_\(", rf"\1f{i}(", t.code("matlab"), count=1))
        arguments = []
        for a, shape in zip(t.arguments, t.shapes, strict=True):
            text = f"[{'; '.join(map(repr, a))}]" if isinstance(a, list) else repr(a)
            arguments.append(f"reshape({text}, [{shape[1]}, {shape[0]}]).'" if len(shape) == 2 else text)
        outputs = [f"r{j}" for j in range(len(t.sizes))]
        calls.append(f"[{', '.join(outputs)}] = f{i}({', '.join(arguments)});")
        calls += [f"fprintf('%.17g ', {name}.');" for name in outputs]
        calls.append("fprintf('\\n');")
    path = folder / "run.m"
    path.write_text("\n".join([*lines, *calls]), encoding="utf-8")
    return _printed(["octave-cli", "--norc", "--quiet", str(path)])


def _r(trials: Sequence[Trial], folder: Path) -> Numbers:
    lines = []
    for t in trials:
        arguments = []
        for a, shape in zip(t.arguments, t.shapes, strict=True):
            text = f"c({', '.join(map(repr, a))})" if isinstance(a, list) else repr(a)
            arguments.append(f"matrix({text}, nrow = {shape[0]}, byrow = TRUE)" if len(shape) == 2 else text)
        lines += [t.code("r"), f"r <- f_({', '.join(arguments)})"]
        lines.append("for (part in r) cat(sprintf('%.17g', if (is.matrix(part)) t(part) else part), '')")
        lines.append("cat('\\n')")
    path = folder / "run.R"
    path.write_text("\n".join(lines), encoding="utf-8")
    return _printed(["Rscript", "--vanilla", str(path)])


def _julia(trials: Sequence[Trial], folder: Path) -> Numbers:
    lines = []
    for t in trials:
        arguments = []
        for a, shape in zip(t.arguments, t.shapes, strict=True):
            text = repr(a)
            arguments.append(f"permutedims(reshape({text}, {shape[1]}, {shape[0]}))" if len(shape) == 2 else text)
        lines += [t.code("julia"), f"for part in f_({', '.join(arguments)}), n in permutedims(part)"]
        lines += ["    print(n, ' ')", "end", "println()"]
    path = folder / "run.jl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return _printed(["julia", str(path)])


def _query(connection: Any, text: str, t: Trial) -> list[float]:
    kinds = ["DOUBLE" + "[]" * len(shape) for shape in t.shapes]
    columns = ", ".join(f'"{name}" {kind}' for name, kind in zip(t.names, kinds, strict=True))
    connection.execute("DROP TABLE IF EXISTS t")
    connection.execute(f"CREATE TABLE t ({columns})")
    connection.execute(f"INSERT INTO t VALUES ({', '.join('?' for _ in t.names)})", t.nested())
    (row,) = connection.execute(text).fetchall()
    return [float("nan") if number is None else float(number) for number in row[len(t.names) :]]


def _duckdb(trials: Sequence[Trial], folder: Path) -> Numbers:
    import duckdb

    with duckdb.connect() as connection:
        return [_query(connection, t.code("sql"), t) for t in trials]


_DUCKDB_ALONE = re.compile(r"\b(cbrt|gamma|lgamma|cot)\(")


def _sqlite(trials: Sequence[Trial], folder: Path) -> Numbers:
    found: Numbers = []
    with sqlite3.connect(":memory:") as connection:
        for t in trials:
            text = t.code("sql")
            known = not any(t.shapes) and not _DUCKDB_ALONE.search(text)
            found.append(_query(connection, text.replace('" AS (', '" AS MATERIALIZED ('), t) if known else None)
    connection.close()
    return found


def _excel(trials: Sequence[Trial], folder: Path) -> Numbers:
    return [read_excel(t.code("excel"), t.nested()) for t in trials]


def _latex(trials: Sequence[Trial], folder: Path) -> Numbers:
    found: Numbers = []
    for t in trials:
        symbols: dict[str, str] = {}
        values: dict[str, float] = {}
        for name, shape, given in zip(t.names, t.shapes, t.nested(), strict=True):
            base, _, below = spelled_name(name).partition("_{")
            for at in np.ndindex(shape):
                listed = ", ".join([*([below[:-1]] if below else []), *map(str, at)])
                symbol = f"given{len(symbols)}"
                symbols[f"{base}_{{{listed}}}" if listed else base] = symbol
                values[symbol] = float(np.asarray(given)[at])
        found.append(_read(read_latex(t.code("latex"), symbols), values))
    return found


def _gradcli(trials: Sequence[Trial], folder: Path) -> Numbers:
    found: Numbers = []
    for t in trials:
        text = "".join(line for line in t.code("gradcli").splitlines(keepends=True) if not line.startswith("#"))
        found.append(_read(text.rstrip("\n").replace("\n", "; "), dict(zip(t.names, t.nested(), strict=True))))
    return found


def _read(text: str, values: dict[str, Any]) -> list[float] | None:
    if any(f"{name}(" in text for name in ABSENT):
        return None
    return [float(number) for number in np.ravel(read_again(text, values, 10))]


RUNNERS: dict[str, Callable[[Sequence[Trial], Path], Numbers]] = {
    "python": _python,
    "numpy": lambda trials, folder: _python(trials, folder, "numpy"),
    "jax": lambda trials, folder: _python(trials, folder, "jax"),
    "torch": lambda trials, folder: _python(trials, folder, "torch"),
    "javascript": _javascript,
    "c": _c,
    "c++": lambda trials, folder: _c(trials, folder, "c++"),
    "rust": _rust,
    "fortran": _fortran,
    "julia": _julia,
    "matlab": _matlab,
    "r": _r,
    "sql": _duckdb,
    "sql in sqlite": _sqlite,
    "excel": _excel,
    "latex": _latex,
    "gradcli": _gradcli,
}
TOOLS = {"javascript": ["node"], "c": ["gcc"], "c++": ["g++"], "rust": ["rustc"], "fortran": ["gfortran"],
         "julia": ["julia"], "matlab": ["octave-cli"], "r": ["Rscript"]}  # fmt: skip
MODULES = {"jax": ["jax"], "torch": ["torch"], "sql": ["duckdb"]}

"""Tables: rows computed in memory, from file to file, and one by one through a pipe, beside what people use instead."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from bench.measure import medians, row, title
from gradcli.batch import Cells
from gradcli.batch.jit import Jit
from gradcli.cli.table_work import compiled_code
from gradcli.data import native
from gradcli.lang import parse
from gradcli.render.code.printer import language_of, render_code
from gradcli.transforms.operators.code import routine
from gradcli.transforms.rows.compiled import Compiled, compiled
from gradcli.transforms.rows.compute import Computer
from gradcli.transforms.rows.task import task

FORMULA = "exp(-x**2)*sin(y*z) + log(1+x*y)/sqrt(z)"
SMOOTH = "x*y/(1 + z) + exp(-x)*y**2"
NAMES = ("x", "y", "z")
ROWS = 10_000_000
FEWER = 1_000_000

Task = Callable[[], Any]


def run() -> None:
    in_memory(ROWS, FORMULA)
    in_memory(FEWER, FORMULA)
    in_memory(FEWER, SMOOTH)
    vectors()
    from_file_to_file()
    memory()
    coprocess()


def code(text: str) -> Compiled:
    """Straight-line code of a formula's value and gradient."""
    made = compiled(task(parse(text), list(NAMES), {}), NAMES, dict.fromkeys(NAMES, ()), dict.fromkeys(NAMES, "real"))
    assert isinstance(made, Compiled), made
    return made


def in_memory(rows: int, text: str) -> None:
    title(f"In memory, {rows:,} rows: value and three partials of {text}; medians of 5")
    chance = np.random.default_rng(0)
    columns = {name: chance.uniform(0.5, 2.0, rows) for name in NAMES}
    ours, other = code(text), code(text)
    tasks: dict[str, Task] = {
        "gradcli, 1 thread": lambda: ours.run(columns, {}, rows, 1)[0],
        "gradcli, 2 threads": lambda: ours.run(columns, {}, rows, 2)[0],
    }
    if native.compiler() is not None:
        other.native = compiled_code(other)
        tasks["gradcli --backend c, 1 thread"] = lambda: other.run(columns, {}, rows, 1)[0]
        tasks["gradcli --backend c, 2 threads"] = lambda: other.run(columns, {}, rows, 2)[0]
    if find_spec("numba"):
        by_numba = code(text)
        by_numba.native = Jit(by_numba.plan)
        tasks["gradcli --backend numba, 2 threads"] = lambda: by_numba.run(columns, {}, rows, 2)[0]
    tasks |= dict(peers(columns, text))
    expected = tasks["gradcli, 1 thread"]()["d_x"]
    for name, make in tasks.items():
        found = make()
        slope = found["d_x"] if isinstance(found, dict) else found
        assert np.allclose(slope, expected, rtol=1e-9, atol=1e-12), f"{name} gives other numbers"
    seconds = medians(tasks, 5)
    base = seconds["gradcli, 2 threads"]
    for name, took in seconds.items():
        row(name, f"{took / rows * 1e9:.1f} ns/row", f"{took / base:.2f} x ours")


def peers(columns: dict[str, Any], text: str) -> Iterator[tuple[str, Task]]:
    """What gives the partial by x among all others, by each library that is installed."""
    if find_spec("torch"):
        import torch

        torch.set_num_threads(2)
        leaves = {name: torch.tensor(values) for name, values in columns.items()}

        def eager() -> Any:
            given = {name: leaf.clone().requires_grad_() for name, leaf in leaves.items()}
            value = eval(text, {**vars(torch), **given})  # our own formula
            value.sum().backward()
            slope = given["x"].grad
            assert slope is not None
            return slope.numpy()

        yield "PyTorch eager", eager
    if find_spec("jax"):
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)

        def function(x: Any, y: Any, z: Any) -> Any:
            return eval(text, {**vars(jnp), "x": x, "y": y, "z": z})  # our own formula

        mapped = jax.jit(jax.vmap(jax.value_and_grad(function, argnums=(0, 1, 2))))
        arrays = [jnp.asarray(columns[name]) for name in NAMES]
        yield "jax.jit(vmap(value_and_grad))", lambda: np.asarray(jax.block_until_ready(mapped(*arrays))[1][0])
    if find_spec("duckdb"):
        yield from _duckdb(columns, text)
    if find_spec("polars"):
        yield from _polars(columns, text)


def _polars(columns: dict[str, Any], text: str) -> Iterator[tuple[str, Task]]:
    import polars as pl

    made = routine(text, ["value", "gradient"])
    lines = render_code(made, language_of("python"), "f").splitlines()
    body = "\n".join(line for line in lines if line.startswith(("def f", "    ")) and '"""' not in line)
    frame = pl.DataFrame(columns)
    names = {"math": _OfPolars, "_over": lambda x, y: x / y, "_sqrt": lambda x: x.sqrt(), "_log": lambda x: x.log()}
    names |= {f"_{name}": getattr(_OfPolars, name) for name in ("sin", "cos", "exp")}
    exec(body, names)  # our own formula
    results = names["f"](*(pl.col(name) for name in NAMES))  # type: ignore[operator]  # it is a function
    flat = [*results[:1], *results[1]] if isinstance(results, tuple) else list(results)
    named = [expression.alias(f"r{i}") for i, expression in enumerate(flat)]

    def compute() -> Any:
        return frame.select(named)["r1"].to_numpy()

    yield "polars, the same formulas", compute


class _OfPolars:
    """What Python's code calls, on expressions of Polars."""

    sin = staticmethod(lambda x: x.sin())
    cos = staticmethod(lambda x: x.cos())
    exp = staticmethod(lambda x: x.exp())
    log = staticmethod(lambda x: x.log())
    sqrt = staticmethod(lambda x: x.sqrt())


def vectors() -> None:
    """Arrays in each row, beside the gradients of mapped functions."""
    if not find_spec("torch"):
        return
    import torch

    torch.set_num_threads(2)
    title("Arrays in each row, 20,000 rows, value and gradient, beside torch.func.vmap(grad_and_value); medians of 7")
    chance = np.random.default_rng(0)
    rows = 20_000
    given = {
        "x": chance.normal(size=(rows, 100)),
        "y": chance.choice([-1.0, 1.0], rows),
        "w": 0.1 * chance.normal(size=100),
        "A": chance.normal(size=(rows, 3, 3)) + 3 * np.eye(3),
        "b": chance.normal(size=(rows, 3)),
        "z": chance.normal(size=(rows, 10)),
        "k": chance.normal(size=10),
    }
    cases: list[tuple[str, str, str, str, str, Callable[..., Any]]] = [
        ("logistic loss, 100 weights", "log1p(exp(-y*(x@w)))", "xy", "w", "w",
         lambda x, y, w: torch.log1p(torch.exp(-y * (x @ w)))),
        ("3 x 3 solve", "sum(solve(A, b)**2)", "Ab", "", "Ab", lambda A, b: (torch.linalg.solve(A, b) ** 2).sum()),
        ("softmax of 10", "softmax(z)@k", "z", "k", "z", lambda z, k: torch.softmax(z, -1) @ k),
    ]  # fmt: skip
    for name, text, columns, constants, wrt, function in cases:
        made = task(parse(text), list(columns), {n: given[n] for n in constants}, list(wrt))
        cells = {n: Cells(given[n]) for n in columns}
        computer = Computer(made, dict.fromkeys(columns, "real"), 2)
        order = [*columns, *constants]
        places = tuple(order.index(n) for n in wrt)
        axes = tuple(0 if n in columns else None for n in order)
        mapped = torch.func.vmap(torch.func.grad_and_value(function, argnums=places), in_dims=axes)
        tensors = [torch.tensor(given[n]) for n in order]

        def ours(computer: Computer = computer, cells: dict[str, Cells] = cells) -> Any:
            return computer.compute(cells, rows).columns

        def theirs(mapped: Any = mapped, tensors: list[Any] = tensors) -> Any:
            return mapped(*tensors)

        for n, slope in zip(wrt, theirs()[0], strict=True):
            assert np.allclose(ours()[f"d_{n}"], slope.numpy(), rtol=1e-8, atol=1e-10), name
        seconds = medians({"ours": ours, "theirs": theirs}, 7)
        row(f"{name}, gradcli", f"{seconds['ours'] / rows * 1e9:.0f} ns/row")
        row(f"{name}, PyTorch", f"{seconds['theirs'] / rows * 1e9:.0f} ns/row", _times(seconds), "target >= 1.0 x")


def _times(seconds: dict[str, float]) -> str:
    return f"{seconds['theirs'] / seconds['ours']:.2f} x ours"


def _duckdb(columns: dict[str, Any], text: str) -> Iterator[tuple[str, Task]]:
    import duckdb
    import pyarrow as pa

    query = render_code(routine(text, ["value", "gradient"]), language_of("sql"), "f")
    t = pa.table(columns)
    connection = duckdb.connect()
    connection.register("t", t)
    connection.execute("SET threads TO 2")
    names = connection.sql(query).to_arrow_table().column_names
    by_x = next(name for name in names if name.endswith("dx"))
    yield "DuckDB, the same formulas", lambda: connection.sql(query).to_arrow_table().column(by_x).to_numpy()


def command(words: list[str], **options: Any) -> float:
    """Seconds that a command takes."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "gradcli", "batch", *words], check=True, **options)
    return time.perf_counter() - began


def from_file_to_file() -> None:
    if not find_spec("pyarrow"):
        return
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    title("From file to file: the whole command, beside a process with Arrow's copy of input or output; medians of 3")
    chance = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        for kind, rows in (
            ("parquet", ROWS),
            ("parquet", FEWER),
            ("csv", ROWS),
            ("csv", FEWER),
            ("jsonl", FEWER // 10),
        ):
            table = pa.table({name: chance.uniform(0.5, 2.0, rows) for name in NAMES})
            source, target, copy = (Path(folder) / f"{name}.{kind}" for name in ("in", "out", "copy"))
            if kind == "parquet":
                pq.write_table(table, source, use_dictionary=False)
            elif kind == "csv":
                pyarrow.csv.write_csv(table, source)
            else:
                source.write_text("".join(f"{json.dumps(one)}\n" for one in table.to_pylist()))
            options = ["--no-check", "-q", "--no-progress"]
            tasks: dict[str, Task] = {"ours": lambda: command([FORMULA, str(source), "-o", str(target), *options])}  # noqa: B023  # run at once
            tasks["ours"]()
            if kind in _COPIES:
                copied = target if kind == "parquet" else source
                words = [sys.executable, "-c", _COPIES[kind], str(copied), str(copy)]
                tasks["copy"] = lambda: subprocess.run(words, check=True)  # noqa: B023  # run at once
            seconds = medians(tasks, 3, warmup=0)
            ratio = f"{seconds['ours'] / seconds['copy']:.2f} x a copy" if "copy" in seconds else ""
            row(f"{kind}, {rows:,} rows", f"{seconds['ours']:.2f} s", ratio)


_COPIES = {
    "parquet": "import sys, pyarrow.parquet as pq; "
    "pq.write_table(pq.read_table(sys.argv[1]), sys.argv[2], use_dictionary=False)",
    "csv": "import sys, pyarrow.csv as csv; csv.write_csv(csv.read_csv(sys.argv[1]), sys.argv[2])",
}


def memory() -> None:
    title("Peak memory of a table from standard input")
    for rows in (FEWER, ROWS):
        writer = "import sys\nprint('x,y')\nfor i in range(int(sys.argv[1])): sys.stdout.write('1.5,2.5\\n' * 10000)"
        with subprocess.Popen([sys.executable, "-c", writer, str(rows // 10_000)], stdout=subprocess.PIPE) as source:
            options = ["-q", "--no-check", "-o", os.devnull, "--format", "csv"]
            words = [sys.executable, "-c", _MEASURED, sys.executable, "-m", "gradcli", "batch", "x*y", *options]
            done = subprocess.run(words, stdin=source.stdout, capture_output=True, text=True, check=True)
        row(f"CSV, {rows:,} rows", f"{int(done.stdout) / 1024:.0f} MB", "", "target <= 250 MB")


_MEASURED = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)
"""Runs a command and tells its peak memory: that of a process with libraries would count as its child's."""


def coprocess(rows: int = 2000) -> None:
    title("A coprocess, one row at a time")
    words = ["x**2*y", "--line-buffered", "--input-format", "jsonl", "--no-check", "-q"]
    with subprocess.Popen(
        [sys.executable, "-m", "gradcli", "batch", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        times = []
        for i in range(rows):
            began = time.perf_counter()
            process.stdin.write(f'{{"x": {i}, "y": 2}}\n'.encode())
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["d_x"] == 4.0 * i
            times.append(time.perf_counter() - began)
        process.stdin.close()
    row("a row", f"{np.median(times) * 1e6:.0f} us", "", "target <= 300 us")

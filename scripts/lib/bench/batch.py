"""Rows computed in memory, beside what people use instead; what is measured of files is in `tables`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import numpy as np

from bench import tables
from bench.measure import medians, row, title
from bench.tables import FEWER, FORMULA, NAMES, ROWS
from gradcli.batch import Cells
from gradcli.batch.jit import Jit
from gradcli.cli.table_work import compiled_code
from gradcli.data import native
from gradcli.lang import parse
from gradcli.render.code.printer import language_of, render_code
from gradcli.transforms.operators.code import routine
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.rows.compiled import Compiled, compiled
from gradcli.transforms.rows.compute import Computer
from gradcli.transforms.rows.task import task

SMOOTH = "x*y/(1 + z) + exp(-x)*y**2"

Task = Callable[[], Any]


def run() -> None:
    in_memory(ROWS, FORMULA)
    in_memory(FEWER, FORMULA)
    in_memory(FEWER, SMOOTH)
    vectors()
    loop()
    tables.run()


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
    if rows > FEWER:
        for made, name in ((ours, "gradcli"), (other, "gradcli --backend c")):
            if name == "gradcli" or made.native is not None:
                tasks[f"{name}, 2 threads, by {FEWER:,} rows"] = lambda made=made: _by_parts(made, columns, rows)  # type: ignore[misc]  # mypy infers no default's type
    tasks |= dict(peers(columns, text))
    expected = tasks["gradcli, 1 thread"]()["d_x"]
    for name, make in tasks.items():
        found = make()
        slope = found["d_x"] if isinstance(found, dict) else found
        assert np.allclose(slope, expected, rtol=1e-9, atol=1e-12), f"{name} gives other numbers"
    seconds = medians(tasks, 5)
    base = seconds["gradcli, 2 threads"]
    for name, took in seconds.items():
        target = _TARGETS.get((rows, text), {}).get(name.partition(", the same")[0], "")
        row(name, f"{took / rows * 1e9:.1f} ns/row", f"{took / base:.2f} x ours", target)


_TARGETS = {
    (ROWS, FORMULA): {
        "gradcli, 1 thread": "target >= 1.7 x",
        "gradcli --backend c, 2 threads": "target <= 0.25 x",
        "PyTorch eager": "target >= 3 x",
        "jax.jit(vmap(value_and_grad))": "target >= 2 x",
        "polars": "target >= 2 x",
        "DuckDB": "target >= 2 x",
    },
    (FEWER, FORMULA): {
        "PyTorch eager": "target >= 0.9 x",
        "jax.jit(vmap(value_and_grad))": "target >= 1.4 x",
        "polars": "target >= 1.4 x",
        "DuckDB": "target >= 1.4 x",
    },
    (FEWER, SMOOTH): {"PyTorch eager": "target >= 3 x"},
}


def _by_parts(made: Compiled, columns: dict[str, Any], rows: int) -> Any:
    """The partial by x, computed as from a file: some rows at a time, whose memory the next ones use again."""
    slope = np.empty(rows)
    for first in range(0, rows, FEWER):
        part = slice(first, first + FEWER)
        slope[part] = made.run({name: array[part] for name, array in columns.items()}, {}, FEWER, 2)[0]["d_x"]
    return slope


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


def loop(entries: int = 10_000) -> None:
    """A sum that is written as a loop, beside the same by slices of arrays."""
    title(f"A sum over {entries:,} entries as a loop in the expression, value and gradient; medians of 15")
    x = np.random.default_rng(0).normal(size=entries)
    texts = {
        "loop": "sum((1-x[i])**2 + 100*(x[i+1]-x[i]**2)**2 for i in range(len(x)-1))",
        "slices": "sum((1-x[:-1])**2 + 100*(x[1:]-x[:-1]**2)**2)",
    }
    found = [grad(text, {"x": x}).gradients["x"] for text in texts.values()]
    assert np.allclose(found[0], found[1], rtol=1e-12), "both are the same sum"
    tasks: dict[str, Task] = {name: lambda text=text: grad(text, {"x": x}) for name, text in texts.items()}  # type: ignore[misc]  # mypy infers no default's type
    seconds = medians(tasks, 15)
    row("by slices of arrays", f"{seconds['slices'] * 1e3:.2f} ms")
    row(
        "as a loop",
        f"{seconds['loop'] * 1e3:.2f} ms",
        f"{seconds['loop'] / seconds['slices']:.2f} x slices",
        "target <= 2 x",
    )


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

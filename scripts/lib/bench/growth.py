"""How time grows: with operations, inputs, outputs, rows and orders, each alone, beside what is installed."""

from __future__ import annotations

import gc
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

import gradcli
from bench import measure
from bench.batch import code
from bench.matrices import layer
from bench.measure import PAGE, best, row, title
from bench.orders import nested, series
from bench.peers import agree, hips, jax_modules, torch_module

Task = Callable[[], Any]

LONGEST = 5.0
"""Seconds of one run, after which a library is not asked for more."""

OPERATIONS = (1_000, 10_000, 100_000, 1_000_000)
INPUTS = (100, 1_000, 10_000, 100_000, 1_000_000)
OUTPUTS = (50, 200, 800, 3_200)
ROWS = (1_000, 10_000, 100_000, 1_000_000)
ORDERS = tuple(range(1, 11))


def run(rounds: int = 5) -> None:
    """All of them; the figures of a row are of the largest size, and what its time is to that of the size before."""
    title(f"Time against size, best of {rounds}; the last size, and its time against that of the one before")
    _grown("operations of a scalar program", OPERATIONS, operations, rounds)
    _grown("inputs of a gradient", INPUTS, inputs, rounds)
    _grown("outputs of a Jacobian by 200 inputs", OUTPUTS, outputs, rounds)
    _grown("rows of a table", ROWS, rows_of_a_table, rounds)
    _grown("order of a derivative", ORDERS, orders, rounds)


def _grown(name: str, sizes: tuple[int, ...], tasks_of: Callable[[int], dict[str, Task]], rounds: int) -> None:
    sizes = sizes[:-1] if measure.QUICK else sizes
    found: dict[str, list[tuple[int, float]]] = {}
    late: set[str] = set()
    for size in sizes:
        tasks = {library: task for library, task in tasks_of(size).items() if library not in late}
        agree(f"{name}, {size:,}", {library: task() for library, task in tasks.items()})
        gc.disable()  # as `timeit` measures, and as the command runs
        seconds = best(tasks, rounds if size < sizes[-1] else 2, warmup=0)
        gc.enable()
        for library, took in seconds.items():
            found.setdefault(library, []).append((size, took))
            PAGE.point(name, library, size, took)
            if took * (size / sizes[max(sizes.index(size) - 1, 0)]) > LONGEST and library != "gradcli":
                late.add(library)
    for library, points in found.items():
        (before, earlier), (last, took) = points[-2:]
        told = f"{took / earlier:.2f} x for {last / before:.4g} x"
        row(f"{name}, {last:,}: {library}", f"{took * 1e3:.4g} ms", told)


def operations(n: int) -> dict[str, Task]:
    """A chain of n scalar multiplications and additions."""

    def chain(x: Any) -> Any:
        y = x
        for _ in range(n // 2):
            y = y * x + 0.5
        return y

    tasks: dict[str, Task] = {"gradcli": _backward(gradcli, chain, np.array(0.5))}
    if (torch := torch_module(1)) is not None:
        tasks["PyTorch eager"] = _backward(torch, chain, np.array(0.5))
    if find_spec("autograd") and n <= 100_000:
        gradient = hips().grad(chain)
        tasks["HIPS autograd"] = lambda: gradient(0.5)
    return tasks


def inputs(n: int) -> dict[str, Task]:
    """Rosenbrock's function of n variables."""

    def rosenbrock(x: Any) -> Any:
        return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()

    point = np.linspace(-1.0, 1.5, n)
    tasks: dict[str, Task] = {"gradcli": _backward(gradcli, rosenbrock, point)}
    if (torch := torch_module(2)) is not None:
        tasks["PyTorch eager"] = _backward(torch, rosenbrock, point)
    if find_spec("autograd"):
        gradient = hips().grad(rosenbrock)
        tasks["HIPS autograd"] = lambda: gradient(point)
    if find_spec("jax"):
        jax, jnp = jax_modules()
        compiled, given = jax.jit(jax.grad(rosenbrock)), jnp.array(point)
        tasks["jax.jit(grad)"] = lambda: np.asarray(compiled(given))
    return tasks


def outputs(m: int) -> dict[str, Task]:
    """The dense Jacobian of tanh(A@x), of m outputs by 200 inputs."""
    random = np.random.default_rng(3)
    made = layer(random.normal(size=(m, 200)) / 14, random.normal(size=200))
    tasks = {"gradcli": made["gradcli.func.jacrev"]}
    return tasks | {name: made[name] for name in ("torch.func.jacrev", "jax.jit(jacrev)") if name in made}


def rows_of_a_table(n: int) -> dict[str, Task]:
    """Value and partials of a formula of three columns at n rows, as `gradcli batch` computes them."""
    columns = {name: np.random.default_rng(i).uniform(0.5, 2.0, n) for i, name in enumerate("xyz")}
    made = code("exp(-x**2)*sin(y*z) + log(1+x*y)/sqrt(z)")
    tasks: dict[str, Task] = {"gradcli": lambda: made.run(columns, {}, n, 2)[0]["d_x"]}
    if (torch := torch_module(2)) is not None:

        def eager() -> Any:
            x, y, z = (torch.tensor(column, requires_grad=True) for column in columns.values())
            (torch.exp(-(x**2)) * torch.sin(y * z) + torch.log(1 + x * y) / torch.sqrt(z)).sum().backward()
            return x.grad

        tasks["PyTorch eager"] = eager
    return tasks


def orders(k: int) -> dict[str, Task]:
    """The k-th derivative of a scalar function of twenty operations."""
    tasks: dict[str, Task] = {"gradcli": lambda: series(k)}
    if torch_module(1) is not None:
        tasks["PyTorch, nested autograd"] = lambda: nested(k)
    return tasks


def _backward(module: Any, function: Callable[[Any], Any], point: Any) -> Task:
    def task() -> Any:
        x = module.tensor(point, requires_grad=True)
        function(x).backward()
        return x.grad

    return task

"""Every kind of operation beside PyTorch: forward and backward of one, at 64 entries."""

from __future__ import annotations

import gc
from collections.abc import Callable
from importlib.util import find_spec
from time import process_time
from typing import Any

import numpy as np

import gradcli
from bench.measure import best, row, title
from bench.table import cases

TARGET = 1.5
TIMES = 200
FEWER = 50
ROWS = 2_000
CLOSE = 1e-10
ROUGH = 1e-8
"""Of special functions PyTorch has no more digits: of the slope of `digamma` nine."""

Operation = Callable[[Any, Any, int], Any]

VECTOR, MATRIX, CUBE, POINTS = (64,), (8, 8), (4, 4, 4), (21, 3)


def assigned(m: Any, x: Any, i: int) -> Any:
    y = m.zeros(8, 8) if m is gradcli else m.zeros(8, 8, dtype=m.float64)
    y[i % 8] = x[0]
    return y


OPERATIONS: dict[str, tuple[tuple[int, ...], Operation]] = {
    "slice x[a:b]": (VECTOR, lambda m, x, i: x[i % 32 : i % 32 + 32]),
    "entry x[i]": (VECTOR, lambda m, x, i: x[i % 64]),
    "row x[i]": (MATRIX, lambda m, x, i: x[i % 8]),
    "column x[:, i]": (MATRIX, lambda m, x, i: x[:, i % 8]),
    "index x[positions]": (VECTOR, lambda m, x, i: x[m.tensor(PLACES)] if m is gradcli else x[torch_places(m)]),
    "gather": (MATRIX, lambda m, x, i: m.gather(x, 1, plain(m, GRID))),
    "index_select": (MATRIX, lambda m, x, i: m.index_select(x, 0, plain(m, CHOSEN))),
    "view": (VECTOR, lambda m, x, i: x.view(8, 8)),
    "reshape": (MATRIX, lambda m, x, i: x.reshape(-1)),
    "transpose": (MATRIX, lambda m, x, i: x.transpose(0, 1)),
    "x.T": (MATRIX, lambda m, x, i: x.T),
    "permute": (CUBE, lambda m, x, i: x.permute(2, 0, 1)),
    "squeeze": (VECTOR, lambda m, x, i: x.squeeze(0)),
    "unsqueeze": (VECTOR, lambda m, x, i: x.unsqueeze(1)),
    "expand": (VECTOR, lambda m, x, i: x.expand(2, 64)),
    "unbind": (MATRIX, lambda m, x, i: x.unbind()),
    "split": (MATRIX, lambda m, x, i: x.split(4)),
    "chunk": (MATRIX, lambda m, x, i: x.chunk(4, 1)),
    "stack of 2": (VECTOR, lambda m, x, i: m.stack([x, x])),
    "cat of 2": (VECTOR, lambda m, x, i: m.cat([x, x])),
    "sum": (MATRIX, lambda m, x, i: x.sum()),
    "sum(dim)": (MATRIX, lambda m, x, i: x.sum(dim=1)),
    "mean": (MATRIX, lambda m, x, i: x.mean()),
    "mean(dim)": (MATRIX, lambda m, x, i: x.mean(dim=1)),
    "max": (MATRIX, lambda m, x, i: x.max()),
    "max(dim)": (MATRIX, lambda m, x, i: x.max(dim=1).values),
    "logsumexp": (MATRIX, lambda m, x, i: m.logsumexp(x, 1)),
    "softmax": (MATRIX, lambda m, x, i: m.softmax(x, -1)),
    "matmul": (MATRIX, lambda m, x, i: x @ x),
    "matmul by a vector": (MATRIX, lambda m, x, i: x @ x[0].detach()),
    "dot": (VECTOR, lambda m, x, i: x.dot(x)),
    "einsum": (MATRIX, lambda m, x, i: m.einsum("ij,jk->ik", x, x)),
    "cross": (POINTS, lambda m, x, i: m.linalg.cross(x, plain(m, AXES)) if m is not gradcli else m.cross(x, AXES)),
    "where": (MATRIX, lambda m, x, i: m.where(x > 0, x, 0.0)),
    "broadcast x + b": (MATRIX, lambda m, x, i: x + x[0].detach()),
    "x.exp()": (MATRIX, lambda m, x, i: x.exp()),
    "x**2": (MATRIX, lambda m, x, i: x**2),
    "assignment y[i] = x": (MATRIX, assigned),
    "x.add_(b)": (MATRIX, lambda m, x, i: (x * 2).add_(1.0)),
}  # fmt: skip
"""For each its argument's shape, and the operation in either library; `i` counts the calls."""

PLACES = np.arange(63, -1, -2)
GRID = np.arange(64).reshape(8, 8) % 7
CHOSEN = np.array([5, 0, 0, 3])
AXES = np.linspace(-1.0, 2.0, 63).reshape(POINTS)


def torch_places(torch: Any) -> Any:
    return plain(torch, PLACES)


_KNOWN: dict[tuple[int, bool], Any] = {}


def plain(m: Any, array: Any) -> Any:
    """An array as the library's tensor, made once."""
    key = id(array), m is gradcli
    if key not in _KNOWN:
        _KNOWN[key] = m.tensor(array)
    return _KNOWN[key]


def run(rounds: int = 9) -> None:
    libraries: dict[str, Any] = {"gradcli": gradcli}
    if find_spec("torch"):
        import torch

        torch.set_num_threads(1)  # of processor time a second thread that waits would take as much again
        libraries["PyTorch eager"] = torch
    title(f"One operation at 64 entries: forward and backward of {TIMES} of it; best of {rounds}, processor time")
    for name, (shape, operation) in OPERATIONS.items():
        tasks = {library: task(module, sines(shape), operation) for library, module in libraries.items()}
        agree(name, [found() for found in tasks.values()])
        told(name, best(tasks, rounds, clock=process_time), TIMES, TARGET)
    fill(libraries, rounds)
    if len(libraries) > 1:
        table(libraries, rounds)


def table(libraries: dict[str, Any], rounds: int) -> None:
    """The rest of the table, an operation a row, those first that lose most."""
    found = {}
    for name, case in cases().items():
        tasks = {
            library: task(module, case.argument(), lambda m, x, i, case=case: case.operation(m, x), FEWER)
            for library, module in libraries.items()
        }
        agree(name, [made() for made in tasks.values()], ROUGH)
        found[name] = best(tasks, rounds, clock=process_time)
    title(f"Every other operation of the table that PyTorch has, likewise, {FEWER} of it")
    for name, seconds in sorted(found.items(), key=lambda item: -_ratio(item[1])):
        theirs = f"PyTorch eager {seconds['PyTorch eager'] / FEWER * 1e6:.2f} us"
        row(name, f"{seconds['gradcli'] / FEWER * 1e6:.2f} us", f"{_ratio(seconds):.2f} x", theirs)


def _ratio(seconds: dict[str, float]) -> float:
    return seconds["gradcli"] / seconds["PyTorch eager"]


def sines(shape: tuple[int, ...]) -> Any:
    return np.sin(np.arange(float(np.prod(shape)))).reshape(shape)


def task(module: Any, values: Any, operation: Operation, times: int = TIMES) -> Callable[[], Any]:
    seeds: list[Any] = []

    def run_once() -> Any:
        x = module.tensor(values, requires_grad=True)
        outs = [operation(module, x, i) for i in range(times)]
        flat = [out for several in outs for out in several] if isinstance(outs[0], tuple) else outs
        if not seeds:
            seeds.extend(module.ones_like(out).detach() for out in flat)
        module.autograd.backward(flat, seeds)
        return x.grad

    return run_once


def agree(name: str, gradients: list[Any], close: float = CLOSE) -> None:
    first, *others = [np.asarray(gradient) for gradient in gradients]
    for other in others:
        assert np.allclose(first, other, close, close), f"{name}: the gradients differ"


def told(name: str, seconds: dict[str, float], count: int, target: float) -> None:
    for library, taken in seconds.items():
        ratio = f"gradcli is {seconds['gradcli'] / taken:.2f} x" if library != "gradcli" else ""
        row(f"{name}: {library}", f"{taken / count * 1e6:.2f} us", ratio, f"target <= {target} x" if ratio else "")


def fill(libraries: dict[str, Any], rounds: int) -> None:
    title(f"An array of n rows filled one by one, and backward; best of {rounds}, processor time")
    found: dict[int, dict[str, float]] = {}
    for n in (ROWS, 4 * ROWS, 16 * ROWS):
        few = rounds if n == ROWS else 3
        tasks = {
            library: filling(module, n)
            for library, module in libraries.items()
            if module is gradcli or n <= 4 * ROWS  # PyTorch copies the whole cotangent for each row
        }
        agree("fill", [made() for made in tasks.values()])
        found[n] = best(tasks, few, warmup=0, clock=process_time)
        told(f"{n:,} rows", found[n], n, 2.0)
    for n in (ROWS, 4 * ROWS):
        growth = f"{found[4 * n]['gradcli'] / found[n]['gradcli']:.2f} x"
        row(f"{4 * n:,} rows against {n:,}: gradcli", "", growth, "target <= 4.5 x")
    gc.disable()  # as `timeit` measures: the search for cycles takes the longer, the more objects are alive
    alone = {n: best({"": filling(gradcli, n)}, 3, clock=process_time)[""] for n in found}
    gc.enable()
    for n in (ROWS, 4 * ROWS):
        growth = f"{alone[4 * n] / alone[n]:.2f} x"
        row(f"{4 * n:,} rows against {n:,}: gradcli, gc disabled", "", growth, "target <= 4.5 x")


def filling(module: Any, n: int) -> Callable[[], Any]:
    def run_once() -> Any:
        x = module.tensor(np.array([1.0, 0.5]), requires_grad=True)
        y = module.zeros(n, 2) if module is gradcli else module.zeros(n, 2, dtype=module.float64)
        y[0] = x
        for i in range(1, n):
            y[i] = y[i - 1] * 0.999 + x
        y.sum().backward()
        return x.grad

    return run_once

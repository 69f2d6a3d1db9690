"""The engine: forward and backward per operation, beside PyTorch and HIPS autograd where installed."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

import gradcli
from bench.measure import medians, row, title
from gradcli.transforms.program.execute import execute, leaves
from gradcli.transforms.program.prepare import prepare

STEPS = 2_000
OPS = 4 * STEPS


def run(rounds: int = 5) -> None:
    sums(rounds)
    compare_chains(rounds)


def sums(rounds: int) -> None:
    title("Sum of n terms x + x + ...: forward and backward; median of 5")
    for terms in (10_000, 100_000):
        prepared = prepare("+".join(["x"] * terms), {"x": 1.0})
        seconds = medians({"sum": lambda prepared=prepared: forward_backward(prepared)}, rounds)["sum"]
        row(f"{terms:,} terms", f"{seconds:.3f} s", f"{seconds / terms * 1e6:.2f} us/op")


def compare_chains(rounds: int) -> None:
    title(f"Chain y = sin(y*x + 0.5) + x of {OPS:,} operations: forward and backward; median of 5")
    for size in (1, 100, 10_000):
        found = medians({name: make(size) for name, make in chains().items()}, rounds)
        for name, seconds in found.items():
            ratio = "" if name == "gradcli" else f"gradcli is {found['gradcli'] / seconds:.2f} x"
            row(f"size {size:,}: {name}", f"{seconds / OPS * 1e6:.2f} us/op", ratio)


def forward_backward(prepared: Any) -> None:
    execute(prepared.program, leaves(prepared)).backward()


def chains() -> dict[str, Callable[[int], Callable[[], object]]]:
    found: dict[str, Callable[[int], Callable[[], object]]] = {"gradcli": ours}
    if find_spec("torch"):
        found["PyTorch eager"] = torch_chain
    if find_spec("autograd"):
        found["HIPS autograd"] = autograd_chain
    return found


def ours(size: int) -> Callable[[], object]:
    values = np.linspace(0.1, 1.0, size)

    def task() -> None:
        x = gradcli.tensor(values, requires_grad=True)
        y = x
        for _ in range(STEPS):
            y = gradcli.sin(y * x + 0.5) + x
        y.sum().backward()

    return task


def torch_chain(size: int) -> Callable[[], object]:
    import torch

    torch.set_num_threads(2)
    values = torch.linspace(0.1, 1.0, size, dtype=torch.float64)

    def task() -> None:
        x = values.clone().requires_grad_()
        y = x
        for _ in range(STEPS):
            y = torch.sin(y * x + 0.5) + x
        y.sum().backward()

    return task


def autograd_chain(size: int) -> Callable[[], object]:
    import autograd
    import autograd.numpy as anp

    values = np.linspace(0.1, 1.0, size)

    def function(x: Any) -> Any:
        y = x
        for _ in range(STEPS):
            y = anp.sin(y * x + 0.5) + x
        return anp.sum(y)

    gradient = autograd.grad(function)
    return lambda: gradient(values)

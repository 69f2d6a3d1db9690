"""The engine: forward and backward per operation, beside PyTorch and HIPS autograd where installed."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

import gradcli
from bench.measure import medians, row, title
from bench.peers import agree
from gradcli.transforms.program.execute import execute, leaves
from gradcli.transforms.program.prepare import prepare

STEPS = 500


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
    for text, step in CHAINS.items():
        title(f"Chain {text}, {STEPS:,} times: forward and backward; median of {rounds}")
        for size in (1, 100, 10_000):
            tasks = {name: make(size, step) for name, make in chains().items()}
            agree(text, {name: task() for name, task in tasks.items()})
            found = medians(tasks, rounds)
            target = {"y = sin(y*x + 0.5) + x": 1.6}.get(text, 1.2)
            for name, seconds in found.items():
                ratio = "" if name == "gradcli" else f"gradcli is {found['gradcli'] / seconds:.2f} x"
                wanted = f"target <= {target} x" if name == "PyTorch eager" else ""
                row(f"size {size:,}: {name}", f"{seconds / STEPS * 1e6:.2f} us/step", ratio, wanted)
    sines(rounds)


def sines(rounds: int) -> None:
    """What bounds the chain with sines: NumPy computes sin and cos one by one, PyTorch several at once."""
    values = np.linspace(0.1, 1.0, 10_000)
    tasks: dict[str, Callable[[], object]] = {"NumPy": lambda: [np.sin(values), np.cos(values)]}
    if find_spec("torch"):
        import torch

        tensor = torch.tensor(values)
        tasks["PyTorch"] = lambda: [torch.sin(tensor), torch.cos(tensor)]
    title("Of a step of size 10,000 sin and cos alone")
    for name, seconds in medians(tasks, 20 * rounds).items():
        row(f"{name}: sin and cos", f"{seconds * 1e6:.2f} us")


def forward_backward(prepared: Any) -> None:
    execute(prepared.program, leaves(prepared)).backward()


Step = Callable[[Any, Any, Any], Any]

CHAINS: dict[str, Step] = {
    "y = sin(y*x + 0.5) + x": lambda m, y, x: m.sin(y * x + 0.5) + x,
    "y = log1p(exp(-y*x))/(x + 1)": lambda m, y, x: m.log1p(m.exp(-y * x)) / (x + 1),
}
"""With sines, which NumPy computes one by one, and without."""


def chains() -> dict[str, Callable[[int, Step], Callable[[], object]]]:
    found: dict[str, Callable[[int, Step], Callable[[], object]]] = {"gradcli": ours}
    if find_spec("torch"):
        found["PyTorch eager"] = torch_chain
    if find_spec("autograd"):
        found["HIPS autograd"] = autograd_chain
    return found


def ours(size: int, step: Step) -> Callable[[], Any]:
    values = np.linspace(0.1, 1.0, size)

    def task() -> Any:
        x = gradcli.tensor(values, requires_grad=True)
        y = x
        for _ in range(STEPS):
            y = step(gradcli, y, x)
        y.sum().backward()
        return x.grad

    return task


def torch_chain(size: int, step: Step) -> Callable[[], object]:
    import torch

    torch.set_num_threads(2)
    values = torch.tensor(np.linspace(0.1, 1.0, size))

    def task() -> Any:
        x = values.clone().requires_grad_()
        y = x
        for _ in range(STEPS):
            y = step(torch, y, x)
        y.sum().backward()
        return x.grad

    return task


def autograd_chain(size: int, step: Step) -> Callable[[], object]:
    import autograd
    import autograd.numpy as anp

    values = np.linspace(0.1, 1.0, size)

    def function(x: Any) -> Any:
        y = x
        for _ in range(STEPS):
            y = step(anp, y, x)
        return anp.sum(y)

    gradient = autograd.grad(function)
    return lambda: gradient(values)

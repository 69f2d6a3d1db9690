"""Large gradients: what one costs beside its value, and the memory of a long graph."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np

import gradcli
from bench.measure import best, medians, row, title
from bench.peers import agree, jax_modules
from bench.pointwise import FORMULA, pointwise

ENTRIES = 1_000_000
ROWS, COLUMNS = 10_000, 100
NODES = 1_000_000
POINTS = 100_000

Function = Callable[[Any], Any]
Task = Callable[[], object]


def run(rounds: int = 7) -> None:
    title("Gradient and value against value alone, and time of both; medians of 7")
    for name, point, functions in problems():
        tasks = {kind: task for library in functions.items() for kind, task in costs(*library, point).items()}
        gradients = {name: task() for name, task in tasks.items() if name.endswith("both")}
        agree(name, gradients)
        seconds = medians(tasks, rounds)
        for library in functions:
            both, value = seconds[f"{library}: both"], seconds[f"{library}: value"]
            target = "target <= 4 x" if library == "gradcli" else ""
            row(f"{name}: {library}", f"{both * 1e3:.1f} ms", f"{both / value:.2f} x its value", target)
    formula(rounds)
    memory()


def formula(rounds: int) -> None:
    """A formula of three variables at many points, by all that differentiate, or are given the derivative."""
    title(f"Value and three partials of {FORMULA} at {POINTS:,} points; best of {rounds}")
    columns = {name: np.random.default_rng(i).uniform(0.5, 2.0, POINTS) for i, name in enumerate("xyz")}
    tasks = pointwise(columns)
    agree("formula", {name: task() for name, task in tasks.items()})
    seconds = best(tasks, rounds)
    for name, took in seconds.items():
        row(name, f"{took * 1e3:.2f} ms", f"{took / seconds['gradcli, tensors']:.2f} x ours")


def problems() -> list[tuple[str, Any, dict[str, Function]]]:
    """(name, point, the function in each library): each library's formula is as its users write it."""
    random = np.random.default_rng(7)
    features, labels = random.normal(size=(ROWS, COLUMNS)), np.sign(random.normal(size=ROWS))
    return [
        (f"Rosenbrock, n = {ENTRIES:,}", random.normal(size=ENTRIES), in_each(rosenbrock)),
        (f"logistic regression, {ROWS:,} x {COLUMNS}", random.normal(size=COLUMNS) / 10, logistic(features, labels)),
        (f"log-sum-exp, n = {ENTRIES:,}", random.normal(size=ENTRIES), in_each(log_sum_exp)),
    ]


def rosenbrock(np: Any) -> Function:
    return lambda x: (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


def log_sum_exp(np: Any) -> Function:
    return (lambda x: np.logsumexp(x, 0)) if hasattr(np, "logsumexp") else (lambda x: np.log(np.sum(np.exp(x))))


def in_each(make: Callable[[Any], Function]) -> dict[str, Function]:
    found: dict[str, Function] = {"gradcli": make(gradcli)}
    if find_spec("torch"):
        import torch

        torch.set_num_threads(2)
        found["PyTorch eager"] = make(torch)
    if find_spec("autograd"):
        import autograd.numpy as anp

        found["HIPS autograd"] = make(anp)
    if find_spec("jax"):
        found["jax.jit"] = make(jax_modules()[1])
    return found


def logistic(features: Any, labels: Any) -> dict[str, Function]:
    def ours(w: Any) -> Any:
        return gradcli.softplus(-labels * (features @ w)).mean()

    found: dict[str, Function] = {"gradcli": ours}
    if find_spec("torch"):
        import torch

        x, y = torch.tensor(features), torch.tensor(labels)
        found["PyTorch eager"] = lambda w: torch.nn.functional.softplus(-y * (x @ w)).mean()
    if find_spec("autograd"):
        import autograd.numpy as anp

        found["HIPS autograd"] = lambda w: anp.mean(anp.logaddexp(0.0, -labels * anp.dot(features, w)))
    if find_spec("jax"):
        jax, jnp = jax_modules()
        a, b = jnp.array(features), jnp.array(labels)
        found["jax.jit"] = lambda w: jax.nn.softplus(-b * (a @ w)).mean()
    return found


def costs(library: str, function: Function, point: Any) -> dict[str, Task]:
    """The tasks of one library: its value without recording, and value with gradient."""
    if library == "jax.jit":
        jax, jnp = jax_modules()
        value_alone, gradient = jax.jit(function), jax.jit(jax.value_and_grad(function))
        given = jnp.array(point)
        return {
            f"{library}: value": lambda: float(value_alone(given)),
            f"{library}: both": lambda: np.asarray(gradient(given)[1]),
        }
    if library == "HIPS autograd":
        import autograd

        return {f"{library}: value": lambda: function(point), f"{library}: both": _both(autograd, function, point)}
    module: Any = gradcli
    if library == "PyTorch eager":
        import torch

        module = torch

    def value() -> None:
        with module.no_grad():
            function(module.tensor(point))

    def both() -> Any:
        x = module.tensor(point, requires_grad=True)
        function(x).backward()
        return x.grad

    return {f"{library}: value": value, f"{library}: both": both}


def _both(autograd: ModuleType, function: Function, point: Any) -> Task:
    gradient = autograd.value_and_grad(function)
    return lambda: gradient(point)[1]


def memory() -> None:
    title(f"Memory of a scalar graph of {NODES:,} nodes, and its backward")
    x = gradcli.tensor(1.0, requires_grad=True)
    tracemalloc.start()
    y = x
    for _ in range(NODES):
        y = y + x
    held, _ = tracemalloc.get_traced_memory()
    y.backward()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert x.grad is not None, "backward reaches the leaf"
    assert x.grad.item() == NODES + 1, "each addition counts once"
    row("graph", f"{held / NODES:.0f} B/node", "", "target <= 600")
    row("graph and backward, at most", f"{peak / NODES:.0f} B/node")

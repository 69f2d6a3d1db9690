"""High derivatives of a scalar function, beside what takes gradients of gradients, and what derives symbolically."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from time import process_time
from typing import Any

import numpy as np

from bench import measure
from bench.measure import best, row, title
from bench.peers import agree, jax_modules, torch_module
from gradcli.transforms.operators.derivative import derivative

__all__ = ["nested", "run", "series"]

TEXT = "y = sin(x)*exp(-x*x) + log(1 + x*x); z = tanh(y*x) + sqrt(1 + y*y); z*cos(z)/(1 + x*x)"
"""Twenty operations."""

AT = 0.7
TARGET = 0.05


def run(rounds: int = 5) -> None:
    """The derivative of order 10; quickly of order 7."""
    order = 7 if measure.QUICK else 10
    title(f"Derivative of order {order} of twenty operations, {TEXT}; processor time")
    tasks: dict[str, Any] = {"gradcli, power series": lambda: series(order)}
    if find_spec("jax"):
        tasks["jax.experimental.jet, compiled"] = lambda: jet(order)
    agree("orders", {name: task() for name, task in tasks.items()})
    seconds = best(tasks, rounds, clock=process_time)
    if torch_module(1) is not None:
        began = process_time()
        theirs = nested(order)
        seconds["PyTorch, nested autograd (once)"] = process_time() - began
        agree("orders", {"gradcli": series(order), "PyTorch": theirs})
    few = min(order, 4)
    began = process_time()
    derived = symbolic(few)
    took_sympy = process_time() - began
    agree("orders", {"gradcli": series(few), "SymPy": derived})
    ours = seconds["gradcli, power series"]
    for name, took in seconds.items():
        ratio = "" if name.startswith("gradcli") else f"gradcli is {ours / took:.2g} x"
        row(name, f"{took * 1e3:.2f} ms", ratio, f"target <= {TARGET} x" if "PyTorch" in name else "")
    row(f"SymPy, diff of order {few} alone, evaluated (once)", f"{took_sympy * 1e3:.0f} ms")


def series(order: int) -> float:
    """By gradcli: the text read, its power series, its last derivative."""
    return float(derivative(TEXT, {"x": AT}, order).derivatives[-1])


def nested(order: int) -> float:
    """By gradients of gradients in PyTorch."""
    import torch

    x = torch.tensor(AT, dtype=torch.float64, requires_grad=True)
    found = _function(torch, x)
    for left in range(order, 0, -1):
        (found,) = torch.autograd.grad(found, x, create_graph=left > 1)
    return float(found)


def _function(m: Any, x: Any) -> Any:
    y = m.sin(x) * m.exp(-x * x) + m.log(1 + x * x)
    z = m.tanh(y * x) + m.sqrt(1 + y * y)
    return z * m.cos(z) / (1 + x * x)


def jet(order: int) -> float:
    """By JAX's Taylor mode, compiled once."""
    return float(_compiled_jet(order)(AT))


@cache
def _compiled_jet(order: int) -> Any:
    jax, jnp = jax_modules()
    from jax.experimental.jet import jet as propagate

    def last(x: Any) -> Any:
        return propagate(lambda x: _function(jnp, x), (x,), ([1.0, *[0.0] * (order - 1)],))[1][-1]

    return jax.jit(last)


def symbolic(order: int) -> float:
    """By SymPy's derivative, evaluated."""
    import sympy

    x = sympy.Symbol("x")
    return float(np.float64(sympy.diff(_function(sympy, x), x, order).evalf(20, subs={x: sympy.Float(AT, 20)})))

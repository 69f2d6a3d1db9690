"""A formula of three variables, its value and partials at many points, as each library's users write it."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

import gradcli
from bench.batch import code
from bench.peers import hips, jax_modules, torch_module

__all__ = ["FORMULA", "pointwise"]

FORMULA = "exp(-x**2)*sin(y*z) + log(1 + x*y)/sqrt(z)"

Columns = dict[str, Any]
Task = Callable[[], Any]


def pointwise(columns: Columns) -> dict[str, Task]:
    """Tasks that give four rows: the value, and the partials by x, y and z."""
    tasks = {"gradcli, tensors": _tensors(gradcli, columns), "gradcli, as `batch` computes": _rows(columns)}
    if (torch := torch_module(2)) is not None:
        tasks["PyTorch eager"] = _tensors(torch, columns)
    if find_spec("jax"):
        tasks["jax.jit(vmap(value_and_grad))"] = _jax(columns)
    if find_spec("autograd"):
        tasks["HIPS autograd"] = _hips(columns)
    if find_spec("casadi"):
        tasks["CasADi, a function mapped over the points"] = _casadi(columns)
    tasks["SymPy: lambdify with cse"] = _sympy(columns)
    if find_spec("numba"):
        tasks["Numba, the derivative by hand"] = _numba(columns)
    return tasks


def _value(m: Any, x: Any, y: Any, z: Any) -> Any:
    return m.exp(-(x**2)) * m.sin(y * z) + m.log(1 + x * y) / m.sqrt(z)


def _tensors(m: Any, columns: Columns) -> Task:
    def task() -> Any:
        leaves = [m.tensor(column, requires_grad=True) for column in columns.values()]
        value = _value(m, *leaves)
        value.sum().backward()
        return [np.asarray(found) for found in (value.detach(), *(leaf.grad for leaf in leaves))]

    return task


def _rows(columns: Columns) -> Task:
    made = code(FORMULA)
    count = len(columns["x"])

    def task() -> Any:
        found = made.run(columns, {}, count, 2)[0]
        return [next(iter(found.values())), *(found[f"d_{name}"] for name in columns)]

    return task


def _jax(columns: Columns) -> Task:
    jax, jnp = jax_modules()
    mapped = jax.jit(jax.vmap(jax.value_and_grad(lambda *xyz: _value(jnp, *xyz), argnums=(0, 1, 2))))
    given = [jnp.asarray(column) for column in columns.values()]

    def task() -> Any:
        value, slopes = mapped(*given)
        return [np.asarray(found) for found in (value, *slopes)]

    return task


def _hips(columns: Columns) -> Task:
    import autograd.numpy as anp

    def total(xyz: Any) -> Any:
        return anp.sum(_value(anp, *xyz))

    gradient = hips().grad(total)
    given = np.stack(list(columns.values()))
    return lambda: [_value(np, *given), *gradient(given)]


def _casadi(columns: Columns) -> Task:
    import casadi as ca

    xyz = ca.SX.sym("xyz", 3)
    value = _value(ca, xyz[0], xyz[1], xyz[2])
    function = ca.Function("peer", [xyz], ca.cse([value, ca.gradient(value, xyz)])).map(len(columns["x"]))
    given = ca.DM(np.stack(list(columns.values())))

    def task() -> Any:
        found, slopes = function(given)
        return [np.asarray(found).ravel(), *np.asarray(slopes)]

    return task


def _sympy(columns: Columns) -> Task:
    import sympy

    names = sympy.symbols("x y z")
    value = _value(sympy, *names)
    made = sympy.lambdify(names, [value, *(value.diff(name) for name in names)], "numpy", cse=True)
    return lambda: made(*columns.values())


def _numba(columns: Columns) -> Task:
    from math import cos, exp, log, sin, sqrt

    from numba import njit, prange

    @njit(parallel=True)
    def fill(x: Any, y: Any, z: Any, out: Any) -> None:
        for i in prange(x.size):
            e, s, c = exp(-x[i] * x[i]), sin(y[i] * z[i]), cos(y[i] * z[i])
            inside, root = 1.0 + x[i] * y[i], sqrt(z[i])
            logarithm = log(inside)
            out[0, i] = e * s + logarithm / root
            out[1, i] = -2.0 * x[i] * e * s + y[i] / (inside * root)
            out[2, i] = e * c * z[i] + x[i] / (inside * root)
            out[3, i] = e * c * y[i] - 0.5 * logarithm / (root * z[i])

    def task() -> Any:
        out = np.empty((4, columns["x"].size))
        fill(*columns.values(), out)
        return out

    return task

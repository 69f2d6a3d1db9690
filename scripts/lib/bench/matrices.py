"""Dense Jacobians and Hessians, and sparse ones, beside peers and in multiples of one evaluation of the program."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from importlib.util import find_spec
from time import process_time
from typing import Any

import numpy as np

import gradcli
from bench.measure import best, row, title
from bench.peers import jax_modules
from gradcli.transforms.operators.hessian import hessian as hessian_of_text
from gradcli.transforms.operators.jacobian import jacobian as jacobian_of_text

Task = Callable[[], Any]
RANDOM = np.random.default_rng(7)


def jacobian(rounds: int = 15) -> None:
    n = 1000
    a, x = RANDOM.normal(size=(n, n)) / 30, RANDOM.normal(size=n)
    title("Dense Jacobian of tanh(A@x), 1000 x 1000; best of 15")
    _compared(layer(a, x), rounds, "target <= 1.6 x torch.func.jacrev", "torch.func.jacrev", 1.6)
    t = np.linspace(0, 4, 20_000)
    title("20,000 residuals of three parameters, a*exp(-b*t)*cos(c*t); best of 15")
    _compared(_residuals(t, np.array([1.5, 0.3, 2.0])), rounds)
    title("How it grows with outputs and inputs: tanh(A@x), seconds of the square; best of 5")
    for size in (250, 500, 1000):
        given = RANDOM.normal(size=(size, size)) / 30, RANDOM.normal(size=size)
        tasks = {
            name: task for name, task in layer(*given).items() if name in ("gradcli.func.jacrev", "torch.func.jacrev")
        }
        seconds = best(tasks, 5)
        for name, took in seconds.items():
            row(f"{size} x {size}: {name}", f"{took * 1e3:.2f} ms", f"{took / size**2 * 1e9:.2f} ns an entry")


def layer(a: Any, x: Any) -> dict[str, Task]:
    """The Jacobian of tanh(a@x), by gradcli, by hand, and by each peer that is installed."""
    at, xt = gradcli.tensor(a), gradcli.tensor(x)
    tasks: dict[str, Task] = {
        "gradcli.func.jacrev": lambda: gradcli.func.jacrev(lambda x: gradcli.tanh(at @ x))(xt).array,
        "gradcli, from the text": lambda: jacobian_of_text("tanh(A@x)", {"A": a, "x": x}, ["x"]).jacobian,
        "NumPy, the closed form": lambda: (1 - np.tanh(a @ x) ** 2)[:, None] * a,
    }
    if find_spec("torch"):
        import torch

        torch.set_num_threads(2)
        ta, tx = torch.tensor(a), torch.tensor(x)
        tasks["torch.func.jacrev"] = lambda: torch.func.jacrev(lambda x: torch.tanh(ta @ x))(tx).numpy()
    if find_spec("jax"):
        jax, jnp = jax_modules()
        ja, jx = jnp.array(a), jnp.array(x)
        compiled = jax.jit(jax.jacrev(lambda x: jnp.tanh(ja @ x)))
        tasks["jax.jit(jacrev)"] = lambda: np.asarray(compiled(jx))
    return tasks


def _residuals(t: Any, p: Any) -> dict[str, Task]:
    tt, pt = gradcli.tensor(t), gradcli.tensor(p)

    def model(np: Any, t: Any) -> Callable[[Any], Any]:
        return lambda p: p[0] * np.exp(-p[1] * t) * np.cos(p[2] * t)

    text = "p[0]*exp(-p[1]*t)*cos(p[2]*t)"
    tasks: dict[str, Task] = {
        "gradcli.func.jacfwd": lambda: gradcli.func.jacfwd(model(gradcli, tt))(pt).array,
        "gradcli, from the text": lambda: jacobian_of_text(text, {"p": p, "t": t}, ["p"]).jacobian,
    }
    if find_spec("torch"):
        import torch

        ta, tp = torch.tensor(t), torch.tensor(p)
        tasks["torch.func.jacfwd"] = lambda: torch.func.jacfwd(model(torch, ta))(tp).numpy()
    if find_spec("jax"):
        jax, jnp = jax_modules()
        compiled, jp = jax.jit(jax.jacfwd(model(jnp, jnp.array(t)))), jnp.array(p)
        tasks["jax.jit(jacfwd)"] = lambda: np.asarray(compiled(jp))
    return tasks


def hessian(rounds: int = 15) -> None:
    x = RANDOM.normal(size=1000)
    title("Dense Hessian of vectorised Rosenbrock, n = 1,000; best of 15")
    _compared(_dense_hessians(x), rounds, "target <= 2 x jax.jit(hessian)", "jax.jit(hessian)", 2.0)
    n = 100_000
    large = gradcli.tensor(RANDOM.normal(size=n))
    plan = gradcli.func.sparsity(rosenbrock, hessian=True)(large)
    title("Sparse Hessian of vectorised Rosenbrock, n = 100,000; CPU time, best of 7, in multiples of one gradient")
    gradient = gradcli.func.grad(rosenbrock)
    tasks: dict[str, Task] = {
        "one gradient": lambda: gradient(large),
        "pattern, colours and values": lambda: gradcli.func.sparse_hessian(rosenbrock)(large),
        "pattern and colours": lambda: gradcli.func.sparsity(rosenbrock, hessian=True)(large),
        "values and assembly, the plan known": lambda: gradcli.func.sparse_hessian(rosenbrock, plan=plan, check=False)(
            large
        ),
        "the same, and the check of the pattern": lambda: gradcli.func.sparse_hessian(rosenbrock, plan=plan)(large),
    }
    found = tasks["pattern, colours and values"]()
    expected = 1200 * large.array[1:-1] ** 2 - 400 * large.array[2:] + 202
    assert np.allclose(found.diagonal()[1:-1], expected)
    assert np.allclose(found.diagonal(1), -400 * large.array[:-1])
    _multiples(best(tasks, 7, clock=process_time), "one gradient", {"pattern, colours and values": "target <= 60 x"})


def rosenbrock(x: Any) -> Any:
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


def _dense_hessians(x: Any) -> dict[str, Task]:
    xt = gradcli.tensor(x)
    text = "sum(100*(x[1:] - x[:-1]**2)**2 + (1 - x[:-1])**2)"
    tasks: dict[str, Task] = {
        "gradcli.func.hessian": lambda: gradcli.func.hessian(rosenbrock)(xt).array,
        "gradcli, from the text": lambda: hessian_of_text(text, {"x": x}).hessian,
    }
    if find_spec("jax"):
        jax, jnp = jax_modules()
        compiled, jx = jax.jit(jax.hessian(rosenbrock)), jnp.array(x)
        tasks["jax.jit(hessian)"] = lambda: np.asarray(compiled(jx))
    if find_spec("torch"):
        import torch

        tx = torch.tensor(x)
        tasks["torch.func.hessian"] = lambda: torch.func.hessian(rosenbrock)(tx).numpy()
    return tasks


def sparse() -> None:
    for n, rounds in ((100_000, 9), (1_000_000, 3)):
        title(f"Discretised Bratu, tridiagonal, n = {n:,}; CPU time, best of {rounds}, in multiples of one evaluation")
        _bratu(n, rounds)
    title("Peak memory of pattern, colours, values and assembly, by tracemalloc")
    for n in (100_000, 1_000_000):
        u = gradcli.tensor(RANDOM.normal(size=n))
        tracemalloc.start()
        found = gradcli.func.sparse_jacobian(bratu)(u)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        row(f"n = {n:,}: {found.nnz:,} non-zeros", f"{peak / 1e6:.0f} MB", f"{peak / found.nnz:.0f} bytes each")
    title("Sweeps that known patterns take")
    for name, (function, at) in _patterns().items():
        plan = gradcli.func.sparsity(function)(at)
        rows, columns = plan.pattern.shape
        row(f"{name}, {rows:,} x {columns:,}", f"{plan.pattern.nnz:,} entries", f"{plan.sweeps} sweeps", plan.method)


def bratu(u: Any) -> Any:
    h = 1.0 / (u.shape[0] + 1)
    edge = gradcli.zeros(1)
    padded = gradcli.cat([edge, u, edge])
    return (padded[2:] - 2.0 * u + padded[:-2]) / h**2 + gradcli.exp(u)


def _bratu(n: int, rounds: int) -> None:
    from gradcli.engine.sparsity.values import jacobian_entries
    from gradcli.engine.sweeps.stretch import Stretch

    u = RANDOM.normal(size=n)
    ut, h = gradcli.tensor(u), 1.0 / (n + 1)
    plan = gradcli.func.sparsity(bratu)(ut)

    def evaluate() -> Any:
        with gradcli.no_grad():
            return bratu(ut).array

    def values() -> Any:
        x = ut.detach().requires_grad_()
        out = bratu(x)
        return jacobian_entries(Stretch([out], [x]), out, plan)

    tasks: dict[str, Task] = {
        "one evaluation": evaluate,
        "values: the program recorded, 3 coloured sweeps": values,
        "values and CSR, the pattern known": lambda: gradcli.func.sparse_jacobian(bratu, plan=plan, check=False)(ut),
        "the same, and the check of the pattern": lambda: gradcli.func.sparse_jacobian(bratu, plan=plan)(ut),
        "pattern and colours, once": lambda: gradcli.func.sparsity(bratu)(ut),
    }
    targets = {
        "values: the program recorded, 3 coloured sweeps": "target <= 6 x",
        "values and CSR, the pattern known": "target <= 12 x",
        "pattern and colours, once": "target <= 60 x",
    }
    found = tasks["values and CSR, the pattern known"]()
    assert np.allclose(found.diagonal(), -2 / h**2 + np.exp(u))
    assert np.allclose(found.diagonal(1), 1 / h**2)
    if find_spec("jax"):
        tasks["JAX, the three sweeps by hand, compiled"] = _jax_by_hand(u, found)
    _multiples(best(tasks, rounds, clock=process_time), "one evaluation", targets if n == 100_000 else {})
    if find_spec("casadi") and n <= 100_000:
        _casadi(u, found)


def _jax_by_hand(u: Any, expected: Any) -> Task:
    jax, jnp = jax_modules()
    n = len(u)
    h = 1.0 / (n + 1)
    seeds = jnp.array([(np.arange(n) % 3 == color) * 1.0 for color in range(3)])

    def system(u: Any) -> Any:
        p = jnp.pad(u, 1)
        return (p[2:] - 2 * u + p[:-2]) / h**2 + jnp.exp(u)

    compiled = jax.jit(lambda u: jax.vmap(lambda seed: jax.jvp(system, (u,), (seed,))[1])(seeds))
    ju = jnp.array(u)
    pushed = np.asarray(compiled(ju))
    assert np.allclose(pushed[np.arange(n) % 3, np.arange(n)], expected.diagonal())
    return lambda: compiled(ju).block_until_ready()


def _casadi(u: Any, expected: Any) -> None:
    """CasADi finds the pattern and the colours as it builds the function, and evaluates a compiled-like tape."""
    import casadi

    n, h = len(u), 1.0 / (len(u) + 1)

    def build() -> Any:
        x = casadi.SX.sym("x", n)
        p = casadi.vertcat(0, x, 0)
        return casadi.Function("J", [x], [casadi.jacobian((p[2:] - 2 * x + p[:-2]) / h**2 + casadi.exp(x), x)])

    made = build()
    assert np.allclose(np.array(made(u).nonzeros()).sum(), expected.data.sum())
    seconds = best({"build": build, "evaluate": lambda: made(u)}, 3)
    row("CasADi (SX): pattern, colours and code, once", f"{seconds['build'] * 1e3:.0f} ms")
    row("CasADi (SX): values", f"{seconds['evaluate'] * 1e3:.1f} ms")


def _patterns() -> dict[str, tuple[Callable[[Any], Any], Any]]:
    def laplacian(u: Any) -> Any:
        return 4 * u[1:-1, 1:-1] - u[2:, 1:-1] - u[:-2, 1:-1] - u[1:-1, 2:] - u[1:-1, :-2]

    line, grid = gradcli.ones(1000), gradcli.ones(100, 100)
    return {
        "tridiagonal": (lambda x: x[1:] * x[:-1] + x[1:], line),
        "5-point Laplacian on a grid": (lambda x: laplacian(x).reshape(-1), grid),
        "an arrow": (lambda x: gradcli.cat([x.sum().reshape(1), x[1:] * x[0]]), line),
        "a band of 9": (lambda x: sum((x[k : 992 + k] for k in range(9)), x[:992]) ** 2, line),
        "dense": (lambda x: x.sum() * x, gradcli.ones(200)),
    }


def _compared(tasks: dict[str, Task], rounds: int, target: str = "", peer: str = "", most: float = 0.0) -> None:
    """A row for each library, all of which must give the same numbers."""
    first, *others = tasks
    expected = tasks[first]()
    for name in others:
        assert np.allclose(tasks[name](), expected), name
    seconds = best(tasks, rounds)
    for name, took in seconds.items():
        told = f"{took / seconds[peer]:.2f} x {peer}" if name == first and peer in seconds else ""
        row(name, f"{took * 1e3:.2f} ms", f"{took / seconds[first]:.2f} x ours", told and f"{told}; {target}")


def _multiples(seconds: dict[str, float], unit: str, targets: dict[str, str]) -> None:
    for name, took in seconds.items():
        row(name, f"{took * 1e3:.2f} ms", f"{took / seconds[unit]:.2f} x", targets.get(name, ""))

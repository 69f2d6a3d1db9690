"""Expressions whose right derivatives have few right digits, each family at random constants and points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np

from gradcli.errors import Problem
from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.results.base import Derived

__all__ = ["families"]

Random: TypeAlias = np.random.Generator
Drawn: TypeAlias = tuple[str, dict[str, Any], tuple[str, ...] | None]
"""The text, the point, and the variables to differentiate by, None for all."""


def families(count: int, seed: int, only: str) -> Iterator[tuple[str, str, dict[str, Any], Derived]]:
    """Of each family so many: its name, the text, the point, and the result.

    First derivatives, and of every third point the Hessian, of a number also the third derivative.
    """
    for name, draw in FAMILIES.items():
        if only not in ("", name):
            continue
        random = np.random.default_rng(seed)
        for i in range(count):
            text, point, wrt = draw(random)
            try:
                result = _derived(i % 3, text, point, wrt)
            except Problem:
                continue
            if all(bool(np.all(np.isfinite(array))) for _, array in result.numbers()):
                yield name, text, point, result


def _derived(which: int, text: str, point: dict[str, Any], wrt: tuple[str, ...] | None) -> Derived:
    if which == 0:
        return grad(text, point, wrt)
    if which == 1:
        return hessian(text, point, wrt)
    name = wrt[0] if wrt else next(iter(point))
    if np.ndim(point[name]):
        return grad(text, point, wrt)
    return derivative(text, point, 3, name)


def _number(random: Random) -> float:
    """A number as people write it, of one to three digits."""
    return float(f"{random.choice([-1, 1]) * 10.0 ** random.uniform(-2, 1):.{random.integers(1, 4)}g}")


def _vector(random: Random, low: int = 2, high: int = 5) -> list[float]:
    size = 10.0 ** random.uniform(-1, 1.3)
    return [float(v) for v in random.normal(0, size, random.integers(low, high))]


def _matrix(random: Random, n: int = 2) -> list[list[float]]:
    whole = random.random() < 0.3
    entries = random.integers(-3, 4, (n, n)) if whole else random.normal(0, 2, (n, n))
    return [[float(v) for v in row] for row in entries]


def _constant_factor(random: Random) -> Drawn:
    a, b, c = (abs(_number(random)) for _ in range(3))
    small = float(10.0 ** random.uniform(-9, -1))
    text = random.choice(
        [
            f"x*(exp({small!r}) - 1)",
            f"x*({a!r} + {b!r} - {a + b:.15g})",
            f"sin(x)*(1 - cos({small!r}))/{c!r}",
            f"exp(x*(log({1 + small!r}) + {a!r} - {a!r}))",
            f"x**2*sin({random.integers(1, 9)}*pi)",
            f"x*(sqrt({1 + small!r}) - 1)**2",
        ]
    )
    return str(text), {"x": _number(random)}, None


def _other_variables(random: Random) -> Drawn:
    k, t = abs(_number(random)), abs(_number(random))
    w = (random.integers(0, 5) + 0.5) * np.pi / t * (1 + random.choice([0, 1e-12, 1e-8, 1e-4]))
    text = random.choice(
        ["exp(-k*t)*cos(w*t)", "k*(cos(w*t) + 1e-3) - k*1e-3", "k**2*sin(2*w*t)", "k*log(1 + cos(w*t))"]
    )
    return str(text), {"k": k, "t": t, "w": float(w)}, ("k",)


def _vanishing(random: Random) -> Drawn:
    a, b = abs(_number(random)), abs(_number(random))
    x = float(random.integers(1, 4))
    power = random.integers(2, 5)
    text = random.choice(
        [
            f"({a!r}*x + {b!r} - {a * x + b:.15g})**{power}",
            f"cos({a!r}*x + {b!r} - {a * x + b:.15g})",
            f"x*({a!r}*x + {b!r} - {a * x + b:.15g})**{power}",
        ]
    )
    return str(text), {"x": x}, None


def _identity(random: Random) -> Drawn:
    w = abs(_number(random))
    text = random.choice(
        [
            f"sin({w!r}*x)**2 + cos({w!r}*x)**2",
            "(x + 1)**2 - x**2 - 2*x",
            "cosh(x)**2 - sinh(x)**2",
            "exp(x)*exp(-x)",
            "(exp(x) - exp(-x))/(exp(x) + exp(-x))",
            "log(exp(x)) - x + 1",
        ]
    )
    return str(text), {"x": float(random.uniform(-20, 20)) * random.choice([1.0, 0.05])}, None


def _log_softmax(random: Random) -> Drawn:
    x = _vector(random)
    return f"log_softmax(x)[{random.integers(len(x))}]", {"x": x}, None


def _einsum(random: Random) -> Drawn:
    if random.random() < 0.5:
        n = random.integers(2, 5)
        x, y, z = ([float(v) for v in random.normal(0, 3, n)] for _ in range(3))
        if random.random() < 0.5:
            y[-1] = -sum(a * b * c for a, b, c in zip(x[:-1], y, z, strict=False)) / (x[-1] * z[-1])
        return "einsum('i,i,i->', x, y, z)", {"x": x, "y": y, "z": z}, ("x",)
    return "einsum('ij,jk,ki->', a, b, a)", {"a": _matrix(random), "b": _matrix(random)}, ("a",)


def _reduction(random: Random) -> Drawn:
    x = _vector(random)
    if random.random() < 0.5:
        x = [x[0] + 1e-9 * random.random() * v for v in x]
    call = random.choice(
        ["var(x)", "std(x)", "logsumexp(x)", "softmax(x)[0]", "norm(x)", "prod(x)", "cumsum(x)[-1]", "cumprod(x)[-1]"]
    )
    text = random.choice([f"{call}", f"{call} - mean(x)", f"({call})**2", f"{call}*(sum(x) - {float(np.sum(x))!r})"])
    return str(text), {"x": x}, None


def _linear_algebra(random: Random) -> Drawn:
    text = random.choice(
        [
            "sum(eigvalsh(a))", "det(a)", "logdet(a@a.T + eye(2))", "trace(inv(a))", "trace(a@a) - sum(a*a.T)",
            "sum(solve(a, [1, 2]))", "trace(expm(a))", "sum(svdvals(a))", "trace(matrix_power(a, 3))",
        ]
    )  # fmt: skip
    return str(text), {"a": _matrix(random)}, None


def _near_zero(random: Random) -> Drawn:
    a, b, c = (abs(_number(random)) for _ in range(3))
    small = float(10.0 ** random.uniform(-8, -1))
    text = random.choice(
        [
            f"x*({a!r} + {b!r} - {a + b:.15g}) + {c!r}*y**2",
            f"{a!r}*x + {b!r}*x - {a + b:.15g}*x",
            f"(x*{a!r} - {a!r}*x)*y",
            f"sin({random.integers(1, 9)}*pi*y) + y*({a!r} - {a:.15g})",
            f"(exp({small!r}*x) - 1 - {small!r}*x)*y",
            f"log(1 + {small!r}*x*y) - {small!r}*x*y",
            f"sqrt(1 + {small!r}*x**2) - 1",
            f"tan(x) - x - {a!r}*{small!r}",
            "sum([x, y, -x, -y])",
            f"mean([x, {a!r}, y]) - (x + y + {a!r})/3",
            f"x - floor(x) - (y - floor(y)) + {a!r}*{small!r}",
        ]
    )
    return str(text), {"x": _number(random), "y": float(random.integers(1, 4))}, None


def _tie(random: Random) -> Drawn:
    """Points at kinks: the verdict is that, and the conventions' numbers are not called wrong."""
    values = {name: float(random.integers(-2, 3)) for name in "xyz"}
    values["z"] = values["y"]
    k = random.integers(1, 4)
    text = random.choice(
        [
            "maximum(x*y, x*z)", "minimum(x + y, x + z)*x", "max([x, y, z])*x", "abs(y - z)*x", "relu(y - z) + x**2",
            "clip(x, lower=0)*y", "clip(x*y, 0, 2)", "abs(x)*abs(y)", "norm([x, y])*z", "norm([x, y, z], 1)",
            "norm([x, y, z], inf)", f"abs(x)**{k}*y", f"maximum(x, 0)**{k} + z", "hypot(x, y) + z*x",
            "median([x, y, z])*y", "sort([x, y, z])[1]*x", "where(x > y, x - y, 0)*z", f"relu(x)**{k} - relu(-x)**{k}",
            "sign(x)*x*y", "maximum(x, y)*minimum(x, y)", "sqrt(x**2)*y", "floor(x)*y + z", "max([x*y, x*z, y])",
        ]
    )  # fmt: skip
    return str(text), {name: value for name, value in values.items() if name in text.replace("max", "")}, None


def _whole(random: Random) -> Drawn:
    """Whole numbers, among them 0: powers, products and quotients that cancel there."""
    x = [float(v) for v in random.integers(-2, 3, 3)]
    text = random.choice(
        [
            "prod(x)", "prod(x)**2", "sum(x**2)*sum(x) - sum(x**3)", "x[0]**2*x[1]**3 - x[2]**5", "cumprod(x)[-1]*x[0]",
            "einsum('i,i,i->', x, x, x[::-1])", "(x[0] - x[1])**3*x[2]", "sin(pi*x[0])*x[1]", "sum(x)**4",
            "x[0]*x[1]/(x[2]**2 + 1)", "var(x)*x[0]", "std(x + [0, 1, 3])", "det([[x[0], x[1]], [x[1], x[2]]])",
            "softmax(x)[1]*x[0]", "log_softmax(x)[0]", "sinc(x[0])*x[1]", "logsumexp(x) - x[0]", "tanh(x[0])*x[1]**2",
        ]
    )  # fmt: skip
    return str(text), {"x": x}, None


FAMILIES: dict[str, Callable[[Random], Drawn]] = {
    "constant factors": _constant_factor,
    "other variables": _other_variables,
    "vanishing slopes": _vanishing,
    "identities": _identity,
    "log_softmax": _log_softmax,
    "einsum of three": _einsum,
    "reductions": _reduction,
    "linear algebra": _linear_algebra,
    "near zeros": _near_zero,
    "ties": _tie,
    "whole numbers": _whole,
}

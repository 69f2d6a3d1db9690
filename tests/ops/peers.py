"""The calls at kinks whose derivatives other packages are asked for, written in those packages.

Of each package a function of x; None where it has no such operation. Skipped unless all are installed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy

# pytest looks into every module for doctests: into this one too, where the packages are not installed.
jax: Any = pytest.importorskip("jax")
jnp: Any = pytest.importorskip("jax.numpy")
pytest.importorskip("jax.scipy.special")
torch: Any = pytest.importorskip("torch")

jax.config.update("jax_enable_x64", True)

Function = Callable[[Any], Any]


def _tensor(value: Any) -> Any:
    return torch.tensor(value, dtype=torch.float64)


def _vector(*entries: Any) -> Any:
    return torch.stack([e if isinstance(e, torch.Tensor) else _tensor(e) for e in entries])


CALLS: dict[str, tuple[Function | None, Function | None, Function | None]] = {
    "abs(x)": (torch.abs, jnp.abs, sympy.Abs),
    "sign(x)": (torch.sign, jnp.sign, sympy.sign),
    "sgn(x)": (torch.sgn, jnp.sign, sympy.sign),
    "relu(x)": (torch.relu, jax.nn.relu, lambda x: sympy.Max(x, 0)),
    "sqrt(x)": (torch.sqrt, jnp.sqrt, sympy.sqrt),
    "cbrt(x)": (None, jnp.cbrt, lambda x: sympy.real_root(x, 3)),
    "hypot(x, 0)": (
        lambda x: torch.hypot(x, _tensor(0.0)), lambda x: jnp.hypot(x, 0.0), lambda x: sympy.sqrt(x**2)),
    "maximum(x, 1)": (
        lambda x: torch.maximum(x, _tensor(1.0)), lambda x: jnp.maximum(x, 1.0), lambda x: sympy.Max(x, 1)),
    "minimum(x, 1)": (
        lambda x: torch.minimum(x, _tensor(1.0)), lambda x: jnp.minimum(x, 1.0), lambda x: sympy.Min(x, 1)),
    "fmax(x, 1)": (lambda x: torch.fmax(x, _tensor(1.0)), lambda x: jnp.fmax(x, 1.0), lambda x: sympy.Max(x, 1)),
    "fmin(x, 1)": (lambda x: torch.fmin(x, _tensor(1.0)), lambda x: jnp.fmin(x, 1.0), lambda x: sympy.Min(x, 1)),
    "clip(x, 0, 1)": (
        lambda x: torch.clip(x, 0, 1), lambda x: jnp.clip(x, 0.0, 1.0), lambda x: sympy.Min(sympy.Max(x, 0), 1)),
    "floor(x)": (torch.floor, jnp.floor, sympy.floor),
    "ceil(x)": (torch.ceil, jnp.ceil, sympy.ceiling),
    "round(x)": (torch.round, jnp.round, None),
    "trunc(x)": (torch.trunc, jnp.trunc, None),
    "heaviside(x, 0.5)": (
        lambda x: torch.heaviside(x, _tensor(0.5)), lambda x: jnp.heaviside(x, 0.5),
        lambda x: sympy.Heaviside(x, sympy.Rational(1, 2))),
    "copysign(x, 1)": (lambda x: torch.copysign(x, _tensor(1.0)), lambda x: jnp.copysign(x, 1.0), None),
    "floor_divide(x, 2)": (
        lambda x: torch.floor_divide(x, 2), lambda x: jnp.floor_divide(x, 2.0), lambda x: sympy.floor(x / 2)),
    "mod(x, 1)": (lambda x: torch.remainder(x, 1), lambda x: jnp.remainder(x, 1.0), lambda x: sympy.Mod(x, 1)),
    "fmod(x, 1)": (lambda x: torch.fmod(x, 1), lambda x: jnp.fmod(x, 1.0), None),
    "pow(x, 0.5)": (lambda x: x**0.5, lambda x: x**0.5, lambda x: x ** sympy.Rational(1, 2)),
    "acot(x)": (None, None, sympy.acot),
    "asin(x)": (torch.asin, jnp.arcsin, sympy.asin),
    "acos(x)": (torch.acos, jnp.arccos, sympy.acos),
    "acosh(x)": (torch.acosh, jnp.arccosh, sympy.acosh),
    "asec(x)": (None, None, sympy.asec),
    "acsc(x)": (None, None, sympy.acsc),
    "asech(x)": (None, None, sympy.asech),
    "atan2(x, -1)": (
        lambda x: torch.atan2(x, _tensor(-1.0)), lambda x: jnp.arctan2(x, -1.0), lambda x: sympy.atan2(x, -1)),
    "xlogy(x, x)": (lambda x: torch.xlogy(x, x), lambda x: jax.scipy.special.xlogy(x, x), None),
    "entr(x)": (torch.special.entr, jax.scipy.special.entr, None),
    "norm([x, 0])": (
        lambda x: torch.linalg.norm(_vector(x, 0.0)), lambda x: jnp.linalg.norm(jnp.stack([x, 0.0])),
        lambda x: sympy.Matrix([x, 0]).norm()),
    "std([x, 1])": (
        lambda x: torch.std(_vector(x, 1.0), correction=0), lambda x: jnp.std(jnp.stack([x, 1.0])),
        lambda x: sympy.sqrt((x - 1) ** 2 / 4)),
    "max([x, 1])": (
        lambda x: torch.amax(_vector(x, 1.0), 0), lambda x: jnp.max(jnp.stack([x, 1.0])), lambda x: sympy.Max(x, 1)),
    "min([x, 1])": (
        lambda x: torch.amin(_vector(x, 1.0), 0), lambda x: jnp.min(jnp.stack([x, 1.0])), lambda x: sympy.Min(x, 1)),
    "median([x, 1, 1])": (
        lambda x: torch.median(_vector(x, 1.0, 1.0)), lambda x: jnp.median(jnp.stack([x, 1.0, 1.0])), None),
    "sort([x, 1])[1]": (
        lambda x: torch.sort(_vector(x, 1.0))[0][1], lambda x: jnp.sort(jnp.stack([x, 1.0]))[1], None),
    "where(x < 0, 0, x)": (
        lambda x: torch.where(x < 0, _tensor(0.0), x), lambda x: jnp.where(x < 0, 0.0, x),
        lambda x: sympy.Piecewise((0, x < 0), (x, True))),
    "where(x <= 0, 0, x)": (
        lambda x: torch.where(x <= 0, _tensor(0.0), x), lambda x: jnp.where(x <= 0, 0.0, x),
        lambda x: sympy.Piecewise((0, x <= 0), (x, True))),
    "where(x > 0, x, 0)": (
        lambda x: torch.where(x > 0, x, _tensor(0.0)), lambda x: jnp.where(x > 0, x, 0.0),
        lambda x: sympy.Piecewise((x, x > 0), (0, True))),
    "where(x >= 0, x, 0)": (
        lambda x: torch.where(x >= 0, x, _tensor(0.0)), lambda x: jnp.where(x >= 0, x, 0.0),
        lambda x: sympy.Piecewise((x, x >= 0), (0, True))),
    "where(x == 0, x, 0)": (
        lambda x: torch.where(x == 0, x, _tensor(0.0)), lambda x: jnp.where(x == 0, x, 0.0),
        lambda x: sympy.Piecewise((x, sympy.Eq(x, 0)), (0, True))),
    "where(x != 0, 0, x)": (
        lambda x: torch.where(x != 0, _tensor(0.0), x), lambda x: jnp.where(x != 0, 0.0, x),
        lambda x: sympy.Piecewise((0, sympy.Ne(x, 0)), (x, True))),
    "eigvalsh([[x, 0], [0, 1]])[0]": (
        lambda x: torch.linalg.eigvalsh(torch.stack([_vector(x, 0.0), _tensor([0.0, 1.0])]))[0],
        lambda x: jnp.linalg.eigvalsh(jnp.array([[x, 0], [0, 1]]))[0], None),
    "eigh([[x, 0], [0, 1]])[0][0]": (
        lambda x: torch.linalg.eigh(torch.stack([_vector(x, 0.0), _tensor([0.0, 1.0])]))[0][0],
        lambda x: jnp.linalg.eigh(jnp.array([[x, 0], [0, 1]]))[0][0], None),
    "svd([[x, 0], [0, 1]])[1][0]": (
        lambda x: torch.linalg.svd(torch.stack([_vector(x, 0.0), _tensor([0.0, 1.0])]))[1][0],
        lambda x: jnp.linalg.svd(jnp.array([[x, 0], [0, 1]]))[1][0], None),
    "svdvals([[x, 0], [0, 1]])[0]": (
        lambda x: torch.linalg.svdvals(torch.stack([_vector(x, 0.0), _tensor([0.0, 1.0])]))[0],
        lambda x: jnp.linalg.svd(jnp.array([[x, 0], [0, 1]]), compute_uv=False)[0], None),
}  # fmt: skip


def torch_slope(function: Function, x: float) -> str:
    """PyTorch's derivative; "" if it has none."""
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    try:
        (slope,) = torch.autograd.grad(function(leaf), leaf)
    except RuntimeError as error:
        if "is not implemented" not in str(error):
            raise
        return ""
    return _number(slope.item())


def jax_slope(function: Function, x: float) -> str:
    """JAX's derivative."""
    return _number(float(jax.grad(function)(x)))


def sympy_slope(function: Function, x: float) -> str:
    """SymPy's derivative with the number put in; "" if that is no number."""
    symbol = sympy.Symbol("x", real=True)
    slope = sympy.diff(function(symbol), symbol).subs(symbol, sympy.Rational(x))
    return str(slope) if slope.is_number and not slope.has(sympy.DiracDelta, sympy.Subs, sympy.Derivative) else ""


def _number(slope: float) -> str:
    return str(int(slope)) if slope in (-1, 0, 1) else repr(slope)

"""The calls at kinks whose derivatives other packages are asked for, written in those packages.

Of each package a function of x by the call; none where it has no such operation.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import sympy

Function = Callable[[Any], Any]


def torch_calls(torch: Any) -> dict[str, Function]:
    """PyTorch's functions."""

    def tensor(value: Any) -> Any:
        return torch.tensor(value, dtype=torch.float64)

    def vector(*entries: Any) -> Any:
        return torch.stack([e if isinstance(e, torch.Tensor) else tensor(e) for e in entries])

    return {
        "abs(x)": torch.abs,
        "sign(x)": torch.sign,
        "sgn(x)": torch.sgn,
        "fmax(x, 1)": lambda x: torch.fmax(x, tensor(1.0)),
        "fmin(x, 1)": lambda x: torch.fmin(x, tensor(1.0)),
        "fmod(x, 1)": lambda x: torch.fmod(x, 1),
        "relu(x)": torch.relu,
        "sqrt(x)": torch.sqrt,
        "hypot(x, 0)": lambda x: torch.hypot(x, tensor(0.0)),
        "maximum(x, 1)": lambda x: torch.maximum(x, tensor(1.0)),
        "minimum(x, 1)": lambda x: torch.minimum(x, tensor(1.0)),
        "clip(x, 0, 1)": lambda x: torch.clip(x, 0, 1),
        "floor(x)": torch.floor,
        "ceil(x)": torch.ceil,
        "round(x)": torch.round,
        "trunc(x)": torch.trunc,
        "heaviside(x, 0.5)": lambda x: torch.heaviside(x, tensor(0.5)),
        "copysign(x, 1)": lambda x: torch.copysign(x, tensor(1.0)),
        "floor_divide(x, 2)": lambda x: torch.floor_divide(x, 2),
        "mod(x, 1)": lambda x: torch.remainder(x, 1),
        "pow(x, 0.5)": lambda x: x**0.5,
        "asin(x)": torch.asin,
        "acos(x)": torch.acos,
        "acosh(x)": torch.acosh,
        "atan2(x, -1)": lambda x: torch.atan2(x, tensor(-1.0)),
        "xlogy(x, x)": lambda x: torch.xlogy(x, x),
        "entr(x)": torch.special.entr,
        "norm([x, 0])": lambda x: torch.linalg.norm(vector(x, 0.0)),
        "std([x, 1])": lambda x: torch.std(vector(x, 1.0), correction=0),
        "max([x, 1])": lambda x: torch.amax(vector(x, 1.0), 0),
        "min([x, 1])": lambda x: torch.amin(vector(x, 1.0), 0),
        "median([x, 1, 1])": lambda x: torch.median(vector(x, 1.0, 1.0)),
        "sort([x, 1])[1]": lambda x: torch.sort(vector(x, 1.0))[0][1],
        "where(x < 0, 0, x)": lambda x: torch.where(x < 0, tensor(0.0), x),
        "where(x <= 0, 0, x)": lambda x: torch.where(x <= 0, tensor(0.0), x),
        "where(x > 0, x, 0)": lambda x: torch.where(x > 0, x, tensor(0.0)),
        "where(x >= 0, x, 0)": lambda x: torch.where(x >= 0, x, tensor(0.0)),
        "where(x == 0, x, 0)": lambda x: torch.where(x == 0, x, tensor(0.0)),
        "where(x != 0, 0, x)": lambda x: torch.where(x != 0, tensor(0.0), x),
        "eigvalsh([[x, 0], [0, 1]])[0]": lambda x: torch.linalg.eigvalsh(
            torch.stack([vector(x, 0.0), tensor([0.0, 1.0])])
        )[0],
        "eigh([[x, 0], [0, 1]])[0][0]": lambda x: torch.linalg.eigh(torch.stack([vector(x, 0.0), tensor([0.0, 1.0])]))[
            0
        ][0],
        "svd([[x, 0], [0, 1]])[1][0]": lambda x: torch.linalg.svd(torch.stack([vector(x, 0.0), tensor([0.0, 1.0])]))[1][
            0
        ],
        "svdvals([[x, 0], [0, 1]])[0]": lambda x: torch.linalg.svdvals(
            torch.stack([vector(x, 0.0), tensor([0.0, 1.0])])
        )[0],
    }


def jax_calls(jax: Any) -> dict[str, Function]:
    """JAX's functions."""
    jnp, special = import_module("jax.numpy"), import_module("jax.scipy.special")
    return {
        "abs(x)": jnp.abs,
        "sign(x)": jnp.sign,
        "sgn(x)": jnp.sign,
        "fmax(x, 1)": lambda x: jnp.fmax(x, 1.0),
        "fmin(x, 1)": lambda x: jnp.fmin(x, 1.0),
        "fmod(x, 1)": lambda x: jnp.fmod(x, 1.0),
        "relu(x)": jax.nn.relu,
        "sqrt(x)": jnp.sqrt,
        "cbrt(x)": jnp.cbrt,
        "hypot(x, 0)": lambda x: jnp.hypot(x, 0.0),
        "maximum(x, 1)": lambda x: jnp.maximum(x, 1.0),
        "minimum(x, 1)": lambda x: jnp.minimum(x, 1.0),
        "clip(x, 0, 1)": lambda x: jnp.clip(x, 0.0, 1.0),
        "floor(x)": jnp.floor,
        "ceil(x)": jnp.ceil,
        "round(x)": jnp.round,
        "trunc(x)": jnp.trunc,
        "heaviside(x, 0.5)": lambda x: jnp.heaviside(x, 0.5),
        "copysign(x, 1)": lambda x: jnp.copysign(x, 1.0),
        "floor_divide(x, 2)": lambda x: jnp.floor_divide(x, 2.0),
        "mod(x, 1)": lambda x: jnp.remainder(x, 1.0),
        "pow(x, 0.5)": lambda x: x**0.5,
        "asin(x)": jnp.arcsin,
        "acos(x)": jnp.arccos,
        "acosh(x)": jnp.arccosh,
        "atan2(x, -1)": lambda x: jnp.arctan2(x, -1.0),
        "xlogy(x, x)": lambda x: special.xlogy(x, x),
        "entr(x)": special.entr,
        "norm([x, 0])": lambda x: jnp.linalg.norm(jnp.stack([x, 0.0])),
        "std([x, 1])": lambda x: jnp.std(jnp.stack([x, 1.0])),
        "max([x, 1])": lambda x: jnp.max(jnp.stack([x, 1.0])),
        "min([x, 1])": lambda x: jnp.min(jnp.stack([x, 1.0])),
        "median([x, 1, 1])": lambda x: jnp.median(jnp.stack([x, 1.0, 1.0])),
        "sort([x, 1])[1]": lambda x: jnp.sort(jnp.stack([x, 1.0]))[1],
        "where(x < 0, 0, x)": lambda x: jnp.where(x < 0, 0.0, x),
        "where(x <= 0, 0, x)": lambda x: jnp.where(x <= 0, 0.0, x),
        "where(x > 0, x, 0)": lambda x: jnp.where(x > 0, x, 0.0),
        "where(x >= 0, x, 0)": lambda x: jnp.where(x >= 0, x, 0.0),
        "where(x == 0, x, 0)": lambda x: jnp.where(x == 0, x, 0.0),
        "where(x != 0, 0, x)": lambda x: jnp.where(x != 0, 0.0, x),
        "eigvalsh([[x, 0], [0, 1]])[0]": lambda x: jnp.linalg.eigvalsh(jnp.array([[x, 0], [0, 1]]))[0],
        "eigh([[x, 0], [0, 1]])[0][0]": lambda x: jnp.linalg.eigh(jnp.array([[x, 0], [0, 1]]))[0][0],
        "svd([[x, 0], [0, 1]])[1][0]": lambda x: jnp.linalg.svd(jnp.array([[x, 0], [0, 1]]))[1][0],
        "svdvals([[x, 0], [0, 1]])[0]": lambda x: jnp.linalg.svd(jnp.array([[x, 0], [0, 1]]), compute_uv=False)[0],
    }


SYMPY_CALLS: dict[str, Function] = {
    "abs(x)": sympy.Abs,
    "sign(x)": sympy.sign,
    "sgn(x)": sympy.sign,
    "fmax(x, 1)": lambda x: sympy.Max(x, 1),
    "fmin(x, 1)": lambda x: sympy.Min(x, 1),
    "relu(x)": lambda x: sympy.Max(x, 0),
    "sqrt(x)": sympy.sqrt,
    "cbrt(x)": lambda x: sympy.real_root(x, 3),
    "hypot(x, 0)": lambda x: sympy.sqrt(x**2),
    "maximum(x, 1)": lambda x: sympy.Max(x, 1),
    "minimum(x, 1)": lambda x: sympy.Min(x, 1),
    "clip(x, 0, 1)": lambda x: sympy.Min(sympy.Max(x, 0), 1),
    "floor(x)": sympy.floor,
    "ceil(x)": sympy.ceiling,
    "heaviside(x, 0.5)": lambda x: sympy.Heaviside(x, sympy.Rational(1, 2)),
    "floor_divide(x, 2)": lambda x: sympy.floor(x / 2),
    "mod(x, 1)": lambda x: sympy.Mod(x, 1),
    "pow(x, 0.5)": lambda x: x ** sympy.Rational(1, 2),
    "acot(x)": sympy.acot,
    "asin(x)": sympy.asin,
    "acos(x)": sympy.acos,
    "acosh(x)": sympy.acosh,
    "asec(x)": sympy.asec,
    "acsc(x)": sympy.acsc,
    "asech(x)": sympy.asech,
    "atan2(x, -1)": lambda x: sympy.atan2(x, -1),
    "norm([x, 0])": lambda x: sympy.Matrix([x, 0]).norm(),
    "std([x, 1])": lambda x: sympy.sqrt((x - 1) ** 2 / 4),
    "max([x, 1])": lambda x: sympy.Max(x, 1),
    "min([x, 1])": lambda x: sympy.Min(x, 1),
    "where(x < 0, 0, x)": lambda x: sympy.Piecewise((0, x < 0), (x, True)),
    "where(x <= 0, 0, x)": lambda x: sympy.Piecewise((0, x <= 0), (x, True)),
    "where(x > 0, x, 0)": lambda x: sympy.Piecewise((x, x > 0), (0, True)),
    "where(x >= 0, x, 0)": lambda x: sympy.Piecewise((x, x >= 0), (0, True)),
    "where(x == 0, x, 0)": lambda x: sympy.Piecewise((x, sympy.Eq(x, 0)), (0, True)),
    "where(x != 0, 0, x)": lambda x: sympy.Piecewise((0, sympy.Ne(x, 0)), (x, True)),
}


def torch_slope(torch: Any, call: str, x: float) -> str:
    """PyTorch's derivative; "" if it has none."""
    function = torch_calls(torch).get(call)
    if function is None:
        return ""
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    try:
        (slope,) = torch.autograd.grad(function(leaf), leaf)
    except RuntimeError as error:
        if "is not implemented" not in str(error):
            raise
        return ""
    return _number(slope.item())


def jax_slope(jax: Any, call: str, x: float) -> str:
    """JAX's derivative; "" if it has none."""
    jax.config.update("jax_enable_x64", True)
    function = jax_calls(jax).get(call)
    return "" if function is None else _number(float(jax.grad(function)(x)))


def sympy_slope(call: str, x: float) -> str:
    """SymPy's derivative with the number put in; "" if that is no number."""
    if call not in SYMPY_CALLS:
        return ""
    symbol = sympy.Symbol("x", real=True)
    slope = sympy.diff(SYMPY_CALLS[call](symbol), symbol).subs(symbol, sympy.Rational(x))
    return str(slope) if slope.is_number and not slope.has(sympy.DiracDelta, sympy.Subs, sympy.Derivative) else ""


def _number(slope: float) -> str:
    return str(int(slope)) if slope in (-1, 0, 1) else repr(slope)

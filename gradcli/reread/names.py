"""What a name means, written down a second time: which of NumPy's, SciPy's or Python's functions it is.

This is the allowlist: nothing else can be called. The names are grouped by what their arguments are. Those that neither
NumPy nor SciPy has are written out with their functions, as the documentation says.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

__all__ = ["ABSENT", "CONSTANTS", "KEYWORDS", "Function", "function", "is_scipys", "known_names"]

CONSTANTS = {"pi": np.pi, "e": np.e, "tau": 2 * np.pi, "inf": np.inf, "nan": np.nan}

_KEYWORDS = """
    M N a_max a_min axes axis axis1 axis2 chunks ddof destination full_matrices indexing indices indices_or_sections k
    keepdims max min mode n num num_classes offset ord pad_width reps repeats sections shape shift source start stop
"""

KEYWORDS = frozenset(_KEYWORDS.split())
"""The names of NumPy's arguments that may be given; others, such as `out` or `dtype`, are not in the language."""


class Function(NamedTuple):
    """A function that may be called.

    Attributes:
        home: "numpy", "numpy.linalg", "scipy.special", "scipy.linalg", or "" for one that is written out here.
        name: its name there.
        takes: what becomes of its arguments: "floats" (the first `arrays` of them float64), "kept" (the first `arrays`
            with the type that they have), "sequence" (the first one is a sequence of arrays) or "einsum".
        arrays: how many of the first arguments are arrays.
        grows: how the result's size comes about where it can exceed the arguments': a name in `reread.growth`.
    """

    home: str
    name: str
    takes: str = "floats"
    arrays: int = 99
    grows: str = ""


_UFUNCS = """
    abs absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt ceil copysign cos cosh deg2rad degrees
    divide equal exp exp2 expm1 fabs fix floor floor_divide fmax fmin fmod greater greater_equal heaviside hypot less
    less_equal log log10 log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or mod multiply negative
    not_equal positive power rad2deg radians reciprocal remainder rint sign sin sinh sqrt square subtract tan tanh
    true_divide trunc
"""
_REDUCING = "ediff1d argmax argmin cumprod cumsum mean median prod round std sum var"
_OF_TWO = "convolve quantile cross dot inner tensordot vdot"
_KEPT = """
    all amax amin any count_nonzero diagonal expand_dims flip moveaxis ravel reshape roll sort squeeze swapaxes take
    take_along_axis trace transpose tril triu array_split split
"""
_GROWING = "broadcast_to diag pad repeat tile"
_MADE = "arange eye linspace ones zeros"
_LINALG = "det inv matrix_power norm pinv qr slogdet solve"
_SPECIAL = """
    beta betainc betaln dawsn digamma ellipe ellipeinc ellipk ellipkinc entr erf erfc erfcx erfinv exp1 expit gamma
    gammainc gammaincc gammaln gammasgn hyp2f1 j0 j1 log_expit log_ndtr loggamma logit logsumexp ndtr
    polygamma psi struve xlogy yv zeta
"""
_RENAMED = {
    "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan", "atan2": "arctan2",
    "atanh": "arctanh", "Abs": "abs", "ceiling": "ceil", "div": "true_divide", "ln": "log", "mul": "multiply",
    "neg": "negative", "pos": "positive", "sub": "subtract", "pow": "power",
}  # fmt: skip
_SPECIAL_RENAMED = {
    "bessely": "yv", "lbeta": "betaln",
    "lgamma": "gammaln", "log_sigmoid": "log_expit",
    "logistic": "expit", "logsigmoid": "log_expit", "sigmoid": "expit",
}  # fmt: skip

ABSENT = frozenset({"ddawsn", "dellipe", "dellipeinc", "dellipk", "dellipkinc", "dsinc", "dzeta", "to"})
"""Names of the language that neither NumPy nor SciPy has, nor a formula of a line."""


def _chunk(x: Any, chunks: Any, axis: Any = 0) -> Any:
    """PyTorch's: pieces of equal size, rounded up, and what is left."""
    length = np.shape(x)[axis]
    size = max(-(-length // chunks), 1)
    return np.split(x, list(range(size, length, size)), axis)


def _half(x: Any) -> Any:
    return (x + np.swapaxes(x, -1, -2)) / 2


def _angle(x: Any) -> Any:
    """acos(1/abs(x)), with all digits near 1."""
    size = np.abs(x)
    return np.where(np.isinf(size), np.pi / 2, 2 * np.arcsin(np.sqrt((size - 1) / (2 * size))))


def _unscaled(scaled: Any, z: Any) -> Any:
    """A scaled number times exp(z), which alone may be out of float64's range."""
    return scaled * np.exp(z / 2) * np.exp(z / 2)


def _airy(x: Any, which: int) -> Any:
    """SciPy's, for positive numbers the scaled ones: the others lose digits, and are 0 or NaN from 103.4 on.

    In the exponent z = 2/3*x**1.5 the number u, near sqrt(x)/3, has so few bits that z is exactly 18*u**3 but for what
    little its square leaves of x.
    """
    u = np.round(np.sqrt(np.maximum(x, 1)) / 3 * 4096) / 4096
    main = 18 * u**3
    rest = main * np.expm1(1.5 * np.log1p((x - 9 * u**2) / (9 * u**2)))
    sign = -1 if which < 2 else 1
    far = _unscaled(_unscaled(_special().airye(x)[which], sign * main), sign * rest)
    end = np.inf if which > 1 else 0.0
    usual = np.where(x > 110, end, _special().airy(x)[which])
    return np.where((x > (3 if which < 2 else 20)) & (x < 110), far, usual)


def _i(n: Any, x: Any) -> Any:
    """SciPy's iv, which is infinite from 709.78 on at the latest, where I is 1e307."""
    far = _unscaled(_special().ive(n, x), np.abs(x))
    usual = np.where((np.abs(x) > 500) & (np.abs(x) < 720), far, _special().iv(n, x))
    return np.where((np.abs(x) < 1e-9) & (x != 0), _first_term(n, x), usual)


def _j(n: Any, x: Any) -> Any:
    """SciPy's jv, which is 0 where x/2 is, though x**0.5 is not."""
    turned = np.where((n < 0) & (np.mod(n, 2) == 1), -1.0, 1.0)
    return np.where((np.abs(x) < 1e-9) & (x != 0), turned * _first_term(n, x), _special().jv(n, x))


def _first_term(n: Any, x: Any) -> Any:
    """That of the power series of I and J: (x/2)**n/gamma(n + 1)."""
    size = np.where(n == np.floor(n), np.abs(n), n)
    return np.power(x, size) / np.exp2(size) * _special().rgamma(size + 1)


def _k(n: Any, x: Any) -> Any:
    """SciPy's kv, which is 0 from 698 on, where K is 1e-305."""
    return np.where((x > 500) & (x < 800), _unscaled(_special().kve(n, x), -x), _special().kv(n, x))


def _silu(x: Any) -> Any:
    """x*expit(x), where expit is 0 from -709 on and the product 1e-306."""
    return np.where(x < -500, _unscaled(x, np.minimum(x, 0)), x * _special().expit(x))


def _ei(x: Any) -> Any:
    """SciPy's expi, which is infinite from 709.78 on, where Ei is 1e305: there the sum of k!/x**k."""
    far = _unscaled(np.polynomial.polynomial.polyval(1 / x, [1, 1, 2, 6, 24, 120, 720, 5040]) / x, x)
    return np.where((x > 709) & (x < 720), far, _special().expi(x))


def _cross_entropy(x: Any, target: Any) -> Any:
    """PyTorch's: the mean of -log(softmax(x)) at classes, or weighted by probabilities."""
    axis = min(np.ndim(x) - 1, 1)
    logs = np.moveaxis(_special().log_softmax(x, axis), axis, -1)
    weights = np.moveaxis(target, axis, -1) if np.ndim(target) == np.ndim(x) else _one_hot(target, logs.shape[-1])
    return -np.mean(np.sum(np.where(weights == 0, 0.0, weights * logs), axis=-1))


def _one_hot(indices: Any, n: Any = None, num_classes: Any = None) -> Any:
    """A row of zeros for each index, with a one at its place."""
    count = int(num_classes if n is None else n)
    if np.any(np.asarray(indices) < 0) or np.any(np.asarray(indices) >= count):
        raise ValueError("an index is no class")
    return (np.asarray(indices)[..., np.newaxis] == np.arange(count)) * 1.0


def _special() -> Any:
    """SciPy's functions, imported when the first of them is called."""
    return import_module("scipy.special")


@cache
def _written() -> dict[str, tuple[Callable[..., Any], str, int]]:
    """The functions that are written out: with what becomes of their arguments."""
    elementwise: dict[str, Callable[..., Any]] = {
        "Max": np.maximum,
        "Min": np.minimum,
        "airy_ai": lambda x: _airy(x, 0),
        "airy_aip": lambda x: _airy(x, 1),
        "airy_bi": lambda x: _airy(x, 2),
        "airy_bip": lambda x: _airy(x, 3),
        "besseli": _i,
        "besselj": _j,
        "besselk": _k,
        "expi": _ei,
        "i0": lambda x: np.where(np.abs(x) > 500, _i(0.0, x), np.i0(x)),
        "i1": lambda x: np.where(np.abs(x) > 500, _i(1.0, x), _special().i1(x)),
        "iv": _i,
        "jv": _j,
        "kn": _k,
        "kv": _k,
        "beta_density": lambda a, b, x: np.exp((a - 1) * np.log(x) + (b - 1) * np.log1p(-x) - _special().betaln(a, b)),
        "ci": lambda x: _special().sici(np.where(x < 0, np.nan, x))[1],
        "fresnel_c": lambda x: _special().fresnel(x)[1],
        "fresnel_s": lambda x: _special().fresnel(x)[0],
        "gamma_density": lambda a, x: np.exp((a - 1) * np.log(x) - x - _special().gammaln(a)),
        "lambertw": lambda x: np.where(x >= -np.exp(-1), _special().lambertw(x).real, np.nan),
        "ldexp": lambda x, n: x * 2.0**n,
        "si": lambda x: _special().sici(x)[0],
        "acot": lambda x: np.arctan(1 / x),
        "acoth": lambda x: np.copysign(np.log1p(2 / (np.abs(x) - 1)) / 2, x),
        "acsc": lambda x: np.where(np.abs(x) > 2, np.arcsin(1 / x), np.copysign(np.pi / 2 - _angle(x), x)),
        "acsch": lambda x: np.arcsinh(1 / x),
        "asec": lambda x: np.where(x < 0, np.pi - _angle(x), _angle(x)),
        "asech": lambda x: 2 * np.arcsinh(np.sqrt((1 - x) / (2 * np.abs(x)))) + 0 * np.sqrt(x),
        "cot": lambda x: 1 / np.tan(x),
        "coth": lambda x: 1 / np.tanh(x),
        "csc": lambda x: 1 / np.sin(x),
        "csch": lambda x: np.where(np.abs(x) > 500, np.copysign(2 * np.exp(-np.abs(x)), x), 1 / np.sinh(x)),
        "gelu": lambda x: x * _special().ndtr(x),
        "relu": lambda x: np.maximum(x, 0),
        "sec": lambda x: 1 / np.cos(x),
        "sech": lambda x: np.where(np.abs(x) > 500, 2 * np.exp(-np.abs(x)), 1 / np.cosh(x)),
        "sgn": lambda x: np.where(np.isnan(x), 0.0, np.sign(x)),  # PyTorch's: 0 for NaN
        "silu": _silu,
        "swish": _silu,
        "sinc": lambda x: np.where((x == np.floor(x)) & np.isfinite(x / x), 0.0, np.sinc(x)),  # pi not rounded
        "softplus": lambda x: np.logaddexp(x, 0),
    }
    elementwise |= {f"arc{name[1:]}": elementwise[name] for name in ("acot", "acoth", "acsc", "acsch", "asec", "asech")}
    on_arrays: dict[str, Callable[..., Any]] = {
        "argsort": lambda x, axis=-1: np.argsort(x, axis, stable=True),  # of equal entries NumPy has no order
        "cubic_spline": lambda x, xp, fp: import_module("scipy.interpolate").CubicSpline(xp, fp)(x),
        "cross_entropy": _cross_entropy,
        "interp": _interp,
        "cholesky": lambda x: np.linalg.cholesky(_half(x)),
        "eigh": lambda x: np.linalg.eigh(_half(x)),
        "eigvalsh": lambda x: np.linalg.eigvalsh(_half(x)),
        "log_softmax": lambda x, axis=-1: _special().log_softmax(x, axis),
        "logabsdet": lambda x: np.linalg.slogdet(x)[1],
        "logdet": lambda x: np.linalg.slogdet(x)[1],
        "softmax": lambda x, axis=-1: _special().softmax(x, axis),
        "svd": lambda x, full_matrices=False: np.linalg.svd(x, full_matrices=full_matrices),
        "svdvals": lambda x: np.linalg.svd(x, compute_uv=False),
    }
    shaping: dict[str, Callable[..., Any]] = {
        "one_hot": _one_hot,
        "chunk": _chunk,
        "flatten": np.ravel,
        "movedim": np.moveaxis,
        "T": np.transpose,
        "tensor_split": lambda x, sections, axis=0: np.array_split(x, sections, axis),
        "unbind": lambda x, axis=0: list(np.moveaxis(x, axis, 0)),
        "unstack": lambda x, axis=0: list(np.moveaxis(x, axis, 0)),
    }
    found = {name: (function, "floats", 99) for name, function in elementwise.items()}
    found |= {name: (function, "floats", 1) for name, function in on_arrays.items()}
    return found | {name: (function, "kept", 1) for name, function in shaping.items()}


def _interp(x: Any, xp: Any, fp: Any) -> Any:
    """NumPy's where its answer means something: between nodes that increase."""
    nodes = np.asarray(xp, np.float64)
    return np.interp(x, nodes, fp) if np.all(np.diff(nodes) > 0) else np.full(np.shape(x), np.nan)


@cache
def _table() -> dict[str, Function]:
    found = {name: Function("numpy", name) for name in _UFUNCS.split()}
    found |= {name: Function("numpy", name, "floats", 1) for name in _REDUCING.split()}
    found |= {name: Function("numpy", name, "floats", 2) for name in _OF_TWO.split()}
    found |= {name: Function("numpy", name, "floats", 2, "product") for name in ("kron", "outer")}
    found |= {name: Function("numpy", name, "kept", 1) for name in _KEPT.split()}
    found |= {name: Function("numpy", name, "kept", 1, name) for name in _GROWING.split()}
    found |= {name: Function("numpy", name, "kept") for name in ("clip", "maximum", "minimum", "where")}
    found |= {name: Function("numpy", name, "sequence") for name in ("concatenate", "hstack", "stack", "vstack")}
    found |= {name: Function("numpy", "concatenate", "sequence") for name in ("cat", "concat")}
    found |= {name: Function("numpy", name, "kept", 0, name) for name in _MADE.split()}
    found |= {name: Function("numpy.linalg", name, "floats", 1) for name in _LINALG.split()}
    found |= {name: Function("scipy.special", name) for name in _SPECIAL.split()}
    found |= {name: Function("numpy", other) for name, other in _RENAMED.items()}
    found |= {name: Function("scipy.special", other) for name, other in _SPECIAL_RENAMED.items()}
    found |= {name: Function("", name, takes, count) for name, (_, takes, count) in _written().items()}
    return found | {
        "array": Function("numpy", "asarray", "kept", 1),
        "asarray": Function("numpy", "asarray", "kept", 1),
        "clamp": Function("numpy", "clip", "kept"),
        "einsum": Function("numpy", "einsum", "einsum"),
        "expm": Function("scipy.linalg", "expm", "floats", 1),
        "logsumexp": Function("scipy.special", "logsumexp", "floats", 1),
        "matmul": Function("numpy", "matmul", "floats", 2, "matmul"),
        "meshgrid": Function("numpy", "meshgrid", "floats", 99, "product"),
        "solve": Function("numpy.linalg", "solve", "floats", 2),
    }


def function(name: str) -> tuple[Function, Callable[..., Any]] | None:
    """What a name stands for, and the function itself; None where there is none, or not in the version installed."""
    found = _table().get(name)
    if found is None:
        return None
    if not found.home:
        return found, _written()[name][0]
    called = getattr(_homes()[found.home](), found.name, None)
    return None if called is None else (found, called)


def _homes() -> dict[str, Callable[[], Any]]:
    """Where functions are, imported when they are needed."""
    return {
        "numpy": lambda: np,
        "numpy.linalg": lambda: np.linalg,
        "scipy.special": _special,
        "scipy.linalg": lambda: import_module("scipy.linalg"),
    }


def is_scipys(name: str) -> bool:
    """Whether a name is a function of SciPy's, some of which have a few digits less than NumPy's."""
    return name in _table() and _table()[name].home == "scipy.special"


def known_names() -> frozenset[str]:
    """All names that may be called."""
    return frozenset(_table()) | {"len", "max", "min"}

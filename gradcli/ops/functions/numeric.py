"""NumPy values of the operations that NumPy does not have itself.

Each takes and gives arrays (or scalars) of any shape, computes in the arguments' precision, and answers
NumPy's `__array_function__` protocol, as NumPy's own functions do: given a Tensor it hands the call to
the Tensor. So rules written with these functions record themselves.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.errors import DomainProblem, ShapeProblem
from gradcli.ops.functions.protocol import Array, in_type_of, protocol, quiet


@protocol
def pow_scalar(x: Array, n: float) -> Array:
    """x**n for a constant n; NumPy has fast paths for the small powers."""
    return x**n


@protocol
@quiet
def reciprocal(x: Array) -> Array:
    """Of integers too a fraction, unlike NumPy's."""
    return np.true_divide(1, x)


@protocol
def sgn(x: Array) -> Array:
    """NumPy's sign, but 0 of a NaN."""
    return np.where(np.isnan(x), 0.0, np.sign(x)).astype(np.result_type(x, np.float32))[()]


@protocol
@quiet
def sec(x: Array) -> Array:
    return 1 / np.cos(x)


@protocol
@quiet
def csc(x: Array) -> Array:
    return 1 / np.sin(x)


@protocol
@quiet
def cot(x: Array) -> Array:
    return 1 / np.tan(x)


@protocol
@quiet
def asec(x: Array) -> Array:
    """By the arctangent of the triangle's sides: acos(1/x) loses half the digits near |x| = 1."""
    return np.arctan2(_cathetus(x), np.sign(x))


@protocol
@quiet
def acsc(x: Array) -> Array:
    return np.arctan2(np.sign(x), _cathetus(x))


def _cathetus(x: Array) -> Array:
    """sqrt(x**2 - 1), of the size of x, so that it is 0.0 and not -0.0 at -1."""
    size = np.abs(x)
    return np.sqrt((size - 1) * (size + 1))


@protocol
@quiet
def acot(x: Array) -> Array:
    return np.arctan(np.reciprocal(x))


@protocol
@quiet
def sech(x: Array) -> Array:
    return 1 / np.cosh(x)


@protocol
@quiet
def csch(x: Array) -> Array:
    return 1 / np.sinh(x)


@protocol
@quiet
def coth(x: Array) -> Array:
    return 1 / np.tanh(x)


@protocol
@quiet
def asech(x: Array) -> Array:
    """By asinh, which is well-conditioned where acosh(1/x) is not, near x = 1; not-a-number outside [0, 1].

    Adding 0.0 turns -0.0 into 0.0, where the value is inf.
    """
    return np.where(x < 0, np.nan, np.arcsinh(np.sqrt((1 - x) * (1 + x)) / (x + 0.0)))[()]


@protocol
@quiet
def acsch(x: Array) -> Array:
    return np.arcsinh(np.reciprocal(x))


@protocol
@quiet
def acoth(x: Array) -> Array:
    """By log1p of the exact difference |x| - 1; not-a-number inside [-1, 1]."""
    return np.copysign(0.5 * np.log1p(2 / np.where(np.abs(x) < 1, np.nan, np.abs(x) - 1)), x)


@protocol
def relu(x: Array) -> Array:
    return np.maximum(x, 0)


@protocol
@quiet
def softplus(x: Array) -> Array:
    return np.logaddexp(x, 0)


@protocol
@quiet
def polygamma(n: Array, x: Array) -> Array:
    from scipy import special

    order = np.asarray(n)
    if np.any(order < 0) or np.any(order != np.floor(order)):
        raise DomainProblem("the order n of polygamma must be a whole number >= 0")
    return in_type_of(x, special.polygamma(order.astype(int), x)[()])


@protocol
@quiet
def beta(x: Array, y: Array) -> Array:
    """By gamma functions, with what rounding takes from x + y put back; where these are large by logarithms."""
    from scipy import special

    total = x + y
    part = total - x
    rest = (x - (total - part)) + (y - part)  # D. E. Knuth, The Art of Computer Programming 2, 4.2.2
    direct = special.gamma(x) / special.gamma(total) * special.gamma(y) * (1 - rest * special.digamma(total))
    far = np.where(np.minimum(x, y) > 0, np.exp(betaln(x, y)), special.beta(x, y))
    near = (np.maximum(x, y) < _GAMMAS_ARE_EXACT) & np.isfinite(direct) & (np.abs(direct) > _SMALL)
    return np.where(near, direct, far)[()]


_GAMMAS_ARE_EXACT = 25.0
_SMALL = 1e-290


@protocol
@quiet
def betaln(x: Array, y: Array) -> Array:
    """By Stirling's series (DLMF 5.11.1) where an argument is large: differences of large logarithms lose digits."""
    from scipy import special

    small, large = np.minimum(x, y), np.maximum(x, y)
    usable = (large >= _STIRLING) & (large + small >= _STIRLING) & np.isfinite(large)
    a = np.where(usable, large, _STIRLING)
    b = np.where(usable, small, 1.0)
    ratio = b - (a - 0.5) * np.log1p(b / a) - b * np.log(a + b) + _stirling(a) - _stirling(a + b)
    return np.where(usable, special.gammaln(b) + ratio, special.betaln(x, y))[()]


_STIRLING = 15.0


def _stirling(x: Array) -> Array:
    """What log(gamma(x)) has beyond (x - 1/2)*log(x) - x + log(2*pi)/2."""
    return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / x**2) / x**2) / x**2) / x**2) / x


@protocol
@quiet
def silu(x: Array) -> Array:
    from scipy import special

    return x * special.expit(x)


@quiet
def euclidean(x: Array, axis: Any = None, keepdims: bool = False) -> Array:
    """Euclidean norm over the axes (all by default), scaled by a power of two against overflow and underflow."""
    largest = np.max(np.abs(x), axis=axis, keepdims=True, initial=0)
    _, exponent = np.frexp(np.where(np.isfinite(largest), largest, 1))
    total = np.ldexp(np.sqrt(np.sum(np.square(np.ldexp(x, -exponent)), axis=axis, keepdims=True)), exponent)
    return total if keepdims else np.squeeze(total, axis=axis)[()]


@protocol
def concatenate(*arrays: Array, axis: int = 0) -> Array:
    return np.concatenate(arrays, axis=axis)


@protocol
def stack(*arrays: Array, axis: int = 0) -> Array:
    if not arrays:
        return np.zeros(0)
    shapes = {np.shape(a) for a in arrays}
    if len(shapes) > 1:
        listed = ", ".join(str(s) for s in sorted(shapes, key=str)[:4])
        raise ShapeProblem(f"the entries of an array must have one shape, these have {listed}", hint=_RAGGED)
    return np.array(arrays) if axis == 0 else np.stack(arrays, axis=axis)


_RAGGED = "rows of a matrix need equally many entries; to join arrays end to end, write concatenate(a, b)"


@protocol
def hstack(*arrays: Array) -> Array:
    return np.hstack(arrays)


@protocol
def vstack(*arrays: Array) -> Array:
    return np.vstack(arrays)


@protocol
def getitem(x: Array, index: tuple[Any, ...]) -> Array:
    """An entry too is an array, without axes, so that it shows x's memory as a longer part does."""
    return np.asarray(x)[index if _has_ellipsis(index) else (*index, Ellipsis)]


def _has_ellipsis(index: tuple[Any, ...]) -> bool:
    return any(i is Ellipsis for i in index)


@protocol
def scatter(x: Array, index: tuple[Any, ...], shape: tuple[int, ...]) -> Array:
    """Zeros of `shape` with x added at the index; repeated indices add up."""
    out = np.zeros(shape, dtype=np.asarray(x).dtype)
    if any(isinstance(i, np.ndarray | list | tuple) for i in index):
        np.add.at(out, index, x)
    else:
        out[index] = x
    return out


@protocol
def gather(x: Array, index: Array) -> Array:
    return np.take(x, index)


@protocol
def copy_slices(base: Array, values: Array, index: Array) -> Array:
    out = np.array(base)
    np.put(out, index, values)
    return out


@protocol
def astype(x: Array, dtype: Any) -> Array:
    return np.asarray(x).astype(dtype)[()]


@protocol
def clone(x: Array) -> Array:
    return np.array(x)


@protocol
def unbind(x: Array, axis: int = 0) -> tuple[Array, ...]:
    if not np.ndim(x):
        raise ShapeProblem("a number has no slices", hint="[a, b] lists numbers")
    return tuple(np.moveaxis(x, axis, 0)[i, ...] for i in range(np.shape(x)[axis]))


def arange(start: float, stop: float | None = None, step: float = 1) -> Array:
    return np.arange(0, start, step, dtype=float) if stop is None else np.arange(start, stop, step, dtype=float)


def length(x: Array) -> Array:
    if np.ndim(x) == 0:
        raise ShapeProblem("a number has no length", hint="len(x) takes a vector or a matrix")
    return np.float64(np.shape(x)[0])


def make_slice(start: int | None, stop: int | None, step: int | None) -> Any:
    return slice(start, stop, step)

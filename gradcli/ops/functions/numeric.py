"""Values of the operations for which NumPy has no function, or none that will do.

Each function takes and gives arrays (or scalars) of any shape and computes in the arguments' precision. It answers
NumPy's `__array_function__` protocol, as NumPy's own functions do: given a Tensor it hands the call to the Tensor.
So rules that are written with these functions can be recorded.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.errors import DomainProblem, ShapeProblem
from gradcli.ops.functions.protocol import Array, in_type_of, protocol, quiet


@protocol
def pow_scalar(x: Array, n: float) -> Array:
    """x**n for a constant n, for which NumPy has fast paths."""
    return x**n


@protocol
@quiet
def reciprocal(x: Array) -> Array:
    """1/x, of integers too a fraction, unlike NumPy's."""
    return np.true_divide(1, x)


@protocol
def sgn(x: Array) -> Array:
    """NumPy's sign, but 0 for a NaN; of integers an integer."""
    if np.asarray(x).dtype.kind == "i":
        return np.sign(x)
    return np.where(np.isnan(x), 0.0, np.sign(x)).astype(np.result_type(x, np.float32))[()]


@protocol
@quiet
def sec(x: Array) -> Array:
    """1/cos(x)."""
    return 1 / np.cos(x)


@protocol
@quiet
def csc(x: Array) -> Array:
    """1/sin(x)."""
    return 1 / np.sin(x)


@protocol
@quiet
def cot(x: Array) -> Array:
    """1/tan(x)."""
    return 1 / np.tan(x)


@protocol
@quiet
def asec(x: Array) -> Array:
    """acos(1/x) as the angle of a right triangle: acos(1/x) itself loses half the digits near |x| = 1."""
    return np.arctan2(_cathetus(x), np.sign(x))


@protocol
@quiet
def acsc(x: Array) -> Array:
    """asin(1/x) as the other angle of that triangle."""
    return np.arctan2(np.sign(x), _cathetus(x))


def _cathetus(x: Array) -> Array:
    """sqrt(x**2 - 1), computed from |x|, so that it is 0.0 and not -0.0 at -1; by two roots, that none overflows."""
    size = np.abs(x)
    return np.sqrt(size - 1) * np.sqrt(size + 1)


@protocol
@quiet
def acot(x: Array) -> Array:
    """atan(1/x)."""
    return np.arctan(reciprocal(x))


@protocol
@quiet
def sech(x: Array) -> Array:
    """1/cosh(x), where cosh overflows 2*exp(-abs(x))."""
    return np.where(np.abs(x) > _FAR, 2 * np.exp(-np.abs(x)), 1 / np.cosh(x))[()]


@protocol
@quiet
def csch(x: Array) -> Array:
    """1/sinh(x), where sinh overflows 2*exp(-abs(x)) with the sign of x."""
    return np.where(np.abs(x) > _FAR, 2 * np.exp(-np.abs(x)) * np.sign(x), 1 / np.sinh(x))[()]


_FAR = 700.0
"""Beyond it exp(-2*x) is nothing beside 1, and the exponential of some numbers overflows."""


@protocol
@quiet
def coth(x: Array) -> Array:
    """1/tanh(x)."""
    return 1 / np.tanh(x)


@protocol
@quiet
def asech(x: Array) -> Array:
    """acosh(1/x) by asinh, which is well-conditioned near x = 1, where acosh(1/x) is not; NaN outside [0, 1].

    Adding 0.0 turns -0.0 into 0.0, where the value is inf. Of tiny numbers, of which some have no inverse, log(2/x).
    """
    usual = np.arcsinh(np.sqrt((1 - x) * (1 + x)) / (x + 0.0))
    tiny = np.abs(x) < _TINY
    return np.where(x < 0, np.nan, np.where(tiny, _LOG2 - np.log(np.abs(x)), usual))[()]


_TINY = 1e-300
"""Below it 1/x may overflow, and squares of numbers are nothing beside 1."""

_LOG2 = 0.6931471805599453


@protocol
@quiet
def acsch(x: Array) -> Array:
    """asinh(1/x), of tiny numbers log(2/x)."""
    near = np.sign(x) * (_LOG2 - np.log(np.abs(x)))
    return np.where((np.abs(x) < _TINY) & (x != 0), near, np.arcsinh(reciprocal(x)))[()]


@protocol
@quiet
def acoth(x: Array) -> Array:
    """atanh(1/x) by log1p of the exact difference |x| - 1; NaN inside (-1, 1)."""
    return np.copysign(0.5 * np.log1p(2 / np.where(np.abs(x) < 1, np.nan, np.abs(x) - 1)), x)


@protocol
def relu(x: Array) -> Array:
    """max(x, 0)."""
    return np.maximum(x, 0)


@protocol
@quiet
def softplus(x: Array) -> Array:
    """log(1 + exp(x)) without overflow."""
    return np.logaddexp(x, 0)


@protocol
@quiet
def digamma(x: Array) -> Array:
    """The derivative of lgamma; beside the poles by reflection at the exact distance from them.

    SciPy multiplies x by pi first, of whose rounding the distance from a pole at the left is made.
    Source: NIST Digital Library of Mathematical Functions, 5.5.4.
    """
    from scipy import special

    pole = np.round(np.real(x))
    beyond = x - pole
    near = (pole < 0) & (np.abs(np.real(beyond)) < _BESIDE_A_POLE) & (beyond != 0)
    mirrored = special.digamma(1 - np.where(near, x, 0.0)) - np.pi / np.tan(np.pi * np.where(near, beyond, 0.25))
    return np.where(near, mirrored, special.digamma(x))[()]


_BESIDE_A_POLE = 0.25
"""Farther away lie the zeros, beside which SciPy's series keeps more digits than the reflection."""


@protocol
@quiet
def polygamma(n: Array, x: Array) -> Array:
    """The n-th derivative of digamma."""
    from scipy import special

    order = np.asarray(n)
    if np.any(order < 0) or np.any(order != np.floor(order)):
        raise DomainProblem("the order n of polygamma must be a whole number >= 0")
    found = special.polygamma(order.astype(int), x)
    return in_type_of(x, np.where(order == 0, digamma(x), found)[()] if np.any(order == 0) else found[()])


@protocol
@quiet
def beta(x: Array, y: Array) -> Array:
    """The beta function by gamma functions, corrected for the rounding of x + y; by logarithms where these overflow."""
    from scipy import special

    total = x + y
    part = total - x
    rest = (x - (total - part)) + (y - part)  # D. E. Knuth, The Art of Computer Programming 2, 4.2.2
    direct = special.gamma(x) / special.gamma(total) * special.gamma(y) * (1 - rest * special.digamma(total))
    far = np.where(np.minimum(x, y) > 0, np.exp(betaln(x, y)), special.beta(x, y))
    near = (np.maximum(x, y) < _GAMMAS_ARE_FINITE) & np.isfinite(direct) & (np.abs(direct) > _SMALL)
    return np.where(near, direct, far)[()]


_GAMMAS_ARE_FINITE = 80.0
"""Up to here gamma(x + y) does not overflow (it does above 171.6). The quotient of gamma functions is then right to
10 units in the last place, and the exponential of the logarithm to a hundred and more (measured against mpmath)."""

_SMALL = 1e-290
"""Quotients below are near the end of float64's normal range, 2.2e-308, where digits are lost."""


@protocol
@quiet
def betaln(x: Array, y: Array) -> Array:
    """The logarithm of the beta function, where an argument is large by Stirling's series."""
    from scipy import special

    from gradcli.ops.functions.near_zero import LEAST, lgamma

    small, large = np.minimum(x, y), np.maximum(x, y)
    usable = (large >= _STIRLING) & (large + small >= _STIRLING) & np.isfinite(large)
    a = np.where(usable, large, _STIRLING)
    b = np.where(usable, small, 1.0)
    ratio = b - (a - 0.5) * np.log1p(b / a) - b * np.log(a + b) + _stirling(a) - _stirling(a + b)
    usual = np.where(usable, lgamma(b) + ratio, special.betaln(x, y))
    # near 0 gamma(small) is its inverse, and gamma(large)/gamma(large + small) is 1 unless that is near 0 too
    inverse = np.where(large < 1e-200, np.log1p(small / large), 0.0) - np.log(small)
    return np.where((small > 0) & (small < LEAST) & (large < 1e200), inverse, usual)[()]


_STIRLING = 15.0
"""From here on the five terms of Stirling's series are right to 2.2e-16: the next term is 691/360360/x**11."""


def _stirling(x: Array) -> Array:
    """The sum of Stirling's series: log(gamma(x)) - (x - 1/2)*log(x) + x - log(2*pi)/2.

    Source: DLMF, 5.11.1.
    """
    return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / x**2) / x**2) / x**2) / x**2) / x


@protocol
@quiet
def silu(x: Array) -> Array:
    """x*sigmoid(x), far to the left x*exp(x): that is in float64's range where the sigmoid is not."""
    from scipy import special

    half = np.exp(x / 2)
    return np.where(x < -_FAR, x * half * half, x * special.expit(x))[()]


@quiet
def euclidean(x: Array, axis: Any = None, keepdims: bool = False) -> Array:
    """The Euclidean norm over axes (all by default), scaled by a power of two where squares may over- or underflow."""
    total: Array = np.sum(np.square(x), axis=axis, keepdims=keepdims)
    if total.dtype == np.float64 and ((total > _SQUARES[0]) & (total < _SQUARES[1])).all():
        return np.sqrt(total)
    largest = np.max(np.abs(x), axis=axis, keepdims=True, initial=0)
    _, exponent = np.frexp(np.where(np.isfinite(largest), largest, 1))
    total = np.ldexp(np.sqrt(np.sum(np.square(np.ldexp(x, -exponent)), axis=axis, keepdims=True)), exponent)
    return total if keepdims else np.squeeze(total, axis=axis)[()]


_SQUARES = 1e-200, 1e300
"""Between these a sum of squares is what it would be with scaling: what has underflowed is none of its digits."""


def count_nonzero(x: Array, axis: Any = None, keepdims: bool = False) -> Array:
    """How many entries are not 0. NumPy's own gives, before 2.3, Python's integer where it counts all."""
    return np.sum(np.asarray(x) != 0, axis=axis, keepdims=keepdims, dtype=np.intp)


@protocol
def concatenate(*arrays: Array, axis: int = 0) -> Array:
    """Arrays joined along an axis."""
    return np.concatenate(arrays, axis=axis)


@protocol
def stack(*arrays: Array, axis: int = 0) -> Array:
    """Arrays of one shape joined along a new axis."""
    if not arrays:
        return np.zeros(0)
    shapes = {a.shape if type(a) is np.ndarray else np.shape(a) for a in arrays}
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
    """Entries by an index; a single entry is an array without axes, so that it shows x's memory as others do."""
    found = np.asarray(x)[index if _has_ellipsis(index) else (*index, Ellipsis)]
    if not found.flags.c_contiguous and any(isinstance(i, np.ndarray | list | tuple) for i in index):
        return np.ascontiguousarray(found)  # what was gathered is in order, to be viewed in another shape
    return found


def _has_ellipsis(index: tuple[Any, ...]) -> bool:
    """Whether an index has an Ellipsis; comparing arrays with it by `in` would go entry by entry."""
    return any(i is Ellipsis for i in index)


@protocol
def scatter(x: Array, index: tuple[Any, ...], shape: tuple[int, ...]) -> Array:
    """Zeros of `shape` with x added at the index; what is added at repeated indices adds up."""
    out = np.zeros(shape, dtype=np.asarray(x).dtype)
    if any(isinstance(i, np.ndarray | list | tuple) for i in index):
        np.add.at(out, index, x)
    else:
        out[index] = x
    return out


@protocol
def astype(x: Array, dtype: Any) -> Array:
    """The entries in another type."""
    return np.asarray(x).astype(dtype)[()]


@protocol
def clone(x: Array) -> Array:
    """A copy."""
    return np.array(x)


@protocol
def unbind(x: Array, axis: int = 0) -> tuple[Array, ...]:
    """The slices along an axis."""
    if not np.ndim(x):
        raise ShapeProblem("a number has no slices", hint="[a, b] lists numbers")
    rows = x if axis == 0 else np.moveaxis(x, axis, 0)
    return tuple([rows[i, ...] for i in range(len(rows))])


def arange(start: float, stop: float | None = None, step: float = 1) -> Array:
    """Numbers from start up to stop (excluded), or from 0 where one number is given."""
    return np.arange(0, start, step, dtype=float) if stop is None else np.arange(start, stop, step, dtype=float)


def length(x: Array) -> Array:
    """The length of the first axis."""
    if np.ndim(x) == 0:
        raise ShapeProblem("a number has no length", hint="len(x) takes a vector or a matrix")
    return np.float64(np.shape(x)[0])


def make_slice(start: int | None, stop: int | None, step: int | None) -> Any:
    """A range of an index."""
    return slice(start, stop, step)

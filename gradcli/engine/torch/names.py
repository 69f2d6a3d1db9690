"""PyTorch's further names for what the table has under NumPy's, or in one or two steps."""

from __future__ import annotations

from collections.abc import Callable
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import numpy as np

from gradcli.engine.rules.rule import rule_of
from gradcli.engine.tape.apply import apply, call
from gradcli.engine.tape.tensor import Tensor, TensorLike, like, unwrap
from gradcli.engine.torch.clamp import clamp as clamped
from gradcli.engine.torch.shapes import axes_of, axis_of, narrow, sizes_of
from gradcli.errors import ShapeProblem, UsageProblem

__all__ = ["TORCH", "cross", "repeat"]


def _tensor(x: TensorLike) -> Tensor:
    return x if isinstance(x, Tensor) else Tensor(np.asarray(x))


def _same(name: str) -> Callable[..., Any]:
    return lambda *args: call(name, *args)


def _query(function: Callable[..., Any]) -> Callable[..., Tensor]:
    return lambda *tensors: like(Tensor(function(*(unwrap(t) for t in tensors))), *tensors)


def _product(name: str, *axes: int) -> Callable[..., Tensor]:
    """A matrix product that takes so many axes, unlike matmul."""

    def product(x: TensorLike, other: TensorLike) -> Tensor:
        shapes = [np.shape(unwrap(t)) for t in (x, other)]
        if [len(shape) for shape in shapes] != list(axes):
            raise ShapeProblem(
                f"{name} takes tensors of {axes[0]} and {axes[1]} axes, not of shapes {shapes[0]} and {shapes[1]}",
                hint="use matmul",
            )
        return call("matmul", x, other)

    return product


def add(x: TensorLike, other: TensorLike, *, alpha: Any = 1) -> Tensor:
    """x + alpha*other."""
    return call("add", x, other if alpha == 1 else other * alpha)


def sub(x: TensorLike, other: TensorLike, *, alpha: Any = 1) -> Tensor:
    """x - alpha*other."""
    return call("sub", x, other if alpha == 1 else other * alpha)


def div(x: TensorLike, other: TensorLike, *, rounding_mode: str | None = None) -> Tensor:
    """x/other, rounded down ("floor") or towards 0 ("trunc") where asked for."""
    if rounding_mode == "floor":
        return call("floor_divide", x, other)
    if rounding_mode not in (None, "trunc"):
        raise UsageProblem(f"div's rounding_mode is None, 'floor' or 'trunc', not {rounding_mode!r}")
    quotient = call("div", x, other)
    return quotient if rounding_mode is None else call("trunc", quotient)


def sign(x: TensorLike) -> Tensor:
    """-1, 0 or 1; 0 of a NaN, as in PyTorch; of integers an integer."""
    return call("sgn", x)


def rounded(x: TensorLike) -> Tensor:
    """Rounded to the nearest integer, halves to even; integers stay as they are, as in PyTorch."""
    return call("clone" if np.asarray(unwrap(x)).dtype.kind == "i" else "round", x)


def clamp(x: TensorLike, min: TensorLike = None, max: TensorLike = None, **numpy: TensorLike) -> Tensor:
    """x kept within one bound, or both."""
    lower, upper = (numpy.get(key, given) for key, given in (("lower", min), ("upper", max)))
    return clamped("clip", _tensor(x), lower, upper)


def flip(x: TensorLike, *along: Any, dims: Any = None, axis: Any = None) -> Tensor:
    """Entries in reverse order along axes."""
    given = along if dims is None else (dims,)
    axes = sizes_of(given) if given else axis
    return call("flip", x, axis=axes_of(_tensor(x), axes)["axis"])


def roll(x: TensorLike, shifts: Any = None, dims: Any = None, *, shift: Any = None, axis: Any = None) -> Tensor:
    """Entries shifted along axes."""
    steps, axes = shift if shifts is None else shifts, axis if dims is None else dims
    steps, axes = (tuple(v) if isinstance(v, list) else v for v in (steps, axes))
    return call("roll", x, shift=steps, axis=axes)


def repeat(x: Tensor, *sizes: Any, **numpy: Any) -> Tensor:
    """Copies side by side, so many along each axis; with NumPy's keywords each entry several times."""
    return call("repeat", x, *sizes, **numpy) if numpy else tile(x, *sizes)


def tile(x: TensorLike, *reps: Any, **numpy: Any) -> Tensor:
    """Copies side by side."""
    return call("tile", x, reps=numpy.get("dims", numpy.get("reps")) if numpy else sizes_of(reps))


def repeat_interleave(x: TensorLike, repeats: Any, dim: int | None = None) -> Tensor:
    """Each entry, or slice along an axis, several times."""
    counts = unwrap(repeats)
    return call("repeat", x, repeats=counts if isinstance(counts, int) else tuple(np.ravel(counts)), axis=dim)


def diagonal(x: TensorLike, offset: int = 0, dim1: int = 0, dim2: int = 1, **numpy: int) -> Tensor:
    """The diagonals of two axes, as the last axis."""
    return call("diagonal", x, offset=offset, axis1=numpy.get("axis1", dim1), axis2=numpy.get("axis2", dim2))


def diag_embed(x: TensorLike) -> Tensor:
    """The last axis as the diagonals of matrices."""
    x = _tensor(x)
    n = x.shape[-1]
    return apply(rule_of("scatter"), (x,), {"index": (Ellipsis, np.arange(n), np.arange(n)), "shape": (*x.shape, n)})


def _with_diagonal(name: str) -> Callable[..., Tensor]:
    """A function of a matrix and one of its diagonals, PyTorch's `diagonal` or NumPy's `k`."""
    return lambda x, diagonal=0, k=0: call(name, x, k=diagonal or k)


def tensordot(a: TensorLike, b: TensorLike, dims: Any = 2, axes: Any = None) -> Tensor:
    """Sums of products over the last axes of a and the first of b, or over pairs of axes."""
    given = dims if axes is None else axes
    return call("tensordot", a, b, axes=given if isinstance(given, int) else tuple(map(tuple, given)))


_LETTERS = ascii_uppercase + ascii_lowercase


def einsum(*operands: Any, subscripts: Any = None) -> Tensor:
    """Sums of products: subscripts and tensors, or tensors each followed by the numbers of its axes, as in PyTorch.

    Raises:
        UsageProblem: for numbers of axes beyond those that have a letter.
    """
    if subscripts is None and operands and not isinstance(operands[0], str):
        subscripts, operands = _of_sublists(operands)
    elif subscripts is None and operands:
        subscripts, *operands = operands  # type: ignore[assignment]  # a list does as well as a tuple
    if len(operands) == 1 and isinstance(operands[0], list | tuple):
        operands = tuple(operands[0])
    return call("einsum", *operands, subscripts=subscripts)


def _of_sublists(given: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    terms = ["".join(_letter(axis) for axis in axes) for axes in given[1::2]]
    out = "" if len(given) % 2 == 0 else "->" + "".join(_letter(axis) for axis in given[-1])
    operands = given[: len(given) - len(given) % 2 : 2]
    return ",".join(terms) + out, operands


def _letter(axis: Any) -> str:
    if axis is Ellipsis:
        return "..."
    if not 0 <= int(axis) < len(_LETTERS):
        raise UsageProblem(f"einsum's axes have numbers from 0 to {len(_LETTERS) - 1}, not {axis}")
    return _LETTERS[int(axis)]


def cross(a: TensorLike, b: TensorLike, dim: int | None = None) -> Tensor:
    """The vector product along an axis of three entries, the last one unless told otherwise."""
    if dim is None or axis_of(_tensor(a), dim) == _tensor(a).ndim - 1:
        return call("cross", a, b)
    moved = [call("moveaxis", v, source=dim, destination=-1) for v in (a, b)]
    return call("moveaxis", call("cross", *moved), source=-1, destination=dim)


def moved(x: Tensor, source: Any, destination: Any) -> Tensor:
    """Axes moved to other positions."""
    if x.ndim == 0:
        axes_of(x, source)
        axes_of(x, destination)
        return call("transpose", x)
    return call("moveaxis", x, source=source, destination=destination)


def unflatten(x: Tensor, dim: int, sizes: Any) -> Tensor:
    """One axis as several."""
    at = axis_of(x, dim)
    if -1 not in sizes and int(np.prod(sizes)) != x.shape[at]:
        raise ShapeProblem(f"an axis of {x.shape[at]} entries is no {tuple(sizes)}")
    return call("reshape", x, shape=(*x.shape[:at], *sizes, *x.shape[at + 1 :]))


def where(condition: TensorLike, x: TensorLike, y: TensorLike) -> Tensor:
    """x where the condition holds, y elsewhere."""
    return call("where", condition, x, y)


def masked_fill(x: TensorLike, mask: TensorLike, value: TensorLike) -> Tensor:
    """x, with a number in its type where the mask holds."""
    x = _tensor(x)
    return call("where", mask, value if isinstance(value, Tensor) else np.asarray(value).astype(x.dtype), x)


def diff(x: TensorLike, n: int = 1, dim: int = -1) -> Tensor:
    """Differences of neighbours along an axis, n times."""
    made = _tensor(x)
    for _ in range(n):
        k = made.shape[axis_of(made, dim)]
        made = call("sub", narrow(made, dim, 1, k - 1), narrow(made, dim, 0, k - 1))
    return made


def equal(x: TensorLike, other: TensorLike) -> bool:
    """Whether two tensors have one shape and equal entries."""
    return bool(np.array_equal(unwrap(x), unwrap(other)))


def allclose(x: TensorLike, other: TensorLike, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether the entries are equal but for tolerances."""
    return bool(np.allclose(unwrap(x), unwrap(other), rtol, atol, equal_nan))


def stacked(axis: int) -> Callable[..., Tensor]:
    """`hstack` and `vstack`: numbers and vectors get the axes that they lack."""

    def operation(tensors: Any) -> Tensor:
        least = 2 if axis == 0 else 1
        parts = [t.reshape(*(1,) * (least - t.ndim), *t.shape) if t.ndim < least else t for t in map(_tensor, tensors)]
        return call("concatenate", *parts, axis=0 if parts[0].ndim == 1 else axis)

    return operation


TORCH: dict[str, Callable[..., Any]] = {
    "add": add,
    "addcdiv": lambda x, a, b, *, value=1: x + value * (a / b),
    "addcmul": lambda x, a, b, *, value=1: x + value * (a * b),
    "addmm": lambda x, a, b, *, beta=1, alpha=1: beta * x + alpha * TORCH["mm"](a, b),
    "allclose": allclose,
    "bmm": _product("bmm", 3, 3),
    "clamp": clamp,
    "clamp_max": lambda x, max: clamp(x, max=max),
    "clamp_min": lambda x, min: clamp(x, min=min),
    "clip": clamp,
    "cross": cross,
    "diag": _with_diagonal("diag"),
    "diag_embed": diag_embed,
    "diagonal": diagonal,
    "diff": diff,
    "dist": lambda x, other, p=2: (x - other).norm(p),
    "div": div,
    "divide": div,
    "eq": _same("equal"),
    "equal": equal,
    "flip": flip,
    "frac": lambda x: x - call("trunc", x),
    "ge": _same("greater_equal"),
    "gt": _same("greater"),
    "hstack": stacked(1),
    "inverse": _same("inv"),
    "isfinite": _query(np.isfinite),
    "isinf": _query(np.isinf),
    "isnan": _query(np.isnan),
    "le": _same("less_equal"),
    "lerp": lambda x, end, weight: x + weight * (end - x),
    "logical_xor": _query(np.logical_xor),
    "lt": _same("less"),
    "masked_fill": masked_fill,
    "matrix_exp": _same("expm"),
    "moveaxis": moved,
    "movedim": moved,
    "mm": _product("mm", 2, 2),
    "mv": _product("mv", 2, 1),
    "ne": _same("not_equal"),
    "pinverse": _same("pinv"),
    "positive": lambda x: x,
    "repeat_interleave": repeat_interleave,
    "roll": roll,
    "round": rounded,
    "rsqrt": lambda x: call("reciprocal", call("sqrt", x)),
    "rsub": lambda x, other, *, alpha=1: other - alpha * x,
    "sign": sign,
    "signbit": _query(np.signbit),
    "sub": sub,
    "subtract": sub,
    "tensordot": tensordot,
    "tile": tile,
    "tril": _with_diagonal("tril"),
    "triu": _with_diagonal("triu"),
    "unflatten": unflatten,
    "vstack": stacked(0),
}
"""By PyTorch's names, as functions and methods."""

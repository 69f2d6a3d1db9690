"""Tensor's methods: every operation of the table, in place too, and PyTorch's names."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

from gradcli.engine.tape.apply import call, caller
from gradcli.engine.tape.inplace import in_place, overwrite, refuse, write
from gradcli.engine.tape.tensor import Tensor, TensorLike, like, marked, unwrap
from gradcli.engine.torch.aliases import MORE
from gradcli.engine.torch.clamp import clamp
from gradcli.engine.torch.composed import COMPOSED
from gradcli.engine.torch.creation import full, ones, tensor, zeros
from gradcli.engine.torch.devices import CPU, checked, device
from gradcli.engine.torch.losses import LOSSES
from gradcli.engine.torch.names import TORCH, repeat
from gradcli.engine.torch.selections import SELECTIONS
from gradcli.engine.torch.shapes import SHAPES, axes_of, permuted
from gradcli.errors import ShapeProblem
from gradcli.ops import TABLE, Op

__all__ = ["METHODS", "all_methods", "by_table", "named_axis", "numpy_names"]


def _by_table(name: str, x: Tensor, *args: Any, **keywords: Any) -> Any:
    plain = name.removesuffix("_")
    if plain in ("add", "sub") and "alpha" in keywords:
        return scaled(name, x, *args, **keywords)
    if name == "div_" and "rounding_mode" in keywords:
        return _written("div")(x, *args, **keywords)
    if plain == "clip" and (len(args) < 2 or None in args):
        bounds = dict(zip(("min", "max"), args, strict=False)) | keywords
        return clamp(name, x, bounds.get("min"), bounds.get("max"))
    if name.endswith("_"):
        return in_place(x, plain, *args, **numpy_names(keywords))
    if name in LOSSES:
        return LOSSES[name](x, *args, **keywords)
    args, keywords = named_axis(TABLE[name], x, args, keywords)
    return call(name, x, *args, **numpy_names(keywords, x))


def named_axis(op: Op, x: TensorLike, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """The arguments of a call with the axis of a number as the keyword `dim`: PyTorch's numbers have an axis 0."""
    by_place = args and isinstance(args[0], int | list | tuple) and next(iter(op.statics), "") == "axis"
    if not by_place or len(np.shape(x) if not isinstance(x, Tensor) else x.shape):
        return args, keywords
    given = dict(zip(op.statics, args, strict=False))
    return (), {"dim": given.pop("axis"), **given, **keywords}


_NUMPY = {"dim": "axis", "keepdim": "keepdims"}


def numpy_names(keywords: dict[str, Any], x: TensorLike = None) -> dict[str, Any]:
    """PyTorch's `dim` and `keepdim` as NumPy's `axis` and `keepdims`; of a number, given as x, its axis 0 too."""
    named = {_NUMPY.get(k, k): v for k, v in keywords.items()}
    if "dim" in keywords and isinstance(x, Tensor) and not x.ndim:
        return named | {k: v for k, v in axes_of(x, named["axis"]).items() if k in named}
    return named


def fill_(x: Tensor, value: TensorLike) -> Tensor:
    """Every entry set to a value, in place.

    Raises:
        ShapeProblem: for a value with axes.
    """
    if np.ndim(unwrap(value)):
        raise ShapeProblem(f"fill_ takes a number, not a value of shape {np.shape(unwrap(value))}", hint="use copy_")
    return overwrite(x, value, "fill")


def copy_(x: Tensor, source: TensorLike) -> Tensor:
    """The entries of another tensor, broadcast, put into this one's memory."""
    return overwrite(x, source, "copy")


def scaled(name: str, x: Tensor, other: TensorLike, alpha: Any) -> Tensor:
    """`add` or `sub` of alpha times the other, as the method `name` (in place where it ends in an underscore)."""
    factor = other * alpha
    return in_place(x, name[:-1], factor) if name.endswith("_") else call(name, x, factor)


def detach_(x: Tensor) -> Tensor:
    """Forget the history."""
    x._edge = None
    return x


def to(x: Tensor, *given: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """In another precision, or another tensor's; integers and booleans carry no gradient.

    A device may be given too, which must be the CPU.
    """
    checked(device)
    for kind in given:
        if isinstance(kind, Tensor):
            dtype = kind.dtype
        elif _names_a_device(kind):
            checked(kind)
        else:
            dtype = kind
    return x if dtype is None else _cast(x, dtype)


def _names_a_device(given: Any) -> bool:
    if not isinstance(given, str):
        return isinstance(given, device)
    try:
        np.dtype(given)
    except TypeError:
        return True
    return False


def _cast(x: Tensor, dtype: Any) -> Tensor:
    if np.dtype(dtype).kind != "f":
        return marked(like(Tensor(np.asarray(x.array).astype(dtype)), x))
    return x if x.dtype == np.dtype(dtype) else call("astype", x, dtype=np.dtype(dtype))


def _written(name: str) -> Callable[..., Tensor]:
    """The method that puts a function's result in the tensor's place."""

    def method(x: Tensor, *args: Any, **keywords: Any) -> Tensor:
        refuse(x, *args)
        return write(x, TORCH[name](x.clone(), *args, **keywords), name)

    return method


_TO_WRITE = ("addcdiv", "addcmul", "clamp_max", "clamp_min", "frac", "lerp", "rsqrt", "sign", "tril", "triu")

METHODS: dict[str, Callable[..., Any]] = {
    **SHAPES,
    **SELECTIONS,
    **TORCH,
    **MORE,
    **COMPOSED,
    "bool": lambda x: to(x, np.bool_),
    "copy_": copy_,
    "cpu": lambda x: x,
    "data_ptr": lambda x: int(x.memory().__array_interface__["data"][0]),
    "detach_": detach_,
    "dim": lambda x: x.ndim,
    "double": lambda x: to(x, np.float64),
    "fill_": fill_,
    "get_device": lambda x: -1,
    "float": lambda x: to(x, np.float32),
    "int": lambda x: to(x, np.int32),
    "is_floating_point": lambda x: x.dtype.kind == "f",
    "long": lambda x: to(x, np.int64),
    "ndimension": lambda x: x.ndim,
    "new_full": lambda x, size, value, **more: full(size, value, **{"dtype": x.dtype, **more}),
    "new_ones": lambda x, *size, **more: ones(*size, **{"dtype": x.dtype, **more}),
    "new_tensor": lambda x, data, **more: tensor(data, **{"dtype": x.dtype, **more}),
    "new_zeros": lambda x, *size, **more: zeros(*size, **{"dtype": x.dtype, **more}),
    "nelement": lambda x: int(x.array.size),
    "numel": lambda x: int(x.array.size),
    "reshape_as": lambda x, other: call("reshape", x, shape=other.shape),
    "to": to,
    "type": to,
    "type_as": lambda x, other: to(x, other.dtype),
    "zero_": lambda x: fill_(x, 0.0),
}

_ALONE: dict[str, Callable[..., Any]] = {
    "repeat": repeat,
    "where": lambda x, condition, other: call("where", condition, x, other),
}
"""Methods whose names mean something else as functions."""

_PROPERTIES: dict[str, Callable[[Tensor], Any]] = {
    "device": lambda x: CPU,
    "is_cuda": lambda x: False,
    "T": lambda x: permuted(x, None),
    "mT": lambda x: x.transpose(-1, -2),
}


def all_methods() -> dict[str, Any]:
    """Methods and properties by name: the table's operations, in place too, and PyTorch's further names."""
    named = {name: op.name for op in TABLE.values() for name in (op.name, *op.aliases)}
    named |= {f"{name}_": f"{op}_" for name, op in named.items()}
    found: dict[str, Any] = {name: _operation(op) for name, op in named.items()}
    found |= METHODS | _ALONE | {f"{name}_": _written(name) for name in _TO_WRITE}
    return found | {name: property(get) for name, get in _PROPERTIES.items()}


def _operation(name: str) -> Callable[..., Any]:
    def operation(x: Tensor, *args: Any, **keywords: Any) -> Any:
        return by_table(name)(x, *args, **keywords)

    return operation


@cache
def by_table(name: str) -> Callable[..., Any]:
    """The table's operation (in place with an underscore at the end) as a method, compiled when first called."""
    op = TABLE.get(name)
    if op is None or name in LOSSES or name in ("add", "sub", "clip"):
        return partial(_by_table, name)
    plain = caller(name)
    if len(op.params) != 1 or next(iter(op.statics), "") != "axis":
        return plain if not op.statics and not op.variadic else partial(_by_table, name)

    def along_axes(x: Tensor, *args: Any, **keywords: Any) -> Any:
        if not x.ndim:  # PyTorch's numbers have an axis 0
            return _by_table(name, x, *args, **keywords)
        if keywords:
            keywords = {_NUMPY.get(key, key): value for key, value in keywords.items()}
        return plain(x, *args, **keywords)

    return along_axes

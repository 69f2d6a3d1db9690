"""Every operation of the table as a function of tensors: `gradcli.sin(t)`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np

from gradcli.engine.rules.rule import rule_of
from gradcli.engine.tape.apply import call, unary
from gradcli.engine.tape.tensor import Tensor, TensorLike
from gradcli.engine.torch.creation import CREATORS
from gradcli.engine.torch.devices import device
from gradcli.engine.torch.losses import LOSSES
from gradcli.engine.torch.methods import METHODS, by_table, named_axis, numpy_names
from gradcli.engine.torch.names import einsum
from gradcli.engine.torch.shapes import meshgrid
from gradcli.ops import Op, lookup

__all__ = ["function", "operation_of"]


@functools.cache
def function(name: str) -> Callable[..., Any]:
    """The operation of this name (or alias) as a function of tensors, arrays and numbers.

    Raises:
        NameProblem: if the table has no such operation.

    >>> function("square")(3.0)
    tensor(9.)
    """
    if name in _OTHERWISE:
        return _OTHERWISE[name]
    if name in CREATORS:
        return CREATORS[name]
    if name.endswith("_") and hasattr(Tensor, name):
        return _in_place(name)
    if name in METHODS and not name.endswith("_"):
        return METHODS[name] if name in ("hstack", "vstack") else _of_tensor(METHODS[name])
    return operation_of(name)


@functools.cache
def operation_of(name: str) -> Callable[..., Any]:
    """The table's operation of this name (or alias), whatever PyTorch means by it.

    Raises:
        NameProblem: if the table has no such operation.
    """
    op = lookup(name)
    operation = _unary(op) if _is_unary(op) else _general(op)
    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = f"{op.signature}\n\n{op.doc}"
    return operation


class _SVD(NamedTuple):
    """PyTorch's outputs of `torch.svd`: V and not its transpose."""

    U: Tensor
    S: Tensor
    V: Tensor


def svd(x: TensorLike, some: bool = True) -> _SVD:
    """U, S and V with x = U @ diag(S) @ V.T, as in PyTorch; `gradcli.linalg.svd` gives the transposed V."""
    u, s, vh = call("svd", x, full_matrices=not some)
    return _SVD(u, s, vh.mT)


_OTHERWISE: dict[str, Callable[..., Any]] = {
    "device": device,
    "einsum": einsum,
    "meshgrid": meshgrid,
    **LOSSES,
    "svd": svd,
}
"""Functions that PyTorch has with another meaning than the table."""


def _in_place(name: str) -> Callable[..., Tensor]:
    """A method that changes its tensor, as a function: `gradcli.sin_(x)`."""

    def operation(x: Tensor, *args: Any, **keywords: Any) -> Tensor:
        changed: Tensor = getattr(x, name)(*args, **keywords)
        return changed

    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = f"The tensor with {name[:-1]} in its place."
    return operation


def _of_tensor(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method as a function, of arrays and numbers too."""

    @functools.wraps(method)
    def operation(x: TensorLike, *args: Any, **keywords: Any) -> Any:
        return method(x if isinstance(x, Tensor) else Tensor(np.asarray(x)), *args, **keywords)

    return operation


def _is_unary(op: Op) -> bool:
    return op.kind == "elementwise" and len(op.params) == 1 and not op.statics


def _unary(op: Op) -> Callable[..., Tensor]:
    operator = unary(rule_of(op.name))
    # A copy, because names and documentation are its own.
    return FunctionType(operator.__code__, operator.__globals__, closure=operator.__closure__)


def _general(op: Op) -> Callable[..., Any]:
    method = by_table(op.name) if len(op.params) == 1 and not op.variadic else None

    def operation(*args: TensorLike, **keywords: Any) -> Any:
        if method is not None and args and type(args[0]) is Tensor:
            return method(*args, **keywords)
        if op.variadic and len(args) == 2 and isinstance(args[0], list | tuple):
            return call(op.name, args[0], axis=args[1])
        x = args[0] if args else None
        args, keywords = named_axis(op, x, args[1:], keywords) if len(op.params) == 1 else (args[1:], keywords)
        return call(op.name, *([] if x is None else [x]), *args, **numpy_names(keywords, x))

    return operation

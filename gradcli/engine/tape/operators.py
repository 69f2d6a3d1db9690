"""Python's operators on tensors, and their forms in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcli.engine.rules.rule import Rule, rule_of
from gradcli.engine.tape.apply import apply, binary, call, power, unary
from gradcli.engine.tape.inplace import assign, in_place
from gradcli.engine.tape.tensor import Tensor, TensorLike, unwrap

__all__ = ["OPERATORS"]


def _swapped(rule: Rule) -> Callable[[TensorLike, TensorLike], Tensor]:
    """The operator of which the tensor is the right operand."""
    operator = binary(rule)
    return lambda b, a: operator(a, b)


def _called(name: str) -> Callable[..., Tensor]:
    """The operator that is an operation of the table."""
    return lambda *operands: call(name, *operands)


def _called_swapped(name: str) -> Callable[[TensorLike, TensorLike], Tensor]:
    return lambda b, a: call(name, a, b)


def _in_place(name: str) -> Callable[[Tensor, TensorLike], Tensor]:
    return lambda tensor, other: in_place(tensor, name, other)


def _plain_index(index: Any) -> tuple[Any, ...]:
    """An index as a tuple of what NumPy takes."""
    return tuple(map(unwrap, index if isinstance(index, tuple) else (index,)))


def _getitem(tensor: Tensor, index: Any) -> Tensor:
    return apply(rule_of("getitem"), (tensor,), {"index": _plain_index(index)})


def _setitem(tensor: Tensor, index: Any, value: TensorLike) -> None:
    assign(tensor, _plain_index(index), value)


_ADD, _SUB, _MUL, _DIV = (rule_of(name) for name in ("add", "sub", "mul", "div"))

OPERATORS: dict[str, Callable[..., Any]] = {
    "__add__": binary(_ADD),
    "__radd__": binary(_ADD),  # 2 + x is x + 2, in the graph as well, as in PyTorch
    "__sub__": binary(_SUB),
    "__rsub__": _swapped(_SUB),
    "__mul__": binary(_MUL),
    "__rmul__": binary(_MUL),
    "__truediv__": binary(_DIV),
    "__rtruediv__": _swapped(_DIV),
    "__floordiv__": _called("floor_divide"),
    "__rfloordiv__": _called_swapped("floor_divide"),
    "__mod__": _called("mod"),
    "__rmod__": _called_swapped("mod"),
    "__pow__": power,
    "__rpow__": lambda exponent, base: power(base, exponent),
    "__matmul__": _called("matmul"),
    "__rmatmul__": _called_swapped("matmul"),
    "__neg__": unary(rule_of("neg")),
    "__pos__": lambda tensor: tensor,
    "__abs__": _called("abs"),
    "__lt__": _called("less"),
    "__le__": _called("less_equal"),
    "__gt__": _called("greater"),
    "__ge__": _called("greater_equal"),
    "__eq__": _called("equal"),
    "__ne__": _called("not_equal"),
    "__getitem__": _getitem,
    "__setitem__": _setitem,
    "__iadd__": _in_place("add"),
    "__isub__": _in_place("sub"),
    "__imul__": _in_place("mul"),
    "__itruediv__": _in_place("div"),
    "__ifloordiv__": _in_place("floor_divide"),
    "__imod__": _in_place("mod"),
    "__ipow__": _in_place("pow"),
}
"""Methods of tensors."""

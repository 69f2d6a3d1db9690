"""What a call gives, from what its operands are: truth values or numbers, and how many axes."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence

from gradcli.ops.calls.operands import Kind, Operand, common_rank
from gradcli.ops.entry.op import Op

__all__ = ["kind_of", "rank_of", "value_of"]

_MOVES = frozenset({"concatenate", "hstack", "max", "maximum", "min", "minimum", "mul", "sort", "vstack", "where"})
"""Operations, besides the linear ones that only move entries, that make truth values of truth values."""

_COUNTS = frozenset({"argmax", "argmin", "argsort", "ceil", "class_labels", "count_nonzero", "floor", "floor_divide",
                     "len", "one_hot", "round", "trunc"})  # fmt: skip
"""Operations whose value is whole, whatever their operands are."""

_WHOLE = frozenset({"abs", "add", "arange", "clip", "cross", "cumprod", "cumsum", "dot", "heaviside", "inner", "kron",
                    "matmul", "mod", "neg", "outer", "pos", "prod", "sign", "square", "sub", "sum", "tensordot",
                    "trace", "vdot"})  # fmt: skip
"""Operations that make whole numbers of whole numbers, besides those of `_MOVES`."""

_BOOLEAN = frozenset({"abs", "add", "dot", "inner", "kron", "matmul", "outer", "tensordot", "vdot"})
"""Operations that make truth values of truth values in NumPy, and numbers here."""

_INTEGRAL = _MOVES | _WHOLE | {"pow"}
"""Operations on each entry whose value is not always real."""

_REAL_LINEAR = frozenset({"astype", "cumsum", "mean", "trace"})
"""Linear operations that do more than move entries."""


def kind_of(op: Op, params: Sequence[Operand], statics: Sequence[Operand]) -> Kind:
    """Whether an operation gives truth values, whole numbers or others.

    `*`, `maximum`, `minimum` and what moves entries keep truth values; all other arithmetic makes numbers of them.

    Args:
        op: the operation.
        params: its arguments that may be differentiated.
        statics: its other arguments.
    """
    if op.name in _COUNTS:
        return "whole"
    if op.kind == "predicate" or op.name in ("any", "all"):
        return "truth"
    if op.name == "slice":
        return "slice"
    if op.kind == "elementwise" and op.name not in _INTEGRAL:
        return "real"
    moves = op.name in _MOVES or (op.kind == "linear" and op.name not in _REAL_LINEAR)
    moved = statics if op.name == "arange" else params[1:] if op.name == "where" else params
    kinds = {operand.kind for operand in moved}
    if moves and kinds in ({"truth"}, {"count"}):
        return params[-1].kind
    if op.name in _BOOLEAN and kinds <= {"count", "truth"}:
        return "count"
    if op.name == "pow":
        return _kind_of_power(*params)
    if not moves and op.name not in _WHOLE:
        return "real"
    return "whole" if kinds <= {"count", "truth", "whole"} else "unknown" if "unknown" in kinds else "real"


def _kind_of_power(base: Operand, exponent: Operand) -> Kind:
    """A whole number's power is whole where the exponent is no negative number; of a variable one that may change."""
    if not {base.kind, exponent.kind} <= {"count", "truth", "whole"}:
        return "real" if base.kind == "real" or exponent.kind == "real" else "unknown"
    if exponent.value is None:
        return "unknown"
    return "whole" if exponent.value >= 0 else "real"


_KEEP = frozenset({"argsort", "cholesky", "class_labels", "clone", "cofactors", "cumprod", "cumsum", "expm", "flip",
                   "inv", "log_softmax", "matrix_power", "moveaxis", "pad", "pinv", "pos", "roll", "softmax", "sort",
                   "swapaxes", "take_along_axis", "transpose"})  # fmt: skip
"""Operations whose value has as many axes as their first operand."""

_FLATTEN = frozenset({"argsort", "cumprod", "cumsum", "sort", "take_along_axis"})
"""Those of them that without an axis, or with None, give a vector."""

_FIXED = {"arange": 1, "eye": 2, "len": 0, "linspace": 1, "outer": 2, "ravel": 1, "trace": 0, "vdot": 0}

_LESS = {"det": 2, "diagonal": 1, "eigvalsh": 1, "logabsdet": 2, "svdvals": 1, "unpack": 1}
"""Operations whose value has so many axes less than their operand."""

_PRODUCTS = {(1, 1): 0, (1, 2): 1, (2, 1): 1, (2, 2): 2}
"""The axes of matrix products, by those of the factors."""


def rank_of(op: Op, operands: Sequence[Operand], keywords: Mapping[str, Operand]) -> int | None:
    """How many axes an operation's value has, where that is known.

    Args:
        op: the operation.
        operands: its positional arguments; those of a join are what is joined.
        keywords: its other arguments.
    """
    if op.kind == "elementwise" or (op.kind == "predicate" and op.name != "len"):
        return common_rank(operands)
    if op.name in _FIXED:
        return _FIXED[op.name]
    if not operands:
        return _rank_of_shape(keywords.get("shape"))
    first = operands[0].rank
    axis = keywords.get("axis") or (operands[1] if len(operands) > 1 and next(iter(op.statics), "") == "axis" else None)
    if op.name in ("stack", "concatenate"):
        grown = common_rank(operands)
        return None if grown is None or operands[0].gives else grown + (op.name == "stack")
    if op.kind == "reduction" or op.name in ("any", "all", "argmax", "argmin", "count_nonzero"):
        return _rank_of_reduction(first, axis, keywords)
    if op.name in _KEEP:
        return 1 if op.name in _FLATTEN and _is_flattened(op, axis) else first
    if op.name in ("reshape", "broadcast_to", "zeros", "ones"):
        return _rank_of_shape(keywords.get("shape") or operands[-1])
    if op.name in ("matmul", "dot"):
        ranks = (operands[0].rank, operands[1].rank)
        return common_rank(operands) if 0 in ranks else _PRODUCTS.get(ranks)  # type: ignore[arg-type]  # None is no key
    if first is None:
        return None
    if op.name == "getitem":
        return _rank_of_selection(first, operands[1:])
    if op.name in _LESS:
        return max(0, first - _LESS[op.name])
    return first + 1 if op.name in ("expand_dims", "one_hot") else None


def _is_flattened(op: Op, axis: Operand | None) -> bool:
    return op.statics["axis"] is None if axis is None else axis.kind == "none"


def _rank_of_reduction(first: int | None, axis: Operand | None, keywords: Mapping[str, Operand]) -> int | None:
    if "keepdims" in keywords:
        return first if keywords["keepdims"].value else None
    if axis is None or axis.kind == "none":
        return 0
    return None if first is None or axis.rank != 0 else first - 1


def _rank_of_shape(shape: Operand | None) -> int | None:
    if shape is None:
        return None
    return len(shape.items) if shape.items is not None else 1 if shape.rank == 0 else None


def _rank_of_selection(rank: int, indices: Sequence[Operand]) -> int | None:
    """A whole number takes an axis away, None adds one, one array puts its own axes there."""
    arrays = 0
    for index in indices:
        if index.kind == "none":
            rank += 1
        elif index.kind != "slice":
            if index.rank is None or index.kind == "unknown" or (index.kind == "truth" and not index.rank):
                return None
            arrays += index.rank > 0
            rank += 1 - index.rank if index.kind == "truth" else index.rank - 1
    return rank if arrays < 2 else None


_CONSTANT: dict[str, Callable[..., float | bool]] = {
    "add": operator.add,
    "equal": operator.eq,
    "floor_divide": operator.floordiv,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "less": operator.lt,
    "less_equal": operator.le,
    "logical_and": lambda a, b: bool(a and b),
    "logical_not": operator.not_,
    "logical_or": lambda a, b: bool(a or b),
    "mod": operator.mod,
    "mul": operator.mul,
    "neg": operator.neg,
    "not_equal": operator.ne,
    "pos": operator.pos,
    "sub": operator.sub,
}


def value_of(op: Op, operands: Sequence[Operand]) -> float | bool | None:
    """The number or truth value that an operation of constants gives, where it is simple enough to know.

    >>> from gradcli.lang import parse
    >>> from gradcli.ops import lookup
    >>> two = Operand(parse("2").result, "whole", 0, 2.0)
    >>> value_of(lookup("less"), [two, two]), value_of(lookup("sin"), [two])
    (False, None)
    """
    function = _CONSTANT.get(op.name)
    if function is None or any(operand.value is None for operand in operands):
        return None
    try:
        return function(*(operand.value for operand in operands))
    except ArithmeticError:
        return None

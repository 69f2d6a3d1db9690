"""The operators `& | ^ ~`: of truth values logic, of integers bit by bit, as in PyTorch and NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.engine.tape.apply import call
from gradcli.engine.tape.tensor import Tensor, TensorLike, like, unwrap
from gradcli.errors import UsageProblem

__all__ = ["BITWISE"]


def _bits(sign: str, logical: str, bitwise: Callable[..., Any]) -> Callable[..., Tensor]:
    def operator(*operands: TensorLike) -> Tensor:
        values = [np.asarray(unwrap(x)) for x in operands]
        kinds = {v.dtype.kind for v in values}
        if "f" in kinds:
            raise UsageProblem(
                f"{sign} takes truth values or integers", hint="write comparisons in brackets: (x > 0) & (x < 1)"
            )
        return call(logical, *operands) if kinds == {"b"} and logical else like(Tensor(bitwise(*values)), *operands)

    return operator


_AND = _bits("&", "logical_and", np.bitwise_and)
_OR = _bits("|", "logical_or", np.bitwise_or)
_XOR = _bits("^", "", np.bitwise_xor)

BITWISE: dict[str, Callable[..., Any]] = {
    "__and__": _AND,
    "__rand__": _AND,
    "__or__": _OR,
    "__ror__": _OR,
    "__xor__": _XOR,
    "__rxor__": _XOR,
    "__invert__": _bits("~", "logical_not", np.invert),
}
"""Methods of tensors."""

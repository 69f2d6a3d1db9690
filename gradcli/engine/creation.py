"""Making tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.engine.tensor import Tensor, unwrap
from gradcli.errors import ShapeProblem

__all__ = ["tensor"]


def tensor(data: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """A leaf tensor with a copy of the data: numbers, nested lists, arrays or a tensor.

    Floats become float64, integers int64, as in NumPy.

    Raises:
        ShapeProblem: for a ragged list.
        AutogradError: if a tensor of integers is to require a gradient.

    >>> tensor([[1.0, 2.0]], requires_grad=True)
    tensor([[1., 2.]], requires_grad=True)
    """
    source = unwrap(data)
    if isinstance(source, list | tuple):
        source = _plain(source)
    try:
        array = np.array(source, dtype=dtype)
    except ValueError as error:
        raise ShapeProblem("the rows of a tensor must have equal lengths", hint=str(error)) from None
    made = Tensor(array)
    if requires_grad:
        made.requires_grad = True
    return made


def _plain(items: Any) -> Any:
    if any(isinstance(i, Tensor) for i in items):
        return [unwrap(i) for i in items]
    return items

"""Every operation of the table as a function of tensors: `gradcli.sin(t)`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from gradcli.engine.tensor import Tensor, TensorLike, call
from gradcli.ops import lookup

__all__ = ["function"]


@functools.cache
def function(name: str) -> Callable[..., Tensor]:
    """The operation of this name (or alias) as a function of tensors, arrays and numbers.

    Raises:
        NameProblem: if the table has no such operation.

    >>> function("square")(3.0)
    tensor(9.)
    """
    op = lookup(name)

    def operation(*args: TensorLike, **keywords: Any) -> Tensor:
        return call(op.name, *args, **keywords)

    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = f"{op.signature}\n\n{op.doc}"
    return operation

"""`gradcli.linalg`: linear algebra by the names of `torch.linalg` and `numpy.linalg`.

>>> import gradcli
>>> gradcli.linalg.svd(gradcli.tensor([[3.0, 0.0], [0.0, 4.0]])).S
tensor([4., 3.])
"""

from __future__ import annotations

from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from gradcli.engine.tape.apply import call
from gradcli.engine.tape.tensor import Tensor, TensorLike, unwrap
from gradcli.engine.torch.names import cross
from gradcli.engine.torch.selections import norm as vectors_norm
from gradcli.engine.torch.shapes import axes_of

__all__ = [
    "cond", "cross", "diagonal", "lstsq", "matmul", "matrix_exp", "matrix_norm", "matrix_rank", "multi_dot", "norm",
    "qr", "solve_triangular", "svd", "vecdot", "vector_norm",
]  # fmt: skip

_ENTRIES = frozenset({"cholesky", "det", "eigh", "eigvalsh", "inv", "matrix_power", "pinv", "slogdet", "solve",
                      "svdvals"})  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _ENTRIES:
        raise AttributeError(f"module 'gradcli.linalg' has no attribute '{name}'")
    from gradcli.engine.torch.functions import function

    return function(name)


def qr(A: TensorLike, mode: str = "reduced") -> Any:  # PyTorch's name
    """Q and R."""
    return call("qr", A, mode=mode)


def svd(A: TensorLike, full_matrices: bool = True) -> Any:  # PyTorch's name
    """U, S and Vh; square U and Vh unless told otherwise, as in PyTorch and NumPy."""
    return call("svd", A, full_matrices=full_matrices)


def matrix_exp(A: TensorLike) -> Tensor:  # PyTorch's name
    """The matrix exponential."""
    return call("expm", A)


def matmul(a: TensorLike, b: TensorLike) -> Tensor:
    """The matrix product."""
    return call("matmul", a, b)


def vecdot(x: TensorLike, y: TensorLike, dim: int = -1) -> Tensor:
    """Dot products along an axis."""
    products = call("mul", x, y)
    return call("sum", products, **axes_of(products, dim))


def diagonal(A: TensorLike, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:  # PyTorch's name
    """The diagonals of matrices, as the last axis."""
    return call("diagonal", A, offset=offset, axis1=dim1, axis2=dim2)


def cond(A: TensorLike, p: Any = None) -> Tensor:  # PyTorch's name
    """The condition number, by singular values unless another norm is named."""
    if p is None:
        values = call("svdvals", A)
        return values[..., 0] / values[..., -1]
    return matrix_norm(A, p) * matrix_norm(call("inv", A), p)


def matrix_rank(A: TensorLike) -> Tensor:  # PyTorch's name
    """How many singular values are not 0 but for rounding."""
    array = np.asarray(unwrap(A))
    if array.ndim >= 2 and not array.size:  # which NumPy before 2.2 refuses
        return Tensor(np.zeros(array.shape[:-2], np.int64))
    return Tensor(np.asarray(np.linalg.matrix_rank(array)))


def multi_dot(tensors: Any) -> Tensor:
    """The product of several matrices."""
    product: Tensor = reduce(lambda a, b: call("matmul", a, b), tensors)
    return product


class LeastSquares(NamedTuple):
    """PyTorch's outputs of `torch.linalg.lstsq`; of its driver gelsy residuals and singular values are empty."""

    solution: Tensor
    residuals: Tensor
    rank: Tensor
    singular_values: Tensor


def lstsq(A: TensorLike, B: TensorLike) -> LeastSquares:  # PyTorch's names
    """The X that makes A @ X nearest to B, the shortest of several.

    >>> lstsq([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]], [[1.0], [1.0], [3.0]]).solution
    tensor([[1.0000],
            [0.5000]])
    """
    solution = call("matmul", call("pinv", A), B)
    none = Tensor(np.zeros(0, solution.dtype))
    return LeastSquares(solution, none, matrix_rank(A), none)


def solve_triangular(
    A: TensorLike, B: TensorLike, *, upper: bool, left: bool = True, unitriangular: bool = False
) -> Tensor:  # PyTorch's names
    """The X with A @ X = B, or X @ A = B unless `left`, of one triangle of A, its diagonal ones if unitriangular.

    >>> solve_triangular([[2.0, 1.0], [7.0, 4.0]], [[3.0], [4.0]], upper=True)
    tensor([[1.],
            [1.]])
    """
    n = np.shape(unwrap(A))[-1]
    inside = (1 if upper else -1) if unitriangular else 0
    triangle = call("triu" if upper else "tril", A, k=inside)
    if unitriangular:
        triangle = call("add", triangle, np.eye(n, dtype=triangle.dtype))
    if left:
        return call("solve", triangle, B)
    turned = [call("swapaxes", v, axis1=-1, axis2=-2) for v in (triangle, B)]
    return call("swapaxes", call("solve", *turned), axis1=-1, axis2=-2)


def vector_norm(x: TensorLike, ord: Any = 2, dim: Any = None, keepdim: bool = False) -> Tensor:
    """The norm of the entries, in a row or along axes."""
    return vectors_norm(x, ord, dim, keepdim)


def matrix_norm(A: TensorLike, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False) -> Tensor:
    """The norm of matrices."""
    return call("norm", A, ord=ord, axis=tuple(dim), keepdims=keepdim)


def norm(A: TensorLike, ord: Any = None, dim: Any = None, keepdim: bool = False) -> Tensor:
    """The norm of vectors or matrices; of all entries without an order."""
    axes = tuple(dim) if isinstance(dim, list) else dim
    if ord is None or (dim is None and np.ndim(A) != 2):
        return vectors_norm(A, 2 if ord is None else ord, axes, keepdim)
    return call("norm", A, ord=ord, axis=axes, keepdims=keepdim)

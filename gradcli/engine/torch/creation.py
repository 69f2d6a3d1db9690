"""Making tensors, under PyTorch's names."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.tape.tensor import Tensor, marked, unwrap
from gradcli.engine.torch.devices import checked
from gradcli.errors import ShapeProblem

__all__ = [
    "CREATORS", "arange", "as_tensor", "empty", "empty_like", "eye", "from_numpy", "full", "full_like", "is_tensor",
    "linspace", "manual_seed", "ones", "ones_like", "rand", "rand_like", "randint", "randn", "randn_like", "randperm",
    "tensor", "zeros", "zeros_like",
]  # fmt: skip


class _Random(threading.local):
    generator = np.random.default_rng()


_random = _Random()

F = TypeVar("F", bound=Callable[..., Tensor])


def _on_cpu(function: F) -> F:
    """Let a function take PyTorch's `device` too, which must be the CPU."""

    @functools.wraps(function)
    def operation(*args: Any, device: Any = None, **keywords: Any) -> Tensor:
        checked(device)
        return function(*args, **keywords)

    return cast(F, operation)


@_on_cpu
def tensor(data: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """A leaf tensor with a copy of the data: numbers, nested lists, arrays or a tensor.

    Floats become float64, integers int64, as in NumPy.

    Raises:
        ShapeProblem: for a ragged list.
        AutogradError: if a tensor of integers is to require a gradient.

    >>> tensor([[1.0, 2.0]], requires_grad=True)
    tensor([[1., 2.]], requires_grad=True)
    """
    return _leaf(np.array(_array(data), dtype=dtype), requires_grad)


@_on_cpu
def as_tensor(data: Any, dtype: Any = None) -> Tensor:
    """A tensor of the data, sharing its memory where it is an array or a tensor already.

    >>> as_tensor([1, 2])
    tensor([1, 2])
    """
    if isinstance(data, Tensor):
        return data.to(dtype) if dtype is not None else data
    return marked(Tensor(np.asarray(_array(data), dtype=dtype)))


def is_tensor(value: Any) -> bool:
    """Whether it is a tensor.

    >>> is_tensor(tensor(1.0)), is_tensor(1.0)
    (True, False)
    """
    return isinstance(value, Tensor)


def from_numpy(array: NDArray[Any]) -> Tensor:
    """A tensor that shares an array's memory.

    >>> from_numpy(np.ones(2))
    tensor([1., 1.])
    """
    return marked(Tensor(np.asarray(array)))


@_on_cpu
def zeros(*sizes: Any, size: Any = None, dtype: Any = np.float64, requires_grad: bool = False) -> Tensor:
    """Zeros of a shape, given as sizes or as one tuple.

    >>> zeros(1, 2)
    tensor([[0., 0.]])
    """
    return _leaf(np.zeros(_sizes(sizes, size), dtype), requires_grad)


@_on_cpu
def ones(*sizes: Any, size: Any = None, dtype: Any = np.float64, requires_grad: bool = False) -> Tensor:
    """Ones of a shape.

    >>> ones((2,))
    tensor([1., 1.])
    """
    return _leaf(np.ones(_sizes(sizes, size), dtype), requires_grad)


@_on_cpu
def full(size: Any, fill_value: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """A shape filled with one value.

    >>> full((2,), 3.5)
    tensor([3.5000, 3.5000])
    """
    return _leaf(np.full(_shape((size,)), unwrap(fill_value), dtype), requires_grad)


@_on_cpu
def empty(*sizes: Any, size: Any = None, dtype: Any = np.float64, requires_grad: bool = False) -> Tensor:
    """A shape whose values are still to be given.

    >>> empty(2, 3).shape
    (2, 3)
    """
    return _leaf(np.empty(_sizes(sizes, size), dtype), requires_grad)


@_on_cpu
def eye(n: int, m: int | None = None, dtype: Any = np.float64, requires_grad: bool = False) -> Tensor:
    """The identity matrix.

    >>> eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    return _leaf(np.eye(n, m, dtype=dtype), requires_grad)


@_on_cpu
def arange(start: Any, end: Any = None, step: Any = 1, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Numbers from start up to end (excluded); integers from integers.

    >>> arange(4)
    tensor([0, 1, 2, 3])
    """
    low, high = (0, start) if end is None else (start, end)
    return _leaf(np.arange(low, high, step, dtype=dtype), requires_grad)


@_on_cpu
def linspace(start: float, end: float, steps: int, dtype: Any = np.float64, requires_grad: bool = False) -> Tensor:
    """Evenly spaced numbers, both ends included.

    >>> linspace(0, 1, 3)
    tensor([0.0000, 0.5000, 1.0000])
    """
    return _leaf(np.linspace(start, end, steps, dtype=dtype), requires_grad)


def manual_seed(seed: int) -> None:
    """Let `rand` and `randn` of this thread start again from a seed.

    >>> manual_seed(1)
    >>> first = rand(2).tolist()
    >>> manual_seed(1)
    >>> rand(2).tolist() == first
    True
    """
    _random.generator = np.random.default_rng(seed)


@_on_cpu
def rand(*sizes: Any, size: Any = None, dtype: Any = np.float64, requires_grad: bool = False) -> Tensor:
    """Random numbers, uniform on [0, 1).

    >>> rand(2, 3).shape
    (2, 3)
    """
    return _leaf(np.asarray(_random.generator.random(_sizes(sizes, size))).astype(dtype), requires_grad)


@_on_cpu
def randn(*sizes: Any, size: Any = None, dtype: Any = np.float64, requires_grad: bool = False) -> Tensor:
    """Random numbers, standard normal.

    >>> randn(4).shape
    (4,)
    """
    return _leaf(np.asarray(_random.generator.standard_normal(_sizes(sizes, size))).astype(dtype), requires_grad)


@_on_cpu
def zeros_like(other: Tensor, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros of another tensor's shape.

    >>> zeros_like(tensor([1.0, 2.0]))
    tensor([0., 0.])
    """
    return _leaf(np.zeros(other.shape, dtype or other.dtype), requires_grad)


@_on_cpu
def ones_like(other: Tensor, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones of another tensor's shape.

    >>> ones_like(tensor([1.0, 2.0]))
    tensor([1., 1.])
    """
    return _leaf(np.ones(other.shape, dtype or other.dtype), requires_grad)


@_on_cpu
def empty_like(other: Tensor, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Another tensor's shape, whose values are still to be given.

    >>> empty_like(tensor([1.0, 2.0])).shape
    (2,)
    """
    return _leaf(np.empty(other.shape, dtype or other.dtype), requires_grad)


@_on_cpu
def full_like(other: Tensor, fill_value: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """One value in another tensor's shape and type.

    >>> full_like(tensor([1.0, 2.0]), 3)
    tensor([3., 3.])
    """
    return _leaf(np.full(other.shape, unwrap(fill_value), dtype or other.dtype), requires_grad)


@_on_cpu
def randn_like(other: Tensor, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Standard normal random numbers of another tensor's shape.

    >>> randn_like(tensor([1.0, 2.0])).shape
    (2,)
    """
    return randn(other.shape, dtype=dtype or other.dtype, requires_grad=requires_grad)


@_on_cpu
def randint(low: int, high: Any = None, size: Any = None, dtype: Any = np.int64) -> Tensor:
    """Random whole numbers from low (0 if only high is given) up to high, excluded.

    >>> randint(3, (2, 2)).shape
    (2, 2)
    """
    if size is None:
        low, high, size = 0, low, high
    return _leaf(_random.generator.integers(low, high, _shape((size,))).astype(dtype), False)


@_on_cpu
def randperm(n: int) -> Tensor:
    """The whole numbers below n in random order.

    >>> sorted(randperm(3).tolist())
    [0, 1, 2]
    """
    return _leaf(_random.generator.permutation(n), False)


@_on_cpu
def rand_like(other: Tensor, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Uniform random numbers of another tensor's shape.

    >>> rand_like(tensor([1.0, 2.0])).shape
    (2,)
    """
    return rand(other.shape, dtype=dtype or other.dtype, requires_grad=requires_grad)


CREATORS = {
    f.__name__: f
    for f in (
        tensor, as_tensor, from_numpy, zeros, ones, full, empty, eye, arange, linspace, manual_seed, rand, randn,
        zeros_like, ones_like, rand_like, randn_like, empty_like, full_like, randint, randperm,
    )
}  # fmt: skip
"""Functions of the package that hide the table's constructors of the same names: these know types."""


def _leaf(array: Any, requires_grad: bool) -> Tensor:
    made = marked(Tensor(array))
    if requires_grad:
        made.requires_grad = True
    return made


def _sizes(sizes: Any, size: Any) -> tuple[int, ...]:
    return _shape(sizes if size is None else (size,))


def _shape(size: Any) -> tuple[int, ...]:
    whole = size[0] if len(size) == 1 and isinstance(size[0], list | tuple) else size
    return tuple(int(n) for n in whole)


def _array(data: Any) -> Any:
    source = unwrap(data)
    if isinstance(source, list | tuple) and any(isinstance(i, Tensor) for i in source):
        source = [unwrap(i) for i in source]
    try:
        return np.asarray(source)
    except ValueError as error:
        raise ShapeProblem("the rows of a tensor must have equal lengths", hint=str(error)) from None

"""Tensor, and `apply`, which computes an operation and records it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.modes import mode
from gradcli.engine.node import AccumulateGrad, Edge, Node
from gradcli.engine.rule import Rule, Statics, rule_of
from gradcli.errors import AutogradError, ShapeProblem
from gradcli.ops.table import lookup

__all__ = ["Tensor", "TensorLike", "apply", "apply_unary", "call", "power", "unwrap"]

TensorLike: TypeAlias = Any
"""A Tensor, an array, a list or a number."""

_NO_STATICS: dict[str, Any] = {}
_NO_SHAPES: tuple[tuple[int, ...], ...] = ()


class Tensor:
    """An array that may record how it was computed. Made by `gradcli.tensor`; PyTorch's nouns.

    Attributes:
        array: the values, an ndarray or (from operations on scalars) a NumPy scalar.
        grad_fn: the node that computed it; None for a leaf.

    >>> import gradcli
    >>> x = gradcli.tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """

    __slots__ = ("__weakref__", "_accumulator", "_grad", "_requires_grad", "_retained", "array", "grad_fn")
    __array_priority__ = 1000

    def __init__(self, array: Any, requires_grad: bool = False, grad_fn: Node | None = None) -> None:
        self.array: Any = array  # an ndarray, or a NumPy scalar, which has an array's attributes
        self.grad_fn = grad_fn
        self._requires_grad = requires_grad
        self._grad: Tensor | None = None
        self._accumulator: AccumulateGrad | None = None
        self._retained = False

    # -- what it is ---------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the axes."""
        shape: tuple[int, ...] = self.array.shape
        return shape

    @property
    def ndim(self) -> int:
        """How many axes."""
        return len(self.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the entries."""
        dtype: np.dtype[Any] = self.array.dtype
        return dtype

    @property
    def is_leaf(self) -> bool:
        """Whether it was given and not computed from what requires a gradient."""
        return self.grad_fn is None

    @property
    def requires_grad(self) -> bool:
        """Whether operations on it are recorded."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if self.grad_fn is not None:
            if not value:
                raise AutogradError(
                    "you can only change requires_grad flags of leaf tensors",
                    hint="to use a computed tensor without its history, call .detach()",
                )
            return
        if value and self.array.dtype.kind != "f":
            raise AutogradError(
                f"only tensors of floating point can require gradients, this one is {self.array.dtype}",
                hint="write 2. instead of 2, or give dtype=float",
            )
        self._requires_grad = value

    @property
    def grad(self) -> Tensor | None:
        """The accumulated gradient of a leaf, or of a tensor that was told to `retain_grad()`."""
        if self.grad_fn is not None and not self._retained:
            warnings.warn(
                "the .grad attribute of a tensor that is not a leaf is read; its gradient is not kept: "
                "did you want to call .retain_grad() on it before backward()?",
                UserWarning,
                stacklevel=2,
            )
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None and value.shape != self.shape:
            raise AutogradError(f"a gradient of shape {value.shape} does not fit a tensor of shape {self.shape}")
        self._grad = value

    def edge(self) -> Edge:
        """The node that gets this tensor's cotangent."""
        if self.grad_fn is not None:
            return self.grad_fn
        if self._accumulator is None:
            self._accumulator = AccumulateGrad(self)
        return self._accumulator

    # -- gradients ----------------------------------------------------------------------------------

    def backward(
        self, gradient: TensorLike = None, retain_graph: bool | None = None, create_graph: bool = False
    ) -> None:
        """Add the derivative of this tensor to the `.grad` of every leaf that it was computed from.

        Args:
            gradient: the cotangent, in this tensor's shape; may be left out where there is one entry.
            retain_graph: keep what was saved for another backward (default: the value of `create_graph`).
            create_graph: record this backward too, so that the gradients can be differentiated.

        Raises:
            AutogradError: where PyTorch raises: no graph, a graph that is used up, a missing gradient.
        """
        from gradcli.engine.backward import backward

        backward([self], None if gradient is None else [gradient], retain_graph, create_graph)

    def retain_grad(self) -> None:
        """Keep the gradient of a computed tensor in `.grad` at the next backward."""
        if not self._requires_grad:
            raise AutogradError("can't retain_grad on a tensor that has requires_grad=False")
        if self.grad_fn is None or self._retained:
            return
        self._retained = True
        if self.grad_fn.hooks is None:
            self.grad_fn.hooks = []
        self.grad_fn.hooks.append(self._keep)

    def _keep(self, gradient: Any) -> None:
        self._grad = gradient if isinstance(gradient, Tensor) else Tensor(gradient)

    def detach(self) -> Tensor:
        """The same values (the same memory) without history."""
        self.array = np.asarray(self.array)
        return Tensor(self.array)

    def zero_(self) -> Tensor:
        """Set every entry to zero, in place."""
        if self._requires_grad and mode.enabled:
            raise AutogradError(
                "a leaf that requires grad is used in an in-place operation"
                if self.is_leaf
                else "a tensor with history cannot be zeroed in place",
                hint="do it under no_grad()",
            )
        self.array = np.asarray(self.array)
        self.array[...] = 0
        return self

    # -- values -------------------------------------------------------------------------------------

    def item(self) -> Any:
        """The value of a tensor of one entry as a Python number."""
        if self.array.size != 1:
            raise ShapeProblem(f"a tensor with {self.array.size} entries cannot be converted to one number")
        return self.array.item()

    def tolist(self) -> Any:
        """The values as nested lists."""
        return self.array.tolist()

    def numpy(self) -> NDArray[Any]:
        """The values as an ndarray that shares memory."""
        if self._requires_grad:
            raise AutogradError("can't call numpy() on a tensor that requires grad", hint="use .detach().numpy()")
        shared = self.array = np.asarray(self.array)
        return shared

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if self._requires_grad:
            raise AutogradError(
                "a tensor that requires grad cannot become an array without losing its gradient",
                hint="use .detach() first, or a function that gradcli can differentiate",
            )
        return np.array(self.array, dtype=dtype, copy=copy)

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __bool__(self) -> bool:
        if self.array.size != 1:
            raise ShapeProblem(
                f"the truth of a tensor with {self.array.size} entries is ambiguous", hint="use where(...)"
            )
        return bool(self.array)

    def __len__(self) -> int:
        if self.array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        from gradcli.engine.format import tensor_repr

        return tensor_repr(self)

    __hash__ = object.__hash__

    # -- NumPy's protocols --------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from gradcli.engine.protocols import from_ufunc

        return from_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        from gradcli.engine.protocols import from_function

        return from_function(function, args, kwargs)

    # -- operators ----------------------------------------------------------------------------------

    def __add__(self, other: TensorLike) -> Tensor:
        return _apply_binary(_ADD, self, other)

    def __radd__(self, other: TensorLike) -> Tensor:
        return _apply_binary(_ADD, other, self)

    def __sub__(self, other: TensorLike) -> Tensor:
        return _apply_binary(_SUB, self, other)

    def __rsub__(self, other: TensorLike) -> Tensor:
        return _apply_binary(_SUB, other, self)

    def __mul__(self, other: TensorLike) -> Tensor:
        return _apply_binary(_MUL, self, other)

    def __rmul__(self, other: TensorLike) -> Tensor:
        return _apply_binary(_MUL, other, self)

    def __truediv__(self, other: TensorLike) -> Tensor:
        return _apply_binary(_DIV, self, other)

    def __rtruediv__(self, other: TensorLike) -> Tensor:
        return _apply_binary(_DIV, other, self)

    def __floordiv__(self, other: TensorLike) -> Tensor:
        return call("floor_divide", self, other)

    def __rfloordiv__(self, other: TensorLike) -> Tensor:
        return call("floor_divide", other, self)

    def __mod__(self, other: TensorLike) -> Tensor:
        return call("mod", self, other)

    def __rmod__(self, other: TensorLike) -> Tensor:
        return call("mod", other, self)

    def __pow__(self, other: TensorLike) -> Tensor:
        return power(self, other)

    def __rpow__(self, other: TensorLike) -> Tensor:
        return power(other, self)

    def __matmul__(self, other: TensorLike) -> Tensor:
        return call("matmul", self, other)

    def __rmatmul__(self, other: TensorLike) -> Tensor:
        return call("matmul", other, self)

    def __neg__(self) -> Tensor:
        return apply(_NEG, (self,))

    def __pos__(self) -> Tensor:
        return self

    def __abs__(self) -> Tensor:
        return call("abs", self)

    def __lt__(self, other: TensorLike) -> Tensor:
        return call("less", self, other)

    def __le__(self, other: TensorLike) -> Tensor:
        return call("less_equal", self, other)

    def __gt__(self, other: TensorLike) -> Tensor:
        return call("greater", self, other)

    def __ge__(self, other: TensorLike) -> Tensor:
        return call("greater_equal", self, other)

    def __eq__(self, other: object) -> Tensor:  # type: ignore[override]  # entry by entry, as arrays do
        return call("equal", self, other)

    def __ne__(self, other: object) -> Tensor:  # type: ignore[override]  # entry by entry, as arrays do
        return call("not_equal", self, other)

    def __and__(self, other: TensorLike) -> Tensor:
        return call("logical_and", self, other)

    def __or__(self, other: TensorLike) -> Tensor:
        return call("logical_or", self, other)

    def __invert__(self) -> Tensor:
        return call("logical_not", self)

    def __getitem__(self, index: Any) -> Tensor:
        whole = index if isinstance(index, tuple) else (index,)
        plain = tuple(i.array if isinstance(i, Tensor) else i for i in whole)
        return apply(rule_of("getitem"), (self,), {"index": plain})

    @property
    def T(self) -> Tensor:
        """The axes reversed."""
        return call("transpose", self)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        """Sum over axes."""
        return call("sum", self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        """Arithmetic mean over axes."""
        return call("mean", self, axis=axis, keepdims=keepdims)

    def reshape(self, *shape: Any) -> Tensor:
        """The same entries in another shape."""
        return call("reshape", self, shape=shape[0] if len(shape) == 1 else shape)


def unwrap(value: TensorLike) -> Any:
    """The array of a Tensor; anything else as it is."""
    return value.array if isinstance(value, Tensor) else value


def _operand(value: TensorLike) -> TensorLike:
    return np.asarray(value) if isinstance(value, list | tuple) else value


def apply(rule: Rule, args: Sequence[TensorLike], statics: Statics = _NO_STATICS) -> Tensor:
    """Compute an operation and, where an input requires a gradient, record it.

    Args:
        rule: the compiled operation.
        args: its differentiable arguments, Tensors or arrays or numbers.
        statics: its static arguments, all of them.
    """
    if not statics and len(args) == 2:
        return _apply_binary(rule, *args)
    if not statics and len(args) == 1 and rule.aligned:
        return apply_unary(rule, *args)
    values = tuple([a.array if isinstance(a, Tensor) else a for a in args])
    out = rule.forward(*values, **statics)
    if not mode.enabled or not rule.pulls:
        return Tensor(out)
    edges = tuple([a.edge() if isinstance(a, Tensor) and a._requires_grad else None for a in args])
    if not any(edges):
        return Tensor(out)
    shapes = _NO_SHAPES if rule.aligned and len(values) == 1 else tuple([np.shape(v) for v in values])
    reads = rule.reads(edges)
    inputs = tuple([v if i in reads else None for i, v in enumerate(values)]) if reads else ()
    return _recorded(out, Node(rule, edges, inputs, out if -1 in reads else None, shapes, statics))


def apply_unary(rule: Rule, a: TensorLike) -> Tensor:
    """`apply` for an elementwise operation of one argument without statics."""
    if not isinstance(a, Tensor):
        return Tensor(rule.forward(_operand(a)))
    x = a.array
    out = rule.forward(x)
    if not a._requires_grad or not mode.enabled or not rule.pulls:
        return Tensor(out)
    keeps_x, _, keeps_out = rule.plans[1]
    edges = (a.grad_fn or a.edge(),)
    return _recorded(
        out, Node(rule, edges, (x,) if keeps_x else (), out if keeps_out else None, _NO_SHAPES, _NO_STATICS)
    )


def _apply_binary(rule: Rule, a: TensorLike, b: TensorLike) -> Tensor:
    """`apply` for two arguments without statics: the operators, whose overhead counts."""
    wants_a = wants_b = False
    x, y = a, b
    if isinstance(a, Tensor):
        x, wants_a = a.array, a._requires_grad
    if isinstance(b, Tensor):
        y, wants_b = b.array, b._requires_grad
    out = rule.forward(x, y)
    if not (wants_a or wants_b) or not mode.enabled or not rule.pulls:
        return Tensor(out)
    edges = (
        (a.grad_fn or a.edge()) if wants_a else None,
        (b.grad_fn or b.edge()) if wants_b else None,
    )
    shape = out.shape
    if rule.aligned and (not wants_a or x.shape == shape) and (not wants_b or y.shape == shape):
        shapes = _NO_SHAPES
    else:
        shapes = (np.shape(x), np.shape(y))
    keeps_x, keeps_y, keeps_out = rule.plans[wants_a + 2 * wants_b]
    inputs = (x if keeps_x else None, y if keeps_y else None)
    return _recorded(out, Node(rule, edges, inputs, out if keeps_out else None, shapes, _NO_STATICS))


def _recorded(out: Any, node: Node) -> Tensor:
    made = Tensor(out, True, node)
    if mode.watched is not None:
        mode.watched.append(made)
    return made


def call(name: str, *args: TensorLike, **keywords: Any) -> Tensor:
    """An operation of the table by name.

    >>> call("hypot", 3.0, 4.0)
    tensor(5.)
    """
    from gradcli.ops.bind import bind

    op = lookup(name)
    if op.name == "pow":
        return power(*args)
    if op.variadic and len(args) == 1 and isinstance(args[0], list | tuple):
        args = tuple(args[0])
    if op.pairwise and len(args) == 2 and not keywords and isinstance(args[1], Tensor | float | np.ndarray):
        return call(op.pairwise, *args)
    bound, statics = bind(op, args, keywords)
    return apply(rule_of(op.name), [_operand(a) for a in bound], statics)


def power(base: TensorLike, exponent: TensorLike) -> Tensor:
    """base**exponent; a constant scalar exponent has a rule of its own, as in PyTorch."""
    value = unwrap(exponent)
    constant = not (isinstance(exponent, Tensor) and exponent._requires_grad)
    if constant and np.ndim(value) == 0 and isinstance(base, Tensor):
        return apply(rule_of("pow_scalar"), (base,), {"n": float(value)})
    return apply(rule_of("pow"), (_operand(base), _operand(exponent)))


_ADD = rule_of("add")
_SUB = rule_of("sub")
_MUL = rule_of("mul")
_DIV = rule_of("div")
_NEG = rule_of("neg")

"""What a tensor is and holds: values, history, gradient, version; and which memory it shares."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.tape.hooks import Hook, HookHandle, Hooks
from gradcli.engine.tape.modes import counts
from gradcli.engine.tape.node import AccumulateGrad, Edge, Node
from gradcli.errors import AutogradError, ShapeProblem

__all__ = ["AutogradMeta", "Memory", "Tensor", "TensorLike", "like", "marked", "share", "unwrap"]

TensorLike: TypeAlias = Any
"""A Tensor, an array, a list or a number."""


class Memory:
    """What the tensors that show one memory have in common.

    Attributes:
        version: how often it has been changed in place.
        changed: the operation that did it last.
        saving_nodes: nodes that saved a part of it as their output.
    """

    __slots__ = ("changed", "saving_nodes", "version")

    def __init__(self) -> None:
        self.version = 0
        self.changed = ""
        self.saving_nodes: list[Node] = []


_UNCHANGED = Memory()
"""Stands for the memory of a tensor that has neither been changed nor shared; never written to."""


class AutogradMeta:
    """What only leaves, views, one of several outputs, and tensors changed in place have beyond values and an edge.

    The class's own attributes stand for what has not been set, so that a view is made the more quickly.

    Attributes:
        grad: the accumulated gradient.
        grad_accumulator: the end of the graph of a leaf that does not require a gradient any more.
        retains_grad: whether a computed tensor keeps its gradient.
        output_nr: which output of its node the tensor is.
        owner: the tensor whose memory this one shows; None for itself.
        base: the tensor whose history a view follows; None for a detached one, which has a history of its own.
        seen_version: the memory's version when the view's history was last written.
        frozen: why a view must not be changed in place with history, "" where it may.
        memory: what it has in common with all that show its memory.
        slow_path: whether the tensor is one of several outputs or of an unusual type: operations then look at more
            than its values and its edge, as they do where its memory has been changed.
    """

    grad: Tensor | None = None
    grad_accumulator: AccumulateGrad | None = None
    retains_grad = False
    output_nr = 0
    owner: Tensor | None = None
    base: Tensor | None = None
    seen_version = 0
    frozen = ""

    def __init__(self) -> None:
        self.slow_path = False
        self.memory = _UNCHANGED

    def own_memory(self) -> Memory:
        """The memory, to be written to or shared."""
        if self.memory is _UNCHANGED:
            self.memory = Memory()
        return self.memory


class Tensor:
    """An array that may record how it was computed. Made by `gradcli.tensor`; PyTorch's nouns.

    Every operation of the derivative table is a method too (`x.sin()`, `x.sum(axis=0)`), and with an
    underscore at its end an operation in place (`x.exp_()`). These methods, the operators, `backward` and what
    else is computed with tensors lie above this class; `gradcli.engine.attach` makes them its own.

    Attributes:
        array: the values, an ndarray or (from operations on scalars) a NumPy scalar.
        _edge: the node that gets its cotangent; None where no gradient is required.
        _meta: what most tensors do without, None until it is needed.

    What is computed with a subclass is of that subclass, made without its `__init__`, as in PyTorch; `.grad` is a plain
    Tensor. Of two subclasses the one that is the other's descendant is taken; without one the operation is refused.

    >>> import gradcli
    >>> x = gradcli.tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """

    __slots__ = ("__dict__", "__weakref__", "_edge", "_meta", "array")

    takes_call: ClassVar[Any] = None
    """Of a subclass: a function of an operation's name, its arguments and statics, which computes it in our place."""

    if TYPE_CHECKING:  # what gradcli.engine.attach gives the class

        def __getattr__(self, name: str) -> Any:
            """Every operation of the table, and PyTorch's further names."""

        def backward(
            self,
            gradient: TensorLike = None,
            retain_graph: bool | None = None,
            create_graph: bool = False,
            inputs: Sequence[Tensor] | Tensor | None = None,
        ) -> None:
            """See `gradcli.engine.attach`."""

        def _refresh(self) -> None: ...
        def __setitem__(self, index: Any, value: TensorLike) -> None: ...
        def __eq__(self, other: object) -> Tensor: ...  # type: ignore[override]  # entry by entry, as arrays do
        def __ne__(self, other: object) -> Tensor: ...  # type: ignore[override]  # entry by entry, as arrays do
        def __neg__(self) -> Tensor: ...
        def __add__(self, other: TensorLike) -> Tensor: ...

        __pos__ = __abs__ = __invert__ = __neg__
        __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __add__
        __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __matmul__ = __rmatmul__ = __add__
        __lt__ = __le__ = __gt__ = __ge__ = __and__ = __or__ = __xor__ = __getitem__ = __add__

    __hash__ = object.__hash__  # by identity, although == compares entries

    def __init__(self, array: Any, requires_grad: bool = False, grad_fn: Node | None = None) -> None:
        # A NumPy scalar has an array's attributes. Numbers and lists become floats, as in PyTorch's class.
        self.array: Any = array if hasattr(array, "dtype") else np.asarray(array, dtype=np.float64)
        self._meta: AutogradMeta | None = None
        self._edge: Edge | None = grad_fn
        if requires_grad and grad_fn is None:
            self._edge = AccumulateGrad(self)

    def meta(self) -> AutogradMeta:
        """What most tensors do without, made when first needed."""
        if self._meta is None:
            self._meta = AutogradMeta()
        return self._meta

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
    def grad_fn(self) -> Node | None:
        """The node that computed it; None for a leaf."""
        meta = self._meta
        if meta is not None and meta.seen_version != meta.memory.version:
            self._refresh()
        edge = self._edge
        return edge if isinstance(edge, Node) else None

    @property
    def is_leaf(self) -> bool:
        """Whether it was given and not computed from what requires a gradient."""
        return self.grad_fn is None

    @property
    def requires_grad(self) -> bool:
        """Whether operations on it are recorded."""
        meta = self._meta
        if meta is not None and meta.seen_version != meta.memory.version:
            self._refresh()
        return self._edge is not None

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
        if value and self._edge is None:
            self._edge = self.meta().grad_accumulator or AccumulateGrad(self)
        elif not value and isinstance(self._edge, AccumulateGrad):
            self.meta().grad_accumulator, self._edge = self._edge, None

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set `requires_grad` and give the tensor back."""
        self.requires_grad = requires_grad
        return self

    @property
    def _version(self) -> int:
        """How often the memory has been changed in place; a view and its base have one count."""
        return 0 if self._meta is None else self._meta.memory.version

    # -- gradient -----------------------------------------------------------------------------------

    @property
    def grad(self) -> Tensor | None:
        """The accumulated gradient of a leaf, or of a tensor that was told to `retain_grad()`."""
        if self.grad_fn is not None and not (self._meta is not None and self._meta.retains_grad):
            warnings.warn(
                "the .grad attribute of a tensor that is not a leaf is read; its gradient is not kept: "
                "did you want to call .retain_grad() on it before backward()?",
                UserWarning,
                stacklevel=2,
            )
        return None if self._meta is None else self._meta.grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None and value.shape != self.shape:
            raise AutogradError(f"a gradient of shape {value.shape} does not fit a tensor of shape {self.shape}")
        self.meta().grad = value

    def edge(self) -> Edge:
        """The node that gets the cotangent of this tensor, which requires a gradient."""
        meta = self._meta
        if meta is not None and meta.seen_version != meta.memory.version:
            self._refresh()
        assert self._edge is not None, "only what requires a gradient has an edge"
        return self._edge

    @property
    def output_nr(self) -> int:
        """Which of its node's outputs it is."""
        return 0 if self._meta is None else self._meta.output_nr

    def retain_grad(self) -> None:
        """Keep the gradient of a computed tensor in `.grad` at the next backward."""
        if not self.requires_grad:
            raise AutogradError("can't retain_grad on a tensor that has requires_grad=False")
        meta = self.meta()
        if self.grad_fn is None or meta.retains_grad:
            return
        meta.retains_grad = True
        self._hooks().retain_grad_hooks.append((meta.output_nr, ref(self)))

    @property
    def retains_grad(self) -> bool:
        """Whether a computed tensor was told to keep its gradient."""
        return self._meta is not None and self._meta.retains_grad

    def add_to_grad(self, gradient: Tensor) -> None:
        """Add what arrived at a computed tensor to its `.grad`."""
        meta = self.meta()
        own = gradient.clone() if gradient.requires_grad else Tensor(np.array(gradient.array))
        meta.grad = own if meta.grad is None else meta.grad + own

    def register_hook(self, hook: Hook) -> HookHandle:
        """Call `hook(gradient)` when the gradient of this tensor is known; what it returns, if anything, replaces it.

        Returns:
            A handle whose `remove()` takes the hook away.
        """
        if not self.requires_grad:
            raise AutogradError("cannot register a hook on a tensor that doesn't require gradient")
        entry = (self.output_nr, hook)
        hooks = self._hooks()
        hooks.tensor_hooks.append(entry)
        return HookHandle(hooks.tensor_hooks, entry)

    def register_post_accumulate_grad_hook(self, hook: Hook) -> HookHandle:
        """Call `hook(tensor)` whenever backward has added to the `.grad` of this leaf.

        Returns:
            A handle whose `remove()` takes the hook away.
        """
        edge = self.edge() if self.requires_grad else None
        if not isinstance(edge, AccumulateGrad):
            raise AutogradError("post accumulate grad hooks can be registered on leaf tensors that require grad only")
        edge.post_hooks.append(hook)
        return HookHandle(edge.post_hooks, hook)

    def _hooks(self) -> Hooks:
        edge = self.edge()
        if edge.hooks is None:
            counts.hooks += 1
            edge.hooks = Hooks()
        return edge.hooks

    # -- memory -------------------------------------------------------------------------------------

    def memory(self) -> NDArray[Any]:
        """The values as an ndarray that can be changed and shared."""
        if not isinstance(self.array, np.ndarray):
            self.array = np.array(self.array)
        array: NDArray[Any] = self.array
        return array

    def detach(self) -> Tensor:
        """The same values (the same memory, the same version) without history."""
        return share(marked(like(Tensor(self.memory()), self)), self)

    @property
    def data(self) -> Tensor:
        """The same memory without history and without a say in versions: changes of it go unnoticed."""
        return like(Tensor(self.memory()), self)

    @data.setter
    def data(self, value: Tensor) -> None:
        self.array = value.memory()

    def base_of_views(self) -> Tensor:
        """The tensor whose history this one follows: itself, if it is no view."""
        base = self._base
        return self if base is None else base

    def owner(self) -> Tensor:
        """The tensor that counts the changes of this one's memory."""
        owner = None if self._meta is None else self._meta.owner
        return self if owner is None else owner

    @property
    def _base(self) -> Tensor | None:
        return None if self._meta is None else self._meta.base

    def _is_view(self) -> bool:
        return self._base is not None

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
        if self.requires_grad:
            raise AutogradError("can't call numpy() on a tensor that requires grad", hint="use .detach().numpy()")
        return self.memory()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if self.requires_grad:
            raise AutogradError(
                "a tensor that requires grad cannot become an array without losing its gradient",
                hint="use .detach() first, or a function that gradcli can differentiate",
            )
        if dtype is None and not copy:
            return self.memory()
        return np.array(self.array, dtype=dtype)

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        if self.array.dtype.kind not in "iub" or self.array.size != 1:
            raise TypeError("only integer tensors of one entry can be an index")
        return int(self.array)

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

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec and self.array.size == 1 else repr(self)

    def __iter__(self) -> Iterator[Tensor]:
        return iter(self.unbind()) if self.ndim else (self[i] for i in range(len(self)))


def share(made: Tensor, source: Tensor) -> Tensor:
    """Make `made` a view of the memory of `source`, without history from it."""
    meta, shown = made.meta(), source.meta()
    meta.owner = source if shown.owner is None else shown.owner
    meta.memory = shown.own_memory()
    return made


def marked(tensor: Tensor) -> Tensor:
    """The tensor, on the slow path if of another type than float64, int64 and bool: types promote as in PyTorch."""
    if tensor.array.dtype.char not in "dlq?":  # l and q are both 64 bits wide, on one system or another
        tensor.meta().slow_path = True
    return tensor


def like(made: Tensor, *operands: Any) -> Tensor:
    """A plain tensor that was just made, as one of its operands' subclass, if there is one.

    Raises:
        AutogradError: for operands of two subclasses, of which neither is the other's.

    >>> class Length(Tensor): ...
    >>> type(like(Tensor(1.0), 2.0, Length(1.0))).__name__, type(like(Tensor(1.0), Tensor(2.0))).__name__
    ('Length', 'Tensor')
    """
    kinds = {type(operand) for operand in operands if isinstance(operand, Tensor)} - {Tensor}
    if not kinds:
        return made
    kind = max(kinds, key=lambda kind: len(kind.__mro__))
    if not all(issubclass(kind, other) for other in kinds):
        names = " and ".join(sorted(other.__name__ for other in kinds))
        raise AutogradError(f"tensors of {names} do not mix: neither is a subclass of the other")
    seen: Tensor = object.__new__(kind)
    seen.array, seen._edge, seen._meta = made.array, made._edge, made._meta
    return seen


def unwrap(value: TensorLike) -> Any:
    """The array of a Tensor; anything else as it is."""
    return value.array if isinstance(value, Tensor) else value

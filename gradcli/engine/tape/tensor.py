"""Tensor, and `apply`, which computes an operation and records it."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from gradcli.engine.rules.rule import Rule, Statics, rule_of
from gradcli.engine.tape.modes import changes, mode
from gradcli.engine.tape.node import PLAIN, Node, next_key
from gradcli.engine.tape.state import State
from gradcli.ops.table.lookup import lookup

__all__ = ["Tensor", "TensorLike", "apply", "apply_several", "call", "marked", "power", "unary", "unwrap"]

TensorLike: TypeAlias = Any
"""A Tensor, an array, a list or a number."""

_NO_STATICS: dict[str, Any] = {}
_NO_SHAPES: tuple[tuple[int, ...], ...] = ()


class Tensor(State):
    """An array that may record how it was computed. Made by `gradcli.tensor`; PyTorch's nouns.

    Every operation of the derivative table is a method too (`x.sin()`, `x.sum(axis=0)`), and with an
    underscore at its end an operation in place (`x.exp_()`).

    >>> import gradcli
    >>> x = gradcli.tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """

    __slots__ = ()
    __array_priority__ = 1000

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """What `gradcli.engine.torch.methods` attaches."""

        # Set below, where the operations are.
        def __add__(self, other: TensorLike) -> Tensor: ...
        def __radd__(self, other: TensorLike) -> Tensor: ...
        def __sub__(self, other: TensorLike) -> Tensor: ...
        def __rsub__(self, other: TensorLike) -> Tensor: ...
        def __mul__(self, other: TensorLike) -> Tensor: ...
        def __rmul__(self, other: TensorLike) -> Tensor: ...
        def __truediv__(self, other: TensorLike) -> Tensor: ...
        def __rtruediv__(self, other: TensorLike) -> Tensor: ...
        def __and__(self, other: TensorLike) -> Tensor: ...
        def __or__(self, other: TensorLike) -> Tensor: ...
        def __xor__(self, other: TensorLike) -> Tensor: ...
        def __invert__(self) -> Tensor: ...

    # -- gradients ----------------------------------------------------------------------------------

    def backward(
        self,
        gradient: TensorLike = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Sequence[Tensor] | Tensor | None = None,
    ) -> None:
        """Add the derivative of this tensor to the `.grad` of every leaf that it was computed from.

        Args:
            gradient: the cotangent, in this tensor's shape; may be left out where there is one entry.
            retain_graph: keep what was saved for another backward (default: the value of `create_graph`).
            create_graph: record this backward too, so that the gradients can be differentiated.
            inputs: accumulate into these tensors alone.

        Raises:
            AutogradError: where PyTorch raises: no graph, a graph that is used up, a missing gradient.
        """
        from gradcli.engine.sweeps.backward import backward

        backward([self], None if gradient is None else [gradient], retain_graph, create_graph, inputs)

    def keep_gradient(self, gradient: Tensor) -> None:
        """Add what arrived at a computed tensor to its `.grad`."""
        extra = self.extra()
        own = gradient.clone() if gradient.requires_grad else Tensor(np.array(gradient.array))
        extra.grad = own if extra.grad is None else extra.grad + own

    def _refresh(self) -> None:
        from gradcli.engine.tape.views import refresh

        refresh(self)

    def detach(self) -> Tensor:
        """The same values (the same memory, the same version) without history."""
        from gradcli.engine.tape.views import share

        return share(marked(Tensor(self.memory())), self)

    @property
    def data(self) -> Tensor:
        """The same memory without history and without a say in versions: changes of it go unnoticed."""
        return Tensor(self.memory())

    @data.setter
    def data(self, value: Tensor) -> None:
        self.array = value.memory()

    def base_of_views(self) -> Tensor:
        """The tensor whose history this one follows: itself, if it is no view."""
        root = None if self._extra is None else self._extra.root
        return self if root is None else root

    def owner(self) -> Tensor:
        """The tensor that counts the changes of this one's memory."""
        base = None if self._extra is None else self._extra.base
        return self if base is None else base

    @property
    def _base(self) -> Tensor | None:
        return None if self._extra is None else self._extra.root

    def _is_view(self) -> bool:
        return self._base is not None

    def __iter__(self) -> Iterator[Tensor]:
        return iter(self.unbind()) if self.ndim else (self[i] for i in range(len(self)))

    # -- NumPy's protocols --------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from gradcli.engine.tape.protocols import from_ufunc

        return from_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        from gradcli.engine.tape.protocols import from_function

        return from_function(function, args, kwargs)

    # -- operators ----------------------------------------------------------------------------------

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
        return _negative(self)

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

    __hash__ = object.__hash__

    def __getitem__(self, index: Any) -> Tensor:
        return apply(rule_of("getitem"), (self,), {"index": plain_index(index)})

    def __setitem__(self, index: Any, value: TensorLike) -> None:
        from gradcli.engine.tape.inplace import assign

        assign(self, plain_index(index), value)

    def __iadd__(self, other: TensorLike) -> Tensor:
        return _in_place(self, "add", other)

    def __isub__(self, other: TensorLike) -> Tensor:
        return _in_place(self, "sub", other)

    def __imul__(self, other: TensorLike) -> Tensor:
        return _in_place(self, "mul", other)

    def __itruediv__(self, other: TensorLike) -> Tensor:
        return _in_place(self, "div", other)

    def __ipow__(self, other: TensorLike) -> Tensor:
        return _in_place(self, "pow", other)


def plain_index(index: Any) -> tuple[Any, ...]:
    """An index as a tuple of what NumPy takes."""
    whole = index if isinstance(index, tuple) else (index,)
    return tuple(i.array if isinstance(i, Tensor) else i for i in whole)


def _in_place(tensor: Tensor, name: str, other: TensorLike) -> Tensor:
    from gradcli.engine.tape.inplace import in_place

    return in_place(tensor, name, other)


def marked(tensor: Tensor) -> Tensor:
    """A tensor of another type than float64, int64 and bool marked for a closer look: types promote as in PyTorch."""
    if tensor.array.dtype.char not in "dlq?":
        tensor.extra().special = True
    return tensor


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
        return binary(rule)(*args)
    if not statics and len(args) == 1 and rule.aligned:
        return unary(rule)(*args)
    return _general(rule, args, statics)


def _general(rule: Rule, args: Sequence[TensorLike], statics: Statics) -> Tensor:
    out, node = _compute(rule, args, statics)
    made = Tensor(out) if node is None else _recorded(out, node)
    marked(made)
    if rule.views and isinstance(out, np.ndarray):
        from gradcli.engine.tape.views import mark_view

        mark_view(made, args[0])
    return made


def apply_several(rule: Rule, args: Sequence[TensorLike], statics: Statics) -> tuple[Tensor, ...]:
    """`apply` for an operation with several outputs."""
    outs, node = _compute(rule, args, statics)
    made = []
    for i, out in enumerate(outs):
        tensor = Tensor(out) if node is None else _recorded(out, node)
        if rule.views:
            from gradcli.engine.tape.views import mark_view

            mark_view(tensor, args[0], "one of several views that one operation gave")
        if node is not None:
            tensor.extra().output = i
            tensor.extra().special = True
        made.append(tensor)
    if node is not None:
        node.own_details().forms = tuple(np.shape(out) for out in outs)
    return _titled(rule.op.outputs)(*made) if rule.op.outputs else tuple(made)


@cache
def _titled(names: tuple[str, ...]) -> Any:
    return namedtuple("Outputs", names)


def _compute(rule: Rule, args: Sequence[TensorLike], statics: Statics) -> tuple[Any, Node | None]:
    values = tuple([a.array if isinstance(a, Tensor) else a for a in args])
    if (
        (rule.aligned or rule.variadic)
        and len(values) > 1
        and any(isinstance(a, Tensor) and a._extra is not None for a in args)
    ):
        from gradcli.engine.tape.promotion import promote

        values = promote(values, rule.name)
    out = rule.forward(*values, **statics)
    if not mode.enabled or not rule.vjps:
        return (_widened(rule, out, *values, **statics) if rule.aligned else out), None
    edges = tuple([a.edge() if isinstance(a, Tensor) and a.requires_grad else None for a in args])
    if not any(edges):
        return (_widened(rule, out, *values, **statics) if rule.aligned else out), None
    shapes = _NO_SHAPES if rule.aligned and len(values) == 1 else tuple([np.shape(v) for v in values])
    reads = rule.reads(edges)
    tensors = tuple([a if i in reads else None for i, a in enumerate(args)]) if reads else ()
    node = Node(rule, edges, tensors, out if -1 in reads else None)
    details = node.own_details()
    details.shapes = shapes
    details.statics = statics
    details.indices = _indices(args)
    details.versions = _versions(tensors)
    return out, node


def _widened(rule: Rule, out: Any, *values: Any, **statics: Any) -> Any:
    """A result in float64 or int64 where NumPy computes with truth values in half precision and 8 bits."""
    if not hasattr(out, "dtype") or out.dtype.char in "dl?" or any(np.asarray(v).dtype.kind != "b" for v in values):
        return out
    return rule.forward(*(np.asarray(v).astype(np.int64) for v in values), **statics)


def _indices(args: Sequence[TensorLike]) -> tuple[int, ...] | None:
    """For each argument which output of its node it is; None where all are the first."""
    indices = tuple([a._extra.output if isinstance(a, Tensor) and a._extra is not None else 0 for a in args])
    return indices if any(indices) else None


def _versions(tensors: Sequence[TensorLike]) -> tuple[int, ...] | None:
    versions = tuple([t._version if isinstance(t, Tensor) and t._extra is not None else 0 for t in tensors])
    return versions if any(versions) else None


# A call of a class takes longer than what it does for a small object: the two functions below, which every
# operator runs through, make their node and tensor attribute by attribute.
_new = object.__new__


@cache
def unary(rule: Rule) -> Callable[[TensorLike], Tensor]:
    """`apply` for an elementwise operation of one argument without statics, as a function of its own."""
    forward, plans = rule.forward, rule.plans

    def operator(a: TensorLike) -> Tensor:
        if type(a) is not Tensor:
            return Tensor(forward(_operand(a)))
        extra = a._extra
        if extra is not None and extra.special:
            return _general(rule, (a,), _NO_STATICS)
        out = forward(a.array)
        edge = a._edge
        if edge is None or (changes.silent and not mode.enabled) or not plans:
            return Tensor(_widened(rule, out, a.array))
        keeps_x, _, keeps_out = plans[1]
        node = _new(Node)
        node.rule = rule
        node.edges = (edge,)
        node.tensors = (a,) if keeps_x else ()
        node.out = out if keeps_out else None
        node.fused_vjps = rule.fused_vjps[1]
        node.details = PLAIN
        node.freed = False
        node.key = next_key()
        if changes.watchers:
            return _recorded(out, node)
        made = _new(Tensor)
        made.array = out
        made._edge = node
        made._extra = None
        return made

    return operator


@cache
def binary(  # noqa: C901  # one straight line, because every operator runs through it
    rule: Rule,
) -> Callable[[TensorLike, TensorLike], Tensor]:
    """`apply` for two arguments without statics, as a function of its own: the operators, whose overhead counts."""
    forward, plans, aligned = rule.forward, rule.plans, rule.aligned

    def operator(a: TensorLike, b: TensorLike) -> Tensor:  # noqa: C901  # as above
        x, y = a, b
        first = second = None
        if type(a) is Tensor:
            extra = a._extra
            if extra is not None and extra.special:
                return _general(rule, (a, b), _NO_STATICS)
            x = a.array
            first = a._edge
        if type(b) is Tensor:
            extra = b._extra
            if extra is not None and extra.special:
                return _general(rule, (a, b), _NO_STATICS)
            y = b.array
            second = b._edge
        out = forward(x, y)
        if (changes.silent and not mode.enabled) or not plans:
            return Tensor(_widened(rule, out, x, y))
        if first is None:
            if second is None:
                return Tensor(_widened(rule, out, x, y))
            wanted = 2
            alike = aligned and (type(x) is float or y.shape == out.shape)
        elif second is None:
            wanted = 1
            alike = aligned and (type(y) is float or x.shape == out.shape)
        else:
            wanted = 3
            alike = aligned and x.shape == y.shape
        keeps_x, keeps_y, keeps_out = plans[wanted]
        tensors: tuple[Any, ...] = ()
        if keeps_x or keeps_y:
            tensors = (a if keeps_x else None, b if keeps_y else None)
            if wanted != 3:
                tensors = tuple([t if t is None or type(t) is Tensor else Tensor(t) for t in tensors])
        node = _new(Node)
        node.rule = rule
        node.edges = (first, second)
        node.tensors = tensors
        node.out = out if keeps_out else None
        node.fused_vjps = rule.fused_vjps[wanted] if alike else None
        node.details = PLAIN
        node.freed = False
        node.key = next_key()
        if not alike:
            node.own_details().shapes = (np.shape(x), np.shape(y))
        if changes.watchers:
            return _recorded(out, node)
        made = _new(Tensor)
        made.array = out
        made._edge = node
        made._extra = None
        return made

    return operator


def _swapped(rule: Rule) -> Callable[[TensorLike, TensorLike], Tensor]:
    """The operator of which the tensor is the right operand."""
    operator = binary(rule)
    return lambda b, a: operator(a, b)


def _recorded(out: Any, node: Node) -> Tensor:
    made = Tensor(out, True, node)
    if changes.watchers and mode.watched is not None:
        mode.watched.append(made)
    return made


def call(name: str, *args: TensorLike, **keywords: Any) -> Tensor:
    """An operation of the table by name; several tensors from one with several outputs.

    >>> call("hypot", 3.0, 4.0)
    tensor(5.)
    """
    from gradcli.ops.calls.bind import bind

    op = lookup(name)
    if op.name == "pow":
        return power(*args)
    if op.variadic and len(args) == 1 and isinstance(args[0], list | tuple):
        args = tuple(args[0])
    if op.pairwise and len(args) == 2 and not keywords and isinstance(args[1], Tensor | float | np.ndarray):
        return call(op.pairwise, *args)
    bound, statics = bind(op, args, keywords)
    operands = [_operand(a) for a in bound]
    if op.multi_output:
        return apply_several(rule_of(op.name), operands, statics)  # type: ignore[return-value]  # callers know which give several
    return apply(rule_of(op.name), operands, statics)


def power(base: TensorLike, exponent: TensorLike) -> Tensor:
    """base**exponent; a constant scalar exponent has a rule of its own, as in PyTorch."""
    value = unwrap(exponent)
    constant = not (isinstance(exponent, Tensor) and exponent.requires_grad)
    if constant and np.ndim(value) == 0 and isinstance(base, Tensor):
        return apply(rule_of("pow_scalar"), (base,), {"n": value if isinstance(value, int) else float(value)})
    return apply(rule_of("pow"), (_operand(base), _operand(exponent)))


_negative = unary(rule_of("neg"))

for _name in ("add", "sub", "mul", "div"):
    _method = "truediv" if _name == "div" else _name
    setattr(Tensor, f"__{_method}__", binary(rule_of(_name)))
    _commutes = _name in ("add", "mul")  # 2*x is x*2, in the graph as well, as in PyTorch
    setattr(Tensor, f"__r{_method}__", binary(rule_of(_name)) if _commutes else _swapped(rule_of(_name)))

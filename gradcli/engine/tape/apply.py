"""Operations applied to tensors: computed by their rules, and recorded where an input requires a gradient."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from gradcli.engine.rules.rule import Rule, Statics, rule_of
from gradcli.engine.tape.modes import counts, mode
from gradcli.engine.tape.node import PLAIN, Node, next_key
from gradcli.engine.tape.promotion import promote
from gradcli.engine.tape.tensor import Tensor, TensorLike, like, marked, unwrap
from gradcli.engine.tape.views import mark_view
from gradcli.ops.calls.bind import bind
from gradcli.ops.table.lookup import lookup

__all__ = ["apply", "apply_several", "binary", "call", "output_nrs_of", "power", "unary", "versions_of"]

_NO_STATICS: dict[str, Any] = {}
_NO_SHAPES: tuple[tuple[int, ...], ...] = ()


def apply(rule: Rule, args: Sequence[TensorLike], statics: Statics = _NO_STATICS) -> Tensor:
    """Compute an operation and, where an input requires a gradient, record it.

    Args:
        rule: the compiled operation.
        args: its differentiable arguments, Tensors or arrays or numbers.
        statics: its static arguments, all of them.
    """
    if not statics and len(args) == 2:
        return binary(rule)(*args)
    if not statics and len(args) == 1 and rule.elementwise:
        return unary(rule)(*args)
    return _general(rule, args, statics)


# Every operator runs through one of the two functions below. For small tensors a call of a class takes longer than the
# arithmetic, so they make their node and tensor attribute by attribute, and leave what is rare to `_general`.
_new = object.__new__


@cache
def unary(rule: Rule) -> Callable[[TensorLike], Tensor]:
    """`apply` for an elementwise operation of one argument without statics, as a function of its own."""
    forward, save_plans = rule.forward, rule.save_plans

    def operator(a: TensorLike) -> Tensor:
        if type(a) is not Tensor:
            return _general(rule, (a,), _NO_STATICS) if isinstance(a, Tensor) else Tensor(forward(_operand(a)))
        meta = a._meta
        if meta is not None and meta.slow_path:
            return _general(rule, (a,), _NO_STATICS)
        out = forward(a.array)
        edge = a._edge
        if edge is None or (counts.not_recording and not mode.enabled) or not save_plans:
            return Tensor(_widened(rule, out, a.array))
        saves_x, _, saves_out = save_plans[1]
        node = _new(Node)
        node.rule = rule
        node.edges = (edge,)
        node.tensors = (a,) if saves_x else ()
        node.out = out if saves_out else None
        node.fused_vjps = rule.fused_vjps[1]
        node.details = PLAIN
        node.freed = False
        node.key = next_key()
        if counts.collectors:
            return _recorded(out, node)
        made = _new(Tensor)
        made.array = out
        made._edge = node
        made._meta = None
        return made

    return operator


@cache
def binary(  # noqa: C901  # one straight line, because every operator runs through it
    rule: Rule,
) -> Callable[[TensorLike, TensorLike], Tensor]:
    """`apply` for two arguments without statics, as a function of its own: the operators, whose overhead counts."""
    forward, save_plans, elementwise = rule.forward, rule.save_plans, rule.elementwise

    def operator(a: TensorLike, b: TensorLike) -> Tensor:  # noqa: C901  # as above
        x, y = a, b
        first = second = None
        if type(a) is Tensor:
            meta = a._meta
            if meta is not None and meta.slow_path:
                return _general(rule, (a, b), _NO_STATICS)
            x = a.array
            first = a._edge
        elif type(a) is not float and isinstance(a, Tensor):
            return _general(rule, (a, b), _NO_STATICS)
        if type(b) is Tensor:
            meta = b._meta
            if meta is not None and meta.slow_path:
                return _general(rule, (a, b), _NO_STATICS)
            y = b.array
            second = b._edge
        elif type(b) is not float and isinstance(b, Tensor):
            return _general(rule, (a, b), _NO_STATICS)
        out = forward(x, y)
        if (counts.not_recording and not mode.enabled) or not save_plans:
            return Tensor(_widened(rule, out, x, y))
        # Fused VJPs undo no broadcasting: they serve where each wanted input has the result's shape.
        if first is None:
            if second is None:
                return Tensor(_widened(rule, out, x, y))
            wanted = 2
            same_shape = elementwise and (type(x) is float or y.shape == out.shape)
        elif second is None:
            wanted = 1
            same_shape = elementwise and (type(y) is float or x.shape == out.shape)
        else:
            wanted = 3
            same_shape = elementwise and x.shape == y.shape
        saves_x, saves_y, saves_out = save_plans[wanted]
        tensors: tuple[Any, ...] = ()
        if saves_x or saves_y:
            tensors = (a if saves_x else None, b if saves_y else None)
            if wanted != 3:  # a saved array or number becomes a tensor too, as fused VJPs read `.array`
                tensors = tuple([t if t is None or type(t) is Tensor else Tensor(t) for t in tensors])
        node = _new(Node)
        node.rule = rule
        node.edges = (first, second)
        node.tensors = tensors
        node.out = out if saves_out else None
        node.fused_vjps = rule.fused_vjps[wanted] if same_shape else None
        node.details = PLAIN
        node.freed = False
        node.key = next_key()
        if not same_shape:
            node.writable_details().shapes = (np.shape(x), np.shape(y))
        if counts.collectors:
            return _recorded(out, node)
        made = _new(Tensor)
        made.array = out
        made._edge = node
        made._meta = None
        return made

    return operator


def _general(rule: Rule, args: Sequence[TensorLike], statics: Statics) -> Tensor:
    """`apply` for any operation with one output."""
    if (taken := _taken(args)) is not None:
        found: Tensor = taken(rule.op.name, args, statics)
        return found
    out, node = _compute(rule, args, statics)
    made = like(Tensor(out) if node is None else _recorded(out, node), *args)
    marked(made)
    if rule.views and isinstance(out, np.ndarray):
        mark_view(made, args[0])
    return made


def _taken(args: Sequence[TensorLike]) -> Any:
    """What computes the operation in our place, where an argument is of a class that says so."""
    for arg in args:
        if type(arg) is not Tensor and isinstance(arg, Tensor) and arg.takes_call is not None:
            return arg.takes_call
    return None


def apply_several(rule: Rule, args: Sequence[TensorLike], statics: Statics) -> tuple[Tensor, ...]:
    """`apply` for an operation with several outputs."""
    if (taken := _taken(args)) is not None:
        several: tuple[Tensor, ...] = taken(rule.op.name, args, statics)
        return _named_outputs(rule.op.outputs)(*several) if rule.op.outputs else several
    outs, node = _compute(rule, args, statics)
    made = []
    for i, out in enumerate(outs):
        tensor = like(Tensor(out) if node is None else _recorded(out, node), *args)
        if rule.views:
            mark_view(tensor, args[0], "one of several views that one operation gave")
        if node is not None:
            tensor.meta().output_nr = i
            tensor.meta().slow_path = True
        made.append(tensor)
    if node is not None:
        node.writable_details().output_shapes = tuple(np.shape(out) for out in outs)
    return _named_outputs(rule.op.outputs)(*made) if rule.op.outputs else tuple(made)


@cache
def _named_outputs(names: tuple[str, ...]) -> Any:
    return namedtuple("Outputs", names)


def _compute(rule: Rule, args: Sequence[TensorLike], statics: Statics) -> tuple[Any, Node | None]:
    """An operation's value, and the node that records it; None where nothing is recorded."""
    values = tuple([a.array if isinstance(a, Tensor) else a for a in args])
    if (
        (rule.elementwise or rule.variadic)
        and len(values) > 1
        and any(isinstance(a, Tensor) and a._meta is not None for a in args)
    ):
        values = promote(values, rule.name)
    out = rule.forward(*values, **statics)
    if not mode.enabled or not rule.vjps:
        return (_widened(rule, out, *values, **statics) if rule.elementwise else out), None
    edges = tuple([a.edge() if isinstance(a, Tensor) and a.requires_grad else None for a in args])
    if not any(edges):
        return (_widened(rule, out, *values, **statics) if rule.elementwise else out), None
    shapes = _NO_SHAPES if rule.elementwise and len(values) == 1 else tuple([np.shape(v) for v in values])
    reads = rule.reads(edges)
    tensors = tuple([a if i in reads else None for i, a in enumerate(args)]) if reads else ()
    node = Node(rule, edges, tensors, out if -1 in reads else None)
    details = node.writable_details()
    details.shapes = shapes
    details.statics = statics
    details.output_nrs = output_nrs_of(args)
    details.versions = versions_of(tensors)
    return out, node


def _widened(rule: Rule, out: Any, *values: Any, **statics: Any) -> Any:
    """A result in float64 or int64 where NumPy computes with truth values in half precision and 8 bits."""
    if not hasattr(out, "dtype") or out.dtype.char in "dl?" or any(np.asarray(v).dtype.kind != "b" for v in values):
        return out
    return rule.forward(*(np.asarray(v).astype(np.int64) for v in values), **statics)


def _recorded(out: Any, node: Node) -> Tensor:
    """The tensor of a recorded value, shown to whoever collects them."""
    made = Tensor(out, True, node)
    if counts.collectors and mode.collector is not None:
        mode.collector.append(made)
    return made


def output_nrs_of(args: Sequence[TensorLike]) -> tuple[int, ...] | None:
    """For each argument which output of its node it is; None where all are the first."""
    numbers = tuple([a._meta.output_nr if isinstance(a, Tensor) and a._meta is not None else 0 for a in args])
    return numbers if any(numbers) else None


def versions_of(tensors: Sequence[TensorLike]) -> tuple[int, ...] | None:
    """The versions of saved tensors, to be compared in backward; None where all are 0."""
    versions = tuple([t._version if isinstance(t, Tensor) and t._meta is not None else 0 for t in tensors])
    return versions if any(versions) else None


def call(name: str, *args: TensorLike, **keywords: Any) -> Tensor:
    """An operation of the table by name; several tensors from one with several outputs.

    >>> call("hypot", 3.0, 4.0)
    tensor(5.)
    """
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
    if _taken((exponent,)) is not None:
        return apply(rule_of("pow"), (base, exponent))
    value = unwrap(exponent)
    constant = not (isinstance(exponent, Tensor) and exponent.requires_grad)
    if constant and np.ndim(value) == 0 and isinstance(base, Tensor):
        return apply(rule_of("pow_scalar"), (base,), {"n": value if isinstance(value, int) else float(value)})
    return apply(rule_of("pow"), (_operand(base), _operand(exponent)))


def _operand(value: TensorLike) -> TensorLike:
    return np.asarray(value) if isinstance(value, list | tuple) else value

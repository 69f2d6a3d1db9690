"""Operations applied to tensors: computed by their rules, and recorded where an input requires a gradient."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np

from gradcli.engine.rules.rule import Rule, Statics, pull, rule_of
from gradcli.engine.tape.modes import counts, mode
from gradcli.engine.tape.node import NO_STATICS, PLAIN, Edge, Node, next_key
from gradcli.engine.tape.promotion import promote
from gradcli.engine.tape.tensor import Tensor, TensorLike, like, marked, unwrap
from gradcli.engine.tape.views import mark_view
from gradcli.ops import Op
from gradcli.ops.calls.bind import bind
from gradcli.ops.table.lookup import lookup

__all__ = ["apply", "apply_several", "binary", "call", "caller", "output_nrs_of", "power", "unary", "versions_of"]

_NOTHING: frozenset[int] = frozenset()


def apply(rule: Rule, args: Sequence[TensorLike], statics: Statics = NO_STATICS) -> Tensor:
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
            return _general(rule, (a,), NO_STATICS) if isinstance(a, Tensor) else Tensor(forward(_operand(a)))
        meta = a._meta
        if meta is not None and (meta.slow_path or meta.memory.version):
            return _general(rule, (a,), NO_STATICS)
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
        node.shapes = ()
        node.statics = NO_STATICS
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
            if meta is not None and (meta.slow_path or meta.memory.version):
                return _general(rule, (a, b), NO_STATICS)
            x = a.array
            first = a._edge
        elif type(a) is not float and isinstance(a, Tensor | list | tuple):
            return _general(rule, (_operand(a), _operand(b)), NO_STATICS)
        if type(b) is Tensor:
            meta = b._meta
            if meta is not None and (meta.slow_path or meta.memory.version):
                return _general(rule, (a, b), NO_STATICS)
            y = b.array
            second = b._edge
        elif type(b) is not float and isinstance(b, Tensor | list | tuple):
            return _general(rule, (_operand(a), _operand(b)), NO_STATICS)
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
        node.fused_vjps = rule.fused_vjps[wanted] if same_shape else pull
        node.shapes = ()
        node.statics = NO_STATICS
        node.details = PLAIN
        node.freed = False
        node.key = next_key()
        if not same_shape:
            node.shapes = (np.shape(x), np.shape(y))
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
    out, node, usual = _compute(rule, args, statics)
    made = Tensor(out) if node is None else _recorded(out, node)
    if not usual:
        made = marked(like(made, *args))
    elif made.array.dtype.char != "d":
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
    outs, node, usual = _compute(rule, args, statics)
    made = []
    for i, out in enumerate(outs):
        tensor = Tensor(out) if node is None else _recorded(out, node)
        if not usual:
            tensor = like(tensor, *args)
        if rule.views:
            mark_view(tensor, args[0], "one of several views that one operation gave")
        if node is not None:
            meta = tensor.meta()
            meta.output_nr, meta.slow_path = i, True
        made.append(tensor)
    if node is not None:
        node.writable_details().output_shapes = tuple([out.shape for out in outs])
    return _named_outputs(rule.op.outputs)(*made) if rule.op.outputs else tuple(made)


@cache
def _named_outputs(names: tuple[str, ...]) -> Any:
    return namedtuple("Outputs", names)


def _compute(rule: Rule, args: Sequence[TensorLike], statics: Statics) -> tuple[Any, Node | None, bool]:
    """An operation's value, the node that records it (None for no record), and whether all its tensors are usual.

    Unusual are tensors of a subclass, of another type than most, one of several outputs, and those whose memory has
    been changed: they take a second look.
    """
    values: Any = []
    edges: list[Edge | None] = []
    usual = True
    for a in args:
        if type(a) is Tensor:
            values.append(a.array)
            edges.append(a._edge)
            meta = a._meta
            if meta is not None and (meta.slow_path or meta.memory.version):
                usual = False
        elif isinstance(a, Tensor):
            values.append(a.array)
            edges.append(a._edge)
            usual = False
        else:
            values.append(a)
            edges.append(None)
    if not usual:
        edges = [a.edge() if isinstance(a, Tensor) and a.requires_grad else None for a in args]
        if (rule.elementwise or rule.variadic) and len(values) > 1:
            values = promote(values, rule.name)
    out = rule.forward(*values, **statics)
    if (counts.not_recording and not mode.enabled) or not rule.saves or not any(edges):
        return (_widened(rule, out, *values, **statics) if rule.elementwise else out), None, usual
    reads = _NOTHING if rule.saves_nothing else rule.reads(edges)
    tensors = tuple([a if i in reads else None for i, a in enumerate(args)]) if reads else ()
    shapes: tuple[tuple[int, ...], ...] = ()
    if not (rule.elementwise and len(values) == 1):
        shapes = tuple([v.shape if type(v) is np.ndarray else np.shape(v) for v in values])
    node = Node(rule, tuple(edges), tensors, out if -1 in reads else None, shapes, statics)
    if not usual:
        output_nrs, versions = output_nrs_of(args), versions_of(tensors)
        if output_nrs or versions:
            details = node.writable_details()
            details.output_nrs, details.versions = output_nrs, versions
    several = rule.multi_output or (not usual and any(e is not None and e.rule.multi_output for e in edges))
    if not (several or rule.adds_in_place):
        node.fused_vjps = pull
    return out, node, usual


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
    found: Tensor = caller(name)(*args, **keywords)
    return found


@cache
def caller(name: str) -> Callable[..., Any]:
    """`call` of one operation, as a function of its own.

    >>> caller("hypot")(3.0, 4.0)
    tensor(5.)
    """
    op = lookup(name)
    if op.name == "pow":
        return power
    whole = _caller_by_signature(op)
    if op.statics or op.variadic or op.multi_output or not op.params or len(op.params) > 2:
        return whole
    rule = rule_of(op.name)
    if len(op.params) == 2:
        operator = binary(rule)

        def of_two(*args: TensorLike, **keywords: Any) -> Tensor:
            return operator(*args) if len(args) == 2 and not keywords else whole(*args, **keywords)

        return of_two
    operator_of_one = unary(rule) if rule.elementwise else None

    def of_one(*args: TensorLike, **keywords: Any) -> Tensor:
        if keywords or len(args) != 1 or operator_of_one is None:
            found: Tensor = whole(*args, **keywords)
            return found
        return operator_of_one(args[0])

    return of_one


def _caller_by_signature(op: Op) -> Callable[..., Any]:
    """A call of any operation: its values split into differentiable and static arguments."""
    rule = rule_of(op.name)
    count = len(op.params)
    apply_rule = apply_several if op.multi_output else apply
    by_place = not op.variadic and op.name != "getitem"

    def called(*args: TensorLike, **keywords: Any) -> Any:
        if by_place and len(args) >= count and _are_plain(args[count:]) and _are_plain(keywords.values()):
            if op.pairwise and len(args) == 2 and not keywords and isinstance(args[1], float):
                return call(op.pairwise, *args)
            return apply_rule(rule, [_operand(a) for a in args[:count]], _known_statics(op, *args[count:], **keywords))
        if op.variadic and len(args) == 1 and isinstance(args[0], list | tuple):
            args = tuple(args[0])
        if op.variadic and args and type(args[0]) is Tensor and _are_plain(keywords.values()):
            return apply_rule(rule, args, _known_statics(op, **keywords))
        if op.pairwise and len(args) == 2 and not keywords and isinstance(args[1], Tensor | float | np.ndarray):
            return call(op.pairwise, *args)
        bound, statics = bind(op, args, keywords)
        return apply_rule(rule, [_operand(a) for a in bound], statics)

    return called


_PLAIN_TYPES = frozenset({int, float, bool, str, type(None)})


def _are_plain(statics: Iterable[Any]) -> bool:
    """Whether static arguments are Python's constants or tuples of whole numbers: equal ones mean the same."""
    for value in statics:
        if type(value) is tuple:
            for item in value:
                if type(item) is not int:
                    return False
        elif type(value) not in _PLAIN_TYPES:
            return False
    return True


@lru_cache(maxsize=1024, typed=True)
def _known_statics(op: Op, *given: Any, **keywords: Any) -> dict[str, Any]:
    """The complete static arguments of a call, bound once for all calls that are alike."""
    return bind(op, [0.0] * len(op.params) + list(given), keywords)[1]


def power(base: TensorLike, exponent: TensorLike) -> Tensor:
    """base**exponent; a constant scalar exponent has a rule of its own, as in PyTorch."""
    if type(exponent) is int or type(exponent) is float:
        value, constant = exponent, True
    elif _taken((exponent,)) is not None:
        return apply(rule_of("pow"), (base, exponent))
    else:
        value = unwrap(exponent)
        constant = not (isinstance(exponent, Tensor) and exponent.requires_grad) and np.ndim(value) == 0
    if constant and isinstance(base, Tensor):
        return _general(rule_of("pow_scalar"), (base,), {"n": value if isinstance(value, int) else float(value)})
    return apply(rule_of("pow"), (_operand(base), _operand(exponent)))


def _operand(value: TensorLike) -> TensorLike:
    return np.asarray(value) if isinstance(value, list | tuple) else value

"""Operations that are others put together: every way of evaluating programs sees those alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from gradcli.errors import ShapeProblem, UsageProblem
from gradcli.lang import Call, Literal
from gradcli.ops.calls.operands import Operand
from gradcli.ops.calls.written import Resolve, written
from gradcli.ops.entry.op import Op
from gradcli.ops.table.lookup import TABLE

__all__ = ["Made", "put_together"]

Made: TypeAlias = Callable[[Call, Op, Sequence[Operand], Mapping[str, Operand]], Operand]
"""A call of an operation on resolved operands, resolved."""


def put_together(node: Call, op: Op, given: dict[str, Operand], made: Made, resolve: Resolve, source: str) -> Operand:
    """A call of a composite operation as calls of those that it is made of.

    Args:
        node: the call.
        op: its operation.
        given: one operand for each parameter, and for each static argument that is given.
        made: makes a call of another operation.
        resolve: resolves a call of anything in the language.
        source: the program's text.

    Raises:
        ShapeProblem: for operands that do not fit.
        UsageProblem: for operands that cannot be told apart, as their axes are not known.
    """
    if op.name not in _COMPOSITES:
        return written(node, op, given, resolve, source)
    return _COMPOSITES[op.name](_Maker(node, made, source), *(given[name] for name in op.params))


class _Maker:
    """Calls in the place of one call."""

    def __init__(self, node: Call, made: Made, source: str) -> None:
        self.node = node
        self.source = source
        self._made = made

    def call(self, name: str, *operands: Operand) -> Operand:
        """A call of an operation."""
        return self._made(self.node, TABLE[name], operands, {})

    def number(self, number: int) -> Operand:
        """A whole number, which the text does not have."""
        return Operand(Literal(float(number), self.node.span), "whole", 0, float(number))

    def text(self, operand: Operand) -> str:
        """What the user wrote."""
        return self.source[slice(*operand.tree.span)]


def _cross_entropy(make: _Maker, x: Operand, target: Operand) -> Operand:
    for operand, what in ((x, "logits"), (target, "target")):
        if operand.rank is None:
            raise UsageProblem(
                f"cross_entropy's {what} must have a known number of axes, and '{make.text(operand)}' has not",
                source=make.source,
                span=operand.tree.span,
                hint="put reshape(..., [n, classes]) around it, or write logsumexp(z) - z[k]",
            )
    assert x.rank is not None
    assert target.rank is not None
    if not x.rank or target.rank not in (x.rank, x.rank - 1):
        axes = "axis" if x.rank == 1 else "axes"
        raise ShapeProblem(
            f"cross_entropy takes logits with an axis of classes and a target without it, not {x.rank} {axes} and "
            f"{target.rank}",
            source=make.source,
            span=make.node.span,
            hint="cross_entropy(z, 2), with z of shape (n, classes) cross_entropy(z, [2, 0, ...]); or probabilities",
        )
    axis = make.number(1 if x.rank > 1 else 0)
    logs = make.call("log_softmax", x, axis)
    if target.rank == x.rank:
        return make.call("neg", make.call("mean", make.call("sum", make.call("mul", target, logs), axis)))
    labels = make.call("class_labels", target)
    if x.rank == 1:
        return make.call("neg", make.call("getitem", logs, labels))
    columns = make.call("expand_dims", labels, make.number(1))
    return make.call("neg", make.call("mean", make.call("take_along_axis", logs, columns, axis)))


_COMPOSITES: dict[str, Callable[..., Operand]] = {"cross_entropy": _cross_entropy}

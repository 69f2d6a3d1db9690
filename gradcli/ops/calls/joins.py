"""`stack`, `concatenate` and their kin: one argument is a sequence, several are what is joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradcli.errors import ShapeProblem
from gradcli.lang import Call
from gradcli.ops.calls.operands import Operand
from gradcli.ops.entry.op import Op

__all__ = ["JOINS", "Joined", "joined"]

JOINS = frozenset({"concatenate", "hstack", "stack", "vstack"})
"""Operations that join arrays."""

Joined = tuple[list[Operand], dict[str, Operand]]
"""What is joined, and the arguments by name."""


def joined(op: Op, node: Call, args: Sequence[Operand], keywords: Mapping[str, Operand], source: str) -> Joined:
    """What a call joins.

    One argument is the sequence of what is joined, as NumPy has it: a list, the outputs of an operation, or an array,
    whose slices along its first axis are joined. Several arguments are joined themselves. A whole number that follows
    one sequence is the axis.

    Raises:
        ShapeProblem: for a single number, which is no sequence.
    """
    named = dict(keywords)
    if len(args) == 2 and "axis" in op.statics and "axis" not in named and _is_axis(*args):
        named["axis"] = args[1]
        args = args[:1]
    if len(args) != 1 or args[0].gives:
        return list(args), named
    whole = args[0]
    if whole.items is not None:
        return list(whole.items), named
    if whole.rank == 0:
        message = f"{node.function} takes a list of arrays, and this is a number"
        raise ShapeProblem(message, source=source, span=whole.tree.span, hint=f"write {node.function}([a, b])")
    slices = Call("unbind", (whole.tree,), whole.tree.span, node.head)
    return [whole._replace(tree=slices, rank=None, gives="unbind")], named


def _is_axis(sequence: Operand, number: Operand) -> bool:
    """Whether the second of two arguments is the axis: a whole number, or None, after anything but a number."""
    is_sequence = bool(sequence.gives) or sequence.items is not None or sequence.rank != 0
    return is_sequence and number.rank == 0 and number.kind in ("none", "whole")

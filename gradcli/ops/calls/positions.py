"""Axes, indices, shapes and masks: arguments that no gradient passes, told apart before anything is computed."""

from __future__ import annotations

from gradcli.errors import UsageProblem
from gradcli.lang import Call, Literal, Name, Tree
from gradcli.ops.calls.operands import Operand
from gradcli.ops.entry.op import Op
from gradcli.ops.table.lookup import TABLE

__all__ = ["check_whole", "is_mask", "is_truth_valued", "mask", "takes_whole"]

_WHOLE = frozenset({"axes", "axis", "axis1", "axis2", "chunks", "destination", "index", "indices", "k", "m", "n", "num",
                    "offset", "pad_width", "repeats", "reps", "sections", "shape", "shift", "source"})  # fmt: skip
"""Static arguments, by name, that are whole numbers, or arrays of them."""


def takes_whole(op: Op, static: str) -> bool:
    """Whether an operation's static argument is a whole number, or an array of them."""
    return (static in _WHOLE and op.name != "pow_scalar") or op.name == "slice"


def check_whole(op: Op, static: str, operand: Operand, source: str) -> None:
    """Refuse what is no whole number in the place of one.

    Raises:
        UsageProblem: with the place, and what to write.
    """
    refused = {"real", "text"} | ({"count", "truth"} if static == "indices" else {"count"})
    if operand.kind not in refused:
        return
    what = f"{op.name}'s {static}"
    if op.name in ("getitem", "output", "slice") or static == "indices":
        what = "an index"
    given = source[slice(*operand.tree.span)]
    truths = {"truth": "truth values", "count": "numbers made of truth values"}
    told = truths.get(operand.kind) or (repr(given) if len(given) <= 30 else "this")
    message = f"{what} is a whole number, not {told}"
    raise UsageProblem(message, source=source, span=operand.tree.span, hint=_instead(operand, source))


def _instead(operand: Operand, source: str) -> str:
    tree = operand.tree
    if operand.kind in ("count", "truth"):
        return "x[m] picks the entries where m holds, which may be made by &, |, ~ and *"
    if isinstance(tree, Call) and tree.function == "div":
        left, right = (source[slice(*arg.span)] for arg in tree.args)
        return f"write {left}//{right}"
    if isinstance(tree, Name) and operand.uses:
        return f"give '{tree.id}' a whole number as its value, or write round({tree.id})"
    return "//, round, floor and ceil give whole numbers"


def mask(tree: Tree) -> Tree:
    """Truth values as an index, in a form that is one whatever they are computed with."""
    if is_truth_valued(tree):
        return tree
    span = tree.span
    return Call("logical_not", (Call("logical_not", (tree,), span, span),), span, span)


def is_mask(node: Call) -> bool:
    """Whether a call was made by `mask`, and is not in the text."""
    return node.function == "logical_not" and node.span == node.args[0].span


def is_truth_valued(tree: Tree) -> bool:
    """Whether a resolved expression is a truth value, a comparison or a connective: as an index it is a mask.

    >>> from gradcli.lang import parse
    >>> is_truth_valued(parse("x > 1").result), is_truth_valued(parse("len(x)").result)
    (True, False)
    """
    if isinstance(tree, Literal):
        return isinstance(tree.value, bool)
    return isinstance(tree, Call) and tree.function != "len" and TABLE[tree.function].kind == "predicate"

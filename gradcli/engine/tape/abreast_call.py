"""A call at one row as calls on the arrays of all rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.engine.tape.abreast import Abreast, lead, rank_of
from gradcli.engine.tape.abreast_rules import RULES, of_index
from gradcli.engine.tape.apply import call
from gradcli.ops.calls.stacks import NoRule
from gradcli.ops.entry.op import Op

__all__ = ["call_abreast"]


def call_abreast(op: Op, args: Sequence[Any], statics: Mapping[str, Any]) -> Any:
    """An operation, of which an argument differs from row to row.

    Args:
        op: an entry of the table.
        args: `Abreast`, or tensors, arrays and numbers that are the same in all rows.
        statics: complete; of those `Abreast` means an index that differs from row to row.

    Raises:
        NoRule: where there is no rule.

    >>> import numpy as np
    >>> from gradcli.ops import TABLE
    >>> rows = Abreast(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> call_abreast(TABLE["sum"], [rows], {"axis": None, "keepdims": False}).value
    tensor([3., 7.])
    """
    given = list(args)
    if any(_differs(value) for value in statics.values()):
        return of_index(op, given, dict(statics))
    if op.kind in ("elementwise", "predicate") and op.name != "len":
        return _entry_by_entry(op, given)
    rule = RULES.get(op.name)
    if rule is None:
        raise NoRule(op.name)
    return rule(op, given, dict(statics))


def _differs(value: Any) -> bool:
    """Whether an index differs from row to row, or a part of it."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, Abreast):
            return True
        if isinstance(item, tuple | list):
            stack.extend(item)
    return False


def _entry_by_entry(op: Op, args: list[Any]) -> Abreast:
    rank = max(map(rank_of, args))
    return Abreast(call(op.name, *(lead(arg, rank) for arg in args)))

"""`a if c else b`: one of its branches is computed, unlike those of `where(c, a, b)`."""

from __future__ import annotations

from gradcli.lang.tree.nodes import Call

__all__ = ["is_conditional"]


def is_conditional(call: Call) -> bool:
    """Whether a call of `where` was written `a if c else b`: its head is then the word `if`.

    >>> from gradcli.lang import parse
    >>> is_conditional(parse("a if c else b").result), is_conditional(parse("where(c, a, b)").result)
    (True, False)
    """
    return call.function == "where" and call.head[1] - call.head[0] == len("if")

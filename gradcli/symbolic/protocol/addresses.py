"""Which derivative entries a question is about, in the order in which they are picked."""

from __future__ import annotations

from gradcli.address import EntryAddress, Input
from gradcli.symbolic.protocol.question import Question, size

__all__ = ["addresses"]


def addresses(question: Question, outputs: int) -> list[EntryAddress]:
    """All of them, of a value of so many entries.

    >>> asked = Question("[x*y, x]", {"x": 1.0, "y": [2.0, 3.0]}, ("x", "y"), "jacobian")
    >>> len(addresses(asked, 3)), addresses(asked, 3)[4]
    (9, EntryAddress(output=1, by=(Input(name='y', entry=0),), along=False))
    """
    kind = question.kind
    if kind in ("gradient", "jacobian"):
        moving = [Input(n, i) for n, value in question.values.items() if n in question.wrt for i in range(size(value))]
        count = outputs if kind == "jacobian" else 1
        return [EntryAddress(output, (by,)) for output in range(count) for by in moving]
    if kind == "pushforward":
        return [EntryAddress(output, along=True) for output in range(outputs)]
    if kind == "derivative":
        by = Input(question.wrt[0])
        return [EntryAddress(output, (by,) * k) for output in range(outputs) for k in range(1, question.order + 1)]
    inputs = [Input(name, i) for name in question.wrt for i in range(size(question.values[name]))]
    if kind == "hvp":
        return [EntryAddress(0, (by,), along=True) for by in inputs]
    second = [EntryAddress(0, (row, by)) for row in inputs for by in inputs]
    return [*(EntryAddress(0, (by,)) for by in inputs), *second]

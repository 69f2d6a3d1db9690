"""The outputs of an operation that has several, on their way to being indexed or unpacked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.errors import ShapeProblem, UsageProblem

__all__ = ["Several", "pick"]


class Several(tuple[Any, ...]):  # noqa: SLOT001  # it has an attribute
    """The outputs of one operation, or some of them.

    Attributes:
        args: what they were computed from.
    """

    args: Sequence[Any] = ()

    @classmethod
    def of(cls, outputs: Sequence[Any], args: Sequence[Any] = ()) -> Several:
        """The outputs, and what they were computed from."""
        made = cls(outputs)
        made.args = args
        return made


def pick(outputs: Several, index: Any, count: int | None = None) -> Any:
    """One output, or with a slice some of them.

    Args:
        index: a position, from 0 or from -1 back, or a slice.
        count: how many outputs there must be, where all of them are given names.

    Raises:
        ShapeProblem: if there is no such output, or there are more or fewer than `count`.
        UsageProblem: for any other index.

    >>> pick(Several.of("ab"), -1)
    'b'
    """
    there_are = f"there {'is 1 output' if len(outputs) == 1 else f'are {len(outputs)} outputs'}"
    if count is not None and count != len(outputs):
        raise ShapeProblem(f"{there_are} for {count} names")
    if isinstance(index, slice):
        return Several.of(outputs[index], outputs.args)
    if isinstance(index, bool) or not isinstance(index, int):
        raise UsageProblem("outputs are picked by a whole number or a slice", hint="write qr(A)[0], split(x, 3)[1:]")
    if not -len(outputs) <= index < len(outputs):
        raise ShapeProblem(f"there is no output {index}: {there_are}", hint="they are counted from 0")
    return outputs[index]

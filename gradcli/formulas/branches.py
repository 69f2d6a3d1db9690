"""What the branches of `a if c else b` must have in common for a formula to hold whichever is taken."""

from __future__ import annotations

from gradcli.errors import UsageProblem

__all__ = ["one_shape"]


def one_shape(first: tuple[int | str, ...], second: tuple[int | str, ...]) -> None:
    """Check that two branches have the same shape: one is computed alone, and is not broadcast to the other.

    Raises:
        UsageProblem: if they have not.

    >>> one_shape((2, "n"), (2, "n"))
    >>> one_shape((), (3,))
    Traceback (most recent call last):
    gradcli.errors.UsageProblem: the branches of an if have the shapes () and (3), and its formula would have one
    hint: grad and jacobian take the branch that the values choose; where(condition, a, b) broadcasts both
    """
    if first != second:
        shapes = " and ".join(f"({', '.join(map(str, shape))})" for shape in (first, second))
        raise UsageProblem(
            f"the branches of an if have the shapes {shapes}, and its formula would have one",
            hint="grad and jacobian take the branch that the values choose; where(condition, a, b) broadcasts both",
        )

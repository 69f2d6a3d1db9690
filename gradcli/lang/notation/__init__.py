"""Other notations, each in a file: from their text to a program of the language. Nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from gradcli.lang.text.unparse import unparse

__all__ = ["read_notation"]


def read_notation(name: str, source: str, ranks: Mapping[str, int | None]) -> str:
    """The line of the language that a text is in another notation.

    Args:
        name: latex, matrixcalculus, sympy, mathematica, matlab or excel.
        source: the text.
        ranks: for each variable that is told how many axes it has, None where that is not known.

    Raises:
        SyntaxProblem: for what is not read of the notation, or has more than one reading, with its place in the text.

    >>> read_notation("mathematica", "2 Sin[x]^2", {})
    '2*sin(x)**2'
    """
    module = import_module(f"gradcli.lang.notation.{name}")
    return unparse(getattr(module, f"read_{name}")(source, ranks))

"""A matrix in the Matrix Market exchange format, which sparse solvers and other languages read.

Source: R. F. Boisvert, R. Pozo, K. A. Remington, "The Matrix Market exchange formats: initial design", NISTIR 5935,
1996.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.coloring.pattern import Pattern
from gradcli.errors import UsageProblem
from gradcli.render.style import Style
from gradcli.transforms.results.sparse import SparseHessian, SparseResult

if TYPE_CHECKING:
    from gradcli.transforms.results.base import Result
    from gradcli.transforms.results.verdict import Verdict

__all__ = ["pattern_text", "render"]


def render(result: Result, verdict: Verdict | None, style: Style) -> str:
    """The matrix: of a sparse one the triplets, counted from 1, of a Hessian those on and below the diagonal.

    Raises:
        UsageProblem: for a result that has no matrix.
    """
    del verdict, style
    if isinstance(result, SparseResult):
        return _coordinates(result)
    labelled = result.matrix()
    if labelled is None:
        raise UsageProblem(f"`{result.command}` gives no matrix", hint="--json has everything")
    rows, columns = labelled.matrix.shape
    lines = ["%%MatrixMarket matrix array real general", f"{rows} {columns}"]
    return _text([*lines, *map(repr, labelled.matrix.T.ravel().tolist())])


def _coordinates(result: SparseResult) -> str:
    symmetric = isinstance(result, SparseHessian)
    kind = "symmetric" if symmetric else "general"
    rows, columns, data = (part.tolist() for part in result.triplets())
    body = [
        f"{row + 1} {column + 1} {number!r}"
        for row, column, number in zip(rows, columns, data, strict=True)
        if not symmetric or column <= row
    ]
    height, width = result.pattern.shape
    return _text([f"%%MatrixMarket matrix coordinate real {kind}", f"{height} {width} {len(body)}", *body])


def pattern_text(pattern: Pattern) -> str:
    """The places alone.

    >>> print(pattern_text(Pattern.of([[0, 1], [1, 0]])), end="")
    %%MatrixMarket matrix coordinate pattern general
    2 2 2
    1 2
    2 1
    """
    body = [f"{i + 1} {j + 1}" for i, j in zip(pattern.rows().tolist(), pattern.indices.tolist(), strict=True)]
    head = "%%MatrixMarket matrix coordinate pattern general"
    return _text([head, f"{pattern.shape[0]} {pattern.shape[1]} {len(body)}", *body])


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)

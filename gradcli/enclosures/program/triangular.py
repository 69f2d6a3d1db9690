"""Q and R by Gram's and Schmidt's process, with the signs that NumPy gives the diagonal of R."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb, arb_mat

from gradcli.enclosures.functions.decide import Undecidable
from gradcli.enclosures.functions.elementwise import function
from gradcli.enclosures.numbers.entry import Entry
from gradcli.enclosures.numbers.tape import Tape
from gradcli.enclosures.program.eigen import floats, undefined
from gradcli.enclosures.program.exact import exact_rank
from gradcli.enclosures.program.reductions import dot

__all__ = ["qr"]


def qr(x: Any, mode: str) -> tuple[Any, Any]:
    """Q with orthonormal columns and an upper triangular R, with x = Q*R.

    Raises:
        Undecidable: if the columns are linearly dependent, or not told from such.
    """
    m, n = x.shape
    count = min(m, n)
    tape: Tape = x.flat[0].tape
    diagonal = np.diagonal(np.linalg.qr(floats(x), mode=mode)[1])  # type: ignore[call-overload]  # bound before
    beyond = m if mode == "complete" else count
    q = np.empty((m, beyond), dtype=object)
    r = np.empty((beyond, n), dtype=object)
    r.reshape(-1)[:] = [Entry(tape, arb(0)) for _ in range(r.size)]
    for j in range(n):
        rest = list(x[:, j])
        for i in range(min(j, count)):
            base = list(q[:, i])
            r[i, j] = dot(base, rest)
            rest = [e - r[i, j] * b for e, b in zip(rest, base, strict=True)]
        if j < count:
            length = function("sqrt", _positive(dot(rest, rest), x, count))
            r[j, j] = length if diagonal[j] > 0 else -length
            inverse = function("reciprocal", r[j, j])
            q[:, j] = [e * inverse for e in rest]
    for j in range(count, beyond):
        reason = "some columns of Q of qr(..., mode='complete') are not unique"
        q[:, j] = [undefined(tape, list(x.ravel()), reason, True) for _ in range(m)]
    return q, r


def _positive(square: Entry, x: Any, count: int) -> Entry:
    if square.ball > 0:
        return square
    rank = exact_rank(arb_mat(len(x), count, [e.ball for e in x[:, :count].ravel()]))
    if rank is not None and rank < count:
        raise Undecidable("columns are linearly dependent, where qr is not differentiable", final=True)
    raise Undecidable("columns are linearly dependent, or not told from such")

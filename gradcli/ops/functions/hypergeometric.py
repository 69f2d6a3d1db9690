"""Gauss's hypergeometric function for moderate parameters and arguments.

By SciPy for parameters up to 3, by the power series in 106 bits for larger ones, where the terms may cancel.
Source: NIST Digital Library of Mathematical Functions, 15.2.1.
"""

from __future__ import annotations

import numpy as np

from gradcli.ops.functions.bessel import in_blocks
from gradcli.ops.functions.double_double import add, div, mul, pair, scaled, total
from gradcli.ops.functions.protocol import Array, in_type_of, protocol, quiet
from gradcli.ops.functions.reach import require

__all__ = ["hyp2f1"]

_LARGEST = 0.9


@protocol
@quiet
def hyp2f1(a: Array, b: Array, c: Array, x: Array) -> Array:
    """2F1(a, b; c; x)."""
    from scipy import special

    p, q, r, at = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (a, b, c, x)))
    # a little more than is told, since derivatives are those of the neighbours
    far = (np.abs(p) > 13) | (np.abs(q) > 13) | (r < 0.1) | (r > 24)
    require("hyp2f1", ~far, "for a and b from -10 to 10 and c from 0.1 to 20")
    require("hyp2f1", ~(np.abs(at) > _LARGEST), f"for -{_LARGEST} <= x <= {_LARGEST}")
    out = np.array(special.hyp2f1(p, q, r, at))
    large = (np.maximum(np.abs(p), np.abs(q)) > _SCIPYS) & np.isfinite(out)
    out[large] = in_blocks(_series, p[large], q[large], r[large], at[large])
    return in_type_of(x, out[()])


_SCIPYS = 3.0


def _series(a: Array, b: Array, c: Array, x: Array) -> Array:
    term = out = pair(np.ones_like(x))
    largest = np.ones_like(x)
    for k in range(5000):
        above = scaled(mul(total(a, float(k)), total(b, float(k))), x)
        term = div(mul(term, above), scaled(total(c, float(k)), k + 1.0))
        out = add(out, term)
        largest = np.maximum(largest, np.abs(term[0]))
        if k > _PAST and np.all(np.abs(term[0]) <= 1e-33 * largest):
            break
    return out[0] + out[1]


_PAST = 30
"""Beyond the largest parameters no factor of a term changes its sign, and the terms fall."""

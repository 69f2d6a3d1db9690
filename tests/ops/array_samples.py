"""Arguments to try the operations on whole arrays with: scans, shapes, linear algebra."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from gradcli.ops import TABLE

RANDOM = np.random.default_rng(7)
M = RANDOM.uniform(0.5, 2.0, (2, 3))
T = RANDOM.uniform(0.5, 2.0, (2, 3, 2))
V = RANDOM.uniform(0.5, 2.0, 3)
S = RANDOM.uniform(-1.0, 1.0, (3, 3)) + 2 * np.eye(3)
BATCH = RANDOM.uniform(-1.0, 1.0, (2, 3, 3)) + 2 * np.eye(3)
L = RANDOM.uniform(-1.0, 1.0, (5, 5))
P = S @ S.T + np.eye(3)
TALL = RANDOM.uniform(-1.0, 1.0, (4, 2))
ZEROS = np.array([[1.5, 0.0, -2.0, 3.0], [0.0, 0.5, 0.0, 2.0]])


class Sample(NamedTuple):
    """Arguments to try an operation with."""

    name: str
    arrays: Sequence[Any]
    statics: dict[str, Any]


def sample(name: str, *arrays: Any, **statics: Any) -> Sample:
    """Arguments, with the defaults of the statics that are not given."""
    return Sample(name, arrays, {**TABLE[name].statics, **statics})


SCANS = [
    sample("cumsum", T),
    sample("cumsum", T, axis=1),
    sample("cumsum", V, axis=-1),
    sample("cumprod", T),
    sample("cumprod", T, axis=1),
    sample("cumprod", ZEROS, axis=-1),
    sample("cumprod", ZEROS, axis=0),
    sample("cumprod", ZEROS),
    sample("softmax", M),
    sample("softmax", T, axis=1),
    sample("softmax", M, axis=None),
    sample("log_softmax", T, axis=(0, -1)),
    sample("log_softmax", M, axis=0),
    sample("log_softmax", V),
    sample("sort", T),
    sample("sort", T, axis=0),
    sample("sort", M, axis=None),
]

PRODUCTS = [
    sample("inner", M, T[0].T),
    sample("inner", T, M[:, :2]),
    sample("inner", V, V),
    sample("inner", np.float64(2.0), M),
    sample("vdot", M, M * 2),
    sample("vdot", T, T.ravel()[:12].reshape(3, 4)),
    sample("kron", M, S),
    sample("kron", V, M),
    sample("kron", T, V),
    sample("cross", V, S),
    sample("cross", S, V[::-1]),
    sample("cross", BATCH, S),
    sample("tensordot", T, S[:, :2]),
    sample("tensordot", T, S, axes=0),
    sample("tensordot", T, T[:, :, :1], axes=((0, 1), (0, 1))),
    sample("tensordot", T, BATCH[:, :2], axes=((1, 0), (-1, 0))),
    sample("einsum", M, S, subscripts="ij,jk->ik"),
    sample("einsum", S, subscripts="ii->i"),
    sample("einsum", S, V, subscripts="ii,k->"),
    sample("einsum", M, V, M, subscripts="ij,j,kj->ki"),
    sample("einsum", BATCH, S, subscripts="bii,ji->bj"),
    sample("einsum", BATCH[0, :, :, None] * S, subscripts="iii->"),
]

LINALG = [
    *[sample(name, x) for name in ("det", "cofactors", "logabsdet", "inv", "expm") for x in (S, BATCH, L)],
    sample("det", np.array([[1.5]])),
    sample("cofactors", np.array([[1.5]])),
    sample("inv", M[:, :2]),
    sample("pinv", TALL),
    sample("pinv", TALL.T),
    sample("pinv", BATCH),
    sample("solve", S, V),
    sample("solve", S, BATCH[0, :, :2]),
    sample("solve", BATCH, S),
    sample("solve", S, BATCH),
    sample("solve", BATCH, V),
    sample("cholesky", P),
    sample("cholesky", P + 0.1 * S),
    sample("cholesky", BATCH @ BATCH.swapaxes(-1, -2) + np.eye(3)),
    *[sample("matrix_power", S, n=n) for n in (0, 1, 2, 5, -1, -3)],
    sample("matrix_power", BATCH, n=3),
    *[
        sample(name, x)
        for name in ("eigvalsh", "svdvals")
        for x in (S, BATCH, TALL @ TALL.T + np.diag(V[[0, 1, 2, 0]]))
    ],
    sample("eigenvectors", P),
    sample("slogdet", S),
    sample("slogdet", -S),
    sample("slogdet", BATCH),
    sample("eigh", P),
    sample("eigh", S),
    sample("eigh", BATCH),
    sample("svd", S),
    sample("svd", S, full_matrices=True),
    sample("svd", TALL),
    sample("svd", TALL.T),
    sample("svd", BATCH[:, :2]),
    sample("qr", S),
    sample("qr", S, mode="complete"),
    sample("qr", TALL),
    sample("qr", TALL.T),
    sample("qr", BATCH[:, :2]),
    sample("qr", BATCH[..., :2]),
    sample("svdvals", TALL),
    sample("svdvals", TALL.T),
    sample("svdvals", RANDOM.uniform(-1.0, 1.0, (5, 2))),
    *[sample("norm", V, ord=p) for p in (None, 2, 1, 3, 2.5, np.inf, -np.inf, -1, 0)],
    *[sample("norm", S, ord=p, axis=-1) for p in (1, 3, np.inf)],
    *[sample("norm", S, ord=p) for p in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)],
    sample("norm", BATCH, ord=1, axis=(2, 0), keepdims=True),
    sample("norm", BATCH, ord="nuc", axis=(0, 2)),
    sample("norm", TALL, ord=2),
]

SHAPES = [
    sample("ravel", T),
    sample("squeeze", T[:, :1]),
    sample("squeeze", T[:, :1], axis=1),
    sample("expand_dims", M, axis=1),
    sample("expand_dims", M, axis=(0, -1)),
    sample("moveaxis", T, source=0, destination=-1),
    sample("moveaxis", T, source=(0, 1), destination=(2, 0)),
    sample("swapaxes", T, axis1=0, axis2=2),
    sample("flip", T),
    sample("flip", T, axis=(0, 2)),
    sample("roll", T, shift=2),
    sample("roll", T, shift=(1, -1), axis=(0, 1)),
    sample("tile", V, reps=2),
    sample("tile", M, reps=(2, 1, 3)),
    sample("tile", T, reps=(2,)),
    sample("repeat", M, repeats=2),
    sample("repeat", M, repeats=(1, 0, 3), axis=-1),
    sample("pad", M, pad_width=1),
    sample("pad", M, pad_width=((0, 2), (1, 0))),
    sample("pad", V, pad_width=(2, 1)),
    sample("take", T, indices=(0, 5, 5, -1)),
    sample("take", T, indices=((0, 2), (2, 2)), axis=1),
    sample("take", M, indices=1, axis=-1),
    sample("take_along_axis", M, indices=((0, 0), (2, -1))),
    sample("take_along_axis", T, indices=np.array([[[1]], [[0]]]), axis=1),
    sample("take_along_axis", M, indices=((1, 1, 0),), axis=0),
    sample("diag", V),
    sample("diag", V, k=-2),
    sample("diag", M),
    sample("diag", M, k=1),
    sample("diagonal", T),
    sample("diagonal", T, offset=-1, axis1=1, axis2=-1),
    sample("tril", M, k=1),
    sample("tril", BATCH),
    sample("triu", M),
    sample("triu", BATCH, k=-1),
    sample("unbind", T),
    sample("unbind", T, axis=-1),
    sample("split", T, sections=2),
    sample("split", T, sections=(1, 2), axis=1),
    sample("split", V, sections=(2,), axis=-1),
    sample("array_split", T, sections=2, axis=1),
    sample("array_split", V, sections=(1,)),
    sample("chunk", L, chunks=2),
    sample("chunk", L, chunks=4, axis=1),
    sample("meshgrid", V, M[0, :2]),
    sample("meshgrid", V, M[0, :2], np.float64(2.0), indexing="ij"),
    sample("meshgrid", V, M[0, :2], M[1], indexing="xy"),
    sample("meshgrid", V),
]

"""Eigenvalues of symmetric matrices and singular values: values and rules, on the last two axes.

Written with functions that record on Tensors: every rule can be differentiated again.
Source of the rules: M. Giles, "An extended collection of matrix derivative results for forward and reverse
mode algorithmic differentiation" (2008).
"""

from __future__ import annotations

import numpy as np

from gradcli.ops.functions.linalg_rules import of_finite, square, swap, symmetric
from gradcli.ops.functions.numeric import concatenate, getitem
from gradcli.ops.functions.protocol import Array, protocol


@protocol
def eigvalsh(x: Array) -> Array:
    """The eigenvalues of the symmetric part, in ascending order."""
    square(x, "eigvalsh")
    return of_finite(np.linalg.eigvalsh, symmetric(x))


def eigvalsh_pull(g: Array, x: Array) -> Array:
    """V diag(g) V'."""
    vectors = eigenvectors(x)
    return (vectors * row(g)) @ swap(vectors)


def eigvalsh_push(t: Array, x: Array) -> Array:
    """The diagonal of V' t V."""
    vectors = eigenvectors(x)
    return np.sum(vectors * (symmetric(t) @ vectors), axis=-2)


def row(x: Array) -> Array:
    """Vectors as matrices of one row."""
    return np.reshape(x, (*np.shape(x)[:-1], 1, np.shape(x)[-1]))


def column(x: Array) -> Array:
    """Vectors as matrices of one column."""
    return np.reshape(x, (*np.shape(x), 1))


@protocol
def eigenvectors(x: Array) -> Array:
    """The eigenvectors of the symmetric part as columns, in the order of their eigenvalues."""
    return of_finite(lambda a: np.linalg.eigh(a)[1], symmetric(x))


def eigenvectors_pull(g: Array, x: Array, out: Array) -> Array:
    """V times the skew part of V' g over the eigenvalues' differences, times V'."""
    turn = swap(out) @ g
    turn = (turn - swap(turn)) / 2
    return out @ over_gaps(turn, eigvalsh(x)) @ swap(out)


def eigenvectors_push(t: Array, x: Array, out: Array) -> Array:
    """V times V' t V over the eigenvalues' differences, without its diagonal."""
    turn = swap(out) @ symmetric(t) @ out
    return out @ over_gaps(turn * (1 - np.eye(np.shape(x)[-1])), eigvalsh(x))


def over_gaps(turn: Array, values: Array) -> Array:
    """Entries over the differences of two values; an entry that is 0 stays 0 where the values are equal."""
    gaps = row(values) - column(values)
    still = np.equal(turn, 0) & np.equal(gaps, 0)
    return np.where(still, 0.0, turn) / np.where(still, 1.0, gaps)


@protocol
def svdvals(x: Array) -> Array:
    """The singular values in descending order."""
    return of_finite(lambda a: np.linalg.svd(a, compute_uv=False), x)


def singular_vectors(x: Array) -> tuple[Array, Array]:
    """The left and right singular vectors as columns, from the eigenvectors of [[0, x], [x', 0]]."""
    m, n = np.shape(x)[-2:]
    lead = np.shape(x)[:-2]
    top = concatenate(np.zeros((*lead, m, m)), x, axis=-1)
    bottom = concatenate(swap(x), np.zeros((*lead, n, n)), axis=-1)
    vectors = np.flip(eigenvectors(concatenate(top, bottom, axis=-2)), -1) * np.sqrt(2.0)
    count = slice(None, min(m, n))
    return getitem(vectors, (Ellipsis, slice(None, m), count)), getitem(vectors, (Ellipsis, slice(m, None), count))


def svdvals_pull(g: Array, x: Array) -> Array:
    """U diag(g) V'."""
    left, right = singular_vectors(x)
    return (left * row(g)) @ swap(right)


def svdvals_push(t: Array, x: Array) -> Array:
    """The diagonal of U' t V."""
    left, right = singular_vectors(x)
    return np.sum(left * (t @ right), axis=-2)

"""Covariances as units and what is left in them, so that no square leaves float64's range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import InputProblem, ShapeProblem
from gradcli.transforms.program.prepare import real_array

__all__ = ["Covariance", "Scaled", "covariance_of", "scaled_product"]

_ALMOST = 1e-9
"""Of its largest eigenvalue what rounding may make of a covariance's least one."""


class Covariance(NamedTuple):
    """How the entries of all inputs vary: D R D, with a diagonal matrix D and a matrix R of numbers of moderate size.

    Attributes:
        units: the diagonal of D: the standard uncertainties, or powers of two near them; shape (entries,).
        matrix: R, shape (entries, entries); None where the entries are independent and R is the identity.
    """

    units: NDArray[np.float64]
    matrix: NDArray[np.float64] | None

    def times(self, columns: NDArray[np.float64]) -> NDArray[np.float64]:
        """R times columns in these units."""
        return columns if self.matrix is None else self.matrix @ columns


class Scaled(NamedTuple):
    """The array `part*2**power`.

    Attributes:
        part: numbers whose squares are in float64's range.
        power: an integer for each row of them.
    """

    part: NDArray[np.float64]
    power: NDArray[np.intp]


def covariance_of(uncertainties: Mapping[str, NDArray[np.float64]], given: Any) -> Covariance:
    """The covariance of all inputs' entries: that which is given, or that of independent uncertainties.

    Args:
        uncertainties: of each input, of its shape.
        given: the covariance of all entries, in their order; None where they are independent.

    Raises:
        Problem: if it is no covariance, or has another size.

    >>> covariance_of({"x": np.array(0.1), "y": np.array(0.2)}, None).units
    array([0.1, 0.2])
    >>> covariance_of({"x": np.array(2.0), "y": np.array(8.0)}, [[4.0, 8.0], [8.0, 64.0]])
    Covariance(units=array([2., 8.]), matrix=array([[1. , 0.5],
           [0.5, 1. ]]))
    """
    flat = np.concatenate([np.ravel(array) for array in uncertainties.values()])
    if given is None:
        return Covariance(flat, None)
    matrix = real_array("the covariance", given)
    if matrix.shape != (len(flat), len(flat)):
        raise ShapeProblem(f"the covariance has shape {matrix.shape}, and there are {len(flat)} uncertain inputs")
    if not np.isfinite(matrix).all() or not np.allclose(matrix, matrix.T, rtol=1e-9, atol=0):
        raise InputProblem("the covariance is not a symmetric matrix of finite numbers")
    powers = np.frexp(np.diag(matrix))[1].astype(np.intp) // 2
    inside = np.ldexp(matrix, -(powers[:, np.newaxis] + powers))
    least, *_, most = np.linalg.eigvalsh(inside) if len(flat) > 1 else (inside[0, 0],) * 2
    if least < -_ALMOST * abs(most):
        raise InputProblem("the covariance has a negative eigenvalue: there are no numbers that vary so")
    return Covariance(np.ldexp(1.0, powers), inside)


def scaled_product(*factors: NDArray[np.float64]) -> Scaled:
    """The product of arrays, entry by entry, each row of it with a power of two of its own.

    Args:
        factors: arrays that broadcast to a matrix.

    >>> scaled_product(np.array([[1e-200, 1e200]]), np.array([1e190, 1e-190]))[1].tolist()
    [34]
    """
    parts = [np.frexp(factor) for factor in factors]
    powers = sum((power.astype(np.intp) for _, power in parts[1:]), parts[0][1].astype(np.intp))
    with np.errstate(all="ignore"):
        product = np.asarray(parts[0][0])
        for part, _ in parts[1:]:
            product = product * part
        counts = np.isfinite(product) & (product != 0)
        top = np.where(counts, powers, -(2**20)).max(axis=-1, initial=-(2**20))
        top = np.where(counts.any(axis=-1), top, 0)
        # what is 2**1100 times smaller than its row's largest entry is nothing beside it
        return Scaled(np.ldexp(product, np.maximum(powers - top[..., np.newaxis], -1100)), top)

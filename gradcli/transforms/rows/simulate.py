"""Draws of uncertain inputs, computed as the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.batch import Cells
from gradcli.lang import Program
from gradcli.transforms.program.covariances import Covariance
from gradcli.transforms.results.propagation import Propagation, Simulated
from gradcli.transforms.results.value import plain
from gradcli.transforms.rows.compute import Computer
from gradcli.transforms.rows.task import task

__all__ = ["simulate"]


def simulate(
    program: Program,
    values: Mapping[str, Any],
    found: Propagation,
    covariance: Covariance,
    draws: int,
    seed: int,
    threads: int = 1,
) -> Simulated:
    """The mean and the standard deviation of a value whose inputs are drawn from a normal distribution.

    Args:
        program: what is computed.
        values: of all variables.
        found: its uncertainty to first order.
        covariance: of the uncertain inputs.
        draws: how many.
        seed: the same draws come of the same seed.
        threads: that compute at the same time.
    """
    names = found.wrt()
    center = np.concatenate([np.ravel(np.asarray(found.inputs[name], np.float64)) for name in names])
    generator = np.random.default_rng(seed)
    points = center + covariance.units * _standard(generator, covariance, draws)
    cells: dict[str, Cells] = {}
    start = 0
    for name in names:
        shape = np.shape(found.inputs[name])
        size = prod(shape)
        cells[name] = Cells(points[:, start : start + size].reshape(draws, *shape))
        start += size
    constants = {name: value for name, value in values.items() if name not in names}
    made = task(program, names, constants, part="value")
    results = Computer(made, dict.fromkeys(names, "real"), threads).compute(cells, draws).columns["value"]
    mean, spread = _moments(np.asarray(results))
    return Simulated(draws, plain(mean), plain(spread))


def _standard(generator: np.random.Generator, covariance: Covariance, draws: int) -> NDArray[np.float64]:
    """Draws around 0 in the covariance's units."""
    count = len(covariance.units)
    if covariance.matrix is None:
        return generator.standard_normal((draws, count))
    return generator.multivariate_normal(np.zeros(count), covariance.matrix, size=draws, method="eigh")


def _moments(results: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation over the first axis, of numbers whose sums and squares may leave float64.

    >>> [float(found) for found in _moments(np.array([1e-200, 3e-200, 5e-200]))]
    [3e-200, 2e-200]
    >>> [float(found) for found in _moments(np.array([1.25e308, 1.5e308, 1.75e308]))]
    [1.5e+308, 2.5e+307]
    """
    with np.errstate(all="ignore"):
        power = np.frexp(np.abs(results).max(axis=0))[1]
        inside = np.ldexp(results, -power)
        middle = inside.mean(axis=0)
        apart = inside - middle
        own = np.frexp(np.abs(apart).max(axis=0))[1]
        spread = np.ldexp(apart, -own).std(axis=0, ddof=1)
        return np.ldexp(middle, power), np.ldexp(spread, power + own)

"""Draws of uncertain inputs, computed as the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.batch import Cells
from gradcli.lang import Program
from gradcli.transforms.results.propagation import Propagation, Simulated
from gradcli.transforms.results.value import plain
from gradcli.transforms.rows.compute import Computer
from gradcli.transforms.rows.task import task

__all__ = ["simulate"]


def simulate(
    program: Program,
    values: Mapping[str, Any],
    found: Propagation,
    covariance: NDArray[np.float64],
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
    points = generator.multivariate_normal(center, covariance, size=draws, method="eigh")
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
    return Simulated(draws, plain(results.mean(axis=0)), plain(results.std(axis=0, ddof=1)))

"""Tangents and Taylor polynomials of a curve."""

from __future__ import annotations

from math import factorial

import numpy as np

from gradcli.errors import DomainProblem
from gradcli.transforms.curves.brackets import SIGN, Brackets
from gradcli.transforms.curves.breaks import filled, look
from gradcli.transforms.curves.sampler import Sampled, Sampler
from gradcli.transforms.results.plot import Line

__all__ = ["tangents", "taylor_polynomials"]


def tangents(sampler: Sampler, sampled: Sampled, at: float) -> tuple[Line, ...]:
    """The tangent of each entry.

    Args:
        sampler: of the curve.
        sampled: the curve.
        at: where.

    Raises:
        DomainProblem: where the curve has none.

    >>> from gradcli.lang import parse
    >>> from gradcli.transforms.curves.sampler import sampler_of
    >>> sampler = sampler_of(parse("x**2"), "x", {}, 1, 0.0)
    >>> tangents(sampler, sampler.at(np.linspace(0, 4, 9)), 3.0)[0].coefficients
    (9.0, 6.0)
    """
    known = _smooth(sampler, sampled, at, "no tangent", 1)
    found = sampler.at(np.array([at])).values[:2, :, 0]
    return tuple(
        Line("tangent", at, known.get(entry, tuple(found[:, entry].tolist())), entry)
        for entry in range(sampler.entries)
    )


def taylor_polynomials(sampler: Sampler, sampled: Sampled, at: float, degree: int) -> tuple[Line, ...]:
    """The Taylor polynomial of each entry.

    Args:
        sampler: of the curve.
        sampled: the curve.
        at: its centre.
        degree: of its highest power.

    Raises:
        DomainProblem: where the curve has none.
        Problem: for operations whose higher derivatives are not known.
    """
    from gradcli.transforms.operators.derivative import derivative

    known = _smooth(sampler, sampled, at, "no Taylor polynomial", degree)
    point = {**sampler.fixed, sampler.name: at}
    result = derivative(sampler.program, point, max(degree, 1), sampler.name, explain=False)
    numbers = np.array([np.ravel(found) for found in (result.value, *result.derivatives)][: degree + 1])
    lines = []
    for entry in range(sampler.entries):
        derivatives = np.array(known.get(entry, numbers[:, entry]))
        if not np.isfinite(derivatives).all():
            order = int(np.flatnonzero(~np.isfinite(derivatives))[0])
            told = f"there is no Taylor polynomial at {sampler.name} = {at!r}: derivative {order} is not finite"
            raise DomainProblem(told)
        coefficients = [number / factorial(k) for k, number in enumerate(derivatives.tolist())]
        lines.append(Line("taylor", at, tuple(coefficients), entry))
    return tuple(lines)


def _smooth(sampler: Sampler, sampled: Sampled, at: float, told: str, degree: int) -> dict[int, tuple[float, ...]]:
    """See that the curve goes on smoothly at a place; of entries with a removable singularity there the limits."""
    here, nan = np.array([at]), np.array([np.nan])
    looked = look(sampler, sampled, Brackets(here, here, np.array([SIGN]), np.array([0]), nan, nan))
    limits: dict[int, tuple[float, ...]] = {}
    for found in looked.breaks:
        if found.kind == "removable":
            found = filled(sampler, found, max(degree, 1))
            if found.order is None and len(found.filled) > degree:
                limits[found.output] = found.filled[: degree + 1]
                continue
            raise DomainProblem(
                f"there is {told} at {sampler.name} = {at!r}: there is no value at the place itself, and the limits of "
                f"derivatives up to order {degree} are not known"
            )
        if found.order is None or found.order <= degree:
            sides = " and ".join("nothing" if side is None else f"{side:.6g}" for side in (found.left, found.right))
            of = "the value" if not found.order else f"derivative {found.order}"
            why = f"{of} tends to {sides} from the left and the right"
            raise DomainProblem(f"there is {told} at {sampler.name} = {at!r}: {why}")
    return limits

"""`gradcli propagate`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.command import expression_command, read_values, values_of
from gradcli.cli.session import Session
from gradcli.cli.settings import Settings, check_options, output_options
from gradcli.cli.uncertain import uncertain

if TYPE_CHECKING:
    from gradcli.lang import Program

_TOLERANCE = 0.05
"""Of an uncertainty by which draws must differ before that is told; that of 10,000 draws is good to 1 %."""


@expression_command("propagate", texts=True)
@click.option("--cov", metavar="VALUE", help="The covariance of all uncertain inputs, such as @cov.npy.")
@click.option(
    "--draws", type=click.IntRange(min=0), default=10_000, show_default=True, metavar="N", help="Simulate N times."
)
@click.option(
    "--random-seed", type=click.IntRange(min=0), default=0, show_default=True, metavar="N", help="Of the draws."
)
@output_options
@check_options
def command(
    session: Session,
    program: Program,
    texts: dict[str, str],
    cov: str | None,
    draws: int,
    random_seed: int,
    **options: Any,
) -> int:
    """The uncertainty of EXPR from those of its inputs, through exact derivatives.

    \b
      gradcli propagate "x*y" --x 3.0±0.1 --y 2±5%
      gradcli propagate "4*pi**2*L/T**2" --L "1.000(2)" --T 2.006+/-0.003
      gradcli propagate "[x + y, x - y]" --x 1±0.1 --y 2±0.2

    To first order: the value's covariance is J C J.T, where J is the Jacobian and C the covariance of the inputs. What
    curvature adds is told where it counts, and 10,000 draws of the inputs are computed beside it.
    """
    from gradcli.transforms.operators.propagate import propagate
    from gradcli.transforms.program.covariances import covariance_of
    from gradcli.transforms.program.prepare import real_array

    settings = Settings.of(options)
    given = {name: uncertain(name, text) for name, text in texts.items()}
    values = values_of(session, program, {name: one.value for name, one in given.items()})
    spread = {name: read_values(session, {name: one.spread})[name] for name, one in given.items() if one.spread}
    for name, one in given.items():
        if one.relative:
            spread[name] = abs(real_array(f"'{name}'", values[name])) * real_array(f"'{name}'", spread[name]) / 100
    matrix = None if cov is None else read_values(session, {"cov": cov})["cov"]
    result = propagate(program, values, spread, matrix, explain=settings.explain)
    if draws:
        import numpy as np

        from gradcli.transforms.rows.simulate import simulate

        each = {name: np.asarray(result.uncertainties[name], np.float64) for name in result.wrt()}
        simulated = simulate(program, values, result, covariance_of(each, matrix), draws, random_seed)
        result = replace(result, simulated=simulated)
        first, drawn = np.max(result.uncertainty), np.max(simulated.uncertainty)
        if np.isfinite(drawn) and abs(drawn - first) > _TOLERANCE * max(first, drawn) and not result.warnings:
            told = f"{draws:,} draws of the inputs give the uncertainty {drawn:.2g}, the first order {first:.2g}"
            result = replace(result, warnings=(*result.warnings, told))
    return session.conclude(result, settings, result)

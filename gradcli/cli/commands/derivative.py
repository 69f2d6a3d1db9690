"""`gradcli derivative`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.command import expression_command
from gradcli.cli.session import Session
from gradcli.cli.settings import Settings, check_options, output_options, proof_option

if TYPE_CHECKING:
    from gradcli.lang import Program


@expression_command("derivative")
@click.option("--order", type=int, default=1, show_default=True, metavar="N", help="Of the highest derivative.")
@click.option("--wrt", metavar="NAME", help="The variable, a number; may be left out where there is one alone.")
@output_options
@check_options
@proof_option
def command(
    session: Session, program: Program, values: dict[str, Any], order: int, wrt: str | None, **options: Any
) -> int:
    """The derivatives of EXPR by one variable, up to an order.

    \b
      gradcli derivative "x**4" --x 2 --order 4
      gradcli derivative "exp(-k*t)" --k 2 --t 0 --wrt t --order 3
      gradcli derivative "[sin(x), cos(x)]" --x 0 --order 10 -q
      gradcli derivative "gamma(x)" --x 1/3 --order 10 --digits 50 --verify proof

    They are computed together, by one Taylor series. EXPR may have any shape. -q prints the highest
    one alone. With --digits the numbers are those at the float64 that 1/3 is read as.
    """
    settings = Settings.of(options)
    session.start_oracle(program, order, settings)
    from gradcli.transforms.operators.derivative import derivative

    result = derivative(program, values, order, wrt, explain=settings.explain)
    return session.conclude(result, settings, result)

"""`gradcli derivative`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.command import expression_command
from gradcli.cli.session import Session
from gradcli.cli.settings import Settings, check_options, names_option, output_options, proof_option

if TYPE_CHECKING:
    from gradcli.lang import Program


@expression_command("derivative")
@click.option("--order", type=int, default=1, show_default=True, metavar="N", help="Of the highest derivative.")
@names_option(
    "--wrt", metavar="NAME", help="The variable, a number; needed where there are several; --series takes some."
)
@click.option("--series", is_flag=True, help="The Taylor polynomial of this order too, as a formula.")
@output_options
@check_options
@proof_option
def command(
    session: Session,
    program: Program,
    values: dict[str, Any],
    order: int,
    wrt: str | None,
    series: bool,
    **options: Any,
) -> int:
    """The derivatives of EXPR by one variable, up to an order.

    \b
      gradcli derivative "x**4" --x 2 --order 4
      gradcli derivative "exp(-k*t)" --k 2 --t 0 --wrt t --order 3
      gradcli derivative "[sin(x), cos(x)]" --x 0 --order 10 -q
      gradcli derivative "sin(x)" --x 0 --order 5 --series
      gradcli derivative "exp(x*y)" --x 0 --y 1 --order 2 --series -q
      gradcli derivative "gamma(x)" --x 1/3 --order 10 --digits 50 --verify proof

    They are computed together, by one Taylor series. EXPR may have any shape. -q prints the highest
    one alone. With --digits the numbers are those at the float64 that 1/3 is read as.

    --series writes the Taylor polynomial, which gradcli eval reads; -q prints it alone. Without --wrt it is in all
    variables, of total degree --order. At a removable singularity it is that of what EXPR tends to.
    """
    settings = Settings.of(options)
    if series:
        return _series(session, program, values, order, wrt, settings)
    session.start_oracle(program, order, settings)
    from gradcli.transforms.operators.derivative import derivative

    result = derivative(program, values, order, wrt, explain=settings.explain)
    return session.conclude(result, settings, result)


def _series(
    session: Session, program: Program, values: dict[str, Any], order: int, wrt: str | None, settings: Settings
) -> int:
    from gradcli.cli.vectors import names_of
    from gradcli.errors import UsageProblem
    from gradcli.transforms.operators.expansion import expand

    if settings.digits is not None:
        raise UsageProblem("--digits gives numbers more digits, and --series is a formula", hint="leave one out")
    if settings.form in ("csv", "tsv", "npy", "npz"):
        raise UsageProblem(f"--format {settings.form} holds numbers, and --series is a formula",
                           hint="-q has it alone, --json with all numbers")  # fmt: skip
    session.start_oracle(program, order, settings)
    result = expand(program, values, order, names_of(wrt), explain=settings.explain)
    return session.conclude(result, settings, result.derived)

"""`gradcli vjp`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.command import expression_command
from gradcli.cli.session import Session
from gradcli.cli.settings import Settings, check_options, names_option, output_options, proof_option
from gradcli.cli.vectors import names_of, seed_of

if TYPE_CHECKING:
    from gradcli.lang import Program


@expression_command("vjp")
@click.option("--seed", metavar="VALUE", help="Weights of the value's entries; `ones` for all ones.")
@names_option("--wrt", help="Differentiate by these variables alone: --wrt x,y.")
@output_options
@check_options
@proof_option
def command(
    session: Session, program: Program, values: dict[str, Any], seed: str | None, wrt: str | None, **options: Any
) -> int:
    """A seed times the Jacobian of EXPR, in one pass backward.

    \b
      gradcli vjp "[x**2, x*y]" --seed "[1, 10]" --x 2 --y 3
      gradcli vjp "A @ x" --seed ones --A "[[1, 2], [3, 4]]" --x "[5, 6]" --wrt x -q
      gradcli vjp "x*y" --x 2 --y 3

    The vector-Jacobian product is the gradient of sum(seed*EXPR), as `gradcli grad --seed` gives it. The
    seed has the value's shape or broadcasts to it; a value of one entry needs none. The product from the
    other side is `gradcli jvp`.
    """
    from gradcli.transforms.operators.grad import grad

    settings = Settings.of(options)
    result = grad(program, values, names_of(wrt), seed_of(session, seed), explain=settings.explain)
    return session.conclude(result, settings, result)

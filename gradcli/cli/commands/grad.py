"""`gradcli grad`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.command import expression_command
from gradcli.cli.session import Session
from gradcli.cli.settings import Settings, check_options, names_option, output_options, verify_option
from gradcli.cli.vectors import names_of, seed_of

if TYPE_CHECKING:
    from gradcli.lang import Program


@expression_command("grad")
@names_option("--wrt", help="Differentiate by these variables alone: --wrt x,y.")
@click.option("--seed", metavar="VALUE", help="Weights of a non-scalar value's entries; `ones` for all ones.")
@output_options
@check_options
@verify_option
def command(
    session: Session, program: Program, values: dict[str, Any], wrt: str | None, seed: str | None, **options: Any
) -> int:
    """The value of EXPR and its gradient by every variable.

    \b
      gradcli grad "x**2-2*x+1" --x 0
      gradcli grad "sum(w*x) + b" --w "[1, 2]" --x "[3, -1]" --b 0.5 --wrt w,b
      gradcli grad "[x**2, x*y]" --x 2 --y 3 --seed "[1, 0]"
      echo "exp(-k*t)" | gradcli grad - --k 0.5 --t pi/4 -q

    EXPR is Python's expression grammar; ^ is ** too. Several statements are separated by `;`, the last
    one is the value. A value of several entries needs --seed, or `gradcli jacobian`.
    """
    from gradcli.transforms.operators.grad import grad

    settings = Settings.of(options)
    result = grad(program, values, names_of(wrt), seed_of(session, seed), explain=settings.explain)
    return session.conclude(result, settings, result)

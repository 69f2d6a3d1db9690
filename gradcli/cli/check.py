"""`gradcli check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.command import expression_command
from gradcli.cli.session import Session
from gradcli.cli.settings import Settings, output_options, timeout_option
from gradcli.cli.vectors import names_of, seed_of

if TYPE_CHECKING:
    from gradcli.lang import Program


@expression_command("check")
@click.option(
    "--of",
    type=click.Choice(["auto", "gradient", "jacobian", "hessian"]),
    default="auto",
    show_default=True,
    help="The derivatives to check: of a single value the gradient, of an array the Jacobian.",
)
@click.option("--wrt", metavar="NAMES", help="Differentiate by these variables alone: --wrt x,y.")
@click.option("--seed", metavar="VALUE", help="Weights of a non-scalar value's entries; `ones` for all ones.")
@output_options
@timeout_option
def command(
    session: Session,
    program: Program,
    values: dict[str, Any],
    of: str,
    wrt: str | None,
    seed: str | None,
    **options: Any,
) -> int:
    """Three witnesses of EXPR's derivatives, entry by entry.

    \b
      gradcli check "x*sin(x)" --x 2
      gradcli check "(1 - cos(x))/x**2" --x 0.01
      gradcli check "[x*y, x/y]" --x 2 --y 3 -q

    The engine's number, SymPy's derivative to 30 digits, and a derivative made from values of EXPR alone
    stand side by side, with the engine's error in ulps (units in the last place), how many of its digits can
    be trusted, and the condition of the point. -q prints the verdict alone.

    Exit status: 0 verified, or a kink; 1 differs; 4 if no witness but the engine could finish.
    """
    from gradcli.transforms.witnesses import derive

    settings = Settings.of({**options, "check": "require"})
    result = derive(program, values, of, names_of(wrt), seed_of(session, seed))
    return session.finish(result, settings, session.examine(result.derived, settings))

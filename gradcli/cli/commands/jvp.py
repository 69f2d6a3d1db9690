"""`gradcli jvp`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.command import expression_command
from gradcli.cli.session import Session
from gradcli.cli.settings import Settings, check_options, output_options, proof_option
from gradcli.cli.vectors import direction_of

if TYPE_CHECKING:
    from gradcli.lang import Program


@expression_command("jvp")
@click.option(
    "--tangent",
    "tangents",
    multiple=True,
    metavar="NAME=VALUE",
    help="How a variable moves; may be repeated. `ones` alone moves every entry of every variable.",
)
@output_options
@check_options
@proof_option
def command(
    session: Session, program: Program, values: dict[str, Any], tangents: tuple[str, ...], **options: Any
) -> int:
    """The Jacobian of EXPR times a tangent, in one pass forward.

    \b
      gradcli jvp "[x*y, x/y]" --x 6 --y 2 --tangent y=1
      gradcli jvp "A @ x" --A "[[1, 2], [3, 4]]" --x "[5, 6]" --tangent "x=[1, -1]" --tangent A=ones
      gradcli jvp "x**3" --x 2 --tangent 1 -q

    The Jacobian-vector product says how EXPR changes along a direction. VALUE is written as a variable's is,
    and broadcasts to the variable's shape. Variables without a tangent stand still; where there is one
    variable alone its name may be left out.
    """
    from gradcli.transforms.operators.jvp import jvp

    settings = Settings.of(options)
    tangent = direction_of(session, "tangent", tangents, program, values)
    result = jvp(program, values, tangent, explain=settings.explain)
    return session.conclude(result, settings, result)

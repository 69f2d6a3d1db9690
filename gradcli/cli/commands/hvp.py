"""`gradcli hvp`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.command import expression_command
from gradcli.cli.session import Session
from gradcli.cli.settings import Settings, check_options, output_options, proof_option
from gradcli.cli.vectors import direction_of

if TYPE_CHECKING:
    from gradcli.lang import Program


@expression_command("hvp")
@click.option(
    "--vector",
    "vectors",
    multiple=True,
    metavar="NAME=VALUE",
    help="A variable's part of the vector; may be repeated. `ones` alone is a one for every entry of every variable.",
)
@output_options
@check_options
@proof_option
def command(
    session: Session, program: Program, values: dict[str, Any], vectors: tuple[str, ...], **options: Any
) -> int:
    """The Hessian of EXPR times a vector, without the Hessian.

    \b
      gradcli hvp "x**2*y" --x 3 --y 2 --vector x=1
      gradcli hvp "sum(x**3) + x[0]*x[1]" --x "[1, 2]" --vector "[1, -1]" -q
      gradcli hvp "exp(a*x)" --a 2 --x 0 --vector ones --json

    The Hessian-vector product says how the gradient of EXPR changes along a direction. EXPR must have one
    value. VALUE is written as a variable's is, and broadcasts to the variable's shape. The vector is zero
    for variables that are not named; where there is one variable alone its name may be left out.
    """
    from gradcli.transforms.operators.hessian import hvp

    settings = Settings.of(options)
    vector = direction_of(session, "vector", vectors, program, values)
    result = hvp(program, values, vector, explain=settings.explain)
    return session.conclude(result, settings, result)

"""`gradcli hessian`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.command import expression_command
from gradcli.cli.session import Session
from gradcli.cli.settings import Settings, check_options, check_sparse, names_option, output_options, verify_option
from gradcli.cli.vectors import names_of

if TYPE_CHECKING:
    from gradcli.lang import Program


@expression_command("hessian")
@names_option("--wrt", help="Differentiate by these variables alone: --wrt x,y.")
@click.option(
    "--sparse", is_flag=True, help="Only what may differ from zero, by few sweeps; -o J.npz, J.mtx or --json."
)
@output_options
@check_options
@verify_option
def command(
    session: Session, program: Program, values: dict[str, Any], wrt: str | None, sparse: bool, **options: Any
) -> int:
    """The gradient of EXPR and the matrix of its second derivatives.

    \b
      gradcli hessian "x**2*y" --x 3 --y 2
      gradcli hessian "sum(x**3) + x[0]*x[1]" --x "[1, 2]" -q
      gradcli hessian "exp(a*x)" --a 2 --x 0 --wrt x --json
      gradcli hessian "sum((x[1:] - x[:-1]**2)**2)" --x "[1, 2, 3]" --sparse --format mtx

    EXPR must have one value. The backward pass that gives the gradient is recorded, and the gradient's derivative
    by each entry goes forward through the record; --json tells the `method` and the `sweeps`. -q prints the matrix
    alone. For a Hessian times a vector, `gradcli hvp` needs no matrix.
    """
    settings = Settings.of(options)
    if sparse:
        check_sparse(settings)
        from gradcli.transforms.operators.sparse import sparse_hessian

        found = sparse_hessian(program, values, names_of(wrt), explain=settings.explain)
        return session.conclude(found, settings, found)
    from gradcli.transforms.operators.hessian import hessian

    result = hessian(program, values, names_of(wrt), explain=settings.explain)
    return session.conclude(result, settings, result)

"""`gradcli jacobian`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.command import expression_command
from gradcli.cli.session import Session
from gradcli.cli.settings import Settings, check_options, check_sparse, names_option, output_options, verify_option
from gradcli.cli.vectors import names_of

if TYPE_CHECKING:
    from gradcli.lang import Program


@expression_command("jacobian")
@names_option("--wrt", help="Differentiate by these variables alone: --wrt x,y.")
@click.option("--show-seeds", is_flag=True, help="Show each one-hot seed and the row that it gives.")
@click.option(
    "--sparse", is_flag=True, help="Only what may differ from zero, by few sweeps; -o J.npz, J.mtx or --json."
)
@output_options
@check_options
@verify_option
def command(
    session: Session, program: Program, values: dict[str, Any], wrt: str | None, sparse: bool, **options: Any
) -> int:
    """The matrix of derivatives of EXPR: outputs down, inputs across.

    \b
      gradcli jacobian "[x1**2+3*x2, x2**2+2*x1]" --x1 2 --x2 3
      gradcli jacobian "x1*x2, x1/x2" --x1 2 --x2 4 --show-seeds
      gradcli jacobian "A @ x" --A "[[1, 2], [3, 4]]" --x "[5, 6]" --wrt x --json
      gradcli jacobian "x[1:]*x[:-1]" --x "[1, 2, 3, 4]" --sparse

    It is built row by row: a backward pass for each output, seeded with a one at that output. Many rows go
    through the program in blocks, and where there are fewer inputs than outputs the columns do, forward;
    --json tells the `method` and the `sweeps`.
    """
    settings = Settings.of(options)
    if sparse:
        check_sparse(settings)
        from gradcli.transforms.operators.sparse import sparse_jacobian

        found = sparse_jacobian(program, values, names_of(wrt), explain=settings.explain)
        return session.conclude(found, settings, found)
    from gradcli.transforms.operators.jacobian import jacobian

    result = jacobian(program, values, names_of(wrt), explain=settings.explain)
    return session.conclude(result, settings, result)

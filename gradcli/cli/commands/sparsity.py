"""`gradcli sparsity`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.command import expression_command, read_values, tell_options
from gradcli.cli.session import Session
from gradcli.cli.settings import complete_file, file_of, names_option
from gradcli.cli.vectors import names_of
from gradcli.errors import UsageProblem

if TYPE_CHECKING:
    from gradcli.lang import Program


@expression_command("sparsity", texts=True)
@names_option("--wrt", help="Differentiate by these variables alone: --wrt x,y.")
@click.option("--hessian", is_flag=True, help="The pattern of the second derivatives.")
@click.option("--shape", multiple=True, metavar="NAME=SIZE,..", help="A variable without a value has this shape.")
@click.option("--plot/--no-plot", default=None, help="Draw the pattern (default: on a terminal).")
@click.option("--json", is_flag=True, help="One JSON object.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    callback=file_of,
    shell_complete=complete_file,
    help="Write the pattern to a file: .mtx or .json.",
)
def command(
    session: Session,
    program: Program,
    texts: dict[str, str],
    wrt: str | None,
    hessian: bool,
    shape: Sequence[str],
    plot: bool | None,
    json: bool,
    output: str | None,
) -> int:
    """Where the Jacobian of EXPR may differ from zero, and how few sweeps it takes.

    \b
      gradcli sparsity "x[2:] - 2*x[1:-1] + x[:-2]" --shape x=100
      gradcli sparsity "sum((x[1:] - x[:-1]**2)**2)" --hessian --shape x=50
      gradcli sparsity "A@x" --A "[[1, 0], [2, 3]]" --shape x=2 --wrt x --json

    Nothing is differentiated: what each output depends on is followed through the program, and columns or rows that
    never meet get one colour. A variable needs no value: --shape tells its size, and one with neither is a number.
    Zeros of a value that is given and not differentiated by are zeros of the pattern.
    """
    from gradcli.cli.patterns import check_output, print_pattern, sizes_of
    from gradcli.transforms.operators.sparsity import sparsity

    tell_options(session, program, texts)
    check_output(output)
    shapes = sizes_of(shape)
    for name in shapes:
        if name in texts:
            raise UsageProblem(f"'{name}' has a value and a shape", hint="the value tells the shape")
    values: dict[str, Any] = read_values(session, texts)
    found = sparsity(program, values, names_of(wrt), shapes=shapes, hessian=hessian)
    return print_pattern(session, found, json=json, plot=plot, output=output)

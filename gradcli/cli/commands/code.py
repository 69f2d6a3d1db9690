"""`gradcli code`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.command import expression_command
from gradcli.cli.session import Session
from gradcli.cli.settings import complete_file, file_of, names_option
from gradcli.cli.vectors import names_of
from gradcli.errors import UsageProblem

if TYPE_CHECKING:
    from gradcli.lang import Program

TARGETS = (
    "python", "numpy", "jax", "torch", "c", "c++", "javascript", "rust", "fortran", "julia", "matlab", "r", "sql",
    "excel", "latex", "gradcli",
)  # fmt: skip


@expression_command("code", texts=True)
@click.option("--to", type=click.Choice(TARGETS), required=True, help="The language.")
@click.option("--gradient", is_flag=True, help="The derivatives of a single value, as a vector.")
@click.option("--jacobian", is_flag=True, help="A row for each entry of EXPR, a column for each input.")
@click.option("--hessian", is_flag=True, help="The matrix of second derivatives.")
@click.option("--jvp", is_flag=True, help="The derivative along a direction, which becomes arguments.")
@click.option("--vjp", is_flag=True, help="The derivatives of a weighted sum, whose weights become an argument.")
@click.option("--no-value", is_flag=True, help="The derivatives alone, without the value.")
@names_option("--wrt", help="Differentiate by these variables alone: --wrt x,y.")
@click.option("--shape", multiple=True, metavar="NAME=SIZE,..", help="A variable that is an array of this shape.")
@click.option("--arrays/--scalar", default=None, help="Whole arrays, or entry by entry, as without letters for sizes.")
@click.option("--fast", is_flag=True, help="Without guards against overflow and at kinks; the file's head tells.")
@click.option("--table", metavar="NAME", help="For --to sql, where the points are; t unless given.")
@names_option("--keep", help="For --to sql, columns to give with the results: --keep id,day.")
@click.option("--name", default="f", show_default=True, metavar="NAME", help="The function's name.")
@click.option(
    "-o", "--output", metavar="FILE", callback=file_of, shell_complete=complete_file, help="Write it to a file."
)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour of errors.")
def command(
    session: Session,
    program: Program,
    texts: dict[str, str],
    to: str,
    no_value: bool,
    wrt: str | None,
    shape: Sequence[str],
    arrays: bool | None,
    fast: bool,
    table: str | None,
    keep: str | None,
    name: str,
    output: str | None,
    color: str,
    **parts: bool,
) -> int:
    """A function of another language that computes EXPR and its derivatives.

    \b
      gradcli code "x**2*sin(y)" --to c --gradient
      gradcli code "[x*y, x/y]" --to numpy --jacobian --name residuals
      gradcli code "norm(A@x - b)**2" --to python --gradient --wrt x --shape A=2,2 --shape x=2 --shape b=2
      gradcli code "exp(-k*t)" --to javascript --gradient --hessian --wrt t
      gradcli code "norm(A@x - b)**2" --to numpy --gradient --wrt x --shape A=m,n --shape x=n --shape b=m
      gradcli code "exp(-k*t)" --to sql --gradient --wrt k --table decay --keep id

    Value and derivatives share what they have in common. Inputs and outputs are told in the file's head. Arrays are
    taken entry by entry, all that depends on none of them is left out, and matrices are in C order where the language
    has none; with --arrays, or letters for sizes, the function computes with whole arrays, each variable's derivative
    being one. The values at kinks are gradcli's conventions, and % has the sign of the divisor. What a language lacks
    is refused by name.
    """
    from gradcli.cli.parse_cases import lettered_shapes_of, shapes_of
    from gradcli.render.code.language import Table
    from gradcli.render.code.printer import language_of, render_code
    from gradcli.transforms.operators.code import routine

    wanted: list[Any] = [part for part, asked in parts.items() if asked]
    if texts:
        given = next(iter(texts))
        raise UsageProblem(
            f"'{given}' is an argument of the function, and has no value", hint="leave --" + given + " out"
        )
    if no_value and not wanted:
        raise UsageProblem("nothing is left to compute", hint="ask for --gradient, or leave --no-value out")
    if wrt is not None and not wanted:
        told = "--wrt names variables to differentiate by, and no derivative is asked for"
        raise UsageProblem(told, hint="ask for --gradient, or leave --wrt out")
    asked = wanted if no_value else ["value", *wanted]
    shapes = lettered_shapes_of(shape)
    letters = any(isinstance(size, str) for sizes in shapes.values() for size in sizes)
    if arrays or (arrays is None and letters):
        from gradcli.render.code.array_printer import arrays_of, render_arrays
        from gradcli.transforms.operators.array_code import array_routine

        facts = arrays_of(to)
        if table is not None or keep is not None:
            raise UsageProblem("--table and --keep are for --to sql")
        text = render_arrays(array_routine(program, asked, names_of(wrt), shapes, fast), facts, name)
    else:
        points = None if table is None and keep is None else Table(table or "t", tuple(names_of(keep) or ()))
        made = routine(program, asked, names_of(wrt), shapes_of(shape), fast)
        text = render_code(made, language_of(to), name, points)
    session.deadline.stop()
    if output is None:
        session.environment.write(session.environment.stdout, text)
        return 0
    from pathlib import Path

    from gradcli.data.output import write_whole

    write_whole(Path(output), text.encode())
    return 0

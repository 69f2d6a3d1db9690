"""`gradcli batch`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.command import expression_command
from gradcli.cli.session import Session
from gradcli.cli.settings import file_of, names_option, timeout_option

if TYPE_CHECKING:
    from gradcli.lang import Program

_FORMATS = ("csv", "tsv", "jsonl", "parquet", "arrow", "npz")


@expression_command("batch", texts=True)
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    callback=file_of,
    help="Write to a file, whole or not at all; several tables to a FOLDER/.",
)
@names_option("--wrt", help="Differentiate by these alone (default: by all columns of numbers).")
@click.option("--value-only", is_flag=True, help="The value without derivatives.")
@click.option("--jacobian", is_flag=True, help="All derivatives of a value with several entries.")
@click.option("--hessian", is_flag=True, help="The gradient and the second derivatives: d2_x_y.")
@click.option("--order", type=click.IntRange(min=1), metavar="N", help="The derivative of this order by one column.")
@click.option("--seed", metavar="VALUE", help="Weights of the entries of a value that has several.")
@click.option("--input-format", type=click.Choice([*_FORMATS, "npy"]), help="What the input is, if not by its suffix.")
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    help="What is written (default: by FILE's suffix, or as the input).",
)
@names_option("--columns", help="Names of the columns of a table without a header.")
@click.option("--rename", multiple=True, metavar="NAME=COLUMN", help='A column by another name: "x=Flow (l/s)".')
@click.option(
    "--text", multiple=True, metavar="COLUMN", help="A column of CSV that is text to Parquet and others: zip codes."
)
@click.option("--prefix", default="", metavar="TEXT", help="Begin the new columns' names with this.")
@click.option("--overwrite-columns", is_flag=True, help="Replace columns that have the new ones' names.")
@click.option("--kinks", metavar="NAME", help="Add a column of this name: whether an operation is at a kink.")
@click.option(
    "--uncertainty",
    multiple=True,
    metavar="NAME=COLUMN",
    help="A column, or a number, with NAME's standard uncertainty: the column u_value is added.",
)
@click.option("--over", multiple=True, metavar="NAME=A:B:N", help="No table: N values from A to B; or a list.")
@click.option(
    "--random", "draws", multiple=True, metavar="NAME=LAW", help="No table: draw from normal(0,1) and others."
)
@click.option("--rows", metavar="N", help="How many rows to draw, such as 1e6.")
@click.option("--random-seed", type=click.IntRange(min=0), metavar="N", help="Of draws (default: 0).")
@click.option(
    "--on-error",
    type=click.Choice(["null", "fail", "skip"]),
    default="null",
    show_default=True,
    help="A cell that holds no number: leave its row's results out, stop and write nothing, or leave out the row.",
)
@click.option(
    "--check",
    metavar="sample:N|off|require",
    help="How many rows are checked (default: sample:20, of a proof 1000); `require` fails (status 4) if it cannot.",
)
@click.option("--no-check", is_flag=True, help="The same as --check off.")
@click.option(
    "--verify",
    type=click.Choice(["sympy", "proof"]),
    default="sympy",
    show_default=True,
    help="Have SymPy derive these rows again, or FLINT prove how near their numbers are.",
)
@timeout_option
@click.option("--threads", type=click.IntRange(min=1), metavar="N", help="Compute on so many (default: all there are).")
@click.option(
    "--backend",
    type=click.Choice(["numpy", "c", "numba", "auto"]),
    default="numpy",
    show_default=True,
    help="`c` compiles with the system's C compiler, within 4 ulps a function, `numba` with LLVM; `auto` takes "
    "C above a million rows.",
)
@click.option("--line-buffered", is_flag=True, help="Answer each line of JSON Lines before the next is read.")
@click.option("--progress/--no-progress", default=None, help="Tell on standard error how far it is (on a terminal).")
@click.option("--scheduler", metavar="ADDRESS", help="Compute several tables on a Dask cluster: tcp://host:8786.")
@click.option(
    "--workers", type=click.IntRange(min=1), metavar="N", help="Compute several tables in N processes, by Dask."
)
@click.option("--resume", is_flag=True, help="Of several tables, leave out those that are done: -o FOLDER/.")
@click.option("-q", "--quiet", is_flag=True, help="No summary.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour of messages.")
def command(
    session: Session, program: Program, texts: dict[str, str], inputs: Sequence[str], color: str, **options: Any
) -> int:
    """EXPR and its derivatives at every row of a table: the same rows come out, with columns added.

    \b
      gradcli batch "exp(-k*t)*x" points.csv --k 0.5 --wrt x,t
      cat points.csv | gradcli batch "x*t" --wrt x -o gradients.parquet
      gradcli batch "norm(v)" rows.jsonl
      gradcli batch "sin(x)/x" --over x=0.1:10:100

    The table's columns are EXPR's variables, and --NAME VALUE gives one for all rows. Tables are CSV, TSV, JSON Lines
    and NumPy's; with gradcli[tables] Parquet and Arrow. A vector is a list in one field, or in CSV the columns
    x[0], x[1]. New columns are value, d_x, for a vector d_x[0], and d2_x_y. What came in goes out as it was.
    """
    from gradcli.cli.batch import compute_table
    from gradcli.cli.table_work import Wanted

    return compute_table(session, program, texts, Wanted(tuple(inputs), **options))

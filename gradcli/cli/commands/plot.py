"""`gradcli plot`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.command import expression_command
from gradcli.cli.session import Session
from gradcli.cli.settings import complete_file, file_of, names_option, timeout_option

if TYPE_CHECKING:
    from gradcli.lang import Program

_HIGHEST_ORDER = 6
_HIGHEST_DEGREE = 50


@expression_command("plot", texts=True)
@click.option(
    "--order",
    type=click.IntRange(0, _HIGHEST_ORDER),
    metavar="N",
    help="Show the derivatives up to this order; 0 for none (default: 1).",
)
@names_option("--mark", "marks", help="Mark and list roots, extrema, inflections: --mark roots,extrema.")
@click.option("--at", metavar="VALUE", help="The tangent at this point.")
@click.option(
    "--taylor",
    type=click.IntRange(0, _HIGHEST_DEGREE),
    metavar="N",
    help="The Taylor polynomial of this degree, about --at or the middle of the range.",
)
@click.option("--points", metavar="N", help="How many points to begin with, of a map for each variable.")
@click.option("--y-range", metavar="A:B", help="What the picture shows of the values (default: all but poles).")
@click.option("--log-x", is_flag=True, help="Powers of ten along the axis of x.")
@click.option("--log-y", is_flag=True, help="Powers of ten along the axis of values.")
@click.option("--size", metavar="WxH", help="Of the picture, in pixels; on a terminal, in characters.")
@click.option(
    "--check",
    metavar="sample:N|off|require",
    help="At how many points SymPy derives again (default: sample:20); `require` fails (status 4) if it cannot.",
)
@click.option("--no-check", is_flag=True, help="The same as --check off.")
@timeout_option
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    callback=file_of,
    shell_complete=complete_file,
    help="Write to a file, whole or not at all; its suffix chooses the format. - is standard output.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["rich", "plain", "csv", "tsv", "json", "png", "svg", "pdf"]),
    help="A drawing (rich) on a terminal, else the points as csv; `plain` tells in words; a picture needs -o.",
)
@click.option("--json", is_flag=True, help="One JSON object: points, marks, breaks.")
@click.option("-q", "--quiet", is_flag=True, help="No notes.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour: by default on a terminal unless NO_COLOR is set.",
)
def command(session: Session, program: Program, texts: dict[str, str], **options: Any) -> int:
    """EXPR and its derivative over a range: drawn on a terminal, as a picture, or as points in a pipe.

    \b
      gradcli plot "x**3 - 2*x - 5" --x -1:3 --mark roots,extrema --format plain
      gradcli plot "sin(x)/x" --x -pi:pi:9 --at 2 --taylor 4
      gradcli plot "exp(-k*t)*sin(t)" --k 0.3 --t 0:4*pi -o decay.svg
      gradcli plot "x*exp(-x**2 - y**2)" --x -2:2 --y -2:2 -o map.png

    A range is START:STOP, or START:STOP:COUNT for so many points and no others. Two ranges make a map: colours,
    contours and arrows of the gradient. A curve is broken at poles, jumps and ends of its domain, and its derivative at
    kinks; where a singularity is removable the limit is taken.
    """
    from gradcli.cli.plot import Asked, plot

    return plot(session, program, texts, Asked(**options))

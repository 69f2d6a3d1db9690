"""`gradcli graph`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.browsing import open_page, page_options
from gradcli.cli.command import expression_command
from gradcli.cli.session import Session
from gradcli.cli.settings import Settings, complete_file, names_option, output_options_with
from gradcli.cli.vectors import names_of, seed_of
from gradcli.errors import UsageProblem

if TYPE_CHECKING:
    from gradcli.lang import Program


PICTURES = ("dot", "mermaid", "svg", "png", "html")


@expression_command("graph")
@names_option("--wrt", help="Variables that require a gradient (default: all).")
@click.option("--seed", metavar="VALUE", help="Weights of a non-scalar value's entries; `ones` for all ones.")
@click.option("--no-grad", is_flag=True, help="Values alone, without a backward pass.")
@click.option("--depth", type=click.IntRange(min=0), help="Draw so many levels below the result.")
@click.option(
    "--layout",
    type=click.Choice(["auto", "graphviz", "layered"]),
    default="auto",
    show_default=True,
    help="Who lays a picture out: Graphviz, gradcli itself, or Graphviz where it is installed.",
)
@click.option(
    "--html",
    metavar="FILE",
    shell_complete=complete_file,
    help="Write a page to explore, as --format html -o FILE does.",
)
@click.option(
    "--open", "opened", is_flag=True, help="Open the page in a browser; without --html it is a temporary file."
)
@output_options_with(*PICTURES)
def command(
    session: Session,
    program: Program,
    values: dict[str, Any],
    wrt: str | None,
    seed: str | None,
    no_grad: bool,
    html: str | None,
    opened: bool,
    **options: Any,
) -> int:
    """The computation as a tree, from the result down to the leaves.

    \b
      gradcli graph "a = w + x; b = w + 1; a*b" --w 1 --x 2
      gradcli graph "sin(x)**2 + cos(x)**2" --x 0.5 --no-grad
      gradcli graph "exp(-k*t)*cos(w*t)" --k 0.5 --t 1 --w 2 -o graph.svg
      gradcli graph "x*y + sin(x)" --x 1 --y 2 --format mermaid
      gradcli graph "sigmoid(w*x + b)" --w 0.5 --x 2 --b -1 --html page.html

    Each node shows its operation, its value and the derivative of the result with respect to it. A picture (SVG, PNG,
    DOT for Graphviz, Mermaid for Markdown) draws each node once, coloured by what it is, and marks kinks. A page steps
    through the forward and the backward pass, and computes again where an input is changed in it.
    """
    from gradcli.transforms.operators.graph import graph

    settings = Settings.of(page_options(options, html, opened), PICTURES)
    if settings.form == "html" and settings.depth is not None:
        raise UsageProblem("a page has every node, and --depth would leave some out", hint="leave --depth out")
    weights = seed_of(session, seed)
    result = graph(program, values, names_of(wrt), weights, with_grad=not no_grad, explain=settings.explain)
    status = session.finish(result, settings)
    if opened and settings.output is not None:
        open_page(session, settings.output)
    return status

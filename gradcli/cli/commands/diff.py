"""`gradcli diff`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.command import expression_command, tell_options
from gradcli.cli.session import Session
from gradcli.cli.settings import cache_option, names_option, seconds_option, timeout_option
from gradcli.cli.vectors import names_of

if TYPE_CHECKING:
    from gradcli.lang import Program

FORMATS = ("text", "plain", "pretty", "latex", "mathml", "markdown", "sympy", "json")


@expression_command("diff", texts=True)
@names_option("--wrt", help="Differentiate by these variables alone: --wrt x,y.")
@click.option("--order", type=int, metavar="N", help="The derivative of this order, by one variable.")
@click.option("--jacobian", is_flag=True, help="One array: a row for each entry of EXPR, over all variables together.")
@click.option("--hessian", is_flag=True, help="The matrix of second derivatives.")
@click.option("--tangent-line", "--tangent-plane", "tangent", is_flag=True, help="The tangent at the values' point.")
@click.option("--shape", multiple=True, metavar="NAME=SIZE,..", help="An array of this shape; letters for any size.")
@names_option("--symmetric", help="These matrices are symmetric: the gradient (G + G.T)/2 on those.")
@click.option(
    "--simplify",
    type=click.Choice(["on", "off"]),
    help="The shortest of our forms and SymPy's (default: on at a terminal, off in a pipe, with -q and --json).",
)
@seconds_option("--simplify-timeout", 2.0, "When the search for shorter forms ends.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="How formulas are written (default: text).")
@click.option("--json", is_flag=True, help="One JSON object.")
@click.option("-q", "--quiet", is_flag=True, help="The bare formulas, readable again as expressions.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour: by default on a terminal unless NO_COLOR is set.",
)
@timeout_option
@cache_option
@click.option("--no-check", is_flag=True, help="The same as --check off.")
@click.option(
    "--check",
    type=click.Choice(["auto", "require", "off"]),
    default="auto",
    show_default=True,
    help="Compare with SymPy's derivative and the engine's; `require` fails (status 4) if that cannot be done.",
)
def command(
    session: Session,
    program: Program,
    texts: dict[str, str],
    wrt: str | None,
    order: int | None,
    jacobian: bool,
    hessian: bool,
    tangent: bool,
    shape: Sequence[str],
    symmetric: str | None,
    **options: Any,
) -> int:
    """The derivatives of EXPR as formulas.

    \b
      gradcli diff "x^2*sin(x)"
      gradcli diff "exp(-k*t)*sin(w*t)" --wrt t -q
      gradcli diff "x**2*y" --hessian --format latex
      gradcli diff "sin(x)*x" --order 3 --x 0.5
      gradcli diff "norm(A@x - b)**2" --shape A=m,n --shape x=n --shape b=m --wrt x
      gradcli diff "x**2" --tangent-line --x 1
      gradcli diff "log(det(A))" --shape A=n,n --symmetric A

    A formula is an expression of the language: gradcli eval, or gradcli diff again, reads it. It is compared with
    SymPy's derivative, by a proof where there is one, and with the engine's number at sampled points; the verdict
    follows the formula, in a pipe on standard error. With a value for each variable the numbers are told too.

    At a terminal the shortest form is printed, of ours and of those that SymPy finds within --simplify-timeout: that
    of the fewest names, numbers and operations. None lacks a value that the formula has; one that has values
    elsewhere too, as x has where x**2/x has none, is printed with the condition.

    -q and --json give formulas that have a value wherever the derivative, or a convention for it, has one; otherwise
    guards such as that of x**k at x = 0 are left out, and a line says where.
    """
    from gradcli.cli.formulas import Wanted, print_formulas

    tell_options(session, program, texts)

    if tangent:
        from gradcli.cli.tangent import print_tangent

        given = {"--order": order, "--jacobian": jacobian, "--hessian": hessian, "--shape": shape}
        return print_tangent(session, program, texts, names_of(wrt), {**given, "--symmetric": symmetric}, options)
    wanted = Wanted.of_options(names_of(wrt), order, jacobian, hessian, shape, texts, names_of(symmetric) or ())
    return print_formulas(session, program, wanted, options)

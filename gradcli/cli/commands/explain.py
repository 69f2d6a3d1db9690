"""`gradcli explain`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.command import expression_command
from gradcli.cli.session import Session
from gradcli.cli.settings import names_option, output_options, verdict_options

if TYPE_CHECKING:
    from gradcli.lang import Program


@expression_command("explain", texts=True)
@names_option("--wrt", help="Differentiate by these variables alone: --wrt x,y.")
@click.option("--seed", metavar="VALUE", help="One pass, with weights of a non-scalar value's entries; `ones`.")
@click.option("--row", multiple=True, metavar="N", help="Of a value with several entries the pass of this one alone.")
@click.option(
    "--accumulate", is_flag=True, help="Do not clear .grad between passes; the pass of a single value is made twice."
)
@click.option("--rules", is_flag=True, help="The derivation by named rules also where values are given.")
@click.option("--shape", multiple=True, metavar="NAME=SIZE,..", help="An array of this shape, where it has no value.")
@click.option("--step", is_flag=True, help="Walk through the steps with the arrow keys; q ends.")
@output_options
@verdict_options
def command(
    session: Session,
    program: Program,
    texts: dict[str, str],
    wrt: str | None,
    seed: str | None,
    row: Sequence[str],
    accumulate: bool,
    rules: bool,
    shape: Sequence[str],
    step: bool,
    **options: Any,
) -> int:
    """A gradient step by step: every value forward, every cotangent backward, the rules by name.

    \b
      gradcli explain "x*sin(x)" --x 2
      gradcli explain "[x1**2 + 3*x2, x2**2]" --x1 2 --x2 3 --row 1
      gradcli explain "x**2" --x 3 --accumulate
      gradcli explain "x**2*sin(x)"
      gradcli explain "x**2*sin(x)" --format latex

    --step walks through them on a terminal: right and left arrow, Home and End; q ends.

    With values, the steps are those of the tape: its backward pass notes what arrives at each node, the rule by which
    it goes on, and what has added up, so that they come to the gradient exactly. A value of several entries has a pass
    for each, seeded with a one at that entry. Without values the derivation is told, rule by rule.
    """
    from gradcli.cli.explaining import Asked, explain_numbers, explain_rules

    asked = Asked(wrt, seed, tuple(row), accumulate, rules, tuple(shape), step)
    if asked.about_rules(program, texts):
        return explain_rules(session, program, texts, asked, options)
    return explain_numbers(session, program, texts, asked, options)

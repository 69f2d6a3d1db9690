"""`gradcli check`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.command import CASES, expression_command, tell_options, values_of
from gradcli.cli.session import Session
from gradcli.cli.settings import Settings, cache_option, names_option, output_options, strict_option, timeout_option
from gradcli.cli.vectors import names_of, seed_of
from gradcli.errors import UsageProblem

if TYPE_CHECKING:
    from gradcli.lang import Program

_CLAIM = "give one: --claim x=FORMULA"


@expression_command("check", cases=True)
@click.option(
    "--of",
    type=click.Choice(["auto", "gradient", "jacobian", "hessian"]),
    default="auto",
    show_default=True,
    help="The derivatives to check: of a single value the gradient, of an array the Jacobian.",
)
@names_option("--wrt", help="Differentiate by these variables alone: --wrt x,y.")
@click.option("--seed", metavar="VALUE", help="Weights of a non-scalar value's entries; `ones` for all ones.")
@click.option("--claim", multiple=True, metavar="NAME=FORMULA", help="Is this the derivative by NAME? Or x,y=[.., ..].")
@click.option("--claim-hessian", multiple=True, metavar="[NAMES=]FORMULA", help="Is this the matrix of second ones?")
@click.option(
    "--tol",
    type=float,
    metavar="T",
    help="Take claims that differ by this, relative to the larger of derivative and terms.",
)
@click.option(
    "--assume", multiple=True, metavar="TEXT", help="A bound, k>0, or one linear equality a variable: sum(y)==1."
)
@click.option("--points", type=int, metavar="N", help="Sample so many points for claims (default: 24).")
@click.option("--random-seed", type=click.IntRange(min=0), metavar="N", help="Of the sampled points (default: 0).")
@click.option("--shape", multiple=True, metavar="NAME=SIZE,..", help="Sample arrays of this shape for a claim.")
@names_option("--symmetric", help="These matrices are symmetric: the gradient (G + G.T)/2 on those.")
@output_options
@timeout_option
@cache_option
@strict_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    session: Session,
    program: Program | None,
    texts: dict[str, str],
    of: str,
    wrt: str | None,
    seed: str | None,
    claim: Sequence[str],
    claim_hessian: Sequence[str],
    tol: float | None,
    assume: Sequence[str],
    points: int | None,
    random_seed: int | None,
    shape: Sequence[str],
    symmetric: str | None,
    **options: Any,
) -> int:
    """Four witnesses of EXPR's derivatives, entry by entry, and one of its value.

    \b
      gradcli check "x*sin(x)" --x 2
      gradcli check "(1 - cos(x))/x**2" --x 0.01
      gradcli check "[x*y, x/y]" --x 2 --y 3 -q

    The engine's number, SymPy's derivative to 30 digits, a derivative made from values of EXPR alone, and proved
    bounds of the exact one stand side by side, with the engine's error in ulps (units in the last place), how many
    of its digits can be trusted, and the condition of the point. The value is computed once more by Python's own
    parser and NumPy, where they have all of EXPR: had it been read otherwise than Python reads it, the verdict is
    "differs". -q prints the verdict alone.

    \b
      gradcli check "x**2*sin(x)" --claim x="2*x*sin(x) + x**2*cos(x)"
      gradcli check "x*sqrt(x**2)" --claim x="2*x" --x 0:10
      gradcli check "x@A@x" --claim x="(A + A.T)@x" --shape x=3 --shape A=3,3
      gradcli check "log(det(A))" --claim A="inv(A)" --shape A=3,3 --symmetric A
      gradcli check "log(k*y)" --claim k=1/k --assume "k>0" --assume "y>0"
      gradcli check "-sum(y*log(y))" --claim y="-log(y) - sum(y)" --assume "sum(y)==1" --shape y=3
      echo "[5.43656, 2.71828]" | gradcli check "exp(x)*y" --claim x,y=@- --x 1 --y 2 --tol 1e-6
      echo '{"expr": "x**2", "claim": {"x": "2*x"}}' > cases.jsonl; gradcli check cases.jsonl

    With --claim a hand-derived formula is judged: proved for all values, right at every sampled point, or false, with
    the simplest point that shows it and the right formula. A range LOW:HIGH of --x, and what --assume says, limit the
    values: bounds, and of each variable one linear equality. An index, as label in z[label], takes each whole number at
    which EXPR has a value, and x[i]=2*x[i] is a claim for every entry. Numbers that others have published or computed
    stand in files (x=@g.npy, or @g.json with a claim under each name, @- for stdin), and --tol says how near they must
    be. A file of cases, .jsonl or .toml, holds many, a range as "at": {"x": "0:10"}.

    Exit status: 0 verified, or a kink, or all claims true; 1 differs, or a claim is false; 4 if no witness but the
    engine could finish, or a claim could not be decided.
    """
    settings = Settings.of({**options, "check": "require", "verify": "full"})
    claimed = bool(claim or claim_hessian)
    matrices = names_of(symmetric) or ()
    if program is None or claimed:
        settings.check_claimable()
    if (program is None or claimed) and (of != "auto" or wrt is not None or seed is not None):
        raise UsageProblem("--of, --wrt and --seed do not go with claims", hint="a claim names its variables itself")
    if program is None:
        from pathlib import Path

        from gradcli.cli.claims import Sampled, check_cases

        if texts or claimed or shape:
            raise UsageProblem("a file of cases holds its own claims, values and shapes")
        sampled = Sampled(points, random_seed, tol, assume, matrices)
        return check_cases(session, Path(ctx.meta[CASES]), settings, sampled)
    if claimed:
        from gradcli.cli.claims import Sampled, Stated, check_claims

        tell_options(session, program, texts)
        stated, sampled = Stated(claim, claim_hessian, shape), Sampled(points, random_seed, tol, assume, matrices)
        return check_claims(session, program, texts, settings, stated, sampled)
    from gradcli.transforms.operators.derive import derive

    values = values_of(session, program, texts)
    if tol is not None:
        raise UsageProblem("--tol is of claims, and the check has a tolerance of its own", hint=_CLAIM)
    if assume:
        raise UsageProblem("--assume is of claims, and a check is at one point", hint=_CLAIM)
    if points is not None or random_seed is not None or shape:
        raise UsageProblem("points are sampled for claims", hint=_CLAIM)
    result = derive(program, values, of, names_of(wrt), seed_of(session, seed), matrices)
    return session.conclude(result, settings, result.derived)

"""Claims about derivatives by symmetric matrices: the same claims of matrices that are symmetric by construction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gradcli.errors import UsageProblem
from gradcli.lang import parse, variables
from gradcli.transforms.claims.types import Case, Claimed
from gradcli.transforms.program.symmetric import check_symmetric, check_symmetric_values, made_symmetric

__all__ = ["on_symmetric"]


def on_symmetric(case: Case, shapes: Mapping[str, tuple[int, ...]]) -> Case:
    """A case whose matrices are symmetric by construction, wherever they are.

    Args:
        case: what is claimed.
        shapes: of the variables.

    Raises:
        Problem: about the matrices, or for an assumption about one.

    >>> on_symmetric(Case("trace(A)", (), symmetric=("A",)), {"A": (2, 2)}).expression
    'A = (A + A.T)/2; trace(A)'
    """
    if not case.symmetric:
        return case
    check_symmetric(case.symmetric, shapes)
    check_symmetric_values(case.symmetric, case.fixed)
    for given in case.assume:
        for name in case.symmetric:
            if name in variables(parse(given)):
                raise UsageProblem(
                    f"'{name}' is said to be symmetric, and {given} is assumed of it", hint="leave one of them out"
                )
    claims: tuple[Claimed, ...] = tuple(
        replace(claim, text=made_symmetric(claim.text, case.symmetric)) for claim in case.claims
    )
    return replace(case, expression=made_symmetric(case.expression, case.symmetric), claims=claims)

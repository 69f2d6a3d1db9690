"""Where a Jacobian or Hessian may differ from zero, and the sweeps that it takes, before any of it is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcli.errors import NameProblem
from gradcli.lang import Program, parse
from gradcli.transforms.operators.sparse import plan_of
from gradcli.transforms.program.variables import free_names
from gradcli.transforms.results.sparsity import Sparsity

__all__ = ["sparsity"]

_SEED = 20_263
"""Of the numbers that stand for values that were not given."""


def sparsity(
    expression: str | Program,
    values: Mapping[str, Any] | None = None,
    wrt: Sequence[str] | None = None,
    *,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    hessian: bool = False,
) -> Sparsity:
    """The pattern of an expression's derivatives, with its colouring.

    Args:
        expression: text of the language, or a parsed program.
        values: for some variables a number, a nested list or an array.
        wrt: differentiate by these variables alone, in this order.
        shapes: of variables without a value; numbers around 1 stand for them. What has neither is one number.
        hessian: whether of the second derivatives.

    Raises:
        Problem: about the expression, the values or the shapes.

    >>> found = sparsity("x[2:] - 2*x[1:-1] + x[:-2]", shapes={"x": (100,)})
    >>> found.pattern.shape, found.pattern.nnz, found.plan.sweeps
    ((98, 100), 294, 3)
    """
    program = parse(expression) if isinstance(expression, str) else expression
    given, told = dict(values or {}), dict(shapes or {})
    strangers = [name for name in (*given, *told) if name not in free_names(program)]
    if strangers:
        hint = f"its variables are {', '.join(free_names(program)) or 'none'}"
        raise NameProblem(f"the expression has no variable '{strangers[0]}'", hint=hint)
    missing = [name for name in free_names(program) if name not in given]
    random = np.random.default_rng(_SEED)
    filled = {name: random.uniform(0.5, 1.5, told.get(name, ())) for name in missing}
    order = [*given, *filled]
    planned = plan_of(program, {name: given.get(name, filled.get(name)) for name in order}, wrt, second=hessian)
    alone = [name for name in missing if name not in told]
    notes = [f"'{name}' is taken as one number: --shape {name}=SIZE for an array" for name in alone] if told else []
    return Sparsity(
        program.source, "hessian" if hessian else "jacobian", planned.plan, (*notes, *planned.computed.prepared.notes)
    )

"""Code without infinities, for languages that have none: Excel shows an error, and so is all that is made of it."""

from __future__ import annotations

import itertools
from contextlib import suppress

import numpy as np
import pytest

from gradcli.errors import Problem, UsageProblem
from gradcli.ops import TABLE, Op
from gradcli.render.code.printer import language_of, render_code
from gradcli.transforms.operators.code import routine
from gradcli.transforms.operators.grad import grad
from tests.render.code_readers import read_excel

ELEMENTWISE = [op for op in TABLE.values() if op.kind == "elementwise" and not op.statics]

EXCEL_EDGES = [0.0, 0.5, -0.5, 1.0, -1.0, 2.0, -3.0, 1e-20, -1e-10, 40.0, -40.0, 800.0, -800.0, 1e5, -1e5]
EXCEL_WAYS = [
    *(op for op in ELEMENTWISE if len(op.params) == 1),
    *(TABLE[name] for name in ("atan2", "copysign", "hypot", "logaddexp", "logaddexp2", "maximum", "minimum", "mod")),
]


@pytest.mark.parametrize("op", EXCEL_WAYS, ids=lambda op: op.name)
def test_excel_has_a_number_wherever_there_is_one(op: Op) -> None:
    """1/0 and EXP(800) are errors there, as is all that is computed from them."""
    call = f"{op.name}({', '.join(op.params)})"
    try:
        text = render_code(routine(call, ["value", "gradient"]), language_of("excel"), "f_")
    except UsageProblem:
        pytest.skip("Excel lacks it")
    for point in itertools.product(EXCEL_EDGES, repeat=len(op.params)):
        with suppress(Problem):
            engine = grad(call, dict(zip(op.params, point, strict=True)))
            wanted = [float(engine.value), *(float(engine.gradients[param]) for param in op.params)]
            for number, right in zip(read_excel(text, list(point)), wanted, strict=True):
                assert not np.isfinite(right) or number == pytest.approx(right, rel=1e-13, abs=1e-300), point


def test_excel_adds_logarithms_of_sums() -> None:
    text = render_code(routine("logsumexp([x, y, z])"), language_of("excel"), "f_")
    assert read_excel(text, [700.0, 710.0, -800.0]) == pytest.approx([np.logaddexp(700.0, 710.0)], rel=1e-15)


@pytest.mark.parametrize("language", ["excel", "fortran", "sql"])
def test_what_is_made_of_others_asks_for_no_infinity(language: str) -> None:
    """entr is infinite below 0, gammasgn is NaN at poles: they say so in branches that others do not take."""
    facts = language_of(language)
    told = facts.constants["inf"]
    for op in ELEMENTWISE:
        if op.name in ("entr", "gammasgn"):
            continue
        with suppress(UsageProblem):
            text = render_code(routine(f"{op.name}({', '.join(op.params)})"), facts, "f")
            assert told not in text, op.name

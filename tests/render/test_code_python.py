"""Python's functions raise errors where they overflow; what is finite beyond has its number in generated code."""

from __future__ import annotations

import itertools
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from gradcli.errors import Problem, UsageProblem
from gradcli.ops import TABLE, Op
from gradcli.render.code.printer import language_of, render_code
from gradcli.transforms.operators.code import routine
from gradcli.transforms.operators.grad import grad

FAR = [0.0, 1.0, -2.0, 0.5, 40.0, -40.0, 800.0, -800.0, 1e5, -1e5]
OPS = [
    *(op for op in TABLE.values() if op.kind == "elementwise" and not op.statics and len(op.params) == 1),
    *(TABLE[name] for name in ("atan2", "hypot", "logaddexp", "logaddexp2", "maximum")),
]
COMPOSED = [
    "1/(1 + exp(-x))",
    "exp(-exp(-x))",
    "atan(sinh(x))",
    "x/cosh(x)",
    "2/(1 + exp2(-x))",
    "atan(expm1(x))",
    "1/(2 + x**151.0)",
    "erf(cosh(x))",
]


def _agrees(text: str, names: list[str]) -> None:
    namespace: dict[str, Any] = {}
    exec(render_code(routine(text, ["value", "gradient"]), language_of("python"), "f"), namespace)
    for point in itertools.product(FAR, repeat=len(names)):
        with suppress(Problem):
            engine = grad(text, dict(zip(names, point, strict=True)))
            wanted = [float(engine.value), *(float(engine.gradients[name]) for name in names)]
            if np.isfinite(wanted).all():
                value, gradient = namespace["f"](*point)
                assert [value, *gradient] == pytest.approx(wanted, rel=1e-13, abs=1e-300), (text, point)


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_an_operation_has_its_numbers_far_out(op: Op) -> None:
    with suppress(UsageProblem):
        _agrees(f"{op.name}({', '.join(op.params)})", list(op.params))


@pytest.mark.parametrize("text", COMPOSED)
def test_what_is_finite_beyond_an_overflow_has_its_number(text: str) -> None:
    _agrees(text, ["x"])


def test_what_overflows_by_itself_is_written_plainly() -> None:
    text = render_code(routine("x*exp(x) + y**1.5", ["value", "gradient"]), language_of("python"), "f")
    assert "math.exp(x)" in text
    assert "def _" not in text

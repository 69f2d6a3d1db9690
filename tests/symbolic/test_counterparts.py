"""Every entry of the table has a counterpart that computes what NumPy computes, and SymPy differentiates it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from mpmath import mp

from gradcli.lang import parse
from gradcli.ops import OBJECTS, TABLE, Op
from gradcli.ops.calls.paths import resolve_value
from gradcli.ops.calls.resolve import resolve
from gradcli.symbolic.derivatives.derive import Derivatives, Partials
from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.numbers.evaluate import Evaluation
from gradcli.symbolic.program.counterparts import counterpart
from gradcli.symbolic.program.interpret import interpret

ENTRYWISE = [op for op in TABLE.values() if op.kind in ("elementwise", "predicate") and op.sympy != OBJECTS]
NAMED = [op for op in ENTRYWISE if op.sympy.isidentifier()]
PREC = 400


def samples(op: Op) -> list[tuple[float, ...]]:
    """Three points of the domain."""
    axes = [intervals[-1] for intervals in op.sample_domains]
    places = (0.3, 0.55, 0.9)
    return [tuple(low + (high - low) * f / (1 + 0.1 * i) for i, (low, high) in enumerate(axes)) for f in places]


def source(op: Op) -> str:
    return f"{op.name}({', '.join([*op.params, *(['2.5'] if op.statics else [])])})"


@pytest.mark.parametrize("op", NAMED, ids=lambda op: op.name)
def test_named_counterpart_exists(op: Op) -> None:
    assert callable(counterpart(op.sympy))


def test_unknown_counterpart() -> None:
    with pytest.raises(Inexpressible, match="SymPy has no function 'sinn'"):
        counterpart("sinn")


@pytest.mark.parametrize("op", ENTRYWISE, ids=lambda op: op.name)
def test_value_is_numpys(op: Op) -> None:
    for point in samples(op):
        meaning = interpret(resolve(parse(source(op))), dict(zip(op.params, point, strict=True)), op.params)
        expected = resolve_value(op.value)(*point, **dict.fromkeys(op.statics, 2.5))
        assert float(meaning.point.number(meaning.entries[0])) == pytest.approx(float(expected), rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("op", [op for op in ENTRYWISE if op.differentiable], ids=lambda op: op.name)
def test_derivative_is_the_slope_of_the_value(op: Op) -> None:
    for point in samples(op):
        for index, partial in enumerate(op.partials):
            if partial is not None:
                check_slope(op, point, index)


def check_slope(op: Op, values: Sequence[float], index: int) -> None:
    meaning = interpret(resolve(parse(source(op))), dict(zip(op.params, values, strict=True)), op.params)
    symbol, point, value = meaning.symbols[op.params[index]][0], meaning.point, meaning.entries[0]
    derivative = Derivatives(value, meaning.subexpressions, point, Partials()).by(symbol)
    with mp.workprec(PREC):
        step = mp.ldexp(1, -100)
        moved = [Evaluation({**point.bindings, symbol: values[index] + s * step}, PREC).value(value) for s in (-1, 1)]
        slope = (moved[1] - moved[0]) / (2 * step)
        assert abs(slope - point.number(derivative)) < 1e-20 * (1 + abs(slope)), (op.name, values)


@pytest.mark.parametrize("op", [op for op in TABLE.values() if op.kind == "reduction"], ids=lambda op: op.name)
@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_reduction_is_numpys(op: Op, axis: int | tuple[int, ...] | None, keepdims: bool) -> None:
    x = np.array([[1.5, -2.0, 0.25], [3.0, 0.5, 2.0]])
    text = f"{op.name}(x, axis={list(axis) if isinstance(axis, tuple) else axis}, keepdims={keepdims})"
    meaning = interpret(resolve(parse(text)), {"x": x.tolist()}, ("x",))
    expected = resolve_value(op.value)(x, axis=axis, keepdims=keepdims)
    assert meaning.shape == np.shape(expected)
    found = [float(meaning.point.number(e)) for e in meaning.entries]
    np.testing.assert_allclose(found, np.ravel(expected), rtol=1e-15)

"""What the table calls analytic is: values at complex numbers next to the real axis have the derivative in them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial as partial_of
from itertools import product
from typing import Any

import numpy as np
import pytest

from gradcli.ops import TABLE, Op
from gradcli.ops.calls.paths import resolve_value
from tests.ops.array_samples import Sample
from tests.ops.checks import points, statics_of
from tests.ops.test_arrays import SAMPLES

STEP = 2.0**-70
ELEMENTWISE = [op for op in TABLE.values() if op.kind == "elementwise" and op.analytic]


def sloped(at: Callable[[float], Any]) -> Any:
    """The derivative at 0 by central differences of three steps, extrapolated."""
    wide, middle, narrow = ((at(t) - at(-t)) / (2 * t) for t in (2.0**-7, 2.0**-8, 2.0**-9))
    return (64 * narrow - 20 * middle + wide) / 45


@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
def test_a_complex_step_through_an_elementwise_operation(op: Op) -> None:
    tried = 0
    for point, statics in product(points(op, 3), statics_of(op)):
        value = partial_of(resolve_value(op.value), **statics)
        for i, partial in enumerate(op.partials):
            if partial is None:
                continue
            moved = [np.complex128(complex(v, STEP)) if k == i else np.float64(v) for k, v in enumerate(point)]
            found = value(*moved)
            here = float(value(*map(np.float64, point)))
            assert found.real == pytest.approx(here, rel=1e-14, abs=1e-300)

            def at(t: float, i: int = i, point: tuple[float, ...] = point, value: Any = value) -> Any:
                return np.asarray(value(*[np.float64(v + t if k == i else v) for k, v in enumerate(point)]))

            assert found.imag / STEP == pytest.approx(float(sloped(at)), rel=1e-8, abs=1e-8)
            tried += 1
    assert tried


@pytest.mark.parametrize(
    "sample", [s for s in SAMPLES if TABLE[s.name].analytic], ids=lambda s: f"{s.name}-{np.shape(s.arrays[0])}"
)
def test_a_complex_step_through_an_operation_on_arrays(sample: Sample) -> None:
    value = resolve_value(TABLE[sample.name].value)
    arrays = [np.asarray(a, dtype=float) for a in sample.arrays]
    for i, array in enumerate(arrays):
        direction = np.random.default_rng(i).uniform(-0.01, 0.01, array.shape)

        def at(t: complex, i: int = i, direction: Any = direction) -> Any:
            moved = [a + t * direction if k == i else a for k, a in enumerate(arrays)]
            found = value(*moved, **sample.statics)
            return (
                np.concatenate([np.ravel(part) for part in found])
                if TABLE[sample.name].multi_output
                else np.asarray(found)
            )

        found = at(1j * STEP)
        np.testing.assert_allclose(found.real, at(0.0), rtol=1e-11, atol=1e-11)
        np.testing.assert_allclose(found.imag / STEP, sloped(at), rtol=1e-7, atol=1e-7)

"""One-sided series of higher functions: a look at a point without a value ends, whatever mpmath takes for one."""

from __future__ import annotations

import time

import numpy as np
import pytest

from gradcli.errors import Problem
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad


def test_a_look_at_many_entries_without_a_value_ends() -> None:
    point = np.array([[1.2, 1.8, 1.8], [0.7, 1.4, 0.7], [2.2, 2.2, 2.3]])
    began = time.process_time()
    found = grad("sum(ellipe(A))", {"A": point}, seed=1.0)
    assert time.process_time() - began < 20  # it was 40 s on a busy machine, and is one
    assert np.isnan(found.value)


def test_a_limit_of_a_higher_function_is_still_found() -> None:
    (limit, *_) = grad("fresnel_s(x)/x**3", {"x": 0.0}).limits
    assert limit.left == limit.right == pytest.approx(np.pi / 6)


@pytest.mark.parametrize("order", ["1e9", "1e300", "201"])
def test_orders_of_dawsons_integral_have_an_end(order: str) -> None:
    with pytest.raises(Problem, match="for n <= 200 alone"):
        evaluate(f"ddawsn({order}, x)", {"x": 0.5})

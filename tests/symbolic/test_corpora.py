"""The oracle against reference values that were computed at 50 digits by other means."""

from __future__ import annotations

from typing import Any

import pytest

from gradcli.symbolic import Answer, Question, Truth
from gradcli.symbolic.answers.solve import solve
from tests import corpora

SAMPLES = [("feynman", 1), ("sr_benchmarks", 1), ("cas_pairs", 3), ("rubi_core", 25), ("rubi_long", 6), ("rubi_erf", 4)]
RECORDS = [record for name, step in SAMPLES for record in corpora.records(name)[::step]]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["id"])
def test_reference(record: dict[str, Any]) -> None:
    source = record.get("expr") or record["antiderivative"]
    tolerance = max(1e-12, 100 * max(record["f64_relerr"]))
    for point, value, gradients in zip(record["points"][:2], record["values"], record["grads"], strict=False):
        answer = solve(Question(source, point, tuple(point), "gradient"))
        assert isinstance(answer, Answer)
        assert_close(answer.values[0], value, tolerance)
        for truth in answer.derivatives:
            assert_close(truth, gradients.get(truth.address.by[0].name, 0.0), tolerance)


def assert_close(truth: Truth, expected: float, tolerance: float) -> None:
    assert truth.status == "number", truth
    assert abs(truth.high - expected) <= tolerance * max(1.0, abs(expected)), truth

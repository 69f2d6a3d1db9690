"""Every operation takes constants of every kind, or refuses them with a sentence: nothing else comes of them."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.errors import Problem
from gradcli.ops import TABLE
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad

CONSTANTS = ("True", "1 < 2", "2.5", "[True, False]", "[[1, 2], [3, 4]]")
REST = ("", ", 0", ", axis=0", ", (1, 1)", ", True")


@pytest.mark.parametrize("constant", CONSTANTS)
def test_a_value_or_a_sentence(constant: str) -> None:
    values = 0
    with np.errstate(all="ignore"):
        for name in TABLE:
            for rest in REST:
                try:
                    evaluate(f"{name}({constant}{rest})", {}, explain=False)
                    values += 1
                except Problem:
                    continue
    assert values > len(TABLE) / 2


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("broadcast_to(True, shape=[1, 3])", [[1.0, 1.0, 1.0]]),
        ("mean(True)", 1.0),
        ("mean(2.5)", 2.5),
        ("broadcast_to(2.5, 2)", [2.5, 2.5]),
    ],
)
def test_a_number_or_a_truth_value_is_an_array_without_axes(text: str, value: object) -> None:
    assert np.asarray(evaluate(text, {}).value).tolist() == value


def test_an_entry_of_a_list_of_conditions() -> None:
    assert grad("a, b = [x > 0, x < 0]; a*x**2", {"x": 3.0}).gradients["x"] == 6.0

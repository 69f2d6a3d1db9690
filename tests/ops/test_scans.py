"""Scans of plain arrays are made in their own memory: with the numbers, to the last bit, that recorded ones have."""

from __future__ import annotations

import numpy as np
import pytest

import gradcli
from gradcli.ops.functions.scan_rules import cumprod_pull, cumprod_push
from gradcli.ops.functions.sinc import dsinc, sinc
from gradcli.ops.functions.transposes import product_of_others

RANDOM = np.random.default_rng(5)
ARRAYS = [
    RANDOM.normal(size=7),
    RANDOM.normal(size=(3, 5)),
    np.array([[0.0, 2.0, 3.0], [0.0, 0.0, 5.0]]),
    RANDOM.normal(size=(2, 3, 4)).transpose(2, 0, 1),
    RANDOM.normal(size=6).astype(np.float32),
    np.ones((2, 1)),
]


@pytest.mark.parametrize("x", ARRAYS)
@pytest.mark.parametrize("axis", [None, 0, -1])
def test_products_of_others(x: np.ndarray, axis: int | None) -> None:
    plain = product_of_others(x, np.prod(x, axis=axis), axis)
    recorded = product_of_others(gradcli.tensor(x), None, axis)
    assert np.array_equal(plain, recorded.array)
    moved = np.moveaxis(x, axis, -1) if axis is not None else x.reshape(-1)
    expected = [np.prod(np.delete(moved, i, axis=-1), axis=-1) for i in range(moved.shape[-1])]
    found = np.moveaxis(plain, axis, -1) if axis is not None else plain.reshape(-1)
    assert np.allclose(found, np.stack(expected, axis=-1), rtol=1e-6)


@pytest.mark.parametrize("rule", [cumprod_pull, cumprod_push])
@pytest.mark.parametrize("x", ARRAYS)
def test_running_products(rule: object, x: np.ndarray) -> None:
    g = np.cos(np.arange(float(x.size))).reshape(x.shape)
    before = x.copy()
    assert np.array_equal(rule(g, x, -1), rule(gradcli.tensor(g), gradcli.tensor(x), -1).array)  # type: ignore[operator]
    assert np.array_equal(x, before), "the argument is not written to"


@pytest.mark.parametrize("larger", [True, False])
def test_the_last_of_equal_extremes_is_taken_and_nan_stays(larger: bool) -> None:
    x = np.array([[1.0, 1.0, 0.0, 2.0, 2.0, np.nan, 5.0, np.nan], [0.0, -0.0, np.inf, 3.0, np.inf, -np.inf, 1.0, 0.0]])
    found = (gradcli.cummax if larger else gradcli.cummin)(gradcli.tensor(x), 1)
    places = np.zeros(x.shape, dtype=int)
    for row, places_of_row in zip(x, places, strict=True):
        for k in range(1, row.size):
            best = row[places_of_row[k - 1]]
            taken = np.isnan(row[k]) or (row[k] >= best if larger else row[k] <= best)
            places_of_row[k] = k if taken else places_of_row[k - 1]
    assert np.array_equal(found.indices.array, places)
    assert np.array_equal(found.values.array, np.take_along_axis(x, places, 1), equal_nan=True)


def test_one_order_for_all_points_is_as_an_order_for_each() -> None:
    x = np.concatenate([np.linspace(-7, 7, 41), [0.0, -0.0, 0.25, np.inf, np.nan]])
    for order in (0, 1, 2, 5, 12):
        assert np.array_equal(dsinc(order, x), dsinc(np.full(x.shape, order), x), equal_nan=True)
        assert np.array_equal(dsinc(order, x[3]), dsinc(order, x)[3])
    assert np.array_equal(sinc(x), dsinc(0, x), equal_nan=True)


def test_positions_are_kept_as_they_were() -> None:
    places = np.array([2, 0])
    x = gradcli.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = gradcli.take(x, places)
    places[:] = 1
    y.backward(gradcli.tensor([1.0, 10.0]))
    assert x.grad is not None
    assert x.grad.tolist() == [10.0, 0.0, 1.0]

"""Functions of NumPy, JAX and PyTorch at arrays of points: every result has the points as its last axes."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from gradcli.render.code.printer import language_of, render_code
from gradcli.transforms.operators.code import routine
from tests.render.code_runners import missing

PROGRAMS = [
    ("3*x", ["value", "gradient", "hessian"]),
    ("x**2", ["value", "gradient", "hessian"]),
    ("x*y", ["value", "gradient", "hessian"]),
    ("x + y", ["value", "gradient", "jvp"]),
    ("x + 0*y + z**2", ["value", "gradient", "hessian"]),
    ("x - x + 3", ["value", "gradient"]),
    ("s = sin(x); s*s", ["value", "gradient"]),
    ("[3, 4*x]", ["value", "jacobian", "vjp"]),
    ("[3, 4]*x/x + 0*y", ["value", "jacobian"]),
    ("[[x*y, 2], [y, x]]", ["value", "jacobian"]),
    ("[1, 2, x][0]", ["value"]),
    ("where(x > 0, 1, 2)*y", ["value", "gradient"]),
]
LINES = np.array([0.5, 1.0, 2.0, 4.0])


def _function(text: str, parts: list[str], language: str) -> tuple[Any, list[str]]:
    namespace: dict[str, Any] = {}
    made = routine(text, parts)
    exec(render_code(made, language_of(language), "f"), namespace)
    assert not any(parameter.shape for parameter in made.parameters if parameter.name != "seed")
    return namespace["f"], [parameter.name for parameter in made.parameters if not parameter.shape]


@pytest.mark.parametrize("language", ["numpy", "jax", "torch"])
@pytest.mark.parametrize(("text", "parts"), PROGRAMS, ids=[text for text, _ in PROGRAMS])
def test_results_have_the_points_last(text: str, parts: list[str], language: str) -> None:
    if reason := missing(language):
        pytest.skip(reason)
    function, names = _function(text, parts, language)
    seeds = [np.array([2.0, 3.0])] if "vjp" in parts else []
    for given in itertools.product([False, True], repeat=len(names)):
        arguments: list[Any] = [LINES + i if many else 1.5 + i for i, many in enumerate(given)]
        results = function(*arguments, *seeds)
        results = results if len(parts) > 1 else (results,)
        shape = LINES.shape if any(given) else ()
        for i, point in enumerate(np.ndindex(shape)):
            alone = function(*[argument[i] if np.ndim(argument) else argument for argument in arguments], *seeds)
            for result, one in zip(results, alone if len(parts) > 1 else (alone,), strict=True):
                assert np.shape(result) == (*np.shape(one), *shape)
                assert np.asarray(result)[(..., *point)] == pytest.approx(np.asarray(one), rel=1e-14)


def test_points_in_a_grid() -> None:
    function, _ = _function("x*y", ["value", "gradient", "hessian"], "numpy")
    value, gradient, hessian = function(np.ones((3, 1)), np.ones(5))
    assert (value.shape, gradient.shape, hessian.shape) == ((3, 5), (2, 3, 5), (2, 2, 3, 5))


def test_numbers_are_not_broadcast_where_every_entry_depends_on_all() -> None:
    text = render_code(routine("[x*y, x/y]"), language_of("numpy"), "f")
    assert "value = np.array([x*y, x/y])" in text
    text = render_code(routine("x[0]*x[1]", ["value", "gradient"], shapes={"x": (2,)}), language_of("numpy"), "f")
    assert "gradient = np.array([x[1], x[0]])" in text

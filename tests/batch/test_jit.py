"""Rows compiled by Numba: what straight-line NumPy code gives, within a few ulps of each function."""

from __future__ import annotations

import builtins
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from gradcli.batch.jit import Jit
from gradcli.errors import UsageProblem
from tests.batch.test_native import PROGRAMS, ROWS, made
from tests.cli.runner import gradcli

numba = pytest.mark.skipif(find_spec("numba") is None, reason="Numba is not installed")


@numba
@pytest.mark.parametrize(
    ("text", "part", "shapes"), PROGRAMS[:1] + PROGRAMS[3:4] + PROGRAMS[5:7], ids=lambda x: str(x)[:30]
)
def test_compiled_code_agrees(text: str, part: Any, shapes: dict[str, tuple[int, ...]]) -> None:
    code = made(text, part, **shapes)
    chance = np.random.default_rng(2)
    values = {name: chance.uniform(0.5, 3.0, (ROWS, *shape)) for name, shape in shapes.items() if name != "k"}
    first = next(iter(values.values()))
    first[:3] = np.reshape([np.nan, np.inf, 0.0], (3, *(1,) * (first.ndim - 1)))
    expected, kinked = code.run(values, code.task.constants, ROWS, 1)
    code.native = Jit(code.plan)
    found, again = code.run(values, code.task.constants, ROWS, 2)
    np.testing.assert_array_equal(kinked, again)
    for name, numbers in expected.items():
        np.testing.assert_allclose(found[name], numbers, rtol=1e-13, atol=1e-13)
        assert found[name].dtype == numbers.dtype


@numba
def test_a_table_is_the_same_but_for_rounding_and_what_numba_lacks_is_told() -> None:
    words = ["batch", "x**2*sin(y) if x > 1 else y", "--over", "x=0:2:9", "--over", "y=1:2:3", "--no-check"]
    default, compiled = gradcli([*words, "-q"]), gradcli([*words, "-q", "--backend", "numba"])
    rows = [np.array([line.split(",") for line in done.stdout.splitlines()[1:]], float) for done in (default, compiled)]
    np.testing.assert_allclose(rows[0], rows[1], rtol=1e-14)
    lacking = gradcli(["batch", "digamma(x)", "--over", "x=1:2:3", "--no-check", "--backend", "numba"])
    assert lacking.status == 0
    assert "Numba does not take the program: it lacks one of" in lacking.stderr


def test_without_numba_an_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def absent(name: str, *args: Any, **keywords: Any) -> Any:
        if name == "numba":
            raise ImportError(name)
        return imported(name, *args, **keywords)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(UsageProblem, match="gradcli\\[numba\\]"):
        Jit(made("x", x=()).plan)
    done = gradcli(["batch", "x", "--over", "x=0:1:3", "--backend", "numba"])
    assert done.status == 2
    assert "gradcli[numba]" in done.stderr

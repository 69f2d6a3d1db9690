"""Compiled rows: what straight-line NumPy code gives, within a few ulps of each function."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcli.cli.table_work import compiled_code
from gradcli.data import native
from gradcli.errors import UsageProblem
from gradcli.lang import parse
from gradcli.transforms.rows.compiled import Compiled, compiled
from gradcli.transforms.rows.task import task
from tests.cli.runner import gradcli

pytestmark = pytest.mark.skipif(native.compiler() is None, reason="there is no C compiler")

ROWS = 1000


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def made(text: str, part: Any = "gradient", **shapes: tuple[int, ...]) -> Compiled:
    program = task(parse(text), list(shapes), {"k": 2.0} if "k" in text else {}, part=part)
    used = {name: shapes[name] for name in program.columns}
    found = compiled(program, program.inputs(dict.fromkeys(used, "real"), used), used, dict.fromkeys(used, "real"))
    assert isinstance(found, Compiled)
    return found


PROGRAMS: list[tuple[str, Any, dict[str, tuple[int, ...]]]] = [
    ("exp(-x**2)*sin(y*k) + log(1+abs(x*y))/sqrt(y)", "gradient", {"x": (), "y": ()}),
    ("norm(v)*x", "hessian", {"v": (3,), "x": ()}),
    ("softmax(v)", "jacobian", {"v": (4,)}),
    ("x**y + atan2(x, y) + hypot(x, y) + x % y", "gradient", {"x": (), "y": ()}),
    ("relu(x - 1)*max(v) + clip(x, 0, y)", "gradient", {"x": (), "v": (3,), "y": ()}),
    ("x if x > y else y**2", "gradient", {"x": (), "y": ()}),
    ("x > y", "value", {"x": (), "y": ()}),
    ("int*double + i*a0*result*θ", "gradient", dict.fromkeys(("int", "double", "i", "a0", "result", "θ"), ())),
]


@pytest.mark.parametrize(("text", "part", "shapes"), PROGRAMS, ids=[text for text, *_ in PROGRAMS])
def test_compiled_code_agrees(text: str, part: Any, shapes: dict[str, tuple[int, ...]]) -> None:
    code = made(text, part, **shapes)
    chance = np.random.default_rng(2)
    values = {name: chance.uniform(0.5, 3.0, (ROWS, *shape)) for name, shape in shapes.items() if name != "k"}
    constants = code.task.constants
    expected, kinked = code.run(values, constants, ROWS, 1)
    code.native = compiled_code(code)
    found, again = code.run(values, constants, ROWS, 2)
    np.testing.assert_array_equal(kinked, again)
    for name, numbers in expected.items():
        np.testing.assert_allclose(found[name], numbers, rtol=1e-13, atol=1e-13)
        assert found[name].dtype == numbers.dtype


def test_not_finite_numbers_keep_their_meaning() -> None:
    code = made("sqrt(x) + log(y)/x", x=(), y=())
    special = np.array([0.0, -0.0, -1.0, np.inf, -np.inf, np.nan, 1.0, 5e-324, 1e308])
    x, y = (grid.ravel() for grid in np.meshgrid(special, special))
    values = {"x": x, "y": y}
    expected, _ = code.run(values, {}, len(x), 1)
    code.native = compiled_code(code)
    found, _ = code.run(values, {}, len(x), 1)
    for name, numbers in expected.items():
        np.testing.assert_allclose(found[name], numbers, rtol=1e-14)


def test_code_that_does_not_agree_is_not_taken() -> None:
    code = made("x**2", x=())
    values = {"x": np.array([1.0, 2.0, 3.0])}
    code.native = compiled_code(made("x**2*(1 + 1e-6)", x=()))
    assert not code.agrees(values, {}, 3)
    code.native = compiled_code(code)
    assert code.agrees(values, {}, 3)


def test_a_library_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    code = made("x*sin(x)", x=())
    compiled_code(code)
    monkeypatch.setattr(native, "_made", lambda *args: pytest.fail("it was compiled again"))
    compiled_code(code)


def test_what_c_lacks_is_computed_without_it() -> None:
    done = gradcli("batch digamma(x) --backend c --no-check", stdin="x\n1\n")
    assert done.stdout.startswith("x,value,d_x\n1,-0.5772156649")
    assert "no compiled code was taken: C has no function digamma" in done.stderr
    assert done.status == 0


def test_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    assert gradcli("batch x**2 --backend c -q", stdin="x\n3\n").stdout == "x,value,d_x\n3,9.0,6.0\n"
    monkeypatch.setattr(native, "compiler", lambda: None)
    done = gradcli("batch x**2 --backend c", stdin="x\n3\n")
    assert (done.status, done.stdout) == (2, "")
    assert "--backend c needs a C compiler" in done.stderr
    with pytest.raises(UsageProblem):
        native.library("")

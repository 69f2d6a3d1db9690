"""What the value and its parts are called: as the program calls them, and never as a variable is called."""

from __future__ import annotations

import pytest

from gradcli.transforms.operators.derive import derive
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.operators.jacobian import jacobian

VALUES = {"x": 2.0, "t": 3.0, "w": [1.0, 2.0]}


@pytest.mark.parametrize(
    ("program", "rows"),
    [
        ("[x, t]", ("f[0]", "f[1]")),
        ("px = x*cos(t); py = x*sin(t); [px, py, t]", ("px", "py", "f[2]")),
        ("u = x*t; u, x/t", ("u", "f[1]")),
        ("x*t, x/t", ("f[0]", "f[1]")),
        ("u = x; [u, u, t]", ("f[0]", "f[1]", "f[2]")),
        ("u = x; v = t; [[u, v], [x*t, 1]]", ("u", "v", "f[1,0]", "f[1,1]")),
        ("u = w*x; [w, u]", ("f[0,0]", "f[0,1]", "u[0]", "u[1]")),
        ("u = w*x; u", ("u[0]", "u[1]")),
        ("u = x*t; u", ("u",)),
        ("x*t", ("f",)),
        ("[x, pi]", ("f[0]", "f[1]")),
        ("stack([w, w*x], 1)", ("f[0,0]", "f[0,1]", "f[1,0]", "f[1,1]")),
        ("u, v = w; [v, u]", ("v", "u")),
        ("[x*i for i in range(2)]", ("f[0]", "f[1]")),
        ("f = x*t; [f, f*t]", ("f", "y[1]")),
    ],
)
def test_rows_of_a_jacobian(program: str, rows: tuple[str, ...]) -> None:
    used = {
        name: value for name, value in VALUES.items() if name in program.replace("stack", "").replace("cos(t)", "t")
    }
    found = jacobian(program, used)
    assert found.rows == rows
    assert [found.output_label(i) for i in range(len(rows))] == list(rows)
    assert found.label(found.address(0)).startswith(f"d{rows[0]}/d")


@pytest.mark.parametrize(
    ("program", "called"),
    [
        ("x", "f"),
        ("f", "y"),
        ("f*y", "g"),
        ("f*y*g*h*value", "value"),
        ("f = x*2; f", "f"),
        ("f = x*2; f**2", "y"),
        ("f = x*2; u = f**2; u", "u"),
        ("u = x*2; u", "f"),
        ("y = x; y**2", "f"),
    ],
)
def test_the_value_has_no_variables_name(program: str, called: str) -> None:
    names = [name for name in ("x", "f", "y", "g", "h", "value") if f"{name} =" not in program and name in program]
    values = dict.fromkeys(names, 1.5)
    found = grad(program, values)
    assert next(found.numbers())[0] == called
    assert [name for name, _ in found.arrays()] == [f"d{called}/d{name}" for name in names]
    assert derive(program, values, "auto", None, None).value_name == called
    assert evaluate(program, values).value_name == ""


def test_second_derivatives() -> None:
    found = hessian("f**2", {"f": 3.0})
    assert [found.label(found.address(i)) for i in range(2)] == ["dy/df", "d2y/df df"]

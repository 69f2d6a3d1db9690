"""`gradcli derivative --series` and `gradcli diff --tangent-line`."""

from __future__ import annotations

import json

import pytest

from tests.cli.runner import gradcli
from tests.render.test_document import VALIDATOR


def test_a_series_is_read_by_eval() -> None:
    done = gradcli('derivative "sin(x)" --x 0 --order 5 --series --no-check')
    assert done.stdout.splitlines()[-1] == "series = x - x**3/6 + x**5/120"
    formula = gradcli('derivative "exp(x)*y" --x 1 --y 2 --order 3 --series -q --no-check').stdout.strip()
    value = gradcli(["eval", formula, "--x", "1", "--y", "2"]).stdout
    assert value == gradcli('eval "exp(x)*y" --x 1 --y 2').stdout


def test_the_derivatives_of_a_series_are_checked() -> None:
    assert "check = verified: 6 of 6 entries" in gradcli('derivative "exp(x*y)" --x 0 --y 1 --order 2 --series').stdout


def test_no_value_but_limits() -> None:
    done = gradcli('derivative "sin(x)/x" --x 0 --order 2 --series --no-check')
    assert done.status == 0
    assert done.stdout.splitlines() == [
        "limit of f = 1.0",
        "limit of df/dx = 0.0",
        "limit of d2f/dx2 = -0.3333333333333333",
        "series = 1 - x**2/6",
    ]
    assert "f has no value at x = 0" in done.stderr


def test_a_tangent() -> None:
    done = gradcli('diff "x**2" --tangent-line --x 1')
    assert done.stdout.splitlines()[:3] == ["f = 1.0", "df/dx = 2.0", "tangent line = 1 + 2*(x - 1)"]
    assert gradcli('diff "x**2*y" --tangent-plane --x 1 --y 2 -q --no-check').stdout == "2 + 4*(x - 1) + (y - 2)\n"
    latex = gradcli('diff "x**2" --tangent-line --x 1 --format latex --no-check').stdout
    assert latex == "1 + 2 \\left(x - 1\\right)\n"

    assert gradcli('diff "x**2" --tangent-line --x 1 --format sympy --no-check').stdout == "1 + 2*(x - 1)\n"
    shown = gradcli('diff "x**2" --tangent-line --x 1 --no-check --color never', terminal=True).stdout
    assert "tangent line = 1 + 2*(x - 1)" in shown


@pytest.mark.parametrize(
    "words",
    [
        'derivative "sin(x)" --x 0 --order 3 --series',
        'derivative "x*y" --x 0 --y 1 --order 2 --series',
        'derivative "sin(x)/x" --x 0 --order 2 --series',
        'diff "[x, x**2]" --tangent-line --x 1',
        'diff "sum(x)" --tangent-line --x "[1, 2]"',
    ],
)
def test_json(words: str) -> None:
    document = json.loads(gradcli(f"{words} --json --no-check").stdout)
    VALIDATOR.validate(document)
    assert document["command"] == words.split(maxsplit=1)[0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('diff "x" --tangent-line', "variable 'x' has no value"),
        ('diff "x" --tangent-line --order 2 --x 1', "--tangent-line and --order do not go together"),
        ('diff "x" --tangent-line --simplify on --x 1', "--tangent-line and --simplify on do not go together"),
        ('diff "abs(x)" --tangent-line --x 0', "there is no tangent"),
        ('diff "x" --tangent-line --x 1 --format pretty -q', "both say how it is written"),
        ('derivative "x" --x 1 --series --digits 20', "--series is a formula"),
        ('derivative "x" --x 1 --series --format csv', "--series is a formula"),
    ],
)
def test_what_does_not_go_is_refused(words: str, told: str) -> None:
    done = gradcli(words)
    assert (done.status, done.stdout) == (2, "")
    assert told in done.stderr

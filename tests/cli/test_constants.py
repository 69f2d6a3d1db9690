"""`--constants` where variables need no values: names of other constants are variables."""

from __future__ import annotations

import pytest

from tests.cli.runner import gradcli

TAKEN = [
    (["code", "e*x", "--to", "c", "--gradient", "--constants", "pi"], "void f(double e, double x, "),
    (["code", "e@x", "--to", "numpy", "--constants", "pi", "--shape", "x=n", "--shape", "e=n"], "def f(e, x):"),
    (["code", "x*sin(tau)", "--to", "latex", "--constants", "pi"], r"f &= x \sin\left(\tau\right)"),
    (["code", "e*x", "--to", "numpy", "--constants", "pi", "--shape", "x=n"], "def f(e, x):"),
    (["diff", "x*pi + e", "--constants", "pi", "--no-check"], "df/dx = pi\ndf/de = 1\n"),
    (["diff", "x*e*pi", "--constants", "pi,e", "--no-check"], "df/dx = e*pi\n"),
    (["diff", "x*e", "--constants", "pi", "--x", "2", "--e", "3", "--no-check"], "df/de = 2.0\n"),
    (["explain", "x*e", "--constants", "pi", "--no-check"], "df/de = x\n"),
    (["sparsity", "[x*e, x]", "--constants", "pi", "--x", "1", "--wrt", "x,e", "--json"], '"nnz": 3'),
    (["check", "x*e", "--claim", "e=x", "--constants", "pi"], "df/de: true for all x, e (proved)"),
]


@pytest.mark.parametrize(("words", "shown"), TAKEN, ids=[" ".join(words[:2]) for words, _ in TAKEN])
def test_other_constants_are_variables(words: list[str], shown: str) -> None:
    outcome = gradcli(words)
    assert shown in outcome.stdout
    assert outcome.status == 0


NEEDED = [
    ["grad", "x*e", "--x", "1"],
    ["diff", "x*e", "--x", "1"],
    ["diff", "x*e", "--tangent-line"],
    ["explain", "x*e", "--x", "1"],
    ["check", "x*e", "--x", "1"],
]


@pytest.mark.parametrize("words", NEEDED, ids=" ".join)
def test_where_others_have_values_each_needs_one(words: list[str]) -> None:
    outcome = gradcli([*words, "--constants", "pi"])
    assert (outcome.stdout, outcome.status) == ("", 2)
    assert "variable 'e' has no value" in outcome.stderr


@pytest.mark.parametrize("command", [["diff", "x*e"], ["code", "x*e", "--to", "c"], ["sparsity", "x*e"]])
def test_a_constant_that_there_is_not(command: list[str]) -> None:
    outcome = gradcli([*command, "--constants", "phi"])
    assert (outcome.stdout, outcome.status) == ("", 2)
    assert "there is no constant 'phi'" in outcome.stderr


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("text", "df/dx = sin(tau) + e\n"),
        ("sympy", "sin(Symbol('tau')) + e\n"),
        ("latex", "\\sin\\left(\\tau\\right) + e\n"),
        ("markdown", "\\sin\\left(\\tau\\right) + e\n"),
        ("pretty", "df/dx = sin(τ) + e\n"),
        ("mathml", "<mi>τ</mi>"),
        ("json", '"latex": "\\\\sin\\\\left(\\\\tau\\\\right) + e"'),
    ],
)
def test_variables_that_are_called_as_constants_are_written_as_variables(form: str, shown: str) -> None:
    words = ["diff", "x*sin(tau) + x*e", "--constants", "pi", "--wrt", "x", "--no-check", "--format", form]
    assert shown in gradcli(words).stdout


def test_no_shorter_form_takes_a_variable_for_a_constant() -> None:
    outcome = gradcli(["diff", "x*sin(tau)", "--constants", "pi", "--simplify", "on", "--no-check"])
    assert outcome.stdout == "df/dx = sin(tau)\ndf/dtau = x*cos(tau)\n"


EXPLAINED = [
    ["explain", "x*sin(tau)", "--constants", "pi"],
    ["explain", "x*sin(tau)", "--x", "1", "--tau", "2"],
    ["diff", "x*sin(tau)", "--tangent-plane", "--x", "1", "--tau", "2"],
]


@pytest.mark.parametrize("words", EXPLAINED, ids=" ".join)
def test_steps_and_tangents_have_the_variable(words: list[str]) -> None:
    text = gradcli([*words, "--format", "latex", "--no-check"]).stdout
    assert r"\tau" in text
    assert r"2 \pi" not in text

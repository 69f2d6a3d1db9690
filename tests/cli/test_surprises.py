"""What people type and what stands for something else: assignments as words, options' names, constants as variables."""

from __future__ import annotations

import json

import pytest

from tests.cli.runner import gradcli


def test_assignments_among_the_words() -> None:
    done = gradcli(["grad", "x*y", "x=3", "-q", "y=2", "--no-check"])
    assert (done.status, done.stdout) == (0, "2.0\n3.0\n")
    assert done.stderr == "warning: x=3 is read as --x 3\nwarning: y=2 is read as --y 2\n"


@pytest.mark.parametrize("words", [["z=3"], ["x==3"], ["x"], ["--", "x=3"]])
def test_other_words_are_refused(words: list[str]) -> None:
    done = gradcli(["grad", "x**2", "--no-check", *words])
    assert done.status == 2
    assert "is read as" not in done.stderr


def test_a_value_given_twice() -> None:
    done = gradcli(["grad", "x**2", "x=3", "--x", "4"])
    assert done.status == 2
    assert "given twice" in done.stderr


def test_an_options_name_without_a_value() -> None:
    done = gradcli(["grad", "json + x", "--x", "1"])
    assert done.status == 2
    assert "hint: give it with --set json=VALUE" in done.stderr


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("exp(-t/tau)", ["tau"]),
        ("e*t/tau", ["tau", "e"]),
        ("e**t + e**-t", []),
        ("t**e", ["e"]),
        ("pi*t + inf*0", []),
        ("e = 2; e*t", []),
    ],
)
def test_constants_that_are_meant_as_variables(text: str, noted: list[str]) -> None:
    done = gradcli(["grad", text, "--t", "1", "--no-check", "--json"])
    warnings = json.loads(done.stdout)["warnings"]
    assert [warning.partition(" ")[0] for warning in warnings if "is taken as" in warning] == noted


def test_a_given_constant_draws_no_note() -> None:
    assert gradcli(["grad", "t/tau", "--t", "1", "--tau", "2", "--no-check"]).stderr == ""


def test_functions_of_elsewhere_are_no_misspellings() -> None:
    for name in ("gammaincinv", "elu", "selu", "bei", "spherical_jn"):
        stderr = gradcli(["eval", f"{name}(1)"]).stderr
        assert "is not available here" in stderr
        assert "did you mean" not in stderr
    assert "did you mean 'sin'?" in gradcli(["eval", "sine(1)"]).stderr

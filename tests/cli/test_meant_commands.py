"""Commands that other programs have, and help however it is asked for."""

from __future__ import annotations

import pytest

from tests.cli.runner import gradcli


def test_no_words_ask_for_help() -> None:
    outcome = gradcli([])
    assert outcome == gradcli(["--help"]) == gradcli(["help"])
    assert (outcome.status, outcome.stderr) == (0, "")


def test_help_with_a_command_is_the_commands_help() -> None:
    assert gradcli(["help", "grad"]) == gradcli(["grad", "--help"])


@pytest.mark.parametrize(("said", "meant"), [("functions", "ops"), ("tree", "graph"), ("verify", "check")])
def test_a_name_that_means_one_command_is_taken(said: str, meant: str) -> None:
    words = ["tanh"] if meant == "ops" else ["--help"]
    assert gradcli([said, *words]).stdout.replace(said, meant) == gradcli([meant, *words]).stdout.replace(said, meant)


def test_help_names_the_variable_that_is_called_as_an_option() -> None:
    text = gradcli(["grad", "seed*x", "--help"]).stdout
    assert "--set seed=VALUE" in text
    assert "--seed is an option" in text

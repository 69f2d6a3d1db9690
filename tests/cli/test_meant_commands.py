"""Commands that other programs have, and help however it is asked for."""

from __future__ import annotations

import pytest

from gradcli.cli.app import app
from tests.cli.runner import Outcome, gradcli


def test_no_words_ask_for_help() -> None:
    outcome = gradcli([])
    assert outcome == gradcli(["--help"]) == gradcli(["help"])
    assert (outcome.status, outcome.stderr) == (0, "")


@pytest.mark.parametrize("words", [["help", "grad"], ["--help", "grad"], ["-h", "grad"]])
def test_help_with_a_command_is_the_commands_help(words: list[str]) -> None:
    assert gradcli(words) == gradcli(["grad", "--help"])


def test_help_about_nothing_that_is_there() -> None:
    assert gradcli(["help", "jacobain"]) == Outcome(
        "", "error: there is no command 'jacobain'\nhint: did you mean 'jacobian'?\n", 2
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["info", "--jsn"], "error: there is no option '--jsn'\nhint: did you mean '--json'?\n"),
        (["--frobnicate"], "error: there is no option '--frobnicate'\nhint: `gradcli --help` shows the options\n"),
        (
            ["completion", "bash", "x"],
            "error: got unexpected extra argument (x)\nhint: `gradcli completion --help` shows",
        ),
    ],
)
def test_commands_without_an_expression_speak_of_none(words: list[str], told: str) -> None:
    done = gradcli(words)
    assert (done.status, done.stdout) == (2, "")
    assert done.stderr.startswith(told)


@pytest.mark.parametrize(
    ("said", "meant"), [("functions", "ops"), ("tree", "graph"), ("verify", "check"), ("version", "info")]
)
def test_a_name_that_means_one_command_is_taken(said: str, meant: str) -> None:
    words = ["tanh"] if meant == "ops" else ["--help"]
    assert gradcli([said, *words]).stdout.replace(said, meant) == gradcli([meant, *words]).stdout.replace(said, meant)


def test_help_names_the_variable_that_is_called_as_an_option() -> None:
    text = gradcli(["grad", "seed*x", "--help"]).stdout
    assert "--set seed=VALUE" in text
    assert "--seed is an option" in text


def test_help_tells_the_first_sentence_of_each_command() -> None:
    ctx = app.make_context("gradcli", [], resilient_parsing=True)
    listed = " ".join(gradcli("--help").stdout.partition("Commands:")[2].split())
    assert len(app.list_commands(ctx)) > 15
    for name in app.list_commands(ctx):
        command = app.get_command(ctx, name)
        assert command is not None
        assert f"{name} {command.get_short_help_str(200)}" in listed

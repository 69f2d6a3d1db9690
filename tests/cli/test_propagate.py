"""`gradcli propagate`: values with uncertainties on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gradcli.cli.uncertain import uncertain
from tests.cli.runner import gradcli


@pytest.mark.parametrize(
    ("text", "value", "u"),
    [
        ("3.0±0.1", 3.0, 0.1),
        ("3.0+/-0.1", 3.0, 0.1),
        ("-3.25 ± 1e-3", -3.25, 1e-3),
        ("3.0(1)", 3.0, 0.1),
        ("9.80665(12)", 9.80665, 0.00012),
        ("12(3)", 12.0, 3.0),
        ("-1.60(2)e-19", -1.60e-19, 2e-21),
        ("6.62607(45)E-34", 6.62607e-34, 4.5e-38),
        ("pi±pi/100", np.pi, np.pi / 100),
        ("3", 3.0, None),
    ],
)
def test_notations(text: str, value: float, u: float | None) -> None:
    found = uncertain("x", text)
    evaluate = {"pi": np.pi}
    assert eval(found.value, evaluate) == pytest.approx(value, rel=1e-15)  # a test's own data
    assert found.spread == "" if u is None else eval(found.spread, evaluate) == pytest.approx(u, rel=1e-12)


def test_a_result_is_rounded_as_the_guide_says() -> None:
    done = gradcli(["propagate", "4*pi**2*L/T**2", "--L", "1.000(2)", "--T", "2.006+/-0.003", "--no-check"])
    assert "result = 9.811 ± 0.035\n" in done.stdout
    assert done.status == 0


def test_percentages_and_plain_values() -> None:
    found = json.loads(gradcli(["propagate", "k*x", "--x", "2±5%", "--k", "3", "--json", "--no-check"]).stdout)
    assert found["uncertainties"] == {"x": 0.1}
    assert found["uncertainty"] == pytest.approx(0.3)
    assert found["monte_carlo"]["draws"] == 10_000
    assert found["monte_carlo"]["uncertainty"] == pytest.approx(0.3, rel=0.03)


def test_a_covariance_from_a_file(tmp_path: Path) -> None:
    np.save(tmp_path / "cov.npy", [[0.01, 0.01], [0.01, 0.01]])
    words = ["propagate", "x - y", "--x", "1±0.1", "--y", "2±0.1", "--cov", f"@{tmp_path}/cov.npy", "-q", "--no-check"]
    assert float(gradcli(words).stdout) == 0.0


def test_the_check_is_that_of_the_derivatives() -> None:
    done = gradcli(["propagate", "x*y", "--x", "3±0.1", "--y", "2±0.1"])
    assert "check = verified: 2 of 2 entries" in done.stdout


def test_a_terminal_shows_shares_as_bars() -> None:
    done = gradcli(["propagate", "x*y", "--x", "3±0.1", "--y", "2±0.1", "--no-check"], terminal=True)
    assert "6.00 ± 0.36" in done.stdout
    assert "69.2 %" in done.stdout
    assert "█" * 14 in done.stdout


@pytest.mark.parametrize("text", ["3±", "±1", "3±1±2", "3±-1", "3±nan"])
def test_mistakes(text: str) -> None:
    done = gradcli(["propagate", "x", f"--x={text}", "--no-check"])
    assert done.status == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_what_has_two_readings_is_refused_with_both() -> None:
    done = gradcli(["propagate", "x", "--x", "3+-0.1"])
    assert (done.stdout, done.status) == ("", 2)
    assert "may be a value of 'x' with its uncertainty, and may be a sum" in done.stderr
    assert "write 3±0.1 or 3+/-0.1 for the one, 3-0.1 for the other" in done.stderr


def test_nothing_uncertain_is_told() -> None:
    assert "no input is uncertain" in gradcli(["propagate", "x", "--x", "3"]).stderr

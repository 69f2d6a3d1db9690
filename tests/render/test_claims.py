"""Claims as text: for pipes, programs and terminals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import gradcli.render
from gradcli.errors import InputProblem
from gradcli.render import Style
from gradcli.render.claims.formats import render_claims, render_summary
from gradcli.render.claims.sentences import Tried
from gradcli.transforms.claims.types import Case, CaseVerdicts, Claimed, ClaimVerdict, CounterExample

SCHEMA = json.loads((Path(gradcli.render.__file__).parent / "schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

BY_X, BY_Y, SECOND = (
    Claimed(("x",), "2*x*y"),
    Claimed(("y",), "x**2"),
    Claimed(("x", "y"), "[[2*y, 0], [0, 0]]", 2),
)
CASE = Case("x**2*y", (BY_X, BY_Y, SECOND), ranges={"x": (0.0, float("inf"))}, random_seed=5)
WRONG = CounterExample({"x": 1.0, "y": 0.5}, "d2f/dx dy", "2.0", "0.0")
TRIED = Tried(
    "",
    CaseVerdicts(
        CASE,
        (
            ClaimVerdict(
                BY_X, "proved", 9, 12, None, "", ("the claim has no value for x < 0, where the derivative exists",)
            ),
            ClaimVerdict(BY_Y, "sampled", 12, 12, None, "no answer within 1 s"),
            ClaimVerdict(SECOND, "false", 0, 1, WRONG),
            ClaimVerdict(BY_X, "undecided", 0, 0, None, "no\npoint \x1b[31m"),
        ),
        ("x", "y"),
    ),
)
BAD = Tried("cases.jsonl:2", None, InputProblem("a case is a JSON object", hint="look"))


def test_plain() -> None:
    assert render_claims([TRIED], Style("plain")) == (
        "df/dx: true for all x >= 0.0, y, where both have a value (proved)\n"
        "  the claim has no value for x < 0, where the derivative exists\n"
        "df/dy: true at all 12 sampled points of x >= 0.0, y (not proved)\n"
        "  no proof: no answer within 1 s\n"
        "d2f/d(x, y)2: false at x = 1.0, y = 0.5: d2f/dx dy is 2.0, the claim is 0.0\n"
        "df/dx: undecided: no point �[31m\n"
        "random seed = 5\n"
    )


def test_a_line_for_each_claim_of_a_file() -> None:
    text = render_claims([TRIED._replace(place="cases.jsonl:1"), BAD], Style("plain"))
    assert text.count("\n") == 4
    assert all(line.startswith("cases.jsonl:1: d") for line in text.splitlines())


def test_quiet() -> None:
    assert render_claims([TRIED], Style("quiet")) == "proved\nsampled\nfalse\nundecided\n"
    assert render_summary([TRIED], Style("quiet")) == ""


def test_summary() -> None:
    assert render_summary([TRIED, BAD], Style("plain")) == (
        "4 claims in 2 cases: 1 proved, 1 sampled, 1 false, 1 undecided; 1 case with errors\n"
    )


def refuse(constant: str) -> Any:
    raise AssertionError(f"{constant} is no JSON")


def test_json() -> None:
    text = render_claims([TRIED, BAD], Style("json"))
    assert text.endswith("}\n")
    assert text.count("\n") == 1
    document = json.loads(text, parse_constant=refuse)
    VALIDATOR.validate(document)
    first, second = document["cases"]
    assert first["free"]["x"] == {"low": 0.0, "high": None, "shape": []}
    assert first["claims"][2]["counterexample"] == {
        "point": {"x": 1.0, "y": 0.5},
        "entry": "d2f/dx dy",
        "derivative": "2.0",
        "claim": "0.0",
    }
    assert second == {"place": "cases.jsonl:2", "error": {"message": "a case is a JSON object", "hint": "look"}}
    counts = {"proved": 1, "sampled": 1, "true to float64": 0, "false": 1, "undecided": 1}
    assert document["summary"] == {**counts, "errors": 1}


def test_the_schema_refuses_what_it_should() -> None:
    document = json.loads(render_claims([TRIED], Style("json")))
    document["cases"][0]["claims"][0]["verdict"] = "true"
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("width", [30, 100])
def test_terminal(unicode: bool, width: int) -> None:
    text = render_claims([TRIED], Style("rich", width=width, unicode=unicode))
    assert all(len(line) <= width for line in text.splitlines())
    assert [line[0] for line in text.splitlines() if line[:1] in "✓≈✗·+~x-" and " d" in line[:3]] == list(
        "✓≈✗·" if unicode else "+~x-"
    )
    assert "random seed = 5" in text
    if width == 100:
        assert "  false at x = 1.0, y = 0.5: d2f/dx dy is 2.0, the claim is 0.0" in text.splitlines()


def test_terminal_of_a_file() -> None:
    text = render_claims([TRIED._replace(place="cases.jsonl:1"), BAD], Style("rich", width=100))
    assert text.splitlines()[0] == "✓ cases.jsonl:1 df/dx true for all x >= 0.0, y, where both have a value (proved)"

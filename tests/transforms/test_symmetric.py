"""Claims about derivatives by symmetric matrices: against both conventions, by hand, and by values on that space."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gradcli.lang import parse
from gradcli.symbolic import Oracle
from gradcli.transforms.claims.judge import judge_claims
from gradcli.transforms.claims.sampling import sample
from gradcli.transforms.claims.types import Case, Claimed
from gradcli.transforms.operators.diff import diff
from gradcli.transforms.operators.evaluate import evaluate
from tests.cli.runner import gradcli

SHAPES: dict[str, tuple[int, ...]] = {"A": (2, 2), "x": (2,)}


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    with Oracle.start() as started:
        yield started


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        ("log(det(A))", "inv(A)", "2*inv(A) - diag(diag(inv(A)))"),
        ("x@A@x", "outer(x, x)", "2*outer(x, x) - diag(x*x)"),
        ("A[0,1]*A[1,0]", "[[0, A[0,1]], [A[1,0], 0]]", "[[0, A[1,0] + A[0,1]], [A[0,1], 0]]"),
    ],
)
def test_claims(oracle: Oracle, text: str, right: str, wrong: str) -> None:
    shapes = {name: shape for name, shape in SHAPES.items() if name in text}
    claims = (Claimed(("A",), right), Claimed(("A",), wrong))
    found = judge_claims(Case(text, claims, shapes=shapes, symmetric=("A",)), oracle, 60)
    assert [verdict.verdict for verdict in found.verdicts] == ["proved", "false"]
    assert found.case.expression == text
    example = found.verdicts[1].counterexample
    assert example is not None
    point = np.asarray(example.point["A"])
    assert (point == point.T).all()
    assert found.verdicts[1].formula


def test_points_are_symmetric_matrices() -> None:
    case = Case("A = (A + A.T)/2; det(A)", (), shapes={"A": (2, 2)}, symmetric=("A",))
    points = [np.asarray(point["A"]) for point in sample(parse(case.expression), case, {"A": (2, 2)})]
    assert len(points) == case.points
    assert all((point == point.T).all() for point in points)


def test_at_a_terminal_and_in_files(tmp_path: Path) -> None:
    told = gradcli('check "x@A@x" --claim A="outer(x,x)" --shape A=2,2 --shape x=2 --symmetric A').stdout
    assert told == "df/dA: true for all x, symmetric A (proved)\n"
    cases = tmp_path / "cases.jsonl"
    case = {"expr": "trace(A@A)", "claim": {"A": "2*A"}, "shape": {"A": [2, 2]}, "symmetric": ["A"]}
    cases.write_text(json.dumps(case), encoding="utf-8")
    assert "1 proved" in gradcli(["check", str(cases)]).stdout
    assert "1 proved" in gradcli(["check", str(cases), "--symmetric", "A"]).stdout


def test_at_a_point() -> None:
    asked = 'check "x@A@y" --x "[1,2]" --y "[3,5]" --wrt A --json'
    found = json.loads(gradcli(f'{asked} --A "[[1,2],[2,5]]" --symmetric A').stdout)
    assert [entry["engine"] for entry in found["check"]["witnesses"]["entries"]] == [3.0, 5.5, 5.5, 10.0]
    assert found["check"]["verdict"] == "verified"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ('check "x@A@x" --x "[1,2]" --A "[[1,2],[3,5]]" --symmetric A', "its value is not"),
        ('check "trace(A)" --A "[[1,2],[3,5]]" --claim A=1 --symmetric A', "its value is not"),
        ('check "trace(A)" --shape A=2,2 --claim A="eye(2)" --symmetric B', "the expression has no variable 'B'"),
        ('check "trace(A)" --shape A=2,2 --claim A="eye(2)" --symmetric A --assume "trace(A)==1"', "is assumed of it"),
        ('check "x@x" --x "[1,2]" --symmetric x', "a symmetric matrix is square"),
    ],
)
def test_what_is_refused(asked: str, told: str) -> None:
    found = gradcli(asked)
    assert (found.status, found.stdout) == (2, "")
    assert told in found.stderr


@pytest.mark.parametrize("text", ["A[0,1]**3*A[1,0] + A[1,1]**2*A[0,1]", "sum(A[0]**2)", "max(A)*A[0,1]"])
def test_entries(text: str) -> None:
    """Along each direction in the space of symmetric matrices the change is the sum of G*dA, by differences."""
    found = diff(text, shapes={"A": (2, 2)}, symmetric=["A"])
    point = np.array([[0.7, 1.3], [1.3, 0.4]])
    slope = np.asarray(evaluate(found.formulas[0].program, {"A": point}).value)
    for direction in ([[1.0, 0.0], [0.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]]):
        step = 1e-6 * np.asarray(direction)
        ends = [float(np.asarray(evaluate(text, {"A": point + sign * step}).value)) for sign in (1, -1)]
        assert (ends[0] - ends[1]) / 2e-6 == pytest.approx(float(np.sum(slope * direction)), rel=1e-8, abs=1e-8)


def test_second_derivatives_of_entries() -> None:
    formula = diff("A[0,1]**2*A[1,0]", "hessian", shapes={"A": (2, 2)}, symmetric=["A"]).formulas[0]
    second = np.asarray(evaluate(formula.program, {"A": [[1.0, 2.0], [2.0, 3.0]]}).value)
    direction = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert np.einsum("ij,ijkl,kl", direction, second, direction) == pytest.approx(6 * 2.0)

"""Operations with several outputs in programs: named, picked, drawn, pushed forward, checked by definitions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.engine.rules.rule import Rule
from gradcli.errors import Problem, ShapeProblem, UsageProblem
from gradcli.ops import TABLE
from gradcli.symbolic.answers.solve import solve
from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.protocol.question import Answer
from gradcli.transforms.operators.graph import graph
from gradcli.transforms.verify.check import judge
from tests.ops.array_samples import TALL, P, S

PROGRAMS = [
    ("q, r = qr(A); sum(q @ r * A)", S),
    ("w, v = eigh(A); v[0, 0]**2*v[1, 1]*v[0, 1] + w[0]*w[1]**2", P[:2, :2]),
    ("u, s, vt = svd(A); s[0]/s[1] + u[0, 0]**2 + vt[1, 0]**2", TALL),
    ("s, l = slogdet(A); s*l", S),
    ("a, b = split(A, 2, axis=1); sum(a*b[:, ::-1])", S[:, [0, 1, 2, 0]]),
    ("x, y, z = A; x @ y + y @ z", S),
    ("g = meshgrid(A[0], A[1]); sum(g[0]*g[1])", S),
    ("sum(concatenate(split(A, [1])[::-1])[0]*stack(unbind(A, 1))[:, 0])", S),
    ("sum(chunk(A, 2)[1]**2) + sum(array_split(A, 2)[0])", S),
]


@pytest.mark.parametrize(("program", "x"), PROGRAMS, ids=[program for program, _ in PROGRAMS])
def test_first_and_second_derivatives_agree_with_definitions(program: str, x: Any) -> None:
    for result in (gradcli.grad(program, {"A": x}), gradcli.hessian(program, {"A": x})):
        answer = solve(result.question()._replace(limit=20))
        assert isinstance(answer, Answer)
        assert judge(result, answer).verdict == "verified", judge(result, answer)


@pytest.mark.parametrize(("program", "x"), PROGRAMS, ids=[program for program, _ in PROGRAMS])
def test_forward_mode_agrees_with_reverse_mode(program: str, x: Any) -> None:
    tangent = np.random.default_rng(2).uniform(-1, 1, x.shape)
    pushed = gradcli.jvp(program, {"A": x}, {"A": tangent}).derivative
    assert float(np.sum(gradcli.grad(program, {"A": x}).gradients["A"] * tangent)) == pytest.approx(float(pushed))


def test_an_eigenvalue_has_its_projector_as_gradient() -> None:
    """The projector of an eigenvalue, in closed form for two rows."""
    found = gradcli.grad("eigh(A)[0][0]", {"A": [[2.0, 1.0], [1.0, 3.0]]}).gradients["A"]
    root = np.sqrt(5.0)
    low = (5 - root) / 2
    v = np.array([1.0, low - 2])
    np.testing.assert_allclose(found, np.outer(v, v) / (v @ v), rtol=1e-14)


@pytest.mark.parametrize("name", ["eigh", "svd", "qr", "slogdet", "split"])
def test_definitions_reject_a_wrong_rule(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = {"split": "split(A, 3)[1]", "slogdet": "slogdet(A)[1]"}.get(name, f"{name}(A)[0]")

    def rule_of(asked: str) -> Rule:
        made = Rule(TABLE[asked])
        if asked == name:
            right = made.vjps[0]
            made.vjps = (lambda *args: right(*args) * 1.000001,)
        return made

    monkeypatch.setattr("gradcli.transforms.program.execute.rule_of", rule_of)
    result = gradcli.jacobian(text, {"A": P})
    answer = solve(result.question())
    assert isinstance(answer, Answer)
    assert judge(result, answer).verdict == "differs"


@pytest.mark.parametrize(
    ("program", "x", "reason"),
    [
        ("eigh(A)[1]", np.eye(2), "equal"),
        ("svdvals(A)", [[1.0, 0.0], [0.0, 0.0]], "singular value is 0"),
        ("qr(A)[0]", [[1.0, 1.0], [1.0, 1.0]], "linearly dependent"),
        ("eigvalsh(A)", np.diag(np.arange(5.0)), "too large"),
    ],
)
def test_what_definitions_leave_open_is_not_checked(program: str, x: Any, reason: str) -> None:
    with pytest.raises(Inexpressible, match=reason):
        solve(gradcli.jacobian("sum(A)*[1, 1]", {"A": x}).question()._replace(source=program))


@pytest.mark.parametrize(
    ("program", "problem", "message", "place"),
    [
        ("qr(A)", UsageProblem, "the result is all outputs of qr", "qr(A)"),
        ("qr(A) + 1", UsageProblem, "add takes arrays", "qr(A)"),
        ("v = eigh(A); sin(v)", UsageProblem, "sin takes arrays", "v"),
        ("[qr(A)]", UsageProblem, "array takes arrays", "qr(A)"),
        ("qr(A)[2]", ShapeProblem, "there is no output 2: there are 2 outputs", "qr(A)[2]"),
        ("qr(A)[0, 1]", UsageProblem, "the outputs of qr have one index", "qr(A)[0, 1]"),
        ("qr(A)[A]", Problem, "whole number", "qr(A)[A]"),
        ("a, b, c = qr(A); sum(a)", ShapeProblem, "there are 2 outputs for 3 names", "a"),
        ("a, b = A; sum(a)", ShapeProblem, r"an array of shape \(3, 3\) has 3 slices for 2 names", "a"),
        ("a, b = A[0, 0]; a", ShapeProblem, "a number cannot be unpacked", "a"),
        ("split(A, 2)[0]", ShapeProblem, "an axis of length 3 does not split into 2 equal pieces", "split(A, 2)"),
        ("svd(A, axis=1)[0]", UsageProblem, "svd takes no argument named 'axis'", "svd"),
    ],
)
def test_mistakes_have_their_place(program: str, problem: type[Problem], message: str, place: str) -> None:
    with pytest.raises(problem, match=message) as caught:
        gradcli.evaluate(program, {"A": S})
    span = caught.value.span
    assert span is not None
    assert program[slice(*span)] == place


def test_the_graph_shows_each_output() -> None:
    nodes = graph("q, r = qr(A); sum(q) + r[0, 1]", {"A": S}).nodes
    drawn = {node.name: nodes[node.inputs[0]].name for node in nodes if node.name in ("q", "r")}
    assert drawn == {"q": "A", "r": "A"}

"""Derivations as texts: written at one point, right at others, and nothing but numbers when read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gradcli.symbolic import Answer, NotChecked, Question
from gradcli.symbolic.answers.solve import derive, solve
from gradcli.symbolic.protocol.inquiry import Recollection
from gradcli.symbolic.protocol.question import Kind
from gradcli.symbolic.recall.solve import UNUSUAL, recall, slopes
from tests import corpora
from tests.symbolic.test_corpora import assert_close

SAMPLES = [("feynman", 9), ("sr_benchmarks", 9), ("cas_pairs", 30), ("rubi_core", 160), ("rubi_erf", 30)]
RECORDS = [record for name, step in SAMPLES for record in corpora.records(name)[::step]]


def kept(question: Question) -> str | None:
    answer, text = derive(question)
    assert isinstance(answer, Answer), answer
    return text()


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["id"])
def test_other_points_against_reference_values(record: dict[str, Any]) -> None:
    source = record.get("expr") or record["antiderivative"]
    tolerance = max(1e-12, 100 * max(record["f64_relerr"]))
    first, *others = record["points"]
    question = Question(source, first, tuple(first), "gradient")
    text = kept(question)
    assert text is not None
    for point, value, gradients in zip(others, record["values"][1:], record["grads"][1:], strict=False):
        answer = recall(question._replace(values=point, derivation=text))
        assert isinstance(answer, Answer), answer
        assert answer.recalled
        assert_close(answer.values[0], value, tolerance)
        for truth in answer.derivatives:
            assert_close(truth, gradients.get(truth.address.by[0].name, 0.0), tolerance)


A, B = [[1.0, 2.0], [3.5, 5.0]], [[0.5, -2.0], [1.5, 0.25]]

PROGRAMS: list[tuple[str, Kind, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("a*exp(-k*t)*0.3", "hessian", {"a": 2.0, "k": 0.5, "t": 0.25}, {"a": -1.0, "k": 3.0, "t": 0.1}, {}),
    ("erf(x) + pi*x + sinh(x)/3", "derivative", {"x": 0.7}, {"x": -2.5}, {"order": 4}),
    ("[x**2 + 3*y, y**x]", "jacobian", {"x": 2.0, "y": 3.0}, {"x": -1.0, "y": 0.1}, {}),
    ("det(A) + trace(inv(A)) + sum(A@A.T)", "gradient", {"A": A}, {"A": B}, {}),
    ("max(x)*min(x) + relu(x[0]) + abs(x[1])", "gradient", {"x": [1.0, -2.0, 4.0]}, {"x": [-3.0, 2.0, 0.5]}, {}),
    ("x**2 if x > 2 and y < 3 else where(x <= y, x, floor(y)*x)", "gradient", {"x": 1.3, "y": 4.5},
     {"x": 2.5, "y": 2.25}, {}),
    ("lgamma(x) + digamma(x) + j0(x) + gammainc(2.5, x) + exp1(x) + expi(x)", "gradient", {"x": 1.3}, {"x": 4.0}, {}),
    ("sin(x*y)", "hvp", {"x": 1.0, "y": 2.0}, {"x": 0.5, "y": -1.0}, {"tangents": {"x": 1.5, "y": 0.3}}),
    ("[sin(x*y), x]", "pushforward", {"x": 1.0, "y": 2.0}, {"x": 0.5, "y": -1.0}, {"tangents": {"x": 1.0, "y": 0.3}}),
    ("softmax(x)", "jacobian", {"x": [1.0, 2.0, 3.0]}, {"x": [0.5, -2.0, 7.0]}, {}),
    ("a = 3.75*x*(1-x); b = 3.75*a*(1-a); c = 3.75*b*(1-b); 3.75*c*(1-c)", "gradient", {"x": 0.3}, {"x": 0.9}, {}),
    ("x**2 - 2*x + 1", "gradient", {"x": 3.0}, {"x": 1.0}, {}),
    ("sinc(x) + dawsn(x)*zeta(x) + struve(1, x)*hyp2f1(0.5, 1.5, 2, x/9)", "derivative", {"x": 2.5}, {"x": 1.75},
     {"order": 2}),
    ("ellipkinc(p, m)*ellipe(m) + lambertw(m) + airy_ai(p) + fresnel_s(m)*si(p)", "gradient", {"p": 1.0, "m": 0.25},
     {"p": 2.0, "m": 0.5}, {}),
    ("t1*t2**2", "gradient", {"t1": 2.0, "t2": 3.0}, {"t1": 0.0, "t2": 0.0}, {}),
    ("[x**2, x*y]", "gradient", {"x": 2.0, "y": 3.0}, {"x": 4.0, "y": 5.0}, {"seed": [1.0, 0.5]}),
]  # fmt: skip


@pytest.mark.parametrize(("source", "kind", "here", "there", "more"), PROGRAMS)
def test_other_points_against_sympy(
    source: str, kind: Kind, here: dict[str, Any], there: dict[str, Any], more: dict[str, Any]
) -> None:
    question = Question(source, here, tuple(here), kind, **more)
    text = kept(question)
    assert text is not None
    moved = question._replace(values=there)
    expected = solve(moved)
    assert isinstance(expected, Answer)
    found = recall(moved._replace(derivation=text))
    assert found == expected._replace(recalled=True)


def test_a_sample_of_many_entries() -> None:
    values = [0.1 * i for i in range(1, 31)]
    question = Question("ravel(outer(x, sin(x))[:5])", {"x": values}, ("x",), "jacobian", limit=160)
    text = kept(question)
    assert text is not None
    moved = question._replace(values={"x": values[::-1]})
    expected = solve(moved)
    assert isinstance(expected, Answer)
    assert expected.sampled
    assert recall(moved._replace(derivation=text)) == expected._replace(recalled=True)


@pytest.mark.parametrize(
    ("source", "there"),
    [("abs(x)*x", 0.0), ("relu(x)", 0.0), ("sqrt(x)", 0.0), ("log(x)", -1.0), ("1/x", 0.0), ("x if x > 2 else 1", 2.0),
     ("exp(x)", 1e4), ("floor(x)*x", -1.0)],
)  # fmt: skip
def test_an_unusual_point_is_left_to_sympy(source: str, there: float) -> None:
    question = Question(source, {"x": 3.25}, ("x",), "gradient")
    text = kept(question)
    assert text is not None
    assert isinstance(recall(question._replace(derivation=text)), Answer)
    assert recall(question._replace(values={"x": there}, derivation=text)) == NotChecked(UNUSUAL)


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ("x[x > 0]*2", {"x": [3.0, -2.0, 1.0]}),  # which entries there are depends on the point
        ("sum(x[argmax(x)]**2)", {"x": [3.0, -2.0, 1.0]}),
        ("eigvalsh(A)", {"A": [[1.0, 2.0], [2.0, 5.0]]}),  # the language has no roots of polynomials
        ("abs(x)", {"x": 0.0}),  # no number at the point
        ("x/x + sqrt(x)**2*0 + x", {"x": 0.0}),
    ],
)
def test_what_the_language_cannot_say_is_not_kept(source: str, values: dict[str, Any]) -> None:
    _, text = derive(Question(source, values, tuple(values), "jacobian"))
    assert text() is None


def test_constants_are_those_of_the_program() -> None:
    # 0.3 is the value of a, too: as a constant it is written out, and a is not.
    text = kept(Question("0.3*x*a", {"x": 2.0, "a": 0.3}, ("x",), "gradient"))
    assert text is not None
    assert "a" not in text


HOSTILE = (
    "__import__('os').system('touch {path}')", "[[1], [__import__('os').system('touch {path}')], []]", "open('{path}')",
    "[[open('{path}')], [1], []]", "lambda: 0", "", "[", "[[x**2], [2*x]]", "[[x**2], [y], []]",
    "[[x**2], [x[0]], []]", "[[x**2], ['2*x'], []]", "[[x**2], [x], x]", "[[x**2], [sum(i for i in range(3))], []]",
    "f(x) = 2*x; [[x**2], [f(x)], []]", "[[x**2], [True], []]", "[[x**2], [sin()], []]", "[[x**2], [sin(x, x)], []]",
    "[[x**2], [where(x)], []]", "[[x**2], [diff(x**2, x)], []]", "[[x**2], [relu(x)], []]", "[[x**2], [pi], []]",
    "[[x**2], [9**9**9**9], []]", "[[x**2], [gamma(1e300)], []]", "\x00", "# nothing", "2*x", "[[x**2], [0/0], []]",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_other_texts_give_no_answer_and_are_not_executed(text: str, tmp_path: Path) -> None:
    written = text.replace("{path}", str(tmp_path / "written"))
    asked = Question("x**2", {"x": 3.0}, ("x",), "gradient", derivation=written)
    assert isinstance(recall(asked), NotChecked)
    assert slopes(Recollection((written,), ({"x": 3.0},))) is None
    assert not list(tmp_path.iterdir())


def test_derivations_of_another_number_of_entries() -> None:
    asked = Question("x**2", {"x": 3.0}, ("x",), "gradient")
    for text in ("[[x**2], [2*x, 1], []]", "[[x**2], [], []]"):
        assert isinstance(recall(asked._replace(derivation=text)), NotChecked)


def test_numbers_as_they_are_written() -> None:
    assert slopes(Recollection(("[[x**3/10], [3*x**2/10], []]",), ({"x": 0.1}, {"x": 1e-300}, {"x": 25.0}))) == [
        [[0.003], [0.0], [187.5]]
    ]

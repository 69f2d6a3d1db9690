"""Three witnesses: who agrees, whoever of them is wrong or silent, and why digits are lost."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gradcli.errors import Problem, UsageProblem
from gradcli.render import Style, render
from gradcli.symbolic import Answer, NotChecked, Oracle
from gradcli.symbolic.answers.solve import solve
from gradcli.transforms.operators.derive import derive
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.hessian import Hessian
from gradcli.transforms.results.jacobian import Jacobian
from gradcli.transforms.results.labels import label_of, labels
from gradcli.transforms.results.verdict import Verdict
from gradcli.transforms.verify.ask import verify
from gradcli.transforms.verify.check import picked
from gradcli.transforms.verify.numeric import Numeric, numeric
from gradcli.transforms.verify.witnesses import by_sample, examine, witnesses
from tests.corpora import cases

SILENT = NotChecked("no answer within 10 s")


def asked(result: Gradient | Jacobian | Hessian, answer: Any = None, spoil: float = 1.0) -> Verdict:
    """The verdict, SymPy's work being done in this process, the numeric numbers being multiplied."""
    found = numeric(result, picked(result, 400))
    spoilt = {place: n._replace(value=None if n.value is None else n.value * spoil) for place, n in found.items()}
    return witnesses(result, solve(result.question()) if answer is None else answer, spoilt)


def agreements(verdict: Verdict) -> list[str]:
    assert verdict.witnesses is not None
    return [entry.agreement for entry in verdict.witnesses.entries]


def notes(verdict: Verdict) -> str:
    assert verdict.witnesses is not None
    return "\n".join(verdict.witnesses.notes)


RESULT = grad("exp(x*y)*sin(y)", {"x": 0.5, "y": 2.0})


def wrong(result: Gradient, factor: float) -> Gradient:
    return replace(result, gradients={**result.gradients, "x": float(result.gradients["x"]) * factor})


def misled(result: Gradient, factor: float) -> Answer:
    answer = solve(result.question())
    assert isinstance(answer, Answer)
    first, *rest = answer.derivatives
    return answer._replace(derivatives=(first._replace(high=first.high * factor), *rest))


@pytest.mark.parametrize(
    "result",
    [
        RESULT,
        jacobian("[x*y, hypot(x, y)]", {"x": 0.5, "y": 2.0}),
        hessian("exp(x*y)*sin(y)", {"x": 0.5, "y": 2.0}),
        hessian("sum(x**3) + x[0]*y", {"x": [1.0, -2.0], "y": 3.0}, wrt=["y", "x"]),
        grad("x*[1, y]", {"x": 2.0, "y": 3.0}, seed=[1.0, -1.0]),
        grad("3.0*y + 0*x", {"x": 1.0, "y": 2.0}),
    ],
)
def test_all_agree(result: Any) -> None:
    verdict = asked(result)
    assert verdict.verdict == "verified"
    assert set(agreements(verdict)) == {"all"}
    assert notes(verdict) == ""
    assert verdict.witnesses is not None
    for entry in verdict.witnesses.entries:
        assert entry.digits is not None
        assert entry.digits > 14
        assert entry.condition is not None


@pytest.mark.parametrize("factor", [1 + 1e-6, 1 + 1e-9, -1.0, 0.0])
def test_a_wrong_engine_stands_alone(factor: float) -> None:
    verdict = asked(wrong(RESULT, factor), misled(RESULT, 1.0))
    assert verdict.verdict == "differs"
    assert agreements(verdict) == ["SymPy and numeric", "all"]
    assert "df/dx: SymPy and the numeric derivative agree and gradcli does not" in notes(verdict)


@pytest.mark.parametrize("factor", [1 + 1e-6, -1.0])
def test_a_wrong_answer_of_sympy_stands_alone(factor: float) -> None:
    verdict = asked(RESULT, misled(RESULT, factor))
    assert verdict.verdict == "differs"
    assert agreements(verdict) == ["engine and numeric", "all"]
    assert "gradcli and the numeric derivative agree and SymPy does not" in notes(verdict)


@pytest.mark.parametrize("factor", [1 + 1e-6, -1.0])
def test_a_wrong_numeric_derivative_stands_alone(factor: float) -> None:
    verdict = asked(RESULT, spoil=factor)
    assert verdict.verdict == "verified"
    assert agreements(verdict) == ["engine and SymPy", "engine and SymPy"]
    assert "the numeric derivative does not: it is suspect" in notes(verdict)


def test_nobody_agrees() -> None:
    verdict = asked(wrong(RESULT, 1.5), misled(RESULT, 2.0))
    assert agreements(verdict) == ["none", "all"]
    assert "no two witnesses agree" in notes(verdict)


def test_what_a_coarse_derivative_cannot_tell() -> None:
    answer = misled(RESULT, 1 + 1e-6)
    found = {
        place: n._replace(error=abs(n.value or 0) * 1e-5) for place, n in numeric(RESULT, picked(RESULT, 2)).items()
    }
    assert agreements(witnesses(RESULT, answer, found)) == ["undecided", "all"]
    blind = {place: n._replace(error=abs(n.value or 0)) for place, n in found.items()}
    assert agreements(witnesses(RESULT, answer, blind)) == ["undecided", "both"]
    silent = {place: Numeric(None, np.nan, "not reached in time") for place in found}
    assert agreements(witnesses(RESULT, answer, silent)) == ["none", "both"]


def test_without_sympy_the_two_others_speak() -> None:
    verdict = asked(RESULT, SILENT)
    assert verdict.verdict == "verified"
    assert verdict.reason == "by the numeric derivative alone, to 14 digits; SymPy: no answer within 10 s"
    assert agreements(verdict) == ["both", "both"]
    differs = asked(wrong(RESULT, 1 + 1e-6), SILENT)
    assert differs.verdict == "differs"
    assert differs.details[0].startswith("df/dx: gradcli has ")
    assert agreements(differs) == ["none", "both"]


def test_without_sympy_a_kink_is_seen_in_the_values() -> None:
    verdict = asked(grad("abs(x)*y", {"x": 0.0, "y": 2.0}), SILENT)
    assert verdict.verdict == "kink"
    assert verdict.details == ("df/dx: the slopes of both sides differ",)


def test_without_sympy_a_coarse_derivative_proves_nothing() -> None:
    found = {place: n._replace(error=1e-5) for place, n in numeric(RESULT, picked(RESULT, 2)).items()}
    verdict = witnesses(RESULT, SILENT, found)
    assert verdict.verdict == "not checked"
    assert verdict.reason == ("no answer within 10 s; the numeric derivative bears out 2 of 2 entries, to 4 digits")


def test_a_kink_and_an_infinity() -> None:
    assert agreements(asked(grad("abs(x)", {"x": 0.0}))) == ["kink"]
    assert agreements(asked(grad("sqrt(x)", {"x": 0.0}))) == ["both"]
    assert agreements(asked(grad("sqrt(x)", {"x": -1.0}))) == ["both"]


def test_lost_digits_are_explained_by_the_way_of_writing_or_by_the_point() -> None:
    written = asked(grad("(1 - cos(x))/x**2", {"x": 0.01}))
    assert "because of the way the expression is written" in notes(written)
    point = asked(grad("sin(x)", {"x": 1e15 + 0.5}))
    assert point.witnesses is not None
    (entry,) = point.witnesses.entries
    assert entry.condition == pytest.approx(1e15 * abs(np.tan(1e15 + 0.5)))
    assert notes(point) == ""  # the inputs are exact, and no digit is lost
    shifted = asked(grad("exp(x*1000)", {"x": 0.5}))
    assert shifted.witnesses is not None
    assert shifted.witnesses.entries[0].condition == pytest.approx(500.0)


@pytest.mark.parametrize(
    ("text", "at", "condition"),
    [("x**5", 1.7, 4.0), ("log(x)", 3.0, 1.0), ("sin(x)", 1.25, 1.25 * np.tan(1.25)), ("3*x", 2.0, 0.0)],
)
def test_the_condition_is_the_derivatives_own_sensitivity(text: str, at: float, condition: float) -> None:
    verdict = asked(grad(text, {"x": at}))
    assert verdict.witnesses is not None
    assert verdict.witnesses.entries[0].condition == pytest.approx(condition)


def test_the_condition_adds_up_over_the_inputs() -> None:
    verdict = asked(grad("sum(x)*y**2", {"x": [1.0, 2.0], "y": 3.0}, wrt=["x", "y"]))
    assert verdict.witnesses is not None
    found = [entry.condition for entry in verdict.witnesses.entries]
    assert found == pytest.approx([2.0, 2.0, 2.0])  # y**2, y**2, 2*(x0 + x1)*y: 1/3 + 2/3 + 1


def test_the_rounding_bound_covers_the_error_over_a_corpus() -> None:
    compared = 0
    for case in list(cases("sr_benchmarks"))[::7]:
        verdict = asked(grad(case.expression, case.point))
        assert verdict.verdict in ("verified", "differs")
        assert verdict.witnesses is not None
        for entry in verdict.witnesses.entries:
            if entry.ulps is not None and entry.rounding is not None:
                assert entry.ulps <= 8 * entry.rounding + 16
                compared += 1
        assert not set(agreements(verdict)) & {"none", "SymPy and numeric", "engine and numeric"}
    assert compared > 50


def test_of_many_entries_the_worst_are_told() -> None:
    result = grad("sum(x**3)", {"x": np.linspace(1, 2, 50)})
    bad = replace(result, gradients={"x": np.where(np.arange(50) == 33, 0.0, result.gradients["x"])})
    verdict = witnesses(bad, solve(bad.question()), numeric(bad, picked(bad, 400)))
    assert verdict.witnesses is not None
    assert verdict.witnesses.worst(20)[0].label == "df/dx[33]"
    assert len(verdict.witnesses.worst(20)) == 20


def test_another_process_says_the_same() -> None:
    with Oracle.start() as oracle:
        verdict = examine(RESULT, oracle, 60)
    assert verdict.witnesses is not None
    assert verdict.witnesses.value is not None
    assert verdict.witnesses.value.verdict == "agrees"
    assert replace(verdict, witnesses=replace(verdict.witnesses, value=None)) == asked(RESULT)


def test_what_is_derived() -> None:
    assert derive("x**2", {"x": 2.0}, "auto", None, None).of == "gradient"
    assert derive("[x, x**2]", {"x": 2.0}, "auto", None, None).of == "jacobian"
    assert derive("[x, x**2]", {"x": 2.0}, "auto", None, [1.0, 2.0]).of == "gradient"
    assert derive("x**2", {"x": 2.0}, "hessian", None, None).of == "hessian"
    with pytest.raises(UsageProblem, match="a seed weights"):
        derive("[x, x**2]", {"x": 2.0}, "jacobian", None, [1.0, 2.0])
    with pytest.raises(Problem):
        derive("[x, x**2]", {"x": 2.0}, "gradient", None, None)


def test_places_are_in_the_oracles_order() -> None:
    for result in (RESULT, hessian("x*y**2", {"x": 1.0, "y": 2.0}), jacobian("[x*y, y]", {"x": 1.0, "y": [1.0, 2.0]})):
        answer = solve(result.question())
        assert isinstance(answer, Answer)
        assert [t.address for t in answer.derivatives] == picked(result, 400)


@pytest.mark.parametrize("text", ["sum(x**2)", "sum(abs(x)*x)", "log(sum(exp(x)))"])
def test_of_more_inputs_than_sympy_takes_a_sample_is_checked(text: str) -> None:
    result = grad(text, {"x": np.linspace(0.5, 2.0, 6000)})
    verdict = by_sample(result, NotChecked("the inputs have 6,000 entries, the check takes 5,000"))
    assert verdict.verdict == "verified"
    assert 0 < verdict.checked < verdict.entries == 6000
    assert verdict.reason is not None
    assert verdict.reason.startswith("by the numeric derivative alone, to ")
    spoilt = replace(result, gradients={"x": np.asarray(result.gradients["x"]) * (1 + 1e-6)})
    assert by_sample(spoilt, SILENT).verdict == "differs"


def test_a_sample_is_spread_over_the_whole_even_if_time_is_short() -> None:
    result = grad("sum(x**2)", {"x": np.linspace(0.5, 2.0, 1000)})
    places = picked(result, 64)
    reached = []
    monotonic = iter(range(10**6))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gradcli.transforms.verify.numeric.time.monotonic", lambda: next(monotonic))
        found = numeric(result, places, 100)
    reached = [address.by[0].entry for address, n in found.items() if n.value is not None]
    assert 3 <= len(reached) < 64
    assert min(reached) < 250
    assert max(reached) > 450


def test_of_a_large_result_nothing_takes_time_that_grows_with_every_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    result = grad("sum(x**2)", {"x": np.linspace(0.1, 3, 300_000)})

    def never(*_: object) -> None:
        raise AssertionError("a list of all numbers, or of all labels, takes seconds")

    monkeypatch.setattr(type(result), "question", never)
    monkeypatch.setattr("gradcli.transforms.results.labels.labels", never)
    with Oracle.start() as oracle:
        verdict = verify(result, oracle, 10.0, took=5.0)
    assert verdict.verdict == "verified"
    assert verdict.reason is not None
    assert "the inputs have 300,000 entries" in verdict.reason


def test_labels_one_by_one_are_those_of_all() -> None:
    assert [label_of("x", (2, 3), i) for i in range(6)] == labels("x", (2, 3))


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("sum(expm(A))", {"A": [[1.0, 2.0], [2.0, 4.0]]}, "verified"),
        ("sum(pinv([[x, 2*x], [2*x, 4*x]]))", {"x": 2.0}, "verified"),
        ("sum(svdvals(A))", {"A": [[1.0, 2.0], [2.0, 4.0]]}, "kink"),
        ("sum(eigvalsh([[x, 0], [0, x]]))", {"x": 2.0}, "verified"),
    ],
)
def test_where_sympy_is_silent_the_numeric_derivative_decides(text: str, values: dict[str, Any], expected: str) -> None:
    result = grad(text, values)
    found = by_sample(result, NotChecked("SymPy cannot express it"), took=20.0)
    assert (found.verdict, found.witness) == (expected, "numeric")
    spoilt = replace(result, gradients={n: np.asarray(g) + 1e-3 for n, g in result.gradients.items()})
    if expected == "verified":
        assert by_sample(spoilt, NotChecked("SymPy cannot express it"), took=20.0).verdict == "differs"


def test_that_it_did_is_told_to_machines() -> None:
    found = by_sample(grad("x**2", {"x": 3.0}), SILENT)
    document = json.loads(render(grad("x**2", {"x": 3.0}), found, Style("json")))
    assert document["check"]["witness"] == "numeric"
    heard = json.loads(render(grad("x**2", {"x": 3.0}), Verdict("verified", 1, 1, 0.0), Style("json")))
    assert "witness" not in heard["check"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("sum(x[x >= 0])", {"x": [0.0, 1.0]}),
        ("sum(x[x > 1]**2)", {"x": [1.0, 2.0]}),
        ("max(x)", {"x": np.where(np.arange(6000) < 2, 1.0, 0.0)}),
    ],
)
def test_values_alone_verify_nothing_at_a_kink(text: str, values: dict[str, Any]) -> None:
    found = by_sample(grad(text, values), NotChecked("SymPy is silent"), took=20.0)
    assert (found.verdict, found.witness) == ("kink", "numeric")


def test_a_kink_that_the_series_show_is_one_though_the_sampled_values_show_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = grad("abs(x)", {"x": 0.0})
    (address,) = picked(result, 1)
    monkeypatch.setattr(
        "gradcli.transforms.verify.witnesses.numeric", lambda *_, **__: {address: Numeric(0.0, 0.0, "differences")}
    )
    found = by_sample(result, SILENT)
    assert found.verdict == "kink"
    assert found.reason is not None
    assert "by its series from both sides" in found.reason

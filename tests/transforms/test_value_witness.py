"""The witness of another road: it agrees on right programs, and a program read wrongly is told of, status 1."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gradcli.errors import Problem
from gradcli.lang import parse, variables
from gradcli.lang.text.operators import BINARY
from gradcli.reread import Late, read_again
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.results.findings import ValueWitness, Witnesses
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.verdict import Verdict
from gradcli.transforms.verify import value as value_module
from gradcli.transforms.verify.combine import with_value
from gradcli.transforms.verify.value import value_witness
from tests.cli.runner import gradcli
from tests.conformance.spellings import VALUES, spellings
from tests.corpora import SCALAR_FILES, cases, records

_PATIENT = 60.0
"""Seconds: what it says is tested here, and not how fast the machine is."""


def witness(text: str, given: Mapping[str, Any]) -> ValueWitness | None:
    """What it says of the engine's value; None where the engine has none."""
    try:
        with np.errstate(all="ignore"):
            value = evaluate(text, given, explain=False).value
            return value_witness(Gradient(text, prepare(text, given).inputs, value, {}), seconds=_PATIENT)
    except Problem:
        return None


@pytest.mark.parametrize("name", SCALAR_FILES)
def test_it_agrees_on_the_corpora(name: str) -> None:
    found = {case.expression: witness(case.expression, case.point) for case in list(cases(name))[::7]}
    assert {text: w for text, w in found.items() if w is None or w.verdict != "agrees"} == {}


@pytest.mark.parametrize("name", ["mgh", "hock_schittkowski"])
def test_it_agrees_on_vectors_of_residuals(name: str) -> None:
    for record in records(name):
        text = f"[{', '.join(record['residuals'])}]"
        used = variables(parse(text))
        found = witness(text, {k: v for k, v in record["points"][0].items() if k in used})
        assert found is not None
        assert found.verdict == "agrees", (text, found)


def test_no_spelling_raises_a_false_alarm() -> None:
    counts: Counter[str] = Counter()
    for spelling in list(spellings())[::23]:
        try:
            used = variables(parse(spelling.ours))
        except Problem:
            continue
        found = witness(spelling.ours, {name: VALUES[name] for name in used if name in VALUES})
        if found is not None:
            assert found.verdict != "differs", (spelling.ours, found)
            counts[found.verdict] += 1
    assert counts["agrees"] > 2 * counts["not compared"] > 0


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("x*(0.1 + 0.2 - 0.3)", {"x": 1.0}),
        ("log_softmax(x)[0]", {"x": [5.0, 0.0]}),
        ("sum(sin(x))", {"x": np.linspace(0, 100, 5000)}),
        ("betaln(1000, x)", {"x": 1.175}),
        ("log1p(sinc(7)) + 0*x", {"x": 1.0}),
        ("norm(x)", {"x": [1e200, 1e200]}),
        ("acsc(x)", {"x": 1e300}),
        ("sgn(nan*x)", {"x": 1.0}),
        ("x/0 - x/0", {"x": 1.0}),
        ("exp(1000)*x", {"x": 1.0}),
        ("x < 2", {"x": 1.0}),
        ("floor((0.1*x)*10)", {"x": 3.0}),
        ("where(exp(log(x)) <= x, 1, 2)", {"x": 3.0}),
        ("x[i]", {"x": [1.0, 2.0], "i": 1.0}),
        ("9007199254740993*x", {"x": 1.0}),
    ],
)
def test_no_false_alarm(text: str, given: dict[str, Any]) -> None:
    found = witness(text, given)
    assert found is not None
    assert found.verdict != "differs", found


@pytest.mark.parametrize(
    ("text", "wrong", "told"),
    [
        ("x - 2*y", 1.0, "gradcli has 1.0, Python and NumPy have -4.0"),
        ("x - 2*y", -4.000000001, "gradcli has -4.000000001, Python and NumPy have -4.0"),
        ("[x, y]", [2.0, 3.5], "gradcli has 3.5 at [1], Python and NumPy have 3.0"),
        ("[x, y]", [[2.0, 3.0]], "gradcli's value has shape (1, 2), Python's (2,)"),
        ("x < y", 0.0, "gradcli has 0.0, Python and NumPy have 1.0"),
        ("log(x - y)", 0.0, "gradcli has 0.0, Python and NumPy have nan"),
        ("x/y", float("inf"), "gradcli has inf"),
        ("floor(x*1.25)", 3.0, "gradcli has 3.0, Python and NumPy have 2.0"),
    ],
)
def test_another_value_is_told(text: str, wrong: Any, told: str) -> None:
    value = np.array(wrong) if isinstance(wrong, list) else wrong
    given: dict[str, Any] = {name: {"x": 2.0, "y": 3.0}[name] for name in variables(parse(text))}
    found = value_witness(Gradient(text, given, value, {}))
    assert found.verdict == "differs"
    assert told in str(found.reason)


def test_a_wrong_precedence_is_told_where_all_others_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BINARY, "-", (BINARY["*"][0], "sub"))
    result = grad("x - y*2", {"x": 2.0, "y": 3.0})
    found = value_witness(result)
    assert (result.value, found.verdict, found.value) == (-2.0, "differs", -4.0)
    agreed = Verdict("verified", 2, 2, 0.0, witnesses=Witnesses((), 2))
    verdict = with_value(agreed, found)
    assert verdict.verdict == "differs"
    assert verdict.witnesses is not None
    assert verdict.witnesses.value == found
    assert "may have been read otherwise than Python reads it" in str(verdict.reason)


@pytest.mark.parametrize("form", [[], ["--json"], ["-q"]])
def test_the_command_says_so(form: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "gradcli.transforms.verify.witnesses.value_witness",
        lambda result: ValueWitness("differs", 5.0, "gradcli has 6.0, Python and NumPy have 5.0"),
    )
    done = gradcli(["check", "x*y", "--x", "2", "--y", "3", *form])
    assert done.status == 1
    if form == ["--json"]:
        document = json.loads(done.stdout)
        assert document["value_witness"] == {
            "verdict": "differs",
            "value": 5.0,
            "reason": "gradcli has 6.0, Python and NumPy have 5.0",
        }
        assert document["check"]["verdict"] == "differs"
    elif form == ["-q"]:
        assert done.stdout == "differs\n"
    else:
        assert "value = differs: gradcli has 6.0, Python and NumPy have 5.0\n" in done.stdout
        assert "check = differs: the value is another than Python's and NumPy's" in done.stdout


def test_what_is_not_compared_is_said_with_its_reason() -> None:
    done = gradcli(["check", "sum(max(x, y))", "--x", "[1, 2]", "--y", "[2, 1]"])
    reason = "not in Python's and NumPy's common part: Python's max finds the truth of an array ambiguous"
    assert f"value = not compared: {reason}\n" in done.stdout
    assert done.status == 0


@pytest.mark.parametrize(
    ("text", "x"),
    [("where(0.1*x + 0.2 <= 0.3*x, 1.0, 2.0)", 1.0), ("floor(log(exp(x)))", 3.0), ("norm([x, 1])", 1e200)],
)
def test_what_there_was_no_time_to_look_at_is_no_difference(
    text: str, x: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = iter([read_again])

    def reading(*args: Any, **kwargs: Any) -> Any:
        read = next(readings, None)
        if read is None:
            raise Late("it takes longer than 0.5 s to compute again")
        return read(*args, **kwargs)

    result = grad(text, {"x": x})
    theirs = float(np.asarray(read_again(text, result.inputs)))
    other = replace(result, value=result.value if theirs == np.inf else 3.0 - theirs if theirs < 3 else theirs - 1)
    monkeypatch.setattr(value_module, "read_again", reading)
    found = value_witness(other)
    assert found.verdict == "not compared"
    assert "it takes longer than" in (found.reason or "")

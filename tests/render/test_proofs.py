"""Proofs and proved digits in every format."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from gradcli.render import Style, render
from gradcli.render.words.verdicts import sentence
from gradcli.transforms.results.digits import Digits
from gradcli.transforms.results.findings import EntryComparison, Witnesses
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.hessian import Hessian
from gradcli.transforms.results.verdict import Proof, Verdict
from tests.render import samples
from tests.render.test_document import VALIDATOR

BOUNDS = ("0.07700375373139692140088340", "0.07700375373139692140088342")
HELD = replace(samples.AGREED, enclosure=BOUNDS, proved_ulps=0.412)
WRONG = replace(samples.ODD, enclosure=("2.5", "2.5"), excluded=("gradcli",))
OPEN = replace(samples.AT_A_KINK, undecided="abs is not differentiable at 0")
VERDICT = Verdict(
    "differs",
    3,
    3,
    None,
    "1 of 3 entries differ from SymPy's",
    witnesses=Witnesses((HELD, WRONG, OPEN), 3),
    proof=Proof(1, 3, 0.412, bits=128, reason="df/dz is not decided: abs is not differentiable at 0"),
)
THIRDS = Gradient("sum(x)/3", {"x": np.ones(2)}, 2 / 3, {"x": np.array([1 / 3, 1 / 3])})
DIGITS = Digits(
    20, ("0.66666666666666666667",), ("0.33333333333333333333", "0.3333333333333333"), (("df/dx[1]", "why"),)
)


def of(count: int) -> list[EntryComparison]:
    return [replace(HELD, label=f"df/dx[{i}]") for i in range(count)]


FOUR = "4 of 4 entries, largest error 0.4 ulps"
BY_PROOF = "by proof, 4 of 4 entries within 1 ulp; SymPy: late"


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        (Verdict("verified", 4, 4, 0.4, proof=Proof(4, 4, 0.4113)), f"{FOUR}; proved within 0.412 ulps"),
        (Verdict("verified", 4, 4, 0.4, proof=Proof(3, 4, 0.41)), f"{FOUR}; 3 of 4 entries proved within 0.41 ulps"),
        (Verdict("verified", 4, 4, 0.4, proof=Proof(0, 4, reason="no")), FOUR),
        (Verdict("verified", 4, 9, None, "by values", proof=Proof(7, 9, 0.0, reason="no")),
         "4 of 9 entries (a sample); 7 entries proved exact; by values"),
        (Verdict("verified", 4, 4, 0.4, proof=Proof(4, 4, 0.0)), f"{FOUR}; proved exact"),
        (Verdict("verified", 4, 99, 0.4, proof=Proof(4, 99, 0.4, sampled=True)),
         "4 of 99 entries (a sample), largest error 0.4 ulps; proved within 0.4 ulps"),
        (Verdict("verified", 4, 4, 1.0, BY_PROOF, proof=Proof(4, 4, 1.0), by_proof=True), BY_PROOF),
    ],
)  # fmt: skip
def test_sentences(verdict: Verdict, told: str) -> None:
    assert sentence(verdict) == f"verified: {told}"


def test_in_a_pipe_enclosures_are_a_column() -> None:
    lines = render(samples.CHECKED, VERDICT, Style("plain")).splitlines()
    assert lines[1].split() == [
        "entry",
        "gradcli",
        "SymPy",
        "numeric",
        "+-",
        "enclosure",
        "ulps",
        "proved",
        "digits",
        "condition",
        "agree",
    ]
    assert "  0.07700375373139692140[0..1]  " in lines[2]
    assert "  0.41  " in lines[2]
    assert "  2.5 " in lines[3]
    assert "  not decided  " in lines[4]


def test_at_a_terminal_the_enclosure_is_under_the_others() -> None:
    text = render(samples.CHECKED, VERDICT, Style("rich", width=80))
    assert "  enclosed 0.07700375373139692140[0..1]  proved within 0.412 ulps\n" in text
    assert "  enclosed 2.5\n" in text
    assert "  enclosed not decided  abs is not differentiable at 0\n" in text


@pytest.mark.parametrize(("width", "shown", "all_of_them"), [(80, False, False), (120, True, False), (150, True, True)])
def test_of_many_the_columns_that_fit(width: int, shown: bool, all_of_them: bool) -> None:
    verdict = Verdict("verified", 9, 9, 0.0, witnesses=Witnesses(tuple(of(9)), 9))
    text = render(samples.CHECKED, verdict, Style("rich", width=width))
    assert ("enclosure" in text) is shown
    assert ("SymPy" in text and "numeric" in text) is all_of_them
    assert "proved" in text
    assert all(len(line) <= width for line in text.splitlines())


def test_json() -> None:
    document = json.loads(render(samples.CHECKED, VERDICT, Style("json")))
    VALIDATOR.validate(document)
    first, second, third = document["check"]["witnesses"]["entries"]
    assert (first["enclosure"], first["proved_ulps"]) == ([*BOUNDS], 0.412)
    assert second["excluded"] == ["gradcli"]
    assert third["undecided"] == "abs is not differentiable at 0"
    assert document["check"]["proof"] == {
        "ulps": 0.412,
        "entries": 1,
        "of": 3,
        "bits": 128,
        "enclosure": None,
        "reason": "df/dz is not decided: abs is not differentiable at 0",
    }


def test_digits_stand_where_numbers_stood() -> None:
    result = replace(THIRDS, digits=DIGITS)
    assert render(result, None, Style("plain")) == (
        "f = 0.66666666666666666667\ndf/dx = [0.33333333333333333333, 0.3333333333333333]\n"
    )
    assert render(result, None, Style("quiet")) == "[0.33333333333333333333, 0.3333333333333333]\n"
    assert render(result, None, Style("rich", width=40)) == (
        "sum(x)/3\nf = 0.66666666666666666667\n\ndf/dx[0] = 0.33333333333333333333\ndf/dx[1] = 0.3333333333333333\n"
    )
    document = json.loads(render(result, None, Style("json")))
    VALIDATOR.validate(document)
    assert document["gradients"] == {"x": [1 / 3, 1 / 3]}
    assert document["digits"] == {
        "wanted": 20,
        "value": "0.66666666666666666667",
        "derivatives": {"df/dx": ["0.33333333333333333333", "0.3333333333333333"]},
        "undecided": [{"entry": "df/dx[1]", "reason": "why"}],
    }


def test_digits_of_a_matrix() -> None:
    hessian = Hessian(
        "x*y", {"x": 1.0, "y": 2.0}, 2.0, {"x": 2.0, "y": 1.0}, np.array([[0.0, 1.0], [1.0, 0.0]]), ("x", "y")
    )
    result = replace(hessian, digits=Digits(3, ("2.0",), ("a", "b", "c", "d", "d", "e")))
    text = render(result, None, Style("plain"))
    assert text == "f = 2.0\ndf/dx = a\ndf/dy = b\n   x  y\nx  c  d\ny  d  e\n"
    document = json.loads(render(result, None, Style("json")))
    VALIDATOR.validate(document)
    assert document["digits"]["derivatives"] == {"df/dx": "a", "df/dy": "b", "hessian": [["c", "d"], ["d", "e"]]}


def test_long_numbers_are_folded_and_not_cut() -> None:
    long = "1." + "23456789" * 20
    result = replace(Gradient("x", {"x": 1.0}, 1.0, {"x": 1.0}), digits=Digits(161, (long,), (long,)))
    text = render(result, None, Style("rich", width=60))
    assert all(len(line) <= 60 for line in text.splitlines())
    assert "".join(text.split()).count(long) == 2

"""What enclosures prove, whoever of the other witnesses is wrong, silent or at a kink."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from gradcli.address import EntryAddress
from gradcli.enclosures.answers.enclose import enclose
from gradcli.enclosures.protocol import Ball, Enclosures, Undecided
from gradcli.process.refusal import NotChecked
from gradcli.render.words.digits import spelled
from gradcli.render.words.verdicts import sentence
from gradcli.symbolic import Answer
from gradcli.symbolic.answers.solve import solve
from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian, hvp
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.operators.jvp import jvp
from gradcli.transforms.results.verdict import Verdict
from gradcli.transforms.verify.check import judge, picked
from gradcli.transforms.verify.enclosed import enclosed
from gradcli.transforms.verify.numeric import numeric
from gradcli.transforms.verify.proof import by_proof, prove, request_of, with_proof
from gradcli.transforms.verify.proved_digits import proved_digits, request_for_digits
from gradcli.transforms.verify.witnesses import witnesses

SILENT = NotChecked("no answer within 10 s")
RESULT = grad("exp(x*y)*sin(y)", {"x": 0.5, "y": 2.0})


def balls(result: Any) -> Enclosures:
    return enclose(request_of(result.question()))


def judged(result: Any, answer: Any = None, found: Any = None) -> Verdict:
    """The verdict of SymPy and the proof, both made in this process."""
    answer = solve(result.question()) if answer is None else answer
    return with_proof(result, judge(result, answer), answer, balls(result) if found is None else found)


def wrong(result: Any, factor: float, name: str = "x") -> Any:
    return replace(result, gradients={**result.gradients, name: result.gradients[name] * factor})


def misled(result: Any, factor: float) -> Answer:
    answer = solve(result.question())
    assert isinstance(answer, Answer)
    first, *rest = answer.derivatives
    return answer._replace(derivatives=(first._replace(high=first.high * factor, low=0.0), *rest))


@pytest.mark.parametrize(
    "result",
    [
        RESULT,
        jacobian("[x*y, hypot(x, y)]", {"x": 0.5, "y": 2.0}),
        hessian("sum(x**3) + x[0]*y", {"x": [1.0, -2.0], "y": 3.0}, wrt=["y", "x"]),
        grad("x*[1, y]", {"x": 2.0, "y": 3.0}, seed=[1.0, -1.0]),
        hvp("exp(x*y)", {"x": 0.5, "y": 2.0}, {"x": 1.0, "y": -1.0}),
        jvp("[sin(x), x*y]", {"x": 0.5, "y": 2.0}, {"x": 1.0, "y": -1.0}),
        derivative("exp(sin(x))", {"x": 0.5}, 6),
    ],
    ids=lambda result: result.command,
)
def test_beside_sympy(result: Any) -> None:
    verdict = judged(result)
    assert verdict.verdict == "verified"
    assert verdict.proof is not None
    assert verdict.proof.entries == verdict.proof.of == verdict.entries
    assert verdict.proof.ulps is not None
    assert verdict.max_ulps is not None
    assert verdict.max_ulps <= verdict.proof.ulps * (1 + 1e-9) <= verdict.max_ulps + 0.02
    assert "; proved " in sentence(verdict)


def test_where_sympy_is_silent_a_proof_verifies() -> None:
    verdict = judged(RESULT, SILENT)
    assert sentence(verdict).startswith("verified: by proof, 2 of 2 entries within ")
    assert sentence(verdict).endswith(" ulps; SymPy: no answer within 10 s")
    assert verdict.checked == 2


def test_by_itself() -> None:
    verdict = by_proof(RESULT, balls(RESULT))
    assert sentence(verdict).startswith("verified: by proof, 2 of 2 entries within ")
    nothing = by_proof(RESULT, NotChecked("the package python-flint is not installed"))
    assert sentence(nothing) == "not checked: the package python-flint is not installed"


@pytest.mark.parametrize("factor", [1 + 1e-6, 1 + 1e-12, -1.0, 0.0, math.inf, math.nan])
@pytest.mark.parametrize("told", [SILENT, None])
def test_a_wrong_number_is_excluded(factor: float, told: Any) -> None:
    result = wrong(RESULT, factor)
    verdict = judged(result, told)
    assert verdict.verdict == "differs"
    assert verdict.proof is not None
    assert verdict.proof.entries == 1
    if told is None:
        assert (verdict.reason or "").endswith("; the enclosures hold SymPy's numbers, and not gradcli's")
    else:
        assert (verdict.reason or "").startswith("1 of 2 entries are outside of their enclosures; SymPy: no answer")
        assert "the exact number is between" in verdict.details[0]


@pytest.mark.parametrize("result", [RESULT, jacobian("[x*y, exp(x)/y]", {"x": 0.5, "y": 2.0})])
def test_each_planted_number_is_caught_by_the_enclosures_alone(result: Any) -> None:
    found = balls(result)
    for position in range(result.count()):
        address = result.address(position)
        number = result.number(address)
        spoilt = result.corrected({address: number * (1 + 1e-6) if number else 1e-300})
        verdict = by_proof(spoilt, found)
        assert verdict.verdict == ("differs" if number else "verified")  # 1e-300 is a zero that rounding could leave


def test_a_wrong_value_is_excluded_too() -> None:
    verdict = by_proof(replace(RESULT, value=float(RESULT.value) * (1 + 1e-9)), balls(RESULT))
    assert verdict.verdict == "differs"
    assert verdict.reason == "the value is outside of its enclosure"


def test_engine_and_sympy_wrong_alike_are_both_excluded() -> None:
    verdict = judged(wrong(RESULT, 1 + 1e-6), misled(RESULT, 1 + 1e-6))
    assert verdict.verdict == "differs"
    assert verdict.reason == "1 of 2 entries are outside of their enclosures; SymPy's verdict is: verified"


@pytest.mark.parametrize("factor", [1 + 1e-6, -1.0, math.inf])
def test_sympy_wrong_alone_is_named(factor: float) -> None:
    verdict = judged(RESULT, misled(RESULT, factor))
    assert verdict.verdict == "verified"
    assert verdict.checked == 2
    assert (verdict.reason or "").startswith("SymPy's numbers are wrong, by proof: those of 1 of 2 entries")
    assert "SymPy has" in verdict.details[0]
    without = judged(RESULT, misled(RESULT, factor), NotChecked("late"))
    assert without.verdict == "differs"


@pytest.mark.parametrize(
    ("answer", "excluded", "note"),
    [
        (misled(RESULT, 1.5), "SymPy", "the enclosure excludes SymPy's number and holds that of gradcli"),
        (None, "numeric", "the enclosure excludes the numeric derivative and holds that of gradcli and SymPy"),
    ],
)
def test_of_four_witnesses_the_one_that_is_wrong_is_named(answer: Any, excluded: str, note: str) -> None:
    found = numeric(RESULT, picked(RESULT, 400))
    if excluded == "numeric":
        found = {place: n._replace(value=-(n.value or 0.0)) for place, n in found.items()}
    answer = solve(RESULT.question()) if answer is None else answer
    verdict = witnesses(RESULT, answer, found, enclosures=balls(RESULT))
    assert verdict.verdict == "verified"
    assert verdict.witnesses is not None
    assert verdict.witnesses.entries[0].excluded == (excluded,)
    assert note in verdict.witnesses.notes[0]


def test_a_wrong_engine_is_named_among_four() -> None:
    result = wrong(RESULT, 1 + 1e-6)
    answer = solve(RESULT.question())
    verdict = witnesses(result, answer, numeric(RESULT, picked(RESULT, 400)), enclosures=balls(RESULT))
    assert verdict.verdict == "differs"
    assert verdict.witnesses is not None
    assert [entry.excluded for entry in verdict.witnesses.entries] == [("gradcli",), ()]
    assert "df/dx: the enclosure excludes gradcli's number and holds that of SymPy" in verdict.witnesses.notes[0]
    assert not any("is suspect" in note for note in verdict.witnesses.notes)


@pytest.mark.parametrize("text", ["abs(x)*y", "relu(x) + y", "max([x, 0])*y"])
def test_at_a_kink_nothing_is_proved_of_it(text: str) -> None:
    result = grad(text, {"x": 0.0, "y": 2.0})
    verdict = judged(result)
    assert verdict.verdict == "kink"
    assert verdict.proof is not None
    assert verdict.proof.entries <= 1
    assert "not decided" in (verdict.proof.reason or "")
    alone = by_proof(result, balls(result))
    assert alone.verdict == "not checked"


def test_at_a_kink_a_ball_that_is_given_by_mistake_is_not_believed() -> None:
    result = grad("abs(x)", {"x": 0.0})
    mistaken = Enclosures((Ball(EntryAddress(0), 0, 0, 0),), (Ball(result.address(0), 1, 1, 0),), 1, False, 64)
    for answer in (solve(result.question()), SILENT):
        verdict = judged(result, answer, mistaken)
        assert verdict.verdict in ("kink", "not checked")
        assert verdict.proof is not None
        assert verdict.proof.entries == 0


@pytest.mark.parametrize("text", ["sqrt(x)", "log(x)", "1/x", "x/x"])
def test_at_a_singular_point_existing_verdicts_stay(text: str) -> None:
    result = grad(text, {"x": 0.0})
    answer = solve(result.question())
    assert judged(result, answer) == replace(judge(result, answer), proof=judged(result, answer).proof)
    assert by_proof(result, balls(result)).verdict == "not checked"


def test_lost_digits_are_told_by_a_proof_alone() -> None:
    result = grad("(1 - cos(x))/x**2", {"x": 1e-5})
    verdict = by_proof(result, balls(result))
    assert verdict.verdict == "differs"
    assert (verdict.reason or "").startswith("rounding has taken more than half of the digits of 1 of 1 entries")
    both = judged(result)
    assert both.verdict == "differs"
    assert (both.reason or "").endswith("; the enclosures agree with SymPy")
    some = grad("(1 - cos(x))/x**2", {"x": 0.01})
    assert "rounding has taken about 9 of the 16 digits" in sentence(by_proof(some, balls(some)))


def test_of_some_entries_a_part_is_proved() -> None:
    found = balls(RESULT)
    first, second = found.derivatives
    partly = found._replace(derivatives=(Undecided(first.address, "nobody knows"), second))
    told = judged(RESULT, None, partly)
    assert told.verdict == "verified"
    assert "; 1 of 2 entries proved within " in sentence(told)
    silent = judged(RESULT, SILENT, partly)
    assert sentence(silent).startswith("not checked: no answer within 10 s; 1 of 2 entries proved within ")
    assert sentence(silent).endswith(" ulps; df/dx is not decided: nobody knows")


def test_a_wide_enclosure_proves_nothing_and_excludes_nothing() -> None:
    found = balls(RESULT)
    first, second = found.derivatives
    assert isinstance(first, Ball)
    wide = first._replace(low=first.low - 2**100, high=first.high + 2**100)
    verdict = judged(RESULT, SILENT, found._replace(derivatives=(wide, second)))
    assert verdict.verdict == "not checked"
    assert verdict.proof is not None
    assert verdict.proof.entries == 1
    assert verdict.proof.reason == "df/dx is not decided: its enclosure is too wide to tell"


def test_distances_are_exact_and_rounded_up() -> None:
    drawn = random.Random(0)
    for _ in range(300):
        number = drawn.uniform(-1, 1) * 2.0 ** drawn.randint(-1050, 1000)
        exact = Fraction(number) + Fraction(math.ulp(number)) * Fraction(drawn.randint(-(10**6), 10**6), 10**5)
        low = math.floor(exact * 2**1200)
        entry = enclosed(number, Ball(EntryAddress(0), low, low + 1, -1200))
        farthest = max(abs(Fraction(number) - entry.lower), abs(Fraction(number) - entry.upper))
        unit = min(math.ulp(float(entry.lower)), math.ulp(float(entry.upper)))
        assert Fraction(entry.ulps) >= farthest / Fraction(unit) or math.ulp(float(entry.lower)) != unit
        assert entry.ulps == pytest.approx(float(farthest / Fraction(math.ulp(float(exact)))), rel=1e-9) or (
            math.frexp(float(entry.lower))[0] in (0.5, -0.5)
        )
        assert entry.farthest().high == pytest.approx(number, rel=1e-9)
        assert entry.lower <= exact <= entry.upper


def test_zeros_made_of_rounding_have_no_ulps() -> None:
    result = grad("x*(0.1 + 0.2 - 0.3)", {"x": 1.0})
    verdict = judged(result)
    assert verdict.verdict == "verified"
    zero = grad("sin(x)**2 + cos(x)**2", {"x": 1.1})
    proof = judged(zero).proof
    assert proof is not None
    assert proof.entries == 1


def test_a_result_without_derivatives() -> None:
    verdict = judged(grad("1 + 1", {}), SILENT)
    told = "verified: by proof, the value; nothing to differentiate by; SymPy: no answer within 10 s"
    assert sentence(verdict) == told


def test_what_is_proved_covers_the_truth_of_the_oracle() -> None:
    result = grad("sum(sin(x)*x)", {"x": np.linspace(0.1, 3.0, 30)})
    answer = solve(result.question())
    assert isinstance(answer, Answer)
    proved = prove(result, balls(result), answer)
    assert len(proved.within) == 31
    for truth in answer.derivatives:
        assert not proved.within[truth.address].excludes(truth)


def test_digits_of_everything() -> None:
    result = hessian("x**2*sum(exp(y))", {"x": 2.0, "y": [3.0, 0.0]}, wrt=["y", "x"])
    digits = proved_digits(result, enclose(request_for_digits(result, 30)), 30)
    assert digits.undecided == ()
    texts = spelled(result, digits)
    assert texts.value == "84.3421476927506709637141186183"
    assert texts.arrays["df/dy"] == ["80.3421476927506709637141186183", "4.0"]
    matrix = texts.matrix
    assert matrix is not None
    assert texts.bare == [matrix]
    assert matrix[2] == ["80.3421476927506709637141186183", "4.0", "42.1710738463753354818570593092"]
    for row, numbers in zip(matrix, result.hessian.tolist(), strict=True):
        assert [float(text) for text in row] == pytest.approx(numbers, rel=1e-15)


@pytest.mark.parametrize("wanted", [1, 5, 16, 17, 19, 20, 21, 60])
def test_digits_are_right_to_the_last(wanted: int) -> None:
    import mpmath

    result = derivative("gamma(x)", {"x": 1 / 3}, 3)
    digits = proved_digits(result, enclose(request_for_digits(result, wanted)), wanted)
    with mpmath.workdps(wanted + 30):
        for order, text in enumerate((*digits.value, *digits.derivatives)):
            exact = mpmath.diff(mpmath.gamma, mpmath.mpf(1 / 3), order)
            assert len(text.partition("e")[0].strip("-").replace(".", "").lstrip("0")) in (wanted, wanted + 1)
            assert abs(mpmath.mpf(text) - exact) <= abs(exact) * mpmath.mpf(10) ** (1 - wanted) / 2


def test_numbers_without_digits_are_named() -> None:
    result = grad("abs(x)*y + 0*y", {"x": 0.0, "y": 2.0})
    digits = proved_digits(result, enclose(request_for_digits(result, 30)), 30)
    assert [label for label, _ in digits.undecided] == ["df/dx"]
    assert digits.derivatives == (repr(result.gradients["x"]), "0.0")
    none = proved_digits(result, NotChecked("no answer within 10 s"), 30)
    assert {reason for _, reason in none.undecided} == {"no answer within 10 s"}
    assert len(none.undecided) == 3

"""Claims: true ones, false ones, and those that are true only where both sides have a value."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.errors import Problem
from gradcli.lang import parse
from gradcli.render.claims.sentences import right_formula
from gradcli.symbolic import Oracle
from gradcli.symbolic.protocol.inquiry import Finding, Inquiry, Refutation
from gradcli.transforms.claims.judge import judge_claims
from gradcli.transforms.claims.sampling import sample
from gradcli.transforms.claims.types import Case, Claimed, ClaimVerdict

sys.path.append(str(Path(__file__).parents[2] / "scripts" / "lib"))
corpora = import_module("trust.claims")  # which is beside the package, not in it

TIMEOUT = 60


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    with Oracle.start() as started:
        yield started


def judged(oracle: Oracle, expression: str, claim: str, names: str = "x", order: int = 1, **more: Any) -> ClaimVerdict:
    case = Case(expression, (Claimed(tuple(names.split(",")), claim, order),), **more)
    (found,) = judge_claims(case, oracle, TIMEOUT).verdicts
    return found


@pytest.mark.parametrize(
    ("expression", "claim"),
    [
        ("x**2*sin(x)", "2*x*sin(x) + x**2*cos(x)"),
        ("sin(x)**2", "2*sin(x)*cos(x)"),
        ("sin(x)**2", "sin(2*x)"),
        ("abs(x)", "x/sqrt(x**2)"),
        ("0.1*x**3", "0.3*x**2"),
        ("sinc(x)", "cos(pi*x)/x - sin(pi*x)/(pi*x**2)"),
        ("erf(x)", "2/sqrt(pi)*exp(-x**2)"),
        ("logit(x)", "1/(x - x**2)"),
        ("acosh(x)", "1/sqrt(x**2 - 1)"),
        ("relu(x)", "where(x > 0, 1, 0)"),
        ("lgamma(x)", "digamma(x)"),
        ("a = x**2; a*a", "4*x**3"),
        ("5", "0"),
    ],
)
def test_true(oracle: Oracle, expression: str, claim: str) -> None:
    text = expression if "x" in expression else f"{expression} + 0*x"
    found = judged(oracle, text, claim)
    assert found.verdict in ("proved", "sampled")
    assert found.agreeing > 6


@pytest.mark.parametrize(
    ("expression", "claim", "point"),
    [
        ("x**2*sin(x)", "2*x*sin(x)", 1.0),
        ("x**2", "2*x + 1", 0.0),
        ("sqrt(x**2)*x/2", "x", -1.0),
        ("x**3", "3*x**2*(1 + 1e-16)", 1.0),
        ("1 - cos(x)", "x", 1.0),
        ("log(x)", "1/abs(x)**2", 2.0),
        ("relu(x)", "where(x > -1, 1, 0)", None),
        ("exp(-x**2)", "-2*x*exp(-x**2) + 1e-30", 0.0),
    ],
)
def test_false_with_the_simplest_point(oracle: Oracle, expression: str, claim: str, point: float | None) -> None:
    found = judged(oracle, expression, claim)
    assert found.verdict == "false"
    example = found.counterexample
    assert example is not None
    assert example.derivative != example.claim
    assert point is None or example.point == {"x": point}


def test_a_range_limits_the_claim(oracle: Oracle) -> None:
    assert judged(oracle, "sqrt(x**2)*x/2", "x", ranges={"x": (0.0, 10.0)}).verdict == "proved"
    found = judged(oracle, "where(x > 7, x, x**2)", "2*x", ranges={"x": (0.0, 10.0)})
    assert found.counterexample is not None
    assert 7 < float(np.max(found.counterexample.point["x"])) <= 10
    assert judged(oracle, "where(x > 7, x, x**2)", "2*x", ranges={"x": (0.0, 6.5)}).verdict == "sampled"


@pytest.mark.parametrize(
    ("expression", "claim", "shapes", "verdict"),
    [
        ("z[label]", "one_hot(label, 3)", {"z": (3,)}, "proved"),
        ("z[i]*z[j]", "z[j]*one_hot(i, 3) + z[i]*one_hot(j, 3)", {"z": (3,)}, "proved"),
        ("z[i]*z[j]", "2*z[i]*one_hot(i, 3)", {"z": (3,)}, "false"),  # right where i is j
        ("z[label]", "where(arange(3) == min(label, 1), 1, 0)", {"z": (3,)}, "false"),  # at label = 2 alone
        ("cross_entropy(z, y)", "(softmax(z, 1) - one_hot(y, 2))/2", {"z": (2, 2), "y": (2,)}, "proved"),
        ("z[i + j]", "one_hot(i + j, 3)", {"z": (3,)}, "proved"),
        ("sum(z[:n])", "where(arange(3) < n, 1, 0)", {"z": (3,)}, "sampled"),  # n has no end
        ("z[label]*0.1", "0.1*one_hot(label, 3)", {"z": (3,)}, "proved"),
    ],
)
def test_an_index_is_each_whole_number(
    oracle: Oracle, expression: str, claim: str, shapes: dict[str, tuple[int, ...]], verdict: str
) -> None:
    assert judged(oracle, expression, claim, "z", shapes=shapes).verdict == verdict


def test_a_false_claim_shows_the_right_formula_at_its_index(oracle: Oracle) -> None:
    found = judged(oracle, "z[k]**2*x", "z[k]", "x", shapes={"z": (3,)})
    assert found.verdict == "false"
    assert (found.formula, found.formula_at) == ("z[0]**2", "k = 0")
    assert right_formula(found) == "df/dx = z[0]**2  (at k = 0)"


def test_an_index_is_within_its_range(oracle: Oracle) -> None:
    found = judged(oracle, "z[k]**2", "2*z*one_hot(1, 3)", "z", shapes={"z": (3,)}, ranges={"k": (0.5, 1.5)})
    assert found.verdict == "proved"
    negative = judged(oracle, "z[k]", "one_hot(3 + k, 3)", "z", shapes={"z": (3,)}, ranges={"k": (-np.inf, -1.0)})
    assert negative.verdict == "proved"


def test_of_many_indices_some_are_tried(oracle: Oracle) -> None:
    found = judged(oracle, "z[k]**2", "2*z[k]*(arange(40) == k)", "z", shapes={"z": (40,)})
    assert (found.verdict, found.reason) == ("sampled", "of what the index variables can be not all was tried")


def test_a_fixed_point(oracle: Oracle) -> None:
    assert judged(oracle, "a*x**2", "0.4", fixed={"x": 2.0, "a": 0.1}).verdict == "sampled"
    assert judged(oracle, "a*x**2", "0.2*x", fixed={"a": 0.1}).verdict == "proved"
    found = judged(oracle, "a*x**2", "0.5", fixed={"x": 2.0, "a": 0.1})
    assert found.counterexample is not None
    assert found.counterexample.point == {"x": 2.0, "a": 0.1}


def test_where_the_claim_has_no_value_is_said(oracle: Oracle) -> None:
    found = judged(oracle, "x*log(x**2) - 2*x", "2*log(x)")
    assert found.verdict == "proved"
    assert found.caveats == ("the claim has no value for x < 0, where the derivative exists",)
    found = judged(oracle, "y*(x*log(x**2) - 2*x)", "2*y*log(x)")
    assert found.caveats[0].startswith("the claim has no value at ")
    assert "(log(x))" in found.caveats[0]


def test_a_kink_is_no_counterexample(oracle: Oracle) -> None:
    for claim in ("sign(x)", "x/abs(x)", "where(x >= 0, 1, -1)"):
        found = judged(oracle, "abs(x)", claim)
        assert found.verdict == "proved"
        assert found.caveats[-1].startswith("there is no derivative at x = 0.0, a kink")


@pytest.mark.parametrize(
    ("expression", "names", "claim", "order", "verdict"),
    [
        ("x**2*y", "x,y", "[2*x*y, x**2]", 1, "proved"),
        ("x**2*y", "x,y", "[[2*y, 2*x], [2*x, 0]]", 2, "proved"),
        ("x**2*y", "x,y", "[[2*y, 2*x], [2*x, 1]]", 2, "false"),
        ("x**2*y", "x", "2*y", 2, "proved"),
        ("[x**2*y, x + y]", "x", "[2*x*y, 1]", 1, "proved"),
        ("[x**2*y, x + y]", "x,y", "[[2*x*y, x**2], [1, 1]]", 1, "proved"),
        ("[x**2*y, x + y]", "y,x", "[[2*x*y, x**2], [1, 1]]", 1, "false"),
    ],
)
def test_several_entries(oracle: Oracle, expression: str, names: str, claim: str, order: int, verdict: str) -> None:
    assert judged(oracle, expression, claim, names, order).verdict == verdict


@pytest.mark.parametrize(
    ("expression", "claim", "names", "order", "verdict"),
    [
        ("x@A@x", "(A + A.T)@x", "x", 1, "proved"),
        ("x@A@x", "2*A@x", "x", 1, "false"),
        ("x@A@x", "outer(x, x)", "A", 1, "proved"),
        ("x@A@x", "A + A.T", "x", 2, "proved"),
        ("A@x", "A", "x", 1, "proved"),
        ("logsumexp(x)", "softmax(x)", "x", 1, "proved"),
        ("sum(sort(x)**2)", "2*x", "x", 1, "sampled"),
        ("log(det(A))", "inv(A).T", "A", 1, "sampled"),
    ],
)
def test_arrays(oracle: Oracle, expression: str, claim: str, names: str, order: int, verdict: str) -> None:
    shapes = {name: shape for name, shape in {"x": (2,), "A": (2, 2)}.items() if name in expression.replace("exp", "")}
    found = judged(oracle, expression, claim, names, order, shapes=shapes)
    assert found.verdict == verdict or (found.verdict, verdict) == ("proved", "sampled")


def test_the_seed_decides_the_points(oracle: Oracle) -> None:
    def point(seed: int) -> Any:
        found = judged(oracle, "where((x > 2.2) & (x < 2.9), x, 1)", "0", random_seed=seed, ranges={"x": (2.1, 2.95)})
        assert found.counterexample is not None
        return found.counterexample.point

    assert point(1) == point(1)


def test_more_points(oracle: Oracle) -> None:
    assert judged(oracle, "x**2", "2*x", points=50).points == 50
    assert judged(oracle, "x**2", "2*x", points=1).points == 1


def test_nothing_to_compare_is_undecided(oracle: Oracle) -> None:
    nowhere = judged(oracle, "log(-1 - x**2)", "2/x")
    assert (nowhere.verdict, nowhere.points) == ("undecided", 0)
    valueless = judged(oracle, "x**2", "2*x + 0*log(-1 - x**2)")
    assert (valueless.verdict, valueless.agreeing) == ("undecided", 0)


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (Case("z[k]", (Claimed(("k",), "0"),), shapes={"z": (3,)}), "'k' stands where a whole number must"),
        (
            Case("z[k]", (Claimed(("z",), "0"),), shapes={"z": (3,)}, ranges={"k": (0.1, 0.9)}),
            "there is no whole number where 'k' is",
        ),
        (Case("z[k]", (Claimed(("z",), "0"),), shapes={"z": (3,)}, ranges={"k": (5, 9)}), "index 5 is out of bounds"),
        (Case("x*y", (Claimed(("z",), "1"),)), "the expression has no variable 'z'"),
        (
            Case("x*y", (Claimed(("x",), "z"),)),
            "the claim about df/dx uses 'z', which is no variable of the expression",
        ),
        (Case("x*y", (Claimed(("x",), "sine(y)"),)), "unknown function 'sine'"),
        (Case("x*y", (Claimed(("x",), "y +"),)), "an operand is missing after '+'"),
        (Case("x*", (Claimed(("x",), "y"),)), "an operand is missing after '*'"),
        (
            Case("x*y", (Claimed(("x",), "[y, y]"),)),
            "the claim about df/dx has shape (2,), and the derivative has no",
        ),
        (Case("[x, y]", (Claimed(("x",), "1", 2),)), "the value has shape (2,): a Hessian needs one number"),
        (Case("x*y", (Claimed(("x",), "y"),), {"w": 1.0}), "the expression has no variable 'w'"),
        (
            Case("x*y", (Claimed(("x",), "y"),), {"x": 1.0}, {"x": (0.0, 1.0)}),
            "'x' has a value and a range or a shape",
        ),
        (Case("x@y", (Claimed(("x",), "y"),), shapes={"x": (2,), "y": (3,)}), "shapes (2,) and (3,) do not fit"),
    ],
)
def test_bad_input(oracle: Oracle, case: Case, message: str) -> None:
    with pytest.raises(Problem) as caught:
        judge_claims(case, oracle, TIMEOUT)
    assert caught.value.message.startswith(message)


class Lying:
    """An oracle whose derivative is not the true one."""

    def __init__(self, oracle: Oracle, counter: bool) -> None:
        self._oracle = oracle
        self._counter = counter

    def inquire(self, inquiry: Inquiry, timeout: float) -> Any:
        found = self._oracle.inquire(inquiry, timeout)
        assert isinstance(found, tuple)
        (finding,) = found
        assert isinstance(finding, Finding)
        if self._counter:
            liar = Refutation(dict(inquiry.points[0]), 0, (7.0,), "7.0", "2.0")
            return (finding._replace(refutation=liar, sampled=liar),)
        wrong = [o._replace(derivatives=tuple(d + 1e-4 for d in o.derivatives)) for o in finding.outcomes]
        return (finding._replace(outcomes=tuple(wrong)),)


@pytest.mark.parametrize("counter", [True, False])
def test_the_engine_is_heard_too(oracle: Oracle, counter: bool) -> None:
    case = Case("x**2", (Claimed(("x",), "2*x"),))
    (found,) = judge_claims(case, Lying(oracle, counter), TIMEOUT).verdicts  # type: ignore[arg-type]  # it has what is used
    assert found.verdict == "undecided"
    assert found.reason.startswith("gradcli has ")


@pytest.mark.parametrize(
    ("expression", "claim"),
    [
        ("x/3", "0.3333333333333333"),
        ("log(2)*x**2", "1.3862943611198906*x"),
        ("0.1*x**3 + x", "0.30000000000000004*x**2 + 1"),
        ("0.1*x**3 + x", "0.30000000000000004*x**2 + 1.0000000000000002"),
        ("sin(x/3)", "cos(0.3333333333333333*x)/3"),
        ("a = x/3; a*a", "0.2222222222222222*x"),
    ],
)
def test_constants_of_float64(oracle: Oracle, expression: str, claim: str) -> None:
    found = judged(oracle, expression, claim)
    assert found.verdict == "true to float64"
    assert found.agreeing == found.points


@pytest.mark.parametrize(
    ("expression", "claim"),
    [
        ("x/3", "0.333333333333333"),
        ("x**3", "3*x**2*(1 + 1e-16)"),
        ("0.1*x**3 + x", "0.30000000000000004*x**2 + 1 + 1e-17"),
        ("x/3", "0.3333333333333333 + 1e-15*x"),
        ("0.3*x", "0.3*cos(1e-9*x)"),
    ],
)
def test_other_small_differences_are_false(oracle: Oracle, expression: str, claim: str) -> None:
    assert judged(oracle, expression, claim).verdict == "false"


@pytest.mark.parametrize(
    ("expression", "claim", "tolerance", "verdict"),
    [
        ("exp(x)", "exp(x)*(1 + 0.9e-6)", 1e-6, "within tolerance"),
        ("exp(x)", "exp(x)*(1 + 1.1e-6)", 1e-6, "false"),
        ("exp(x)", "exp(x)", 1e-6, "within tolerance"),
        ("x/3", "0.3333333333333333", 1e-20, "false"),
        ("y*x - z*x", "1.0009", 1e-6, "within tolerance"),
        ("y*x - z*x", "1.0011", 1e-6, "false"),
        ("(1000*x - 999)**2/2", "1000*(1000*x - 999)*(1 + 2e-6)", 1e-6, "false"),
    ],
)
def test_a_tolerance(oracle: Oracle, expression: str, claim: str, tolerance: float, verdict: str) -> None:
    terms = {"y": 1000.0, "z": 999.0} if "y" in expression else {}
    found = judged(oracle, expression, claim, tolerance=tolerance, ranges={"x": (10.0, 20.0)}, fixed=terms)
    assert found.verdict == verdict


def test_float32_numbers_of_another_program(oracle: Oracle) -> None:
    """The gradient of a cross-entropy in single precision, made by NumPy."""
    z = np.array([0.3, -1.2, 2.5, 0.1], dtype=np.float32)
    slopes = np.exp(z) / np.exp(z).sum() - np.array([0, 0, 1, 0], dtype=np.float32)
    values = {"z": z.astype(float).tolist()}
    program, claim = "logsumexp(z) - z[2]", repr(slopes.astype(float).tolist())
    assert judged(oracle, program, claim, "z", fixed=values, tolerance=1e-6).verdict == "within tolerance"
    assert judged(oracle, program, claim, "z", fixed=values).verdict == "false"


def test_the_derivative_by_what_is_not_there_is_zero(oracle: Oracle) -> None:
    case = Case("3*x**2 + 1", (Claimed(("y",), "0"), Claimed(("x",), "6*x"), Claimed(("x",), "5*x")))
    absent, good, bad = judge_claims(case, oracle, TIMEOUT).verdicts
    assert (absent.verdict, good.verdict, bad.verdict) == ("proved", "proved", "false")
    assert absent.caveats == ("the expression has no variable 'y'",)
    with pytest.raises(Problem, match="no variable 'y'"):
        judged(oracle, "3*x**2 + 1", "1", "y")


def test_a_kink_among_the_points_leaves_no_doubt(oracle: Oracle) -> None:
    claim = "((abs(x) - x**n*n/(x**(2*n) + 1))/sqrt(1 - (abs(x) - atan(x**n))**2))/x"
    assert judged(oracle, "asin(abs(x) - atan(x**n))", claim).verdict in ("proved", "sampled")


def test_no_point_has_a_negative_zero() -> None:
    case = Case("x*y", (), points=200)
    for point in sample(parse(case.expression), case, {"x": (), "y": (3,)}):
        assert not any(v == 0 and np.signbit(v) for v in np.ravel([point["x"], *point["y"]]))


SLICE = list(corpora.records(corpora.FILES))[::61]


@pytest.mark.parametrize("kind", corpora.KINDS)
def test_the_corpora(kind: str, oracle: Oracle) -> None:
    """Every 61st record; `scripts/trust claims` takes all."""
    corpora.Worker.oracle = oracle
    verdicts = [corpora.judge((dict(record), kind, TIMEOUT / 10))[3] for record in SLICE]
    if kind == "true":
        assert set(verdicts) <= {"proved", "sampled"}
        assert verdicts.count("proved") > len(verdicts) // 2
    else:
        assert set(verdicts) <= {"false", "left out"}
        assert verdicts.count("false") > len(verdicts) // 2


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(-9, 9), min_size=1, max_size=5),
    st.integers(0, 4),
    st.sampled_from([1e-3, 1e-6, 1e-12, -1e-15]),
)
def test_polynomials(oracle: Oracle, coefficients: list[int], place: int, wrong: float) -> None:
    program = " + ".join(f"({c})*x**{k}" for k, c in enumerate(coefficients, start=1))
    slopes = [k * c for k, c in enumerate(coefficients, start=1)]

    def claim(numbers: list[str]) -> str:
        return " + ".join(f"({n})*x**{k}" for k, n in enumerate(numbers))

    right = [str(s) for s in slopes]
    place %= len(slopes)
    changed = [*right]
    changed[place] = f"{slopes[place]} + {wrong!r}"
    case = Case(program, (Claimed(("x",), claim(right)), Claimed(("x",), claim(changed))), points=6)
    good, bad = judge_claims(case, oracle, TIMEOUT).verdicts
    assert (good.verdict, bad.verdict) == ("proved", "false")


@pytest.mark.parametrize(
    ("expression", "claim", "verdict"),
    [
        ("x**3", "diff(x**3, x)", "proved"),
        ("0*x + 5", "diff(x**3, x)", "false"),
        ("u**2", "u + diff(u**2/2, u)", "proved"),
        ("x**3", "diff(diff(x**4/4, x), x)", "proved"),
        ("x**3", "grad(x**3, x) + 1e-6", "false"),
    ],
)
def test_a_claim_may_hold_derivatives(expression: str, claim: str, verdict: str) -> None:
    name = expression[0] if expression[0] in "xu" else "x"
    with Oracle.start() as oracle:
        found = judge_claims(Case(expression, (Claimed((name,), claim),)), oracle, 60)
    assert [one.verdict for one in found.verdicts] == [verdict]


@pytest.mark.parametrize(
    ("expression", "claim", "verdict"),
    [
        ("sin(pi*x)", "3.141592653589793*cos(pi*x)", "true to float64"),
        ("10**x", "2.302585092994046*10**x", "true to float64"),
        ("log10(x)", "1/(x*2.302585092994046)", "true to float64"),
        ("sin(3*pi*x)", "3*pi*cos(9.42477796076938*x)", "true to float64"),
        ("10**x", "2.302585092994047*10**x", "false"),
        ("sin(pi*x)", "3.141592653589792*cos(pi*x)", "false"),
        ("sin(3*pi*x)", "3*pi*cos(9.4247779607693*x)", "false"),
        ("x**2", "2*x + 1e-300", "false"),
    ],
)
def test_constants_that_float64_rounds(expression: str, claim: str, verdict: str) -> None:
    with Oracle.start() as oracle:
        found = judge_claims(Case(expression, (Claimed(("x",), claim),)), oracle, 60)
    assert [one.verdict for one in found.verdicts] == [verdict]


@pytest.mark.parametrize(
    ("expression", "claim"),
    [
        ("abs(x - 37.5)", "-1"),
        ("max(x, 60)", "0"),
        ("x if x < 30 else x**2", "1"),
        ("abs(x + 1e4)", "1"),
        ("x**2", "2*x + max(x - 60, 0)"),
        ("abs(x - 10) + abs(x - 20) + abs(x - 30)", "sign(x - 10) + sign(x - 20) - 1"),
    ],
)
def test_a_claim_is_looked_at_on_both_sides_of_what_switches(expression: str, claim: str) -> None:
    with Oracle.start() as oracle:
        (found,) = judge_claims(Case(expression, (Claimed(("x",), claim),)), oracle, 60).verdicts
    assert found.verdict == "false"


def test_numbers_of_smooth_functions_are_no_switches() -> None:
    x = {"x": ()}
    assert len(sample(parse("37.5*x**2"), Case("37.5*x**2", ()), x)) == 24
    assert len(sample(parse("abs(x) + 37.5"), Case("abs(x) + 37.5", ()), x)) == 28
    assert len(sample(parse("abs(x) + 2.5"), Case("abs(x) + 2.5", ()), x)) == 24

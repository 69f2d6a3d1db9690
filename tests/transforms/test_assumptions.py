"""Claims about the points that satisfy what is assumed: what is true there is proved, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.errors import Problem
from gradcli.lang import parse
from gradcli.symbolic import Oracle
from gradcli.symbolic.protocol.inquiry import Interval
from gradcli.transforms.claims.assumptions import region_of
from gradcli.transforms.claims.judge import judge_claims
from gradcli.transforms.claims.sampling import sample
from gradcli.transforms.claims.types import Case, Claimed, ClaimVerdict

K_AND_Y: dict[str, tuple[int, ...]] = {"k": (), "y": ()}


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    with Oracle.start() as started:
        yield started


def judged(oracle: Oracle, expression: str, claim: str, names: str, *assume: str, **more: Any) -> ClaimVerdict:
    case = Case(expression, (Claimed(tuple(names.split(",")), claim),), assume=assume, **more)
    (found,) = judge_claims(case, oracle, 60).verdicts
    return found


@pytest.mark.parametrize(
    ("expression", "claim", "names", "assume"),
    [
        ("sqrt(k**2)*y", "k", "y", ["k>0"]),
        ("sqrt(k**2)*y", "k", "y", ["k>=0"]),
        ("sqrt(k**2)*y", "-k", "y", ["k<0"]),
        ("sqrt((k - 1)**2)*y", "1 - k", "y", ["k<1"]),
        ("sqrt((k - 1)**2)*y", "1 - k", "y", ["0.5<k<=1"]),
        ("abs(2*k - 1)*y", "2*k - 1", "y", ["0.5 < k"]),
        ("abs(k**3)*y", "-k**3", "y", ["0 > k"]),
        ("p*q", "1 - p", "p", ["p+q==1"]),
        ("p**2 + q**2", "[2*p*(p + q), 2*q*(p + q)**3]", "p,q", ["p + q == 1"]),
        ("p*q", "(1 - 3*p)/7", "p", ["3*p + 7*q == 1"]),
        ("p*q*r", "q*r + (p - 0.1)*sin(q)", "p", ["p == 0.1"]),
        ("p*q", "pi*p", "p", ["q == pi*p"]),
        ("abs(p)*abs(q)", "sign(p)*(1 - p)", "p", ["p + q == 1", "q > 0"]),
    ],
)
def test_true_there(oracle: Oracle, expression: str, claim: str, names: str, assume: list[str]) -> None:
    found = judged(oracle, expression, claim, names, *assume)
    assert found.verdict == ("sampled" if "pi" in claim else "proved")
    assert found.agreeing > 6
    assert judged(oracle, expression, claim, names).verdict == "false"


@pytest.mark.parametrize("size", [2, 3, 6])
def test_probabilities(oracle: Oracle, size: int) -> None:
    """The entropy's gradient where probabilities add up to one, and a wrong one that forgets that it is ambient."""
    simplex = ("sum(y)==1", "y>0")
    shapes = {"y": (size,)}
    right = judged(oracle, "-sum(y*log(y))", "-log(y) - sum(y)", "y", *simplex, shapes=shapes)
    assert right.verdict == "proved"
    wrong = judged(oracle, "-sum(y*log(y))", "-log(y)", "y", *simplex, shapes=shapes)
    assert wrong.verdict == "false"
    assert wrong.counterexample is not None
    point = np.array(wrong.counterexample.point["y"])
    assert point.sum() == pytest.approx(1, rel=1e-15)
    assert (point > 0).all()


def test_a_matrix_whose_rows_are_not_the_equality(oracle: Oracle) -> None:
    found = judged(oracle, "sum(A*A)", "2*A*trace(A)", "A", "trace(A) == 1", shapes={"A": (2, 2)})
    assert found.verdict == "proved"


@pytest.mark.parametrize(
    ("assume", "told"),
    [
        (["k>y"], "'k>y' does not compare one variable with a number"),
        (["2*k>1"], "does not compare one variable"),
        (["sum(y) < 1"], "does not compare one variable"),
        (["k*y==1"], "'k*y==1' is not linear in k, y"),
        (["k+floor(y)==1"], "is not linear"),
        (["sign(k)==1"], "is not linear"),
        (["k**2==1"], "is not linear"),
        (["0*k==0"], "does not depend on k"),
        (["1/k==1"], "is not linear"),
        (["k[3]==1"], "cannot be assumed"),
        (["[k, y]==1"], "is an equality of 2 numbers"),
        (["k!=0"], "'k!=0' is no assumption that can be made"),
        (["k"], "is no assumption"),
        (["k>0 or k<-1"], "is no assumption"),
        (["k=3"], "--assume 'k=3' sets no name"),
        (["a=1; k>a"], "it has several statements"),
        (["z>0"], "no variable 'z' to assume something of"),
        (["k<inf"], "is no finite number"),
        (["k>0", "k<0"], "contradict each other"),
        (["k>0", "k<=0"], "contradict each other"),
        (["k+y==1", "k>1", "y>=0"], "contradict each other: no point within the bounds satisfies k+y==1"),
        (["k+y==1", "k>=1", "y>0"], "contradict each other"),
        (["k+y==1", "k-y==0"], "'k' is in two equalities, k+y==1 and k-y==0"),
        (["k==y==1"], "is in two equalities"),
    ],
)
def test_what_cannot_be_assumed(assume: list[str], told: str) -> None:
    with pytest.raises(Problem) as caught:
        region_of(Case("k*y", (), assume=tuple(assume)), K_AND_Y)
    assert told in caught.value.message


def test_what_contradicts_the_values() -> None:
    free: dict[str, tuple[int, ...]] = {"y": ()}
    with pytest.raises(Problem, match="the value of 'k' contradicts the assumption k>0"):
        region_of(Case("k*y", (), {"k": -1.0}, assume=("k>0",)), free)
    with pytest.raises(Problem, match="the values that are given contradict the assumption k==2"):
        region_of(Case("k*y", (), {"k": -1.0}, assume=("k==2",)), free)
    assert region_of(Case("k*y", (), {"k": 2.0}, assume=("k==2", "k>0", "y<k")), free).intervals == {
        "y": Interval(high=np.nextafter(2.0, 3.0), open_high=True)
    }


def test_a_bound_that_float64_rounds_is_not_inside() -> None:
    region = region_of(Case("k", (), assume=("k<=pi", "k>=sqrt(2)")), {"k": ()})
    inside = region.intervals["k"]
    assert inside.low < np.sqrt(2) < np.pi < inside.high
    assert inside.open_low
    assert inside.open_high


def reachable(slopes: list[int], total: int, low: int) -> bool:
    """Whether numbers above a bound make a total: they can make all above it, if one has a positive coefficient."""
    least = low * sum(slopes)
    up, down = any(slope > 0 for slope in slopes), any(slope < 0 for slope in slopes)
    return (up and down) or (up and total > least) or (down and total < least)


@settings(max_examples=40, deadline=None)
@given(
    slopes=st.lists(st.integers(-3, 3), min_size=2, max_size=5).filter(any),
    total=st.integers(-3, 3),
    low=st.sampled_from([None, -4, 0]),
    seed=st.integers(0, 9),
)
def test_points_are_where_they_should_be(slopes: list[int], total: int, low: int | None, seed: int) -> None:
    shape = (len(slopes),)
    bounds = () if low is None else (f"x>{low}",)
    case = Case("sum(x)", (), shapes={"x": shape}, assume=(f"{slopes}@x=={total}", *bounds), random_seed=seed)
    if low is not None and not reachable(slopes, total, low):
        with pytest.raises(Problem, match="contradict"):
            region_of(case, {"x": shape})
        return
    points = sample(parse("sum(x)"), case, {"x": shape})
    assert points
    for point in points:
        x = np.array(point["x"])
        assert abs(np.dot(slopes, x) - total) <= 1e-12 * (abs(total) + np.abs(slopes) @ np.abs(x))
        assert low is None or (x > low).all()


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 5), st.integers(-4, 4), st.integers(-3, 3), st.integers(1, 3))
def test_on_a_line_multiples_of_its_equation_vanish(oracle: Oracle, a: int, b: int, c: int, power: int) -> None:
    line = f"({a}*x + {b}*y - ({c}))"
    right = f"2*x*y + {line}*(x - y)**{power}"
    assert judged(oracle, "x**2*y", right, "x", f"{line} == 0").verdict == "proved"
    wrong = f"2*x*y + ({line} + 1)*(x**2 + y**2 + 1)"
    assert judged(oracle, "x**2*y", wrong, "x", f"{line} == 0").verdict == "false"

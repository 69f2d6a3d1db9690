"""All zeros along a variable: compared with mpmath, with Sturm's count of SymPy's, and with what is known."""

from __future__ import annotations

import math
import random

import mpmath
import pytest
from sympy import Poly, Rational, Symbol

from gradcli.enclosures.answers.zeros import find_zeros
from gradcli.enclosures.process import search as module
from gradcli.enclosures.process.search import search_zeros
from gradcli.enclosures.protocol import Search, Zeros
from gradcli.errors import Problem
from gradcli.process.refusal import NotChecked


def zeros(source: str, start: float, stop: float, orders: tuple[int, ...] = (0,), **options: object) -> Zeros:
    return find_zeros(Search(source, {}, "x", start, stop, orders, **options))  # type: ignore[arg-type]  # a test's own


def places(found: Zeros, order: int = 0) -> list[float]:
    return [zero.x for zero in found.zeros if zero.order == order]


@pytest.mark.parametrize("source", ["sin(41*pi*x)", "sin(41*pi*x)*exp(x)", "cos(41*pi*x - pi/2)"])
def test_none_of_many_zeros_is_missed(source: str) -> None:
    found = zeros(source, 0.01, 0.99)
    assert (len(found.zeros), found.undecided, found.complete) == (40, (), True)
    with mpmath.workdps(40):
        pi = mpmath.mpf(math.pi)
        shift = mpmath.mpf(math.pi / 2) if "cos" in source else mpmath.pi / 2
        expected = [float((mpmath.pi * k - mpmath.pi / 2 + shift) / (41 * pi)) for k in range(1, 41)]
    assert places(found) == expected  # the nearest float64s, not one beside


def test_as_many_roots_as_sturm_counts() -> None:
    draw = random.Random(3)
    x = Symbol("x")
    for _ in range(12):
        coefficients = [draw.randint(-64, 64) / 64 for _ in range(draw.randint(3, 8))]
        source = " + ".join(f"({c!r})*x**{k}" for k, c in enumerate(coefficients))
        polynomial = Poly([Rational(c) for c in reversed(coefficients)], x)
        if polynomial.degree() < 1:
            continue
        found = zeros(source, -3.0, 3.0, (0, 1))
        assert (found.undecided, found.complete) == ((), True), source
        for order in (0, 1):
            assert len(places(found, order)) == polynomial.diff((x, order)).count_roots(-3, 3), source


@pytest.mark.parametrize(
    ("source", "order", "expected"),
    [
        ("x**2 - 2*x + 1", 0, [(1.0, 1, 1)]),
        ("x**3", 0, [(0.0, -1, 1)]),
        ("x**3", 1, [(0.0, 1, 1)]),
        ("(x - 1)**2*(x + 0.5)**3", 0, [(-0.5, -1, 1), (1.0, 1, 1)]),
        ("x**20 - x**12", 0, [(-1.0, 1, -1), (0.0, -1, -1), (1.0, -1, 1)]),
        ("(x - 1)**2 + 1e-20", 0, []),
        ("(x - 1)**2 - 1e-20", 0, [(0.9999999999, 1, -1), (1.0000000001, -1, 1)]),
        ("exp(-(1e4*(x - 0.3712))**2)", 1, [(0.3712, 1, -1)]),
        ("sin(pi*x)", 0, [(-1.0, 1, -1), (0.0, -1, 1), (1.0, 1, -1), (2.0, -1, 1)]),
        ("log(abs(x) + 2)*(x - 0.1)", 0, [(0.1, -1, 1)]),
    ],
)
def test_zeros_with_their_signs(source: str, order: int, expected: list[tuple[float, int, int]]) -> None:
    found = zeros(source, -1.0, 2.0, (order,))
    assert [(zero.x, zero.left, zero.right) for zero in found.zeros] == expected
    assert all(stretch.low < 0 < stretch.high for stretch in found.undecided)  # the kink of abs
    assert found.complete


def test_what_is_not_known_is_a_stretch_with_its_signs() -> None:
    (kink,) = zeros("abs(x - 0.3)", -1.0, 1.0, (1,)).undecided
    assert kink.low < 0.3 < kink.high < kink.low + 1e-12
    assert (kink.left, kink.right) == (-1, 1)
    touching = zeros("sin(x)**2", 3.0, 3.5)
    assert touching.zeros == ()
    (near,) = touching.undecided
    assert near.low < math.pi < near.high
    assert (near.left, near.right) == (1, 1)


def test_a_search_without_end_tells_where_it_did_not_look() -> None:
    found = zeros("sin(1/x)", 1e-3, 1.0, most=500)
    assert not found.complete
    known = [1 / (math.pi * k) for k in range(1, 318)]
    open_ = [(one.low, one.high) for one in found.undecided]
    for x in known:
        assert any(abs(zero - x) < 1e-15 for zero in places(found)) or any(a <= x <= b for a, b in open_), x


def test_where_there_is_no_value_there_is_no_long_search() -> None:
    found = zeros("sqrt(x - 1)*(x - 2)", -50.0, 3.0)
    assert places(found) == [2.0]
    assert found.complete
    assert all(one.high < 1 + 1e-10 for one in found.undecided)


@pytest.mark.parametrize(("start", "zeros_of_slope"), [(-3.0, [-1.0]), (-1.0, [])])
def test_a_zero_that_no_precision_tells_at_an_end(start: float, zeros_of_slope: list[float]) -> None:
    found = zeros("x*exp(x)", start, 1.0, (1,))
    assert places(found, 1) == zeros_of_slope
    assert all(one.low == -1.0 and one.high - one.low < 1e-15 for one in found.undecided)


def test_next_to_a_gap_the_search_is_short() -> None:
    gap = (-5e-324, 5e-324)
    found = zeros("(1 - cos(x))/x**2", -1.0, 1.0, (1,), gaps=(gap,))
    assert (found.zeros, found.complete) == ((), True)
    (around,) = found.undecided
    assert (around.left, around.right) == (1, -1)
    assert around.high - around.low < 1e-10
    assert zeros("abs(x)*exp(x)", -0.5, 1.0, (0, 1), gaps=(gap,), most=150).complete


def test_what_is_zero_all_along_or_below_every_float64_is_flat() -> None:
    found = zeros("3 + 0*x", 0.0, 1.0, (0, 1))
    assert found.zeros == ()
    assert [(one.order, one.low, one.high) for one in found.flat] == [(1, 0.0, 1.0)]
    assert [(one.low, one.high) for one in zeros("exp(-1e6 - x)", 0.0, 1.0).flat] == [(0.0, 1.0)]


def test_gaps_are_not_looked_into_and_entries_are_told_apart() -> None:
    found = zeros("[sin(x), cos(x), 1/x]", -2.0, 2.0, (0,), gaps=((-0.5, 0.5),))
    assert [(zero.output, zero.x) for zero in found.zeros] == [(1, -math.pi / 2), (1, math.pi / 2)]
    assert [(one.output, one.low, one.high) for one in found.undecided] == [(k, -0.5, 0.5) for k in range(3)]


def test_powers_of_ten_count_where_they_are_to() -> None:
    found = zeros("log(x)*(x - 1e-200)", 1e-300, 2.0, (0,), log=True)
    assert places(found) == [1e-200, 1.0]
    assert found.undecided == ()


def test_the_process_answers_or_says_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    search = Search("k*x - 1", {"k": 4.0}, "x", 0.0, 1.0, (0,))
    found = search_zeros(search, 60, late=True)
    assert isinstance(found, Zeros)
    assert places(found) == [0.25]
    refused = search_zeros(search._replace(source="k*x -"), 60, late=True)
    assert isinstance(refused, NotChecked)
    with pytest.raises(Problem):
        find_zeros(search._replace(source="k*x -"))
    monkeypatch.setattr(module, "is_available", lambda: False)
    missing = search_zeros(search, 60)
    assert isinstance(missing, NotChecked)
    assert "python-flint is not installed" in missing.reason

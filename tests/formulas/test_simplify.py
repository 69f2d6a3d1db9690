"""The shortest form of a formula: equal, of the same domain or told where not, and shorter than SymPy's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sympy

from gradcli.formulas import reading_length
from gradcli.lang import parse
from gradcli.symbolic import Oracle
from gradcli.symbolic.protocol.rewriting import Rewriting
from gradcli.symbolic.rewriting.domains import Domain
from gradcli.symbolic.rewriting.forms import forms
from gradcli.symbolic.rewriting.normal import normal
from gradcli.symbolic.rewriting.reading import read
from gradcli.symbolic.rewriting.writing import write
from gradcli.transforms.claims.confirm import confirm
from gradcli.transforms.operators.diff import diff
from gradcli.transforms.operators.simplify import simplify
from tests.cli.runner import gradcli

A, X, Y = sympy.symbols("a x y", real=True)


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    with Oracle.start() as started:
        yield started


@pytest.mark.parametrize(
    ("text", "formula", "where"),
    [
        ("sin(x)**2", "sin(2*x)", ()),
        ("x**2/x", "1", ("x != 0",)),
        ("sqrt(x)*sqrt(x)", "1", ("x > 0",)),
        ("exp(log(x))*x", "2*x", ("x > 0",)),
        ("log(x**2)", "2/x", ()),
        ("log(x)", "1/x", ()),
        ("x**3*(a*x)**n", "x**2*(a*x)**n*(n + 3)", ("a != 0", "x != 0")),
        ("atan(x) + x/(1 + x**2)", "2/(1 + x**2)**2", ()),
        ("x*asinh(a*x) - sqrt(1 + a**2*x**2)/a", "asinh(a*x)", ("a != 0",)),
        ("where(x > 0, x**2/x, 0)", None, ()),
        ("max(x, y)*x", None, ()),
        ("x**0.1*x", "1.1*x**0.1", ("x > 0",)),
        ("0.1*x**2*3", "0.6*x", ()),
        ("x**2/10", "x/5", ()),
        ("hypot(x, y)*x/x", "x/sqrt(x**2 + y**2)", ("x != 0",)),
    ],
)
def test_shortest(oracle: Oracle, text: str, formula: str | None, where: tuple[str, ...]) -> None:
    derived = diff(text, wrt=["x"], guarded=False)
    found = simplify(derived, oracle, 60)
    expected = derived.formulas[0].text if formula is None else formula
    assert (found.formulas[0].text, found.formulas[0].where) == (expected, where)
    assert confirm(found, oracle, 60).verdict in ("proved", "equal")


def test_without_room_beside_it_the_domain_stays(oracle: Oracle) -> None:
    found = simplify(diff("x**2/x", guarded=False), oracle, 60, beside=False)
    assert found.formulas[0].where == ()
    assert read(found.formulas[0].text).domain.told() == ["x != 0"]


def test_entries_of_a_jacobian(oracle: Oracle) -> None:
    derived = diff("[sin(x)**2*y, cos(x)**2 + y]", "jacobian", guarded=False)
    found = simplify(derived, oracle, 60).formulas[0]
    assert found.text == "[[y*sin(2*x), sin(x)**2], [-sin(2*x), 1]]"


def test_higher_orders_keep_their_label(oracle: Oracle) -> None:
    found = simplify(diff("sin(x)**2", "derivative", order=2, guarded=False), oracle, 60).formulas[0]
    assert (found.label, found.text) == ("d2f/dx2", "2*cos(2*x)")


def test_letters_of_shapes_are_left_alone(oracle: Oracle) -> None:
    derived = diff("x@A@x", shapes={"x": ("n",), "A": ("n", "n")})
    assert simplify(derived, oracle, 60) == derived


@pytest.mark.parametrize(
    ("first", "second", "missing"),
    [
        ("log(x**2)", "2*log(x)", ["x > 0"]),  # narrower
        ("2*log(x)", "log(x**2)", []),
        ("1/x", "1/(x*(x**2 + 1))", []),
        ("1/(x**2 - 1)", "1/(x - 1)", []),
        ("1/(x - 1)", "1/(x**2 - 1)", ["x + 1 != 0"]),
        ("sqrt(x)/x", "1/sqrt(x)", []),
        ("sqrt(x*y)", "sqrt(x)*sqrt(y)", ["x >= 0", "y >= 0"]),
        ("1/tan(x)", "1/sin(x)", []),
        ("tan(x)", "1/(1 - sin(x)**2)", []),
        ("1/(sqrt(x + 1) - 1)/(sqrt(x + 1) + 1)", "1/x", []),
        ("x**(k - 1)", "x**k", []),
        ("x**k", "x**(k - 1)", ["x != 0"]),
        ("asin(x)", "sqrt(1 - x**2)", []),
        ("1/(x**2 - sqrt(2))", "1/(x**4 - 2)", []),
        ("sqrt(x)", "sqrt(sin(x) + 1)", []),
    ],
)
def test_what_a_domain_asks_for_beyond_another(first: str, second: str, missing: list[str]) -> None:
    one, other = read(first).domain, read(second).domain
    assert other.told(one.lacks(other)) == missing


def test_nothing_narrower_is_offered() -> None:
    for form in forms(Rewriting(("log(x**2)", "sqrt(x**2*y)", "x**k*x", "1/(x**2 + x) + 1/x"))):
        text = ("log(x**2)", "sqrt(x**2*y)", "x**k*x", "1/(x**2 + x) + 1/x")[form.formula]
        assert read(text).domain.lacks(read(form.text).domain) == [], form


@pytest.mark.parametrize(
    ("expression", "form"),
    [
        (1 / (sympy.sqrt(X) - 1) - 1 / (sympy.sqrt(X) + 1), 2 / (X - 1)),
        (sympy.sqrt(1 + A * X) ** 3 / (1 + A * X) ** 2, 1 / sympy.sqrt(A * X + 1)),
        (sympy.exp(X) * sympy.exp(-2 * X), sympy.exp(-X)),
        ((1 - sympy.sin(X) ** 2) / sympy.cos(X), sympy.cos(X)),
    ],
)
def test_normal_form(expression: sympy.Expr, form: sympy.Expr) -> None:
    assert normal(expression) == form


@pytest.mark.parametrize(
    "expression",
    [
        -X / 2,
        sympy.sqrt(X) / Y,
        X ** sympy.Rational(-3, 2),
        sympy.exp(-X) * sympy.pi,
        1 - X - Y,
        -(X + Y) * A,
        sympy.Abs(X) ** X,
    ],
)
def test_what_is_written_reads_back(expression: sympy.Expr) -> None:
    assert sympy.simplify(read(write(expression, {})).expression - expression) == 0


def test_conditions_are_told_without_repetition() -> None:
    domain = Domain()
    domain.positive(X * Y**2)
    domain.nonzero(X * Y)
    assert domain.told() == ["y != 0", "x > 0"]


def test_a_terminal_gets_the_short_form_and_a_pipe_ours() -> None:
    told = gradcli('diff "sin(x)**2"', terminal=True).stdout
    assert told.splitlines()[0] == "df/dx = sin(2*x)"
    assert gradcli('diff "sin(x)**2" --no-check').stdout == "df/dx = 2*cos(x)*sin(x)\n"
    assert gradcli('diff "sin(x)**2" --no-check --simplify on').stdout == "df/dx = sin(2*x)\n"
    assert gradcli('diff "sin(x)**2" -q --simplify on --no-check', terminal=True).stdout == "sin(2*x)\n"
    assert gradcli('diff "sin(x)**2" --simplify off --no-check', terminal=True).stdout == "df/dx = 2*cos(x)*sin(x)\n"


def test_conditions_stand_beside_the_formula() -> None:
    assert gradcli('diff "x**2/x" --no-check --simplify on').stdout == "df/dx = 1\n  where x != 0\n"
    assert gradcli('diff "x**2/x" --no-check --simplify on --format markdown').stdout.endswith("\nWhere `x != 0`.\n")
    assert '"where": ["x != 0"]' in gradcli('diff "x**2/x" --no-check --simplify on --json').stdout


@pytest.mark.parametrize("seconds", ["0", "-1", "soon"])
def test_seconds_must_be_a_number(seconds: str) -> None:
    found = gradcli(["diff", "x**2", "--simplify-timeout", seconds])
    assert found.status == 2
    assert "--simplify-timeout" in found.stderr


# Derivatives from the corpora, with the shorter of what SymPy's diff and simplify(diff) give.
@pytest.mark.parametrize(
    ("text", "theirs"),
    [
        ("x**2*exp(x)", "x*(x + 2)*exp(x)"),
        ("-(-asin(X/sqrt(7)))", "1/sqrt(7 - X**2)"),
        ("x*acos(x) - sqrt(1 - x**2)", "acos(x)"),
        ("log(x + sqrt(x**2 + 1))", "1/sqrt(x**2 + 1)"),
        ("4/3*(-1+x)*(2+x)/((-1+x)**3*(2+x)**5)**(1/4)", "((x - 1)**3*(x + 2)**5)**(-1/4)"),
        ("coth(x)-2/3*coth(x)**3+1/5*coth(x)**5", "-1/sinh(x)**6"),
        ("-1/2*atan(x/2**(1/4))/2**(3/4)-1/2*atanh(x/2**(1/4))/2**(3/4)", "1/(x**4 - 2)"),
    ],
)
def test_no_longer_than_sympys(oracle: Oracle, text: str, theirs: str) -> None:
    found = simplify(diff(text, guarded=False), oracle, 60).formulas[0]
    assert reading_length(found.program) <= reading_length(parse(theirs)), found.text

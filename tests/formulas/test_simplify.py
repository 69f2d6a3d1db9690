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
from gradcli.symbolic.rewriting.respelling import respelled
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
        ("tan(pi/4 + A*X/2)/A", "1/(1 - sin(A*X))"),
        ("asec(2*x)", "1/(x**2*sqrt(4 - 1/x**2))"),
        ("tan(x)", "cos(x)**(-2)"),
        ("log(sin(x)) + cot(x)**2/2", "-1/tan(x)**3"),
        ("1/128*atan(1/4*sqrt(-16+x**2))+1/32*sqrt(-16+x**2)/x**2", "1/(x**3*sqrt(x**2 - 16))"),
        ("a**(2*k*x)/(2*k*log(a)) + a**(2*l*x)/(2*l*log(a))", "a**(2*k*x) + a**(2*l*x)"),
        ("asec(X/sqrt(2))/sqrt(2)", "1/(X**2*sqrt(1 - 2/X**2))"),
        ("1/14*x**(14*n)*(b + c*x**n)**14/n", "x**(14*n - 1)*(b + c*x**n)**13*(b + 2*c*x**n)"),
        (
            "-2*atan(sqrt(-a+b*(c*x)**n)/sqrt(a))/(a**(3/2)*n)-2/(a*n*sqrt(-a+b*(c*x)**n))",
            "1/(x*(-a + b*(c*x)**n)**(3/2))",
        ),
        (
            "2*n**2*(d*x)**(1+m)/(d*(1+m)**3)-2*n*(d*x)**(1+m)*(a+log(x**n))/(d*(1+m)**2)+(d*x)**(1+m)*(a+log(x**n))**2/(d*(1+m))",
            "(d*x)**(m + 1)*(a + log(x**n))**2/(d*x)",
        ),
        ("-1/2*atan(x/2**(1/4))/2**(3/4)-1/2*atanh(x/2**(1/4))/2**(3/4)", "1/(x**4 - 2)"),
    ],
)
def test_no_longer_than_sympys(oracle: Oracle, text: str, theirs: str) -> None:
    wrt = ["X" if "X" in text else "x"]
    found = simplify(diff(text, wrt=wrt, guarded=False), oracle, 60).formulas[0]
    assert reading_length(found.program) <= reading_length(parse(theirs)), found.text


def test_absolute_values_and_even_powers_say_the_same() -> None:
    """A form by one of them is neither of another domain than one by the other, nor told as such."""
    by_size, by_square = read("1/sqrt((2*abs(x) - 1)*(2*abs(x) + 1))").domain, read("1/sqrt(4*x**2 - 1)").domain
    assert not by_size.lacks(by_square)
    assert not by_square.lacks(by_size)
    assert by_size.lacks(read("1/sqrt(4*x**2 - 2)").domain)
    assert by_size.lacks(read("1/(x**2 - 2)").domain)
    assert read("1/(abs(x) - 1)").domain.lacks(read("1/sqrt(x**2 - 1)").domain)


def test_functions_and_their_reciprocals_say_the_same() -> None:
    for one, other in (("1/sqrt(a + a*csc(x))", "1/sqrt(a + a/sin(x))"), ("log(sec(x))", "log(cos(x))")):
        first, second = read(one).domain, read(other).domain
        assert not first.lacks(second)
        assert not second.lacks(first)
    assert read("csc(x)").domain.lacks(read("sec(x)").domain)
    both = read("1/((1 - sin(x))*(1 + sin(x)))").domain
    assert not both.lacks(read("1/cos(x)").domain)
    assert read("1/(1 + sin(x))").domain.lacks(read("1/cos(x)").domain)


@pytest.mark.parametrize(
    "expression",
    [
        sympy.cos(X) ** 3 / ((sympy.sin(X) - 1) ** 2 * (1 + sympy.sin(X))),
        (1 - sympy.cos(X)) * (sympy.cos(X) + 1) ** 2 * Y + 1 / sympy.tan(Y),
        Y * (1 - sympy.sin(X) ** 2) / sympy.sinh(Y) ** 3,
        (sympy.cos(X) ** 2 - 1) ** 2 + (1 - sympy.sin(Y)) / (1 + sympy.sin(Y)),
    ],
)
def test_other_spellings_are_equal(expression: sympy.Expr) -> None:
    found = list(respelled(expression))
    assert found
    for other in found:
        difference = (other - expression).subs({X: sympy.Rational(7, 5), Y: sympy.Rational(3, 11)})
        assert abs(difference.evalf(30, chop=False)) < 1e-25


def test_points_are_found_far_from_zero(oracle: Oracle) -> None:
    derived = diff("atan(sqrt(x**2 - 400)/20)/20", guarded=False)
    assert simplify(derived, oracle, 60).formulas[0].text in ("1/(x*sqrt(x**2 - 400))", "1/(sqrt(x**2 - 400)*x)")


def test_half_angles() -> None:
    tangent = read("tan(x/2)").domain
    assert not tangent.lacks(read("1/(1 + cos(x))").domain)
    assert tangent.lacks(read("1/(1 - cos(x))").domain)
    assert not read("1/sin(x/2)").domain.lacks(read("1/(1 - cos(x))").domain)


def test_sums_of_what_is_positive() -> None:
    known = read("sqrt(a)/a*log(b - a)").domain
    assert not known.lacks(read("log(b)").domain)
    assert known.lacks(read("log(b - 2*a)").domain)


def test_a_form_that_loses_a_guard_is_not_meant_there(oracle: Oracle) -> None:
    found = simplify(diff("1/14*x**(14*n)*(b + c*x**n)**14/n", wrt=["x"], guarded=False), oracle, 60).formulas[0]
    assert {"n != 0", "x != 0"} <= set(found.where)


def test_conditions_and_exponents_are_no_terms_to_tell_of() -> None:
    for text, of, wrt, order in (("x**k", "derivative", ["x"], 2), ("x**y", "hessian", None, 1)):
        (formula,) = diff(text, of, wrt, order=order, guarded=False).formulas  # type: ignore[arg-type]  # the words above
        parts = [part for _, part in formula.omissions]
        assert parts
        assert [
            part for part in parts if "==" in part or ">=" in part or ("**" not in part and "log" not in part)
        ] == []

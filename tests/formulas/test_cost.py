"""What formulas cost: operations, and the time to find them."""

from __future__ import annotations

import time

import numpy as np
import pytest

from gradcli.errors import UsageProblem
from gradcli.formulas import cost, gradient, hessian, interpret, jacobian
from gradcli.lang import parse
from gradcli.ops import TABLE
from gradcli.ops.calls.resolve import resolve
from gradcli.transforms.operators.diff import diff
from tests import corpora
from tests.formulas.programs import meaning_of, names_of

LIMIT = 4.0


GUARDED = {
    "-1/9*n*p*x**3+1/3*x**3*log(c*(b*x**n)**p)": 4.09,
    "1/3*(a*x**m+b*log(c*x**n)**q)**3": 4.36,
    "(b*x**n+c*x**(2*n))**(1+p)/(c*n*(1+p)*x**(n*(1+p)))": 4.5,
    "k*F**(c*(a+b*x))*log(d*x)**(1+n)/x**2": 4.53,
    "k*F**(c*(a+b*x))*x**(1+m)*log(d*x)**(1+n)": 4.96,
}
"""Powers of what may be 0, where the value is finite: 0**0 is 1 and its partials are 0, which two choices see to."""


def _ratio(text: str, point: dict[str, float]) -> float | None:
    """The operations of value and gradient, as they are run, over those of the value; None for a short program."""
    meaning = interpret(resolve(parse(text)), dict.fromkeys(point, ()), simplified=True)
    value = cost(meaning.graph, meaning.entries)
    if value < 20:
        return None
    return cost(meaning.graph, [*meaning.entries, *gradient(meaning, list(point))]) / value


@pytest.mark.parametrize("file", corpora.SCALAR_FILES)
def test_gradients_of_corpora(file: str) -> None:
    for case in list(corpora.cases(file))[:: 31 if "core" in file else 7]:
        ratio = _ratio(case.expression, case.point)
        assert ratio is None or ratio <= GUARDED.get(case.expression, LIMIT), case.expression


@pytest.mark.parametrize("text", GUARDED)
def test_guards_of_powers_cost_more_and_are_needed(text: str) -> None:
    """Without them the derivative would have no value where the program has one."""
    ratio = _ratio(text, dict.fromkeys(names_of(text), 1.0))
    assert ratio is not None
    assert LIMIT < ratio <= GUARDED[text]


def test_long_programs_cost_less_than_three_times_their_value() -> None:
    text = "; ".join(["s0 = x*y", *[f"s{i} = sin(s{i - 1})*x + s{i - 1}/(1 + y**2)" for i in range(1, 200)], "s199"])
    ratio = _ratio(text, {"x": 0.3, "y": 0.2})
    assert ratio is not None
    assert ratio <= 3


def test_a_jacobian_takes_the_cheaper_mode() -> None:
    wide = meaning_of("sum(sin(x))", {"x": [0.1] * 8})
    assert cost(wide.graph, jacobian(wide, ["x"])[0]) == 8 * 4
    tall = meaning_of("[sin(x*i) for i in range(8)]", {"x": 0.1})
    rows = jacobian(tall, ["x"])
    assert len(rows) == 8
    assert cost(tall.graph, [node for row in rows for node in row]) <= 8 * 6


def test_too_large_derivatives_are_refused_before_they_are_made() -> None:
    meaning = meaning_of("A@x", {"A": np.ones((60, 60)), "x": np.ones(60)})
    with pytest.raises(UsageProblem, match="the Jacobian has 216,000 entries, a formula takes 10,000"):
        jacobian(meaning, ["A"])
    with pytest.raises(UsageProblem, match="the Hessian has 13,395,600 entries"):
        hessian(meaning_of("sum(A@x)", {"A": np.ones((60, 60)), "x": np.ones(60)}), ["A", "x"])


def test_the_cost_is_linear_in_the_length() -> None:
    costs = []
    for n in (100, 200, 400):
        text = "; ".join(["a0 = x + y", *[f"a{i} = a{i - 1}*a{i - 1} - x/a{i - 1}" for i in range(1, n)], f"a{n - 1}"])
        meaning = meaning_of(text, {"x": 0.3, "y": 0.2})
        costs.append(cost(meaning.graph, [*meaning.entries, *gradient(meaning, ["x", "y"])]))
    assert costs[2] - costs[1] == 2 * (costs[1] - costs[0])


def test_deep_programs_need_no_recursion() -> None:
    """And are quick: 20,000 operations, in CPU time."""
    started = time.process_time()
    meaning = meaning_of("+".join(f"sin({i}*x)" for i in range(5_000)), {"x": 0.1})
    gradient(meaning, ["x"])
    nested = "x" + "*y + x" * 3_000
    meaning = meaning_of(nested, {"x": 0.1, "y": 0.2})
    gradient(meaning, ["x", "y"])
    assert time.process_time() - started < 10


def test_what_is_shared_deeply_is_written_as_statements() -> None:
    """Without them the formula would have 2**400 names."""
    text = "; ".join(["a0 = x*y", *[f"a{i} = sin(a{i - 1})*a{i - 1}" for i in range(1, 400)], "a399"])
    found = diff(text, wrt=["x"]).formulas[0].text
    assert len(found) < 40_000
    assert found.count(";") > 400


def test_partials_that_are_not_looked_up_are_those_of_the_table() -> None:
    told = {name: TABLE[name].partials for name in ("add", "sub", "mul", "neg", "pos")}
    assert told == {"add": ("1", "1"), "sub": ("1", "-1"), "mul": ("y", "x"), "neg": ("-1",), "pos": ("1",)}
    assert TABLE["div"].partials == ("1/y", "-(x/y)/y")

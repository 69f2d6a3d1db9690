from __future__ import annotations

import math

import pytest

from gradcli.symbolic import NotChecked, Question
from gradcli.symbolic.answers.solve import solve
from tests.symbolic.asking import gradient, jacobian, numbers


def test_polynomial() -> None:
    answer = gradient("x**2 - 2*x + 1", x=0.0)
    assert numbers(answer.values) == [1.0]
    assert numbers(answer.derivatives) == [-2.0]
    assert (answer.total, answer.sampled) == (1, False)


def test_jacobian_is_ordered_by_output_then_variable() -> None:
    answer = jacobian("[x1**2 + 3*x2, x2**2 + 2*x1]", x1=2.0, x2=3.0)
    assert numbers(answer.values) == [13.0, 13.0]
    assert [(t.address.output, t.address.by[0].name, t.high) for t in answer.derivatives] == [
        (0, "x1", 4.0), (0, "x2", 3.0), (1, "x1", 2.0), (1, "x2", 6.0),
    ]  # fmt: skip


ARRAYS = [
    ("sum(x**2)", [3.0, 4.0], 25.0, [6.0, 8.0]),
    ("prod(x)", [3.0, 0.0], 0.0, [0.0, 3.0]),
    ("norm(x)", [3.0, 4.0], 5.0, [0.6, 0.8]),
    ("mean(x)", [3.0, 5.0], 4.0, [0.5, 0.5]),
    ("max(x)", [3.0, 5.0], 5.0, [0.0, 1.0]),
    ("min(x)", [3.0, 5.0], 3.0, [1.0, 0.0]),
    ("x @ x", [3.0, 5.0], 34.0, [6.0, 10.0]),
    ("dot(x, [1, 2])", [3.0, 5.0], 13.0, [1.0, 2.0]),
    ("sum(outer(x, x))", [3.0, 5.0], 64.0, [16.0, 16.0]),
    ("x[1] - x[0]", [3.0, 5.0], 2.0, [-1.0, 1.0]),
    ("x[-1]*len(x)", [3.0, 5.0], 10.0, [0.0, 2.0]),
    ("sum(x[::-1]*arange(2))", [3.0, 5.0], 3.0, [1.0, 0.0]),
    ("sum(x[x > 4])", [3.0, 5.0], 5.0, [0.0, 1.0]),
    ("sum(x[i]**2 for i in range(len(x)))", [3.0, 5.0], 34.0, [6.0, 10.0]),
    ("sum(where(x > 4, x**2, x))", [3.0, 5.0], 28.0, [1.0, 10.0]),
    ("trace(x)", [[1.0, 2.0], [3.0, 4.0]], 5.0, [1.0, 0.0, 0.0, 1.0]),
    ("(x.T @ [1, 2])[0]", [[1.0, 2.0], [3.0, 4.0]], 7.0, [1.0, 0.0, 2.0, 0.0]),
    ("reshape(x, [4])[2]", [[1.0, 2.0], [3.0, 4.0]], 3.0, [0.0, 0.0, 1.0, 0.0]),
    ("max(x, axis=0)[0] + sum(x, axis=1)[0]", [[1.0, 2.0], [3.0, 4.0]], 6.0, [1.0, 1.0, 1.0, 0.0]),
    ("sum(x*mean(x, axis=1, keepdims=True))", [[1.0, 3.0], [2.0, 4.0]], 26.0, [4.0, 4.0, 6.0, 6.0]),
    ("sum(concatenate(x, 2*x)) + sum(stack(x, x)[0])", [1.0, 2.0], 12.0, [4.0, 4.0]),
    ("sum(broadcast_to(x, [3, 2]) @ ones([2]))", [1.0, 2.0], 9.0, [3.0, 3.0]),
    ("sum(x @ eye(2) + zeros([2]) + linspace(0, 1, 2))", [1.0, 2.0], 4.0, [1.0, 1.0]),
]


@pytest.mark.parametrize(("source", "x", "value", "expected"), ARRAYS, ids=[case[0] for case in ARRAYS])
def test_arrays(source: str, x: list[float], value: float, expected: list[float]) -> None:
    answer = gradient(source, x=x)
    assert numbers(answer.values) == [value]
    assert numbers(answer.derivatives) == expected


def test_gradient_of_an_array_is_that_of_its_weighted_sum() -> None:
    answer = gradient("x**2", seed=[[1.0, 0.5], [0.0, 2.0]], x=[[1.0, 2.0], [3.0, 4.0]])
    assert numbers(answer.values) == [1.0, 4.0, 9.0, 16.0]
    assert numbers(answer.derivatives) == [2.0, 2.0, 0.0, 16.0]


def test_gradient_of_an_array_needs_a_seed() -> None:
    reply = solve(Question("[x, x]", {"x": 1.0}, ("x",), "gradient"))
    assert reply == NotChecked("the value has shape (2,) and there is no seed for it")


@pytest.mark.parametrize(
    ("source", "slope"),
    [
        ("[x**2]", 6.0),
        ("outer(x, x)", 6.0),
        ("tril(cumsum(x))", 1.0),
        ("reshape(x**2, (1, 1, 1))", 6.0),
        ("argsort(x)", 0.0),
    ],
)
def test_an_array_of_one_entry_is_a_number(source: str, slope: float) -> None:
    assert numbers(gradient(source, x=3.0).derivatives) == [slope]


def test_only_the_variables_asked_for() -> None:
    answer = gradient("a*x + y", wrt=("y", "a"), a=2.0, x=3.0, y=4.0)
    assert [(t.address.by[0].name, t.high) for t in answer.derivatives] == [("a", 3.0), ("y", 1.0)]


def test_names_of_constants_may_be_variables() -> None:
    answer = gradient("e*pi", wrt=("e",), e=2.0)
    assert numbers(answer.derivatives) == [math.pi]


def test_matrix_product_entry_by_entry() -> None:
    answer = jacobian("a @ b", a=[[1.0, 2.0], [3.0, 4.0]], b=[5.0, 6.0])
    rows = [[t.high for t in answer.derivatives if t.address.output == i] for i in range(2)]
    assert rows == [[5.0, 6.0, 0.0, 0.0, 1.0, 2.0], [0.0, 0.0, 5.0, 6.0, 3.0, 4.0]]


def test_many_entries_are_sampled_evenly() -> None:
    answer = jacobian("x**2", limit=5, x=[float(i) for i in range(30)])
    assert (answer.total, answer.sampled) == (900, True)
    places = [(t.address.output, t.address.by[0].entry) for t in answer.derivatives]
    assert places == [
        (0, 0),
        (7, 14),
        (14, 29),
        (22, 14),
        (29, 29),
    ]
    assert [t.address.output for t in answer.values] == [0, 7, 14, 21, 29]
    assert numbers(answer.derivatives) == [0.0, 0.0, 0.0, 0.0, 58.0]


def test_too_many_operations() -> None:
    reply = solve(Question("sum(sin(x*i) for i in range(15000))", {"x": 1.0}, ("x",), "gradient"))
    assert reply == NotChecked("the program has 30,002 operations, the check takes 20,000")


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ("a = x; " + "a = 3.75*a*(1 - a); " * 60 + "a", 0.5625, None),
        ("sin(" * 400 + "x" + ")" * 400, 0.5, None),
        (" + ".join(["x*x"] * 2000), 1.0, 4000.0),
        ("a = x; " + "a = a + a; " * 60 + "a", 1.0, 2.0**60),
    ],
    ids=["iteration", "nesting", "long sum", "doubling"],
)
def test_large_programs_stay_feasible(source: str, value: float, expected: float | None) -> None:
    (found,) = numbers(gradient(source, x=value).derivatives)
    assert math.isfinite(found) if expected is None else found == expected


def test_chain_rule_over_shared_subexpressions_is_the_derivative() -> None:
    steps = 20
    found = numbers(gradient("a = x; " + "a = 3.75*a*(1 - a); " * steps + "a", x=0.5625).derivatives)[0]
    a, slope = 0.5625, 1.0
    for _ in range(steps):
        a, slope = 3.75 * a * (1 - a), slope * 3.75 * (1 - 2 * a)
    assert found == pytest.approx(slope, rel=1e-9)


def test_stages_are_reported() -> None:
    stages: list[str] = []
    solve(Question("x", {"x": 1.0}, ("x",), "gradient"), stages.append)
    assert stages == [
        "reading the program",
        "evaluating the program in numbers",
        "evaluating the program on symbols",
        "differentiating, entry 1 of 1",
        "evaluating, entry 1 of 1",
    ]

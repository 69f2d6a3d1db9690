"""The plain tree."""

from __future__ import annotations

import numpy as np

from gradcli.render import Style, render
from gradcli.transforms.results.graph import Graph
from tests.render import samples
from tests.render.samples import computed, constant, leaf


def lines(result: Graph, depth: int | None = None) -> list[str]:
    return render(result, None, Style("plain", depth=depth)).splitlines()


def test_names_values_and_gradients() -> None:
    assert lines(samples.PRODUCT) == [
        "a*b  MulBackward0  value=6.0  grad=1.0",
        "  a = w + x  AddBackward0  value=3.0  grad=2.0",
        "    w  leaf  value=1.0  grad=5.0  requires_grad",
        "    x  leaf  value=2.0  grad=2.0  requires_grad",
        "  b = w + 1  AddBackward0  value=2.0  grad=3.0",
        "    w  (above)",
        "    1.0  constant",
    ]


def test_a_cut_is_counted() -> None:
    assert lines(samples.PRODUCT, depth=1) == [
        "a*b  MulBackward0  value=6.0  grad=1.0",
        "  a = w + x  AddBackward0  value=3.0  grad=2.0",
        "    ... 2 more nodes",
        "  b = w + 1  AddBackward0  value=2.0  grad=3.0",
        "    ... 1 more node",
    ]


def test_a_cut_that_hides_only_what_another_counts() -> None:
    shared = samples.graph(
        leaf("x", 1.0, 1.0), computed("Neg", "-x", -1.0, (0,)), computed("Abs", "abs(x)", 1.0, (0,)),
        computed("Add", "-x + abs(x)", 0.0, (1, 2)),
    )  # fmt: skip
    assert lines(shared, depth=1)[2:] == [
        "    ... 1 more node",
        "  abs(x)  AbsBackward0  value=1.0  grad=1.0",
        "    ... counted above",
    ]


def test_a_shared_node_without_a_name_gets_a_number() -> None:
    shared = samples.graph(
        leaf("x", 1.0, 4.0), computed("Exp", "exp(x)", 2.0, (0,), 4.0), computed("Mul", "exp(x)*exp(x)", 4.0, (1, 1))
    )
    assert lines(shared) == [
        "exp(x)*exp(x)  MulBackward0  value=4.0  grad=1.0",
        "  #1  exp(x)  ExpBackward0  value=2.0  grad=4.0",
        "    x  leaf  value=1.0  grad=4.0  requires_grad",
        "  #1 exp(x)  (above)",
    ]


def test_shared_nodes_of_one_name_get_numbers() -> None:
    twice = samples.graph(
        leaf("x", 1.0, 1.0),
        computed("Sin", "sin(x)", 1.0, (0,), name="a"),
        computed("Sin", "sin(a)", 1.0, (1,), name="a"),
        computed("Add", "", 1.0, (2, 2)),
    )
    told = lines(twice)
    assert told[1].startswith("  #1  a = sin(a)")
    assert told[2].startswith("    a = sin(x)")
    assert told[-1] == "  #1 a  (above)"


def test_constants_and_variables_that_are_not_differentiated_by() -> None:
    result = samples.graph(
        leaf("x", 1.0), leaf("pi", np.pi), constant("2", 2.0), computed("Stack", "[x, pi, 2]", 1.0, (0, 1, 2))
    )
    assert lines(result)[1:] == ["  x  leaf  value=1.0", "  pi  constant  value=3.141592653589793", "  2.0  constant"]


def test_arrays_are_whole_while_small_and_summarised_in_ascii_otherwise() -> None:
    big = np.linspace(-2.1, 3.4, 3000).reshape(1000, 3)
    result = samples.graph(leaf("x", np.array([1.0, 2.0]), np.zeros(2)), computed("Outer", "big", big, (0,), None))
    assert lines(result) == [
        "big  OuterBackward0  value=<1000x3, -2.1 .. 3.4>",
        "  x  leaf  value=[1.0, 2.0]  grad=[0.0, 0.0]  requires_grad",
    ]


def test_a_long_sub_expression_is_left_to_its_parts() -> None:
    result = samples.graph(leaf("x", 1.0), computed("Add", "x + " * 50 + "x", 51.0, (0,), name="total"))
    assert lines(result)[0] == "total  AddBackward0  value=51.0  grad=1.0"


def test_a_sub_expression_of_several_lines_is_told_on_one() -> None:
    result = samples.graph(leaf("x", 1.0), computed("Sum", "sum(x,\n  \x1b0)", 1.0, (0,)))
    assert lines(result)[0] == "sum(x, \ufffd0)  SumBackward0  value=1.0  grad=1.0"


def test_a_long_chain() -> None:
    told = lines(samples.chain(50_000))
    assert len(told) == 201
    assert told[-1].strip() == "... 49,800 more nodes"

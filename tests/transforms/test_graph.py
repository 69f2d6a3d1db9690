"""The graph of a computation: its nodes, their order, names and gradients."""

from __future__ import annotations

import pytest

from gradcli.transforms.operators.graph import graph
from gradcli.transforms.results.graph import Graph


def described(found: Graph) -> list[tuple[str, str, object, object]]:
    return [(node.op, node.name, node.value, node.grad) for node in found.nodes]


def test_shared_and_named_nodes() -> None:
    found = graph("a = w + x; b = w + 1; a*b", {"w": 1, "x": 2})
    assert described(found) == [
        ("", "w", 1.0, 5.0),
        ("", "x", 2.0, 2.0),
        ("AddBackward0", "a", 3.0, 2.0),
        ("", "", 1.0, None),
        ("AddBackward0", "b", 2.0, 3.0),
        ("MulBackward0", "", 6.0, 1.0),
    ]
    assert [node.inputs for node in found.nodes] == [(), (), (0, 1), (), (0, 3), (2, 4)]
    assert [node.is_leaf for node in found.nodes] == [True, True, False, True, False, False]


@pytest.mark.parametrize(
    ("expression", "root"),
    [("a = w + x; b = w + 1; a", "a"), ("w", "w"), ("a = w; a", "w"), ("b = w*x; a = b; a", "b")],
)
def test_the_result_is_the_last_node_and_nothing_else_is_drawn(expression: str, root: str) -> None:
    names = {"w": 1.0, "x": 2.0}
    given = {n: v for n, v in names.items() if n in expression}
    found = graph(expression, given)
    assert found.nodes[-1].name == root
    used = {i for node in found.nodes for i in node.inputs}
    assert used == set(range(len(found.nodes) - 1))


def test_constants_and_a_comparison_have_no_gradient() -> None:
    found = graph("x > 1", {"x": 2})
    assert described(found) == [("", "x", 2.0, None), ("", "", 1.0, None), ("greater", "", 1.0, None)]


def test_wrt_leaves_the_others_constant() -> None:
    found = graph("x*y", {"x": 2, "y": 3}, wrt=["y"])
    assert [(n.name, n.requires_grad, n.grad) for n in found.nodes] == [
        ("x", False, None),
        ("y", True, 2.0),
        ("", True, 1.0),
    ]


def test_without_gradients() -> None:
    assert all(node.grad is None for node in graph("x*x", {"x": 2}, with_grad=False).nodes)

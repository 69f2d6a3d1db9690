"""The tree that a terminal shows."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.render import Style, render
from gradcli.transforms.results.graph import Graph
from tests.render import samples
from tests.render.samples import computed, leaf


def seen(result: Graph, width: int = 100, unicode: bool = True, depth: int | None = None) -> str:
    return "\n" + render(result, None, Style("rich", width=width, unicode=unicode, depth=depth))


@pytest.mark.parametrize("width", [60, 100])
def test_a_graph(width: int) -> None:
    assert (
        seen(samples.PRODUCT, width)
        == """
a*b  MulBackward0  value 6.0  grad 1.0
├── a = w + x  AddBackward0  value 3.0  grad 2.0
│   ├── w  leaf  value 1.0  grad 5.0  requires_grad
│   └── x  leaf  value 2.0  grad 2.0  requires_grad
└── b = w + 1  AddBackward0  value 2.0  grad 3.0
    ├── → w (above)
    └── 1.0  constant
"""
    )


def test_a_graph_in_ascii() -> None:
    assert (
        seen(samples.PRODUCT, unicode=False)
        == """
a*b  MulBackward0  value 6.0  grad 1.0
|-- a = w + x  AddBackward0  value 3.0  grad 2.0
|   |-- w  leaf  value 1.0  grad 5.0  requires_grad
|   `-- x  leaf  value 2.0  grad 2.0  requires_grad
`-- b = w + 1  AddBackward0  value 2.0  grad 3.0
    |-- -> w (above)
    `-- 1.0  constant
"""
    )


def test_a_narrow_terminal_wraps_between_parts_and_keeps_the_branches() -> None:
    assert (
        seen(samples.PRODUCT, 36)
        == """
a*b  MulBackward0  value 6.0
│   grad 1.0
├── a = w + x  AddBackward0
│   │   value 3.0  grad 2.0
│   ├── w  leaf  value 1.0
│   │       grad 5.0  requires_grad
│   └── x  leaf  value 2.0
│           grad 2.0  requires_grad
└── b = w + 1  AddBackward0
    │   value 2.0  grad 3.0
    ├── → w (above)
    └── 1.0  constant
"""
    )


def test_a_cut_is_counted_where_it_is_and_in_all() -> None:
    assert (
        seen(samples.PRODUCT, depth=1)
        == """
a*b  MulBackward0  value 6.0  grad 1.0
├── a = w + x  AddBackward0  value 3.0  grad 2.0
│   └── … 2 more nodes
└── b = w + 1  AddBackward0  value 2.0  grad 3.0
    └── … 1 more node

3 of 6 nodes are shown; all of them: --json
"""
    )


def test_deep_trees_have_narrow_branches() -> None:
    assert "\n└ sin(" in seen(samples.chain(20), 60)
    assert "\n└── sin(" in seen(samples.chain(8), 60)


def test_what_is_too_deep_for_the_width_is_counted() -> None:
    text = seen(samples.chain(50_000), 60)
    assert text.endswith("17 of 50,000 nodes are shown; all of them: --json\n")
    assert "└ … 49,983 more nodes\n" in text


def test_a_shared_node_without_a_name_gets_a_number() -> None:
    shared = samples.graph(
        leaf("x", 1.0, 4.0), computed("Exp", "exp(x)", 2.0, (0,), 4.0), computed("Mul", "exp(x)**2", 4.0, (1, 1))
    )
    assert (
        seen(shared)
        == """
exp(x)**2  MulBackward0  value 4.0  grad 1.0
├── #1  exp(x)  ExpBackward0  value 2.0  grad 4.0
│   └── x  leaf  value 1.0  grad 4.0  requires_grad
└── → #1 exp(x) (above)
"""
    )


def test_arrays_are_summarised() -> None:
    big = np.linspace(-2.1, 3.4, 3000).reshape(1000, 3)
    assert (
        seen(samples.graph(leaf("A", big, np.array([1.0, 2.0]))))
        == """
A  leaf  value <1000×3, -2.1 … 3.4>  grad [1.0, 2.0]  requires_grad
"""
    )


def test_a_part_that_is_wider_than_the_terminal_is_broken_between_words() -> None:
    result = samples.graph(leaf("x", 1.0), computed("Add", "one_name + another_name", 1.0, (0,)))
    assert (
        seen(result, 20)
        == """
one_name +
│   another_name
│   AddBackward0
│   value 1.0
│   grad 1.0
└ x  leaf
      value 1.0
"""
    )

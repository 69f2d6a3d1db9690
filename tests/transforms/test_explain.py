"""The steps of a backward pass come to the gradient exactly, and say what they do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from gradcli.errors import Problem
from gradcli.lang import parse, variables
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.explain import explain
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.results.explanation import Explanation, Pass
from gradcli.transforms.results.jacobian import Jacobian
from tests.corpora import cases, records


def totals(one: Pass) -> dict[str, Any]:
    """What the contributions of a pass add up to at each step, in their order."""
    found: dict[str, Any] = {one.start: one.seed}
    for step in one.steps:
        found[step.input] = found[step.input] + step.contribution if step.input in found else step.contribution
        assert same(found[step.input], step.total)
    return found


def same(a: Any, b: Any) -> bool:
    return np.array_equal(np.asarray(a), np.asarray(b), equal_nan=True)


def come_to(one: Pass, gradients: dict[str, Any]) -> None:
    """Assert that a pass comes to these gradients, to the last bit."""
    found = totals(one)
    assert [leaf.name for leaf in one.leaves] == list(gradients)
    for leaf in one.leaves:
        assert same(found.get(leaf.name, np.zeros(np.shape(leaf.gradient))), leaf.gradient)
        assert same(leaf.gradient, gradients[leaf.name])


def test_every_contribution_of_a_corpus_sums_to_the_printed_gradient_exactly() -> None:
    count = 0
    for case in cases("feynman"):
        (one,) = explain(case.expression, case.point).passes
        come_to(one, grad(case.expression, case.point).gradients)
        count += 1
    assert count > 100


def array_cases() -> Iterator[tuple[str, dict[str, Any]]]:
    for record in records("scipy_go")[::5] + records("matrix_cookbook")[::4]:
        yield record["expr"], record["points"][0]


def test_arrays_too() -> None:
    count = 0
    for expression, point in array_cases():
        try:
            printed = grad(expression, point)
        except Problem:
            continue
        (one,) = explain(expression, point).passes
        come_to(one, printed.gradients)
        count += 1
    assert count > 15


@pytest.mark.parametrize("name", ["hock_schittkowski"])
def test_rows_of_jacobians(name: str) -> None:
    for record in records(name)[:12]:
        expression, point = ", ".join(record["residuals"]), record["points"][0]
        if len(record["residuals"]) < 2:
            continue
        found = explain(expression, point)
        printed = found.derived
        assert isinstance(printed, Jacobian)
        np.testing.assert_allclose(printed.jacobian, jacobian(expression, point).jacobian, rtol=1e-13)
        assert len(found.passes) == found.rows == len(printed.rows)
        for row, one in enumerate(found.passes):
            assert one.row == row
            come_to(one, {n: np.reshape(block, (found.rows, -1))[row][0] for n, block in printed.jacobians.items()})


def test_a_jacobian_by_columns_is_told_as_the_steps_come_to_it() -> None:
    expression = "tanh(A@x)*exp(A@x)/3"
    found = explain(expression, {"A": np.arange(24.0).reshape(12, 2) / 7, "x": [0.3, -0.1]}, ["x"])
    labelled = found.matrix()
    assert labelled is not None
    for row, one in enumerate(found.passes):
        come_to(one, {"x": labelled.matrix[row]})
    assert found.warnings == ()
    rounded = jacobian(expression, {"A": np.arange(24.0).reshape(12, 2) / 7, "x": [0.3, -0.1]}, ["x"]).jacobian
    np.testing.assert_allclose(labelled.matrix, rounded, rtol=1e-14)


def test_each_step_is_what_its_expression_says() -> None:
    """What a step is called, put in as a variable's value, gives the value of the steps that use it."""
    found = explain("a = sin(x)*y; b = exp(a - x)/y; hypot(a, b) + a**y", {"x": 0.75, "y": 1.5})
    known: dict[str, Any] = {}
    for step in found.forward:
        if step.expression != step.name:
            used = {k: v for k, v in known.items() if k in step.expression}
            used = {k: v for k, v in used.items() if k in variables_of(step.expression)}
            assert evaluate(step.expression, used).value == step.value
        known[step.name] = step.value
    for back in found.passes[0].steps:
        used = {k: v for k, v in known.items() if k in variables_of(back.rule)}
        assert back.partial is not None
        assert evaluate(back.rule, used).value == pytest.approx(back.partial, rel=1e-14)
        assert back.contribution == pytest.approx(back.partial * np.asarray(back.cotangent), rel=1e-14)
    assert [step.name for step in found.forward][:2] == ["x", "v1"]
    assert {"a", "b"} <= set(known)


def variables_of(text: str) -> set[str]:
    return set(variables(parse(text)))


def told(found: Explanation) -> list[tuple[str, str, str]]:
    return [(step.node, step.input, step.rule) for step in found.passes[0].steps]


def test_rules_are_those_of_the_table() -> None:
    assert told(explain("relu(x) + x**3 + atan2(x, 2)", {"x": 1.0}))[:4] == [
        ("f", "v3", "1"),
        ("f", "v4", "1"),
        ("v4", "x", "2/hypot(2, x)**2"),
        ("v3", "v1", "1"),
    ]
    rules = {rule for _, _, rule in told(explain("sum(A@x) + norm(x)", {"A": np.eye(2), "x": [1, 2]}))}
    assert rules == {"1", "x/v3", "outer(g, x)", "A.T @ g"}


def test_the_chain_rule_is_written_along_every_way() -> None:
    (leaf,) = explain("x*sin(x)", {"x": 2.0}).passes[0].leaves
    assert leaf.chain == "∂f/∂x + ∂f/∂v1*∂v1/∂x"
    assert leaf.rules == "v1 + x*cos(x)"
    assert leaf.contributions == (0.9092974268256817, -0.8322936730942848)
    w, _ = explain("a = w + x; b = w + 1; a*b", {"w": 1, "x": 2}).passes[0].leaves
    assert (w.chain, w.rules) == ("∂f/∂b*∂b/∂w + ∂f/∂a*∂a/∂w", "a + b")
    (named,) = explain("y = x*sin(x); y", {"x": 2.0}).passes[0].leaves
    assert (named.chain, named.rules) == ("∂y/∂x + ∂y/∂v1*∂v1/∂x", "v1 + x*cos(x)")
    deep = "; ".join(["a0 = x", *(f"a{k + 1} = sin(a{k}) + a{k}" for k in range(9)), "a9"])
    (many,) = explain(deep, {"x": 0.5}).passes[0].leaves
    assert many.chain == "df/da1*∂a1/∂x + df/dv1*∂v1/∂x"  # of 512 ways the last steps alone


def test_passes_accumulate_as_in_pytorch() -> None:
    found = explain("x**2", {"x": 3.0}, accumulate=True)
    assert [(leaf.before, leaf.after) for one in found.passes for leaf in one.leaves] == [(None, 6.0), (6.0, 12.0)]
    assert dict(found.arrays()) == {"df/dx": 6.0, "x.grad": 12.0}
    arrays = explain("sum(x**2)", {"x": [1.0, 2.0]}, accumulate=True)
    first, second = (one.leaves[0].after for one in arrays.passes)
    assert same(first, [2.0, 4.0])
    assert same(second, [4.0, 8.0])
    spoilt = explain("where(x > 0, sqrt(x), x), 2*x, 3*x", {"x": 0.0}, accumulate=True)
    assert [one.leaves[0].after for one in spoilt.passes] == [1.0, 3.0, 6.0]
    rows = explain("x*y, x + y", {"x": 2.0, "y": 5.0}, accumulate=True)
    assert [leaf.after for leaf in rows.passes[-1].leaves] == [6.0, 3.0]


def test_seeds_and_rows() -> None:
    found = explain("x*y, x + y", {"x": 2.0, "y": 5.0}, rows=[1])
    assert [(one.of, one.row, list(np.ravel(one.seed))) for one in found.passes] == [("f[1]", 1, [0.0, 1.0])]
    seeded = explain("x*y, x + y", {"x": 2.0, "y": 5.0}, seed=[10, 1])
    come_to(seeded.passes[0], grad("x*y, x + y", {"x": 2.0, "y": 5.0}, seed=[10, 1]).gradients)
    with pytest.raises(Problem, match="no row 2"):
        explain("x*y, x + y", {"x": 2.0, "y": 5.0}, rows=[2])
    with pytest.raises(Problem, match="has one entry"):
        explain("x*y", {"x": 2.0, "y": 5.0}, rows=[0])


def test_conventions_at_kinks_are_told_where_they_are_taken() -> None:
    found = explain("relu(x) - relu(-x)", {"x": 0.0})
    assert [step.note for step in found.passes[0].steps if step.note] == ["at a kink: 0 at 0"] * 2
    assert found.warnings == ("by the conventions at kinks the steps come to 0.0; df/dx is 1.0, as its sides show",)
    assert dict(found.arrays()) == {"df/dx": 1.0}


def test_what_is_not_finite_is_told_where_it_arises() -> None:
    found = explain("sqrt(x)*2", {"x": 0.0})
    assert [(s.node, s.note) for s in found.passes[0].steps if "finite" in s.note] == [
        ("v1", "at a kink: inf at 0; not finite here first")
    ]
    masked = explain("where(x > 0, sqrt(x), 0)", {"x": 0.0})
    assert [step.note for step in masked.passes[0].steps] == [
        "the result does not depend on this, and nothing goes further"
    ]
    assert masked.passes[0].leaves[0].gradient == 0.0
    assert grad("where(x > 0, sqrt(x), 0)", {"x": 0.0}).gradients == {"x": 0.0}


def test_outputs_of_one_operation() -> None:
    found = explain("w, V = eigh(A); sum(w) + V[0, 0]", {"A": [[2.0, 1.0], [1.0, 3.0]]})
    last = found.passes[0].steps[-1]
    assert (last.node, last.input) == ("w, V", "A")
    assert isinstance(last.cotangent, dict)
    assert list(last.cotangent) == ["w", "V"]
    assert found.passes[0].leaves[0].chain == "∂f/∂v2*∂v2/∂V*∂V/∂A + ∂f/∂v1*∂v1/∂w*∂w/∂A"


def test_nothing_is_shown_of_what_the_result_does_not_need() -> None:
    found = explain("unused = exp(x); y = 2*x; y", {"x": 1.0})
    assert [step.name for step in found.forward] == ["x", "y"]
    assert explain("3", {}).passes == ()

"""Variables that name classes: `one_hot`, `cross_entropy` and indices, in the language and as functions of tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import special

import gradcli
from gradcli.errors import Problem
from tests.cli.runner import gradcli as run

Z = np.array([[1.0, 2.0, 3.0], [0.5, 0.25, 3.0]])
P = np.array([[0.2, 0.3, 0.5], [0.0, 0.75, 0.25]])
VOLUME = np.linspace(-1, 2, 24).reshape(2, 3, 4)


def by_scipy(x: Any, target: Any) -> float:
    """The loss by its definition, with SciPy's log_softmax."""
    x, target = np.asarray(x), np.asarray(target)
    axis = 1 if x.ndim > 1 else 0
    logs = np.moveaxis(special.log_softmax(x, axis), axis, -1)
    if target.ndim == x.ndim:
        return float(-np.mean(np.sum(np.moveaxis(target, axis, -1) * logs, axis=-1)))
    rows = logs.reshape(-1, logs.shape[-1])
    return float(-np.mean([row[int(k)] for row, k in zip(rows, target.ravel(), strict=True)]))


CASES = [
    (Z[0], 1),
    (Z[0], P[0]),
    (Z, [2, 0]),
    (Z, P),
    (VOLUME, np.array([[0, 1, 2, 0], [2, 2, 1, 0]])),
    (VOLUME, special.softmax(VOLUME[:, ::-1], 1)),
    ([800.0, -800.0], 1),
]


@pytest.mark.parametrize(("x", "target"), CASES, ids=lambda value: str(np.shape(value)))
def test_the_loss_is_pytorchs(x: Any, target: Any) -> None:
    result = gradcli.jacobian("cross_entropy(x, t)", {"x": x, "t": target}, wrt=["x"])
    assert result.value == pytest.approx(by_scipy(x, target), rel=1e-13)
    step = 1e-6
    x = np.asarray(x, dtype=float)
    for i, slope in enumerate(np.ravel(result.jacobian)):
        moved = np.zeros(x.size)
        moved[i] = step
        moved = moved.reshape(x.shape)
        assert slope == pytest.approx(
            (by_scipy(x + moved, target) - by_scipy(x - moved, target)) / (2 * step), abs=1e-6
        )


@pytest.mark.parametrize(("x", "target"), CASES, ids=lambda value: str(np.shape(value)))
def test_tensors_have_it_too(x: Any, target: Any) -> None:
    tensor = gradcli.tensor(x, requires_grad=True)
    loss = gradcli.cross_entropy(tensor, target)
    loss.backward()
    found = gradcli.grad("cross_entropy(x, t)", {"x": x, "t": target}, wrt=["x"])
    assert float(loss) == pytest.approx(float(found.value), rel=1e-15)
    assert tensor.grad is not None
    np.testing.assert_allclose(tensor.grad.numpy(), found.gradients["x"], rtol=1e-14)
    each = gradcli.cross_entropy(tensor, target, reduction="none")
    assert float(gradcli.mean(each)) == pytest.approx(float(loss), rel=1e-15)


def test_one_hot() -> None:
    hot = gradcli.one_hot([2, 0])
    assert hot.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert gradcli.one_hot(gradcli.tensor(1), 3).tolist() == [0, 1, 0]
    np.testing.assert_array_equal(gradcli.evaluate("one_hot(k, 4)", {"k": [[1], [3]]}).value, np.eye(4)[[[1], [3]]])


@pytest.mark.parametrize(
    ("expression", "values", "told"),
    [
        ("cross_entropy(z, k)", {"z": Z[0], "k": -1}, "a class is a whole number from 0 up, not -1.0"),
        ("cross_entropy(z, k)", {"z": Z[0], "k": 3}, "index 3 is out of bounds"),
        ("cross_entropy(z, k)", {"z": Z[0], "k": 1.5}, "an index is a whole number, not 'k'"),
        ("cross_entropy(z, k)", {"z": 2.0, "k": 1}, "takes logits with an axis of classes"),
        ("cross_entropy(z, k)", {"z": Z, "k": 1}, "takes logits with an axis of classes"),
        ("cross_entropy(einsum('ij->i', z), k)", {"z": Z, "k": 1}, "must have a known number of axes"),
        ("cross_entropy(z)", {"z": Z}, "cross_entropy"),
        ("one_hot(k, 3)@z", {"z": Z[0], "k": 3}, "there is no class 3 of 3"),
        ("one_hot(k, 3)@z", {"z": Z[0], "k": 0.5}, "a whole number"),
    ],
)
def test_what_names_no_class_is_refused(expression: str, values: dict[str, Any], told: str) -> None:
    with pytest.raises(Problem) as caught:
        gradcli.grad(expression, values)
    assert told in caught.value.message


@pytest.mark.parametrize("target", [[0, 1, 2], [[0.5], [0.5]], -1, 1.5])
def test_tensors_refuse_it_too(target: Any) -> None:
    with pytest.raises(Problem):
        gradcli.cross_entropy(gradcli.tensor(Z), target)
    with pytest.raises(Problem):
        gradcli.one_hot(-1)


@pytest.mark.parametrize(
    "command",
    [
        "check 'cross_entropy(z, k)' --z '[1,2,3]' --k 1",
        "check 'cross_entropy(z, p)' --z '[1,2,3]' --p '[0.2,0.3,0.5]'",
        "check 'cross_entropy(W@x, [1, 0])' --W '[[1,2],[3,-1]]' --x '[[1,2],[0.5,1]]'",
        "check 'logsumexp(z) - one_hot(k, 3)@z' --z '[1,2,3]' --k 2",
    ],
)
def test_all_witnesses_know_them(command: str) -> None:
    outcome = run(command)
    assert outcome.status == 0
    assert "value = agrees with Python and NumPy" in outcome.stdout
    assert "check = verified" in outcome.stdout
    assert "proved within" in outcome.stdout


def test_the_gradient_that_everybody_knows_is_proved() -> None:
    claim = "check 'cross_entropy(z, k)' --claim 'z=softmax(z) - one_hot(k, 3)' --k 1 --shape z=3"
    assert run(claim).stdout == "df/dz: true for all z at k = 1 (proved)\n"
    assert run("diff 'cross_entropy(z, 2)' --shape z=2 --no-check", stdin="").status == 2
    formula = run("diff 'cross_entropy(z, 1)' --shape z=2 --no-check").stdout
    assert formula == "df/dz = [exp(z[0] - logsumexp([z[0], z[1]])), exp(z[1] - logsumexp([z[0], z[1]])) - 1]\n"

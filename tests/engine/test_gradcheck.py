"""The checker of gradients, checked with wrong rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.engine.api.autograd import gradcheck, gradgradcheck
from gradcli.engine.api.complex_step import complex_columns
from gradcli.engine.rules import rule as rules
from gradcli.engine.rules.rule import rule_of
from gradcli.engine.tape.apply import apply
from gradcli.errors import AutogradError
from gradcli.ops import TABLE
from tests.ops.array_samples import Sample
from tests.ops.test_arrays import SAMPLES, label

TIGHT = 1e-10


@contextmanager
def planted(name: str, factor: float, which: int = 0) -> Iterator[None]:
    """A rule whose VJP is off by a factor."""
    rule = rule_of(name)
    right = rule.vjps

    def wrong(*args: Any) -> Any:
        return right[which](*args) * factor

    rule.vjps = (*right[:which], wrong, *right[which + 1 :])
    try:
        yield
    finally:
        rule.vjps = right


def point(*values: float) -> Any:
    return gradcli.tensor(list(values), requires_grad=True)


@pytest.mark.parametrize("name", ["sin", "exp", "tanh", "sqrt", "log", "lgamma", "erf", "cbrt", "softplus", "sech"])
def test_right_rules_pass_to_ten_digits(name: str) -> None:
    assert gradcheck(getattr(gradcli, name), point(0.3, 1.7, 4.0), atol=TIGHT, rtol=TIGHT)
    assert gradgradcheck(getattr(gradcli, name), point(0.3, 1.7, 4.0), atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize("name", ["sin", "exp", "tanh", "sqrt", "log", "lgamma", "erf", "sum", "mean", "norm"])
def test_a_rule_off_by_a_thousandth_fails(name: str) -> None:
    with planted(name, 1.001):
        assert not gradcheck(getattr(gradcli, name), point(0.3, 1.7, 4.0), rtol=1e-6, raise_exception=False)


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("name", ["mul", "div", "matmul", "hypot", "atan2", "maximum"])
def test_a_rule_of_two_arguments_off_by_a_thousandth_fails(name: str, which: int) -> None:
    a = gradcli.tensor([[0.5, 1.5], [2.0, 0.7]], requires_grad=True)
    b = gradcli.tensor([[1.1, 0.9], [1.3, 2.9]], requires_grad=True)
    assert gradcheck(getattr(gradcli, name), (a, b), atol=TIGHT, rtol=TIGHT)
    with planted(name, 1.001, which), pytest.raises(AutogradError, match=f"with respect to input {which}"):
        gradcheck(getattr(gradcli, name), (a, b), rtol=1e-6)


def test_a_rule_off_by_a_hundredth_fails_by_default() -> None:
    with planted("sin", 1.01), pytest.raises(AutogradError):
        gradcheck(gradcli.sin, point(0.3))


def test_the_message_says_where_and_by_how_much() -> None:
    def slightly_wrong(x: Any, y: Any) -> tuple[Any, Any]:
        return x + y, (x * y.detach() + 0.002 * x.detach() * (y - y.detach())) * gradcli.tensor([1.0, 0.0])

    with pytest.raises(AutogradError) as caught:
        gradcheck(slightly_wrong, (point(2.0, 3.0), point(5.0, 7.0)), atol=1e-5, rtol=1e-3)
    assert caught.value.message == (
        "wrong derivative of output 1 with respect to input 1: entry (0,) of the output by entry (0,) of the input "
        "is 0.004 by backward and 2 by differences, an error of 2 where 0.00201 is tolerated; 1 of 4 entries are wrong"
    )


def test_a_second_derivative_that_is_wrong_fails() -> None:
    with planted("cos", 1.01), pytest.raises(AutogradError):
        gradgradcheck(gradcli.sin, point(0.3))
    with planted("cos", 1.01):
        assert gradcheck(gradcli.sin, point(0.3))


def test_near_the_edge_of_a_domain_the_steps_get_smaller() -> None:
    assert gradcheck(gradcli.log, point(1e-4, 3e-5), rtol=1e-6)
    assert gradcheck(gradcli.sqrt, point(1e-4), rtol=1e-6)


def test_constants_and_integers_are_not_checked() -> None:
    assert gradcheck(lambda x, n, c: x**n * c, (point(2.0), 3, gradcli.tensor([4.0])))


def test_an_infinite_or_missing_derivative_is_wrong() -> None:
    with pytest.raises(AutogradError, match=r"nan|inf"):
        gradcheck(lambda x: gradcli.sqrt(x) * 0, point(0.0))


def test_empty_tensors_pass() -> None:
    assert gradcheck(lambda x: x * 2, gradcli.zeros(0, requires_grad=True))
    assert gradcheck(lambda x: x[:0], point(1.0))


def test_inputs_are_left_as_they_were() -> None:
    x = point(1.0, 2.0)
    gradcheck(lambda x: x**2, x)
    assert x.grad is None
    assert x._version == 0
    np.testing.assert_array_equal(x.detach().numpy(), [1.0, 2.0])


@pytest.mark.parametrize(
    "name", ["sin", "exp", "tanh", "sqrt", "log", "lgamma", "erf", "sum", "mean", "norm", "softmax"]
)
def test_an_error_of_a_millionth_fails_by_default(name: str) -> None:
    function = getattr(gradcli, name)
    assert gradcheck(function, point(0.3, 1.7, 4.0), check_forward_ad=True)
    for factor in (1 + 1e-6, 1 - 1e-6, -1.0):
        with planted(name, factor):
            assert not gradcheck(function, point(0.3, 1.7, 4.0), raise_exception=False)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if not TABLE[s.name].multi_output], ids=label)
def test_no_right_rule_is_called_wrong(sample: Sample) -> None:
    rule = rule_of(sample.name)
    inputs = tuple(gradcli.tensor(np.asarray(a, dtype=float), requires_grad=True) for a in sample.arrays)
    assert gradcheck(lambda *args: apply(rule, args, sample.statics), inputs, check_forward_ad=True)


def test_a_second_derivative_off_by_a_millionth_fails_by_default() -> None:
    assert gradgradcheck(gradcli.sin, point(0.3, 1.2))
    with planted("cos", 1 + 1e-6):
        assert not gradgradcheck(gradcli.sin, point(0.3, 1.2), raise_exception=False)


def test_forward_mode_is_checked_where_asked_for() -> None:
    rule = rule_of("sinh")
    right = rule.jvps
    rule.jvps = (lambda *args: right[0](*args) * (1 + 1e-6),)
    try:
        assert gradcheck(gradcli.sinh, point(0.3))
        with pytest.raises(AutogradError, match="by forward mode"):
            gradcheck(gradcli.sinh, point(0.3), check_forward_ad=True)
    finally:
        rule.jvps = right


@pytest.mark.parametrize("name", ["sin", "exp", "tanh", "log", "matmul", "solve", "prod"])
def test_where_an_operation_continues_a_complex_step_finds_smaller_errors(name: str) -> None:
    x = gradcli.tensor([[2.0, 0.5], [0.25, 1.5]], requires_grad=True)
    inputs = (x, x.detach() + 1) if name in ("matmul", "solve") else (x,)
    function = getattr(gradcli, name)
    assert gradcheck(function, inputs)
    assert complex_columns(function, inputs, 0) is not None
    with planted(name, 1 + 1e-9):
        assert not gradcheck(function, inputs, raise_exception=False)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: gradcli.abs(x) * x,
        gradcli.relu,
        lambda x: gradcli.where(x > 1, x**2, x * float(x.sum())),
        lambda x: gradcli.tensor(np.floor(x.detach().numpy())) * x,
        lambda x: x.clone().mul_(x).clamp_(0, 10),
    ],
)
def test_where_one_does_not_differences_stay(function: Any) -> None:
    x = point(0.3, 1.7)
    assert complex_columns(function, (x,), 0) is None or gradcheck(function, x)


def test_a_complex_step_that_differences_contradict_is_left_out() -> None:
    """An operation that is not recorded drops the imaginary part: the step sees no derivative, as backward does."""

    def hidden(x: Any) -> Any:
        with gradcli.no_grad():
            return gradcli.abs(x)

    x = point(0.3, 1.7)
    np.testing.assert_array_equal(complex_columns(lambda x: hidden(x) + 0 * x, (x,), 0), np.zeros((2, 2)))
    assert not gradcheck(lambda x: hidden(x) + 0 * x, x, raise_exception=False)


def test_close_to_the_end_of_a_domain_a_complex_step_stays_inside() -> None:
    assert gradcheck(gradcli.log, point(1e-250, 1e-12))
    with planted("log", 1.01):
        assert not gradcheck(gradcli.log, point(1e-250, 1e-12), raise_exception=False)


def test_a_missing_factor_fails() -> None:
    with planted("square", 0.5):
        assert not gradcheck(gradcli.square, point(0.3, 1.7), raise_exception=False)


@pytest.mark.parametrize("name", ["add", "mul", "div", "hypot", "maximum", "pow"])
def test_a_missing_sum_over_what_was_broadcast_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = gradcli.tensor([[0.5, 1.5, 2.5], [2.0, 0.7, 1.2]], requires_grad=True)
    function = getattr(gradcli, name)
    assert gradcheck(function, (rows, point(1.1, 0.9, 3.0)))

    def first_alone(g: Any, shape: tuple[int, ...]) -> Any:
        return g if np.shape(g) == shape else g[0]

    monkeypatch.setattr(rules, "fit", first_alone)
    with pytest.raises(AutogradError, match="with respect to input 1"):
        gradcheck(function, (rows, point(1.1, 0.9, 3.0)))


def test_what_is_not_determined_fails() -> None:
    random = np.random.default_rng(1)

    def noisy(x: Any) -> Any:
        y = x * 1.0
        y.register_hook(lambda g: g * (1 + 1e-12 * random.uniform()))
        return y

    assert not gradcheck(noisy, point(0.3), raise_exception=False)
    assert gradcheck(noisy, point(0.3), nondet_tol=1e-11)


def test_what_only_pytorch_has_is_refused() -> None:
    with pytest.raises(AutogradError, match="batched"):
        gradcheck(gradcli.sin, point(0.3), check_batched_grad=True)

"""Anomaly mode: the node that makes a NaN, and the line that computed its value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import gradcli
from gradcli.engine.sweeps.anomaly import anomaly
from gradcli.engine.tape.modes import mode
from gradcli.errors import AutogradError
from tests.engine.parity import agree


def _zero_times_infinity(m: Any) -> Any:
    return m.sqrt(m.tensor([0.0, 4.0], requires_grad=True)) * 0


def test_a_nan_raises_and_names_the_node_and_the_line() -> None:
    with gradcli.detect_anomaly():
        y = _zero_times_infinity(gradcli).sum()
        with pytest.raises(AutogradError, match="SqrtBackward0 returned nan values in its output 0") as caught:
            y.backward()
    line = _zero_times_infinity.__code__.co_firstlineno + 1
    assert caught.value.hint is not None
    assert caught.value.hint.endswith(f"{Path(__file__).name}:{line}, in _zero_times_infinity")


def test_without_the_forward_pass_the_node_is_named() -> None:
    y = _zero_times_infinity(gradcli).sum()
    with gradcli.detect_anomaly(), pytest.raises(AutogradError, match="SqrtBackward0") as caught:
        y.backward()
    assert "run the forward pass in detect_anomaly()" in str(caught.value)


def test_outside_nothing_is_watched() -> None:
    with gradcli.detect_anomaly():
        pass
    assert anomaly.check is None
    assert mode.collector is None
    _zero_times_infinity(gradcli).sum().backward()


def test_infinities_and_good_values_pass() -> None:
    x = gradcli.tensor([0.0, 1.0], requires_grad=True)
    with gradcli.detect_anomaly():
        gradcli.sqrt(x).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [float("inf"), 0.5]


def test_as_in_pytorch() -> None:
    def raised(m: Any) -> Any:
        with m.autograd.detect_anomaly():
            _zero_times_infinity(m).sum().backward()

    def not_asked_for(m: Any) -> Any:
        with m.autograd.detect_anomaly(check_nan=False):
            y = _zero_times_infinity(m).sum()
            y.backward()
        return y

    def switched(m: Any) -> Any:
        with m.autograd.set_detect_anomaly(True):
            _zero_times_infinity(m).sum().backward()

    def switched_off(m: Any) -> Any:
        with m.autograd.detect_anomaly(), m.autograd.set_detect_anomaly(False):
            y = _zero_times_infinity(m).sum()
            y.backward()
        return y

    def in_grad(m: Any) -> Any:
        x = m.tensor(0.0, requires_grad=True)
        with m.autograd.detect_anomaly():
            return m.autograd.grad(m.sqrt(x) * 0, x)

    for case in (raised, not_asked_for, switched, switched_off, in_grad):
        agree(case)

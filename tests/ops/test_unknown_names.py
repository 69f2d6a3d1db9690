"""A function that the language does not have is not answered with another one."""

from __future__ import annotations

import pytest

from gradcli.errors import NameProblem
from gradcli.ops import names
from gradcli.ops.table.unknown import unknown_function

# Each is spelled like a function of the language, and is another one.
OTHERS = """
betainc gammainc gammaincc kv kn yv airy zeta lambertw ellipk ellipe expi exp1 quantile interp logaddexp2 ldexp convolve
fresnel_s si ci airy_ai dawsn struve hyp2f1 gammasgn cubic_spline ediff1d expm logm eig cond mode percentile lstsq
cummax layer_norm cross_entropy mse_loss huber_loss erfi jn fft real chi elu
"""


@pytest.mark.parametrize("name", [name for name in OTHERS.split() if name not in names()])
def test_no_other_function_is_suggested(name: str) -> None:
    hint = unknown_function(name, names(), None, None).hint or ""
    assert "did you mean" not in hint


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("sine", "sin"),
        ("hypto", "hypot"),
        ("sqr_t", "sqrt"),
        ("sigmiod", "sigmoid"),
        ("logsoftmax", "log_softmax"),
        ("arctna", "arctan"),
        ("softpuls", "softplus"),
        ("gama", "gamma"),
        ("transposse", "transpose"),
        ("expp", "exp"),
    ],
)
def test_a_slip_of_the_fingers_is_mended(name: str, meant: str) -> None:
    assert unknown_function(name, names(), None, None).hint == f"did you mean '{meant}'?"


@pytest.mark.parametrize("name", ["price", "kernel", "foo", "flurb", "my_function", "ln_beta_inc"])
def test_what_is_far_from_all_names_is_answered_with_none(name: str) -> None:
    problem = unknown_function(name, names(), None, None)
    assert isinstance(problem, NameProblem)
    assert "did you mean" not in (problem.hint or "")

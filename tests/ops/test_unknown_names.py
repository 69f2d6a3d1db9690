"""A function that the language does not have is not answered with another one."""

from __future__ import annotations

import pytest

from gradcli.errors import NameProblem
from gradcli.ops import names
from gradcli.ops.table.unknown import unknown_function

# Each is spelled like a function of the language, and is another one.
OTHERS = """
airy fresnel sici igamma igammac jn yn y0 y1 k0 k1 kve jve yve ive i0e i1e hankel1 expn shichi shi chi erfi erfcinv
ndtri betaincinv gammaincinv hyp1f1 hyp0f1 rgamma zetac spence ber kei comb binom ellipj ellipkm1 owens_t
voigt_profile percentile average histogram gradient correlate trapz frexp divmod modf nextafter real conj angle expm
logm eig cond mode lstsq cummax cdist logcumsumexp nan_to_num layer_norm mse_loss huber_loss celu elu glu mish kl_div
nll_loss fft log_expm1 erfcinv toeplitz schur lambda_max dsi_dx
"""


def test_there_are_sixty_others() -> None:
    assert len(set(OTHERS.split()) - set(names())) >= 60


@pytest.mark.parametrize("name", OTHERS.split())
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

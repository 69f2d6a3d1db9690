"""How long SymPy is waited for when everything is proved."""

from __future__ import annotations

import time

import numpy as np
import pytest

from gradcli.enclosures.process.prover import Prover
from gradcli.symbolic import Oracle
from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.results.verdict import Verdict
from gradcli.transforms.verify import ask

PRODUCT = "exp(sin(x))*log(1 + x**2)/(1 + exp(-x))"


def verdict(source: str, order: int, timeout: float = 60.0, x: float = 0.5) -> tuple[Verdict, float]:
    result = derivative(source, {"x": x}, order)
    with Oracle.start() as oracle, Prover() as prover:
        began = time.monotonic()
        return ask.verify(result, oracle, timeout, prover=prover), time.monotonic() - began


def test_what_sympy_cannot_finish_is_proved_without_it() -> None:
    found, _ = verdict(PRODUCT, 20)
    assert found.verdict == "verified"
    assert found.by_proof
    assert found.reason is not None
    assert found.reason.endswith("SymPy: not asked for order 20 of so many operations")


def test_it_is_not_started_for_that() -> None:
    result = derivative(PRODUCT, {"x": 0.5}, 20)
    with Oracle() as oracle, Prover() as prover:
        assert ask.verify(result, oracle, 60.0, prover=prover).by_proof
        assert oracle._process is None


def test_what_a_loop_repeats_counts_each_time() -> None:
    found, _ = verdict("sum(sin(k*x) for k in range(20))", 10)
    assert (found.reason or "").endswith("SymPy: not asked for order 10 of so many operations")


def test_sympy_is_given_up_after_its_share_once_all_is_proved() -> None:
    found, seconds = verdict(PRODUCT, 9, timeout=8.0)
    assert found.verdict == "verified"
    assert found.by_proof
    assert "(SymPy is still " in (found.reason or "")
    assert seconds < 8.0


def test_sympy_is_asked_where_it_comes_to_an_end() -> None:
    found, _ = verdict("sin(x)*x", 20)
    assert found.verdict == "verified"
    assert not found.by_proof
    assert found.proof is not None
    assert found.proof.entries == 20


def test_sympy_has_all_its_time_where_nothing_is_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    given_up: list[Oracle] = []
    monkeypatch.setattr(Oracle, "give_up", given_up.append)
    monkeypatch.setattr(ask, "_COMMON", 0.0)
    monkeypatch.setattr(ask, "_GRACE", 0.0)
    result = grad("abs(x)", {"x": 0.0})
    with Oracle.start() as oracle, Prover() as prover:
        assert ask.verify(result, oracle, 60.0, prover=prover).verdict == "kink"
    assert given_up == []


def test_a_hopeless_question_at_a_kink_is_asked_after_all() -> None:
    found, _ = verdict(f"abs(x) + {PRODUCT}", 20, timeout=0.5, x=0.0)
    assert not found.by_proof
    assert "not asked" not in (found.reason or "")


def test_of_a_large_result_that_is_proved_in_part_the_values_of_a_sample_decide() -> None:
    result = grad("sum(abs(x)*x)", {"x": np.linspace(0.0, 2.0, 6000)})  # at 0 nothing is decided of abs
    with Oracle.start() as oracle, Prover() as prover:
        found = ask.verify(result, oracle, 60.0, prover=prover)
    assert found.verdict == "verified"
    assert (found.reason or "").startswith("by the numeric derivative alone, to ")
    assert found.proof is not None
    assert found.proof.entries == 47

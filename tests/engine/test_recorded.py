"""The records of what peers answer: a wrong rule, a missing record and a stale one are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import recorded
from tests.engine.parity import agree
from tests.engine.test_gradcheck import planted
from tests.recorded import Raised, Seen, same


def slope_of_sine(m: Any) -> Any:
    x = m.tensor([0.5, 2.0], requires_grad=True)
    m.sin(x).sum().backward()
    return x.grad


def test_a_planted_wrong_rule_differs_from_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "installed", lambda peer: False)
    agree(slope_of_sine)
    with planted("sin", 1 + 1e-9), pytest.raises(AssertionError, match="result: values"):
        agree(slope_of_sine)


SEEN = Seen(np.array([1.5, 2.0]), "float64", True, False, "SinBackward0")


@pytest.mark.parametrize(
    "other",
    [
        replace(SEEN, values=np.array([1.5, 2.0 + 1e-9])),
        replace(SEEN, values=np.array([[1.5, 2.0]])),
        replace(SEEN, dtype="float32"),
        replace(SEEN, requires_grad=False),
        replace(SEEN, is_leaf=True),
        replace(SEEN, grad_fn="CosBackward0"),
        replace(SEEN, grad_fn=None),
        Raised("RuntimeError: no"),
        None,
        (SEEN,),
    ],
    ids=str,
)
def test_every_part_of_an_outcome_is_compared(other: Any) -> None:
    same(SEEN, replace(SEEN))
    for one, another in ((SEEN, other), (other, SEEN)):
        with pytest.raises(AssertionError):
            same(one, another)


@pytest.mark.parametrize(
    "answer",
    [
        [None, True, 1, 1.0, 0.1, -0.0, float("inf"), float("nan"), "θ\n"],
        {"tuple": (1, [2, (3.5,)]), "empty": ()},
        np.array([[0.1, np.nan], [-np.inf, 5e-324]]),
        np.zeros((0, 3)),
        np.array(1 / 3, np.float32),
        np.array([True, False]),
    ],
    ids=str,
)
def test_a_record_reads_back_the_same(answer: Any) -> None:
    back = recorded.decode(recorded.encode(answer))
    assert repr(back) == repr(answer)


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], Any]:
    """Ask a peer for a number: the module `cmath` plays the peer, and 1.5 is recorded."""
    monkeypatch.delenv(recorded.RECORDING, raising=False)
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    (tmp_path / "cmath").mkdir()
    record = '{"test": "test", "question": 0, "answer": 1.5}\n'
    (tmp_path / "cmath" / f"{tmp_path.name}.jsonl").write_text(record, encoding="utf-8")

    def told(number: float) -> Any:
        recorded.begin(f"tests/{tmp_path.name}.py::test")
        return recorded.told("cmath", lambda module: number)

    return told


def test_an_installed_peer_must_agree_with_the_record(ask: Callable[[float], Any]) -> None:
    assert ask(1.5) == 1.5
    with pytest.raises(AssertionError, match="result"):
        ask(2.5)


def test_nothing_recorded_is_an_error(ask: Callable[[float], Any]) -> None:
    ask(1.5)
    with pytest.raises(LookupError, match=r"python -m tests\.record"):
        recorded.told("cmath", lambda module: 1.5)

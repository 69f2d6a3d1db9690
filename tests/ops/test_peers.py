"""What PyTorch, JAX and SymPy give at kinks: the table's facts, measured again where the packages are installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pytest

from gradcli.ops import TABLE, Op

KINKED = [op for op in TABLE.values() if op.peers is not None]


@pytest.mark.parametrize("op", [op for op in TABLE.values() if op.kinks], ids=lambda op: op.name)
def test_every_kink_has_its_convention_and_its_peers(op: Op) -> None:
    assert op.convention
    assert op.peers is not None


@pytest.mark.skipif(not (find_spec("torch") and find_spec("jax")), reason="PyTorch and JAX are not installed")
@pytest.mark.parametrize("op", KINKED, ids=lambda op: op.name)
@pytest.mark.filterwarnings("ignore")
def test_peers_as_measured_now(op: Op) -> None:
    from tests.ops import peers

    assert op.peers is not None
    call, x, *told = op.peers
    slopes: tuple[Any, ...] = (peers.torch_slope, peers.jax_slope, peers.sympy_slope)
    functions = peers.CALLS[call]
    found = ["" if function is None else slope(function, x) for slope, function in zip(slopes, functions, strict=True)]
    assert found == told

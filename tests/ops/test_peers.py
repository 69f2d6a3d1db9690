"""What PyTorch, JAX and SymPy give at kinks: the facts of the table against records and against SymPy itself."""

from __future__ import annotations

import pytest

from gradcli.ops import TABLE, Op
from tests.ops.peers import jax_slope, sympy_slope, torch_slope
from tests.recorded import told

KINKED = [op for op in TABLE.values() if op.peers is not None]


@pytest.mark.parametrize("op", [op for op in TABLE.values() if op.kinks], ids=lambda op: op.name)
def test_every_kink_has_its_convention_and_its_peers(op: Op) -> None:
    assert op.convention
    assert op.peers is not None


@pytest.mark.parametrize("op", KINKED, ids=lambda op: op.name)
@pytest.mark.filterwarnings("ignore")
def test_peers_as_measured(op: Op) -> None:
    assert op.peers is not None
    call, x, *slopes = op.peers
    assert slopes == [
        told("torch", lambda torch: torch_slope(torch, call, x)),
        told("jax", lambda jax: jax_slope(jax, call, x)),
        sympy_slope(call, x),
    ]

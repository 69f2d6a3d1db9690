"""What tensors can do before PyTorch's names are imported: each derivative of the table, recorded and run again."""

from __future__ import annotations

import subprocess
import sys

from gradcli.engine import attach
from gradcli.engine.torch.bitwise import BITWISE

_SECOND_ORDERS = """
from gradcli.errors import Problem
from gradcli.ops import TABLE
from gradcli.transforms.operators.hessian import hessian

elementwise = [op for op in TABLE.values() if op.kind == "elementwise"]
for op in sorted(elementwise, key=lambda op: op.name != "pow"):  # the first one meets a process without those names
    try:
        hessian(f"{op.name}({', '.join(op.params)})", {name: 0.25 + 0.5*i for i, name in enumerate(op.params)})
    except Problem as problem:
        if "cannot be computed here" in str(problem):
            print(op.name, problem)
"""


def test_second_orders_in_a_process_of_their_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SECOND_ORDERS], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_all_of_pythons_operators_are_there_from_the_start() -> None:
    assert set(attach._LATE) == set(BITWISE)

"""No operation of the table makes more numbers than there is room for: each refuses before it begins."""

from __future__ import annotations

import itertools
import sys
import tracemalloc
from typing import Any

import pytest

from gradcli.errors import Problem
from gradcli.lang import parse, variables
from gradcli.ops import TABLE, Op
from gradcli.ops.calls.memory import within_memory
from gradcli.ops.entry.op import REQUIRED
from gradcli.ops.table.lookup import INTERNAL
from gradcli.transforms.operators.evaluate import evaluate

ROOM = 2**20
SLACK = 2**23
"""What importing, and a few copies of what is allowed, take."""

HUGE: tuple[str, ...] = ("5000", "10**5", "10**12", "(10**6, 10**6)", "-10**5", "10**30", "((10**6, 0),)", "1")
VALUES: dict[str, Any] = {"x": [1.5] * 1000, "A": [[1.5] * 20] * 20, "s": 1.5}

OPERATIONS = [
    op for op in TABLE.values() if op.name not in INTERNAL and (op.statics or op.kind == "multilinear" or op.variadic)
]


def calls(op: Op) -> list[str]:
    """The operation of a vector, a matrix and a number, each static argument huge in turn and all at once."""
    found = []
    for arg in VALUES:
        args = [arg] * (2 if op.variadic else len(op.params))
        required = {key: "1" for key, default in op.statics.items() if default is REQUIRED}
        for key, huge in itertools.product(op.statics, HUGE):
            for others in (required, dict.fromkeys(required, huge)):
                statics = {**others, key: huge}
                found.append(f"{op.name}({', '.join([*args, *(f'{k}={v}' for k, v in statics.items())])})")
        if not op.statics:
            found.append(f"{op.name}({', '.join(args)})")
    if op.name == "einsum":
        found = ["einsum('i,j,k->ijk', x, x, x)", "einsum('i,j,k', x, x, x)", "einsum('...,i,j->...ij', x, x, x)",
                 "einsum('ij,kl->ijkl', A@A, outer(x, x))", "einsum('ij,kl,mn->', A, A, A)"]  # fmt: skip
    return found


def run(expression: str) -> Any:
    values = {name: VALUES[name] for name in variables(parse(expression)) if name in VALUES}
    with within_memory(ROOM):
        try:
            return evaluate(expression, values).value
        except Problem:
            return None


@pytest.mark.filterwarnings("ignore:Degrees of freedom")
@pytest.mark.skipif(sys.platform == "win32", reason="NumPy's allocations are traced elsewhere")
@pytest.mark.parametrize("op", OPERATIONS, ids=lambda op: op.name)
def test_no_operation_takes_more_than_there_is_room_for(op: Op) -> None:
    for expression in calls(op):
        tracemalloc.start()
        try:
            run(expression)
            assert tracemalloc.get_traced_memory()[1] < SLACK, expression
        except MemoryError:
            pytest.fail(f"{expression} is not refused")
        finally:
            tracemalloc.stop()


def test_the_test_finds_what_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    tile = TABLE["tile"]
    monkeypatch.setitem(TABLE, "tile", tile.replaced(output_size=""))
    tracemalloc.start()
    try:
        run("tile(x, reps=5000)")
        assert tracemalloc.get_traced_memory()[1] > SLACK
    finally:
        tracemalloc.stop()

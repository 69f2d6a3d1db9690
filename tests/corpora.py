"""The corpora: real expressions with values and derivatives computed at 50 digits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from gradcli.lang import parse, variables

DATA = Path(__file__).parent / "data"
SCALAR_FILES = ("feynman", "sr_benchmarks", "cas_pairs", "rubi_core", "rubi_reciprocal", "rubi_long", "rubi_erf")


class Case(NamedTuple):
    """One expression at one point, with the reference value and partial derivatives."""

    id: str
    expression: str
    point: dict[str, float]
    value: float
    gradients: dict[str, float]


def records(name: str) -> list[dict[str, Any]]:
    """The records of a file."""
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def cases(name: str) -> Iterator[Case]:
    """Every expression of a file at each of its points."""
    for record in records(name):
        expression = record.get("expr") or record["antiderivative"]
        used = variables(parse(expression))
        for point, value, gradients in zip(record["points"], record["values"], record["grads"], strict=True):
            given = {k: v for k, v in point.items() if k in used}
            yield Case(record["id"], expression, given, value, {k: v for k, v in gradients.items() if k in given})

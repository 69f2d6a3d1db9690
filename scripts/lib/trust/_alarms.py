"""Right programs, to see whether their value is called another: the corpora, the spellings, and random programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import numpy as np
from fuzz import programs as fuzzed

from gradcli.errors import Problem
from gradcli.lang import parse, variables
from gradcli.ops.calls.memory import within_memory
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.verify.value import value_witness
from tests.conformance.spellings import VALUES, spellings
from tests.corpora import SCALAR_FILES, cases, records

__all__ = ["KINDS", "compared"]

_EACH = 3
"""Every so many of the spellings: `scripts/trust spellings` has Python read them all."""

_ROOM = 2**26


def _corpora(count: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    del count
    for name in SCALAR_FILES:
        for case in cases(name):
            yield case.expression, case.point
    for name in ("mgh", "hock_schittkowski"):
        for record in records(name):
            text = f"[{', '.join(record['residuals'])}]"
            for point in record["points"]:
                yield text, {k: v for k, v in point.items() if k in variables(parse(text))}


def _spellings(count: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    del count
    for text in list(dict.fromkeys(spelling.ours for spelling in spellings()))[::_EACH]:
        try:
            used = variables(parse(text))
        except Problem:
            continue
        yield text, {name: VALUES[name] for name in used if name in VALUES}


def _random(count: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for seed in range(count):
        case = fuzzed.make(Random(seed))
        yield case.source, case.values


KINDS = {"values of the corpora": _corpora, "spellings": _spellings, "random programs": _random}


def compared(kind: str, count: int) -> tuple[Counter[str], list[str]]:
    """How often the witness says what of programs that have a value, and where it raises a false alarm."""
    counts: Counter[str] = Counter()
    alarms = []
    for text, given in KINDS[kind](count):
        try:
            with within_memory(_ROOM), np.errstate(all="ignore"):
                value = evaluate(text, given, explain=False).value
                found = value_witness(Gradient(text, prepare(text, given).inputs, value, {}))
        except Problem:
            continue
        counts[found.verdict] += 1
        if found.verdict == "differs":
            alarms.append(f"{text} at {dict(given)}: {found.reason}")
    return counts, alarms

"""How long formulas are to read, beside the shorter of what SymPy's `diff` and `simplify` give, over the corpora."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np

from bench.measure import row, title
from gradcli.errors import Problem
from gradcli.formulas import reading_length
from gradcli.lang import parse, variables
from gradcli.ops import CONSTANTS
from gradcli.symbolic import Oracle
from gradcli.transforms.operators.diff import diff
from gradcli.transforms.operators.simplify import simplify

DATA = Path("tests/data")
FILES = {"cas_pairs": ("expr", 1), "rubi_core": ("antiderivative", 8), "rubi_reciprocal": ("antiderivative", 8),
         "rubi_long": ("antiderivative", 8), "rubi_erf": ("antiderivative", 8)}  # fmt: skip
"""Of each corpus the field of its texts, and every how many are taken."""

SYMPY_SECONDS = 15.0
"""Of processor time, for what takes SymPy's `simplify` longer its derivative alone counts."""

T = TypeVar("T")


class _Late(BaseException):
    """Time is up; no Exception, which SymPy would take for one of its own."""


class _Text(NamedTuple):
    """An expression, and what it is differentiated by."""

    source: str
    name: str


def run(seconds: float = 4.0) -> None:
    """The lengths of both, and how often ours is the longer one.

    Args:
        seconds: that the search for shorter forms has; twice what the command line gives it, for shared machines.
    """
    plain, shortest = [], []
    for text in _texts():
        try:
            found = diff(text.source, wrt=[text.name], guarded=False)
            theirs = _theirs(text)
        except (Problem, RecursionError, TypeError):
            continue
        plain.append(reading_length(found.formulas[0].program) / theirs)
        with Oracle.start() as oracle:
            short = simplify(found, oracle, seconds).formulas[0]
        shortest.append(reading_length(short.program) / theirs)
    title(f"Names, numbers and operations of df/dx, {len(plain)} expressions of cas_pairs and rubi")
    for name, ratios, targets in (("as derived", plain, ("", "")), ("shortest form", shortest, ("1.0", "1.3"))):
        for quantile, target in zip((50, 95), targets, strict=True):
            told = f"{np.percentile(ratios, quantile):.2f} x SymPy"
            row(
                f"{name}, {'median' if quantile == 50 else '95th percentile'}",
                told,
                "",
                target and f"target <= {target} x",
            )
        row(f"{name}, longer than SymPy's", f"{sum(ratio > 1 for ratio in ratios)}")


def _texts() -> Iterator[_Text]:
    for name, (field, every) in FILES.items():
        lines = (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        for line in lines[::every]:
            record = json.loads(line)
            yield _Text(record[field], record["var"])


def _theirs(text: _Text) -> int:
    """The length of the shorter of SymPy's forms, by the count that ours is measured by."""
    import sympy

    names = [name for name in variables(parse(text.source)) if name not in CONSTANTS]
    symbols: dict[str, Any] = {name: sympy.Symbol(name, real=True) for name in names} | {"e": sympy.E}
    derivative = sympy.sympify(text.source.replace("^", "**"), locals=symbols).diff(symbols[text.name])
    simplified = _within(SYMPY_SECONDS, lambda: sympy.simplify(derivative))
    forms = [derivative] if simplified is None else [derivative, simplified]
    return min(reading_length(parse(str(form))) for form in forms)


def _within(seconds: float, compute: Callable[[], T]) -> T | None:
    """What a function gives in so much processor time; None for one that takes longer, or fails."""
    try:
        with _alarm(seconds):
            return compute()
    except (_Late, Exception):  # noqa: BLE001  # SymPy raises what it likes
        return None


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def late(*_: object) -> None:
        raise _Late

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)

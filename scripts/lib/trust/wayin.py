"""Faults planted in the way in, which engine, SymPy and numeric derivative share: is each one caught, and by what?

A fault counts where it changes a program's value. It is caught by the value that Python's own parser and NumPy give
(`gradcli check`'s fourth witness), by the invariant that no literal, name or keyword is lost between reading and
running, or by the conformance suite, which lets Python compute the program by itself.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from gradcli.errors import Problem
from gradcli.lang import parse, unroll, variables
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.program import prepare
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.verify.value import value_witness
from tests.conformance.reference import python_value
from tests.conformance.spellings import VALUES
from tests.conformance.test_nothing_is_lost import parts
from tests.corpora import DATA
from trust._alarms import KINDS, compared
from trust._faults import FAULTS
from trust._planting import Fault
from trust._tell import row, title

WAYS = ("the value witness", "the invariant", "conformance")


class Program(NamedTuple):
    """A text with the values of its variables, its right value, and what the parser makes of it."""

    text: str
    given: dict[str, Any]
    value: Any


class Planted(NamedTuple):
    """What became of a fault.

    Attributes:
        shows: in how many programs it changes the value.
        caught: by each way, in how many of them.
        missed: the programs in which nothing catches it.
    """

    fault: Fault
    shows: int
    caught: Mapping[str, int]
    missed: tuple[str, ...]


def programs() -> list[Program]:
    """The programs that Python and the language both read; `docs/names.md` lists what only the language has."""
    texts = [line for name in ("expressions", "programs") for line in _lines(name)]
    found = []
    for text in dict.fromkeys(texts):
        try:
            given = {name: VALUES[name] for name in variables(parse(text)) if name in VALUES}
        except Problem:
            continue
        value = _value(text, given)
        if value is not None and _witness(text, given, value) == "agrees":
            found.append(Program(text, given, value))
    return found


def _witness(text: str, given: Mapping[str, Any], value: Any) -> str:
    """What the value witness says of a value."""
    return value_witness(Gradient(text, dict(given), value if value.ndim else float(value), {})).verdict


def _lines(name: str) -> list[str]:
    return (DATA / "spellings" / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def _value(text: str, given: Mapping[str, Any]) -> Any:
    """The engine's value; None where it refuses the program."""
    try:
        with np.errstate(all="ignore"):
            return np.asarray(evaluate(text, given, explain=False).value)
    except (Problem, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None  # a planted fault may make nonsense


def planted(fault: Fault, known: list[Program], limit: int | None = None) -> Planted:
    """Plant a fault, and look at each program in which it shows, or at so many of them."""
    caught = dict.fromkeys(WAYS, 0)
    missed = []
    shows = 0
    for program in known:
        if limit is not None and shows >= limit:
            break
        with fault.plant():
            value = _value(program.text, program.given)
            if value is None or _same(value, program.value):
                continue
            shows += 1
            ways = list(_catching(program, value))
        for way in ways:
            caught[way] += 1
        if not ways:
            missed.append(program.text)
    return Planted(fault, shows, caught, tuple(missed))


def _catching(program: Program, value: Any) -> Iterator[str]:
    if _witness(program.text, program.given, value) == "differs":
        yield WAYS[0]
    if _lost(program):
        yield WAYS[1]
    if not _as_python(program, value):
        yield WAYS[2]


def _lost(program: Program) -> bool:
    """Whether a literal, a name or a keyword of the program that was read is not in the one that runs."""
    if " if " in program.text or "None" in program.text:
        return False  # a branch that is not taken may be left out
    lengths = {name: len(value) for name, value in program.given.items() if np.ndim(value)}
    before = parts(unroll(parse(program.text), lengths.get))
    after = parts(prepare.prepare(program.text, program.given).program)
    return not (before.leaves <= after.leaves and before.keywords <= after.keywords)


def _as_python(program: Program, value: Any) -> bool:
    try:
        with np.errstate(all="ignore"):
            return _same(value, python_value(program.text, VALUES))
    except Exception:  # noqa: BLE001  # whatever Python makes of it: it says nothing then
        return True


def _same(one: Any, other: Any) -> bool:
    return np.shape(one) == np.shape(other) and bool(np.allclose(one, other, rtol=1e-12, atol=1e-300, equal_nan=True))


def main(words: list[str]) -> int:
    """Print what catches each fault; 1 if one is missed, or shows nowhere."""
    parser = argparse.ArgumentParser(prog="scripts/trust wayin", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", metavar="TEXT", help="faults that are called so, and nothing else")
    parser.add_argument("--random", type=int, default=10_000, metavar="N", help="random programs without a fault")
    options = parser.parse_args(words)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        good = _plant(options.only)
        return 0 if (options.only or _alarms(options.random)) and good else 1


def _plant(only: str) -> bool:
    """Plant the faults that are called so; whether all are caught."""
    title("Faults planted in the way in: parser, unroller, resolver, values")
    known = programs()
    found = [planted(fault, known) for fault in FAULTS if only in fault.name]
    row("", "shows in", "by the value", "by invariant", "by conformance")
    for one in found:
        row(one.fault.name, str(one.shows), *(str(one.caught[way]) for way in WAYS))
    silent = [one.fault.name for one in found if not one.shows]
    missed = [(one.fault.name, text) for one in found for text in one.missed]
    for name in silent:
        print(f"SHOWS NOWHERE  {name}")
    for name, text in missed:
        print(f"MISSED  {name}: {text}")
    shows = sum(one.shows for one in found)
    row("kinds of faults", f"{len(found)}", f"{len(known)} programs")
    row("caught, of the programs that they change", f"{shows - len(missed)} of {shows}", "target: all")
    for way in WAYS:
        row(f"  by {way}", f"{sum(one.caught[way] for one in found)} of {shows}")
    somewhere = sum(one.caught[WAYS[0]] > 0 for one in found)
    row("kinds that the value witness catches somewhere", f"{somewhere} of {len(found)}")
    return not silent and not missed


def _alarms(count: int) -> bool:
    """Look at right programs; whether the value witness takes none for another."""
    title("Right programs, by the value witness: is one called another?")
    row("", "agrees", "not compared", "differs")
    alarms = []
    for kind in KINDS:
        counts, told = compared(kind, count)
        alarms += told
        row(kind, *(str(counts[verdict]) for verdict in ("agrees", "not compared", "differs")))
    for told in alarms:
        print(f"FALSE ALARM  {told}")
    return not alarms

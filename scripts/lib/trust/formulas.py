"""Formulas of all corpora, read back from their text, against references that were computed with 50 digits.

What `gradcli diff` prints is parsed anew and evaluated at each point of the record. A number further off than
`CLOSE` is looked into: conditioning is what `trust.corpora` measures it by, the error that the rounding of each of the
program's operations allows for at this point.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.address import Input
from gradcli.errors import Problem
from gradcli.lang import parse, variables
from gradcli.transforms.operators.diff import diff
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.jacobian import Jacobian
from gradcli.transforms.verify.check import picked
from gradcli.transforms.verify.rounding import Tape
from trust._tell import row, title
from trust.corpora import EPS, RESIDUALS, SCALARS, VECTORS, WITHIN, cases

CLOSE = 1e-10
ZERO = 1e-45
"""What 50 digits leave of numbers that cancel to 0."""


class Told(NamedTuple):
    """What became of a file's formulas.

    Attributes:
        read: how many formulas were read back, at all points.
        entries: how many numbers were compared.
        beyond: those further off than `CLOSE`, each with its reason; "" is none.
        engine: how many of the engine's numbers are further off.
        refused: texts without a formula, or whose formula does not read back, and why.
    """

    read: int
    entries: int
    beyond: list[tuple[str, str]]
    engine: int
    refused: list[str]


def main(words: list[str]) -> int:
    """Print a line for each file and each exception; 1 if a target is missed."""
    argparse.ArgumentParser(prog="scripts/trust formulas", description=(__doc__ or "").splitlines()[0]).parse_args(
        words
    )
    title(f"Formulas by diff, read back, at the corpora's points; within {CLOSE:g} of 50 digits")
    everything = [told(file) for file in (*SCALARS, *RESIDUALS, *VECTORS)]
    for file, found in zip((*SCALARS, *RESIDUALS, *VECTORS), everything, strict=True):
        row(file, f"{found.read:,} read back", f"{len(found.refused)} not", f"{found.entries:,} numbers",
            f"{len(found.beyond)} beyond", f"engine {found.engine}")  # fmt: skip
    read, entries = sum(f.read for f in everything), sum(f.entries for f in everything)
    refused, beyond = [r for f in everything for r in f.refused], [b for f in everything for b in f.beyond]
    print()
    for text in refused:
        print(f"  no formula: {text}")
    for name, why in beyond:
        print(f"  {name}: {why or 'unexplained'}")
    close = 1 - len(beyond) / entries
    row("formulas that read back", f"{read / (read + len(refused)):.2%}", "target 100%")
    row(f"numbers within {CLOSE:g}", f"{close:.3%}", "target >= 99.9%")
    unexplained = sum(not why for _, why in beyond)
    row("of the others not explained by conditioning", f"{unexplained}", "target 0")
    row("beyond, by the engine", f"{sum(f.engine for f in everything)}")
    return 1 if refused or unexplained or close < 0.999 else 0


def told(file: str) -> Told:
    """The formulas of a file at its points."""
    found = Told(0, 0, [], 0, [])
    programs: dict[tuple[Any, ...], dict[str, str]] = {}
    for name, result, references in cases(file):
        values = dict(result.inputs)
        key = (result.expression, tuple((n, np.shape(v)) for n, v in values.items()))
        if key not in programs:
            try:
                programs[key] = _texts(result, values)
            except Problem as problem:
                found.refused.append(f"{name}: {problem}")
                programs[key] = {}
            found = found._replace(read=found.read + len(programs[key]))
        for variable, text in programs[key].items():
            try:
                numbers = np.ravel(_numbers(text, values)).astype(float)
            except Problem as problem:
                found.refused.append(f"{name}: {text}: {problem}")
                continue
            expected = np.ravel(np.asarray(references[variable], dtype=float))
            found = found._replace(entries=found.entries + expected.size)
            if numbers.shape != expected.shape:
                found.beyond.append((f"{name} by {variable}", ""))
                continue
            found = found._replace(engine=found.engine + int(np.sum(_off(_derivatives(result, variable), expected))))
            for entry in np.flatnonzero(_off(numbers, expected)):
                label = f"{name} by {variable}, entry {entry}: {numbers[entry]}, reference {expected[entry]}"
                found.beyond.append((label, _reason(result, variable, int(entry), numbers[entry], expected[entry])))
    return found


def _off(numbers: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.bool_]:
    close = abs(numbers - expected) <= CLOSE * abs(expected)
    return ~(close | ((numbers == 0) & (abs(expected) < ZERO)))


def _derivatives(result: Gradient | Jacobian, variable: str) -> NDArray[np.float64]:
    """The engine's numbers by a variable."""
    found = result.gradients if isinstance(result, Gradient) else result.jacobians
    return np.ravel(np.asarray(found[variable], dtype=float))


def _texts(result: Gradient | Jacobian, values: Mapping[str, Any]) -> dict[str, str]:
    """The formula by each variable, as it is printed."""
    shapes = {name: np.shape(value) for name, value in values.items()}
    found = {}
    for name in result.wrt():
        of = "gradient" if isinstance(result, Gradient) else "jacobian"
        (formula,) = diff(result.expression, of, [name], shapes=shapes).formulas
        found[name] = formula.text
    return found


def _numbers(text: str, values: Mapping[str, Any]) -> Any:
    used = variables(parse(text))
    return evaluate(text, {name: value for name, value in values.items() if name in used}, explain=False).value


def _reason(result: Gradient | Jacobian, variable: str, entry: int, number: float, expected: float) -> str:
    """Conditioning, if the rounding of the program's operations at this point allows for the error; else ""."""
    tape = Tape(result)
    width = int(np.size(result.inputs[variable]))
    for address in picked(result, 10**9):
        if address.by == (Input(variable, entry % width),) and address.output == entry // width:
            allowed = EPS * abs(expected) + 2 * tape.sensitivity(address).bound
            return "conditioning" if abs(number - expected) <= WITHIN * allowed else ""
    return ""

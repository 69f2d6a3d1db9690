"""First derivatives of every corpus against references that were computed with 50 digits.

What an error is measured with. Inputs are exact. Each operation of the program, forward and backward, rounds once, by
at most u = 2**-53 relative; to first order an entry g of the derivative is then off by at most

    B = u * sum(|adjoint of r in g| * |r|)    over all results r of the recorded computation of g

(Linnainmaa 1976; `gradcli.transforms.verify.rounding`; for special functions and linear algebra their input's
rounding is counted too). Its condition is C = 1 + B/(u*|g|): the conditioning of the point, magnified by the way the
expression is written; the 1 is the reference's own rounding to float64. One ulp of condition is C * eps * |g| =
eps*|g| + 2*B.

The point's own condition, kappa = sum(|x_i * dg/dx_i|)/|g|, leaves out how the expression is written; it is shown
beside the other.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gradcli.lang import parse, variables
from gradcli.symbolic import Answer
from gradcli.symbolic.answers.solve import solve
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.jacobian import Jacobian
from gradcli.transforms.verify.check import picked
from gradcli.transforms.verify.rounding import Tape
from trust._tell import facts, row, title

DATA = Path(__file__).parents[3] / "tests" / "data"
SCALARS = ("feynman", "sr_benchmarks", "cas_pairs", "rubi_core", "rubi_reciprocal", "rubi_long", "rubi_erf")
RESIDUALS = ("mgh", "hock_schittkowski")
VECTORS = ("scipy_go", "matrix_cookbook")

EPS = 2.0**-52
WITHIN = 16.0


class Compared(NamedTuple):
    """One entry: its error in ulps, in ulps of condition, and in ulps of the point's own condition."""

    name: str
    engine: float
    reference: float
    ulps: float
    of_condition: float
    of_point: float


def main(words: list[str]) -> int:
    """Print a line for each file and each exception with its reason; 1 if a target is missed."""
    argparse.ArgumentParser(prog="scripts/trust corpora", description=(__doc__ or "").splitlines()[0]).parse_args(words)
    title("First derivatives against 50-digit references, in ulps of condition")
    everything: list[Compared] = []
    exceptions: list[tuple[Compared, str]] = []
    for file in (*SCALARS, *RESIDUALS, *VECTORS):
        found: list[Compared] = []
        for name, result, reference in cases(file):
            for entry in compare(name, result, reference):
                found.append(entry)
                if not entry.of_condition <= WITHIN:
                    exceptions.append((entry, reason(result, entry)))
        facts(file, [e.of_condition for e in found], WITHIN)
        everything += found
    print()
    facts("all", [e.of_condition for e in everything], WITHIN)
    facts("all, in ulps of the point's own condition", [e.of_point for e in everything], WITHIN)
    facts("all, in plain ulps", [e.ulps for e in everything], WITHIN)
    print(f"\nBeyond {WITHIN:g} ulps of condition: {len(exceptions)}")
    for entry, why in exceptions:
        print(
            f"  {entry.name}: gradcli {entry.engine!r}, reference {entry.reference!r}, {entry.of_condition:.3g}: {why}"
        )
    median = float(np.median([e.of_condition for e in everything]))
    share = float(np.mean([e.of_condition <= WITHIN for e in everything]))
    row("median", f"{median:.3f}", "target <= 1")
    row(f"within {WITHIN:g} x condition x eps", f"{share:.4%}", "target >= 99.9%")
    return 0 if median <= 1 and share >= 0.999 else 1


def cases(file: str) -> Iterator[tuple[str, Gradient | Jacobian, dict[str, Any]]]:
    """Each result of a file with the reference for each variable, in the shape of the result's own."""
    for line in (DATA / f"{file}.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        if file in RESIDUALS:
            yield from _residuals(record)
        elif file in VECTORS:
            yield from _vectors(record)
        else:
            yield from _scalars(record)


def _scalars(record: dict[str, Any]) -> Iterator[tuple[str, Gradient | Jacobian, dict[str, Any]]]:
    expression = record.get("expr") or record["antiderivative"]
    used = variables(parse(expression))
    for i, (point, gradients) in enumerate(zip(record["points"], record["grads"], strict=True)):
        given = {k: v for k, v in point.items() if k in used}
        yield f"{record['id']} #{i}", grad(expression, given), {k: gradients[k] for k in given}


def _residuals(record: dict[str, Any]) -> Iterator[tuple[str, Gradient | Jacobian, dict[str, Any]]]:
    expression = f"[{', '.join(record['residuals'])}]"
    used = [p for p in record["params"] if p in variables(parse(expression))]
    for i, (point, matrix) in enumerate(zip(record["points"], record["jacobians"], strict=True)):
        columns = {p: np.asarray(matrix)[:, record["params"].index(p)] for p in used}
        yield f"{record['id']} #{i}", jacobian(expression, {p: point[p] for p in used}), columns


def _vectors(record: dict[str, Any]) -> Iterator[tuple[str, Gradient | Jacobian, dict[str, Any]]]:
    if "atleast_2d" in record.get("names", ()) or record.get("consts"):
        return  # not in the language; not given with the point
    for i, (point, references) in enumerate(zip(record["points"], record["grads"], strict=True)):
        name, text, wrt = f"{record['id']} #{i}", record["expr"], record.get("wrt")
        if np.size(evaluate(text, point).value) == 1:
            yield name, grad(text, point, wrt), references
        else:
            yield name, jacobian(text, point, wrt), references


def compare(name: str, result: Gradient | Jacobian, references: dict[str, Any]) -> Iterator[Compared]:
    tape = Tape(result)
    outputs = int(np.size(result.value)) if isinstance(result, Jacobian) else 1
    flat = {k: np.reshape(np.asarray(v, dtype=float), (outputs, -1)) for k, v in references.items()}
    for address in picked(result, 10**9):
        (by,) = address.by
        engine, reference = result.number(address), float(flat[by.name][address.output, by.entry])
        error, size = abs(engine - reference), abs(reference)
        found = tape.sensitivity(address)
        of_point = EPS * size * (1 + (found.condition if size else 0.0))
        yield Compared(
            f"{name} {result.label(address)}", engine, reference, over(error, float(np.spacing(size))),
            over(error, EPS * size + 2 * found.bound), over(error, of_point),
        )  # fmt: skip


def over(error: float, unit: float) -> float:
    return 0.0 if error == 0 else error / unit if unit else float("inf")


def reason(result: Gradient | Jacobian, entry: Compared) -> str:
    """Against SymPy's 30 digits at the float64 numbers that the engine computed with, literals included."""
    answer = solve(result.question())
    if not isinstance(answer, Answer):
        return f"unexplained; SymPy: {answer.reason}"
    tape = Tape(result)
    for truth in answer.derivatives:
        if not entry.name.endswith(f" {result.label(truth.address)}"):
            continue
        if truth.status != "number":
            return f"the derivative here is {truth.status}"
        if truth.high == 0 and result.number(truth.address) == 0:
            return "the derivative is exactly 0, which the reference's 50 digits have rounded"
        error = abs((result.number(truth.address) - truth.high) - truth.low)
        off = over(error, EPS * abs(truth.high) + 2 * tape.sensitivity(truth.address).bound)
        if off <= WITHIN:
            return f"the reference reads literals as decimals, gradcli as float64: {off:.2g} for these float64 numbers"
        return f"unexplained: {off:.3g} for these float64 numbers too"
    return "unexplained: SymPy did not look at this entry"

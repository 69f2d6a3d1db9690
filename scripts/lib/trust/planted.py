"""Wrong derivatives planted in the engine: the rule of each operation by each parameter, wrong by a millionth.

The rule's cotangent is multiplied by 1 + 1e-6, where the derivative is zero everywhere 1e-6 is added. SymPy and the
numeric derivative never see a rule, so both should notice; the check counts as having caught it if its verdict is
"differs". The same is counted for the numeric derivative alone, as if SymPy had not answered.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from gradcli.engine.rules.rule import rule_of
from gradcli.errors import Problem
from gradcli.ops import TABLE
from gradcli.ops.table.lookup import INTERNAL
from gradcli.symbolic import NotChecked
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.hessian import Hessian
from gradcli.transforms.verify.check import picked
from gradcli.transforms.verify.numeric import numeric
from gradcli.transforms.verify.witnesses import witnesses
from trust._programs import Program, elementwise, on_arrays
from trust._solve import solved
from trust._tell import row, title

WRONG = 1e-6
SILENT = NotChecked("not asked")


@contextmanager
def planted(name: str, position: int) -> Iterator[None]:
    """One rule's cotangent wrong by a millionth."""
    rule = rule_of(name)
    right = rule.vjps

    def wrong(g: Any, out: Any, inputs: Any, shapes: Any, statics: Any) -> Any:
        found = right[position if not rule.variadic else 0](g, out, inputs, shapes, statics)
        if rule.variadic:
            return [spoilt(found[0]), *found[1:]]
        return spoilt(found) if np.any(getattr(found, "array", found)) else found + WRONG * g

    rule.vjps = tuple(wrong if i == (0 if rule.variadic else position) else pull for i, pull in enumerate(right))
    try:
        yield
    finally:
        rule.vjps = right


def spoilt(cotangent: Any) -> Any:
    return cotangent * (1 + WRONG)


def derived(program: Program) -> Gradient | Hessian:
    return (hessian if program.second else grad)(program.text, program.point)


def main(words: list[str]) -> int:
    """Print what was planted and what was not caught; 1 if anything was not."""
    parser = argparse.ArgumentParser(prog="scripts/trust planted", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--each", type=int, default=2, metavar="N", help="programs for each operation and parameter")
    parser.add_argument("--seed", type=int, default=0, help="of the random points")
    parser.add_argument("--only", default="", metavar="NAME", help="one operation")
    options = parser.parse_args(words)
    title("Wrong derivatives planted: each operation's rule by each parameter, off by a millionth")
    seen: dict[tuple[str, str], int] = {}
    planted_in = by_check = by_sympy = by_numbers = answered = 0
    missed: list[str] = []
    for program in (*elementwise(np.random.default_rng(options.seed), options.each), *on_arrays(options.each)):
        if options.only not in ("", program.op.name):
            continue
        told = f"{program.op.name} by {program.variable}: {program.text} at {program.point}"
        try:
            result = derived(program)
            if not np.all(np.isfinite(result.value)):
                continue
            answer = solved(result)
            numbers = numeric(result, picked(result, 400))
        except Problem as problem:
            print(f"  left out, {told}: {problem.message}")
            continue
        if witnesses(result, answer, numbers).verdict not in ("verified", "not checked"):
            print(f"  left out, {told}: {witnesses(result, answer, numbers).verdict}")
            continue
        with planted(program.op.name, program.position):
            wrong = derived(program)
        if same(result, wrong):
            missed.append(f"nothing changed, {told}")
            continue
        planted_in += 1
        seen[program.op.name, program.variable] = seen.get((program.op.name, program.variable), 0) + 1
        caught = witnesses(wrong, answer, numbers).verdict == "differs"
        by_check += caught
        if not isinstance(answer, NotChecked):
            answered += 1
            by_sympy += caught
        by_numbers += witnesses(wrong, SILENT, numbers).verdict == "differs"
        if not caught:
            missed.append(f"not caught, {told}")
    for line in missed:
        print(f"  {line}")
    names = {name for name, _ in seen}
    every = {op.name for op in TABLE.values() if op.differentiable}
    row("differentiable operations of the table", f"{len(every)}")
    row("with a rule planted", f"{len(names)}", f"{len(seen)} rules", f"{planted_in} programs")
    print(f"  without: {', '.join(sorted(every - names - INTERNAL)) or 'none'}")
    print(f"  inside the engine, with no name in the language: {', '.join(sorted((every - names) & INTERNAL))}")
    row("caught by the check", f"{by_check} of {planted_in}", "target: all")
    row("  of which SymPy had an answer", f"{by_sympy} of {answered}")
    row("caught by the numeric derivative alone", f"{by_numbers} of {planted_in}")
    return 0 if by_check == planted_in and not missed else 1


def same(one: Gradient | Hessian, other: Gradient | Hessian) -> bool:
    """Whether two results have the same derivatives."""
    if isinstance(one, Hessian) and isinstance(other, Hessian):
        return bool(np.array_equal(one.hessian, other.hessian))
    return all(np.array_equal(g, other.gradients[name]) for name, g in one.gradients.items())

"""Right derivatives at random points: each elementwise operation by each parameter, over its whole domain.

A third of the points are inside the intervals where the tests sample the operation, a third have random sizes between
1e-8 and 1e4 and both signs, a third lie close to -1, 0 or 1, where domains end. Points without a finite value and
derivative are drawn again. The verdict must never be that the derivative is wrong. Where rounding takes more than half
of the digits (beta beside its poles), the check says just that; such points are counted by themselves.

Then the same of families of expressions that lose digits without their derivatives being wrong: constants and other
variables that cancel, slopes that vanish, identities, log_softmax, einsum, reductions, linear algebra, values near 0,
whole numbers; and of ties, where the verdict must be that, or that the derivative is right.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcli.errors import Problem
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.verdict import Verdict
from gradcli.transforms.verify.check import judge
from trust._families import families
from trust._programs import Program, elementwise, inside
from trust._solve import solved
from trust._tell import row, title

POSITIVE = ("beta", "betaln")
"""Of both arguments negative SciPy's values lose digits; the table declares these operations for positive numbers."""

WHOLE = {"gamma": 150.0, "beta": 100.0, "jv": 1e3, "iv": 300.0, "dsinc": 1e3}
"""Sizes beyond which SymPy takes too long, or the value leaves float64."""


def main(words: list[str]) -> int:
    """Print each point that was called wrong; 1 if there is one."""
    parser = argparse.ArgumentParser(prog="scripts/trust innocent", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--points", type=int, default=60, metavar="N", help="for each operation and parameter")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", metavar="NAME", help="one operation or family")
    options = parser.parse_args(words)
    title("Right derivatives at random points of each elementwise operation's domain, and of families that lose digits")
    verdicts: Counter[str] = Counter()
    silent: Counter[str] = Counter()
    worst: dict[str, float] = {}
    tried: set[str] = set()
    for name, text, point, result in everything(options.points, options.seed, options.only):
        verdict = judge(result, solved(result, 5.0))
        word = "digits lost to rounding, and said so" if lost(verdict) else verdict.verdict
        verdicts[word] += 1
        tried.add(name)
        worst[name] = max(worst.get(name, 0.0), verdict.max_ulps or 0.0)
        if word == "differs":
            print(f"  {text} at {point}: {verdict.reason}; {'; '.join(verdict.details)}", flush=True)
        if verdict.verdict == "not checked":
            silent[f"{name}: {verdict.reason}"] += 1
    row("operations and families", f"{len(tried)}")
    for name, count in verdicts.most_common():
        row(name, f"{count:,}")
    for reason, count in silent.most_common(12):
        print(f"  {count:4} {reason}")
    largest = sorted(worst.items(), key=lambda item: -item[1])[:8]
    print(f"  largest errors in ulps, rounding of inputs apart: {', '.join(f'{n} {u:.3g}' for n, u in largest)}")
    row("called wrong", f"{verdicts['differs']} of {sum(verdicts.values()):,}", "target: none")
    return 1 if verdicts["differs"] else 0


def everything(count: int, seed: int, only: str) -> Iterator[tuple[str, str, dict[str, Any], Derived]]:
    """The operations' points and the families': name, text, point and result."""
    for program, result in drawn(count, seed, only):
        yield program.op.name, program.text, program.point, result
    yield from families(4 * count, seed, only)


def lost(verdict: Verdict) -> bool:
    """Whether a verdict accuses the way of computing and not the derivative."""
    return verdict.verdict == "differs" and (verdict.reason or "").startswith("rounding has taken more than half")


def drawn(count: int, seed: int, only: str) -> Iterator[tuple[Program, Gradient]]:
    """Programs at points where value and derivative are finite."""
    random = np.random.default_rng(seed)
    for program in elementwise(random, 1):
        if only not in ("", program.op.name):
            continue
        found = 0
        for draw in range(20 * count):
            point = dict(program.point)
            names = [program.variable] if draw % 2 else list(point)
            for name in names:
                point[name] = anywhere(program, name, random)
            try:
                result = grad(program.text, point)
            except Problem:
                continue
            if np.isfinite(result.value) and all(np.isfinite(g) for g in result.gradients.values()):
                found += 1
                yield program._replace(point=point), result
            if found == count:
                break


def anywhere(program: Program, name: str, random: np.random.Generator) -> float:
    """A number for a variable: inside, of any size, or close to where domains end."""
    kind = random.integers(3)
    if kind == 0 and name in program.op.params:
        return inside(program.op, program.op.params.index(name), random)
    if program.op.name in POSITIVE:
        return float(10.0 ** random.uniform(-8, 3))
    if kind == 1:
        return float(random.choice([-1.0, 1.0]) * 10.0 ** random.uniform(-8, np.log10(WHOLE.get(program.op.name, 1e4))))
    return float(random.integers(-1, 2) + random.choice([-1.0, 1.0]) * 10.0 ** random.uniform(-12, -1))

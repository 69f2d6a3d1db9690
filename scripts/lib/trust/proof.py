"""Enclosures by FLINT: of how many derivatives they come, whether they hold the truth, and what they catch.

The truth of an entry of the corpora is its 50-digit reference; where that read a literal as a decimal, and the program
as a float64, it is SymPy's derivative with 30 digits at the float64 numbers of the program.
"""

from __future__ import annotations

import argparse
import gc
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np

from gradcli.enclosures.answers.enclose import enclose
from gradcli.enclosures.protocol import Ball, Enclosures, Request, Undecided
from gradcli.errors import Problem
from gradcli.symbolic import Answer
from gradcli.symbolic.answers.solve import solve
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.hessian import Hessian
from gradcli.transforms.results.jacobian import Jacobian
from gradcli.transforms.verify.rounding import Tape
from trust._programs import elementwise, on_arrays
from trust._tell import facts, row, title
from trust.corpora import RESIDUALS, SCALARS, VECTORS, cases
from trust.planted import derived, planted, same

EPS = Fraction(2) ** -52
WITHIN = 16
SLACK = Fraction(1, 10**28)
"""Relative: what SymPy's 30 digits may be off by."""

LARGE = (
    ("sum(solve(a, b))", {"a": (100, 100), "b": (100,)}),
    ("det(a)", {"a": (100, 100)}),
    ("sum(inv(a)*a)", {"a": (20, 20)}),
)
"""Linear algebra that SymPy does not come to the end of."""


HIGH_ORDER = ("derivative", "exp(sin(x))*log(1+x**2)/(1+exp(-x))", "--order", "20", "--x", "0.7")
"""SymPy takes 11 s for order 9, and twice as long for each further one."""

PAIRS = 9
"""How often a command is run, and its like in turn."""


def main(words: list[str]) -> int:
    """Print the figures and each exception; 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="scripts/trust proof", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", metavar="FILE", help="one corpus")
    parser.add_argument("--each", type=int, default=2, metavar="N", help="planted programs for each operation")
    options = parser.parse_args(words)
    good = _corpora(options.only)
    good &= _planted(options.each)
    good &= _large()
    good &= _command()
    return 0 if good else 1


def asked(result: Derived, limit: int = 10**9) -> Request:
    """The request for a result's enclosures."""
    question = result.question()
    return Request(
        question.source, question.values, question.wrt, question.kind, question.seed, question.tangents, question.order,
        limit,
    )  # fmt: skip


def ends(ball: Ball) -> tuple[Fraction, Fraction]:
    """The lower and the upper bound."""
    unit = Fraction(2) ** ball.exponent
    return ball.low * unit, ball.high * unit


def distance(number: float, ball: Ball) -> Fraction:
    """How far a number may be from the truth, by its enclosure."""
    exact = Fraction(number)
    return max(abs(exact - end) for end in ends(ball))


def _corpora(only: str) -> bool:
    title("First derivatives of the corpora, enclosed")
    entries = 0
    enclosed: list[float] = []
    silent: Counter[str] = Counter()
    excluded: list[str] = []
    widths: list[float] = []
    for file in (*SCALARS, *RESIDUALS, *VECTORS):
        if only not in ("", file):
            continue
        for name, result, references in cases(file):
            found = enclose(asked(result))
            tape = Tape(result)
            truths: dict[Any, Any] | None = None
            for ball in found.derivatives:
                entries += 1
                if isinstance(ball, Undecided):
                    silent[ball.reason] += 1
                    continue
                reference = _reference(result, references, ball)
                if not _holds(ball, Fraction(reference), abs(Fraction(reference)) * EPS / 2):
                    truths = _by_sympy(result) if truths is None else truths
                    truth = truths.get(ball.address)
                    if truth is None or not _holds(ball, truth, abs(truth) * SLACK):
                        excluded.append(
                            f"{name} {result.label(ball.address)}: {tuple(map(float, ends(ball)))}, {reference!r}"
                        )
                engine = float(result.number(ball.address))
                size = max(map(abs, ends(ball)))
                unit = EPS * size + 2 * Fraction(tape.sensitivity(ball.address).bound)
                off = distance(engine, ball)
                enclosed.append(float(off / unit) if unit else float(off > 0))
                widths.append(float((ends(ball)[1] - ends(ball)[0]) / size) if size else 0.0)
    row("entries", f"{entries:,}")
    row("enclosed", f"{len(enclosed):,}", f"{len(enclosed) / entries:.3%}", "target >= 99.5%")
    for reason, count in silent.most_common():
        print(f"  {count}: {reason}")
    row("enclosures that exclude the truth", f"{len(excluded)}", "target 0")
    for line in excluded:
        print(f"  {line}")
    row("widest enclosure, relative", f"{max(widths):.2g}")
    facts("the engine's proved error in ulps of condition", enclosed, WITHIN)
    share = float(np.mean(np.array(enclosed) <= WITHIN))
    row(f"proved within {WITHIN} x condition x eps", f"{share:.3%}", "target >= 99.9%")
    return len(enclosed) >= 0.995 * entries and not excluded and share >= 0.999


def _reference(result: Gradient | Jacobian, references: dict[str, Any], ball: Ball) -> float:
    (by,) = ball.address.by
    outputs = int(np.size(result.value)) if isinstance(result, Jacobian) else 1
    flat = np.reshape(np.asarray(references[by.name], dtype=float), (outputs, -1))
    return float(flat[ball.address.output, by.entry])


def _holds(ball: Ball, truth: Fraction, slack: Fraction) -> bool:
    low, high = ends(ball)
    return low - slack <= truth <= high + slack


def _by_sympy(result: Gradient | Jacobian) -> dict[Any, Any]:
    answer = solve(result.question()._replace(limit=10**9))
    if not isinstance(answer, Answer):
        return {}
    return {t.address: Fraction(t.high) + Fraction(t.low) for t in answer.derivatives if t.status == "number"}


def _planted(each: int) -> bool:
    title("Wrong derivatives planted in the engine, off by a millionth: does the enclosure alone exclude them?")
    caught = tried = 0
    silent: Counter[str] = Counter()
    names: set[str] = set()
    for program in (*elementwise(np.random.default_rng(0), each), *on_arrays(each)):
        try:
            right = derived(program)
        except Problem:
            continue
        if not np.all(np.isfinite(right.value)):
            continue
        found = enclose(asked(right, 400))
        balls = [ball for ball in found.derivatives if isinstance(ball, Ball)]
        if len(balls) < len(found.derivatives) or not balls:
            silent[f"{program.op.name}: {_why(found)}"] += 1
            continue
        with planted(program.op.name, program.position):
            wrong = derived(program)
        if same(right, wrong):
            continue
        tried += 1
        names.add(program.op.name)
        if _excluded(wrong, balls) and not _excluded(right, balls):
            caught += 1
        else:
            print(f"  missed: {program.op.name}: {program.text} at {program.point}")
    row("planted", f"{tried} programs", f"{len(names)} operations")
    row("excluded by the enclosure alone", f"{caught} of {tried}", "target: all")
    for reason, count in silent.most_common():
        print(f"  not enclosed, {count}: {reason}")
    return caught == tried > 0


def _why(found: Enclosures) -> str:
    return next(n.reason for n in (*found.values, *found.derivatives) if isinstance(n, Undecided))


def _excluded(result: Gradient | Hessian, balls: list[Ball]) -> bool:
    """Whether a number is further from its enclosure than the rounding of the computation explains."""
    tape = Tape(result)
    for ball in balls:
        number = float(result.number(ball.address))
        bound = 16 * Fraction(float(np.spacing(abs(number)))) + 8 * Fraction(tape.sensitivity(ball.address).bound)
        if distance(number, ball) > bound:
            return True
    return False


def _large() -> bool:
    title("Where SymPy does not come to an end")
    good = True
    random = np.random.default_rng(0)
    for text, shapes in LARGE:
        values = {name: random.normal(size=shape).tolist() for name, shape in shapes.items()}
        good &= _timed(text, Request(text, values, tuple(values), "gradient", limit=10**9))
    statements, names = _shared(random, 10_000)
    values = {name: float(random.uniform(0.1, 1)) for name in names}
    good &= _timed(
        f"{len(statements):,} statements, 10 inputs", Request("; ".join(statements), values, names, "gradient")
    )
    return good


def _shared(random: np.random.Generator, count: int) -> tuple[list[str], tuple[str, ...]]:
    """A program in which every intermediate is used many times."""
    names = tuple(f"x{i}" for i in range(10))
    known = list(names)
    statements = []
    for i in range(count):
        a, b = (known[-1 - int(random.integers(min(20, len(known))))] for _ in range(2))
        form = ("sin({a})*0.5 + {b}*0.5", "({a} + {b})/2", "cos({a}*{b})", "{a}/(1 + {b}**2)")[int(random.integers(4))]
        statements.append(f"v{i} = {form.format(a=a, b=b)}")
        known.append(f"v{i}")
    return [*statements, f"{known[-1]} + {known[-2]}*{known[-3]}"], names


def _timed(name: str, request: Request) -> bool:
    gc.disable()  # as in the process that encloses
    began = time.process_time()
    found = enclose(request)
    seconds = time.process_time() - began
    gc.enable()
    balls = [ball for ball in found.derivatives if isinstance(ball, Ball)]
    row(name, f"{len(balls):,} of {found.total:,}", f"{seconds:.2f} s of CPU", f"{found.bits} bits", "target <= 2 s")
    return len(balls) == found.total and seconds <= 2


def _command() -> bool:
    title("A derivative of order 20, proved: the whole command beside the one without a check")
    checked, unchecked = [], []
    for _ in range(PAIRS):
        checked.append(_seconds(*HIGH_ORDER))
        unchecked.append(_seconds(*HIGH_ORDER, "--no-check"))
    (wall, cpu), (least_wall, least_cpu) = (
        [statistics.median(times) for times in zip(*runs, strict=True)] for runs in (checked, unchecked)
    )
    row("seconds", f"{wall:.3f}", f"without {least_wall:.3f}", "target <= 1.5 x + 0.1")
    row("of CPU, all processes", f"{cpu:.3f}", f"without {least_cpu:.3f}")
    return wall <= 1.5 * least_wall + 0.1


def _seconds(*words: str) -> tuple[float, float]:
    """Of a command the seconds that pass, and those of CPU that it and its children take."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-P", "-m", "gradcli", *words], check=True, stdout=subprocess.DEVNULL)
    passed, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return passed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

"""True claims of the corpora, and the same with one coefficient wrong by a millionth: how many are judged right.

A record is a function with its derivative (`cas_pairs`) or an antiderivative with its integrand (`rubi_*`), made by
people and programs that never saw gradcli. Antiderivatives are often those of one branch: the domain of each variable
is the sign that it has at the record's points. Each record is judged three times:

    true       the derivative as it stands: must be proved, or right at every sampled point
    factor     the derivative times 1 + 1e-6: must be false
    literal    one number in the derivative, picked at random, wrong by 1e-6 of itself: must be false; left out where
               the derivative has no such number, or does not change with it at the record's points
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

FILES = ("cas_pairs", "rubi_core", "rubi_reciprocal", "rubi_long", "rubi_erf")
KINDS = ("true", "factor", "literal")
DATA = Path(__file__).parents[3] / "tests" / "data"
RELATIVE = 1e-6


def records(names: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The records of some files, each with a function, a derivative, and the file's name."""
    for name in names:
        for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            record["file"] = name
            record["function"] = record.get("expr") or record["antiderivative"]
            record["slope"] = record.get("derivative") or record["integrand"]
            yield record


def claim_of(record: dict[str, Any], kind: str) -> str | None:
    """The record's derivative, or a wrong one; None where there is none of the kind."""
    slope: str = record["slope"]
    if kind == "true":
        return slope
    if kind == "factor":
        zero = all(value == 0 for value in record["derivs"])
        return f"{slope} + {RELATIVE!r}" if zero else f"({slope})*(1 + {RELATIVE!r})"
    return _with_wrong_literal(record)


def _with_wrong_literal(record: dict[str, Any]) -> str | None:
    from gradcli.errors import Problem
    from gradcli.lang import Literal, fold, parse, unparse
    from gradcli.transforms.operators.evaluate import evaluate

    program = parse(record["slope"])
    literals: list[Literal] = []
    fold(
        program.result,
        literals.append,
        lambda node: None,
        lambda node, args, keywords: None,
    )
    numbers = [node for node in literals if isinstance(node.value, float) and node.value]
    random.Random(record["id"]).shuffle(numbers)
    for node in numbers:
        assert isinstance(node.value, float)
        right, node.value = node.value, node.value * (1 + RELATIVE)
        wrong = unparse(program)
        node.value = right
        for point, value in zip(record["points"], record["derivs"], strict=True):
            used = {name: number for name, number in point.items() if name in _variables(wrong)}
            try:
                changed = float(evaluate(wrong, used).value)
            except Problem:
                continue
            if abs(changed - value) > 1e-9 * abs(value):
                return wrong
    return None


def _signs(record: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """The domain: of each variable the sign that it has at all of the record's points."""
    ranges = {}
    for name in _variables(record["function"]):
        numbers = [point[name] for point in record["points"] if name in point]
        if numbers and min(numbers) > 0:
            ranges[name] = (0.0, math.inf)
        elif numbers and max(numbers) < 0:
            ranges[name] = (-math.inf, 0.0)
    return ranges


def _variables(text: str) -> Iterable[str]:
    from gradcli.lang import parse, variables

    return variables(parse(text))


class Worker:
    """One process's oracle, which all of its records share."""

    oracle: Any = None


def judge(task: tuple[dict[str, Any], str, float]) -> tuple[str, str, str, str, float, str]:
    """File, kind, id, verdict, seconds, and what to say of it."""
    from gradcli.errors import Problem
    from gradcli.symbolic import Oracle
    from gradcli.transforms.claims.judge import judge_claims
    from gradcli.transforms.claims.types import Case, Claimed

    record, kind, timeout = task
    begin = time.monotonic()
    text = claim_of(record, kind)
    if text is None:
        return record["file"], kind, record["id"], "left out", 0.0, ""
    missing = {record["var"], *_variables(text)} - {*_variables(record["function"]), "pi", "e"}
    function = record["function"] + "".join(f" + 0*{name}" for name in sorted(missing))
    if Worker.oracle is None:
        Worker.oracle = Oracle.start()
    try:
        case = Case(function, (Claimed((record["var"],), text),), ranges=_signs(record))
        (claim,) = judge_claims(case, Worker.oracle, timeout).verdicts
    except Problem as problem:
        return record["file"], kind, record["id"], "error", time.monotonic() - begin, problem.message
    said = claim.reason
    if claim.counterexample is not None:
        example = claim.counterexample
        said = f"{example.point}: {example.derivative}, claimed {example.claim}"
    return record["file"], kind, record["id"], claim.verdict, time.monotonic() - begin, said


def main(words: list[str]) -> int:
    """Print a line for each file and kind, and each record that is not judged as it must be; 1 if there is one."""
    parser = argparse.ArgumentParser(prog="scripts/trust claims", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", nargs="*", default=FILES, choices=FILES)
    parser.add_argument("--kinds", nargs="*", default=KINDS, choices=KINDS)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th record")
    parser.add_argument("--timeout", type=float, default=10.0, metavar="SECONDS", help="for each record")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    options = parser.parse_args(words)
    tasks = [
        (record, kind, options.timeout)
        for record in list(records(options.files))[:: options.every]
        for kind in options.kinds
    ]
    begin = time.monotonic()
    counts: dict[tuple[str, str], Counter[str]] = {}
    bad = 0
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        for file, kind, name, verdict, seconds, said in pool.map(judge, tasks, chunksize=1):
            counts.setdefault((file, kind), Counter())[verdict] += 1
            good = ("proved", "sampled") if kind == "true" else ("false", "left out")
            if verdict not in good:
                bad += 1
                print(f"{kind} {verdict} {name} ({seconds:.1f} s): {said}", flush=True)
    report(counts)
    print(f"{len(tasks)} claims in {time.monotonic() - begin:.0f} s with {options.jobs} processes")
    return 1 if bad else 0


def report(counts: dict[tuple[str, str], Counter[str]]) -> None:
    """A row for each file and kind, and the sums."""
    verdicts = ("proved", "sampled", "false", "undecided", "error", "left out")
    print(f"{'file':16} {'kind':8}" + "".join(f"{verdict:>10}" for verdict in verdicts))
    for kind in KINDS:
        total: Counter[str] = Counter()
        for (file, own), found in counts.items():
            if own == kind:
                total += found
                print(f"{file:16} {kind:8}" + "".join(f"{found[verdict]:10}" for verdict in verdicts))
        if total:
            print(f"{'all':16} {kind:8}" + "".join(f"{total[verdict]:10}" for verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

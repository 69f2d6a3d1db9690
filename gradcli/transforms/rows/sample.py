"""The check of a table's results: some rows are derived again by SymPy, or as many more are enclosed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from gradcli.address import spread
from gradcli.enclosures.process.many import enclose_all
from gradcli.enclosures.process.prover import MEMORY
from gradcli.errors import Problem
from gradcli.symbolic import Oracle, Question
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.verdict import Verdict
from gradcli.transforms.rows.one_row import result_at, with_numbers
from gradcli.transforms.rows.report import Report, Sample
from gradcli.transforms.rows.task import Task
from gradcli.transforms.verify.alike import Alike
from gradcli.transforms.verify.derivations import Derivations
from gradcli.transforms.verify.proof import by_proof, request_of

__all__ = ["Checked", "check_samples", "counted", "prove_samples"]


class Checked(NamedTuple):
    """What SymPy or the enclosures say of some rows.

    Attributes:
        rows: that were looked at.
        agreed: with SymPy's derivative, at kinks and poles too; or are proved.
        differing: for each row that differs which one it is, and in what.
        unchecked: for rows on which nothing is said their number, and why of the first.
        ulps: how far the farthest number is from SymPy's, or can be from the exact one.
        by_proof: whether the enclosures were asked.
        within: how far the farthest number is from a 0 that rounding has made of it.
    """

    rows: int
    agreed: int
    differing: tuple[tuple[str, str], ...]
    unchecked: tuple[int, str]
    ulps: float
    by_proof: bool = False
    within: float = 0.0

    def joined(self, other: Checked | None) -> Checked:
        """What is said of these rows and of others."""
        if other is None:
            return self
        silent = self.unchecked[0] + other.unchecked[0]
        return Checked(
            self.rows + other.rows,
            self.agreed + other.agreed,
            (*self.differing, *other.differing),
            (silent, self.unchecked[1] or other.unchecked[1]),
            max(self.ulps, other.ulps),
            self.by_proof,
            max(self.within, other.within),
        )


def check_samples(
    task: Task, report: Report, origin: str, oracle: Oracle, timeout: float, derivations: Derivations | None = None
) -> Checked:
    """Compare the numbers of the rows that were kept with SymPy's.

    Args:
        task: what was computed.
        report: on the table, with its samples.
        origin: what the table is called.
        oracle: started, and not asked yet.
        timeout: seconds for all rows together.
        derivations: SymPy's of earlier runs, and where those of this one are kept; None for none.
    """
    results = [_result(task, report.inputs, sample) for sample in report.samples]
    derived = [result for result in results if not isinstance(result, Problem)]
    found = iter(Alike(oracle, derivations).verdicts(derived, timeout))
    verdicts = [_silent(result) if isinstance(result, Problem) else next(found) for result in results]
    return counted(_rows(report, origin), verdicts)


def prove_samples(task: Task, report: Report, origin: str, timeout: float, memory: int = MEMORY) -> Checked:
    """Prove how near the numbers of the rows that were kept are to the exact ones.

    Args:
        task: what was computed.
        report: on the table, with its samples.
        origin: what the table is called.
        timeout: seconds for all rows together.
        memory: bytes that FLINT's process may take.
    """
    results = [_result(task, report.inputs, sample) for sample in report.samples]
    requests = [request_of(result.question()) for result in results if not isinstance(result, Problem)]
    found = iter(enclose_all(requests, timeout, memory))
    verdicts = [_silent(result) if isinstance(result, Problem) else by_proof(result, next(found)) for result in results]
    zeros = [v.proof.within or 0.0 for v in verdicts if v.verdict == "verified" and v.proof is not None]
    return counted(_rows(report, origin), verdicts)._replace(by_proof=True, within=max(zeros, default=0.0))


def _rows(report: Report, origin: str) -> list[str]:
    return [f"row {sample.row + 1:,} of {origin}" for sample in report.samples]


def counted(places: Sequence[str], verdicts: Sequence[Verdict]) -> Checked:
    """What verdicts say together.

    Args:
        places: of each what it is about, as "row 3 of points.csv".
        verdicts: of SymPy or the enclosures.

    >>> counted(["x = 1", "x = 2"], [Verdict("verified", 1, 1, 0.5), Verdict("not checked", reason="no time")])[:4]
    (2, 1, (), (1, 'no time'))
    """
    differing: list[tuple[str, str]] = []
    silent: list[str] = []
    worst = 0.0
    agreed = 0
    for place, verdict in zip(places, verdicts, strict=True):
        if verdict.verdict == "differs":
            differing.append((place, "; ".join(verdict.details) or str(verdict.reason)))
        elif verdict.verdict == "not checked":
            silent.append(verdict.reason or "")
        else:
            agreed += 1
            worst = max(worst, verdict.max_ulps or 0.0)
    first = silent[0] if silent else ""
    return Checked(len(places), agreed, tuple(differing), (len(silent), first), worst)


def _silent(problem: Problem) -> Verdict:
    return Verdict("not checked", reason=problem.message)


def _result(task: Task, inputs: Sequence[str], sample: Sample) -> Derived | Problem:
    """The engine's result at a row, with the numbers of the table; a problem where the engine gives none."""
    found: Derived | Problem | None = None
    others = _others(task, inputs, sample)
    if others:
        by_all = _derived(task, (*inputs, *others), sample)
        if isinstance(by_all, Gradient) and not by_all.kinks and by_all.origin is None:
            entries = sum(np.size(by_all.gradients[name]) for name in inputs)
            found = _Shown(**{f.name: getattr(by_all, f.name) for f in fields(by_all)}, entries=entries)
    if found is None:
        found = _derived(task, tuple(inputs), sample)
    return found if isinstance(found, Problem) else with_numbers(found, sample.numbers)


def _derived(task: Task, inputs: tuple[str, ...], sample: Sample) -> Derived | Problem:
    try:
        result = result_at(task, inputs, sample.values)
    except Problem as problem:  # a row of a singular matrix has infinities, and an error when it is alone
        return problem
    assert isinstance(result, Derived)
    return result


@dataclass(frozen=True, slots=True)
class _Shown(Gradient):
    """A gradient of which the table has the first entries, which alone are compared.

    Attributes:
        entries: how many.
    """

    entries: int = 0

    def picks(self, limit: int) -> Iterable[int]:
        """Positions among those."""
        return spread(self.entries, limit)

    def question(self) -> Question:
        """The gradient at those."""
        asked = Gradient.question(self)
        return asked._replace(picked=tuple(self.picks(asked.limit)))


_FEW = 16


def _others(task: Task, inputs: Sequence[str], sample: Sample) -> list[str]:
    """The columns that vary and are not differentiated by; with them as variables all rows have one derivation."""
    if task.part != "gradient" or len(task.columns) > _FEW:
        return []
    return [n for n, value in sample.values.items() if n not in inputs and isinstance(value, float)]

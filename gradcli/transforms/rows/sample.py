"""The check of a table's results: some rows are derived again by SymPy."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from gradcli.process.refusal import NotChecked
from gradcli.symbolic import Oracle
from gradcli.transforms.results.base import Derived
from gradcli.transforms.rows.one_row import result_at, with_numbers
from gradcli.transforms.rows.run import Report, Sample
from gradcli.transforms.rows.task import Task
from gradcli.transforms.verify.check import judge

__all__ = ["Checked", "check_samples"]


class Checked(NamedTuple):
    """What SymPy says of some rows.

    Attributes:
        rows: that were looked at.
        agreed: with SymPy's derivative, at kinks and poles too.
        differing: for each row that differs which one it is, and in what.
        unchecked: for rows on which SymPy is silent their number, and why the first is.
        ulps: how far the farthest number is from SymPy's.
    """

    rows: int
    agreed: int
    differing: tuple[tuple[str, str], ...]
    unchecked: tuple[int, str]
    ulps: float

    def joined(self, other: Checked | None) -> Checked:
        """What SymPy says of these rows and of others."""
        if other is None:
            return self
        silent = self.unchecked[0] + other.unchecked[0]
        return Checked(
            self.rows + other.rows,
            self.agreed + other.agreed,
            (*self.differing, *other.differing),
            (silent, self.unchecked[1] or other.unchecked[1]),
            max(self.ulps, other.ulps),
        )


def check_samples(task: Task, report: Report, origin: str, oracle: Oracle, timeout: float) -> Checked:
    """Compare the numbers of the rows that were kept with SymPy's.

    Args:
        task: what was computed.
        report: on the table, with its samples.
        origin: what the table is called.
        oracle: started, and not asked yet.
        timeout: seconds for all rows together.
    """
    end = time.monotonic() + timeout
    differing: list[tuple[str, str]] = []
    silent: list[str] = []
    worst = 0.0
    agreed = 0
    for sample in report.samples:
        result = _result(task, report.inputs, sample)
        left = end - time.monotonic()
        answer = oracle.consult(result.question(), left) if left > 0 else NotChecked(f"no answer within {timeout:g} s")
        verdict = judge(result, answer)
        if verdict.verdict == "differs":
            differing.append((f"row {sample.row + 1:,} of {origin}", "; ".join(verdict.details) or str(verdict.reason)))
        elif verdict.verdict == "not checked":
            silent.append(verdict.reason or "")
        else:
            agreed += 1
            worst = max(worst, verdict.max_ulps or 0.0)
    first = silent[0] if silent else ""
    return Checked(len(report.samples), agreed, tuple(differing), (len(silent), first), worst)


def _result(task: Task, inputs: Sequence[str], sample: Sample) -> Derived:
    result = result_at(task, tuple(inputs), sample.values)
    assert isinstance(result, Derived)
    return with_numbers(result, sample.numbers)

"""Many results of one program: derived once, and each judged as if it were alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Self

import numpy as np
import pytest

from gradcli.batch import Cells
from gradcli.lang import parse
from gradcli.symbolic import Answer, NotChecked, Oracle, Question
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.results.base import Derived
from gradcli.transforms.rows.compute import Computer
from gradcli.transforms.rows.report import Report, Sample
from gradcli.transforms.rows.sample import Checked, check_samples
from gradcli.transforms.rows.task import task
from gradcli.transforms.verify.alike import Alike
from gradcli.transforms.verify.derivations import Derivations


class Watched(Oracle):
    """An oracle that counts what SymPy is asked, and what is computed by what it has derived."""

    derived = 0
    recalled = 0

    def __enter__(self) -> Self:
        return self

    def consult(self, question: Question, timeout: float) -> Answer | NotChecked:
        self.derived += 1
        return super().consult(question, timeout)

    def recall_all(self, questions: Sequence[Question], timeout: float) -> list[Answer | NotChecked]:
        self.recalled += len(questions)
        return super().recall_all(questions, timeout)


class Texts:
    """A store in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.marks: set[str] = set()

    def read(self, key: str) -> str | None:
        return self.kept.get(key)

    def write(self, key: str, text: str) -> None:
        self.kept[key] = text

    def mark(self, key: str) -> None:
        self.marks.add(key)

    def is_marked(self, key: str) -> bool:
        return key in self.marks


def slopes(text: str, *points: float) -> list[Derived]:
    return [grad(text, {"x": point}) for point in points]


def test_sympy_derives_once_and_every_result_has_its_verdict() -> None:
    with Watched() as oracle:
        verdicts = Alike(oracle, None).verdicts(slopes("x*exp(-x)", 3.0, 2.0, 0.5), 60)
    assert [(one.verdict, one.recalled) for one in verdicts] == [
        ("verified", False),
        ("verified", True),
        ("verified", True),
    ]
    assert (oracle.derived, oracle.recalled) == (1, 2)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_wrong_number_is_found_at_any_place(place: int) -> None:
    results = slopes("sin(x)", 1.0, 2.0, 3.0)
    results[place] = replace(results[place], gradients={"x": 0.25})  # type: ignore[call-arg]  # a gradient
    with Watched() as oracle:
        verdicts = Alike(oracle, None).verdicts(results, 60)
    assert [one.verdict == "differs" for one in verdicts] == [at == place for at in range(3)]
    assert "gradcli has 0.25, SymPy has " in verdicts[place].details[0]


def test_sympy_is_asked_alone_where_a_point_is_a_special_one() -> None:
    with Watched() as oracle:
        verdicts = Alike(oracle, None).verdicts(slopes("relu(x) + sqrt(x + 3)", 1.0, 0.0, -3.0, 2.0), 60)
    assert [one.verdict for one in verdicts] == ["verified", "kink", "singular", "verified"]
    assert (oracle.derived, oracle.recalled) == (3, 1)


def test_programs_that_other_values_make_others_are_derived_each() -> None:
    results = [grad("x**n", {"x": x, "n": n}, ["x"]) for x, n in ((1.5, 2.0), (2.5, 3.0), (3.5, 2.0))]
    sizes = [grad("sum(x**2)", {"x": [1.0] * size}) for size in (2, 3, 2)]
    with Watched() as oracle:
        verdicts = Alike(oracle, None).verdicts([*results, *sizes, hessian("x**3", {"x": 2.0})], 60)
    assert [one.verdict for one in verdicts] == ["verified"] * 7
    assert (oracle.derived, oracle.recalled) == (5, 2)


def test_what_was_derived_is_kept_and_the_next_run_needs_no_sympy() -> None:
    store = Texts()
    for derived, words in ((1, "first"), (0, "second")):
        with Watched() as oracle:
            verdicts = Alike(oracle, Derivations(store, str, words)).verdicts(slopes("cos(x)", 1.0, 2.0), 60)
        assert [one.verdict for one in verdicts] == ["verified"] * 2
        assert (oracle.derived, len(store.kept)) == (derived, 1)
    assert store.marks == {"first", "second"}


def test_a_kept_derivation_of_another_function_verifies_nothing() -> None:
    store = Texts()
    with Watched() as oracle:
        Alike(oracle, Derivations(store, str)).verdicts(slopes("cos(x)", 1.0), 60)
    store.kept = dict.fromkeys(store.kept, "[[sin(x)], [cos(x)], []]\n")
    with Watched() as oracle:
        verdicts = Alike(oracle, Derivations(store, str)).verdicts(slopes("cos(x)", 1.0, 2.0), 60)
    assert [(one.verdict, one.recalled) for one in verdicts] == [("verified", False)] * 2
    assert oracle.derived == 2


def test_without_time_nothing_is_said() -> None:
    with Watched() as oracle:
        verdicts = Alike(oracle, None).verdicts(slopes("cos(x)", 1.0, 2.0), 0.0)
    assert [(one.verdict, one.reason) for one in verdicts] == [("not checked", "no answer within 0 s")] * 2
    assert oracle.derived == 0


def sampled(text: str, wrt: list[str], columns: dict[str, list[float]], wrong: str = "") -> tuple[Checked, Watched]:
    """What is said of the rows of a table, of which one number is wrong."""
    made = task(parse(text), list(columns), {}, wrt)
    cells = {name: Cells(np.array(numbers)) for name, numbers in columns.items()}
    rows = len(next(iter(columns.values())))
    found = Computer(made, dict.fromkeys(columns, "real")).compute(cells, rows)
    if wrong:
        found.columns[wrong][1] *= 1.001
    samples = [
        Sample(row, {n: c[row] for n, c in columns.items()}, {n: c[row] for n, c in found.columns.items()})
        for row in range(rows)
    ]
    with Watched.start() as oracle:
        assert isinstance(oracle, Watched)
        return check_samples(made, Report(samples=samples, inputs=tuple(wrt)), "t", oracle, 60), oracle


def test_rows_whose_other_columns_vary_have_one_derivation() -> None:
    columns = {"x": [0.5, 1.5, 2.5], "y": [1.0, 2.0, 3.0], "z": [0.1, 0.7, 0.3]}
    checked, oracle = sampled("exp(-x)*sin(y*z) + (1 - cos(1e-6*z))", ["x"], columns)
    assert (checked.agreed, checked.differing, oracle.derived) == (3, (), 1)
    assert checked.ulps < 10  # that by z has lost its digits, and is not in the table
    for wrong in ("value", "d_x"):
        checked, _ = sampled("exp(-x)*sin(y*z)", ["x"], columns, wrong)
        assert [row for row, _ in checked.differing] == ["row 2 of t"]


def test_a_row_at_a_kink_of_another_column_is_asked_about_alone() -> None:
    checked, _ = sampled("abs(y)*x + floor(z)", ["x"], {"x": [1.0, 2.0], "y": [0.0, 1.0], "z": [1.0, 1.5]})
    assert (checked.agreed, checked.differing) == (2, ())

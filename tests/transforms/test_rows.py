"""Programs at many rows: what the engine gives at each row by itself."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gradcli.batch import Cells
from gradcli.errors import DomainProblem, Problem, ShapeProblem, UsageProblem
from gradcli.lang import parse
from gradcli.ops import TABLE
from gradcli.transforms.rows.compute import Computer
from gradcli.transforms.rows.one_row import numbers_of, result_at
from gradcli.transforms.rows.task import Task, task
from tests.corpora import SCALAR_FILES, cases

ROWS = 7


def cells_of(columns: dict[str, NDArray[Any]]) -> dict[str, Cells]:
    def kind(values: NDArray[Any]) -> Any:
        return "truth" if values.dtype == bool else "whole" if (values == np.floor(values)).all() else "real"

    return {name: Cells(values, kind(values)) for name, values in columns.items()}


def compare(made: Task, columns: dict[str, NDArray[Any]], rtol: float = 1e-12, atol: float = 1e-13) -> Computer:
    """Compare all rows with the engine's result at each, and give what computed them."""
    cells = cells_of(columns)
    computer = Computer(made, {name: one.kind for name, one in cells.items()}, 2)
    rows = len(next(iter(columns.values())))
    found = computer.compute(cells, rows)
    for row in range(rows):
        assert computer.inputs is not None
        at = {name: values[row] for name, values in columns.items()}
        if row in found.failed:
            assert found.blank[row]
            with pytest.raises(DomainProblem, match=re.escape(found.failed[row])):
                result_at(made, computer.inputs, at)
            continue
        result = result_at(made, computer.inputs, at)
        expected = numbers_of(made, computer.inputs, result)
        assert found.columns.keys() == expected.keys()
        for name, number in expected.items():
            got = found.columns[name][row]
            np.testing.assert_allclose(got, number, rtol=rtol, atol=atol, err_msg=f"{name} in row {row}")
    return computer


def points() -> dict[str, NDArray[Any]]:
    chance = np.random.default_rng(3)
    return {
        "x": np.array([-1.5, -1.0, 0.0, 0.25, 1.0, 2.0, 1e3]),
        "y": chance.uniform(0.5, 2.0, ROWS),
        "v": chance.normal(size=(ROWS, 3)),
        "A": chance.normal(size=(ROWS, 3, 3)) + 3 * np.eye(3),
        "b": np.arange(ROWS) % 2 == 0,
        "i": np.arange(ROWS) % 3 * 1.0,
    }


STRAIGHT = [
    ("x*y + sin(x)", "gradient"),
    ("abs(x)*k", "gradient"),
    ("x*y**2", "hessian"),
    ("sum(v**2)*x", "hessian"),
    ("[x*y, x/y]", "jacobian"),
    ("v*x", "jacobian"),
    ("A@v", "jacobian"),
    ("sum(solve(A, v))", "gradient"),
    ("softmax(v)", "jacobian"),
    ("log(abs(det(A)))", "gradient"),
    ("inv(A)", "jacobian"),
    ("x if x > 0 else x**2", "gradient"),
    ("where(b, x**2, y)", "gradient"),
    ("(x > 1) + (y > 1)", "value"),
    ("x > 1", "value"),
    ("max(v) + norm(v) + logsumexp(v)", "gradient"),
    ("sum(v[j]*x**j for j in range(3))", "gradient"),
    ("maximum(x, y)*minimum(v[0], v[1])", "gradient"),
    ("x % y", "gradient"),
    ("pi*y**2 + e**(-y)", "gradient"),
    ("sort(v)", "jacobian"),
    ("argsort(v) + argmax(v) + 10*argmin(v)", "value"),
    ("any(v > x) + 2*all(v > 0) + count_nonzero(v)", "value"),
    ("s, l = slogdet(A); s*l*y", "gradient"),
]


@pytest.mark.parametrize(("text", "part"), STRAIGHT)
def test_straight_line_code_gives_what_the_engine_gives(text: str, part: Any) -> None:
    columns = {name: values for name, values in points().items() if name in text}
    made = task(parse(text), list(columns), {"k": 2.0} if "k" in text else {}, part=part)
    assert compare(made, {name: columns[name] for name in made.columns}).one_by_one == ""


def test_higher_orders() -> None:
    made = task(parse("exp(-y**2)"), ["y"], {}, part="derivative", order=4)
    assert compare(made, {"y": points()["y"]}).one_by_one == ""


def test_weights_of_several_entries() -> None:
    compare(task(parse("[x, x*y]"), ["x", "y"], {}, seed=[1.0, 2.0]), {n: points()[n] for n in ("x", "y")})


@pytest.mark.parametrize("text", ["A[i, i]**2", "v[[i, 0]][0]"])
def test_what_no_rule_is_for_is_computed_row_by_row_and_says_so(text: str) -> None:
    made = task(parse(text), [*points()], {})
    computer = compare(made, {name: points()[name] for name in made.columns}, rtol=1e-9)
    assert computer.one_by_one
    assert "i" not in (computer.inputs or ())


@pytest.mark.parametrize("file", SCALAR_FILES)
def test_corpora(file: str) -> None:
    """Each twentieth record, at its own points as rows."""
    records: dict[str, list[Any]] = {}
    for case in cases(file):
        records.setdefault(case.id, []).append(case)
    for same in list(records.values())[::20]:
        names = list(same[0].point)
        columns = {name: np.array([case.point[name] for case in same]) for name in names}
        made = task(parse(same[0].expression), names, {})
        if made.columns:
            compare(made, {name: columns[name] for name in made.columns}, rtol=1e-8)


def test_every_elementwise_operation_of_the_table() -> None:
    """At points inside their domains, and at 0, 1 and infinity, where there may be a kink or no value."""
    names = set()
    for op in TABLE.values():
        if op.kind != "elementwise" or op.statics or None in op.partials:
            continue
        axes = [np.linspace(low, high, 5) for ((low, high), *_) in op.sample_domains]
        columns = {n: np.append(axis, [0.0, 1.0, np.inf]) for n, axis in zip(op.params, axes, strict=True)}
        made = task(parse(f"{op.name}({', '.join(op.params)})"), list(columns), {})
        with np.errstate(all="ignore"):
            computer = compare(made, columns, rtol=1e-11)
        assert computer.one_by_one == "", op.name
        names.add(op.name)
    assert len(names) > 70


def test_a_program_that_fits_no_row_is_an_error() -> None:
    made = task(parse("v@[1, 2]"), ["v"], {})
    with pytest.raises(Problem, match="shape"):
        Computer(made, {"v": "real"}).compute({"v": Cells(np.ones((2, 3)))}, 2)


def test_missing_cells_leave_results_out() -> None:
    made = task(parse("x*y"), ["x", "y"], {})
    cells = {"x": Cells(np.array([1.0, np.nan, 3.0]), "real", np.array([False, True, False])), "y": Cells(np.ones(3))}
    found = Computer(made, {"x": "real", "y": "real"}).compute(cells, 3)
    assert found.blank.tolist() == [False, True, False]
    assert found.columns["d_y"][[0, 2]].tolist() == [1.0, 3.0]


def test_rows_of_different_shapes() -> None:
    made = task(parse("sum(v**2)"), ["v"], {})
    ragged = np.empty(3, object)
    ragged[:] = [np.array([1.0]), np.array([1.0, 2.0]), np.array([3.0])]
    found = Computer(made, {"v": "real"}).compute({"v": Cells(ragged)}, 3)
    assert [float(value) for value in found.columns["value"]] == [1.0, 5.0, 9.0]
    assert [entry.tolist() for entry in found.columns["d_v"]] == [[2.0], [2.0, 4.0], [6.0]]


def test_a_row_that_the_program_does_not_fit_is_told() -> None:
    made = task(parse("v@[1, 2]"), ["v"], {})
    ragged = np.empty(2, object)
    ragged[:] = [np.array([1.0, 2.0]), np.array([1.0, 2.0, 3.0])]
    found = Computer(made, {"v": "real"}).compute({"v": Cells(ragged)}, 2)
    assert list(found.failed) == [1]
    assert found.blank.tolist() == [False, True]


@pytest.mark.parametrize(
    "text", ["sort(v)", "argsort(v)", "argmax(v)", "argmin(v)", "any(v)", "all(v)", "count_nonzero(v)"]
)
def test_what_depends_on_order_knows_ties_and_nan(text: str) -> None:
    """NumPy itself is the judge."""
    values = np.array(
        [[1.0, 1.0, 0.0], [np.nan, 1.0, 2.0], [2.0, np.nan, np.nan], [0.0, -0.0, 0.0], [3.0, 1.0, np.inf]]
    )
    made = task(parse(text), ["v"], {}, part="value")
    found = Computer(made, {"v": "real"}).compute({"v": Cells(values)}, len(values)).columns["value"]
    function = getattr(np, text.partition("(")[0])
    np.testing.assert_array_equal(found, [function(row) for row in values])


def test_ties_are_kinks_of_what_depends_on_order() -> None:
    made = task(parse("sort(v)[0]"), ["v"], {})
    values = np.array([[1.0, 2.0, 3.0], [1.0, 1.0, 3.0]])
    assert Computer(made, {"v": "real"}).compute({"v": Cells(values)}, 2).kinked.tolist() == [False, True]


KINKED = ["relu(x) - relu(-x)", "x**x", "abs(x)", "x*abs(x) + y", "sqrt(abs(x))", "max(x, y) + min(x, y)", "x % 1",
          "relu(x)**2*y", "hypot(x, y)**2", "hypot(x, y)", "floor(x)*x", "abs(y) + relu(x) - relu(-x)",
          "max(x, y, 2*x - y)", "1e6*abs(x)", "1e-6*abs(x) + x", "sqrt(x)*sqrt(y)", "sort([x, y])[0] + sort([x, y])[1]",
          "x if x > 0 else sin(x)", "norm([x, y])**2", "relu(x) - 0.1*relu(-x)",
          "(relu(x) - relu(-x))*(1 if y > 0 else 2)", "exp(200*x)*(relu(x) - relu(-x))",
          "sign(y)*x", "max(x, y, -x) + abs(y)*x", "abs(x)*1e9 + y", "1e-9*(relu(x) - relu(-x)) + y"]  # fmt: skip


@pytest.mark.parametrize("text", KINKED)
@pytest.mark.parametrize("part", ["gradient", "hessian", "derivative"])
def test_a_row_at_a_kink_has_what_the_commands_give_there(text: str, part: Any) -> None:
    columns = {"x": np.array([0.0, 1.0, 3.0, -0.0, -1.5]), "y": np.array([0.0, 1.0, 0.0, 2.0, 1.5])}
    wrt, order = (["x"], 2) if part == "derivative" else (None, 1)
    made = task(parse(text), ["x", "y"], {}, wrt, part=part, order=order)
    compare(made, {name: columns[name] for name in made.columns})


def test_a_convention_at_a_kink_is_no_reason_to_look_at_each_row(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr("gradcli.transforms.rows.singly.looked_into", lambda *given: looked.extend(given[-1].tolist()))
    zeros = {"x": np.zeros(50), "y": np.arange(50.0)}
    for text in (
        "relu(x)*y",
        "abs(x) + y",
        "relu(x) - 0.13*relu(-x)*y",
        "max(x, 2*x)*y",
        "floor(x)*y + x % 1",
        "x*abs(x)*y",
    ):
        cells = {name: Cells(values) for name, values in zeros.items()}
        found = Computer(task(parse(text), ["x", "y"], {}), {"x": "real", "y": "real"}).compute(cells, 50)
        assert found.kinked.all()
    assert looked == []


@pytest.mark.parametrize("rows", [1, 40])
def test_a_row_of_arrays_at_a_kink_has_what_the_commands_give_there(rows: int) -> None:
    v = np.tile(np.linspace(-1, 1, 41), (rows, 1))
    compare(task(parse("sum(relu(v) - relu(-v)) + k*sum(abs(v))"), ["v"], {"k": 2.0}), {"v": v})
    compare(task(parse("sum(relu(w - w[0]) - relu(w[0] - w))*x"), ["x"], {"w": v[0]}, ["w"]), {"x": v[:, 0]})


def test_a_convention_that_is_not_looked_into_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    none = "gradcli.transforms.rows.conventions.doubtful"
    monkeypatch.setattr(none, lambda columns, *rest: np.zeros(len(columns["value"]), bool))
    with pytest.raises(AssertionError, match="d_x in row 0"):
        test_a_row_at_a_kink_has_what_the_commands_give_there("relu(x) - relu(-x)", "gradient")


@pytest.mark.parametrize("text", ["x**y", "x**(x - 2)*y", "sigmoid(x)**y", "(x*y)**(y - 1)", "2*x**(y*y)"])
@pytest.mark.parametrize(("part", "order"), [("hessian", 1), ("derivative", 2), ("derivative", 3)])
def test_powers_whose_exponent_reaches_0(text: str, part: Any, order: int) -> None:
    columns = {"x": np.array([2.0, 3.0, 1.0, 2.5]), "y": np.array([0.0, 1.0, 1.0, 2.0])}
    for wrt in (["x"], ["y"]) if part == "derivative" else (["x", "y"],):
        compare(task(parse(text), ["x", "y"], {}, wrt, part=part, order=order), columns, rtol=1e-11)


def test_columns_of_derivatives_are_numbers() -> None:
    columns = {"b": np.array([True, False]), "y": np.array([2.0, 3.0])}
    for text in ("b*y", "(not b)*y", "(b and y > 1)*y"):
        made = task(parse(text), ["b", "y"], {})
        found = Computer(made, {"b": "truth", "y": "real"}).compute({n: Cells(v) for n, v in columns.items()}, 2)
        assert found.columns["d_y"].dtype == np.float64
        compare(made, columns)


def test_second_derivatives_have_columns_of_their_own() -> None:
    made = task(parse("a*b_c + a_b*c**2"), ["a", "b_c", "a_b", "c"], {}, part="hessian")
    told = "by a and b_c, and by a_b and c, would both be called d2_a_b_c"
    with pytest.raises(UsageProblem, match=told) as caught:
        made.inputs(dict.fromkeys(made.columns, "real"), dict.fromkeys(made.columns, ()))
    assert "--rename" in str(caught.value.hint)


def test_derivatives_of_some_order_are_by_a_number() -> None:
    made = task(parse("sum(v**3)"), ["v"], {}, part="derivative", order=2)
    with pytest.raises(ShapeProblem, match=r"'v' has shape \(2,\): a derivative of order 2 needs a number"):
        made.inputs({"v": "real"}, {"v": (2,)})


def test_rows_at_kinks_are_known() -> None:
    made = task(parse("abs(x) + relu(y - 1) + x**2"), ["x", "y"], {})
    cells = {"x": Cells(np.array([0.0, 1.0, 2.0])), "y": Cells(np.array([2.0, 1.0, 3.0]))}
    found = Computer(made, {"x": "real", "y": "real"}).compute(cells, 3)
    assert found.kinked.tolist() == [True, True, False]

"""Rows of arrays side by side: for every operation of the table what the engine gives at each row by itself."""

from __future__ import annotations

import gc
import re
from pathlib import Path
from typing import Any
from weakref import ref

import numpy as np
import pytest
from numpy.typing import NDArray

from gradcli.engine.tape.abreast_rules import RULES
from gradcli.lang import calls, parse, variables
from gradcli.ops import TABLE, lookup
from gradcli.transforms.rows.abreast import SideBySide
from gradcli.transforms.rows.compute import Computer
from gradcli.transforms.rows.found import Found
from gradcli.transforms.rows.singly import one_by_one
from gradcli.transforms.rows.task import task
from tests.transforms.test_rows import cells_of

ROWS = 3

TEXTS = """
A + v | v*x | len(v)*x | k*v | maximum(v, u)
sum(A, axis=0) | sum(A, axis=-1, keepdims=True) | sum(x) | mean(T, axis=(0, 2)) | prod(v) | max(v) | max(A, axis=1)
min(A) | var(v) | std(v) | logsumexp(A, axis=0) | median(v) | median(A, axis=1) | any(v > 0)*x | all(v > 0)*x
count_nonzero(v)*x | argmax(v)*x | argmin(A, axis=1)*x
norm(v) | norm(A) | norm(A, axis=0) | norm(v, 1) | norm(A, 2)
cumsum(v) | cumsum(A) | cumsum(A, axis=0) | cumprod(v) | softmax(v) | softmax(A, axis=0) | log_softmax(A) | sort(v)
sort(A, axis=0) | argsort(v)*x
ravel(A) | reshape(T, [3, -1]) | transpose(A) | transpose(T, [1, 0, 2]) | A.T@v | swapaxes(T, 0, 2)
moveaxis(T, 0, 2) | flip(v) | flip(A, axis=0) | roll(A, 1) | tile(v, 2) | repeat(v, 2) | pad(v, 1) | take(v, [0, 2, 2])
take(A, [1], axis=1) | diag(v) | diag(A) | diag(v, 1) | diagonal(A) | tril(A) | triu(A, 1) | trace(A) | A[0] | A[:, 1]
A[0, 1] | v[[0, 2]] | v[-1] | expand_dims(v, 0)*x | squeeze(expand_dims(v, 0)) | unbind(A)[0] | a, b, c = v; a*b + c
split(v, 3)[1] | array_split(v, 2)[0] | chunk(v, 2)[1] | broadcast_to(v, [2, 3])
take_along_axis(A, [[0], [1], [2]], axis=1) | clone(v) | sum(v[j]*x**j for j in range(3))
[x, y, x*y] | stack(v, u) | stack(v, k, axis=1) | concatenate(v, u) | hstack(v, u) | vstack(v, u) | hstack(A, B)
meshgrid(v, u)[0]
v@u | A@v | v@A | A@B | T@[1.0, 2.0] | [1.0, 2.0]@T[:, 0] | k@v | v@k | k@A | A@k | T[0]@T[1].T | A@A@v | T@A[:2]
dot(v, u) | dot(A, v) | dot(x, v) | outer(v, u) | inner(A, B) | vdot(A, B) | kron(A, B) | kron(v, A) | cross(v, u)
tensordot(A, B) | tensordot(A, B, 1) | einsum("ij,jk->ik", A, B) | einsum("ii", A)
det(A) | cofactors(A) | logabsdet(A) | inv(A) | pinv(A) | cholesky(A@A.T) | matrix_power(A, 3) | expm(B)
eigvalsh(A) | eigenvectors(A)[0, 0] | solve(A, v) | solve(A, B) | solve(A, k) | Q, R = qr(A); R
w, V = eigh(A); w*x | U, S, W = svd(A); S | svdvals(A) | s, l = slogdet(A); l
v[i] | A[i] | A[:, i] | k[i]*x | cross_entropy(v, i) | cross_entropy(A, [0, 1, 2]) | one_hot(i, 3)*x
quantile(v, 0.3) | convolve(v, u) | ediff1d(v) | interp(y, [0.0, 1, 2, 3], [1.0, 2, 0, 4])
x if x > 0 else x**2 | where(v > 0, v**2, v) | 1/x if x > 0 else sqrt(-x)
"""
PROGRAMS = [text.strip() for line in TEXTS.strip().splitlines() for text in line.split(" | ")]


def points() -> dict[str, NDArray[Any]]:
    chance = np.random.default_rng(3)
    return {
        "x": np.array([-1.5, 0.25, 2.0]),
        "y": chance.uniform(0.5, 2.0, ROWS),
        "v": chance.normal(size=(ROWS, 3)),
        "u": chance.normal(size=(ROWS, 3)),
        "A": chance.normal(size=(ROWS, 3, 3)) + 3 * np.eye(3),
        "B": chance.normal(size=(ROWS, 3, 3)),
        "T": chance.normal(size=(ROWS, 2, 3, 2)),
        "i": np.arange(ROWS) * 1.0,
    }


def both(text: str, columns: dict[str, NDArray[Any]], part: Any, threads: int = 1) -> tuple[Any, Found]:
    """What rows side by side give, and what each gives by itself."""
    program = parse(text)
    used = {name: values for name, values in columns.items() if name in variables(program)}
    constants = {"k": np.array([1.0, 2.0, 3.0])} if "k" in variables(program) else {}
    made = task(program, list(used), constants, None, part)
    shapes = {name: values.shape[1:] for name, values in used.items()}
    inputs = made.inputs({name: cells.kind for name, cells in cells_of(used).items()}, shapes)
    rows = len(next(iter(used.values())))
    found = SideBySide(made, inputs, shapes).run(used, made.constants, rows, threads)
    return found, one_by_one(made, inputs, used, rows)


@pytest.mark.parametrize("text", PROGRAMS)
def test_every_rule_gives_what_each_row_gives_by_itself(text: str) -> None:
    (columns, kinked, finite), expected = both(text, points(), "jacobian")
    assert columns.keys() == expected.columns.keys()
    for name, array in expected.columns.items():
        np.testing.assert_allclose(columns[name], array, rtol=1e-9, atol=1e-10, err_msg=name)
    assert kinked.tolist() == expected.kinked.tolist()
    assert finite.all()


@pytest.mark.parametrize("text", ["sum(A@v)**2", "logsumexp(v)*x", "norm(solve(A, v))", "v@u*x", "det(A)"])
def test_second_derivatives_too(text: str) -> None:
    (columns, *_), expected = both(text, points(), "hessian")
    for name, array in expected.columns.items():
        np.testing.assert_allclose(columns[name], array, rtol=1e-8, atol=1e-9, err_msg=name)


def test_higher_orders() -> None:
    made = task(parse("exp(-y**2)*sum(k)"), ["y"], {"k": np.ones(3)}, None, "derivative", 4)
    columns = {"y": points()["y"]}
    found, *_ = SideBySide(made, ("y",), {"y": ()}).run(columns, made.constants, ROWS, 1)
    expected = one_by_one(made, ("y",), columns, ROWS)
    np.testing.assert_allclose(found["d4_y"], expected.columns["d4_y"], rtol=1e-10)


def test_all_operations_have_a_rule_but_those_that_the_docs_name() -> None:
    tried = {lookup(call.function).name for text in PROGRAMS for call in calls(parse(text)) if call.function in TABLE}
    others = [op for op in TABLE.values() if op.kind not in ("elementwise", "predicate", "constructor", "composite")]
    lacking = {op.name for op in others if op.name not in RULES and op.name != "output"}
    page = Path("docs/batch.md").read_text(encoding="utf-8")
    (told,) = re.findall(r"no rule for rows side by side: ([^.]*)\.", page)
    assert set(re.findall(r"`(\w+)`", told)) == lacking
    assert len(lacking) <= 0.05 * len(TABLE)
    internal = {"as_strided", "astype", "split_with_sizes", "unpack", "getitem", "stack", "transpose"}
    assert set(RULES) - tried - internal == set()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("norm(v, 1)", [[0.0, 1.0, 2.0], [1.0, 1.0, 2.0]]),
        ("median(v)", [[1.0, 1.0, 2.0], [1.0, 3.0, 2.0]]),
        ("std(v)", [[1.0, 1.0, 1.0], [1.0, 3.0, 2.0]]),
        ("sum(relu(v))", [[0.0, 1.0, 1.0], [1.0, 3.0, 2.0]]),
        ("max(v)", [[1.0, 2.0, 2.0], [1.0, 3.0, 2.0]]),
    ],
)
def test_kinks_are_known(text: str, values: list[list[float]]) -> None:
    (_, kinked, _), expected = both(text, {"v": np.array(values)}, "gradient")
    assert kinked.tolist() == expected.kinked.tolist() == [True, False]


def test_rows_take_their_own_branches_and_errors_stay_in_their_rows() -> None:
    made = task(parse("sum(inv(A)) if x > 0 else x*trace(cholesky(A))"), ["A", "x"], {})
    chance = np.random.default_rng(1)
    A = np.einsum("nij,nkj->nik", *[chance.normal(size=(40, 3, 3))] * 2) + np.eye(3)
    A[7] = 0.0
    columns = {"A": A, "x": np.where(np.arange(40) % 3 == 0, -1.0, 2.0)}
    found = Computer(made, dict.fromkeys(columns, "real"), 2).compute(cells_of(columns), 40)
    expected = one_by_one(made, ("A", "x"), columns, 40)
    assert found.failed == expected.failed
    assert list(found.failed) == [7]
    for name, array in expected.columns.items():
        np.testing.assert_allclose(found.columns[name], array, rtol=1e-9, err_msg=name)


def test_long_vectors_are_taken_side_by_side_in_blocks_and_threads() -> None:
    chance = np.random.default_rng(1)
    columns = {"x": chance.normal(size=(40_000, 60)), "y": chance.choice([-1.0, 1.0], 40_000)}
    columns["x"][11] = np.inf  # such a row is left to straight-line code
    weights = {"w": chance.normal(size=60)}
    made = task(parse("log1p(exp(-y*(x@w)))"), ["x", "y"], weights, ["w"])
    computer = Computer(made, dict.fromkeys(columns, "real"), 2)
    found = computer.compute(cells_of(columns), 40_000)
    assert computer._abreast
    assert not computer._refused
    rows = [0, 11, 17_330, 17_331, 39_999]
    expected = one_by_one(made, ("w",), {name: values[rows] for name, values in columns.items()}, len(rows))
    np.testing.assert_allclose(found.columns["d_w"][rows], expected.columns["d_w"], rtol=1e-9)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("log1p(exp(-x*(v@k)))", "gradient"),  # straight-line code
        ("sum(A@v)**2 + sum(sin(T))", "gradient"),
        ("sum(A@v)**2 + sum(sin(T))", "hessian"),
        ("norm(v, 2) if x > 0 else sum(eigvalsh(A))", "gradient"),  # rows part at the branch
        ("sum(v)*[x, y]", "jacobian"),
    ],
)
def test_of_a_block_of_rows_nothing_is_held_when_its_results_are_gone(text: str, part: Any) -> None:
    columns = {name: array for name, array in points().items() if name in variables(parse(text))}
    made = task(parse(text), list(columns), {"k": np.ones(3)} if "k" in variables(parse(text)) else {}, None, part)
    computer = Computer(made, dict.fromkeys(columns, "real"), 2)
    computer.compute(cells_of(columns), ROWS)  # what is remembered of the first rows is not of each block
    given = {name: array.copy() for name, array in columns.items()}
    watched = [ref(array) for array in given.values()]
    gc.collect()
    gc.disable()  # as the commands do
    try:
        computer.compute(cells_of(given), ROWS)
        del given
        assert [held() is None for held in watched] == [True] * len(watched)
    finally:
        gc.enable()

"""`--sparse` and `gradcli sparsity` on the command line: every format, files, pictures, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from scipy import io, sparse

from tests.cli.runner import Outcome, gradcli

SCHEMA = json.loads((Path(__file__).parents[2] / "gradcli/render/schema.json").read_text(encoding="utf-8"))
PRODUCTS = ["jacobian", "x[1:]*x[:-1]", "--x", "[1, 2, 3, 4]", "--sparse"]
ROSENBROCK = ["hessian", "sum((x[1:] - x[:-1]**2)**2)", "--x", "[1, 2, 3]", "--sparse", "--no-check"]
DENSE = [[2, 1, 0, 0], [0, 3, 2, 0], [0, 0, 4, 3]]
SECOND = [[4.0, -4.0, 0.0], [-4.0, 38.0, -8.0], [0.0, -8.0, 2.0]]


def read(words: list[str]) -> dict[str, Any]:
    done = gradcli([*words, "--json"])
    assert (done.status, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    jsonschema.validate(found, SCHEMA)
    return found


def whole(found: dict[str, Any]) -> Any:
    return sparse.coo_array((found["data"], (found["rows"], found["cols"])), shape=tuple(found["shape"])).toarray()


def refused(done: Outcome, told: str, status: int = 2) -> None:
    assert (done.status, done.stdout) == (status, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_triplets_in_json() -> None:
    found = read(PRODUCTS)
    np.testing.assert_array_equal(whole(found), DENSE)
    assert (found["nnz"], found["method"], found["sweeps"]) == (6, "sparse-columns", 2)
    assert found["check"]["verdict"] == "verified"
    second = read(ROSENBROCK)
    np.testing.assert_array_equal(whole(second), SECOND)
    assert second["gradients"]["x"] == [-4.0, 10.0, -2.0]


def test_files_of_scipy_and_matrix_market(tmp_path: Path) -> None:
    for words, expected in ((PRODUCTS, DENSE), (ROSENBROCK, SECOND)):
        for suffix in ("npz", "mtx"):
            path = tmp_path / f"matrix.{suffix}"
            assert gradcli([*words, "-o", str(path)]) == Outcome("", "", 0)
            found = sparse.load_npz(path) if suffix == "npz" else io.mmread(path)
            np.testing.assert_array_equal(found.toarray(), expected)
    assert "real symmetric" in (tmp_path / "matrix.mtx").read_text(encoding="utf-8")
    dense = tmp_path / "dense.mtx"
    assert gradcli([*PRODUCTS[:-1], "-o", str(dense)]).status == 0
    np.testing.assert_array_equal(io.mmread(dense), DENSE)


def test_lines_for_a_pipe_and_bare_numbers() -> None:
    done = gradcli([*PRODUCTS, "--no-check"])
    assert done.stdout.splitlines()[:3] == ["f = [2.0, 6.0, 12.0]", "df[0]/dx[0] = 2.0", "df[0]/dx[1] = 1.0"]
    assert done.stdout.splitlines()[-3:] == ["shape = 3 x 4", "nnz = 6", "sweeps = 2 (sparse-columns, periodic)"]
    triplets = json.loads(gradcli([*PRODUCTS, "--no-check", "-q"]).stdout)
    assert triplets[2] == [1.0, 1.0, 3.0]
    table = gradcli([*PRODUCTS, "--no-check", "--format", "csv"]).stdout
    assert "df[2]/dx[3],3.0\n" in table


def test_a_person_sees_a_summary_a_picture_and_the_first_entries() -> None:
    words = ["jacobian", "x[1:]*x[:-1]", "--x", str(list(range(1, 101))), "--sparse", "--no-check", "--color", "never"]
    for width in (60, 200):
        lines = gradcli(words, terminal=True, width=width).stdout.splitlines()
        assert any("Jacobian: 99 × 100, 198 entries, 2 sweeps" in line for line in lines)
        assert sum("⠀⠀⠀⠀" in line for line in lines) == 12
        assert sum(line.startswith("df[") for line in lines) == 12
        assert lines[-1] == "… 186 more: -q, --json, or -o FILE.npz"
        assert max(map(len, lines)) <= width


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--digits", "30"], "--digits and --sparse do not go together"),
        (["--show-seeds"], "--show-seeds shows a seed for each row"),
        (["-o", "J.npy"], "a .npy file holds a dense array"),
    ],
)
def test_what_a_sparse_matrix_does_not_have_is_refused(options: list[str], told: str) -> None:
    refused(gradcli([*PRODUCTS, *options]), told)


def test_a_matrix_market_file_needs_a_matrix() -> None:
    refused(gradcli("grad x**2 --x 3 --no-check --format mtx"), "`grad` gives no matrix")


def test_all_witnesses_look_at_the_sample() -> None:
    done = gradcli([*PRODUCTS, "--verify", "full"])
    assert done.status == 0
    assert "df[0]/dx[3]" in done.stdout


def test_a_pattern_is_told_before_anything_is_computed() -> None:
    found = read(["sparsity", "x[2:] - 2*x[1:-1] + x[:-2]", "--shape", "x=100"])
    assert (found["nnz"], found["sweeps"], found["shape"]) == (294, 3, [98, 100])
    assert found["colors"] == {"columns": 3, "rows": 0}
    assert found["bandwidth"] == [0, 2]
    assert list(zip(found["rows"][:4], found["cols"][:4], strict=True)) == [(0, 0), (0, 1), (0, 2), (1, 1)]
    second = read(["sparsity", "sum((x[1:] - x[:-1]**2)**2)", "--hessian", "--x", "[1, 2, 3]"])
    assert (second["of"], second["nnz"], second["sweeps"]) == ("hessian", 7, 2)
    both = read(
        ["sparsity", "u = x; [sum(u), u[0]*u[1], u[0]*u[2], u[0]*u[3], u[0]*u[4], u[0]*u[5]]", "--shape", "x=6"]
    )
    assert (both["method"], both["sweeps"]) == ("sparse-both", 3)


def test_a_pattern_as_lines_and_as_a_picture() -> None:
    words = ["sparsity", "x[1:]*x[:-1]", "--shape", "x=40"]
    assert gradcli(words).stdout.splitlines() == [
        "of = jacobian",
        "rows = 39",
        "cols = 40",
        "nnz = 78",
        "bandwidth = 0 below, 1 above",
        "colors = 2 of columns, 0 of rows",
        "sweeps = 2",
        "method = sparse-columns",
        "order = periodic",
    ]
    lines = gradcli(words, terminal=True).stdout.splitlines()
    assert lines[0] == "Jacobian: 39 × 40"
    assert lines[1].startswith("  │⠙")
    assert lines[-1] == "2 sweeps: 2 forward (columns of 2 colours), periodic; one by one it would take 39"
    plain = gradcli([*words[:-1], "x=4"], terminal=True, variables={"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}).stdout
    assert "Jacobian: 3" in plain
    narrow = gradcli(words, terminal=True, width=50).stdout.splitlines()
    assert max(map(len, narrow)) <= 50
    assert gradcli([*words, "--plot"]).stdout.splitlines()[0].startswith("Jacobian: 39")
    assert gradcli([*words, "--no-plot"], terminal=True).stdout.startswith("of = jacobian")


def test_a_pattern_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "pattern.mtx"
    assert gradcli(["sparsity", "x[1:]*x[:-1]", "--shape", "x=4", "-o", str(path)]) == Outcome("", "", 0)
    np.testing.assert_array_equal(io.mmread(path).toarray(), np.eye(3, 4) + np.eye(3, 4, 1))
    refused(gradcli(["sparsity", "x", "-o", "pattern.png"]), "does not say in what format")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--shape", "x"], "--shape takes NAME=SIZE,SIZE, not 'x'"),
        (["--shape", "x=n"], "the shape of 'x' must be whole numbers, not 'n'"),
        (["--shape", "x=3", "--x", "2"], "'x' has a value and a shape"),
        (["--shape", "x=3", "--shape", "x=3"], "the shape of 'x' is given twice"),
        (["--shape", "z=3"], "the expression has no variable 'z'"),
        (["--wrt", "z"], "cannot differentiate by 'z'"),
        (["--hessian", "--shape", "x=3"], "a Hessian needs one number"),
    ],
)
def test_wrong_shapes_are_refused(options: list[str], told: str) -> None:
    refused(gradcli(["sparsity", "x**2", *options]), told)


def test_a_variable_without_a_size_is_one_number() -> None:
    done = gradcli(["sparsity", "x*y", "--shape", "x=3"])
    assert done.stderr == "warning: 'y' is taken as one number: --shape y=SIZE for an array\n"
    assert "cols = 4\n" in done.stdout
    assert gradcli(["sparsity", "x*y"]).stderr == ""


def test_too_large_a_pattern_is_refused_in_time() -> None:
    refused(gradcli(["sparsity", "outer(x, x)", "--shape", "x=20000", "--max-memory", "100MB"]), "is allowed")

"""Uncertainties at the rows of a table, beside what the package uncertainties gives at each row."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np
import pytest
import uncertainties
from uncertainties import umath

from gradcli.transforms.rows.found import Found
from gradcli.transforms.rows.uncertainty import Uncertain, with_uncertainty
from tests.cli.runner import Outcome, gradcli

PROGRAMS = {
    "exp(-x**2)*sin(y*z) + log(1 + x*y)/sqrt(z)": lambda x, y, z: (
        umath.exp(-(x**2)) * umath.sin(y * z) + umath.log(1 + x * y) / umath.sqrt(z)
    ),
    "x/y - z": lambda x, y, z: x / y - z,
    "atan2(x, y)*cosh(z)": lambda x, y, z: umath.atan2(x, y) * umath.cosh(z),
    "x*x - x**2 + z*y": lambda x, y, z: x * x - x**2 + z * y,
}


def batch(words: list[str], table: str) -> list[dict[str, str]]:
    done = gradcli(["batch", *words, "--no-check", "-q"], stdin=table)
    assert done.status == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


@pytest.mark.parametrize("text", PROGRAMS)
def test_each_row_is_that_of_the_package_uncertainties(text: str) -> None:
    chance = np.random.default_rng(7)
    rows = chance.uniform(0.5, 2.0, (30, 5))
    table = "x,y,z,dx,dz\n" + "".join(",".join(map(repr, row)) + "\n" for row in rows.tolist())
    words = [text, "--uncertainty", "x=dx", "--uncertainty", "y=0.25", "--uncertainty", "z=dz"]
    found = batch(words, table)
    for row, (x, y, z, dx, dz) in zip(found, rows.tolist(), strict=True):
        given = [uncertainties.ufloat(*pair) for pair in ((x, dx), (y, 0.25), (z, dz))]
        expected: Any = PROGRAMS[text](*given)
        assert float(row["value"]) == pytest.approx(expected.nominal_value, rel=1e-12)
        assert float(row["u_value"]) == pytest.approx(expected.std_dev, rel=1e-12)


def test_vectors_and_values_of_several_entries() -> None:
    table = "v[0],v[1],w[0],w[1]\n3,4,0.1,0.2\n1,2,0.3,0.4\n"
    found = batch(["[v[0]*v[1], sum(v)]", "--jacobian", "--uncertainty", "v=w"], table)
    for row, (a, b, da, db) in zip(found, [(3, 4, 0.1, 0.2), (1, 2, 0.3, 0.4)], strict=True):
        first, second = uncertainties.ufloat(a, da), uncertainties.ufloat(b, db)
        assert float(row["u_value[0]"]) == pytest.approx((first * second).std_dev, rel=1e-12)
        assert float(row["u_value[1]"]) == pytest.approx((first + second).std_dev, rel=1e-12)


def test_the_name_is_settable_as_others_and_taken_ones_are_refused() -> None:
    assert "f_u_value" in batch(["x", "--uncertainty", "x=0.5", "--prefix", "f_"], "x\n1\n")[0]
    assert "already" in gradcli(["batch", "x", "--uncertainty", "x=0.5"], stdin="x,u_value\n1,2\n").stderr


def test_rows_without_an_uncertainty_have_no_results_and_negative_ones_are_bad() -> None:
    done = gradcli(["batch", "2*x", "--uncertainty", "x=dx", "--no-check"], stdin="x,dx\n1,\n2,-1\n3,0.5\n")
    assert done.stdout == "x,dx,value,d_x,u_value\n1,,,,\n2,-1,,,\n3,0.5,6.0,2.0,1.0\n"
    assert done.status == 2
    assert "row 2 of standard input: the uncertainty 'dx' is negative" in done.stderr


def test_squares_do_not_leave_float64() -> None:
    nothing = np.zeros(2, bool)
    columns = {"value": np.zeros(2), "d_x": np.array([3e-200, 3e200]), "d_y": np.array([4e-200, 4e200])}
    one = Uncertain("", np.array(1.0))
    found = with_uncertainty(Found(columns, nothing, nothing, {}), {}, {"x": one, "y": one}, 2)
    np.testing.assert_allclose(found.columns["u_value"], [5e-200, 5e200], rtol=1e-15)


def lines(words: list[str], rows: list[str]) -> Outcome:
    """What comes of rows of JSON Lines."""
    table = "".join(f"{row}\n" for row in rows)
    return gradcli(["batch", *words, "--input-format", "jsonl", "--no-check"], stdin=table)


def test_an_uncertainty_of_another_shape_is_its_rows_fault() -> None:
    rows = [
        '{"v": [3, 4], "w": [0.1, 0.2]}',
        '{"v": [3, 4], "w": [0.1, 0.2, 0.3]}',
        '{"v": [1, 2, 2], "w": [0.3, 0.3, 0.3]}',
        '{"v": [3, 4], "w": [0.1, -0.2]}',
        '{"v": [3, 4], "w": 0.5}',
        '{"v": [3, 4], "w": null}',
    ]
    done = lines(["norm(v)", "--uncertainty", "v=w"], rows)
    found = [json.loads(line)["u_value"] for line in done.stdout.splitlines()]
    assert found[0] == pytest.approx(np.hypot(0.6 * 0.1, 0.8 * 0.2), rel=1e-12)
    assert found[2] == pytest.approx(0.3, rel=1e-12)
    assert [found[i] for i in (1, 3, 4, 5)] == [None] * 4
    assert (
        "row 2 of standard input: the uncertainty of 'v' has the shape (3,), and 'v' has the shape (2,)" in done.stderr
    )
    assert "row 4 of standard input: the uncertainty 'w' is negative" in done.stderr
    assert "row 5 of standard input, column 'w', is no list of numbers: '0.5'" in done.stderr
    assert done.status == 2


@pytest.mark.parametrize("text", ["sum(v)", "2*v"])
def test_rows_of_several_lengths(text: str) -> None:
    words = [text, "--uncertainty", "v=0.5", *(["--jacobian"] if text == "2*v" else [])]
    done = lines(words, ['{"v": [3, 4]}', '{"v": [1]}'])
    found = [json.loads(line)["u_value"] for line in done.stdout.splitlines()]
    expected = [[1.0, 1.0], [1.0]] if text == "2*v" else [0.5 * 2**0.5, 0.5]
    for one, other in zip(found, expected, strict=True):
        assert one == pytest.approx(other, rel=1e-12)


def test_an_uncertainty_that_fits_no_row_is_refused() -> None:
    done = lines(["norm(v)", "--uncertainty", "v=[1, 2]"], ['{"v": [1, 2, 3]}'])
    assert done.status == 2
    assert done.stdout == ""
    assert "the uncertainty of 'v' has the shape (2,), and 'v' has the shape (3,)" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["x", "--uncertainty", "x=dy"], "neither a column of the table nor a number"),
        (["x", "--uncertainty", "x=-1"], "at least 0"),
        (["x", "--uncertainty", "q=1"], "no variable 'q'"),
        (["x", "--uncertainty", "x=dx", "--value-only"], "--value-only leaves out"),
        (["x*y", "--uncertainty", "x=dx", "--wrt", "y"], "--wrt leaves 'x' out"),
        (["k*x", "--k", "2", "--uncertainty", "k=1"], "the same in all rows"),
    ],
)
def test_what_has_no_uncertainty_is_told(words: list[str], told: str) -> None:
    done = gradcli(["batch", *words], stdin="x,y,dx\n1,2,3\n")
    assert done.status == 2
    assert told in done.stderr

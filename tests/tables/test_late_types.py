"""Tables of which later rows hold what the first did not: other types, and fields that are new."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradcli.batch.table import Lacking
from gradcli.data.rows.delimited import DelimitedTable
from gradcli.data.rows.formats import Form, sink_for
from gradcli.data.rows.jsonl import JsonLinesTable
from gradcli.errors import InputProblem
from tests.cli.runner import gradcli


def in_blocks(fields: list[dict[str, Any]], form: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Lines of JSON written in another format, each as a block of its own."""
    monkeypatch.setattr("gradcli.data.rows.jsonl._LOOKED_AT", 1)
    monkeypatch.setattr("gradcli.data.rows.jsonl.PIECE", 1)
    raw = "".join(json.dumps(one) + "\n" for one in fields).encode()
    table = JsonLinesTable(io.BytesIO(raw), "p", piece=1)
    out = io.BytesIO()
    sink = sink_for(out, table, Form(form), overwrite=False)({"y": ()})
    for block in table.blocks([]):
        nothing = np.zeros(block.rows, bool)
        sink.write(block, {"y": np.zeros(block.rows)}, Lacking(nothing, nothing))
    sink.close()
    return out.getvalue()


def test_a_field_that_begins_late_is_not_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[dict[str, Any]] = [{"a": 1.0}, {"a": 2.0}, {"a": 3.0, "late": "b"}]
    for form in ("csv", "tsv"):
        with pytest.raises(InputProblem, match="row 3 of p has a field 'late'") as caught:
            in_blocks(rows, form, monkeypatch)
        assert caught.value.hint == "--format jsonl takes fields wherever they begin"
    assert in_blocks([{"a": 1}, {}, {"b": None}], "csv", monkeypatch) == b"a,y\n1,0.0\n,0.0\n,0.0\n"


def test_an_array_has_an_entry_for_each_row_wherever_its_field_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[dict[str, Any]] = [{"a": 1, "v": None}, {"s": "b", "v": [1.5, 2]}, {"a": 3}]
    read = np.load(io.BytesIO(in_blocks(rows, "npz", monkeypatch)))
    np.testing.assert_array_equal(read["a"], [1.0, np.nan, 3.0])
    assert read["s"].tolist() == ["", "b", ""]
    np.testing.assert_array_equal(read["v"], [[np.nan] * 2, [1.5, 2.0], [np.nan] * 2])
    for other in ({}, {"a": 1.5}):
        with pytest.raises(InputProblem, match="column 'a' of p has whole numbers above"):
            in_blocks([{"a": 2**53 + 1}, {"a": 1}, other], "npz", monkeypatch)
    with pytest.raises(InputProblem, match="column 'a' of p has rows of several lengths"):
        in_blocks([{"a": [1.0]}, {}, {"a": [1.0, 2.0]}], "npz", monkeypatch)


def read_back(raw: bytes, form: str) -> Any:
    import pyarrow.ipc
    import pyarrow.parquet

    if form == "parquet":
        return pyarrow.parquet.read_table(io.BytesIO(raw))
    return pyarrow.ipc.open_file(io.BytesIO(raw)).read_all()


@pytest.mark.parametrize("form", ["parquet", "arrow"])
@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (1, 2.5, "column 'c' of p holds whole numbers first, and 2.5 in row 4"),
        (1.5, "01", "column 'c' of p holds numbers first, and '01' in row 4"),
        ("a", 1, "column 'c' of p holds texts first, and 1 in row 4"),
        (True, 1, "column 'c' of p holds truth values first, and 1 in row 4"),
        (1.5, True, "column 'c' of p holds numbers first, and true in row 4"),
        (1.5, 2**53 + 1, "column 'c' of p holds numbers first, and 9007199254740993 in row 4"),
        ([1.5], ["1"], r"column 'c' of p holds list<.*> first, and \[\"1\"\] in row 4"),
        ([1.5], 1.5, "column 'c' of p holds list<.*> first, and 1.5 in row 4"),
        ({"a": 1}, {"a": 1, "b": 2}, r"column 'c' of p holds struct<.*> first, and {\"a\": 1, \"b\": 2} in row 4"),
    ],
)
def test_a_type_that_changes_is_told_with_its_column_and_row(
    monkeypatch: pytest.MonkeyPatch, form: str, first: Any, last: Any, told: str
) -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(InputProblem, match=told):
        in_blocks([{"c": first}, {"c": first}, {"c": None}, {"c": last}], form, monkeypatch)


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_a_type_is_that_of_the_first_value_however_late_it_is(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    pytest.importorskip("pyarrow")
    values: list[dict[str, Any]] = [{"v": [1.5], "s": "a", "n": 1.5}, {"v": None}, {"n": 2}, {"n": 3, "s": None}]
    made = read_back(in_blocks([{}, {"v": None}, {"n": None}, *values], form, monkeypatch), form)
    assert made.column("v").to_pylist() == [None, None, None, [1.5], None, None, None]
    assert made.column("n").to_pylist() == [None, None, None, 1.5, None, 2.0, 3.0]
    assert made.column("s").to_pylist() == [None, None, None, "a", None, None, None]
    with pytest.raises(InputProblem, match="row 5 of p has a field 'late'"):
        in_blocks([{"a": 1}] * 4 + [{"late": 1}], form, monkeypatch)


def in_pieces(text: str, form: str, texts: list[str]) -> bytes:
    """A table of delimited text written in another format, in small blocks."""
    table = DelimitedTable(io.BytesIO(text.encode()), "p", piece=8)
    table.keep_texts(texts)
    out = io.BytesIO()
    sink = sink_for(out, table, Form(form), overwrite=False)({"y": ()})
    for block in table.blocks(["x"]):
        nothing = np.zeros(block.rows, bool)
        sink.write(block, {"y": np.zeros(block.rows)}, Lacking(nothing, nothing))
    sink.close()
    return out.getvalue()


ZIPS = "x,zip\n" + "1,12345\n" * 5 + "1,01234\n" + "1,12345\n" * 3


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_no_zero_is_lost_that_leads_a_late_cell(form: str) -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(InputProblem, match="column 'zip' of p holds numbers first, and '01234' in row 6") as caught:
        in_pieces(ZIPS, form, [])
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("--text zip has all of the column as texts")
    made = read_back(in_pieces(ZIPS, form, ["zip"]), form)
    assert made.column("zip").to_pylist() == ["12345"] * 5 + ["01234"] + ["12345"] * 3


def test_columns_of_text_are_texts_in_every_format_with_types() -> None:
    lines = in_pieces(ZIPS, "jsonl", ["zip"]).splitlines()
    assert [json.loads(line)["zip"] for line in lines] == ["12345"] * 5 + ["01234"] + ["12345"] * 3
    assert np.load(io.BytesIO(in_pieces(ZIPS, "npz", ["zip"])))["zip"].tolist()[4:6] == ["12345", "01234"]
    with pytest.raises(InputProblem, match="p has no column 'zap'") as caught:
        in_pieces(ZIPS, "jsonl", ["zap"])
    assert caught.value.hint == "did you mean 'zip'?"


def test_a_column_that_begins_empty_keeps_the_texts_of_its_cells() -> None:
    pytest.importorskip("pyarrow")
    made = read_back(in_pieces("x,n\n" + "1,\n" * 60 + "1,1.50\n" * 3, "arrow", []), "arrow")
    assert made.column("n").to_pylist() == [None] * 60 + ["1.50"] * 3


@pytest.mark.parametrize("written", ["parquet", "arrow", "parquet.zst", "parquet.gz", "csv.zst"])
def test_an_error_is_all_that_is_said_of_a_file_that_is_given_up(tmp_path: Path, written: str) -> None:
    pytest.importorskip("pyarrow")
    source, target = tmp_path / "p.jsonl", tmp_path / f"q.{written}"
    source.write_text('{"x": 1, "c": 1}\n' * 5000 + '{"x": 1, "late": 1}\n')
    words = [sys.executable, "-m", "gradcli", "batch", "x", str(source), "-o", str(target), "--no-check", "-q"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, target.exists()) == (2, False)
    assert done.stderr.splitlines() == [
        f"error: row 5,001 of {source} has a field 'late', for which the rows before have made no column",
        "hint: --format jsonl takes fields wherever they begin",
    ]


@pytest.mark.parametrize(
    ("words", "stdin", "told"),
    [
        (["x", "--text", "x"], "x\n1\n", "--text: the column 'x' is to be of texts, and EXPR takes its numbers"),
        (
            ["x", "--text", "x", "--input-format", "jsonl"],
            '{"x": 1}\n',
            "--text is for csv and tsv, and the columns of jsonl have types",
        ),
        (["x", "--text", "z"], "x\n1\n", "standard input has no column 'z'"),
        (["x", "--over", "x=0:1:2", "--text", "x"], "", "--text is for a table"),
    ],
)
def test_what_cannot_be_text_is_told(words: list[str], stdin: str, told: str) -> None:
    done = gradcli(["batch", *words, "--no-check"], stdin=stdin)
    assert (done.status, done.stdout) == (2, "")
    assert told in done.stderr


@pytest.mark.parametrize("form", ["parquet", "arrow", "npz"])
@pytest.mark.parametrize("values", [[1.5, True], [True, 2], [[1.5], [True]], [[1.5, True]]])
def test_truth_values_beside_numbers_are_refused(monkeypatch: pytest.MonkeyPatch, form: str, values: list[Any]) -> None:
    pytest.importorskip("pyarrow")
    for apart in (0, 3):
        rows: list[dict[str, Any]] = [{"c": values[0]}, *[{}] * apart, *({"c": value} for value in values[1:])]
        with pytest.raises(InputProblem, match="column 'c' of p"):
            in_blocks(rows, form, monkeypatch)


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_empty_lists_leave_open_what_lists_hold(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    pytest.importorskip("pyarrow")
    rows: list[dict[str, Any]] = [{"v": [], "s": {"a": None}}] * 4 + [{"v": [1.5], "s": {"a": "b"}}, {"v": None}]
    made = read_back(in_blocks(rows, form, monkeypatch), form)
    assert made.column("v").to_pylist() == [[]] * 4 + [[1.5], None]
    assert made.column("s").to_pylist()[3:5] == [{"a": None}, {"a": "b"}]


@pytest.mark.parametrize("form", ["jsonl", "npz", "arrow"])
def test_a_zero_keeps_its_sign(form: str) -> None:
    raw = in_pieces("x,n\n1,-0\n1,-0\n", form, [])
    if form == "jsonl":
        assert b'"n": -0.0' in raw
    elif form == "npz":
        assert np.signbit(np.load(io.BytesIO(raw))["n"]).all()
    else:
        pytest.importorskip("pyarrow")
        assert np.signbit(read_back(raw, form).column("n").to_numpy()).all()


def test_rows_do_not_wait_for_ever_for_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    monkeypatch.setattr("gradcli.data.rows.arrow_sink._HELD_ROWS", 3)
    rows: list[dict[str, Any]] = [{"v": None}] * 4
    assert read_back(in_blocks([*rows, {"v": "a"}], "arrow", monkeypatch), "arrow").column("v")[-1].as_py() == "a"
    with pytest.raises(InputProblem, match=r"'v' of p holds nothing in the first 4 rows, .*, and \[1.5\] in row 5"):
        in_blocks([*rows, {"v": [1.5]}], "arrow", monkeypatch)
    with pytest.raises(InputProblem, match=r"column 'v' of p holds texts first, and 1.5 in row 6"):
        in_blocks([*rows, {"v": "a"}, {"v": 1.5}], "arrow", monkeypatch)

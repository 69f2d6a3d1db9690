"""Tables with types: what came in keeps its type, and the library that owns a format reads what is written."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gradcli.batch.table import Lacking, Table
from gradcli.data.rows.formats import Form, compressed, decompressed, open_table, sink_for
from gradcli.data.rows.made import Evenly, grid
from gradcli.data.rows.spool import readable_anywhere
from gradcli.errors import InputProblem
from tests.cli.runner import gradcli


def through(raw: bytes, form: str, results: dict[str, NDArray[Any]], written: str = "", **options: Any) -> bytes:
    """A table read and written with results beside it."""
    table = open_table(io.BytesIO(raw), "p", Form(form), **options)
    out = io.BytesIO()
    shapes: dict[str, Any] = {name: array.shape[1:] for name, array in results.items()}
    sink = sink_for(out, table, Form(written or form), overwrite=False)(shapes)
    for block in table.blocks([]):
        nothing = np.zeros(block.rows, bool)
        part = {name: array[block.first : block.first + block.rows] for name, array in results.items()}
        sink.write(block, part, Lacking(nothing, nothing))
    sink.close()
    return out.getvalue()


def cells(table: Table, name: str) -> list[Any]:
    return [value for block in table.blocks([name]) for value in block.cells[name].values.tolist()]


LINES = b'{"x": 1, "s": "a\\u00e9", "v": [1, 2.5]}\n\n{ "x":2.50 ,"n":null}\nnonsense\n{}\n'


def test_lines_of_json_keep_their_bytes() -> None:
    out = through(LINES, "jsonl", {"value": np.array([1.0, np.inf, 0.0, 4.0])}).split(b"\n")
    assert out[0] == b'{"x": 1, "s": "a\\u00e9", "v": [1, 2.5], "value": 1.0}'
    assert out[1] == b""
    assert out[2] == b'{ "x":2.50 ,"n":null, "value": null}'
    assert out[3] == b"nonsense"
    assert out[4] == b'{"value": 4.0}'


def test_fields_that_are_there_are_refused() -> None:
    with pytest.raises(InputProblem, match="a field 'x' already"):
        through(LINES, "jsonl", {"x": np.zeros(4)})


def test_numbers_of_json() -> None:
    table = open_table(io.BytesIO(b'{"x": 1}\n{"x": "1"}\n{"y": 2}\n{"x": true}\n'), "p", Form("jsonl"))
    (block,) = table.blocks(["x"])
    assert block.cells["x"].blank is not None
    assert block.cells["x"].blank.tolist() == [False, True, True, True]
    assert [(bad.row, bad.told) for bad in block.bad] == [(1, "is no number: '1'"), (3, "is no number: 'true'")]


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_arrow_keeps_types(form: str) -> None:
    pa = pytest.importorskip("pyarrow", reason="Parquet and Arrow need pyarrow")
    import pyarrow.parquet

    reads_all = form == "arrow" or int(pa.__version__.split(".")[0]) >= 26
    last = None if reads_all else [5.0, 6.0]  # others cannot read a missing list of fixed size from Parquet
    columns = {
        "id": pa.array([1, 2, None], pa.int32()),
        "price": pa.array([Decimal("1.10"), Decimal("2.20"), None], pa.decimal128(10, 2)),
        "ok": pa.array([True, None, False]),
        "name": pa.array(["a", None, "c"]),
        "v": pa.array([[1.0, 2.0], [3.0, 4.0], last], pa.list_(pa.float32(), 2)),
    }
    made = pa.table(columns)
    raw = io.BytesIO()
    if form == "parquet":
        pyarrow.parquet.write_table(made, raw)
    else:
        with pa.ipc.new_file(raw, made.schema) as writer:
            writer.write_table(made)
    results = {"value": np.array([1.0, 2.0, 3.0]), "d_v": np.arange(6.0).reshape(3, 2)}
    out = io.BytesIO(through(raw.getvalue(), form, results))
    back = pyarrow.parquet.read_table(out) if form == "parquet" else pa.ipc.open_file(out).read_all()
    assert back.schema.names == [*columns, "value", "d_v"]
    for name in columns:
        assert back.schema.field(name).type == made.schema.field(name).type
        assert back.column(name).to_pylist() == made.column(name).to_pylist()
    assert back.column("d_v").to_pylist() == [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
    opened = open_table(io.BytesIO(raw.getvalue()), "p", Form(form))
    assert cells(opened, "price")[:2] == [1.1, 2.2]
    with pytest.raises(InputProblem, match="column 'name' of p holds string"):
        list(open_table(io.BytesIO(raw.getvalue()), "p", Form(form)).blocks(["name"]))


def test_numpy_archives() -> None:
    raw = io.BytesIO()
    np.savez(raw, x=np.array([1, 2, 3]), v=np.ones((3, 2)), name=np.array(["a", "b", "c"]))
    out = np.load(io.BytesIO(through(raw.getvalue(), "npz", {"value": np.array([1.0, 2.0, 3.0])})))
    assert sorted(out.files) == ["name", "v", "value", "x"]
    assert out["x"].dtype.kind == "i"
    assert out["value"].tolist() == [1.0, 2.0, 3.0]


def test_arrays_of_objects_are_not_loaded() -> None:
    raw = io.BytesIO()
    np.savez(raw, x=np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(InputProblem, match="no NumPy file of numbers"):
        open_table(io.BytesIO(raw.getvalue()), "p", Form("npz"))


@pytest.mark.parametrize("written", ["csv", "tsv", "jsonl"])
def test_from_one_format_to_another(written: str) -> None:
    out = through(b'{"x": 1, "s": "a,b"}\n{"x": 2.5}\n', "jsonl", {"v": np.ones((2, 2))}, written).decode()
    if written == "jsonl":
        assert json.loads(out.splitlines()[1]) == {"x": 2.5, "v": [1.0, 1.0]}
    elif written == "csv":
        assert out == 'x,s,v[0],v[1]\n1,"a,b",1.0,1.0\n2.5,,1.0,1.0\n'
    else:
        assert out == "x\ts\tv[0]\tv[1]\n1\ta,b\t1.0\t1.0\n2.5\t\t1.0\t1.0\n"


def test_what_is_no_table_is_told() -> None:
    pytest.importorskip("pyarrow", reason="Parquet needs pyarrow")
    with pytest.raises(InputProblem, match="is no Parquet file"):
        open_table(io.BytesIO(b"nothing"), "p", Form("parquet"))


@pytest.mark.parametrize("form", ["parquet", "arrow", "npz"])
@pytest.mark.parametrize("packing", ["gz", "zst"])
def test_packed_tables_read_back(form: str, packing: str) -> None:
    pytest.importorskip("pyarrow")
    raw = through(b'{"x": 1.5}\n{"x": 2}\n', "jsonl", {"y": np.array([1.0, 2.0])}, form)
    out = io.BytesIO()
    packed = compressed(out, packing)
    packed.write(raw)
    packed.close()
    unpacked = decompressed(io.BytesIO(out.getvalue()), packing)
    with readable_anywhere(unpacked, "p", form, packed=True) as stream:
        again = open_table(stream, "p", Form(form))
        assert cells(again, "y") == [1.0, 2.0]


@pytest.mark.parametrize("packing", ["gz", "zst"])
def test_lines_are_read_from_packed_files(packing: str) -> None:
    if packing == "zst":
        pytest.importorskip("pyarrow")
    out = io.BytesIO()
    packed = compressed(out, packing)
    packed.write(LINES)
    packed.close()
    again = open_table(decompressed(io.BytesIO(out.getvalue()), packing), "p", Form("jsonl"))
    assert cells(again, "x")[:2] == [1.0, 2.5]


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_a_column_of_texts_and_numbers_is_refused(form: str) -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(InputProblem, match=r"column 'c' of p has no type of Arrow's"):
        through(b'{"c": "a"}\n{"c": 1.5}\n', "jsonl", {"y": np.zeros(2)}, form)


def test_numpys_arrays_lose_no_text_and_no_digit() -> None:
    made = through(b'{"c": "a", "t": true}\n{"c": null, "t": false}\n', "jsonl", {"y": np.zeros(2)}, "npz")
    read = np.load(io.BytesIO(made))
    assert read["c"].tolist() == ["a", ""]
    assert read["t"].dtype == bool
    for lines in (b'{"c": "a"}\n{"c": 1}\n', b'{"c": 9007199254740993}\n{"c": null}\n', b'{"c": [1]}\n{"c": [1, 2]}\n'):
        with pytest.raises(InputProblem, match="column 'c' of p"):
            through(lines, "jsonl", {"y": np.zeros(2)}, "npz")


@pytest.mark.parametrize("raw", [b"x\n1\n", b"PK\x03\x04cut", b""])
def test_a_damaged_archive_is_told(raw: bytes) -> None:
    with pytest.raises(InputProblem, match="p is no NumPy file") as caught:
        open_table(io.BytesIO(raw), "p", Form("npz"))
    assert "pickle" not in str(caught.value)


@pytest.mark.parametrize("form", ["csv", "tsv", "parquet", "arrow", "npz"])
def test_a_table_without_rows_keeps_its_columns(form: str) -> None:
    if form in ("parquet", "arrow"):
        pytest.importorskip("pyarrow")
    raw = through(b"x;z\n", "csv", {"y": np.zeros(0)}, form)
    assert list(open_table(io.BytesIO(raw), "p", Form(form)).names) == ["x", "z", "y"]


def test_a_number_that_overflows_is_told_apart_from_infinity() -> None:
    (block,) = open_table(io.BytesIO(b'{"x": 1e400}\n{"x": Infinity}\n'), "p", Form("jsonl")).blocks(["x"])
    assert [(bad.row, bad.told) for bad in block.bad] == [(0, "overflows float64: 1e400")]
    assert block.cells["x"].values[1] == np.inf


def test_a_key_may_be_missing_in_the_first_line() -> None:
    opened = open_table(io.BytesIO(b'{"y": 1}\n{"x": 2}\n'), "p", Form("jsonl"))
    assert list(opened.variables) == ["y", "x"]


def test_decimals_are_numbers_elsewhere() -> None:
    pa = pytest.importorskip("pyarrow")
    out = io.BytesIO()
    table = pa.table({"x": pa.array([Decimal("1.10"), None])})
    with pa.ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)
    results = {"y": np.zeros(2)}
    assert json.loads(through(out.getvalue(), "arrow", results, "jsonl").splitlines()[0]) == {"x": 1.1, "y": 0.0}
    assert through(out.getvalue(), "arrow", results, "csv").splitlines()[1:] == [b"1.10,0.0", b",0.0"]
    read = np.load(io.BytesIO(through(out.getvalue(), "arrow", results, "npz")))
    np.testing.assert_array_equal(read["x"], [1.1, np.nan])


def test_texts_that_are_no_unicode_are_told() -> None:
    results = {"y": np.zeros(1)}
    with pytest.raises(InputProblem, match="column 'n' of p is not UTF-8"):
        through(b"x,n\n1,\xe9\n", "csv", results, "jsonl")
    with pytest.raises(InputProblem, match="surrogate"):
        through(b'{"n": "\\ud800"}\n', "jsonl", results, "csv")
    with pytest.raises(InputProblem, match="no JSON object"):
        open_table(io.BytesIO(b'{"n": "\xe9"}\n'), "p", Form("jsonl"))


@pytest.mark.parametrize(
    ("start", "stop", "count"), [(0, 10, 101), (1, 1, 5), (-3.3, 7.1, 1), (0, 1e-320, 7), (5, -5, 1000), (0.1, 0.3, 2)]
)
def test_evenly_spaced_values_are_those_of_numpy(start: float, stop: float, count: int) -> None:
    axis = Evenly(float(start), float(stop), count)
    assert len(axis) == count
    assert axis[np.arange(count)].tolist() == np.linspace(start, stop, count).tolist()


def test_a_huge_axis_is_not_held() -> None:
    blocks = grid({"x": Evenly(0.0, 1.0, 10**12), "y": np.array([1.0, 2.0])}).blocks(["x", "y"])
    assert next(blocks).cells["x"].values[:4].tolist() == [0.0, 0.0, 1 / (10**12 - 1), 1 / (10**12 - 1)]


@pytest.mark.parametrize("rows", [1, 40_000, 200_000])
def test_row_groups_are_asked_for_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """Arrow keeps what it has read until all that was asked for is read."""
    pq = pytest.importorskip("pyarrow.parquet")
    import pyarrow as pa

    out = io.BytesIO()
    with pq.ParquetWriter(out, pa.schema({"x": pa.int64()})) as writer:
        for i in range(7):
            writer.write_table(pa.table({"x": np.arange(i * rows, (i + 1) * rows)}))
    asked: list[int] = []
    plain = pq.ParquetFile.iter_batches

    def noted(file: Any, batch_size: int, row_groups: list[int]) -> Any:
        asked.append(len(row_groups))
        return plain(file, batch_size, row_groups)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", noted)
    opened = open_table(io.BytesIO(out.getvalue()), "p", Form("parquet"))
    found = np.concatenate([block.cells["x"].values for block in opened.blocks(["x"])])
    np.testing.assert_array_equal(found, np.arange(7 * rows))
    assert asked == {1: [7], 40_000: [4, 3], 200_000: [1] * 7}[rows]


def test_columns_of_one_name_stay_in_parquet_and_go_to_no_other_format(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "twice.parquet"
    parquet.write_table(pa.table([pa.array([float(i)]) for i in range(3)], names=["x", "x", "y"]), path)
    assert gradcli(["batch", "2*y", str(path), "-o", str(tmp_path / "out.parquet"), "--no-check"]).status == 0
    with parquet.ParquetFile(tmp_path / "out.parquet") as file:
        assert file.read().column_names == ["x", "x", "y", "value", "d_y"]
    done = gradcli(["batch", "2*y", str(path), "--format", "csv", "--no-check"])
    assert (done.status, done.stdout) == (2, "")
    assert "has the column 'x' twice\nhint: only parquet and arrow can have that" in done.stderr
    assert gradcli(["batch", "x", str(path), "--no-check"]).status == 2


@pytest.mark.parametrize("form", ["parquet", "arrow"])
@pytest.mark.parametrize("source", ["jsonl", "csv", "npz"])
def test_matrices_in_each_row_go_to_formats_with_types(form: str, source: str) -> None:
    pytest.importorskip("pyarrow")
    saved = io.BytesIO()
    columns = np.arange(12.0).reshape(2, 2, 3)
    np.savez(saved, m=columns)
    raws = {"jsonl": b'{"a": 1}\n{"a": 2}\n', "csv": b"a\n1\n2\n", "npz": saved.getvalue()}
    results = np.arange(8.0).reshape(2, 2, 2)
    raw = through(raws[source], source, {"y": results}, form)
    table = open_table(io.BytesIO(raw), "p", Form(form))
    (block,) = table.blocks(["y", "m"] if source == "npz" else ["y"])
    np.testing.assert_array_equal(block.cells["y"].values, results)
    if source == "npz":
        np.testing.assert_array_equal(block.cells["m"].values, columns)

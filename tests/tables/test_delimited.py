"""Delimited text: what came in goes out byte for byte, whatever it is, and the numbers are those of the cells."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gradcli.batch.table import Block, Lacking
from gradcli.data.rows import delimited
from gradcli.data.rows.delimited import DelimitedTable
from gradcli.data.rows.delimited_sink import DelimitedSink
from gradcli.errors import InputProblem
from tests.cli.runner import gradcli


@pytest.fixture(autouse=True)
def _quick_from_the_first_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is quick for long texts is tested with short ones."""
    monkeypatch.setattr(delimited, "QUICK", 0)


def table(text: str | bytes, piece: int = 1 << 20, **options: Any) -> DelimitedTable:
    raw = text.encode() if isinstance(text, str) else text
    return DelimitedTable(io.BytesIO(raw), "p.csv", piece=piece, **options)


def numbers(text: str | bytes, name: str, **options: Any) -> list[Any]:
    blocks = list(table(text, **options).blocks([name]))
    return [value for block in blocks for value in block.cells[name].values.tolist()]


def copied(text: bytes, piece: int = 1 << 20) -> bytes:
    """The rows as they go out, with the number of each row as a new column."""
    opened = table(text, piece)
    out: list[bytes] = []
    sink = DelimitedSink(out.append, opened, {"row": ()})
    for block in opened.blocks([]):
        nothing = np.zeros(block.rows, bool)
        sink.write(block, {"row": np.arange(block.first, block.first + block.rows)}, Lacking(nothing, nothing))
    return b"".join(out)


def test_fields_go_out_byte_for_byte() -> None:
    text = b'id,"a ""b""",x\r\n01234,1.10," 2"\r\n"multi\nline",=1+1,3'
    assert copied(text) == (b'id,"a ""b""",x,row\r\n01234,1.10," 2",0\r\n"multi\nline",=1+1,3,1\r\n')


def test_other_encodings_pass_through() -> None:
    assert copied(b"name,x\n" + "Ångström,1\n".encode("latin-1")).endswith(b"\xc5ngstr\xf6m,1,0\n")


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)


@settings(max_examples=150)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=6), st.sampled_from([1, 7, 64, 1 << 20]))
def test_what_csv_writes_is_read_back_with_a_column_more(rows: list[list[str]], piece: int) -> None:
    """Python's own writer and reader are the judge."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["a", "b"])
    writer.writerows(rows)
    out = copied(text.getvalue().encode(), piece).decode()
    got = list(csv.reader(io.StringIO(out, newline="")))
    assert got[0] == ["a", "b", "row"]
    assert [row[:2] for row in got[1:]] == rows
    assert [row[2] for row in got[1:]] == [str(i) for i in range(len(rows))]


@settings(max_examples=100)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_numbers_are_read_to_the_last_bit(values: list[float]) -> None:
    assert numbers("x,y\n" + "".join(f"{value!r},1\n" for value in values), "x") == values


@pytest.mark.parametrize("text", ["", " ", "NA", "n/a", "NULL", "none"])
def test_what_says_that_nothing_is_there_is_missing_and_no_error(text: str) -> None:
    (block,) = table(f"x,y\n{text},1\n").blocks(["x"])
    assert block.cells["x"].blank is not None
    assert not block.bad


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("abc", "is no number: 'abc'"),
        ("1_000", "is no number: '1_000'"),
        ("1e999", "overflows float64: 1e999"),
        ("true", "is no number: 'true'"),
        ("1 2", "is no number: '1 2'"),
    ],
)
def test_what_is_no_number_is_told(text: str, told: str) -> None:
    (block,) = table(f"x,y\n1,1\n{text},1\n").blocks(["x"])
    assert [(bad.row, bad.column, bad.told) for bad in block.bad] == [(1, "x", told)]


def test_infinities_and_nan_are_numbers() -> None:
    assert numbers("x,y\ninf,1\n-Infinity,1\n", "x") == [np.inf, -np.inf]
    assert np.isnan(numbers("x,y\nnan,1\n", "x")[0])


def test_truth_values_stay_truth_values() -> None:
    (block,) = table("b,x\ntrue,1\nFalse,2\n").blocks(["b"])
    assert block.cells["b"].kind == "truth"
    assert block.cells["b"].values.tolist() == [True, False]


def test_vectors_as_columns_and_as_lists() -> None:
    assert numbers("x[0],x[1]\n1,2\n3,4\n", "x") == [[1.0, 2.0], [3.0, 4.0]]
    assert numbers("x;y\n[1, 2];1\n[3, 4];2\n", "x") == [[1.0, 2.0], [3.0, 4.0]]
    assert numbers('x,y\n"[1, 2]",1\n', "x") == [[1.0, 2.0]]


def test_a_row_of_another_length_is_bad() -> None:
    (block,) = table("x,y\n1,2\n3\n4,5,6\n").blocks(["x"])
    assert [(bad.row, bad.told) for bad in block.bad] == [
        (1, "has 1 cell, and the header 2"),
        (2, "has 3 cells, and the header 2"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "is empty"),
        (b"1,2\n3,4\n", "has numbers, and no names"),
        ("x\n1\n".encode("utf-16"), "not text in UTF-8"),
    ],
)
def test_headers_that_are_none_are_refused(text: bytes, told: str) -> None:
    with pytest.raises(InputProblem, match=told.replace("[", r"\[")):
        table(text)


def test_a_byte_order_mark_is_kept_and_is_no_part_of_the_name() -> None:
    text = b"\xef\xbb\xbfx,y\n1,2\n"
    assert numbers(text, "x") == [1.0]
    assert copied(text) == b"\xef\xbb\xbfx,y,row\n1,2,0\n"


def rows_of(block: Block, values: NDArray[Any]) -> Lacking:
    return Lacking(np.zeros(len(values), bool), np.zeros(len(values), bool))


def test_columns_that_are_there_are_refused_or_replaced() -> None:
    with pytest.raises(InputProblem, match="a column 'row' already"):
        DelimitedSink(lambda text: None, table("row,x\n1,2\n"), {"row": ()})
    opened = table('row,x\n"1,5",2\n')
    out: list[bytes] = []
    sink = DelimitedSink(out.append, opened, {"row": ()}, overwrite=True)
    (block,) = opened.blocks(["x"])
    sink.write(block, {"row": np.array([7.0])}, rows_of(block, np.zeros(1)))
    assert b"".join(out) == b"x,row\n2,7.0\n"


def written(text: bytes, results: NDArray[Any], piece: int = 64) -> bytes:
    """The rows with results that are numbers, the first of which is missing."""
    opened = table(text, piece)
    out: list[bytes] = []
    sink = DelimitedSink(lambda content: out.append(bytes(content)), opened, {"d": ()})
    for block in opened.blocks(["x"]):
        blank = np.arange(block.first, block.first + block.rows) == 0
        part = results[block.first : block.first + block.rows]
        sink.write(block, {"d": part}, Lacking(blank, np.zeros(block.rows, bool)))
    return b"".join(out)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.floats(allow_nan=False, allow_infinity=False), st.floats()), min_size=30, max_size=60))
def test_both_ways_of_reading_and_writing_give_the_same_bytes(
    monkeypatch: pytest.MonkeyPatch, rows: list[tuple[float, float]]
) -> None:
    """Numbers of all sizes, by Arrow and cell by cell."""
    pytest.importorskip("pyarrow", reason="the quick way is that of Arrow and Polars")
    pytest.importorskip("polars", reason="the quick way is that of Arrow and Polars")
    text = ("x,y\n" + "".join(f"{x!r},a\n" for x, _ in rows)).encode()
    results = np.array([y for _, y in rows])
    quick = written(text, results)
    with monkeypatch.context() as patch:
        patch.setattr(delimited, "_quick_way", lambda: None)
        assert written(text, results) == quick
        expected = [x for x, _ in rows]
        assert numbers(text, "x", piece=64) == expected
    assert numbers(text, "x", piece=64) == expected


@pytest.mark.parametrize("note", [b"a", "é".encode(), b"\xe9", b"NaN", b"NaNaN"])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_a_few_numbers_that_python_writes_in_its_own_way(
    monkeypatch: pytest.MonkeyPatch, note: bytes, ending: bytes
) -> None:
    """Among others in two columns, also in rows that have no results or are left out."""
    pytest.importorskip("pyarrow", reason="the quick way is that of Arrow and Polars")
    pytest.importorskip("polars", reason="the quick way is that of Arrow and Polars")
    rows = 700
    text = b"x,y" + ending + b"".join(b"%d,%s%s" % (i, note, ending) for i in range(rows))
    first, second = np.random.default_rng(0).normal(size=(2, rows))
    first[[0, 3, 5, 7, 9]] = 1e-5, np.nan, -3e-7, np.inf, 2e17
    second[[3, 8, 9, 699]] = 4e-6, -np.inf, 1e-300, 1.5e-5
    blank, left_out = np.zeros((2, rows), bool)
    blank[[1, 5, 8, 9]] = left_out[[0, 9]] = True

    def found() -> bytes:
        opened = table(text)
        out: list[bytes] = []
        sink = DelimitedSink(lambda content: out.append(bytes(content)), opened, {"a": (), "b": ()})
        at = 0
        for block in opened.blocks(["x"]):
            part = slice(at, at + block.rows)
            sink.write(block, {"a": first[part], "b": second[part]}, Lacking(blank[part], left_out[part]))
            at += block.rows
        return b"".join(out)

    monkeypatch.setattr(delimited, "_FIRST", 64)
    quick = found()
    monkeypatch.setattr(delimited, "_quick_way", lambda: None)
    assert found() == quick


@pytest.mark.parametrize("text", [b"1,NaN,2.5", b"NaN", b"N", b"NaNaN", b"", b"1,NaN"])
@pytest.mark.parametrize("cut", range(10))
def test_a_mark_may_come_in_pieces(text: bytes, cut: int) -> None:
    quick_text = pytest.importorskip("gradcli.data.rows.quick_text", reason="it is that of Arrow and Polars")
    out: list[bytes] = []
    filled = quick_text._Filled(lambda content: out.append(bytes(content)), [b"7e-05"] * text.count(b"NaN"), 0)
    for part in (text[:cut], text[cut:]):
        assert filled.write(part) == len(part)
    filled.end(b"\n")
    assert b"".join(out) == text.replace(b"NaN", b"7e-05") + b"\n"


@pytest.mark.parametrize("cell", ["abc", "", "1e999", "inf", "NA", "0x10", "1_0", " 2 ", "٣"])
def test_both_ways_say_the_same_of_a_cell(monkeypatch: pytest.MonkeyPatch, cell: str) -> None:
    pytest.importorskip("pyarrow", reason="the quick way is that of Arrow and Polars")
    pytest.importorskip("polars", reason="the quick way is that of Arrow and Polars")
    text = "x,y\n" + "1.5,2\n" * 40 + f"{cell},2\n" + "1.5,2\n" * 40

    def told() -> list[tuple[Any, ...]]:
        blocks = list(table(text, piece=64).blocks(["x"]))
        bad = [(found.row, found.column, found.told) for block in blocks for found in block.bad]
        blank = [row + block.first for block in blocks for row in _blank_rows(block)]
        values = [str(value) for block in blocks for value in block.cells["x"].values.tolist()]
        return [*bad, tuple(blank), tuple(values)]

    quick = told()
    monkeypatch.setattr(delimited, "_quick_way", lambda: None)
    assert told() == quick


def _blank_rows(block: Block) -> list[int]:
    blank = block.cells["x"].blank
    return [] if blank is None else np.flatnonzero(blank).tolist()


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_a_quote_within_a_cell_joins_no_rows(size: int) -> None:
    text = b'x,name\n1,5" pipe\n2,a"b\n3,"5"" bolt\nlong"\n'
    ours = copied(text, size).decode()
    rows = list(csv.reader(io.StringIO(ours, newline="")))
    assert [row[:2] for row in rows] == list(csv.reader(io.StringIO(text.decode(), newline="")))
    assert [row[2] for row in rows[1:]] == ["0", "1", "2"]


def test_a_quote_that_does_not_end_swallows_no_rows() -> None:
    with pytest.raises(InputProblem, match=r"row 2 of p\.csv has a quote that does not end"):
        numbers('x,name\n1,a\n2,"b\n3,c\n', "x")
    with pytest.raises(InputProblem, match=r"header of p\.csv has a quote"):
        table('x,"name\n1,a\n')


def test_a_cell_may_be_large() -> None:
    assert numbers(f'x,name\n1,"{"a" * 200_000}"\n2,b\n', "x") == [1.0, 2.0]


def test_old_line_ends_are_told() -> None:
    with pytest.raises(InputProblem, match="carriage return") as caught:
        table("x,y\r1,2\r3,4")
    assert "tr" in str(caught.value.hint)
    (block,) = table('x,y\n1,"2"\r3,4\n5,6\n').blocks(["x"])
    assert [bad.row for bad in block.bad] == [0]
    assert block.rows == 2


def test_a_row_of_empty_cells_between_tabs_is_a_row() -> None:
    opened = table("x\ty\n1\t2\n\t\n3\t4\n", delimiter="\t")
    (block,) = opened.blocks(["x", "y"])
    assert block.rows == 3
    assert block.cells["x"].blank is not None
    assert block.cells["x"].blank.tolist() == [False, True, False]


def test_a_mark_of_the_encoding_is_no_part_of_the_first_cell() -> None:
    assert numbers(b"\xef\xbb\xbf1,2\n3,4\n", "x", columns=("x", "y")) == [1.0, 3.0]


def test_a_start_without_values_leaves_open_what_a_column_holds() -> None:
    text = "v\n" + "NA\n" * 40_000 + "[1]\n"
    assert [block.cells["v"].values.ndim for block in table(text, piece=1 << 16).blocks(["v"])][-1] == 2


def test_what_other_formats_would_lose_stays_text() -> None:
    (block,) = table("x,zip,big,land\n1,01234,9007199254740993,NA\n2,98765,-5,US\n").blocks(["x"])
    fields = block.fields()
    assert fields["x"] == [1.0, 2.0]
    assert fields["zip"] == ["01234", "98765"]
    assert fields["big"] == [9007199254740993, -5]
    assert fields["land"] == ["NA", "US"]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(['"', '""', ",", "a", "1", "\n", "\r\n", '","', " "]), max_size=25),
    st.sampled_from([1, 3]),
)
def test_rows_are_cut_where_pythons_reader_cuts_them(parts: list[str], size: int) -> None:
    text = "h,k\n" + "".join(parts)
    try:
        ours = copied(text.encode(), size)
    except InputProblem:
        swallowed = list(csv.reader(io.StringIO(text + "\nend", newline="")))
        assert swallowed[-1][-1].endswith("\nend")
        return
    assert ours == copied(text.encode())

    def rows(content: str) -> list[list[str]]:
        found = list(csv.reader(io.StringIO(content, newline="")))[1:]
        return [row for row in found if len(row) > 1 or "".join(row).strip()]

    expected = rows(text)
    got = rows(ours.decode())
    assert [row[: len(other)] for row, other in zip(got, expected, strict=True)] == expected


@pytest.mark.parametrize("header", ["x", "x[0],x[1]"])
def test_lines_without_rows_pass(header: str) -> None:
    done = gradcli(["batch", "2*x", "--value-only", "-q"], stdin=f"{header}\n\n")
    names = "value" if header == "x" else "value[0],value[1]"
    assert (done.status, done.stdout, done.stderr) == (0, f"{header},{names}\n\n", "")


QUOTED = st.sampled_from(['"a, b"', '"two\nlines"', '"say ""no"""', '""', "plain", "é", '5" pipe', "=1+1"])
NUMERAL = st.sampled_from(["1.5", '"2.5"', "-3e-7", "NA", "", "abc", "inf", "1e999", " 4 ", "1_0", "0012", "6E2"])


@settings(
    max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(
    st.lists(st.tuples(QUOTED, NUMERAL, NUMERAL), min_size=1, max_size=12),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([16, 64, 1 << 20]),
    st.booleans(),
)
def test_both_ways_take_quotes_line_ends_and_bad_cells_alike(
    monkeypatch: pytest.MonkeyPatch, rows: list[tuple[str, str, str]], ending: str, piece: int, skipped: bool
) -> None:
    pytest.importorskip("pyarrow", reason="the quick way is that of Arrow and Polars")
    pytest.importorskip("polars", reason="the quick way is that of Arrow and Polars")
    lines = ["note,x,y", "first,1.5,2.5", *map(",".join, rows)]
    text = "".join(line + ending for line in lines).encode()

    def told() -> tuple[Any, ...]:
        opened = table(text, piece)
        out: list[bytes] = []
        sink = DelimitedSink(out.append, opened, {"sum": ()})
        seen: list[Any] = []
        for block in opened.blocks(["x", "y"]):
            x, y = block.cells["x"], block.cells["y"]
            lacking = np.zeros(block.rows, bool)
            for cells in (x, y):
                if cells.blank is not None:
                    lacking |= cells.blank
            seen += [(bad.row, bad.column, bad.told) for bad in sorted(block.bad)]
            seen += map(str, np.where(lacking, 0.0, x.values + y.values).tolist())
            everything = lacking if skipped else np.zeros(block.rows, bool)
            sink.write(block, {"sum": x.values + y.values}, Lacking(lacking, everything))
        return seen, b"".join(out)

    quick = told()
    with monkeypatch.context() as patch:
        patch.setattr(delimited, "_quick_way", lambda: None)
        assert told() == quick


@pytest.mark.parametrize("text", [b"note,x\na,1\n" + b'"a, ""b""",2\n' * 9, b"note,x\r\n" + b"a,1\r\n" * 9])
def test_quotes_and_carriage_returns_are_no_reason_to_be_slow(text: bytes) -> None:
    pytest.importorskip("pyarrow", reason="the quick way is that of Arrow and Polars")
    pytest.importorskip("polars", reason="the quick way is that of Arrow and Polars")
    _, *later = table(text, 32).blocks(["x"])
    assert later
    assert not any(isinstance(block.raw, list) for block in later)


def test_a_bad_cell_is_told_in_its_own_characters() -> None:
    (block,) = table("x\né\n1\n").blocks(["x"])
    assert [bad.told for bad in block.bad] == ["is no number: 'é'"]


@pytest.mark.parametrize("dropped", ["a", "b", "note", "a b", "a note", "b note"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_columns_are_replaced_alike_in_both_ways(monkeypatch: pytest.MonkeyPatch, dropped: str, ending: str) -> None:
    pytest.importorskip("pyarrow", reason="the quick way is that of Arrow and Polars")
    pytest.importorskip("polars", reason="the quick way is that of Arrow and Polars")
    rows = ["a,b,note,x", "1,2,first,1.5", *(f'{i},,"é, {i}",2.5' for i in range(30))]
    text = "".join(row + ending for row in rows).encode()

    def out() -> bytes:
        opened = table(text, 64)
        found: list[bytes] = []
        names = dropped.split()
        sink = DelimitedSink(found.append, opened, dict.fromkeys(names, ()), overwrite=True)
        for block in opened.blocks(["x"]):
            nothing = np.zeros(block.rows, bool)
            numbers = np.arange(block.first, block.first + block.rows) + 0.5
            sink.write(block, dict.fromkeys(names, numbers), Lacking(nothing, nothing))
        return b"".join(found)

    quick = out()
    monkeypatch.setattr(delimited, "_quick_way", lambda: None)
    assert out() == quick


def test_a_table_all_of_whose_columns_are_replaced() -> None:
    done = gradcli(["batch", "2*value", "--overwrite-columns", "--no-check", "-q"], stdin="value\n1\n\n3\nNA\n")
    assert done.stdout == "value,d_value\n2.0,2.0\n\n6.0,2.0\n,\n"

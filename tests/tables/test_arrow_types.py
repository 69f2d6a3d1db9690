"""Columns of every type of Arrow's beside a column that is computed with: they go out, or are named."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcli.batch.table import Lacking
from gradcli.data.rows.formats import Form, open_table, sink_for
from gradcli.errors import InputProblem
from tests.tables.test_typed import through

pa = pytest.importorskip("pyarrow", reason="Arrow's types need pyarrow")
import pyarrow.ipc  # noqa: E402  # the tests are left out where it is not there


def arrow(column: Any) -> bytes:
    table = pa.table({"c": column})
    out = io.BytesIO()
    with pa.ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


def union() -> Any:
    return pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array([1, 2]), pa.array(["a", "b"])])


def times(numbers: list[Any], unit: str, zone: str | None = None) -> Any:
    return pa.array(numbers, pa.timestamp(unit, zone))


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (times([1, 400_000_000_000], "s"), ["1970-01-01 00:00:01", "14645-06-30 15:06:40"]),
        (times([1, 400_000_000_000_250], "ms"), ["1970-01-01 00:00:00.001000", "14645-06-30 15:06:40.250000"]),
        (times([1, 1000], "ns"), ["1970-01-01 00:00:00.000000001", "1970-01-01 00:00:00.000001"]),
        (times([0, None], "ns"), ["1970-01-01 00:00:00", ""]),
        (times([0, 1], "ns", "UTC"), ["1970-01-01 00:00:00+00:00", "1970-01-01 00:00:00.000000001+00:00"]),
        (times([0, 1], "us", "UTC"), ["1970-01-01 00:00:00+00:00", "1970-01-01 00:00:00.000001+00:00"]),
        (pa.array([1, 10**9], pa.time64("ns")), ["00:00:00.000000001", "00:00:01"]),
        (pa.array([1, -1], pa.duration("ns")), ["0:00:00.000000001", "-1 day, 23:59:59.999999999"]),
        (pa.array([1_500_000_000, None], pa.duration("ns")), ["0:00:01.500000", ""]),
        (pa.array([[1], [None]], pa.list_(pa.timestamp("ns"))), ['["1970-01-01 00:00:00.000000001"]', "[null]"]),
        (union(), ["1", "b"]),
        (pa.RunEndEncodedArray.from_arrays([2], [5.0]), ["5.0", "5.0"]),
    ],
)  # fmt: skip
def test_what_python_has_no_type_for_is_text(column: Any, texts: list[str]) -> None:
    rows = csv.DictReader(io.StringIO(through(arrow(column), "arrow", {"y": np.zeros(2)}, "csv").decode()))
    assert [row["c"] for row in rows] == texts


@pytest.mark.parametrize("written", ["csv", "jsonl", "npz"])
@pytest.mark.parametrize(
    "column",
    [
        pa.array([1, 99_999_999], pa.date32()),
        pa.array([1, 2**62], pa.duration("s")),
        pa.array([{"t": 1}, None], pa.struct([("t", pa.timestamp("ns"))])),
        pa.array([[1], [2**62]], pa.list_(pa.timestamp("s"))),
        times([0, 1], "us", "Mars/Olympus"),
    ],
)
def test_what_has_no_text_is_told_with_its_column(column: Any, written: str) -> None:
    with pytest.raises(InputProblem, match=r"column 'c' of p holds .*, and a value that has no text") as caught:
        through(arrow(column), "arrow", {"y": np.zeros(2)}, written)
    assert caught.value.hint == "parquet and arrow take it as it is: --format arrow"
    through(arrow(column), "arrow", {"y": np.zeros(2)}, "arrow")


@pytest.mark.parametrize(
    "made",
    [
        union,
        lambda: pa.RunEndEncodedArray.from_arrays([2], [5.0]),
        lambda: pa.array([(1, 2, 3), None], pa.month_day_nano_interval()),
        lambda: times([1, 2**62], "s"),
    ],
)
def test_what_parquet_does_not_take_is_told_with_its_column(made: Callable[[], Any]) -> None:
    with pytest.raises(InputProblem, match="column 'c' of p holds ") as caught:
        through(arrow(made()), "arrow", {"y": np.zeros(2)}, "parquet")
    assert caught.value.hint is not None
    assert "--format" in caught.value.hint


@pytest.mark.parametrize("kept", [[True, False, True, True], [False, True, False, False], [False] * 4])
@pytest.mark.parametrize(
    "column",
    [
        pa.array(["a", "b", "c", "d"], pa.string_view()),
        pa.RunEndEncodedArray.from_arrays([2, 4], [5.0, 6.0]),
        pa.array(["a", "b", "c", "d"]),
    ],
)
def test_rows_of_every_type_may_be_left_out(column: Any, kept: list[bool]) -> None:
    table = open_table(io.BytesIO(arrow(column)), "p", Form("arrow"))
    out = io.BytesIO()
    sink = sink_for(out, table, Form("arrow"), overwrite=False)({"y": ()})
    (block,) = table.blocks([])
    sink.write(block, {"y": np.zeros(4)}, Lacking(~np.array(kept), ~np.array(kept)))
    sink.close()
    found = pyarrow.ipc.open_file(io.BytesIO(out.getvalue())).read_all().column("c").to_pylist()
    assert found == [value for value, stays in zip(column.to_pylist(), kept, strict=True) if stays]

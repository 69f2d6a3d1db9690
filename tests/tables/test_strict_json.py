"""What is written as JSON is JSON that every reader takes, whatever types came in."""

from __future__ import annotations

import datetime as dt
import io
import json
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from gradcli.data.rows.plain import plain
from tests.cli.runner import gradcli
from tests.tables.test_typed import through

NAN, INF = float("nan"), float("inf")


def refused(text: str) -> Any:
    raise AssertionError(f"{text} is not JSON")


def strict(raw: bytes) -> list[dict[str, Any]]:
    return [json.loads(line, parse_constant=refused) for line in raw.splitlines()]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"a": NAN, "b": {"c": [INF, 1.5]}}, {"a": None, "b": {"c": [None, 1.5]}}),
        ([{"a": -INF}], [{"a": None}]),
        ([("k", 1), ("k", NAN)], [["k", 1], ["k", None]]),
        (b"ab\xff", "YWL/"),
        ([b"a"], ["YQ=="]),
        ({"d": dt.date(2020, 1, 2), "e": Decimal("1.10"), "f": Decimal("0.1000000000000000000001")},
         {"d": "2020-01-02", "e": 1.1, "f": "0.1000000000000000000001"}),
        (Decimal("NaN"), None),
        (np.array([1.0, NAN]), [1.0, None]),
        (np.bytes_(b"ab"), "ab"),
        (np.datetime64("2020-01-01T00:00:00.000000001"), "2020-01-01T00:00:00.000000001"),
    ],
)  # fmt: skip
def test_fields_as_json_has_them(value: Any, written: Any) -> None:
    assert plain(value) == written
    json.dumps(plain(value), allow_nan=False)


def test_fields_may_be_nested_deeply() -> None:
    deep: Any = [NAN]
    for _ in range(10_000):
        deep = [deep]
    found = plain(deep)
    for _ in range(10_000):
        (found,) = found
    assert found == [None]
    assert deep is not found


@pytest.mark.parametrize("written", ["jsonl", "csv"])
def test_columns_of_arrow(written: str) -> None:
    pa = pytest.importorskip("pyarrow")
    columns = {
        "s": pa.array([{"a": NAN, "v": [INF]}]),
        "m": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())),
        "b": pa.array([b"ab"]),
        "i": pa.array([(1, 2, 3)], pa.month_day_nano_interval()),
        "t": pa.array([{"d": dt.date(2020, 1, 2), "p": Decimal("1.10")}]),
    }
    table = pa.table(columns)
    out = io.BytesIO()
    with pa.ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)
    raw = through(out.getvalue(), "arrow", {"y": np.zeros(1)}, written)
    expected = {
        "s": {"a": None, "v": [None]},
        "m": [["k", 1]],
        "b": "YWI=",
        "i": {"months": 1, "days": 2, "nanoseconds": 3},
        "t": {"d": "2020-01-02", "p": 1.1},
        "y": 0.0,
    }
    if written == "jsonl":
        assert strict(raw) == [expected]
        return
    import csv

    (row,) = csv.DictReader(io.StringIO(raw.decode()))
    assert {name: text if name == "b" else json.loads(text) for name, text in row.items()} == expected


def test_a_field_that_is_replaced_leaves_the_others_as_they_came() -> None:
    line = '{ "value" : [1, {"a": "}"}] , "x": 2, "big":1e400, "p": 1.10, "s": "\\ud800", "value": 0}\n'
    words = ["batch", "x", "--value-only", "--overwrite-columns", "--input-format", "jsonl", "--no-check", "-q"]
    done = gradcli(words, stdin=line)
    assert done.stdout == '{"x": 2, "big":1e400, "p": 1.10, "s": "\\ud800", "value": 2.0}\n'
    assert (
        gradcli(words, stdin='{"x": 2}\n{"value": null, "x": 3}\n').stdout.splitlines()[1] == '{"x": 3, "value": 3.0}'
    )

"""`gradcli batch`: lines of JSON, answered one by one or none at all, and errors about one of several tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.runner import gradcli


def answers(words: list[str], lines: list[Any]) -> tuple[int, str, list[Any]]:
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    done = gradcli(["batch", *words, "--line-buffered", "--no-check"], stdin=text)
    return (
        done.status,
        done.stderr,
        [json.loads(line) if line[:1] == "{" else line for line in done.stdout.splitlines()],
    )


def test_a_first_line_that_lacks_something_is_answered_as_a_later_one_is() -> None:
    for lines in ([{"y": 1}, "oops", {"x": 2, "y": 3}], ["oops", {"x": 2, "y": 3}, {"y": 1}], [{}, {"x": 2, "y": 3}]):
        status, told, found = answers(["x*y"], lines)
        assert len(found) == len(lines)
        assert found[lines.index({"x": 2, "y": 3})] == {"x": 2, "y": 3, "value": 6.0, "d_x": 3.0, "d_y": 2.0}
        assert "1 row without a value has no results" in told
        assert ("is no JSON object" in told, status) == (("oops" in lines), 2 if "oops" in lines else 0)


def test_what_a_field_holds_is_told_by_its_first_value_however_late_it_is() -> None:
    _, _, found = answers(["x*v[i]", "--wrt", "x"], [{"x": 1}, {"x": 2, "v": [1, 2], "i": 1}])
    assert [line["d_x"] for line in found] == [None, 2.0]
    _, _, found = answers(["x if c else -x", "--wrt", "x"], [{"x": 1}, {"x": 2, "c": False}, {"x": 2, "c": True}])
    assert [line["d_x"] for line in found] == [None, -1.0, 1.0]
    _, _, found = answers(["x*y", "--uncertainty", "x=dx"], [{"y": 1}, {"x": 2, "y": 3, "dx": 0.5}])
    assert [line["u_value"] for line in found] == [None, 1.5]


def test_a_constant_is_no_field_that_may_come() -> None:
    status, _, found = answers(["pi*x"], [{}, {"x": 1}])
    assert (status, [line["d_x"] for line in found]) == (0, [None, 3.141592653589793])


@pytest.mark.parametrize(("form", "written"), [("jsonl", ""), ("csv", "x,y,value,d_x,d_y\n")])
def test_lines_of_which_there_are_none_are_a_table_without_rows(form: str, written: str) -> None:
    done = gradcli(["batch", "x*y", "--input-format", "jsonl", "--format", form, "-q"], stdin="\n")
    assert (done.status, done.stdout.strip()) == (0, written.strip())


def test_one_table_of_a_folder_may_be_empty_and_an_error_names_it(tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "a.jsonl").write_text("")
    (source / "b.jsonl").write_text('{"x": 2, "y": 3}\n')
    words = ["batch", "x*y", str(source), "-o", f"{target}/", "--no-check", "-q"]
    assert gradcli(words).status == 0
    assert (target / "a.jsonl").read_text() == ""
    assert '"value": 6.0' in (target / "b.jsonl").read_text()
    (source / "c.csv").write_text("x,z\n1,2\n")
    done = gradcli(words)
    assert done.status == 2
    assert done.stderr.startswith(f"error: {source / 'c.csv'}: there is no column 'y'\n")
    (source / "c.csv").write_text("x,y,d_x\n1,2,3\n")
    assert gradcli(words).stderr.startswith(f"error: {source / 'c.csv'} has a column 'd_x' already\n")


def test_the_header_has_the_fields_that_the_first_line_lacks() -> None:
    for first in ("oops", {"y": 1}, {}):
        _, _, found = answers(["x*y", "--format", "csv"], [first, {"x": 2, "y": 3}])
        assert sorted(found[0].split(",")) == ["d_x", "d_y", "value", "x", "y"]
        assert dict(zip(found[0].split(","), found[2].split(","), strict=True))["d_x"] == "3.0"

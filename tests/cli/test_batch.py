"""`gradcli batch`: tables in files and pipes."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.runner import Outcome, gradcli

POINTS = "id,x,y\n01,1.5,2\n02,3,4.0\n"


def batch(words: list[str], stdin: str = "") -> Outcome:
    return gradcli(["batch", *words], stdin=stdin)


def quick(words: list[str], stdin: str = "") -> Outcome:
    return batch([*words, "--no-check"], stdin)


def test_rows_go_out_as_they_came_with_columns_added() -> None:
    done = quick(["x*y", "--wrt", "x"], POINTS)
    assert done.stdout == "id,x,y,value,d_x\n01,1.5,2,3.0,2.0\n02,3,4.0,12.0,4.0\n"
    assert done.status == 0
    assert done.stderr.startswith("note: 2 rows in ")


def test_all_columns_that_the_expression_uses_are_differentiated_by() -> None:
    assert quick(["k*x*y", "--k", "2"], POINTS).stdout.splitlines()[0] == "id,x,y,value,d_x,d_y"


def test_the_check_is_sympys() -> None:
    done = batch(["x**2*sin(y)", "--check", "sample:2"], POINTS)
    assert "2 of 2 rows sampled agree with SymPy's derivative" in done.stderr
    assert done.status == 0


@pytest.fixture
def _planted(monkeypatch: pytest.MonkeyPatch) -> None:
    from gradcli import batch as floor
    from gradcli.transforms.rows import compiled

    def planted(*args: Any, **options: Any) -> Any:
        value, slope, *others = floor.run(*args, **options)
        slope = slope.copy()
        slope[1::7] *= 1 + 1e-6
        return [value, slope, *others]

    monkeypatch.setattr(compiled, "run", planted)


@pytest.mark.usefixtures("_planted")
def test_a_wrong_number_is_found_and_its_row_is_named() -> None:
    done = batch(["x**2", "--check", "sample:20"], POINTS)
    assert "warning: row 2 of standard input differs from SymPy's derivative: df/dx: gradcli has 6.0000" in done.stderr
    assert done.status == 1


@pytest.mark.usefixtures("_planted")
def test_by_proof_it_is_found_in_any_row() -> None:
    done = batch(["x*sin(x)", "--over", "x=1:2:50", "--verify", "proof"])
    assert done.stderr.startswith("warning: row 2 of the grid differs from the exact derivative: df/dx: gradcli has ")
    assert "gradcli has 1.3860149031545748, the exact number is between 1.38601351714" in done.stderr
    assert "warning: and 4 more rows differ\n" in done.stderr
    assert "note: 43 of 50 rows sampled are proved within " in done.stderr
    assert done.status == 1


def test_a_thousand_rows_are_proved_unless_told_otherwise() -> None:
    words = ["exp(-k*t)*t", "--k", "0.5", "--over", "t=0.5:9:3000", "--verify", "proof"]
    assert "note: 1,000 of 1,000 rows sampled are proved within " in batch(words).stderr
    assert "note: 3,000 of 3,000 rows sampled are proved within " in batch([*words, "--check", "sample:3000"]).stderr


def test_what_is_not_decided_is_no_proof() -> None:
    words = ["abs(x)*x", "--over", "x=-1:1:5", "--verify", "proof"]
    done = batch(words)
    assert "note: 1 row of 5 sampled was not proved: df/dx is not decided: abs is not differentiable" in done.stderr
    assert "note: 4 of 5 rows sampled are proved exact\n" in done.stderr
    assert done.status == 0
    assert batch([*words, "--check", "require"]).status == 4


@pytest.mark.parametrize(
    "part", [["--jacobian"], ["--hessian"], ["--order", "3"], ["--seed", "[1, 2]"]], ids=lambda part: part[0]
)
def test_every_kind_of_derivative_is_proved(part: list[str]) -> None:
    expression = "[sin(x), x**2]" if part[0] in ("--jacobian", "--seed") else "sin(x)*x"
    done = batch([expression, "--over", "x=1:2:4", "--verify", "proof", *part])
    assert done.stderr.startswith("note: 4 of 4 rows sampled are proved within ")
    assert done.status == 0


def test_arrays_of_several_lengths_are_proved() -> None:
    rows = '{"v": [3, 4]}\n{"v": [1, 2, 2]}\n{"v": [0, 0]}\n'
    done = batch(["norm(v)*a", "--a", "3", "--verify", "proof", "--input-format", "jsonl"], rows)
    assert "note: 1 row of 3 sampled was not proved: df/dv[0] is not decided" in done.stderr
    assert "note: 2 of 3 rows sampled are proved within " in done.stderr


def test_a_proof_has_room_where_little_memory_is_allowed() -> None:
    done = batch(["x**2", "--over", "x=1:2:4", "--verify", "proof", "--max-memory", "32MiB"])
    assert done.stderr.startswith("note: 4 of 4 rows sampled are proved exact\n")


def test_a_proof_takes_flint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradcli.enclosures.process.prover.is_available", lambda: False)
    done = batch(["x", "--verify", "proof"], POINTS)
    assert done.stdout == ""
    assert done.stderr.startswith("error: --verify proof needs the package python-flint, which is not installed\n")
    assert done.status == 2


def test_a_file_in_and_a_file_out(tmp_path: Path) -> None:
    points, out = tmp_path / "p.csv", tmp_path / "out.jsonl.gz"
    points.write_text(POINTS)
    done = quick(["x*y", str(points), "-o", str(out), "--hessian"])
    assert done.stdout == ""
    rows = [json.loads(line) for line in gzip.decompress(out.read_bytes()).splitlines()]
    assert list(rows[0]) == ["id", "x", "y", "value", "d_x", "d_y", "d2_x_x", "d2_x_y", "d2_y_y"]
    assert list(rows[0].values()) == ["01", 1.5, 2.0, 3.0, 2.0, 1.5, 0.0, 1.0, 0.0]
    assert sorted(tmp_path.iterdir()) == sorted([out, points])


@pytest.mark.parametrize(
    ("words", "header"),
    [
        (["x*y", "--value-only"], "id,x,y,value"),
        (["x*y", "--prefix", "f_"], "id,x,y,f_value,f_d_x,f_d_y"),
        (["[x*y, x]", "--jacobian"], "id,x,y,value[0],value[1],d_x[0],d_x[1],d_y[0],d_y[1]"),
        (["x**3*y", "--order", "2", "--wrt", "x"], "id,x,y,value,d2_x"),
        (["[x, y]", "--seed", "[1, 2]"], "id,x,y,value[0],value[1],d_x,d_y"),
        (["abs(x)", "--kinks", "kink"], "id,x,y,value,d_x,kink"),
        (["t*y", "--rename", "t=x"], "id,x,y,value,d_t,d_y"),
    ],
)
def test_what_the_new_columns_are_called(words: list[str], header: str) -> None:
    done = quick(words, POINTS)
    assert done.stdout.splitlines()[0] == header
    assert done.status == 0


def test_bad_rows_missing_ones_and_special_ones() -> None:
    text = "x,y\n1,2\n,3\nabc,4\n-1,5\n0,6\n"
    done = quick(["sqrt(x)*y", "--wrt", "x"], text)
    assert done.stdout.splitlines()[2:4] == [",3,,", "abc,4,,"]
    assert done.status == 2
    assert "row 3 of standard input, column 'x', is no number: 'abc'" in done.stderr
    assert "1 row without a value has no results" in done.stderr
    assert "2 rows have a result that is not finite" in done.stderr
    assert quick(["sqrt(x)*y", "--wrt", "x", "--on-error", "skip"], text).stdout.count("\n") == 5
    failed = quick(["sqrt(x)*y", "--wrt", "x", "--on-error", "fail"], "x,y\nabc,4\n")
    assert (failed.stdout, failed.status) == ("", 2)


def test_a_failure_leaves_the_target_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("before")
    done = quick(["x", "-o", str(out), "--on-error", "fail"], "x\n1\nabc\n")
    assert done.status == 2
    assert out.read_text() == "before"
    assert list(tmp_path.iterdir()) == [out]


def test_what_is_not_finite_is_status_3() -> None:
    assert quick(["1/x"], "x\n1\n0\n").status == 3


@pytest.mark.parametrize(
    ("words", "stdin", "told"),
    [
        (["x*z"], POINTS, "there is no column 'z'"),
        (["x*y", "--wrt", "q"], POINTS, "cannot differentiate by 'q'"),
        (["x"], "id,x,value\n1,2,3\n", "standard input has a column 'value' already"),
        (["x", "--rename", "x"], POINTS, "--rename takes NAME=..., not 'x'"),
        (["x", "--jacobian", "--hessian"], POINTS, "--jacobian and --hessian do not go together"),
        (["x", "--over", "x=0:1"], "", "--over takes NAME=START:STOP:COUNT or a list, not 'x=0:1'"),
        (["x", "--random", "x=norml(0,1)", "--rows", "2"], "", "did you mean 'normal'?"),
        (["x", "--check", "sample"], POINTS, "--check takes sample:N, off or require"),
        (["x", "nowhere.csv"], "", "there is no file 'nowhere.csv'"),
        (["x", "p.xyz"], "", "'p.xyz' does not say in what format it is"),
        (["[x, y]"], POINTS, "a gradient needs one number"),
        (["x@y"], POINTS, "matmul"),
    ],
)
def test_mistakes_are_told_and_nothing_is_written(words: list[str], stdin: str, told: str) -> None:
    done = quick(words, stdin) if "--check" not in words else batch(words, stdin)
    assert told in done.stderr
    assert (done.stdout, done.status) == ("", 2)
    assert "Traceback" not in done.stderr


def test_grids_and_draws() -> None:
    done = quick(["x*y", "--over", "x=0:1:3", "--over", "y=[1, 2]", "--value-only"])
    assert done.stdout == "x,y,value\n0.0,1.0,0.0\n0.0,2.0,0.0\n0.5,1.0,0.5\n0.5,2.0,1.0\n1.0,1.0,1.0\n1.0,2.0,2.0\n"
    words = ["x", "--random", "x=normal(3, 1e-3)", "--rows", "1e3", "--value-only"]
    first, again = quick(words).stdout, quick(words).stdout
    assert first == again != quick([*words, "--random-seed", "1"]).stdout
    values = np.loadtxt(io.StringIO(first), delimiter=",", skiprows=1)[:, 0]
    assert len(values) == 1000
    assert abs(values.mean() - 3) < 2e-4


def test_an_empty_table_has_a_header() -> None:
    assert quick(["x*y"], "x,y\n").stdout == "x,y,value,d_x,d_y\n"


def gradcli_process(words: list[str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gradcli", "batch", *words]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_json_array_is_no_table() -> None:
    done = gradcli_process(["x", "--no-check", "-q"]).communicate(b'[{"x": 1}, {"x": 2}]', timeout=60)
    told = b"error: standard input is one JSON array, not a table\nhint: jq -c '.[]' makes JSON Lines of it\n"
    assert done == (b"", told)


def test_a_coprocess_answers_line_by_line() -> None:
    process = gradcli_process(["x**2", "--line-buffered", "--input-format", "jsonl", "--no-check", "-q"])
    assert process.stdin is not None
    assert process.stdout is not None
    for x in (1.0, 2.0, 3.0):
        process.stdin.write(f'{{"x": {x}}}\n'.encode())
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["d_x"] == 2 * x
    process.stdin.close()
    assert process.wait(10) == 0
    process.stdout.close()
    assert process.stderr is not None
    process.stderr.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_signal_leaves_the_old_target(tmp_path: Path, number: signal.Signals) -> None:
    out = tmp_path / "out.csv"
    out.write_text("before")
    process = gradcli_process(["sin(x)", "-o", str(out), "--no-check"])
    assert process.stdin is not None
    process.stdin.write(b"x\n" + b"1.5\n" * 1000)
    process.stdin.flush()
    deadline = time.monotonic() + 20
    while not any(path.name.endswith(".tmp") for path in tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(number)
    _, told = process.communicate()
    assert process.returncode in (130, 143, -number)
    assert out.read_text() == "before"
    if number != signal.SIGKILL:
        assert list(tmp_path.iterdir()) == [out]
        assert not told or b"as it was" in told  # on a busy machine the end may come before the words


def test_tables_go_to_a_folder_and_work_is_taken_up_again(tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    for name in ("a", "b", "c"):
        (source / f"{name}.csv").write_text(f"x\n{ord(name)}\n")
    words = ["x**2", str(source), "-o", f"{target}/", "--resume"]
    assert quick(words).status == 0
    assert sorted(path.name for path in target.iterdir()) == [".gradcli-batch.json", "a.csv", "b.csv", "c.csv"]
    assert (target / "b.csv").read_text() == "x,value,d_x\n98,9604.0,196.0\n"
    before = (target / "a.csv").stat().st_mtime_ns
    (target / "b.csv").write_text("damaged")
    (source / "c.csv").write_text("x\n1\n")
    again = quick(words)
    assert "1 table had been done before" in again.stderr
    assert (target / "a.csv").stat().st_mtime_ns == before
    assert (target / "b.csv").read_text() == "x,value,d_x\n98,9604.0,196.0\n"
    assert (target / "c.csv").read_text() == "x,value,d_x\n1,1.0,2.0\n"
    assert "had been done before" not in quick(["x**3", *words[1:]]).stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["a.csv", "b.csv"], "2 tables go to a folder"),
        (["*.nothing"], "there is no file '*.nothing'"),
        (["a.csv", "--resume"], "--resume takes up work on several tables"),
        (["a.csv", "sub/a.csv", "-o", "out/"], "two tables would be written to"),
        (["a.csv", "b.csv", "-o", "."], "would be written over itself"),
    ],
)
def test_mistakes_with_several_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    for name in ("a.csv", "b.csv", "sub/a.csv"):
        (tmp_path / name).write_text("x\n1\n")
    done = quick(["x", *words])
    assert told in done.stderr
    assert done.status == 2


@pytest.mark.parametrize("rows", [10_000, 100_000])
def test_a_full_disk_is_told(rows: int) -> None:
    """Also where Arrow and Polars take the later rows."""
    if not os.path.exists("/dev/full"):  # noqa: PTH110  # the name is short
        pytest.skip("the system has no /dev/full")
    done = quick(["x", "-o", "/dev/full", "--format", "csv"], "x\n" + "1\n" * rows)
    assert "cannot be written: no space left on device" in done.stderr
    assert done.status == 74


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_rows_that_the_program_does_not_take_are_no_end(form: str) -> None:
    done = quick(["zeta(s)", "--over", "s=0:2:3", "--value-only", "--format", form])
    assert done.status == 2
    assert "row 1 of the grid: zeta is computed" in done.stderr
    last = done.stdout.splitlines()[-1]
    assert last == ("2.0,1.6449340668482264" if form == "csv" else '{"s": 2.0, "value": 1.6449340668482264}')
    none = quick(["zeta(s)", "--over", "s=0:0.5:2", "--value-only", "--format", form])
    assert "value" in none.stdout.splitlines()[0] or form == "jsonl"
    assert len(none.stdout.splitlines()) == (3 if form == "csv" else 2)


def test_a_long_start_without_values_hides_nothing() -> None:
    rows = ",2\n" * 30_000
    lists = quick(["sum(v)*y", "-q"], f'v,y\n{rows}"[1, 2]",2\n')
    assert lists.status == 0
    assert lists.stdout.splitlines()[0] == "v,y,value,d_v[0],d_v[1],d_y"
    assert lists.stdout.splitlines()[1] == ",2,,,,"
    assert lists.stdout.splitlines()[-1] == '"[1, 2]",2,6.0,2.0,2.0,3.0'
    truths = quick(["y if t else 2*y", "-q", "--value-only"], f"t,y\n{rows}true,2\n")
    assert truths.stdout.splitlines()[-1] == "true,2,2.0"


def test_lists_of_another_length_after_the_first_rows() -> None:
    rows = '"[1, 2]",1\n' * 9_000
    done = quick(["sum(v**2)"], f'v,k\n{rows}"[1, 2, 3]",2\n')
    assert done.status == 2
    assert "row 9,001 of standard input: d_v has the shape (3,) here, and (2,) in the first rows" in done.stderr
    assert done.stdout.splitlines()[-1] == '"[1, 2, 3]",2,,,'


def test_a_coprocess_takes_a_first_line_without_a_value() -> None:
    done = quick(["v[0]*v[1]", "--line-buffered", "-q"], '{"v": null}\n{"v": [1, 2]}\n')
    assert done.status == 0
    assert json.loads(done.stdout.splitlines()[1])["d_v"] == [2.0, 1.0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["x", "--over", "x=0:1:3", "--columns", "a"], "--columns is for a table"),
        (["x", "--over", "x=0:1:3", "--rename", "a=x"], "--rename is for a table"),
        (["x", "--over", "x=0:1:3", "--input-format", "csv"], "--input-format is for a table"),
        (["x", "--over", "x=0:1:3", "--line-buffered"], "--line-buffered is for a table"),
        (["x", "--over", "x=0:1:3", "--random-seed", "0"], "--random-seed is of draws"),
        (["x", "--over", "x=0:1:3", "--kinks", "value"], "--kinks names a column of results"),
        (["x", "--over", "x=0:1:3", "--prefix", "="], "spreadsheets"),
        (["x", "--random", "x=integers(0,2.5)", "--rows", "3"], "whole numbers"),
        (["x", "--random", "x=uniform(-1e308,1e308)", "--rows", "3"], "draws nothing"),
        (["x", "--random", "x=normal([0,1])", "--rows", "3"], "not arrays"),
        (["x", "--random", "x=normal(0,1)", "--rows", "inf"], "whole number"),
    ],
)
def test_what_would_be_dropped_is_refused(words: list[str], told: str) -> None:
    done = quick(words)
    assert done.status == 2
    assert done.stdout == ""
    assert told in done.stderr


def test_lines_are_buffered_of_json_alone() -> None:
    done = quick(["x", "--line-buffered", "--input-format", "csv"], "x\n1\n")
    assert (done.status, done.stdout) == (2, "")
    assert "--line-buffered is for JSON Lines" in done.stderr


def test_entries_of_arrays_stand_in_the_order_of_results() -> None:
    done = quick(["[x, 2*x]", "--over", "x=0:1:2", "--seed", "[1, 1]", "-q"])
    assert done.stdout == "x,value[0],value[1],d_x\n0.0,0.0,0.0,3.0\n1.0,1.0,2.0,3.0\n"


def test_a_sampled_row_that_the_engine_refuses_is_not_checked() -> None:
    rows = "A[0][0],A[0][1],A[1][0],A[1][1]\n1,2,3,4\n1,2,2,4\n"
    done = batch(["sum(solve(A, [5, 6]))", "--wrt", "A"], rows)
    assert done.status == 3
    assert (
        "1 row of 2 sampled was not checked: solve cannot take its argument: the matrix is singular, or too near"
        in done.stderr
    )
    assert "1 of 2 rows sampled agrees with SymPy's derivative" in done.stderr


@pytest.mark.parametrize(
    ("words", "header", "told"),
    [
        (["sum(x)"], "x[0],x[0]", "has the column 'x[0]' twice"),
        (["x"], "x,x", "has the column 'x' twice"),
        (["a", "--rename", "a=x"], "x,x", "has the column 'x' twice"),
        (["sum(x)"], "x[0],x[2]", "has no column 'x[1]'"),
        (["sum(x)"], 'x[0],"x[0,1]"', "different numbers of indices"),
        (["x"], "x,x[0]", "has columns 'x' and 'x[...]'"),
        (["x", "--rename", "x=y"], "x,y", "has a column 'x' too"),
        (["a+b", "--rename", "a=x", "--rename", "b=x"], "x,y", "two names"),
    ],
)
def test_a_name_with_two_meanings_is_refused(words: list[str], header: str, told: str) -> None:
    done = quick(words, f"{header}\n1,2\n")
    assert (done.status, done.stdout) == (2, "")
    assert told in done.stderr


@pytest.mark.parametrize("header", ["x,x", "x[0],x[0]", "x[0],x[2]", 'x[0],"x[0,1]"', "x,x[0]"])
def test_columns_that_stand_for_no_variable_go_out_as_they_came_where_they_are_not_used(header: str) -> None:
    done = quick(["2*y"], f"{header},y\n1,2,3\n")
    assert done.stdout == f"{header},y,value,d_y\n1,2,3,6.0,2.0\n"


def test_a_column_twice_goes_to_no_format_that_has_no_such_thing() -> None:
    done = quick(["y", "--format", "jsonl"], "x,x,y\n1,2,3\n")
    assert (done.status, done.stdout) == (2, "")
    assert "has the column 'x' twice\nhint: only csv and tsv can have that" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["x", "--over", "x=[1,foo]"], "error: in the value of --over x: variable 'foo' has no value"),
        (["x", "--over", "x=0:b:3"], "error: in the value of --over x: variable 'b' has no value"),
        (["x", "--random", "x=normal(0,a)", "--rows", "3"], "error: in the value of --random x: variable 'a' "),
    ],
)
def test_an_error_in_an_options_value_speaks_of_that_option(words: list[str], told: str) -> None:
    assert quick(words).stderr.startswith(told)


def test_the_values_of_a_grid_may_be_in_a_file_under_the_variables_name(tmp_path: Path) -> None:
    path = tmp_path / "axes.json"
    path.write_text('{"x": [1, 2], "y": [5]}')
    assert quick(["x", "--over", f"x=@{path}", "-q"]).stdout == "x,value,d_x\n1.0,1.0,1.0\n2.0,2.0,1.0\n"


@pytest.mark.parametrize("cell", ["1,5", "-1.234,5", "1,234.5", "1,5e3"])
def test_of_a_number_with_a_comma_it_is_said_what_to_write(cell: str) -> None:
    told = f"column 'x', is no number: '{cell}'; decimals have a point, and thousands no comma"
    assert told in quick(["x"], f"x;y\n{cell};2\n").stderr
    assert told in quick(["x"], f'x,y\n"{cell}",2\n').stderr


def test_other_texts_with_a_comma_are_only_no_numbers() -> None:
    assert "column 'x', is no number: '1,'\n" in quick(["x"], "x;y\n1,;2\n").stderr
    assert "column 'x', is no number: '3, or 4'\n" in quick(["x"], "x;y\n3, or 4;2\n").stderr


def test_a_table_without_rows_has_no_rate() -> None:
    assert re.fullmatch(r"note: 0 rows in [\d.e-]+ s\n", quick(["x"], "x\n").stderr)


def test_a_column_named_as_a_constant() -> None:
    rows = "e,x\n1,2\n"
    column = quick(["e*x"], rows)
    assert column.stdout.splitlines()[1] == "1,2,2.0,2.0,1.0"
    assert "note: e is the table's column, not 2.718281828459045; --constants e makes it the number" in column.stderr
    number = quick(["e*x", "--constants", "e", "-q"], rows)
    assert number.stdout.splitlines()[1] == "1,2,5.43656365691809,2.718281828459045"
    assert number.stderr == ""
    assert quick(["e*x", "--constants", "pi", "-q"], rows).stdout == column.stdout
    assert quick(["tau*x", "--constants", "pi"], rows).status == 2

"""`gradcli batch`: what options mean, what their errors advise, and names that are given one by one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.runner import gradcli

GRID = ["--over", "x=0:1:2", "--no-check", "-q"]


@pytest.mark.parametrize(
    ("source", "target", "begin"),
    [
        ("p.csv", "q.txt", b"x,y,value"),
        ("p.csv", "q", b"x,y,value"),
        ("p.csv", "q.gz", b"\x1f\x8b"),
        ("p.jsonl", "q.out", b'{"x": 1, "y": 2, "value"'),
    ],
)
def test_a_file_whose_suffix_tells_no_format_has_the_inputs(
    tmp_path: Path, source: str, target: str, begin: bytes
) -> None:
    (tmp_path / "p.csv").write_text("x,y\n1,2\n")
    (tmp_path / "p.jsonl").write_text('{"x": 1, "y": 2}\n')
    done = gradcli(["batch", "x*y", str(tmp_path / source), "-o", str(tmp_path / target), "--no-check", "-q"])
    assert (done.status, done.stderr) == (0, "")
    assert (tmp_path / target).read_bytes().startswith(begin)


def test_a_grid_may_go_nowhere() -> None:
    assert gradcli(["batch", "x", *GRID, "-o", os.devnull]).status == 0


@pytest.mark.parametrize("suffix", ["json", "xlsx"])
def test_a_suffix_of_another_kind_is_refused_with_the_formats_that_are_written(tmp_path: Path, suffix: str) -> None:
    done = gradcli(["batch", "x", *GRID, "-o", str(tmp_path / f"q.{suffix}")])
    assert done.status == 2
    assert done.stderr.endswith("hint: --format csv|tsv|jsonl|parquet|arrow|npz says it\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "stdin", "told", "hint"),
    [
        (["x", "--kinks", "k", "--prefix", "P_"], "x,k\n1,2\n", "standard input has a column 'k' already",
         "--kinks takes another name, and --overwrite-columns replaces the old one"),
        (["x", "--random", "x=normal", "--rows", "3"], "",
         "--random x: the numbers of normal stand in parentheses behind it, not 'normal'",
         "such as --random 'x=normal(1,2)'"),
        (["x", "--random", "x=poisson 3", "--rows", "3"], "",
         "--random x: the numbers of poisson stand in parentheses behind it, not 'poisson 3'",
         "such as --random 'x=poisson(1)'"),
        (["x", "--random", "x=triangular(0,1,2", "--rows", "3"], "",
         "--random x: the numbers of triangular stand in parentheses behind it, not 'triangular(0,1,2'",
         "such as --random 'x=triangular(1,2,3)'"),
        (["x*y"], "\nx,y\n1,2\n", "standard input begins with an empty line",
         "the first line has the names of the columns"),
        (["x*y"], "", "standard input is empty", "the first line has the names of the columns"),
        (["x*y", ""], "", "'' names no table", ". is the folder that you are in, - standard input"),
        (["x", "-o", ""], "x\n1\n", "-o names no file", "-o FILE names one, and - is standard output"),
    ],
)  # fmt: skip
def test_mistakes_and_ways_out_that_help(words: list[str], stdin: str, told: str, hint: str) -> None:
    done = gradcli(["batch", *words, "--no-check"], stdin=stdin)
    assert (done.status, done.stdout) == (2, "")
    assert done.stderr == f"error: {told}\nhint: {hint}\n"


def test_the_way_out_of_a_law_is_one() -> None:
    for law in ("beta", "exponential", "gamma", "integers", "lognormal", "normal", "poisson", "triangular", "uniform"):
        words = ["batch", "x", "--rows", "3", "--no-check", "-q"]
        told = gradcli([*words, "--random", f"x={law}"]).stderr
        example = told.rpartition("--random ")[2].strip().strip("'")
        assert gradcli([*words, "--random", example]).status == 0


@pytest.mark.parametrize(
    "words",
    [
        ["grad", "x*y*z", "--x", "1", "--y", "2", "--z", "3", "-q"],
        ["jacobian", "[x*y*z]", "--x", "1", "--y", "2", "--z", "3", "-q"],
        ["hessian", "x*y*z", "--x", "1", "--y", "2", "--z", "3", "-q"],
        ["vjp", "x*y*z", "--x", "1", "--y", "2", "--z", "3", "-q"],
        ["graph", "x*y*z", "--x", "1", "--y", "2", "--z", "3"],
        ["explain", "x*y*z", "--x", "1", "--y", "2", "--z", "3"],
        ["diff", "x*y*z", "--no-check"],
        ["code", "x*y*z", "--to", "python", "--gradient"],
        ["sparsity", "[x*y*z]"],
        ["check", "x*y*z", "--x", "1", "--y", "2", "--z", "3", "--no-cache"],
        ["batch", "x*y*z", "--over", "x=0:1:2", "--over", "y=0:1:2", "--over", "z=0:1:2", "--no-check", "-q"],
    ],
    ids=lambda words: words[0],
)
def test_names_may_be_given_one_by_one(words: list[str]) -> None:
    both = gradcli([*words, "--wrt", "x,y"])
    assert both.status == 0
    one_by_one = gradcli([*words, "--wrt", "x", "--wrt", "y"])
    assert (one_by_one.status, one_by_one.stdout) == (0, both.stdout)
    assert gradcli([*words, "--wrt", "y"]).stdout != both.stdout


def test_a_command_that_takes_one_name_refuses_two() -> None:
    done = gradcli(["derivative", "x*y", "--x", "1", "--y", "2", "--wrt", "x", "--wrt", "y"])
    assert done.status == 2


def test_other_options_of_names_take_those_of_both() -> None:
    done = gradcli(["batch", "x*y", "--columns", "x", "--columns", "y", "--no-check", "-q"], stdin="1,2\n")
    assert done.stdout == "1,2,2.0,2.0,1.0\n"
    done = gradcli(
        ["batch", "x*e*pi", "--constants", "e", "--constants", "pi", "--no-check", "-q"], stdin="x,e,pi\n1,5,7\n"
    )
    assert done.stdout.splitlines()[0] == "x,e,pi,value,d_x"


def test_code_without_derivatives_takes_no_names_to_differentiate_by() -> None:
    done = gradcli(["code", "x*y", "--to", "python", "--wrt", "x"])
    assert (done.status, done.stdout) == (2, "")
    assert done.stderr.endswith("hint: ask for --gradient, or leave --wrt out\n")


@pytest.mark.parametrize("words", [["--check", "require"], ["--check", "sample:5"], ["--verify", "proof"]])
def test_a_check_of_derivatives_is_not_asked_for_values_alone(words: list[str]) -> None:
    done = gradcli(["batch", "2*x", "--value-only", *words], stdin="x\n1\n")
    assert (done.status, done.stdout) == (2, "")
    assert f"--value-only has no derivatives, and {' '.join(words)} is about those" in done.stderr
    assert gradcli(["batch", "2*x", "--value-only", "--check", "off"], stdin="x\n1\n").status == 0


@pytest.mark.parametrize(("text", "hint"), [('{\n  "x": 1\n}\n', "jq -c . writes"), ('[\n{"x": 1}]\n', "jq -c '.[]'")])
def test_json_on_several_lines_is_told_how_to_be_one(text: str, hint: str) -> None:
    done = gradcli(["batch", "2*x", "--input-format", "jsonl"], stdin=text)
    assert done.status == 2
    assert f"no JSON object in UTF-8\nhint: {hint}" in done.stderr


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_a_text_among_numbers_is_told_with_its_row(tmp_path: Path, form: str) -> None:
    pytest.importorskip("pyarrow")
    words = ["batch", "2*x", "--check", "off", "-o", str(tmp_path / f"p.{form}")]
    done = gradcli(words, stdin="x\n1\nabc\n3\n")
    assert done.status == 2
    assert done.stderr.splitlines() == [
        "error: row 2 of standard input, column 'x', is no number: 'abc', which has no place beside numbers",
        "hint: --on-error skip leaves out such rows; csv and jsonl take them: --format csv",
    ]
    skipped = gradcli([*words, "--on-error", "skip"], stdin="x\n1\nabc\n3\n")
    assert "1 row has no results" in skipped.stderr
    assert (tmp_path / f"p.{form}").exists()

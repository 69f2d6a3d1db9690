"""Files of claims: what a case file cannot show."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path

import numpy as np
import pytest

from gradcli.data.cases import read_cases
from gradcli.errors import InputProblem
from tests.cli.runner import gradcli

BIG = "(x + y + z + u + v + w)"
HANGING = {
    "expr": f"{BIG}**61",
    "claim": {"x": "61*((x + y + z)**2 + 2*(x + y + z)*(u + v + w) + (u + v + w)**2)**30"},
    "timeout": 1.5,
}
"""True, and its proof by expansion a matter of hours."""


def test_a_hanging_case_is_ended_and_the_rest_go_on(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    good = {"expr": "x**2", "claim": {"x": "2*x"}}
    file.write_text("\n".join(map(json.dumps, [good, HANGING, good, {**good, "claim": "3*x"}])))
    begin = time.monotonic()
    outcome = gradcli(["check", str(file)])
    assert time.monotonic() - begin < 20
    verdicts = [line.split(": ", 2)[2] for line in outcome.stdout.splitlines()[:-1]]
    assert verdicts[0] == verdicts[2] == "true for all x (proved)"
    assert verdicts[1].startswith("true at all ")
    assert verdicts[1].endswith(" (not proved)")
    assert verdicts[3].startswith("false at x = ")
    assert outcome.stdout.endswith("4 claims in 4 cases: 2 proved, 1 sampled, 1 false, 0 undecided\n")
    assert outcome.status == 1


@pytest.mark.parametrize(
    ("claims", "status"),
    [(["2*x"], 0), (["2*x", "3*x"], 1), (["2*x + 0*log(-1 - x**2)"], 4), (["2*x", "3*x", "2*x +"], 2)],
)
def test_exit_status(tmp_path: Path, claims: list[str], status: int) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(json.dumps({"expr": "x**2", "claim": claim}) for claim in claims))
    assert gradcli(["check", str(file)]).status == status


@pytest.mark.parametrize(
    "fields",
    [
        {"claim": {"x": ["2"]}},
        {"claim": True},
        {"at": 3},
        {"at": {"x": None}},
        {"at": {"x": {}}},
        {"at": {"x": "-"}},
        {"at": {"x": "0:x"}},
        {"at": {"x": "y"}},
        {"at": {"x": [[1], [2, 3]]}},
        {"shape": {"x": -1}},
        {"shape": {"x": "three"}},
        {"points": 0},
        {"points": True},
        {"random_seed": -1},
        {"timeout": 0},
        {"timeout": "1"},
        {"timeout": 10**400},
        {"tol": 1},
        {"tol": "1e-6"},
        {"claim": {"x": "@missing.json"}},
        {"assume": 3},
        {"assume": ["x>0", 1]},
        {"assume": "x>"},
        {"assume": "x**2==1"},
        {"expr": 3},
    ],
    ids=str,
)
def test_bad_fields_name_file_and_line(tmp_path: Path, fields: dict[str, object]) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(json.dumps({"expr": "x**2", "claim": {"x": "2*x"}, **fields}))
    outcome = gradcli(["check", str(file)])
    assert outcome.status == 2
    assert outcome.stderr.startswith(f"error: {file}:1: ")


@pytest.mark.parametrize(
    "text", ["", "\n\n", "[" * 100_000, '{"expr": ' * 50_000, "null", "3", "[]", "{}", "\x00", "é"]
)
@pytest.mark.parametrize("suffix", ["jsonl", "toml"])
def test_files_that_are_none(tmp_path: Path, text: str, suffix: str) -> None:
    file = tmp_path / f"cases.{suffix}"
    file.write_text(text, encoding="utf-8")
    outcome = gradcli(["check", str(file)])
    assert outcome.status == 2
    assert outcome.stderr.startswith("error: ")


def test_toml_tables_have_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "cases.toml"
    file.write_text('# one\n[[case]]\nexpr = "x"\nclaim = 1\n\n\n[[ case ]]\nexpr = "y"\nclaim = 1\n')
    assert [record.line for record in read_cases(file)] == [2, 7]
    file.write_text('case = [{ expr = "x", claim = 1 }, { expr = "y", claim = 1 }]')
    assert [record.line for record in read_cases(file)] == [1, 1]
    file.write_text("[[cases]]\n")
    with pytest.raises(InputProblem, match="only"):
        read_cases(file)


def test_the_seed_is_printed_and_heeded() -> None:
    first = gradcli('check "where((x > 1.9) & (x < 2.9), x, 1)" --claim x=0 --x 1.8:2.95 --random-seed 11')
    assert first.stdout.endswith("random seed = 11\n")
    assert first == gradcli('check "where((x > 1.9) & (x < 2.9), x, 1)" --claim x=0 --x 1.8:2.95 --random-seed 11')
    assert first.status == 1


def test_numbers_of_files_of_all_kinds(tmp_path: Path) -> None:
    slopes = np.array([2.0, 4.0, 6.0])
    np.save(tmp_path / "g.npy", slopes.astype(np.float32))
    np.savez(tmp_path / "g.npz", x=slopes, y=slopes)
    (tmp_path / "g.json").write_text(json.dumps({"gradients": {"x": slopes.tolist()}}))
    (tmp_path / "g.csv").write_text("x,y\n2,0\n4,0\n6,0\n")
    (tmp_path / "g.txt").write_text("2*x\n")
    for place in ("g.npy", "g.npz", "g.npz:y", "g.json:gradients.x", "g.csv", "g.csv:x", "g.txt"):
        command = ["check", "sum(x**2)", "--claim", f"x=@{tmp_path / place}", "--x", "[1, 2, 3]"]
        assert gradcli(command).stdout == "df/dx: true at x = [1.0, 2.0, 3.0]\n", place
    by_name = gradcli(
        ["check", "sum(x**2)*y", "--claim", f"@{tmp_path}/g.json:gradients", "--x", "[1, 2, 3]", "--y", "1"]
    )
    assert by_name.stdout == "df/dx: true at x = [1.0, 2.0, 3.0], y = 1.0\n"
    piped = gradcli("check 'sum(x**2)' --claim x=@- --x '[1, 2, 3]'", stdin="[2, 4, 6]")
    assert (piped.stdout, piped.status) == ("df/dx: true at x = [1.0, 2.0, 3.0]\n", 0)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[1, NaN]", "must be finite"),
        ("[]", "holds no number"),
        ("[true, false]", "must be real numbers, not truth values"),
        ('["x", "y"]', "must be real numbers"),
        ("[[1], [2, 3]]", "is ragged"),
        (json.dumps([0.0] * 401), "has 401 entries, a claim takes 400"),
    ],
)
def test_a_file_without_a_claim(tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / "g.json"
    file.write_text(content)
    outcome = gradcli(["check", "sum(x**2)", "--claim", f"x=@{file}", "--x", "[1, 2]"])
    assert outcome.status == 2
    assert told in outcome.stderr


def test_a_table_goes_to_a_file_and_nothing_where_a_claim_is_open(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.csv"
    outcome = gradcli(["check", "x**2", "--claim", "2*x", "--claim", "3*x", "-o", str(file)])
    assert (outcome.stdout, outcome.status) == ("", 1)
    with file.open() as opened:
        rows = list(csv.DictReader(opened))
    assert [(row["verdict"], row["right formula"]) for row in rows] == [("proved", ""), ("false", "2*x")]
    before = file.read_text()
    undecided = gradcli(["check", "x**2", "--claim", "2*x + 0*log(-1 - x**2)", "-o", str(file)])
    assert undecided.status == 4
    assert "is not written, because a claim could not be decided" in undecided.stderr
    assert file.read_text() == before


@pytest.mark.parametrize("suffix", ["npy", "npz", "tex"])
def test_verdicts_are_no_numbers(tmp_path: Path, suffix: str) -> None:
    outcome = gradcli(["check", "x**2", "--claim", "2*x", "-o", str(tmp_path / f"v.{suffix}")])
    assert outcome.status == 2
    assert "--format csv, tsv, markdown or json has them" in outcome.stderr
    assert not list(tmp_path.iterdir())


def test_a_file_of_cases_to_a_file(tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text(json.dumps({"expr": "x/3", "claim": "0.33333", "tol": 1e-4}))
    printed = gradcli(["check", str(cases)])
    assert printed.stdout.splitlines()[-1] == (
        "1 claim in 1 case: 0 proved, 0 sampled, 1 within tolerance, 0 false, 0 undecided"
    )
    assert gradcli(["check", str(cases), "-o", str(tmp_path / "v.txt")]).status == 0
    assert (tmp_path / "v.txt").read_text() == printed.stdout
    quiet = gradcli(["check", str(cases), "-q"])
    assert quiet.stdout == f"{cases}:1: true within 0.0001\n"


def test_what_is_assumed_in_a_file(tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    case = {"expr": "sqrt(x**2)*y", "claim": {"y": "x"}}
    cases.write_text("\n".join(map(json.dumps, [case, {**case, "assume": "x>0"}, {**case, "assume": ["x>0", "y==x"]}])))
    assert gradcli(["check", str(cases), "-q"]).stdout == "".join(
        f"{cases}:{line}: {verdict}\n" for line, verdict in ((1, "false"), (2, "proved"), (3, "proved"))
    )
    assert gradcli(["check", str(cases), "-q", "--assume", "x>=0"]).status == 0

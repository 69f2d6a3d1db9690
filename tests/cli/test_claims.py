"""Files of claims: what a case file cannot show."""

from __future__ import annotations

import json
import time
from pathlib import Path

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

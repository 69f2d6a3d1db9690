"""Commands with their exact output: a case is a file, and adding one is adding a file.

    $ gradcli grad "2*sine(x)" --x 1
    --- stderr
    error: unknown function 'sine'
    ...
    --- exit 2

An optional section `--- stdin` comes before the others. A stream that is not named must stay empty.
Files beside the cases, in `files/`, are in the working directory.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli.runner import gradcli

FOLDER = Path(__file__).parent.parent / "cases" / "cli"
CASES = sorted(FOLDER.glob("*.txt"))


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"^--- (\w+)(?: (\d+))?\n", text, flags=re.MULTILINE)
    found = {"command": parts[0].removeprefix("$ gradcli ").rstrip("\n")}
    for name, number, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        found[name] = number or body
    return found


def test_there_are_cases() -> None:
    assert len(CASES) > 30


def asks_sympy(path: Path) -> bool:
    """Whether a case's command is likely to start the oracle: half a second each."""
    text = path.read_text(encoding="utf-8")
    command = text.partition("\n")[0]
    without = ("--no-check", "--check off", "gradcli eval", "gradcli graph")
    return not text.endswith("--- exit 2\n") and not any(word in command for word in without)


@pytest.mark.parametrize(
    "path",
    [pytest.param(p, id=p.stem, marks=[pytest.mark.slow] if asks_sympy(p) else []) for p in CASES],
)
def test_case(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(FOLDER / "files", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    case = sections(path.read_text(encoding="utf-8"))
    outcome = gradcli(shlex.split(case["command"]), stdin=case.get("stdin", ""))
    assert outcome.stderr == case.get("stderr", "")
    assert outcome.stdout == case.get("stdout", "")
    assert outcome.status == int(case["exit"])

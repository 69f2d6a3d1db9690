"""Long texts on a terminal meet a pager, and nothing else does."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.runner import gradcli
from tests.cli.terminals import GRADCLI, terminal

pytestmark = pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")


def paged(file: Path) -> str:
    """The command of a pager that notes what it is given."""
    return f"tee '{file}'"


def test_the_pager_shows_all_of_a_long_text(tmp_path: Path) -> None:
    seen = tmp_path / "what is seen"
    shown = terminal("--help", lines=24, columns=102, GRADCLI_PAGER=paged(seen), PAGER="false")
    assert seen.read_text(encoding="utf-8") == shown
    assert shown.startswith("Usage: gradcli")
    assert "which commands there are" in " ".join(shown.split())


@pytest.mark.parametrize("words", [["help", "grad"], ["ops"]])
def test_the_environments_pager(words: list[str], tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    assert terminal(*words, lines=24, PAGER=paged(seen)) == seen.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "lines", "variables"),
    [
        (["--help"], 200, {}),
        (["--version"], 24, {}),
        (["ops", "tanh"], 24, {}),
        (["help", "grad", "--format", "plain"], 24, {}),
        (["--help"], 24, {"GRADCLI_PAGER": ""}),
        (["--help"], 24, {"TERM": "dumb"}),
        (["eval", "ones([60, 1])"], 24, {}),
    ],
)
def test_what_is_not_for_a_pager(
    words: list[str], lines: int, variables: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    monkeypatch.setenv("PAGER", paged(seen))
    assert terminal(*words, lines=lines, columns=80, **variables)
    assert not seen.exists()


def test_a_pipe_meets_no_pager(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    environment = {**os.environ, "PAGER": paged(seen)}
    done = subprocess.run([GRADCLI, "--help"], capture_output=True, text=True, env=environment, timeout=60, check=True)
    assert done.stdout == gradcli("--help").stdout
    assert not seen.exists()


@pytest.mark.parametrize("pager", ["no-such-pager --at all", "'no end", "cat"])
def test_without_a_pager_that_starts_all_is_written(pager: str) -> None:
    assert "Commands:" in terminal("--help", lines=24, GRADCLI_PAGER=pager)


def test_a_pager_that_is_left_is_no_error() -> None:
    assert terminal("ops", lines=24, GRADCLI_PAGER="head -n 1").count("\n") == 1


def test_less_is_told_what_it_is_not_told_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "told"
    pager = f"sh -c 'cat >/dev/null; echo $LESS >{told}'"
    terminal("--help", lines=24, GRADCLI_PAGER=pager, LESS="S")
    assert told.read_text(encoding="utf-8") == "S\n"
    monkeypatch.delenv("LESS", raising=False)
    terminal("--help", lines=24, GRADCLI_PAGER=pager)
    assert told.read_text(encoding="utf-8") == "FRX\n"

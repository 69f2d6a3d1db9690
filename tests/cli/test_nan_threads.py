"""Programs from public threads about gradients that are not finite: each is named at its birthplace, or is finite.

A case is a file like those in `tests/cases/cli`, under two lines: the thread, and what is found.

    # owner/repository#number: what it is about
    # born in: the sub-expression          (or: # finite)
    # put right at: the sub-expression     (where conventions would give NaN, and the derivative is known)
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.runner import gradcli
from tests.cli.test_cases import sections

FOLDER = Path(__file__).parent.parent / "cases" / "nan"
CASES = sorted(FOLDER.glob("*.txt"))
THREAD = re.compile(r"# [\w.-]+/[\w.-]+#\d+: \S.*")


def read(path: Path) -> tuple[str, str, dict[str, str]]:
    """The thread, what is found, and the sections."""
    thread, found, case = path.read_text(encoding="utf-8").split("\n", 2)
    return thread, found, sections(case)


def test_there_are_enough() -> None:
    """At least twenty that are born somewhere, from at least four projects."""
    heads = [read(path)[:2] for path in CASES]
    assert sum(found.startswith(("# born in: ", "# put right at: ")) for _, found in heads) >= 20
    assert len({thread.split("/")[0] for thread, _ in heads}) >= 4


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_case(path: Path) -> None:
    thread, found, case = read(path)
    assert THREAD.fullmatch(thread)
    outcome = gradcli(shlex.split(case["command"]))
    assert outcome.stderr == case.get("stderr", "")
    assert outcome.stdout == case["stdout"]
    assert outcome.status == int(case["exit"])
    numbers = re.split(r"^(?:check|kink|singular|corrected) = ", outcome.stdout, flags=re.MULTILINE)[0]
    if found == "# finite":
        assert not re.search(r"\b(nan|inf)\b", numbers)
        assert not outcome.stderr
    elif found.startswith("# put right at: "):
        assert not re.search(r"\b(nan|inf)\b", numbers)
        assert "the conventions would give nan" in outcome.stdout
        assert found == f"# put right at: {pointed_at(outcome.stdout)}"
    else:
        assert found == f"# born in: {pointed_at(outcome.stderr)}"
        assert re.search(r"\b(nan|inf)\b", numbers)


def pointed_at(message: str) -> str:
    """The text that the carets of a message are under."""
    lines = message.splitlines()
    carets = next(i for i, line in enumerate(lines) if line.strip() and set(line) <= {" ", "^"})
    start = lines[carets].index("^")
    return lines[carets - 1][start : len(lines[carets])]

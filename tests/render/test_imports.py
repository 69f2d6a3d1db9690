"""What is imported when: errors at once, rich for terminals alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def imported(code: str) -> set[str]:
    program = f"import sys\n{code}\nprint(*sorted(sys.modules))"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root)
    return {name.split(".")[0] for name in done.stdout.splitlines()[-1].split()}


def test_an_error_needs_neither_numpy_nor_rich() -> None:
    code = (
        "from gradcli.errors import Problem\nfrom gradcli.render import render_error\nrender_error(Problem('x'), True)"
    )
    assert not imported(code) & {"dataclasses", "json", "numpy", "rich", "sympy"}


@pytest.mark.parametrize("format", ["plain", "json", "quiet"])
def test_rich_is_for_terminals_alone(format: str) -> None:
    code = (
        "from gradcli.render import Style, render\nfrom tests.render import samples\n"
        f"for result in samples.RESULTS: render(result, samples.VERIFIED, Style({format!r}))"
    )
    assert not imported(code) & {"rich", "sympy"}

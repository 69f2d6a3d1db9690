"""Whole commands, as a shell starts them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.measure import medians, row, title

PYTHON = sys.executable
GRADCLI = str(Path(sys.executable).with_name("gradcli"))
SYMPY = (
    "import sympy; x = sympy.Symbol('x'); f = sympy.sympify('x**2-2*x+1'); "
    "print(f.subs(x, 0), sympy.diff(f, x).subs(x, 0))"
)
# Compiled modules are kept, as they are for everybody who has not turned that off.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
EXAMPLE = ["grad", "x**2-2*x+1", "--x", "0"]

COMMANDS = {
    "python -c pass": [PYTHON, "-c", "pass"],
    "gradcli --version": [GRADCLI, "--version"],
    "gradcli --help": [GRADCLI, "--help"],
    "python -c 'import numpy, click'": [PYTHON, "-c", "import numpy, click"],
    "gradcli grad x**2-2*x+1 --no-check -q": [GRADCLI, *EXAMPLE, "--no-check", "-q"],
    "python one-liner: sympy, diff, subs": [PYTHON, "-c", SYMPY],
    "gradcli grad x**2-2*x+1, checked": [GRADCLI, *EXAMPLE],
}

COMPARISONS = [
    ("gradcli --version", "python -c pass", 6.0),
    ("gradcli --help", "python -c pass", 6.0),
    ("gradcli grad x**2-2*x+1 --no-check -q", "python -c 'import numpy, click'", 1.35),
    ("gradcli grad x**2-2*x+1, checked", "python one-liner: sympy, diff, subs", 1.0),
]


def runner(command: list[str]) -> Callable[[], object]:
    return lambda: subprocess.run(command, capture_output=True, check=True, env=ENVIRONMENT)


def run(rounds: int = 25) -> None:
    title(f"Commands, piped; median of {rounds} interleaved runs")
    found = medians({name: runner(command) for name, command in COMMANDS.items()}, rounds, warmup=2)
    for name, seconds in found.items():
        row(name, f"{seconds * 1e3:.1f} ms")
    print()
    for name, base, target in COMPARISONS:
        row(f"{name}  /  {base}"[:58], "", f"{found[name] / found[base]:.2f} x", f"target <= {target} x")

"""Whole commands, as a shell starts them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measure import medians, row, title
from bench.systems import SYSTEMS, missing

PYTHON = sys.executable
GRADCLI = str(Path(sys.executable).with_name("gradcli"))
SYMPY = (
    "import sympy; x = sympy.Symbol('x'); f = sympy.sympify('x**2-2*x+1'); "
    "print(f.subs(x, 0), sympy.diff(f, x).subs(x, 0))"
)
# Compiled modules are kept, as they are for everybody who has not turned that off.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {"GRADCLI_CACHE": ""}
EXAMPLE = ["grad", "x**2-2*x+1", "--x", "0"]
UNCHECKED = "gradcli grad x**2-2*x+1 --no-check -q"
CHECKED = "gradcli grad x**2-2*x+1, checked"
WARM = "gradcli grad x**2-2*x+1, cached derivation"
ONE_LINER = "python one-liner: sympy, diff, subs"
FORMULA = "gradcli diff x^2*sin(x) --no-check --simplify off"
SHORTEST = "gradcli diff x^2*sin(x) --simplify on, checked"
FORMULA_ONE_LINER = "python one-liner: sympy, simplify(diff)"
SYMPY_FORMULA = "import sympy; x = sympy.Symbol('x'); print(sympy.simplify(sympy.diff(x**2*sympy.sin(x), x)))"

COMMANDS = {
    "python -c pass": [PYTHON, "-c", "pass"],
    "gradcli --version": [GRADCLI, "--version"],
    "gradcli --help": [GRADCLI, "--help"],
    "python -c 'import numpy, click'": [PYTHON, "-c", "import numpy, click"],
    UNCHECKED: [GRADCLI, *EXAMPLE, "--no-check", "-q"],
    ONE_LINER: [PYTHON, "-c", SYMPY],
    CHECKED: [GRADCLI, *EXAMPLE],
    WARM: [GRADCLI, *EXAMPLE],
    FORMULA: [GRADCLI, "diff", "x^2*sin(x)", "--no-check", "--simplify", "off"],
    FORMULA_ONE_LINER: [PYTHON, "-c", SYMPY_FORMULA],
    SHORTEST: [GRADCLI, "diff", "x^2*sin(x)", "--simplify", "on"],
}
"""That of a cached derivation has a folder to take it from, the others have none."""

CHECKS = [UNCHECKED, ONE_LINER, CHECKED, WARM]
"""What is measured on one core, too."""

COMPARISONS = [
    ("gradcli --version", "python -c pass", 6.0),
    ("gradcli --help", "python -c pass", 6.0),
    (UNCHECKED, "python -c 'import numpy, click'", 1.35),
    (CHECKED, ONE_LINER, 0.9),
    (WARM, UNCHECKED, 1.2),
    (WARM, ONE_LINER, 0.5),
    (FORMULA, "python -c 'import numpy, click'", 1.3),
    (SHORTEST, FORMULA_ONE_LINER, 1.2),
]
ON_ONE_CORE = [(CHECKED, ONE_LINER, 1.2), (WARM, UNCHECKED, 1.6)]


def runner(command: list[str], environment: dict[str, str], stdin: str = "") -> Callable[[], str]:
    def run_once() -> str:
        done = subprocess.run(command, capture_output=True, check=True, env=environment, input=stdin, text=True)
        return done.stdout

    return run_once


def run(rounds: int = 25) -> None:
    with TemporaryDirectory() as folder:
        _measure(
            f"Commands, piped; median of {rounds} interleaved runs", list(COMMANDS), [], COMPARISONS, rounds, folder
        )
        if shutil.which("taskset"):
            told = f"The same on one core (taskset -c 0); median of {rounds} interleaved runs"
            _measure(told, CHECKS, ["taskset", "-c", "0"], ON_ONE_CORE, rounds, folder)

        _other_systems(rounds, folder)


def _other_systems(rounds: int, folder: str) -> None:
    title(f"The value and derivative of x**2-2*x+1 at 0 by other systems; median of {rounds} interleaved runs")
    tasks = {WARM: runner(COMMANDS[WARM], ENVIRONMENT | {"GRADCLI_CACHE": folder})}
    for name, system in SYSTEMS.items():
        if name not in missing():
            tasks[name] = runner([system.command, *system.words], ENVIRONMENT, system.stdin)
            told = tasks[name]().replace("\N{MINUS SIGN}", "-")
            assert told.strip().endswith(system.shows), f"{name} gives another derivative"
    found = medians(tasks, rounds)
    for name, seconds in found.items():
        row(name, f"{seconds * 1e3:.1f} ms", f"{seconds / found[WARM]:.2f} x ours")
    for name, why in missing().items():
        row(name, "", why)


def _measure(
    told: str,
    names: list[str],
    before: list[str],
    comparisons: list[tuple[str, str, float]],
    rounds: int,
    folder: str,
) -> None:
    title(told)
    cached = ENVIRONMENT | {"GRADCLI_CACHE": folder}
    tasks = {name: runner([*before, *COMMANDS[name]], cached if name == WARM else ENVIRONMENT) for name in names}
    for name in (UNCHECKED, CHECKED, WARM, ONE_LINER):
        assert "-2" in tasks[name](), f"{name} gives another derivative"
    for name in {FORMULA, SHORTEST, FORMULA_ONE_LINER} & tasks.keys():
        assert "x*cos(x)" in tasks[name]().replace("x**2*cos", "x*cos"), f"{name} gives another derivative"
    found = medians(tasks, rounds, warmup=2)
    for name, seconds in found.items():
        row(name, f"{seconds * 1e3:.1f} ms")
    print()
    for name, base, target in comparisons:
        row(f"{name}  /  {base}", "", f"{found[name] / found[base]:.2f} x", f"target <= {target} x")

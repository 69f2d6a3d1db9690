"""What a command imports: what it uses, and nothing for what does not happen. No time is measured here."""

from __future__ import annotations

import subprocess
import sys
from ast import literal_eval

import pytest

GRADIENT = ["grad", "x**2-2*x+1", "--x", "0", "--no-check", "-q"]

MODULES = 94
"""Modules of the package, rooms' `__init__` files left out, that a plain gradient imports. One more is a hundredth of
a blink for every command: raise the number where it is used, not where it might be."""

UNUSED = (
    "gradcli.cli.completion",  # nobody pressed Tab
    "gradcli.data.contents",  # no value is in a file
    "gradcli.data.files",
    "gradcli.engine.api",  # no function of a user's
    "gradcli.engine.torch",  # no name of PyTorch's
    "gradcli.lang.messages.characters",  # the text is in the language
    "gradcli.lang.messages.context",
    "gradcli.lang.messages.misplaced",
    "gradcli.lang.messages.missing",
    "gradcli.onesided",
    "gradcli.ops.functions.linalg_rules",  # there are no matrices
    "gradcli.ops.functions.norms",
    "gradcli.ops.functions.spectral_rules",
    "gradcli.render.claims",
    "gradcli.render.terminal",
    "gradcli.render.words.kinks",  # nothing is at a kink
    "gradcli.symbolic",  # the check is off
    "gradcli.transforms.claims",
    "gradcli.transforms.kinks.attribute",
    "gradcli.transforms.kinks.explain",
    "gradcli.transforms.nonfinite",  # all is finite
    "gradcli.transforms.taylor",
    "gradcli.transforms.verify",
    "json",
    "pathlib",  # with urllib and ipaddress
)


def imported(words: list[str]) -> dict[str, bool]:
    """The modules that a command has imported at its end, and which of them are packages."""
    code = (
        "import sys; from gradcli.cli.main import main; from gradcli.cli.environment import Environment\n"
        f"main({words!r}, Environment.of_process())\n"
        "print({name: hasattr(module, '__path__') for name, module in [*sys.modules.items()]})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    modules: dict[str, bool] = literal_eval(done.stdout.splitlines()[-1])
    return modules


def unused(modules: dict[str, bool]) -> set[str]:
    """Those of UNUSED that have been imported."""
    return {name for name in UNUSED if name in modules}


def test_a_plain_gradient_imports_what_it_uses() -> None:
    modules = imported(GRADIENT)
    ours = [m for m, package in modules.items() if m.partition(".")[0] == "gradcli" and not package]
    assert unused(modules) == set()
    assert len(ours) <= MODULES, f"{len(ours)} modules: {' '.join(sorted(ours))}"


def test_help_imports_no_file_of_values_and_no_command() -> None:
    modules = imported(["--help"])
    assert unused(modules) == set()
    assert [name for name in modules if name.startswith("gradcli.cli.commands.")] == []


@pytest.mark.parametrize(
    ("words", "home"),
    [
        (["grad", "abs(x)", "--x", "0", "--no-check", "-q"], "gradcli.render.words.kinks"),
        (["grad", "2x", "--x", "0", "--no-check", "-q"], "gradcli.lang.messages.missing"),
        (["grad", "log(x)", "--x", "0", "--no-check", "-q"], "gradcli.transforms.nonfinite"),
        (["grad", "sum(x)", "--x", "[1, 2]", "--no-check", "-q"], "json"),
    ],
)
def test_what_is_used_is_seen_here(words: list[str], home: str) -> None:
    """The test above could not fail if these were imported under other names."""
    assert home in unused(imported(words))


def test_numpys_function_of_a_tensor_needs_no_scipy() -> None:
    code = (
        "import sys, numpy as np; from gradcli.engine.tape.tensor import Tensor\n"
        "print(np.multiply(Tensor(2.0), 3.0).item(), any(name.startswith('scipy') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "6.0 False\n"

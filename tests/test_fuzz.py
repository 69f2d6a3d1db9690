"""A slice of what `scripts/fuzz` runs, and that it finds what is planted."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
LIB = ROOT / "scripts" / "lib"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="deadlines by signals")


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(LIB))
    monkeypatch.chdir(tmp_path)  # running commands changes the folder


def run(name: str, cases: int) -> tuple[list[Any], Counter[str]]:
    counts: Counter[str] = Counter()
    failures = list(import_module("fuzz.search").run(import_module(f"fuzz.{name}"), 1, iter(range(cases)), counts))
    return failures, counts


@pytest.mark.parametrize(("name", "cases"), [("texts", 2000), ("programs", 30), ("commands", 100)])
def test_a_slice(name: str, cases: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("fuzz.search"), "DEADLINE", 60.0)  # the machine may be busy
    failures, counts = run(name, cases)
    assert not failures
    assert counts.total() == cases
    assert len(counts) > 1


def test_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fuzz", "--cases", "200", "--seed", "1", "--jobs", "2"],
        capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(LIB)])},
    )  # fmt: skip
    assert done.stderr == ""
    assert "200  cases of seed 1" in done.stdout
    assert "every property held" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("planted", "told"),
    [
        (lambda program: 1 / 0, "ZeroDivisionError"),
        (lambda program: time.sleep(60), "no end within 0.3 s"),
        (lambda program: "x", "it is another program"),
    ],
)
def test_it_finds_what_is_planted(planted: Any, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("fuzz.texts"), "unparse", planted)
    search = import_module("fuzz.search")
    monkeypatch.setattr(search, "DEADLINE", 0.3)
    monkeypatch.setattr(search, "_SHRINKING", 0.2)
    failures, _ = run("texts", 12)
    assert any(told in failure.what for failure in failures)


def test_it_finds_a_wrong_product_of_a_hessian(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = import_module("fuzz.programs")
    right = programs.hvp

    def wrong(*given: Any) -> Any:
        result = right(*given)
        products = {name: product * (1 + 1e-6) + 1e-6 for name, product in result.products.items()}
        return type(result)(result.expression, result.inputs, result.value, result.vectors, products)

    assert programs.check(programs.Case("x**2*y", {"x": 3.0, "y": 2.0})) == "computed"
    monkeypatch.setattr(programs, "hvp", wrong)
    ending, what, _ = import_module("fuzz.search").outcome(programs, programs.Case("x**2*y", {"x": 3.0, "y": 2.0}))
    assert ending == "broken"
    assert what.startswith("hvp has ")


def test_it_finds_an_escape_sequence(monkeypatch: pytest.MonkeyPatch) -> None:
    commands = import_module("fuzz.commands")
    right = commands.main

    def wrong(words: list[str], environment: Any) -> int:
        environment.stdout.write("\x1b]0;title\x07")
        status: int = right(words, environment)
        return status

    monkeypatch.setattr(commands, "main", wrong)
    _, what, _ = import_module("fuzz.search").outcome(commands, commands.Case(("eval", "1"), ""))
    assert "acts on the terminal" in what


def test_it_shrinks(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = import_module("fuzz.texts")

    def check(text: str) -> str:
        if "x" in text:
            raise texts.Broken("an x")
        return "read"

    monkeypatch.setattr(texts, "check", check)
    failures, _ = run("texts", 12)
    assert failures
    assert {failure.shown for failure in failures} == {"parse('x')"}

"""A slice of what `scripts/fuzz` runs, and that it finds what is planted."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from gradcli.engine.rules.rule import rule_of
from gradcli.lang import parse

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
        (lambda program: time.sleep(60), "no end within 0.05 s"),
        (lambda program: "x", "it is another program"),
    ],
)
def test_it_finds_what_is_planted(planted: Any, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("fuzz.texts"), "unparse", planted)
    search = import_module("fuzz.search")
    monkeypatch.setattr(search, "DEADLINE", 0.05)
    monkeypatch.setattr(search, "WAITING", 1)
    monkeypatch.setattr(search, "_SHRINKING", 0.2)
    failures, _ = run("texts", 12)
    assert any(told in failure.what for failure in failures)


def test_a_case_that_cannot_be_made_is_found_and_the_others_are_run(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = import_module("fuzz.texts")
    right, numbers = texts.make, count()
    monkeypatch.setattr(texts, "make", lambda random: 1 / 0 if next(numbers) == 2 else right(random))
    failures, counts = run("texts", 5)
    assert [failure.what for failure in failures] == ["ZeroDivisionError: division by zero"]
    assert counts.total() == 5


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


@contextmanager
def wrong_rule(name: str) -> Iterator[None]:
    """The derivative of an operation a tenth too large."""
    rule = rule_of(name)
    right = rule.vjps, rule.jvps
    rule.vjps, rule.jvps = (
        tuple(lambda g, *given, pull=pull: pull(g, *given) * 1.1 for pull in pulls) for pulls in right
    )
    try:
        yield
    finally:
        rule.vjps, rule.jvps = right


def broken(kind: Any, case: Any) -> str:
    """What a case is found to break."""
    assert import_module("fuzz.search").outcome(kind, case)[0] != "crashed"
    return str(import_module("fuzz.search").outcome(kind, case)[1])


def test_it_finds_a_jacobian_by_some_variables_that_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = import_module("fuzz.programs")
    right = programs.jacobian

    def wrong(program: Any, values: Any, wrt: Any = None) -> Any:
        return right(program, values, wrt) if wrt is None else right("2*a*b*b", values, wrt)

    case = programs.Case("a*b*b + 0", {"a": 3.0, "b": 2.0})
    monkeypatch.setattr(programs, "_SPREAD", 1)
    assert broken(programs, case) == ""
    monkeypatch.setattr(programs, "jacobian", wrong)
    assert broken(programs, case).startswith("jacobian by some has ")


def test_it_finds_a_name_that_means_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = import_module("fuzz.programs")
    case = programs.Case("p = stack(u, v); concatenate(p, 0)", {"u": [1.0, 2.0, 3.0], "v": [4.0, 5.0, 6.0]})
    assert broken(programs, case) == ""
    monkeypatch.setattr(programs, "replaced", lambda tree, named: parse("stack(u)").result)
    assert broken(programs, case).startswith("Evaluation has the value ")


def test_it_finds_a_derivative_that_sympy_has_not() -> None:
    programs = import_module("fuzz.programs")
    for point in ([0.5, 1.5, -1.0], [1.0, 0.0, 1.0]):  # at a tie too
        assert broken(programs, programs.Case("sin(u)*max(u)", {"u": point}, True)) == ""
    with wrong_rule("sin"):
        case = programs.Case("sin(u)*max(u)", {"u": [0.5, 1.5, -1.0]}, True)
        assert broken(programs, case).startswith("Jacobian differs: ")


def test_it_finds_a_true_claim_called_false(monkeypatch: pytest.MonkeyPatch) -> None:
    commands = import_module("fuzz.commands")
    case = commands.Case(("check", "a**2", "--claim", "a=2*a", "--points=2"), "")
    assert import_module("fuzz.statements").truth(case.words) is True
    monkeypatch.setattr(commands, "main", lambda *_: 1)
    assert broken(commands, case).startswith("a claim that is true ")
    monkeypatch.setattr(commands, "main", lambda *_: 0)
    assert broken(commands, case._replace(words=("check", "a**2", "--claim", "a=2*a + 1"))).startswith(
        "a claim that is f"
    )


U, V, A = [0.5, -1.5, 2.0], [1.0, 2.0, 0.5], [[1.0, 2.0, -1.0], [0.0, 1.0, 3.0]]


@pytest.mark.parametrize(
    ("ours", "torchs", "language", "found"),
    [
        ("m.sin(u)*v", "m.sin(u)*v", False, ""),
        ("m.sin(u)*v", "m.cos(u)*v", False, "another value"),
        ("u*v.detach()", "u*v", False, "another derivative"),
        ("u.detach()*u*v", "u*u*v", False, "another derivative"),
        ("m.sort(u)[1]", "u", False, "the type of a value"),
        ("u.view(3, 2)", "u", False, "refused alone"),
        ("u", "u.view(3, 2)", False, "given alone"),
        ("stack(u, v, axis=1)", "m.stack([u, v], 1)", True, ""),
        ("stack(u)", "m.stack([u, v])", True, "the shape of a value"),
        ("max(u, v)", "m.minimum(u, v)", True, "another value"),
        ("maximum(A, 1)*0 + A", "m.relu(A)*0 + A + A.detach()*0", True, ""),
        ("A[(A > 0)*(A < 2)]", "A[(A > 0) & (A < 2)]", True, ""),
        ("clip(A, lower=1)", "m.clamp(A, min=1)", True, "another derivative"),
        ("u**3", "u**3 + 0*u*(u - 1)**2 + v*0", True, ""),
        ("sum(u, axis=7)", "u.sum()", True, "refused alone"),
    ],
)
def test_it_finds_what_pytorch_has_otherwise(ours: str, torchs: str, language: bool, found: str) -> None:
    pytest.importorskip("torch")
    peers = import_module("fuzz.peers")
    values = {"s": 0.5, "u": U, "v": V, "A": A, "S": [[1.0, 0.0, 2.0], [0.5, 1.0, 0.0], [0.0, 1.0, 1.0]]}
    what = broken(peers, peers.Case(((f"t0 = {ours}", f"t0 = {torchs}"),), values, language))
    assert what.startswith(found)
    assert bool(what) == bool(found)


def test_it_finds_a_wrong_second_derivative_beside_pytorch() -> None:
    pytest.importorskip("torch")
    peers = import_module("fuzz.peers")
    values = {"s": 0.5, "u": U, "v": V, "A": A, "S": [*A, U]}
    for language, text in ((False, "t0 = m.sin(u)"), (True, "t0 = sin(u)")):
        case = peers.Case(((text, "t0 = m.sin(u)"),), values, language)
        assert broken(peers, case) == ""
        with wrong_rule("cos"):  # in the derivative of sin
            assert broken(peers, case).startswith("another second derivative")


def test_programs_beside_pytorch() -> None:
    pytest.importorskip("torch")
    failures, counts = run("peers", 60)
    assert not failures
    assert counts["peers: tensors: the same"] > 10
    assert counts["peers: the language: the same"] > 10


def test_without_pytorch_they_are_left_out(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    peers, command = import_module("fuzz.peers"), import_module("fuzz.__main__")
    monkeypatch.setattr(peers, "find_spec", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["fuzz", "--kind", "peers"])
    assert command.main() == 0
    assert "peers left out: PyTorch is not installed" in capsys.readouterr().out


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

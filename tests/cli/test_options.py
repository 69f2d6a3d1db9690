"""Options, exit statuses and the verdicts' way to the user."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from gradcli.address import EntryAddress, Input
from gradcli.symbolic import Answer, NotChecked, Truth
from tests.cli.proving import InProcess, Silent
from tests.cli.runner import gradcli


class FakeOracle:
    """Answers what it is told, in the place of the process."""

    def __init__(self, answer: Answer | NotChecked) -> None:
        self._answer = answer
        self.timeouts: list[float | None] = []

    def begin(self) -> None:
        pass

    def ask(self, _question: Any, timeout: float | None = None) -> None:
        self.timeouts.append(timeout)

    def answered(self, _seconds: float) -> bool:
        return True

    def answer(self) -> Answer | NotChecked:
        return self._answer

    def close(self) -> None:
        pass


def oracle(monkeypatch: pytest.MonkeyPatch, answer: Answer | NotChecked) -> FakeOracle:
    fake = FakeOracle(answer)
    monkeypatch.setattr("gradcli.symbolic.Oracle.start", lambda *args, **kwargs: fake)
    monkeypatch.setattr("tests.cli.runner.PROVES", Silent)
    return fake


VALUE, BY_X = EntryAddress(0), EntryAddress(0, (Input("x"),))


def derivative(value: float) -> Answer:
    return Answer((Truth(VALUE, "number", 9.0),), (Truth(BY_X, "number", value),), 1, False)


def test_a_difference_is_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    oracle(monkeypatch, derivative(6.000001))
    done = gradcli('grad "x**2" --x 3')
    assert done.status == 1
    assert "check = differs: 1 of 1 entries differ from SymPy's" in done.stdout
    assert "df/dx: gradcli has 6.0, SymPy has 6.000001" in done.stdout


def test_a_difference_is_said_on_stderr_where_stdout_has_numbers_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    oracle(monkeypatch, derivative(7.0))
    done = gradcli('grad "x**2" --x 3 -q')
    assert done.status == 1
    assert done.stdout == "6.0\n"
    assert "differs" in done.stderr


def test_a_wrong_value_is_a_difference_too(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Answer((Truth(VALUE, "number", 9.1),), (Truth(BY_X, "number", 6.0),), 1, False)
    oracle(monkeypatch, answer)
    done = gradcli('grad "x**2" --x 3')
    assert done.status == 1
    assert "f: gradcli has 9.0, SymPy has 9.1" in done.stdout


@pytest.mark.parametrize(("choice", "status"), [("auto", 0), ("require", 4)])
def test_a_check_that_does_not_finish(monkeypatch: pytest.MonkeyPatch, choice: str, status: int) -> None:
    oracle(monkeypatch, NotChecked("no answer within 10 s"))
    done = gradcli(f'grad "x**2" --x 3 --check {choice}')
    assert done.status == status
    assert "by the numeric derivative alone, to 14 digits; SymPy: no answer within 10 s" in done.stdout


def test_the_deadline_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = oracle(monkeypatch, derivative(6.0))
    assert gradcli('grad "x**2" --x 3 --check-timeout 2.5').status == 0
    assert fake.timeouts == [2.5]


@pytest.mark.parametrize("words", ["--no-check", "--check off", "--check=off"])
def test_no_check_asks_nobody(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    fake = oracle(monkeypatch, derivative(6.0))
    done = gradcli(f'grad "x**2" --x 3 {words}')
    assert done.stdout == "f = 9.0\ndf/dx = 6.0\n"
    assert fake.timeouts == []


def test_a_kink_is_status_0_with_both_sides() -> None:
    done = gradcli('grad "abs(x)*y" --x 0 --y 2 --json')
    check = json.loads(done.stdout)["check"]
    assert done.status == 0
    assert check["verdict"] == "kink"
    assert check["details"] == ["df/dx: from the left -2.0, from the right 2.0; 0.0 is the convention (abs(x))"]


HIGHER_ORDERS = [
    ('hessian "x**3" --x 3', Truth(EntryAddress(0, (Input("x"),) * 2), "number", 18.0), "18.0"),
    ('vjp "x**3" --x 3 --seed 2', Truth(BY_X, "number", 54.0), "54.0"),
    ('jvp "x**3" --x 3 --tangent 2', Truth(EntryAddress(0, along=True), "number", 54.0), "54.0"),
    ('hvp "x**3" --x 3 --vector 2', Truth(EntryAddress(0, (Input("x"),), along=True), "number", 36.0), "36.0"),
    ('derivative "x**3" --x 3', Truth(BY_X, "number", 27.0), "27.0"),
]


@pytest.mark.parametrize(("command", "truth", "number"), HIGHER_ORDERS)
def test_every_kind_of_derivative_is_checked(
    monkeypatch: pytest.MonkeyPatch, command: str, truth: Truth, number: str
) -> None:
    value = Truth(VALUE, "number", 27.0)
    fake = oracle(monkeypatch, Answer((value,), (truth,), 1, False))
    good = gradcli(f"{command} --check-timeout 3")
    assert good.stdout.endswith("\ncheck = verified: 1 of 1 entries, largest error 0 ulps\n")
    assert good.status == 0
    assert fake.timeouts == [3.0]
    oracle(monkeypatch, Answer((value,), (truth._replace(high=truth.high + 1),), 1, False))
    bad = gradcli(command)
    assert f": gradcli has {number}, SymPy has {truth.high + 1}\n" in bad.stdout
    assert bad.status == 1


@pytest.mark.parametrize("command", [command for command, _, _ in HIGHER_ORDERS])
def test_the_oracle_starts_early_for_every_checked_command(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    fake = oracle(monkeypatch, NotChecked("no time"))
    given: list[object] = []

    def run(_arguments: object, _environment: object, early: object, _deadline: object) -> int:
        given.append(early)
        return 0

    monkeypatch.setattr("gradcli.cli.app.run", run)
    gradcli(command)
    gradcli(f"{command} --no-check")
    assert given == [fake, None]


@pytest.mark.parametrize(
    ("words", "begun"),
    [
        ('derivative "sin(x)*x" --x 1 --order 9', True),
        (f'derivative "{"+".join(["sin(x)"] * 9)}" --x 1 --order=9', False),
        ('derivative "sin(x)*x" --x 1 --order 9 --no-check', False),
        ('derivative "sin(x)*x" --x 1 --order 9 --verify proof', False),
    ],
)
def test_of_a_high_order_the_oracle_starts_when_the_program_has_been_read(
    monkeypatch: pytest.MonkeyPatch, words: str, begun: bool
) -> None:
    told: list[str] = []

    def conclude(*_: object) -> int:
        told.append("computed")
        return 0

    monkeypatch.setattr("gradcli.symbolic.Oracle.begin", lambda _: told.append("begun"))
    monkeypatch.setattr("gradcli.cli.session.Session.conclude", conclude)
    assert gradcli(words).status == 0
    assert told == [*["begun"][: int(begun)], "computed"]


def test_variables_show_up_in_help() -> None:
    text = gradcli('grad "alpha*x" --help').stdout
    assert "--alpha VALUE" in text
    assert "--x VALUE" in text


def test_help_leaves_no_variable_behind_for_the_next_command() -> None:
    gradcli('grad "alpha*x" --help')
    assert "--alpha" not in gradcli("grad --help").stdout


def test_errors_are_coloured_when_asked_for() -> None:
    done = gradcli('grad "sine(x)" --x 1 --color always')
    assert "\x1b[" in done.stderr
    assert "\x1b[" not in gradcli('grad "sine(x)" --x 1').stderr


def test_a_terminal_without_unicode_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.cli.runner.Terminal.encoding", "ascii")
    done = gradcli('jacobian "x*y, x" --x 1 --y 2 --no-check', terminal=True)
    assert done.stdout.isascii()
    assert done.status == 0


def test_ops_lists_every_function() -> None:
    listed = gradcli("ops").stdout
    assert "atan2(y, x)" in listed
    assert "d/dx  sech(x)**2" in gradcli("ops tanh").stdout
    assert gradcli("ops tanhh").status == 2


@pytest.mark.parametrize("command", ["grad", "check", "eval"])
@pytest.mark.parametrize(("name", "way"), [("timeout", "--set timeout=VALUE"), ("length", "--length VALUE")])
def test_the_hint_for_a_missing_value_works(command: str, name: str, way: str) -> None:
    (hint,) = re.findall(r"^hint: give it with ([^;\n]*)", gradcli(f'{command} "{name}**2"').stderr, re.MULTILINE)
    assert hint == way


def test_a_proof_that_cannot_be_had_is_an_error_where_it_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradcli.enclosures.process.prover.is_available", lambda: False)
    for option in ("--verify proof", "--digits 30", "--digits 30 --no-check"):
        done = gradcli(f'grad "x**2" --x 3 {option}', process=True)
        assert done.status == 2
        asked = "--verify proof" if "proof" in option else "--digits"
        assert done.stderr.startswith(f"error: {asked} needs the package python-flint, which is not installed\n")
    oracle(monkeypatch, derivative(6.0))
    done = gradcli('grad "x**2" --x 3 --json', process=True)
    assert done.status == 0
    assert done.stderr == ""
    proof = json.loads(done.stdout)["check"]["proof"]
    assert proof["entries"] == 0
    assert proof["reason"] == "the package python-flint is not installed"


def test_the_proof_of_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    oracle(monkeypatch, NotChecked("no answer within 10 s"))
    done = gradcli('grad "exp(x)" --x 1 --check require', process=True)
    assert done.status == 0
    assert "check = verified: by proof, 1 of 1 entries within " in done.stdout


def test_digits_that_come_too_late_are_said() -> None:
    done = gradcli('grad "exp(x)" --x 1 --digits 30 --no-check --check-timeout 0.000001', process=True)
    assert done.status == 4
    assert done.stdout == "f = 2.718281828459045\ndf/dx = 2.718281828459045\n"
    told = "warning: no digits of f and 1 more are proved, what is given is the float64: no answer"
    assert done.stderr.startswith(told)


def test_a_proof_asks_no_sympy(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = oracle(monkeypatch, derivative(7.0))
    monkeypatch.setattr("tests.cli.runner.PROVES", InProcess)
    done = gradcli('grad "x**2" --x 3 --verify proof')
    assert done.status == 0
    assert fake.timeouts == []


def test_sympy_against_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    oracle(monkeypatch, derivative(7.0))
    monkeypatch.setattr("tests.cli.runner.PROVES", InProcess)
    done = gradcli('grad "x**2" --x 3')
    assert done.status == 0
    told = "check = verified: 1 of 1 entries, largest error 0 ulps; proved exact; SymPy's numbers are wrong, by proof"
    assert told in done.stdout
    assert "  df/dx: gradcli has 6.0, the exact number is 6.0, SymPy has 7.0" in done.stdout

"""What every interpretation of programs has from the plumbing of calls, shown by one whose values are text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcli.errors import MemoryProblem, NameProblem, Problem, ShapeProblem
from gradcli.lang import Call, Literal, Name, Program, parse
from gradcli.ops import Op
from gradcli.ops.calls.bind import as_number
from gradcli.ops.calls.interpreter import Interpreter
from gradcli.ops.calls.memory import within_memory
from gradcli.ops.calls.numeric_errors import explain
from gradcli.ops.calls.paths import resolve_value
from gradcli.ops.calls.resolve import resolve

INPUTS = {"x": "x", "y": "y"}


def spell_number(node: Literal | Name, value: float) -> str | float:
    return node.id if isinstance(node, Name) else value  # an index must stay a number


def spell_call(node: Call, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
    listed = [*map(str, params), *(f"{key}={value}" for key, value in statics.items())]
    call = f"{op.name}({', '.join(listed)})"
    return [f"{call}.{output}" for output in op.outputs] if op.multi_output else call


def resolved(text: str) -> Program:
    return resolve(parse(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2*x + pi", "add(mul(2.0, x), pi)"),
        ("sum(x, keepdims=True)", "sum(x, axis=None, keepdims=True)"),
        ("arctan2(x=x, y=y)", "atan2(y, x)"),
        ("eigh(x)[1]", "eigh(x).eigenvectors"),
        ("q, r = qr(x); q@r", "matmul(qr(x, mode=reduced).Q, qr(x, mode=reduced).R)"),
        ("x[:, ...]", "getitem(x, index=(slice(None, None, None), Ellipsis))"),
    ],
)
def test_two_functions_are_an_interpretation(text: str, value: str) -> None:
    assert Interpreter(number=spell_number, apply=spell_call).run(resolved(text), INPUTS) == value


def test_truth_values_and_static_arguments_may_have_values_of_their_own() -> None:
    interpreter = Interpreter(
        number=spell_number,
        apply=spell_call,
        truth=lambda value: "yes" if value else "no",
        static=lambda value: [value],
    )
    assert interpreter.run(resolved("sum(x, keepdims=True)"), INPUTS) == "sum(x, axis=[None], keepdims=['yes'])"


def test_an_observer_is_told_of_every_value_in_the_order_of_evaluation() -> None:
    told = []

    def observe(node: Literal | Name | Call, args: list[Any], keywords: dict[str, Any], value: Any) -> None:
        told.append((args, keywords, value))

    Interpreter(number=spell_number, apply=spell_call, observe=observe).run(resolved("sum(x, axis=None) + e"), INPUTS)
    assert told == [
        ([], {}, "x"),
        ([], {}, None),
        (["x"], {"axis": None}, "sum(x, axis=None, keepdims=False)"),
        ([], {}, "e"),
        (["sum(x, axis=None, keepdims=False)", "e"], {}, "add(sum(x, axis=None, keepdims=False), e)"),
    ]


def test_one_of_several_outputs_is_observed_with_what_it_was_computed_from() -> None:
    told: list[list[Any]] = []
    interpreter = Interpreter(
        number=spell_number, apply=spell_call, observe=lambda node, args, keywords, value: told.append(args)
    )
    interpreter.run(resolved("eigh(x)[0]"), INPUTS)
    assert told[-1] == ["x"]


def test_a_name_without_a_value_is_refused_with_its_place() -> None:
    with pytest.raises(NameProblem, match="'z' has no value") as caught:
        Interpreter(number=spell_number, apply=spell_call).run(resolved("x + z"), INPUTS)
    assert caught.value.span == (4, 5)


def test_a_problem_gets_the_place_of_its_call() -> None:
    with pytest.raises(ShapeProblem, match="there is no output 5") as caught:
        Interpreter(number=spell_number, apply=spell_call).run(resolved("1 + eigh(x)[5]"), INPUTS)
    assert caught.value.span == (4, 14)


def numpy_value(node: Call, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
    return resolve_value(op.value)(*params, **statics)


ARRAYS = {"x": np.ones(2), "y": np.ones(3)}


def test_what_numpy_raises_is_explained_at_the_head_of_its_call_if_asked_for() -> None:
    plain = Interpreter(number=lambda node, value: value, apply=numpy_value)
    with pytest.raises(ValueError, match="broadcast"):
        plain.run(resolved("1 + (x + y)"), ARRAYS)
    with pytest.raises(Problem, match=r"shapes \(2,\) and \(3,\) do not broadcast in add") as caught:
        Interpreter(number=plain.number, apply=plain.apply, explain=explain).run(resolved("1 + (x + y)"), ARRAYS)
    assert caught.value.span == (7, 8)


@pytest.mark.parametrize("text", ["sin(True)", "sin(x=True)"])
def test_an_argument_is_a_number_however_it_is_given(text: str) -> None:
    interpreter = Interpreter(number=lambda node, value: value, apply=numpy_value, argument=as_number)
    assert interpreter.run(resolved(text), {}).dtype == np.float64


def test_a_value_that_is_too_large_is_refused_before_it_is_made() -> None:
    def never(node: Call, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
        raise AssertionError

    grids = {"x": np.ones((1000, 1)), "y": np.ones(1000)}
    with within_memory(1000), pytest.raises(MemoryProblem, match="add would have 1,000,000 entries") as caught:
        Interpreter(number=lambda node, value: value, apply=never).run(resolved("x + y"), grids)
    assert caught.value.span == (0, 5)

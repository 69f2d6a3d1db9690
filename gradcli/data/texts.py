"""The value of a text: a number, a list of numbers, or an expression without variables."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

from gradcli.errors import InputProblem, Problem

__all__ = ["Evaluator", "number_of", "value_of_text"]

Evaluator: TypeAlias = Callable[[str], Any]
"""The value of an expression without variables."""


def value_of_text(text: str, origin: str, evaluate: Evaluator) -> Any:
    """The value that a text stands for.

    Args:
        text: a number, a list or an expression.
        origin: where the text is from, for messages.
        evaluate: computes an expression.

    Raises:
        Problem: about the text.

    >>> value_of_text("1e3", "--x", evaluate=str), value_of_text("[1, [2]]", "--x", evaluate=str)
    (1000.0, [1, [2]])
    """
    try:
        return number_of(text, origin)
    except ValueError:
        pass
    if text.lstrip().startswith("["):
        import json

        from gradcli.data.long_lists import read_list

        try:
            return read_list(text.strip()) or json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            pass  # the language reads [pi, 2/3] too, and its messages are better
    try:
        return evaluate(text)
    except Problem as problem:
        problem.message = f"in the value of {origin}: {problem.message}"
        problem.args = (problem.message,)
        if "has no value" in problem.message:
            problem.hint = "a value may use numbers, pi, e, tau and functions, but no other variable"
        raise


def number_of(text: str, origin: str) -> float:
    """The number that a text is.

    Raises:
        ValueError: if it is none.
        InputProblem: if float64 has no such number.

    >>> number_of("-inf", "--x")
    -inf
    """
    number = float(text)
    if math.isinf(number) and any(map(str.isdecimal, text)):
        told = f"in the value of {origin}: this number overflows float64"
        raise InputProblem(told, hint="the largest number is about 1.8e308")
    return number


def _no_constant(text: str) -> float:
    raise ValueError(text)

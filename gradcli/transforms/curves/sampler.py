"""A program, its derivatives by one variable, and what tells of breaks, computed at many places at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.batch import Plan, plan, run
from gradcli.errors import Problem, ShapeProblem, UsageProblem
from gradcli.formulas import Entry, nth
from gradcli.lang import Program
from gradcli.transforms.curves.watches import watches
from gradcli.transforms.operators.diff import meaning_of
from gradcli.transforms.program.variables import check_functions, check_names
from gradcli.transforms.results.value import Value
from gradcli.transforms.rows.task import Task, task

__all__ = ["Sampled", "Sampler", "check_between", "sampler_of"]

_LONGEST = 50_000
"""Operations of straight-line code, beyond which to write it takes longer than to compute a few hundred places."""


class Sampled(NamedTuple):
    """What a program gives at some places.

    Attributes:
        x: the places, shape (n,).
        values: of derivatives from order 0 on, entries of the value, places: shape (orders + 1, entries, n).
        watched: expressions that are zero where it may break, shape (expressions, n).
    """

    x: NDArray[np.float64]
    values: NDArray[np.float64]
    watched: NDArray[np.float64]

    def rows(self) -> NDArray[np.float64]:
        """All numbers at each place in one column: values, derivatives, expressions."""
        return np.concatenate([self.values.reshape(-1, len(self.x)), self.watched])

    def joined(self, other: Sampled) -> Sampled:
        """These places and others in rising order, each once; of equal ones the first stays."""
        x, index = np.unique(np.concatenate([self.x, other.x]), return_index=True)
        values = np.concatenate([self.values, other.values], axis=2)[:, :, index]
        return Sampled(x, values, np.concatenate([self.watched, other.watched], axis=1)[:, index])


@dataclass(frozen=True)
class Sampler:
    """Computes a program along one variable.

    Attributes:
        program: what is computed.
        name: of the variable.
        fixed: the values of the others.
        order: of the highest derivative.
        shape: of the value.
        plan: straight-line code; None where places are computed one by one.
        one_by_one: why they are, as a fragment of a sentence.
    """

    program: Program
    name: str
    fixed: Mapping[str, NDArray[Any]]
    order: int
    shape: tuple[int, ...]
    plan: Plan | None = None
    one_by_one: str = ""

    @property
    def entries(self) -> int:
        """How many numbers the value has."""
        return int(np.prod(self.shape))

    def at(self, x: NDArray[np.float64]) -> Sampled:
        """The program at some places; NaN for NaN, and where an operation does not take the numbers there."""
        there = np.isfinite(x)
        if not there.all():
            some = self.at(x[there])
            values = np.full((*some.values.shape[:2], len(x)), np.nan)
            watched = np.full((len(some.watched), len(x)), np.nan)
            values[:, :, there], watched[:, there] = some.values, some.watched
            return Sampled(x, values, watched)
        if self.plan is None:
            return self._one_by_one(x)
        found = np.full((len(self.plan.outputs), len(x)), np.nan)
        waiting = [(0, len(x))]
        while waiting:
            first, last = waiting.pop()
            try:
                found[:, first:last] = self._run(x[first:last])
            except Problem:
                if last - first > 1:
                    middle = (first + last) // 2
                    waiting += [(first, middle), (middle, last)]
        size = (self.order + 1) * self.entries
        values = found[:size].reshape(self.order + 1, self.entries, len(x))
        values[1:, np.isnan(values[0])] = np.nan  # 1/x at -1 is no derivative of log(x)
        return Sampled(x, values, found[size:])

    def _run(self, x: NDArray[np.float64]) -> list[NDArray[Any]]:
        assert self.plan is not None
        constants = [c for c in self.plan.constants if isinstance(c, Entry)]
        numbers = {entry: float(self.fixed[entry.name][entry.at]) for entry in constants}
        return run(self.plan, len(x), lambda entry: x, numbers)

    def _one_by_one(self, x: NDArray[np.float64]) -> Sampled:
        values = np.full((self.order + 1, self.entries, len(x)), np.nan)
        for i, place in enumerate(x.tolist()):
            point = {**self.fixed, self.name: place}
            try:
                numbers = _by_the_engine(self.program, point, self.order, self.name)
            except Problem:
                continue
            for order, number in enumerate(numbers):
                values[order, :, i] = np.ravel(number)
        return Sampled(x, values, np.empty((0, len(x))))


def sampler_of(program: Program, name: str, fixed: Mapping[str, Any], order: int, near: float) -> Sampler:
    """What computes a program and its derivatives along a variable.

    Args:
        program: any program.
        name: of the variable.
        fixed: a value for each of the others.
        order: of the highest derivative.
        near: a place where it is computed, if it has no straight-line code.

    Raises:
        Problem: if the program does not fit the values, or has no such derivative.

    >>> from gradcli.lang import parse
    >>> sampler_of(parse("k*x**2"), "x", {"k": 3.0}, 1, 0.0).at(np.array([1.0, 2.0])).values[:, 0]
    array([[ 3., 12.],
           [ 6., 12.]])
    """
    check_functions(program)
    check_names(program, [name, *fixed])
    made = task(program, [name], fixed, [name], "derivative" if order else "value", max(order, 1))
    check_between(made, [name])
    shapes = {name: ()} | {other: array.shape for other, array in made.constants.items()}
    truths = [other for other, array in made.constants.items() if array.dtype == bool]
    try:
        meaning = meaning_of(program, shapes, truths)
        roots = list(meaning.entries)
        for k in range(1, order + 1):
            roots += nth(meaning, name, k)
        if len(meaning.graph) > _LONGEST:
            raise UsageProblem(f"the derivative takes {len(meaning.graph):,} operations")
        code = plan(meaning.graph, [*roots, *watches(meaning, name)], lambda entry: entry.name == name, truths)
    except ShapeProblem:
        raise
    except Problem as problem:
        from gradcli.transforms.program.prepare import prepare

        point = {**made.constants, name: near}
        shape = np.shape(_by_the_engine(program, point, order, name)[0])
        _check_numbers(prepare(program, point).kind == "truth")
        return Sampler(program, name, made.constants, order, shape, None, problem.message)
    _check_numbers(any(code.truths[: len(meaning.entries)]))
    return Sampler(program, name, made.constants, order, meaning.shape, code)


def _by_the_engine(program: Program, point: Mapping[str, Any], order: int, name: str) -> list[Value]:
    """The value at one place and its derivatives, for programs that straight-line code does not take."""
    from gradcli.transforms.operators.derivative import derivative
    from gradcli.transforms.operators.evaluate import evaluate

    if not order:
        return [evaluate(program, point, explain=False).value]
    found = derivative(program, point, order, name, explain=False)
    return [found.value, *found.derivatives]


def check_between(made: Task, names: Sequence[str]) -> None:
    """See that a program has values between whole numbers of some variables.

    Raises:
        UsageProblem: if one stands where a whole number must.
    """
    positions = made.positions(dict.fromkeys(names, "whole"), dict.fromkeys(names, ()))
    for name in names:
        if name in positions:
            raise UsageProblem(
                f"'{name}' stands where a whole number must, as in an index: there is nothing between its values",
                hint=f"`gradcli batch` computes the value at whole numbers, in a column '{name}'",
            )


def _check_numbers(is_truth: bool) -> None:
    if is_truth:
        raise UsageProblem("the value is a truth value, which has no curve", hint="plot where(CONDITION, 1, 0)")

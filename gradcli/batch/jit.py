"""Rows computed by Numba: straight-line code as one loop over rows, compiled by LLVM."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.batch.plan import OF_MANY, Plan, Step
from gradcli.batch.sincos import cosine
from gradcli.errors import UsageProblem
from gradcli.formulas import Entry

__all__ = ["Jit", "check_numba"]

_PIECE = 1 << 16
"""Rows that a thread takes at a time."""

_OPERATORS = {
    "add": "{} + {}", "subtract": "{} - {}", "multiply": "{}*{}", "divide": "{}/{}", "negative": "-{}",
    "square": "{0}*{0}", "reciprocal": "1.0/{}", "greater": "{} > {}", "greater_equal": "{} >= {}",
    "less": "{} < {}", "less_equal": "{} <= {}", "equal": "{} == {}", "not_equal": "{} != {}", "positive": "+{}",
}  # fmt: skip


def check_numba() -> None:
    """See that Numba is there.

    Raises:
        UsageProblem: if it is not.
    """
    try:
        import numba  # noqa: F401  # only whether it is there
    except ImportError:
        raise UsageProblem(
            "--backend numba needs the package numba, which is not installed", hint="pip install 'gradcli[numba]'"
        ) from None


class Jit:
    """A compiled loop.

    Args:
        plan: the straight-line code.

    Raises:
        UsageProblem: if Numba is missing, or does not know an operation.
    """

    def __init__(self, plan: Plan) -> None:
        check_numba()
        import numba

        self._plan = plan
        text, names = _loop(plan)
        made: dict[str, Any] = {
            key: numba.njit(getattr(function, "__wrapped__", function), error_model="numpy")
            if isinstance(function, FunctionType)
            else function
            for key, function in names.items()
        }
        exec(text, made)  # noqa: S102  # of numbered names: no word of the user's is in it
        compiled = numba.njit(error_model="numpy", nogil=True, fastmath=False)(made["rows"])
        columns, outputs = [np.zeros(1)] * len(plan.columns), [np.zeros(1)] * len(plan.outputs)
        scalars = [1.0] * (len(plan.constants) + len(plan.before))
        try:
            compiled(0, 0, *columns, *scalars, *outputs)
        except (numba.core.errors.NumbaError, numba.core.errors.UnsupportedBytecodeError, NotImplementedError) as error:
            others = [getattr(f, "__name__", "") for f in names.values() if not _is_numpys(f)]
            told = f"it lacks one of {', '.join(others)}" if others else type(error).__name__
            raise UsageProblem(f"Numba does not take the program: {told}") from None
        self._rows = compiled

    def run(self, values: Mapping[str, NDArray[Any]], rows: int, threads: int) -> list[NDArray[np.float64]]:
        """The results of some rows, an array for each.

        Args:
            values: of each variable: with an axis for the rows first, where it varies.
            rows: how many there are.
            threads: that compute at the same time.
        """
        plan = self._plan
        columns = [np.ascontiguousarray(_column(values[entry.name], entry.at), np.float64) for entry in plan.columns]
        fixed = [float(values[c.name][c.at]) if isinstance(c, Entry) else float(c) for c in plan.constants]
        known: list[Any] = [*columns, *map(np.float64, fixed)]
        with np.errstate(all="ignore"):
            for step in plan.before:
                known.append(np.float64(step.function(*(known[arg] for arg in step.args))))
        found = [np.empty(rows) for _ in plan.outputs]
        scalars = [float(value) for value in known[len(columns) :]]

        def work(first: int) -> None:
            self._rows(first, min(first + _PIECE, rows), *columns, *scalars, *found)

        pieces = range(0, rows, _PIECE)
        if threads > 1 and len(pieces) > 1:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(work, pieces))
        else:
            for first in pieces:
                work(first)
        return found


def _is_numpys(function: Any) -> bool:
    return isinstance(function, np.ufunc) and getattr(np, function.__name__, None) is function


def _column(values: NDArray[Any], at: tuple[int, ...]) -> NDArray[Any]:
    where: tuple[Any, ...] = (slice(None), *at)
    column: NDArray[Any] = values[where]
    return column


def _loop(plan: Plan) -> tuple[str, dict[str, Any]]:
    """The text of a function of rows, and the functions that it calls.

    >>> from gradcli.batch.plan import plan
    >>> from gradcli.formulas import Graph
    >>> graph = Graph()
    >>> x = graph.leaf(Entry("x"))
    >>> print(_loop(plan(graph, [graph.call("mul", (x, graph.call("exp", (x,))))], lambda entry: True))[0])
    def rows(begin, end, c0, r0):
        for i in range(begin, end):
            p0 = c0[i]
            p1_0 = f0(p0)
            p2_0 = p0*p1_0
            r0[i] = p2_0
    """
    count = len(plan.columns)
    fixed = len(plan.constants) + len(plan.before)
    places = {i: f"p{i}" for i in range(count + fixed)}
    names: dict[str, Any] = {}
    lines = [f"            {places[i]} = c{i}[i]" for i in range(count)]
    written: dict[int, int] = {}
    for step in plan.steps:
        args = [places[arg] for arg in step.args]
        again = written[step.place] = written.get(step.place, -1) + 1  # each value a name of its own, of one type
        places[step.place] = f"p{step.place}_{again}"
        lines.append(f"            {places[step.place]} = {_spelled(step, args, names)}")
    truths = zip(plan.outputs, plan.truths, strict=True)
    lines += [
        f"            r{i}[i] = {f'1.0 if {places[at]} else 0.0' if is_truth else places[at]}"
        for i, (at, is_truth) in enumerate(truths)
    ]
    parameters = [f"c{i}" for i in range(count)] + [f"p{i}" for i in range(count, count + fixed)]
    parameters += [f"r{i}" for i in range(len(plan.outputs))]
    head = f"def rows(begin, end, {', '.join(parameters)}):\n        for i in range(begin, end):"
    return "\n".join([head, *lines]).replace("\n    ", "\n"), names


def _spelled(step: Step, args: list[str], names: dict[str, Any]) -> str:
    given = [f"(1.0*{arg})" for arg in args] if step.counts else args
    name = getattr(step.function, "__name__", "")
    if isinstance(step.function, np.ufunc) and name in _OPERATORS:
        return _OPERATORS[name].format(*given)
    if step.function is np.where:
        return f"{given[1]} if {given[0]} else {given[2]}"
    if step.function is cosine:
        return f"{_name(np.cos, names)}({given[0]})"
    if step.function in _CHAINS:
        chain, *others = given
        for other in others:
            chain = f"{_name(_CHAINS[step.function], names)}({chain}, {other})"
        return chain
    return f"{_name(step.function, names)}({', '.join(given)})"


def _name(function: Any, names: dict[str, Any]) -> str:
    """What the text calls a function."""
    known = next((key for key, held in names.items() if held is function), f"f{len(names)}")
    names[known] = function
    return known


_CHAINS = {OF_MANY["max"]: np.maximum, OF_MANY["min"]: np.minimum}
"""Of many entries what takes two at a time."""

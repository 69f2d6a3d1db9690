"""From a graph of formulas to straight-line code: calls of NumPy's functions on numbered places in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from gradcli.batch.sincos import cosine
from gradcli.formulas import Constant, Entry, Graph
from gradcli.ops import CONSTANTS, TABLE
from gradcli.ops.calls.paths import resolve_value

__all__ = ["OF_MANY", "Plan", "Step", "plan"]


class Step(NamedTuple):
    """A call.

    Attributes:
        function: takes arrays of one length, and numbers.
        args: the places of its arguments.
        place: of its value.
        writes: whether it takes `out`, so that it can write into memory that is there.
        counts: whether it computes with truth values as the numbers 0 and 1.
    """

    function: Callable[..., Any]
    args: tuple[int, ...]
    place: int
    writes: bool
    counts: bool = False


class Plan(NamedTuple):
    """How some numbers are computed from columns.

    Places are numbered: first the columns, then the numbers that are the same in all rows, then those of memory that
    is used again and again.

    Attributes:
        columns: the entries that differ from row to row, in order.
        constants: the entries that are the same in all rows, and plain numbers.
        before: what is computed once, on numbers alone; its places come after those of the constants.
        steps: what is computed for each block of rows.
        outputs: the places of the results.
        truths: for each result whether it is a truth value.
        places: how many there are.
    """

    columns: tuple[Entry, ...]
    constants: tuple[Entry | float | bool, ...]
    before: tuple[Step, ...]
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]
    truths: tuple[bool, ...]
    places: int


def plan(graph: Graph, roots: Sequence[int], varying: Callable[[Entry], bool], truths: Collection[str] = ()) -> Plan:
    """Straight-line code that computes some nodes of a graph.

    A place is used again once its number is needed no more, so that a long program runs in little memory.

    Args:
        graph: of the nodes.
        roots: what is wanted.
        varying: whether an entry differs from row to row.
        truths: the variables that hold truth values.

    >>> graph = Graph()
    >>> x, k = graph.leaf(Entry("x")), graph.leaf(Entry("k"))
    >>> made = plan(graph, [graph.call("mul", (graph.call("exp", (k,)), x))], lambda entry: entry.name == "x")
    >>> made.columns, made.constants, len(made.before), len(made.steps)
    ((Entry(name='x', at=()),), (Entry(name='k', at=()),), 1, 1)
    """
    order = graph.reachable(roots)
    varies = _varying(graph, order, varying)
    true = _truths(graph, order, truths)
    turned = _turned(graph, [n for n in order if varies[n] and graph.functions[n]], true)
    columns = [node for node in order if varies[node] and not graph.functions[node]]
    plain = [node for node in order if not varies[node] and not graph.functions[node]]
    places = {node: place for place, node in enumerate((*columns, *plain))}
    before: list[Step] = []
    for node in order:
        if not varies[node] and graph.functions[node]:
            places[node] = len(places)
            before.append(_step(_call(graph, node, true), node, places))
    steps, used = _steps(turned, roots, places)
    return Plan(
        tuple(_entry(graph, node) for node in columns),
        tuple(_constant(graph, node) for node in plain),
        tuple(before),
        tuple(steps),
        tuple(places[root] for root in roots),
        tuple(root in true for root in roots),
        used,
    )


def _varying(graph: Graph, order: Iterable[int], varying: Callable[[Entry], bool]) -> dict[int, bool]:
    found: dict[int, bool] = {}
    for node in order:
        leaf = graph.leaves[node]
        found[node] = varying(leaf) if isinstance(leaf, Entry) else any(found[arg] for arg in graph.args[node])
    return found


def _truths(graph: Graph, order: Iterable[int], variables: Collection[str]) -> set[int]:
    """The nodes that are truth values."""
    found: set[int] = set()
    for node in order:
        name, args = graph.functions[node], graph.args[node]
        if not name:
            leaf = graph.leaves[node]
            is_truth = isinstance(leaf, bool) or (isinstance(leaf, Entry) and leaf.name in variables)
        elif name in ("where", "if"):
            is_truth = all(arg in found for arg in args[1:])
        elif name in OF_MANY:
            is_truth = False
        else:
            op = TABLE[name]
            is_truth = op.kind == "predicate" or (op.accepts_bool and all(arg in found for arg in args))
        if is_truth:
            found.add(node)
    return found


class _Call(NamedTuple):
    """What a node is computed by, and the nodes that it is computed from; the rest as in `Step`."""

    function: Callable[..., Any]
    args: tuple[int, ...]
    writes: bool
    counts: bool


def _turned(graph: Graph, order: Sequence[int], truths: set[int]) -> dict[int, _Call]:
    """The calls of some nodes, in order; the sine and the cosine of one number come from its tangent."""
    named = {(graph.functions[node], graph.args[node]): node for node in order}
    found: dict[int, _Call] = {}
    for node in order:
        if node in found:
            continue
        args = graph.args[node]
        sine, cosine_ = (named.get((name, args)) for name in ("sin", "cos"))
        if node in (sine, cosine_) and sine is not None and cosine_ is not None and args[0] not in truths:
            tangent = graph.call("tan", args)
            found.setdefault(tangent, _call(graph, tangent, truths))
            found[cosine_] = _Call(cosine, (*args, tangent), True, False)
            found[sine] = _Call(np.multiply, (tangent, cosine_), True, False)
        else:
            found[node] = _call(graph, node, truths)
    return found


def _call(graph: Graph, node: int, truths: set[int]) -> _Call:
    name, args = graph.functions[node], graph.args[node]
    if name == "pow" and graph.number(args[1]) in _POWERS:
        name, args = _POWERS[graph.number(args[1])], args[:1]
    function = _function(name)
    writes = isinstance(function, np.ufunc) and node not in truths
    counts = name in OF_MANY or not (TABLE["where" if name == "if" else name].accepts_bool)
    return _Call(function, args, writes, counts and any(arg in truths for arg in args))


def _steps(calls: Mapping[int, _Call], roots: Sequence[int], places: dict[int, int]) -> tuple[list[Step], int]:
    """The steps of some calls, whose places are added; and how many places there are then."""
    last = {arg: position for position, call in enumerate(calls.values()) for arg in call.args}
    own = calls.keys() - set(roots)
    count = len(places)
    free: list[int] = []
    steps = []
    for position, (node, call) in enumerate(calls.items()):
        ended = [arg for arg in dict.fromkeys(call.args) if arg in own and last[arg] == position]
        step = _step(call, node, {**{arg: places[arg] for arg in call.args}, node: -1})
        if step.writes:  # such a function may write where it reads: each of its entries depends on its like alone
            free += [places[arg] for arg in ended]
        if free and node in own:
            places[node] = free.pop()
        else:
            places[node] = count
            count += 1
        if not step.writes:
            free += [places[arg] for arg in ended]
        steps.append(step._replace(place=places[node]))
    return steps, count


def _step(call: _Call, node: int, places: Mapping[int, int]) -> Step:
    return Step(call.function, tuple(places[arg] for arg in call.args), places[node], call.writes, call.counts)


_POWERS: dict[float | None, str] = {2.0: "square", -1.0: "reciprocal"}
"""Exponents whose power another function rounds correctly, in a tenth of the time."""


@cache
def _function(name: str) -> Callable[..., Any]:
    """What computes an operation on arrays of one length, and numbers."""
    if name in OF_MANY:
        return OF_MANY[name]
    return resolve_value(TABLE["where" if name == "if" else name].value)


def _entry(graph: Graph, node: int) -> Entry:
    leaf = graph.leaves[node]
    assert isinstance(leaf, Entry)
    return leaf


def _constant(graph: Graph, node: int) -> Entry | float | bool:
    leaf = graph.leaves[node]
    assert leaf is not None
    return CONSTANTS[leaf.name] if isinstance(leaf, Constant) else leaf


def _norm(*parts: Any) -> Any:
    """The Euclidean norm of entries, scaled where squares would overflow or underflow."""
    largest = _largest(*map(np.abs, parts))
    scale = np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
    total: Any = 0.0
    for part in parts:
        total = total + np.square(part / scale)
    return np.where(np.isfinite(largest), scale * np.sqrt(total), largest)


def _largest(*parts: Any) -> Any:
    largest = parts[0]
    for part in parts[1:]:
        largest = np.maximum(largest, part)
    return largest


def _smallest(*parts: Any) -> Any:
    smallest = parts[0]
    for part in parts[1:]:
        smallest = np.minimum(smallest, part)
    return smallest


def _logsumexp(*parts: Any) -> Any:
    """The logarithm of a sum of exponentials; the largest is taken out, and adds exactly one."""
    largest = _largest(*parts)
    shift = np.where(np.isfinite(largest), largest, 0.0)
    total: Any = 0.0
    for part in parts:
        total = total + np.exp(part - shift)
    return shift + np.log(total)


OF_MANY: dict[str, Callable[..., Any]] = {
    "logsumexp": _logsumexp,
    "max": _largest,
    "min": _smallest,
    "norm": _norm,
}
"""Reductions that are one operation of any number of entries."""

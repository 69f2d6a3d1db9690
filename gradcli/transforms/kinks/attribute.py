"""Which operation at its kink is to blame for what: both sides of every entry, by one-sided series."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.errors import Problem
from gradcli.lang import Call, Name, Program, Tree, calls, variables
from gradcli.lang.tree.names import without_unread
from gradcli.onesided.budget import Budget, TooMuchWork
from gradcli.onesided.series import OneSidedSeries
from gradcli.onesided.sides import join_smoothly
from gradcli.ops import TABLE
from gradcli.ops.calls.numeric_errors import NUMERIC_ERRORS
from gradcli.transforms.kinks.detect import CallAtKink
from gradcli.transforms.kinks.onesided import Entry, OneSidedRuns, Way, back, entries
from gradcli.transforms.program.prepare import Prepared
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.findings import Kink, KinkKind, Sides
from gradcli.transforms.results.tolerances import HALF_THE_DIGITS, NEGLIGIBLE

__all__ = ["attribute"]

_DIRECTIONS = 64
_SECOND = 8
_WORK = 100_000
_PRODUCTS = 60_000
"""Of coefficients of one-sided series: about a second, two where many functions are computed."""
_SHOWN = 10


def attribute(result: Derived, prepared: Prepared, found: Sequence[CallAtKink]) -> tuple[Kink, ...]:
    """What becomes of a result by the operations at their kinks; nothing where every entry is right and smooth."""
    # What the value is not computed from has no say, and can be slow.
    prepared = prepared._replace(program=without_unread(prepared.program))
    read = set(map(id, calls(prepared.program)))
    found = [at for at in found if id(at.node) in read]
    if not found:
        return ()
    inputs = _inputs(result, prepared)
    order = result.highest_order()
    second = order == 2 and bool(result.by_each())
    count = sum(map(len, inputs.values()))
    work = count * sum(max(1, at.where.size) for at in found) * (4 * count if second else 2)
    if count > (_SECOND if second else _DIRECTIONS) or work > _WORK:
        return _undecided(found, prepared, "there are too many inputs to look along each")
    runs = OneSidedRuns(prepared, frozenset(id(at.node) for at in found), order, Budget(_PRODUCTS))
    try:
        return _told(result, prepared, found, runs, list(entries(result, runs, inputs)), order)
    except TooMuchWork:
        return _undecided(found, prepared, "the series of the operations around it grow too long")
    except (Problem, *NUMERIC_ERRORS):  # an operation that takes no one-sided series
        return _undecided(found, prepared, "the operations around it have no one-sided derivatives here")


def _inputs(result: Derived, prepared: Prepared) -> dict[str, list[int]]:
    """For each variable the flat indices to look along; one nameless place where all move together."""
    if result.wrt() and not result.by_each():
        return {"": [0]}
    return {name: list(range(prepared.values[name].size)) for name in result.by_each()}


def _told(
    result: Derived,
    prepared: Prepared,
    found: Sequence[CallAtKink],
    runs: OneSidedRuns,
    looked: Sequence[Entry],
    order: int,
) -> tuple[Kink, ...]:
    broken = [e for e in looked if e.known and not e.smooth]
    # Partial derivatives that do not add up along a direction are no derivative, however smooth each is by itself.
    apart = {e.output for e in broken if e.sides.added}
    wrong = [e for e in looked if e.known and e.smooth and e.output not in apart and _wrong(result, e)]
    open_ = [e for e in looked if not e.known]
    outputs = _outputs_of(prepared.program, int(np.size(result.value)))
    kinks: list[Kink] = []
    for some in (broken, wrong):
        for at, mine in _culprits(some, found, runs, order, outputs):
            among = _names(at.node, prepared.program)
            sides = tuple(replace(e.sides, among=among) if e.sides.added else e.sides for e in mine)
            kinks.append(_kink("smooth" if some is wrong else _kind(sides), at, prepared, sides))
    if open_ and not kinks:
        return _undecided(found, prepared, "the operations around it have no one-sided derivatives here")
    return tuple(kinks)


def _kind(sides: Sequence[Sides]) -> KinkKind:
    """Whether a point without a derivative has finite derivatives on its sides."""
    return "kink" if all(side.finite for side in sides) else "singular"


def _culprits(
    some: Sequence[Entry], found: Sequence[CallAtKink], runs: OneSidedRuns, order: int, outputs: Sequence[set[int]]
) -> list[tuple[CallAtKink, list[Entry]]]:
    """For each call that is to blame the entries that it spoils; where each is smooth along every line, all are."""
    left = list(some)
    blamed = []
    for at in found:
        ways = {w for e in some for w in e.ways if _breaks(at, runs, w, order)}
        mine = [e for e in some if any(w in ways for w in e.ways) and _computes(at, e, outputs)]
        left = [e for e in left if e not in mine]
        if mine:
            blamed.append((at, mine))
    return [*blamed, *((at, left) for at in found if left)]


def _computes(at: CallAtKink, entry: Entry, outputs: Sequence[set[int]]) -> bool:
    return entry.output is None or not outputs or id(at.node) in outputs[entry.output]


def _outputs_of(program: Program, count: int) -> list[set[int]]:
    """For each output of a program that lists them, `f, g` or `[f, g]`, the calls that it is computed from."""
    result = program.result
    if not isinstance(result, Call) or result.function != "stack" or len(result.args) != count:
        return []
    assigned = {a.name: a.tree for a in program.assignments}
    return [_calls(arg, assigned) for arg in result.args]


def _calls(tree: Tree, assigned: dict[str, Tree]) -> set[int]:
    found: set[int] = set()
    names: set[str] = set()
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Call) and id(node) not in found:
            found.add(id(node))
            stack += [*node.args, *(value for _, value in node.keywords)]
        elif isinstance(node, Name) and node.id in assigned and node.id not in names:
            names.add(node.id)
            stack.append(assigned[node.id])
    return found


def _names(node: Call, program: Program) -> frozenset[str]:
    """The names that a call is computed from, by way of assignments too."""
    assigned = {a.name: a.tree for a in program.assignments}
    found: set[str] = set()
    left: list[Tree] = [node]
    while left:
        new = set(variables(Program("", (), left.pop()))) - found
        found |= new
        left += [assigned[name] for name in new if name in assigned]
    return frozenset(found)


def _wrong(result: Derived, entry: Entry) -> bool:
    """Whether the engine's number is not the derivative that both sides agree on."""
    sides = entry.sides
    true = sides.both
    if true is None:
        return False
    if not math.isfinite(sides.given):
        return True
    scale = result.scale(result.address(0)) if result.count() else 0.0
    allowed = max(HALF_THE_DIGITS * abs(true), NEGLIGIBLE * scale)
    return abs(sides.given - true) > allowed


def _breaks(at: CallAtKink, runs: OneSidedRuns, way: Way, order: int) -> bool:
    """Whether the operation itself, and none of its arguments, is not smooth along a line."""
    right, left, centre = (runs.noted(w).get(id(at.node)) for w in (way, back(way), ()))
    if right is None or left is None or centre is None:
        return False
    if _fit(right[1], left[1], centre[1], order):
        return False
    return all(_fit(*parts, order) for parts in zip(right[0], left[0], centre[0], strict=True))


def _fit(right: Any, left: Any, centre: Any, order: int) -> bool:
    triples = zip(*(np.ravel(np.asarray(g, dtype=object)) for g in (right, left, centre)), strict=True)
    return all(
        join_smoothly(a, b, c, order)
        for a, b, c in triples
        if isinstance(a, OneSidedSeries) and isinstance(b, OneSidedSeries)
    )


def _undecided(found: Sequence[CallAtKink], prepared: Prepared, reason: str) -> tuple[Kink, ...]:
    return tuple(_kink("undecided", at, prepared, (), reason) for at in found)


def _kink(kind: Any, at: CallAtKink, prepared: Prepared, sides: Any, reason: str | None = None) -> Kink:
    op = TABLE[at.node.function]
    indices = [tuple(map(int, index)) for index in np.argwhere(at.where)[:_SHOWN]] if at.where.ndim else []
    # Of a comparison the table's example is another program; what others do is in the convention.
    peers = None if op.kind == "predicate" else op.peers
    named = zip(("PyTorch", "JAX", "SymPy"), peers[2:], strict=True) if peers else ()
    return Kink(
        kind,
        op.name,
        prepared.program.source,
        at.node.span,
        _shown(at, indices),
        tuple(indices),
        int(np.count_nonzero(at.where)),
        op.convention,
        {name: slope for name, slope in named if slope},
        f"{peers.call} at x = {peers.x:g}" if peers else "",
        sides,
        reason,
    )


def _shown(at: CallAtKink, indices: Sequence[tuple[int, ...]]) -> str:
    if indices:
        more = int(np.count_nonzero(at.where)) - len(indices)
        listed = ", ".join(str(list(index)) for index in indices)
        return f"{listed} and {more} more" if more else listed
    numbers = [_short(np.asarray(a)) for a in at.args]
    return numbers[0] if len(numbers) == 1 else f"({', '.join(numbers)})"


def _short(array: Any) -> str:
    return str((array + 0.0).tolist()) if array.size <= 6 and array.dtype.kind in "fiub" else f"<shape {array.shape}>"

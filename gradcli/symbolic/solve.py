"""From a question to an answer: the child's whole work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sympy

from gradcli.lang import Program, fold, parse, unroll
from gradcli.ops.resolve import resolve
from gradcli.symbolic.dependence import Dependence
from gradcli.symbolic.derive import Derivatives, Partials
from gradcli.symbolic.interpret import Meaning, interpret
from gradcli.symbolic.judge import derivative_truth, value_truth
from gradcli.symbolic.question import Answer, NotChecked, Question, Truth

__all__ = ["solve"]

_CALLS = 20_000


def solve(question: Question, report: Callable[[str], None] = lambda stage: None) -> Answer | NotChecked:
    """Answer a question; `report` is told what is being done.

    Raises:
        Problem: if the program is wrong, or does not fit its values.
        Inexpressible: if SymPy cannot express something.

    >>> answer = solve(Question("x**2 - 2*x + 1", {"x": 0.0}, ("x",), "gradient"))
    >>> [(truth.name, truth.high) for truth in answer.derivatives]
    [('x', -2.0)]
    """
    report("reading the program")
    program = resolve(unroll(parse(question.source), lambda name: _length(question.values.get(name))))
    calls = _count(program)
    if calls > _CALLS:
        return NotChecked(f"the program has {calls:,} operations, the check takes {_CALLS:,}")
    report("evaluating the program on symbols")
    meaning = interpret(program, question.values, question.wrt)
    if question.kind == "jacobian":
        outputs = meaning.entries
    elif question.seed is None and meaning.shape:
        return NotChecked(f"the value has shape {meaning.shape} and there is no seed for it")
    else:
        outputs = [_seeded(meaning, question.seed)]
    return _derive(meaning, outputs, question.limit, report)


def _derive(meaning: Meaning, outputs: list[Any], limit: int, report: Callable[[str], None]) -> Answer:
    point = meaning.point
    inputs = [(name, i, symbol) for name, symbols in meaning.symbols.items() for i, symbol in enumerate(symbols)]
    dependence = Dependence(frozenset(symbol for _, _, symbol in inputs), point)
    total = len(outputs) * len(inputs)
    derivatives: list[Truth] = []
    partials = Partials()
    current, by = -1, None
    picked = list(_spread(total, limit))
    for done, place in enumerate(picked):
        output, position = divmod(place, len(inputs))
        name, entry, symbol = inputs[position]
        report(f"differentiating, entry {done + 1:,} of {len(picked):,}")
        if by is None or output != current:
            current, by = output, Derivatives(outputs[output], meaning.pieces, point, partials)
        derivative = by.by(symbol)
        report(f"evaluating, entry {done + 1:,} of {len(picked):,}")
        where = (output, name, entry)
        derivatives.append(derivative_truth(point, dependence, outputs[output], derivative, symbol, where))
    report("evaluating the value")
    shown = list(_spread(len(meaning.entries), limit))
    values = tuple(value_truth(point, meaning.entries[i], i) for i in shown)
    sampled = len(picked) < total or len(shown) < len(meaning.entries)
    return Answer(values, tuple(derivatives), total, sampled)


def _seeded(meaning: Meaning, seed: Any) -> Any:
    """The sum of the value's entries, weighted by the seed."""
    if seed is None:
        return meaning.entries[0]
    weights = _numbers(seed)
    return sympy.Add(*[meaning.constants.of(w) * e for w, e in zip(weights, meaning.entries, strict=True)])


def _numbers(nested: Any) -> list[float]:
    """The numbers of a nested list, in order."""
    found: list[float] = []
    stack = [nested]
    while stack:
        item = stack.pop()
        if isinstance(item, list | tuple):
            stack += reversed(item)
        else:
            found.append(float(item))
    return found


def _spread(total: int, limit: int) -> Iterator[int]:
    """At most `limit` of the indices below `total`, evenly spread, the first and the last among them."""
    if total <= limit:
        return iter(range(total))
    return iter(i * (total - 1) // (limit - 1) for i in range(limit)) if limit > 1 else iter(range(limit))


def _length(value: Any) -> int | None:
    return len(value) if isinstance(value, list | tuple) else None


def _count(program: Program) -> int:
    """How many calls a program makes."""
    trees = [*(a.tree for a in program.assignments), program.result]
    return sum(
        fold(tree, lambda node: 0, lambda node: 0, lambda node, args, kws: 1 + sum(args) + sum(kws.values()))
        for tree in trees
    )

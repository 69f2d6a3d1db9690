"""Gradients, Jacobians, Hessians and higher derivatives of a program, as nodes of its graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

from gradcli.errors import ShapeProblem, UsageProblem
from gradcli.formulas.cost import cost
from gradcli.formulas.meaning import Meaning
from gradcli.formulas.nonzero import nonzero
from gradcli.formulas.rules import Rules
from gradcli.formulas.sweeps import pullback, pushforward

MOST_ENTRIES = 10_000
"""Entries of a derivative that is written entry by entry: a page has some fifty lines."""

_RATIO = 8
"""Of inputs to entries of the value, or the other way round, from which on the mode with more sweeps is not tried."""

__all__ = ["check_entries", "columns", "gradient", "hessian", "jacobian", "jvp", "nth", "vjp"]


def check_entries(what: str, entries: int) -> None:
    """Refuse a derivative with more entries than anybody reads or a compiler takes.

    >>> check_entries("the Jacobian", 100)
    """
    if entries > MOST_ENTRIES:
        raise UsageProblem(
            f"{what} has {entries:,} entries, a formula takes {MOST_ENTRIES:,}",
            hint="smaller shapes show the pattern; `gradcli jacobian` and `hessian` give the numbers",
        )


def _rules(meaning: Meaning) -> Rules:
    """The rules of a program's graph; of several values none tells where the others exist."""
    (single,) = meaning.entries if len(meaning.entries) == 1 else (None,)
    apart = () if single is None else nonzero(meaning.graph, single)
    return Rules(meaning.arithmetic, meaning.partials, apart, meaning.again)


def columns(meaning: Meaning, wrt: Sequence[str]) -> list[int]:
    """The leaves of some variables, in order."""
    return [leaf for name in wrt for leaf in meaning.inputs[name]]


def gradient(meaning: Meaning, wrt: Sequence[str]) -> list[int]:
    """The derivatives of a single value by the entries of some variables.

    Raises:
        ShapeProblem: if there is more than one value.

    >>> from gradcli.formulas.meaning import interpret
    >>> from gradcli.lang import parse
    >>> meaning = interpret(parse("x*y"), {"x": (), "y": ()})
    >>> gradient(meaning, ["x", "y"]) == [*meaning.inputs["y"], *meaning.inputs["x"]]
    True
    """
    if len(meaning.entries) != 1:
        raise ShapeProblem(
            f"the value has shape {meaning.shape}: a gradient needs one number",
            hint="ask for the Jacobian, or write sum(...) around the expression",
        )
    return vjp(meaning, wrt, [meaning.arithmetic.one])


def vjp(meaning: Meaning, wrt: Sequence[str], weights: Sequence[int]) -> list[int]:
    """The derivatives of the weighted sum of the value's entries by the entries of some variables."""
    arithmetic = meaning.arithmetic
    seeds: dict[int, int] = {}
    for entry, weight in zip(meaning.entries, weights, strict=True):
        seeds[entry] = arithmetic.add(seeds[entry], weight) if entry in seeds else weight
    inputs = columns(meaning, wrt)
    found = pullback(_rules(meaning), seeds, inputs)
    return [found.get(leaf, arithmetic.zero) for leaf in inputs]


def jvp(meaning: Meaning, tangents: Mapping[int, int]) -> list[int]:
    """The derivatives of the value's entries along a direction: for some leaves a tangent."""
    found = pushforward(_rules(meaning), tangents, meaning.entries)
    return [found.get(entry, meaning.arithmetic.zero) for entry in meaning.entries]


def jacobian(meaning: Meaning, wrt: Sequence[str]) -> list[list[int]]:
    """A row for each entry of the value, a column for each entry of the variables; by the cheaper of both modes.

    >>> from gradcli.formulas.meaning import interpret
    >>> from gradcli.lang import parse
    >>> from gradcli.ops.calls.resolve import resolve
    >>> meaning = interpret(resolve(parse("[x*y, x + y]")), {"x": (), "y": ()})
    >>> jacobian(meaning, ["x"]) == [list(meaning.inputs["y"]), [meaning.arithmetic.one]]
    True
    """
    rules, zero = _rules(meaning), meaning.arithmetic.zero
    inputs = columns(meaning, wrt)
    check_entries("the Jacobian", len(meaning.entries) * len(inputs))
    found: list[list[list[int]]] = []
    if len(inputs) <= _RATIO * len(meaning.entries):
        forward = [pushforward(rules, {leaf: meaning.arithmetic.one}, meaning.entries) for leaf in inputs]
        found.append([[column.get(entry, zero) for column in forward] for entry in meaning.entries])
    if len(meaning.entries) <= _RATIO * len(inputs):
        backward = [pullback(rules, {entry: meaning.arithmetic.one}, inputs) for entry in meaning.entries]
        found.append([[row.get(leaf, zero) for leaf in inputs] for row in backward])
    return min(found[::-1], key=lambda rows: cost(meaning.graph, {*meaning.entries, *chain(*rows)}))


def hessian(meaning: Meaning, wrt: Sequence[str]) -> list[list[int]]:
    """The second derivatives of a single value by each pair of entries: forward over reverse, each pair once.

    Raises:
        ShapeProblem: if there is more than one value.
    """
    inputs = columns(meaning, wrt)
    check_entries("the Hessian", len(inputs) ** 2)
    meaning = replace(meaning, again=True)
    slopes = gradient(meaning, wrt)
    rules, arithmetic = _rules(meaning), meaning.arithmetic
    rows = [[arithmetic.zero] * len(inputs) for _ in inputs]
    for j, leaf in enumerate(inputs):
        found = pushforward(rules, {leaf: arithmetic.one}, slopes[: j + 1])
        for i, slope in enumerate(slopes[: j + 1]):
            rows[i][j] = rows[j][i] = found.get(slope, arithmetic.zero)
    return rows


def nth(meaning: Meaning, name: str, order: int) -> list[int]:
    """The derivatives of the value's entries of some order by a variable that is a number."""
    rules, arithmetic = _rules(replace(meaning, again=order > 1)), meaning.arithmetic
    entries = list(meaning.entries)
    for _ in range(order):
        found = pushforward(rules, {meaning.inputs[name][0]: arithmetic.one}, entries)
        entries = [found.get(entry, arithmetic.zero) for entry in entries]
    return entries

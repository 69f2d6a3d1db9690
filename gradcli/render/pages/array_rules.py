"""What one operation on arrays does, in JavaScript, entry by entry: its value, and what becomes of a cotangent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from math import prod

from gradcli.errors import UsageProblem
from gradcli.formulas import interpret, uncollected
from gradcli.formulas.derive import vjp
from gradcli.formulas.graph import Entry
from gradcli.formulas.meaning import Meaning
from gradcli.lang import parse, variables
from gradcli.ops import CONSTANTS, TABLE
from gradcli.ops.calls.resolve import resolve
from gradcli.render.code.javascript import LANGUAGE
from gradcli.render.code.lower import TRUTHS, lower
from gradcli.render.code.shapes import flat_index
from gradcli.render.code.speller import Speller, spelled
from gradcli.render.pages.local_rules import LocalRule, local_rule

__all__ = ["MOST_ENTRIES", "array_rule"]

_DEEPEST = 40

MOST_ENTRIES = 400
"""Entries of an array that is computed with on a page."""

_LONGEST = 20_000
"""Steps of an operation, entry by entry: the product of two matrices of 20 x 20 has 16,000."""

_FLAT = replace(LANGUAGE, entry=lambda name, at, shape: f"{name}[{flat_index(at, shape)}]")


@cache
@uncollected()
def array_rule(call: str, function: str, shapes: tuple[tuple[int, ...], ...]) -> LocalRule:
    """An operation on arrays, each of which is the list of its entries in C order; a number is a number.

    Args:
        call: the operation on a0, a1, ... in the language, with what else it takes.
        function: its name in the derivative table.
        shapes: of a0, a1, ...

    Raises:
        UsageProblem: if it has no formula of entries, or one that is too long for a page.

    >>> rule = array_rule("sum(a0)", "sum", ((2,),))
    >>> rule.value, rule.pulls
    ('(a0)=>a0[0] + a0[1]', ('(g,a0)=>[g,g]',))
    """
    names = [f"a{i}" for i in range(len(shapes))]
    given = dict(zip(names, shapes, strict=True))
    if any(prod(shape) > MOST_ENTRIES for shape in shapes):
        raise UsageProblem(f"an array has more than {MOST_ENTRIES} entries")
    program = resolve(parse(call))
    if not set(variables(program)) - set(CONSTANTS) <= set(names):
        raise UsageProblem("it takes a variable that is no array of numbers")
    meaning = interpret(program, given, simplified=True)
    if len(meaning.graph) > _LONGEST or prod(meaning.shape) > MOST_ENTRIES:
        raise UsageProblem(f"it takes {len(meaning.graph):,} steps entry by entry")
    shapes_of = {**given, "g": meaning.shape}
    value = _arrow(names, meaning, meaning.entries, meaning.shape, shapes_of)
    places = [()] if not meaning.shape else _places(meaning.shape)
    weights = [meaning.graph.leaf(Entry("g", at)) for at in places]
    pulls: list[str | None] = []
    for name in names:
        used = name in set(variables(program))
        slopes = vjp(meaning, [name], weights) if used and TABLE[function].kind != "predicate" else []
        pulls.append(_arrow(["g", *names], meaning, slopes, given[name], shapes_of) if slopes else None)
    return LocalRule(value, tuple(pulls), _kink(function, shapes))


def _places(shape: Sequence[int]) -> list[tuple[int, ...]]:
    from numpy import ndindex

    return [*ndindex(*shape)]


def _arrow(
    parameters: Sequence[str],
    meaning: Meaning,
    nodes: Sequence[int],
    shape: tuple[int, ...],
    shapes: dict[str, tuple[int, ...]],
) -> str:
    """A function of JavaScript that gives the list of some nodes, or the number that the only one is."""
    graph, arithmetic = meaning.graph, meaning.arithmetic
    numbers = [
        graph.call("where", (node, arithmetic.one, arithmetic.zero)) if graph.functions[node] in TRUTHS else node
        for node in nodes
    ]
    roots, _ = lower(arithmetic, numbers, _FLAT)
    speller = Speller(_FLAT, graph, str, shapes)
    lines, texts, _ = spelled(speller, roots, {}, TRUTHS, _DEEPEST)
    body = "".join(f"const {name}={line};" for name, line in lines)
    told = f"[{','.join(texts)}]" if shape else texts[0]
    if body:
        told = f"{{{body}return {told}}}"
    elif told.startswith("{"):
        told = f"({told})"
    return f"({','.join(parameters)})=>{told}"


def _kink(function: str, shapes: Sequence[tuple[int, ...]]) -> str | None:
    """Whether an elementwise operation is at a kink anywhere; its arguments are of one shape, or numbers."""
    if TABLE[function].kind != "elementwise" or len({shape for shape in shapes if shape}) > 1:
        return None
    found = local_rule(function, (None,) * len(shapes)).kink
    names = [f"a{i}" for i in range(len(shapes))]
    return None if found is None else f"({','.join([*names, 'o'])})=>anywhere({found},[{','.join([*names, 'o'])}])"

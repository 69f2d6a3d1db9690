"""A backward pass in words and tables of texts, for every format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from gradcli.render.words.escape import visible
from gradcli.render.words.numbers import exact
from gradcli.transforms.results.explanation import BackwardStep, Explanation, ForwardStep, Leaf
from gradcli.transforms.results.value import Value, Whole

__all__ = [
    "BACKWARD",
    "FORWARD",
    "PARTIAL",
    "SEEN",
    "Spell",
    "backward_row",
    "chain_lines",
    "forward_row",
    "pass_title",
    "plain_lines",
    "rows_of_steps",
    "simple",
]

Spell: TypeAlias = Callable[[Value | Whole], str]

FORWARD = ("step", "expression", "value", "node")
BACKWARD = ("from", "cotangent", "to", "local rule", "partial", "contribution", "sum so far")

PARTIAL = "\N{PARTIAL DIFFERENTIAL}"
_SLOPE = re.compile(rf"{PARTIAL}([^*/\s]+)/{PARTIAL}([^*/\s]+)")

SEEN = 4
"""Passes that a terminal shows unless told otherwise."""


def simple(text: str) -> str:
    """The text without signs beyond ASCII: a partial derivative is D(f, x).

    >>> simple("\N{PARTIAL DIFFERENTIAL}f[0]/\N{PARTIAL DIFFERENTIAL}v1*df/dx")
    'D(f[0], v1)*df/dx'
    """
    return _SLOPE.sub(r"D(\1, \2)", text)


def forward_row(step: ForwardStep, spell: Spell) -> list[str]:
    """Name, expression, value, node; a variable or a constant has a word in the place of a node."""
    node = step.op or ("leaf" if step.kind == "variable" else "constant")
    expression = "" if step.expression == step.name else visible(step.expression)
    return [step.name, expression, spell(step.value), node]


def backward_row(step: BackwardStep, spell: Spell) -> list[str]:
    """From, what has come there, to, the rule, its number, what goes on, what has come to the input by then."""
    partial = "" if step.partial is None else spell(step.partial)
    return [
        step.node,
        _cotangent(step, spell),
        step.input,
        visible(step.rule),
        partial,
        spell(step.contribution),
        spell(step.total),
    ]


def _cotangent(step: BackwardStep, spell: Spell) -> str:
    if not isinstance(step.cotangent, dict):
        return spell(step.cotangent)
    return ", ".join(f"{name}: {spell(part)}" for name, part in step.cotangent.items())


def pass_title(result: Explanation, position: int, spell: Spell) -> str:
    """What a pass is about.

    >>> from gradcli.transforms.operators.explain import explain
    >>> pass_title(explain("x**2", {"x": 3}), 0, exact)
    'backward from f, seed 1.0'
    """
    one = result.passes[position]
    count = len(result.passes)
    number = f" {position + 1} of {count}" if count > 1 else ""
    return f"backward{number} from {one.of}, seed {spell(one.seed)}"


def chain_lines(leaf: Leaf, spell: Spell) -> list[tuple[str, str]]:
    """The chain rule for a variable, line by line: what stands before the equals sign, if anything, and behind it.

    >>> from gradcli.transforms.operators.explain import explain
    >>> for line in chain_lines(explain("x*sin(x)", {"x": 2}).passes[0].leaves[0], exact):
    ...     print(simple(" = ".join(line)))
    df/dx = D(f, x) + D(f, v1)*D(v1, x)
     = v1 + x*cos(x)
     = 0.9092974268256817 - 0.8322936730942848
     = 0.0770037537313969
    """
    lines = [leaf.chain]
    if leaf.rules:
        lines.append(leaf.rules)
    if len(leaf.contributions) > 1:
        lines.append(_sum([*map(spell, leaf.contributions)]))
    lines.append(spell(leaf.gradient))
    heads = [f"d{leaf.of}/d{leaf.name}", *[""] * (len(lines) - 1)]
    told = [*zip(heads, dict.fromkeys(lines), strict=False)]
    if leaf.after is not None:
        after = spell(leaf.after)
        if leaf.before is None:
            told.append((f"{leaf.name}.grad", f"{after}, as it was empty before"))
        else:
            told.append((f"{leaf.name}.grad", f"{_sum([spell(leaf.before), spell(leaf.gradient)])} = {after}"))
    return told


def _sum(texts: Sequence[str]) -> str:
    """Terms with signs between them.

    >>> _sum(["1.0", "-2.0", "[-3.0]"])
    '1.0 - 2.0 + [-3.0]'
    """
    first, *others = texts
    return first + "".join(f" - {text[1:]}" if text.startswith("-") else f" + {text}" for text in others)


def plain_lines(result: Explanation, unicode: bool) -> Iterator[str]:
    """Everything with all digits, one fact a line, in words that can be listened to."""
    yield "forward:"
    for step in result.forward:
        name, expression, value, node = forward_row(step, exact)
        made = f"{name} = {expression} = {value}" if expression else f"{name} = {value}"
        yield f"  {made}, {node}{_noted(step.note)}"
    for position, one in enumerate(result.passes):
        yield f"{pass_title(result, position, exact)}:"
        for back in one.steps:
            yield f"  {_told(back)}"
        for leaf in one.leaves:
            for head, line in chain_lines(leaf, exact):
                told = line if unicode else simple(line)
                yield f"  {head} = {told}" if head else f"    = {told}"
    if not result.passes:
        yield "nothing goes backward: the value depends on no variable that is differentiated by"


def _told(step: BackwardStep) -> str:
    source, cotangent, to, rule, partial, contribution, total = backward_row(step, exact)
    number = f", partial {partial}" if partial and partial != rule else ""
    return (
        f"{source} to {to}: rule {rule}{number}, cotangent {cotangent}, contribution {contribution}, "
        f"sum so far {total}{_noted(step.note)}"
    )


def _noted(note: str) -> str:
    return f" ({note})" if note else ""


def rows_of_steps(result: Explanation) -> tuple[list[str], list[list[str]]]:
    """The steps backward as one table, a header and rows, for formats that are tables."""
    header = ["pass", "of", *BACKWARD, "note"]
    rows = [
        [str(number), one.of, *backward_row(step, exact), step.note]
        for number, one in enumerate(result.passes, start=1)
        for step in one.steps
    ]
    return header, rows

"""The chain rule for a variable, from the steps of a backward pass: in symbols, and with each factor written out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gradcli.lang import Call, parse
from gradcli.transforms.results.explanation import BackwardStep

__all__ = ["chain_rule"]

_MOST_WAYS = 6
"""Ways from the result to a variable up to which each is written out."""

_LONGEST_WAY = 12


class _Factor(NamedTuple):
    """A step of a way: its derivative as a symbol, and written out; None where that is no factor."""

    symbol: str
    rule: str | None


def chain_rule(steps: Sequence[BackwardStep], start: str, of: str, called: str, leaf: str) -> tuple[str, str]:
    """The chain rule for a variable: along each way to it, or where there are many by the steps before it.

    Returns:
        It in symbols, and with each factor written out, "" where one is no formula.
    """
    into: dict[str, list[BackwardStep]] = {}
    for step in steps:
        into.setdefault(step.input, []).append(step)
    last = into.get(leaf, [])
    if not last:
        return "1" if start == leaf else "0", ""
    ways = _ways(into, start, leaf, of)
    if not ways:  # too many, or through steps that have no names
        return " + ".join(f"d{called}/d{step.node}*{_partial(step.node, step.input)}" for step in last), ""
    chain = " + ".join("*".join(factor.symbol for factor in way) for way in ways)
    if any(factor.rule is None for way in ways for factor in way):
        return chain, ""
    terms = [[factor.rule or "" for factor in way] for way in ways]
    return chain, terms[0][0] if terms == [terms[0][:1]] else " + ".join(map(_product, terms))


def _ways(into: Mapping[str, list[BackwardStep]], start: str, leaf: str, of: str) -> list[list[_Factor]] | None:
    """The ways from the result to a variable, each from its beginning; None where they are many or long.

    Args:
        into: the steps by where they go.
        start: the result.
        leaf: the variable.
        of: what is differentiated: the result, or with a seed a part of it, whose weights are no formula.
    """
    done: list[list[_Factor]] = []
    pending: list[tuple[str, tuple[_Factor, ...]]] = [(leaf, ())]
    while pending:
        name, way = pending.pop()
        if len(pending) + len(done) > _MOST_WAYS or len(way) > _LONGEST_WAY:
            return None
        if name == start:
            done.append([*way])
            continue
        for step in reversed(into.get(name, [])):
            for output in step.node.split(", "):
                if output == start or output in into:
                    whole = output != start or of == start
                    rule = step.rule if step.is_formula and step.is_partial and whole else None
                    symbol = _partial(output if whole else of, name)
                    pending.append((output, (_Factor(symbol, rule), *way)))
    return done if len(done) <= _MOST_WAYS else None


def _partial(of: str, by: str) -> str:
    return f"\N{PARTIAL DIFFERENTIAL}{of}/\N{PARTIAL DIFFERENTIAL}{by}"


def _product(rules: Sequence[str]) -> str:
    """A product of formulas, without factors of 1."""
    factors = [rule for rule in rules if rule != "1"]
    if len(factors) == 1:
        return _in_parentheses(factors[0], ("neg",))
    return "*".join(_in_parentheses(rule, ("add", "sub", "neg", "mod", "floor_divide")) for rule in factors) or "1"


def _in_parentheses(rule: str, loose: Sequence[str]) -> str:
    tree = parse(rule).result
    return f"({rule})" if isinstance(tree, Call) and tree.function in loose else rule

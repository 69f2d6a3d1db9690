"""A derivation in words and tables of texts, for every format."""

from __future__ import annotations

from gradcli.render.words.escape import visible
from gradcli.transforms.results.derivation import Derivation, Derivations, DerivationStep

__all__ = ["HEADERS", "heading", "results", "row"]

HEADERS = ("step", "derivative of", "rule", "which says", "becomes", "in the end")


def heading(one: Derivation) -> str:
    """What a derivation is about."""
    return f"d{one.of}/d{one.by}, rule by rule"


def row(step: DerivationStep) -> list[str]:
    """Number, sub-expression, the rule's name, what it says, what it makes of it, and the derivative in the end."""
    return [str(step.number), visible(step.of), step.rule, step.pattern, visible(step.becomes), visible(step.formula)]


def results(found: Derivations) -> list[str]:
    """The derivatives, as `gradcli diff` writes them."""
    lines = []
    for formula in found.formulas.formulas:
        lines.append(f"{formula.label} = {formula.text}")
        lines += [f"  where {condition}, the term with {part} is 0" for condition, part in formula.omissions]
    return lines

"""A derivative rule by rule."""

from __future__ import annotations

from dataclasses import dataclass

from gradcli.transforms.results.formula import Formula, Formulas

__all__ = ["Derivation", "DerivationStep", "Derivations"]


@dataclass(frozen=True, slots=True)
class DerivationStep:
    """One application of a rule.

    Attributes:
        number: of the step; where a sub-expression is long, `#3` stands for that of step 3.
        of: the sub-expression that is differentiated, with the name that the program gives it.
        rule: what the rule is called.
        pattern: the rule, by the derivative table: `(u*v)' = u'*v + u*v'`.
        becomes: what it makes of the sub-expression: derivatives of the parts are `d/dx(part)`.
        formula: the derivative, once those of the parts are known.
    """

    number: int
    of: str
    rule: str
    pattern: str
    becomes: str
    formula: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """The derivative by one variable, or by an entry of one.

    Attributes:
        by: the variable, or its entry.
        of: the value, or an entry of it.
        steps: from the whole to its parts.
        formula: the derivative.
    """

    by: str
    of: str
    steps: tuple[DerivationStep, ...]
    formula: str


@dataclass(frozen=True, slots=True)
class Derivations:
    """The derivatives of an expression, rule by rule.

    Attributes:
        formulas: the derivatives, as `gradcli diff` has them.
        derivations: how each comes about.
    """

    formulas: Formulas
    derivations: tuple[Derivation, ...]

    def formula_of(self, name: str) -> Formula | None:
        """The derivative by a variable."""
        return next((formula for formula in self.formulas.formulas if formula.names == (name,)), None)

"""Derivatives as formulas, and what the check says of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from gradcli.formulas import Shape
from gradcli.lang import Program
from gradcli.transforms.results.value import Value

__all__ = ["Confirmation", "ConfirmationName", "Formula", "Formulas", "Of"]

Of: TypeAlias = Literal["gradient", "jacobian", "hessian", "derivative"]
ConfirmationName: TypeAlias = Literal["proved", "equal", "differs", "not checked"]


@dataclass(frozen=True, slots=True)
class Formula:
    """One derivative.

    Attributes:
        names: the variables that it is by.
        program: the formula, a program over the variables.
        shape: of its value: outputs come first, then inputs.
        order: of the derivative.
        omissions: (condition, part): where the condition holds, a term with this part is 0, and the formula has no
            value.
        of: what the value that it is the derivative of is called.
        where: conditions of the formula as it was derived that the shorter form in its place does without.
    """

    names: tuple[str, ...]
    program: Program
    shape: Shape
    order: int = 1
    omissions: tuple[tuple[str, str], ...] = ()
    of: str = "f"
    where: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The formula in the language."""
        return self.program.source

    @property
    def label(self) -> str:
        """What the formula is.

        >>> from gradcli.lang import parse
        >>> Formula(("x",), parse("6"), (), 3).label, Formula(("x", "y"), parse("[y, x]"), (2,)).label
        ('d3f/dx3', 'df/d(x, y)')
        """
        listed = ", ".join(self.names)
        by = listed if len(self.names) == 1 and (self.order == 1 or not listed[-1].isdigit()) else f"({listed})"
        return f"d{self.of}/d{by}" if self.order == 1 else f"d{self.order}{self.of}/d{by}{self.order}"


@dataclass(frozen=True, slots=True)
class Formulas:
    """The derivatives of an expression.

    Attributes:
        expression: the program's text.
        of: which derivatives they are.
        formulas: for a gradient one for each variable, else one; those of lower order before it, where there are any.
        shapes: the variables' shapes.
        steps: of a higher derivative the one before it, of which it is the derivative.
        point: the values of all variables, if they were given.
        numbers: the value and the derivatives there, under their names.
        notes: which variables are not differentiated by, and why.
        symmetric: the variables that are symmetric matrices, by which derivatives are those on the symmetric matrices.
    """

    expression: str
    of: Of
    formulas: tuple[Formula, ...]
    shapes: dict[str, Shape]
    steps: tuple[Formula, ...] = ()
    point: dict[str, Value] = field(default_factory=dict)
    numbers: dict[str, Value] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    symmetric: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the check says of formulas.

    Attributes:
        verdict: proved equal to SymPy's derivative, all of them; equal to it and to the engine's number at the sampled
            points; different somewhere; or not checked.
        points: at how many points they were compared.
        reason: why they differ, or were not checked or not proved.
        caveats: where a formula has no value, or the derivative does not exist.
        recalled: whether SymPy's derivation and its proof are those of an earlier run.
    """

    verdict: ConfirmationName
    points: int = 0
    reason: str = ""
    caveats: tuple[str, ...] = ()
    recalled: bool = False

    def document(self) -> dict[str, Any]:
        """What JSON says of it.

        >>> Confirmation("proved", 20).document()
        {'verdict': 'proved', 'points': 20, 'reason': None, 'caveats': []}
        """
        return {
            "verdict": self.verdict,
            "points": self.points,
            "reason": self.reason or None,
            "caveats": list(self.caveats),
            **({"derivation": "cached"} if self.recalled else {}),
        }

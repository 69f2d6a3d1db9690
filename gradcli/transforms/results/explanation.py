"""A backward pass as steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from gradcli.transforms.results.base import LabelledMatrix, Result
from gradcli.transforms.results.value import Value, Whole

if TYPE_CHECKING:
    from gradcli.transforms.results.base import Derived

__all__ = ["BackwardStep", "Explanation", "ForwardStep", "Leaf", "Pass", "StepKind"]

StepKind: TypeAlias = Literal["variable", "constant", "operation"]


@dataclass(frozen=True, slots=True)
class ForwardStep:
    """A value as it was computed.

    Attributes:
        name: of the step.
        expression: what it is, by the names of the steps before it; a variable's own name.
        text: the sub-expression that the user wrote.
        op: PyTorch's name of the tape's node, "" where nothing is recorded.
        value: of the step; of a variable that stands where a whole number must, whole numbers.
        kind: a variable that is differentiated by, what moves with it, or what does not.
        note: what is special about it, "" for nothing.
    """

    name: str
    expression: str
    text: str
    op: str
    value: Value | Whole
    kind: StepKind
    note: str = ""


@dataclass(frozen=True, slots=True)
class BackwardStep:
    """A cotangent that goes on from a step to one that it was computed from.

    Attributes:
        node: the step that it comes from.
        op: PyTorch's name of its node.
        cotangent: what had come to it, all in all; of a node with several outputs a value for each, by name.
        input: the step that it goes to.
        rule: the derivative of the one by the other, in the names of steps; of an operation on whole arrays what
            becomes of the cotangent, which is called g in it.
        is_formula: whether the rule is one, and not words.
        is_partial: whether the rule is a factor that the cotangent is multiplied by.
        partial: the derivative as a number, or entry by entry; None where that is not how the rule works.
        contribution: what goes on to the input.
        total: what has come to the input so far.
        note: what is special about it, "" for nothing.
    """

    node: str
    op: str
    cotangent: Value | dict[str, Value]
    input: str
    rule: str
    is_formula: bool
    is_partial: bool
    partial: Value | None
    contribution: Value
    total: Value
    note: str = ""


@dataclass(frozen=True, slots=True)
class Leaf:
    """The chain rule for one variable.

    Attributes:
        name: of the variable.
        of: what is differentiated.
        chain: the derivative as a sum of products along the ways from the result to the variable.
        rules: the same by the step before the variable, each factor written out; "" where a rule is no formula.
        contributions: what came to the variable, in order.
        gradient: what they add up to.
        before: what the variable's `.grad` held before the pass, where passes accumulate.
        after: what it holds then.
    """

    name: str
    of: str
    chain: str
    rules: str
    contributions: tuple[Value, ...]
    gradient: Value
    before: Value | None = None
    after: Value | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """One sweep backward.

    Attributes:
        of: what is differentiated: the value, an entry of it, or the sum of its entries with the seed's weights.
        seed: the cotangent of the result that it starts with.
        start: the step that is the result.
        steps: in the order in which they were taken.
        leaves: the variables that are differentiated by.
        row: of a Jacobian the row that it gives; None of a single pass.
    """

    of: str
    seed: Value
    start: str
    steps: tuple[BackwardStep, ...]
    leaves: tuple[Leaf, ...]
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation(Result):
    """How a gradient or a Jacobian comes about: the value step by step, then each pass backward.

    Attributes:
        forward: in the order of evaluation, the result last.
        passes: one, or one for each row of the Jacobian; with `accumulates` further ones.
        accumulates: whether the passes add to the same `.grad`.
        derived: the gradient or Jacobian that is explained.
        rows: how many rows the Jacobian has; 0 of a gradient.
    """

    command: ClassVar[str] = "explain"

    forward: tuple[ForwardStep, ...]
    passes: tuple[Pass, ...]
    derived: Derived
    accumulates: bool = False
    rows: int = 0

    def arrays(self) -> Iterator[tuple[str, Value]]:
        """The gradients."""
        yield from self.derived.arrays()
        if self.accumulates:
            for leaf in self.passes[-1].leaves if self.passes else ():
                if leaf.after is not None:
                    yield f"{leaf.name}.grad", leaf.after

    def given(self) -> Iterator[tuple[str, Value]]:
        """The seed."""
        return self.derived.given()

    def matrix(self) -> LabelledMatrix | None:
        """The Jacobian."""
        return self.derived.matrix()

    def bare(self) -> list[Value] | None:
        """The gradients, or the Jacobian."""
        return self.derived.bare()

    def document(self) -> dict[str, Any]:
        """The steps, with all digits, and what they come to."""
        return {
            "accumulates": self.accumulates,
            "rows": self.rows,
            "forward": [_fields(step) for step in self.forward],
            "passes": [
                {
                    "of": one.of,
                    "row": one.row,
                    "seed": one.seed,
                    "start": one.start,
                    "steps": [_fields(step) for step in one.steps],
                    "leaves": [_fields(leaf) for leaf in one.leaves],
                }
                for one in self.passes
            ],
            **{
                key: held
                for key, held in self.derived.document().items()
                if key in ("gradients", "jacobian", "jacobians")
            },
        }


def _fields(held: Any) -> dict[str, Any]:
    """The attributes of a dataclass, arrays as they are."""
    return {name: getattr(held, name) for name in held.__dataclass_fields__}

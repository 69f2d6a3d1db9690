"""A program's value and derivatives as whole arrays, to be written as a function of a language that has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gradcli.errors import UsageProblem
from gradcli.formulas import (
    ArrayMeaning,
    NoArrayFormula,
    Shape,
    array_gradient,
    array_hessian,
    array_jacobian,
    interpret_arrays,
)
from gradcli.lang import Program, parse, unparse
from gradcli.transforms.operators.code import FAST, PARTS
from gradcli.transforms.operators.diff import resolved, shapes_given, wanted, without_loops
from gradcli.transforms.program.variables import check_functions

__all__ = ["ArrayOutput", "ArrayParameter", "ArrayRoutine", "array_routine"]

_BY_ENTRIES = "by entries there is one: --scalar, with numbers for sizes"


@dataclass(frozen=True, slots=True)
class ArrayParameter:
    """An argument of a routine; `means` says what it is where it is no variable of the program."""

    name: str
    shape: Shape
    means: str = ""


@dataclass(frozen=True, slots=True)
class ArrayOutput:
    """What a routine gives: the node of an array, its shape and what it is."""

    name: str
    shape: Shape
    node: int
    means: str


@dataclass(frozen=True, slots=True)
class ArrayRoutine:
    """A program's value and derivatives on one graph of whole arrays.

    Attributes:
        expression: the program's text.
        meaning: what it computes.
        parameters: the arguments, in order.
        outputs: what is computed.
        fast: whether it does without what keeps numbers right at the edges.
    """

    expression: str
    meaning: ArrayMeaning
    parameters: tuple[ArrayParameter, ...]
    outputs: tuple[ArrayOutput, ...]
    fast: bool = False


def array_routine(
    expression: str | Program,
    parts: Sequence[str] = ("value",),
    wrt: Sequence[str] | None = None,
    shapes: Mapping[str, Shape] | None = None,
    fast: bool = False,
) -> ArrayRoutine:
    """A program's value and derivatives, array by array.

    Args:
        expression: text of the language, or a parsed program.
        parts: "value", "vjp", "jacobian"; of a single value "gradient", "jvp", "hessian" (by one variable).
        wrt: differentiate by these variables alone.
        shapes: the shapes of variables that are arrays; letters stand for sizes, and the function takes all.
        fast: whether the derivatives may do without what keeps them right at the edges: `FAST`.

    Raises:
        Problem: about the expression, the variables or the shapes; for what has no formula of whole arrays.

    >>> made = array_routine("x@A@x", ["value", "gradient"], shapes={"x": ("n",), "A": ("n", "n")})
    >>> [(output.name, output.shape, output.means) for output in made.outputs]
    [('value', (), 'f'), ('gradient_x', ('n',), 'df/dx'), ('gradient_A', ('n', 'n'), 'df/dA')]
    """
    program = parse(expression) if isinstance(expression, str) else expression
    check_functions(program)
    given = shapes_given(program, shapes or {})
    try:
        meaning = interpret_arrays(resolved(without_loops(program, given), given), given)
        meaning = replace(meaning, partials=FAST) if fast else meaning
        made = _Maker(meaning, wanted(list(given), wrt) if set(parts) - {"value"} else [])
        outputs = tuple(output for part in PARTS if part in parts for output in made.outputs(part))
    except NoArrayFormula as problem:
        problem.hint = problem.hint or _BY_ENTRIES
        raise
    parameters = tuple(ArrayParameter(name, shape) for name, shape in given.items())
    return ArrayRoutine(unparse(program), meaning, (*parameters, *made.parameters), outputs, fast)


class _Maker:
    def __init__(self, meaning: ArrayMeaning, names: list[str]) -> None:
        self.meaning = meaning
        self.names = names
        self.shape = meaning.graph.shapes[meaning.result]
        self.parameters: list[ArrayParameter] = []

    def outputs(self, part: str) -> list[ArrayOutput]:
        """The arrays of one of the parts."""
        meaning = self.meaning
        if part == "value":
            return [ArrayOutput("value", self.shape, meaning.result, "f")]
        if part == "vjp":
            return self.slopes("vjp", self.weighted(), "d(sum(seed*f))")
        if part in ("hessian", "jacobian"):
            return self.matrices(part)
        if part not in ("gradient", "jvp") or self.shape:
            told = f"the {part} of an array" if self.shape and part in ("gradient", "jvp") else f"a {part}"
            raise UsageProblem(f"{told} has no formula of whole arrays", hint=_BY_ENTRIES)
        if part == "gradient":
            return self.slopes("gradient", meaning, "df")
        arithmetic, total = meaning.arithmetic, meaning.arithmetic.zero
        for slope in self.slopes("gradient", meaning, "df"):
            name = slope.means.removeprefix("df/d")
            tangent = self.parameter(f"tangent_{name}", slope.shape, f"the direction of {name}")
            product = arithmetic.mul(slope.node, tangent)
            total = arithmetic.add(total, meaning.graph.array("sum", (product,), ()) if slope.shape else product)
        return [ArrayOutput("jvp", (), total, "the derivative along the tangent")]

    def matrices(self, part: str) -> list[ArrayOutput]:
        """The Jacobian, or the matrix of second derivatives, by each variable.

        Raises:
            NoArrayFormula: for what has none, and for second derivatives by more than one variable.
        """
        meaning, found = self.meaning, []
        if part == "hessian" and len(self.names) > 1:
            raise NoArrayFormula(
                "a Hessian over several variables has no formula of arrays", hint=f"name one with --wrt; {_BY_ENTRIES}"
            )
        for name in self.names:
            shape = meaning.graph.shapes[meaning.inputs[name]]
            if part == "hessian":
                node, whole, means = array_hessian(meaning, name), (*shape, *shape), f"d2f/d{name}2"
            else:
                node = array_jacobian(meaning, name) if self.shape else array_gradient(meaning, name)
                whole, means = (*self.shape, *shape), f"df/d{name}"
            own = f"{part}_{name}" if len(self.names) > 1 else part
            found.append(ArrayOutput(own, whole, meaning.arithmetic.full(node, whole), means))
        return found

    def slopes(self, part: str, meaning: ArrayMeaning, of: str) -> list[ArrayOutput]:
        """The derivatives by each variable."""
        found = []
        for name in self.names:
            node, shape = array_gradient(meaning, name), meaning.graph.shapes[meaning.inputs[name]]
            found.append(ArrayOutput(f"{part}_{name}" if len(self.names) > 1 else part, shape, node, f"{of}/d{name}"))
        return found

    def weighted(self) -> ArrayMeaning:
        """The sum of the value's entries, each times its weight."""
        meaning = self.meaning
        seed = self.parameter("seed", self.shape, "the weight of each entry of the value")
        product = meaning.arithmetic.mul(seed, meaning.result)
        return replace(meaning, result=meaning.graph.array("sum", (product,), ()) if self.shape else product)

    def parameter(self, name: str, shape: Shape, means: str) -> int:
        """The leaf of an argument that is no variable of the program."""
        if name in self.meaning.inputs or name in self.meaning.names.values():
            raise UsageProblem(f"'{name}' is the name of an argument of the function", hint="rename the variable")
        self.parameters.append(ArrayParameter(name, shape, means))
        return self.meaning.graph.variable(name, shape)

"""A program's value and derivatives together, to be written as a function of some language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from math import prod

from gradcli.errors import UsageProblem
from gradcli.formulas import Entry, Meaning, gradient, hessian, jacobian, jvp, uncollected, vjp
from gradcli.lang import Program, parse, unparse
from gradcli.transforms.operators.diff import meaning_of, wanted
from gradcli.transforms.program.variables import check_functions

__all__ = ["FAST", "PARTS", "Output", "Parameter", "Routine", "routine"]

_LONG = 10_000
"""Characters of a program from which on its text is told as it was written."""

PARTS = ("value", "gradient", "jacobian", "hessian", "jvp", "vjp")
"""What a routine may compute, in the order in which it gives it."""


FAST: dict[str, tuple[str, ...]] = {
    "acos": ("-1/sqrt(1 - x**2)",),
    "acosh": ("1/sqrt(x**2 - 1)",),
    "asin": ("1/sqrt(1 - x**2)",),
    "asinh": ("1/sqrt(1 + x**2)",),
    "atan2": ("x/(x**2 + y**2)", "-y/(x**2 + y**2)"),
    "atanh": ("1/(1 - x**2)",),
    "cot": ("-1 - out**2",),
    "coth": ("1 - out**2",),
    "expm1": ("out + 1",),
    "hypot": ("x/out", "y/out"),
    "logaddexp": ("exp(x - out)", "exp(y - out)"),
    "maximum": ("where(x >= y, 1, 0)", "where(x >= y, 0, 1)"),
    "minimum": ("where(x <= y, 1, 0)", "where(x <= y, 0, 1)"),
    "norm": ("x/out",),
    "pow": ("y*x**(y - 1)", "out*log(x)"),
    "sigmoid": ("out*(1 - out)",),
    "softplus": ("1 - exp(-out)",),
    "tanh": ("1 - out**2",),
}
"""Partials without what the table's have against overflow, for the last digits far out, at the origin and at ties."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument of a routine; `means` says what it is where it is no variable of the program."""

    name: str
    shape: tuple[int, ...]
    means: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """What a routine gives.

    Attributes:
        name: of the result.
        shape: its shape.
        nodes: the nodes of its entries, in C order.
        means: what the entries are, in a sentence.
        labels: what each entry is, with {f} where the function's name stands.
    """

    name: str
    shape: tuple[int, ...]
    nodes: tuple[int, ...]
    means: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Routine:
    """A program's value and derivatives on one graph.

    Attributes:
        expression: the program's text.
        meaning: what it computes.
        parameters: the arguments, in order.
        outputs: what is computed.
        fast: whether it does without what keeps numbers right at the edges.
    """

    expression: str
    meaning: Meaning
    parameters: tuple[Parameter, ...]
    outputs: tuple[Output, ...]
    fast: bool = False


@uncollected()
def routine(
    expression: str | Program,
    parts: Sequence[str] = ("value",),
    wrt: Sequence[str] | None = None,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    fast: bool = False,
) -> Routine:
    """A program's value and derivatives.

    Args:
        expression: text of the language, or a parsed program.
        parts: of `PARTS`.
        wrt: differentiate by these variables alone.
        shapes: the shapes of variables that are arrays.
        fast: whether the derivatives may do without what keeps them right at the edges: `FAST`.

    Raises:
        Problem: about the expression, the variables or the shapes; for an operation that has no formula.

    >>> [output.means for output in routine("x*y", ["value", "gradient"]).outputs]
    ['f', 'df/dx, df/dy']
    """
    program = parse(expression) if isinstance(expression, str) else expression
    check_functions(program)
    meaning = meaning_of(program, shapes or {}, simplified=True)
    meaning = replace(meaning, partials=FAST if fast else None, again="hessian" in parts)
    names = wanted(list(meaning.inputs), wrt) if set(parts) - {"value"} else []
    made = _Maker(meaning, names)
    outputs = tuple(made.output(part) for part in PARTS if part in parts)
    parameters = tuple(Parameter(name, shape) for name, shape in meaning.shapes.items())
    text = unparse(program) if len(program.source) < _LONG else program.source
    return Routine(text, meaning, (*parameters, *made.parameters), outputs, fast)


class _Maker:
    def __init__(self, meaning: Meaning, names: list[str]) -> None:
        self.meaning = meaning
        self.names = names
        self.parameters: list[Parameter] = []
        self.count = sum(prod(meaning.shapes[name]) for name in names)
        self.inputs = [_label(name, at) for name in names for at in _places(meaning.shapes[name])]
        self.values = [_label("f", at) for at in _places(meaning.shape)]
        self.named = [_label("{f}", at) for at in _places(meaning.shape)]

    def output(self, part: str) -> Output:
        """One of the parts."""
        meaning, shape = self.meaning, self.meaning.shape
        by_input = ", ".join(f"df/d{entry}" for entry in self.inputs)
        if part == "value":
            return Output("value", shape, meaning.entries, ", ".join(self.values), tuple(self.named))
        if part == "gradient":
            found = tuple(gradient(meaning, self.names))
            return Output("gradient", (self.count,), found, by_input, self.slopes("d{f}"))
        rows = f"a row for each of {', '.join(self.inputs if part == 'hessian' else self.values)}"
        columns = f"a column for each of {', '.join(self.inputs)}"
        if part == "jacobian":
            nodes = tuple(chain(*jacobian(meaning, self.names)))
            labels = tuple(chain(*(self.slopes(f"d{value}") for value in self.named)))
            return Output("jacobian", (len(meaning.entries), self.count), nodes, f"{rows}; {columns}", labels)
        if part == "hessian":
            nodes = tuple(chain(*hessian(meaning, self.names)))
            labels = tuple(f"d2{{f}}/d{x} d{y}" for x in self.inputs for y in self.inputs)
            means = f"second derivatives: {rows}; {columns}"
            return Output("hessian", (self.count, self.count), nodes, means, labels)
        if part == "vjp":
            seed = self.parameter("seed", shape, "the weight of each entry of the value")
            nodes = tuple(vjp(meaning, self.names, seed))
            return Output("vjp", (self.count,), nodes, f"of the sum of seed*f: {by_input}", self.slopes("d(seed*{f})"))
        tangents: dict[int, int] = {}
        for name in self.names:
            leaves = self.parameter(f"tangent_{name}", meaning.shapes[name], f"the direction of {name}")
            tangents |= dict(zip(meaning.inputs[name], leaves, strict=True))
        means = f"the derivative along the tangent: {', '.join(self.values)}"
        labels = tuple(f"d{value} along tangent" for value in self.named)
        return Output("jvp", shape, tuple(jvp(meaning, tangents)), means, labels)

    def slopes(self, of: str) -> tuple[str, ...]:
        """What the derivatives by each input are called."""
        return tuple(f"{of}/d{entry}" for entry in self.inputs)

    def parameter(self, name: str, shape: tuple[int, ...], means: str) -> list[int]:
        """The leaves of an argument that is no variable of the program."""
        if name in self.meaning.inputs or name in self.meaning.names.values():
            raise UsageProblem(f"'{name}' is the name of an argument of the function", hint="rename the variable")
        self.parameters.append(Parameter(name, shape, means))
        return [self.meaning.graph.leaf(Entry(name, at)) for at in _places(shape)]


def _places(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The indices of an array's entries, in C order."""
    places: list[tuple[int, ...]] = [()]
    for size in shape:
        places = [(*place, i) for place in places for i in range(size)]
    return places


def _label(name: str, at: tuple[int, ...]) -> str:
    return f"{name}[{', '.join(map(str, at))}]" if at else name

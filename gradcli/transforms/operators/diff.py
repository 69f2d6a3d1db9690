"""Derivatives as formulas."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.errors import DomainProblem, NameProblem, Problem, ShapeProblem, UsageProblem, suggest
from gradcli.formulas import (
    ArrayMeaning,
    Meaning,
    Nested,
    NoArrayFormula,
    Omission,
    Shape,
    array_gradient,
    array_hessian,
    array_jacobian,
    array_statements,
    gradient,
    hessian,
    interpret,
    interpret_arrays,
    jacobian,
    nth,
    reading_length,
    shaped,
    statements,
    tidy,
)
from gradcli.lang import Program, parse, unroll, variables
from gradcli.ops import CONSTANTS
from gradcli.ops.calls.operands import Variable
from gradcli.ops.calls.resolve import Resolved, resolve_with
from gradcli.transforms.program.output_names import outputs_of
from gradcli.transforms.program.prepare import learned
from gradcli.transforms.program.symmetric import check_symmetric
from gradcli.transforms.program.variables import check_functions, may_have_derivatives, unused
from gradcli.transforms.results.formula import Formula, Formulas, Of
from gradcli.transforms.results.value import Value, plain

if TYPE_CHECKING:
    from gradcli.formulas.array_loops import ArrayLoops

__all__ = ["array_loops", "diff", "meaning_of", "numbers_at", "resolved", "shapes_given", "wanted", "without_loops"]

HIGHEST = 20
"""The order of the highest derivative: formulas of products grow with each one."""

_BOTH_MODES = 2_000
"""Nodes of a program up to which the shorter formula of both modes is taken: they factor differently."""

_MOST_TERMS = 24
"""Elements of a loop without arrays up to which its terms are written one by one."""

_SHAPE_HINT = "a variable is a number unless told otherwise; --shape x=3 makes a vector of x, and so does a value"


def diff(
    expression: str | Program,
    of: Of = "gradient",
    wrt: Sequence[str] | None = None,
    *,
    order: int = 1,
    shapes: Mapping[str, Shape] | None = None,
    truths: Sequence[str] = (),
    guarded: bool = True,
    symmetric: Collection[str] = (),
) -> Formulas:
    """The derivatives of an expression, as formulas of the language.

    Args:
        expression: text of the language, or a parsed program.
        of: "gradient" for a formula by each variable, of a value with several entries for each of them; "jacobian"
            for one array over all variables; "hessian" for the matrix of second derivatives; "derivative" for one of
            higher order by one variable.
        wrt: differentiate by these variables alone.
        order: of a "derivative".
        shapes: the shapes of variables that are arrays; letters stand for sizes, and the formulas hold for all.
        truths: the variables that hold truth values.
        guarded: whether the formulas have a value at all points where the derivative or a convention for it has one;
            without, k*x**(k - 1) is one, and each formula tells its omissions.
        symmetric: variables that are symmetric matrices; the gradient by one is that on the symmetric matrices,
            (G + G.T)/2 with the gradient G on all matrices.

    Raises:
        Problem: about the expression, the variables or the shapes; for an operation that has no formula.

    >>> [(formula.label, formula.text) for formula in diff("x**2*sin(y)").formulas]
    [('df/dx', '2*x*sin(y)'), ('df/dy', 'x**2*cos(y)')]
    """
    program = parse(expression) if isinstance(expression, str) else expression
    check_functions(program)
    given = shapes_given(program, shapes or {})
    loops = array_loops(program, given)
    whole = program if loops is None else loops.program
    notes: tuple[str, ...] = ()
    if wrt is None:
        known = _known(whole, given, truths)
        if known.unlearned:
            wrt, notes = learned(known, [name for name in given if name not in truths])
    check_symmetric(symmetric, given)
    asked = _Asked(of, wrt, symmetric, guarded, loops is not None, order)
    found = None
    if of != "derivative" and (any(given.values()) or (loops is not None and loops.elements > _MOST_TERMS)):
        found = _of_arrays(whole, given, asked, truths)
    if found is None:
        found = _of_entries(program, given, asked, truths)
    elif loops is not None and 0 < loops.elements <= _MOST_TERMS:
        with suppress(Problem):  # loops may have no formula of entries
            found = min(_of_entries(program, given, asked, truths), found, key=_length)
    found = replace(found, expression=program.source, notes=notes, symmetric=tuple(symmetric))
    return _named(found, program)


def _length(found: Formulas) -> int:
    """How long formulas are to read, with what they tell."""
    told = [parse(text) for formula in found.formulas for omission in formula.omissions for text in omission]
    return sum(map(reading_length, [*(formula.program for formula in found.formulas), *told]))


def _of_entries(program: Program, shapes: dict[str, Shape], asked: _Asked, truths: Sequence[str]) -> Formulas:
    """The derivatives as formulas of entries.

    Raises:
        Problem: about the program or the shapes.
    """
    of = asked.of
    meaning = meaning_of(program, _numbered(shapes, of), truths, symmetric=asked.symmetric)
    names = wanted(list(meaning.inputs), asked.wrt, truths)
    writer = _Writer(meaning, asked.guarded, asked.symmetric)
    steps: tuple[Formula, ...] = ()
    formulas: tuple[Formula, ...]
    if of == "hessian":
        formulas = (writer.hessian(names),)
    elif of == "jacobian":
        formulas = (writer.jacobian(names),)
    elif of == "derivative":
        *lower, last = writer.derivatives(names, asked.order)
        formulas, steps = (last,), tuple(lower[-1:])
    elif meaning.shape:
        formulas = tuple(writer.jacobian([name]) for name in names)
    else:
        formulas = tuple(writer.gradient(name) for name in names)
    return Formulas(program.source, of, formulas, dict(shapes), steps)


def array_loops(program: Program, shapes: Mapping[str, Shape]) -> ArrayLoops | None:
    """The program with its loops as operations on arrays; None where they cannot be, or there are none."""
    if " for " not in program.source:
        return None
    from gradcli.formulas.array_loops import with_array_loops  # few programs have loops

    return with_array_loops(program, shapes)


def without_loops(program: Program, shapes: Mapping[str, Shape]) -> Program:
    """The program with its loops as operations on arrays, where they can be; else as it is."""
    loops = array_loops(program, shapes)
    return program if loops is None else loops.program


def _named(found: Formulas, program: Program) -> Formulas:
    """The formulas as derivatives of what the program's value is called."""
    called = outputs_of(program, variables(program), ()).called
    if called == "f":
        return found
    formulas, steps = ([replace(f, of=called) for f in some] for some in (found.formulas, found.steps))
    return replace(found, formulas=tuple(formulas), steps=tuple(steps))


def meaning_of(
    program: Program,
    shapes: Mapping[str, Shape],
    truths: Sequence[str] = (),
    simplified: bool = False,
    symmetric: Collection[str] = (),
) -> Meaning:
    """What a program computes, entry by entry.

    Args:
        program: any program.
        shapes: the shapes of variables that are arrays; the others are numbers.
        truths: the variables that hold truth values.
        simplified: whether the program is to be run, not read.
        symmetric: the variables that are symmetric matrices.

    Raises:
        Problem: about the program or the shapes.
    """
    known = {name: tuple(shape) for name, shape in shapes_given(program, shapes).items()}
    try:
        return interpret(resolved(program, known, truths), _numbered(known, "gradient"), simplified, symmetric)
    except Problem as problem:
        if isinstance(problem, ShapeProblem | DomainProblem) and not any(known.values()):
            problem.hint = _SHAPE_HINT
        raise


def shapes_given(program: Program, shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    """The shape of each variable."""
    used = [name for name in variables(program) if name not in CONSTANTS or name in shapes]
    for name in shapes:
        if name not in used:
            raise unused(name, list(variables(program)), program)
    return {name: tuple(shapes.get(name, ())) for name in used}


def _numbered(shapes: Mapping[str, Shape], of: Of) -> dict[str, tuple[int, ...]]:
    """Shapes without letters, which formulas of entries need.

    Raises:
        UsageProblem: for a letter.
    """
    found: dict[str, tuple[int, ...]] = {}
    for name, shape in shapes.items():
        sizes = [size for size in shape if isinstance(size, int)]
        if len(sizes) < len(shape):
            what = {"jacobian": "a Jacobian", "hessian": "a Hessian"}.get(of, "this derivative")
            told = ",".join(map(str, shape))
            raise UsageProblem(
                f"{what} is written entry by entry, and '{name}' has the shape {told}",
                hint=f"give it numbers, such as --shape {name}={','.join('3' for _ in shape)}",
            )
        found[name] = tuple(sizes)
    return found


def resolved(program: Program, shapes: Mapping[str, Shape], truths: Sequence[str] = ()) -> Program:
    """The program without loops, its calls by their canonical names."""
    return _known(program, shapes, truths).program


def _known(program: Program, shapes: Mapping[str, Shape], truths: Sequence[str]) -> Resolved:
    """The same, with what is known of it."""
    lettered: list[str] = []

    def length(name: str) -> int | None:
        first = shapes[name][0] if shapes.get(name) else None
        if isinstance(first, str):
            lettered.append(name)
        return first if isinstance(first, int) else None

    if "interp" in program.source or "cubic_spline" in program.source:
        from gradcli.formulas.pieces import with_pieces  # few programs interpolate

        program = with_pieces(program, shapes)
    held = {name: Variable("truth" if name in truths else "real", len(shape)) for name, shape in shapes.items()}
    try:
        unrolled = unroll(program, length)
    except Problem as problem:
        if not lettered:
            raise
        told = f"this loop has no formula for all lengths of '{lettered[0]}'"
        hint = f"with a number, --shape {lettered[0]}=3, the formula is written entry by entry"
        raise NoArrayFormula(told, source=problem.source, span=problem.span, hint=hint) from None
    if may_have_derivatives(program):
        from gradcli.transforms.program.derivatives import with_formulas  # few programs hold derivatives

        numbered = {name: [s for s in shape if isinstance(s, int)] for name, shape in shapes.items()}
        values = {name: np.ones(numbered[name]) for name, shape in shapes.items() if len(numbered[name]) == len(shape)}
        unrolled, _ = with_formulas(unrolled, values, shapes)
    return resolve_with(unrolled, held)


class _Asked(NamedTuple):
    """Which derivatives are wanted."""

    of: Of
    wrt: Sequence[str] | None
    symmetric: Collection[str]
    guarded: bool
    loops: bool
    order: int


def _of_arrays(program: Program, shapes: dict[str, Shape], asked: _Asked, truths: Sequence[str]) -> Formulas | None:
    """The derivatives as formulas of whole arrays; None where there are none, and entries will do.

    Raises:
        Problem: where there are none, and shapes are letters.
    """
    letters = any(isinstance(size, str) for shape in shapes.values() for size in shape)
    names = wanted(list(shapes), asked.wrt, truths)
    try:
        meaning = interpret_arrays(resolved(program, shapes, truths), shapes, asked.symmetric)
        if asked.of != "gradient" and len(names) > 1:
            raise NoArrayFormula(f"a {_WORDS[asked.of]} over several variables has no formula of arrays")
        if not letters and not asked.loops and "entry" in meaning.graph.functions:
            return None  # of a few entries that are named the others are 0
        formulas = tuple(_array_formula(meaning, name, asked) for name in names)
    except Problem as problem:
        if not letters:
            return None
        if isinstance(problem, NoArrayFormula):
            several = asked.of != "gradient" and len(names) > 1
            name = next(name for name, shape in shapes.items() if any(isinstance(size, str) for size in shape))
            told = ",".join("3" for _ in shapes[name])
            numbers = f"with numbers for the letters, --shape {name}={told}, the formula is written entry by entry"
            problem.hint = f"name one with --wrt; {numbers}" if several else numbers
        raise
    return Formulas(program.source, asked.of, formulas, shapes)


_WORDS = {"jacobian": "Jacobian", "hessian": "Hessian"}


def _array_formula(meaning: ArrayMeaning, name: str, asked: _Asked) -> Formula:
    omitted: list[Omission] = []
    shape, value = (meaning.graph.shapes[node] for node in (meaning.inputs[name], meaning.result))
    if asked.of == "hessian":
        slope, shape = array_hessian(meaning, name), (*shape, *shape)
    elif value:
        slope, shape = array_jacobian(meaning, name), (*value, *shape)
    else:
        slope = array_gradient(meaning, name)
    neat = tidy(meaning.arithmetic, [slope], None if asked.guarded else omitted, meaning.size)[0]
    told = tuple(
        (array_statements(meaning, condition).source, array_statements(meaning, part).source)
        for condition, part in omitted
    )
    order = 2 if asked.of == "hessian" else 1
    return Formula((name,), array_statements(meaning, meaning.arithmetic.full(neat, shape)), shape, order, told)


def wanted(variables: Sequence[str], wrt: Sequence[str] | None, truths: Sequence[str] = ()) -> list[str]:
    """The variables to differentiate by: those that were asked for, or all.

    Raises:
        NameProblem, UsageProblem: if there is no such variable, or none at all.
    """
    names = [name for name in variables if name not in truths]
    listed = ", ".join(variables) or "none"
    for name in wrt or ():
        if name not in variables:
            near = suggest(name, list(variables))
            raise NameProblem(
                f"cannot differentiate by '{name}': the expression has no such variable",
                hint=f"did you mean '{near}'? its variables are {listed}" if near else f"its variables are {listed}",
            )
        if name in truths:
            raise UsageProblem(f"cannot differentiate by '{name}': it holds truth values")
    found = names if wrt is None else list(dict.fromkeys(wrt))
    if not found:
        raise UsageProblem("the expression has no variable to differentiate by")
    return found


class _Writer:
    """The formulas of one program's derivatives."""

    def __init__(self, meaning: Meaning, guarded: bool, symmetric: Collection[str] = ()) -> None:
        self.meaning = meaning
        self.guarded = guarded
        self.symmetric = symmetric

    def formula(self, names: Sequence[str], nodes: Sequence[int], shape: tuple[int, ...], order: int = 1) -> Formula:
        """Nodes as a program."""
        omitted: list[Omission] = []
        neat = tidy(self.meaning.arithmetic, nodes, None if self.guarded else omitted, self.meaning.size)
        told = tuple((self.program(condition).source, self.program(part).source) for condition, part in omitted)
        return Formula(tuple(names), self.program(shaped(neat, shape)), shape, order, told)

    def program(self, nodes: Nested) -> Program:
        """Tidy nodes as a program."""
        meaning = self.meaning
        return statements(meaning.graph, nodes, meaning.names, meaning.inputs, inline=True)

    def gradient(self, name: str) -> Formula:
        """The derivatives of a single value by a variable."""
        shape = self.meaning.shapes[name]
        nodes = self.weighted(gradient(self.meaning, [name]), self.weights([name]))
        reverse = self.formula([name], nodes, shape)
        if shape or len(self.meaning.graph) > _BOTH_MODES:
            return reverse
        forward = self.formula([name], nth(self.meaning, name, 1), shape)
        return min(forward, reverse, key=lambda formula: len(formula.text))

    def jacobian(self, names: Sequence[str]) -> Formula:
        """The derivatives of all entries by all entries of some variables."""
        weights = self.weights(names)
        nodes = [node for row in jacobian(self.meaning, names) for node in self.weighted(row, weights)]
        return self.formula(names, nodes, (*self.meaning.shape, *self.joint(names)))

    def hessian(self, names: Sequence[str]) -> Formula:
        """The second derivatives of a single value."""
        side, weights = self.joint(names), self.weights(names)
        nodes: list[int] = []
        for row, weight in zip(hessian(self.meaning, names), weights, strict=True):
            nodes += self.weighted(row, [weight * other for other in weights])
        return self.formula(names, nodes, (*side, *side), 2)

    def weights(self, names: Sequence[str]) -> list[int]:
        """What a derivative by each entry is divided by: by one of a symmetric matrix that stands for two, by 2."""
        meaning = self.meaning
        return [
            meaning.inputs[n].count(leaf) if n in self.symmetric else 1 for n in names for leaf in meaning.inputs[n]
        ]

    def weighted(self, nodes: Sequence[int], weights: Sequence[int]) -> list[int]:
        """Derivatives, divided."""
        arithmetic = self.meaning.arithmetic
        return [
            node if weight == 1 else arithmetic.div(node, arithmetic.number(float(weight)))
            for node, weight in zip(nodes, weights, strict=True)
        ]

    def joint(self, names: Sequence[str]) -> tuple[int, ...]:
        """The shape that the entries of some variables have together: of one its own, of several a vector."""
        if len(names) == 1:
            return self.meaning.shapes[names[0]]
        return (sum(prod(self.meaning.shapes[name]) for name in names),)

    def derivatives(self, names: Sequence[str], order: int) -> list[Formula]:
        """The derivative of some order by a number, after the one before it."""
        if not 1 <= order <= HIGHEST:
            raise UsageProblem(f"the order of a formula must be from 1 to {HIGHEST}, not {order}")
        if len(names) != 1:
            raise UsageProblem(f"name the variable to differentiate by: {', '.join(names)}", hint="with --wrt NAME")
        if self.meaning.shapes[names[0]]:
            raise UsageProblem(f"'{names[0]}' is an array: a derivative of order {order} is by a number")
        wanted = range(max(1, order - 1), order + 1)
        return [self.formula(names, nth(self.meaning, names[0], k), self.meaning.shape, k) for k in wanted]


def numbers_at(found: Formulas, program: Program, values: Mapping[str, Any]) -> dict[str, Value]:
    """The engine's value and derivatives at a point, under the formulas' names.

    >>> numbers_at(diff("x**2"), parse("x**2"), {"x": 3.0})
    {'f': 9.0, 'df/dx': 6.0}
    """
    from gradcli.transforms.operators.derivative import derivative
    from gradcli.transforms.operators.hessian import hessian
    from gradcli.transforms.operators.jacobian import jacobian

    numbers: dict[str, Value] = {}
    for formula in found.formulas:
        if found.of == "hessian":
            second = hessian(program, values, formula.names)
            value, array = second.value, np.asarray(second.hessian)
        elif found.of == "derivative":
            higher = derivative(program, values, formula.order, formula.names[0])
            value, array = higher.value, np.asarray(higher.derivatives[-1])
        else:
            first = jacobian(program, values, formula.names)
            value, array = first.value, np.asarray(first.jacobian)
        array = array.reshape([size for size in formula.shape if isinstance(size, int)])
        if set(formula.names) <= set(found.symmetric):
            array = (array + np.swapaxes(array, -1, -2)) / 2
        numbers |= {formula.of: value, formula.label: plain(array)}
    return numbers

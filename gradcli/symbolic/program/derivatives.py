"""Derivatives that a program holds, by SymPy: `diff(e, x)` and its kin are SymPy's own derivatives of e.

The other ways of evaluating a program have formulas in their place, which are made of the derivative table. Here no
formula is seen, and no rule of the table: what a derivative means is found a second time.

A derivative by a name holds all that is not made of the name. So each name that the expression reads is a symbol of its
own while it is differentiated, and afterwards what it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, NamedTuple

import sympy
from sympy.core.function import ArgumentIndexError

from gradcli.errors import ShapeProblem
from gradcli.lang import Assignment, Call, Name, Program, Tree, variables
from gradcli.lang.tree.derivatives import By, Wanted, by_single_names, has_derivatives, needed, replaced, wanted
from gradcli.lang.tree.nodes import DERIVATIVES
from gradcli.ops.calls.outputs import Several
from gradcli.symbolic.numbers.adaptive_precision import Point
from gradcli.symbolic.numbers.constants import UnevaluatedConstants
from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.program import arrays
from gradcli.symbolic.program.scalars import Scalars

__all__ = ["has_derivatives", "run_with_derivatives"]

_LARGEST = 20_000
"""Nodes of an expression that is written out to be differentiated."""


def run_with_derivatives(
    program: Program,
    inputs: Mapping[str, Any],
    scalars: Scalars,
    run: Callable[[Program, Mapping[str, Any]], Any],
) -> Any:
    """The value of a program that holds derivatives.

    Args:
        program: resolved and without loops.
        inputs: for each variable its entries.
        scalars: the arithmetic.
        run: evaluates a program without derivatives.

    Raises:
        Problem: if the program does not fit the values.
        Inexpressible: if SymPy does not know a derivative.
    """
    single, _ = by_single_names(program)
    work = _Work(single, inputs, scalars, run)
    for name, tree, span in single.assignments:
        work.assign(Assignment(name, work.rewritten(tree), span))
    return work.value((), work.rewritten(single.result), work.known)


class _Formula(NamedTuple):
    """A derivative, made of the symbols of the names that it reads."""

    entries: list[Any]
    shape: tuple[int, ...]
    free: dict[str, Any]


class _Work:
    """One program, statement by statement; its derivatives are statements too."""

    def __init__(
        self,
        program: Program,
        inputs: Mapping[str, Any],
        scalars: Scalars,
        run: Callable[[Program, Mapping[str, Any]], Any],
    ) -> None:
        self.source = program.source
        self.known: dict[str, Any] = dict(inputs)
        self.scalars = scalars
        self.point = scalars.constants.point
        self.run = run
        self.done: list[Assignment] = []
        self.formulas: dict[str, _Formula] = {}

    def value(self, assignments: Sequence[Assignment], tree: Tree, known: Mapping[str, Any]) -> Any:
        """The value of a tree after some statements."""
        names = dict(known)
        for assignment in assignments:
            names[assignment.name] = self.assigned(assignment, names)
        return self.run(Program(self.source, (), tree), names)

    def assigned(self, assignment: Assignment, known: Mapping[str, Any]) -> Any:
        """The value of a statement."""
        formula = self.formulas.get(assignment.name)
        return self.forced(self.value((), assignment.tree, known) if formula is None else self.applied(formula, known))

    def assign(self, assignment: Assignment) -> None:
        """Take a statement into the program."""
        self.done.append(assignment)
        self.known[assignment.name] = self.assigned(assignment, self.known)

    def applied(self, formula: _Formula, known: Mapping[str, Any]) -> Any:
        """A derivative where its names have other values."""
        values: dict[Any, Any] = {}
        numbers = known is self.known and isinstance(self.scalars.constants, UnevaluatedConstants)
        for name, symbols in formula.free.items():
            if not isinstance(symbols, Several):
                entries = zip(arrays.flat(symbols), arrays.flat(known[name]), strict=True)
                # SymPy would compute with a number; as a symbol, which is bound to it, it is left alone.
                values |= {symbol: entry for symbol, entry in entries if not (numbers or entry.is_Number)}
        found = [entry.xreplace(values) for entry in formula.entries]
        if not formula.shape:
            return found[0]
        return arrays.map_entries(lambda place: found[int(place)], [_places(formula.shape)])

    def forced(self, value: Any) -> Any:
        if isinstance(value, Several):
            return Several.of([arrays.forced(item, self.scalars.arithmetic.compact) for item in value])
        return arrays.forced(value, self.scalars.arithmetic.compact)

    def rewritten(self, tree: Tree) -> Tree:
        """A tree with names in the place of its derivatives."""

        def replacement(node: Name | Call, _: bool) -> Tree | None:
            if not isinstance(node, Call) or node.function not in DERIVATIVES:
                return None
            own = f"derivative {len(self.known)}"  # no name that a program can have
            formula = self.formulas[own] = self.derivative(wanted(node, self.source))
            reads = tuple([Name(name, node.span) for name in formula.free])
            self.assign(Assignment(own, Call("array", reads, node.span, node.head), node.span))
            return Name(own, node.span)

        return replaced(tree, replacement)

    def derivative(self, asked: Wanted) -> _Formula:
        """SymPy's derivative, of symbols for all names."""
        names = list(dict.fromkeys(by.name for by in asked.by))
        inner = needed(self.done, asked.of, frozenset(names))
        program = Program(self.source, tuple(inner), asked.of)
        free: dict[str, Any] = {}
        own: set[Any] = set()
        for name in dict.fromkeys([*variables(program), *names]):
            if name in self.known:
                free[name] = self.symbols(name, own)
        before = set(self.point.bindings)
        value = self.value(inner, asked.of, free)
        made = [symbol for symbol in self.point.bindings if symbol not in before]
        inside = self.moving(made, own)
        entries = [self.written_out(entry, inside) for entry in arrays.flat(self.forced(value))]
        found, shape = _differentiated(entries, arrays.shape_of(value), asked, free, names, self.source)
        for slope in found:
            if Point.evaluate(self.point, slope)[1]:  # of its own accord: the program does not look at the point
                raise Inexpressible("a derivative inside the expression is taken at a kink, where it is a convention")
        return _Formula(found, shape, free)

    def symbols(self, name: str, made: set[Any]) -> Any:
        """A symbol for each entry of a name's value."""
        value = self.known[name]
        if isinstance(value, Several):
            return value

        def symbol(entry: Any) -> Any:
            own = sympy.Dummy(name, real=True)
            self.point.bindings[own] = entry
            made.add(own)
            return own

        return arrays.map_entries(symbol, [arrays.forced(value, self.scalars.arithmetic.compact)])

    def moving(self, made: list[Any], own: set[Any]) -> frozenset[Any]:
        """The symbols, in the order in which they were bound, of expressions that depend on what is free."""
        found = set(own)
        for symbol in made:
            bound = self.point.bindings[symbol]
            if isinstance(bound, sympy.Basic) and bound.free_symbols & found:
                found.add(symbol)
        return frozenset(found - own)

    def written_out(self, expression: Any, inside: frozenset[Any]) -> Any:
        """An expression with what the symbols of its larger parts stand for."""
        size = 0
        while parts := expression.free_symbols & inside:
            expression = expression.xreplace({part: self.point.bindings[part] for part in parts})
            size = sum(1 for _ in sympy.preorder_traversal(expression))
            if size > _LARGEST:
                raise Inexpressible(f"a derivative inside the expression has more than {_LARGEST:,} operations")
        return expression


def _places(shape: tuple[int, ...]) -> Any:
    import numpy as np

    return np.arange(prod(shape)).reshape(shape).astype(object)


def _differentiated(
    entries: list[Any], shape: tuple[int, ...], asked: Wanted, free: Mapping[str, Any], names: list[str], source: str
) -> tuple[list[Any], tuple[int, ...]]:
    """The entries of a derivative, in C order, and its shape."""
    if asked.kind == "diff":
        for by in asked.by:
            symbol = _entry(free[by.name], by, source)
            for _ in range(by.order):
                entries = [_by(entry, symbol) for entry in entries]
        return entries, shape
    columns = [symbol for name in names for symbol in arrays.flat(free[name])]
    side = arrays.shape_of(free[names[0]]) if len(names) == 1 else (len(columns),)
    if asked.kind in ("grad", "hessian") and len(entries) != 1:
        raise ShapeProblem(f"the value has shape {shape}: a gradient needs one number", source=source)
    if asked.kind == "hessian":
        slopes = [_by(entries[0], symbol) for symbol in columns]
        return [_by(slope, symbol) for slope, symbol in product(slopes, columns)], (*side, *side)
    first = () if asked.kind == "grad" else shape
    return [_by(entry, symbol) for entry, symbol in product(entries, columns)], (*first, *side)


def _entry(value: Any, by: By, source: str) -> Any:
    """The symbol of what is differentiated by."""
    if not by.at and arrays.is_scalar(value):
        return value
    try:
        found = arrays.to_array(value)[by.at]
    except IndexError as error:
        raise ShapeProblem(str(error), source=source, span=by.tree.span) from None
    if not isinstance(found, sympy.Symbol):
        raise ShapeProblem("diff differentiates by a number", source=source, span=by.tree.span)
    return found


def _by(expression: Any, symbol: Any) -> Any:
    try:
        slope = sympy.diff(expression, symbol)
    except ArgumentIndexError:
        slope = sympy.Derivative(expression, symbol)
    if slope.has(sympy.Derivative):
        raise Inexpressible("SymPy does not know a derivative inside the expression")
    return slope

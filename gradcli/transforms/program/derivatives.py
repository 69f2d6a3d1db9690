"""Derivatives in a program: formulas in the place of `diff`, `grad`, `jacobian` and `hessian`.

What is differentiated by is a variable, with all that depends on it, or a name that the program assigns: then
everything that the name is made of is held. A formula is written of the names that the program has at that place; where
it is a long one, its parts are statements before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, count
from math import prod
from typing import Any

import numpy as np

from gradcli.errors import NameProblem, Problem, ShapeProblem, UsageProblem
from gradcli.formulas import (
    Meaning,
    NoArrayFormula,
    Shape,
    array_gradient,
    array_statements,
    gradient,
    hessian,
    interpret,
    interpret_arrays,
    jacobian,
    shaped,
    statements,
)
from gradcli.formulas.rules import Rules
from gradcli.formulas.sweeps import pushforward
from gradcli.lang import (
    Assignment,
    Call,
    Literal,
    Name,
    Program,
    Span,
    Tree,
    is_conditional,
    parse,
    unparse,
    unroll,
    variables,
)
from gradcli.lang.tree.derivatives import By, Wanted, by_single_names, needed, replaced, wanted
from gradcli.lang.tree.expand import MadeName, copied
from gradcli.lang.tree.names import free_in
from gradcli.lang.tree.nodes import DERIVATIVES
from gradcli.ops import CONSTANTS, Op
from gradcli.ops.calls.bind import as_number
from gradcli.ops.calls.branches import takes_first
from gradcli.ops.calls.interpreter import Interpreter
from gradcli.ops.calls.numeric_errors import explain
from gradcli.ops.calls.operands import Variable, variable_of
from gradcli.ops.calls.outputs import Several
from gradcli.ops.calls.paths import resolve_value
from gradcli.ops.calls.resolve import resolve_with
from gradcli.transforms.program.variables import may_have_derivatives

__all__ = ["as_formulas", "with_formulas"]

_MOST = 200_000
"""Nodes of a formula: with each order of a product it may be twice as long."""


class Part(tuple[int, int]):  # noqa: SLOT001  # a tuple has no slots that hold anything
    """The span of a derivative, as that of a part of its formula, which knows what it is the part of.

    >>> from gradcli.lang import parse
    >>> Part((0, 10), parse("2*x").result).text
    '2*x'
    """

    tree: Tree
    called: Span | None

    def __new__(cls, span: Span, tree: Tree) -> Part:
        """A span with its tree."""
        made = super().__new__(cls, span)
        made.tree = tree
        made.called = getattr(span, "called", None)
        return made

    @property
    def text(self) -> str:
        """The part of the formula."""
        return unparse(self.tree)


def with_formulas(
    program: Program, values: Mapping[str, Any], shapes: Mapping[str, Shape] | None = None
) -> tuple[Program, list[str]]:
    """The program with formulas in the place of its derivatives, and what the user should know of it.

    Args:
        program: without loops.
        values: for each variable an array of its shape; the numbers decide nothing but what depends on numbers.
        shapes: of variables that have letters in them.

    Raises:
        Problem: for a derivative by something that is no name, or that has no formula, with its place.

    >>> from gradcli.lang import parse, unparse
    >>> unparse(with_formulas(parse("u = x**2; diff(sin(u)*x, u)"), {"x": np.array(2.0)})[0])
    'u = x**2; cos(u)*x'
    """
    single, renamed = by_single_names(program)
    writer = _Writer(single, renamed, values, shapes or {})
    return writer.program(), list(dict.fromkeys(writer.notes))


def as_formulas(source: str, values: Mapping[str, Any]) -> str:
    """The text of a program with formulas in the place of its derivatives; any other text as it is.

    Args:
        source: of a program that is known to be right.
        values: for each variable a number or a nested list.

    >>> as_formulas("2*diff(x**3, x)", {"x": 2.0}), as_formulas("2*x", {"x": 2.0})
    ('2*(3*x**2)', '2*x')
    """
    program = parse(source)
    if not may_have_derivatives(program):
        return source
    held = {name: np.asarray(value) for name, value in values.items()}
    lengths = {name: len(array) for name, array in held.items() if array.ndim}
    return unparse(with_formulas(unroll(program, lengths.get), held)[0])


class _Writer:
    """One program, statement by statement.

    Attributes:
        renamed: for names that the program has not the ones that it has.
        notes: what the user should know.
        done: the statements so far, without derivatives.
        known: for each name that has a value its value, by NumPy.
        several: the statements that have several outputs.
    """

    def __init__(
        self, program: Program, renamed: Mapping[str, str], values: Mapping[str, Any], letters: Mapping[str, Shape]
    ) -> None:
        self.renamed = renamed
        self.notes: list[str] = []
        self.source = program.source
        self.whole = program
        self.letters = {name: tuple(shape) for name, shape in letters.items() if any(isinstance(s, str) for s in shape)}
        self.known: dict[str, Any] = dict(values)
        self.inputs = frozenset(values)
        self.done: list[Assignment] = []
        self.several: list[Assignment] = []
        names = {*values, *variables(program), *(assignment.name for assignment in program.assignments)}
        self.fresh = (name for i in count(1) if (name := f"d{i}") not in names and name not in CONSTANTS)
        self.read: set[str] = set()

    def program(self) -> Program:
        """The program with formulas."""
        for name, tree, span in self.whole.assignments:
            self.assign(name, self.rewritten(tree), span)
        result = self.rewritten(self.whole.result)
        return Program(self.source, tuple(self.used(result)), result)

    def assign(self, name: str, tree: Tree, span: Span) -> None:
        """Take a statement into the program."""
        self.done.append(Assignment(name, tree, span))
        if not self.letters:
            self.known[name] = self.value(name)
            if isinstance(self.known[name], Several):
                self.several.append(self.done[-1])

    def value(self, name: str) -> Any:
        """The value of the last statement, of which the shape matters."""
        reads = {*free_in(self.done[-1].tree), *(read for a in self.several for read in free_in(a.tree))}
        arrays = {read: self.known[read] for read in reads if read in self.known}
        arrays = {read: value for read, value in arrays.items() if not isinstance(value, Several)}
        zero = Literal(0.0, self.done[-1].span)
        program = Program(self.source, (*self.several, self.done[-1]), zero)
        resolved = resolve_with(program, {known: _variable(value) for known, value in arrays.items()}).program
        found: dict[str, Any] = {}
        with np.errstate(all="ignore"):
            _NUMPY.run(resolved, arrays, found.setdefault)
        return found[name]

    def used(self, result: Tree) -> list[Assignment]:
        """The statements without those of the program's functions that only derivatives have read."""
        needs = set(free_in(result))
        found: list[Assignment] = []
        for assignment in reversed(self.done):
            if assignment.name in self.read and assignment.name not in needs and isinstance(assignment.name, MadeName):
                continue
            needs |= free_in(assignment.tree).keys()
            found.append(assignment)
        return found[::-1]

    def rewritten(self, tree: Tree) -> Tree:
        def replacement(node: Name | Call, lazily: bool) -> Tree | None:
            return self.formula(node, lazily) if isinstance(node, Call) and node.function in DERIVATIVES else None

        return replaced(tree, replacement)

    def formula(self, call: Call, lazily: bool) -> Tree:
        """What stands in the place of a derivative."""
        asked = wanted(call, self.source)
        names = [by.name for by in asked.by]
        for by in asked.by:
            own = self.renamed.get(by.name)
            if own in self.inputs:
                message = f"'{own}' is a variable, and what is assigned to it"
                hint = "give what is assigned a name of its own: to differentiate by the variable, or by that name"
                raise UsageProblem(message, source=self.source, span=by.tree.span, hint=hint)
            if by.name not in self.known and (by.name in CONSTANTS or not self.letters):
                hint = "differentiate by a variable or a name that is assigned before"
                message = f"'{by.name}' is no variable to differentiate by"
                raise NameProblem(message, source=self.source, span=by.tree.span, hint=hint)
        try:
            found = self.derived(asked, names)
        except Problem as problem:
            raise problem.locate(self.source, call.span) from None
        return self.placed(found, call, lazily)

    def derived(self, asked: Wanted, names: Sequence[str]) -> Program:
        """The formula as a program of its own."""
        inner = needed(self.done, asked.of, frozenset(names))
        program = Program(self.source, tuple(inner), asked.of)
        while several := [n for n in variables(program) if isinstance(self.known.get(n), Several)]:
            # What has several outputs is no variable of a formula: its statement is a part of it.
            kept = {*several, *(a.name for a in inner)}
            inner = [a for a in self.done if a.name in kept]
            program = Program(self.source, tuple(inner), asked.of)
        idle = [name for name in names if name not in self.inputs and name not in variables(program)]
        self.notes += [
            f"{asked.kind} by '{name}' is 0: what it differentiates is not made of '{name}', and all else is held"
            for name in idle
        ]
        self.read |= {*free_in(asked.of), *(name for a in inner for name in free_in(a.tree))}
        shapes: dict[str, Shape] = {}
        for name in (*variables(program), *names):
            if name in self.letters:
                shapes[name] = self.letters[name]
            elif name in self.known:
                shapes[name] = np.shape(self.known[name])
            elif name not in CONSTANTS:
                raise UsageProblem("a derivative inside an expression wants shapes with numbers")
        held = {n: _variable(self.known[n]) if n in self.known else Variable("real", len(s)) for n, s in shapes.items()}
        resolved = resolve_with(program, held).program
        if asked.kind == "grad" and len(names) == 1 and any(shapes.values()):
            whole = _of_arrays(resolved, shapes, names[0])
            if whole is not None:
                return whole
        numbered: dict[str, tuple[int, ...]] = {}
        for name, shape in shapes.items():
            if any(isinstance(size, str) for size in shape):
                raise UsageProblem("this derivative is written entry by entry, which wants shapes with numbers")
            numbered[name] = tuple([size for size in shape if isinstance(size, int)])
        return _of_entries(interpret(resolved, numbered), asked, self.source)

    def placed(self, found: Program, call: Call, lazily: bool) -> Tree:
        """A formula's trees, as if they stood where the derivative stands; its statements go before."""
        names: dict[str, Tree] = {}
        for name, tree, _ in found.assignments:
            tree = _at(tree, call.span, names)
            if lazily:
                names[name] = tree
                continue
            own = MadeName(next(self.fresh), call.function)
            self.assign(own, tree, Part(call.span, tree))
            names[name] = Name(own, call.span)
        return _at(found.result, call.span, names)


def _at(tree: Tree, span: Span, names: Mapping[str, Tree]) -> Tree:
    """A tree of a formula at a place of the program, with the names that it has there."""

    def replacement(node: Name | Call, _: bool) -> Tree:
        if isinstance(node, Name):
            known = names.get(node.id)
            if known is None or isinstance(known, Name):
                return Name(node.id if known is None else known.id, Part(span, node))
            return copied(known)
        # By the length of its head a conditional is told from a call of where.
        head = (span[0], span[0] + len("if")) if is_conditional(node) else span
        args = tuple([_literal(arg, span) for arg in node.args])
        keywords = tuple((key, _literal(value, span)) for key, value in node.keywords)
        return Call(node.function, args, Part(span, node), head, keywords)

    return replaced(_literal(tree, span), replacement, free_in(tree))


def _literal(tree: Tree, span: Span) -> Tree:
    return Literal(tree.value, Part(span, tree)) if isinstance(tree, Literal) else tree


def _of_arrays(program: Program, shapes: Mapping[str, Shape], name: str) -> Program | None:
    """The gradient of a single value as a formula of whole arrays; None where there is none."""
    try:
        meaning = interpret_arrays(program, shapes)
        if meaning.graph.shapes[meaning.result]:
            return None
        slope = array_gradient(meaning, name)
        return array_statements(meaning, meaning.arithmetic.full(slope, shapes[name]))
    except (NoArrayFormula, UsageProblem):
        return None


def _of_entries(meaning: Meaning, asked: Wanted, source: str) -> Program:
    """The derivative entry by entry."""
    names = list(dict.fromkeys(by.name for by in asked.by))
    side = meaning.shapes[names[0]] if len(names) == 1 else (sum(prod(meaning.shapes[name]) for name in names),)
    if asked.kind == "diff":
        nodes, shape = _by_entries(meaning, asked, source), meaning.shape
    elif asked.kind == "grad":
        if meaning.shape:
            raise ShapeProblem(
                f"the value has shape {meaning.shape}: a gradient needs one number",
                hint="write jacobian(...), or sum(...) around the expression",
            )
        nodes, shape = gradient(meaning, names), side
    elif asked.kind == "jacobian":
        nodes, shape = list(chain(*jacobian(meaning, names))), (*meaning.shape, *side)
    else:
        nodes, shape = list(chain(*hessian(meaning, names))), (*side, *side)
    return statements(meaning.graph, shaped(nodes, shape), {}, meaning.inputs, inline=True)


def _by_entries(meaning: Meaning, asked: Wanted, source: str) -> list[int]:
    """The derivatives of the value's entries by single entries of variables, one after the other."""
    rules, arithmetic = Rules(meaning.arithmetic), meaning.arithmetic
    entries = list(meaning.entries)
    for by in asked.by:
        leaf = _leaf(meaning, by, source)
        for _ in range(by.order):
            found = pushforward(rules, {leaf: arithmetic.one}, entries)
            entries = [found.get(entry, arithmetic.zero) for entry in entries]
            if len(meaning.graph) > _MOST:
                raise UsageProblem(
                    f"the formula of this derivative has more than {_MOST:,} operations",
                    hint="`gradcli derivative` gives numbers of high orders without a formula",
                )
    return entries


def _leaf(meaning: Meaning, by: By, source: str) -> int:
    """The node of what is differentiated by, which is a single number."""
    shape = meaning.shapes[by.name]
    try:
        places = np.arange(prod(shape)).reshape(shape)[by.at]
    except IndexError as error:
        raise ShapeProblem(f"there is no such entry: {error}", source=source, span=by.tree.span) from None
    if np.ndim(places):
        raise UsageProblem(
            f"'{by.name}' is an array of shape {shape}, and diff differentiates by a number",
            source=source,
            span=by.tree.span,
            hint=f"write grad(e, {by.name}) of a single value e, jacobian(e, {by.name}) of an array, "
            f"diff(e, {by.name}[0]) by an entry, or grad(sum(e), {by.name}) for the slope of each entry",
        )
    return meaning.inputs[by.name][int(places)]


def _apply(node: Call, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
    function: Callable[..., Any] = resolve_value(op.value)
    return function(*statics.values()) if op.kind == "constructor" else function(*params, **statics)


_NUMPY = Interpreter(
    number=lambda node, number: np.float64(number),
    apply=_apply,
    argument=as_number,
    choose=lambda node, condition: takes_first(condition),
    explain=explain,
)


def _variable(value: Any) -> Variable:
    return variable_of(value if hasattr(value, "dtype") else np.asarray(value))

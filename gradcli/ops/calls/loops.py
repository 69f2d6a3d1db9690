"""Long loops as operations on arrays: `sum(x[i]**2 for i in range(1, n))` as `sum(x[1:n:1]**2, axis=0)`.

What an index stands for in an element becomes an array over all its values, and what is computed of it entry by entry
is computed of arrays. What does more than that (an inner loop, a choice of branches, two indices of one array that move
together) is left as it is, and unrolled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from gradcli.errors import Problem
from gradcli.lang import Call, Literal, Name, Program, Tree, fold, is_conditional
from gradcli.lang.tree.bounds import integers
from gradcli.lang.tree.loops import only_loop
from gradcli.lang.tree.nodes import Assignment, Comprehension
from gradcli.ops.table.lookup import CONSTANTS, lookup

__all__ = ["vectorised"]

_LEAST = 64
"""Elements from which on a loop is taken as operations on arrays; a shorter one is shown element by element."""

_AFFINE = ("add", "sub", "mul", "neg", "pos")


class _Left(Exception):
    """A loop that stays one."""


class _Part(NamedTuple):
    """A part of a loop's element.

    Attributes:
        tree: of all its values.
        varies: whether they depend on the index.
        line: (k, c) where they are k*index + c, of whole numbers.
        shape: of a variable that is an array.
    """

    tree: Tree
    varies: bool = False
    line: tuple[int, int] | None = None
    shape: tuple[int, ...] = ()


def vectorised(program: Program, shapes: Mapping[str, tuple[int, ...]]) -> Program:
    """The program with long loops as operations on arrays, as far as they can be.

    Args:
        program: without functions of its own.
        shapes: of the variables.

    >>> from gradcli.lang import parse, unparse
    >>> text = "sum((1 - x[i])**2 + k*x[i + 1] for i in range(len(x) - 1))"
    >>> unparse(vectorised(parse(text), {"x": (100,), "k": ()}))
    'sum((1 - x[0:99:1])**2 + k*x[1:100:1], axis=0)'
    """
    known: dict[str, tuple[int, ...] | None] = dict(shapes)
    assignments = []
    for name, tree, span in program.assignments:
        made = _rewritten(tree, program.source, known)
        assignments.append(Assignment(name, made, span))
        known[name] = () if _is_number(made, known) else None
    result = _rewritten(program.result, program.source, known)
    return program._replace(assignments=tuple(assignments), result=result)


def _rewritten(tree: Tree, source: str, shapes: Mapping[str, tuple[int, ...] | None]) -> Tree:
    """A tree with its loops replaced where they can be; what has none is not copied."""
    made: dict[int, Tree] = {}
    stack = [tree]
    while stack:
        node = stack[-1]
        if id(node) in made or not isinstance(node, Call):
            stack.pop()
            continue
        loop = only_loop(node)
        if loop is not None:
            made[id(node)] = _of_arrays(node, loop, source, shapes)
            stack.pop()
            continue
        parts = [*node.args, *(value for _, value in node.keywords)]
        waiting = [part for part in parts if isinstance(part, Call) and id(part) not in made]
        if waiting:
            stack += waiting
            continue
        stack.pop()
        made[id(node)] = _again(node, made)
    return made.get(id(tree), tree)


def _again(node: Call, made: Mapping[int, Tree]) -> Call:
    args = tuple([made.get(id(arg), arg) for arg in node.args])
    keywords = tuple([(key, made.get(id(value), value)) for key, value in node.keywords])
    same = all(a is b for a, b in zip(args, node.args, strict=True))
    same = same and all(a is b for (_, a), (_, b) in zip(keywords, node.keywords, strict=True))
    return node if same else Call(node.function, args, node.span, node.head, keywords)


def _of_arrays(node: Call, loop: Comprehension, source: str, shapes: Mapping[str, tuple[int, ...] | None]) -> Tree:
    """A call of a loop as one of an array; the call itself where that is not possible."""
    if len(loop.clauses) != 1:
        return node
    (clause,) = loop.clauses

    def length(name: Name) -> int:
        shape = shapes.get(name.id)
        if not shape:
            raise _Left
        return shape[0]

    try:
        numbers = integers(source, clause.bounds, lambda name: None, length)
        if len(numbers) < _LEAST:
            return node
        element = fold(
            loop.element,
            _literal,
            lambda name: _name(name, clause.target, numbers, shapes),
            lambda call, args, keywords: _call(call, args, bool(keywords), numbers),
        )
    except (_Left, Problem, TypeError):  # a TypeError for an inner loop
        return node
    if not element.varies or element.shape:
        return node
    if node.function == "array":
        return element.tree
    return Call(node.function, (element.tree,), node.span, node.head, (("axis", Literal(0.0, loop.span)),))


def _literal(node: Literal) -> _Part:
    if not isinstance(node.value, float):
        raise _Left
    whole = node.value.is_integer() and abs(node.value) < _EXACT
    return _Part(node, line=(0, int(node.value)) if whole else None)


_EXACT = 2**53


def _name(node: Name, index: str, numbers: range, shapes: Mapping[str, tuple[int, ...] | None]) -> _Part:
    if node.id == index:
        ends = [Literal(float(end), node.span) for end in (numbers.start, numbers.stop, numbers.step)]
        return _Part(Call("arange", tuple(ends), node.span, node.span), varies=True, line=(1, 0))
    shape = shapes.get(node.id, () if node.id in CONSTANTS else None)
    if shape is None:
        raise _Left
    return _Part(node, shape=shape)


def _call(node: Call, args: list[_Part], has_keywords: bool, numbers: range) -> _Part:
    if has_keywords or is_conditional(node):
        raise _Left
    if node.function == "getitem":
        return _entry(node, args, numbers)
    op = lookup(node.function)
    if op.kind not in ("elementwise", "predicate") or op.statics or any(arg.shape for arg in args):
        raise _Left
    trees = tuple([arg.tree for arg in args])
    made = Call(node.function, trees, node.span, node.head)
    return _Part(made, any(arg.varies for arg in args), _line(op.name, [arg.line for arg in args]))


def _line(function: str, lines: list[tuple[int, int] | None]) -> tuple[int, int] | None:
    """What whole multiples of the index become."""
    if function not in _AFFINE or any(line is None for line in lines):
        return None
    (k, c), *others = [line for line in lines if line is not None]
    if function in ("neg", "pos"):
        return (-k, -c) if function == "neg" else (k, c)
    ((m, d),) = others
    if function == "add":
        return k + m, c + d
    if function == "sub":
        return k - m, c - d
    return None if k and m else (k * d + m * c, c * d)


def _entry(node: Call, args: list[_Part], numbers: range) -> _Part:
    """An entry of an array: a slice of it where one index moves."""
    array, *indices = args
    if len(indices) != len(array.shape) or not isinstance(array.tree, Name):
        raise _Left
    made: list[Tree] = [array.tree]
    moving = 0
    for index, size in zip(indices, array.shape, strict=True):
        if index.line is None:
            raise _Left
        k, c = index.line
        if not k:
            made.append(index.tree)
            continue
        moving += 1
        first, last = k * numbers[0] + c, k * numbers[-1] + c
        if not (min(first, last) >= 0 and max(first, last) < size):
            raise _Left  # it wraps around, or there is no such entry, which is told in its place
        made.append(_slice(node, first, last, k * numbers.step))
    if moving > 1:
        raise _Left
    return _Part(Call("getitem", tuple(made), node.span, node.head), moving == 1)


def _slice(node: Call, first: int, last: int, step: int) -> Call:
    stop = last + (1 if step > 0 else -1)
    ends = (float(first), None if stop < 0 else float(stop), float(step))
    return Call("slice", tuple([Literal(end, node.span) for end in ends]), node.span, node.span)


def _is_number(tree: Tree, shapes: Mapping[str, tuple[int, ...] | None]) -> bool:
    """Whether an assigned value is a number, as far as its text shows it."""

    def name(node: Name) -> bool:
        return shapes.get(node.id, () if node.id in CONSTANTS else None) == ()

    def call(node: Call, args: list[bool], keywords: dict[str, bool]) -> bool:
        if keywords or not all(args):
            return False
        try:
            op = lookup(node.function)
        except Problem:
            return False
        return op.kind in ("elementwise", "predicate") and not op.statics

    try:
        return fold(tree, lambda node: isinstance(node.value, float), name, call)
    except TypeError:
        return False

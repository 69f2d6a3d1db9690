"""Loops as operations on whole arrays of any size: `sum(x[i]*i for i in range(len(x)))` as `sum(x*arange(len(x)))`.

What an index stands for in an element is an array with an axis for each loop that the element moves with, outer loops
first; an inner sum over `A[i,j]*x[j]` is a matrix product, `A[i,i]` the diagonal, a choice of branches `where`. What
does more than that (an index of an index, entries that move by two) has no such form, and is written entry by entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gradcli.errors import Problem
from gradcli.formulas.array_sizes import Shape, Size, shifted, size_apart
from gradcli.lang import Call, Literal, Name, Program, Tree, fold, is_conditional
from gradcli.lang.tree.loops import only_loop
from gradcli.lang.tree.names import has_loop
from gradcli.lang.tree.nodes import Assignment, Clause, Comprehension
from gradcli.ops import CONSTANTS, lookup

__all__ = ["ArrayLoops", "with_array_loops"]

_DEEPEST = 8
"""Loops inside loops: more than anybody writes by hand."""

_NOWHERE = (0, 0)


class ArrayLoops(NamedTuple):
    """A program whose loops are operations on arrays.

    Attributes:
        program: without loops.
        elements: how many elements its longest loop makes; 0 where letters stand for sizes.
    """

    program: Program
    elements: int


class _Left(Exception):
    """A loop that has no such form."""


class _Part(NamedTuple):
    """A part of an element.

    Attributes:
        tree: of all its values.
        axes: the indices that it moves with, outer ones first; its axes.
        place: for an index and a whole number added to it both; for a whole number "" and it.
        shape: of a variable that is an array.
        factors: what it is the product of.
    """

    tree: Tree
    axes: tuple[str, ...] = ()
    place: tuple[str, int] | None = None
    shape: Shape = ()
    factors: tuple[_Part, ...] = ()


class _Index(NamedTuple):
    """An index: from where it runs, up to where, and the texts of both."""

    start: int
    stop: Size
    clause: Clause


def with_array_loops(program: Program, shapes: Mapping[str, Shape]) -> ArrayLoops | None:
    """The program with its loops as operations on arrays; None if one of them has no such form, or there is none.

    Args:
        program: any program.
        shapes: of the variables; letters stand for sizes.

    >>> from gradcli.lang import parse, unparse
    >>> text = "sum((x[i + 1] - x[i])**2 for i in range(len(x) - 1))"
    >>> unparse(with_array_loops(parse(text), {"x": ("n",)}).program)
    'sum((x[1:] - x[:-1])**2)'
    >>> unparse(with_array_loops(parse("[sum(A[i,j]*x[j] for j in range(len(x))) for i in range(len(A))]"),
    ...     {"A": ("m", "n"), "x": ("n",)}).program)
    'A @ x'
    """
    trees = [program.result, *(assignment.tree for assignment in program.assignments)]
    if program.definitions or not any(map(has_loop, trees)):
        return None
    known = dict(shapes)
    maker = _Maker(known)
    assignments = []
    try:
        for name, tree, span in program.assignments:
            made, shape = maker.statement(tree)
            assignments.append(Assignment(name, made, span))
            known.pop(name, None)
            if shape is not None:
                known[name] = shape
        result, _ = maker.statement(program.result)
    except (_Left, Problem):
        return None
    return ArrayLoops(program._replace(assignments=tuple(assignments), result=result), maker.elements)


class _Maker:
    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self.shapes = shapes
        self.nest: tuple[str, ...] = ()
        self.indices: dict[str, _Index] = {}
        self.elements = 0

    def statement(self, tree: Tree) -> tuple[Tree, Shape | None]:
        """A statement's tree without loops, and the shape of its value where that is plain."""
        made, parts = self.without_loops(tree)
        if isinstance(made, Name) and made.id in parts:
            part = parts[made.id]
            return part.tree, tuple([self.size(index) for index in part.axes])
        trees = {name: part.tree for name, part in parts.items()}
        numbers = all(not part.axes for part in parts.values()) and self.is_number(made, set(parts))
        return _filled(made, trees), () if numbers else None

    def is_number(self, tree: Tree, placed: set[str]) -> bool:
        """Whether a value is a number, as far as its text shows it."""

        def call(node: Call, args: list[bool], keywords: dict[str, bool]) -> bool:
            op = lookup(node.function)
            return op.kind in ("elementwise", "predicate") and not op.statics and not keywords and all(args)

        def name(node: Name) -> bool:
            return node.id in placed or self.shapes.get(node.id, () if node.id in CONSTANTS else None) == ()

        return fold(tree, lambda node: isinstance(node.value, float), name, call)

    def without_loops(self, tree: Tree) -> tuple[Tree, dict[str, _Part]]:
        """A tree with a name for each loop in it, and what those names stand for."""
        made: dict[int, Tree] = {}
        parts: dict[str, _Part] = {}
        stack = [tree]
        while stack:
            node = stack[-1]
            if id(node) in made or not isinstance(node, Call):
                stack.pop()
                continue
            loop = _loop_of(node)
            if loop is not None:
                name = f"\0{len(self.nest)} {len(parts)}"  # no name that a text can have
                parts[name] = self.loop(node, loop)
                made[id(node)] = Name(name, node.span)
                stack.pop()
                continue
            below = [*node.args, *(value for _, value in node.keywords)]
            if any(isinstance(part, Comprehension) for part in below):
                raise _Left
            waiting = [part for part in below if isinstance(part, Call) and id(part) not in made]
            if waiting:
                stack += waiting
                continue
            stack.pop()
            made[id(node)] = _again(node, made)
        return made.get(id(tree), tree), parts

    def loop(self, node: Call, loop: Comprehension) -> _Part:
        """A call of a loop as one of arrays."""
        if node.keywords or len(self.nest) + len(loop.clauses) > _DEEPEST:
            raise _Left
        outer, own = self.nest, tuple(clause.target for clause in loop.clauses)
        if len({*outer, *own}) < len(outer) + len(own):
            raise _Left
        for clause in loop.clauses:
            self.indices[clause.target] = self.range(clause)
        self.nest = (*outer, *own)
        element = self.element(loop.element, node.function == "array")
        made = _REDUCED[node.function](self, element, own) if node.function in _REDUCED else None
        self.nest = outer
        if made is None:
            raise _Left
        sizes = [self.size(index) for index in own]
        if all(isinstance(size, int) for size in sizes):
            count = 1
            for size in sizes:
                count *= int(size)
            self.elements = max(self.elements, count)
        return made

    def range(self, clause: Clause) -> _Index:
        """Where an index runs."""
        ends = [self.bound(tree) for tree in clause.bounds]
        start: Size = 0
        if len(ends) == 3 and ends.pop() != 1:
            raise _Left
        if len(ends) == 2:
            start = ends.pop(0)
        (stop,) = ends
        if not isinstance(start, int) or start < 0 or (isinstance(stop, int) and stop <= start):
            raise _Left
        return _Index(start, stop, clause)

    def bound(self, tree: Tree) -> Size:
        """A bound of a range: a whole number, the length of an array, or one more or less."""

        def literal(node: Literal) -> Size:
            if not isinstance(node.value, float) or not node.value.is_integer():
                raise _Left
            return int(node.value)

        def name(node: Name) -> Size:
            shape = self.shapes.get(node.id)
            if not shape:
                raise _Left
            return shape[0]

        def call(node: Call, args: list[Size], keywords: dict[str, Size]) -> Size:
            if node.function == "len" and len(args) == 1:
                return args[0]
            if node.function == "neg" and isinstance(args[0], int):
                return -args[0]
            if node.function in ("add", "sub"):
                first, second = args
                if isinstance(second, int):
                    return shifted(first, second if node.function == "add" else -second)
                if isinstance(first, int) and node.function == "add":
                    return shifted(second, first)
            raise _Left

        if isinstance(tree, Name):  # of an array only the length is a bound
            raise _Left
        return fold(tree, literal, name, call)

    def size(self, index: str) -> Size:
        """How many values an index has."""
        found = self.indices[index]
        return shifted(found.stop, -found.start)

    def count(self, index: str) -> Tree:
        """The same as an expression."""
        size, bounds = self.size(index), self.indices[index].clause.bounds
        if isinstance(size, int):
            return Literal(float(size), _NOWHERE)
        return bounds[0] if len(bounds) == 1 else _call("sub", bounds[1], bounds[0])

    def element(self, tree: Tree, listed: bool) -> _Part:
        """An element as arrays; one that is a list itself only in a list."""
        made, parts = self.without_loops(tree)
        lists = isinstance(tree, Call) and tree.function == "array"
        if lists and not (listed and isinstance(made, Name)):
            raise _Left
        return fold(made, _literal, lambda node: parts[node.id] if node.id in parts else self.name(node), self.call)

    def name(self, node: Name) -> _Part:
        """An index, or a variable."""
        if node.id in self.nest:
            bounds = self.indices[node.id].clause.bounds[:2]
            return _Part(Call("arange", bounds, _NOWHERE, _NOWHERE), (node.id,), (node.id, 0))
        shape = self.shapes.get(node.id, () if node.id in CONSTANTS else None)
        if shape is None:
            raise _Left
        return _Part(node, shape=shape)

    def call(self, node: Call, args: list[_Part], keywords: dict[str, _Part]) -> _Part:
        """An operation on each entry, or an entry of an array."""
        if keywords:
            raise _Left
        if node.function == "getitem":
            return self.entry(args[0], args[1:])
        if node.function == "len" and args[0].shape:
            return _Part(Call(node.function, (args[0].tree,), node.span, node.head))
        op = lookup(node.function)
        if op.kind not in ("elementwise", "predicate") or op.statics or any(arg.shape for arg in args):
            raise _Left
        axes = self.ordered({axis for arg in args for axis in arg.axes})
        head = node.span if is_conditional(node) else node.head  # of some entries one branch, of some the other
        made = Call(node.function, tuple([_aligned(arg, axes) for arg in args]), node.span, head)
        factors = tuple(args) if op.name == "mul" else ()
        return _Part(made, axes, _place(op.name, [arg.place for arg in args]), factors=factors)

    def ordered(self, axes: set[str]) -> tuple[str, ...]:
        """Indices as the loops have them, outer ones first."""
        return tuple([index for index in self.nest if index in axes])

    def entry(self, array: _Part, places: Sequence[_Part]) -> _Part:
        """An entry of an array: a part of it along the axes that move."""
        if len(places) != len(array.shape) or not places:
            raise _Left
        axes, parts = [], []
        for place, size in zip(places, array.shape, strict=True):
            if place.place is None or not place.place[0]:
                raise _Left
            index, shift = place.place
            start, stop = self.indices[index].start + shift, shifted(self.indices[index].stop, shift)
            left = size_apart(size, stop)
            if start < 0 or left is None or left < 0:
                raise _Left  # it wraps around, or there is no such entry, or nobody knows
            axes.append(index)
            ends = [None if not end else float(end) for end in (start, -left)]
            parts.append(Call("slice", (*[Literal(end, _NOWHERE) for end in ends], Literal(None, _NOWHERE)), *_SPANS))
        tree = array.tree
        if any(isinstance(end, Literal) and end.value is not None for part in parts for end in part.args):
            tree = Call("getitem", (tree, *parts), *_SPANS)
        found = self.ordered(set(axes))
        if len(axes) == 2 and len(found) == 1 and tree is array.tree and array.shape[0] == array.shape[1]:
            return _Part(_call("diag", tree), found)
        if len(found) < len(axes) or (found != tuple(axes) and len(axes) > 2):
            raise _Left
        return _Part(tree if found == tuple(axes) else _transposed(tree), found)


_SPANS = (_NOWHERE, _NOWHERE)


def _array(maker: _Maker, element: _Part, own: tuple[str, ...]) -> _Part | None:
    """A list of elements: what they are, with an axis for each index."""
    if all(index in element.axes for index in own):
        return element
    if element.axes or len(own) > 1:
        return None
    return _Part(_call("mul", element.tree, _call("ones", maker.count(own[0]))), own)


def _sum(maker: _Maker, element: _Part, own: tuple[str, ...]) -> _Part:
    """The sum over some axes; as often as an index that the element does not move with says."""
    tree, axes = element.tree, element.axes
    for index in own:
        if index not in axes:
            tree = _call("mul", maker.count(index), tree)
    kept = tuple([axis for axis in axes if axis not in own])
    if axes == element.axes and len(axes) == len(kept) + 1 and len(own) == 1:
        product = _matrix_product(element, own[0], kept)
        if product is not None:
            return _Part(product, kept)
    if len(axes) > len(kept) and not kept:
        if isinstance(tree, Call) and tree.function == "diag":
            return _Part(_call("trace", *tree.args))
        return _Part(_call("sum", tree))
    for place in reversed(range(len(kept), len(axes))):
        tree = Call("sum", (tree,), _NOWHERE, _NOWHERE, (("axis", Literal(float(place), _NOWHERE)),))
    return _Part(tree, kept)


def _prod(maker: _Maker, element: _Part, own: tuple[str, ...]) -> _Part | None:
    """The product over one axis."""
    return _Part(_call("prod", element.tree)) if len(own) == 1 and element.axes == own else None


_REDUCED = {"array": _array, "prod": _prod, "sum": _sum}


def _matrix_product(element: _Part, index: str, kept: tuple[str, ...]) -> Tree | None:
    """The sum of a product over an index that both factors have last; None if it is no matrix product."""
    if len(element.factors) != 2 or not kept:
        return None
    first, second = element.factors
    for a, b in ((first, second), (second, first)):
        if len(a.axes) == 2 and a.axes[-1:] == b.axes[-1:] == (index,):
            if len(b.axes) == 1 and a.axes[:1] == kept:
                return _call("matmul", a.tree, b.tree)
            if len(b.axes) == 2 and (*a.axes[:1], *b.axes[:1]) == kept:
                return _call("matmul", a.tree, _transposed(b.tree))
    return None


def _loop_of(node: Call) -> Comprehension | None:
    """The loop that a call runs over: `sum(... for ...)`, `sum([... for ...])`."""
    loop = only_loop(node)
    if loop is None and node.function in ("prod", "sum") and len(node.args) == 1 and isinstance(node.args[0], Call):
        inner = node.args[0]
        return only_loop(inner) if inner.function == "array" and not node.keywords else None
    return loop


def _aligned(part: _Part, axes: tuple[str, ...]) -> Tree:
    """A part beside others: with an axis of one entry for each that it lacks; those in front broadcasting makes."""
    tree, started = part.tree, not part.axes
    place = 0
    for axis in axes:
        if axis in part.axes:
            started, place = True, place + 1
        elif started and part.axes:
            tree, place = _call("expand_dims", tree, Literal(float(place), _NOWHERE)), place + 1
    return tree


def _place(function: str, places: Sequence[tuple[str, int] | None]) -> tuple[str, int] | None:
    """An index and a whole number added to it."""
    first, second = (places[0], places[1]) if len(places) == 2 else (None, None)
    if function not in ("add", "sub") or first is None or second is None:
        return None
    (index, shift), (other, more) = first, second
    if function == "sub":
        return None if other else (index, shift - more)
    return None if index and other else (index or other, shift + more)


def _literal(node: Literal) -> _Part:
    if not isinstance(node.value, float):
        raise _Left
    return _Part(node, place=("", int(node.value)) if node.value.is_integer() else None)


def _transposed(tree: Tree) -> Tree:
    if isinstance(tree, Call) and tree.function == "transpose" and len(tree.args) == 1:
        return tree.args[0]
    return _call("transpose", tree)


def _filled(tree: Tree, parts: Mapping[str, Tree]) -> Tree:
    """A tree with others in the place of names."""

    def call(node: Call, args: list[Tree], keywords: dict[str, Tree]) -> Tree:
        return Call(node.function, tuple(args), node.span, node.head, tuple(keywords.items()))

    return fold(tree, lambda node: node, lambda node: parts.get(node.id, node), call)


def _again(node: Call, made: Mapping[int, Tree]) -> Call:
    args = tuple([made.get(id(arg), arg) for arg in node.args])
    keywords = tuple([(key, made.get(id(value), value)) for key, value in node.keywords])
    return Call(node.function, args, node.span, node.head, keywords)


def _call(function: str, *args: Tree) -> Call:
    return Call(function, args, _NOWHERE, _NOWHERE)

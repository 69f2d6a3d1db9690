"""A computation as a list of named steps: each value once, written by the names of those that it was made of.

It is the Wengert list of a program, of which the tape holds what requires a gradient.

Source: R. E. Wengert, "A simple automatic derivative evaluation program", Communications of the ACM 7 (1964).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, NamedTuple

from gradcli.engine.sweeps.subgraph import Slot, slot_of
from gradcli.engine.tape.tensor import Tensor, unwrap
from gradcli.lang import Call, Literal, Name, Program, Tree, unparse
from gradcli.ops import CONSTANTS, TABLE
from gradcli.ops.calls.outputs import Several
from gradcli.ops.calls.positions import is_mask

__all__ = ["Listed", "Listing", "slots"]

_LETTERS = ("v", "u", "s", "node")


class Listed(NamedTuple):
    """One step.

    Attributes:
        name: what it is called: the variable's or the assigned name, else a letter and a number.
        tree: its place in the program.
        call: the operation on the names of other steps; the tree itself for a variable or a number.
        given: the operation's arguments by the names of its parameters, of a variadic one by their positions.
        value: a tensor, an array or a number.
    """

    name: str
    tree: Literal | Name | Call
    call: Tree
    given: Mapping[str | int, Tree]
    value: Any

    @property
    def expression(self) -> str:
        """The operation as text."""
        return unparse(self.call)


class Listing:
    """Watches a program's execution: `observe`, `assigned` and `chosen` are for `execute`."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._trees: list[Literal | Name | Call] = []
        self._values: list[Any] = []
        self._computed: list[Call | None] = []
        self._references: list[list[int | Tree]] = []
        self._keywords: list[dict[str, int | Tree]] = []
        self._by_value: dict[int, int] = {}
        self._places: dict[int, int] = {}
        self._assigned: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._taken: dict[int, bool] = {}
        self._several: dict[str, Call] = {}
        self._made = 0
        self._held: list[Any] = []  # an id is another value's as soon as its own is gone

    def observe(self, node: Literal | Name | Call, args: list[Any], keywords: dict[str, Any], value: Any) -> None:
        """Take note of a sub-expression."""
        del args, keywords  # the trees tell which steps they are
        if isinstance(node, Call) and is_mask(node):  # the truth values that it is made of
            place = self._reference(node.args[0])
            self._held.append(value)
            if isinstance(place, int):
                self._places[id(node)] = place
            return
        if getattr(getattr(unwrap(value), "dtype", None), "kind", "") not in tuple("fiub"):
            return
        self._places[id(node)] = self._by_value.get(id(value), len(self._values))
        if id(value) in self._by_value:
            return
        self._by_value[id(value)] = len(self._values)
        self._values.append(value)
        self._trees.append(node)
        inner = self._computing(node)
        self._computed.append(inner)
        self._references.append([self._reference(arg) for arg in inner.args] if inner else [])
        self._keywords.append({key: self._reference(arg) for key, arg in inner.keywords} if inner else {})

    def chosen(self, node: Call, first: bool) -> None:
        """Take note of which branch of a conditional is taken."""
        self._taken[id(node)] = first

    def assigned(self, name: str, value: Any) -> Any:
        """Take note of an assignment's name."""
        tree = self.program.assignments[self._made].tree
        self._made += 1
        if isinstance(value, Several) and isinstance(tree, Call):
            self._several[name] = tree
        position = self._by_value.get(id(value))
        if position is not None:
            self._assigned[name] = position
            if not isinstance(self._trees[position], Name):
                self._names.setdefault(position, name)
        else:
            self._assigned.pop(name, None)
        return value

    def _computing(self, node: Literal | Name | Call) -> Call | None:
        """The call that computes a value: of one of several outputs that of the operation that gave them."""
        if not isinstance(node, Call):
            return None
        if node.function != "output":
            return node
        whole = node.args[0]
        if isinstance(whole, Name):
            return self._several.get(whole.id, node)
        return whole if isinstance(whole, Call) else node

    def _reference(self, tree: Tree) -> int | Tree:
        """Which step an argument is; the tree of one that is none, such as an axis."""
        while isinstance(tree, Call) and id(tree) in self._taken:
            tree = tree.args[1 if self._taken[id(tree)] else 2]
        if isinstance(tree, Name) and tree.id in self._assigned and id(tree) not in self._places:
            return self._assigned[tree.id]
        return self._places.get(id(tree), tree)

    def steps(self, called: str) -> list[Listed]:
        """The steps that the result was computed from, in the order of evaluation, the result last.

        Args:
            called: the result's name, if the program gives it none.
        """
        root = self._reference(self.program.result)
        if not isinstance(root, int):  # a single True or False
            return []
        order = sorted(self._reached(root))
        names = self._named(order, root, called)
        return [self._listed(position, names) for position in order if position in names]

    def _reached(self, root: int) -> set[int]:
        reached: set[int] = set()
        stack = [root]
        while stack:
            position = stack.pop()
            if position not in reached:
                reached.add(position)
                references = [*self._references[position], *self._keywords[position].values()]
                stack += [reference for reference in references if isinstance(reference, int)]
        return reached

    def _named(self, order: list[int], root: int, called: str) -> dict[int, str]:
        """A name for each step that is no number."""
        own = {p: tree.id for p in order if isinstance(tree := self._trees[p], Name) and tree.id not in CONSTANTS}
        named = own | {p: name for p, name in self._names.items() if p in order}
        taken = {*own.values(), *self._names.values(), *CONSTANTS, called}
        fresh = _fresh(taken)
        for position in order:
            if position not in named and isinstance(self._trees[position], Call):
                named[position] = called if position == root else next(fresh)
        if root not in named:  # a number alone
            named[root] = called
        return named

    def _listed(self, position: int, names: Mapping[int, str]) -> Listed:
        tree = self._trees[position]
        given: dict[str | int, Tree] = {}
        call: Tree = tree
        inner = self._computed[position]
        if inner is not None and isinstance(tree, Call):
            args = tuple([self._written(reference, names) for reference in self._references[position]])
            keywords = {key: self._written(reference, names) for key, reference in self._keywords[position].items()}
            op = TABLE[inner.function]
            given |= enumerate(args) if op.variadic else zip(op.params, args, strict=False)
            given |= keywords.items()
            written = Call(inner.function, args, inner.span, inner.head, tuple(keywords.items()))
            call = written if inner is tree else Call("getitem", (written, tree.args[1]), tree.span, tree.head)
        return Listed(names[position], tree, call, given, self._values[position])

    def _written(self, reference: int | Tree, names: Mapping[int, str]) -> Tree:
        if not isinstance(reference, int):
            return reference
        tree = self._trees[reference]
        return Name(names[reference], tree.span) if reference in names else tree


def _fresh(taken: set[str]) -> Iterator[str]:
    """Names that are none of these, of one letter that no name with a number begins with."""
    letter = next((one for one in _LETTERS if not any(_numbered(name, one) for name in taken)), None)
    numbered = (f"{letter or 'step_'}{number}" for number in count(1))
    return (name for name in numbered if name not in taken)


def _numbered(name: str, letter: str) -> bool:
    return name == letter or (name.startswith(letter) and name[len(letter) :].isdigit())


def slots(steps: list[Listed]) -> dict[Slot, str]:
    """The names of the steps by their places in the graph, those that require a gradient."""
    return {slot_of(step.value): step.name for step in steps if _tracked(step.value)}


def _tracked(value: Any) -> bool:
    return isinstance(value, Tensor) and value.requires_grad

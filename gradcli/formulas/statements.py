"""From nodes of a graph back to a program: statements for what is used more than once, then the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count
from typing import TypeAlias

from gradcli.formulas.graph import Constant, Entry, Graph
from gradcli.formulas.rules import OF_MANY
from gradcli.lang import Assignment, Call, Literal, Name, Program, Tree, unparse
from gradcli.ops import CONSTANTS

__all__ = ["Nested", "Writer", "counted", "shaped", "statements", "written"]

Nested: TypeAlias = "int | Sequence[Nested]"
"""A node, or nested lists of nodes: an array."""

_NOWHERE = (0, 0)
_IF = (0, len("if"))  # by the length of its head a conditional is told from a call of where
_LINE = 60
"""Nodes of a formula that always stands in one expression: about as much as fits a line."""

_HUGE = 10**9
"""Where counting ends: what is shared deeply would have numbers of thousands of digits."""

_REPEATED = 1.25
"""A formula without statements may be so much longer than one with them: names have to be looked up."""


def shaped(nodes: Sequence[int], shape: Sequence[int]) -> Nested:
    """Nodes in C order as nested lists of a shape.

    >>> shaped([1, 2, 3, 4], (2, 2)), shaped([5], ())
    ([[1, 2], [3, 4]], 5)
    """
    if not shape:
        return nodes[0]
    rows: list[Nested] = list(nodes)
    for size in reversed(shape[1:]):
        rows = [rows[i : i + size] for i in range(0, len(rows), size)] if size else [[] for _ in range(shape[0])]
    return rows


def statements(
    graph: Graph,
    result: Nested,
    names: Mapping[int, str],
    taken: Iterable[str],
    inline: bool = False,
    deepest: int | None = None,
    unnamed: frozenset[str] = frozenset(),
) -> Program:
    """A program that computes some nodes.

    Args:
        graph: of the nodes.
        result: the nodes.
        names: what nodes may be called.
        taken: names that are used already: those of variables.
        inline: whether to write a short formula in one expression.
        deepest: how deep an expression may be before a part of it gets a name.
        unnamed: operations whose value gets none.

    >>> x = (graph := Graph()).leaf(Entry("x"))
    >>> sine = graph.call("sin", (x,))
    >>> unparse(statements(graph, graph.call("mul", (sine, graph.call("exp", (sine,)))), {}, ["x"]))
    't1 = sin(x); t1*exp(t1)'
    """
    return written(Writer(graph, names, set(taken), unnamed), result, inline, deepest)


def written(writer: Writer, result: Nested, inline: bool = False, deepest: int | None = None) -> Program:
    """The same, by a writer."""
    roots = _flat(result)
    order, uses = counted(writer, roots, deepest)
    if inline:
        sizes = writer.sizes(order)
        repeated = sum(sizes[root] for root in roots)
        named = sum(1 for node in order if writer.is_shared(node, uses[node]))
        if repeated <= max(_LINE, _REPEATED * (len(order) + named)):
            return writer.program(order, result, dict.fromkeys(order, 1))
    return writer.program(order, result, uses)


def counted(writer: Writer, roots: Sequence[int], deepest: int | None = None) -> tuple[list[int], dict[int, int]]:
    """The nodes that some nodes are made of, in order, and how often each is used.

    Args:
        writer: of the graph.
        roots: the nodes.
        deepest: how deep an expression may be before a part of it counts twice.
    """
    args = writer.graph.args
    order = writer.graph.reachable(roots)
    uses = Counter(chain(roots, *[args[node] for node in order]))
    return order, uses if deepest is None else writer.divided(order, uses, deepest)


class Writer:
    """Expressions and names for the nodes of a graph."""

    def __init__(self, graph: Graph, names: Mapping[int, str], taken: set[str], unnamed: frozenset[str]) -> None:
        self.unnamed = unnamed
        self.graph = graph
        self.names = names
        self.variables = frozenset(taken)
        self.taken = taken | set(CONSTANTS)
        self.fresh = (f"t{i}" for i in count(1))
        self.texts: dict[int, Tree] = {}

    def sizes(self, order: Sequence[int]) -> dict[int, int]:
        """How many nodes each expression has when nothing is shared."""
        found: dict[int, int] = {}
        for node in order:
            found[node] = min(_HUGE, 1 + sum(found[arg] for arg in self.graph.args[node]))
        return found

    def divided(self, order: Sequence[int], uses: dict[int, int], deepest: int) -> dict[int, int]:
        """The uses, with those counted twice that make an expression too deep."""
        uses = dict(uses)
        depths: dict[int, int] = {}
        for node in order:
            args = self.graph.args[node]
            depth = 1 + max([depths[arg] for arg in args]) if args else 1
            if depth > deepest:
                uses[node] += 1
            depths[node] = 0 if uses[node] > 1 and self.is_shared(node, uses[node]) else depth
        return uses

    def is_shared(self, node: int, uses: int) -> bool:
        """Whether an expression is worth a statement."""
        graph = self.graph
        function = graph.functions[node]
        if uses < 2 or not function or function in self.unnamed or graph.constants[node] is not None:
            return False
        return function != "neg" or len(graph.args[graph.args[node][0]]) > 0

    def program(self, order: Sequence[int], result: Nested, uses: Mapping[int, int]) -> Program:
        """The statements and the result."""
        assignments = []
        for node in order:
            tree = self.tree(node)
            if self.is_shared(node, uses[node]):
                name = self.name(node)
                assignments.append(Assignment(name, tree, _NOWHERE))
                tree = Name(name, _NOWHERE)
            self.texts[node] = tree
        program = Program("", tuple(assignments), self.nested(result))
        return program._replace(source=unparse(program))

    def name(self, node: int) -> str:
        """A name for a node: the program's own, if it is free."""
        name = self.names.get(node, "")
        while not name or name in self.taken:
            name = next(self.fresh)
        self.taken.add(name)
        return name

    def tree(self, node: int) -> Tree:
        """The expression of a node, given those of its arguments."""
        graph = self.graph
        leaf = graph.leaves[node]
        if isinstance(leaf, Entry):
            return self.entry(leaf)
        if isinstance(leaf, Constant):
            hidden = leaf.name in self.variables
            return Literal(CONSTANTS[leaf.name], _NOWHERE) if hidden else Name(leaf.name, _NOWHERE)
        if leaf is not None:
            return Literal(leaf, _NOWHERE)
        function, args = graph.functions[node], tuple([self.texts[arg] for arg in graph.args[node]])
        if function == "if":
            return Call("where", args, _NOWHERE, _IF)
        if function in OF_MANY:
            args = (Call("array", args, _NOWHERE, _NOWHERE),)
        return Call(function, args, _NOWHERE, _NOWHERE)

    @staticmethod
    def entry(leaf: Entry) -> Tree:
        """A variable, or an entry of one."""
        name = Name(leaf.name, _NOWHERE)
        if not leaf.at:
            return name
        indices = [Literal(float(i), _NOWHERE) for i in leaf.at]
        return Call("getitem", (name, *indices), _NOWHERE, _NOWHERE)

    def nested(self, result: Nested) -> Tree:
        """Nested lists of nodes as an array; they are nested as deeply as an array has axes."""
        if isinstance(result, int):
            return self.texts[result]
        return Call("array", tuple([self.nested(part) for part in result]), _NOWHERE, _NOWHERE)


def _flat(result: Nested) -> list[int]:
    stack, found = [result], []
    while stack:
        item = stack.pop()
        if isinstance(item, int):
            found.append(item)
        else:
            stack.extend(reversed(item))
    return found

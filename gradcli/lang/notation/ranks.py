"""How many axes the trees of a text have: in some notations an operation means what its operands are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from gradcli.lang.tree.nodes import Call, Comprehension, Literal, Name, Span, Tree

__all__ = ["Rank", "Ranks", "down_the_rows"]

Rank: TypeAlias = "int | None"
"""How many axes; None where that is not known."""

_NUMBERS = frozenset(["norm", "trace", "det", "logdet", "max", "min"])
_MATRICES = frozenset(["inv", "transpose", "expm", "matrix_power"])


class Ranks:
    """The ranks of the trees of one text.

    Args:
        told: for each variable how many axes it has, None where that is not known; under "" for all others.

    >>> from gradcli.lang import parse
    >>> Ranks({"A": 2, "x": 1}).of(parse("sin(A @ x) + 1").result)
    1
    """

    def __init__(self, told: Mapping[str, Rank]) -> None:
        self.told = told
        self.known: dict[int, tuple[Tree, Rank]] = {}

    def of(self, tree: Tree) -> Rank:
        """The rank of a tree; a number's of a variable that is not told, as of an index."""
        waiting = [tree]
        while waiting:
            node = waiting[-1]
            missing = [part for part in _parts(node) if id(part) not in self.known]
            if missing:
                waiting += missing
                continue
            waiting.pop()
            self.known[id(node)] = (node, self.joined(node, [self.known[id(part)][1] for part in _parts(node)]))
        return self.known[id(tree)][1]

    def joined(self, tree: Tree, ranks: Sequence[Rank]) -> Rank:
        """The rank of a tree whose parts have these."""
        if isinstance(tree, Name):
            return self.told.get(tree.id, self.told.get("", 0))
        if isinstance(tree, Literal) or not ranks:
            return 0
        if isinstance(tree, Comprehension) or tree.function == "diff":
            return ranks[0]
        first = ranks[0]
        if tree.function in _NUMBERS:
            return 0
        if tree.function in _MATRICES:
            return first
        if tree.function == "sum" and not isinstance(tree.args[0], Comprehension):
            return 0 if not tree.keywords else None if first is None else first - 1
        if tree.function == "array":
            return None if first is None else first + 1
        if tree.function == "getitem":
            made = [index for index in tree.args[1:] if isinstance(index, Literal) and index.value is None]
            taken = [index for index in tree.args[1:] if isinstance(index, Literal) and index.value is not None]
            return None if first is None else max(first + len(made) - len(taken), 0)
        if tree.function == "matmul":
            return None if None in ranks else max(sum(rank or 0 for rank in ranks) - 2, 0)
        return None if None in ranks else max(rank or 0 for rank in ranks)


def _parts(tree: Tree) -> Sequence[Tree]:
    if isinstance(tree, Comprehension):
        return [tree.element]
    if not isinstance(tree, Call):
        return ()
    return tree.args[:1] if tree.function in ("getitem", "diff") else tree.args


def down_the_rows(tree: Tree, axes: int, rank: int, span: Span) -> Tree:
    """An array with axes of length 1 behind its own: its entries go with the rows of what stands beside it.

    Args:
        tree: the array.
        axes: how many axes it has.
        rank: how many it is to have.
        span: its place.
    """
    nothing = Literal(None, span)
    own: list[Tree] = [Call("slice", (nothing, nothing, nothing), span, span) for _ in range(axes)]
    return Call("getitem", (tree, *own, *[nothing] * (rank - axes)), span, span)

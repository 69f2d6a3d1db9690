"""Graphs whose nodes are whole arrays, with their shapes."""

from __future__ import annotations

from collections.abc import Hashable

from gradcli.formulas.array_sizes import Shape, broadcast
from gradcli.formulas.graph import Entry, Graph, Leaf

__all__ = ["ArrayGraph"]


class ArrayGraph(Graph):
    """A graph of arrays.

    Attributes:
        shapes: for each node its shape.
        statics: for each node the arguments of its operation that are no arrays, by name.
        symmetric: the matrices that are known to be their own transposes.
    """

    __slots__ = ("_named", "shapes", "statics", "symmetric")

    def __init__(self) -> None:
        super().__init__()
        self.symmetric: set[int] = set()
        self.shapes: list[Shape] = []
        self.statics: dict[int, tuple[tuple[str, Hashable], ...]] = {}
        self._named: dict[object, int] = {}

    def variable(self, name: str, shape: Shape, symmetric: bool = False) -> int:
        """The node of a variable."""
        node = self.leaf(Entry(name))
        self.shapes[node] = shape
        if symmetric:
            self.symmetric.add(node)
        return node

    def array(
        self, function: str, args: tuple[int, ...], shape: Shape, statics: tuple[tuple[str, Hashable], ...] = ()
    ) -> int:
        """The node of an operation on whole arrays."""
        key = (function, args, statics)
        node = self._named.get(key)
        if node is None:
            node = self._new(key, function, args, None, False, None)
            self.shapes[node] = shape
            if statics:
                self.statics[node] = statics
            self._named[key] = node
            if len(shape) == 2 and self._is_symmetric(function, args):
                self.symmetric.add(node)
        return node

    def _is_symmetric(self, function: str, args: tuple[int, ...]) -> bool:
        """Whether a matrix that an operation on whole arrays gives is its own transpose."""
        if function in ("cofactors", "inv"):
            return args[0] in self.symmetric
        if function in ("matmul", "outer"):
            a, b = args
            mirrored = self.functions[b] == "transpose" and self.args[b] == (a,)
            mirrored = mirrored or (self.functions[a] == "transpose" and self.args[a] == (b,))
            return mirrored or (a == b and (function == "outer" or a in self.symmetric))
        return function in ("diag", "eye")

    def is_whole(self, node: int) -> bool:
        """Whether an operation is on arrays, and not on each of their entries."""
        return self.functions[node] in _OF_ARRAYS

    def again(self, node: int, args: tuple[int, ...]) -> int:
        """The operation of a node on other arguments of the same shapes."""
        function = self.functions[node]
        if self.is_whole(node):
            return self.array(function, args, self.shapes[node], self.statics.get(node, ()))
        return self.call(function, args)

    def _new(
        self, key: object, function: str, args: tuple[int, ...], leaf: Leaf | None, finite: bool, value: float | None
    ) -> int:
        node = super()._new(key, function, args, leaf, finite, value)
        arrays = function in _OF_ARRAYS
        self.shapes.append(() if not function or arrays else broadcast(*[self.shapes[arg] for arg in args]))
        if function and not arrays and len(self.shapes[node]) == 2:
            known = all(arg in self.symmetric or not self.shapes[arg] for arg in args)
            if known or (function == "add" and self._are_mirrored(*args)):
                self.symmetric.add(node)
        return node

    def _are_mirrored(self, a: int, b: int) -> bool:
        """Whether one of two matrices is the transpose of the other."""
        return any(self.functions[y] == "transpose" and self.args[y] == (x,) for x, y in ((a, b), (b, a)))


_OF_ARRAYS = frozenset({
    "arange", "cofactors", "cumsum", "det", "diag", "entry", "expand_dims", "eye", "flip", "inv", "kron", "log_softmax",
    "logabsdet", "logsumexp", "matmul", "max", "mean", "min", "norm", "one_hot", "ones", "outer", "padded", "part",
    "prod", "size", "softmax", "solve", "std", "sum", "trace", "transpose", "var",
})  # fmt: skip
"""Operations that are not on each entry."""

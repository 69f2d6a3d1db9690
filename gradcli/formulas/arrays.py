"""Operations on nodes that are whole arrays, and what matrix algebra leaves out of them."""

from __future__ import annotations

from gradcli.errors import ShapeProblem
from gradcli.formulas.arithmetic import Arithmetic
from gradcli.formulas.array_graph import ArrayGraph
from gradcli.formulas.array_sizes import Shape, Size, shifted

__all__ = ["ArrayArithmetic"]

_EASY = ("diag", "eye", "outer")
"""Matrices whose products with a diagonal one are of their kind."""

_IN_PLACE = ("cumsum", "flip", "log_softmax", "softmax")
"""Operations on a vector that give one of the same length."""

_TO_ONE = ("logsumexp", "max", "mean", "min", "std", "var")
"""Operations on all entries that give one number."""


class ArrayArithmetic(Arithmetic):
    """Operations on arrays; those on each entry are as on numbers, an array of equal entries being one number.

    >>> graph = ArrayGraph()
    >>> arithmetic = ArrayArithmetic(graph)
    >>> a = graph.variable("A", ("m", "n"))
    >>> arithmetic.transpose(arithmetic.transpose(a)) == a, graph.shapes[arithmetic.transpose(a)]
    (True, ('n', 'm'))
    """

    graph: ArrayGraph

    def shape(self, node: int) -> Shape:
        """A node's shape."""
        return self.graph.shapes[node]

    def add(self, a: int, b: int) -> int:
        """a + b; M@v + N@v is (M + N)@v, and diag(v) + diag(w) is diag(v + w)."""
        graph = self.graph
        if graph.functions[a] == graph.functions[b] == "matmul" and a != b:
            (p, v), (q, w) = self._factors(a), self._factors(b)
            if v == w and self.shape(p) == self.shape(q):
                if graph.functions[p] == "transpose":
                    p, q = q, p
                return self.matmul(self.add(p, q), v)
        above, below = self._on_diagonal(a), self._on_diagonal(b)
        if above is not None and below is not None:
            return self.diagonal(self.add(above, below))
        a, b = self._spread(a, b)
        (number, rest), (other, last) = self._scaled_by(a), self._scaled_by(b)
        if number is not None and number == other and graph.functions[rest] == graph.functions[last] == "matmul":
            return self.mul(number, self.add(rest, last))
        return super().add(a, b)

    def sub(self, a: int, b: int) -> int:
        """a - b."""
        v, w = self._on_diagonal(a), self._on_diagonal(b)
        if v is not None and w is not None:
            return self.diagonal(self.sub(v, w))
        return super().sub(*self._spread(a, b))

    def _on_diagonal(self, node: int) -> int | None:
        """The vector on a diagonal matrix's diagonal, times the numbers in front; None for another matrix."""
        graph = self.graph
        if graph.functions[node] == "neg":
            inner = self._on_diagonal(graph.args[node][0])
            return None if inner is None else self.neg(inner)
        number, rest = self._scaled_by(node)
        if number is not None:
            inner = self._on_diagonal(rest)
            return None if inner is None else self.mul(number, inner)
        return graph.args[node][0] if graph.functions[node] == "diag" and len(self.shape(node)) == 2 else None

    def _spread(self, a: int, b: int) -> tuple[int, int]:
        """Two terms; equal entries beside an array of their shape are one number."""
        if self.shape(a) != self.shape(b):
            return a, b
        bare_a, bare_b = self.bare(a), self.bare(b)
        if (bare_a != a) == (bare_b != b):
            return a, b
        return bare_a, bare_b

    def _factors(self, product: int) -> tuple[int, int]:
        """The factors of a matrix product, a vector on the right."""
        a, b = self.graph.args[product]
        return (self.transpose(b), a) if len(self.shape(a)) == 1 < len(self.shape(b)) else (a, b)

    def div(self, a: int, b: int) -> int:
        """a/b; the cofactors of a matrix over its determinant are its inverse's transpose."""
        graph = self.graph
        if graph.functions[b] == "det":
            cofactors = graph.array("cofactors", graph.args[b], self.shape(graph.args[b][0]))
            if a == cofactors:
                return self.transpose(self.inv(graph.args[b][0]))
        return super().div(a, b)

    def mul(self, a: int, b: int) -> int:
        """a*b."""
        graph = self.graph
        for x, y in ((a, b), (b, a)):
            if graph.functions[x] == "div" and graph.functions[y] == "cofactors":
                above, below = graph.args[x]
                if graph.functions[below] == "det" and graph.args[below] == graph.args[y]:
                    return self.mul(above, self.div(y, below))
            if graph.functions[x] == "ones" and self.shape(x) == self.shape(y):
                return y
            if graph.functions[x] == "eye" and graph.functions[y] != "eye" and self.shape(x) == self.shape(y):
                return self._diagonal(y)
            if graph.functions[x] == "expand_dims" and len(self.shape(y)) == 1 and len(self.shape(x)) == 2:
                return self.outer(graph.args[x][0], y) if self.shape(x)[1] == 1 else super().mul(a, b)
        return super().mul(a, b)

    def _diagonal(self, a: int) -> int:
        """A matrix without what is off its diagonal."""
        graph, side = self.graph, self.shape(a)[:1]
        return graph.array("diag", (graph.array("diag", (a,), side),), self.shape(a))

    def transpose(self, a: int) -> int:
        """The axes of a matrix exchanged."""
        graph = self.graph
        if len(self.shape(a)) < 2 or a in graph.symmetric:
            return a
        if graph.functions[a] == "transpose":
            return graph.args[a][0]
        if graph.functions[a] == "neg":
            return self.neg(self.transpose(graph.args[a][0]))
        number, rest = self._scaled_by(a)
        if number is not None:
            return self.mul(number, self.transpose(rest))
        if graph.functions[a] == "outer":
            return self.call("outer", graph.args[a][::-1])
        if graph.functions[a] in ("add", "sub") and all(len(self.shape(arg)) == 2 for arg in graph.args[a]):
            p, q = (self.transpose(arg) for arg in graph.args[a])
            if graph.functions[p] != "transpose" or graph.functions[q] != "transpose":
                return self.add(p, q) if graph.functions[a] == "add" else self.sub(p, q)
        if graph.functions[a] == "ones":
            return graph.array("ones", (), self.shape(a)[::-1], (("shape", self.shape(a)[::-1]),))
        if graph.functions[a] == "matmul":
            left, right = graph.args[a]
            if len(self.shape(left)) == len(self.shape(right)) == 2:
                return self.matmul(self.transpose(right), self.transpose(left))
        return graph.array("transpose", (a,), self.shape(a)[::-1])

    def inv(self, a: int) -> int:
        """The inverse of a matrix."""
        return self.graph.array("inv", (a,), self.shape(a))

    def matmul(self, a: int, b: int) -> int:
        """a@b: numbers and signs in front, a vector on the right."""
        graph = self.graph
        for first, other in ((a, b), (b, a)):
            if graph.functions[first] == "eye":
                return other
        if graph.functions[a] == "neg":
            return self.neg(self.matmul(graph.args[a][0], b))
        if graph.functions[b] == "neg":
            return self.neg(self.matmul(a, graph.args[b][0]))
        for position, node in enumerate((a, b)):
            number, rest = self._scaled_by(node)
            if number is not None:
                return self.mul(number, self.matmul(rest, b) if position == 0 else self.matmul(a, rest))
        ranks = (len(self.shape(a)), len(self.shape(b)))
        if ranks == (1, 2):
            return self.matmul(self.transpose(b), a)
        found = self._of_structure(a, b, ranks)
        return graph.array("matmul", (a, b), self.product_shape(a, b)) if found is None else found

    def _of_structure(self, a: int, b: int, ranks: tuple[int, int]) -> int | None:
        """A product with a diagonal matrix, an outer product or ones; None if neither is one."""
        graph = self.graph
        if graph.functions[a] == "diag" and len(self.shape(graph.args[a][0])) == 1:
            if ranks[1] == 1:
                return self.mul(graph.args[a][0], b)
            if self._is_of_structure(b):
                p, q = graph.args[b]
                combine = self.add if graph.functions[b] == "add" else self.sub
                return combine(self.matmul(a, p), self.matmul(a, q))
        if graph.functions[b] == "diag" and ranks[0] == 2 and self._is_of_structure(a):
            p, q = graph.args[a]
            combine = self.add if graph.functions[a] == "add" else self.sub
            return combine(self.matmul(p, b), self.matmul(q, b))
        if graph.functions[a] == graph.functions[b] == "diag" and ranks == (2, 2):
            (p,), (q,) = graph.args[a], graph.args[b]
            if len(self.shape(p)) == len(self.shape(q)) == 1:
                return self.diagonal(self.mul(p, q))
        if graph.functions[a] == "outer" and ranks[1] == 2:
            return self.outer(graph.args[a][0], self.matmul(self.transpose(b), graph.args[a][1]))
        if graph.functions[b] == "outer" and ranks[0] == 2:
            return self.outer(self.matmul(a, graph.args[b][0]), graph.args[b][1])
        if graph.functions[b] == "ones" and ranks[1] == 1:
            return self._row_sums(a)
        if graph.functions[a] == "ones" and ranks[1] == 1:
            total = self._total(b)
            return total if ranks[0] == 1 else self.full(total, self.product_shape(a, b))
        return None

    def _is_of_structure(self, node: int) -> bool:
        """Whether a matrix is a sum or difference of two that have an easy product with a diagonal one."""
        graph, args = self.graph, self.graph.args[node]
        if graph.functions[node] not in ("add", "sub"):
            return False
        return all(len(self.shape(arg)) == 2 and graph.functions[self._unscaled(arg)] in _EASY for arg in args)

    def _unscaled(self, node: int) -> int:
        """An array without the number that it is multiplied by, and without its sign."""
        while True:
            inner = self.graph.args[node][0] if self.graph.functions[node] == "neg" else self._scaled_by(node)[1]
            if inner == node:
                return node
            node = inner

    def _total(self, a: int) -> int:
        """The sum of all entries; that of the sums along an axis is that of all."""
        graph = self.graph
        if graph.functions[a] == "sum":
            a = graph.args[a][0]
        return graph.array("sum", (a,), ())

    def _row_sums(self, a: int) -> int:
        """The sums of a matrix's rows, or of a vector: its product with ones."""
        graph, shape = self.graph, self.shape(a)
        if len(shape) == 1:
            return graph.array("sum", (a,), ())
        if graph.functions[a] == "transpose":
            return graph.array("sum", graph.args[a], shape[:1], (("axis", 0),))
        if graph.functions[a] == "diag" and len(self.shape(graph.args[a][0])) == 1:
            return graph.args[a][0]
        return graph.array("sum", (a,), shape[:1], (("axis", 1),))

    def product_shape(self, a: int, b: int) -> Shape:
        """The shape of a matrix product.

        Raises:
            ShapeProblem: if the factors do not fit.
        """
        left, right = self.shape(a), self.shape(b)
        if not 1 <= len(left) <= 2 or not 1 <= len(right) <= 2 or left[-1] != right[0]:
            told = " and ".join(str(shape).replace("'", "") for shape in (left, right))
            raise ShapeProblem(f"shapes {told} do not fit in matmul")
        return (*left[:-1], *right[1:])

    def _scaled_by(self, node: int) -> tuple[int | None, int]:
        """The number that an array is multiplied by, a node without axes, and the array."""
        graph = self.graph
        if graph.functions[node] == "mul":
            x, y = graph.args[node]
            if not self.shape(x) and self.shape(y):
                return x, y
            if not self.shape(y) and self.shape(x):
                return y, x
        if graph.functions[node] == "div":
            x, y = graph.args[node]
            if not self.shape(y) and self.shape(x):
                return super().div(self.one, y), x
        return None, node

    def outer(self, a: int, b: int) -> int:
        """The outer product of two vectors: numbers and signs in front."""
        graph = self.graph
        for position, node in enumerate((a, b)):
            negative = graph.functions[node] == "neg"
            number, rest = (None, graph.args[node][0]) if negative else self._scaled_by(node)
            if negative or number is not None:
                found = self.outer(rest, b) if position == 0 else self.outer(a, rest)
                return self.neg(found) if number is None else self.mul(number, found)
        shape = (*self.shape(a), *self.shape(b))
        if graph.functions[a] == graph.functions[b] == "ones":
            return graph.array("ones", (), shape, (("shape", shape),))
        return graph.array("outer", (a, b), shape)

    def bare(self, node: int) -> int:
        """An array of equal entries as one number."""
        factors, rest = [], node
        while self.graph.functions[rest] != "ones":
            number, rest = self._scaled_by(rest)
            if number is None:
                return node
            factors.append(number)
        made = self.one
        for factor in factors:
            made = self.mul(factor, made)
        return made

    def diagonal(self, a: int) -> int:
        """The matrix with a vector on its diagonal."""
        number, rest = self._scaled_by(a)
        if number is not None:
            return self.mul(number, self.diagonal(rest))
        if self.graph.functions[a] == "ones":
            return self.graph.array("eye", (), self.shape(a) * 2, (("n", self.shape(a)[0]),))
        return self.graph.array("diag", (a,), self.shape(a) * 2)

    def of_diagonal(self, a: int) -> int:
        """The diagonal of a square matrix."""
        graph, (side, _) = self.graph, self.shape(a)
        number, rest = self._scaled_by(a)
        if number is not None:
            return self.mul(number, self.of_diagonal(rest))
        if graph.functions[a] in ("eye", "ones"):
            return graph.array("ones", (), (side,), (("shape", (side,)),))
        if graph.functions[a] == "outer":
            return self.mul(*graph.args[a])
        return graph.args[a][0] if graph.functions[a] == "diag" else graph.array("diag", (a,), (side,))

    def column_sums(self, a: int) -> int:
        """The sums over the first axis of a matrix."""
        graph, shape = self.graph, self.shape(a)
        number, rest = self._scaled_by(a)
        if number is not None:
            return self.mul(number, self.column_sums(rest))
        if graph.functions[a] == "eye":
            return graph.array("ones", (), shape[1:], (("shape", shape[1:]),))
        if graph.functions[a] == "diag":
            return graph.args[a][0]
        return graph.array("sum", (a,), shape[1:], (("axis", 0),))

    def full(self, node: int, shape: Shape) -> int:
        """An array of a shape, from one that stands for it by broadcasting."""
        if self.shape(node) == shape:
            return node
        return self.mul(node, self.graph.array("ones", (), shape, (("shape", shape),)))

    def call(self, function: str, args: tuple[int, ...]) -> int:
        """Any operation that a rule of the table writes."""
        graph = self.graph
        if function == "matmul":
            return self.matmul(*args)
        if function == "transpose":
            return self.transpose(*args)
        if function == "outer":
            return self.outer(*args)
        if function == "flip" and graph.functions[args[0]] == "flip":
            return graph.args[args[0]][0]
        if function in ("inv", "cofactors", *_IN_PLACE):
            return graph.array(function, args, self.shape(args[0]))
        if function == "solve":
            return graph.array(function, args, self.shape(args[1]))
        if function == "sum":
            return self._total(args[0])
        if function in ("det", "logabsdet", "trace", *_TO_ONE):
            return graph.array(function, args, ())
        if function == "equal" and args[1] == self.zero and graph.functions[args[0]] == "arange":
            start = dict(graph.statics[args[0]])["start"]
            if isinstance(start, int) and start > 0:
                return graph.leaf(False)
        return super().call(function, args)

    def summed(self, node: int, axis: int) -> int:
        """The sums of a matrix over an axis; of its product with a vector along it the matrix product."""
        graph, shape = self.graph, self.shape(node)
        if graph.functions[node] == "mul" and len(shape) == 2:
            for x, y in (graph.args[node], graph.args[node][::-1]):
                if self.shape(x) == shape and self.shape(y) == shape[1:] and axis == 1:
                    return self.matmul(x, y)
                column = graph.functions[y] == "expand_dims" and self.shape(y) == (shape[0], 1)
                if self.shape(x) == shape and column and axis == 0:
                    return self.matmul(self.transpose(x), graph.args[y][0])
        return graph.array("sum", (node,), (*shape[:axis], *shape[axis + 1 :]), (("axis", axis),))

    def sum_to(self, node: int, nominal: Shape, shape: Shape) -> int:
        """What broadcasting from a shape to another one passes back: the sum over the axes that it made.

        Args:
            node: stands for an array of the nominal shape.
            nominal: the shape that was broadcast to.
            shape: the shape that it was broadcast from.
        """
        graph = self.graph
        if nominal == shape:
            return node
        if graph.functions[node] == "neg":
            return self.neg(self.sum_to(graph.args[node][0], nominal, shape))
        number, rest = self._scaled_by(node)
        if number is not None:
            return self.mul(number, self.sum_to(rest, nominal, shape))
        made = len(nominal) - len(shape)
        held = (1,) * (len(nominal) - len(self.shape(node))) + self.shape(node)
        axes = [i for i, size in enumerate(nominal) if i < made or (shape[i - made] == 1 and size != 1)]
        for axis in axes:
            if held[axis] != nominal[axis]:  # equal entries: as many times one of them
                node = self.mul(self.size(nominal[axis]), node)
        missing = len(nominal) - len(self.shape(node))
        summed = [axis - missing for axis in axes if axis >= missing and held[axis] == nominal[axis] != 1]
        if len(summed) == len(self.shape(node)) and summed:
            return graph.array("sum", (node,), ())
        for axis in reversed(summed):
            kept = axis + missing >= made
            if not kept:
                node = self.summed(node, axis)
                continue
            sizes = list(self.shape(node))
            sizes[axis] = 1
            node = graph.array("sum", (node,), tuple(sizes), (("axis", axis), ("keepdims", True)))
        return node

    def squeezed(self, node: int, axis: int) -> int:
        """An array without an axis of one entry."""
        graph = self.graph
        if graph.functions[node] == "neg":
            return self.neg(self.squeezed(graph.args[node][0], axis))
        number, rest = self._scaled_by(node)
        if number is not None:
            return self.mul(number, self.squeezed(rest, axis))
        statics = dict(graph.statics.get(node, ()))
        if graph.functions[node] == "expand_dims" and statics["axis"] == axis:
            return graph.args[node][0]
        if graph.functions[node] == "sum" and statics.get("axis") == axis:
            return self.summed(graph.args[node][0], axis)
        return self.summed(node, axis)

    def part(self, node: int, start: int, left: int) -> int:
        """The entries of a vector from one on, without the last ones."""
        size = shifted(self.shape(node)[0], -start - left)
        return self.graph.array("part", (node,), (size,), (("start", start), ("left", left)))

    def padded(self, node: int, before: int, after: int) -> int:
        """A vector between zeros: what `part` passes back."""
        graph = self.graph
        if graph.functions[node] == "neg":
            return self.neg(self.padded(graph.args[node][0], before, after))
        number, rest = self._scaled_by(node)
        if number is not None:
            return self.mul(number, self.padded(rest, before, after))
        size = shifted(self.shape(node)[0], before + after)
        return graph.array("padded", (node,), (size,), (("before", before), ("after", after)))

    def size(self, size: Size) -> int:
        """A number of entries: a number, or for a letter a node that stands for it."""
        if isinstance(size, int):
            return self.number(float(size))
        return self.graph.array("size", (), (), (("of", size),))

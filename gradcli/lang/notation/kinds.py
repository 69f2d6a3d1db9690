"""What is a number, a column, a row or a matrix: in some notations a product means what its operands are.

Vectors have one axis here. There they are columns, and their transposes rows: x'*y is a number, x*y' a matrix.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from gradcli.errors import SyntaxProblem
from gradcli.lang.notation.grammar import ambiguous
from gradcli.lang.tree.nodes import Call, Literal, Name, Span, Tree

__all__ = ["Kind", "Kinds", "Spelled", "bare"]

Kind: TypeAlias = str
"""number, column, row, matrix; "ones column", "ones row" and "ones matrix" of a size that what stands beside it has;
unknown."""

_TRANSPOSED = {"column": "row", "row": "column", "ones column": "ones row", "ones row": "ones column"}


class Spelled(NamedTuple):
    """How a notation writes what hints tell to write; what is in braces stands for parts of the text."""

    inner: str = "{left}' * {right}"
    entrywise: str = "x .* y"
    transpose: str = "x'"
    divide: str = "./"
    solve: str = "inv(A)*b"
    power: str = "{base} .^ ..., entry by entry"
    product: str = "{base}*{base}, the product"
    exponent: str = "{base}.^{exponent}, entry by entry"


class Kinds:
    """The kinds of the trees of one text.

    Args:
        source: the text.
        ranks: for each variable how many axes it has; None where that is not known. No variables at all if nothing is.
        untold: the kind of a variable where nothing is known.
        spelled: how the notation writes what hints tell to write.
    """

    def __init__(
        self, source: str, ranks: Mapping[str, int | None], untold: Kind = "unknown", spelled: Spelled | None = None
    ) -> None:
        self.source = source
        self.spelled = spelled or Spelled()
        self.default = untold
        self.ranks = ranks
        self.known: dict[int, tuple[Tree, Kind]] = {}

    def of(self, tree: Tree) -> Kind:
        """The kind of a tree; a number's, if nothing else has been noted."""
        if isinstance(tree, Name):
            return self.of_name(tree.id)
        return self.known.get(id(tree), (tree, "number"))[1]

    def of_name(self, name: str) -> Kind:
        """The kind of a variable: a number, unless another is told, if any is."""
        if not self.ranks:
            return self.default
        rank = self.ranks.get(name, self.ranks.get("", 0))
        return "unknown" if rank is None else {0: "number", 1: "column", 2: "matrix"}.get(rank, "array")

    def note(self, tree: Tree, kind: Kind) -> Tree:
        """Note the kind of a tree, and return it."""
        self.known[id(tree)] = (tree, kind)
        return tree

    def refuse(self, message: str, span: Span, hint: str | None = None) -> SyntaxProblem:
        """The error for what does not fit."""
        return SyntaxProblem(message, source=self.source, span=span, hint=hint)

    def untold(self, span: Span, *readings: str) -> SyntaxProblem:
        """The error for a product of what is not known."""
        problem = ambiguous(self.source, span, *readings)
        problem.hint = f"it is {' or '.join(readings)}: tell the shapes with values, or --shape A=m,n"
        return problem

    def signed(self, operand: Tree, tree: Tree) -> Tree:
        """A sign before an operand."""
        if isinstance(tree, Call) and tree is not operand:
            tree = Call(tree.function, (bare(operand),), tree.span, tree.head)
        return self.note(tree, self.of(operand))

    def transposed(self, tree: Tree, span: Span) -> Tree:
        """`x'`."""
        kind = self.of(tree)
        if kind == "unknown":
            raise self.untold(span, "the transpose of a matrix", "a vector as a row")
        if kind == "matrix":
            return self.note(Call("transpose", (tree,), span, (span[1] - 1, span[1])), "matrix")
        if kind == "number":
            return tree
        # A vector has one axis, whichever way it is turned: the turned one is the same tree with another kind.
        turned = Call("pos", (tree,), span, span) if isinstance(tree, Name) else tree
        return self.note(turned, _TRANSPOSED.get(kind, kind))

    def product(self, left: Tree, right: Tree, span: Span, head: Span) -> Tree:
        """The matrix product, of a number the product with each entry."""
        a, b = self.of(left), self.of(right)
        if "number" in (a, b):
            kind = b if a == "number" else a
            return self.note(Call("mul", (bare(left), bare(right)), span, head), kind)
        if "unknown" in (a, b):
            raise self.untold(span, "the product of numbers", "the product of matrices")
        if a.startswith("ones") or b.startswith("ones"):
            return self.with_ones(left, right, span, head)
        kinds = {
            ("row", "column"): "number", ("row", "matrix"): "row", ("matrix", "column"): "column",
            ("matrix", "matrix"): "matrix", ("column", "row"): "matrix",
        }  # fmt: skip
        kind = kinds.get((a, b), "")
        if not kind:
            inner, entrywise = self.spelled.inner.format(left="x", right="y"), self.spelled.entrywise
            hint = f"write {inner} for the product of two columns, {entrywise} entry by entry"
            raise self.refuse(f"a {a} times a {b} is no product", span, hint)
        function = "outer" if (a, b) == ("column", "row") else "matmul"
        return self.note(Call(function, (bare(left), bare(right)), span, head), kind)

    def with_ones(self, left: Tree, right: Tree, span: Span, head: Span) -> Tree:
        """A product with vector(c), which sums."""
        a, b = self.of(left), self.of(right)
        if (a, b) == ("row", "ones column"):
            made: Tree = Call("sum", (bare(left),), span, head)
            return self.note(Call("mul", (made, right), span, head), "number")
        if (a, b) == ("ones row", "column"):
            made = Call("sum", (bare(right),), span, head)
            return self.note(Call("mul", (left, made), span, head), "number")
        axis = {("matrix", "ones column"): (1.0, "column"), ("ones row", "matrix"): (0.0, "row")}.get((a, b))
        if axis is None:
            raise self.refuse(f"the size of '{self.source[slice(*span)]}' is not known", span, "write its sum")
        ones, other = (right, left) if b.startswith("ones") else (left, right)
        made = Call("sum", (bare(other),), span, head, (("axis", Literal(axis[0], span)),))
        return self.note(Call("mul", (ones, made), span, head), axis[1])

    def entrywise(self, function: str, left: Tree, right: Tree, span: Span, head: Span) -> Tree:
        """An operation of each entry with the one in its place, or with a number."""
        a, b = self.of(left), self.of(right)
        kinds = {kind.removeprefix("ones ") for kind in (a, b)} - {"number", "unknown"}
        if len(kinds) > 1:
            raise self.refuse(f"a {a} and a {b} do not fit", span, f"write {self.spelled.transpose} for the transpose")
        sized = next((kind for kind in (a, b) if kind not in ("number", "unknown") and not kind.startswith("ones")), "")
        kind = sized or next(
            (k for k in (a, b) if k.startswith("ones")), "unknown" if "unknown" in (a, b) else "number"
        )
        return self.note(Call(function, (bare(left), bare(right)), span, head), kind)

    def divided(self, left: Tree, right: Tree, span: Span, head: Span) -> Tree:
        """A quotient by a number."""
        kind = self.of(right)
        if kind not in ("number", "unknown"):
            text = self.source[slice(*span)]
            hint = f"write {self.spelled.divide} to divide entry by entry, {self.spelled.solve} to solve"
            raise self.refuse(f"'{text}' divides by a {kind}", span, hint)
        return self.entrywise("div", left, right, span, head)

    def raised(self, left: Tree, right: Tree, span: Span, head: Span) -> Tree:
        """A power of a number; the power -1 of a matrix is its inverse."""
        kind, base = self.of(left), self.source[slice(*left.span)]
        if kind == "matrix" and _is_minus_one(right):
            return self.inverse([left], span, head)
        if kind not in ("number", "unknown"):
            product = self.spelled.product if kind == "matrix" else f"{self.spelled.inner}, the product"
            power, product = self.spelled.power.format(base=base), product.format(base=base, left=base, right=base)
            raise ambiguous(self.source, span, power, product)
        above = self.of(right)
        if above not in ("number", "unknown"):
            exponent = self.source[slice(*right.span)]
            entrywise = self.spelled.exponent.format(base=base, exponent=exponent)
            raise ambiguous(self.source, span, entrywise, f"the power by the {above}, which is not read")
        return self.note(Call("pow", (bare(left), bare(right)), span, head), kind)

    def inverse(self, args: list[Tree], span: Span, head: Span) -> Tree:
        """`inv(A)`."""
        if self.of(args[0]) not in ("matrix", "unknown"):
            raise self.refuse("inv takes a matrix", span)
        return self.note(Call("inv", (args[0],), span, head), "matrix")

    def listed(self, tree: Tree, rows: int) -> Tree:
        """`[1; 2]` is a column, `[1, 2]` a row, `[1, 2; 3, 4]` a matrix."""
        assert isinstance(tree, Call)
        lines = [row.args if rows and isinstance(row, Call) else [row] for row in tree.args]
        if any(self.of(entry) != "number" for line in lines for entry in line):
            hint = (
                "give the variables in it values that are numbers, or write the expression in the language of gradcli"
            )
            raise self.refuse("the entries of a matrix are numbers", tree.span, hint)
        if not rows:
            return self.note(tree, "row")
        if all(len(line) == 1 for line in lines):
            entries = tuple([line[0] for line in lines])
            return self.note(Call("array", entries, tree.span, tree.head), "column")
        return self.note(tree, "matrix")


def _is_minus_one(tree: Tree) -> bool:
    one = tree.args[0] if isinstance(tree, Call) and tree.function == "neg" else None
    return isinstance(one, Literal) and one.value == 1


def bare(tree: Tree) -> Tree:
    """A vector as it is, whichever way it is turned."""
    if isinstance(tree, Call) and tree.function == "pos" and isinstance(tree.args[0], Name):
        return tree.args[0]
    return tree

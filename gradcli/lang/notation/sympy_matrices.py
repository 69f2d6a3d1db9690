"""SymPy's `*`, `**` and functions of matrices: products and powers, and refused where they may be those of each entry.

`Matrix([[1, 2], [3, 4]])` says that it is one. A name whose value is a matrix may be a symbol for each entry as well,
as `lambdify` has it: what is another number then is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradcli.errors import SyntaxProblem
from gradcli.lang.notation.grammar import ambiguous
from gradcli.lang.notation.ranks import Rank, Ranks
from gradcli.lang.tree.nodes import Call, Literal, Span, Tree

__all__ = ["Matrices"]

_OF_A_MATRIX = {"exp": "exponential", "log": "logarithm", "sqrt": "root", "cbrt": "root"}
"""Functions that a matrix has as a whole."""


class Matrices:
    """The matrices of one text.

    Args:
        source: the text.
        told: for each variable how many axes it has, None where that is not known.
    """

    def __init__(self, source: str, told: Mapping[str, Rank]) -> None:
        self.source = source
        self.ranks = Ranks(told)
        self.written: dict[int, Tree] = {}

    def text(self, tree: Tree) -> str:
        """What stands in the source."""
        return self.source[slice(*tree.span)]

    def wrote(self, tree: Tree) -> Tree:
        """Note that a tree is a matrix of SymPy's, and return it."""
        self.written[id(tree)] = tree
        return tree

    def is_written(self, *trees: Tree) -> bool:
        """Whether one of the trees is a matrix of SymPy's."""
        return any(id(tree) in self.written for tree in trees)

    def rank(self, tree: Tree) -> Rank:
        """How many axes a tree has; of what is written as a matrix, and has no known shape, two."""
        found = self.ranks.of(tree)
        return 2 if found is None and self.is_written(tree) else found

    def signed(self, operand: Tree, tree: Tree) -> Tree:
        """A sign before an operand."""
        return self.wrote(tree) if self.is_written(operand) else tree

    def refuse(self, message: str, span: Span, hint: str) -> SyntaxProblem:
        """The error for what SymPy has not."""
        return SyntaxProblem(message, source=self.source, span=span, hint=hint)

    def unclear(self, span: Span, ours: str) -> SyntaxProblem:
        """The error for names whose values are matrices."""
        return ambiguous(self.source, span, ours, "the same of each entry, in the language of gradcli")

    def joined(self, function: str, left: Tree, right: Tree, span: Span, head: Span) -> Tree:
        """An operator between two operands."""
        a, b = self.rank(left) or 0, self.rank(right) or 0
        written = self.is_written(left, right)
        made: Tree = Call(function, (left, right), span, head)
        if function == "mul" and a and b and (written or a + b > 2):
            made = self.product(left, right, span, head)
        elif function == "div" and (b > 1 or (b and written)):
            hint = f"write Matrix({self.text(right)})**(-1) for its inverse"
            raise self.refuse(f"'{self.text(made)}' divides by a matrix", span, hint)
        elif function == "pow" and (a > 1 or b > 1 or (written and a + b)):
            made = self.power(left, right, span, head)
        elif function in ("add", "sub") and written and a != b and None not in map(self.rank, (left, right)):
            raise self.refuse(f"'{self.text(made)}' has operands of two shapes", span, "SymPy adds equal shapes alone")
        return self.wrote(made) if written else made

    def product(self, left: Tree, right: Tree, span: Span, head: Span) -> Tree:
        """`A*B`."""
        if not self.is_written(left, right):
            raise self.unclear(span, f"{self.text(left)} @ {self.text(right)}, the product of matrices")
        if self.rank(left) == 1:
            hint = "write x @ y for the product of two vectors"
            raise self.refuse(f"'{self.source[slice(*span)]}' is no product: a column stands first", span, hint)
        return Call("matmul", (left, right), span, head)

    def power(self, left: Tree, right: Tree, span: Span, head: Span) -> Tree:
        """`A**2`, `A**(-1)`."""
        base = self.text(left)
        exponent = _whole(right)
        if self.rank(left) != 2 or exponent is None:
            raise self.refuse(
                f"'{self.source[slice(*span)]}' is a power of matrices that is not read", span,
                "powers of matrices are whole numbers",
            )  # fmt: skip
        if not self.is_written(left):
            inverse = "the inverse of the matrix" if exponent == -1 else "the power of the matrix"
            raise self.unclear(span, f"Matrix({base})**{self.text(right)}, {inverse}")
        if exponent == -1:
            return Call("inv", (left,), span, head)
        return Call("matrix_power", (left, Literal(float(exponent), right.span)), span, head)

    def applied(self, function: str, arg: Tree, span: Span, head: Span) -> Tree:
        """A function of one argument."""
        made = Call(function, (arg,), span, head)
        if self.rank(arg) != 2 or (function not in _OF_A_MATRIX and not self.is_written(arg)):
            return self.wrote(made) if self.is_written(arg) else made
        if function == "abs":
            return self.wrote(made)
        if not self.is_written(arg):
            written = f"exp(Matrix({self.text(arg)})), " if function == "exp" else ""
            unread = "" if written else ", which is not read"
            raise self.unclear(span, f"{written}the {_OF_A_MATRIX[function]} of the matrix{unread}")
        if function == "exp":
            return self.wrote(Call("expm", (arg,), span, head))
        hint = f"write {function} of each entry in the language of gradcli"
        raise self.refuse(f"'{self.text(made)}', of a matrix, is not read", span, hint)

    def transposed(self, tree: Tree, span: Span) -> Tree:
        """`A.T`."""
        if self.rank(tree) != 2:
            raise self.refuse("the transpose is that of a matrix", span, "write x @ y for the product of two vectors")
        made = Call("transpose", (tree,), span, (span[1] - 1, span[1]))
        return self.signed(tree, made)


def _whole(tree: Tree) -> int | None:
    """The whole number that a tree is."""
    sign, number = 1, tree
    if isinstance(tree, Call) and tree.function == "neg":
        sign, number = -1, tree.args[0]
    value = number.value if isinstance(number, Literal) else None
    return sign * int(value) if isinstance(value, float) and value.is_integer() else None

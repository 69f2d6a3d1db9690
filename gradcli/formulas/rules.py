"""The derivative table's partials, multiplied by a cotangent or a tangent on a graph."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import NamedTuple

from gradcli.errors import UsageProblem
from gradcli.formulas.arithmetic import Arithmetic
from gradcli.formulas.graph import Constant
from gradcli.lang import Call, Literal, Name, Tree, fold, parse
from gradcli.ops import TABLE
from gradcli.ops.calls.resolve import resolve

__all__ = ["OF_MANY", "Rules", "differentiable"]


class _Partial(NamedTuple):
    """A partial of the table; `tree` is None where it is 0 wherever it exists."""

    tree: Tree | None


class Rules:
    """What the operations of a graph do to cotangents and tangents.

    Args:
        arithmetic: of the graph.
        partials: for an operation partials by its arguments, to take in place of the table's.
        nonzero: nodes that are not 0 wherever the program has a value; a power of them needs no guard.
        again: whether what they make is differentiated once more.
    """

    def __init__(
        self,
        arithmetic: Arithmetic,
        partials: Mapping[str, tuple[str, ...]] | None = None,
        nonzero: Collection[int] = (),
        again: bool = True,
    ) -> None:
        self.arithmetic = arithmetic
        self.graph = arithmetic.graph
        self.partials = partials or {}
        self.nonzero = nonzero
        self.again = again

    def pull(self, node: int, position: int, factor: int) -> int | None:
        """A factor times the partial of a node by one of its arguments; None where that is 0.

        >>> from gradcli.formulas.graph import Entry, Graph
        >>> graph = Graph()
        >>> rules = Rules(Arithmetic(graph))
        >>> x = graph.leaf(Entry("x"))
        >>> sine = graph.call("sin", (x,))
        >>> rules.pull(sine, 0, rules.arithmetic.one) == graph.call("cos", (x,))
        True
        """
        functions = self.graph.functions
        if functions[node] in _QUICK and functions[factor] not in ("where", "if"):
            return self._arithmetic(node, position, factor)
        factor, masks = self._unmasked(factor)
        found = self._pull(node, position, factor)
        if found is None:
            return None
        for condition, holds, function in reversed(masks):
            branches = (found, self.arithmetic.zero) if holds else (self.arithmetic.zero, found)
            found = self.arithmetic.where(condition, *branches, function)
        return found

    def _unmasked(self, factor: int) -> tuple[int, list[tuple[int, bool, str]]]:
        """A factor without the conditions beyond which it is 0: what is not finite there does not count.

        Returns:
            The factor, and from the outermost one on each condition, whether the factor counts where it holds, and
            the operation, "where" or "if".
        """
        graph, zero = self.graph, self.arithmetic.zero
        masks = []
        while graph.functions[factor] in ("where", "if") and zero in graph.args[factor][1:]:
            condition, a, b = graph.args[factor]
            masks.append((condition, b == zero, graph.functions[factor]))
            factor = a if b == zero else b
        return factor, masks

    def _pull(self, node: int, position: int, factor: int) -> int | None:
        """The same for a factor that counts everywhere."""
        graph = self.graph
        function, args = graph.functions[node], graph.args[node]
        quick = self._arithmetic(node, position, factor)
        if quick != _NOT_QUICK:
            return quick
        own = self.partials.get(function)
        if own is not None and function in OF_MANY:
            return self._times(factor, _tree(own[0]), {"x": args[position], "out": node})
        if own is not None:
            names = dict(zip(TABLE[function].params, args, strict=True))
            return self._times(factor, _tree(own[position]), names | {"out": node})
        if function == "pow" and position == 0 and graph.number(args[1]) == 0:
            return None  # 1 everywhere, whatever the base is
        if function == "pow":
            return self._times(
                factor, self._of_power(args, position), dict(zip("xy", args, strict=True)) | {"out": node}
            )
        if function in ("where", "if"):
            if position == 0:
                return None
            branches = (factor, self.arithmetic.zero) if position == 1 else (self.arithmetic.zero, factor)
            return self.arithmetic.where(args[0], *branches, function)
        if function in OF_MANY:
            return self._of_many(node, args[position], factor)
        if function == "hypot" and (kept := self._over(factor, node)) is not None:
            return self.arithmetic.mul(kept, args[position])
        partial = _partial(function, position)
        if partial.tree is None:
            return None
        names = dict(zip(TABLE[function].params, args, strict=True)) | {"out": node}
        return self._times(factor, partial.tree, names)

    def _arithmetic(self, node: int, position: int, factor: int) -> int | None:
        """The commonest operations; as the table has them, which the tests see to."""
        arithmetic = self.arithmetic
        function, args = self.graph.functions[node], self.graph.args[node]
        if function == "mul":
            return arithmetic.mul(factor, args[1 - position])
        if function == "add" or (function == "sub" and position == 0) or function == "pos":
            return factor
        if function in ("sub", "neg"):
            return arithmetic.neg(factor)
        if function == "div":
            shared = arithmetic.div(factor, args[1])
            return shared if position == 0 else arithmetic.neg(arithmetic.mul(shared, node))
        return _NOT_QUICK

    def _of_power(self, args: tuple[int, ...], position: int) -> Tree:
        """The partial of a power, as the table has it, with no more guards than are needed where it has a value.

        At (0, 0) both are 0, and by the exponent at any power of 0 that is 0 or 1. What is run shares the logarithm of
        one base by all its exponents; at a pole of the value, 0 to a negative power, it is NaN and not infinite.
        What is run and not differentiated again has a guard of fewer operations.
        """
        base, exponent = (arg in self.nonzero for arg in args)
        if position == 0 and (base or exponent):
            return _tree("y*x**(y - 1)")
        if position == 0:  # the shorter guard has as many digits, and another derivative by y where y is 0
            last = self.graph.commutes and not self.again
            return _tree("y*x**where(y == 0, 1, y - 1)" if last else "y*x**where((x == 0) & (y == 0), 1, y - 1)")
        if base:
            return _tree("out*log(x)")
        if self.graph.commutes:
            return _tree("out*log(where(x == 0, 1, x))")
        return _tree("out*log(where((x == 0) & (y >= 0), 1, x))")

    def _of_many(self, node: int, arg: int, factor: int) -> int | None:
        """A factor times the partial of a reduction by one of its entries."""
        function, args = self.graph.functions[node], self.graph.args[node]
        text = OF_MANY[function]
        if function == "norm" and (kept := self._over(factor, node)) is not None:
            return self.arithmetic.mul(kept, arg)
        if text:
            return self._times(factor, _tree(text), {"x": arg, "out": node})
        arithmetic = self.arithmetic
        largest = [arithmetic.call("equal", (other, node)) for other in args]
        count = arithmetic.zero
        for condition in largest:
            count = arithmetic.add(count, arithmetic.where(condition, arithmetic.one, arithmetic.zero))
        share = arithmetic.div(factor, count)
        return arithmetic.where(arithmetic.call("equal", (arg, node)), share, arithmetic.zero)

    def _over(self, factor: int, norm: int) -> int | None:
        """A factor without a norm that it is a product with; None if it is none.

        The norm is then not divided by again: where it is 0, so are the entries that the rest is multiplied by.
        """
        graph = self.graph
        others: list[int] = []
        for _ in range(_FACTORS):
            if factor == norm:
                found = self.arithmetic.one
                for other in reversed(others):
                    found = self.arithmetic.mul(other, found)
                return found
            if graph.functions[factor] != "mul":
                return None
            first, second = graph.args[factor]
            last = graph.functions[second] == "mul" or second == norm
            others.append(first if last else second)
            factor = second if last else first
        return None

    def _times(self, factor: int, tree: Tree, names: Mapping[str, int]) -> int | None:
        """A factor times an expression of the table: into quotients and branches the factor goes itself."""
        arithmetic = self.arithmetic
        negative = False
        while isinstance(tree, Call):
            if tree.function == "neg":
                tree, negative = tree.args[0], not negative
            elif tree.function == "div":
                factor = arithmetic.div(factor, self.expression(tree.args[1], names))
                tree = tree.args[0]
            elif tree.function == "mul":
                factor = arithmetic.mul(factor, self.expression(tree.args[0], names))
                tree = tree.args[1]
            elif tree.function == "where":
                found = self._branches(factor, tree, names)
                return found if found is None or not negative else arithmetic.neg(found)
            else:
                break
        found = arithmetic.mul(factor, self.expression(tree, names))
        return arithmetic.neg(found) if negative else found

    def _branches(self, factor: int, tree: Call, names: Mapping[str, int]) -> int | None:
        """A factor times a choice; the table nests them two deep at most."""
        condition = self.expression(tree.args[0], names)
        truth = self.graph.leaves[condition]
        if isinstance(truth, bool):
            return self._branch(factor, tree.args[1 if truth else 2], names)
        zero = self.arithmetic.zero
        branches = [self._branch(factor, part, names) for part in tree.args[1:]]
        first, second = (zero if part is None else part for part in branches)
        if first == second == zero:
            return None
        return self.arithmetic.where(condition, first, second)

    def _branch(self, factor: int, tree: Tree, names: Mapping[str, int]) -> int | None:
        return None if isinstance(tree, Literal) and tree.value == 0 else self._times(factor, tree, names)

    def expression(self, tree: Tree, names: Mapping[str, int]) -> int:
        """An expression of the table on the graph, such as a partial.

        Args:
            tree: resolved.
            names: the nodes of its variables.
        """

        def literal(node: Literal) -> int:
            assert isinstance(node.value, float | bool)
            return self.graph.leaf(node.value)

        def name(node: Name) -> int:
            return names[node.id] if node.id in names else self.graph.leaf(Constant(node.id))

        if isinstance(tree, Name):
            return name(tree)

        def call(node: Call, args: list[int], _: dict[str, int]) -> int:
            known = len(self.graph)
            made = self.arithmetic.call(node.function, tuple(args))
            if made >= known and self.graph.functions[made] == "where":
                self.graph.guards.add(made)
            return made

        return fold(tree, literal, name, call)


_NOT_QUICK = -1
_QUICK = frozenset({"add", "div", "mul", "neg", "pos", "sub"})

_FACTORS = 8
"""Factors of a product among which a norm is looked for."""

OF_MANY = {"logsumexp": "exp(x - out)", "max": "", "min": "", "norm": "x/where(out == 0, 1, out)"}
"""Reductions that are one operation of any number of entries, and their partials; of max and min ties share equally."""


@cache
def differentiable(function: str, position: int) -> bool:
    """Whether a derivative passes from an operation's value to one of its arguments.

    >>> differentiable("where", 0), differentiable("sin", 0), differentiable("floor", 0)
    (False, True, False)
    """
    if function in ("where", "if"):
        return position > 0
    if function in OF_MANY:
        return True
    op = TABLE[function]
    if op.kind == "predicate":
        return False
    partial = op.partials[position]
    if partial is None:
        message = f"{function} has no derivative by its parameter '{op.params[position]}'"
        raise UsageProblem(message, hint=op.unlearned or None)
    return partial != "0"


@cache
def _partial(function: str, position: int) -> _Partial:
    op = TABLE[function]
    text = op.partials[position]
    assert text is not None
    if text == "0":
        return _Partial(None)
    return _Partial(_tree(text))


@cache
def _tree(text: str) -> Tree:
    return resolve(parse(text)).result

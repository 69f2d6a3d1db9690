"""The program's operations on single entries, as SymPy expressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import sympy

from gradcli.lang import Call, Literal, Name, Tree, fold, parse
from gradcli.ops import TABLE, Op
from gradcli.symbolic.numbers.constants import Constants
from gradcli.symbolic.program.arithmetic import Arithmetic
from gradcli.symbolic.program.counterparts import counterpart
from gradcli.symbolic.program.shared_subexpressions import SharedSubexpressions

__all__ = ["Scalars"]

_ARITHMETIC: dict[str, Callable[..., Any]] = {
    "add": Arithmetic.add,
    "div": Arithmetic.divide,
    "mul": Arithmetic.multiply,
    "neg": Arithmetic.negate,
    "pow": Arithmetic.power,
    "sub": Arithmetic.subtract,
}


class Scalars:
    """Applies operations to entries; those of constants become constants."""

    def __init__(self, constants: Constants, subexpressions: SharedSubexpressions) -> None:
        self.constants = constants
        self.arithmetic = Arithmetic(constants, subexpressions)

    def apply(self, op: Op, args: Sequence[Any], statics: dict[str, Any]) -> Any:
        """An elementwise operation or a predicate of one entry each.

        Raises:
            Inexpressible: if SymPy has no counterpart.
        """
        if op.name in _ARITHMETIC:
            return _ARITHMETIC[op.name](self.arithmetic, *args)
        if op.sympy.isidentifier():
            return self._function(op, [self.arithmetic.compact(a) for a in args])
        return self._formula(op, [*args, *(self.constants.of(float(v)) for v in statics.values())])

    def reduce(self, op: Op, entries: Sequence[Any]) -> Any:
        """A reduction of several entries to one."""
        parts = [self.arithmetic.compact(e) for e in entries]
        expression = counterpart(op.sympy)(*map(self._opaque, parts))
        constant = all(p in self.constants for p in parts) and not expression.is_Number
        return self.constants.fold(expression) if constant else expression

    def _function(self, op: Op, args: list[Any]) -> Any:
        constant = [a in self.constants for a in args]
        if op.name == "where" and constant[0]:
            return args[1] if self.constants.point.number(args[0]) != 0 else args[2]
        expression = counterpart(op.sympy)(*map(self._opaque, args))
        if not all(constant):
            return expression
        if op.kind == "predicate":
            return sympy.true if self.constants.point.number(expression) != 0 else sympy.false
        return self.constants.fold(expression)

    def _opaque(self, entry: Any) -> Any:
        """An entry that SymPy sees no number in: of a sum it would leave out 0*log(0), which has no value."""
        return self.constants.point.symbol_for(entry) if entry in self.constants else entry

    def _formula(self, op: Op, args: Sequence[Any]) -> Any:
        """A counterpart that the table writes out in the language."""
        values = dict(zip([*op.params, *op.statics], args, strict=True))

        def literal(node: Literal) -> Any:
            assert isinstance(node.value, float)
            return self.constants.of(node.value)

        def name(node: Name) -> Any:
            return values[node.id] if node.id in values else self.constants.named(node.id)

        def call(node: Call, args: list[Any], keywords: dict[str, Any]) -> Any:
            return self.apply(TABLE[node.function], args, keywords)

        return fold(_tree(op.sympy), literal, name, call)


@cache
def _tree(text: str) -> Tree:
    return parse(text).result

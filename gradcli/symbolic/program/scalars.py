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
from gradcli.symbolic.program.shared_subexpressions import Pieces

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

    def __init__(self, constants: Constants, pieces: Pieces) -> None:
        self.constants = constants
        self.arithmetic = Arithmetic(constants, pieces)

    def apply(self, op: Op, args: Sequence[Any], statics: dict[str, Any]) -> Any:
        """An elementwise operation or a predicate of one entry each.

        Raises:
            Inexpressible: if SymPy has no counterpart.
        """
        if op.name in _ARITHMETIC:
            return _ARITHMETIC[op.name](self.arithmetic, *args)
        if op.sympy.isidentifier():
            return self._function(op, [self.arithmetic.solid(a) for a in args])
        return self._text(op, [*args, *(self.constants.of(float(v)) for v in statics.values())])

    def reduce(self, op: Op, entries: Sequence[Any]) -> Any:
        """A reduction of several entries to one."""
        parts = [self.arithmetic.solid(e) for e in entries]
        made = counterpart(op.sympy)(*map(self._opaque, parts))
        known = all(p in self.constants for p in parts) and not made.is_Number
        return self.constants.fold(made) if known else made

    def _function(self, op: Op, args: list[Any]) -> Any:
        known = [a in self.constants for a in args]
        if op.name == "where" and known[0]:
            return args[1] if self.constants.point.number(args[0]) != 0 else args[2]
        made = counterpart(op.sympy)(*map(self._opaque, args))
        if not all(known):
            return made
        if op.kind == "predicate":
            return sympy.true if self.constants.point.number(made) != 0 else sympy.false
        return self.constants.fold(made)

    def _opaque(self, entry: Any) -> Any:
        """An entry whose numbers SymPy does not see into: in a sum it would leave out 0*log(0), which has no value."""
        return self.constants.point.named(entry) if entry in self.constants else entry

    def _text(self, op: Op, args: Sequence[Any]) -> Any:
        places = dict(zip([*op.params, *op.statics], args, strict=True))

        def literal(node: Literal) -> Any:
            assert isinstance(node.value, float)
            return self.constants.of(node.value)

        def name(node: Name) -> Any:
            return places[node.id] if node.id in places else self.constants.named(node.id)

        def call(node: Call, values: list[Any], keywords: dict[str, Any]) -> Any:
            return self.apply(TABLE[node.function], values, keywords)

        return fold(_tree(op.sympy), literal, name, call)


@cache
def _tree(text: str) -> Tree:
    return parse(text).result

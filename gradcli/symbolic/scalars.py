"""The program's operations on single entries, as SymPy expressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import sympy

from gradcli.lang import Call, Literal, Name, Tree, fold, parse
from gradcli.ops import CONSTANTS, TABLE, Op
from gradcli.symbolic.chains import Chain, expression, product, quotient, total
from gradcli.symbolic.constants import Constants
from gradcli.symbolic.counterparts import counterpart

__all__ = ["Scalars"]

_EXPONENT = 64
_SMALL = 1_000_000_000


class Scalars:
    """Applies operations to entries; those of constants become constants."""

    def __init__(self, constants: Constants) -> None:
        self.constants = constants

    def apply(self, op: Op, args: Sequence[Any], statics: dict[str, Any]) -> Any:
        """An elementwise operation or a predicate on one entry of each argument."""
        native = _NATIVE.get(op.name)
        if native is not None:
            return native(self, *args)
        if not op.sympy.isidentifier():
            return self._text(op, [*args, *(self.constants.of(float(v)) for v in statics.values())])
        return self._function(op, [expression(a) for a in args])

    def reduce(self, op: Op, entries: Sequence[Any]) -> Any:
        """A reduction of several entries to one."""
        return self._known(counterpart(op.sympy)(*entries), entries)

    def _function(self, op: Op, args: list[Any]) -> Any:
        known = [a in self.constants for a in args]
        if op.name == "where" and known[0]:
            return args[1] if self.constants.point.number(args[0]) != 0 else args[2]
        made = counterpart(op.sympy)(*args)
        return self.constants.fold(made) if all(known) else made

    def _text(self, op: Op, args: Sequence[Any]) -> Any:
        places = dict(zip([*op.params, *op.statics], args, strict=True))

        def literal(node: Literal) -> Any:
            assert isinstance(node.value, float)
            return self.constants.of(node.value)

        def name(node: Name) -> Any:
            return places[node.id] if node.id in places else self.constants.of(CONSTANTS[node.id])

        def call(node: Call, values: list[Any], keywords: dict[str, Any]) -> Any:  # noqa: ARG001
            return self.apply(TABLE[node.function], values, {})

        return fold(_tree(op.sympy), literal, name, call)

    def _known(self, made: Any, parts: Sequence[Any]) -> Any:
        if made.is_Number or not all(p in self.constants for p in parts):
            return made
        return self.constants.fold(made)

    def add(self, x: Any, y: Any) -> Any:
        return self._linear(x, y, 1)

    def sub(self, x: Any, y: Any) -> Any:
        return self._linear(x, y, -1)

"""Comparisons and logic as SymPy expressions that are 1 or 0: truth values that one can compute with."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from mpmath import mp

from gradcli.symbolic.functions.piecewise import Step
from gradcli.symbolic.numbers.level import Level, Value

__all__ = ["And", "Compare", "Eq", "Ge", "Gt", "Le", "Logical", "Lt", "Ne", "Not", "Or"]

_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class Compare(Step):
    """1 where a comparison of two numbers holds, 0 elsewhere: of what is not real none but != holds."""

    __slots__ = ()
    strict = False
    relation = ""

    def numeric(self, level: Level, values: Sequence[Value]) -> Value:
        """1 or 0; a tie where the two are equal. None stands for what is not real."""
        sign = None if None in values else level.sign(self, values[0], values[1])
        holds = _COMPARISONS[self.relation](sign, 0) if sign is not None else self.relation == "!="
        return mp.one if holds else mp.zero

    def _sympystr(self, printer: Any) -> str:
        return f"{printer.doprint(self.args[0])} {self.relation} {printer.doprint(self.args[1])}"


class Logical(Step):
    """1 or 0, from the truth of the arguments: any number but 0 is true."""

    __slots__ = ()
    connective = ""

    def numeric(self, level: Level, values: Sequence[Value]) -> Value:  # noqa: ARG002  # compares nothing itself
        """1 or 0."""
        truths = [value != 0 for value in values]
        holds = {"and": all(truths), "or": any(truths), "not": not truths[0]}[self.connective]
        return mp.one if holds else mp.zero

    def _sympystr(self, printer: Any) -> str:
        texts = [printer.doprint(a) for a in self.args]
        return f"not ({texts[0]})" if self.connective == "not" else f"({f') {self.connective} ('.join(texts)})"


class Lt(Compare):
    """x < y."""

    __slots__ = ()
    relation = "<"


class Le(Compare):
    """x <= y."""

    __slots__ = ()
    relation = "<="


class Gt(Compare):
    """x > y."""

    __slots__ = ()
    relation = ">"


class Ge(Compare):
    """x >= y."""

    __slots__ = ()
    relation = ">="


class Eq(Compare):
    """x == y."""

    __slots__ = ()
    relation = "=="


class Ne(Compare):
    """x != y."""

    __slots__ = ()
    relation = "!="


class And(Logical):
    """Both."""

    __slots__ = ()
    connective = "and"


class Or(Logical):
    """Either."""

    __slots__ = ()
    connective = "or"


class Not(Logical):
    """Not."""

    __slots__ = ()
    connective = "not"

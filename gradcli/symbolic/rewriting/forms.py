"""The forms of formulas that SymPy's simplification reaches, shortest first, in the time that there is.

A form is given only where it has a value wherever the formula has one, is equal to it at sampled points to 20 digits,
and is written in the language. What it has beyond the formula's domain is told with it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

import sympy

from gradcli.errors import Problem
from gradcli.lang import Call, Program, Tree, parse
from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.protocol.rewriting import Form, Rewriting
from gradcli.symbolic.rewriting.normal import normal_forms
from gradcli.symbolic.rewriting.reading import Reading, read
from gradcli.symbolic.rewriting.respelling import respelled
from gradcli.symbolic.rewriting.writing import write

__all__ = ["forms"]

_KEPT = 3
"""Forms of a formula that are given: whoever asked writes them in his own way, which may make the second the first."""

_FEW = 2
"""Conditions that are told although the expression has no value either where they are not met."""

_NORMAL = 2
"""Normal forms that are rewritten further."""

_PLAIN = 16
"""The size of a form that is not simplified further in the ways that take long."""

_LARGEST = 4_000
"""Nodes of an expression that is taken on."""

_POINTS = 3
_TRIES = 60
_SMALL = 12
_DIGITS = 30
_AGREE = 20


class _Found(NamedTuple):
    size: int
    form: Form


def forms(
    rewriting: Rewriting,
    report: Callable[[str], None] = lambda stage: None,
    interim: Callable[[Sequence[Form]], None] = lambda found: None,
) -> list[Form]:
    """Other forms; `report` is told what is being done, `interim` what is known so far.

    >>> forms(Rewriting(("2*sin(x)*cos(x)",)))[0].text
    'sin(2*x)'
    """
    found: list[Form] = []

    def offer(task: _Task, expressions: Iterable[Any]) -> None:
        for expression in expressions:
            for written in (expression, *respelled(expression)):
                if task.offer(written):
                    found[:] = [form for task in tasks for form in task.found()]
                    interim(found)

    tasks = [task for i, text in enumerate(rewriting.formulas) if (task := _task(rewriting, i, text)) is not None]
    report("finding normal forms")
    for task in tasks:
        offer(task, task.begin())
    for task in tasks:
        offer(task, task.normalize())
    for derived in (False, True):
        for name, rewrite in _REWRITINGS:
            report(name)
            for task in tasks:
                offer(task, task.rewritten(rewrite, derived))
    return found


def _task(rewriting: Rewriting, position: int, text: str) -> _Task | None:
    try:
        formula = read(text)
    except (Inexpressible, Problem):
        return None
    source: Reading | None = None
    if rewriting.source and rewriting.names[position]:
        try:
            source = read(rewriting.source)
        except (Inexpressible, Problem):
            source = None
    return _Task(position, text, formula, source, rewriting.names[position] if rewriting.names else "")


class _Task:
    """One formula."""

    def __init__(self, position: int, text: str, formula: Reading, source: Reading | None, name: str) -> None:
        self.position = position
        self.formula = formula
        self.source = source
        self.name = name
        self.derived = [formula.expression]
        self.normal: list[Any] = []
        self.domain = formula.domain if source is None else formula.domain.joined(source.domain)
        self.decimals = formula.decimals if source is None else source.decimals
        self.texts: set[str] = set()
        self.tried: set[tuple[Any, Any]] = set()
        self.same: list[_Found] = []
        self.wider: list[_Found] = []
        self.own = _written_size(parse(text))
        self.points = _Points(formula.expression)

    def begin(self) -> Iterator[Any]:
        """The formula, and SymPy's own derivative."""
        yield self.formula.expression
        symbol = None if self.source is None else next((s for s in self.source.symbols if s.name == self.name), None)
        if self.source is not None and symbol is not None and _size(self.source.expression) <= _LARGEST:
            derivative = self.source.expression.diff(symbol)
            if not derivative.has(sympy.Derivative, sympy.Subs, sympy.DiracDelta):
                self.derived.append(derivative)
                yield derivative

    def normalize(self) -> Iterator[Any]:
        """The normal forms."""
        for expression in self.derived:
            if _size(expression) <= _LARGEST:
                with suppress(Exception):  # whatever SymPy's arithmetic raises, there is one form less
                    for found in normal_forms(expression):
                        self.normal.append(found)
                        yield found
        self.normal = sorted(dict.fromkeys(self.normal), key=_size)[:_NORMAL]

    def rewritten(self, rewrite: Callable[[Any], Any], derived: bool) -> Iterator[Any]:
        """What a rewriting makes of the normal forms or of the derivatives; a slow one of one of them alone."""
        if derived and rewrite in _SLOW and self.normal and self.shortest() <= _PLAIN:
            return  # of its normal form it has been asked already
        starts = self.derived[::-1] if derived else self.normal
        for expression in starts[:1] if rewrite in _SLOW else starts:
            if (rewrite, expression) not in self.tried:
                self.tried.add((rewrite, expression))
                yield _rewritten(rewrite, expression)

    def shortest(self) -> int:
        """The size of the shortest form so far, the formula's own too."""
        return min([self.own, *[found.size for found in self.same]])

    def found(self) -> list[Form]:
        """The shortest forms, and the shortest of those that have a value elsewhere too."""
        chosen = sorted(self.same)[:_KEPT]
        least = chosen[0].size if chosen else None
        return [f.form for f in (*chosen, *[w for w in sorted(self.wider)[:_KEPT] if least is None or w.size < least])]

    def offer(self, expression: Any) -> bool:
        """Keep a form if it is one of the formula, and short; give whether it was kept."""
        if expression is None:
            return False
        symbols = self.formula.symbols if self.source is None else {**self.source.symbols, **self.formula.symbols}
        try:
            text = write(expression, symbols, self.decimals)
            if text in self.texts:
                return False
            self.texts.add(text)
            size = _written_size(parse(text))
            if size > min(self.own, self._longest(self.same)):
                return False
            reading = read(text)
        except (Inexpressible, Problem):
            return False
        if not self.points.agree(reading.expression) or self.domain.lacks(reading.domain):
            return False
        missing = reading.domain.lacks(self.formula.domain)
        if not missing:
            self.same.append(_Found(size, Form(self.position, text)))
            return True
        if size >= self._longest(self.wider):
            return False
        told = self.formula.domain.told(missing)
        inherited = False
        if self.source is not None and (told is None or len(told) > _FEW):
            beyond = self.source.domain.lacks(self.formula.domain.only(missing))
            inherited = len(beyond) < len(missing)
            told = self.formula.domain.told(beyond)
        if told is not None:
            self.wider.append(_Found(size, Form(self.position, text, tuple(told), inherited)))
        return told is not None

    @staticmethod
    def _longest(found: list[_Found]) -> int:
        """The size that another form must be below to be among those that are given."""
        return sorted(found)[_KEPT - 1].size if len(found) >= _KEPT else sys.maxsize


class _Points:
    """Points at which an expression has a real value."""

    def __init__(self, expression: Any) -> None:
        self.functions: dict[Any, Any] = {}
        self.expression = self._bare(expression)
        self.known: list[tuple[dict[Any, Any], Any]] = []
        symbols = sorted(self.expression.free_symbols, key=str)
        for attempt in range(_TRIES if symbols else 1):
            point = {s: _number(attempt, i) for i, s in enumerate(symbols)}
            value = _value(self.expression, point)
            if value is not None:
                self.known.append((point, value))
                if len(self.known) == _POINTS:
                    break

    def _bare(self, expression: Any) -> Any:
        """An expression with a symbol for each value of a function that SymPy does not know."""
        unknown = expression.atoms(sympy.core.function.AppliedUndef)
        for call in unknown:
            self.functions.setdefault(call, sympy.Symbol(f"_{len(self.functions)}", real=True))
        return expression.xreplace({call: self.functions[call] for call in unknown})

    def agree(self, other: Any) -> bool:
        """Whether another expression has the same values there."""
        bare = self._bare(other)
        for point, value in self.known:
            found = _value(bare, point)
            if (
                found is None
                or abs(found - value) > abs(value) * sympy.Float(10) ** -_AGREE + sympy.Float(10) ** -_AGREE
            ):
                return False
        return bool(self.known)


def _number(attempt: int, index: int) -> Any:
    """A simple number, positive and small at first, that no formula is made for."""
    numerator = 7 + (attempt * 29 + index * 17) % 41
    sign = -1 if attempt > 3 and (attempt >> (index % 4)) % 2 else 1
    larger = 1 if attempt < _SMALL else 2 ** (attempt % 5)
    return sympy.Rational(sign * numerator * larger, 23 if attempt % 2 == 0 else 61)


def _value(expression: Any, point: dict[Any, Any]) -> Any | None:
    try:
        value = expression.evalf(_DIGITS, subs=point)
    except Exception:  # noqa: BLE001  # SymPy raises what it likes where there is no value
        return None
    return value if value.is_Float or value.is_Rational else None


def _rewritten(rewrite: Callable[[Any], Any], expression: Any) -> Any | None:
    if _size(expression) > _LARGEST:
        return None
    try:
        return rewrite(expression)
    except RecursionError:
        return None
    except Exception:  # noqa: BLE001  # a rewriting of SymPy's that fails is one less
        return None


def _size(expression: Any) -> int:
    return sum(1 for _ in sympy.preorder_traversal(expression))


def _written_size(program: Program) -> int:
    """Names, numbers and operations."""
    count, stack = 0, [program.result, *(assignment.tree for assignment in program.assignments)]
    while stack:
        tree: Tree = stack.pop()
        count += 1
        if isinstance(tree, Call):
            stack += tree.args
    return count


@cache
def _simplified(expression: Any) -> Any:
    return sympy.simplify(expression)


def _factored(expression: Any) -> Any:
    return sympy.factor(_simplified(expression))


_REWRITINGS: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("combining powers", sympy.powsimp),
    ("bringing together", sympy.together),
    ("factoring", sympy.factor),
    ("factoring terms", lambda e: sympy.factor_terms(sympy.together(e))),
    ("cancelling", lambda e: sympy.powsimp(sympy.factor(sympy.cancel(e)))),
    ("simplifying trigonometric functions", sympy.trigsimp),
    ("simplifying", _simplified),
    ("simplifying and factoring", _factored),
)

_SLOW = (_simplified, _factored)

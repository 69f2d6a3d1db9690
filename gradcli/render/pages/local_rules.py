"""What one operation does, in JavaScript: its value, and what becomes of a cotangent on its way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from gradcli.errors import UsageProblem
from gradcli.formulas import uncollected
from gradcli.formulas.arithmetic import Arithmetic
from gradcli.formulas.graph import Entry, Graph
from gradcli.formulas.rules import Rules, differentiable
from gradcli.lang import parse
from gradcli.ops import TABLE
from gradcli.ops.calls.resolve import resolve
from gradcli.render.code.javascript import LANGUAGE
from gradcli.render.code.lower import TRUTHS, lower
from gradcli.render.code.speller import Speller, spelled

__all__ = ["LocalRule", "local_rule"]

_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class LocalRule:
    """An operation on numbers as functions of JavaScript.

    Attributes:
        value: of the arguments a0, a1, ...
        pulls: for each argument, of a cotangent g, the arguments and the operation's value o: what the argument gets of
            the cotangent; None where it never gets any.
        kink: of the arguments and o, whether the operation is not differentiable there; None where it always is.
    """

    value: str
    pulls: tuple[str | None, ...]
    kink: str | None


@cache
def local_rule(function: str, constants: tuple[float | None, ...]) -> LocalRule:
    """An operation with as many arguments, of which some may be known numbers.

    Raises:
        UsageProblem: if JavaScript does not have it, or it is no operation on numbers.

    >>> rule = local_rule("mul", (None, None))
    >>> rule.value, rule.pulls
    ('(a0,a1)=>a0*a1', ('(g,a0,a1,o)=>g*a1', '(g,a0,a1,o)=>g*a0'))
    """
    op = TABLE[function]
    count = len(constants)
    if op.kind not in ("elementwise", "predicate") or len(op.params) != count or op.statics:
        raise UsageProblem(f"{function} is no operation on numbers alone")
    arguments = [f"a{i}" for i in range(count)]
    pulls = [_pull(function, constants, i) if _passes(function, i) else None for i in range(count)]
    return LocalRule(
        _arrow(arguments, _value(function, constants)),
        tuple(None if pull is None else _arrow(["g", *arguments, "o"], pull) for pull in pulls),
        _arrow([*arguments, "o"], kink) if (kink := _kink(function)) is not None else None,
    )


def _passes(function: str, position: int) -> bool:
    """Whether a cotangent passes; to a parameter without a derivative none is ever sent."""
    try:
        return differentiable(function, position)
    except UsageProblem:
        return False


class _Making:
    """A graph with an operation on it, and how it becomes JavaScript."""

    def __init__(self, function: str, constants: Sequence[float | None]) -> None:
        self.graph = Graph()
        self.arithmetic = Arithmetic(self.graph)
        self.args = tuple(
            self.graph.leaf(Entry(f"a{i}") if number is None else number) for i, number in enumerate(constants)
        )
        self.node = self.graph.call(function, self.args)

    def spelled(self, node: int) -> tuple[tuple[tuple[str, str], ...], str]:
        """Statements, and the expression of a node as a number."""
        names = [f"a{i}" for i in range(len(self.args))]
        if self.graph.functions[node] in TRUTHS:
            node = self.graph.call("where", (node, self.arithmetic.one, self.arithmetic.zero))
        roots, _ = lower(self.arithmetic, [node], LANGUAGE)
        same: Callable[[str], str] = str
        speller = Speller(LANGUAGE, self.graph, same, dict.fromkeys([*names, "g", "o"], ()))
        lines, texts, _ = spelled(speller, roots, {}, TRUTHS, _DEEPEST)
        return lines, texts[0]


_Made = tuple[tuple[tuple[str, str], ...], str]


@uncollected()
def _value(function: str, constants: tuple[float | None, ...]) -> _Made:
    making = _Making(function, constants)
    return making.spelled(making.node)


@uncollected()
def _pull(function: str, constants: tuple[float | None, ...], position: int) -> _Made | None:
    making = _Making(function, constants)
    factor = making.graph.leaf(Entry("g"))
    found = Rules(making.arithmetic).pull(making.node, position, factor)
    return None if found is None else making.spelled(found)


@uncollected()
def _kink(function: str) -> _Made | None:
    """Whether one of the expressions is zero that the table says are so at kinks."""
    op = TABLE[function]
    if not op.kinks:
        return None
    making = _Making(function, [None] * len(op.params))
    names = dict(zip(op.params, making.args, strict=True)) | {"out": making.graph.leaf(Entry("o"))}
    found = None
    for text in op.kinks:
        zero = making.graph.call(
            "equal", (Rules(making.arithmetic).expression(resolve(parse(text)).result, names), making.arithmetic.zero)
        )
        found = zero if found is None else making.graph.call("logical_or", (found, zero))
    assert found is not None
    return making.spelled(found)


def _arrow(parameters: Sequence[str], made: _Made) -> str:
    """A function of JavaScript."""
    lines, text = made
    body = "".join(f"const {name}={line};" for name, line in lines)
    return f"({','.join(parameters)})=>{f'{{{body}return {text}}}' if body else _bare(text)}"


def _bare(text: str) -> str:
    return f"({text})" if text.startswith("{") else text
